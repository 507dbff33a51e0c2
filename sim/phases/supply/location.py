"""Phase 5, supply: what a venue would earn in each place, who moves there, who hides, and whom venues serve.

Places are chosen by a multinomial logit in expected return, distance and raids, so displacement is a result and never
an input. The clientele follows the better paying segment; hiding follows raids seen.
"""

from __future__ import annotations

import numpy as np

from sim.numerics import logistics, logs
from sim.phases.supply import earnings
from sim.rng import Decision, uniforms
from sim.world.state import World

FLOOR = 1e-9


def expected_profit(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Profit of one more venue in each cell, USD per week, and how full it would be, both shape (n_cells,).

    Demand that would reach the cell with one more venue is set against all places there, also those not yet filled, so
    that entrants see each other coming. Persons are counted only as far as they would be needed.
    """
    cells, p, venues = world.cells, world.parameters, world.venues
    capacity = p.venues.places * p.venues.visits_per_person_week
    places = capacity * np.bincount(np.where(venues.is_open, venues.cell, 0), venues.is_open, len(cells))
    international = reachable_demand(
        world, cells.home_international, cells.capacity_international / world.dt, capacity, p.personnel_demand.reach_km
    )
    local = reachable_demand(
        world, cells.home_local, cells.capacity_local / world.dt, capacity, p.local_demand.reach_km
    )
    demand = international + local
    fill = np.minimum(1.0, demand / (places + capacity))
    share = np.divide(international, demand, out=np.full(len(cells), 0.5), where=demand > 0)
    price = share * cells.price_international + (1.0 - share) * cells.price_local
    kept = earnings.network_income_share(world)
    used = fill * capacity
    workers = used / p.venues.visits_per_person_week
    return price * used * kept - earnings.running_costs(world, workers), fill


def reachable_demand(
    world: World, sought: np.ndarray, capacity: np.ndarray, added_capacity: float, reach_km: float
) -> np.ndarray:
    """Service clients would seek in each cell per week if it had one more venue, shape (n_cells,).

    ``sought`` is demand by home cell, ``capacity`` what is offered now, both in units of service per week.
    """
    homes = np.flatnonzero(sought > 0)
    near = world.nearness(reach_km)[homes]
    pull = near * capacity
    own = pull + near * added_capacity
    offered = pull.sum(axis=1, keepdims=True) + near * added_capacity
    return (sought[homes, None] * own / np.maximum(offered, FLOOR)).sum(axis=0)


def location_shares(utility: np.ndarray) -> np.ndarray:
    """Multinomial logit shares of places along the last axis.

    Limits: adding a constant to every utility changes nothing; a place that closes sends its share to the others in
    proportion to theirs; equal places have equal shares.
    """
    weight = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


def location_utility(world: World, profit: np.ndarray, origin: int) -> np.ndarray:
    """Utility of each cell for a venue now in cell ``origin``: log expected profit, distance, raids seen there."""
    p = world.parameters
    gain = logs(np.maximum(profit, 0.0) + 1.0) / p.entry.location_scale
    return gain - world.cell_distance_km[origin] / p.entry.relocation_distance_km - world.cells.raids / world.dt


def relocate(world: World, profit: np.ndarray) -> None:
    """Let venues reconsider their place now and then, and move where another is better."""
    venues, p = world.venues, world.parameters
    if not p.switches.relocation:
        return
    chance = 1.0 - np.exp(-p.entry.relocation_rate_per_week * world.dt)
    open_rows = np.flatnonzero(venues.is_open & (venues.is_closing == 0))
    draws = uniforms(world.seed, int(Decision.RELOCATE), world.step, venues.key[open_rows], venues.spell[open_rows])
    for venue in open_rows[draws < chance]:
        key, here = int(venues.key[venue]), int(venues.cell[venue])
        place = choose_cell(world, location_utility(world, profit, here), Decision.RELOCATE_CELL, key)
        if place != here:
            world.events.emit(
                world.step, "venue_relocated", "venue", key, here, value=int(world.cells.grid_cell[place])
            )
            venues.cell[venue] = place


def choose_cell(world: World, utility: np.ndarray, decision: Decision, key: int) -> int:
    """Arg max of utility plus a Gumbel shock keyed by chooser and cell."""
    grid_cells = world.cells.grid_cell
    draws = uniforms(world.seed, int(decision), world.step, np.full(len(grid_cells), key, np.int64), grid_cells)
    return int(np.argmax(utility - logs(-logs(draws))))


def hide(world: World) -> None:
    """Let venues reconsider being visible: raids seen pull towards hiding, clients found pull away from it."""
    venues, networks, p = world.venues, world.networks, world.parameters
    if not p.switches.hiding:
        return
    chance = 1.0 - np.exp(-p.networks.hide_rate_per_week * world.dt)
    rows = np.flatnonzero(venues.is_open)
    draws = uniforms(world.seed, int(Decision.HIDE), world.step, venues.key[rows], venues.spell[rows])
    rows = rows[draws < chance]
    choice = uniforms(world.seed, int(Decision.HIDE), world.step, venues.key[rows], venues.spell[rows], 1)
    pull = p.networks.raid_aversion * networks.raid_risk[venues.network[rows]] - p.networks.visibility_value
    venues.is_hidden[rows] = choice < logistics(pull)


def segment_target(
    price_international: np.ndarray,
    price_local: np.ndarray,
    fill_international: np.ndarray,
    fill_local: np.ndarray,
    temperature: float,
    cost: float,
) -> np.ndarray:
    """Share of capacity a venue would give to personnel: logistic of the log ratio of expected returns.

    Limits: equal returns and no service cost give 1/2; a segment without demand gets none of the capacity in time.
    """
    a = np.maximum(price_international * fill_international, FLOOR)
    b = np.maximum(price_local * fill_local, FLOOR)
    return logistics((logs(a) - logs(b)) / temperature + cost)


def turn_to_segment(world: World) -> None:
    """Move each venue's clientele towards the segment that pays better where it stands."""
    venues, cells, p = world.venues, world.cells, world.parameters.prices
    fill_international = _expected_fill(cells.recent_international, cells.capacity_international / world.dt)
    fill_local = _expected_fill(cells.recent_local, cells.capacity_local / world.dt)
    target = segment_target(
        cells.price_international,
        cells.price_local,
        fill_international,
        fill_local,
        p.mix_temperature,
        p.international_service_cost,
    )
    rate = 1.0 - np.exp(-p.mix_adjustment_per_week * world.dt)
    rows = np.where(venues.is_open, venues.cell, 0)
    moved = venues.international_share + rate * (target[rows] - venues.international_share)
    venues.international_share[:] = np.where(venues.is_open, np.clip(moved, 0.01, 0.99), venues.international_share)


def _expected_fill(demand: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """Part of capacity that finds demand; 1 where there is demand and no capacity, 0 where there is no demand."""
    return np.where(demand > 0, np.minimum(1.0, demand / np.maximum(capacity, FLOOR)), 0.0)
