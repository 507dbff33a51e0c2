"""What a phase declares before it acts: its question, what it reads and emits, which decisions it draws, which knobs it asks.

What it writes follows from the owners declared with the columns. Tests run the model and compare these declarations
with what really happens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.knobs import KNOBS
from sim.rng import Decision
from sim.world.columns import owned_by
from sim.world.state import World


@dataclass(frozen=True)
class Phase:
    """One phase of the weekly step."""

    name: str
    question: str
    run: Callable[[World], None]
    reads: tuple[str, ...] = ()
    draws: tuple[Decision, ...] = ()
    emits: tuple[str, ...] = ()

    @property
    def writes(self) -> tuple[str, ...]:
        """Columns this phase alone may write."""
        return owned_by(self.name)

    @property
    def knobs(self) -> tuple[str, ...]:
        """Knobs this phase asks."""
        return tuple(knob.name for knob in KNOBS.values() if knob.phase == self.name)
