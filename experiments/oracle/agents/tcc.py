"""What a contributor does about cases and sanctions: answers and charges (justice), record, sanctions, exit (politics)."""

from __future__ import annotations

import math
from typing import Any

from experiments.oracle.agents.odds import logistic
from experiments.oracle.agents.row import Row
from sim.clock import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.parameters import CATEGORIES
from sim.rng import Decision
from sim.world.columns import ROLES

CLIENT = ROLES.index("client")
UNIFORMED = tuple(CATEGORIES.index(name) for name in ("military", "police"))
WARNING, ONE_UNIT, ALL_UNITS = 1, 2, 3
WEIGHT_FELT = {WARNING: 0.25, ONE_UNIT: 1.0, ALL_UNITS: 2.0}
BARS_REPLACING = 0.5  # who feels a sanction this much is not asked to replace others


class TroopContributor(Row):
    """A contributor as those it deals with see it; row 0 stands for nobody, organisations have no courts."""

    bloc: int
    charges_seen: float
    consent_draw: float
    convictions_seen: float
    courts_decided: float
    delay_seen: float
    exit_hazard: float
    has_consented: bool
    income_usd: float
    is_state: bool
    last_sanction_week: float
    pay_withheld: float
    person_months: float
    ratification: float
    ratification_draw: float
    record: float
    removals_decided: float
    removals_seen: float
    replaces: float
    rule_of_law: float
    sanctioned: float
    sovereignty: float
    substantiated: float
    withdrawals: int

    asked = answered = 0

    @property
    def contingents(self) -> list[Any]:
        """Its units now, by their lasting keys."""
        return sorted((unit for unit in self.model.units if unit.contributor == self.row), key=lambda unit: unit.key)

    @property
    def n_present(self) -> int:
        """Its people present."""
        return sum(unit.n_present for unit in self.contingents)

    def mean_of_people(self, values: list[float]) -> float:
        """Mean over its people present of a value that goes with their unit; 0 where nobody is present."""
        weighted = sum(unit.n_present * values[unit.row] for unit in self.contingents)
        return weighted / self.n_present if self.n_present else 0.0

    # Justice

    def begin_cases(self, withheld: list[float], consenting_share: float, ratification_per_year: float) -> None:
        """Forget last step's cases; learn what is withheld, whether it consents, and how near ratification is."""
        self.removals_decided = self.removals_seen = self.courts_decided = 0.0
        self.charges_seen = self.convictions_seen = self.delay_seen = self.substantiated = 0.0
        self.pay_withheld = self.mean_of_people(withheld)
        self.has_consented = self.is_state and self.consent_draw < consenting_share
        self.ratification += ratification_per_year * self.model.dt / WEEKS_PER_YEAR

    def willingness(self, visibility: float) -> float:
        """Chance of a substantive reply, before any policy that asks for one."""
        p = self.model.parameters.prosecution
        return logistic(
            p.reply_base
            + p.reply_rule_of_law * self.rule_of_law
            + p.reply_publicity * (visibility - p.p_visible)
            + p.reply_withheld_pay * self.pay_withheld
            - p.reply_domestic_cost
        )

    def answers(self, case: Any, chance: float) -> bool:
        """Whether it will answer a referral in substance."""
        will = case.passes(Decision.REPLY, chance)
        self.asked, self.answered = self.asked + 1, self.answered + will
        return will

    def charge_chance(self, role: int) -> float:
        """Chance that an answered case is charged: clients only where paying for sex is an offence."""
        p = self.model.parameters.prosecution
        if role != CLIENT:
            return p.p_charge
        return p.p_charge_client if self.model.inputs.purchase_offence[self.row, self.model.now] > 0.5 else 0.0

    # Politics: record and sanctions

    def keep_record(self) -> None:
        """Let the record and the memory of sanctions fade; add this step's cases and person-months, full scale."""
        p, dt, scale = self.model.parameters, self.model.dt, self.model.scale
        kept = 0.5 ** (dt / p.dependence.score_weeks)
        served = self.n_present / scale * dt / WEEKS_PER_MONTH / 1000.0
        self.record = kept * self.record + self.substantiated / scale
        self.person_months = kept * self.person_months + served
        self.sanctioned *= 0.5 ** (dt / p.contributor_response.sanction_memory_weeks)

    def score(self, mission_mean: float) -> float:
        """Cases per thousand person-months, drawn towards the mission's mean where little was served."""
        weight = self.model.parameters.dependence.shrinkage
        return (self.record + weight * mission_mean) / (self.person_months + weight)

    def dependence(self) -> float:
        """Shortfall its absence would leave after replacements, in units of what the mission tolerates."""
        authorised, p = self.model.at_step(self.model.inputs.authorised), self.model.parameters
        total, own = sum(authorised), sum(authorised[unit.row] for unit in self.contingents)
        share = own / total if total > 0.0 else 0.0
        return share * (1.0 - p.contributor_response.replacement_share) / p.dependence.tolerated_shortfall

    def threshold(self, readiness: float, mission_mean: float) -> float:
        """Score above which it is sanctioned by authorities as ready as that."""
        p = self.model.parameters.dependence
        if readiness <= 0.0:
            return math.inf
        return p.sanction_multiple / readiness * mission_mean * math.exp(p.psi * self.dependence())

    @property
    def is_due(self) -> bool:
        """Whether a state has cases enough, and the last step against it lies far enough back."""
        p = self.model.parameters.dependence
        is_rested = self.model.week - self.last_sanction_week >= p.pause_weeks
        return self.is_state and self.record >= p.fewest_cases and is_rested

    def be_sanctioned(self, is_far_above: bool, readiness: list[float]) -> None:
        """A warning first, or where nothing can be suspended; then the unit with the longest record, or all units."""
        p, model = self.model.parameters, self.model
        remembered = max(p.dependence.score_weeks, 2.0 * p.dependence.pause_weeks)
        is_warned = model.week - self.last_sanction_week <= remembered
        there = [unit for unit in self.contingents if readiness[unit.row] > 0.0 and unit.is_there]
        step = WARNING
        if is_warned and there:
            step = ALL_UNITS if is_far_above else ONE_UNIT
            worst = max(there, key=lambda unit: unit.record)
            for unit in there if is_far_above else [worst]:
                unit.suspend()
        self.last_sanction_week = model.week
        self.sanctioned += WEIGHT_FELT[step]
        for other in model.contributors:
            if other.is_state and other.bloc == self.bloc and other is not self:
                other.sanctioned += p.contributor_response.solidarity * WEIGHT_FELT[step]
        model.emit("contributor_sanctioned", "contributor", self.row, contributor=self.row, value=float(step))

    # Politics: leaving

    def waived_share(self) -> float:
        """Part of its people whose immunity is waived against its will."""
        if self.accepts_host_jurisdiction:
            return 0.0
        return self.mean_of_people([unit.waiver for unit in self.model.units])

    def excess_exit_per_year(self) -> float:
        """Hazard of withdrawing a unit beyond what the mission's own path contains; 0 where nothing is imposed."""
        if not self.is_state:
            return 0.0
        p = self.model.parameters.contributor_response
        pressure = p.sanction_weight * self.sanctioned
        pressure += p.waiver_weight * self.sovereignty * self.waived_share()
        pressure += p.in_country_weight * self.sovereignty * self.has_consented
        reliance = p.reference_income_usd / (p.reference_income_usd + max(self.income_usd, 0.0))
        restraint = math.exp(-p.reimbursement_weight * reliance * (1.0 - self.pay_withheld))
        return min(p.exit_per_year * (math.exp(pressure) - 1.0) * restraint, p.highest_exit_per_year)

    def consider_leaving(self, hazard_per_year: float) -> None:
        """Withdraw the largest uniformed unit once the cumulative hazard reaches the threshold of this spell."""
        model = self.model
        self.exit_hazard += hazard_per_year * model.dt / WEEKS_PER_YEAR
        if self.exit_hazard <= 0.0:
            return
        threshold = -math.log(model.draw(Decision.EXIT, 0, self.row, self.withdrawals))
        model.note(self, Decision.EXIT, self.exit_hazard, threshold)
        if self.exit_hazard < threshold:
            return
        self.exit_hazard = 0.0
        there = [unit for unit in self.contingents if unit.category in UNIFORMED and unit.is_there]
        if there:
            self.withdrawals += 1
            max(there, key=lambda unit: unit.n_present).withdraw()

    @property
    def accepts_host_jurisdiction(self) -> bool:
        """Whether it has ratified host jurisdiction."""
        return self.is_state and self.ratification > self.ratification_draw
