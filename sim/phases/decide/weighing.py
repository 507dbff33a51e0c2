"""Phase 3, decide: what weighs with personnel, unit by unit: free time, inclination, and what they would lose if found out.

A prone person's log-odds join propensity, norm, leadership, income and the perceived risk and cost of being found out
(Becker 1968; Anwar & Loughran 2011); the price acts outside the logistic. Policies reach these terms through knobs alone.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from sim.clock import WEEKS_PER_MONTH
from sim.compiled import kernel
from sim.numerics import exp, logistics, logit, logs, total
from sim.phases.perceive.beliefs import leadership_now
from sim.tables import Reals
from sim.world.state import World

TINY_CAPACITY = 1e-6
NOTHING = np.empty(0, np.float64)


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
        c.is_state,
        c.ratification,
        c.ratification_draw,
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
    is_state,
    ratification,
    ratification_draw,
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
        has_accepted = is_state[c] and ratification[c] > ratification_draw[c]
        elsewhere = 0.0 if has_accepted else 1.0 - waiver[u]
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


TERMS = ("norm", "leadership", "training", "income")


def inclination_terms(world: World) -> dict[str, np.ndarray]:
    """Log-odds common to a unit by term (norm, leadership, training, income), each shape (n_units,)."""
    return dict(zip(TERMS, _incline(*_of_units(world)), strict=True))


def unit_inclination(world: World) -> np.ndarray:
    """Log-odds common to a unit, all terms together, perceived risk left out; shape (n_units,)."""
    return _together(_incline(*_of_units(world)))  # type: ignore[no-any-return]


def _of_units(world: World) -> tuple[Any, ...]:
    """What ``_incline`` takes."""
    p, units, training = world.parameters, world.units, NOTHING
    if world.knobs.is_moved("training"):
        lasting = 2.0 ** (-weeks_into_tour(world) / p.leadership.training_half_weeks)
        training = world.knobs.values("training", np.zeros(len(units))) * compliance(world) * lasting
    return (
        p.norms.norm_weight * p.switches.norms,
        p.norms.reference_participation,
        -p.norms.leadership_weight,
        p.involvement.income_weight,
        training,
        leadership_now(world),
        disposable_income(world) / (world.mean_wage[world.step] / WEEKS_PER_MONTH),
        units.category,
        units.norm,
    )


@kernel
def _incline(norm_weight, reference, leadership_weight, income_weight, training, leadership, income, category, norm):
    """Norm above its reference, quality of leadership, training that is followed, and income over local wages, weighted."""
    terms, by_category = np.zeros((4, norm.size), np.float64), income_weight * logs(income)
    for u in range(norm.size):
        terms[0, u] = norm_weight * (norm[u] - reference)
        terms[1, u] = leadership_weight * leadership[u]
        if training.size > 0:
            terms[2, u] = training[u]
        terms[3, u] = by_category[category[u]]
    return terms


@kernel
def _together(terms):
    """The sum of the terms."""
    inclination = np.empty(terms.shape[1], np.float64)
    for u in range(inclination.size):
        inclination[u] = terms[0, u] + terms[1, u] + terms[2, u] + terms[3, u]
    return inclination


def own_weight(world: World) -> float:
    """Evidence of a tour of own unpunished involvement, in tours: o * w_own."""
    p = world.parameters.beliefs
    return p.unpunished_weight * p.own_weight if world.parameters.switches.beliefs else 0.0


def own_evidence(world: World) -> np.ndarray:
    """Evidence per week of own unpunished involvement, in tours: o * w_own / tour, shape (n_units,)."""
    return own_weight(world) / world.units.tour_weeks


def disposable_income(world: World) -> np.ndarray:
    """Disposable income by category, USD per week, shape (4,)."""
    return world.knobs.values("disposable_income", world.series.disposable_usd[:, world.step])


@kernel
def price_faced(world: World, price: Reals, capacity: Reals, near: Reals) -> Reals:
    """Price a client living in a cell meets: weighted by capacity and nearness over the cells in reach, shape (n_cells,)."""
    reach = world.reach
    faced, weight, weighted = np.empty(price.size), np.empty(near.size), np.empty(near.size)
    for home in range(price.size):
        first, end = reach.start[home], reach.start[home + 1]
        for j in range(first, end):
            weight[j] = near[j] * (capacity[reach.cell[j]] + TINY_CAPACITY)
            weighted[j] = weight[j] * price[reach.cell[j]]
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
