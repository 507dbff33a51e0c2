"""Phase 4, match: who goes where, and who is served when capacity is short."""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import log, ratio, total
from sim.rng import Decision, draw_each, number, uniform
from sim.tables import Ints, Reals
from sim.world.state import World

BLOCK = 32
_CELL, _SERVED = number(Decision.CELL_CHOICE), number(Decision.SERVED)


@kernel
def choose(world: World, found: Reals) -> Ints:
    """Let each person who seeks a visit choose a cell; returns the choice of each seeker.

    Arg max of log capacity found - distance / reach + Gumbel over the cells in reach; at home where nothing is found. Written
    as arg min of an exponential waiting time over its weight, which is the same choice with one logarithm. Those who live in a
    cell have the same cells before them and choose side by side.
    """
    cells, muster, start = world.cells, world.muster, world.reach.start
    home, visits = muster.seekers_home[: muster.n_seekers], muster.seekers_visits
    n_open, open_cell, open_key, weight = _open_in_reach(world, found)
    order, first = _by_home(home, found.size)
    keys, choice, arrivals = muster.seekers_key[order], np.empty(home.size, np.int64), cells.international_sought
    arrivals[:] = 0.0
    for c in range(found.size):
        options = slice(start[c], start[c] + n_open[c])
        who = keys[first[c] : first[c + 1]]
        chosen = _choose_among(world.seed, world.step, who, open_key[options], weight[options])
        for i in range(chosen.size):
            seeker = order[first[c] + i]
            choice[seeker] = open_cell[start[c] + chosen[i]] if chosen[i] >= 0 else c
            arrivals[choice[seeker]] += visits[seeker]
    return choice


@kernel
def _by_home(home: Ints, n_cells: int) -> tuple[Ints, Ints]:
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
def _choose_among(seed: int, step: int, who: Ints, option: Ints, weight: Reals) -> Ints:
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
def _open_in_reach(world: World, found: Reals) -> tuple[Ints, Ints, Ints, Reals]:
    """Cells in reach of each cell in which anything is found, packed at ``start``: number, row, key and weight."""
    reach, grid_cell = world.reach, world.cells.grid_cell
    n_open, open_cell = np.zeros(found.size, np.int64), np.empty(reach.cell.size, np.int64)
    open_key, weight = np.empty(reach.cell.size, np.int64), np.empty(reach.cell.size)
    for home in range(found.size):
        n = reach.start[home]
        for j in range(reach.start[home], reach.start[home + 1]):
            c = reach.cell[j]
            if found[c] > 0.0:
                open_cell[n], open_key[n], weight[n] = c, grid_cell[c], found[c] * reach.near_personnel[j]
                n += 1
        n_open[home] = n - reach.start[home]
    return n_open, open_cell, open_key, weight


@kernel
def spread_demand(world: World, found: Reals) -> Reals:
    """Visits of local clients arriving in each cell: those sought in a cell spread by what is found and nearness, (n_cells,).

    Visits are conserved; where nothing is within reach they stay, and lapse, at home.
    """
    reach, near, sought = world.reach, world.reach.near_locals, world.cells.local_sought
    arriving, at_home, weight = np.zeros(sought.size), np.zeros(sought.size), np.empty(near.size)
    for home in range(sought.size):
        first, end = reach.start[home], reach.start[home + 1]
        for j in range(first, end):
            weight[j] = near[j] * found[reach.cell[j]]
        in_reach = weight[first] + total(weight[first + 1 : end])
        if in_reach <= 0.0:
            at_home[home] = sought[home]
            continue
        for j in range(first, end):
            arriving[reach.cell[j]] += weight[j] / in_reach * sought[home]
    for home in range(sought.size):
        arriving[home] += at_home[home]
    return arriving


@kernel
def serve_locals(world: World, wanted: Reals) -> tuple[Reals, Reals]:
    """Serve local clients, all alike, as far as capacity goes; returns the capacity each segment can use.

    That is its own, and what the other leaves idle in the same place. Limits: where both segments want more than their own
    capacity, each keeps its own; totals are never exceeded.
    """
    cells, busy_week_ratio = world.cells, world.parameters.venues.busy_week_ratio
    for_international, for_local = np.empty(len(cells)), np.empty(len(cells))
    for c in range(len(cells)):
        international, local = cells.capacity_international[c], cells.capacity_local[c]
        for_international[c] = international + max(local - cells.local_arriving[c], 0.0)
        for_local[c] = local + max(international - wanted[c], 0.0)
        cells.local_acts[c] = min(cells.local_arriving[c], for_local[c] * busy_week_ratio)
    return for_international, for_local


@kernel
def serve_personnel(world: World, choice: Ints, found: Reals, usable: Reals, wanted: Reals) -> None:
    """Serve as many of the visits sought in each cell as usable capacity allows; none where nothing is found.

    Each visit is served whose keyed uniform lies below the share its cell can serve. Notes who made a visit, whose first it was.
    """
    billets, muster, served = world.billets, world.muster, world.cells.international_acts
    busy_week_ratio = world.parameters.venues.busy_week_ratio
    for i in range(muster.n_visitors):
        billets.acts[muster.visitors[i]] = 0
    n = 0
    served[:] = 0.0
    for i in range(muster.n_seekers):
        b, key, place = muster.seekers[i], muster.seekers_key[i], choice[i]
        chance = ratio(usable[place] * busy_week_ratio, wanted[place]) if found[place] > 0.0 else 0.0
        made = 0
        for k in range(muster.seekers_visits[i]):
            made += chance >= 1.0 or uniform(world.seed, _SERVED, world.step, key, k) < chance
        before = billets.tour_acts[b] if billets.acts_slot[b] == billets.occupant[b] else 0
        if made > 0 and before == 0:
            billets.first_act_week[b] = muster.involved_since[muster.places[i]] = world.week
            world.flows.newly_involved += 1.0
        billets.visited[b], billets.acts[b], billets.tour_acts[b] = place, made, before + made
        billets.acts_slot[b] = billets.occupant[b]
        served[place] += made
        if made > 0:
            muster.visitors[n], muster.visitors_key[n], muster.visitors_acts[n] = b, key, made
            n += 1
    muster.n_visitors = n
