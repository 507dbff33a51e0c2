"""Phase 5, supply: sellers who come on their own, and recruitment ordered against shortage from the best net return.

Venues whose places are short of persons order recruits; each order picks local or foreign, then a country, then a place,
by expected return less the cost of distance, borders and interception. Distance enters as a cost and nothing else.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.numerics import exps, log, logistics, logs, poisson_quantile, power, powers
from sim.phases.supply.earnings import focal_capacity
from sim.rng import Decision, uniform, uniforms
from sim.world.state import Orders, World

FLOOR = 1e-9
_SELLER_ENTRY, _SELLER_EXIT = int(Decision.SELLER_ENTRY), int(Decision.SELLER_EXIT)
_LOCAL, _ORIGIN = int(Decision.RECRUIT_LOCAL), int(Decision.RECRUIT_ORIGIN)


def run(world: World) -> Orders:
    """Let sellers come and go, then draw this step's orders with their origin."""
    _sellers(world)
    _assess_origins(world)
    return _orders(world)


def wanted_places(world: World) -> np.ndarray:
    """Persons each open venue wants to have working: places, scaled by effort and by how full it is, shape (n_venues,)."""
    venues, p = world.venues, world.parameters
    fill = np.where(venues.opened_step == world.step, venues.expected_fill, venues.fill)
    cells = world.cells
    has_clients = (cells.international_sought + cells.local_arriving > 0)[np.maximum(venues.cell, 0)]
    use = np.where(has_clients, np.minimum(1.0, fill / p.recruitment.target_fill), 0.0)
    workers = venues.persons + venues.sellers
    grown = np.maximum(workers * use, np.where(use >= 1.0, p.venues.places, 0.0))
    wanted = np.where(workers == 0, p.venues.places * use, grown)
    return np.where(venues.is_open & (venues.is_closing == 0), wanted * focal_capacity(world)[venues.network], 0.0)


def _sellers(world: World) -> None:
    """Sellers who were not trafficked enter free places when it pays better than local work, and leave again."""
    venues, p = world.venues, world.parameters
    if not p.switches.sellers:
        venues.sellers[:] = 0
        return
    wage = (
        np.array([world.series.income[c][world.step] for c in world.scenario.mission.countries]).mean() / WEEKS_PER_YEAR
    )
    rows = np.flatnonzero(venues.is_open)
    workers = (venues.persons + venues.sellers)[rows]
    earned = np.maximum(venues.person_return[rows] + p.venues.cost_person_usd, FLOOR) * p.venues.seller_income_share
    pull = logistics(p.venues.seller_income_weight * logs(earned / max(wage, FLOOR)))
    wanted = wanted_places(world)[rows]
    wanted = np.where(workers == 0, np.ceil(wanted), wanted)
    free = np.maximum(wanted - workers - venues.inbound[rows], 0.0)
    arriving = free * p.venues.seller_entry_per_week * pull * world.dt
    leaving = 1.0 - np.exp(-p.venues.seller_exit_per_week * (2.0 - pull) * world.dt)
    _come_and_go(world.seed, world.step, rows, venues.key, venues.spell, arriving, leaving, venues.sellers)


@kernel
def _come_and_go(seed, step, rows, key, spell, arriving, leaving, sellers):
    """Poisson arrivals and departures of sellers in open venues; no more leave than are there."""
    for r in range(rows.size):
        v = rows[r]
        going = poisson_quantile(sellers[v] * leaving[r], uniform(seed, _SELLER_EXIT, step, key[v], spell[v]))
        coming = poisson_quantile(arriving[r], uniform(seed, _SELLER_ENTRY, step, key[v], spell[v]))
        sellers[v] += coming - min(going, sellers[v])


def _assess_origins(world: World) -> None:
    """Utility of recruiting in each place abroad: persons at risk, vulnerability, and cost against return."""
    origins, p = world.origins, world.parameters.recruitment
    income = np.maximum(world.series_by_origin(world.series.income, p.reference_income_usd), 1.0)
    vulnerability = powers(income / world.first_income, -p.poverty_elasticity)
    local = origins.mission_cell >= 0
    violence = (
        world.cells.violence[np.maximum(origins.mission_cell, 0)] ** world.parameters.security.vulnerability_weight
    )
    vulnerability = np.where(local, vulnerability * violence, vulnerability)
    origins.vulnerability[:] = world.knobs.values("vulnerability", vulnerability)
    at_risk = logs(np.maximum(origins.at_risk, FLOOR))
    vulnerable = logs(np.maximum(origins.vulnerability, FLOOR))
    origins.appeal[:] = np.where(
        origins.at_risk > 0, at_risk + vulnerable - movement_cost(world) / p.cost_scale_usd, -np.inf
    )


def success_of_recruitment(world: World) -> float:
    """How readily orders are filled: mean vulnerability of those at risk, relative to the start, to a power.

    1 at the start of a run, and always where the response is 0; 0 where nobody is at risk.
    """
    origins = world.origins
    total = float(origins.at_risk.sum())
    if total <= 0.0:
        return 0.0
    level = float((origins.at_risk * origins.vulnerability).sum()) / total
    return float(power(level, world.parameters.recruitment.vulnerability_response))


def movement_cost(world: World) -> np.ndarray:
    """Cost of bringing a person from each place, USD: least-cost km times cost per km, and expected loss on the way."""
    origins, p = world.origins, world.parameters.recruitment
    crossing = world.series_by_origin(world.series.crossing_cost, 1.0)
    stopped = world.series_by_origin(world.series.interception, 0.0)
    cost = origins.route_km * p.cost_per_km_usd * crossing + stopped * expected_return(world)
    return world.knobs.values("route_cost", cost)


