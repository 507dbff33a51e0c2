"""Phase 9, politics: an authority sanctions a contributor whose record passes a threshold, if it can afford to.

The threshold is a multiple of the mission's mean and rises with dependence: the shortfall the contributor's absence would
cause, in units of what the mission tolerates. This is the UN's "genetic defect"; ``psi`` = 0 removes it. Without a policy
that makes authorities ready to sanction nothing happens. Source: mechanisms note A.8; T05.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_MONTH
from sim.compiled import kernel
from sim.numerics import exp, total
from sim.tables import Flags, Reals
from sim.world.state import World

WARNING, UNIT, ALL_UNITS = 1, 2, 3


@kernel
def update_records(world: World) -> None:
    """Let records and sanctions fade; add this step's substantiated cases and person-months in thousands, full scale."""
    units, c, dt, scale = world.units, world.contributors, world.dt, world.scale
    kept, present = world.fading.scores, np.zeros(len(c))
    for u in world.places.unit_order:
        units.record[u] = kept * units.record[u] + units.substantiated[u] / scale
        present[units.contributor[u]] += units.n_present[u]
    for n in range(len(c)):
        c.record[n] = kept * c.record[n] + c.substantiated[n] / scale
        served = present[n] / scale * dt / WEEKS_PER_MONTH / 1000.0
        c.person_months[n] = kept * c.person_months[n] + served
        c.sanctioned[n] *= world.fading.sanctions


def decide(world: World) -> None:
    """Take at most one step against each contributor that calls for one."""
    due, (score, mean) = due_for_sanction(world), scores(world)
    threshold = thresholds(world, readiness_by_contributor(world), mean)
    may_suspend = readiness_of_units(world) > 0
    for number in np.flatnonzero(due).tolist():
        _sanction(world, number, may_suspend, score[number] > 2.0 * threshold[number])


@kernel
def due_for_sanction(world: World) -> Flags:
    """States whose record calls for a step by an authority that is ready, none too soon after the last, (n_contributors,)."""
    c, p, due = world.contributors, world.parameters, np.zeros(len(world.contributors), np.bool_)
    if not p.switches.sanctions or readiness_of_units(world).max() <= 0.0:
        return due
    score, mean = scores(world)
    if mean > 0.0:
        due[:] = is_called_for(world, score, thresholds(world, readiness_by_contributor(world), mean))
        for n in range(len(c)):
            has_paused = world.week - c.last_sanction_week[n] >= p.dependence.pause_weeks
            due[n] = due[n] and has_paused and c.is_state[n]
    return due


@kernel
def scores(world: World) -> tuple[Reals, float]:
    """Cases per thousand person-months by contributor, shrunk towards the mission's mean, and that mean."""
    c, m0 = world.contributors, world.parameters.dependence.shrinkage
    served = total(c.person_months)
    mean = total(c.record) / served if served > 0 else 0.0
    return (c.record + m0 * mean) / (c.person_months + m0), mean


@kernel
def dependence(world: World) -> Reals:
    """Shortfall the mission would suffer without each contributor, in units of what it tolerates.

    Share of authorised strength times the part nobody would replace, over the tolerated shortfall; 0 where everybody can be
    replaced.
    """
    p, own = world.parameters, np.zeros(len(world.contributors))
    for u in world.places.unit_order:
        own[world.units.contributor[u]] += world.inputs.authorised[world.step, u]
    whole = total(own)
    share = own / whole if whole > 0 else own
    return share * (1.0 - p.contributor_response.replacement_share) / p.dependence.tolerated_shortfall


@kernel
def thresholds(world: World, readiness: Reals, mean: float) -> Reals:
    """Score above which a contributor is sanctioned: multiple / readiness * mean * exp(psi * dependence); inf at 0."""
    p, depends = world.parameters.dependence, dependence(world)
    threshold = np.full(readiness.size, np.inf)
    for n in range(readiness.size):
        if readiness[n] > 0:
            threshold[n] = p.sanction_multiple * mean / readiness[n] * exp(p.psi * depends[n])
    return threshold


@kernel
def is_called_for(world: World, score: Reals, threshold: Reals) -> Flags:
    """Contributors whose record calls for a sanction, before the pause between two steps, shape (n_contributors,)."""
    return (score > threshold) & (world.contributors.record >= world.parameters.dependence.fewest_cases)


def readiness_supposed(world: World) -> Reals:
    """Readiness to sanction each contributor; dose 1 for all where no policy makes any authority ready."""
    ready = readiness_by_contributor(world)
    return ready if (ready > 0.0).any() else np.ones(len(ready))


@kernel
def readiness_of_units(world: World) -> Reals:
    """Readiness of each unit's authority to sanction, shape (n_units,)."""
    dose, share = world.effects.sanction_readiness, world.parameters.oversight.sanction_share
    ready = np.empty(len(world.units))
    for u in range(len(world.units)):
        ready[u] = max(dose[world.units.authority[u]], 0.0) * share
    return ready


@kernel
def readiness_by_contributor(world: World) -> Reals:
    """Readiness to sanction each contributor: that of the readiest authority its people present answer to; 0 = never."""
    units, of_units, ready = world.units, readiness_of_units(world), np.zeros(len(world.contributors))
    for u in range(len(units)):
        if units.n_present[u] > 0:
            ready[units.contributor[u]] = max(ready[units.contributor[u]], of_units[u])
    return ready


def _sanction(world: World, number: int, may_suspend: np.ndarray, is_far_above: bool) -> None:
    """One step: a warning first, then the unit with the longest record, or all units far above the threshold."""
    c, units, p = world.contributors, world.units, world.parameters
    remembered = max(p.dependence.score_weeks, 2.0 * p.dependence.pause_weeks)
    was_warned = c.last_sanction_week[number] >= world.week - remembered
    own = np.flatnonzero((units.contributor == number) & may_suspend & (units.filled_share > 0) & (units.n_present > 0))
    own = own[np.argsort(units.key[own])]  # which of several with equal records is meant must not depend on rows
    step = WARNING if not was_warned or not len(own) else ALL_UNITS if is_far_above else UNIT
    c.last_sanction_week[number] = world.week
    weight = {WARNING: 0.25, UNIT: 1.0, ALL_UNITS: 2.0}[step]
    c.sanctioned[number] += weight
    solidarity = p.contributor_response.solidarity
    others = (c.bloc == c.bloc[number]) & c.is_state & (np.arange(len(c)) != number)
    c.sanctioned[others] += solidarity * weight
    if step == UNIT:
        own = own[[int(np.argmax(units.record[own]))]]
    if step != WARNING:
        units.returns_share[own] = units.filled_share[own]
        units.filled_share[own], units.vacant_since[own] = 0.0, world.week
        units.returns_week[own] = world.week + p.dependence.suspension_weeks
    world.events.emit(world.step, "contributor_sanctioned", number, contributor=number, value=float(step))
