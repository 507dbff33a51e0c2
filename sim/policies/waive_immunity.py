"""Immunity is waived where evidence merits it, for trial in the host country or in a special court (M7)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.errors import did_you_mean
from sim.parameters.core import number, text
from sim.policies.base import Effect, InstitutionSpec, Policy, at_dose

COURTS = ("host", "special")


@dataclass
class WaiveImmunity(Policy):
    """Cases of those whose immunity an authority may waive go to a court near the evidence.

    Mechanism: venue, delay and certainty of trials. Covered are police, civilian staff and experts, whose immunity is
    the organisation's to waive; soldiers stay with their contributor unless `include_soldiers` says that the agreement
    is another; contractors are covered where `employer` is among the authorities. Evidence: criminal accountability of
    civilians and experts: none (A21); civilians are most of those accused among UN personnel (S33); contractors were
    charged nowhere (B24). Coverage is assumed.
    Counter-effect: contributors leave over sovereignty, by the coverage of their own people; host courts are slow,
    weak or unfair; a special court costs.
    """

    coverage: float = number(
        0.5, "probability", 0.0, 1.0, "cases with sufficient evidence whose immunity is waived", "assumed; A21, S33"
    )
    include_soldiers: bool = field(
        default=False,
        metadata={
            "unit": "yes/no",
            "status": "scenario",
            "source": "model agreement: soldiers are under their contributor's exclusive jurisdiction",
            "about": "soldiers' immunity is waived too, as if the agreement allowed it",
        },
    )
    court: str = text(
        "host", "who tries the cases: host (courts of the host country) or special (a court set up for them)"
    )
    cases_per_year: float = number(30.0, "cases/year", 1.0, 500.0, "cases a special court can decide", "assumed")

    def covered(self) -> tuple[str, ...]:
        """Categories of personnel whose cases may be waived."""
        soldiers = ("category:military",) if self.include_soldiers else ()
        contractors = ("category:contractor",) if "employer" in self.authorities else ()
        return ("category:police", "category:civilian", *soldiers, *contractors)

    def effects(self) -> list[Effect]:
        return [("waiver", at_dose(self.coverage, self.dose), self.adopted(*self.covered()))]

    def opens(self) -> list[InstitutionSpec]:
        if self.court == "host":
            return []
        return [InstitutionSpec("special_court", self.start_week, self.cases_per_year)]

    def rule_problems(self, where: str) -> list[str]:
        found = super().rule_problems(where)
        if self.court not in COURTS:
            found.append(f"{where}.court = {self.court}: unknown court. {did_you_mean(str(self.court), COURTS)}")
        return found
