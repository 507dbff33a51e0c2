"""Phase 9, politics: security where strength falls short, and the capacity of the host country.

Violence answers to the ratio of personnel present to those authorised by the mission's own path, which no shock or
policy moves.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import power, ratio, total
from sim.tables import Reals
from sim.world.inputs import over_cells
from sim.world.state import World

LEAST_CAPACITY, FULL_CAPACITY = 0.01, 1.0


@kernel
def keep_security(world: World) -> None:
    """Update violence by cell."""
    p = world.parameters
    exponent = p.security.violence_exponent if p.switches.security else 0.0
    present, authorised = strength_by_cell(world)
    world.cells.violence[:] = violence(present, authorised, exponent, p.security.smallest_strength_ratio)


@kernel
def strength_by_cell(world: World) -> tuple[Reals, Reals]:
    """Personnel present and authorised in each cell, full scale; contingents spread over their sector's towns.

    Of what is planned of a unit, the part of its planned billets that is filled counts. Rounding to whole billets is left
    out, so that nothing but shocks and policies moves the ratio.
    """
    units, inputs, order, step = world.units, world.inputs, world.places.unit_order, world.step
    present = np.empty(len(units))
    for i in range(order.size):
        planned = inputs.planned_present[step, order[i]]
        filled = units.n_present[order[i]] / planned if planned > 0 else 1.0
        present[i] = inputs.planned_strength[step, order[i]] * filled
    return over_cells(present, world.places.spread), inputs.authorised_by_cell[step]


@kernel
def violence(present: Reals, authorised: Reals, exponent: float, smallest_ratio: float) -> Reals:
    """Violence index: max(N / N_authorised, floor) ** -exponent, and 1 where nobody is authorised.

    Limits: 1 everywhere at exponent 0; it rises no further below the floor. Source: Hultman, Kathman & Shannon (2013),
    disputed by Kocher; hence a world with exponent 0.
    """
    index = np.ones(present.size)
    for c in range(present.size):
        if authorised[c] > 0.0:
            index[c] = power(max(present[c] / authorised[c], smallest_ratio), -exponent)
    return index


@kernel
def move_capacity(world: World) -> None:
    """Capacity of each country moves towards what aid and the violence its people meet allow, eroded by official ties."""
    p, countries, aid = world.parameters.host_capacity, world.countries, world.effects.aid
    for c in range(len(countries)):
        calm = 1.0 / max(_violence_met(world, c), 1.0)
        missing = (p.ceiling + aid[c]) * calm - countries.host_capacity[c]
        change = p.growth_per_week * missing - p.corruption_per_ties * _mean_ties(world, c)
        changed = countries.host_capacity[c] + world.dt * change
        countries.host_capacity[c] = min(max(changed, LEAST_CAPACITY), FULL_CAPACITY)


@kernel
def _violence_met(world: World, country: int) -> float:
    """Violence in a country, mean over its people."""
    cells, n = world.cells, 0
    weight, weighted = np.empty(len(cells)), np.empty(len(cells))
    for i in range(len(cells)):
        if cells.country[i] == country:
            weight[n], weighted[n] = cells.population[i], cells.violence[i] * cells.population[i]
            n += 1
    return total(weighted[:n]) / total(weight[:n])


@kernel
def _mean_ties(world: World, country: int) -> float:
    """Official ties of the active networks at home in a country, their mean; 0 where there are none."""
    networks, n, ties = world.networks, 0, np.empty(len(world.networks))
    for i in range(len(networks)):
        if networks.is_active[i] and world.cells.country[networks.home_cell[i]] == country:
            ties[n] = networks.ties[i]
            n += 1
    return ratio(total(ties[:n]), n)
