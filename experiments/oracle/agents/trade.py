"""What a venue offers, sells and earns, and whether police have it on their list: phases match and report."""

from __future__ import annotations

import math

from experiments.oracle.agents.row import Row
from sim.rng import Decision


class Trade(Row):
    """The part of a venue that its clients and the police see."""

    capacity: float
    cell: int
    expected_fill: float
    fill: float
    international_share: float
    is_hidden: bool
    is_listed: bool
    is_open: bool
    is_raided: bool
    key: int
    opened_step: int
    persons: int
    revenue: float
    revenue_international: float
    sellers: int
    spell: int
    used: float

    def offer(self) -> None:
        """Offer service by all who work here, split by clientele; a hidden venue is found by a part of those who look."""
        self.capacity = self.revenue = self.revenue_international = self.used = 0.0
        if not self.is_open:
            return
        p, town = self.model.parameters, self.model.cells[self.cell]
        self.capacity = p.venues.visits_per_person_week * (self.persons + self.sellers) * self.model.dt
        found_by = p.personnel_demand.hidden_visibility if self.is_hidden else 1.0
        town.add_offer(
            self.capacity * self.international_share, self.capacity * (1.0 - self.international_share), found_by
        )

    def sell(self) -> None:
        """Earn the share of the place's visits that falls on this venue's part of the capacity, and notice how full it is."""
        if not self.is_open:
            return
        p, town = self.model.parameters, self.model.cells[self.cell]
        international = local = 0.0
        if town.capacity_international > 0.0:
            part = self.capacity * self.international_share / town.capacity_international
            international = part * town.international_acts * p.prices.international_visit_size
        if town.capacity_local > 0.0:
            local = self.capacity * (1.0 - self.international_share) / town.capacity_local * town.local_acts
        self.revenue_international = international * town.price_international
        self.revenue = self.revenue_international + local * town.price_local
        self.used = international + local
        if self.opened_step == self.model.now - 1 and self.expected_fill > 0.0:
            self.fill = self.expected_fill
        if self.capacity > 0.0:
            full = min(self.used / self.capacity, 1.0)
        else:
            full = 1.0 if town.service_wanted > 0.0 else 0.0
        self.fill += (1.0 - math.exp(-self.model.dt / p.recruitment.fill_memory_weeks)) * (full - self.fill)

    def be_listed(self) -> None:
        """Enter the list of the police when noticed or raided; be struck off some time after closing."""
        if not (self.is_open or self.is_listed):
            return
        p = self.model.parameters.observation
        rate = p.delisting_per_week
        if self.is_open:
            rate = p.listing_hidden_per_week if self.is_hidden else p.listing_visible_per_week
        u = self.model.draw(Decision.LISTED, self.model.now, self.key, self.spell)
        happens = self.strikes(Decision.LISTED, u, 1.0 - math.exp(-rate * self.model.dt))
        if self.is_open:
            self.is_listed = self.is_listed or happens or self.is_raided
        elif happens:
            self.is_listed = False
