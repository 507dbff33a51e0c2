"""Reimbursement is withheld for persons with substantiated cases that stay unanswered (M9)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number
from sim.parameters.personnel import Sanctions
from sim.policies.base import Effect, Policy, at_dose, raising


@dataclass
class WithholdPay(Policy):
    """Contributors lose part of the reimbursement for the persons concerned, and those persons part of their pay.

    Mechanism: contributors' effort to answer, and the loss of pay that personnel learn to expect. Evidence: sums
    withheld by 2017 were negligible (A27: USD 102,000), those at stake for a unit 25 to 100 times all of them (A28).
    The share withheld with the policy is assumed.
    Counter-effect: small sums move nobody; and what is withheld is missing where reimbursement keeps contributors.
    """

    withheld: float = number(
        0.25,
        "share",
        Sanctions.p_pay_lost,
        1.0,
        "reimbursement withheld at dose 1, where it was 0.01",
        "assumed; A27 for the level before, A28 for the sums",
    )

    def effects(self) -> list[Effect]:
        share = at_dose(raising(Sanctions.p_pay_lost, self.withheld), self.dose)
        return [("pay_withheld", share, self.adopted())]
