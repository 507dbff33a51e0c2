"""Phase 1, deploy: who is present, where, and who has just rotated in.

Filled billets follow the mission's plan; a post keeps its row while its occupant, and the occupant's traits, change with
the tour slot, or earlier where justice sends somebody home. How many a contributor is willing to send is politics.
"""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.events import Event
from sim.numerics import logistic, logit, normal_quantile
from sim.phases.phase import Phase
from sim.rng import Decision, draw_traits, uniform
from sim.tables import Flags, Ints
from sim.world.happened import emit
from sim.world.state import World

DEPARTED_SHARE = 0.1
NEVER = 2**31 - 1
PER_SLOT = 64  # most occupants of a post, or commanders of a unit, within one tour
_CONTRIBUTOR, _UNIT = int(Decision.CONTRIBUTOR_TRAIT), int(Decision.UNIT_TRAIT)
_LEADERSHIP, _PRONE = int(Decision.LEADERSHIP_TRAIT), int(Decision.PRONE)
_PROPENSITY, _WOMAN = int(Decision.PROPENSITY), int(Decision.WOMAN)


@kernel
def run(world: World) -> None:
    """Fill billets by plan, rotate units and occupants, count personnel by cell."""
    units = world.units
    before = units.n_present.copy()
    for u in range(len(units)):
        units.n_present[u] = strength_provided(world, u)
    is_refilled = _begin_tours(world)
    _appoint_commanders(world)
    rows, n_sent_home = _posts_to_fill(world, is_refilled)
    _settle(world, rows, n_sent_home)
    _move_counts(world, before)
    _emit_milestones(world, int(before.sum()))


@kernel
def strength_provided(world: World, unit: int) -> int:
    """Personnel present of a unit: the plan, or the part of it that contributors provide, whole persons."""
    planned, share = world.inputs.planned_present[world.step, unit], world.units.filled_share[unit]
    return planned if share >= 1.0 else math.floor(planned * share + 0.5)


@kernel
def _begin_tours(world: World) -> Flags:
    """Note the tour slot of units and who fills them, report those relieved as a whole, and draw how prone their people are.

    Returns which units are filled by another contributor's people from now on.
    """
    units = world.units
    is_refilled = np.zeros(len(units), np.bool_)
    for u in range(len(units)):
        now = int(np.floor((world.week + units.tour_phase[u]) / units.tour_weeks[u]))
        is_others = units.provider[u] != units.contributor[u]
        is_refilled[u] = is_others and units.provider[u] >= 0
        is_new = now != units.slot[u]
        if is_new and units.slot[u] >= 0 and units.n_present[u] > 0 and units.category[u] == 0:
            key, who = units.key[u], units.contributor[u]
            emit(world, Event.UNIT_ROTATED, key, -1, float(units.n_present[u]), who)
        if is_new or is_others:
            units.slot[u], units.provider[u] = now, units.contributor[u]
            units.p_prone[u] = unit_proneness(world, u)
    return is_refilled


@kernel
def unit_proneness(world: World, unit: int) -> float:
    """Proneness of a unit in its tour: the common level, an anonymous contributor trait and a unit trait, in log-odds."""
    units, p = world.units, world.parameters.involvement
    if p.p_prone <= 0.0:
        return 0.0
    contributors = normal_quantile(uniform(world.world_seed, _CONTRIBUTOR, 0, units.provider[unit]))
    own = normal_quantile(uniform(world.world_seed, _UNIT, 0, units.key[unit], units.slot[unit]))
    return logistic(logit(p.p_prone) + p.contributor_sd * contributors + p.unit_sd * own)


@kernel
def _appoint_commanders(world: World) -> None:
    """Give units a commander, with a drawn quality of leadership, where the tour or the last commander has ended."""
    units = world.units
    for u in range(len(units)):
        removed = units.commanders_removed[u] if units.commanders_slot[u] == units.slot[u] else 0
        now = units.slot[u] * PER_SLOT + min(removed, PER_SLOT - 1)
        if now != units.commander[u]:
            units.commander[u] = now
            draw = uniform(world.world_seed, _LEADERSHIP, 0, units.key[u], units.slot[u], removed)
            units.leadership[u] = normal_quantile(draw)


@kernel
def _posts_to_fill(world: World, is_refilled: Flags) -> tuple[Ints, int]:
    """Rows of billets to be filled, those sent home or replaced by another contributor's people first, and their number.

    A vacant post waits until it is filled again, unless its last occupant was sent home: nobody sent home comes back.
    """
    units, billets, muster, step = world.units, world.billets, world.muster, world.step
    removed = billets.is_removed.nonzero()[0]
    rows, n = np.empty(len(billets) + removed.size, np.int64), 0
    for gone in removed:
        if not is_refilled[billets.unit[gone]]:
            rows[n] = gone
            muster.n_waiting[billets.unit[gone]] = 0
            n += 1
    for u in range(len(units)):
        if is_refilled[u]:
            muster.n_waiting[u] = 0
            for b in range(units.first_billet[u], units.first_billet[u] + units.n_billets[u]):
                rows[n] = b
                n += 1
    n_sent_home = n
    for u in range(len(units)):
        if is_refilled[u] or (units.n_present[u] <= muster.n_waiting[u] and step < muster.next_turn[u]):
            continue
        own = billets.turn_step[units.first_billet[u] : units.first_billet[u] + units.n_present[u]]
        muster.next_turn[u], muster.n_waiting[u] = _first_turn(own), own.size
        if muster.next_turn[u] > step:
            continue
        muster.n_waiting[u] = 0
        for k in range(own.size):
            if own[k] <= step:
                rows[n] = units.first_billet[u] + k
                n += 1
    return rows[:n], n_sent_home


