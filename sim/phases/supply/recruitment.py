"""Phase 5, supply: sellers who come on their own, and recruitment ordered against shortage from the best net return.

Venues whose places are short of persons order recruits; each order picks local or foreign, then a country, then a place,
by expected return less the cost of distance, borders and interception. Distance enters as a cost and nothing else.
"""

from __future__ import annotations

import math

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.numerics import exp, log, logistic, poisson_quantile, power, ratio, total
from sim.phases.supply.earnings import focal_capacity, usual_return
from sim.rng import Decision, number, uniform
from sim.world.state import NO_ORDERS, Orders, World

FLOOR = 1e-9
_SELLER_ENTRY, _SELLER_EXIT = number(Decision.SELLER_ENTRY), number(Decision.SELLER_EXIT)
_VOLUME, _LOCAL, _ORIGIN = (
    number(Decision.RECRUIT_VOLUME),
    number(Decision.RECRUIT_LOCAL),
    number(Decision.RECRUIT_ORIGIN),
)


def run(world: World) -> Orders:
    """Let sellers come and go, then draw this step's orders with their origin."""
    _sellers(world)
    expected = expected_return(world)
    cost, vulnerability = _assess_origins(world, expected)
    return _orders(world, expected, cost, success_of_recruitment(world, vulnerability))


def wanted_places(world: World) -> np.ndarray:
    """Persons each open venue wants to have working: places, scaled by effort and by how full it is, shape (n_venues,)."""
    venues, networks, cells, p = world.venues, world.networks, world.cells, world.parameters
    return _wanted_places(
        world.step,
        p.venues.places,
        p.recruitment.target_fill,
        world.knobs.value("network_ceiling", 1.0),
        cells.international_sought,
        cells.local_arriving,
        venues.is_open,
        venues.is_closing,
        venues.cell,
        venues.network,
        venues.persons,
        venues.sellers,
        venues.opened_step,
        venues.expected_fill,
        venues.fill,
        networks.focal_effort,
        networks.size,
    )


@kernel
def _wanted_places(
    step,
    places,
    target_fill,
    ceiling,
    international_sought,
    local_arriving,
    is_open,
    is_closing,
    cell,
    network,
    persons,
    sellers,
    opened_step,
    expected_fill,
    fill,
    focal_effort,
    size,
):
    """Grow to all places when full enough, else shrink with use; nobody is wanted where no client comes."""
    wanted = np.zeros(cell.size, np.float64)
    for v in range(cell.size):
        if not is_open[v] or is_closing[v] != 0:
            continue
        workers, c, n = persons[v] + sellers[v], cell[v], network[v]
        use = 0.0
        if international_sought[c] + local_arriving[c] > 0.0:
            full = expected_fill[v] if opened_step[v] == step else fill[v]
            use = min(1.0, full / target_fill)
        grown = max(workers * use, places if use >= 1.0 else 0.0)
        here = places * use if workers == 0 else grown
        wanted[v] = here * focal_capacity(focal_effort[n], size[n], ceiling)
    return wanted


def _sellers(world: World) -> None:
    """Sellers who were not trafficked enter free places when it pays better than local work, and leave again."""
    venues, p = world.venues, world.parameters
    if not p.switches.sellers:
        venues.sellers[:] = 0
        return
    incomes = np.array([world.series.income[c][world.step] for c in world.scenario.mission.countries])
    _come_and_go(
        world.seed,
        world.step,
        world.dt,
        p.venues.cost_person_usd,
        p.venues.seller_income_share,
        p.venues.seller_income_weight,
        p.venues.seller_entry_per_week,
        p.venues.seller_exit_per_week,
        max(total(incomes) / len(incomes) / WEEKS_PER_YEAR, FLOOR),
        wanted_places(world),
        venues.is_open,
        venues.key,
        venues.spell,
        venues.persons,
        venues.inbound,
        venues.person_return,
        venues.sellers,
    )


@kernel
def _come_and_go(
    seed,
    step,
    dt,
    cost_person,
    income_share,
    income_weight,
    entry_rate,
    exit_rate,
    wage,
    wanted,
    is_open,
    key,
    spell,
    persons,
    inbound,
    person_return,
    sellers,
):
    """Poisson arrivals and departures of sellers in open venues; no more leave than are there."""
    for v in range(key.size):
        if not is_open[v]:
            continue
        workers = persons[v] + sellers[v]
        earned = max(person_return[v] + cost_person, FLOOR) * income_share
        pull = logistic(income_weight * log(earned / wage))
        places = math.ceil(wanted[v]) if workers == 0 else wanted[v]
        arriving = max(places - workers - inbound[v], 0.0) * entry_rate * pull * dt
        leaving = 1.0 - math.exp(-exit_rate * (2.0 - pull) * dt)
        going = poisson_quantile(sellers[v] * leaving, uniform(seed, _SELLER_EXIT, step, key[v], spell[v]))
        coming = poisson_quantile(arriving, uniform(seed, _SELLER_ENTRY, step, key[v], spell[v]))
        sellers[v] += coming - min(going, sellers[v])


