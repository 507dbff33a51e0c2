"""Phase 2, perceive: what units regard as normal, and what they, their commanders and contributors come to expect.

``norms`` follows participation, ``beliefs`` learns from tours that ended, removals seen and outcomes heard of.
"""

from __future__ import annotations

from sim.compiled import kernel
from sim.phases.perceive import beliefs, norms
from sim.phases.phase import Phase
from sim.world.state import World


@kernel
def run(world: World) -> None:
    """Learn from last step, before norms mix: evidence belongs to the tour that has just ended."""
    beliefs.learn(world)
    norms.follow(world)


PHASE = Phase(
    name="perceive", question="What do units regard as normal, and what risk of being found out do they see?", run=run
)
