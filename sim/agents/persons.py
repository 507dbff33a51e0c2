"""Trafficked persons as Mesa agents: where each of them is in the process, since when, and the way so far in words.

A person keeps the same row for good. There are no names, ages or looks in the model, and none are invented here.
"""

from __future__ import annotations

import numpy as np

from sim.agents import otherwise
from sim.agents.view import FromColumn, View, counted
from sim.world.person_states import STATES
from sim.world.state import World

STATE_WORDS: dict[str, str] = {
    "recruited": "has been recruited and has not left yet",
    "in_transit": "is in transit",
    "exploited_venue": "is exploited in a venue",
    "exploited_private": "is exploited by a private owner",
    "moved": "has been moved out of the mission area and is exploited elsewhere",
    "escaped": "has escaped",
    "identified": "has been identified as a trafficked person",
    "released": "has been released",
    "assisted": "is being assisted",
    "unassisted": "is free, without assistance",
    "returned": "has returned",
    "resettled": "has resettled",
    "stayed": "has stayed in the mission area",
}


class TraffickedPerson(View):
    """A person who has been recruited, wherever she is now."""

    kind = "person"
    table = "people"

    times_recruited = FromColumn(int, "spell")
    was_assisted = FromColumn(bool)
    will_testify = FromColumn(bool)

    @classmethod
    def rows(cls, world: World) -> np.ndarray:
        return np.arange(world.n_people)

    @classmethod
    def places(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return world.people.cell[rows]

    @property
    def state(self) -> str:
        """Where this person is in the process, one of ``STATES``."""
        return STATES[int(self.model.world.people.state[self.row])]

    @property
    def state_week(self) -> float:
        """Week in which the present state began."""
        return self._week(self.model.world.people.state_step[self.row])

    @property
    def recruited_week(self) -> float:
        """Week of first recruitment."""
        return self._week(self.model.world.people.week_recruited[self.row])

    @property
    def weeks_exploited(self) -> float:
        """Weeks exploited in the mission area so far."""
        return self._week(self.model.world.people.exploited_steps[self.row])

    @property
    def origin_country(self) -> str:
        """Country of origin, ISO 3166 alpha-3."""
        world = self.model.world
        return world.origin_countries[int(world.origins.country_row[world.people.origin[self.row]])]

    @property
    def is_local(self) -> bool:
        """Was recruited inside the mission area."""
        world = self.model.world
        return bool(world.origins.is_local[world.people.origin[self.row]])

    def explain(self, way: str = "") -> str:
        """The way so far in words, with a dated one where the run was written down, and what would have changed the state."""
        where = "inside the mission area" if self.is_local else "abroad"
        again = "once" if self.times_recruited == 1 else f"{self.times_recruited} times"
        parts = [
            f"Person {self.number}, from {self.origin_country}, was first recruited {where} in week "
            f"{self.recruited_week:.0f}, and {STATE_WORDS[self.state]}, since week {self.state_week:.0f}.",
            f"So far recruited {again} and exploited for {counted(round(self.weeks_exploited), 'week')} in the mission area.",
        ]
        if self.was_assisted:
            parts.append(f"Assisted since then; {'willing' if self.will_testify else 'not willing'} to testify.")
        return " ".join([*parts, *([way] if way else []), otherwise.of_person(self.model.world, self.row)])
