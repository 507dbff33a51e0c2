"""Peacekeepers, contingents and towns as Mesa agents with a ``step()``: norms, decisions, visits.

Everything is plain Python with the standard mathematics library; only the keyed draws are shared with ``sim``, so that
equal rules must give equal numbers, person by person. Market prices, what venues offer, and what institutions did to a
unit come from outside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING

import mesa

from sim.rng import Decision, uniform

if TYPE_CHECKING:
    from experiments.plain_mesa.mission import PlainMission

NORMAL = NormalDist()
CONTRIBUTOR_TRAIT, UNIT_TRAIT = int(Decision.CONTRIBUTOR_TRAIT), int(Decision.UNIT_TRAIT)
LEADERSHIP_TRAIT, WOMAN = int(Decision.LEADERSHIP_TRAIT), int(Decision.WOMAN)
PRONE, PROPENSITY = int(Decision.PRONE), int(Decision.PROPENSITY)
ACT = int(Decision.ACT)
OWNER, FACILITATOR = int(Decision.OWNER), int(Decision.FACILITATOR)
CELL_CHOICE, SERVED = int(Decision.CELL_CHOICE), int(Decision.SERVED)


def poisson_count(mean: float, u: float) -> int:
    """Smallest count whose cumulative Poisson probability reaches u."""
    count, p = 0, math.exp(-mean)
    cumulative = p
    while u > cumulative and p > 0.0:
        count += 1
        p *= mean / count
        cumulative += p
    return count


@dataclass
class Conditions:
    """What holds for everybody of one category in a week: free opportunities, income, and its ratio to wages."""

    opportunities: float = 0.0
    budget_usd: float = 0.0
    log_income_ratio: float = 0.0


@dataclass
class Contributor:
    """An anonymous contributor and what its units bring home as normal."""

    number: int
    contingents: list[Contingent] = field(default_factory=list)

    def take(self, contingent: Contingent) -> None:
        """Provide the people of a unit from now on."""
        if contingent.contributor is not self:
            contingent.contributor.contingents.remove(contingent)
            contingent.contributor = self
            self.contingents.append(contingent)

    def remember(self, rate: float) -> None:
        """Move the home norm of all units towards the mean norm of the contributor's people present."""
        present = sum(c.n_present for c in self.contingents)
        if present == 0:
            return
        mean = sum(c.n_present * c.norm for c in self.contingents) / present
        for contingent in self.contingents:
            contingent.home_norm += rate * (mean - contingent.home_norm)


@dataclass
class Institutions:
    """What institutions did to a unit up to this week: evidence of being found out, losses, effort, rules."""

    found_out: float = 0.0
    spared: float = 0.0
    loss_client: float = 0.0
    loss_trade: float = 0.0
    commanders_removed: int = 0
    leadership_effort_sd: float = 0.0
    training: float = 0.0
    off_limits: float = 0.0
    women_share: float = 0.0
    arrival_norm_ratio: float = 1.0


