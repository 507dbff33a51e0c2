"""Phase 5, supply: venues and networks enter and leave, with sunk costs and shared infrastructure.

Entry needs an expected profit above the annuity of the sunk cost, exit a loss beyond that of the closing cost, so that
between the two nothing moves (Dixit 1989). Past openings leave infrastructure that makes the next ones cheaper.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.events import Event, emit
from sim.numerics import poisson_quantile
from sim.phases.supply.opening import (
    HALF_FULL,
    Prospects,
    admit_expansion,
    admit_newcomer,
    p_enter,
    reopen,
    soft_step,
)
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.state import World

BY_NETWORK, BY_POLICE, DISSOLVED = 1, 2, 3
PERSONS_PER_ENTRY_RATE = 2e6
_EXIT, _DORMANT = number(Decision.VENUE_EXIT), number(Decision.DORMANT_EXIT)
_ENTRY, _CHOICE = number(Decision.ENTRY), number(Decision.NETWORK_CHOICE)


@kernel
def p_leave(profit: float, exit_cost: float, hurdle: float, scale: float) -> float:
    """Chance that a venue should close: logistic((-hurdle * exit cost - profit) / scale); scale 0 is a threshold."""
    return soft_step(-hurdle * exit_cost - profit, scale)


@kernel
def effective_sunk_cost(world: World) -> Reals:
    """Sunk cost of a new venue in each country after infrastructure and knobs, USD, shape (n_countries,)."""
    p, built = world.parameters, world.countries.infrastructure
    cost = np.zeros(built.size)
    if p.switches.sunk_costs:
        strength = p.entry.infrastructure_strength * p.switches.infrastructure
        full = p.entry.sunk_cost_usd * world.effects.sunk_costs
        for c in range(built.size):
            cost[c] = full * (1.0 - strength * built[c] / (built[c] + p.entry.infrastructure_half))
    return cost


@kernel
def leave(world: World) -> None:
    """Mark venues whose networks give them up, and end networks too small to go on."""
    _give_up(world)
    _dissolve(world)


@kernel
def _give_up(world: World) -> None:
    """Mark venues that are given up, as often as they are worth giving up, and book what closing costs."""
    venues, networks, p = world.venues, world.networks, world.parameters.entry
    exit_cost, closing = 0.0, np.zeros(len(networks), np.int64)
    if world.parameters.switches.sunk_costs:
        exit_cost = p.exit_cost_usd
    for v in range(len(venues)):
        if venues.is_open[v] and venues.is_closing[v] == 0:
            wants_out = p_leave(venues.profit[v], exit_cost, p.hurdle_per_week, p.profit_scale_usd)
            chance = 1.0 - math.exp(-p.exit_rate_per_week * wants_out * world.dt)
            if uniform(world.seed, _EXIT, world.step, venues.key[v], venues.spell[v]) < chance:
                venues.is_closing[v] = BY_NETWORK
                closing[venues.network[v]] += 1
    for n in range(len(networks)):
        networks.cash[n] -= closing[n] * exit_cost


@kernel
def _dissolve(world: World) -> None:
    """End networks; their venues close, and do not open again after a raid. The next spell starts afresh."""
    networks, venues, n_ended = world.networks, world.venues, 0
    for n in range(len(networks)):
        if networks.is_active[n] and _ends(world, n):
            lived = (world.step - networks.entry_step[n]) * world.dt
            emit(world, Event.NETWORK_DISSOLVED, networks.key[n], networks.home_cell[n], lived)
            networks.is_active[n] = False
            networks.size[n], networks.ties[n], networks.raid_risk[n] = 1.0, 0.0, 0.0
            networks.focal_effort[n], networks.profit[n], networks.cash[n] = 1.0, 0.0, 0.0
            n_ended += 1
    if n_ended == 0:
        return
    for v in range(len(venues)):
        if not networks.is_active[venues.network[v]]:
            venues.closed_by_police[v] = False
            if venues.is_open[v]:
                venues.is_closing[v] = DISSOLVED


@kernel
def _ends(world: World, network: int) -> bool:
    """Whether a network ends: too small, or long without a venue; effort in other trades keeps a network going."""
    networks, p = world.networks, world.parameters
    if networks.size[network] < p.networks.smallest_size:
        return True
    if networks.n_venues[network] > 0:
        return False
    chance = 1.0 - math.exp(-(world.dt / p.entry.dormancy_weeks) * networks.focal_effort[network])
    return uniform(world.seed, _DORMANT, world.step, networks.key[network], networks.spell[network]) < chance


@kernel
def close_marked(world: World) -> None:
    """Close every venue marked this step, whoever closes it."""
    venues, networks = world.venues, world.networks
    for v in range(len(venues)):
        reason, network = venues.is_closing[v], venues.network[v]
        if reason == 0:
            continue
        emit(world, Event.VENUE_CLOSED, venues.key[v], venues.cell[v], float(reason))
        world.flows.venues_closed += 1.0
        if reason == BY_POLICE:
            world.flows.venues_closed_by_police += 1.0
        venues.is_open[v], venues.sellers[v], venues.new_orders[v] = False, 0, 0
        networks.n_venues[network] -= 1
        venues.closed_by_police[v] = reason == BY_POLICE and networks.is_active[network]
        venues.profit[v], venues.person_return[v] = 0.0, 0.0


@kernel
def enter(world: World, prospects: Prospects) -> None:
    """Draw reopenings of venues closed by police; in every cell newcomers, by population, and expansions, by venues there."""
    cells, venues, p = world.cells, world.venues, world.parameters.entry
    reopen(world, prospects)
    venues_here = np.zeros(len(cells), np.int64)
    for v in range(len(venues)):
        if venues.is_open[v]:
            venues_here[venues.cell[v]] += 1
    for c in range(len(cells)):
        country = cells.country[c]
        chance = p_enter(prospects.profit[c], prospects.sunk_cost[country], p.hurdle_per_week, p.profit_scale_usd)
        attempts = chance * prospects.fill[c] / HALF_FULL * world.effects.entries[country] * world.dt
        newcomers = attempts * p.base_entries_per_week * cells.population[c] / PERSONS_PER_ENTRY_RATE
        expansions = attempts * p.entries_per_venue_week * venues_here[c]
        draw = uniform(world.seed, _ENTRY, world.step, cells.grid_cell[c])
        for _ in range(poisson_quantile(newcomers, draw)):
            admit_newcomer(world, c, prospects)
        draw = uniform(world.seed, _CHOICE, world.step, cells.grid_cell[c])
        for attempt in range(poisson_quantile(expansions, draw)):
            admit_expansion(world, c, attempt, prospects)


@kernel
def wear_out_infrastructure(world: World) -> None:
    """Let shared infrastructure decay."""
    world.countries.infrastructure[:] *= math.exp(-world.parameters.entry.infrastructure_decay_per_week * world.dt)
