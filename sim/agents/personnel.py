"""Peacekeepers and contingents as Mesa agents, and the terms of a peacekeeper's decision.

Contributors appear by anonymous number only. Proneness is a random trait of the model, drawn for each tour; it says
nothing about a real person, unit or country, and no contingent shows it.
"""

from __future__ import annotations

import numpy as np

from sim.agents.view import FromColumn, View
from sim.parameters import CATEGORIES
from sim.phases.decide.weighing import inclination_terms, own_evidence, perceived_loss, price_faced
from sim.phases.perceive.beliefs import perceived_certainty
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
        return CATEGORIES[int(self.model.world.units.category[self.unit])]

    @property
    def contingent(self) -> int:
        """Number of the contingent."""
        return int(self.model.world.units.key[self.unit])

    @property
    def contributor(self) -> str:
        """Contributor, by anonymous number."""
        return contributor_words(int(self.model.world.units.contributor[self.unit]))

    @property
    def authority(self) -> str:
        """Who the force answers to: un, nato or employer."""
        return AUTHORITIES[int(self.model.world.units.authority[self.unit])]

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

    @property
    def unit(self) -> int:
        """Row of the contingent in units."""
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

    @property
    def _billets(self) -> slice:
        """Its filled billets."""
        units = self.model.world.units
        first = int(units.first_billet[self.row])
        return slice(first, first + int(units.n_present[self.row]))
