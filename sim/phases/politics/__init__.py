"""Phase 9, politics: sanctions under dependence, contributors' responses, replacements, security and host capacity.

``sanctions`` weighs a contributor's record against how much the mission depends on it; ``responses`` lets contributors
leave and others replace them slowly from a finite pool; ``security`` turns shortfall into violence.
"""

from __future__ import annotations

from sim.compiled import direct, kernel
from sim.phases.phase import Phase
from sim.phases.politics import responses, sanctions, security
from sim.rng import Decision
from sim.world.state import World

NOTHING, SANCTIONS, RESPONSES = 0, 1, 2  # what there is to decide


def run(world: World) -> None:
    """Everything that moves by itself; then, where anything is due, sanctions, withdrawals and replacements."""
    due = _compiled(world)
    if due == SANCTIONS:
        sanctions.decide(world)
    if due == RESPONSES or (due == SANCTIONS and responses.press(world)):
        responses.decide(world)


@kernel
def _move(world: World) -> int:
    """Security, host capacity, records and pressure, which waits for sanctions; returns what there is to decide."""
    security.keep_security(world)
    if world.parameters.switches.host_capacity:
        security.move_capacity(world)
    if len(world.units) == 0:
        return NOTHING
    sanctions.update_records(world)
    if sanctions.due_for_sanction(world).any():
        return SANCTIONS
    return RESPONSES if responses.press(world) else NOTHING


_compiled = direct(_move)
PHASE = Phase(
    name="politics",
    question="Who is sanctioned, who leaves, who replaces them, how safe is it, and how able is the host country?",
    run=run,
    draws=(Decision.EXIT, Decision.REPLACEMENT),
    emits=("contributor_sanctioned", "unit_withdrawn", "unit_replaced"),
)
