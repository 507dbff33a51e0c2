"""Phase 9, politics: sanctions under dependence, contributors' responses, replacements, security and host capacity.

``sanctions`` weighs a contributor's record against how much the mission depends on it; ``responses`` lets contributors
leave and others replace them slowly from a finite pool; ``security`` turns shortfall into violence.
"""

from __future__ import annotations

from sim.phases.phase import Phase
from sim.phases.politics import responses, sanctions, security
from sim.rng import Decision
from sim.world.state import World


def run(world: World) -> None:
    """Update records, sanctions, withdrawals and replacements, then security and host capacity."""
    sanctions.run(world)
    responses.run(world)
    security.run(world)


PHASE = Phase(
    name="politics",
    question="Who is sanctioned, who leaves, who replaces them, how safe is it, and how able is the host country?",
    run=run,
    draws=(Decision.EXIT, Decision.REPLACEMENT),
    emits=("contributor_sanctioned", "unit_withdrawn", "unit_replaced"),
)
