"""Networks and venues as Mesa agents: their ledgers in field-standard names.

Money is in US dollars of simulated numbers, not scaled back. How a venue works beyond these aggregates is not modelled.
"""

from __future__ import annotations

import numpy as np

from sim.agents.view import FromColumn, View
from sim.world.state import World


class Trafficker(View):
    """A trafficking network that has entered and not dissolved."""

    kind = "trafficker"
    table = "networks"

    n_venues = FromColumn(int)
    size = FromColumn(float)
    ties = FromColumn(float)
    raid_risk = FromColumn(float)
    focal_effort = FromColumn(float)
    profit_usd_per_week = FromColumn(float, "profit")
    cash_usd = FromColumn(float, "cash")
    arrests = FromColumn(int)

    @classmethod
    def rows(cls, world: World) -> np.ndarray:
        return np.flatnonzero(world.networks.is_active)

    @classmethod
    def places(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return world.networks.home_cell[rows]

    @classmethod
    def numbers(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return world.networks.key[rows]

    @classmethod
    def tells(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return np.asarray(world.networks.n_venues[rows] > 0)

    @property
    def entry_week(self) -> float:
        """Week of entry."""
        return self._week(self.model.world.networks.entry_step[self.row])

    @property
    def venues(self) -> list[int]:
        """Numbers of its venues in operation."""
        return [int(key) for key in self.model.world.venues.key[self.open_venues]]

    @property
    def revenue_usd_per_week(self) -> float:
        """Revenue of its venues in this step, per week."""
        return float(self.model.world.venues.revenue[self.open_venues].sum()) / self.model.world.dt

    @property
    def raids(self) -> int:
        """Raids on its venues since it entered, known in advance or not."""
        world = self.model.world
        keys = set(world.venues.key[world.venues.network == self.row].tolist())
        since = int(world.networks.entry_step[self.row])
        return sum(
            event == "raid" and subject_id in keys and step >= since
            for step, event, _, subject_id, *_ in world.events.rows
        )

    @property
    def open_venues(self) -> np.ndarray:
        """Rows of its venues in operation."""
        venues = self.model.world.venues
        return np.flatnonzero((venues.network == self.row) & venues.is_open)


class Venue(View):
    """A venue in operation."""

    kind = "venue"
    table = "venues"

    is_hidden = FromColumn(bool)
    is_listed = FromColumn(bool)
    persons = FromColumn(int)
    sellers = FromColumn(int)
    inbound = FromColumn(int)
    international_share = FromColumn(float)
    fill = FromColumn(float)
    profit_usd_per_week = FromColumn(float, "profit")
    is_raided = FromColumn(bool)

    @classmethod
    def rows(cls, world: World) -> np.ndarray:
        return np.flatnonzero(world.venues.is_open)

    @classmethod
    def places(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return world.venues.cell[rows]

    @classmethod
    def numbers(cls, world: World, rows: np.ndarray) -> np.ndarray:
        return world.venues.key[rows]

    @property
    def trafficker(self) -> int:
        """Number of the network that runs it."""
        world = self.model.world
        return int(world.networks.key[world.venues.network[self.row]])

    @property
    def opened_week(self) -> float:
        """Week of the last opening."""
        return self._week(self.model.world.venues.opened_step[self.row])

    @property
    def revenue_usd_per_week(self) -> float:
        """Revenue in this step, per week."""
        return float(self.model.world.venues.revenue[self.row]) / self.model.world.dt

    @property
    def revenue_international_usd_per_week(self) -> float:
        """Part of the revenue that comes from personnel, per week."""
        return float(self.model.world.venues.revenue_international[self.row]) / self.model.world.dt