def expected_return(world: World) -> float:
    """Expected net return of one more person over an expected stay, USD, at least 0; 0 without venues."""
    p = world.parameters.persons
    exits = p.identification_per_week + p.escape_per_week + p.release_per_week + p.move_per_week
    return max(usual_return(world), 0.0) / max(exits, FLOOR)


def _assess_origins(world: World, expected: float) -> tuple[np.ndarray, float]:
    """Update vulnerability in each place and the utility of recruiting there.

    Returns the cost of moving a person from each place, USD, and the mean vulnerability of those at risk.
    """
    origins, series, p = world.origins, world.series, world.parameters.recruitment
    vulnerability, cost = _vulnerability_and_cost(
        p.poverty_elasticity,
        world.series_by_origin(series.income, p.reference_income_usd),
        world.first_income,
        world.cells.violence**world.parameters.security.vulnerability_weight,
        origins.mission_cell,
        p.cost_per_km_usd,
        world.series_by_origin(series.crossing_cost, 1.0),
        world.series_by_origin(series.interception, 0.0),
        expected,
        origins.route_km,
    )
    origins.vulnerability[:] = world.knobs.values("vulnerability", vulnerability)
    cost = world.knobs.values("route_cost", cost)
    return cost, _assess(p.cost_scale_usd, cost, origins.at_risk, origins.vulnerability, origins.appeal)


@kernel
def _vulnerability_and_cost(
    elasticity, income, first_income, violence, mission_cell, cost_per_km, crossing, stopped, expected, route_km
):
    """Vulnerability: poverty relative to the start, to a power, and inside the mission area violence.

    Cost of bringing a person, USD: least-cost km times cost per km, and the return expected if she is stopped on the way.
    """
    vulnerability, cost = np.empty(income.size, np.float64), np.empty(income.size, np.float64)
    last, poverty = -1.0, 0.0
    for o in range(income.size):
        richer = max(income[o], 1.0) / first_income[o]
        if richer != last:  # places of a country follow each other and share its income
            last, poverty = richer, power(richer, -elasticity)
        vulnerability[o] = poverty * violence[mission_cell[o]] if mission_cell[o] >= 0 else poverty
        cost[o] = route_km[o] * cost_per_km * crossing[o] + stopped[o] * expected
    return vulnerability, cost


@kernel
def _assess(cost_scale, cost, at_risk, vulnerability, appeal):
    """Log of the vulnerable at risk less cost, minus infinity where nobody is; returns mean vulnerability of those at risk."""
    persons, weighted = 0, np.empty(cost.size, np.float64)
    for o in range(cost.size):
        persons += at_risk[o]
        weighted[o] = at_risk[o] * vulnerability[o]
        appeal[o] = -np.inf
        if at_risk[o] > 0:
            appeal[o] = log(at_risk[o]) + log(max(vulnerability[o], FLOOR)) - cost[o] / cost_scale
    return ratio(total(weighted), persons)


def success_of_recruitment(world: World, vulnerability: float) -> float:
    """How readily orders are filled: mean vulnerability of those at risk, relative to the start, to a power.

    1 at the start of a run, and always where the response is 0; 0 where nobody is at risk.
    """
    if not world.origins.at_risk.any():
        return 0.0
    return float(power(vulnerability, world.parameters.recruitment.vulnerability_response))


def _orders(world: World, expected: float, cost: np.ndarray, success: float) -> Orders:
    """Draw the number of orders of each venue and the origin of each."""
    venues, p = world.venues, world.parameters
    venue, ordinal = _draw_volume(
        world.seed,
        world.step,
        world.dt,
        p.recruitment.orders_per_place_week * success,
        p.entry.profit_scale_usd,
        wanted_places(world),
        venues.key,
        venues.spell,
        venues.persons,
        venues.sellers,
        venues.inbound,
        venues.person_return,
        venues.new_orders,
    )
    if not len(venue):
        return NO_ORDERS
    origin = _draw_origins(world, venue, ordinal, expected, cost)
    orders = Orders(origin, venue) if origin.min() >= 0 else Orders(origin[origin >= 0], venue[origin >= 0])
    _remember_local_share(world, orders)
    return orders


@kernel
def _draw_volume(seed, step, dt, rate, scale, wanted, key, spell, persons, sellers, inbound, person_return, new_orders):
    """Poisson orders of venues short of persons, by what a person earns there; venue and ordinal of each order."""
    orders = 0
    for v in range(key.size):
        new_orders[v] = 0
        shortage = wanted[v] - persons[v] - sellers[v] - inbound[v]
        if shortage > 0.0:
            mean = shortage * rate * logistic(person_return[v] / scale) * dt
            new_orders[v] = poisson_quantile(mean, uniform(seed, _VOLUME, step, key[v], spell[v]))
            orders += new_orders[v]
    venue, ordinal = np.empty(orders, np.int64), np.empty(orders, np.int64)
    i = 0
    for v in range(key.size):
        for k in range(new_orders[v]):
            venue[i], ordinal[i] = v, k
            i += 1
    return venue, ordinal


