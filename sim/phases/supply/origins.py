"""Phase 5, supply: where recruits come from.

Each order picks local or foreign, then a country, then a place, by the persons at risk there and the cost of distance,
borders and interception. Distance enters as a cost and nothing else.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.compiled import kernel
from sim.numerics import exp, log, logistic, power, total
from sim.phases.supply.earnings import usual_return
from sim.rng import Decision, number, uniform
from sim.tables import Ints, Reals
from sim.world.state import World

FLOOR = 1e-9
COUNTRIES = 100_000  # draws of countries are keyed from here on, beyond those of places
_LOCAL, _ORIGIN = number(Decision.RECRUIT_LOCAL), number(Decision.RECRUIT_ORIGIN)


@kernel
def expected_return(world: World) -> float:
    """Expected net return of one more person over an expected stay, USD, at least 0; 0 without venues."""
    p = world.parameters.persons
    exits = p.identification_per_week + p.escape_per_week + p.release_per_week + p.move_per_week
    return max(usual_return(world), 0.0) / max(exits, FLOOR)


@kernel
def assess(world: World, danger: Reals) -> None:
    """Update vulnerability in each place and the utility of recruiting there.

    Vulnerability is poverty relative to the start, to a power, and inside the mission area what violence adds, ``danger``.
    Utility is the log of the vulnerable at risk less cost, minus infinity where nobody is at risk.
    """
    origins, inputs, p = world.origins, world.inputs, world.parameters.recruitment
    cost, income = route_costs(world, expected_return(world)), inputs.origin_income[world.step]
    last, poverty = -1.0, 0.0
    last_vulnerability, log_vulnerability = -1.0, 0.0
    for o in range(len(origins)):
        richer = max(income[origins.country_row[o]], 1.0) / world.places.first_income[o]
        if richer != last:  # places of a country follow each other and share its income
            last, poverty = richer, power(richer, -p.poverty_elasticity)
        vulnerability = poverty * danger[origins.mission_cell[o]] if origins.mission_cell[o] >= 0 else poverty
        vulnerability = vulnerability * world.effects.vulnerability[o]
        if vulnerability != last_vulnerability:
            last_vulnerability, log_vulnerability = vulnerability, log(max(vulnerability, FLOOR))
        origins.vulnerability[o], origins.appeal[o] = vulnerability, -np.inf
        if origins.at_risk[o] > 0:
            origins.appeal[o] = log(float(origins.at_risk[o])) + log_vulnerability - cost[o] / p.cost_scale_usd


@kernel
def route_costs(world: World, expected: float) -> Reals:
    """Cost of bringing a person, USD: least-cost km times cost per km, and the return expected if she is stopped on the way."""
    origins, inputs, per_km = world.origins, world.inputs, world.parameters.recruitment.cost_per_km_usd
    crossing, stopped = inputs.origin_crossing_cost[world.step], inputs.origin_interception[world.step]
    cost = np.empty(len(origins))
    for o in range(len(origins)):
        country = origins.country_row[o]
        cost[o] = origins.route_km[o] * per_km * crossing[country] + stopped[country] * expected
        cost[o] *= world.effects.route_cost[o]
    return cost


@kernel
def success_of_recruitment(world: World) -> float:
    """How readily orders are filled: mean vulnerability of those at risk, relative to the start, to a power.

    1 at the start of a run, and always where the response is 0; 0 where nobody is at risk.
    """
    origins, persons, weighted = world.origins, 0, np.empty(len(world.origins))
    for o in range(len(origins)):
        persons += origins.at_risk[o]
        weighted[o] = origins.at_risk[o] * origins.vulnerability[o]
    return power(total(weighted) / persons, world.parameters.recruitment.vulnerability_response) if persons > 0 else 0.0


class Choice(NamedTuple):
    """Places of origin to choose from: where each country's begin, utility by place, and the log of its sum by country."""

    start: Ints
    utility: Reals
    value: Reals


@kernel
def place_orders(world: World) -> None:
    """Choose the origin of each order of each venue; an order lapses where nobody is at risk any more. There must be room."""
    venues, orders, choice = world.venues, world.orders, _weigh_places(world)
    gap = _cost_gap(world, choice.utility)
    n = 0
    for v in range(len(venues)):
        p_local = _p_local(world, v, gap, choice) if venues.new_orders[v] > 0 else 0.0
        for ordinal in range(venues.new_orders[v]):
            origin = _pick(world, venues.key[v], ordinal, p_local, choice)
            if origin >= 0:
                orders.origin[n], orders.venue[n] = origin, v
                n += 1
    world.n_orders = n
    _remember_local_share(world)


