"""Phase 4, match: who goes where, and who is served when capacity is short."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import log, ratio, total
from sim.rng import Decision, draw_each, number, uniform
from sim.world.state import World

BLOCK = 32
_CELL, _SERVED = number(Decision.CELL_CHOICE), number(Decision.SERVED)


def choose(world: World, found: np.ndarray) -> np.ndarray:
    """Let each person who seeks a visit choose a cell; returns the choice of each seeker."""
    cells, muster, reach = world.cells, world.muster, world.reach
    return _choose_cells(
        world.seed,
        world.step,
        muster.seekers_key,
        muster.seekers_home,
        muster.seekers_visits,
        found,
        cells.grid_cell,
        reach.start,
        reach.cell,
        reach.near_personnel,
        cells.international_sought,
    )


@kernel
def _choose_cells(seed, step, key, home, visits, found, grid_cell, start, reach_cell, nearness, arrivals):
    """Arg max of log capacity found - distance / reach + Gumbel over the cells in reach; at home where nothing is found.

    Written as arg min of an exponential waiting time over its weight, which is the same choice with one logarithm. Those
    who live in a cell have the same cells before them and choose side by side.
    """
    n_open, open_cell, open_key, weight = _open_in_reach(found, grid_cell, start, reach_cell, nearness)
    order, first = _by_home(home, found.size)
    keys, choice = key[order], np.empty(key.size, np.int64)
    arrivals[:] = 0.0
    for c in range(found.size):
        options = slice(start[c], start[c] + n_open[c])
        chosen = _choose_among(seed, step, keys[first[c] : first[c + 1]], open_key[options], weight[options])
        for i in range(chosen.size):
            seeker = order[first[c] + i]
            choice[seeker] = open_cell[start[c] + chosen[i]] if chosen[i] >= 0 else c
            arrivals[choice[seeker]] += visits[seeker]
    return choice


@kernel
def _by_home(home, n_cells):
    """Seekers in order of the cell where they live, and where each cell's begin, shape (n_cells + 1,)."""
    first = np.zeros(n_cells + 1, np.int64)
    for i in range(home.size):
        first[home[i] + 1] += 1
    for c in range(n_cells):
        first[c + 1] += first[c]
    order, after = np.empty(home.size, np.int64), first.copy()
    for i in range(home.size):
        order[after[home[i]]] = i
        after[home[i]] += 1
    return order, first


