"""Phase 9, politics: an authority sanctions a contributor whose record passes a threshold, if it can afford to.

The threshold is a multiple of the mission's mean and rises with dependence: the shortfall the contributor's absence would
cause, in units of what the mission tolerates. This is the UN's "genetic defect"; ``psi`` = 0 removes it. Without a policy
that makes authorities ready to sanction nothing happens. Source: mechanisms note A.8; T05.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_MONTH
from sim.compiled import kernel
from sim.numerics import exps
from sim.world.state import World

WARNING, UNIT, ALL_UNITS = 1, 2, 3


def run(world: World) -> None:
    """Update records, then take at most one step against each contributor that calls for one."""
    if not len(world.units):
        return
    _update_records(world)
    if not (world.parameters.switches.sanctions and world.knobs.is_moved("sanction_readiness")):
        return  # no authority is ready unless a policy makes it so
    readiness = _readiness(world)
    if not (readiness > 0).any():
        return
    score, mean = scores(world)
    if mean <= 0:
        return
    p, c = world.parameters.dependence, world.contributors
    threshold = thresholds(world, readiness_by_contributor(world), mean)
    due = is_called_for(world, score, threshold) & (world.week - c.last_sanction_week >= p.pause_weeks)
    for number in np.flatnonzero(due & c.is_state).tolist():
        _sanction(world, number, readiness > 0, score[number] > 2.0 * threshold[number])


def scores(world: World) -> tuple[np.ndarray, float]:
    """Cases per thousand person-months by contributor, shrunk towards the mission's mean, and that mean."""
    c, m0 = world.contributors, world.parameters.dependence.shrinkage
    served = float(c.person_months.sum())
    mean = float(c.record.sum()) / served if served > 0 else 0.0
    return (c.record + m0 * mean) / (c.person_months + m0), mean


def dependence(world: World) -> np.ndarray:
    """Shortfall the mission would suffer without each contributor, in units of what it tolerates.

    Share of authorised strength times the part nobody would replace, over the tolerated shortfall; 0 where everybody can be
    replaced.
    """
    p, units = world.parameters, world.units
    authorised = world.authorised[:, world.step]
    order = world.unit_order
    own = np.bincount(units.contributor[order], authorised[order], len(world.contributors))
    total = own.sum()
    share = own / total if total > 0 else own
    return share * (1.0 - p.contributor_response.replacement_share) / p.dependence.tolerated_shortfall


def thresholds(world: World, readiness: np.ndarray, mean: float) -> np.ndarray:
    """Score above which a contributor is sanctioned: multiple / readiness * mean * exp(psi * dependence); inf at 0."""
    p = world.parameters.dependence
    base = np.divide(p.sanction_multiple * mean, readiness, out=np.full(len(readiness), np.inf), where=readiness > 0)
    return base * exps(p.psi * dependence(world))


def is_called_for(world: World, score: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Contributors whose record calls for a sanction, before the pause between two steps, shape (n_contributors,)."""
    return (score > threshold) & (world.contributors.record >= world.parameters.dependence.fewest_cases)


def readiness_supposed(world: World) -> np.ndarray:
    """Readiness to sanction each contributor; dose 1 for all where no policy makes any authority ready."""
    ready = readiness_by_contributor(world)
    return ready if (ready > 0.0).any() else np.ones(len(ready))


def _update_records(world: World) -> None:
    """Let records fade and add this step's substantiated cases and person-months, full scale."""
    units, c, p = world.units, world.contributors, world.parameters
    _add_up(
        world.dt,
        world.scale,
        2.0 ** (-world.dt / p.dependence.score_weeks),
        2.0 ** (-world.dt / p.contributor_response.sanction_memory_weeks),
        world.unit_order,
        units.contributor,
        units.n_present,
        units.substantiated,
        units.record,
        c.substantiated,
        c.record,
        c.person_months,
        c.sanctioned,
    )


@kernel
def _add_up(  # type: ignore[no-untyped-def]
    dt,
    scale,
    kept,
    remembered,
    order,
    contributor,
    n_present,
    unit_substantiated,
    unit_record,
    substantiated,
    record,
    person_months,
    sanctioned,
):
    """Records of units and contributors, months served in thousands, and what is still felt of sanctions."""
    present = np.zeros(record.size, np.float64)
    for u in order:
        unit_record[u] = kept * unit_record[u] + unit_substantiated[u] / scale
        present[contributor[u]] += n_present[u]
    for c in range(record.size):
        record[c] = kept * record[c] + substantiated[c] / scale
        person_months[c] = kept * person_months[c] + present[c] / scale * dt / WEEKS_PER_MONTH / 1000.0
        sanctioned[c] *= remembered


def _readiness(world: World) -> np.ndarray:
    """Readiness of each unit's authority to sanction, shape (n_units,)."""
    ready = np.maximum(world.knob_by_authority("sanction_readiness", 0.0), 0.0)
    return (ready * world.parameters.oversight.sanction_share)[world.units.authority]


def readiness_by_contributor(world: World) -> np.ndarray:
    """Readiness to sanction each contributor: that of the readiest authority its people present answer to; 0 = never."""
    units, ready = world.units, np.zeros(len(world.contributors))
    np.maximum.at(ready, units.contributor, np.where(units.n_present > 0, _readiness(world), 0.0))
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