@kernel
def _weigh_places(world: World) -> Choice:
    """First place of each country; utility of each place, and the log of the sum over a country's."""
    origins, n = world.origins, world.n_countries_of_origin
    start, utility, value = np.zeros(n + 1, np.int64), np.full(len(origins), -np.inf), np.full(n, -np.inf)
    for o in range(len(origins)):
        start[origins.country_row[o] + 1] += 1
        if origins.at_risk[o] > 0:
            vulnerable = origins.at_risk[o] * origins.vulnerability[o]
            utility[o] = log(max(vulnerable, FLOOR)) if origins.is_local[o] else origins.appeal[o]
    for row in range(n):
        start[row + 1] += start[row]
        own = utility[start[row] : start[row + 1]]
        weight, best = np.empty(own.size), -np.inf
        for i in range(own.size):
            best = max(best, own[i])
        if best > -np.inf:
            for i in range(own.size):
                weight[i] = exp(own[i] - best)
            value[row] = best + log(total(weight))
    return Choice(start, utility, value)


@kernel
def _cost_gap(world: World, utility: Reals) -> float:
    """Mean cost of bringing a person from abroad, by how likely places are, relative to the return it is weighed against."""
    origins, p, expected = world.origins, world.parameters.recruitment, expected_return(world)
    cost = route_costs(world, expected)
    highest, n = -np.inf, 0
    for o in range(cost.size):
        if not origins.is_local[o]:
            highest = max(highest, utility[o])
    weight, weighted = np.empty(cost.size), np.empty(cost.size)
    for o in range(cost.size):
        if not origins.is_local[o] and utility[o] > -np.inf:
            weight[n] = exp(utility[o] - highest)
            weighted[n] = cost[o] * weight[n]
            n += 1
    mean = total(weighted[:n]) / total(weight[:n]) if n > 0 else 0.0
    return min(mean / max(p.cost_weight * expected, 1.0), p.largest_cost_gap)


@kernel
def _p_local(world: World, venue: int, gap: float, choice: Choice) -> float:
    """Chance that an order of a venue is filled inside the mission area; 0 or 1 where nobody is at risk there, or abroad."""
    venues, p, any_local, any_abroad = world.venues, world.parameters.recruitment, False, False
    for c in range(choice.value.size):
        if choice.value[c] > -np.inf:
            is_local = world.origins.is_local[choice.start[c]]
            any_local, any_abroad = any_local or is_local, any_abroad or not is_local
    if not (any_local and any_abroad):
        return 1.0 if any_local else 0.0
    learned = p.local_learning * world.countries.local_recruits[world.cells.country[venues.cell[venue]]]
    return logistic(gap - p.local_intercept - p.local_preference * venues.international_share[venue] + learned)


@kernel
def _pick(world: World, key: int, ordinal: int, p_local: float, choice: Choice) -> int:
    """Local or foreign, then country, then place: a nested logit with one scale, so an exact logit; -1 where there is none."""
    origins, seed, step = world.origins, world.seed, world.step
    at_home = uniform(seed, _LOCAL, step, key, ordinal) < p_local
    country, place, best = -1, -1, -np.inf
    for c in range(choice.value.size):
        if choice.value[c] > -np.inf and origins.is_local[choice.start[c]] == at_home:
            x = choice.value[c] - log(-log(uniform(seed, _ORIGIN, step, key, ordinal, COUNTRIES + c)))
            if x > best:
                best, country = x, c
    if country < 0:
        return -1
    best = -np.inf
    for o in range(choice.start[country], choice.start[country + 1]):
        if choice.utility[o] > -np.inf:
            x = choice.utility[o] - log(-log(uniform(seed, _ORIGIN, step, key, ordinal, origins.grid_cell[o])))
            if x > best:
                best, place = x, o
    return place


@kernel
def _remember_local_share(world: World) -> None:
    """Each country that recruits moves part of the way towards its present share of local recruits."""
    orders, countries = world.orders, world.countries
    rate = 1.0 - math.exp(-world.dt / world.parameters.networks.diversification_memory_weeks)
    recruits, local = np.zeros(len(countries), np.int64), np.zeros(len(countries), np.int64)
    for i in range(world.n_orders):
        country = world.cells.country[world.venues.cell[orders.venue[i]]]
        recruits[country] += 1
        local[country] += world.origins.is_local[orders.origin[i]]
    for c in range(len(countries)):
        if recruits[c] > 0:
            countries.local_recruits[c] += rate * (local[c] / recruits[c] - countries.local_recruits[c])
