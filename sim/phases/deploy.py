"""Phase 1, deploy: who is present, where, and who has just rotated in.

Filled billets follow the mission's plan; a post keeps its row while its occupant, and the occupant's traits, change with
the tour slot, or earlier where justice sends somebody home. How many a contributor is willing to send is politics.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import logistic, logit, normal_quantile
from sim.phases.phase import Phase
from sim.rng import Decision, draw_traits, uniform
from sim.world.state import World

DEPARTED_SHARE = 0.1
NEVER = np.int32(2**31 - 1)
PER_SLOT = 64  # most occupants of a post, or commanders of a unit, within one tour
_CONTRIBUTOR, _UNIT = int(Decision.CONTRIBUTOR_TRAIT), int(Decision.UNIT_TRAIT)
_LEADERSHIP, _PRONE = int(Decision.LEADERSHIP_TRAIT), int(Decision.PRONE)
_PROPENSITY, _WOMAN = int(Decision.PROPENSITY), int(Decision.WOMAN)


def run(world: World) -> None:
    """Fill billets by plan, rotate units and occupants, count personnel by cell."""
    units = world.units
    before = units.n_present.copy()
    units.n_present[:] = strength_provided(world)
    slots, fresh, relieved, is_refilled = _turn_over(
        world.week,
        units.category,
        units.n_present,
        units.tour_phase,
        units.tour_weeks,
        units.contributor,
        units.provider,
        units.slot,
    )
    if len(fresh):
        _emit_rotations(world, relieved)
        _begin_tours(world, fresh, slots)
    _appoint_commanders(world)
    _settle_in(world, is_refilled)
    _move_counts(before, units.n_present, units.first_billet, world.billets.cell, world.cells.personnel)
    _emit_milestones(world, int(before.sum()))


@kernel
def _turn_over(week, category, n_present, tour_phase, tour_weeks, contributor, provider, slot):
    """Tour slot of each unit now; rows of units that begin one, of those relieved as a whole, and who is replaced."""
    now, is_refilled = np.empty(slot.size, np.int64), np.zeros(slot.size, np.bool_)
    fresh, relieved, n_fresh, n_relieved = np.empty(slot.size, np.int64), np.empty(slot.size, np.int64), 0, 0
    for u in range(slot.size):
        now[u] = int(np.floor((week + tour_phase[u]) / tour_weeks[u]))
        is_others = provider[u] != contributor[u]
        is_refilled[u] = is_others and provider[u] >= 0
        if now[u] != slot[u] and slot[u] >= 0 and n_present[u] > 0 and category[u] == 0:
            relieved[n_relieved] = u
            n_relieved += 1
        if now[u] != slot[u] or is_others:
            fresh[n_fresh] = u
            n_fresh += 1
    return now, fresh[:n_fresh], relieved[:n_relieved], is_refilled


def _settle_in(world: World, is_refilled: np.ndarray) -> None:
    """Give posts whose occupant's tour has ended, or who was sent home, somebody new."""
    units, billets, p, muster = world.units, world.billets, world.parameters.involvement, world.muster
    units.involved_left[:] = 0.0
    removed = billets.is_removed.nonzero()[0]
    rows, n_sent_home = _posts_to_fill(
        world.step,
        units.first_billet,
        units.n_billets,
        units.n_present,
        is_refilled,
        removed[~is_refilled[billets.unit[removed]]],
        billets.unit,
        billets.turn_step,
        muster.next_turn,
        muster.n_waiting,
    )
    _settle(
        world.seed,
        world.step,
        world.dt,
        rows,
        n_sent_home,
        units.first_billet,
        units.tour_weeks,
        units.p_prone,
        world.knobs.values("women_share", world.women_share),
        p.women_relative_proneness,
        p.propensity_mean,
        p.propensity_sd,
        billets.unit,
        billets.key,
        billets.tour_phase,
        billets.tour_acts,
        billets.acts_slot,
        billets.turn_step,
        billets.slot,
        billets.occupant,
        billets.is_prone,
        billets.is_woman,
        billets.propensity,
        units.involved_left,
        muster.first_new,
    )


