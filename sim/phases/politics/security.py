"""Phase 9, politics: security where strength falls short, and the capacity of the host country.

Violence answers to the ratio of personnel present to those authorised by the mission's own path, which no shock or
policy moves.
"""

from __future__ import annotations

import numpy as np

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
    planned, filled = world.planned_present[:, world.step], world.units.n_present
    kept = np.divide(filled, planned, out=np.ones(len(planned)), where=planned > 0)
    present = (world.planned_strength[:, world.step] * kept)[world.unit_order]
    return present @ world.ordered_spread, world.authorised_by_cell[world.step]


def violence(present: np.ndarray, authorised: np.ndarray, exponent: float, smallest_ratio: float) -> np.ndarray:
    """Violence index: max(N / N_authorised, floor) ** -exponent, and 1 where nobody is authorised.

    Limits: 1 everywhere at exponent 0; it rises no further below the floor. Source: Hultman, Kathman & Shannon (2013),
    disputed by Kocher; hence a world with exponent 0.
    """
    ratio = np.divide(present, authorised, out=np.ones(len(present)), where=authorised > 0)
    return np.maximum(ratio, smallest_ratio) ** -exponent


def _grow_capacity(world: World) -> None:
    """Capacity moves towards what aid and security allow, and is eroded by networks' official ties."""
    p, countries, networks = world.parameters.host_capacity, world.countries, world.networks
    ceiling = world.knobs.values("aid", np.full(len(countries), p.ceiling))
    for country in range(len(countries)):
        own = world.cells.country == country
        weight = world.cells.population[own]
        calm = 1.0 / max(float((world.cells.violence[own] * weight).sum() / weight.sum()), 1.0)
        active = networks.is_active & (world.cells.country[networks.home_cell] == country)
        ties = float(networks.ties[active].mean()) if active.any() else 0.0
        change = (
            p.growth_per_week * (ceiling[country] * calm - countries.host_capacity[country])
            - p.corruption_per_ties * ties
        )
        countries.host_capacity[country] = min(max(countries.host_capacity[country] + world.dt * change, 0.01), 1.0)
