"""Confinement, curfew, and places that are off limits (M1)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy, at_dose


@dataclass
class OffLimits(Policy):
    """Rules take away free hours where venues are, as far as commanders see to it that they are obeyed.

    Mechanism: exposure falls by the hours taken away times compliance, which follows leadership. Evidence: in Bosnia
    confined soldiers were little involved, contractors who moved freely were (B23, P15). The hours are assumed.
    Counter-effect: part of the hours moves to private premises (`leadership.displaced_share`, contested), where acts
    are seen and reported less often.
    """

    hours: float = number(0.3, "share", 0.0, 1.0, "free hours taken away where rules are obeyed", "assumed; B23, P15")

    def effects(self) -> list[Effect]:
        return [("off_limits", at_dose(self.hours, self.dose), self.adopted())]
