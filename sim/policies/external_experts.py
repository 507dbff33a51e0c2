"""Independent investigators and trafficking experts, funded by member states (M7)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy


@dataclass
class ExternalExperts(Policy):
    """More fact-findings and investigations can be completed, and evidence is secured before it is lost.

    Mechanism: both capacities multiply, evidence and identification decay more slowly. Evidence: investigations took
    more than a year (A11), most complaints of one inquiry led nowhere for want of identification (A15, A16); capacity
    decides whether reports have consequences (P09). All sizes are assumed.
    Counter-effect: cost, which is outside the model; where few report, new investigators wait for cases.
    """

    fact_finding: float = number(2.0, "ratio", 1.0, 5.0, "fact-findings that can be completed", "assumed; A11")
    investigation: float = number(2.0, "ratio", 1.0, 5.0, "investigations that can be completed", "assumed; A11")
    evidence: float = number(1.5, "ratio", 1.0, 4.0, "decay time of evidence", "assumed; A15, A16")

    def effects(self) -> list[Effect]:
        return [
            ("fact_finding_capacity", self.fact_finding**self.dose, self.adopted()),
            ("investigation_capacity", self.investigation**self.dose, self.adopted()),
            ("evidence_years", self.evidence**self.dose, self.adopted()),
        ]