class Contingent(mesa.Agent):
    """A unit: its tour, its leadership, and the participation its people regard as normal."""

    model: PlainMission

    def __init__(
        self,
        model: PlainMission,
        key: int,
        category: int,
        contributor: Contributor,
        tour_weeks: float,
        tour_phase: float,
        norm: float,
        home_norm: float,
    ) -> None:
        super().__init__(model)
        self.key, self.category, self.contributor = key, category, contributor
        self.tour_weeks, self.tour_phase = tour_weeks, tour_phase
        self.norm, self.home_norm = norm, home_norm
        self.slot: int | None = None
        self.norm_slot: int | None = None
        self.n_present = 0
        self.provider: Contributor | None = None
        self.is_refilled = False
        self.commander: tuple[int, int] | None = None
        self.institutions = Institutions()
        self.leadership = self.p_prone = self.inclination = self.opportunities = 0.0
        self.acts = self.opportunity = 0.0
        contributor.contingents.append(self)

    def rotate(self) -> None:
        """Take the proneness of the tour that is running, or of the people another contributor has sent."""
        slot = math.floor((self.model.week + self.tour_phase) / self.tour_weeks)
        self.is_refilled = self.provider is not None and self.provider is not self.contributor
        if slot != self.slot or self.provider is not self.contributor:
            self.slot, self.provider = slot, self.contributor
            self.p_prone = self._proneness()
        commander = (slot, self.institutions.commanders_removed)
        if commander != self.commander:
            self.commander = commander
            self.leadership = NORMAL.inv_cdf(uniform(self.model.world_seed, LEADERSHIP_TRAIT, 0, self.key, *commander))

    def _proneness(self) -> float:
        """Common level, contributor's trait and unit's trait, added in log-odds."""
        p, seed = self.model.parameters.involvement, self.model.world_seed
        own = NORMAL.inv_cdf(uniform(seed, UNIT_TRAIT, 0, self.key, self.slot))
        common = NORMAL.inv_cdf(uniform(seed, CONTRIBUTOR_TRAIT, 0, self.contributor.number))
        log_odds = math.log(p.p_prone / (1.0 - p.p_prone)) + p.contributor_sd * common + p.unit_sd * own
        return 1.0 / (1.0 + math.exp(-log_odds))

    def step(self) -> None:
        """Perceive: follow last week's participation, then mix in what newcomers bring."""
        p, dt = self.model.parameters.norms, self.model.dt
        rate = 1.0 - math.exp(-dt / p.relaxation_weeks)
        prior = p.shrinkage_acts * self.model.scale * dt
        weight = self.opportunity + prior
        if weight > 0.0:
            seen = (self.acts + prior * self.norm) / weight
            self.norm += rate * (seen - self.norm)
        brought = min(self.institutions.arrival_norm_ratio * (p.reference_participation + self.home_norm) / 2.0, 1.0)
        self.norm += self._share_replaced() * (brought - self.norm)
        self.norm_slot = self.slot
        self.acts = self.opportunity = 0.0

    def _share_replaced(self) -> float:
        """Part of the norm that leaves with people: at once when a unit is relieved, bit by bit elsewhere."""
        leaves = 1.0 - self.model.parameters.norms.carried_over
        if self.category != 0:
            return leaves * self.model.dt / self.tour_weeks
        return leaves if self.norm_slot is not None and self.norm_slot != self.slot else 0.0

    def set_inclination(self) -> None:
        """Log-odds common to the unit (norm, leadership, training, income), and the free time its rules leave."""
        p, given = self.model.parameters, self.institutions
        conditions = self.model.conditions[self.category]
        leadership = self.leadership + given.leadership_effort_sd
        obeyed = self._share_obeyed(leadership)
        pull = p.norms.norm_weight * (self.norm - p.norms.reference_participation) if p.switches.norms else 0.0
        income = p.involvement.income_weight * conditions.log_income_ratio
        training = given.training * obeyed * 0.5 ** (self._weeks_into_tour() / p.leadership.training_half_weeks)
        self.inclination = pull - p.norms.leadership_weight * leadership + training + income
        taken = given.off_limits * obeyed
        self.opportunities = conditions.opportunities * (1.0 - taken * (1.0 - p.leadership.displaced_share))

    def _share_obeyed(self, leadership: float) -> float:
        """Part of the rules people are told that they follow under their leadership."""
        p = self.model.parameters.leadership
        if p.compliance in (0.0, 1.0):
            return p.compliance
        odds = p.compliance / (1.0 - p.compliance) * math.exp(p.compliance_leadership * leadership)
        return odds / (1.0 + odds)

    def _weeks_into_tour(self) -> float:
        """Weeks since the unit arrived; half a tour where people come one by one."""
        return (self.model.week + self.tour_phase) % self.tour_weeks if self.category == 0 else self.tour_weeks / 2.0


class Town(mesa.Agent):
    """A cell of the mission area: the price met there, what venues offer, and who arrives."""

    model: PlainMission

    def __init__(self, model: PlainMission, grid_cell: int) -> None:
        super().__init__(model)
        self.grid_cell = grid_cell
        self.in_reach: list[tuple[Town, float]] = []
        self.price = self.capacity = self.found = self.local_capacity = self.local_arrivals = 0.0
        self.arrivals = 0.0
        self.price_factor = self.visit_price = self.p_served = 0.0
        self.appeal: float | None = None

    def step(self) -> None:
        """Work out the price a person posted here meets: over the towns in reach, by capacity and distance."""
        p = self.model.parameters
        total = weighted = 0.0
        for town, distance_km in self.in_reach:
            weight = math.exp(-distance_km / p.personnel_demand.reach_km) * (town.capacity + self.model.tiny_capacity)
            total += weight
            weighted += weight * town.price
        price = weighted / total
        self.visit_price = price * p.prices.international_visit_size
        self.price_factor = (price / p.local_demand.reference_price_usd) ** -p.personnel_demand.price_elasticity

    def open(self) -> None:
        """Begin the week's visits: how much is on offer decides how far a place draws people."""
        self.arrivals = 0.0
        self.appeal = math.log(self.found) if self.found > 0.0 else None

    def ration(self) -> None:
        """Share of the visits asked for that venues here can serve, what local clients leave idle included."""
        needed = self.arrivals * self.model.parameters.prices.international_visit_size
        usable = self.capacity + max(self.local_capacity - self.local_arrivals, 0.0)
        usable *= self.model.parameters.venues.busy_week_ratio
        self.p_served = min(usable / needed, 1.0) if needed > 0.0 and self.found > 0.0 else 0.0


