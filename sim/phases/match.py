"""Phase 4, match: demand meets supply in each cell and segment, prices move, venues earn, local habit follows.

Personnel choose a place among those in reach by capacity and distance; within a place visits are shared over venues by
the capacity they offer. Unserved demand lapses. Who is served when capacity is short is a keyed draw.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import exps, log
from sim.phases.phase import Phase
from sim.rng import Decision, uniform
from sim.world.state import World

_CELL, _SERVED = int(Decision.CELL_CHOICE), int(Decision.SERVED)


def run(world: World) -> None:
    """Bring demand and supply together for one step."""
    cells, venues, p = world.cells, world.venues, world.parameters
    capacity = venue_capacity(world)
    offered_international = capacity * venues.international_share
    visible = np.where(venues.is_hidden, p.personnel_demand.hidden_visibility, 1.0)
    rows = np.where(venues.is_open, venues.cell, 0)
    found = np.bincount(rows, offered_international * visible, len(cells))
    cells.capacity_international[:] = np.bincount(rows, offered_international, len(cells))
    cells.capacity_local[:] = np.bincount(rows, capacity - offered_international, len(cells))
    seekers = np.flatnonzero(world.billets.sought)
    choice = _choose(world, seekers, found)
    offered_local = np.bincount(rows, (capacity - offered_international) * visible, len(cells))
    cells.local_arriving[:] = spread_demand(world, cells.local_sought, offered_local, p.local_demand.reach_km)
    wanted = cells.international_sought * p.prices.international_visit_size
    for_international, for_local = usable_capacity(
        cells.capacity_international, cells.capacity_local, wanted, cells.local_arriving
    )
    busy = p.venues.busy_week_ratio
    _serve_personnel(world, seekers, choice, np.where(found > 0, for_international * busy, 0.0), wanted)
    cells.local_acts[:] = np.minimum(cells.local_arriving, for_local * busy)
    _earn(world, capacity)
    _remember_demand(world, seekers)
    _move_prices(world, for_international, for_local)
    _form_habits(world)
    _count(world)


def venue_capacity(world: World) -> np.ndarray:
    """Service each venue can sell this step: visits per person and week times all who work there; 0 when closed."""
    venues = world.venues
    workers = venues.persons + venues.sellers
    return np.where(venues.is_open, world.parameters.venues.visits_per_person_week * world.dt * workers, 0.0)


def spread_demand(world: World, sought: np.ndarray, capacity: np.ndarray, reach_km: float) -> np.ndarray:
    """Visits arriving in each cell when those sought in a cell spread by capacity and nearness, shape (n_cells,).

    Visits are conserved; where nothing is within reach they stay, and lapse, at home.
    """
    reach = world.reach
    weight = exps(-reach.distance_km / reach_km) * capacity[reach.cell]
    home = np.repeat(np.arange(len(sought)), np.diff(reach.start))
    total = np.add.reduceat(weight, reach.start[:-1])
    share = np.divide(weight, total[home], out=np.zeros(len(weight)), where=total[home] > 0)
    return np.bincount(reach.cell, share * sought[home], len(sought)) + np.where(total > 0, 0.0, sought)


def usable_capacity(
    international: np.ndarray, local: np.ndarray, wanted_international: np.ndarray, wanted_local: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Capacity each segment can use: its own, and what the other leaves idle in the same place.

    Limits: where both segments want more than their own capacity, each keeps its own; totals are never exceeded.
    """
    idle_international = np.maximum(international - wanted_international, 0.0)
    idle_local = np.maximum(local - wanted_local, 0.0)
    return international + idle_local, local + idle_international


