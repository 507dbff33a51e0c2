"""What a policy is: a small dataclass that returns modifiers of named knobs and institutions to open.

A policy cannot see the world. Dose 1 is the documented value; dose 0 leaves a run unchanged, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.knobs import Modifier
from sim.parameters.core import number


@dataclass(frozen=True)
class InstitutionSpec:
    """An institution a policy asks the model to build."""

    kind: str
    opens_week: float
    capacity: float


@dataclass
class Policy:
    """Base of all policies: dose and time; subclasses add doses of their own and ``effects``."""

    dose: float = number(1.0, "dose", 0.0, 3.0, "strength; 1 = documented value", "scenario", "scenario")
    start_week: float = number(52.0, "weeks", 0.0, 2600.0, "first week in force", "scenario", "scenario")
    ramp_weeks: float = number(0.0, "weeks", 0.0, 520.0, "time to reach full strength", "scenario", "scenario")
    end_week: float | None = field(
        default=None,
        metadata={
            "unit": "weeks",
            "status": "scenario",
            "source": "scenario",
            "about": "first week no longer in force; null = none",
        },
    )

    def effects(self) -> list[tuple[str, float, tuple[str, ...]]]:
        """Knob, full effect at this dose, and tags of the elements it applies to."""
        return []

    def modifiers(self) -> list[Modifier]:
        """The effects with this policy's dates."""
        return [
            Modifier(knob, value, self.start_week, self.end_week, self.ramp_weeks, only)
            for knob, value, only in self.effects()
        ]

    def institutions(self) -> list[InstitutionSpec]:
        """Institutions this policy opens; none by default."""
        return []
