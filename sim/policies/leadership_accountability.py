"""Commanders answer with their own post for units from which persons are removed (M2)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.accountability import Leadership
from sim.parameters.core import number
from sim.policies.base import Effect, Policy, at_dose, raising


@dataclass
class LeadershipAccountability(Policy):
    """The commander of a unit from which a person is removed is more likely to be removed as well.

    Mechanism: commanders learn their own risk; leadership rises with it. No constant is added to anybody's conduct.
    Evidence: 7 commanders among 144 soldiers sent home (A13), a mission head dismissed (C09), discipline at lower
    levels of command (X09). The size with the policy is assumed.
    Counter-effect: commanders at risk may hold reports back (`leadership.suppression_per_risk`, sign unknown; world
    `commanders_suppress`), so that recorded cases fall while acts do not.
    """

    removed: float = number(
        0.30,
        "probability",
        Leadership.p_removed,
        1.0,
        "removal of the commander at dose 1, where it was 0.05",
        "assumed; A13 for the level before",
    )

    def effects(self) -> list[Effect]:
        removal = at_dose(raising(Leadership.p_removed, self.removed), self.dose)
        return [("commander_removal", removal, self.adopted())]
