"""How able a country's police and courts are, and whether people trust them (phases justice and politics)."""

from __future__ import annotations

import math

from experiments.oracle.agents.row import Row

LEAST, MOST = 0.01, 1.0


class Administration(Row):
    """Capacity grows with aid and calm and falls with networks' official ties; trust follows convictions."""

    host_capacity: float
    trust: float

    @property
    def ability(self) -> float:
        """What its courts can do relative to the capacity at which rates are stated, up to a ceiling."""
        p = self.model.parameters
        return min(self.host_capacity / p.host_capacity.reference, p.host_justice.largest_capacity_effect)

    def follow_convictions(self, share_convicted: float) -> None:
        """Let trust move towards the share of recent cases that ended in a conviction."""
        speed = self.model.parameters.testimony.trust_adjustment_per_week
        self.trust += (1.0 - math.exp(-speed * self.model.dt)) * (share_convicted - self.trust)

    def grow(self, ceiling: float) -> None:
        """Move capacity towards its ceiling, lower where violence is high, less what ties corrode."""
        model, p = self.model, self.model.parameters.host_capacity
        towns = [town for town in model.cells if town.country == self.row]
        people = sum(town.population for town in towns)
        violence = sum(town.population * town.violence for town in towns) / people
        active = [n for n in model.networks if n.is_active and model.cells[n.home_cell].country == self.row]
        ties = sum(network.ties for network in active) / len(active) if active else 0.0
        growth = p.growth_per_week * (ceiling / max(violence, 1.0) - self.host_capacity)
        changed = self.host_capacity + model.dt * (growth - p.corruption_per_ties * ties)
        self.host_capacity = min(max(changed, LEAST), MOST)
