"""Phase 3, decide: what weighs with personnel, unit by unit: free time, inclination, and what they would lose if found out.

A prone person's log-odds join propensity, norm, leadership, income and the perceived risk and cost of being found out
(Becker 1968; Anwar & Loughran 2011); the price acts outside the logistic. Policies reach these terms through knobs alone.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_MONTH
from sim.compiled import kernel
from sim.numerics import exp, logistics, logit, logs, total
from sim.phases.perceive.beliefs import leadership_now
from sim.world.state import World

TINY_CAPACITY = 1e-6


def perceived_loss(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Cost of being found out in log-odds, for clients and for owners and facilitators, each shape (n_units,).

    Each consequence counts with its expected chance given a finding, delayed ones discounted. Where paying for sex is no
    offence for a contributor's people, immunity is not waived and host jurisdiction not accepted, no court weighs on clients.
    """
    p, c, units = world.parameters.sanctions, world.contributors, world.units
    if not world.parameters.switches.deterrence:
        return np.zeros(len(units)), np.zeros(len(units))
    return _losses(
        p.reputation_loss,
        p.pay_loss,
        p.prosecution_loss,
        p.conviction_loss,
        p.delay_discount_per_year,
        units.contributor,
        units.waiver,
        world.purchase_offence[:, world.step],
        c.is_state & (c.ratification > c.ratification_draw),
        c.q_removed,
        c.q_pay,
        c.q_prosecuted,
        c.q_convicted,
        c.delay_years,
    )


@kernel
def _losses(
    reputation,
    pay,
    prosecution,
    conviction,
    discount,
    contributor,
    waiver,
    purchase_offence,
    has_accepted,
    q_removed,
    q_pay,
    q_prosecuted,
    q_convicted,
    delay_years,
):
    """Loss of clients and of those in trade, unit by unit: service consequences, and courts as far as they can try."""
    client, trade = np.empty(contributor.size, np.float64), np.empty(contributor.size, np.float64)
    for u in range(contributor.size):
        c = contributor[u]
        service = reputation * q_removed[c] + pay * q_pay[c]
        courts = (prosecution * q_prosecuted[c] + conviction * q_convicted[c]) * exp(-discount * delay_years[c])
        elsewhere = 0.0 if has_accepted[c] else 1.0 - waiver[u]
        client[u] = service + courts * (1.0 - (1.0 - purchase_offence[c]) * elsewhere)
        trade[u] = service + courts
    return client, trade


def weeks_into_tour(world: World) -> np.ndarray:
    """Weeks since a unit arrived; for posts that rotate singly half a tour, shape (n_units,)."""
    units = world.units
    return np.where(
        units.category == 0, np.mod(world.week + units.tour_phase, units.tour_weeks), 0.5 * units.tour_weeks
    )


def compliance(world: World) -> np.ndarray:
    """Share of off-limits rules and training that a unit's leadership makes its people follow, shape (n_units,)."""
    p = world.parameters.leadership
    return logistics(logit(p.compliance) + p.compliance_leadership * leadership_now(world))


def inclination_terms(world: World) -> dict[str, np.ndarray]:
    """Log-odds common to a unit by term (norm, leadership, training, income), each shape (n_units,)."""
    p, units = world.parameters, world.units
    norm = p.norms.norm_weight * (units.norm - p.norms.reference_participation)
    weekly_wage = world.mean_wage[world.step] / WEEKS_PER_MONTH
    training = np.zeros(len(units))
    if world.knobs.is_moved("training"):
        lasting = 2.0 ** (-weeks_into_tour(world) / p.leadership.training_half_weeks)
        training = world.knobs.values("training", training) * compliance(world) * lasting
    return {
        "norm": norm if p.switches.norms else np.zeros(len(units)),
        "leadership": -p.norms.leadership_weight * leadership_now(world),
        "training": training,
        "income": p.involvement.income_weight * logs(disposable_income(world) / weekly_wage)[units.category],
    }


def unit_inclination(world: World) -> np.ndarray:
    """Log-odds common to a unit, all terms together, perceived risk left out; shape (n_units,)."""
    terms = inclination_terms(world)
    return terms["norm"] + terms["leadership"] + terms["training"] + terms["income"]


def own_evidence(world: World) -> np.ndarray:
    """Evidence per week of own unpunished involvement, in tours: o * w_own / tour, shape (n_units,)."""
    p = world.parameters.beliefs
    own = p.unpunished_weight * p.own_weight if world.parameters.switches.beliefs else 0.0
    return own / world.units.tour_weeks


def disposable_income(world: World) -> np.ndarray:
    """Disposable income by category, USD per week, shape (4,)."""
    return world.knobs.values("disposable_income", world.series.disposable_usd[:, world.step])


def price_faced(world: World, price: np.ndarray, capacity: np.ndarray, reach_km: float) -> np.ndarray:
    """Price a client living in a cell meets: weighted by capacity and nearness over the cells in reach, shape (n_cells,)."""
    reach = world.reach
    return _price_in_reach(price, capacity, reach.start, reach.cell, reach.nearness(reach_km))


@kernel
def _price_in_reach(price, capacity, start, cell, nearness):
    """Mean price over the cells in reach of each cell, weighted by capacity and nearness."""
    faced = np.empty(price.size, np.float64)
    weight, weighted = np.empty(nearness.size, np.float64), np.empty(nearness.size, np.float64)
    for home in range(price.size):
        first, end = start[home], start[home + 1]
        for j in range(first, end):
            weight[j] = nearness[j] * (capacity[cell[j]] + TINY_CAPACITY)
            weighted[j] = weight[j] * price[cell[j]]
        faced[home] = (weighted[first] + total(weighted[first + 1 : end])) / (
            weight[first] + total(weight[first + 1 : end])
        )
    return faced


def free_time(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Opportunities of a prone person this step, and the share of acts on private premises, each shape (n_units,).

    Off-limits rules take hours away where they are obeyed; part of those hours moves to private premises.
    """
    p, units = world.parameters, world.units
    exposure = np.minimum(world.knobs.values("exposure", world.series.exposure[:, world.step]), 1.0)
    rate = world.knobs.value("involvement_rate", p.involvement.acts_per_week) * world.dt
    opportunities = (exposure * rate)[units.category]
    if not world.knobs.is_moved("off_limits"):
        return opportunities, np.zeros(len(units))
    taken = world.knobs.values("off_limits", np.zeros(len(units))) * compliance(world)
    moved = taken * p.leadership.displaced_share
    kept = 1.0 - taken + moved
    private = np.divide(moved, kept, out=np.zeros(len(units)), where=kept > 0)
    return opportunities * kept, private