def strength_provided(world: World) -> np.ndarray:
    """Personnel present of each unit: the plan, or the part of it that contributors provide, whole persons."""
    planned, share = world.planned_present[:, world.step], world.units.filled_share
    if (share >= 1.0).all():
        return planned
    return np.where(share >= 1.0, planned, np.floor(planned * share + 0.5).astype(np.int64))


def _begin_tours(world: World, fresh: np.ndarray, slots: np.ndarray) -> None:
    """Note the tour slot of units and who fills them, and how prone their people are in this tour."""
    units, p = world.units, world.parameters.involvement
    units.slot[fresh], units.provider[fresh] = slots[fresh], units.contributor[fresh]
    units.p_prone[fresh] = unit_proneness(
        world.world_seed, p.p_prone, p.contributor_sd, p.unit_sd, units.provider[fresh], units.key[fresh], slots[fresh]
    )


@kernel
def unit_proneness(
    world_seed: int,
    p_prone: float,
    contributor_sd: float,
    unit_sd: float,
    contributor: np.ndarray,
    key: np.ndarray,
    slot: np.ndarray,
) -> np.ndarray:
    """Proneness of units in a tour: the common level, an anonymous contributor trait and a unit trait, in log-odds."""
    prone = np.zeros(key.size, np.float64)
    if p_prone > 0.0:
        for u in range(key.size):
            contributors = normal_quantile(uniform(world_seed, _CONTRIBUTOR, 0, contributor[u]))
            own = normal_quantile(uniform(world_seed, _UNIT, 0, key[u], slot[u]))
            prone[u] = logistic(logit(p_prone) + contributor_sd * contributors + unit_sd * own)
    return prone


def _appoint_commanders(world: World) -> None:
    """Give units a commander where the tour, or the last commander, has ended."""
    units = world.units
    _appoint(
        world.world_seed,
        units.key,
        units.slot,
        units.commanders_slot,
        units.commanders_removed,
        units.commander,
        units.leadership,
    )


@kernel
def _appoint(world_seed, key, slot, commanders_slot, commanders_removed, commander, leadership):
    """Draw the leadership of commanders who are new."""
    for u in range(key.size):
        removed = commanders_removed[u] if commanders_slot[u] == slot[u] else 0
        now = slot[u] * PER_SLOT + min(removed, PER_SLOT - 1)
        if now != commander[u]:
            commander[u] = now
            leadership[u] = normal_quantile(uniform(world_seed, _LEADERSHIP, 0, key[u], slot[u], removed))


def _emit_milestones(world: World, before: int) -> None:
    """Report the arrival and departure of the mission, and shocks and policies that set in now."""
    emit, step, present = world.events.emit, world.step, int(world.units.n_present.sum())
    if before == 0 and present > 0 and not world.events.has("mission_started"):
        emit(step, "mission_started", 0, value=present / world.scale)
    peak_step, peak = world.peak_present
    has_left = step > peak_step and present < DEPARTED_SHARE * peak
    if has_left and not world.events.has("strength_below_tenth"):
        emit(step, "strength_below_tenth", 0, value=present / world.scale)
    shock, begins = world.scenario.shock, (world.week, world.week + world.dt)
    if shock.effects and shock.size != 0.0 and begins[0] <= shock.start_week < begins[1]:
        emit(step, "shock_started", 0, value=shock.size)
    for number, name in enumerate(sorted(world.scenario.policy)):
        policy = world.scenario.policy[name]
        if policy.dose != 0.0 and begins[0] <= policy.start_week < begins[1]:
            emit(step, "policy_started", number, value=policy.dose)


def _emit_rotations(world: World, relieved: np.ndarray) -> None:
    """Report units that were relieved as a whole."""
    units = world.units
    for unit in relieved.tolist():
        world.events.emit(
            world.step,
            "unit_rotated",
            int(units.key[unit]),
            contributor=int(units.contributor[unit]),
            value=int(units.n_present[unit]),
        )


