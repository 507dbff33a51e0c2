"""Phase 5, supply: sellers who come on their own, and recruitment ordered against shortage from the best net return.

Venues whose places are short of persons order recruits, as many as what a person earns there makes worth while; where
these come from is decided in ``origins``.
"""

from __future__ import annotations

import math

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.numerics import log, logistic, poisson_quantile, total
from sim.phases.supply.earnings import focal_capacity
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.state import World

FLOOR = 1e-9
_SELLER_ENTRY, _SELLER_EXIT = number(Decision.SELLER_ENTRY), number(Decision.SELLER_EXIT)
_VOLUME = number(Decision.RECRUIT_VOLUME)


@kernel
def wanted_places(world: World) -> Reals:
    """Persons each open venue wants to have working: places, scaled by effort and by how full it is, shape (n_venues,).

    Venues grow to all places when full enough, else shrink with use; nobody is wanted where no client comes.
    """
    venues, cells, wanted = world.venues, world.cells, np.zeros(len(world.venues))
    places, target_fill = world.parameters.venues.places, world.parameters.recruitment.target_fill
    for v in range(len(venues)):
        if not venues.is_open[v] or venues.is_closing[v] != 0:
            continue
        workers, c, use = venues.persons[v] + venues.sellers[v], venues.cell[v], 0.0
        if cells.international_sought[c] + cells.local_arriving[c] > 0.0:
            full = venues.expected_fill[v] if venues.opened_step[v] == world.step else venues.fill[v]
            use = min(1.0, full / target_fill)
        grown = max(workers * use, places if use >= 1.0 else 0.0)
        here = places * use if workers == 0 else grown
        wanted[v] = here * focal_capacity(world, venues.network[v])
    return wanted


@kernel
def exchange_sellers(world: World) -> None:
    """Sellers who were not trafficked enter free places when it pays better than local work, and leave again."""
    if not world.parameters.switches.sellers:
        world.venues.sellers[:] = 0
        return
    incomes, wanted = world.inputs.income[world.step], wanted_places(world)
    wage = max(total(incomes) / incomes.size / WEEKS_PER_YEAR, FLOOR)
    for v in range(len(world.venues)):
        if world.venues.is_open[v]:
            _come_and_go(world, v, wanted[v], wage)


@kernel
def _come_and_go(world: World, venue: int, wanted: float, wage: float) -> None:
    """Poisson arrivals and departures of sellers in an open venue; no more leave than are there."""
    venues, p, seed, step = world.venues, world.parameters.venues, world.seed, world.step
    sellers, key, spell = venues.sellers[venue], venues.key[venue], venues.spell[venue]
    workers = venues.persons[venue] + sellers
    earned = max(venues.person_return[venue] + p.cost_person_usd, FLOOR) * p.seller_income_share
    pull = logistic(p.seller_income_weight * log(earned / wage))
    places = math.ceil(wanted) if workers == 0 else wanted
    arriving = max(places - workers - venues.inbound[venue], 0.0) * p.seller_entry_per_week * pull * world.dt
    leaving = 1.0 - math.exp(-p.seller_exit_per_week * (2.0 - pull) * world.dt)
    going = poisson_quantile(sellers * leaving, uniform(seed, _SELLER_EXIT, step, key, spell))
    coming = poisson_quantile(arriving, uniform(seed, _SELLER_ENTRY, step, key, spell))
    venues.sellers[venue] += coming - min(going, sellers)


@kernel
def draw_volumes(world: World, success: float) -> None:
    """Poisson orders of venues short of persons, by what a person earns there and how readily orders are filled."""
    venues, p, wanted = world.venues, world.parameters, wanted_places(world)
    rate, scale = p.recruitment.orders_per_place_week * success, p.entry.profit_scale_usd
    world.n_orders = 0
    for v in range(len(venues)):
        venues.new_orders[v] = 0
        shortage = wanted[v] - venues.persons[v] - venues.sellers[v] - venues.inbound[v]
        if shortage > 0.0:
            mean = shortage * rate * logistic(venues.person_return[v] / scale) * world.dt
            draw = uniform(world.seed, _VOLUME, world.step, venues.key[v], venues.spell[v])
            venues.new_orders[v] = poisson_quantile(mean, draw)
            world.n_orders += venues.new_orders[v]
