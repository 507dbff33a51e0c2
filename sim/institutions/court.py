"""Courts that try a mission's people: a contributor's own, a court on site, the host country's, or a special court.

Ordinary Mesa agents with a docket; they work only when they have a case. What they decide follows from capacity, how near
the evidence is, and keyed draws of the case.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.above import Explained
from sim.clock import WEEKS_PER_YEAR
from sim.institutions.case import PersonnelCase
from sim.institutions.queue import SharedQueue
from sim.numerics import log
from sim.rng import Decision
from sim.world.state import World


class Court(Explained, mesa.Agent):
    """A docket of charged persons and its capacity.

    Parameters
    ----------
    model
        The Mesa model.
    trial_weeks
        Mean time from charge to outcome without congestion, weeks.
    cases_per_year
        Most outcomes a year, full scale.
    conviction_ratio
        Chance of conviction relative to a court at home.
    """

    name = "court"

    def __init__(self, model: Any, trial_weeks: float, cases_per_year: float, conviction_ratio: float = 1.0) -> None:
        super().__init__(model)
        self.cases_per_year = cases_per_year
        self.conviction_ratio = conviction_ratio
        self.docket: SharedQueue[PersonnelCase] = SharedQueue(1.0 / trial_weeks)
        self.n_pending = self.n_decided = self.n_convicted = 0

    def charge(self, world: World, case: PersonnelCase) -> None:
        """Put a charged person on the docket."""
        case.charge_step = world.step
        self.n_pending += 1
        self.docket.enter(case, case.work(world.seed, Decision.TRIAL_DELAY), case.key)

    def capacity_per_week(self, world: World) -> float:
        """Most outcomes a week, scaled."""
        return self.cases_per_year * world.scale / WEEKS_PER_YEAR

    def decide_due(self, world: World) -> list[PersonnelCase]:
        """Outcomes of this step."""
        done = self.docket.advance(world.dt, self.capacity_per_week(world))
        for case in done:
            self._decide(world, case, self.conviction_ratio)
        return done

    def _decide(self, world: World, case: PersonnelCase, conviction_ratio: float) -> None:
        """Convict or acquit, and count the outcome."""
        p_conviction = min(world.parameters.prosecution.p_conviction * conviction_ratio, 1.0)
        case.outcome = "convicted" if case.draw(world.seed, Decision.VERDICT) < p_conviction else "acquitted"
        self.n_pending -= 1
        self.n_decided += 1
        self.n_convicted += case.outcome == "convicted"


class TCCCourt(Court):
    """Courts of one contributor, at home and, where it consents, on site."""

    def __init__(self, model: Any, contributor: int) -> None:
        p = model.world.parameters.prosecution
        super().__init__(model, p.home_trial_weeks, p.home_court_capacity)
        self.contributor = contributor
        self.name = f"Courts of contributor {contributor:02d}"
        self.on_site: list[tuple[int, PersonnelCase]] = []

    def try_on_site(self, world: World, case: PersonnelCase) -> None:
        """Charge a person before a court martial or civil court in the mission area."""
        p = world.parameters.prosecution
        case.charge_step = world.step
        self.n_pending += 1
        wait = -log(case.draw(world.seed, Decision.TRIAL_DELAY)) * p.in_country_trial_weeks
        self.on_site.append((world.step + max(1, round(wait / world.dt)), case))

    def decide_due(self, world: World) -> list[PersonnelCase]:
        """Outcomes at home and on site."""
        done = super().decide_due(world)
        due = [case for step, case in self.on_site if step <= world.step]
        if due:
            self.on_site = [(step, case) for step, case in self.on_site if step > world.step]
            for case in due:
                self._decide(world, case, world.parameters.prosecution.court_evidence_ratio)
        return done + due


class HostCourt(Court):
    """The host country's courts, for people whose immunity was waived or whose contributor accepts their jurisdiction."""

    def __init__(self, model: Any, country: int) -> None:
        p = model.world.parameters.prosecution
        super().__init__(model, p.host_trial_weeks, p.home_court_capacity, p.court_evidence_ratio)
        self.country = country
        self.name = "Host courts, cases against the mission's people"

    def charge_chance(self, world: World, capacity: float) -> float:
        """Chance that a person handed over is charged; it grows with the country's capacity."""
        able = capacity / world.parameters.host_capacity.reference
        return world.parameters.prosecution.host_charge * min(
            able, world.parameters.host_justice.largest_capacity_effect
        )


class SpecialCourt(Court):
    """A special or hybrid court that a policy creates."""

    def __init__(self, model: Any, opens_week: float, cases_per_year: float) -> None:
        p = model.world.parameters.prosecution
        super().__init__(model, p.special_trial_weeks, cases_per_year, p.court_evidence_ratio)
        self.opens_week = opens_week
        self.name = "Special court"

    def charge_chance(self, world: World) -> float:
        """Chance that a person handed over is charged."""
        return world.parameters.prosecution.special_charge

    def is_open(self, world: World) -> bool:
        """Whether it takes cases in this step."""
        return world.week >= self.opens_week and self.cases_per_year > 0
