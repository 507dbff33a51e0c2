"""Phase 9, politics: contributors leave in response to what is imposed on them; others replace them slowly.

The mission's own path already contains ordinary departures, so only the excess over them is a hazard here: exactly zero
where nothing is imposed or nobody is sensitive. Which unit leaves follows a rule (the largest), not a draw. Source: A25 for
the one documented withdrawal; T06, T10, A28 for reimbursement; mechanisms note A.9.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.numerics import exp, log
from sim.rng import Decision, number, uniform, uniforms
from sim.tables import Flags, Ints, Reals
from sim.world.state import World

TRACE = 1e-6  # memory of a sanction too faint to matter
POLICE = 1  # categories up to this one are uniformed
_EXIT = number(Decision.EXIT)


@kernel
def press(world: World) -> bool:
    """Let pressure work for a step; returns whether anybody withdraws, or a vacant post may be filled."""
    c = world.contributors
    if world.parameters.switches.contributor_response and _is_pressed(world):
        hazard = excess_exit_hazard(world)
        for n in range(len(c)):
            c.exit_hazard[n] += hazard[n] * world.dt / WEEKS_PER_YEAR
    return bool(withdrawing(world).any()) or posts_to_fill(world).size > 0


def decide(world: World) -> None:
    """Withdrawals, ends of suspensions, replacements."""
    for contributor in withdrawing(world).nonzero()[0].tolist():
        _withdraw(world, contributor)
    for unit in posts_to_fill(world).tolist():
        _fill(world, unit)


@kernel
def _is_pressed(world: World) -> bool:
    """Whether anything is imposed on anybody: a waiver, a court on site, or a sanction that is not forgotten."""
    units, c, is_pressed = world.units, world.contributors, False
    for u in range(len(units)):
        is_pressed = is_pressed or units.waiver[u] != 0.0
    for n in range(len(c)):
        is_pressed = is_pressed or c.has_consented[n] or c.sanctioned[n] > TRACE
    return is_pressed


@kernel
def excess_exit_hazard(world: World) -> Reals:
    """Excess hazard of withdrawing a unit by contributor, per year: l0 (e^pressure - 1) * restraint, capped.

    Pressure adds recent sanctions, coverage of own people by waivers, and consented courts on site, the latter two by
    sovereignty. Limits: 0 without pressure; 0 at zero weights.
    """
    p, c, covered = world.parameters.contributor_response, world.contributors, coverage(world)
    relies, hazard = reliance(world), np.zeros(len(c))
    for n in range(len(c)):
        if c.is_state[n]:
            pressure = p.sanction_weight * c.sanctioned[n]
            pressure += p.waiver_weight * c.sovereignty[n] * covered[n]
            pressure += p.in_country_weight * c.sovereignty[n] * c.has_consented[n]
            restraint = exp(-p.reimbursement_weight * relies[n] * (1.0 - c.pay_withheld[n]))
            excess = p.exit_per_year * (exp(pressure) - 1.0) * restraint
            hazard[n] = min(excess, p.highest_exit_per_year)
    return hazard


@kernel
def reliance(world: World) -> Reals:
    """How much reimbursement counts for a contributor: r / (r + income), 1/2 at the reference income."""
    reference = world.parameters.contributor_response.reference_income_usd
    return reference / (reference + np.maximum(world.contributors.income_usd, 0.0))


@kernel
def coverage(world: World) -> Reals:
    """Share of each contributor's people whose immunity is waived against it; 0 where it accepted host jurisdiction."""
    units, c = world.units, world.contributors
    present, waived = np.zeros(len(c)), np.zeros(len(c))
    for u in world.places.unit_order:
        present[units.contributor[u]] += units.n_present[u]
        waived[units.contributor[u]] += units.n_present[u] * units.waiver[u]
    for n in range(len(c)):
        has_accepted = c.is_state[n] and c.ratification[n] > c.ratification_draw[n]  # does not leave over it
        waived[n] = 0.0 if has_accepted or present[n] <= 0 else waived[n] / present[n]
    return waived


@kernel
def withdrawing(world: World) -> Flags:
    """Contributors under pressure whose hazard has passed a threshold drawn for each withdrawal, (n_contributors,)."""
    c, found = world.contributors, np.zeros(len(world.contributors), np.bool_)
    if world.parameters.switches.contributor_response and _is_pressed(world):
        for n in range(len(c)):
            if c.exit_hazard[n] > 0.0:
                draw = uniform(world.seed, _EXIT, 0, n, c.withdrawals[n])
                found[n] = c.exit_hazard[n] >= -log(draw)
    return found


def _withdraw(world: World, number: int) -> None:
    """A contributor withdraws its largest unit, if it has one."""
    c, units = world.contributors, world.units
    is_there = (units.n_present > 0) & (units.filled_share > 0)  # not one suspended a moment ago
    own = np.flatnonzero((units.contributor == number) & is_there & (units.category <= POLICE))
    c.exit_hazard[number] = 0.0
    if not len(own):
        return
    own = own[np.argsort(units.key[own])]
    unit = int(own[int(np.argmax(units.n_present[own]))])
    c.withdrawals[number] += 1
    units.filled_share[unit], units.vacant_since[unit], units.returns_week[unit] = 0.0, world.week, -1.0
    planned = float(world.inputs.planned_strength[world.step, unit])
    world.events.emit(world.step, "unit_withdrawn", int(units.key[unit]), contributor=number, value=planned)


@kernel
def posts_to_fill(world: World) -> Ints:
    """Vacant posts whose suspension has ended, or that have stood empty long enough for others; in order of keys."""
    units, found, n = world.units, np.empty(len(world.units), np.int64), 0
    waits = world.parameters.contributor_response.replacement_weeks
    for u in world.places.unit_order:
        may_be_replaced = units.filled_share[u] <= 0.0 and world.week - units.vacant_since[u] >= waits
        if units.filled_share[u] < 1.0 and (may_return(world, u) or may_be_replaced):
            found[n] = u
            n += 1
    return found[:n]


@kernel
def may_return(world: World, unit: int) -> bool:
    """Whether a suspension has ended."""
    units = world.units
    return units.returns_week[unit] >= 0 and world.week >= units.returns_week[unit]


def _fill(world: World, unit: int) -> None:
    """A vacant post: its own people return when a suspension ends, or others come after a delay while the pool lasts."""
    units, p = world.units, world.parameters.contributor_response
    if may_return(world, unit):
        units.filled_share[unit] = units.returns_share[unit]
        units.vacant_since[unit], units.returns_week[unit] = -1.0, -1.0
        return
    planned = float(world.inputs.planned_strength[world.step, unit])
    own_path = float(
        world.inputs.authorised[world.step :, unit].max()
    )  # known ahead; shocks and policies to come are not
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
