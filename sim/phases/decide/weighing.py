"""Phase 3, decide: what weighs with personnel, unit by unit: free time, inclination, and what they would lose if found out.

A prone person's log-odds join propensity, norm, leadership, income and the perceived risk and cost of being found out
(Becker 1968; Anwar & Loughran 2011); the price acts outside the logistic. Policies reach these terms through knobs alone.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_MONTH
from sim.compiled import kernel
from sim.knobs import with_probability
from sim.numerics import exp, log, logistic, logit, total
from sim.phases.perceive.beliefs import leadership_now
from sim.tables import Reals
from sim.world.state import World

TINY_CAPACITY = 1e-6
N_CATEGORIES = 4


@kernel
def perceived_loss(world: World) -> tuple[Reals, Reals]:
    """Cost of being found out in log-odds, for clients and for owners and facilitators, each shape (n_units,).

    Each consequence counts with its expected chance given a finding, delayed ones discounted. Where paying for sex is no
    offence for a contributor's people, immunity is not waived and host jurisdiction not accepted, no court weighs on clients.
    """
    units, c, p, offence = world.units, world.contributors, world.parameters.sanctions, world.inputs.purchase_offence
    client, trade = np.zeros(len(units)), np.zeros(len(units))
    if not world.parameters.switches.deterrence:
        return client, trade
    for u in range(len(units)):
        own = units.contributor[u]
        service = p.reputation_loss * c.q_removed[own] + p.pay_loss * c.q_pay[own]
        courts = p.prosecution_loss * c.q_prosecuted[own] + p.conviction_loss * c.q_convicted[own]
        courts *= exp(-p.delay_discount_per_year * c.delay_years[own])
        has_accepted = c.is_state[own] and c.ratification[own] > c.ratification_draw[own]
        elsewhere = 0.0 if has_accepted else 1.0 - units.waiver[u]
        client[u] = service + courts * (1.0 - (1.0 - offence[world.step, own]) * elsewhere)
        trade[u] = service + courts
    return client, trade


@kernel
def weeks_into_tour(world: World) -> Reals:
    """Weeks since a unit arrived; for posts that rotate singly half a tour, shape (n_units,)."""
    units = world.units
    weeks = np.mod(world.week + units.tour_phase, units.tour_weeks)
    return np.where(units.category == 0, weeks, 0.5 * units.tour_weeks)


@kernel
def compliance(world: World) -> Reals:
    """Share of off-limits rules and training that a unit's leadership makes its people follow, shape (n_units,)."""
    p, leadership = world.parameters.leadership, leadership_now(world)
    followed = np.empty(leadership.size)
    for u in range(leadership.size):
        followed[u] = logistic(logit(p.compliance) + p.compliance_leadership * leadership[u])
    return followed


TERMS = ("norm", "leadership", "training", "income")


def inclination_terms(world: World) -> dict[str, Reals]:
    """Log-odds common to a unit by term (norm, leadership, training, income), each shape (n_units,)."""
    let_training_fade(world)
    return dict(zip(TERMS, _incline(world), strict=True))


@kernel
def unit_inclination(world: World) -> Reals:
    """Log-odds common to a unit, all terms together, perceived risk left out; shape (n_units,)."""
    terms, inclination = _incline(world), np.empty(len(world.units))
    for u in range(inclination.size):
        inclination[u] = terms[0, u] + terms[1, u] + terms[2, u] + terms[3, u]
    return inclination


@kernel
def _incline(world: World) -> Reals:
    """Norm above its reference, quality of leadership, training that is followed, and income over local wages, weighted."""
    units, p, switches = world.units, world.parameters, world.parameters.switches
    terms, leadership, income = np.zeros((N_CATEGORIES, len(units))), leadership_now(world), disposable_income(world)
    norm_weight = p.norms.norm_weight * switches.norms
    wage = world.inputs.mean_wage[world.step] / WEEKS_PER_MONTH
    for u in range(len(units)):
        terms[0, u] = norm_weight * (units.norm[u] - p.norms.reference_participation)
        terms[1, u] = -p.norms.leadership_weight * leadership[u]
        terms[3, u] = p.involvement.income_weight * log(income[units.category[u]] / wage)
    if world.effects.training.any():
        terms[2, :] = world.effects.training * compliance(world) * world.training_left
    return terms


def let_training_fade(world: World) -> None:
    """Note what is left of training in each unit, halved again and again since it arrived.

    Once a step where training is in force, in Python, because NumPy's powers of two have bits of their own.
    """
    world.training_left[:] = 2.0 ** (-weeks_into_tour(world) / world.parameters.leadership.training_half_weeks)


@kernel
def own_weight(world: World) -> float:
    """Evidence of a tour of own unpunished involvement, in tours: o * w_own."""
    p = world.parameters.beliefs
    return p.unpunished_weight * p.own_weight if world.parameters.switches.beliefs else 0.0


def own_evidence(world: World) -> Reals:
    """Evidence per week of own unpunished involvement, in tours: o * w_own / tour, shape (n_units,)."""
    return own_weight(world) / world.units.tour_weeks


@kernel
def disposable_income(world: World) -> Reals:
    """Disposable income by category, USD per week, shape (4,)."""
    return world.inputs.disposable_usd[world.step] * world.effects.disposable_income


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


@kernel
def free_time(world: World) -> tuple[Reals, Reals]:
    """Opportunities of a prone person this step, and the share of acts on private premises, each shape (n_units,).

    Off-limits rules take hours away where they are obeyed; part of those hours moves to private premises.
    """
    units, p, effects = world.units, world.parameters, world.effects
    exposure = np.minimum(world.inputs.exposure[world.step] * effects.exposure, 1.0)
    rate = p.involvement.acts_per_week * effects.involvement_rate * world.dt
    opportunities, private = (exposure * rate)[units.category], np.zeros(len(units))
    if (effects.off_limits != 1.0).any():
        obeyed = compliance(world)
        for u in range(len(units)):
            taken = with_probability(0.0, effects.off_limits[u]) * obeyed[u]
            moved = taken * p.leadership.displaced_share
            kept = 1.0 - taken + moved
            opportunities[u] *= kept
            private[u] = moved / kept if kept > 0.0 else 0.0
    return opportunities, private
