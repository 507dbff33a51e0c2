"""Phase 4, match: what venues offer and earn, and how remembered demand, prices and local habit move."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.numerics import exp, ratio, total
from sim.world.state import World


def offer(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Capacity of each venue, and what personnel and local clients find of it in each cell."""
    cells, venues, p = world.cells, world.venues, world.parameters
    return _offer_service(
        p.venues.visits_per_person_week * world.dt,
        p.personnel_demand.hidden_visibility,
        venues.is_open,
        venues.is_hidden,
        venues.cell,
        venues.persons,
        venues.sellers,
        venues.international_share,
        cells.capacity_international,
        cells.capacity_local,
    )


@kernel
def _offer_service(
    visits_per_person,
    hidden_visibility,
    is_open,
    is_hidden,
    cell,
    persons,
    sellers,
    international_share,
    capacity_international,
    capacity_local,
):
    """Service each venue can sell this step: visits per person times all who work there; 0 when closed.

    It is added up by cell and segment, all of it and the part that passers-by find.
    """
    capacity = np.zeros(cell.size, np.float64)
    found = np.zeros(capacity_local.size, np.float64)
    found_local = np.zeros(capacity_local.size, np.float64)
    capacity_international[:] = 0.0
    capacity_local[:] = 0.0
    for v in range(cell.size):
        if not is_open[v]:
            continue
        capacity[v] = visits_per_person * (persons[v] + sellers[v])
        international = capacity[v] * international_share[v]
        local = capacity[v] - international
        visible = hidden_visibility if is_hidden[v] else 1.0
        capacity_international[cell[v]] += international
        capacity_local[cell[v]] += local
        found[cell[v]] += international * visible
        found_local[cell[v]] += local * visible
    return capacity, found, found_local


def earn(world: World, capacity: np.ndarray, wanted: np.ndarray) -> None:
    """Share each cell's visits over its venues by the capacity they offer, and smooth how full they were."""
    cells, venues, p = world.cells, world.venues, world.parameters
    _sell_service(
        world.step,
        p.prices.international_visit_size,
        1.0 - math.exp(-world.dt / p.recruitment.fill_memory_weeks),
        wanted + cells.local_arriving,
        cells.international_acts,
        cells.local_acts,
        cells.capacity_international,
        cells.capacity_local,
        cells.price_international,
        cells.price_local,
        capacity,
        venues.is_open,
        venues.cell,
        venues.international_share,
        venues.opened_step,
        venues.expected_fill,
        venues.revenue_international,
        venues.revenue,
        venues.used,
        venues.fill,
    )


@kernel
def _sell_service(
    step,
    visit_size,
    memory,
    wanted,
    international_acts,
    local_acts,
    capacity_international,
    capacity_local,
    price_international,
    price_local,
    capacity,
    is_open,
    cell,
    international_share,
    opened_step,
    expected_fill,
    revenue_international,
    revenue,
    used,
    fill,
):
    """Book what each venue sells and earns; a venue where nobody works would be as full as there are clients."""
    for v in range(cell.size):
        revenue_international[v] = revenue[v] = used[v] = 0.0
        if not is_open[v]:
            continue
        c = cell[v]
        international = capacity[v] * international_share[v]
        international *= ratio(international_acts[c] * visit_size, capacity_international[c])
        local = capacity[v] * (1.0 - international_share[v]) * ratio(local_acts[c], capacity_local[c])
        revenue_international[v] = international * price_international[c]
        revenue[v] = revenue_international[v] + local * price_local[c]
        used[v] = international + local
        if opened_step[v] == step - 1 and expected_fill[v] > 0.0:
            fill[v] = expected_fill[v]
        idle = 1.0 if wanted[c] > 0.0 else 0.0
        full = min(used[v] / capacity[v], 1.0) if capacity[v] > 0.0 else idle
        fill[v] += memory * (full - fill[v])


def remember_demand(world: World) -> None:
    """Smooth the service wanted in each cell and by those living there, so that luck of single weeks moves little."""
    cells, muster, p = world.cells, world.muster, world.parameters.prices
    _smooth_demand(
        1.0 if world.step == 0 else 1.0 - math.exp(-world.dt / p.demand_memory_weeks),
        p.international_visit_size / world.dt,
        world.dt,
        muster.seekers_home,
        muster.seekers_visits,
        cells.international_sought,
        cells.local_arriving,
        cells.local_sought,
        cells.recent_international,
        cells.recent_local,
        cells.home_international,
        cells.home_local,
    )


