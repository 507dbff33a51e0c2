"""Units, then contributors, with a bad record are sent home (Security Council resolution 2272; M8, M9)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.policies.base import Effect, Policy


@dataclass
class SuspendContributions(Policy):
    """The authority sanctions a contributor whose record exceeds a multiple of the mission's mean.

    Mechanism: the multiple is `dependence.sanction_multiple` / readiness, so that dose 1 acts at three times the mean,
    dose 2 at one and a half; dependence raises it for contributors that would be missed. Evidence: concentration of
    contributors (T05) and of cases (C01, C07); reimbursement at stake (A28). Before, nobody was suspended on a record.
    Counter-effect: shortfall, and with it violence and vulnerability; others leave in response; the largest
    contributors stay untouched.
    """

    def effects(self) -> list[Effect]:
        return [("sanction_readiness", self.dose, self.adopted())]
