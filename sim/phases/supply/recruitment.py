"""Phase 5, supply: sellers who come on their own, and recruitment ordered against shortage from the best net return.

Venues whose places are short of persons order recruits; each order picks local or foreign, then a country, then a place,
by expected return less the cost of distance, borders and interception. Distance enters as a cost and nothing else.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.numerics import exps, log, logistic, logistics, logs, poisson_quantile, powers
from sim.phases.supply.earnings import focal_capacity
from sim.rng import Decision, uniform, uniforms
from sim.world.state import Orders, World

FLOOR = 1e-9


def run(world: World) -> Orders:
    """Let sellers come and go, then draw this step's orders with their origin."""
    _sellers(world)
    _assess_origins(world)
    return _orders(world)


def wanted_places(world: World) -> np.ndarray:
    """Persons each open venue wants to have working: places, scaled by effort and by how full it is, shape (n_venues,)."""
    venues, p = world.venues, world.parameters
    use = np.minimum(1.0, venues.fill / p.recruitment.target_fill)
    workers = venues.persons + venues.sellers
    grown = np.maximum(workers * use, np.where(venues.fill >= p.recruitment.target_fill, p.venues.places, 0.0))
    started = np.where(workers == 0, p.venues.places * 0.5, grown)
    return np.where(venues.is_open & (venues.is_closing == 0), started * focal_capacity(world)[venues.network], 0.0)


def _sellers(world: World) -> None:
    """Sellers who were not trafficked enter free places when it pays better than local work, and leave again."""
    venues, p = world.venues, world.parameters
    if not p.switches.sellers:
        venues.sellers[:] = 0
        return
    wage = (
        np.array([world.series.income[c][world.step] for c in world.scenario.mission.countries]).mean() / WEEKS_PER_YEAR
    )
    workers = venues.persons + venues.sellers
    earned = np.maximum(venues.person_return + p.venues.cost_person_usd, FLOOR) * p.venues.seller_income_share
    pull = logistics(p.venues.seller_income_weight * logs(earned / max(wage, FLOOR)))
    wanted = np.where(workers == 0, np.ceil(wanted_places(world)), wanted_places(world))
    free = np.maximum(wanted - workers - venues.inbound, 0.0)
    arriving = free * p.venues.seller_entry_per_week * pull * world.dt
    leaving = 1.0 - np.exp(-p.venues.seller_exit_per_week * (2.0 - pull) * world.dt)
    coming = uniforms(world.seed, int(Decision.SELLER_ENTRY), world.step, venues.key, venues.spell)
    going = uniforms(world.seed, int(Decision.SELLER_EXIT), world.step, venues.key, venues.spell)
    for venue in np.flatnonzero(venues.is_open):
        left = min(poisson_quantile(venues.sellers[venue] * leaving[venue], going[venue]), int(venues.sellers[venue]))
        venues.sellers[venue] += poisson_quantile(arriving[venue], coming[venue]) - left


def _assess_origins(world: World) -> None:
    """Utility of recruiting in each place abroad: persons at risk, vulnerability, and cost against return."""
    origins, p = world.origins, world.parameters.recruitment
    income = np.maximum(world.series_by_origin(world.series.income, p.reference_income_usd), 1.0)
    vulnerability = powers(income / world.first_income, -p.poverty_elasticity)
    local = origins.mission_cell >= 0
    violence = (
        world.cells.violence[np.maximum(origins.mission_cell, 0)] ** world.parameters.security.vulnerability_weight
    )
    vulnerability = np.where(local, vulnerability * violence, vulnerability)
    origins.vulnerability[:] = world.knobs.values("vulnerability", vulnerability)
    at_risk = logs(np.maximum(origins.at_risk, FLOOR))
    vulnerable = logs(np.maximum(origins.vulnerability, FLOOR))
    origins.appeal[:] = np.where(
        origins.at_risk > 0, at_risk + vulnerable - movement_cost(world) / p.cost_scale_usd, -np.inf
    )


def movement_cost(world: World) -> np.ndarray:
    """Cost of bringing a person from each place, USD: least-cost km times cost per km, and expected loss on the way."""
    origins, p = world.origins, world.parameters.recruitment
    crossing = world.series_by_origin(world.series.crossing_cost, 1.0)
    stopped = world.series_by_origin(world.series.interception, 0.0)
    cost = origins.route_km * p.cost_per_km_usd * crossing + stopped * expected_return(world)
    return world.knobs.values("route_cost", cost)


def expected_return(world: World) -> float:
    """Expected net return of one more person over an expected stay, USD, at least 0; 0 without venues."""
    venues, p = world.venues, world.parameters.persons
    rows = venues.is_open & (venues.persons + venues.sellers > 0)
    if not rows.any():
        return 0.0
    exits = p.identification_per_week + p.escape_per_week + p.release_per_week + p.move_per_week
    return max(float(venues.person_return[rows].mean()), 0.0) / max(exits, FLOOR)