@kernel
def _first_turn(turn_step: Ints) -> int:
    """Earliest of some posts' turns."""
    first = NEVER
    for k in range(turn_step.size):
        first = min(first, int(turn_step[k]))
    return first


@kernel
def _tour_slot(step: int, dt: float, phase: float, tour_weeks: float) -> int:
    """Tour slot of a post in a step: rotations since the start of the mission."""
    return int(np.floor((step * dt + phase) / tour_weeks))


@kernel
def _next_turn(step: int, dt: float, phase: float, tour_weeks: float, slot: int) -> int:
    """First step after this one that belongs to a later tour slot."""
    later = max(int(((slot + 1) * tour_weeks - phase) / dt) - 2, step + 1)
    while _tour_slot(later, dt, phase, tour_weeks) == slot:
        later += 1
    return later


@kernel
def _settle(world: World, rows: Ints, n_sent_home: int) -> None:
    """Give posts somebody new; count tours of involved persons that ended unpunished."""
    units, billets, muster, step, dt = world.units, world.billets, world.muster, world.step, world.dt
    units.involved_left[:] = 0.0
    n, done = 0, np.empty(rows.size, np.int64)
    keys, slots, waves = np.empty(rows.size, np.int64), np.empty(rows.size, np.int64), np.empty(rows.size, np.int64)
    for i in range(rows.size):
        b = rows[i]
        u, phase = billets.unit[b], billets.tour_phase[b]
        is_sent_home = i < n_sent_home
        if not is_sent_home and billets.turn_step[b] > step:
            continue  # filled above, after the last occupant was sent home
        now = _tour_slot(step, dt, phase, units.tour_weeks[u])
        if not is_sent_home and billets.acts_slot[b] == billets.occupant[b] and billets.tour_acts[b] > 0:
            units.involved_left[u] += 1.0
        wave = 0 if now != billets.slot[b] else min(billets.occupant[b] % PER_SLOT + 1, PER_SLOT - 1)
        billets.slot[b] = now
        billets.turn_step[b] = _next_turn(step, dt, phase, units.tour_weeks[u], now)
        billets.occupant[b] = now * PER_SLOT + wave
        muster.first_new[u] = min(muster.first_new[u], b - units.first_billet[u])
        done[n], keys[n], slots[n], waves[n] = b, billets.key[b], now, wave
        n += 1
    _draw_traits(world, done[:n], keys[:n], slots, waves)


@kernel
def _draw_traits(world: World, done: Ints, keys: Ints, slots: Ints, waves: Ints) -> None:
    """Whether those who fill a post now are women, prone, and if so with what propensity."""
    units, billets, p, n = world.units, world.billets, world.parameters.involvement, done.size
    woman, prone = np.empty(n), np.empty(n)
    draw_traits(world.seed, _WOMAN, keys, slots, waves, woman)
    draw_traits(world.seed, _PRONE, keys, slots, waves, prone)
    for i in range(n):
        b = done[i]
        u = billets.unit[b]
        women_share = world.places.women_share[u] + world.effects.women_share[u]
        billets.is_woman[b] = woman[i] < min(max(women_share, 0.0), 1.0)
        relative = p.women_relative_proneness if billets.is_woman[b] else 1.0
        billets.is_prone[b] = prone[i] < units.p_prone[u] * relative
        if billets.is_prone[b]:
            draw = uniform(world.seed, _PROPENSITY, 0, keys[i], slots[i], waves[i])
            billets.propensity[b] = p.propensity_mean + p.propensity_sd * normal_quantile(draw)


@kernel
def _move_counts(world: World, before: Ints) -> None:
    """Bring personnel by cell from the strengths before to the present ones."""
    units, cell, counts = world.units, world.billets.cell, world.cells.personnel
    for u in range(len(units)):
        first = units.first_billet[u]
        for b in range(first + before[u], first + units.n_present[u]):
            counts[cell[b]] += 1
        for b in range(first + units.n_present[u], first + before[u]):
            counts[cell[b]] -= 1


@kernel
def _emit_milestones(world: World, before: int) -> None:
    """Report the arrival and departure of the mission, and the shock and policies that set in now."""
    inputs, present = world.inputs, world.units.n_present.sum()
    if before == 0 and present > 0 and not world.has_arrived:
        world.has_arrived = True
        emit(world, Event.MISSION_STARTED, 0, -1, present / world.scale)
    is_small = world.step > inputs.peak_step and present < DEPARTED_SHARE * inputs.peak_present
    if is_small and not world.has_left:
        world.has_left = True
        emit(world, Event.STRENGTH_BELOW_TENTH, 0, -1, present / world.scale)
    for i in range(inputs.starts_step.size):
        if inputs.starts_step[i] == world.step:
            emit(world, inputs.starts_event[i], inputs.starts_number[i], -1, inputs.starts_value[i])


PHASE = Phase(
    name="deploy",
    question="Who is present, where, and who has just rotated in?",
    run=run,
    draws=(
        Decision.CONTRIBUTOR_TRAIT,
        Decision.UNIT_TRAIT,
        Decision.LEADERSHIP_TRAIT,
        Decision.PRONE,
        Decision.PROPENSITY,
        Decision.WOMAN,
    ),
    emits=("mission_started", "strength_below_tenth", "shock_started", "policy_started", "unit_rotated"),
)
