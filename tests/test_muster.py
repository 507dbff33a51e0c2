"""The muster is a copy: after any step it says what the columns say, whoever came, went, rotated or was sent home."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import load_scenario
from sim.model import MandateModel
from sim.world.state import World

LIVELY = (
    "mission.horizon_weeks=60", "scale=0.1", "parameters.reporting.know_share=0.9", "parameters.reporting.will_per_year=5",
    "parameters.oversight.fact_finding_capacity=100", "parameters.reporting.reportable_share=0.3",
)  # fmt: skip
CASES = {
    "rotation and removals": ("mission=kosovo", *LIVELY),
    "surge": ("mission=generic", "shock=surge", "shock.start_week=20", *LIVELY),
    "drawdown and replacement": (
        "mission=kosovo", "shock=contributor_walkout", "shock.start_week=10", "policy=[suspend_contributions]",
        "policy.suspend_contributions.start_week=5", *LIVELY,
    ),
}  # fmt: skip


def mustered(world: World, unit: int) -> slice:
    """Places of a unit on the muster."""
    first = int(world.units.first_billet[unit])
    return slice(first, first + int(world.muster.n_prone[unit]))


@pytest.mark.parametrize("case", CASES)
def test_the_muster_says_what_the_columns_say(case: str) -> None:
    model = MandateModel(load_scenario(*CASES[case]))
    world, billets, units, muster = model.world, model.world.billets, model.world.units, model.world.muster
    n_involved = n_removed = 0
    while model.running and world.step < world.clock.n_steps - 1:
        n_removed += int(billets.is_removed.sum())
        model.step()
        on = np.zeros(len(billets), bool)
        for unit in range(len(units)):
            first, here = int(units.first_billet[unit]), mustered(world, unit)
            present = np.arange(first, first + int(units.n_present[unit]))
            rows = present[billets.is_prone[present]]
            assert np.array_equal(muster.row[here], rows)
            is_involved = (billets.acts_slot[rows] == billets.occupant[rows]) & (billets.tour_acts[rows] > 0)
            since = np.where(is_involved, billets.first_act_week[rows], np.inf)
            assert np.array_equal(muster.involved_since[here], since)
            for name in ("key", "cell", "propensity"):
                assert np.array_equal(getattr(muster, name)[here], getattr(billets, name)[rows]), name
            on[rows] = True
            n_involved += int(is_involved.sum())
        assert not billets.p_act[~on].any()
        seekers = muster.seekers[: muster.n_seekers]
        assert np.array_equal(seekers, np.flatnonzero(billets.sought))
        assert np.array_equal(muster.row[muster.places[: muster.n_seekers]], seekers)
        assert np.array_equal(muster.visitors[: muster.n_visitors], np.flatnonzero(billets.acts))
        assert np.array_equal(world.cells.personnel, personnel_by_cell(world))
    assert n_involved > 0 and n_removed > 0


def personnel_by_cell(world: World) -> np.ndarray:
    """Filled billets of each cell, counted anew."""
    ordinal = np.arange(len(world.billets)) - world.units.first_billet[world.billets.unit]
    present = ordinal < world.units.n_present[world.billets.unit]
    return np.bincount(world.billets.cell[present], minlength=len(world.cells))


def test_the_next_turn_is_the_first_step_of_another_tour_slot() -> None:
    model = MandateModel(load_scenario("mission=generic", "scale=0.02", "clock.step_days=1", "mission.horizon_weeks=30"))
    world, b, u = model.world, model.world.billets, model.world.units
    for _ in range(150):
        model.step()
    known = b.slot >= 0
    phase, tour = b.tour_phase[known], u.tour_weeks[b.unit[known]]
    turn = b.turn_step[known]
    assert (turn > 0).all() and len(np.unique(turn)) > 10
    before = np.floor(((turn - 1) * world.dt + phase) / tour)
    assert np.array_equal(before, b.slot[known]) and (np.floor((turn * world.dt + phase) / tour) > before).all()
