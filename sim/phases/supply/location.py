"""Phase 5, supply: what a venue would earn in each place, who moves there, who hides, and whom venues serve.

Places are chosen by a multinomial logit in expected return, distance and raids, so displacement is a result and never
an input. The clientele follows the better paying segment; hiding follows raids seen.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.numerics import log, logistic, total
from sim.phases.supply import earnings
from sim.rng import Decision, number, uniform
from sim.world.state import World

FLOOR = 1e-9
_RELOCATE, _HIDE = number(Decision.RELOCATE), number(Decision.HIDE)


def expected_profit(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Profit of one more venue in each cell, USD per week, and how full it would be, both shape (n_cells,).

    Demand that would reach the cell with one more venue is set against all places there, also those not yet filled, so
    that entrants see each other coming. Persons are counted only as far as they would be needed.
    """
    cells, venues, p = world.cells, world.venues, world.parameters
    capacity = p.venues.places * p.venues.visits_per_person_week
    near, near_local = world.nearness(p.personnel_demand.reach_km), world.nearness(p.local_demand.reach_km)
    return _profit_of_one_more(
        cells.home_international,
        cells.home_local,
        cells.capacity_international / world.dt,
        cells.capacity_local / world.dt,
        near,
        near_local,
        capacity,
        p.venues.visits_per_person_week,
        earnings.network_income_share(world),
        (world.effects.running_costs, p.venues.cost_venue_usd, p.venues.cost_person_usd),
        cells.price_international,
        cells.price_local,
        venues.is_open,
        venues.cell,
    )


@kernel
def reachable_demand(sought, capacity, added_capacity, near):
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


@kernel
def _profit_of_one_more(
    home_international,
    home_local,
    capacity_international,
    capacity_local,
    near,
    near_local,
    capacity,
    visits_per_person,
    kept,
    costs,
    price_international,
    price_local,
    is_open,
    cell,
):
    """Profit and fill of one more venue in each cell, from the demand of both segments that would reach it."""
    international = reachable_demand(home_international, capacity_international, capacity, near)
    local = reachable_demand(home_local, capacity_local, capacity, near_local)
    profit, fill = np.empty(local.size, np.float64), np.empty(local.size, np.float64)
    places = np.zeros(local.size, np.int64)
    for v in range(cell.size):
        if is_open[v]:
            places[cell[v]] += 1
    for c in range(local.size):
        demand = international[c] + local[c]
        fill[c] = min(1.0, demand / (capacity * places[c] + capacity))
        share = international[c] / demand if demand > 0.0 else 0.5
        price = share * price_international[c] + (1.0 - share) * price_local[c]
        used = fill[c] * capacity
        profit[c] = price * used * kept - costs[0] * (costs[1] + costs[2] * (used / visits_per_person))
    return profit, fill


def location_shares(utility: np.ndarray) -> np.ndarray:
    """Multinomial logit shares of places along the last axis.

    Limits: adding a constant to every utility changes nothing; a place that closes sends its share to the others in
    proportion to theirs; equal places have equal shares.
    """
    weight = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


def location_utility(world: World, profit: np.ndarray, origin: int) -> np.ndarray:
    """Utility of each cell for a venue now in cell ``origin``: log expected profit, distance, raids seen there."""
    p, distance = world.parameters.entry, world.cell_distance_km[origin]
    return _utility(profit, distance, world.cells.raids, p.location_scale, p.relocation_distance_km, world.dt)


@kernel
def _utility(profit, distance_km, raids, profit_scale, distance_scale, dt):
    """Utility of each cell, from what a venue would earn there, how far it is and how often it was raided."""
    utility = np.empty(profit.size, np.float64)
    for c in range(profit.size):
        gain = log(max(profit[c], 0.0) + 1.0) / profit_scale
        utility[c] = gain - distance_km[c] / distance_scale - raids[c] / dt
    return utility


def relocate(world: World, profit: np.ndarray) -> None:
    """Let venues reconsider their place now and then, and move where another is better."""
    venues, p = world.venues, world.parameters
    if not p.switches.relocation:
        return
    chance = 1.0 - math.exp(-p.entry.relocation_rate_per_week * world.dt)
    rows = _reconsidering(world.seed, world.step, chance, venues.is_open, venues.is_closing, venues.key, venues.spell)
    for venue in rows.tolist():
        key, here = int(venues.key[venue]), int(venues.cell[venue])
        place = choose_cell(world, location_utility(world, profit, here), Decision.RELOCATE_CELL, key)
        if place != here:
            world.events.emit(world.step, "venue_relocated", key, here, value=int(world.cells.grid_cell[place]))
            venues.cell[venue] = place


