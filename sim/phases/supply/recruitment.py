"""Phase 5, supply: sellers who come on their own, and recruitment ordered against shortage from the best net return.

Venues whose places are short of persons order recruits, as many as what a person earns there makes worth while; where
these come from is decided in ``origins``.
"""

from __future__ import annotations

import math

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.numerics import log, logistic, poisson_quantile, power, total
from sim.phases.supply import origins
from sim.phases.supply.earnings import focal_capacity, usual_return
from sim.rng import Decision, number, uniform
from sim.world.state import Orders, World

FLOOR = 1e-9
_SELLER_ENTRY, _SELLER_EXIT = number(Decision.SELLER_ENTRY), number(Decision.SELLER_EXIT)
_VOLUME = number(Decision.RECRUIT_VOLUME)


def run(world: World) -> Orders:
    """Let sellers come and go, then draw this step's orders with their origin."""
    _sellers(world)
    expected = expected_return(world)
    cost, vulnerability = origins.assess(world, expected)
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
    incomes = world.income[world.step]
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
        return Orders.of_size(0)
    origin = origins.draw(world, venue, ordinal, expected, cost)
    orders = Orders(origin, venue) if origin.min() >= 0 else Orders(origin[origin >= 0], venue[origin >= 0])
    origins.remember_local_share(world, orders)
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
