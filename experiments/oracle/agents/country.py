"""A country of the mission area: its police, and what networks share there (phase supply)."""

from __future__ import annotations

import math

from experiments.oracle.agents.administration import Administration
from experiments.oracle.agents.public import Public
from experiments.oracle.agents.venue import Venue
from sim.rng import Decision


class Country(Administration, Public):
    """A country of the mission area."""

    table = "countries"
    host_capacity: float
    index: int
    infrastructure: float
    local_recruits: float
    population: float
    raids: int
    raids_leaked: int
    trust: float

    def raid(self, capacity: float) -> None:
        """Raid venues: the more there are to be found the more are found, up to what police can do; hidden ones less."""
        self.raids = self.raids_leaked = 0
        if not self.model.parameters.switches.raids:
            return
        p, model = self.model.parameters, self.model
        able = self.host_capacity / p.host_capacity.reference
        own = [venue for venue in model.venues if venue.is_open and venue.town.country == self.row]
        there = sum(venue.visible_as for venue in own) / model.scale
        if there <= 0.0:
            return
        weekly = capacity * min(able, 1.0 / p.host_capacity.reference)
        found = weekly * there / (there + p.host_justice.venues_at_half_capacity)
        u = model.draw(Decision.RAID_COUNT, model.now, self.index)
        n = self.count(Decision.RAID_COUNT, u, found * model.scale * model.dt)
        for venue in self._first_found(own, n):
            self.raids += 1
            self.raids_leaked += venue.be_raided()

    def _first_found(self, venues: list[Venue], n: int) -> list[Venue]:
        """The n venues found first: waiting times are exponential, at rates of how readily each is found."""
        waiting = []
        for venue in venues:
            if venue.visible_as > 0.0:
                u = venue.chance_to(Decision.RAID_TARGET)
                waiting.append((-math.log(u) / venue.visible_as, venue.row, venue))
        waiting.sort(key=lambda entry: entry[:2])
        if 0 < n < len(waiting):
            self.model.note(self, Decision.RAID_TARGET, waiting[n - 1][0], waiting[n][0])
        return [venue for *_, venue in waiting[:n]]

    @property
    def sunk_cost(self) -> float:
        """What opening a venue costs for good, USD; infrastructure from past openings lowers it."""
        p = self.model.parameters
        if not p.switches.sunk_costs:
            return 0.0
        strength = p.entry.infrastructure_strength if p.switches.infrastructure else 0.0
        saved = strength * self.infrastructure / (self.infrastructure + p.entry.infrastructure_half)
        return self.model.knob("sunk_costs", p.entry.sunk_cost_usd) * (1.0 - saved)

    def wear_out(self) -> None:
        """Let shared infrastructure decay."""
        self.infrastructure *= math.exp(-self.model.parameters.entry.infrastructure_decay_per_week * self.model.dt)

    def remember_recruits(self, is_local: list[bool]) -> None:
        """Move the remembered share of local recruits towards that of this step's orders, if there were any."""
        if is_local:
            memory = self.model.parameters.networks.diversification_memory_weeks
            rate = 1.0 - math.exp(-self.model.dt / memory)
            self.local_recruits += rate * (sum(is_local) / len(is_local) - self.local_recruits)