@kernel
def _reconsidering(seed, step, chance, is_open, is_closing, key, spell):
    """Open venues that reconsider their place in this step."""
    rows, n = np.empty(key.size, np.int64), 0
    for v in range(key.size):
        if is_open[v] and is_closing[v] == 0 and uniform(seed, _RELOCATE, step, key[v], spell[v]) < chance:
            rows[n] = v
            n += 1
    return rows[:n]


def choose_cell(world: World, utility: np.ndarray, decision: Decision, key: int) -> int:
    """Arg max of utility plus a Gumbel shock keyed by chooser and cell."""
    return int(_best_cell(world.seed, number(decision), world.step, key, world.cells.grid_cell, utility))


@kernel
def _best_cell(seed, decision, step, key, grid_cell, utility):
    """First cell of the highest utility plus shock."""
    chosen, best = 0, -np.inf
    for c in range(utility.size):
        x = utility[c] - log(-log(uniform(seed, decision, step, key, grid_cell[c])))
        if x > best:
            chosen, best = c, x
    return chosen


def hide(world: World) -> None:
    """Let venues reconsider being visible: raids seen pull towards hiding, clients found pull away from it."""
    venues, networks, p = world.venues, world.networks, world.parameters
    if p.switches.hiding:
        _hide(
            world.seed,
            world.step,
            1.0 - math.exp(-p.networks.hide_rate_per_week * world.dt),
            p.networks.raid_aversion,
            p.networks.visibility_value,
            venues.is_open,
            venues.key,
            venues.spell,
            venues.network,
            venues.is_hidden,
            networks.raid_risk,
        )


@kernel
def _hide(seed, step, chance, aversion, visibility_value, is_open, key, spell, network, is_hidden, raid_risk):
    """Open venues that reconsider hide with the logistic of raids feared less the value of being seen."""
    for v in range(key.size):
        if is_open[v] and uniform(seed, _HIDE, step, key[v], spell[v]) < chance:
            p_hide = hiding_chance(raid_risk[network[v]], aversion, visibility_value)
            is_hidden[v] = uniform(seed, _HIDE, step, key[v], spell[v], 1) < p_hide


@kernel
def hiding_chance(raid_risk, aversion, visibility_value):
    """Chance that a venue which reconsiders hides: logistic of raids feared less the value of being seen."""
    return logistic(aversion * raid_risk - visibility_value)


@kernel
def segment_target(price_international, price_local, fill_international, fill_local, temperature, cost):
    """Share of capacity a venue would give to personnel: logistic of the log ratio of expected returns.

    Limits: equal returns and no service cost give 1/2; a segment without demand gets none of the capacity in time.
    """
    a = max(price_international * fill_international, FLOOR)
    b = max(price_local * fill_local, FLOOR)
    return logistic((log(a) - log(b)) / temperature + cost)


def turn_to_segment(world: World) -> None:
    """Move each venue's clientele towards the segment that pays better where it stands."""
    venues, cells, p = world.venues, world.cells, world.parameters.prices
    _turn(
        world.dt,
        1.0 - math.exp(-p.mix_adjustment_per_week * world.dt),
        p.mix_temperature,
        p.international_service_cost,
        cells.price_international,
        cells.price_local,
        cells.recent_international,
        cells.recent_local,
        cells.capacity_international,
        cells.capacity_local,
        venues.is_open,
        venues.cell,
        venues.international_share,
    )


@kernel
def _turn(
    dt,
    rate,
    temperature,
    cost,
    price_international,
    price_local,
    recent_international,
    recent_local,
    capacity_international,
    capacity_local,
    is_open,
    cell,
    international_share,
):
    """Move the clientele of every open venue part of the way towards the target of its cell."""
    target = np.empty(price_local.size, np.float64)
    for c in range(target.size):
        fill_international = _expected_fill(recent_international[c], capacity_international[c] / dt)
        fill_local = _expected_fill(recent_local[c], capacity_local[c] / dt)
        target[c] = segment_target(
            price_international[c], price_local[c], fill_international, fill_local, temperature, cost
        )
    for v in range(cell.size):
        if is_open[v]:
            moved = international_share[v] + rate * (target[cell[v]] - international_share[v])
            international_share[v] = min(max(moved, 0.01), 0.99)


@kernel
def _expected_fill(demand, capacity):
    """Part of capacity that finds demand; 1 where there is demand and no capacity, 0 where there is no demand."""
    return min(1.0, demand / max(capacity, FLOOR)) if demand > 0.0 else 0.0
