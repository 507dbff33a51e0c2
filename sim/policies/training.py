"""Training of contingents and their leaders before deployment (M2)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy


@dataclass
class Training(Policy):
    """New arrivals regard less as normal, and hold back a little, as far as their commanders follow.

    Mechanism: the norm newcomers bring and their propensity are lowered; the second fades within the tour
    (`leadership.training_half_weeks`) and follows leadership. Evidence: missions carry norms of their own (X09), which
    training competes with; values rather than headcount (X06). No effect was ever measured; both sizes are assumed.
    Counter-effect: it decays with rotation and with the tour, and does little under commanders who do not care.
    """

    norm: float = number(
        0.7, "ratio", 0.3, 1.0, "participation that newcomers regard as normal, relative to before", "assumed; X09, X06"
    )
    restraint: float = number(
        0.1, "log-odds", 0.0, 0.5, "fall of newcomers' propensity right after training", "assumed; X09, X06"
    )

    def effects(self) -> list[Effect]:
        return [
            ("arrival_norm", self.norm**self.dose, self.adopted()),
            ("training", -self.restraint * self.dose, self.adopted()),
        ]
