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
from sim.numerics import log, logistic, logit, poisson_quantile, ratio, total
from sim.rng import Decision, number, uniform
from sim.world.state import World

BY_POLICE = 2
_COUNT, _TARGET = number(Decision.RAID_COUNT), number(Decision.RAID_TARGET)
_LEAK, _CLOSURE = number(Decision.RAID_LEAK), number(Decision.RAID_CLOSURE)


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
            targets = _targets(world, country, capacity[country])
            if len(targets):
                _raid(world, country, targets, raided)
    memory = 1.0 - math.exp(-world.dt / world.parameters.networks.risk_memory_weeks)
    _remember_raids(memory, world.dt, raided, networks.n_venues, networks.raid_risk)


@kernel
def _remember_raids(memory, dt, raided, n_venues, raid_risk):
    """Move the raid hazard networks perceive towards raids seen per venue and week."""
    for n in range(raided.size):
        raid_risk[n] += memory * (ratio(raided[n] / dt, n_venues[n]) - raid_risk[n])


@kernel
def raids_expected(capacity, venues, venues_at_half):
    """Raids per week: capacity * V / (V + V_half); 0 without venues, at most the capacity."""
    return capacity * venues / (venues + venues_at_half) if venues > 0.0 else 0.0


def _targets(world: World, country: int, capacity: float) -> np.ndarray:
    """Venues raided in a country this step."""
    venues, p = world.venues, world.parameters.host_justice
    return _sample(
        world.seed,
        world.step,
        world.dt,
        world.scale,
        capacity,
        p.venues_at_half_capacity,
        p.hidden_find_ratio,
        country,
        int(world.countries.index[country]),
        world.cells.country,
        venues.is_open,
        venues.is_hidden,
        venues.cell,
        venues.key,
        venues.spell,
    )


@kernel
def _sample(
    seed,
    step,
    dt,
    scale,
    capacity,
    at_half,
    hidden_find_ratio,
    country,
    country_id,
    country_of_cell,
    is_open,
    is_hidden,
    cell,
    key,
    spell,
):
    """A weighted sample of a country's open venues: as many as police manage, lowest keyed exponential over weight first."""
    rows, weight, n_found = np.empty(cell.size, np.int64), np.empty(cell.size, np.float64), 0
    n_rows = 0
    for v in range(cell.size):
        if is_open[v] and country_of_cell[cell[v]] == country:
            rows[n_rows] = v
            weight[n_rows] = hidden_find_ratio if is_hidden[v] else 1.0
            n_found += weight[n_rows] > 0.0
            n_rows += 1
    mean = raids_expected(capacity, total(weight[:n_rows]) / scale, at_half) * scale * dt
    n = min(poisson_quantile(mean, uniform(seed, _COUNT, step, country_id)), n_found)
    if n == 0:
        return rows[:0]
    waiting = np.empty(n_rows, np.float64)
    for r in range(n_rows):
        waiting[r] = -log(uniform(seed, _TARGET, step, key[rows[r]], spell[rows[r]])) / max(weight[r], 1e-12)
    chosen = np.empty(n, np.int64)
    for i in range(n):
        first = np.argmin(waiting)
        chosen[i], waiting[first] = rows[first], np.inf
    return chosen


def _raid_capacity(world: World) -> np.ndarray:
    """Raids police could carry out per week in each country, full scale, shared by population, shape (n_countries,)."""
    countries, reference = world.countries, world.parameters.host_capacity.reference
    base = world.series.raid_capacity[world.step] * countries.population / total(countries.population)
    capacity = world.knobs.values("raid_capacity", base)
    return capacity * np.minimum(countries.host_capacity / reference, 1.0 / reference)


def _raid(world: World, country: int, targets: np.ndarray, raided: np.ndarray) -> None:
    """Raids on some venues: each known in advance or not, and if not, perhaps the end of the venue."""
    venues, networks, p = world.venues, world.networks, world.parameters
    by_ties = p.host_justice.ties_leak_weight if p.switches.ties else 0.0
    p_leak = _leak_chances(logit(p.host_justice.p_leak), by_ties, targets, venues.network, networks.ties)
    is_leaked, n_met = _carry_out(
        world.seed,
        world.step,
        world.knobs.values("p_leak", p_leak),
        world.knobs.value("p_closure", p.host_justice.p_closure),
        p.host_justice.raid_cost_usd,
        1.0 - p.networks.arrest_loss,
        targets,
        venues.key,
        venues.spell,
        venues.network,
        venues.cell,
        venues.persons,
        venues.sellers,
        venues.is_raided,
        venues.is_closing,
        networks.cash,
        networks.size,
        networks.arrests,
        world.cells.raids,
        raided,
    )
    n_leaked = int(is_leaked.sum())
    world.countries.raids[country] += len(targets)
    world.countries.raids_leaked[country] += n_leaked
    world.count("raids", len(targets))
    if n_leaked:
        world.count("raids_leaked", n_leaked)
    if n_leaked < len(targets):
        world.count("persons_met", n_met)
    for venue, leaked in zip(targets.tolist(), is_leaked.tolist(), strict=True):
        cell = int(venues.cell[venue])
        world.events.emit(world.step, "raid", int(venues.key[venue]), cell, value=float(leaked))
        if venues.is_closing[venue] == BY_POLICE:
            key = int(networks.key[venues.network[venue]])
            world.events.emit(world.step, "organiser_arrested", key, cell)


@kernel
def _leak_chances(base, by_ties, targets, network, ties):
    """Chance that each raid is known in advance; it grows with the official ties of the venue's network."""
    chance = np.empty(targets.size, np.float64)
    for i in range(targets.size):
        chance[i] = logistic(base + by_ties * ties[network[targets[i]]])
    return chance


@kernel
def _carry_out(
    seed,
    step,
    p_leak,
    p_closure,
    cost,
    spared,
    targets,
    key,
    spell,
    network,
    cell,
    persons,
    sellers,
    is_raided,
    is_closing,
    cash,
    size,
    arrests,
    raids_here,
    raided,
):
    """Each raid in turn: leaked or not, what it costs the network, closure and arrest; returns the leaks and persons met."""
    is_leaked, n_met = np.empty(targets.size, np.bool_), 0
    for i in range(targets.size):
        v = targets[i]
        n = network[v]
        raided[n] += 1.0
        raids_here[cell[v]] += 1.0
        is_leaked[i] = uniform(seed, _LEAK, step, key[v], spell[v]) < p_leak[i]
        if is_leaked[i]:
            continue
        is_raided[v] = True
        n_met += persons[v] + sellers[v]
        cash[n] -= cost
        if uniform(seed, _CLOSURE, step, key[v], spell[v]) < p_closure:
            is_closing[v] = BY_POLICE
            size[n] *= spared
            arrests[n] += 1
    return is_leaked, n_met
