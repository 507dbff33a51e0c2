"""A contingent: its tour and commander, what it regards as normal, the risk it sees, and what its people may do.

Phases deploy, perceive and decide; what colleagues report and commanders hold back (report).
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from experiments.oracle import chance
from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.agents.odds import logistic, logit
from experiments.oracle.agents.posting import Posting
from sim.parameters import CATEGORIES
from sim.rng import Decision

MILITARY = CATEGORIES.index("military")
PER_SLOT = 64  # commanders of a unit, and occupants of a post, are told apart within a tour slot
TINY_EVIDENCE = 1e-12


class Contingent(Posting):
    """A unit: a fixed group of posts of one contributor in one sector."""

    table = "units"
    acts: float
    authority: int
    belief_a: float
    belief_b: float
    category: int
    command_a: float
    command_b: float
    command_cases: int
    command_removals: int
    commander: int
    commanders_removed: int
    commanders_slot: int
    contributor: int
    filled_share: float
    first_billet: int
    home_norm: float
    involved: float
    involved_left: float
    key: int
    leadership: float
    n_billets: int
    n_present: int
    norm: float
    norm_slot: int
    opportunity: float
    p_prone: float
    private_share: float
    provider: int
    removed: int
    removed_published: int
    slot: int
    tour_phase: float
    tour_weeks: float
    visibility: float
    waiver: float

    is_refilled = False
    inclination = opportunities = loss_client = loss_trade = 0.0

    @cached_property
    def peacekeepers(self) -> list[Any]:
        """The posts of this unit, in order."""
        return self.model.billets[self.first_billet : self.first_billet + self.n_billets]

    @property
    def sender(self) -> Contributor:
        """The contributor whose unit it is now."""
        sender: Contributor = self.model.contributors[self.contributor]
        return sender

    @property
    def is_relieved(self) -> bool:
        """Whether a whole unit has just been relieved by another, as far as its norm is concerned."""
        return self.category == MILITARY and self.norm_slot >= 0 and self.norm_slot != self.slot

    # Deploy

    def deploy(self) -> None:
        """Fill posts as far as the contributor provides, and rotate: a new tour, or another contributor's people."""
        model = self.model
        planned = int(model.inputs.planned_present[self.row, model.now])
        self.n_present = planned if self.filled_share >= 1.0 else math.floor(planned * self.filled_share + 0.5)
        slot = math.floor((model.week + self.tour_phase) / self.tour_weeks)
        self.is_refilled = self.provider >= 0 and self.provider != self.contributor
        if slot != self.slot and self.slot >= 0 and self.n_present > 0 and self.category == MILITARY:
            model.emit("unit_rotated", "contingent", self.key, contributor=self.contributor, value=self.n_present)
        if slot != self.slot or self.provider != self.contributor:
            self.slot, self.provider = slot, self.contributor
            self.p_prone = self._proneness()
        self._appoint_commander()
        self.involved_left = 0.0

    def _proneness(self) -> float:
        """Common level, the contributor slot's trait and the trait of this unit's tour, added in log-odds."""
        p = self.model.parameters.involvement
        if p.p_prone <= 0.0:
            return 0.0
        common = chance.normal(self.model.trait(Decision.CONTRIBUTOR_TRAIT, self.contributor))
        own = chance.normal(self.model.trait(Decision.UNIT_TRAIT, self.key, self.slot))
        return logistic(logit(p.p_prone) + p.contributor_sd * common + p.unit_sd * own)

    def _appoint_commander(self) -> None:
        """Another commander where the tour or the last commander has ended, with a trait of their own."""
        removed = self.commanders_removed if self.commanders_slot == self.slot else 0
        commander = self.slot * PER_SLOT + min(removed, PER_SLOT - 1)
        if commander != self.commander:
            self.commander = commander
            self.leadership = chance.normal(self.model.trait(Decision.LEADERSHIP_TRAIT, self.key, self.slot, removed))

    # Perceive

    def learn_certainty(self, published: float, published_spared: float, share_of_mission: float) -> None:
        """Credit what this unit saw end, and news of the mission per person of the unit; part of it leaves with people."""
        p, prior = self.model.parameters.beliefs, self.model.parameters.sanctions.perceived_certainty
        prior_a, prior_b = prior * p.prior_weight, (1.0 - prior) * p.prior_weight
        kept = 0.5 ** (self.model.dt / p.memory_half_weeks)
        heard = p.public_weight * share_of_mission
        spared = max(p.observed_share * self.tours_ended - self.found_out, 0.0)
        a = prior_a + kept * (self.belief_a - prior_a) + self.found_out + heard * published
        b = prior_b + kept * (self.belief_b - prior_b) + p.unpunished_weight * spared
        b += heard * p.unpunished_weight * p.observed_share * published_spared
        lost = (1.0 - p.kept_on_rotation) * self._turnover()
        self.belief_a, self.belief_b = a + lost * (prior_a - a), b + lost * (prior_b - b)

    @property
    def found_out(self) -> float:
        """Persons of this unit whose tour ended in removal, at full scale."""
        return self.removed / self.model.scale

    @property
    def tours_ended(self) -> float:
        """Tours of involved persons that ended, unpunished or not, at full scale."""
        return self.involved_left / self.model.scale + self.found_out

    def _turnover(self) -> float:
        """Part of the people who are new: all when a unit is relieved, a little where posts rotate one by one."""
        if self.category == MILITARY:
            return 1.0 if self.is_relieved else 0.0
        return self.model.dt / self.tour_weeks

    def learn_command(self, cases: float, removals: float) -> None:
        """Let the commander learn from decisions on commanders under the same authority."""
        p = self.model.parameters.leadership
        prior_a, prior_b = p.p_removed * p.prior_weight, (1.0 - p.p_removed) * p.prior_weight
        kept = 0.5 ** (self.model.dt / p.memory_half_weeks)
        self.command_a = prior_a + kept * (self.command_a - prior_a) + removals
        self.command_b = prior_b + kept * (self.command_b - prior_b) + cases - removals

    def follow_norm(self) -> None:
        """Move the norm towards the participation seen among those with the opportunity, steadied by prior acts."""
        p, dt = self.model.parameters.norms, self.model.dt
        prior = p.shrinkage_acts * dt * self.model.scale
        if self.opportunity + prior > 0.0:
            seen = (self.acts + prior * self.norm) / (self.opportunity + prior)
            self.norm += (1.0 - math.exp(-dt / p.relaxation_weeks)) * (seen - self.norm)

    @property
    def norm_at_arrival(self) -> float:
        """What newcomers bring as normal, before any policy."""
        return (self.model.parameters.norms.reference_participation + self.home_norm) / 2.0

    def mix_norm(self, brought: float) -> None:
        """Mix in what newcomers bring, at most everybody's participation."""
        share = (1.0 - self.model.parameters.norms.carried_over) * self._turnover()
        self.norm += share * (min(brought, 1.0) - self.norm)
        self.norm_slot = self.slot

    # What others ask in later phases

    @property
    def certainty(self) -> float:
        """Chance of being found out in a tour as the unit sees it."""
        if self.model.parameters.switches.beliefs and self.belief_a + self.belief_b > 0.0:
            return self.belief_a / (self.belief_a + self.belief_b)
        return self.model.parameters.sanctions.perceived_certainty

    @property
    def command_risk(self) -> float:
        """The risk of removal a commander sees, above its prior."""
        prior, total = self.model.parameters.leadership.p_removed, self.command_a + self.command_b
        return self.command_a / total - prior if total > 0.0 else 0.0

    @property
    def leadership_now(self) -> float:
        """The commander's trait and the effort that own risk calls for, in standard deviations."""
        return self.leadership + self.model.parameters.leadership.effort_per_risk * self.command_risk

    @property
    def share_seen(self) -> float:
        """How visible its people's acts are, given that some moved to private premises."""
        return 1.0 - self.private_share * (1.0 - self.model.parameters.leadership.private_visibility)

    # Decide

    def decide(
        self, income: float, wage: float, exposure: float, rate: float, training: float, off_limits: float
    ) -> None:
        """Set what is common to the unit this week: inclination, free opportunities, and what being found out would cost.

        ``income`` and ``wage`` are weekly, ``training`` a shift in log-odds and ``off_limits`` a share of free hours.
        """
        p = self.model.parameters
        self.acts = self.opportunity = self.involved = 0.0
        obeyed = logistic(logit(p.leadership.compliance) + p.leadership.compliance_leadership * self.leadership_now)
        norm = p.norms.norm_weight * (self.norm - p.norms.reference_participation) if p.switches.norms else 0.0
        restraint = p.norms.leadership_weight * self.leadership_now
        training *= obeyed * 0.5 ** (self._weeks_into_tour() / p.leadership.training_half_weeks)
        self.inclination = norm - restraint + training + p.involvement.income_weight * math.log(income / wage)
        taken = off_limits * obeyed
        moved = taken * p.leadership.displaced_share
        kept = 1.0 - taken + moved
        self.opportunities = exposure * rate * self.model.dt * kept
        self.private_share = moved / kept if kept > 0.0 else 0.0
        self._weigh_consequences()

    def _weeks_into_tour(self) -> float:
        """Weeks since the unit arrived; half a tour where posts rotate one by one."""
        if self.category == MILITARY:
            return (self.model.week + self.tour_phase) % self.tour_weeks
        return self.tour_weeks / 2.0

    def _weigh_consequences(self) -> None:
        """Loss in log-odds if found out, for clients and for owners and facilitators: each consequence by its chance."""
        p, sender = self.model.parameters, self.sender
        self.loss_client = self.loss_trade = 0.0
        if not p.switches.deterrence:
            return
        loss = p.sanctions
        service = loss.reputation_loss * sender.q_removed + loss.pay_loss * sender.q_pay
        courts = loss.prosecution_loss * sender.q_prosecuted + loss.conviction_loss * sender.q_convicted
        courts *= math.exp(-loss.delay_discount_per_year * sender.delay_years)
        if sender.punishes_purchase or sender.accepts_host_jurisdiction:
            liable = 1.0
        else:
            liable = self.waiver
        self.loss_client, self.loss_trade = service + liable * courts, service + courts

    # Report

    def peer_report_log_odds(self, in_trade: bool) -> float:
        """Log-odds that a witnessed act is reported by a colleague, before any policy."""
        p = self.model.parameters.reporting
        silence = p.peer_norm * (self.norm - self.model.parameters.norms.reference_participation)
        odds = p.peer_base + p.peer_leadership * self.leadership_now - silence
        return odds + p.peer_trade if in_trade else odds

    @property
    def pass_log_odds(self) -> float:
        """Log-odds that the commander passes a report on, before any policy."""
        p = self.model.parameters.leadership
        odds = logit(p.report_pass) + p.pass_leadership * self.leadership
        return odds - p.suppression_per_risk * self.command_risk
