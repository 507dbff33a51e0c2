"""Peacekeepers and contingents as Mesa agents, and the terms of a peacekeeper's decision.

Contributors appear by anonymous number only. Proneness is a random trait of the model, drawn for each tour; it says
nothing about a real person, unit or country, and no contingent shows it.
"""

from __future__ import annotations

import numpy as np

from sim.agents import otherwise
from sim.agents.view import FromColumn, View, counted
from sim.parameters import CATEGORIES
from sim.phases.decide.weighing import compliance, inclination_terms, own_evidence, perceived_loss, price_faced
from sim.phases.perceive.beliefs import command_risk, leadership_now, perceived_certainty
from sim.world.columns import AUTHORITIES
from sim.world.state import World


def contributor_words(number: int) -> str:
    """Anonymous name of a contributor."""
    return f"contributor {number:02d}"


def weeks_unpunished(world: World, billet: int) -> float:
    """Weeks since the present occupant's first visit that went unpunished; 0 for those without an earlier visit."""
    billets = world.billets
    is_involved = billets.acts_slot[billet] == billets.occupant[billet] and billets.tour_acts[billet] > 0
    return world.week - float(billets.first_act_week[billet]) if is_involved else 0.0


def certainty_seen(world: World, billet: int) -> float:
    """Chance of being found out in a tour as the occupant sees it: the unit's evidence and own unpunished weeks."""
    units, unit = world.units, int(world.billets.unit[billet])
    certainty = float(perceived_certainty(world)[unit])
    evidence = float(units.belief_a[unit] + units.belief_b[unit])
    own = float(own_evidence(world)[unit]) * weeks_unpunished(world, billet)
    return certainty * evidence / (evidence + own) if own > 0.0 else certainty


def decision_terms(world: World, billet: int) -> dict[str, float]:
    """Log-odds that add up to the chance that a prone occupant takes up a free opportunity this step.

    Evidence and rules are this step's; a waiver, or another contributor, that comes in this very step counts already here
    and from the next decision on.
    """
    unit = int(world.billets.unit[billet])
    shared = {name: float(values[unit]) for name, values in inclination_terms(world).items()}
    risk = certainty_seen(world, billet) * float(perceived_loss(world)[0][unit])
    return {"propensity": float(world.billets.propensity[billet]), **shared, "perceived_risk": -risk}