def expected_return(world: World) -> float:
    """Expected net return of one more person over an expected stay, USD, at least 0; 0 without venues."""
    venues, p = world.venues, world.parameters.persons
    rows = venues.is_open & (venues.persons + venues.sellers > 0)
    if not rows.any():
        return 0.0
    exits = p.identification_per_week + p.escape_per_week + p.release_per_week + p.move_per_week
    return max(float(venues.person_return[rows].mean()), 0.0) / max(exits, FLOOR)


def _orders(world: World) -> Orders:
    """Draw the number of orders of each venue and the origin of each."""
    venues, p = world.venues, world.parameters
    shortage = np.maximum(wanted_places(world) - venues.persons - venues.sellers - venues.inbound, 0.0)
    rows = np.flatnonzero(shortage > 0)
    worth = logistics(venues.person_return[rows] / p.entry.profit_scale_usd)
    rate = p.recruitment.orders_per_place_week * success_of_recruitment(world)
    mean = shortage[rows] * rate * worth * world.dt
    draws = uniforms(world.seed, int(Decision.RECRUIT_VOLUME), world.step, venues.key[rows], venues.spell[rows])
    venues.new_orders[:] = 0
    venues.new_orders[rows] = [poisson_quantile(m, u) for m, u in zip(mean, draws, strict=True)]
    venue = np.repeat(rows, venues.new_orders[rows])
    ordinal = np.arange(len(venue)) - np.repeat(
        np.cumsum(venues.new_orders[rows]) - venues.new_orders[rows], venues.new_orders[rows]
    )
    origin = _draw_origins(world, venue, ordinal) if len(venue) else venue
    orders = Orders(origin[origin >= 0], venue[origin >= 0])
    _remember_local_share(world, orders)
    return orders


def _draw_origins(world: World, venue: np.ndarray, ordinal: np.ndarray) -> np.ndarray:
    """Origin row of each order; -1 where nobody is at risk any more."""
    origins = world.origins
    utility = np.where(
        origins.is_local, logs(np.maximum(origins.at_risk * origins.vulnerability, FLOOR)), origins.appeal
    )
    utility = np.where(origins.at_risk > 0, utility, -np.inf)
    n = len(world.origin_countries)
    start = np.searchsorted(origins.country_row, np.arange(n + 1))
    value, is_local = np.full(n, -np.inf), np.zeros(n, np.bool_)
    for row in range(n):
        own = utility[start[row] : start[row + 1]]
        is_local[row] = origins.is_local[start[row]]
        if own.size and np.isfinite(own.max()):
            value[row] = own.max() + log(float(exps(own - own.max()).sum()))
    p_local = _p_local(world, venue, utility)
    return _pick_origins(
        world.seed,
        world.step,
        world.venues.key[venue],
        ordinal,
        p_local,
        start,
        value,
        is_local,
        utility,
        origins.grid_cell,
    )


@kernel
def _pick_origins(seed, step, key, ordinal, p_local, start, value, is_local, utility, grid_cell):
    """Local or foreign, then country, then place, for each order: a nested logit with one scale, so an exact logit."""
    chosen = np.full(key.size, -1, np.int64)
    any_local = False
    any_abroad = False
    for c in range(value.size):
        if value[c] > -np.inf:
            any_local = any_local or is_local[c]
            any_abroad = any_abroad or not is_local[c]
    for i in range(key.size):
        at_home = uniform(seed, _LOCAL, step, key[i], ordinal[i]) < p_local[i]
        at_home = any_local and (at_home or not any_abroad)
        best = -np.inf
        country = -1
        for c in range(value.size):
            if is_local[c] == at_home and value[c] > -np.inf:
                shock = -log(-log(uniform(seed, _ORIGIN, step, key[i], ordinal[i], 100000 + c)))
                if value[c] + shock > best:
                    best = value[c] + shock
                    country = c
        if country < 0:
            continue
        best = -np.inf
        for row in range(start[country], start[country + 1]):
            if utility[row] > -np.inf:
                x = utility[row] - log(-log(uniform(seed, _ORIGIN, step, key[i], ordinal[i], grid_cell[row])))
                if x > best:
                    best = x
                    chosen[i] = row
    return chosen


def _p_local(world: World, venue: np.ndarray, utility: np.ndarray) -> np.ndarray:
    """Chance that each order is filled inside the mission area."""
    p, origins = world.parameters.recruitment, world.origins
    abroad = ~origins.is_local & np.isfinite(utility)
    gap = 0.0
    if abroad.any():
        weight = exps(utility[abroad] - utility[abroad].max())
        gap = float((movement_cost(world)[abroad] * weight).sum() / weight.sum())
    gap = min(gap / max(p.cost_weight * expected_return(world), 1.0), p.largest_cost_gap)
    country = world.cells.country[world.venues.cell[venue]]
    preference = p.local_preference * world.venues.international_share[venue]
    learned = p.local_learning * world.countries.local_recruits[country]
    return logistics(gap - p.local_intercept - preference + learned)


def _remember_local_share(world: World, orders: Orders) -> None:
    """Slow average of local recruits by country of the mission area."""
    if not len(orders.origin):
        return
    country = world.cells.country[world.venues.cell[orders.venue]]
    local = world.origins.is_local[orders.origin]
    rate = 1.0 - np.exp(-world.dt / world.parameters.networks.diversification_memory_weeks)
    for i in range(len(world.countries)):
        own = country == i
        if own.any():
            world.countries.local_recruits[i] += rate * (local[own].mean() - world.countries.local_recruits[i])