def _draw_origins(
    world: World, venue: np.ndarray, ordinal: np.ndarray, expected: float, cost: np.ndarray
) -> np.ndarray:
    """Origin row of each order; -1 where nobody is at risk any more."""
    origins, venues, p = world.origins, world.venues, world.parameters.recruitment
    start, utility, value, is_local = _values(
        len(world.origin_countries),
        origins.country_row,
        origins.is_local,
        origins.at_risk,
        origins.vulnerability,
        origins.appeal,
    )
    p_local = _p_local(
        (p.local_intercept, p.local_preference, p.local_learning),
        max(p.cost_weight * expected, 1.0),
        p.largest_cost_gap,
        venue,
        venues.international_share,
        venues.cell,
        world.cells.country,
        world.countries.local_recruits,
        origins.is_local,
        utility,
        cost,
    )
    return _pick_origins(
        world.seed,
        world.step,
        venue,
        venues.key,
        ordinal,
        p_local,
        start,
        value,
        is_local,
        utility,
        origins.grid_cell,
    )


@kernel
def _values(n, country_row, is_local, at_risk, vulnerability, appeal):
    """First place of each country; utility of each place, and the log of the sum over a country's; whether it is local."""
    start = np.zeros(n + 1, np.int64)
    for o in range(country_row.size):
        start[country_row[o] + 1] += 1
    for row in range(n):
        start[row + 1] += start[row]
    utility, value, at_home = np.empty(at_risk.size, np.float64), np.empty(n, np.float64), np.zeros(n, np.bool_)
    for row in range(n):
        at_home[row] = is_local[start[row]]
        best = -np.inf
        for o in range(start[row], start[row + 1]):
            utility[o] = -np.inf
            if at_risk[o] > 0:
                utility[o] = log(max(at_risk[o] * vulnerability[o], FLOOR)) if is_local[o] else appeal[o]
                best = max(best, utility[o])
        value[row] = -np.inf
        if best > -np.inf:
            weight = np.empty(start[row + 1] - start[row], np.float64)
            for i in range(weight.size):
                weight[i] = exp(utility[start[row] + i] - best)
            value[row] = best + log(total(weight))
    return start, utility, value, at_home


@kernel
def _pick_origins(seed, step, venue, key_of_venue, ordinal, p_local, start, value, is_local, utility, grid_cell):
    """Local or foreign, then country, then place, for each order: a nested logit with one scale, so an exact logit."""
    chosen, key = np.full(venue.size, -1, np.int64), key_of_venue[venue]
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


@kernel
def _cost_abroad(is_local, utility, cost):
    """Mean cost of bringing a person from abroad, USD, weighted by how likely each place is; 0 where there is none."""
    highest = -np.inf
    for o in range(cost.size):
        if not is_local[o]:
            highest = max(highest, utility[o])
    if highest == -np.inf:
        return 0.0
    weight, weighted, n = np.empty(cost.size, np.float64), np.empty(cost.size, np.float64), 0
    for o in range(cost.size):
        if not is_local[o] and utility[o] > -np.inf:
            weight[n] = exp(utility[o] - highest)
            weighted[n] = cost[o] * weight[n]
            n += 1
    return total(weighted[:n]) / total(weight[:n])


@kernel
def _p_local(
    weights,
    gap_scale,
    largest_gap,
    venue,
    international_share,
    cell,
    country,
    local_recruits,
    is_local,
    utility,
    cost,
):
    """Chance that each order is filled inside the mission area."""
    intercept, preference, learning = weights
    gap = min(_cost_abroad(is_local, utility, cost) / gap_scale, largest_gap)
    chance = np.empty(venue.size, np.float64)
    for i in range(venue.size):
        v = venue[i]
        learned = learning * local_recruits[country[cell[v]]]
        chance[i] = logistic(gap - intercept - preference * international_share[v] + learned)
    return chance


def _remember_local_share(world: World, orders: Orders) -> None:
    """Slow average of local recruits by country of the mission area."""
    rate = 1.0 - math.exp(-world.dt / world.parameters.networks.diversification_memory_weeks)
    _move_local_share(
        rate,
        orders.origin,
        orders.venue,
        world.venues.cell,
        world.cells.country,
        world.origins.is_local,
        world.countries.local_recruits,
    )


@kernel
def _move_local_share(rate, origin, venue, cell, country, is_local, local_recruits):
    """Each country that recruits moves part of the way towards its present share of local recruits."""
    recruits, local = np.zeros(local_recruits.size, np.int64), np.zeros(local_recruits.size, np.int64)
    for i in range(origin.size):
        recruits[country[cell[venue[i]]]] += 1
        local[country[cell[venue[i]]]] += is_local[origin[i]]
    for c in range(local_recruits.size):
        if recruits[c] > 0:
            local_recruits[c] += rate * (local[c] / recruits[c] - local_recruits[c])