@kernel
def _choose_among(seed, step, who, option, weight):
    """Option with the shortest waiting time of each person, keyed by person and option; -1 where there is none."""
    n = -(-who.size // BLOCK) * BLOCK  # in whole blocks, because what is left over of a loop is slow
    keys, draw = np.zeros(n, np.int64), np.empty(n, np.float64)
    keys[: who.size] = who
    chosen, shortest = np.full(n, -1), np.full(n, np.inf)
    for j in range(option.size):
        draw_each(seed, _CELL, step, keys, draw, option[j])
        for i in range(n):
            waiting = -log(draw[i]) / weight[j]
            is_shorter = waiting < shortest[i]
            shortest[i] = waiting if is_shorter else shortest[i]
            chosen[i] = j if is_shorter else chosen[i]
    return chosen[: who.size]


@kernel
def _open_in_reach(found, grid_cell, start, reach_cell, nearness):
    """Cells in reach of each cell in which anything is found, packed at ``start``: number, row, key and weight."""
    n_open, open_cell = np.zeros(found.size, np.int64), np.empty(reach_cell.size, np.int64)
    open_key, weight = np.empty(reach_cell.size, np.int64), np.empty(reach_cell.size)
    for home in range(found.size):
        n = start[home]
        for j in range(start[home], start[home + 1]):
            c = reach_cell[j]
            if found[c] > 0.0:
                open_cell[n], open_key[n], weight[n] = c, grid_cell[c], found[c] * nearness[j]
                n += 1
        n_open[home] = n - start[home]
    return n_open, open_cell, open_key, weight


@kernel
def spread_demand(sought, capacity, start, reach_cell, nearness):
    """Visits arriving in each cell when those sought in a cell spread by capacity and nearness, shape (n_cells,).

    Visits are conserved; where nothing is within reach they stay, and lapse, at home.
    """
    arriving, at_home = np.zeros(sought.size, np.float64), np.zeros(sought.size, np.float64)
    weight = np.empty(nearness.size, np.float64)
    for home in range(sought.size):
        first, end = start[home], start[home + 1]
        for j in range(first, end):
            weight[j] = nearness[j] * capacity[reach_cell[j]]
        in_reach = weight[first] + total(weight[first + 1 : end])
        if in_reach <= 0.0:
            at_home[home] = sought[home]
            continue
        for j in range(first, end):
            arriving[reach_cell[j]] += weight[j] / in_reach * sought[home]
    for home in range(sought.size):
        arriving[home] += at_home[home]
    return arriving


def serve_locals(world: World, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Serve local clients, all alike, as far as capacity goes; returns the capacity each segment can use."""
    cells = world.cells
    return _share_capacity(
        world.parameters.venues.busy_week_ratio,
        cells.capacity_international,
        cells.capacity_local,
        wanted,
        cells.local_arriving,
        cells.local_acts,
    )


@kernel
def _share_capacity(busy_week_ratio, international, local, wanted, local_wanted, local_served):
    """Capacity each segment can use: its own, and what the other leaves idle in the same place.

    Limits: where both segments want more than their own capacity, each keeps its own; totals are never exceeded.
    """
    for_international, for_local = np.empty(local.size, np.float64), np.empty(local.size, np.float64)
    for c in range(local.size):
        for_international[c] = international[c] + max(local[c] - local_wanted[c], 0.0)
        for_local[c] = local[c] + max(international[c] - wanted[c], 0.0)
        local_served[c] = min(local_wanted[c], for_local[c] * busy_week_ratio)
    return for_international, for_local


def serve_personnel(
    world: World, choice: np.ndarray, found: np.ndarray, usable: np.ndarray, wanted: np.ndarray
) -> None:
    """Serve as many of the visits sought in each cell as usable capacity allows; none where nothing is found."""
    billets, muster = world.billets, world.muster
    billets.acts[muster.visitors] = 0
    newly_involved, muster.visitors, muster.visitors_key, muster.visitors_acts = _serve(
        world.seed,
        world.step,
        world.week,
        world.parameters.venues.busy_week_ratio,
        muster.seekers,
        muster.places,
        muster.seekers_key,
        muster.seekers_visits,
        choice,
        billets.occupant,
        found,
        usable,
        wanted,
        billets.acts,
        billets.tour_acts,
        billets.acts_slot,
        billets.first_act_week,
        billets.visited,
        muster.involved_since,
        world.cells.international_acts,
    )
    muster.n_visitors = len(muster.visitors)
    world.count("newly_involved", newly_involved)


@kernel
def _serve(
    seed,
    step,
    week,
    busy_week_ratio,
    seekers,
    places,
    key,
    visits,
    choice,
    occupant,
    found,
    usable,
    wanted,
    acts,
    tour_acts,
    acts_slot,
    first_act_week,
    visited,
    involved_since,
    served,
):
    """Serve each visit whose keyed uniform lies below the share its cell can serve.

    Returns how many are newly involved, and of those who made a visit rows, keys and how many visits each made.
    """
    newly_involved, n = 0, 0
    visitors, keys, made = np.empty_like(seekers), np.empty_like(seekers), np.empty_like(seekers)
    served[:] = 0.0
    for i in range(seekers.size):
        b, place = seekers[i], choice[i]
        chance = ratio(usable[place] * busy_week_ratio, wanted[place]) if found[place] > 0.0 else 0.0
        visitors[n], keys[n], made[n] = b, key[i], 0
        for k in range(visits[i]):
            made[n] += chance >= 1.0 or uniform(seed, _SERVED, step, key[i], k) < chance
        before = tour_acts[b] if acts_slot[b] == occupant[b] else 0
        if made[n] > 0 and before == 0:
            first_act_week[b] = involved_since[places[i]] = week
            newly_involved += 1
        visited[b], acts[b], tour_acts[b], acts_slot[b] = place, made[n], before + made[n], occupant[b]
        served[place] += made[n]
        n += made[n] > 0
    return newly_involved, visitors[:n], keys[:n], made[:n]
