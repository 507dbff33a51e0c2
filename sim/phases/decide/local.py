"""Phase 3, decide: the visits local clients seek, by place: population, income, habit and last step's price."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import poisson_quantile, power, total
from sim.phases.decide.weighing import price_faced
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.state import World

_LOCAL = number(Decision.LOCAL_DEMAND)


@kernel
def seek_visits(world: World) -> None:
    """Draw the visits local clients seek in each cell at last step's price."""
    p, cells = world.parameters.local_demand, world.cells
    price = price_faced(world, cells.price_local, cells.capacity_local, world.reach.near_locals)
    cells.local_potential[:] = local_potential(world)
    for c in range(len(cells)):
        mean = cells.local_potential[c] * power(price[c] / p.reference_price_usd, -p.price_elasticity) * world.dt
        draw = uniform(world.seed, _LOCAL, world.step, cells.grid_cell[c])
        cells.local_sought[c] = poisson_quantile(mean, draw)
    world.flows.local_demand += total(cells.local_sought)


@kernel
def local_potential(world: World) -> Reals:
    """Expected local visits by cell at the reference price, per week: population x income x habit, shape (n_cells,)."""
    p, cells, knobs, income = world.parameters, world.cells, world.effects, world.inputs.income
    potential = np.zeros(len(cells))
    if not p.switches.local_demand:
        return potential
    rate = p.local_demand.acts_per_1000_per_week * world.local_demand_ratio
    for c in range(len(cells)):
        country = cells.country[c]
        relative = income[world.step, country] / income[0, country] * knobs.local_income[country]
        wanted = relative**p.local_demand.income_elasticity * knobs.local_demand[country]
        potential[c] = rate * cells.population[c] / 1000.0 * wanted * cells.habit[c]
    return potential
