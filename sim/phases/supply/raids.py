"""Phase 5, supply: police raids on venues, limited by search, leaked through official ties.

Police find few venues where there are few: the number of raids saturates in the number of venues. A raid known in
advance finds nothing; one that is not may close the venue, and arrests an organiser. Who is found there is decided in
``people``, what becomes of the organiser in ``justice``.
"""

from __future__ import annotations

import numpy as np

from sim.numerics import logistic, logit, logs, poisson_quantile
from sim.rng import Decision, uniform, uniforms
from sim.world.state import World

BY_POLICE = 2


def run(world: World) -> None:
    """Carry out this step's raids and let networks remember them."""
    venues, networks = world.venues, world.networks
    venues.is_raided[:] = False
    networks.arrests[:] = 0
    world.cells.raids[:] = 0.0
    world.countries.raids[:] = 0
    world.countries.raids_leaked[:] = 0
    raided = np.zeros(len(networks))
    if world.parameters.switches.raids:
        for country in range(len(world.countries)):
            for venue in _targets(world, country):
                _raid(world, country, int(venue))
                raided[venues.network[venue]] += 1.0
    memory = 1.0 - np.exp(-world.dt / world.parameters.networks.risk_memory_weeks)
    seen = np.divide(raided / world.dt, networks.n_venues, out=np.zeros(len(networks)), where=networks.n_venues > 0)
    networks.raid_risk[:] += memory * (seen - networks.raid_risk)


def raids_expected(capacity: np.ndarray, venues: np.ndarray, venues_at_half: float) -> np.ndarray:
    """Raids per week: capacity * V / (V + V_half); 0 without venues, at most the capacity."""
    return np.where(venues > 0, capacity * venues / (venues + venues_at_half), 0.0)


def _targets(world: World, country: int) -> np.ndarray:
    """Venues raided in a country this step: a weighted sample, lowest keyed exponential over weight first."""
    venues, p = world.venues, world.parameters.host_justice
    own = np.flatnonzero(venues.is_open & (world.cells.country[venues.cell] == country))
    if not len(own):
        return own
    weight = np.where(venues.is_hidden[own], p.hidden_find_ratio, 1.0)
    capacity = _raid_capacity(world)[country]
    effective = weight.sum() / world.scale
    mean = (
        raids_expected(np.array([capacity]), np.array([effective]), p.venues_at_half_capacity)[0]
        * world.scale
        * world.dt
    )
    index = int(world.countries.index[country])
    n = poisson_quantile(mean, uniform(world.seed, int(Decision.RAID_COUNT), world.step, index))
    draws = uniforms(world.seed, int(Decision.RAID_TARGET), world.step, venues.key[own], venues.spell[own])
    waiting = -logs(draws) / np.maximum(weight, 1e-12)
    return own[np.argsort(waiting, kind="stable")[: min(n, int((weight > 0).sum()))]]


def _raid_capacity(world: World) -> np.ndarray:
    """Raids police could carry out per week in each country, full scale, shared by population, shape (n_countries,)."""
    base = world.series.raid_capacity[world.step] * world.countries.population / world.countries.population.sum()
    ratio = np.ones(len(world.countries))
    if world.parameters.switches.host_capacity:
        ratio = world.countries.host_capacity / world.parameters.host_capacity.reference
    return world.knobs.values("raid_capacity", base) * np.minimum(ratio, 1.0 / world.parameters.host_capacity.reference)


def _raid(world: World, country: int, venue: int) -> None:
    """One raid: known in advance or not, and if not, perhaps the end of the venue."""
    venues, networks, p = world.venues, world.networks, world.parameters
    network, key, spell = int(venues.network[venue]), int(venues.key[venue]), int(venues.spell[venue])
    ties = p.host_justice.ties_leak_weight * networks.ties[network] if p.switches.ties else 0.0
    p_leak = world.knobs.value("p_leak", float(logistic(logit(p.host_justice.p_leak) + ties)))
    leaked = uniform(world.seed, int(Decision.RAID_LEAK), world.step, key, spell) < p_leak
    world.events.emit(world.step, "raid", "venue", key, int(venues.cell[venue]), value=float(leaked))
    world.count("raids", 1.0)
    world.cells.raids[venues.cell[venue]] += 1.0
    world.countries.raids[country] += 1
    if leaked:
        world.count("raids_leaked", 1.0)
        world.countries.raids_leaked[country] += 1
        return
    venues.is_raided[venue] = True
    world.count("persons_met", float(venues.persons[venue] + venues.sellers[venue]))
    networks.cash[network] -= p.host_justice.raid_cost_usd
    p_closure = world.knobs.value("p_closure", p.host_justice.p_closure)
    if uniform(world.seed, int(Decision.RAID_CLOSURE), world.step, key, spell) < p_closure:
        venues.is_closing[venue] = BY_POLICE
        networks.size[network] *= 1.0 - p.networks.arrest_loss
        networks.arrests[network] += 1
        world.events.emit(
            world.step, "organiser_arrested", "network", int(networks.key[network]), int(venues.cell[venue])
        )
