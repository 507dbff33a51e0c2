"""Phase 3, decide: the visits local clients seek, by place: population, income, habit and last step's price."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import poisson_quantile, powers
from sim.phases.decide.weighing import price_faced
from sim.rng import Decision, number, uniform
from sim.world.state import World

_LOCAL = number(Decision.LOCAL_DEMAND)


def local_potential(world: World) -> np.ndarray:
    """Expected local visits by cell at the reference price, per week: population x income x habit, shape (n_cells,)."""
    p, cells, mission = world.parameters, world.cells, world.scenario.mission
    if not p.switches.local_demand:
        return np.zeros(len(cells))
    income = world.income[world.step] / world.income[0]
    income = world.knobs.values("local_income", income) ** p.local_demand.income_elasticity
    income = world.knobs.values("local_demand", income)
    rate = p.local_demand.acts_per_1000_per_week * mission.local_demand_ratio
    return rate * cells.population / 1000.0 * income[cells.country] * cells.habit


def run(world: World) -> None:
    """Draw the visits local clients seek in each cell at last step's price."""
    p, cells = world.parameters.local_demand, world.cells
    cells.local_potential[:] = local_potential(world)
    price = price_faced(world, cells.price_local, cells.capacity_local, p.reach_km)
    mean = cells.local_potential * powers(price / p.reference_price_usd, -p.price_elasticity) * world.dt
    cells.local_sought[:] = _draw_counts(world.seed, world.step, mean, cells.grid_cell)
    world.count("local_demand", cells.local_sought.sum())


@kernel
def _draw_counts(seed, step, mean, grid_cell):
    """Poisson counts keyed by cell."""
    counts = np.empty(mean.size, np.float64)
    for c in range(mean.size):
        counts[c] = poisson_quantile(mean[c], uniform(seed, _LOCAL, step, grid_cell[c]))
    return counts
