"""Police and courts of one country in the mission area: a docket of cases against organisers, with all their dates.

An ordinary Mesa agent that works only when it has a case. Raids are planned in ``supply``, because venues live there.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import mesa

from sim.above import Explained
from sim.compiled import kernel
from sim.numerics import log, logistic, logit
from sim.rng import Decision, uniform
from sim.world.person_states import ASSISTED
from sim.world.state import NEVER as NEVER_DUE
from sim.world.state import World

NEVER = -1
CONVICTED = ("fined", "prison")


@dataclass
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

    def draw(self, seed: int, decision: Decision, sub: int = 0) -> float:
        """Uniform number of one stage, by network, step of arrest and which of that step's arrests it is."""
        return uniform(seed, int(decision), self.arrest_step, self.network_key, self.ordinal, sub)


class HostJustice(Explained, mesa.Agent):
    """Police and courts of a host country.

    Parameters
    ----------
    model
        The Mesa model.
    country
        Row in ``world.countries``.
    """

    def __init__(self, model: Any, country: int) -> None:
        super().__init__(model)
        self.country = country
        self.docket: list[OrganiserCase] = []
        self.decided: list[OrganiserCase] = []
        self._convicted = [0]  # convictions among the first n decided, n = 0, 1, ...

    def open_case(self, world: World, network: int, ordinal: int = 0) -> OrganiserCase:
        """Register an arrest, the network's ``ordinal``-th of this step; the delay until the outcome is drawn once."""
        number, key = len(self.docket) + len(self.decided), int(world.networks.key[network])
        case = OrganiserCase(number, network, key, ordinal, world.step, world.step)
        wait = -log(case.draw(world.seed, Decision.CASE_DELAY)) * world.parameters.host_justice.trial_weeks
        case.due_step += max(1, round(wait / world.dt))
        self.docket.append(case)
        return case

    def decide_due(self, world: World) -> list[OrganiserCase]:
        """Decide every case whose time has come; returns those decided in this step."""
        due = [case for case in self.docket if case.due_step <= world.step]
        if due:
            self.docket = [case for case in self.docket if case.due_step > world.step]
            for case in due:
                self._decide(world, case)
                self._convicted.append(self._convicted[-1] + (case.outcome in CONVICTED))
            self.decided += due
        return due

    def _decide(self, world: World, case: OrganiserCase) -> None:
        """Charge or drop, convict or acquit, fine or imprison."""
        p = world.parameters.host_justice
        case.had_testimony = self.testimony_available(world)
        case.outcome_step, case.outcome = world.step, "dropped"
        capacity = float(world.countries.host_capacity[self.country])
        if case.draw(world.seed, Decision.CASE_CONVICTION) >= self.charge_chance(world, capacity):
            return
        case.charge_step, case.outcome = world.step, "acquitted"
        p_conviction = self.conviction_chance(world, case.had_testimony)
        if case.draw(world.seed, Decision.CASE_CONVICTION, 1) >= p_conviction:
            return
        in_prison = case.draw(world.seed, Decision.CASE_PRISON) < p.p_prison
        case.outcome = "prison" if in_prison else "fined"
        case.fine_usd = 0.0 if in_prison else p.fine_usd

    def charge_chance(self, world: World, capacity: float) -> float:
        """Chance that a case is charged; it grows with the country's capacity."""
        p = world.parameters.host_justice
        able = min(capacity / world.parameters.host_capacity.reference, p.largest_capacity_effect)
        return min(p.p_charge * able, 1.0)

    def conviction_chance(self, world: World, has_testimony: bool) -> float:
        """Chance that a charged organiser is convicted."""
        p = world.parameters.host_justice
        return logistic(logit(p.p_conviction) + p.testimony_effect * has_testimony)

    def testimony_available(self, world: World) -> bool:
        """Whether somebody now in assistance in this country is willing to testify."""
        return _somebody_testifies(world, self.country)

    @property
    def n_convicted(self) -> int:
        """Convictions so far."""
        return self._convicted[-1]

    def conviction_share(self, since_step: float) -> float | None:
        """Share of cases decided since a step that ended in a conviction; None where there are none."""
        first = self._first_since(since_step)
        recent = len(self.decided) - first
        return (self._convicted[-1] - self._convicted[first]) / recent if recent else None

    def idle_until(self, step: int, memory_steps: float) -> int:
        """First step in which a case may be due, or an outcome forgotten, if nobody is arrested before."""
        first = self._first_since(step - memory_steps)
        remembered = [int(case.outcome_step + memory_steps) for case in self.decided[first : first + 1]]
        return min([case.due_step for case in self.docket] + remembered, default=NEVER_DUE)

    def _first_since(self, step: float) -> int:
        """Position of the first case decided since a step; they stand in order of time."""
        return bisect_left(self.decided, step, key=attrgetter("outcome_step"))


@kernel
def _somebody_testifies(world: World, country: int) -> bool:
    """Whether a person is in assistance in a country and willing to testify."""
    people, cells, found = world.people, world.cells, False
    for i in range(world.n_people):
        is_willing = people.state[i] == ASSISTED and people.will_testify[i] and people.cell[i] >= 0
        found = found or (is_willing and cells.country[people.cell[i]] == country)
    return found
