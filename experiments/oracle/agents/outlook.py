"""What an entrant expects of a town: the demand one more venue would meet there, how full it would be and what it would earn."""

from __future__ import annotations

import math

from experiments.oracle.agents.odds import soft_step
from experiments.oracle.agents.town import Town
from experiments.oracle.model import OracleModel
from sim.rng import Decision

PERSONS_PER_ENTRY_RATE = 2e6
HALF_FULL = 0.5
TINY = 1e-9


class Outlook:
    """Prospects of one more venue in a town, judged once a step."""

    def __init__(self, model: OracleModel, town: Town, income_share: float) -> None:
        self.model, self.town = model, town
        p = model.parameters.venues
        self.one_more = p.places * p.visits_per_person_week
        international, local = self._reachable("international"), self._reachable("local")
        demand = international + local
        n_venues = sum(venue.is_open and venue.cell == town.row for venue in model.venues)
        self.fill = min(1.0, demand / (self.one_more * (n_venues + 1)))
        share = international / demand if demand > 0.0 else 0.5
        price = share * town.price_international + (1.0 - share) * town.price_local
        needed = self.fill * p.places
        costs = model.knob("running_costs", 1.0) * (p.cost_venue_usd + p.cost_person_usd * needed)
        self.profit = price * self.fill * self.one_more * income_share - costs
        self.sunk_cost = model.countries[town.country].sunk_cost

    def _reachable(self, segment: str) -> float:
        """Service a week that would come here: each place's demand, split by capacity and nearness with one more venue."""
        p = self.model.parameters
        reach = p.personnel_demand.reach_km if segment == "international" else p.local_demand.reach_km
        demand = 0.0
        for home, km in self.model.in_reach[self.town.row]:  # whoever can come here lives within reach of here
            sought = getattr(self.model.cells[home], f"home_{segment}")
            if sought <= 0.0:
                continue
            offered = sum(
                math.exp(-other_km / reach) * getattr(self.model.cells[other], f"capacity_{segment}") / self.model.dt
                for other, other_km in self.model.in_reach[home]
            )
            near = math.exp(-km / reach)
            added = near * self.one_more
            here = near * getattr(self.town, f"capacity_{segment}") / self.model.dt
            demand += sought * (here + added) / max(offered + added, TINY)
        return demand

    def draw_entries(self, ease: float) -> tuple[int, int]:
        """Newcomers and expansions that open a venue here: attempts that expect more than the annuity of the sunk cost."""
        p, model, town = self.model.parameters.entry, self.model, self.town
        worth = soft_step(self.profit - p.hurdle_per_week * self.sunk_cost, p.profit_scale_usd)
        rate = worth * self.fill / HALF_FULL * ease * model.dt
        n_venues = sum(venue.is_open and venue.cell == town.row for venue in model.venues)
        new = rate * p.base_entries_per_week * town.population / PERSONS_PER_ENTRY_RATE
        more = rate * p.entries_per_venue_week * n_venues
        return (
            town.count(Decision.ENTRY, model.draw(Decision.ENTRY, model.now, town.grid_cell), new),
            town.count(Decision.NETWORK_CHOICE, model.draw(Decision.NETWORK_CHOICE, model.now, town.grid_cell), more),
        )
