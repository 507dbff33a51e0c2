"""Courts that try a mission's people: a contributor's own at home and on site, the host country's, a special court."""

from __future__ import annotations

from typing import Any

import mesa

from experiments.oracle.agents.case import Case
from experiments.oracle.agents.docket import Docket, due_step
from experiments.oracle.model import OracleModel
from sim.clock import WEEKS_PER_YEAR
from sim.rng import Decision


class Court(mesa.Agent):
    """A docket of charged persons of finite capacity."""

    model: OracleModel

    is_near_evidence = True

    def __init__(self, model: OracleModel) -> None:
        super().__init__(model)
        self.docket = Docket(model, Decision.TRIAL_DELAY)
        self.n_decided = self.n_convicted = 0

    @property
    def trial_weeks(self) -> float:
        """Mean time from charge to outcome without congestion."""
        raise NotImplementedError

    @property
    def cases_per_year(self) -> float:
        """Most outcomes in a year, full scale."""
        return self.model.parameters.prosecution.home_court_capacity

    def enter(self, case: Case) -> None:
        """Put a charged person on the docket."""
        self.docket.left[case] = case.work(Decision.TRIAL_DELAY)

    def sit(self) -> None:
        """Decide the cases that end in this step."""
        for case in self.docket.advance(self.trial_weeks, self.cases_per_year / WEEKS_PER_YEAR * self.model.scale):
            self._decide(case, self.is_near_evidence)

    def _decide(self, case: Case, is_near_evidence: bool) -> None:
        """A verdict; near the evidence convictions are likelier."""
        p = self.model.parameters.prosecution
        p_conviction = min(p.p_conviction * (p.court_evidence_ratio if is_near_evidence else 1.0), 1.0)
        convicted = case.passes(Decision.VERDICT, p_conviction)
        self.n_decided += 1
        self.n_convicted += convicted
        self.model.tell("convicted", float(convicted))
        self.model.emit(
            "court_outcome", "contingent", case.contingent.key, contributor=case.contributor, value=float(convicted)
        )
        self.model.oversight[case.authority].end(case, "convicted" if convicted else "acquitted")

    def plain(self) -> dict[str, Any]:
        """All that it knows, in plain values."""
        left = {(case.authority, case.case_id): left for case, left in self.docket.left.items()}
        return {"docket": left, "n_decided": self.n_decided, "n_convicted": self.n_convicted}


class TCCCourt(Court):
    """Courts of one contributor, at home and, where it consents, on site."""

    is_near_evidence = False

    def __init__(self, model: OracleModel) -> None:
        super().__init__(model)
        self.on_site: list[tuple[int, Case]] = []

    @property
    def trial_weeks(self) -> float:
        """Mean time at home."""
        return self.model.parameters.prosecution.home_trial_weeks

    def enter_on_site(self, case: Case) -> None:
        """Set the day of a trial in the mission area; no docket, since the court comes for the case."""
        weeks = case.work(Decision.TRIAL_DELAY) * self.model.parameters.prosecution.in_country_trial_weeks
        self.on_site.append((due_step(self.model, weeks), case))

    def sit(self) -> None:
        """Decide at home and on site."""
        super().sit()
        for step, case in list(self.on_site):
            if step <= self.model.now:
                self.on_site.remove((step, case))
                self._decide(case, is_near_evidence=True)

    def plain(self) -> dict[str, Any]:
        """All that it knows, in plain values."""
        on_site = {(case.authority, case.case_id): step for step, case in self.on_site}
        return super().plain() | {"on_site": on_site}


class HostCourt(Court):
    """The host country's courts, for the mission's people."""

    @property
    def trial_weeks(self) -> float:
        """Mean time in the host country."""
        return self.model.parameters.prosecution.host_trial_weeks


class SpecialCourt(Court):
    """A special court that a policy opens, with a capacity of its own."""

    cases_per_year = 0.0

    def __init__(self, model: OracleModel, opens_week: float, cases_per_year: float) -> None:
        super().__init__(model)
        self.opens_week, self.cases_per_year = opens_week, cases_per_year

    @property
    def trial_weeks(self) -> float:
        """Mean time in a special court."""
        return self.model.parameters.prosecution.special_trial_weeks

    @property
    def is_open(self) -> bool:
        """Whether it takes cases now."""
        return self.model.week >= self.opens_week and self.cases_per_year > 0.0
