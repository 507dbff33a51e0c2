"""Phase 5, supply: networks earn, are raided, leave and enter, move, hide, choose their clients and order recruitment.

The files follow that order: ``earnings``, ``raids``, ``entry`` and ``opening``, ``location``, ``recruitment`` and ``origins``.
What happens to the persons concerned is decided in ``people``.
"""

from __future__ import annotations

from sim.compiled import direct, kernel
from sim.phases.phase import Phase
from sim.phases.supply import earnings, entry, location, opening, origins, raids, recruitment
from sim.rng import Decision
from sim.tables import Reals
from sim.world.state import World


def run(world: World) -> None:
    """One step of the supply side; where there are more orders than ever before, room is made for them."""
    _compiled(world, world.cells.violence**world.parameters.security.vulnerability_weight)
    if world.n_orders > len(world.orders):
        world.orders.grow(world.n_orders)
        origins.place_orders(world)


@kernel
def _trade(world: World, danger: Reals) -> None:
    """Everything in its order; orders are placed only where there is room. ``danger`` is what violence adds to vulnerability."""
    switches = world.parameters.switches
    world.venues.is_closing[:] = 0
    earnings.earn(world)
    raids.raid_venues(world)
    entry.leave(world)
    profit, fill = location.expected_profit(world)
    entry.close_marked(world)
    prospects = opening.Prospects(profit, fill, entry.effective_sunk_cost(world)[world.cells.country])
    opening.reopen(world, prospects)
    entry.enter(world, prospects)
    entry.wear_out_infrastructure(world)
    if switches.relocation:
        location.relocate(world, profit)
    if switches.hiding:
        location.hide(world)
    location.turn_to_segment(world)
    recruitment.exchange_sellers(world)
    origins.assess(world, danger)
    recruitment.draw_volumes(world, origins.success_of_recruitment(world))
    if 0 < world.n_orders <= len(world.orders):
        origins.place_orders(world)


_compiled = direct(_trade)
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
