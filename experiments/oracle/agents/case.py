"""A case against one person of the mission: who, what, and all its dates; its draws are keyed by post and step of the act."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from experiments.oracle.agents.contingent import Contingent
from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.model import OracleModel
from sim.rng import Decision

NEVER = -1
ON_SITE = ("in_country", "host", "special")  # courts of which the mission always hears


@dataclass(eq=False)
class Case:
    """One person, one allegation or several; steps are -1 while they have not happened."""

    model: OracleModel
    case_id: int
    key: int
    ordinal: int
    billet: int
    occupant: int
    unit: int
    contributor: int
    authority: int
    category: int
    role: int
    channel: str
    person: int
    cell: int
    act_step: int
    report_step: int
    n_reports: int = 1
    is_identified: bool = False
    fact_finding_step: int = NEVER
    prima_facie: bool = False
    removal_step: int = NEVER
    barred_step: int = NEVER
    investigation_step: int = NEVER
    is_substantiated: bool = False
    referral_step: int = NEVER
    forum: str = ""
    named_step: int = NEVER
    answer_step: int = NEVER
    charge_step: int = NEVER
    outcome_step: int = NEVER
    outcome: str = "pending"
    is_visible: bool = False

    table = "cases"

    @property
    def row(self) -> int:
        """Its number, by which near-ties are noted."""
        return self.case_id

    @property
    def suspect(self) -> tuple[int, int]:
        """Post and occupant: one person, whatever becomes of the post."""
        return self.billet, self.occupant

    @property
    def contingent(self) -> Contingent:
        """The person's unit."""
        unit: Contingent = self.model.units[self.unit]
        return unit

    @property
    def sender(self) -> Contributor:
        """The contributor whose person it was at the time of the act."""
        sender: Contributor = self.model.contributors[self.contributor]
        return sender

    @property
    def suspect_is_present(self) -> bool:
        """Whether the person still fills the post."""
        peacekeeper = self.model.billets[self.billet]
        return bool(peacekeeper.is_present and peacekeeper.occupant == self.occupant)

    @property
    def age_years(self) -> float:
        """Time since the act."""
        return (self.model.now - self.act_step) * self.model.dt * 7.0 / 365.25

    def draw(self, decision: Decision, sub: int = 0) -> float:
        """Uniform number of a stage; it carries no date of its own."""
        return self.model.draw(decision, self.act_step, self.key, self.ordinal, sub)

    def passes(self, decision: Decision, chance: float, sub: int = 0) -> bool:
        """Whether a stage's draw lies below a chance."""
        u = self.draw(decision, sub)
        self.model.note(self, decision, u, chance)
        return u < chance

    def work(self, decision: Decision, parts: int = 1) -> float:
        """Work of a stage, 1 on average: the mean of some exponential parts, hence gamma with that shape."""
        return sum(-math.log(self.draw(decision, part)) for part in range(parts)) / parts

    def plain(self) -> dict[str, Any]:
        """All that is on file."""
        return {name: value for name, value in vars(self).items() if name != "model"}
