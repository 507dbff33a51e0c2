"""Oversight of one authority: intake, screening, two clocks on shared capacity, removal, inquiries into units, referral."""

from __future__ import annotations

import math
from typing import Any

import mesa

from experiments.oracle import chance
from experiments.oracle.agents.case import ON_SITE, Case
from experiments.oracle.agents.contingent import MILITARY, Contingent
from experiments.oracle.agents.court import Court
from experiments.oracle.agents.docket import Docket, due_step
from experiments.oracle.agents.odds import logistic, logit
from experiments.oracle.agents.peacekeeper import Peacekeeper
from experiments.oracle.filed import Report
from experiments.oracle.model import OracleModel
from sim.rng import Decision
from sim.world.columns import AUTHORITIES
from sim.world.person_states import ASSISTED, MOVED, RESETTLED, RETURNED

CAPACITY_IS_PER = 50_000.0  # persons of authorised strength
INQUIRY_WEEKS = 26.0
FROM_AFFECTED = ("affected", "ngo")


class Oversight(mesa.Agent):
    """The body that a force answers to: UN, NATO or employer."""

    model: OracleModel

    def __init__(self, model: OracleModel, authority: int) -> None:
        super().__init__(model)
        self.authority, self.name = authority, AUTHORITIES[authority]
        self.cases: list[Case] = []
        self.open: dict[tuple[int, int], Case] = {}
        self.facts = Docket(model, Decision.FACT_FINDING)
        self.investigations = Docket(model, Decision.INVESTIGATION)
        self.answers: list[tuple[int, Case, bool]] = []  # step, case, whether it passes in silence
        self.reported: set[tuple[int, int]] = set()
        self.held: set[tuple[int, int]] = set()  # persons with a consequence
        self.reports_on: dict[int, list[float]] = {}  # weeks of complaints by unit
        self.n_inquiries = 0

    def knob(self, name: str, base: float) -> float:
        """Value of a knob for this authority."""
        return self.model.knobs(name, [base] * len(AUTHORITIES))[self.authority]

    # Intake

    def take_in(self) -> None:
        """Record this step's reports on the authority's people, and what inquiries into reported units add."""
        model = self.model
        own = [r for r in model.filed if model.billets[r.billet].contingent.authority == self.authority]
        for report in own:
            self._record(report)
            self.reports_on.setdefault(model.billets[report.billet].unit, []).append(model.week)
        found: list[Report] = []
        if model.parameters.switches.inquiries:
            for unit in sorted({model.billets[report.billet].unit for report in own}):
                found += self._inquire(model.units[unit])
        for report in found:
            self._record(report)
        model.tell("observed_allegations", float(len(own) + len(found)))
        model.tell("reports", float(len(found)))

    def _record(self, report: Report) -> None:
        """Open a case, unless the person already has one: then the report adds to it."""
        peacekeeper, model = self.model.billets[report.billet], self.model
        suspect = (report.billet, report.occupant)
        self.reported.add(suspect)
        if suspect in self.open:
            self.open[suspect].n_reports += 1
            return
        unit = peacekeeper.contingent
        case = Case(
            model, len(self.cases), peacekeeper.key, report.ordinal, report.billet, report.occupant, unit.row,
            report.contributor if report.contributor >= 0 else unit.contributor, self.authority, unit.category,
            report.role, report.channel, report.person, report.cell, report.act_step, model.now,
        )  # fmt: skip
        self.cases.append(case)
        model.tell("cases_recorded", 1.0)
        self._screen(case)

    def _screen(self, case: Case) -> None:
        """Screening lets a case pass, and complaints by affected persons must name somebody: both clocks start."""
        p = self.model.parameters.reporting
        if not case.passes(Decision.SCREENING, p.p_screened_in):
            self.close(case, "screened out")
            return
        identified = 1.0
        if case.channel in FROM_AFFECTED:
            identified = p.p_identified * math.exp(-case.age_years / (p.identify_years * self._slower_decay))
        case.is_identified = case.passes(Decision.IDENTIFICATION, identified)
        if not case.is_identified:
            self.close(case, "not identified")
            return
        self.model.tell("screened_in", 1.0)
        self.open[case.suspect] = case
        self.facts.left[case] = case.work(Decision.FACT_FINDING)
        self.investigations.left[case] = case.work(Decision.INVESTIGATION, 2)

    @property
    def _slower_decay(self) -> float:
        """How many times longer evidence and identification last than without policy."""
        return max(self.knob("evidence_years", 1.0), 1e-9)

    def close(self, case: Case, outcome: str) -> None:
        """End a case."""
        case.outcome, case.outcome_step = outcome, self.model.now
        self.open.pop(case.suspect, None)

    def _inquire(self, unit: Contingent) -> list[Report]:
        """An inquiry into a military unit with several reports in half a year: it finds part of the involved persons."""
        model, p = self.model, self.model.parameters.oversight
        recent = [week for week in self.reports_on[unit.row] if week > model.week - INQUIRY_WEEKS]
        if unit.category != MILITARY or len(recent) < p.inquiry_reports:
            return []
        u = model.draw(Decision.UNIT_INQUIRY, model.now, unit.key)
        if not unit.strikes(Decision.UNIT_INQUIRY, u, p.p_inquiry):
            return []
        self.n_inquiries += 1
        self.reports_on[unit.row] = []
        luck = chance.normal(model.draw(Decision.INQUIRY_SUCCESS, model.now, unit.key))
        success = logistic(logit(p.inquiry_found_share) + p.inquiry_sd * luck)
        present = [peacekeeper for peacekeeper in unit.peacekeepers if peacekeeper.is_present]
        found = [self._finding(peacekeeper) for peacekeeper in present if self._finds(peacekeeper, success)]
        if found:
            value = float(len(found))
            model.emit("unit_inquiry", "contingent", unit.key, contributor=unit.contributor, value=value)
        return found

    def _finds(self, peacekeeper: Peacekeeper, success: float) -> bool:
        """Whether an inquiry finds a person: only the involved can be found."""
        if not peacekeeper.is_involved:
            return False
        u = self.model.draw(Decision.INQUIRY_PERSON, self.model.now, peacekeeper.key)
        return peacekeeper.strikes(Decision.INQUIRY_PERSON, u, success)

    def _finding(self, peacekeeper: Peacekeeper) -> Report:
        """The report an inquiry makes of a person; the act is dated by the inquiry."""
        now, cell = self.model.now, peacekeeper.visited
        return Report(peacekeeper.row, peacekeeper.occupant, peacekeeper.role, now, "inquiry", cell=cell, ordinal=1)

    # Two clocks

    def _capacity(self, knob: str, per_50_000: float) -> float:
        """Cases a week: in proportion to the strength authorised, with a floor, times the knob, at this scale."""
        authorised = self.model.at_step(self.model.inputs.authorised)
        own = sum(authorised[unit.row] for unit in self.model.units if unit.authority == self.authority)
        strength = max(own, self.model.parameters.oversight.smallest_strength)
        return per_50_000 * self.knob(knob, 1.0) * strength / CAPACITY_IS_PER * self.model.scale

    def find_facts(self) -> None:
        """Finish fact-findings: where there is a case to answer, remove the person, and try on site by consent."""
        p = self.model.parameters.oversight
        capacity = self._capacity("fact_finding_capacity", p.fact_finding_capacity)
        for case in self.facts.advance(p.fact_finding_free_weeks, capacity):
            case.fact_finding_step = self.model.now
            case.prima_facie = case.passes(Decision.PRIMA_FACIE, p.p_prima_facie)
            if case.investigation_step >= 0:
                continue  # the investigation has already decided
            case.sender.removals_decided += 1.0
            if case.prima_facie and case.suspect_is_present:
                self._remove(case)
                if case.sender.has_consented:
                    self._try_on_site(case)

    def investigate(self) -> None:
        """Finish investigations: close, or remove or bar, and refer."""
        p = self.model.parameters.oversight
        capacity = self._capacity("investigation_capacity", p.investigation_capacity)
        for case in self.investigations.advance(p.investigation_free_weeks, capacity):
            case.investigation_step = self.model.now
            self.model.tell("investigated", 1.0)
            case.is_substantiated = case.passes(Decision.SUBSTANTIATION, self._substantiation_chance(case))
            if case.is_substantiated:
                self._act_on_substantiation(case)
            elif not case.forum:
                self.close(case, "not substantiated")

    def _substantiation_chance(self, case: Case) -> float:
        """Evidence decays; suspects who left and witnesses out of reach lower it, protected testimony raises it."""
        p = self.model.parameters.oversight
        p_found = p.p_substantiated * math.exp(-case.age_years / (p.evidence_years * self._slower_decay))
        if not case.suspect_is_present:
            p_found *= p.suspect_gone_ratio
        if case.person < 0:
            return p_found
        witness = self.model.people[case.person]
        if witness.state == ASSISTED and witness.will_testify:
            return logistic(logit(p_found) + p.testimony_gain)
        if witness.state in (MOVED, RETURNED, RESETTLED):
            return p_found * p.witness_lost_ratio
        return p_found

    def _act_on_substantiation(self, case: Case) -> None:
        """Remove who is present and not yet removed, bar who has left, and refer who is not before a court on site."""
        self.model.tell("substantiated", 1.0)
        case.contingent.substantiated += 1
        case.sender.substantiated += 1.0
        if case.removal_step < 0:
            case.sender.removals_decided += 1.0
            if case.suspect_is_present:
                self._remove(case)
            elif self._is_enforced(case):
                self._hold(case)
                case.barred_step = self.model.now
        if not case.forum:
            self._refer(case)

    # Removal

    def _is_enforced(self, case: Case) -> bool:
        """Whether a finding has the consequence of removal or a bar."""
        share = self.model.parameters.oversight.removal_share
        return share >= 1.0 or case.passes(Decision.PRIMA_FACIE, share, 1)

    def _remove(self, case: Case) -> None:
        """Have a person sent home; the unit's people see it, the mission perhaps; the commander may go as well."""
        if case.removal_step >= 0 or not self._is_enforced(case):
            return
        unit, model = case.contingent, self.model
        self._hold(case)
        case.removal_step = model.now
        model.billets[case.billet].is_removed = True
        unit.removed += 1
        case.sender.removals_seen += 1.0
        model.tell("repatriated", 1.0)
        if case.passes(Decision.VISIBILITY, unit.visibility, 1):
            unit.removed_published += 1
            model.tell("observed_repatriated", 1.0)
        unit.command_cases += 1
        if case.passes(
            Decision.COMMANDER_REMOVAL, self.knob("commander_removal", model.parameters.leadership.p_removed)
        ):
            self._remove_commander(case)

    def _remove_commander(self, case: Case) -> None:
        """Have the commander of a unit replaced, and count how often in this tour."""
        unit = case.contingent
        before = unit.commanders_removed if unit.commanders_slot == unit.slot else 0
        unit.commanders_removed, unit.commanders_slot = before + 1, unit.slot
        unit.command_removals += 1
        self.model.emit("commander_removed", "contingent", unit.key, contributor=case.contributor)

    def _hold(self, case: Case) -> None:
        """Count the first consequence a person meets: their tour ends as one that was found out."""
        if case.suspect not in self.held:
            self.held.add(case.suspect)
            self.model.tell("consequences", 1.0)
            self.model.tell("involved_tours", 1.0)

    # Referral

    def _refer(self, case: Case) -> None:
        """Send a substantiated case to whoever has jurisdiction."""
        model, sender = self.model, case.sender
        share = model.parameters.oversight.referral_share
        if share < 1.0 and not case.passes(Decision.WAIVER, share, 1):
            self.end(case, "not referred")
            return
        near_evidence = case.passes(Decision.WAIVER, case.contingent.waiver) or sender.accepts_host_jurisdiction
        if not (near_evidence or sender.is_state):
            self.end(case, "no court")
            return
        case.referral_step = model.now
        model.tell("referred", 1.0)
        if near_evidence:
            self._try_near_evidence(case)
        else:
            self._ask(case)

    def _try_near_evidence(self, case: Case) -> None:
        """A special court where one is open, else the host country's as far as it is able."""
        model, p = self.model, self.model.parameters
        country = model.cells[max(case.cell, 0)].country
        special = next((court for court in model.special_courts if court.is_open), None)
        if special is not None:
            court: Court = special
            case.forum, p_charge = "special", p.prosecution.special_charge
        else:
            court = model.host_courts[country]
            case.forum, p_charge = "host", p.prosecution.host_charge * model.countries[country].ability
        if case.passes(Decision.CHARGE, p_charge):
            self.charge(case)
            court.enter(case)
        else:
            self.end(case, "not charged")

    def _ask(self, case: Case) -> None:
        """Refer to the contributor: it may name an investigator, and answers in time or not at all."""
        model, p = self.model, self.model.parameters.prosecution
        case.forum = "home"
        if case.passes(Decision.INVESTIGATOR_NAMED, self.knob("investigator_named", p.p_investigator_named)):
            case.named_step = model.now
            model.tell("investigators_named", 1.0)
        weeks, willingness = p.request_weeks, case.sender.willingness(case.contingent.visibility)
        if case.sender.answers(case, self.knob("substantive_reply", willingness)):
            weeks = min(weeks, case.work(Decision.REPLY_DELAY) * p.reply_weeks)
        self.answers.append((due_step(model, weeks), case, weeks >= p.request_weeks))

    def hear_answers(self) -> None:
        """Answers that arrive now, and requests that lapse."""
        due = [answer for answer in self.answers if answer[0] <= self.model.now]
        self.answers = [answer for answer in self.answers if answer[0] > self.model.now]
        for _, case, is_silent in due:
            if is_silent:
                self.end(case, "no reply")
                continue
            case.answer_step = self.model.now
            self.model.tell("tcc_answers", 1.0)
            if case.passes(Decision.CHARGE, case.sender.charge_chance(case.role)):
                self.charge(case)
                self.model.courts[case.contributor].enter(case)
            else:
                self.end(case, "not charged")

    def _try_on_site(self, case: Case) -> None:
        """A court of a consenting contributor on site, right after fact-finding."""
        if not case.passes(Decision.CHARGE, self.model.parameters.prosecution.in_country_charge, 1):
            return
        case.forum = "in_country"
        case.referral_step = case.answer_step = self.model.now
        self.model.tell("referred", 1.0)
        self.model.tell("tcc_answers", 1.0)
        self.charge(case)
        self.model.courts[case.contributor].enter_on_site(case)

    def charge(self, case: Case) -> None:
        """Note a charge: a consequence, whatever the outcome."""
        self._hold(case)
        case.charge_step = self.model.now
        self.model.tell("charged", 1.0)

    def end(self, case: Case, outcome: str) -> None:
        """Close a case whose prosecution is settled; the contributor's people hear of it, or not."""
        self.close(case, outcome)
        is_public = case.forum in ON_SITE and case.charge_step >= 0
        case.is_visible = is_public or case.passes(Decision.VISIBILITY, case.contingent.visibility)
        sender = case.sender
        sender.courts_decided += 1.0
        if case.is_visible and case.charge_step >= 0:
            convicted = float(outcome == "convicted")
            sender.charges_seen += 1.0
            sender.convictions_seen += convicted
            sender.delay_seen += case.age_years
            self.model.tell("observed_charged", 1.0)
            self.model.tell("observed_convicted", convicted)

    def plain(self) -> dict[str, Any]:
        """All that it knows, in plain values."""
        since = self.model.week - INQUIRY_WEEKS
        recent = {unit: [week for week in weeks if week > since] for unit, weeks in self.reports_on.items()}
        return {
            "cases": [case.plain() for case in self.cases],
            "open": {suspect: case.case_id for suspect, case in self.open.items()},
            "facts": {case.case_id: left for case, left in self.facts.left.items()},
            "investigations": {case.case_id: left for case, left in self.investigations.left.items()},
            "answers": {case.case_id: (step, is_silent) for step, case, is_silent in self.answers},
            "reported": sorted(self.reported),
            "held": sorted(self.held),
            "reports_on": {unit: weeks for unit, weeks in recent.items() if weeks},
            "n_inquiries": self.n_inquiries,
        }