def _choose(world: World, seekers: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Let each person who seeks a visit choose a cell; returns the choice of each seeker."""
    cells, billets, reach = world.cells, world.billets, world.reach
    arrivals, choice = _choose_cells(
        world.seed,
        world.step,
        seekers,
        billets.key,
        billets.cell,
        billets.sought,
        found,
        cells.grid_cell,
        reach.start,
        reach.cell,
        exps(-reach.distance_km / world.parameters.personnel_demand.reach_km),
    )
    cells.international_sought[:] = arrivals
    return choice


def _serve_personnel(
    world: World, seekers: np.ndarray, choice: np.ndarray, capacity: np.ndarray, wanted: np.ndarray
) -> None:
    """Serve as many of the visits sought in each cell as capacity allows."""
    cells, billets = world.cells, world.billets
    p_served = np.minimum(_ratio(capacity, wanted), 1.0)
    cells.international_acts[:], newly_involved = _serve(
        world.seed,
        world.step,
        world.week,
        seekers,
        choice,
        billets.key,
        billets.sought,
        billets.occupant,
        p_served,
        billets.acts,
        billets.tour_acts,
        billets.acts_slot,
        billets.first_act_week,
        billets.visited,
    )
    world.count("newly_involved", newly_involved)


@kernel
def _choose_cells(seed, step, seekers, key, cell, sought, found, grid_cell, start, reach_cell, nearness):
    """Arg max of log capacity found - distance / reach + Gumbel over the cells in reach; at home where nothing is found.

    Written as arg min of an exponential waiting time over its weight, which is the same choice with one logarithm.
    """
    arrivals = np.zeros(found.size, np.float64)
    choice = np.empty(seekers.size, np.int64)
    for i in range(seekers.size):
        b = seekers[i]
        choice[i] = cell[b]
        shortest = np.inf
        for j in range(start[cell[b]], start[cell[b] + 1]):
            c = reach_cell[j]
            if found[c] <= 0.0:
                continue
            waiting = -log(uniform(seed, _CELL, step, key[b], grid_cell[c])) / (found[c] * nearness[j])
            if waiting < shortest:
                shortest = waiting
                choice[i] = c
        arrivals[choice[i]] += sought[b]
    return arrivals, choice


@kernel
def _serve(
    seed,
    step,
    week,
    seekers,
    choice,
    key,
    sought,
    occupant,
    p_served,
    acts,
    tour_acts,
    acts_slot,
    first_act_week,
    visited,
):
    """Serve each visit whose keyed uniform lies below the share its cell can serve."""
    served = np.zeros(p_served.size, np.float64)
    newly_involved = 0
    acts[:] = 0
    for i in range(seekers.size):
        b = seekers[i]
        visited[b] = choice[i]
        chance = p_served[choice[i]]
        for k in range(sought[b]):
            if chance >= 1.0 or uniform(seed, _SERVED, step, key[b], k) < chance:
                acts[b] += 1
        if acts_slot[b] != occupant[b]:
            acts_slot[b] = occupant[b]
            tour_acts[b] = 0
        if acts[b] > 0 and tour_acts[b] == 0:
            first_act_week[b] = week
            newly_involved += 1
        tour_acts[b] += acts[b]
        served[choice[i]] += acts[b]
    return served, newly_involved


def _earn(world: World, capacity: np.ndarray) -> None:
    """Share each cell's visits over its venues by the capacity they offer, and smooth how full they were."""
    cells, venues, p = world.cells, world.venues, world.parameters
    rows = np.where(venues.is_open, venues.cell, 0)
    international, local = capacity * venues.international_share, capacity * (1.0 - venues.international_share)
    units_international = cells.international_acts * p.prices.international_visit_size
    share_international = _ratio(units_international, cells.capacity_international)[rows]
    share_local = _ratio(cells.local_acts, cells.capacity_local)[rows]
    venues.revenue_international[:] = international * share_international * cells.price_international[rows]
    venues.revenue[:] = venues.revenue_international + local * share_local * cells.price_local[rows]
    venues.used[:] = international * share_international + local * share_local
    rate = 1.0 - np.exp(-world.dt / p.recruitment.fill_memory_weeks)
    full = np.minimum(_ratio(venues.used, capacity), 1.0)
    is_new = venues.is_open & (venues.opened_step == world.step - 1) & (venues.expected_fill > 0)
    venues.fill[:] = np.where(is_new, venues.expected_fill, venues.fill)
    wanted = cells.international_sought * p.prices.international_visit_size + cells.local_arriving
    idle = np.where(wanted > 0, 1.0, 0.0)[rows]  # a venue where nobody works would be as full as there are clients
    venues.fill[:] += rate * (np.where(capacity > 0, full, idle) - venues.fill) * venues.is_open


def _ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a / b, 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(a, np.float64), where=b > 0)


