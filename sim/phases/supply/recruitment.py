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
from sim.phases.supply.earnings import focal_capacity, usual_return
from sim.phases.supply.origins import assess
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.state import World

FLOOR = 1e-9
FASTEST_EXIT = 2.0  # of a seller whom nothing holds, in terms of the usual rate
_SELLER_ENTRY, _SELLER_EXIT = number(Decision.SELLER_ENTRY), number(Decision.SELLER_EXIT)
_VOLUME = number(Decision.RECRUIT_VOLUME)


@kernel
def wanted_places(world: World) -> Reals:
    """Persons each open venue wants to have working: places, scaled by effort and by how full it is, shape (n_venues,).

    It grows to all places when full enough, else shrinks with use; nobody is wanted where no client comes.
    """
    venues, networks, cells, p = world.venues, world.networks, world.cells, world.parameters
    wanted, places, ceiling = np.zeros(len(venues)), p.venues.places, min(1.0, world.effects.network_ceiling)
    for v in range(len(venues)):
        if not venues.is_open[v] or venues.is_closing[v] != 0:
            continue
        workers, c, n = venues.persons[v] + venues.sellers[v], venues.cell[v], venues.network[v]
        use = 0.0
        if cells.international_sought[c] + cells.local_arriving[c] > 0.0:
            full = venues.expected_fill[v] if venues.opened_step[v] == world.step else venues.fill[v]
            use = min(1.0, full / p.recruitment.target_fill)
        grown = max(workers * use, places if use >= 1.0 else 0.0)
        here = places * use if workers == 0 else grown
        wanted[v] = here * focal_capacity(networks.focal_effort[n], networks.size[n], ceiling)
    return wanted


@kernel
def move_sellers(world: World) -> None:
    """Sellers who were not trafficked enter free places when it pays better than local work, and leave again.

    Poisson arrivals and departures in open venues; no more leave than are there.
    """
    venues, p = world.venues, world.parameters.venues
    if not world.parameters.switches.sellers:
        venues.sellers[:] = 0
        return
    incomes, wanted = world.inputs.income[world.step], wanted_places(world)
    wage = max(total(incomes) / len(incomes) / WEEKS_PER_YEAR, FLOOR)
    for v in range(len(venues)):
        if not venues.is_open[v]:
            continue
        key, spell, sellers = venues.key[v], venues.spell[v], venues.sellers[v]
        workers = venues.persons[v] + sellers
        earned = max(venues.person_return[v] + p.cost_person_usd, FLOOR) * p.seller_income_share
        pull = logistic(p.seller_income_weight * log(earned / wage))
        places = math.ceil(wanted[v]) if workers == 0 else wanted[v]
        arriving = max(places - workers - venues.inbound[v], 0.0) * p.seller_entry_per_week * pull * world.dt
        leaving = 1.0 - math.exp(-p.seller_exit_per_week * (FASTEST_EXIT - pull) * world.dt)
        going = poisson_quantile(sellers * leaving, uniform(world.seed, _SELLER_EXIT, world.step, key, spell))
        coming = poisson_quantile(arriving, uniform(world.seed, _SELLER_ENTRY, world.step, key, spell))
        venues.sellers[v] += coming - min(going, sellers)


@kernel
def order(world: World, violence: Reals) -> tuple[int, float, Reals]:
    """Draw the number of orders of each venue short of persons, by what a person earns there.

    Returns their number, the return expected of a person, and the cost of bringing one from each place, USD.
    """
    venues, p = world.venues, world.parameters
    expected = expected_return(world)
    cost, vulnerability = assess(world, expected, violence)
    rate = p.recruitment.orders_per_place_week * success_of_recruitment(world, vulnerability)
    wanted, n_orders = wanted_places(world), 0
    for v in range(len(venues)):
        venues.new_orders[v] = 0
        shortage = wanted[v] - venues.persons[v] - venues.sellers[v] - venues.inbound[v]
        if shortage > 0.0:
            mean = shortage * rate * logistic(venues.person_return[v] / p.entry.profit_scale_usd) * world.dt
            draw = uniform(world.seed, _VOLUME, world.step, venues.key[v], venues.spell[v])
            venues.new_orders[v] = poisson_quantile(mean, draw)
            n_orders += venues.new_orders[v]
    return n_orders, expected, cost


@kernel
def expected_return(world: World) -> float:
    """Expected net return of one more person over an expected stay, USD, at least 0; 0 without venues."""
    p = world.parameters.persons
    exits = p.identification_per_week + p.escape_per_week + p.release_per_week + p.move_per_week
    return max(usual_return(world), 0.0) / max(exits, FLOOR)


@kernel
def success_of_recruitment(world: World, vulnerability: float) -> float:
    """How readily orders are filled: mean vulnerability of those at risk, relative to the start, to a power.

    1 at the start of a run, and always where the response is 0; 0 where nobody is at risk.
    """
    if not world.origins.at_risk.any():
        return 0.0
    return power(vulnerability, world.parameters.recruitment.vulnerability_response)
