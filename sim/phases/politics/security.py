"""Phase 9, politics: security where strength falls short, and the capacity of the host country.

Violence answers to the ratio of personnel present to those authorised by the mission's own path, which no shock or
policy moves.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import power, ratio, total
from sim.world.state import World


def run(world: World) -> None:
    """Update violence by cell and host capacity by country."""
    cells, p = world.cells, world.parameters
    present, authorised = strength_by_cell(world)
    cells.violence[:] = violence(
        present,
        authorised,
        p.security.violence_exponent if p.switches.security else 0.0,
        p.security.smallest_strength_ratio,
    )
    if p.switches.host_capacity:
        _grow_capacity(world)


def strength_by_cell(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Personnel present and authorised in each cell, full scale; contingents spread over their sector's towns.

    Rounding to whole billets is left out, so that nothing but shocks and policies moves the ratio.
    """
    present = _present(
        world.step, world.unit_order, world.planned_present, world.planned_strength, world.units.n_present
    )
    return present @ world.places.ordered_spread, world.inputs.authorised_by_cell[world.step]


@kernel
def _present(step, order, planned_present, planned_strength, n_present):
    """Personnel of each unit in order of keys: what is planned, times the part of the planned billets that is filled."""
    present = np.empty(order.size, np.float64)
    for i in range(order.size):
        u = order[i]
        planned = planned_present[u, step]
        present[i] = planned_strength[u, step] * (n_present[u] / planned if planned > 0 else 1.0)
    return present


@kernel
def violence(present: np.ndarray, authorised: np.ndarray, exponent: float, smallest_ratio: float) -> np.ndarray:
    """Violence index: max(N / N_authorised, floor) ** -exponent, and 1 where nobody is authorised.

    Limits: 1 everywhere at exponent 0; it rises no further below the floor. Source: Hultman, Kathman & Shannon (2013),
    disputed by Kocher; hence a world with exponent 0.
    """
    index = np.ones(present.size, np.float64)
    for c in range(present.size):
        if authorised[c] > 0.0:
            index[c] = power(max(present[c] / authorised[c], smallest_ratio), -exponent)
    return index


def _grow_capacity(world: World) -> None:
    """Capacity moves towards what aid and security allow, and is eroded by networks' official ties."""
    p, countries, networks = world.parameters.host_capacity, world.countries, world.networks
    _move_capacity(
        world.dt,
        p.growth_per_week,
        p.corruption_per_ties,
        world.knobs.values("aid", np.full(len(countries), p.ceiling)),
        world.cells.country,
        world.cells.population,
        world.cells.violence,
        networks.is_active,
        networks.home_cell,
        networks.ties,
        countries.host_capacity,
    )


@kernel
def _move_capacity(
    dt, growth, corruption, ceiling, country, population, violence_of_cell, is_active, home_cell, ties, capacity
):
    """Capacity of each country, 0.01..1, by the violence its people meet and the ties of networks at home there."""
    for c in range(capacity.size):
        weight, weighted, n = np.empty(country.size, np.float64), np.empty(country.size, np.float64), 0
        for i in range(country.size):
            if country[i] == c:
                weight[n], weighted[n] = population[i], violence_of_cell[i] * population[i]
                n += 1
        own, n_own = np.empty(ties.size, np.float64), 0
        for i in range(ties.size):
            if is_active[i] and country[home_cell[i]] == c:
                own[n_own] = ties[i]
                n_own += 1
        calm = 1.0 / max(total(weighted[:n]) / total(weight[:n]), 1.0)
        change = growth * (ceiling[c] * calm - capacity[c]) - corruption * ratio(total(own[:n_own]), n_own)
        capacity[c] = min(max(capacity[c] + dt * change, 0.01), 1.0)
