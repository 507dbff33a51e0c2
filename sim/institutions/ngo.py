"""Organisations that assist trafficked persons in one country: places a month, and what was done with them.

An ordinary Mesa agent; how many places there are is a dated input of the mission, who gets one is decided in ``people``.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.above import Explained
from sim.clock import WEEKS_PER_MONTH


class NGO(Explained, mesa.Agent):
    """Assistance providers of a host country, taken together."""

    def __init__(self, model: Any, country: int) -> None:
        super().__init__(model)
        self.country = country

    @property
    def places_per_month(self) -> float:
        """New persons that can be assisted in a month at present, full scale."""
        world = self.model.world
        return float(world.series.assistance_places[min(world.step, world.clock.n_steps - 1)]) * WEEKS_PER_MONTH
