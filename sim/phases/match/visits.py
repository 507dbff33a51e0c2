"""Phase 4, match: who goes where, and who is served when capacity is short."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import log, ratio, total
from sim.rng import Decision, number, uniform, uniforms
from sim.world.state import World

_CELL, _SERVED = number(Decision.CELL_CHOICE), number(Decision.SERVED)
ROUNDING = 1.0 + 1e-12  # more than the error of a logarithm


def choose(world: World, seekers: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Let each person who seeks a visit choose a cell; returns the choice of each seeker."""
    cells, billets, reach = world.cells, world.billets, world.reach
    return _choose_cells(
        world.seed,
        world.step,
        seekers,
        billets.key,
        billets.cell,
        billets.sought,
        found,
        cells.grid_cell,
        reach.start,
        reach.cell,
        reach.nearness(world.parameters.personnel_demand.reach_km),
        cells.international_sought,
    )


@kernel
def _choose_cells(seed, step, seekers, key, cell, sought, found, grid_cell, start, reach_cell, nearness, arrivals):
    """Arg max of log capacity found - distance / reach + Gumbel over the cells in reach; at home where nothing is found.

    Written as arg min of an exponential waiting time over its weight, which is the same choice with one logarithm. That
    is left out where it cannot win: -log u is at least 1 - u.
    """
    arrivals[:] = 0.0
    n_open, open_cell, open_key, weight = _open_in_reach(found, grid_cell, start, reach_cell, nearness)
    who, which = np.empty(n_open[cell[seekers]].sum(), np.int64), np.empty(n_open[cell[seekers]].sum(), np.int64)
    n = 0
    for i in range(seekers.size):
        home = cell[seekers[i]]
        for j in range(start[home], start[home] + n_open[home]):
            who[n], which[n] = key[seekers[i]], open_key[j]
            n += 1
    draw = uniforms(seed, _CELL, step, who, which)
    choice, n = np.empty(seekers.size, np.int64), 0
    for i in range(seekers.size):
        home = cell[seekers[i]]
        choice[i], shortest = home, np.inf
        for j in range(start[home], start[home] + n_open[home]):
            if 1.0 - draw[n] <= shortest * weight[j] * ROUNDING:
                waiting = -log(draw[n]) / weight[j]
                if waiting < shortest:
                    shortest = waiting
                    choice[i] = open_cell[j]
            n += 1
        arrivals[choice[i]] += sought[seekers[i]]
    return choice


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
    world: World, seekers: np.ndarray, choice: np.ndarray, usable: np.ndarray, wanted: np.ndarray
) -> None:
    """Serve as many of the visits sought in each cell as usable capacity allows."""
    billets, muster = world.billets, world.muster
    billets.acts[muster.visitors] = 0
    newly_involved, muster.visitors = _serve(
        world.seed,
        world.step,
        world.week,
        world.parameters.venues.busy_week_ratio,
        seekers,
        muster.places,
        choice,
        billets.key,
        billets.sought,
        billets.occupant,
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
    world.count("newly_involved", newly_involved)


@kernel
def _serve(
    seed,
    step,
    week,
    busy_week_ratio,
    seekers,
    places,
    choice,
    key,
    sought,
    occupant,
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

    Returns how many are newly involved, and who made a visit.
    """
    newly_involved, n_visitors = 0, 0
    visitors = np.empty(seekers.size, np.int64)
    served[:] = 0.0
    for i in range(seekers.size):
        b = seekers[i]
        visited[b] = choice[i]
        chance = ratio(usable[choice[i]] * busy_week_ratio, wanted[choice[i]])
        for k in range(sought[b]):
            if chance >= 1.0 or uniform(seed, _SERVED, step, key[b], k) < chance:
                acts[b] += 1
        if acts_slot[b] != occupant[b]:
            acts_slot[b] = occupant[b]
            tour_acts[b] = 0
        if acts[b] > 0 and tour_acts[b] == 0:
            first_act_week[b] = involved_since[places[i]] = week
            newly_involved += 1
        tour_acts[b] += acts[b]
        served[choice[i]] += acts[b]
        if acts[b] > 0:
            visitors[n_visitors] = b
            n_visitors += 1
    return newly_involved, visitors[:n_visitors]
