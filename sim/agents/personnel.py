"""Peacekeepers and contingents as Mesa agents, and the terms of a peacekeeper's decision.

Contributors appear by anonymous number only. Proneness is a random trait of the model, drawn for each tour; it says
nothing about a real person, unit or country, and no contingent shows it.
"""

from __future__ import annotations

import numpy as np

from sim.agents.view import FromColumn, View, counted
from sim.parameters import CATEGORIES
from sim.phases.decide import inclination_terms, perceived_loss, price_faced
from sim.world.columns import AUTHORITIES
from sim.world.state import World


def contributor_words(number: int) -> str:
    """Anonymous name of a contributor."""
    return f"contributor {number:02d}"


def decision_terms(world: World, billet: int) -> dict[str, float]:
    """Log-odds that add up to the chance that a prone occupant takes up a free opportunity this step."""
    unit = int(world.billets.unit[billet])
    shared = {name: float(values[unit]) for name, values in inclination_terms(world).items()}
    return {"propensity": float(world.billets.propensity[billet]), **shared}


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
        reach_km = world.parameters.personnel_demand.reach_km
        return float(price_faced(world, cells.price_international, cells.capacity_international, reach_km)[self.place])

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
                f"{who} By the model's random draw for this tour not prone: seeks no paid contact, whatever the price."
            )
        terms = self.decision_terms
        listed = ", ".join(f"{name.replace('_', ' ')} {value:+.2f}" for name, value in terms.items())
        p = self.model.world.parameters.sanctions
        parts = [
            who,
            "By the model's random draw for this tour prone, that is, may ever become a client; the draw says nothing about "
            "any real person or country.",
            f"Log-odds this step: {listed} (perceived certainty {p.perceived_certainty:.3f} times perceived loss "
            f"{perceived_loss(p):.2f}). Together {sum(terms.values()):+.2f}: a chance of {self.p_act:.3f} to take up a free "
            "opportunity.",
            f"The price within reach now stands at {self.price_faced_usd:.0f} USD per unit of service; it acts on how many "
            "visits are sought, not on this chance.",
            f"Sought {counted(self.sought, 'visit')} this step, of which {self.acts} took place; {self.tour_acts} in this "
            "tour so far.",
        ]
        if self.model.world.billets.wants_person[self.row]:
            parts.append("Sought this step to take a person out of a venue and hold that person privately.")
        if self.is_facilitator:
            parts.append("Has helped a network in this tour.")
        return " ".join(parts)

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

    @classmethod
    def rows(cls, world: World) -> np.ndarray:
        return np.arange(len(world.units))

    @classmethod
    def numbers(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return world.units.key[rows]

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

    def explain(self) -> str:
        """Norm and leadership, and what they do to the log-odds of its members."""
        p = self.model.world.parameters.norms
        effect = -p.leadership_weight * self.leadership
        weight = p.norm_weight if self.model.world.parameters.switches.norms else 0.0
        return (
            f"Contingent {self.number}: {self.category}, {self.contributor}, {self.n_present} persons present in tour "
            f"{self.tour}, tours of {self.tour_weeks:.0f} weeks. It regards a participation of {self.norm:.3f} as normal, "
            f"against {p.reference_participation:.3f} to begin with, which moves its members' log-odds by "
            f"{weight * (self.norm - p.reference_participation):+.2f}. Leadership in this tour: {self.leadership:+.2f} "
            f"standard deviations, which moves them by {effect:+.2f}. This step its members sought "
            f"{counted(self.sought, 'visit')}; {self.acts} took place."
        )

    @property
    def _billets(self) -> slice:
        """Its filled billets."""
        units = self.model.world.units
        first = int(units.first_billet[self.row])
        return slice(first, first + int(units.n_present[self.row]))
