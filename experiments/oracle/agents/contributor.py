"""A contributor by anonymous number, as a Mesa agent: what its people expect and regard as normal (phase perceive)."""

from __future__ import annotations

import math

from experiments.oracle.agents.tcc import TroopContributor


class Contributor(TroopContributor):
    """A contributor by anonymous number."""

    table = "contributors"
    charges_seen: float
    convictions_seen: float
    courts_decided: float
    delay_seen: float
    delay_years: float
    is_state: bool
    pay_withheld: float
    q_convicted: float
    q_pay: float
    q_prosecuted: float
    q_removed: float
    ratification: float
    ratification_draw: float
    removals_decided: float
    removals_seen: float

    # Perceive

    def learn(self) -> None:
        """Move what its people expect after a finding towards what they heard of, case by case."""
        removals, courts = self._weight(self.removals_decided), self._weight(self.courts_decided)
        if removals > 0.0:
            self.q_removed += removals * (self.removals_seen / self.removals_decided - self.q_removed)
            self.q_pay += removals * (self.pay_withheld - self.q_pay)
        if courts > 0.0:
            self.q_prosecuted += courts * (self.charges_seen / self.courts_decided - self.q_prosecuted)
            self.q_convicted += courts * (self.convictions_seen / self.courts_decided - self.q_convicted)
        if self.charges_seen > 0.0:
            mean = self.delay_seen / self.charges_seen
            self.delay_years += self._weight(self.charges_seen) * (mean - self.delay_years)

    def _weight(self, cases: float) -> float:
        """How far some cases move an expectation: by one share of the rest for each case, at full scale."""
        speed = self.model.parameters.beliefs.learning_per_case
        return 1.0 - (1.0 - speed) ** (cases / self.model.scale) if cases > 0.0 else 0.0

    def remember_norms(self) -> None:
        """Move the home norm of its units slowly towards the mean norm of its people present."""
        own = [unit for unit in self.model.units if unit.contributor == self.row]
        present = sum(unit.n_present for unit in own)
        if present == 0:
            return
        mean = sum(unit.n_present * unit.norm for unit in own) / present
        rate = 1.0 - math.exp(-self.model.dt / self.model.parameters.norms.home_memory_weeks)
        for unit in own:
            unit.home_norm += rate * (mean - unit.home_norm)

    # What others ask

    @property
    def punishes_purchase(self) -> bool:
        """Whether paying for sex is an offence for its people at present."""
        return bool(self.model.inputs.purchase_offence[self.row, self.model.now] > 0.5)