class Peacekeeper(mesa.Agent):
    """Whoever holds a billet: traits of the tour, own experience, this week's decision, this week's visits."""

    model: PlainMission

    def __init__(self, model: PlainMission, key: int, contingent: Contingent, town: Town, tour_phase: float) -> None:
        super().__init__(model)
        self.key, self.contingent, self.town, self.tour_phase = key, contingent, town, tour_phase
        self.is_present = self.is_prone = self.is_sent_home = False
        self.slot: int | None = None
        self.predecessors = 0
        self.propensity = self.willing = 0.0
        self.first_visit_week: float | None = None
        self.sought = self.made = 0
        self.wants_person = self.is_facilitator = False
        self.choice = town

    def arrive(self) -> None:
        """Draw the traits of a new occupant: when a tour begins, or when somebody else fills the post within it."""
        contingent, p = self.contingent, self.model.parameters.involvement
        slot = math.floor((self.model.week + self.tour_phase) / contingent.tour_weeks)
        if slot != self.slot:
            self.predecessors = 0
        elif self.is_sent_home or contingent.is_refilled:
            self.predecessors += 1
        else:
            return
        self.slot, seed, who = slot, self.model.seed_of_luck, (self.key, slot, self.predecessors)
        is_woman = uniform(seed, WOMAN, 0, *who) < contingent.institutions.women_share
        ratio = p.women_relative_proneness if is_woman else 1.0
        self.first_visit_week, self.is_facilitator = None, False
        self.is_prone = uniform(seed, PRONE, 0, *who) < contingent.p_prone * ratio
        if self.is_prone:
            self.propensity = p.propensity_mean + p.propensity_sd * NORMAL.inv_cdf(uniform(seed, PROPENSITY, 0, *who))

    def step(self) -> None:
        """Decide: how many visits to seek, within what can be paid; rarely, to take a person or to help a network."""
        self.sought = self.made = 0
        self.willing, self.wants_person = 0.0, False
        if not (self.is_present and self.is_prone):
            return
        contingent, model, town = self.contingent, self.model, self.town
        certainty, given = self.certainty(), contingent.institutions
        log_odds = self.propensity + contingent.inclination - certainty * given.loss_client
        self.willing = 1.0 / (1.0 + math.exp(-log_odds))
        free = contingent.opportunities
        contingent.opportunity += free
        contingent.acts += free * self.willing
        affordable = model.conditions[contingent.category].budget_usd / town.visit_price
        self.sought = poisson_count(min(free * self.willing * town.price_factor, affordable), self._draw(ACT))
        if self.sought > 0:
            model.seeking.append(self)
            self._consider_roles(math.exp(-certainty * given.loss_trade))

    def certainty(self) -> float:
        """Chance of being found out in a tour: the unit's evidence, and own weeks that have gone unpunished."""
        p, contingent = self.model.parameters, self.contingent
        if not p.switches.beliefs:
            return p.sanctions.perceived_certainty
        own = 0.0
        if self.first_visit_week is not None:
            tours = (self.model.week - self.first_visit_week) / contingent.tour_weeks
            own = p.beliefs.unpunished_weight * p.beliefs.own_weight * tours
        seen = contingent.institutions
        total = seen.found_out + seen.spared + own
        return seen.found_out / total if total > 0.0 else p.sanctions.perceived_certainty

    def _consider_roles(self, caution: float) -> None:
        """Rarely: seek to take a person out of a venue, or begin to help a network; less so the more there is to lose."""
        model, p = self.model, self.model.parameters
        if not p.switches.personnel_roles:
            return
        owner, helper = p.involvement.owner_hazard_per_week, p.involvement.facilitator_hazard_per_week
        self.wants_person = self._draw(OWNER) < 1.0 - math.exp(-owner * caution * model.dt)
        if self._draw(FACILITATOR) < 1.0 - math.exp(-helper * caution * model.dt):
            self.is_facilitator = True

    def choose(self) -> None:
        """Go where the offer is large and near, up to personal taste; stay where there is nothing in reach."""
        model = self.model
        best, self.choice = -math.inf, self.town
        for town, distance_km in self.town.in_reach:
            if town.appeal is None:
                continue
            u = uniform(model.seed_of_luck, CELL_CHOICE, model.now, self.key, town.grid_cell)
            utility = town.appeal - distance_km / model.parameters.personnel_demand.reach_km - math.log(-math.log(u))
            if utility > best:
                best, self.choice = utility, town
        self.choice.arrivals += self.sought

    def visit(self) -> None:
        """Be served, visit by visit, as far as the place has room."""
        for k in range(self.sought):
            if uniform(self.model.seed_of_luck, SERVED, self.model.now, self.key, k) < self.choice.p_served:
                self.made += 1
        if self.made > 0 and self.first_visit_week is None:
            self.first_visit_week = self.model.week

    def _draw(self, decision: int) -> float:
        """Keyed draw of this billet in this week."""
        return uniform(self.model.seed_of_luck, decision, self.model.now, self.key)
