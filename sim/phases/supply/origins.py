"""Phase 5, supply: where recruits come from.

Each order picks local or foreign, then a country, then a place, by the persons at risk there and the cost of distance,
borders and interception. Distance enters as a cost and nothing else.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.numerics import exp, log, logistic, power, ratio, total
from sim.rng import Decision, number, uniform
from sim.world.state import Orders, World

FLOOR = 1e-9
_LOCAL, _ORIGIN = number(Decision.RECRUIT_LOCAL), number(Decision.RECRUIT_ORIGIN)


def assess(world: World, expected: float) -> tuple[np.ndarray, float]:
    """Update vulnerability in each place and the utility of recruiting there.

    Returns the cost of moving a person from each place, USD, and the mean vulnerability of those at risk.
    """
    origins, p = world.origins, world.parameters.recruitment
    vulnerability, cost = _vulnerability_and_cost(
        p.poverty_elasticity,
        origins.country_row,
        world.by_country_of_origin("income", p.reference_income_usd),
        world.first_income,
        world.cells.violence**world.parameters.security.vulnerability_weight,
        origins.mission_cell,
        p.cost_per_km_usd,
        world.by_country_of_origin("crossing_cost", 1.0),
        world.by_country_of_origin("interception", 0.0),
        expected,
        origins.route_km,
    )
    origins.vulnerability[:] = world.knobs.values("vulnerability", vulnerability)
    cost = world.knobs.values("route_cost", cost)
    return cost, _assess(p.cost_scale_usd, cost, origins.at_risk, origins.vulnerability, origins.appeal)


@kernel
def _vulnerability_and_cost(
    elasticity,
    country_row,
    income,
    first_income,
    violence,
    mission_cell,
    cost_per_km,
    crossing,
    stopped,
    expected,
    route_km,
):
    """Vulnerability: poverty relative to the start, to a power, and inside the mission area violence.

    Cost of bringing a person, USD: least-cost km times cost per km, and the return expected if she is stopped on the way.
    """
    vulnerability, cost = np.empty(route_km.size, np.float64), np.empty(route_km.size, np.float64)
    last, poverty = -1.0, 0.0
    for o in range(route_km.size):
        country = country_row[o]
        richer = max(income[country], 1.0) / first_income[o]
        if richer != last:  # places of a country follow each other and share its income
            last, poverty = richer, power(richer, -elasticity)
        vulnerability[o] = poverty * violence[mission_cell[o]] if mission_cell[o] >= 0 else poverty
        cost[o] = route_km[o] * cost_per_km * crossing[country] + stopped[country] * expected
    return vulnerability, cost


@kernel
def _assess(cost_scale, cost, at_risk, vulnerability, appeal):
    """Log of the vulnerable at risk less cost, minus infinity where nobody is; returns mean vulnerability of those at risk."""
    persons, weighted = 0, np.empty(cost.size, np.float64)
    last, log_vulnerability = -1.0, 0.0
    for o in range(cost.size):
        persons += at_risk[o]
        weighted[o] = at_risk[o] * vulnerability[o]
        appeal[o] = -np.inf
        if vulnerability[o] != last:  # places of a country share theirs
            last, log_vulnerability = vulnerability[o], log(max(vulnerability[o], FLOOR))
        if at_risk[o] > 0:
            appeal[o] = log(at_risk[o]) + log_vulnerability - cost[o] / cost_scale
    return ratio(total(weighted), persons)


def draw(world: World, venue: np.ndarray, ordinal: np.ndarray, expected: float, cost: np.ndarray) -> np.ndarray:
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


def remember_local_share(world: World, orders: Orders) -> None:
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
