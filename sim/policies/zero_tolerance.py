"""The 2003 bulletin: paying for sex is misconduct, and colleagues have a duty to report it (M2)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy


@dataclass
class ZeroTolerance(Policy):
    """A rule and a duty to report; nothing in anybody's inclination except through the risk of being found out.

    Mechanism: the odds that a colleague reports a witnessed act rise. Evidence: the bulletin of 2003, of which Kelley
    (2022) finds little effect; whistle-blowers faced retaliation (B22). The size is assumed.
    Counter-effect: little without enforcement; where commanders hold reports back, or investigators are few, the count
    rises and conduct does not change.
    """

    odds: float = number(
        1.5, "odds ratio", 1.0, 2.5, "odds of a peer report relative to before", "assumed; B22 shows why it is small"
    )

    def effects(self) -> list[Effect]:
        return [("peer_report", self.dose * math.log(self.odds), self.adopted())]
