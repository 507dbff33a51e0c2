"""Phase 5, supply: who opens a venue: newcomers, networks that expand, and venues that police had closed.

``entry`` says how many try and succeed; here it is decided which of them it is, and what opening costs and leaves behind.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.compiled import kernel
from sim.events import Event, emit
from sim.numerics import log, logistic
from sim.phases.supply.earnings import usual_return
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.state import World

NEWCOMER, EXPANSION, REOPENING = 1.0, 2.0, 3.0
HALF_FULL, FEWEST_MEMBERS = 0.5, 1e-9
ATTEMPTS_PER_CELL = 64
_EXPANSION, _REOPEN = number(Decision.EXPANSION), number(Decision.REOPEN)


class Prospects(NamedTuple):
    """What an entrant expects: profit and fill of one more venue by cell, sunk cost by country."""

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
def admit_newcomer(world: World, cell: int, prospects: Prospects) -> None:
    """Let the first idle entrant of a cell open a venue there; nothing happens when all are in."""
    networks, venues = world.networks, world.venues
    for n in range(len(networks)):
        if networks.home_cell[n] == cell and not networks.is_active[n]:
            networks.is_active[n] = True
            networks.spell[n] += 1
            networks.entry_step[n] = world.step
            emit(world, Event.NETWORK_ENTERED, networks.key[n], cell)
            for v in range(len(venues)):
                if venues.network[v] == n and not venues.is_open[v]:
                    _open(world, v, cell, NEWCOMER, prospects)
                    return


@kernel
def admit_expansion(world: World, cell: int, attempt: int, prospects: Prospects) -> None:
    """Let an active network with a free place open a venue in a cell; near and well-staffed ones are likelier.

    Chosen by the highest utility plus Gumbel shock: log of active members, less distance.
    """
    networks, venues, p = world.networks, world.venues, world.parameters.entry
    sub = world.cells.grid_cell[cell] * ATTEMPTS_PER_CELL + attempt
    vacant = np.full(len(networks), -1, np.int64)
    for v in range(len(venues) - 1, -1, -1):
        if not venues.is_open[v]:
            vacant[venues.network[v]] = v
    chosen, best = -1, -np.inf
    for n in range(len(networks)):
        if networks.is_active[n] and vacant[n] >= 0:
            members = networks.size[n] * max(networks.focal_effort[n], FEWEST_MEMBERS)
            far = world.places.distance_km[networks.home_cell[n], cell] / p.relocation_distance_km
            draw = uniform(world.seed, _EXPANSION, world.step, networks.key[n], networks.spell[n], sub)
            utility = log(members) - far - log(-log(draw))
            if chosen < 0 or utility > best:
                chosen, best = vacant[n], utility
    if chosen >= 0:
        _open(world, chosen, cell, EXPANSION, prospects)


@kernel
def reopen(world: World, prospects: Prospects) -> None:
    """Let venues closed by police open again where that still pays, at part of the sunk cost."""
    venues, p = world.venues, world.parameters.entry
    cheaper = Prospects(prospects.profit, prospects.fill, prospects.sunk_cost * p.reopening_cost_share)
    for v in range(len(venues)):
        if venues.closed_by_police[v]:
            cell = venues.cell[v]
            cost = cheaper.sunk_cost[world.cells.country[cell]]
            pays = p_enter(prospects.profit[cell], cost, p.hurdle_per_week, p.profit_scale_usd)
            draw = uniform(world.seed, _REOPEN, world.step, venues.key[v], venues.spell[v])
            if draw < 1.0 - math.exp(-(p.reopening_per_week * world.dt) * pays):
                _open(world, v, cell, REOPENING, cheaper)


@kernel
def _open(world: World, venue: int, cell: int, how: float, prospects: Prospects) -> None:
    """Open a venue, not hidden, with what its owner expects of it; book its sunk cost and what it leaves to the next ones."""
    venues, networks = world.venues, world.networks
    network, country = venues.network[venue], world.cells.country[cell]
    venues.is_open[venue], venues.cell[venue], venues.closed_by_police[venue] = True, cell, False
    venues.spell[venue] += 1
    venues.opened_step[venue], venues.is_hidden[venue] = world.step, False
    venues.profit[venue] = max(prospects.profit[cell], 0.0)
    venues.expected_fill[venue] = max(prospects.fill[cell], HALF_FULL)
    venues.person_return[venue] = usual_return(world)
    networks.cash[network] -= prospects.sunk_cost[country]
    networks.n_venues[network] += 1
    networks.last_venue_step[network] = world.step
    world.countries.infrastructure[country] += 1.0 / world.scale
    world.flows.venues_opened += 1.0
    emit(world, Event.VENUE_OPENED, venues.key[venue], cell, how)
