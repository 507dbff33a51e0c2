"""Phase 4, match: demand meets supply in each cell and segment, prices move, venues earn, local habit follows.

``visits`` holds who goes where and is served, ``market`` what venues earn and how prices and habits move. Personnel choose
a place among those in reach by capacity and distance; within a place visits are shared over venues by the capacity they
offer. Unserved demand lapses. Who is served when capacity is short is a keyed draw.
"""

from __future__ import annotations

from sim.compiled import kernel
from sim.numerics import total
from sim.phases.match import market, visits
from sim.phases.match.market import adjusted_price
from sim.phases.phase import Phase
from sim.rng import Decision
from sim.world.state import World

__all__ = ["PHASE", "adjusted_price", "run"]


@kernel
def run(world: World) -> None:
    """Bring demand and supply together for one step."""
    cells, venues, flows, p = world.cells, world.venues, world.flows, world.parameters
    capacity, found, found_local = market.offer(world)
    choice = visits.choose(world, found)
    cells.local_arriving[:] = visits.spread_demand(world, found_local)
    wanted = cells.international_sought * p.prices.international_visit_size
    for_international, for_local = visits.serve_locals(world, wanted)
    visits.serve_personnel(world, choice, found, for_international, wanted)
    market.earn(world, capacity, wanted)
    market.remember_demand(world)
    market.move_prices(world, for_international, for_local)
    if p.switches.habit:
        market.form_habits(world)
    flows.true_acts += total(cells.international_acts)
    flows.local_acts += total(cells.local_acts)
    flows.market_revenue_usd += total(venues.revenue)
    flows.international_revenue += total(venues.revenue_international)


PHASE = Phase(
    name="match",
    question="Where do demand and supply meet, and at what price?",
    run=run,
    draws=(Decision.CELL_CHOICE, Decision.SERVED),
)
