"""Phase 2, perceive: what personnel expect, learned per tour and never set by a policy.

Units learn the chance of being found out during a tour from removals they see and from tours that ended without one;
commanders learn their own risk; each contributor's people learn what follows a finding from outcomes they hear of. Being
spared teaches less than being caught, and rotation empties memory (Anwar & Loughran 2011; mechanisms note A.1, A.2, A.11).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, kernel
from sim.numerics import power, total
from sim.world.columns import AUTHORITIES
from sim.world.state import World


def run(world: World) -> None:
    """Update every belief from last step's events."""
    if not world.parameters.switches.beliefs or not len(world.units):
        return
    _learn_certainty(world)
    _learn_command(world)
    _learn_consequences(world)


@kernel
def updated_evidence(
    evidence_a: np.ndarray,
    evidence_b: np.ndarray,
    prior_a: float,
    prior_b: float,
    kept: float,
    tours: np.ndarray,
    found_out: np.ndarray,
    unpunished_weight: float,
    observed_share: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Evidence after one update: A' = A0 + g(A - A0) + Y and B' = B0 + g(B - B0) + o max(w X - Y, 0).

    ``tours`` X are completed tours of involved persons, ``found_out`` Y those that ended in removal, both in persons; the
    belief is A / (A + B). Limits: with X = 1, g = 1, w = 1 it converges to p / (p + o (1 - p)); at o = 1 it is the exact
    beta posterior; without events it returns to the prior.
    """
    a = prior_a + kept * (evidence_a - prior_a) + found_out
    spared = np.maximum(observed_share * tours - found_out, 0.0)
    return a, prior_b + kept * (evidence_b - prior_b) + unpunished_weight * spared


def perceived_certainty(world: World) -> np.ndarray:
    """Chance of being found out during a tour as a unit sees it, before a person's own experience, shape (n_units,)."""
    units, prior = world.units, world.parameters.sanctions.perceived_certainty
    if not world.parameters.switches.beliefs:
        return np.full(len(units), prior)
    return belief(units.belief_a, units.belief_b, prior)


@inlined
def believed(evidence_a, evidence_b, prior):
    """Belief A / (A + B); the prior where there is no evidence at all."""
    evidence = evidence_a + evidence_b
    return evidence_a / evidence if evidence > 0.0 else prior


@kernel
def belief(evidence_a: np.ndarray, evidence_b: np.ndarray, prior: float) -> np.ndarray:
    """``believed``, unit by unit."""
    beliefs = np.empty(evidence_a.size, np.float64)
    for u in range(evidence_a.size):
        beliefs[u] = believed(evidence_a[u], evidence_b[u], prior)
    return beliefs


def command_risk(world: World) -> np.ndarray:
    """Perceived risk of a commander's own removal above its prior, shape (n_units,); 0 where nothing was learned."""
    units, p = world.units, world.parameters.leadership
    return belief(units.command_a, units.command_b, p.p_removed) - p.p_removed


def leadership_now(world: World) -> np.ndarray:
    """Quality of leadership in sd: the commander's trait and the effort own risk calls for, shape (n_units,)."""
    units, p = world.units, world.parameters.leadership
    return _lead(units.leadership, units.command_a, units.command_b, p.p_removed, p.effort_per_risk)


@kernel
def _lead(trait, command_a, command_b, prior, effort_per_risk):
    """A commander's trait, and effort in proportion to the risk of removal seen above its prior."""
    quality = np.empty(trait.size, np.float64)
    for u in range(trait.size):
        quality[u] = trait[u] + effort_per_risk * (believed(command_a[u], command_b[u], prior) - prior)
    return quality


def _learn_certainty(world: World) -> None:
    """Credit tours that ended, removals seen in the unit, and news of the rest of the mission; mix on rotation."""
    units, p, dt = world.units, world.parameters.beliefs, world.dt
    certainty = world.parameters.sanctions.perceived_certainty
    _learn(
        certainty * p.prior_weight,
        (1.0 - certainty) * p.prior_weight,
        2.0 ** (-dt / p.memory_half_weeks),
        p.unpunished_weight,
        p.observed_share,
        p.public_weight,
        1.0 - p.kept_on_rotation,
        dt,
        world.scale,
        world.unit_order,
        units.category,
        units.tour_weeks,
        units.slot,
        units.norm_slot,
        units.n_present,
        units.removed,
        units.removed_published,
        units.involved_left,
        units.visibility,
        units.belief_a,
        units.belief_b,
    )


@kernel
def _learn(
    prior_a,
    prior_b,
    kept,
    unpunished_weight,
    observed_share,
    public_weight,
    lost_on_rotation,
    dt,
    scale,
    order,
    category,
    tour_weeks,
    slot,
    norm_slot,
    n_present,
    removed,
    removed_published,
    involved_left,
    visibility,
    belief_a,
    belief_b,
):
    """One step of a unit's evidence: its own tours, its share of published ones, and what rotation takes away."""
    found_out = removed / scale
    tours = involved_left / scale + found_out
    a, b = updated_evidence(
        belief_a, belief_b, prior_a, prior_b, kept, tours, found_out, unpunished_weight, observed_share
    )
    published = total((removed_published / scale)[order])
    told = total((tours * visibility)[order])
    present = float(n_present.sum())
    for u in range(order.size):
        if present > 0.0:
            heard = public_weight * n_present[u] / present
            a[u] += heard * published
            b[u] += heard * unpunished_weight * observed_share * told
        lost = share_replaced(category[u], norm_slot[u], slot[u], tour_weeks[u], dt, lost_on_rotation)
        belief_a[u] = a[u] + lost * (prior_a - a[u])
        belief_b[u] = b[u] + lost * (prior_b - b[u])


@kernel
def share_replaced(category, known_slot, slot, tour_weeks, dt, replaced):
    """Part of what a unit holds that leaves it: ``replaced`` where relieved, a little each step where posts rotate singly."""
    if category == 0:
        return replaced if known_slot >= 0 and known_slot != slot else 0.0
    return replaced * dt / tour_weeks


def _learn_command(world: World) -> None:
    """Commanders under one authority hear of each other's removals."""
    units, p = world.units, world.parameters.leadership
    _hear_of_commanders(
        p.p_removed * p.prior_weight,
        (1.0 - p.p_removed) * p.prior_weight,
        2.0 ** (-world.dt / p.memory_half_weeks),
        world.scale,
        len(AUTHORITIES),
        units.authority,
        units.command_cases,
        units.command_removals,
        units.command_a,
        units.command_b,
    )


@kernel
def _hear_of_commanders(prior_a, prior_b, kept, scale, n_authorities, authority, cases, removals, command_a, command_b):
    """Evidence fades towards the prior; each decision on a commander adds to that of all under the authority."""
    decided, removed = np.zeros(n_authorities, np.int64), np.zeros(n_authorities, np.int64)
    for u in range(authority.size):
        decided[authority[u]] += cases[u]
        removed[authority[u]] += removals[u]
    for u in range(authority.size):
        of_all, of_removed = decided[authority[u]] / scale, removed[authority[u]] / scale
        command_a[u] = prior_a + kept * (command_a[u] - prior_a) + of_removed
        command_b[u] = prior_b + kept * (command_b[u] - prior_b) + (of_all - of_removed)


def _learn_consequences(world: World) -> None:
    """Move what each contributor's people expect after a finding towards what they heard of, case by case."""
    c = world.contributors
    _hear_of_outcomes(
        world.parameters.beliefs.learning_per_case,
        world.scale,
        c.removals_decided,
        c.removals_seen,
        c.courts_decided,
        c.charges_seen,
        c.convictions_seen,
        c.pay_withheld,
        c.delay_seen,
        c.q_removed,
        c.q_prosecuted,
        c.q_convicted,
        c.q_pay,
        c.delay_years,
    )


@kernel
def _hear_of_outcomes(
    speed,
    scale,
    removals_decided,
    removals_seen,
    courts_decided,
    charges_seen,
    convictions_seen,
    pay_withheld,
    delay_seen,
    q_removed,
    q_prosecuted,
    q_convicted,
    q_pay,
    delay_years,
):
    """Each expectation moves towards the share seen among cases decided, the further the more cases; unmoved without."""
    for c in range(q_removed.size):
        removals, courts, charges = removals_decided[c], courts_decided[c], charges_seen[c]
        if removals > 0.0:
            learned = learned_share(speed, removals / scale)
            q_removed[c] += learned * (removals_seen[c] / removals - q_removed[c])
            q_pay[c] += learned * (pay_withheld[c] - q_pay[c])
        if courts > 0.0:
            learned = learned_share(speed, courts / scale)
            q_prosecuted[c] += learned * (charges / courts - q_prosecuted[c])
            q_convicted[c] += learned * (convictions_seen[c] / courts - q_convicted[c])
        if charges > 0.0:
            delay_years[c] += learned_share(speed, charges / scale) * (delay_seen[c] / charges - delay_years[c])


@kernel
def learned_share(speed: float, cases: float) -> float:
    """Weight of new evidence after a number of cases, 1 - (1 - speed)^cases: 0 without cases, speed after one."""
    return 1.0 - power(1.0 - speed, cases)