@kernel
def _smooth_demand(
    rate,
    to_units,
    dt,
    home,
    visits,
    international_arriving,
    local_arriving,
    local_sought,
    recent_international,
    recent_local,
    home_international,
    home_local,
):
    """Move remembered demand towards present demand, units per week, by cell of arrival and by cell of home."""
    sought_at_home = np.zeros(recent_local.size, np.float64)
    for i in range(home.size):
        sought_at_home[home[i]] += visits[i]
    for c in range(recent_local.size):
        recent_international[c] += rate * (international_arriving[c] * to_units - recent_international[c])
        recent_local[c] += rate * (local_arriving[c] / dt - recent_local[c])
        home_international[c] += rate * (sought_at_home[c] * to_units - home_international[c])
        home_local[c] += rate * (local_sought[c] / dt - home_local[c])


def move_prices(world: World, for_international: np.ndarray, for_local: np.ndarray) -> None:
    """Move both prices by recent excess demand over the capacity each segment can use."""
    cells, p, dt = world.cells, world.parameters.prices, world.dt
    limits = p.lowest_price_usd, p.highest_price_usd
    for price, demand, usable in (
        (cells.price_international, cells.recent_international, for_international),
        (cells.price_local, cells.recent_local, for_local),
    ):
        _move_price(price, demand, usable / dt, p.adjustment_per_week, dt, world.scale, *limits)


@kernel
def _move_price(price, demand, supply, speed, dt, softening, lowest, highest):
    """Adjust the price in every cell to demand and usable capacity, within its limits."""
    moved = adjusted_price(price, demand, supply, speed, dt, softening)
    for c in range(price.size):
        price[c] = min(max(moved[c], lowest), highest)


@kernel
def adjusted_price(
    price: np.ndarray, demand: np.ndarray, supply: np.ndarray, speed: float, dt: float, softening: float = 1.0
) -> np.ndarray:
    """Prices after one step of ln p += k dt (D - S) / (D + S + softening) where S > 0, demand and supply per week.

    Elsewhere prices take the supply-weighted regional mean. Limits: it rests where D = S, so with D = A p^-h and S = q E at
    p = (A / (q E))^(1/h); without any supply in the region prices stay. The softening (1 at full scale) steadies cells
    with next to no market. Source: mechanisms note B.1, after the literature's tatonnement.
    """
    moved, sold = price.copy(), np.empty(price.size, np.float64)
    offered = total(supply)
    if offered <= 0.0:
        return moved
    for c in range(price.size):
        moved[c] *= exp(speed * dt * (demand[c] - supply[c]) / (demand[c] + supply[c] + softening))
        sold[c] = moved[c] * supply[c]
    regional = total(sold) / offered
    for c in range(price.size):
        if supply[c] <= 0.0:
            moved[c] = regional
    return moved


def form_habits(world: World) -> None:
    """Let local habit grow with market activity per 1,000 persons, saturating, and decay towards its start."""
    cells, local = world.cells, world.parameters.local_demand
    if world.parameters.switches.habit:
        _grow_habits(
            world.dt,
            local.habit_gain_per_week,
            local.habit_maximum,
            local.habit_half_acts,
            local.habit_decay_per_week,
            cells.local_acts,
            cells.international_acts,
            cells.population,
            cells.habit,
        )


@kernel
def _grow_habits(dt, gain, maximum, half_acts, decay, local_acts, international_acts, population, habit):
    """One step of dh = gain (maximum - h) a / (a + half) - decay (h - 1), with a = acts per 1,000 persons and week."""
    for c in range(habit.size):
        activity = (local_acts[c] + international_acts[c]) / max(population[c], 1e-9) * 1000.0 / dt
        growth = gain * (maximum - habit[c]) * activity / (activity + half_acts)
        moved = habit[c] + dt * (growth - decay * (habit[c] - 1.0))
        habit[c] = min(max(moved, 1.0), maximum)