@kernel
def _posts_to_fill(
    step, first_billet, n_billets, n_present, is_refilled, removed, unit, turn_step, next_turn, n_waiting
):
    """Rows of billets to be filled, those sent home or replaced by another contributor's people first, and their number.

    A vacant post waits until it is filled again, unless its last occupant was sent home: nobody sent home comes back.
    """
    rows, n = np.empty(turn_step.size + removed.size, np.int64), removed.size
    rows[:n] = removed
    for b in removed:
        n_waiting[unit[b]] = 0
    for u in range(first_billet.size):
        if is_refilled[u]:
            n_waiting[u] = 0
            for b in range(first_billet[u], first_billet[u] + n_billets[u]):
                rows[n] = b
                n += 1
    n_sent_home = n
    for u in range(first_billet.size):
        if is_refilled[u] or (n_present[u] <= n_waiting[u] and step < next_turn[u]):
            continue
        own = turn_step[first_billet[u] : first_billet[u] + n_present[u]]
        next_turn[u], n_waiting[u] = _first_turn(own), own.size
        if next_turn[u] > step:
            continue
        n_waiting[u] = 0
        for k in range(own.size):
            if own[k] <= step:
                rows[n] = first_billet[u] + k
                n += 1
    return rows[:n], n_sent_home


@kernel
def _first_turn(turn_step):
    """Earliest of some posts' turns."""
    first = NEVER
    for k in range(turn_step.size):
        first = min(first, turn_step[k])
    return first


@kernel
def _tour_slot(step, dt, phase, tour_weeks):
    """Tour slot of a post in a step: rotations since the start of the mission."""
    return int(np.floor((step * dt + phase) / tour_weeks))


@kernel
def _next_turn(step, dt, phase, tour_weeks, slot):
    """First step after this one that belongs to a later tour slot."""
    later = max(int(((slot + 1) * tour_weeks - phase) / dt) - 2, step + 1)
    while _tour_slot(later, dt, phase, tour_weeks) == slot:
        later += 1
    return later


@kernel
def _settle(
    seed,
    step,
    dt,
    rows,
    n_sent_home,
    first_billet,
    tour_weeks,
    p_prone,
    women_share,
    women_proneness,
    mean,
    sd,
    unit,
    key,
    tour_phase,
    tour_acts,
    acts_slot,
    turn_step,
    slot,
    occupant,
    is_prone,
    is_woman,
    propensity,
    involved_left,
    first_new,
):
    """Give traits to whoever fills a post now; count tours of involved persons that ended unpunished."""
    n, done = 0, np.empty(rows.size, np.int64)
    keys, slots, waves = np.empty(rows.size, np.int64), np.empty(rows.size, np.int64), np.empty(rows.size, np.int64)
    for i in range(rows.size):
        b = rows[i]
        u = unit[b]
        is_sent_home = i < n_sent_home
        if not is_sent_home and turn_step[b] > step:
            continue  # filled above, after the last occupant was sent home
        now = _tour_slot(step, dt, tour_phase[b], tour_weeks[u])
        if not is_sent_home and acts_slot[b] == occupant[b] and tour_acts[b] > 0:
            involved_left[u] += 1.0
        wave = 0 if now != slot[b] else min(occupant[b] % PER_SLOT + 1, PER_SLOT - 1)
        slot[b] = now
        turn_step[b] = _next_turn(step, dt, tour_phase[b], tour_weeks[u], now)
        occupant[b] = now * PER_SLOT + wave
        first_new[u] = min(first_new[u], b - first_billet[u])
        done[n], keys[n], slots[n], waves[n] = b, key[b], now, wave
        n += 1
    woman, prone = np.empty(n), np.empty(n)
    draw_traits(seed, _WOMAN, keys[:n], slots, waves, woman)
    draw_traits(seed, _PRONE, keys[:n], slots, waves, prone)
    for i in range(n):
        b = done[i]
        u = unit[b]
        is_woman[b] = woman[i] < min(max(women_share[u], 0.0), 1.0)
        is_prone[b] = prone[i] < p_prone[u] * (women_proneness if is_woman[b] else 1.0)
        if is_prone[b]:
            propensity[b] = mean + sd * normal_quantile(uniform(seed, _PROPENSITY, 0, keys[i], slots[i], waves[i]))


@kernel
def _move_counts(before, n_present, first_billet, cell, counts):
    """Bring personnel by cell from the strengths before to the present ones."""
    for u in range(first_billet.size):
        for b in range(first_billet[u] + before[u], first_billet[u] + n_present[u]):
            counts[cell[b]] += 1
        for b in range(first_billet[u] + n_present[u], first_billet[u] + before[u]):
            counts[cell[b]] -= 1


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
