"""Deadlines for contributors' answers, and public naming of those who stay silent (M7, M1)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.accountability import Prosecution
from sim.parameters.core import number
from sim.policies.base import Effect, Policy, at_dose, raising


@dataclass
class FollowUp(Policy):
    """Contributors name an investigator, some more of them answer in substance, and the mission hears of outcomes.

    Mechanism: two stages of an answer rise apart, and published outcomes reach beliefs. Evidence: 6.4 % of 450 requests
    answered (A01 to A04); in 2020 an investigator was named in 63 % of cases while answers had not improved (A05), so
    that the second stage moves little: log-odds +1.2 lead from .06 to about .18, inside an assumed .06 to .30. Outcomes
    made public (A26); their share is assumed.
    Counter-effect: little without visibility; recorded cases rise. A named investigator is not yet an answer.
    """

    named: float = number(
        0.63,
        "probability",
        Prosecution.p_investigator_named,
        1.0,
        "contributors that name an investigator at dose 1, where 0.06 did",
        "A05: 63.3 % of cases in 2020",
        "sourced",
    )
    reply: float = number(
        1.2, "log-odds", 0.0, 2.0, "rise of substantive replies", "assumed, from .06 to .06-.30; A01 to A05"
    )
    visible: float = number(
        0.5,
        "probability",
        Prosecution.p_visible,
        1.0,
        "outcomes of which the mission hears at dose 1, where it heard of 0.1",
        "assumed; A26",
    )

    def effects(self) -> list[Effect]:
        named = raising(Prosecution.p_investigator_named, self.named)
        visible = raising(Prosecution.p_visible, self.visible)
        return [
            ("investigator_named", at_dose(named, self.dose), self.adopted()),
            ("substantive_reply", self.reply * self.dose, self.adopted()),
            ("visibility", at_dose(visible, self.dose), self.adopted()),
        ]
