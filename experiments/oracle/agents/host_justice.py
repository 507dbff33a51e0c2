"""Courts of a country of the mission area that try arrested organisers; every case keeps its dates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mesa

from experiments.oracle.agents.country import Country
from experiments.oracle.agents.docket import due_step
from experiments.oracle.agents.network import Network
from experiments.oracle.agents.odds import logistic, logit
from experiments.oracle.model import OracleModel
from sim.rng import Decision
from sim.world.person_states import ASSISTED

NEVER = -1


@dataclass(eq=False)
class OrganiserCase:
    """A case against an organiser; steps are -1 while they have not happened."""

    case_id: int
    network: int
    network_key: int
    ordinal: int
    arrest_step: int
    due_step: int
    charge_step: int = NEVER
    outcome_step: int = NEVER
    outcome: str = "pending"
    had_testimony: bool = False
    fine_usd: float = 0.0

    @property
    def is_convicted(self) -> bool:
        """Whether it ended in a conviction."""
        return self.outcome in ("fined", "prison")


class HostJustice(mesa.Agent):
    """The docket of one country against organisers."""

    model: OracleModel

    def __init__(self, model: OracleModel, country: int) -> None:
        super().__init__(model)
        self.country: Country = model.countries[country]
        self.docket: list[OrganiserCase] = []
        self.decided: list[OrganiserCase] = []

    def step(self) -> None:
        """Open a case where an organiser was arrested, decide those that are due, and let trust follow."""
        for network in self.model.networks:
            if self.model.cells[network.home_cell].country == self.country.row:
                for ordinal in range(network.arrests):
                    self._open(network, ordinal)
        due = [case for case in self.docket if case.due_step <= self.model.now]
        for case in due:
            self.docket.remove(case)
            self._decide(case)
        self.decided += due
        since = self.model.now - self.model.parameters.testimony.outcome_memory_weeks / self.model.dt
        recent = [case for case in self.decided if case.outcome_step >= since]
        if recent:
            self.country.follow_convictions(sum(case.is_convicted for case in recent) / len(recent))

    def _open(self, network: Network, ordinal: int) -> None:
        """Register one of this step's arrests; the wait until the outcome is drawn now."""
        model = self.model
        u = model.draw(Decision.CASE_DELAY, model.now, network.key, ordinal)
        due = due_step(model, -math.log(u) * model.parameters.host_justice.trial_weeks)
        number = len(self.docket) + len(self.decided)
        self.docket.append(OrganiserCase(number, network.row, network.key, ordinal, model.now, due))

    def _decide(self, case: OrganiserCase) -> None:
        """Drop or charge, acquit or convict, fine or imprison."""
        model, p = self.model, self.model.parameters.host_justice
        case.outcome_step, case.had_testimony = model.now, self._has_testimony()
        case.outcome = self._outcome(case)
        if case.outcome != "dropped":
            case.charge_step = model.now
        if case.outcome == "fined":
            case.fine_usd = p.fine_usd
            model.networks[case.network].fined += p.fine_usd
        model.tell("organisers_convicted", float(case.is_convicted))
        network, value = model.networks[case.network], {"fined": 1.0, "prison": 2.0}.get(case.outcome, 0.0)
        model.emit("organiser_tried", "network", network.key, network.home_cell, value=value)

    def _outcome(self, case: OrganiserCase) -> str:
        """What becomes of a case, draw by draw."""
        p = self.model.parameters.host_justice
        if not self._passes(case, Decision.CASE_CONVICTION, p.p_charge * self.country.ability):
            return "dropped"
        convicted = logistic(logit(p.p_conviction) + p.testimony_effect * case.had_testimony)
        if not self._passes(case, Decision.CASE_CONVICTION, convicted, 1):
            return "acquitted"
        return "prison" if self._passes(case, Decision.CASE_PRISON, p.p_prison) else "fined"

    def _passes(self, case: OrganiserCase, decision: Decision, chance: float, stage: int = 0) -> bool:
        """Whether a stage's draw, keyed by network, step and number of arrest, lies below a chance."""
        u = self.model.draw(decision, case.arrest_step, case.network_key, case.ordinal, stage)
        self.model.note(self.model.networks[case.network], decision, u, chance)
        return u < chance

    def _has_testimony(self) -> bool:
        """Whether anybody in assistance in this country is willing to testify."""
        return any(
            person.state == ASSISTED and person.will_testify and person.cell >= 0
            and self.model.cells[person.cell].country == self.country.row
            for person in self.model.people
        )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """All that it knows, in plain values."""
        cases = sorted([*self.docket, *self.decided], key=lambda case: case.case_id)
        return {"cases": [dict(vars(case)) for case in cases]}
