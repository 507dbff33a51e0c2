"""Phase 5, supply: networks earn, are raided, leave and enter, move, hide, choose their clients and order recruitment.

The files follow that order: ``earnings``, ``raids``, ``entry`` and ``opening``, ``location``, ``recruitment`` and ``origins``.
What happens to the persons concerned is decided in ``people``.
"""

from __future__ import annotations

from sim.compiled import kernel
from sim.phases.phase import Phase
from sim.phases.supply import earnings, entry, location, origins, raids, recruitment
from sim.phases.supply.opening import Prospects
from sim.rng import Decision
from sim.tables import Reals
from sim.world.state import World


def run(world: World) -> None:
    """One step of the supply side: all but the origin of orders, room for these, and their origin."""
    violence = world.cells.violence**world.parameters.security.vulnerability_weight  # NumPy's power, bit for bit
    n_orders, expected, cost = trade(world, violence)
    world.orders.grow(n_orders)
    world.n_orders = 0
    if n_orders:
        origins.draw(world, expected, cost)


@kernel
def trade(world: World, violence: Reals) -> tuple[int, float, Reals]:
    """Everything up to the number of orders; see ``recruitment.order`` for what is returned."""
    switches = world.parameters.switches
    world.venues.is_closing[:] = 0
    earnings.run(world)
    raids.run(world)
    entry.leave(world)
    profit, fill = location.expected_profit(world)
    entry.close_marked(world)
    entry.enter(world, Prospects(profit, fill, entry.effective_sunk_cost(world)))
    entry.wear_out_infrastructure(world)
    if switches.relocation:
        location.relocate(world, profit)
    if switches.hiding:
        location.hide(world)
    location.turn_to_segment(world)
    recruitment.move_sellers(world)
    return recruitment.order(world, violence)


PHASE = Phase(
    name="supply",
    question="What do networks earn, where do they open, hide or close, and whom do they order?",
    run=run,
    draws=(
        Decision.ENTRY,
        Decision.EXPANSION,
        Decision.VENUE_EXIT,
        Decision.RELOCATE,
        Decision.RELOCATE_CELL,
        Decision.HIDE,
        Decision.SELLER_ENTRY,
        Decision.SELLER_EXIT,
        Decision.RECRUIT_LOCAL,
        Decision.RECRUIT_ORIGIN,
        Decision.RAID_COUNT,
        Decision.RAID_TARGET,
        Decision.RAID_LEAK,
        Decision.RAID_CLOSURE,
        Decision.REOPEN,
        Decision.DORMANT_EXIT,
        Decision.NETWORK_CHOICE,
        Decision.RECRUIT_VOLUME,
    ),
    emits=(
        "network_entered",
        "network_dissolved",
        "venue_opened",
        "venue_closed",
        "venue_relocated",
        "raid",
        "organiser_arrested",
    ),
)