class Peacekeeper(View):
    """A post that is filled now; its occupant changes with the tour."""

    kind = "peacekeeper"
    table = "billets"

    is_woman = FromColumn(bool)
    is_prone = FromColumn(bool)  # a random trait of the model, nothing else
    tour = FromColumn(int, "slot")
    sought = FromColumn(int)
    acts = FromColumn(int)

    @classmethod
    def rows(cls, world: World) -> np.ndarray:
        billets, units = world.billets, world.units
        ordinal = np.arange(len(billets)) - units.first_billet[billets.unit]
        return np.flatnonzero(ordinal < units.n_present[billets.unit])

    @classmethod
    def places(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return world.billets.cell[rows]

    @classmethod
    def tells(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return np.asarray(world.billets.is_prone[rows] & (world.billets.sought[rows] > 0))

    @property
    def category(self) -> str:
        """Military, police, civilian or contractor."""
        return CATEGORIES[int(self.model.world.units.category[self._unit])]

    @property
    def contingent(self) -> int:
        """Number of the contingent."""
        return int(self.model.world.units.key[self._unit])

    @property
    def contributor(self) -> str:
        """Contributor, by anonymous number."""
        return contributor_words(int(self.model.world.units.contributor[self._unit]))

    @property
    def authority(self) -> str:
        """Who the force answers to: un, nato or employer."""
        return AUTHORITIES[int(self.model.world.units.authority[self._unit])]

    @property
    def propensity(self) -> float:
        """Propensity of a prone occupant, log-odds; 0 for all others."""
        return float(self.model.world.billets.propensity[self.row]) if self.is_prone else 0.0

    @property
    def p_act(self) -> float:
        """Share of free opportunities taken up this step; 0 for those who are not prone."""
        return float(self.model.world.billets.p_act[self.row]) if self.is_prone else 0.0

    @property
    def tour_acts(self) -> int:
        """Visits made in this tour so far."""
        billets = self.model.world.billets
        return int(billets.tour_acts[self.row]) if billets.acts_slot[self.row] == billets.occupant[self.row] else 0

    @property
    def is_facilitator(self) -> bool:
        """Has helped a network in this tour."""
        billets = self.model.world.billets
        return bool(
            billets.is_facilitator[self.row] and billets.facilitator_slot[self.row] == billets.occupant[self.row]
        )

    @property
    def price_faced_usd(self) -> float:
        """Price per unit of service within reach of the post at the end of this step; the next one is decided on it."""
        world, cells = self.model.world, self.model.world.cells
        near = world.reach.near_personnel
        return float(price_faced(world, cells.price_international, cells.capacity_international, near)[self.place])

    @property
    def decision_terms(self) -> dict[str, float]:
        """Log-odds by term that add up to ``p_act``; empty for those who are not prone."""
        return decision_terms(self.model.world, self.row) if self.is_prone else {}

    def explain(self) -> str:
        """The decision of this step, term by term."""
        who = (
            f"Peacekeeper {self.number}: {self.category}, contingent {self.contingent}, {self.contributor}, tour "
            f"{self.tour}, deployed {self._where()}."
        )
        if not self.is_prone:
            return (
                f"{who} By the model's random draw for this tour not prone: seeks no paid contact, whatever the price. "
                f"{self._otherwise()}"
            )
        terms = self.decision_terms
        listed = ", ".join(f"{name.replace('_', ' ')} {value:+.2f}" for name, value in terms.items())
        parts = [
            who,
            "By the model's random draw for this tour prone, that is, may ever become a client; the draw says nothing about "
            "any real person or country.",
            f"Log-odds this step: {listed}. Together {sum(terms.values()):+.2f}: a chance of {self.p_act:.3f} to take up a "
            "free opportunity.",
            self._risk_in_words(),
            f"The price within reach now stands at {self.price_faced_usd:.0f} USD per unit of service; it acts on how many "
            "visits are sought, not on this chance.",
            f"Sought {counted(self.sought, 'visit')} this step, of which {self.acts} took place; {self.tour_acts} in this "
            "tour so far.",
        ]
        if self.model.world.billets.wants_person[self.row]:
            parts.append("Sought this step to take a person out of a venue and hold that person privately.")
        if self.is_facilitator:
            parts.append("Has helped a network in this tour.")
        return " ".join([*parts, self._otherwise()])

    def _otherwise(self) -> str:
        """What another certainty would have changed."""
        world = self.model.world
        loss = float(perceived_loss(world)[0][self._unit])
        return otherwise.of_peacekeeper(self.decision_terms, certainty_seen(world, self.row), loss)

    def _risk_in_words(self) -> str:
        """Where the perceived risk comes from."""
        world, unit, certainty = self.model.world, self._unit, certainty_seen(self.model.world, self.row)
        loss, weeks = float(perceived_loss(world)[0][unit]), weeks_unpunished(world, self.row)
        own = f"{weeks:.0f} own weeks unpunished" if weeks > 0 else "nothing of own experience"
        return (
            f"The perceived risk is a certainty of {certainty:.3f} of being found out in a tour, from the "
            f"{perceived_certainty(world)[unit]:.3f} the contingent has come to expect and {own}, times a perceived loss of "
            f"{loss:.2f} if found out."
        )

    @property
    def _unit(self) -> int:
        """Row in units."""
        return int(self.model.world.billets.unit[self.row])


class Contingent(View):
    """A group of posts of one contributor in one sector, present or not."""

    kind = "contingent"
    table = "units"
    has_place = False

    n_present = FromColumn(int)
    norm = FromColumn(float)
    leadership = FromColumn(float)
    tour = FromColumn(int, "slot")
    tour_weeks = FromColumn(float)
    involved = FromColumn(float)
    removed = FromColumn(int)
    record = FromColumn(float)
    filled_share = FromColumn(float)

    @classmethod
    def rows(cls, world: World) -> np.ndarray:
        return np.arange(len(world.units))

    @classmethod
    def numbers(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return world.units.key[rows]

    @classmethod
    def tells(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return np.asarray(world.units.n_present[rows] > 0)

    @property
    def category(self) -> str:
        """Military, police, civilian or contractor."""
        return CATEGORIES[int(self.model.world.units.category[self.row])]

    @property
    def contributor(self) -> str:
        """Contributor, by anonymous number."""
        return contributor_words(int(self.model.world.units.contributor[self.row]))

    @property
    def authority(self) -> str:
        """Who the force answers to: un, nato or employer."""
        return AUTHORITIES[int(self.model.world.units.authority[self.row])]

    @property
    def sought(self) -> int:
        """Visits its members sought this step."""
        return int(self.model.world.billets.sought[self._billets].sum())

    @property
    def acts(self) -> int:
        """Visits its members made this step."""
        return int(self.model.world.billets.acts[self._billets].sum())

    @property
    def perceived_certainty(self) -> float:
        """Chance of being found out in a tour as the contingent has come to see it."""
        return float(perceived_certainty(self.model.world)[self.row])

    def explain(self) -> str:
        """Norm, leadership and expectations, what they do to the log-odds of its members, and what became of its record."""
        world, p = self.model.world, self.model.world.parameters.norms
        weight = p.norm_weight if world.parameters.switches.norms else 0.0
        leadership = float(leadership_now(world)[self.row])
        client, trade = (float(loss[self.row]) for loss in perceived_loss(world))
        parts = [
            f"Contingent {self.number}: {self.category}, {self.contributor}, {self.n_present} persons present in tour "
            f"{self.tour}, tours of {self.tour_weeks:.0f} weeks. It regards a participation of {self.norm:.3f} as normal, "
            f"against {p.reference_participation:.3f} to begin with, which moves its members' log-odds by "
            f"{weight * (self.norm - p.reference_participation):+.2f}.",
            f"Leadership: {self.leadership:+.2f} standard deviations in this commander, {leadership:+.2f} with the effort "
            f"that the risk of removal calls for ({command_risk(world)[self.row]:+.3f} above the prior), which moves them by "
            f"{-p.leadership_weight * leadership:+.2f}.",
            f"From removals seen and tours gone unpunished its members expect to be found out in a tour with a chance of "
            f"{self.perceived_certainty:.3f}; to be found out costs clients {client:.2f} log-odds, owners and facilitators "
            f"{trade:.2f}.",
            f"This step its members sought {counted(self.sought, 'visit')}; {self.acts} took place. {self.involved:.0f} "
            f"had been clients in this tour; {counted(self.removed, 'person')} to be sent home. Decayed record: "
            f"{self.record:.1f} substantiated cases.",
        ]
        last = otherwise.of_contingent(world, self.row)
        return " ".join([*parts, *self._rules_in_words(), *self._vacancy_in_words(), last])

    def _rules_in_words(self) -> list[str]:
        """Training and off-limits rules, where policies give any."""
        world = self.model.world
        training = float(inclination_terms(world)["training"][self.row])
        private = float(world.units.private_share[self.row])
        if training == 0.0 and private == 0.0:
            return []
        return [
            f"Of the rules given it follows {100.0 * float(compliance(world)[self.row]):.0f} %: training moves its members "
            f"by {training:+.2f}, and {100.0 * private:.0f} % of their visits move to private premises."
        ]

    def _vacancy_in_words(self) -> list[str]:
        """Whether its contributor withdrew, was suspended, or was replaced in part."""
        if self.filled_share >= 1.0:
            return []
        return [f"Only {100.0 * self.filled_share:.0f} % of its planned strength is provided at present."]

    @property
    def _billets(self) -> slice:
        """Its filled billets."""
        units = self.model.world.units
        first = int(units.first_billet[self.row])
        return slice(first, first + int(units.n_present[self.row]))