def _remember_demand(world: World, seekers: np.ndarray) -> None:
    """Smooth the service wanted in each cell and by those living there, so that luck of single weeks moves little."""
    cells, billets, p = world.cells, world.billets, world.parameters.prices
    to_units = p.international_visit_size / world.dt
    now = (
        (cells.recent_international, cells.international_sought * to_units),
        (cells.recent_local, cells.local_arriving / world.dt),
        (cells.home_international, np.bincount(billets.cell[seekers], billets.sought[seekers], len(cells)) * to_units),
        (cells.home_local, cells.local_sought / world.dt),
    )
    rate = 1.0 if world.step == 0 else 1.0 - np.exp(-world.dt / p.demand_memory_weeks)
    for recent, wanted in now:
        recent[:] += rate * (wanted - recent)


def _move_prices(world: World, for_international: np.ndarray, for_local: np.ndarray) -> None:
    """Move both prices by recent excess demand over the capacity each segment can use."""
    cells, p = world.cells, world.parameters.prices
    for price, demand, supply in (
        (cells.price_international, cells.recent_international, for_international),
        (cells.price_local, cells.recent_local, for_local),
    ):
        moved = adjusted_price(price, demand, supply / world.dt, p.adjustment_per_week, world.dt, world.scale)
        price[:] = np.clip(moved, p.lowest_price_usd, p.highest_price_usd)


def adjusted_price(
    price: np.ndarray, demand: np.ndarray, supply: np.ndarray, speed: float, dt: float, softening: float = 1.0
) -> np.ndarray:
    """Prices after one step of ln p += k dt (D - S) / (D + S + softening) where S > 0, demand and supply per week.

    Elsewhere prices take the supply-weighted regional mean. Limits: it rests where D = S, so with D = A p^-h and S = q E at
    p = (A / (q E))^(1/h); without any supply in the region prices stay. The softening (1 at full scale) steadies cells
    with next to no market. Source: mechanisms note B.1, after the literature's tatonnement.
    """
    moved = price * exps(speed * dt * (demand - supply) / (demand + supply + softening))
    total = supply.sum()
    if total <= 0.0:
        return price.copy()
    return np.where(supply > 0, moved, (moved * supply).sum() / total)


def _form_habits(world: World) -> None:
    """Let local habit grow with market activity per 1,000 persons, saturating, and decay towards its start."""
    cells, p = world.cells, world.parameters
    if not p.switches.habit:
        return
    local = p.local_demand
    activity = (cells.local_acts + cells.international_acts) / np.maximum(cells.population, 1e-9) * 1000.0 / world.dt
    growth = (
        local.habit_gain_per_week * (local.habit_maximum - cells.habit) * activity / (activity + local.habit_half_acts)
    )
    cells.habit[:] += world.dt * (growth - local.habit_decay_per_week * (cells.habit - 1.0))
    cells.habit[:] = np.clip(cells.habit, 1.0, local.habit_maximum)


def _count(world: World) -> None:
    """Count the step's visits and revenue."""
    cells, venues = world.cells, world.venues
    world.count("true_acts", cells.international_acts.sum())
    world.count("local_acts", cells.local_acts.sum())
    world.count("market_revenue_usd", venues.revenue.sum())
    world.count("international_revenue", venues.revenue_international.sum())


PHASE = Phase(
    name="match",
    question="Where do demand and supply meet, and at what price?",
    run=run,
    draws=(Decision.CELL_CHOICE, Decision.SERVED),
)
