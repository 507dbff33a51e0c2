"""Phase 3, decide: which personnel seek paid contact, who would take a person or help a network, and what locals seek.

A prone person's log-odds join propensity, norm, leadership, income and the perceived risk and cost of being found out
(Becker 1968; Anwar & Loughran 2011); the price acts outside the logistic. It leaves out where people go (match).
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_MONTH
from sim.compiled import kernel
from sim.numerics import exp, exps, logistic, logs, poisson_quantile, powers, step_probability
from sim.parameters.personnel import Sanctions
from sim.phases.phase import Phase
from sim.rng import Decision, uniform
from sim.world.state import World

_ACT = int(Decision.ACT)
_OWNER, _FACILITATOR, _LOCAL = int(Decision.OWNER), int(Decision.FACILITATOR), int(Decision.LOCAL_DEMAND)
TINY_CAPACITY = 1e-6


def run(world: World) -> None:
    """Let personnel and local clients decide what they seek this step."""
    _decide_personnel(world)
    _decide_locals(world)


def perceived_loss(p: Sanctions) -> float:
    """Cost of being found out in log-odds: each consequence times its probability given a finding, delays discounted."""
    discount = exp(-p.delay_discount_per_year * p.mean_delay_years)
    return (
        p.reputation_loss * p.p_repatriated
        + p.pay_loss * p.p_pay_lost
        + discount * (p.prosecution_loss * p.p_prosecuted + p.conviction_loss * p.p_convicted)
    )


def inclination_terms(world: World) -> dict[str, np.ndarray]:
    """Log-odds common to a unit by term (norm, leadership, income, perceived risk times loss), each shape (n_units,)."""
    p, units = world.parameters, world.units
    norm = p.norms.norm_weight * (units.norm - p.norms.reference_participation)
    wages = [world.series.wage[c][world.step] for c in world.scenario.mission.countries]
    weekly_wage = float(np.mean(wages)) / WEEKS_PER_MONTH
    risk = p.sanctions.perceived_certainty * perceived_loss(p.sanctions)
    return {
        "norm": norm if p.switches.norms else np.zeros(len(units)),
        "leadership": -p.norms.leadership_weight * units.leadership,
        "income": p.involvement.income_weight * logs(disposable_income(world) / weekly_wage)[units.category],
        "perceived_risk": np.full(len(units), -risk),
    }


def unit_inclination(world: World) -> np.ndarray:
    """Log-odds common to a unit, all terms together; shape (n_units,)."""
    terms = inclination_terms(world)
    return terms["norm"] + terms["leadership"] + terms["income"] + terms["perceived_risk"]


def disposable_income(world: World) -> np.ndarray:
    """Disposable income by category, USD per week, shape (4,)."""
    return world.knobs.values("disposable_income", world.series.disposable_usd[:, world.step])


def price_faced(world: World, price: np.ndarray, capacity: np.ndarray, reach_km: float) -> np.ndarray:
    """Price a client living in a cell meets: weighted by capacity and nearness over the cells in reach, shape (n_cells,)."""
    reach = world.reach
    weight = exps(-reach.distance_km / reach_km) * (capacity[reach.cell] + TINY_CAPACITY)
    total = np.add.reduceat(weight, reach.start[:-1])
    return np.add.reduceat(weight * price[reach.cell], reach.start[:-1]) / total


def _decide_personnel(world: World) -> None:
    """Run the personnel kernel."""
    p, units, billets = world.parameters, world.units, world.billets
    demand, roles = p.personnel_demand, p.involvement
    cells = world.cells
    price = price_faced(world, cells.price_international, cells.capacity_international, demand.reach_km)
    factor = powers(price / p.local_demand.reference_price_usd, -demand.price_elasticity)
    exposure = np.minimum(world.knobs.values("exposure", world.series.exposure[:, world.step]), 1.0)
    opportunities = exposure * world.knobs.value("involvement_rate", roles.acts_per_week) * world.dt
    budget = (
        disposable_income(world) * demand.spending_share * world.dt if p.switches.spending_limit else np.full(4, np.inf)
    )
    caution = exp(-p.sanctions.perceived_certainty * perceived_loss(p.sanctions)) * p.switches.personnel_roles
    sought = _seek(
        world.seed,
        world.step,
        world.dt,
        present_prone(units.first_billet, units.n_present, billets.is_prone),
        billets.unit,
        units.category,
        unit_inclination(world),
        opportunities,
        budget,
        price * p.prices.international_visit_size,
        factor,
        roles.owner_hazard_per_week * caution,
        roles.facilitator_hazard_per_week * caution,
        billets.key,
        billets.cell,
        billets.slot,
        billets.propensity,
        billets.p_act,
        billets.sought,
        billets.wants_person,
        billets.is_facilitator,
        billets.new_facilitator,
        billets.facilitator_slot,
        units.acts,
        units.opportunity,
    )
    world.count("international_demand", sought)


@kernel
def present_prone(first_billet, n_present, is_prone):
    """Rows of billets that are filled by somebody prone, in order."""
    rows = np.empty(n_present.sum(), np.int64)
    n = 0
    for u in range(first_billet.size):
        for b in range(first_billet[u], first_billet[u] + n_present[u]):
            rows[n] = b
            n += is_prone[b]
    return rows[:n]


@kernel
def _seek(
    seed,
    step,
    dt,
    rows,
    unit,
    category,
    inclination,
    opportunities,
    budget,
    visit_price,
    price_factor,
    owner_hazard,
    facilitator_hazard,
    key,
    cell,
    slot,
    propensity,
    p_act,
    sought,
    wants_person,
    is_facilitator,
    new_facilitator,
    facilitator_slot,
    unit_acts,
    unit_opportunity,
):
    """One week of decisions: a prone person with free time seeks a Poisson number of visits, the mean within the budget."""
    total = 0
    p_act[:] = 0.0
    sought[:] = 0
    wants_person[:] = False
    new_facilitator[:] = False
    unit_acts[:] = 0.0
    unit_opportunity[:] = 0.0
    p_owner = step_probability(owner_hazard, dt)
    p_facilitator = step_probability(facilitator_hazard, dt)
    for r in range(rows.size):
        b = rows[r]
        u = unit[b]
        free = opportunities[category[u]]
        willing = logistic(propensity[b] + inclination[u])
        p_act[b] = willing
        unit_opportunity[u] += free
        unit_acts[u] += free * willing
        mean = min(free * willing * price_factor[cell[b]], budget[category[u]] / visit_price[cell[b]])
        draw = uniform(seed, _ACT, step, key[b])
        if draw <= 1.0 - mean:  # certainly below exp(-mean), the chance of none
            continue
        n = poisson_quantile(mean, draw)
        if n == 0:
            continue
        sought[b] = n
        total += n
        if uniform(seed, _OWNER, step, key[b]) < p_owner:
            wants_person[b] = True
        helps_already = is_facilitator[b] and facilitator_slot[b] == slot[b]
        if not helps_already and uniform(seed, _FACILITATOR, step, key[b]) < p_facilitator:
            is_facilitator[b] = True
            new_facilitator[b] = True
            facilitator_slot[b] = slot[b]
    return total


def local_potential(world: World) -> np.ndarray:
    """Expected local visits by cell at the reference price, per week: population x income x habit, shape (n_cells,)."""
    p, cells, mission = world.parameters, world.cells, world.scenario.mission
    if not p.switches.local_demand:
        return np.zeros(len(cells))
    income = np.array([world.series.income[c][world.step] / world.series.income[c][0] for c in mission.countries])
    income = world.knobs.values("local_income", income) ** p.local_demand.income_elasticity
    income = world.knobs.values("local_demand", income)
    rate = p.local_demand.acts_per_1000_per_week * mission.local_demand_ratio
    return rate * cells.population / 1000.0 * income[cells.country] * cells.habit


def _decide_locals(world: World) -> None:
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


PHASE = Phase(
    name="decide",
    question="Who seeks paid contact, who would take a person or help a network, and what do locals seek?",
    run=run,
    draws=(Decision.ACT, Decision.OWNER, Decision.FACILITATOR, Decision.LOCAL_DEMAND),
)
