"""Phase 2, perceive: what personnel expect, learned per tour and never set by a policy.

Units learn the chance of being found out during a tour from removals they see and from tours that ended without one;
commanders learn their own risk; each contributor's people learn what follows a finding from outcomes they hear of. Being
spared teaches less than being caught, and rotation empties memory (Anwar & Loughran 2011; mechanisms note A.1, A.2, A.11).
"""

from __future__ import annotations

import numpy as np

from sim.compiled import inlined, kernel
from sim.numerics import power, total
from sim.tables import Reals
from sim.world.columns import AUTHORITIES
from sim.world.state import World

N_AUTHORITIES = len(AUTHORITIES)


@kernel
def learn(world: World) -> None:
    """Update every belief from last step's events."""
    if world.parameters.switches.beliefs and len(world.units) > 0:
        _learn_certainty(world)
        _learn_command(world)
        _learn_consequences(world)


@kernel
def updated_evidence(
    evidence: tuple[Reals, Reals],
    prior: tuple[float, float],
    kept: float,
    tours: Reals,
    found_out: Reals,
    unpunished_weight: float,
    observed_share: float,
) -> tuple[Reals, Reals]:
    """Evidence (A, B) after one update: A' = A0 + g(A - A0) + Y and B' = B0 + g(B - B0) + o max(w X - Y, 0).

    ``tours`` X are completed tours of involved persons, ``found_out`` Y those that ended in removal, both in persons; the
    belief is A / (A + B). Limits: with X = 1, g = 1, w = 1 it converges to p / (p + o (1 - p)); at o = 1 it is the exact
    beta posterior; without events it returns to the prior.
    """
    a = prior[0] + kept * (evidence[0] - prior[0]) + found_out
    spared = np.maximum(observed_share * tours - found_out, 0.0)
    return a, prior[1] + kept * (evidence[1] - prior[1]) + unpunished_weight * spared


@kernel
def perceived_certainty(world: World) -> Reals:
    """Chance of being found out during a tour as a unit sees it, before a person's own experience, shape (n_units,)."""
    units, prior = world.units, world.parameters.sanctions.perceived_certainty
    certainty = np.empty(len(units))
    for u in range(len(units)):
        learned = believed(units.belief_a[u], units.belief_b[u], prior)
        certainty[u] = learned if world.parameters.switches.beliefs else prior
    return certainty


@inlined
def believed(evidence_a: float, evidence_b: float, prior: float) -> float:
    """Belief A / (A + B); the prior where there is no evidence at all."""
    evidence = evidence_a + evidence_b
    return evidence_a / evidence if evidence > 0.0 else prior


@kernel
def command_risk(world: World) -> Reals:
    """Perceived risk of a commander's own removal above its prior, shape (n_units,); 0 where nothing was learned."""
    units, prior = world.units, world.parameters.leadership.p_removed
    risk = np.empty(len(units))
    for u in range(len(units)):
        risk[u] = believed(units.command_a[u], units.command_b[u], prior) - prior
    return risk


@kernel
def leadership_now(world: World) -> Reals:
    """Quality of leadership in sd: the commander's trait and the effort own risk calls for, shape (n_units,)."""
    units, p = world.units, world.parameters.leadership
    risk, quality = command_risk(world), np.empty(len(units))
    for u in range(len(units)):
        quality[u] = units.leadership[u] + p.effort_per_risk * risk[u]
    return quality


@kernel
def _learn_certainty(world: World) -> None:
    """One step of a unit's evidence: its own tours, its share of published ones, and what rotation takes away."""
    units, p, order = world.units, world.parameters.beliefs, world.places.unit_order
    certainty = world.parameters.sanctions.perceived_certainty
    prior = (certainty * p.prior_weight, (1.0 - certainty) * p.prior_weight)
    found_out = units.removed / world.scale
    tours = units.involved_left / world.scale + found_out
    known = (units.belief_a, units.belief_b)
    a, b = updated_evidence(known, prior, world.fading.beliefs, tours, found_out, p.unpunished_weight, p.observed_share)
    published = total((units.removed_published / world.scale)[order])
    told = total((tours * units.visibility)[order])
    present = float(units.n_present.sum())
    for u in range(len(units)):
        if present > 0.0:
            heard = p.public_weight * units.n_present[u] / present
            a[u] += heard * published
            b[u] += heard * p.unpunished_weight * p.observed_share * told
        lost = share_replaced(world, u, 1.0 - p.kept_on_rotation)
        units.belief_a[u] = a[u] + lost * (prior[0] - a[u])
        units.belief_b[u] = b[u] + lost * (prior[1] - b[u])


@kernel
def share_replaced(world: World, unit: int, replaced: float) -> float:
    """Part of what a unit holds that leaves it: ``replaced`` where relieved, a little each step where posts rotate singly."""
    units = world.units
    if units.category[unit] == 0:
        return replaced if units.norm_slot[unit] >= 0 and units.norm_slot[unit] != units.slot[unit] else 0.0
    return replaced * world.dt / units.tour_weeks[unit]


@kernel
def _learn_command(world: World) -> None:
    """Evidence fades towards the prior; each decision on a commander adds to that of all commanders under the authority."""
    units, p, kept = world.units, world.parameters.leadership, world.fading.command
    prior_a, prior_b = p.p_removed * p.prior_weight, (1.0 - p.p_removed) * p.prior_weight
    decided, removed = np.zeros(N_AUTHORITIES, np.int64), np.zeros(N_AUTHORITIES, np.int64)
    for u in range(len(units)):
        decided[units.authority[u]] += units.command_cases[u]
        removed[units.authority[u]] += units.command_removals[u]
    for u in range(len(units)):
        of_all, of_removed = decided[units.authority[u]] / world.scale, removed[units.authority[u]] / world.scale
        units.command_a[u] = prior_a + kept * (units.command_a[u] - prior_a) + of_removed
        units.command_b[u] = prior_b + kept * (units.command_b[u] - prior_b) + (of_all - of_removed)


@kernel
def _learn_consequences(world: World) -> None:
    """Move what each contributor's people expect after a finding towards what they heard of, case by case.

    Each expectation moves towards the share seen among cases decided, the further the more cases; unmoved without.
    """
    c, speed, scale = world.contributors, world.parameters.beliefs.learning_per_case, world.scale
    for n in range(len(c)):
        removals, courts, charges = c.removals_decided[n], c.courts_decided[n], c.charges_seen[n]
        if removals > 0.0:
            learned = learned_share(speed, removals / scale)
            c.q_removed[n] += learned * (c.removals_seen[n] / removals - c.q_removed[n])
            c.q_pay[n] += learned * (c.pay_withheld[n] - c.q_pay[n])
        if courts > 0.0:
            learned = learned_share(speed, courts / scale)
            c.q_prosecuted[n] += learned * (charges / courts - c.q_prosecuted[n])
            c.q_convicted[n] += learned * (c.convictions_seen[n] / courts - c.q_convicted[n])
        if charges > 0.0:
            c.delay_years[n] += learned_share(speed, charges / scale) * (c.delay_seen[n] / charges - c.delay_years[n])


@kernel
def learned_share(speed: float, cases: float) -> float:
    """Weight of new evidence after a number of cases, 1 - (1 - speed)^cases: 0 without cases, speed after one."""
    return 1.0 - power(1.0 - speed, cases)
