"""Phase 5, supply: who opens a venue: newcomers, networks that expand, and venues that police had closed.

``entry`` says how many try and succeed; here it is decided which of them it is, and what opening costs and leaves behind.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.compiled import kernel
from sim.events import Event
from sim.numerics import log, logistic
from sim.phases.supply.earnings import usual_return
from sim.rng import Decision, number, uniform
from sim.tables import Ints, Reals
from sim.world.happened import emit
from sim.world.state import World

NEWCOMER, EXPANSION, REOPENING = 1.0, 2.0, 3.0
HALF_FULL = 0.5
ATTEMPTS = 64  # expansions into a cell in one step that have a draw of their own
_EXPANSION, _REOPEN = number(Decision.EXPANSION), number(Decision.REOPEN)


class Prospects(NamedTuple):
    """What an entrant expects of one more venue in each cell: profit, USD per week, how full it is, and its sunk cost, USD."""

    profit: Reals
    fill: Reals
    sunk_cost: Reals


@kernel
def soft_step(x: float, scale: float) -> float:
    """Logistic of x / scale, or the indicator of x > 0 where the scale is 0."""
    if scale > 0.0:
        return logistic(x / scale)
    return 1.0 if x > 0.0 else 0.0


@kernel
def p_enter(profit: float, sunk_cost: float, hurdle: float, scale: float) -> float:
    """Chance that an entry attempt succeeds: logistic((profit - hurdle * sunk cost) / scale); scale 0 is a threshold.

    The deterministic limit (scale 0) is the rule of limit test 6: enter where profit exceeds r K.
    """
    return soft_step(profit - hurdle * sunk_cost, scale)


@kernel
def reopen(world: World, prospects: Prospects) -> None:
    """Let venues closed by police open again, as often as it pays where they are; that costs less than a new one."""
    venues, p = world.venues, world.parameters.entry
    rate = p.reopening_per_week * world.dt
    for v in range(len(venues)):
        if venues.closed_by_police[v]:
            cost = prospects.sunk_cost[venues.cell[v]] * p.reopening_cost_share
            pays = p_enter(prospects.profit[venues.cell[v]], cost, p.hurdle_per_week, p.profit_scale_usd)
            draw = uniform(world.seed, _REOPEN, world.step, venues.key[v], venues.spell[v])
            if draw < 1.0 - math.exp(-rate * pays):
                _open(world, v, venues.cell[v], REOPENING, cost, prospects)


@kernel
def admit_newcomer(world: World, cell: int, prospects: Prospects) -> None:
    """Let the first idle entrant of a cell open a venue there; nothing happens when all are in."""
    networks, venues = world.networks, world.venues
    network = _first_idle(world, cell)
    if network < 0:
        return
    networks.is_active[network] = True
    networks.spell[network] += 1
    networks.entry_step[network] = world.step
    emit(world, Event.NETWORK_ENTERED, networks.key[network], cell, 1.0)
    for v in range(len(venues)):
        if venues.network[v] == network and not venues.is_open[v]:
            _open(world, v, cell, NEWCOMER, prospects.sunk_cost[cell], prospects)
            break


@kernel
def _first_idle(world: World, cell: int) -> int:
    """First network at home in a cell that is not active; -1 where all are."""
    networks = world.networks
    for n in range(len(networks)):
        if networks.home_cell[n] == cell and not networks.is_active[n]:
            return n
    return -1


@kernel
def admit_expansion(world: World, cell: int, attempt: int, prospects: Prospects) -> None:
    """Let an active network with a free place open a venue in a cell; near and well-staffed ones are likelier.

    It is the one of highest utility plus Gumbel shock: log of its active members, less distance.
    """
    networks, vacant, sub = world.networks, _first_vacant(world), world.cells.grid_cell[cell] * ATTEMPTS + attempt
    chosen, best, reach_km = -1, -np.inf, world.parameters.entry.relocation_distance_km
    for n in range(len(networks)):
        if networks.is_active[n] and vacant[n] >= 0:
            far = world.places.distance_km[networks.home_cell[n], cell] / reach_km
            utility = log(networks.size[n] * max(networks.focal_effort[n], 1e-9)) - far
            draw = uniform(world.seed, _EXPANSION, world.step, networks.key[n], networks.spell[n], sub)
            utility -= log(-log(draw))
            if chosen < 0 or utility > best:
                chosen, best = vacant[n], utility
    if chosen >= 0:
        _open(world, chosen, cell, EXPANSION, prospects.sunk_cost[cell], prospects)


@kernel
def _first_vacant(world: World) -> Ints:
    """First venue of each network that is not open; -1 where all are."""
    venues, vacant = world.venues, np.full(len(world.networks), -1, np.int64)
    for v in range(len(venues) - 1, -1, -1):
        if not venues.is_open[v]:
            vacant[venues.network[v]] = v
    return vacant


@kernel
def _open(world: World, venue: int, cell: int, how: float, cost: float, prospects: Prospects) -> None:
    """Open a venue with what its owner expects of it; it costs, starts in the open, and leaves infrastructure to others."""
    venues, networks, network = world.venues, world.networks, world.venues.network[venue]
    venues.is_open[venue], venues.cell[venue], venues.closed_by_police[venue] = True, cell, False
    venues.spell[venue] += 1
    venues.opened_step[venue], venues.is_hidden[venue] = world.step, False
    venues.profit[venue] = max(prospects.profit[cell], 0.0)
    venues.expected_fill[venue] = max(prospects.fill[cell], HALF_FULL)
    venues.person_return[venue] = usual_return(world)
    networks.cash[network] -= cost
    networks.n_venues[network] += 1
    networks.last_venue_step[network] = world.step
    world.countries.infrastructure[world.cells.country[cell]] += 1.0 / world.scale
    world.flows.venues_opened += 1.0
    emit(world, Event.VENUE_OPENED, venues.key[venue], cell, how)
