"""Phase 4, match: what venues offer and earn, and how remembered demand, prices and local habit move."""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.numerics import exp, ratio, total
from sim.tables import Reals
from sim.world.state import World


@kernel
def offer(world: World) -> tuple[Reals, Reals, Reals]:
    """Service each venue can sell this step: visits per person times all who work there; 0 when closed.

    Returns it by venue, and by cell the part that passers-by find, of the service for personnel and of that for local clients.
    """
    cells, venues, p = world.cells, world.venues, world.parameters
    visits_per_person = p.venues.visits_per_person_week * world.dt
    capacity, found, found_local = np.zeros(len(venues)), np.zeros(len(cells)), np.zeros(len(cells))
    cells.capacity_international[:] = 0.0
    cells.capacity_local[:] = 0.0
    for v in range(len(venues)):
        if not venues.is_open[v]:
            continue
        c = venues.cell[v]
        capacity[v] = visits_per_person * (venues.persons[v] + venues.sellers[v])
        international = capacity[v] * venues.international_share[v]
        local = capacity[v] - international
        visible = p.personnel_demand.hidden_visibility if venues.is_hidden[v] else 1.0
        cells.capacity_international[c] += international
        cells.capacity_local[c] += local
        found[c] += international * visible
        found_local[c] += local * visible
    return capacity, found, found_local


@kernel
def earn(world: World, capacity: Reals, wanted: Reals) -> None:
    """Share each cell's visits over its venues by the capacity they offer, and smooth how full they were.

    A venue where nobody works would be as full as there are clients.
    """
    cells, venues, p = world.cells, world.venues, world.parameters
    visit_size = p.prices.international_visit_size
    memory = 1.0 - math.exp(-world.dt / p.recruitment.fill_memory_weeks)
    for v in range(len(venues)):
        venues.revenue_international[v] = venues.revenue[v] = venues.used[v] = 0.0
        if not venues.is_open[v]:
            continue
        c, share = venues.cell[v], venues.international_share[v]
        international = capacity[v] * share
        international *= ratio(cells.international_acts[c] * visit_size, cells.capacity_international[c])
        local = capacity[v] * (1.0 - share) * ratio(cells.local_acts[c], cells.capacity_local[c])
        venues.revenue_international[v] = international * cells.price_international[c]
        venues.revenue[v] = venues.revenue_international[v] + local * cells.price_local[c]
        venues.used[v] = international + local
        if venues.opened_step[v] == world.step - 1 and venues.expected_fill[v] > 0.0:
            venues.fill[v] = venues.expected_fill[v]
        idle = 1.0 if wanted[c] + cells.local_arriving[c] > 0.0 else 0.0
        full = min(venues.used[v] / capacity[v], 1.0) if capacity[v] > 0.0 else idle
        venues.fill[v] += memory * (full - venues.fill[v])


@kernel
def remember_demand(world: World) -> None:
    """Smooth the service wanted in each cell and by those living there, so that luck of single weeks moves little."""
    cells, muster, p, dt = world.cells, world.muster, world.parameters.prices, world.dt
    rate = 1.0 if world.step == 0 else 1.0 - math.exp(-dt / p.demand_memory_weeks)
    to_units = p.international_visit_size / dt
    sought_at_home = np.zeros(len(cells))
    for i in range(muster.n_seekers):
        sought_at_home[muster.seekers_home[i]] += muster.seekers_visits[i]
    for c in range(len(cells)):
        cells.recent_international[c] += rate * (
            cells.international_sought[c] * to_units - cells.recent_international[c]
        )
        cells.recent_local[c] += rate * (cells.local_arriving[c] / dt - cells.recent_local[c])
        cells.home_international[c] += rate * (sought_at_home[c] * to_units - cells.home_international[c])
        cells.home_local[c] += rate * (cells.local_sought[c] / dt - cells.home_local[c])


@kernel
def move_prices(world: World, for_international: Reals, for_local: Reals) -> None:
    """Move both prices by recent excess demand over the capacity each segment can use."""
    cells = world.cells
    _move_price(world, cells.price_international, cells.recent_international, for_international)
    _move_price(world, cells.price_local, cells.recent_local, for_local)


@kernel
def _move_price(world: World, price: Reals, demand: Reals, usable: Reals) -> None:
    """Adjust the price in every cell to demand and usable capacity, within its limits."""
    p = world.parameters.prices
    moved = adjusted_price(price, demand, usable / world.dt, p.adjustment_per_week, world.dt, world.scale)
    for c in range(price.size):
        price[c] = min(max(moved[c], p.lowest_price_usd), p.highest_price_usd)


@kernel
def adjusted_price(
    price: Reals, demand: Reals, supply: Reals, speed: float, dt: float, softening: float = 1.0
) -> Reals:
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


@kernel
def form_habits(world: World) -> None:
    """Let local habit grow with market activity per 1,000 persons, saturating, and decay towards its start.

    One step of dh = gain (maximum - h) a / (a + half) - decay (h - 1), with a = acts per 1,000 persons and week.
    """
    cells, p, dt = world.cells, world.parameters.local_demand, world.dt
    for c in range(len(cells)):
        acts, habit = cells.local_acts[c] + cells.international_acts[c], cells.habit[c]
        activity = acts / max(cells.population[c], 1e-9) * 1000.0 / dt
        growth = p.habit_gain_per_week * (p.habit_maximum - habit) * activity / (activity + p.habit_half_acts)
        moved = habit + dt * (growth - p.habit_decay_per_week * (habit - 1.0))
        cells.habit[c] = min(max(moved, 1.0), p.habit_maximum)
