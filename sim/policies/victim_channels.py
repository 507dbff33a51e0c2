"""Reporting points people know, protection of witnesses, assistance without conditions (M6, M7)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy, at_dose


@dataclass
class VictimChannels(Policy):
    """Affected persons know where to report, do so more readily, are protected and assisted unconditionally.

    Mechanism: knowledge and rate of reporting, willingness to testify, and uptake of assistance rise. Evidence: of 231
    persons asked 7 knew the policy and none the hotline (M16); reports rise when channels appear (S01, S02, P09);
    complainants withdrew where nobody protected them (A15, A16 against A06); help that depends on testimony is taken up
    less (Brunovskis & Skilbrei 2016). All sizes are assumed.
    Counter-effect: `observed_*` rises at once, which is no harm; without investigators it is all that changes.
    Limits: belongs to no authority, since affected persons report about anybody.
    """

    knowledge: float = number(2.5, "ratio", 1.0, 6.0, "affected persons who know where to report", "assumed; M16")
    will: float = number(1.5, "ratio", 1.0, 4.0, "rate of reporting of those who know", "assumed; S01, S02")
    protection: float = number(
        0.3, "share", 0.0, 1.0, "witnesses protected who were not", "assumed; A15, A16 against A06"
    )
    uptake: float = number(
        0.4,
        "log-odds",
        0.0,
        2.0,
        "acceptance of assistance that sets no conditions",
        "assumed; Brunovskis & Skilbrei 2016",
    )

    def effects(self) -> list[Effect]:
        return [
            ("report_knowledge", self.knowledge**self.dose, ()),
            ("report_will", self.will**self.dose, ()),
            ("protection", at_dose(self.protection, self.dose), ()),
            ("uptake", self.uptake * self.dose, ()),
        ]
