"""Phase 5, supply: what a venue would earn in each place, who moves there, who hides, and whom venues serve.

Places are chosen by a multinomial logit in expected return, distance and raids, so displacement is a result and never
an input. The clientele follows the better paying segment; hiding follows raids seen.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.events import Event
from sim.numerics import log, logistic, total
from sim.phases.supply.earnings import network_income_share, running_costs
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.happened import emit
from sim.world.state import World

FLOOR = 1e-9
_RELOCATE, _CELL, _HIDE = number(Decision.RELOCATE), number(Decision.RELOCATE_CELL), number(Decision.HIDE)


@kernel
def expected_profit(world: World) -> tuple[Reals, Reals]:
    """Profit of one more venue in each cell, USD per week, and how full it would be, both shape (n_cells,).

    Demand that would reach the cell with one more venue is set against all places there, also those not yet filled, so
    that entrants see each other coming. Persons are counted only as far as they would be needed.
    """
    cells, near, visits = world.cells, world.places, world.parameters.venues.visits_per_person_week
    capacity, kept, places = world.parameters.venues.places * visits, network_income_share(world), venues_by_cell(world)
    offered, offered_local = cells.capacity_international / world.dt, cells.capacity_local / world.dt
    international = reachable_demand(cells.home_international, offered, capacity, near.near_personnel)
    local = reachable_demand(cells.home_local, offered_local, capacity, near.near_locals)
    profit, fill = np.empty(len(cells)), np.empty(len(cells))
    for c in range(len(cells)):
        demand = international[c] + local[c]
        fill[c] = min(1.0, demand / (capacity * places[c] + capacity))
        share = international[c] / demand if demand > 0.0 else 0.5
        price = share * cells.price_international[c] + (1.0 - share) * cells.price_local[c]
        used = fill[c] * capacity
        profit[c] = price * used * kept - running_costs(world, used / visits)
    return profit, fill


@kernel
def venues_by_cell(world: World) -> Reals:
    """Open venues in each cell."""
    venues, here = world.venues, np.zeros(len(world.cells))
    for v in range(len(venues)):
        if venues.is_open[v]:
            here[venues.cell[v]] += 1.0
    return here


@kernel
def reachable_demand(sought: Reals, capacity: Reals, added_capacity: float, near: Reals) -> Reals:
    """Service clients would seek in each cell per week if it had one more venue, shape (n_cells,).

    ``sought`` is demand by home cell, ``capacity`` what is offered now, both in units of service per week, ``near`` the
    nearness of cells to each other.
    """
    demand, pull = np.zeros(sought.size), np.empty(sought.size)
    for home in range(sought.size):
        if sought[home] <= 0.0:
            continue
        for c in range(sought.size):
            pull[c] = near[home, c] * capacity[c]
        offered = total(pull)
        for c in range(sought.size):
            added = near[home, c] * added_capacity
            demand[c] += sought[home] * (pull[c] + added) / max(offered + added, FLOOR)
    return demand


def location_shares(utility: Reals) -> Reals:
    """Multinomial logit shares of places along the last axis.

    Limits: adding a constant to every utility changes nothing; a place that closes sends its share to the others in
    proportion to theirs; equal places have equal shares.
    """
    weight: Reals = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


@kernel
def relocate(world: World, profit: Reals) -> None:
    """Let venues reconsider their place now and then, and move where another is better."""
    venues, cells, seed, step = world.venues, world.cells, world.seed, world.step
    chance = 1.0 - math.exp(-world.parameters.entry.relocation_rate_per_week * world.dt)
    for v in range(len(venues)):
        if not venues.is_open[v] or venues.is_closing[v] != 0:
            continue
        if uniform(seed, _RELOCATE, step, venues.key[v], venues.spell[v]) < chance:
            here = venues.cell[v]
            place = choose_cell(world, location_utility(world, profit, here), venues.key[v])
            if place != here:
                emit(world, Event.VENUE_RELOCATED, venues.key[v], here, float(cells.grid_cell[place]))
                venues.cell[v] = place


@kernel
def location_utility(world: World, profit: Reals, origin: int) -> Reals:
    """Utility of each cell for a venue now in cell ``origin``: log expected profit, distance, raids seen there."""
    p, distance_km, utility = world.parameters.entry, world.places.distance_km, np.empty(profit.size)
    for c in range(profit.size):
        gain = log(max(profit[c], 0.0) + 1.0) / p.location_scale
        utility[c] = gain - distance_km[origin, c] / p.relocation_distance_km - world.cells.raids[c] / world.dt
    return utility


@kernel
def choose_cell(world: World, utility: Reals, key: int) -> int:
    """First cell of the highest utility plus a Gumbel shock keyed by chooser and cell."""
    chosen, best = 0, -np.inf
    for c in range(utility.size):
        x = utility[c] - log(-log(uniform(world.seed, _CELL, world.step, key, world.cells.grid_cell[c])))
        if x > best:
            chosen, best = c, x
    return chosen


@kernel
def hide(world: World) -> None:
    """Let venues reconsider being visible: raids seen pull towards hiding, clients found pull away from it."""
    venues, p, seed, step = world.venues, world.parameters.networks, world.seed, world.step
    chance = 1.0 - math.exp(-p.hide_rate_per_week * world.dt)
    for v in range(len(venues)):
        if venues.is_open[v] and uniform(seed, _HIDE, step, venues.key[v], venues.spell[v]) < chance:
            p_hide = hiding_chance(world.networks.raid_risk[venues.network[v]], p.raid_aversion, p.visibility_value)
            venues.is_hidden[v] = uniform(seed, _HIDE, step, venues.key[v], venues.spell[v], 1) < p_hide


@kernel
def hiding_chance(raid_risk: float, aversion: float, visibility_value: float) -> float:
    """Chance that a venue which reconsiders hides: logistic of raids feared less the value of being seen."""
    return logistic(aversion * raid_risk - visibility_value)


@kernel
def turn_to_segment(world: World) -> None:
    """Move each venue's clientele part of the way towards the segment that pays better where it stands."""
    venues, p = world.venues, world.parameters.prices
    rate, target = 1.0 - math.exp(-p.mix_adjustment_per_week * world.dt), np.empty(len(world.cells))
    for c in range(target.size):
        target[c] = _target(world, c)
    for v in range(len(venues)):
        if venues.is_open[v]:
            share = venues.international_share[v]
            venues.international_share[v] = min(max(share + rate * (target[venues.cell[v]] - share), 0.01), 0.99)


