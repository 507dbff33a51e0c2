"""Contributors hold their trials in the country where the act took place (M7)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy, at_dose


@dataclass
class InCountryCourts(Policy):
    """Contributors that consent try their own people on site: quickly, near the evidence, visibly.

    Mechanism: a share of contributors consents, once each; their cases are decided within weeks. Evidence: one court
    on site took 48 days from offence to verdict (A24); the Secretary-General asked for them (A26); Kelley (2022) quotes
    Askin that contributors should consent. How many would is assumed.
    Counter-effect: consent is rarely given; the one unit concerned was withdrawn (A25); people affected were not
    present (A24).
    """

    consent: float = number(
        0.2, "share", 0.0, 1.0, "contributors that consent", "assumed: rarely given, one case known (A24)"
    )

    def effects(self) -> list[Effect]:
        return [("in_country_consent", at_dose(self.consent, self.dose), ())]
