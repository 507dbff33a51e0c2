"""Phase 9, politics: contributors leave in response to what is imposed on them; others replace them slowly.

The mission's own path already contains ordinary departures, so only the excess over them is a hazard here: exactly zero
where nothing is imposed or nobody is sensitive. Which unit leaves follows a rule (the largest), not a draw. Source: A25 for
the one documented withdrawal; T06, T10, A28 for reimbursement; mechanisms note A.9.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.numerics import exps, log
from sim.rng import Decision, uniform, uniforms
from sim.world.state import World

TRACE = 1e-6  # memory of a sanction too faint to matter
POLICE = 1  # categories up to this one are uniformed


def run(world: World) -> None:
    """Withdrawals, ends of suspensions, replacements."""
    if not len(world.units):
        return
    if world.parameters.switches.contributor_response:
        _withdraw(world)
    vacant = (world.units.filled_share < 1.0).nonzero()[0]
    if len(vacant):
        for unit in vacant[np.argsort(world.units.key[vacant])].tolist():
            _fill(world, unit)


def excess_exit_hazard(world: World) -> np.ndarray:
    """Excess hazard of withdrawing a unit by contributor, per year: l0 (e^pressure - 1) * restraint, capped.

    Pressure adds recent sanctions, coverage of own people by waivers, and consented courts on site, the latter two by
    sovereignty. Limits: 0 without pressure; 0 at zero weights.
    """
    p, c = world.parameters.contributor_response, world.contributors
    pressure = (
        p.sanction_weight * c.sanctioned
        + p.waiver_weight * c.sovereignty * coverage(world)
        + p.in_country_weight * c.sovereignty * c.has_consented
    )
    restraint = exps(-p.reimbursement_weight * reliance(world) * (1.0 - c.pay_withheld))
    hazard = p.exit_per_year * (exps(pressure) - 1.0) * restraint
    return np.where(c.is_state, np.minimum(hazard, p.highest_exit_per_year), 0.0)


def reliance(world: World) -> np.ndarray:
    """How much reimbursement counts for a contributor: r / (r + income), 1/2 at the reference income."""
    reference = world.parameters.contributor_response.reference_income_usd
    return reference / (reference + np.maximum(world.contributors.income_usd, 0.0))


def coverage(world: World) -> np.ndarray:
    """Share of each contributor's people whose immunity is waived against it; 0 where it accepted host jurisdiction."""
    units, c = world.units, world.contributors
    order = world.unit_order
    own, present = units.contributor[order], units.n_present[order].astype(np.float64)
    total = np.bincount(own, present, len(c))
    waived = np.bincount(own, present * units.waiver[order], len(c))
    share = np.divide(waived, total, out=np.zeros(len(c)), where=total > 0)
    accepted = c.is_state & (c.ratification > c.ratification_draw)
    return np.where(accepted, 0.0, share)  # who accepted host jurisdiction does not leave over it


def _withdraw(world: World) -> None:
    """Advance hazards; a contributor over its threshold withdraws its largest unit."""
    c, units = world.contributors, world.units
    if not _is_pressed(units.waiver, c.has_consented, c.sanctioned):
        return
    hazard = excess_exit_hazard(world)
    c.exit_hazard[:] += hazard * world.dt / WEEKS_PER_YEAR
    for number in np.flatnonzero(c.exit_hazard > 0).tolist():
        draw = uniform(world.seed, int(Decision.EXIT), 0, number, int(c.withdrawals[number]))
        if c.exit_hazard[number] < -log(draw):
            continue
        is_there = (units.n_present > 0) & (units.filled_share > 0)  # not one suspended a moment ago
        own = np.flatnonzero((units.contributor == number) & is_there & (units.category <= POLICE))
        c.exit_hazard[number] = 0.0
        if not len(own):
            continue
        own = own[np.argsort(units.key[own])]
        unit = int(own[int(np.argmax(units.n_present[own]))])
        c.withdrawals[number] += 1
        units.filled_share[unit], units.vacant_since[unit], units.returns_week[unit] = 0.0, world.week, -1.0
        planned = float(world.planned_strength[unit, world.step])
        world.events.emit(world.step, "unit_withdrawn", int(units.key[unit]), contributor=number, value=planned)


@kernel
def _is_pressed(waiver, has_consented, sanctioned):  # type: ignore[no-untyped-def]
    """Whether anything is imposed on anybody: a waiver, a court on site, or a sanction that is not forgotten."""
    pressed = False
    for unit in range(waiver.size):
        pressed = pressed or waiver[unit] != 0.0
    for number in range(sanctioned.size):
        pressed = pressed or has_consented[number] or sanctioned[number] > TRACE
    return pressed


def _fill(world: World, unit: int) -> None:
    """A vacant post: its own people return when a suspension ends, or others come after a delay while the pool lasts."""
    units, p = world.units, world.parameters.contributor_response
    if units.returns_week[unit] >= 0 and world.week >= units.returns_week[unit]:
        units.filled_share[unit] = units.returns_share[unit]
        units.vacant_since[unit], units.returns_week[unit] = -1.0, -1.0
        return
    if units.filled_share[unit] > 0.0 or world.week - units.vacant_since[unit] < p.replacement_weeks:
        return
    planned = float(world.planned_strength[unit, world.step])
    own_path = float(world.authorised[unit, world.step :].max())  # known ahead; shocks and policies to come are not
    most = max(planned, own_path)  # what the post will ask for
    share = min(p.replacement_share, pool_left(world) / most if most > 0 else 0.0)
    other = _replacement(world, unit) if share > 0.0 else 0
    if other == 0:
        return
    units.filled_share[unit], units.returns_week[unit], units.contributor[unit] = share, -1.0, other
    world.contributors.replaces[other] += share * most
    world.events.emit(world.step, "unit_replaced", int(units.key[unit]), contributor=other, value=share * planned)


def pool_left(world: World) -> float:
    """Replacements still available, persons, full scale."""
    share = world.parameters.contributor_response.pool_share
    return max(share * world.peak_military - float(world.contributors.replaces.sum()), 0.0)


def _replacement(world: World, unit: int) -> int:
    """Number of the contributor that replaces another: one present in the same category and not recently sanctioned.

    The choice is by keyed exponential over strength; 0 where nobody can.
    """
    units, c = world.units, world.contributors
    same = (units.category == units.category[unit]) & (units.n_present > 0)
    strength = np.bincount(units.contributor[same], units.n_present[same].astype(np.float64), len(c))
    able = (strength > 0) & c.is_state & (c.sanctioned < 0.5) & (np.arange(len(c)) != units.contributor[unit])
    numbers = np.flatnonzero(able)
    if not len(numbers):
        return 0
    keys = np.full(len(numbers), units.key[unit], np.int64)
    draws = uniforms(world.seed, int(Decision.REPLACEMENT), world.step, keys, numbers)
    waiting = np.array([-log(float(u)) for u in draws]) / strength[numbers]
    return int(numbers[int(np.argmin(waiting))])
