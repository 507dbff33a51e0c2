"""Oversight of one authority (UN, NATO or employer): intake, screening, fact-finding, investigation, inquiries into units.

An ordinary Mesa agent that works only when it has a case. Fact-finding (interim removal) and the full investigation run
on two clocks with finite capacity; evidence ages, witnesses are lost, suspects rotate home. Source: OIOS stages (A11 to
A16), congestion after Bar-Gill & Harel; mechanisms note A.5, A.6.
"""

from __future__ import annotations

import heapq
from typing import Any

import mesa
import numpy as np

from sim.above import Explained
from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.institutions.case import PersonnelCase
from sim.institutions.queue import SharedQueue
from sim.numerics import exp, logistic, logit, normal_quantile, total
from sim.rng import Decision, uniform
from sim.world.person_states import ASSISTED, MOVED, RESETTLED, RETURNED
from sim.world.state import Filed, World

CAPACITY_PER = 50_000.0
INQUIRY_WINDOW_WEEKS = 26.0
MILITARY = 0  # inquiries concern military contingents (C01, C07); civil posts are no units in that sense
INVESTIGATION_SHAPE = 2  # investigations are less spread than a single exponential (gamma, whole shape)
OUT_OF_REACH = (MOVED, RETURNED, RESETTLED)
CERTAIN_CHANNELS = ("peer", "police", "inquiry")


