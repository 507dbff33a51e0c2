"""Phase 3, decide: which personnel seek paid contact, who would take a person or help a network, and what locals seek.

``weighing`` holds what a unit's people weigh, ``personnel`` their decisions, ``local`` the demand of local clients. Where
people go is left to match.
"""

from __future__ import annotations

from sim.compiled import direct, kernel
from sim.phases.decide import local, personnel, weighing
from sim.phases.phase import Phase
from sim.rng import Decision
from sim.world.state import World


def run(world: World) -> None:
    """Let personnel and local clients decide what they seek this step."""
    if world.knobs.is_moved("training"):
        weighing.let_training_fade(world)
    _compiled(world)


@kernel
def _decide(world: World) -> None:
    """Personnel first, who see last step's prices too."""
    personnel.seek_visits(world)
    local.seek_visits(world)


_compiled = direct(_decide)


PHASE = Phase(
    name="decide",
    question="Who seeks paid contact, who would take a person or help a network, and what do locals seek?",
    run=run,
    draws=(Decision.ACT, Decision.OWNER, Decision.FACILITATOR, Decision.LOCAL_DEMAND),
)
