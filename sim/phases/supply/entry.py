"""Phase 5, supply: venues and networks enter and leave, with sunk costs and shared infrastructure.

Entry needs an expected profit above the annuity of the sunk cost, exit a loss beyond that of the closing cost, so that
between the two nothing moves (Dixit 1989). Past openings leave infrastructure that makes the next ones cheaper.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.events import Event
from sim.numerics import poisson_quantile
from sim.phases.supply.location import venues_by_cell
from sim.phases.supply.opening import HALF_FULL, Prospects, admit_expansion, admit_newcomer, p_enter, soft_step
from sim.phases.supply.raids import BY_POLICE
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.happened import emit
from sim.world.state import World

BY_NETWORK, DISSOLVED = 1, 3
PERSONS_PER_ENTRY_RATE = 2e6
_EXIT, _DORMANT = number(Decision.VENUE_EXIT), number(Decision.DORMANT_EXIT)
_ENTRY, _CHOICE = number(Decision.ENTRY), number(Decision.NETWORK_CHOICE)


@kernel
def p_leave(profit: float, exit_cost: float, hurdle: float, scale: float) -> float:
    """Chance that a venue should close: logistic((-hurdle * exit cost - profit) / scale); scale 0 is a threshold."""
    return soft_step(-hurdle * exit_cost - profit, scale)


@kernel
def effective_sunk_cost(world: World) -> Reals:
    """Sunk cost of a new venue in each country after infrastructure and knobs, USD, shape (n_countries,).

    Infrastructure saves a share that saturates in past openings.
    """
    p, switches, built = world.parameters.entry, world.parameters.switches, world.countries.infrastructure
    strength = p.infrastructure_strength if switches.infrastructure else 0.0
    full = p.sunk_cost_usd * world.effects.sunk_costs if switches.sunk_costs else 0.0
    cost = np.empty(built.size)
    for c in range(built.size):
        cost[c] = full * (1.0 - strength * built[c] / (built[c] + p.infrastructure_half))
    return cost


@kernel
def leave(world: World) -> None:
    """Mark venues whose networks give them up, and end networks too small to go on."""
    _give_up(world)
    _end_networks(world)


@kernel
def _give_up(world: World) -> None:
    """Mark venues that are given up, as often as they are worth giving up, and book what closing costs."""
    venues, networks, p = world.venues, world.networks, world.parameters.entry
    exit_cost = p.exit_cost_usd if world.parameters.switches.sunk_costs else 0.0
    closing = np.zeros(len(networks), np.int64)
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
def _end_networks(world: World) -> None:
    """End networks too small or long without a venue; effort in other trades keeps a network going."""
    networks, smallest, has_ended = world.networks, world.parameters.networks.smallest_size, False
    for n in range(len(networks)):
        if networks.is_active[n] and (networks.size[n] < smallest or _is_given_up(world, n)):
            _dissolve(world, n)
            has_ended = True
    if has_ended:
        _give_up_places(world)


@kernel
def _is_given_up(world: World, network: int) -> bool:
    """Whether a network without a venue ends now."""
    networks = world.networks
    if networks.n_venues[network] > 0:
        return False
    hazard = world.dt / world.parameters.entry.dormancy_weeks
    draw = uniform(world.seed, _DORMANT, world.step, networks.key[network], networks.spell[network])
    return draw < 1.0 - math.exp(-hazard * networks.focal_effort[network])


@kernel
def _dissolve(world: World, network: int) -> None:
    """End a network; what it was starts afresh with its next spell."""
    networks = world.networks
    lived = (world.step - networks.entry_step[network]) * world.dt
    emit(world, Event.NETWORK_DISSOLVED, networks.key[network], networks.home_cell[network], lived)
    networks.is_active[network] = False
    networks.size[network], networks.ties[network], networks.raid_risk[network] = 1.0, 0.0, 0.0
    networks.focal_effort[network], networks.profit[network], networks.cash[network] = 1.0, 0.0, 0.0


@kernel
def _give_up_places(world: World) -> None:
    """Venues of networks that have ended close, and do not open again after a raid."""
    venues = world.venues
    for v in range(len(venues)):
        if not world.networks.is_active[venues.network[v]]:
            venues.closed_by_police[v] = False
            if venues.is_open[v]:
                venues.is_closing[v] = DISSOLVED


@kernel
def close_marked(world: World) -> None:
    """Close every venue marked this step, whoever closes it."""
    venues, networks, flows = world.venues, world.networks, world.flows
    for v in range(len(venues)):
        reason, network = venues.is_closing[v], venues.network[v]
        if reason == 0:
            continue
        emit(world, Event.VENUE_CLOSED, venues.key[v], venues.cell[v], float(reason))
        flows.venues_closed += 1.0
        flows.venues_closed_by_police += 1.0 if reason == BY_POLICE else 0.0
        venues.is_open[v], venues.sellers[v], venues.new_orders[v] = False, 0, 0
        networks.n_venues[network] -= 1
        venues.closed_by_police[v] = reason == BY_POLICE and networks.is_active[network]
        venues.profit[v], venues.person_return[v] = 0.0, 0.0


@kernel
def enter(world: World, prospects: Prospects) -> None:
    """Draw newcomers, by population, and expansions, by venues there already, in every cell, and let them in."""
    cells, p, dt = world.cells, world.parameters.entry, world.dt
    venues_here = venues_by_cell(world)
    for c in range(len(cells)):
        chance = p_enter(prospects.profit[c], prospects.sunk_cost[c], p.hurdle_per_week, p.profit_scale_usd)
        attempts = chance * prospects.fill[c] / HALF_FULL * world.effects.entries[cells.country[c]] * dt
        mean = attempts * p.base_entries_per_week * cells.population[c] / PERSONS_PER_ENTRY_RATE
        for _ in range(poisson_quantile(mean, uniform(world.seed, _ENTRY, world.step, cells.grid_cell[c]))):
            admit_newcomer(world, c, prospects)
        mean = attempts * p.entries_per_venue_week * venues_here[c]
        for attempt in range(poisson_quantile(mean, uniform(world.seed, _CHOICE, world.step, cells.grid_cell[c]))):
            admit_expansion(world, c, attempt, prospects)


@kernel
def wear_out_infrastructure(world: World) -> None:
    """Let shared infrastructure decay."""
    world.countries.infrastructure[:] *= math.exp(-world.parameters.entry.infrastructure_decay_per_week * world.dt)
