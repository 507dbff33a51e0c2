"""Phase 5, supply: where recruits come from.

Each order picks local or foreign, then a country, then a place, by the persons at risk there and the cost of distance,
borders and interception. Distance enters as a cost and nothing else.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.compiled import kernel
from sim.numerics import exp, log, logistic, power, ratio, total
from sim.rng import Decision, number, uniform
from sim.tables import Flags, Ints, Reals
from sim.world.state import World

FLOOR = 1e-9
LEAST_INCOME_USD = 1.0
LEAST_GAP_USD = 1.0
COUNTRY_DRAWS = 100_000  # draws of countries are numbered from here on, those of places by grid cell
_LOCAL, _ORIGIN = number(Decision.RECRUIT_LOCAL), number(Decision.RECRUIT_ORIGIN)


class Choices(NamedTuple):
    """What orders choose among: first place and worth of each country, whether it is local, and utility of each place."""

    start: Ints
    worth: Reals
    is_local: Flags
    utility: Reals
    any_local: bool
    any_abroad: bool


@kernel
def assess(world: World, expected: float, violence: Reals) -> tuple[Reals, float]:
    """Update vulnerability in each place and the utility of recruiting there.

    Vulnerability is poverty relative to the start, to a power, and inside the mission area times ``violence`` by cell, as
    it weighs. Returns the cost of moving a person from each place, USD: least-cost km times cost per km, and the return
    expected if she is stopped on the way; and the mean vulnerability of those at risk.
    """
    origins, knobs, p = world.origins, world.effects, world.parameters.recruitment
    income, crossing = world.inputs.origin_income[world.step], world.inputs.origin_crossing_cost[world.step]
    stopped, cost = world.inputs.origin_interception[world.step], np.empty(len(origins))
    last, poverty = -1.0, 0.0
    for o in range(len(origins)):
        country, cell = origins.country_row[o], origins.mission_cell[o]
        richer = max(income[country], LEAST_INCOME_USD) / world.places.first_income[o]
        if richer != last:  # places of a country follow each other and share its income
            last, poverty = richer, power(richer, -p.poverty_elasticity)
        vulnerability = poverty * violence[cell] if cell >= 0 else poverty
        origins.vulnerability[o] = vulnerability * knobs.vulnerability[o]
        on_the_way = origins.route_km[o] * p.cost_per_km_usd * crossing[country]
        cost[o] = (on_the_way + stopped[country] * expected) * knobs.route_cost[o]
    return cost, _find_appeal(world, cost)


@kernel
def _find_appeal(world: World, cost: Reals) -> float:
    """Log of the vulnerable at risk less cost, minus infinity where nobody is; returns mean vulnerability of those at risk."""
    origins, scale = world.origins, world.parameters.recruitment.cost_scale_usd
    persons, weighted = 0, np.empty(len(origins))
    last, log_vulnerability = -1.0, 0.0
    for o in range(len(origins)):
        at_risk, vulnerability = origins.at_risk[o], origins.vulnerability[o]
        persons += at_risk
        weighted[o] = at_risk * vulnerability
        origins.appeal[o] = -np.inf
        if vulnerability != last:  # places of a country share theirs
            last, log_vulnerability = vulnerability, log(max(vulnerability, FLOOR))
        if at_risk > 0:
            origins.appeal[o] = log(at_risk) + log_vulnerability - cost[o] / scale
    return ratio(total(weighted), persons)


@kernel
def draw(world: World, expected: float, cost: Reals) -> None:
    """Draw the origin of each new order, in order of venues; orders lapse where nobody is at risk any more."""
    venues, orders, choices = world.venues, world.orders, _choices(world)
    gap = _cost_gap(world, expected, cost, choices.utility)
    world.n_orders = 0
    for v in range(len(venues)):
        if venues.new_orders[v] == 0:
            continue
        p_local = _p_local(world, v, gap)
        for ordinal in range(venues.new_orders[v]):
            origin = _pick_origin(world, venues.key[v], ordinal, p_local, choices)
            if origin >= 0:
                orders.origin[world.n_orders], orders.venue[world.n_orders] = origin, v
                world.n_orders += 1
    _remember_local_share(world)


@kernel
def _choices(world: World) -> Choices:
    """Utility of each place, and by country the log of the sum over its places."""
    origins, n = world.origins, world.n_countries_of_origin
    start = np.zeros(n + 1, np.int64)
    for o in range(len(origins)):
        start[origins.country_row[o] + 1] += 1
    for row in range(n):
        start[row + 1] += start[row]
    utility, worth, is_local = np.empty(len(origins)), np.empty(n), np.zeros(n, np.bool_)
    any_local, any_abroad = False, False
    for row in range(n):
        is_local[row] = origins.is_local[start[row]]
        best = -np.inf
        for o in range(start[row], start[row + 1]):
            utility[o] = -np.inf
            if origins.at_risk[o] > 0:
                vulnerable = origins.at_risk[o] * origins.vulnerability[o]
                utility[o] = log(max(vulnerable, FLOOR)) if origins.is_local[o] else origins.appeal[o]
                best = max(best, utility[o])
        worth[row] = -np.inf
        if best > -np.inf:
            weight = np.empty(start[row + 1] - start[row])
            for i in range(weight.size):
                weight[i] = exp(utility[start[row] + i] - best)
            worth[row] = best + log(total(weight))
            any_local = any_local or is_local[row]
            any_abroad = any_abroad or not is_local[row]
    return Choices(start, worth, is_local, utility, any_local, any_abroad)


@kernel
def _pick_origin(world: World, key: int, ordinal: int, p_local: float, choices: Choices) -> int:
    """Local or foreign, then country, then place: a nested logit with one scale, so an exact logit; -1 where nobody is."""
    start, worth, utility = choices.start, choices.worth, choices.utility
    at_home = uniform(world.seed, _LOCAL, world.step, key, ordinal) < p_local
    at_home = choices.any_local and (at_home or not choices.any_abroad)
    country, best = -1, -np.inf
    for c in range(worth.size):
        if choices.is_local[c] == at_home and worth[c] > -np.inf:
            shock = -log(-log(uniform(world.seed, _ORIGIN, world.step, key, ordinal, COUNTRY_DRAWS + c)))
            if worth[c] + shock > best:
                country, best = c, worth[c] + shock
    if country < 0:
        return -1
    chosen, best = -1, -np.inf
    for o in range(start[country], start[country + 1]):
        if utility[o] > -np.inf:
            sub = world.origins.grid_cell[o]
            x = utility[o] - log(-log(uniform(world.seed, _ORIGIN, world.step, key, ordinal, sub)))
            if x > best:
                chosen, best = o, x
    return chosen


@kernel
def _cost_gap(world: World, expected: float, cost: Reals, utility: Reals) -> float:
    """Cost of bringing a person from abroad in terms of what she is expected to earn, at most the largest gap that counts."""
    p = world.parameters.recruitment
    abroad = _cost_abroad(world.origins.is_local, utility, cost)
    return min(abroad / max(p.cost_weight * expected, LEAST_GAP_USD), p.largest_cost_gap)


@kernel
def _cost_abroad(is_local: Flags, utility: Reals, cost: Reals) -> float:
    """Mean cost of bringing a person from abroad, USD, weighted by how likely each place is; 0 where there is none."""
    highest = -np.inf
    for o in range(cost.size):
        if not is_local[o]:
            highest = max(highest, utility[o])
    if highest == -np.inf:
        return 0.0
    weight, weighted, n = np.empty(cost.size), np.empty(cost.size), 0
    for o in range(cost.size):
        if not is_local[o] and utility[o] > -np.inf:
            weight[n] = exp(utility[o] - highest)
            weighted[n] = cost[o] * weight[n]
            n += 1
    return total(weighted[:n]) / total(weight[:n])


@kernel
def _p_local(world: World, venue: int, gap: float) -> float:
    """Chance that an order of a venue is filled inside the mission area."""
    p, country = world.parameters.recruitment, world.cells.country[world.venues.cell[venue]]
    learned = p.local_learning * world.countries.local_recruits[country]
    preferred = p.local_preference * world.venues.international_share[venue]
    return logistic(gap - p.local_intercept - preferred + learned)


@kernel
def _remember_local_share(world: World) -> None:
    """Each country that recruits moves part of the way towards its present share of local recruits."""
    countries, orders = world.countries, world.orders
    rate = 1.0 - math.exp(-world.dt / world.parameters.networks.diversification_memory_weeks)
    recruits, local = np.zeros(len(countries), np.int64), np.zeros(len(countries), np.int64)
    for i in range(world.n_orders):
        country = world.cells.country[world.venues.cell[orders.venue[i]]]
        recruits[country] += 1
        local[country] += world.origins.is_local[orders.origin[i]]
    for c in range(len(countries)):
        if recruits[c] > 0:
            countries.local_recruits[c] += rate * (local[c] / recruits[c] - countries.local_recruits[c])