class UNOversight(Explained, mesa.Agent):
    """The body a force answers to; the same class for the UN, for NATO and for employers.

    Parameters
    ----------
    model
        The Mesa model.
    authority
        Index into ``AUTHORITIES``.
    """

    def __init__(self, model: Any, authority: int) -> None:
        super().__init__(model)
        p = model.world.parameters.oversight
        self.authority = authority
        self.fact_finding: SharedQueue[PersonnelCase] = SharedQueue(1.0 / p.fact_finding_free_weeks)
        self.investigations: SharedQueue[PersonnelCase] = SharedQueue(1.0 / p.investigation_free_weeks)
        self.cases: list[PersonnelCase] = []
        self.reported: set[tuple[int, int]] = set()  # persons by post and occupant: reported, also where held back
        self.held: set[tuple[int, int]] = set()  # persons with a consequence
        self._open: dict[tuple[int, int], PersonnelCase] = {}
        self._reports: dict[int, list[float]] = {}
        self._reported_now: set[int] = set()  # units with a report since inquiries were last considered
        self._answers: list[tuple[int, int, PersonnelCase, bool]] = []
        self.n_inquiries = 0

    def receive(self, world: World, filed: Filed) -> PersonnelCase | None:
        """Record a report: a new case, or a further complaint in an open one (then None)."""
        self.reported.add((filed.billet, filed.occupant))
        known = self._open.get((filed.billet, filed.occupant))
        unit = int(world.billets.unit[filed.billet])
        if filed.channel != "inquiry":
            self._reports.setdefault(unit, []).append(world.week)
            self._reported_now.add(unit)
        if known is not None:
            known.n_reports += 1
            return None
        units = world.units
        case = PersonnelCase(
            case_id=len(self.cases),
            key=int(world.billets.key[filed.billet]),
            ordinal=filed.ordinal,
            billet=filed.billet,
            occupant=filed.occupant,
            unit=unit,
            contributor=filed.contributor if filed.contributor >= 0 else int(units.contributor[unit]),
            authority=self.authority,
            category=int(units.category[unit]),
            role=filed.role,
            channel=filed.channel,
            person=filed.person,
            cell=filed.cell,
            act_step=filed.act_step,
            report_step=world.step,
        )
        self.cases.append(case)
        self._screen(world, case)
        return case

    def _screen(self, world: World, case: PersonnelCase) -> None:
        """Take a case further if screening lets it pass and a person can be identified."""
        p = world.parameters.reporting
        if case.draw(world.seed, Decision.SCREENING) >= p.p_screened_in:
            self.close(world, case, "screened out")
            return
        years = world.dt * (world.step - case.act_step) / WEEKS_PER_YEAR
        memory = p.identify_years * self._evidence_ratio(world)
        p_identified = 1.0 if case.channel in CERTAIN_CHANNELS else p.p_identified * exp(-years / memory)
        case.is_identified = case.draw(world.seed, Decision.IDENTIFICATION) < p_identified
        if not case.is_identified:
            self.close(world, case, "not identified")
            return
        self._open[case.billet, case.occupant] = case
        self.fact_finding.enter(case, case.work(world.seed, Decision.FACT_FINDING), case.key)
        self.investigations.enter(case, case.work(world.seed, Decision.INVESTIGATION, INVESTIGATION_SHAPE), case.key)

    def close(self, world: World, case: PersonnelCase, outcome: str) -> None:
        """End a case with an outcome."""
        case.outcome, case.outcome_step = outcome, world.step
        self._open.pop((case.billet, case.occupant), None)

    def capacity(self, world: World, per_50_000: float, knob: str) -> float:
        """Cases this authority can complete in a week, scaled: it grows with the strength it is responsible for."""
        own = _strength(world, self.authority)
        strength = max(own, world.parameters.oversight.smallest_strength)
        ratio = world.knobs.of(knob, 1.0, self.authority)
        return per_50_000 * ratio * strength / CAPACITY_PER * world.scale

    def find_facts(self, world: World) -> list[PersonnelCase]:
        """Fact-findings completed in this step."""
        if not len(self.fact_finding):
            return []
        p = world.parameters.oversight
        done = self.fact_finding.advance(
            world.dt, self.capacity(world, p.fact_finding_capacity, "fact_finding_capacity")
        )
        for case in done:
            case.fact_finding_step = world.step
            case.prima_facie = case.draw(world.seed, Decision.PRIMA_FACIE) < p.p_prima_facie
        return done

    def investigate(self, world: World) -> list[PersonnelCase]:
        """Investigations completed in this step, substantiated or not."""
        if not len(self.investigations):
            return []
        p = world.parameters.oversight
        done = self.investigations.advance(
            world.dt, self.capacity(world, p.investigation_capacity, "investigation_capacity")
        )
        for case in done:
            case.investigation_step = world.step
            draw = case.draw(world.seed, Decision.SUBSTANTIATION)
            case.is_substantiated = draw < self.substantiation_chance(world, case)
        return done

    def substantiation_chance(self, world: World, case: PersonnelCase) -> float:
        """Chance that an investigation substantiates: evidence ages, suspects leave, witnesses are lost or protected."""
        p = world.parameters.oversight
        years = world.dt * (world.step - case.act_step) / WEEKS_PER_YEAR
        chance = p.p_substantiated * exp(-years / (p.evidence_years * self._evidence_ratio(world)))
        if not is_present(world, case):
            chance *= p.suspect_gone_ratio
        if case.person >= 0:
            state = int(world.people.state[case.person])
            if state == ASSISTED and world.people.will_testify[case.person]:
                chance = logistic(logit(chance) + p.testimony_gain)
            elif state in OUT_OF_REACH:
                chance *= p.witness_lost_ratio
        return chance

    def _evidence_ratio(self, world: World) -> float:
        """How much slower evidence ages than without policy."""
        return max(world.knobs.of("evidence_years", 1.0, self.authority), 1e-9)

    def await_answer(self, step: int, case: PersonnelCase, is_silent: bool) -> None:
        """Note when an answer arrives, or when waiting for one ends."""
        heapq.heappush(self._answers, (step, case.case_id, case, is_silent))

    def due(self, step: int) -> list[tuple[PersonnelCase, bool]]:
        """Referrals answered by now, and those whose time has run out (True)."""
        done = []
        while self._answers and self._answers[0][0] <= step:
            done.append(heapq.heappop(self._answers)[2:])
        return done

    def inquiries(self, world: World) -> list[tuple[int, float]]:
        """Military units into which inquiries are opened now, each with the chance that an involved person is found."""
        p, opened = world.parameters.oversight, []
        since = world.week - INQUIRY_WINDOW_WEEKS
        units, self._reported_now = sorted(self._reported_now), set()
        for unit in units:
            self._reports[unit] = [week for week in self._reports[unit] if week > since]
            if world.units.category[unit] != MILITARY or len(self._reports[unit]) < p.inquiry_reports:
                continue
            key = int(world.units.key[unit])
            if uniform(world.seed, int(Decision.UNIT_INQUIRY), world.step, key) >= p.p_inquiry:
                continue
            self.n_inquiries += 1
            self._reports[unit] = []
            z = normal_quantile(uniform(world.seed, int(Decision.INQUIRY_SUCCESS), world.step, key))
            opened.append((unit, logistic(logit(p.inquiry_found_share) + p.inquiry_sd * z)))
        return opened


@kernel
def _strength(world: World, authority: int) -> float:
    """Personnel authorised in a step under an authority, persons, full scale."""
    units, own, n = world.units, np.empty(len(world.units)), 0
    for u in range(len(units)):
        if units.authority[u] == authority:
            own[n] = world.inputs.authorised[world.step, u]
            n += 1
    return total(own[:n])


def is_present(world: World, case: PersonnelCase) -> bool:
    """Whether the person concerned still fills the post."""
    unit = int(world.billets.unit[case.billet])
    filled = case.billet - world.units.first_billet[unit] < world.units.n_present[unit]
    return bool(filled and world.billets.occupant[case.billet] == case.occupant)
