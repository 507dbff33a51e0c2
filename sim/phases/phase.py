"""What a phase declares before it acts: its question, which decisions it draws and which events it emits.

What it reads, writes and asks is found in the source of its rules. Tests run the model and compare these declarations,
and the owners of columns, with what really happens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.knobs import KNOBS
from sim.phases.source import touched_by
from sim.rng import Decision
from sim.world.columns import ALL_COLUMNS
from sim.world.state import World


@dataclass(frozen=True)
class Phase:
    """One phase of the weekly step."""

    name: str
    question: str
    run: Callable[[World], None]
    draws: tuple[Decision, ...] = ()
    emits: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns whose values its rules look at, in declared order."""
        return tuple(column for column in ALL_COLUMNS if column in touched_by(self.run).reads)

    @property
    def writes(self) -> tuple[str, ...]:
        """Columns its rules change, in declared order; those it owns."""
        return tuple(column for column in ALL_COLUMNS if column in touched_by(self.run).writes)

    @property
    def knobs(self) -> tuple[str, ...]:
        """Knobs its rules ask that belong to it; the record, which only looks, has none."""
        asked = touched_by(self.run).knobs
        return tuple(knob.name for knob in KNOBS.values() if knob.phase == self.name and knob.name in asked)
