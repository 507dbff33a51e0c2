"""Prevention in countries of origin: a comparator that leaves personnel alone (M6)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.policies.base import Effect, Policy, at_dose


@dataclass
class UpstreamPrevention(Policy):
    """Awareness and livelihoods abroad: more attempts at recruitment fail, and fewer persons are vulnerable.

    Mechanism: part of recruitment abroad fails. Evidence: preventing recruitment can matter as much as removing
    participants (Kosmas et al. 2022, a model); nearly all persons assisted at first came from abroad (K18). Both sizes
    are assumed.
    Counter-effect: limited capacity; orders go to other origins, and to people of the mission area, whom it does not
    reach.
    """

    prevented: float = number(0.15, "probability", 0.0, 0.6, "attempts at recruitment abroad that fail", "assumed")
    vulnerability: float = number(0.95, "ratio", 0.5, 1.0, "vulnerability abroad relative to before", "assumed")

    def effects(self) -> list[Effect]:
        return [
            ("prevention", at_dose(self.prevented, self.dose), ("abroad",)),
            ("vulnerability", self.vulnerability**self.dose, ("abroad",)),
        ]
