"""A peacekeeper: whoever holds a post. Traits of the tour, own experience, this week's decision, visits and reports."""

from __future__ import annotations

import math
from functools import cached_property

from experiments.oracle import chance
from experiments.oracle.agents.contingent import PER_SLOT, TINY_EVIDENCE, Contingent, logistic
from experiments.oracle.agents.row import Row
from experiments.oracle.agents.town import Town
from sim.rng import Decision
from sim.world.columns import ROLES

CLIENT, OWNER, FACILITATOR = (ROLES.index(role) for role in ("client", "owner", "facilitator"))


class Peacekeeper(Row):
    """A post; its occupant changes with the tour slot, or when somebody is sent home."""

    table = "billets"
    acts: int
    acts_slot: int
    cell: int
    facilitator_slot: int
    first_act_week: float
    is_facilitator: bool
    is_prone: bool
    is_removed: bool
    is_woman: bool
    key: int
    new_facilitator: bool
    occupant: int
    p_act: float
    propensity: float
    slot: int
    sought: int
    tour_acts: int
    tour_phase: float
    turn_step: int
    unit: int
    visited: int
    wants_person: bool

    @cached_property
    def contingent(self) -> Contingent:
        """The unit the post belongs to."""
        unit: Contingent = self.model.units[self.unit]
        return unit

    @cached_property
    def home(self) -> Town:
        """The place of deployment."""
        town: Town = self.model.cells[self.cell]
        return town

    @cached_property
    def ordinal(self) -> int:
        """Position in the unit; posts are filled in order."""
        return self.row - self.contingent.first_billet

    @property
    def is_present(self) -> bool:
        """Whether the post is filled now."""
        return self.ordinal < self.contingent.n_present

    @property
    def is_involved(self) -> bool:
        """Whether the present occupant has been a client in this tour."""
        return self.acts_slot == self.occupant and self.tour_acts > 0

    @property
    def helps_network(self) -> bool:
        """Whether the present occupant has become a facilitator."""
        return self.is_facilitator and self.facilitator_slot == self.occupant

    # Deploy

    def deploy(self, women_share: float) -> None:
        """Let somebody new take the post when the tour has ended, or the last one was sent home or withdrawn."""
        unit = self.contingent
        leaves_early = self.is_removed or unit.is_refilled
        if not (self.is_present or leaves_early):
            return
        slot = math.floor((self.model.week + self.tour_phase) / unit.tour_weeks)
        if slot == self.slot and not leaves_early:
            return
        if self.is_involved and not leaves_early:
            unit.involved_left += 1.0
        refills = min(self.occupant % PER_SLOT + 1, PER_SLOT - 1) if slot == self.slot else 0
        self.slot, self.occupant = slot, slot * PER_SLOT + refills
        self.turn_step = self._end_of_tour()
        self._draw_traits(refills, women_share)

    def _end_of_tour(self) -> int:
        """First step whose week lies in another tour slot."""
        model, tour_weeks = self.model, self.contingent.tour_weeks
        step = max(model.now, int(((self.slot + 1) * tour_weeks - self.tour_phase) / model.dt) - 1)
        while math.floor((step * model.dt + self.tour_phase) / tour_weeks) == self.slot:
            step += 1
        return step

    def _draw_traits(self, refills: int, women_share: float) -> None:
        """Woman or man, prone or not, and the propensity of those who are."""
        p, model, who = self.model.parameters.involvement, self.model, (self.key, self.slot, refills)
        self.is_woman = self.strikes(Decision.WOMAN, model.draw(Decision.WOMAN, 0, *who), women_share)
        ratio = p.women_relative_proneness if self.is_woman else 1.0
        p_prone = self.contingent.p_prone * ratio
        self.is_prone = self.strikes(Decision.PRONE, model.draw(Decision.PRONE, 0, *who), p_prone)
        if self.is_prone:
            z = chance.normal(model.draw(Decision.PROPENSITY, 0, *who))
            self.propensity = p.propensity_mean + p.propensity_sd * z

    # Decide

    def decide(self) -> None:
        """Seek visits, at most what can be paid; rarely, seek to take a person or begin to help a network."""
        self.p_act, self.sought, self.wants_person, self.new_facilitator = 0.0, 0, False, False
        if not (self.is_prone and self.is_present):
            return
        unit, town, model = self.contingent, self.home, self.model
        certainty = self.certainty()
        self.p_act = logistic(self.propensity + unit.inclination - certainty * unit.loss_client)
        unit.opportunity += unit.opportunities
        unit.acts += unit.opportunities * self.p_act
        unit.involved += self.is_involved
        affordable = model.budget_usd[unit.category] / town.visit_price
        mean = min(unit.opportunities * self.p_act * town.price_factor, affordable)
        self.sought = self.count(Decision.ACT, model.draw(Decision.ACT, model.now, self.key), mean)
        if self.sought > 0:
            self._consider_roles(math.exp(-certainty * unit.loss_trade))

    def certainty(self) -> float:
        """Chance of being found out in a tour: the unit's evidence, and own weeks that have gone unpunished."""
        p, unit = self.model.parameters, self.contingent
        if not p.switches.beliefs or not self.is_involved:
            return unit.certainty
        tours = (self.model.week - self.first_act_week) / unit.tour_weeks
        own = p.beliefs.unpunished_weight * p.beliefs.own_weight * tours
        evidence = max(unit.belief_a + unit.belief_b, TINY_EVIDENCE)
        return unit.certainty * evidence / (evidence + own)

    def _consider_roles(self, caution: float) -> None:
        """Owner or facilitator, at hazards that fall with what there is to lose."""
        p, model = self.model.parameters, self.model
        if not p.switches.personnel_roles:
            return
        owner = 1.0 - math.exp(-p.involvement.owner_hazard_per_week * caution * model.dt)
        self.wants_person = self.strikes(Decision.OWNER, model.draw(Decision.OWNER, model.now, self.key), owner)
        if self.helps_network:
            return
        helper = 1.0 - math.exp(-p.involvement.facilitator_hazard_per_week * caution * model.dt)
        if self.strikes(Decision.FACILITATOR, model.draw(Decision.FACILITATOR, model.now, self.key), helper):
            self.is_facilitator = self.new_facilitator = True
            self.facilitator_slot = self.occupant

    # Match

    def choose(self) -> None:
        """Go where much is found and near, up to personal taste; stay where nothing is in reach."""
        model, p = self.model, self.model.parameters.personnel_demand
        best, second, self.visited = -math.inf, -math.inf, self.cell
        for cell, km in model.in_reach[self.cell]:
            town = model.cells[cell]
            if town.found <= 0.0:
                continue
            u = model.draw(Decision.CELL_CHOICE, model.now, self.key, town.grid_cell)
            utility = math.log(town.found) - km / p.reach_km - math.log(-math.log(u))
            if utility > best:
                best, second, self.visited = utility, best, cell
            elif utility > second:
                second = utility
        model.note(self, Decision.CELL_CHOICE, best, second)
        model.cells[self.visited].international_sought += self.sought

    def visit(self) -> None:
        """Be served, visit by visit, as far as the place has room; remember the first of a tour."""
        model, town = self.model, self.model.cells[self.visited]
        self.acts = 0
        for k in range(self.sought):
            u = model.draw(Decision.SERVED, model.now, self.key, k)
            self.acts += self.strikes(Decision.SERVED, u, town.share_served)
        if self.acts_slot != self.occupant:
            self.acts_slot, self.tour_acts = self.occupant, 0
        if self.acts > 0 and self.tour_acts == 0:
            self.first_act_week = model.week
            model.tell("newly_involved", 1.0)
        self.tour_acts += self.acts
        town.international_acts += self.acts

    # Report

    @property
    def role(self) -> int:
        """Owner of a person, facilitator, or client."""
        if self.row in self.model.owners:
            return OWNER
        return FACILITATOR if self.helps_network else CLIENT

    def at_least_once(self, per_act: float) -> float:
        """Chance that one of this week's acts has a consequence each act has with some chance."""
        return 1.0 - (1.0 - per_act) ** self.acts
