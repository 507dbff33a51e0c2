"""An international convention gives the host country jurisdiction (Zeid report 2005; M7)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy


@dataclass
class HostJurisdictionConvention(Policy):
    """Contributors ratify one by one; the people of those that did can be tried where the act took place.

    Mechanism: a ratification hazard per contributor, from the start on. Evidence: proposed in the Zeid report
    (A/59/710) as Kelley (2022) tells it, and not concluded since, so that any rate above 0 is assumed.
    Counter-effect: ratification is slow and partial, and host courts may be slow, weak or unfair.
    """

    rate: float = number(
        0.05, "1/year", 0.02, 0.15, "ratification hazard of a contributor", "assumed: not concluded yet"
    )

    def effects(self) -> list[Effect]:
        return [("ratification", self.rate * self.dose, ())]
