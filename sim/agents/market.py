"""Networks and venues as Mesa agents: their ledgers in field-standard names and in words.

Money is in US dollars of simulated numbers, not scaled back. How a venue works beyond these aggregates is not modelled.
"""

from __future__ import annotations

import numpy as np

from sim.agents import otherwise
from sim.agents.view import FromColumn, View, counted
from sim.phases.supply.earnings import venue_profit
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
        return [int(key) for key in self.model.world.venues.key[self._open_venues]]

    @property
    def revenue_usd_per_week(self) -> float:
        """Revenue of its venues in this step, per week."""
        return float(self.model.world.venues.revenue[self._open_venues].sum()) / self.model.world.dt

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

    def explain(self) -> str:
        """The ledger in words."""
        parts = [
            f"Trafficker {self.number}: a network at home {self._where()}, active since week {self.entry_week:.0f}.",
            self._ledger()
            if self.n_venues and self.model.steps
            else f"{counted(self.n_venues, 'venue')} in operation.",
            f"Profit since it entered {self.cash_usd:,.0f} USD, after the costs of opening and closing venues.",
        ]
        parts.append(
            f"Official ties {self.ties:.2f} of 1, membership {self.size:.2f} of 1. {counted(self.raids, 'raid')} on its "
            f"venues so far, a perceived raid hazard of {self.raid_risk:.3f} a week, "
            f"{counted(self.arrests, 'organiser')} arrested this step. {self.focal_effort:.0%} of its effort lies in this "
            f"market, {1 - self.focal_effort:.0%} in other illicit trades."
        )
        return " ".join([*parts, otherwise.of_network(self.model.world, self.row)])

    def _ledger(self) -> str:
        """Where this step's revenue goes, in words."""
        world, own = self.model.world, self._open_venues
        terms = [venue_profit(world, int(venue)) for venue in own]
        profit, bribes = sum(term[0] for term in terms), sum(term[1] for term in terms)
        costs = self.revenue_usd_per_week - bribes - profit
        return (
            f"{counted(self.n_venues, 'venue')} in operation. Exploited there: "
            f"{counted(int(world.venues.persons[own].sum()), 'trafficked person')}; "
            f"{counted(int(world.venues.sellers[own].sum()), 'seller')} not trafficked. Revenue "
            f"{self.revenue_usd_per_week:,.0f} USD a week; with those who work there now, {costs:,.0f} go to running costs "
            f"and to sellers and {bribes:,.0f} into official ties, which leaves {profit:,.0f}. Smoothed profit "
            f"{self.profit_usd_per_week:,.0f} USD a week per venue."
        )

    @property
    def _open_venues(self) -> np.ndarray:
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

    def explain(self) -> str:
        """Who works there, whom it serves and what it earns, in words."""
        seen = "not visible to passers-by" if self.is_hidden else "visible to passers-by"
        listed = "on" if self.is_listed else "not on"
        raided = " Police raided it this step." if self.is_raided else ""
        return (
            f"Venue {self.number}: run by trafficker {self.trafficker} {self._where()}, open since week "
            f"{self.opened_week:.0f}, {seen}, {listed} the list of the police.{raided} Exploited there: "
            f"{counted(self.persons, 'trafficked person')}, and {self.inbound} more recruited for it who have not arrived; "
            f"{counted(self.sellers, 'seller')} not trafficked. {self.international_share:.0%} of its places "
            f"serve personnel; of late {self.fill:.0%} of what it offers has been used. Revenue "
            f"{self.revenue_usd_per_week:,.0f} USD a week, of it {self.revenue_international_usd_per_week:,.0f} from "
            f"personnel; smoothed profit {self.profit_usd_per_week:,.0f} USD a week. "
            f"{otherwise.of_venue(self.model.world, self.row)}"
        )
