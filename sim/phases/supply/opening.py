"""Phase 5, supply: who opens a venue: newcomers, networks that expand, and venues that police had closed.

``entry`` says how many try and succeed; here it is decided which of them it is, and what opening costs and leaves behind.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.compiled import kernel
from sim.numerics import log, logistic
from sim.phases.supply.earnings import mean_return
from sim.rng import Decision, number, uniform
from sim.world.state import World

NEWCOMER, EXPANSION, REOPENING = 1.0, 2.0, 3.0
HALF_FULL = 0.5
_EXPANSION, _REOPEN = number(Decision.EXPANSION), number(Decision.REOPEN)


@dataclass(frozen=True)
class Prospects:
    """What an entrant expects: profit and fill of one more venue by cell, sunk cost by country."""

    profit: np.ndarray
    fill: np.ndarray
    sunk_cost: np.ndarray


@kernel
def soft_step(x, scale):
    """Logistic of x / scale, or the indicator of x > 0 where the scale is 0."""
    if scale > 0.0:
        return logistic(x / scale)
    return 1.0 if x > 0.0 else 0.0


def admit_newcomer(world: World, cell: int, prospects: Prospects) -> None:
    """Let the first idle entrant of a cell open a venue there; nothing happens when all are in."""
    networks, venues = world.networks, world.venues
    network = _first_idle(cell, networks.home_cell, networks.is_active)
    if network < 0:
        return
    networks.is_active[network] = True
    networks.spell[network] += 1
    networks.entry_step[network] = world.step
    world.events.emit(world.step, "network_entered", int(networks.key[network]), int(cell))
    _open(world, _vacant_venue(network, venues.network, venues.is_open), cell, NEWCOMER, prospects)


@kernel
def _first_idle(cell, home_cell, is_active):
    """First network at home in a cell that is not active; -1 where all are."""
    for n in range(home_cell.size):
        if home_cell[n] == cell and not is_active[n]:
            return n
    return -1


@kernel
def _vacant_venue(network, network_of_venue, is_open):
    """First of a network's venues that is not open; -1 where all are."""
    for v in range(is_open.size):
        if network_of_venue[v] == network and not is_open[v]:
            return v
    return -1


def admit_expansion(world: World, cell: int, attempt: int, prospects: Prospects) -> None:
    """Let an active network with a free place open a venue in a cell; near and well-staffed ones are likelier."""
    networks, venues = world.networks, world.venues
    venue = _choose_expansion(
        world.seed,
        world.step,
        int(world.cells.grid_cell[cell]) * 64 + attempt,
        world.parameters.entry.relocation_distance_km,
        world.cell_distance_km[:, cell],
        networks.is_active,
        networks.home_cell,
        networks.size,
        networks.focal_effort,
        networks.key,
        networks.spell,
        venues.network,
        venues.is_open,
    )
    if venue >= 0:
        _open(world, venue, cell, EXPANSION, prospects)


@kernel
def _choose_expansion(
    seed,
    step,
    sub,
    distance_scale,
    distance_km,
    is_active,
    home_cell,
    size,
    focal_effort,
    key,
    spell,
    network_of_venue,
    is_open,
):
    """Vacant venue of the network of highest utility plus Gumbel shock: log of its active members, less distance; -1 if none."""
    vacant = np.full(key.size, -1, np.int64)
    for v in range(is_open.size - 1, -1, -1):
        if not is_open[v]:
            vacant[network_of_venue[v]] = v
    chosen, best = -1, -np.inf
    for n in range(key.size):
        if is_active[n] and vacant[n] >= 0:
            utility = log(size[n] * max(focal_effort[n], 1e-9)) - distance_km[home_cell[n]] / distance_scale
            utility -= log(-log(uniform(seed, _EXPANSION, step, key[n], spell[n], sub)))
            if chosen < 0 or utility > best:
                chosen, best = vacant[n], utility
    return chosen


def reopen(world: World, prospects: Prospects) -> None:
    """Let venues closed by police open again where that still pays."""
    venues, p = world.venues, world.parameters.entry
    reopening = _draw_reopenings(
        world.seed,
        world.step,
        p.reopening_per_week * world.dt,
        p.hurdle_per_week,
        p.profit_scale_usd,
        p.reopening_cost_share,
        prospects.profit,
        prospects.sunk_cost,
        world.cells.country,
        venues.closed_by_police,
        venues.cell,
        venues.key,
        venues.spell,
    )
    if not len(reopening):
        return
    cheaper = Prospects(prospects.profit, prospects.fill, prospects.sunk_cost * p.reopening_cost_share)
    for venue in reopening.tolist():
        _open(world, venue, int(venues.cell[venue]), REOPENING, cheaper)


@kernel
def _draw_reopenings(
    seed, step, rate, hurdle, scale, cost_share, profit, sunk_cost, country, closed_by_police, cell, key, spell
):
    """Venues closed by police that open now, as often as it pays where they are."""
    rows, n = np.empty(key.size, np.int64), 0
    for v in range(key.size):
        if closed_by_police[v]:
            cost = sunk_cost[country[cell[v]]] * cost_share
            pays = soft_step(profit[cell[v]] - hurdle * cost, scale)
            if uniform(seed, _REOPEN, step, key[v], spell[v]) < 1.0 - math.exp(-rate * pays):
                rows[n] = v
                n += 1
    return rows[:n]


def _open(world: World, venue: int, cell: int, how: float, prospects: Prospects) -> None:
    """Open a venue in a cell and book its sunk cost."""
    venues, networks = world.venues, world.networks
    _begin(
        venue,
        cell,
        world.step,
        int(world.cells.country[cell]),
        1.0 / world.scale,
        prospects.profit,
        prospects.fill,
        prospects.sunk_cost,
        venues.network,
        venues.persons,
        venues.sellers,
        venues.is_open,
        venues.cell,
        venues.closed_by_police,
        venues.spell,
        venues.opened_step,
        venues.is_hidden,
        venues.profit,
        venues.expected_fill,
        venues.person_return,
        networks.cash,
        networks.n_venues,
        world.countries.infrastructure,
    )
    networks.last_venue_step[venues.network[venue]] = world.step
    world.count("venues_opened", 1.0)
    world.events.emit(world.step, "venue_opened", int(venues.key[venue]), cell, value=how)


@kernel
def _begin(
    venue,
    cell,
    step,
    country,
    built,
    expected_profit,
    expected_fill_here,
    sunk_cost,
    network,
    persons,
    sellers,
    is_open,
    cell_of_venue,
    closed_by_police,
    spell,
    opened_step,
    is_hidden,
    profit,
    expected_fill,
    person_return,
    cash,
    n_venues,
    infrastructure,
):
    """A venue starts in the open with what its owner expects of it, and leaves infrastructure to the next ones."""
    n = network[venue]
    is_open[venue], cell_of_venue[venue], closed_by_police[venue] = True, cell, False
    spell[venue] += 1
    opened_step[venue], is_hidden[venue] = step, False
    profit[venue] = max(expected_profit[cell], 0.0)
    expected_fill[venue] = max(expected_fill_here[cell], HALF_FULL)
    person_return[venue] = mean_return(is_open, persons, sellers, person_return)
    cash[n] -= sunk_cost[country]
    n_venues[n] += 1
    infrastructure[country] += built
