"""Which billets exist, where they stand, and how many are filled in each step if nothing intervenes.

Plans come from the mission's tables and the knob ``strength``; politics may later hold a plan back, never exceed it.
A surge adds ordinals to a unit's billets and renumbers nobody.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim.clock import Clock
from sim.errors import ScenarioError
from sim.knobs import KnobBoard
from sim.parameters import CATEGORIES, Parameters
from sim.rng import Decision, uniform
from sim.world.columns import AUTHORITIES, Billets, Cells, Units
from sim.world.geography import Geography
from sim.world.missions import MOST_KEPT, Contingent, MissionSeries

GOLDEN_RATIO = 0.6180339887498949
BILLETS_PER_POST = 65536


@lru_cache(maxsize=MOST_KEPT)
def expected_strength(series: MissionSeries) -> np.ndarray:
    """Personnel of each contingent by step before any shock, shape (n_contingents, n_steps), persons; nobody may write to it."""
    category = np.array([c.category for c in series.contingents])
    totals = np.zeros_like(series.strength)
    np.add.at(totals, category, series.weights)
    share = np.divide(series.weights, totals[category], out=np.zeros_like(series.weights), where=totals[category] > 0)
    expected = share * series.strength[category]
    expected.flags.writeable = False
    return expected


def contributor_numbers(contingents: tuple[Contingent, ...], world_seed: int) -> dict[str, int]:
    """Anonymous numbers of contributors, from 1, permuted afresh for every world seed."""
    names = sorted({c.contributor for c in contingents})
    draws = [uniform(world_seed, int(Decision.CONTRIBUTOR_PERMUTATION), 0, i) for i in range(len(names))]
    order = np.argsort(np.array(draws), kind="stable")
    return {names[int(position)]: number + 1 for number, position in enumerate(order)}


def contingent_tags(contingents: tuple[Contingent, ...], expected: np.ndarray) -> list[set[str]]:
    """Tags of each contingent for filters: category, authority, sector, and the largest military contributor."""
    totals: dict[str, float] = {}
    for i, c in enumerate(contingents):
        if CATEGORIES[c.category] == "military":
            totals[c.contributor] = totals.get(c.contributor, 0.0) + float(expected[i].sum())
    largest = max(sorted(totals), key=lambda name: totals[name]) if totals else ""
    tags = []
    for c in contingents:
        own = {f"category:{CATEGORIES[c.category]}", f"authority:{c.authority}", f"sector:{c.sector}"}
        if c.contributor == largest and CATEGORIES[c.category] == "military":
            own.add("contributor:largest")
        tags.append(own)
    return tags


def plan_strength(expected: np.ndarray, knobs: KnobBoard, clock: Clock) -> np.ndarray:
    """Personnel of each contingent by step after shocks and policies, full scale, shape (n_contingents, n_steps)."""
    if not knobs.ever_moves("strength"):
        return expected
    plan = np.zeros_like(expected)
    for step in range(clock.n_steps):
        knobs.begin_step(clock.week(step))
        plan[:, step] = knobs.values("strength", expected[:, step])
    return plan


def whole_persons(plan: np.ndarray, scale: float) -> np.ndarray:
    """Whole persons present of each contingent by step at a scale, shape as ``plan``.

    Rounding uses a fixed offset per contingent, so totals are unbiased and a change of one unit moves no other.
    """
    offset = np.mod((np.arange(len(plan)) + 1) * GOLDEN_RATIO, 1.0)
    return np.floor(plan * scale + offset[:, None]).astype(np.int64)


def build_units(series: MissionSeries, plan: np.ndarray, parameters: Parameters, world_seed: int) -> Units:
    """Unit posts with their keys, tours and rotation phases."""
    contingents = series.contingents
    numbers = contributor_numbers(contingents, world_seed)
    units = Units.of_size(len(contingents))
    tours = parameters.involvement
    for i, c in enumerate(contingents):
        units.key[i] = i
        units.category[i] = c.category
        units.contributor[i] = numbers[c.contributor]
        units.authority[i] = AUTHORITIES.index(c.authority)
        units.tour_weeks[i] = tours.tour_weeks_military if c.category == 0 else tours.tour_weeks_individual
        units.tour_phase[i] = units.tour_weeks[i] * uniform(world_seed, int(Decision.TOUR_PHASE), 0, i, 1)
        units.n_billets[i] = plan[i].max(initial=0)
    units.first_billet[:] = np.concatenate(([0], np.cumsum(units.n_billets)[:-1])) if len(contingents) else 0
    units.norm[:] = parameters.norms.reference_participation
    units.home_norm[:] = parameters.norms.reference_participation
    certainty, weight = parameters.sanctions.perceived_certainty, parameters.beliefs.prior_weight
    units.belief_a[:], units.belief_b[:] = certainty * weight, (1.0 - certainty) * weight
    risk, weight = parameters.leadership.p_removed, parameters.leadership.prior_weight
    units.command_a[:], units.command_b[:] = risk * weight, (1.0 - risk) * weight
    return units


def build_billets(units: Units, series: MissionSeries, cells: Cells, geography: Geography, world_seed: int) -> Billets:
    """Billets of all units, spread over the towns of their sector by ordinal, so that any number present is spread."""
    billets = Billets.of_size(int(units.n_billets.sum()))
    too_large = [c.name for c, n in zip(series.contingents, units.n_billets, strict=True) if n >= BILLETS_PER_POST]
    if too_large:
        raise ScenarioError(
            f"contingents = {too_large}: more than {BILLETS_PER_POST - 1} persons in one post (persons). Split them."
        )
    unit = np.repeat(np.arange(len(units)), units.n_billets)
    ordinal = np.arange(len(unit)) - units.first_billet[unit]
    billets.unit[:] = unit
    billets.key[:] = units.key[unit] * BILLETS_PER_POST + ordinal
    row_of_cell = {int(cell): row for row, cell in enumerate(cells.grid_cell)}
    sector = np.array([c.sector for c in series.contingents], object)
    spread_out = np.mod(np.arange(units.n_billets.max(initial=0) + 1) * GOLDEN_RATIO, 1.0)
    position = spread_out[ordinal + 1]
    for name in np.unique(sector):
        own = np.flatnonzero((sector == name)[unit])
        billets.cell[own] = _places_of(position[own], series.places[name], row_of_cell, geography)
    apart = np.where(units.category == 0, 0.0, units.tour_weeks)  # soldiers rotate as a unit
    billets.tour_phase[:] = units.tour_phase[unit] + apart[unit] * spread_out[ordinal]
    return billets


def _places_of(
    position: np.ndarray, towns: tuple[tuple[int, int, float], ...], row_of_cell: dict[int, int], geography: Geography
) -> np.ndarray:
    """Row in cells for positions from 0 to 1 in a sector, by its towns' shares."""
    limits = np.cumsum([share for _, _, share in towns])
    cells = np.array([row_of_cell[geography.cell_at(column, row)] for column, row, _ in towns])
    return cells[np.minimum(np.searchsorted(limits, position * limits[-1], side="right"), len(towns) - 1)]


def spread_matrix(series: MissionSeries, cells: Cells, geography: Geography) -> np.ndarray:
    """Share of each contingent's personnel in each cell, shape (n_contingents, n_cells); rows sum to 1."""
    row_of_cell = {int(cell): row for row, cell in enumerate(cells.grid_cell)}
    of_sector = {sector: np.zeros(len(cells)) for sector in {c.sector for c in series.contingents}}
    for sector, shares in of_sector.items():
        towns = series.places[sector]
        total = sum(share for _, _, share in towns)
        for column, row, share in towns:
            shares[row_of_cell[geography.cell_at(column, row)]] += share / total
    spread = [of_sector[c.sector] for c in series.contingents]
    return np.array(spread, np.float64).reshape(len(spread), len(cells))
