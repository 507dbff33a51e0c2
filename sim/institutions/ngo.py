"""Organisations that assist trafficked persons in one country: places a month, and what was done with them.

An ordinary Mesa agent; how many places there are is a dated input of the mission, who gets one is decided in ``people``.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.clock import WEEKS_PER_MONTH
from sim.institutions import otherwise
from sim.world.person_states import ASSISTED


class NGO(mesa.Agent):
    """Assistance providers of a host country, taken together."""

    def __init__(self, model: Any, country: int) -> None:
        super().__init__(model)
        self.country = country

    @property
    def places_per_month(self) -> float:
        """New persons that can be assisted in a month at present, full scale."""
        world = self.model.world
        return float(world.series.assistance_places[min(world.step, world.clock.n_steps - 1)]) * WEEKS_PER_MONTH

    def explain(self) -> str:
        """Capacity and use in words."""
        world = self.model.world
        assisted = int((world.people.state[: world.n_people] == ASSISTED).sum())
        return (
            f"Assistance: places for {self.places_per_month:.0f} new persons a month (full scale); "
            f"{assisted} persons in assistance in this run. {otherwise.of_ngo(world)}"
        )
