"""A town: a cell of the mission area, its local clients, its prices, and what meets there (phases decide and match)."""

from __future__ import annotations

import math

from experiments.oracle.agents.row import Row
from sim.rng import Decision

TINY_CAPACITY = 1e-6  # where no place offers anything the price is that of the mean cell


class Town(Row):
    """A cell of the mission area."""

    table = "cells"
    capacity_international: float
    capacity_local: float
    country: int
    grid_cell: int
    habit: float
    home_international: float
    home_local: float
    international_acts: float
    international_sought: float
    local_acts: float
    local_arriving: float
    local_potential: float
    local_sought: float
    personnel: int
    population: float
    price_international: float
    price_local: float
    recent_international: float
    recent_local: float

    price_factor = visit_price = 1.0
    found = found_local = share_served = 0.0
    sought_at_home = usable_international = usable_local = 0.0

    # Decide

    def price_met(self, segment: str, reach_km: float) -> float:
        """Price a client living here meets: over the cells in reach, weighted by capacity and nearness."""
        total = weighted = 0.0
        for cell, km in self.model.in_reach[self.row]:
            town = self.model.cells[cell]
            weight = math.exp(-km / reach_km) * (getattr(town, f"capacity_{segment}") + TINY_CAPACITY)
            total += weight
            weighted += weight * getattr(town, f"price_{segment}")
        return weighted / total

    def ask_price(self) -> None:
        """Work out what a visit costs a person posted here, and how much that deters."""
        p = self.model.parameters
        price = self.price_met("international", p.personnel_demand.reach_km)
        self.visit_price = price * p.prices.international_visit_size
        self.price_factor = (price / p.local_demand.reference_price_usd) ** -p.personnel_demand.price_elasticity

    def seek_locally(self, income_factor: float) -> None:
        """Draw the visits local clients seek: population, income and habit, less as the price rises."""
        p, model = self.model.parameters.local_demand, self.model
        rate = p.acts_per_1000_per_week * model.mission.local_demand_ratio
        self.local_potential = rate * self.population / 1000.0 * income_factor * self.habit
        if not model.parameters.switches.local_demand:
            self.local_potential = 0.0
        price = self.price_met("local", p.reach_km)
        mean = self.local_potential * (price / p.reference_price_usd) ** -p.price_elasticity * model.dt
        u = model.draw(Decision.LOCAL_DEMAND, model.now, self.grid_cell)
        self.local_sought = float(self.count(Decision.LOCAL_DEMAND, u, mean))

    # Match

    def open(self) -> None:
        """Begin the week with nothing on offer and nobody here."""
        self.capacity_international = self.capacity_local = self.found = self.found_local = 0.0
        self.international_sought = self.international_acts = self.local_acts = self.local_arriving = 0.0
        self.sought_at_home = 0.0

    def add_offer(self, international: float, local: float, found_by: float) -> None:
        """Add what one venue offers, and the part of it that people find."""
        self.capacity_international += international
        self.capacity_local += local
        self.found += international * found_by
        self.found_local += local * found_by

    def send_locals(self) -> None:
        """Spread local visits over the places in reach by what is found there and nearness; with nothing in reach they stay."""
        reach_km = self.model.parameters.local_demand.reach_km
        weights = [
            (self.model.cells[cell], math.exp(-km / reach_km) * self.model.cells[cell].found_local)
            for cell, km in self.model.in_reach[self.row]
        ]
        total = sum(weight for _, weight in weights)
        if total <= 0.0:
            self.local_arriving += self.local_sought
            return
        for town, weight in weights:
            town.local_arriving += self.local_sought * weight / total

    @property
    def wanted_by_personnel(self) -> float:
        """Service that personnel arriving here want."""
        return self.international_sought * self.model.parameters.prices.international_visit_size

    @property
    def service_wanted(self) -> float:
        """Service that anybody arriving here wants."""
        return self.wanted_by_personnel + self.local_arriving

    def ration(self) -> None:
        """Share capacity: each segment may use what the other leaves idle; a busy week stretches it somewhat."""
        busy = self.model.parameters.venues.busy_week_ratio
        idle_local = max(self.capacity_local - self.local_arriving, 0.0)
        idle_international = max(self.capacity_international - self.wanted_by_personnel, 0.0)
        self.usable_international = self.capacity_international + idle_local
        self.usable_local = self.capacity_local + idle_international
        self.local_acts = min(self.local_arriving, self.usable_local * busy)
        self.share_served = 0.0
        if self.found > 0.0 and self.wanted_by_personnel > 0.0:
            self.share_served = self.usable_international * busy / self.wanted_by_personnel

    def remember_demand(self) -> None:
        """Smooth the weekly service wanted here, and wanted by those who live or are posted here."""
        p, dt = self.model.parameters.prices, self.model.dt
        rate = 1.0 - math.exp(-dt / p.demand_memory_weeks) if self.model.now > 0 else 1.0
        wanted_at_home = self.sought_at_home * p.international_visit_size
        self.recent_international += rate * (self.wanted_by_personnel / dt - self.recent_international)
        self.recent_local += rate * (self.local_arriving / dt - self.recent_local)
        self.home_international += rate * (wanted_at_home / dt - self.home_international)
        self.home_local += rate * (self.local_sought / dt - self.home_local)

    def form_habit(self) -> None:
        """Let local habit grow with visits per 1,000 inhabitants, up to a most, and fade towards its start."""
        p, dt = self.model.parameters.local_demand, self.model.dt
        visits = (self.local_acts + self.international_acts) / max(self.population, 1e-9) * 1000.0 / dt
        growth = p.habit_gain_per_week * (p.habit_maximum - self.habit) * visits / (visits + p.habit_half_acts)
        moved = self.habit + dt * (growth - p.habit_decay_per_week * (self.habit - 1.0))
        self.habit = min(max(moved, 1.0), p.habit_maximum)
