"""A case against one person of the mission, from the act to its outcome, with all its dates.

Draws about a case are keyed by post and step of the act (and the ordinal of an inquiry) and carry no date of their own, so
a policy that hastens a stage leaves every other draw alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.numerics import log
from sim.rng import Decision, uniform

NEVER = -1
UNFINISHED = "pending"
OUTCOMES = (
    UNFINISHED,
    "screened out",  # recorded and not taken further
    "not identified",  # no person could be named
    "not substantiated",
    "no court",  # substantiated, nobody has jurisdiction
    "not referred",
    "no reply",
    "not charged",
    "acquitted",
    "convicted",
)


@dataclass
class PersonnelCase:
    """One person, one allegation or several; steps are -1 while they have not happened."""

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
    outcome: str = UNFINISHED
    is_visible: bool = False

    def draw(self, seed: int, decision: Decision, sub: int = 0) -> float:
        """Uniform number of one stage of this case."""
        return uniform(seed, int(decision), self.act_step, self.key, self.ordinal, sub)

    def work(self, seed: int, decision: Decision, shape: int = 1) -> float:
        """Amount of work of a stage: mean 1, gamma with a whole shape."""
        total = 0.0
        for k in range(shape):
            total -= log(self.draw(seed, decision, k))
        return total / shape
