"""Phase 5, supply: police raids on venues, limited by search, leaked through official ties.

Police find few venues where there are few: the number of raids saturates in the number of venues. A raid known in
advance finds nothing; one that is not may close the venue, and arrests an organiser. Who is found there is decided in
``people``, what becomes of the organiser in ``justice``.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.events import Event
from sim.knobs import with_odds
from sim.numerics import log, logistic, logit, poisson_quantile, ratio, total
from sim.rng import Decision, number, uniform
from sim.tables import Ints, Reals
from sim.world.happened import emit
from sim.world.state import World

BY_POLICE = 2
_COUNT, _TARGET = number(Decision.RAID_COUNT), number(Decision.RAID_TARGET)
_LEAK, _CLOSURE = number(Decision.RAID_LEAK), number(Decision.RAID_CLOSURE)


@kernel
def raid_venues(world: World) -> None:
    """Carry out this step's raids and let networks remember them."""
    networks, countries = world.networks, world.countries
    world.venues.is_raided[:] = False
    world.cells.raids[:] = 0.0
    networks.arrests[:] = 0
    countries.raids[:] = 0
    countries.raids_leaked[:] = 0
    raided = np.zeros(len(networks))
    if world.parameters.switches.raids:
        capacity = _raid_capacity(world)
        for country in range(len(countries)):
            for venue in _targets(world, country, capacity[country]):
                _raid(world, country, venue)
                raided[world.venues.network[venue]] += 1.0
    memory = 1.0 - math.exp(-world.dt / world.parameters.networks.risk_memory_weeks)
    for n in range(len(networks)):
        networks.raid_risk[n] += memory * (ratio(raided[n] / world.dt, networks.n_venues[n]) - networks.raid_risk[n])


@kernel
def _raid_capacity(world: World) -> Reals:
    """Raids police could carry out per week in each country, full scale, shared by population, shape (n_countries,)."""
    countries, reference = world.countries, world.parameters.host_capacity.reference
    capacity, persons = np.empty(len(countries)), total(countries.population)
    for c in range(len(countries)):
        planned = world.inputs.raid_capacity[world.step] * countries.population[c] / persons
        able = min(countries.host_capacity[c] / reference, 1.0 / reference)
        capacity[c] = planned * world.effects.raid_capacity[c] * able
    return capacity


@kernel
def raids_expected(capacity: float, venues: float, venues_at_half: float) -> float:
    """Raids per week: capacity * V / (V + V_half); 0 without venues, at most the capacity."""
    return capacity * venues / (venues + venues_at_half) if venues > 0.0 else 0.0


@kernel
def _targets(world: World, country: int, capacity: float) -> Ints:
    """A weighted sample of a country's open venues: as many as police manage, lowest keyed exponential over weight first."""
    venues, p, seed, step = world.venues, world.parameters.host_justice, world.seed, world.step
    rows, weight, n_rows, n_found = np.empty(len(venues), np.int64), np.empty(len(venues)), 0, 0
    for v in range(len(venues)):
        if venues.is_open[v] and world.cells.country[venues.cell[v]] == country:
            rows[n_rows] = v
            weight[n_rows] = p.hidden_find_ratio if venues.is_hidden[v] else 1.0
            n_found += weight[n_rows] > 0.0
            n_rows += 1
    found_per_week = raids_expected(capacity, total(weight[:n_rows]) / world.scale, p.venues_at_half_capacity)
    draw = uniform(seed, _COUNT, step, world.countries.index[country])
    n = min(poisson_quantile(found_per_week * world.scale * world.dt, draw), n_found)
    if n == 0:
        return rows[:0]
    chosen, waiting = np.empty(n, np.int64), np.empty(n_rows)
    for r in range(n_rows):
        draw = uniform(seed, _TARGET, step, venues.key[rows[r]], venues.spell[rows[r]])
        waiting[r] = -log(draw) / max(weight[r], 1e-12)
    for i in range(n):
        first = np.argmin(waiting)
        chosen[i], waiting[first] = rows[first], np.inf
    return chosen


@kernel
def _raid(world: World, country: int, venue: int) -> None:
    """A raid, known in advance or not; if not, it costs the network and may be the end of the venue."""
    venues, flows, key, cell = world.venues, world.flows, world.venues.key[venue], world.venues.cell[venue]
    is_leaked = uniform(world.seed, _LEAK, world.step, key, venues.spell[venue]) < _p_leak(world, venue)
    world.cells.raids[cell] += 1.0
    world.countries.raids[country] += 1
    flows.raids += 1.0
    emit(world, Event.RAID, key, cell, 1.0 if is_leaked else 0.0)
    if is_leaked:
        world.countries.raids_leaked[country] += 1
        flows.raids_leaked += 1.0
        return
    venues.is_raided[venue] = True
    flows.persons_met += venues.persons[venue] + venues.sellers[venue]
    world.networks.cash[venues.network[venue]] -= world.parameters.host_justice.raid_cost_usd
    p_closure = with_odds(world.parameters.host_justice.p_closure, world.effects.p_closure)
    if uniform(world.seed, _CLOSURE, world.step, key, venues.spell[venue]) < p_closure:
        venues.is_closing[venue] = BY_POLICE
        _arrest(world, venues.network[venue], cell)


@kernel
def _p_leak(world: World, venue: int) -> float:
    """Chance that a raid is known in advance; it grows with the official ties of the venue's network."""
    p = world.parameters
    by_ties = p.host_justice.ties_leak_weight if p.switches.ties else 0.0
    ties = world.networks.ties[world.venues.network[venue]]
    return with_odds(logistic(logit(p.host_justice.p_leak) + by_ties * ties), world.effects.p_leak)


@kernel
def _arrest(world: World, network: int, cell: int) -> None:
    """An organiser is arrested, which costs the network members."""
    networks = world.networks
    networks.size[network] *= 1.0 - world.parameters.networks.arrest_loss
    networks.arrests[network] += 1
    emit(world, Event.ORGANISER_ARRESTED, networks.key[network], cell, 1.0)
