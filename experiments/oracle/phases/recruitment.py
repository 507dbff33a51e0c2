"""The end of phase supply: sellers come and go, venues order recruitment, and each order is given a place of origin."""

from __future__ import annotations

import math

from experiments.oracle.agents.odds import logistic
from experiments.oracle.agents.origin import Origin
from experiments.oracle.agents.venue import Venue, usual_return
from experiments.oracle.model import OracleModel
from sim.clock import WEEKS_PER_YEAR
from sim.rng import Decision

TINY = 1e-9
COUNTRIES = 100_000  # in keys, countries of origin are numbered from here on, apart from grid cells


def step(model: OracleModel) -> None:
    """Sellers first, then orders on what places are left."""
    incomes = [float(model.inputs.series.income[country][model.now]) for country in model.mission.countries]
    income = max(sum(incomes) / len(incomes) / WEEKS_PER_YEAR, TINY)
    for venue in model.of(Venue):
        venue.host_sellers(income)
    expected = _expected_return(model)
    readiness = _assess_origins(model, expected)
    for venue in model.of(Venue):
        venue.order(readiness)
    choice = OriginChoice(model, expected)
    placed = [(choice.of(venue, ordinal), venue.row) for venue in model.venues for ordinal in range(venue.new_orders)]
    model.orders = [(origin, venue) for origin, venue in placed if origin >= 0]
    for country in model.countries:
        own = [origin for origin, venue in model.orders if model.venues[venue].town.country == country.row]
        country.remember_recruits([model.origins[origin].is_local for origin in own])


def _expected_return(model: OracleModel) -> float:
    """Net return of one more person over the stay to be expected, USD."""
    p = model.parameters.persons
    leaves = p.identification_per_week + p.escape_per_week + p.release_per_week + p.move_per_week
    return max(usual_return(model), 0.0) / max(leaves, TINY)


def _assess_origins(model: OracleModel, expected: float) -> float:
    """Update every place of origin; returns how readily orders are filled: mean vulnerability of those at risk, to a power."""
    vulnerability = model.knobs("vulnerability", [origin.plain_vulnerability for origin in model.origins])
    cost = model.knobs("route_cost", [origin.plain_cost(expected) for origin in model.origins])
    for origin, vulnerable, usd in zip(model.origins, vulnerability, cost, strict=True):
        origin.assess(vulnerable, usd)
    persons = sum(origin.at_risk for origin in model.origins)
    if persons == 0:
        return 0.0
    mean = sum(origin.at_risk * origin.vulnerability for origin in model.origins) / persons
    response = model.parameters.recruitment.vulnerability_response
    return float(mean**response)


class OriginChoice:
    """Where orders are filled: at home or abroad, then a country, then a place, by logit."""

    def __init__(self, model: OracleModel, expected: float) -> None:
        self.model, self.p = model, model.parameters.recruitment
        self.places: dict[int, list[Origin]] = {}  # by country, those where somebody is at risk
        for origin in model.of(Origin):
            if origin.at_risk > 0:
                self.places.setdefault(origin.country_row, []).append(origin)
        self.at_home = [row for row, places in self.places.items() if places[0].is_local]
        self.abroad = [row for row, places in self.places.items() if not places[0].is_local]
        worth = max(self.p.cost_weight * expected, 1.0)
        self.gap = min(self._cost_abroad() / worth, self.p.largest_cost_gap)

    def _cost_abroad(self) -> float:
        """Mean cost of bringing a person from abroad, USD, each place weighted by how likely it is chosen."""
        places = [place for row in self.abroad for place in self.places[row]]
        if not places:
            return 0.0
        best = max(place.utility for place in places)
        weights = [math.exp(place.utility - best) for place in places]
        return sum(w * place.cost for w, place in zip(weights, places, strict=True)) / sum(weights)

    def _p_local(self, venue: Venue) -> float:
        """Chance that an order of this venue is filled inside the mission area."""
        learned = self.p.local_learning * self.model.countries[venue.town.country].local_recruits
        preferred = self.p.local_preference * venue.international_share
        return logistic(self.gap - self.p.local_intercept - preferred + learned)

    def of(self, venue: Venue, ordinal: int) -> int:
        """Row of the place of origin of one order; -1 where nobody is at risk any more."""
        model = self.model
        u = model.draw(Decision.RECRUIT_LOCAL, model.now, venue.key, ordinal)
        is_local = venue.strikes(Decision.RECRUIT_LOCAL, u, self._p_local(venue))
        rows = self.at_home if self.at_home and (is_local or not self.abroad) else self.abroad
        if not rows:
            return -1
        total = [self._value(row) + self._shock(venue, ordinal, COUNTRIES + row) for row in rows]
        places = self.places[rows[venue.best(Decision.RECRUIT_ORIGIN, total)]]
        utility = [place.utility + self._shock(venue, ordinal, place.grid_cell) for place in places]
        return places[venue.best(Decision.RECRUIT_ORIGIN, utility)].row

    def _value(self, row: int) -> float:
        """Value of a country: the log of the sum of its places' exponentiated utilities."""
        best = max(place.utility for place in self.places[row])
        return best + math.log(sum(math.exp(place.utility - best) for place in self.places[row]))

    def _shock(self, venue: Venue, ordinal: int, alternative: int) -> float:
        """Gumbel shock of an alternative for one order."""
        u = self.model.draw(Decision.RECRUIT_ORIGIN, self.model.now, venue.key, ordinal, alternative)
        return -math.log(-math.log(u))