@kernel
def _target(world: World, cell: int) -> float:
    """Share of capacity that venues in a cell would give to personnel."""
    cells, p = world.cells, world.parameters.prices
    fill = _expected_fill(cells.recent_international[cell], cells.capacity_international[cell] / world.dt)
    fill_local = _expected_fill(cells.recent_local[cell], cells.capacity_local[cell] / world.dt)
    price, price_local = cells.price_international[cell], cells.price_local[cell]
    return segment_target(price, price_local, fill, fill_local, p.mix_temperature, p.international_service_cost)


@kernel
def segment_target(
    price_international: float,
    price_local: float,
    fill_international: float,
    fill_local: float,
    temperature: float,
    cost: float,
) -> float:
    """Share of capacity a venue would give to personnel: logistic of the log ratio of expected returns.

    Limits: equal returns and no service cost give 1/2; a segment without demand gets none of the capacity in time.
    """
    a = max(price_international * fill_international, FLOOR)
    b = max(price_local * fill_local, FLOOR)
    return logistic((log(a) - log(b)) / temperature + cost)


@kernel
def _expected_fill(demand: float, capacity: float) -> float:
    """Part of capacity that finds demand; 1 where there is demand and no capacity, 0 where there is no demand."""
    return min(1.0, demand / max(capacity, FLOOR)) if demand > 0.0 else 0.0