def _orders(world: World) -> Orders:
    """Draw the number of orders of each venue and the origin of each."""
    venues, p = world.venues, world.parameters
    shortage = np.maximum(wanted_places(world) - venues.persons - venues.sellers - venues.inbound, 0.0)
    worth = logistics(venues.person_return / p.entry.profit_scale_usd)
    mean = shortage * p.recruitment.orders_per_place_week * worth * world.dt
    draws = uniforms(world.seed, int(Decision.RECRUIT_VOLUME), world.step, venues.key, venues.spell)
    venues.new_orders[:] = 0
    choice = _OriginChoice(world)
    origin_rows, venue_rows = [], []
    for venue in np.flatnonzero(mean > 0):
        n = poisson_quantile(mean[venue], draws[venue])
        for j in range(n):
            origin = choice.draw(int(venue), j)
            if origin >= 0:
                origin_rows.append(origin)
                venue_rows.append(int(venue))
        venues.new_orders[venue] = n
    orders = Orders(np.array(origin_rows, np.int64), np.array(venue_rows, np.int64))
    _remember_local_share(world, orders)
    return orders


class _OriginChoice:
    """Draws origins of one step's orders: local or foreign, then country, then place (a nested, exact logit)."""

    def __init__(self, world: World) -> None:
        self.world = world
        origins = world.origins
        self.groups: list[tuple[int, np.ndarray, float]] = []
        for country in np.unique(origins.country[~origins.is_local]):
            rows = np.flatnonzero((origins.country == country) & np.isfinite(origins.appeal))
            if len(rows):
                top = origins.appeal[rows].max()
                value = top + float(log(float(exps(origins.appeal[rows] - top).sum())))
                self.groups.append((int(country), rows, value))
        self.local = np.flatnonzero(origins.is_local & (origins.at_risk > 0))
        self.cost_gap = self._cost_gap()
        self.stay_value = expected_return(world)

    def _cost_gap(self) -> float:
        """Mean cost of foreign recruitment, weighted by where it takes place, less that of local recruitment."""
        if not self.groups:
            return 0.0
        rows = np.concatenate([g[1] for g in self.groups])
        weight = exps(self.world.origins.appeal[rows] - self.world.origins.appeal[rows].max())
        return float((movement_cost(self.world)[rows] * weight).sum() / weight.sum())

    def draw(self, venue: int, j: int) -> int:
        """Origin row of the j-th order of a venue; -1 where nobody is at risk any more."""
        world, venues = self.world, self.world.venues
        key = int(venues.key[venue])
        u = uniform(world.seed, int(Decision.RECRUIT_LOCAL), world.step, key, j)
        if len(self.local) and (not self.groups or u < self._p_local(venue)):
            weights = logs(
                np.maximum(world.origins.at_risk[self.local] * world.origins.vulnerability[self.local], FLOOR)
            )
            return self._pick(self.local, weights, key, j)
        if not self.groups:
            return -1
        names = np.array([g[0] for g in self.groups])
        group = self.groups[self._argmax(names, np.array([g[2] for g in self.groups]), key, j, 1)]
        return self._pick(group[1], world.origins.appeal[group[1]], key, j)

    def _p_local(self, venue: int) -> float:
        """Chance that an order is filled inside the mission area."""
        p, world = self.world.parameters.recruitment, self.world
        country = int(world.cells.country[world.venues.cell[venue]])
        gap = self.cost_gap / max(p.cost_weight * self.stay_value, 1.0)
        log_odds = -(
            p.local_intercept
            + p.local_preference * world.venues.international_share[venue]
            - p.local_learning * world.countries.local_recruits[country]
            - min(gap, 5.0)
        )
        return float(logistic(log_odds))

    def _pick(self, rows: np.ndarray, utility: np.ndarray, key: int, j: int) -> int:
        """One of several places by logit."""
        return int(rows[self._argmax(self.world.origins.grid_cell[rows], utility, key, j, 0)])

    def _argmax(self, ids: np.ndarray, utility: np.ndarray, key: int, j: int, level: int) -> int:
        """Arg max of utility plus Gumbel shocks keyed by venue, order and alternative."""
        draws = uniforms(
            self.world.seed,
            int(Decision.RECRUIT_ORIGIN),
            self.world.step,
            np.full(len(ids), key, np.int64),
            ids.astype(np.int64),
            j * 2 + level,
        )
        return int(np.argmax(utility - logs(-logs(draws))))


def _remember_local_share(world: World, orders: Orders) -> None:
    """Slow average of local recruits by country of the mission area."""
    if not len(orders.origin):
        return
    country = world.cells.country[world.venues.cell[orders.venue]]
    local = world.origins.is_local[orders.origin]
    rate = 1.0 - np.exp(-world.dt / world.parameters.networks.diversification_memory_weeks)
    for i in range(len(world.countries)):
        own = country == i
        if own.any():
            world.countries.local_recruits[i] += rate * (local[own].mean() - world.countries.local_recruits[i])
