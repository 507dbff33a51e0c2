"""Phase 5, supply: police raids on venues, limited by search, leaked through official ties.

Police find few venues where there are few: the number of raids saturates in the number of venues. A raid known in
advance finds nothing; one that is not may close the venue, and arrests an organiser. Who is found there is decided in
``people``, what becomes of the organiser in ``justice``.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.numerics import logistic, logit, logs, poisson_quantile, ratio, total
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
    raided = np.zeros(len(networks.raid_risk))
    if world.parameters.switches.raids:
        capacity = _raid_capacity(world)
        for country in range(len(capacity)):
            for venue in _targets(world, country, capacity[country]).tolist():
                _raid(world, country, venue)
                raided[venues.network[venue]] += 1.0
    memory = 1.0 - math.exp(-world.dt / world.parameters.networks.risk_memory_weeks)
    _remember_raids(memory, world.dt, raided, networks.n_venues, networks.raid_risk)


@kernel
def _remember_raids(memory, dt, raided, n_venues, raid_risk):
    """Move the raid hazard networks perceive towards raids seen per venue and week."""
    for n in range(raided.size):
        raid_risk[n] += memory * (ratio(raided[n] / dt, n_venues[n]) - raid_risk[n])


def raids_expected(capacity: float, venues: float, venues_at_half: float) -> float:
    """Raids per week: capacity * V / (V + V_half); 0 without venues, at most the capacity."""
    return capacity * venues / (venues + venues_at_half) if venues > 0.0 else 0.0


def _targets(world: World, country: int, capacity: float) -> np.ndarray:
    """Venues raided in a country this step: a weighted sample, lowest keyed exponential over weight first."""
    venues, cells, p = world.venues, world.cells, world.parameters.host_justice
    own, weight = _can_be_found(
        p.hidden_find_ratio, country, cells.country, venues.is_open, venues.is_hidden, venues.cell
    )
    mean = raids_expected(capacity, total(weight) / world.scale, p.venues_at_half_capacity) * world.scale * world.dt
    index = int(world.countries.index[country])
    n = poisson_quantile(mean, uniform(world.seed, int(Decision.RAID_COUNT), world.step, index))
    if n == 0:
        return own[:0]
    draws = uniforms(world.seed, int(Decision.RAID_TARGET), world.step, venues.key[own], venues.spell[own])
    waiting = -logs(draws) / np.maximum(weight, 1e-12)
    return own[np.argsort(waiting, kind="stable")[: min(n, int((weight > 0).sum()))]]


@kernel
def _can_be_found(hidden_find_ratio, country, country_of_cell, is_open, is_hidden, cell):
    """Open venues in a country, and how readily police find each."""
    rows, weight, n = np.empty(cell.size, np.int64), np.empty(cell.size, np.float64), 0
    for v in range(cell.size):
        if is_open[v] and country_of_cell[cell[v]] == country:
            rows[n] = v
            weight[n] = hidden_find_ratio if is_hidden[v] else 1.0
            n += 1
    return rows[:n], weight[:n]


def _raid_capacity(world: World) -> np.ndarray:
    """Raids police could carry out per week in each country, full scale, shared by population, shape (n_countries,)."""
    countries, reference = world.countries, world.parameters.host_capacity.reference
    base = world.series.raid_capacity[world.step] * countries.population / total(countries.population)
    capacity = world.knobs.values("raid_capacity", base)
    if not world.parameters.switches.host_capacity:
        return capacity * min(1.0, 1.0 / reference)
    return capacity * np.minimum(countries.host_capacity / reference, 1.0 / reference)


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
