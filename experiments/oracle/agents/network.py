"""A network: its ties, members, effort and memory of raids; how it enters, opens venues and ends (phase supply)."""

from __future__ import annotations

import math
from typing import Any

from experiments.oracle.agents.odds import logistic
from experiments.oracle.agents.row import Row
from sim.rng import Decision

TRADES = 3  # this market and two others
DISSOLVED = 3
TINY = 1e-9


class Network(Row):
    """A potential or active network."""

    table = "networks"
    arrests: int
    cash: float
    entry_step: int
    fined: float
    focal_effort: float
    home_cell: int
    is_active: bool
    key: int
    last_venue_step: int
    n_venues: int
    profit: float
    raid_risk: float
    size: float
    spell: int
    ties: float
    venues: list[Any]  # its places, in order, open or not

    raids_seen = 0

    @property
    def vacant(self) -> Any:
        """The first of its places that is not open."""
        return next((venue for venue in self.venues if not venue.is_open), None)

    @property
    def places_in_use(self) -> float:
        """Part of its places it keeps in use: as its effort and members allow, up to a ceiling on networks."""
        return min(TRADES * self.focal_effort, 1.0, self.size) * self.model.knob("network_ceiling", 1.0)

    # Earnings

    def add_up(self) -> None:
        """Add up what its venues earn; pay fines."""
        self.arrests = self.raids_seen = 0
        self.n_venues = sum(venue.is_open for venue in self.venues)
        self.cash += sum(venue.earned for venue in self.venues) * self.model.dt - self.fined
        self.profit = sum(venue.profit for venue in self.venues) / self.n_venues if self.n_venues else 0.0

    def build_ties(self) -> None:
        """Let official ties grow with bribes, ever less so, and decay."""
        p = self.model.parameters
        bribes = sum(venue.bribe for venue in self.venues)
        bought = bribes / (bribes + p.venues.cost_venue_usd + TINY)
        gain = p.networks.ties_gain_per_week * bought * (1.0 - self.ties)
        self.ties += self.model.dt * (gain - p.networks.ties_decay_per_week * self.ties)

    def regrow(self) -> None:
        """Regain some of the members it misses, at a cost; a knob takes some away."""
        if not self.is_active:
            return
        p, dt = self.model.parameters.networks, self.model.dt
        grown = (1.0 - self.size) * (1.0 - math.exp(-p.regrowth_per_week * dt))
        self.size = (self.size + grown) * (1.0 - self.model.knob("network_loss", 0.0)) ** dt
        self.cash -= grown * p.regrowth_cost_usd

    def shift_effort(self) -> None:
        """Move effort between this market and two others of equal return towards the better paying."""
        p = self.model.parameters
        if not self.is_active or not p.switches.diversification:
            return
        advantage = (self.profit - p.networks.other_trade_return_usd) / p.networks.diversification_scale_usd
        target = logistic(advantage - math.log(TRADES - 1))
        rate = 1.0 - math.exp(-self.model.dt / p.networks.diversification_memory_weeks)
        self.focal_effort += rate * (target - self.focal_effort)

    # Raids

    def lose_organiser(self, cell: int) -> None:
        """An organiser is arrested in a raid, and part of the members are lost."""
        self.size *= 1.0 - self.model.parameters.networks.arrest_loss
        self.arrests += 1
        self.model.emit("organiser_arrested", "network", self.key, cell)

    def remember_raids(self) -> None:
        """Move the raid hazard it perceives towards raids a venue and week on its own venues."""
        seen = self.raids_seen / self.model.dt / self.n_venues if self.n_venues else 0.0
        rate = 1.0 - math.exp(-self.model.dt / self.model.parameters.networks.risk_memory_weeks)
        self.raid_risk += rate * (seen - self.raid_risk)

    # Entering and ending

    def enter(self) -> None:
        """Become active, with a new spell."""
        self.is_active = True
        self.spell += 1
        self.entry_step = self.model.now
        self.model.emit("network_entered", "network", self.key, self.home_cell)

    def consider_ending(self) -> None:
        """End when too small; without venues, end some time later, later still if its effort lies elsewhere."""
        if not self.is_active:
            return
        p, model = self.model.parameters, self.model
        ends = self.size < p.networks.smallest_size
        if not ends and self.n_venues == 0:
            chance = 1.0 - math.exp(-model.dt / p.entry.dormancy_weeks * self.focal_effort)
            u = model.draw(Decision.DORMANT_EXIT, model.now, self.key, self.spell)
            ends = self.strikes(Decision.DORMANT_EXIT, u, chance)
        if ends:
            self._dissolve()

    def _dissolve(self) -> None:
        """Give up all venues; the next spell starts afresh."""
        lived = (self.model.now - self.entry_step) * self.model.dt
        self.model.emit("network_dissolved", "network", self.key, self.home_cell, value=lived)
        self.is_active = False
        self.size, self.focal_effort = 1.0, 1.0
        self.ties = self.raid_risk = self.profit = self.cash = 0.0
        for venue in self.venues:
            venue.closed_by_police = False
            if venue.is_open:
                venue.is_closing = DISSOLVED

    def appetite(self, cell: int, attempt: int) -> float:
        """Utility of opening one more venue in a place: staff, nearness to home, and chance."""
        p, model = self.model.parameters.entry, self.model
        sub = model.cells[cell].grid_cell * 64 + attempt
        u = model.draw(Decision.EXPANSION, model.now, self.key, self.spell, sub)
        staff = math.log(self.size * max(self.focal_effort, TINY))
        km = model.distance_km[self.home_cell][cell]
        return staff - km / p.relocation_distance_km - math.log(-math.log(u))
