"""Trafficked persons as Mesa agents: where each of them is in the process, and since when.

A person keeps the same row for good. There are no names, ages or looks in the model, and none are invented here.
"""

from __future__ import annotations

import numpy as np

from sim.agents.view import FromColumn, View
from sim.world.person_states import STATES
from sim.world.state import World


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
