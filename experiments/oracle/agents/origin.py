"""A place of origin: persons at risk, their vulnerability, and the cost of bringing a person from there (phase supply)."""

from __future__ import annotations

import math

from experiments.oracle.agents.row import Row

TINY = 1e-9


class Origin(Row):
    """A place of origin."""

    table = "origins"
    appeal: float
    at_risk: int
    country_row: int
    grid_cell: int
    is_local: bool
    mission_cell: int
    prevented: int
    route_km: float
    vulnerability: float

    cost = 0.0

    def dated(self, series: str, default: float) -> float:
        """This step's value of one of the mission's series for its country."""
        by_country = getattr(self.model.inputs.series, series)
        country = self.model.inputs.origin_countries[self.country_row]
        return float(by_country[country][self.model.now]) if country in by_country else default

    @property
    def plain_vulnerability(self) -> float:
        """Poverty relative to the start, and at home violence, before shocks and policies."""
        p = self.model.parameters
        income = max(self.dated("income", p.recruitment.reference_income_usd), 1.0)
        poverty = (income / float(self.model.inputs.first_income[self.row])) ** -p.recruitment.poverty_elasticity
        if self.mission_cell < 0:
            return float(poverty)
        violence = self.model.cells[self.mission_cell].violence
        return float(poverty * violence**p.security.vulnerability_weight)

    def plain_cost(self, expected_return: float) -> float:
        """Cost of bringing a person, USD: distance, borders, and what is lost when she is stopped on the way."""
        per_km = self.model.parameters.recruitment.cost_per_km_usd * self.dated("crossing_cost", 1.0)
        return self.route_km * per_km + self.dated("interception", 0.0) * expected_return

    def assess(self, vulnerability: float, cost: float) -> None:
        """Take this step's vulnerability and cost, and how recruiting here appeals to networks."""
        self.vulnerability, self.cost = vulnerability, cost
        self.appeal = -math.inf
        if self.at_risk > 0:
            persons = math.log(self.at_risk) + math.log(max(vulnerability, TINY))
            self.appeal = persons - cost / self.model.parameters.recruitment.cost_scale_usd

    @property
    def utility(self) -> float:
        """Utility in the choice of a place; inside the mission area distance costs nothing."""
        if self.at_risk == 0 or not self.is_local:
            return self.appeal
        return math.log(max(self.at_risk * self.vulnerability, TINY))
