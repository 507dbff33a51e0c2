"""Contributors by anonymous number: covariates from the mission's table, traits drawn from the world seed.

The number of a real contributor changes with the world seed, and no trait is drawn for a real one: who is sensitive about
sovereignty, or consents to trials on site, is luck of the number.
"""

from __future__ import annotations

import numpy as np

from sim.numerics import exp, log, normal_quantile
from sim.parameters import Parameters
from sim.rng import Decision, uniform
from sim.world.columns import Contributors
from sim.world.missions import MissionSeries


def build_contributors(
    series: MissionSeries, numbers: dict[str, int], parameters: Parameters, world_seed: int
) -> Contributors:
    """Table of contributors, row = anonymous number, row 0 for nobody."""
    table, tables = Contributors.of_size(len(numbers) + 1), series.contributors
    for name, number in numbers.items():
        table.is_state[number] = tables["is_state"][name][0] > 0.5
        table.rule_of_law[number] = tables["rule_of_law"][name][0]
        table.income_usd[number] = tables["income_usd_per_year"][name][0]
    response = parameters.contributor_response
    for number in range(1, len(table)):
        z = normal_quantile(uniform(world_seed, int(Decision.SOVEREIGNTY), 0, number))
        table.sovereignty[number] = exp(response.sovereignty_sd * z)
        table.consent_draw[number] = uniform(world_seed, int(Decision.CONSENT), 0, number)
        table.ratification_draw[number] = -log(uniform(world_seed, int(Decision.RATIFICATION), 0, number))
        table.bloc[number] = int(uniform(world_seed, int(Decision.BLOC), 0, number) * response.n_blocs)
    p = parameters.sanctions
    table.q_removed[:], table.q_pay[:] = p.p_repatriated, p.p_pay_lost
    table.q_prosecuted[:], table.q_convicted[:] = p.p_prosecuted, p.p_convicted
    table.delay_years[:] = p.mean_delay_years
    return table


def purchase_offences(series: MissionSeries, numbers: dict[str, int]) -> np.ndarray:
    """Whether paying for sex is an offence for a contributor's people, shape (n_contributors + 1, n_steps), 0 or 1."""
    table = series.contributors["purchase_is_offence"]
    n_steps = len(series.raid_capacity)
    offences = np.zeros((len(numbers) + 1, n_steps))
    for name, number in numbers.items():
        offences[number] = np.floor(table[name] + 1e-9)  # between two dates the earlier rule holds
    return offences
