"""Phase 5, supply: what a venue would earn in each place, who moves there, who hides, and whom venues serve.

Places are chosen by a multinomial logit in expected return, distance and raids, so displacement is a result and never
an input. The clientele follows the better paying segment; hiding follows raids seen.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.events import Event, emit
from sim.numerics import log, logistic, total
from sim.phases.supply.earnings import network_income_share, running_costs
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.state import World

FLOOR = 1e-9
EVEN_SPLIT = 0.5
SMALLEST_SHARE, LARGEST_SHARE = 0.01, 0.99
_RELOCATE, _HIDE = number(Decision.RELOCATE), number(Decision.HIDE)
_CELL = number(Decision.RELOCATE_CELL)


@kernel
def expected_profit(world: World) -> tuple[Reals, Reals]:
    """Profit of one more venue in each cell, USD per week, and how full it would be, both shape (n_cells,).

    Demand that would reach the cell with one more venue is set against all places there, also those not yet filled, so
    that entrants see each other coming. Persons are counted only as far as they would be needed.
    """
    cells, venues, p = world.cells, world.venues, world.parameters.venues
    capacity, kept = p.places * p.visits_per_person_week, network_income_share(world)
    offered = cells.capacity_international / world.dt
    international = reachable_demand(cells.home_international, offered, capacity, world.places.near_personnel)
    local = reachable_demand(cells.home_local, cells.capacity_local / world.dt, capacity, world.places.near_locals)
    profit, fill, places = np.empty(len(cells)), np.empty(len(cells)), np.zeros(len(cells), np.int64)
    for v in range(len(venues)):
        if venues.is_open[v]:
            places[venues.cell[v]] += 1
    for c in range(len(cells)):
        demand = international[c] + local[c]
        fill[c] = min(1.0, demand / (capacity * places[c] + capacity))
        share = international[c] / demand if demand > 0.0 else EVEN_SPLIT
        price = share * cells.price_international[c] + (1.0 - share) * cells.price_local[c]
        used = fill[c] * capacity
        profit[c] = price * used * kept - running_costs(world, used / p.visits_per_person_week)
    return profit, fill


@kernel
def reachable_demand(sought: Reals, capacity: Reals, added_capacity: float, near: Reals) -> Reals:
    """Service clients would seek in each cell per week if it had one more venue, shape (n_cells,).

    ``sought`` is demand by home cell, ``capacity`` what is offered now, both in units of service per week, ``near`` the
    nearness of cells to each other.
    """
    demand, pull = np.zeros(sought.size, np.float64), np.empty(sought.size, np.float64)
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
    weight = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


@kernel
def location_utility(world: World, profit: Reals, origin: int) -> Reals:
    """Utility of each cell for a venue now in cell ``origin``: log expected profit, distance, raids seen there."""
    p, utility = world.parameters.entry, np.empty(profit.size)
    for c in range(profit.size):
        gain = log(max(profit[c], 0.0) + 1.0) / p.location_scale
        far = world.places.distance_km[origin, c] / p.relocation_distance_km
        utility[c] = gain - far - world.cells.raids[c] / world.dt
    return utility


@kernel
def relocate(world: World, profit: Reals) -> None:
    """Let venues reconsider their place now and then, and move where another is better."""
    venues = world.venues
    chance = 1.0 - math.exp(-world.parameters.entry.relocation_rate_per_week * world.dt)
    for v in range(len(venues)):
        if not venues.is_open[v] or venues.is_closing[v] != 0:
            continue
        if uniform(world.seed, _RELOCATE, world.step, venues.key[v], venues.spell[v]) < chance:
            here = venues.cell[v]
            place = choose_cell(world, location_utility(world, profit, here), venues.key[v])
            if place != here:
                emit(world, Event.VENUE_RELOCATED, venues.key[v], here, float(world.cells.grid_cell[place]))
                venues.cell[v] = place


@kernel
def choose_cell(world: World, utility: Reals, key: int) -> int:
    """Arg max of utility plus a Gumbel shock keyed by chooser and cell."""
    chosen, best = 0, -np.inf
    for c in range(utility.size):
        x = utility[c] - log(-log(uniform(world.seed, _CELL, world.step, key, world.cells.grid_cell[c])))
        if x > best:
            chosen, best = c, x
    return chosen


@kernel
def hide(world: World) -> None:
    """Let venues reconsider being visible: raids seen pull towards hiding, clients found pull away from it."""
    venues, p = world.venues, world.parameters.networks
    chance = 1.0 - math.exp(-p.hide_rate_per_week * world.dt)
    for v in range(len(venues)):
        if not venues.is_open[v]:
            continue
        key, spell = venues.key[v], venues.spell[v]
        if uniform(world.seed, _HIDE, world.step, key, spell) < chance:
            p_hide = hiding_chance(world.networks.raid_risk[venues.network[v]], p.raid_aversion, p.visibility_value)
            venues.is_hidden[v] = uniform(world.seed, _HIDE, world.step, key, spell, 1) < p_hide


@kernel
def hiding_chance(raid_risk: float, aversion: float, visibility_value: float) -> float:
    """Chance that a venue which reconsiders hides: logistic of raids feared less the value of being seen."""
    return logistic(aversion * raid_risk - visibility_value)


@kernel
def turn_to_segment(world: World) -> None:
    """Move each venue's clientele part of the way towards the segment that pays better where it stands."""
    venues, cells, p = world.venues, world.cells, world.parameters.prices
    rate, target = 1.0 - math.exp(-p.mix_adjustment_per_week * world.dt), np.empty(len(cells))
    for c in range(len(cells)):
        fill_international = _expected_fill(cells.recent_international[c], cells.capacity_international[c] / world.dt)
        fill_local = _expected_fill(cells.recent_local[c], cells.capacity_local[c] / world.dt)
        target[c] = segment_target(
            cells.price_international[c],
            cells.price_local[c],
            fill_international,
            fill_local,
            p.mix_temperature,
            p.international_service_cost,
        )
    for v in range(len(venues)):
        if venues.is_open[v]:
            share = venues.international_share[v]
            moved = share + rate * (target[venues.cell[v]] - share)
            venues.international_share[v] = min(max(moved, SMALLEST_SHARE), LARGEST_SHARE)


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
