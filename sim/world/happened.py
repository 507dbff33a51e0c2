"""How a rule notes an event of the step."""

from __future__ import annotations

from sim.compiled import kernel
from sim.events import append
from sim.world.state import World


@kernel
def emit(world: World, event: int, subject_id: int, cell: int = -1, value: float = 1.0, contributor: int = -1) -> None:
    """Append one event of this step from a rule; the world makes room before each step."""
    append(world.events, world.step, event, subject_id, cell, contributor, value)
