"""Phase 1, deploy: who is present, where, and who has just rotated in.

Filled billets follow the mission's plan; a post keeps its row while its occupant, and the occupant's traits, change with
the tour slot, or earlier where justice sends somebody home. How many a contributor is willing to send is politics.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import logistic, logit, normal_quantile
from sim.phases.phase import Phase
from sim.rng import Decision, uniform
from sim.world.state import World

DEPARTED_SHARE = 0.1
PER_SLOT = 64  # most occupants of a post, or commanders of a unit, within one tour
_CONTRIBUTOR, _UNIT = int(Decision.CONTRIBUTOR_TRAIT), int(Decision.UNIT_TRAIT)
_LEADERSHIP, _PRONE = int(Decision.LEADERSHIP_TRAIT), int(Decision.PRONE)
_PROPENSITY, _WOMAN = int(Decision.PROPENSITY), int(Decision.WOMAN)


def run(world: World) -> None:
    """Fill billets by plan, rotate units and occupants, count personnel by cell."""
    units, billets = world.units, world.billets
    before = int(units.n_present.sum())
    units.n_present[:] = strength_provided(world)
    slots = np.floor((world.week + units.tour_phase) / units.tour_weeks).astype(np.int64)
    _emit_rotations(world, slots)
    is_refilled = (units.provider != units.contributor) & (units.provider >= 0)
    for i in np.flatnonzero((slots != units.slot) | (units.provider != units.contributor)).tolist():
        units.slot[i] = slots[i]
        units.provider[i] = units.contributor[i]
        units.p_prone[i] = unit_proneness(world, i, int(slots[i]))
    _appoint_commanders(world)
    p = world.parameters.involvement
    women = np.array([p.women_share_military, p.women_share_police, p.women_share_civilian, p.women_share_contractor])
    units.involved_left[:] = 0.0
    _settle(
        world.seed,
        world.week,
        units.first_billet,
        units.n_billets,
        units.n_present,
        units.tour_weeks,
        units.p_prone,
        is_refilled,
        np.clip(world.knobs.values("women_share", women[units.category]), 0.0, 1.0),
        p.women_relative_proneness,
        p.propensity_mean,
        p.propensity_sd,
        billets.key,
        billets.tour_phase,
        billets.is_removed,
        billets.tour_acts,
        billets.acts_slot,
        billets.slot,
        billets.occupant,
        billets.is_prone,
        billets.is_woman,
        billets.propensity,
        units.involved_left,
    )
    world.cells.personnel[:] = _count_by_cell(units.first_billet, units.n_present, billets.cell, len(world.cells))
    _emit_milestones(world, before)


def strength_provided(world: World) -> np.ndarray:
    """Personnel present of each unit: the plan, or the part of it that contributors provide, whole persons."""
    planned, share = world.planned_present[:, world.step], world.units.filled_share
    return np.where(share >= 1.0, planned, np.floor(planned * share + 0.5).astype(np.int64))


def _appoint_commanders(world: World) -> None:
    """Give units a commander where the tour, or the last commander, has ended."""
    units = world.units
    removed = np.where(units.commanders_slot == units.slot, units.commanders_removed, 0)
    commander = units.slot * PER_SLOT + np.minimum(removed, PER_SLOT - 1)
    for i in np.flatnonzero(commander != units.commander).tolist():
        units.commander[i] = commander[i]
        draw = uniform(world.world_seed, _LEADERSHIP, 0, int(units.key[i]), int(units.slot[i]), int(removed[i]))
        units.leadership[i] = normal_quantile(draw)


def _emit_milestones(world: World, before: int) -> None:
    """Report the arrival and departure of the mission, and shocks and policies that set in now."""
    emit, step, present = world.events.emit, world.step, int(world.units.n_present.sum())
    if before == 0 and present > 0 and not world.events.has("mission_started"):
        emit(step, "mission_started", "mission", 0, value=present / world.scale)
    peak_step, peak = world.peak_present
    has_left = step > peak_step and present < DEPARTED_SHARE * peak
    if has_left and not world.events.has("strength_below_tenth"):
        emit(step, "strength_below_tenth", "mission", 0, value=present / world.scale)
    shock, begins = world.scenario.shock, (world.week, world.week + world.dt)
    if shock.effects and shock.size != 0.0 and begins[0] <= shock.start_week < begins[1]:
        emit(step, "shock_started", "shock", 0, value=shock.size)
    for number, name in enumerate(sorted(world.scenario.policy)):
        policy = world.scenario.policy[name]
        if policy.dose != 0.0 and begins[0] <= policy.start_week < begins[1]:
            emit(step, "policy_started", "policy", number, value=policy.dose)


def unit_proneness(world: World, unit: int, slot: int) -> float:
    """Proneness of a unit in a tour: the common level, an anonymous contributor trait and a unit trait, in log-odds."""
    p, units = world.parameters.involvement, world.units
    if p.p_prone <= 0.0:
        return 0.0
    contributor = normal_quantile(uniform(world.world_seed, _CONTRIBUTOR, 0, int(units.contributor[unit])))
    own = normal_quantile(uniform(world.world_seed, _UNIT, 0, int(units.key[unit]), slot))
    return float(logistic(logit(p.p_prone) + p.contributor_sd * contributor + p.unit_sd * own))


def _emit_rotations(world: World, slots: np.ndarray) -> None:
    """Report units that were relieved as a whole."""
    units = world.units
    relieved = (slots != units.slot) & (units.slot >= 0) & (units.n_present > 0) & (units.category == 0)
    for i in np.flatnonzero(relieved):
        world.events.emit(
            world.step,
            "unit_rotated",
            "contingent",
            int(units.key[i]),
            contributor=int(units.contributor[i]),
            value=int(units.n_present[i]),
        )


@kernel
def _settle(
    seed,
    week,
    first_billet,
    n_billets,
    n_present,
    tour_weeks,
    p_prone,
    is_refilled,
    women_share,
    women_proneness,
    mean,
    sd,
    key,
    tour_phase,
    is_removed,
    tour_acts,
    acts_slot,
    slot,
    occupant,
    is_prone,
    is_woman,
    propensity,
    involved_left,
):
    """Give traits to every occupant who is new in a billet; count tours of involved persons that ended unpunished."""
    for u in range(first_billet.size):
        for b in range(first_billet[u], first_billet[u] + n_billets[u]):
            refill = is_removed[b] or is_refilled[u]
            if not refill and b >= first_billet[u] + n_present[u]:
                continue  # but nobody sent home comes back when a vacant post is filled again
            now = int(np.floor((week + tour_phase[b]) / tour_weeks[u]))
            if now == slot[b] and not refill:
                continue
            if not refill and acts_slot[b] == occupant[b] and tour_acts[b] > 0:
                involved_left[u] += 1.0
            wave = 0 if now != slot[b] else min(occupant[b] % PER_SLOT + 1, PER_SLOT - 1)
            slot[b] = now
            occupant[b] = now * PER_SLOT + wave
            is_woman[b] = uniform(seed, _WOMAN, 0, key[b], now, wave) < women_share[u]
            ratio = women_proneness if is_woman[b] else 1.0
            is_prone[b] = uniform(seed, _PRONE, 0, key[b], now, wave) < p_prone[u] * ratio
            if is_prone[b]:
                propensity[b] = mean + sd * normal_quantile(uniform(seed, _PROPENSITY, 0, key[b], now, wave))


@kernel
def _count_by_cell(first_billet, n_present, cell, n_cells):
    """Personnel present by cell."""
    counts = np.zeros(n_cells, np.int64)
    for u in range(first_billet.size):
        for b in range(first_billet[u], first_billet[u] + n_present[u]):
            counts[cell[b]] += 1
    return counts


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
