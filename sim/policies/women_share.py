"""More women among personnel (Security Council resolution 1325)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy


@dataclass
class WomenShare(Policy):
    """A higher share of women, and what that may do to the culture of units, in either direction.

    Mechanism: women are less prone (`involvement.women_relative_proneness`, contested), so that composition lowers
    demand; `culture` changes what newcomers regard as normal. Evidence: contested. X06 finds fewer allegations with
    more women, and stresses values over headcount; X08 finds virtually no effect. Shares move slowly: 2.9 % of soldiers
    in 2013 (T01), 4 % in 2018 (T02).
    Counter-effect: small and uncertain by design; with `culture` above 0 the policy does harm.
    """

    points: float = number(
        0.10, "share", 0.0, 0.3, "women among personnel, added", "assumed; T01 to T04 show far slower growth"
    )
    culture: float = number(
        0.0, "ratio", -0.3, 0.3, "change of the norm newcomers bring, of either sign", "contested: X06 against X08"
    )

    def effects(self) -> list[Effect]:
        return [
            ("women_share", self.points * self.dose, self.adopted()),
            ("arrival_norm", 1.0 + self.culture * self.dose, self.adopted()),
        ]
