"""Designs are the points they claim to be, the same every time; plans share luck and runs."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from sim.config import load_scenario
from sim.errors import ScenarioError
from sim.runs.kept import model_version
from sim.sweeps.design import DESIGNS, DRAW, POINT, SAMPLE, Factor, design_points, table_points
from sim.sweeps.plan import Cell, SweepPlan, run_rows
from sim.sweeps.record import SCHEMA
from tests.sweep_support import SMALL

PSI = Factor("parameters.dependence.psi", (), 0.0, 3.0)
WHOLE = Factor("mission.horizon_weeks", (), 10.0, 13.0, True)
DOSE = Factor("policy.follow_up.dose", (0.0, 0.5, 1.0))
VERSION = model_version(SCHEMA)


def plan_of(design: pd.DataFrame, replicates: int = 1) -> SweepPlan:
    """Status quo and follow-up at some points."""
    cells = {
        Cell("generic", "none", "central", name): load_scenario(*SMALL, f"policy=[{policies}]")
        for name, policies in (("status_quo", ""), ("follow_up", "follow_up"))
    }
    return SweepPlan(cells, design, replicates)


@pytest.mark.parametrize(("kind", "n", "n_points"), [
    ("factorial", 4, 16), ("latin_hypercube", 7, 7), ("sobol", 8, 8), ("morris", 3, 9), ("saltelli", 4, 16),
])  # fmt: skip
def test_a_design_has_its_number_of_points_within_the_ranges_and_is_the_same_every_time(
    kind: str, n: int, n_points: int
) -> None:
    if kind in ("morris", "saltelli"):
        pytest.importorskip("SALib")
    design = design_points([PSI, WHOLE, DOSE], kind, n)
    assert len(design) == 3 * n_points and list(design[POINT]) == list(range(3 * n_points))
    assert list(design[SAMPLE]) == list(range(n_points)) * 3 and design[DRAW].eq(0).all()
    assert design[PSI.path].between(0.0, 3.0).all() and design[PSI.path].nunique() > 2
    assert set(design[WHOLE.path]) <= {10, 11, 12, 13} and pd.api.types.is_integer_dtype(design[WHOLE.path])
    assert design.equals(design_points([PSI, WHOLE, DOSE], kind, n))
    for _, part in design.groupby(DOSE.path):  # every level meets the same samples
        assert np.array_equal(part[PSI.path], design[PSI.path][:n_points])


def test_a_factorial_has_every_combination_ends_included() -> None:
    design = design_points([PSI, DOSE, Factor("parameters.switches.habit", (True, False))], "factorial", 3)
    rows = set(design.drop(columns=[POINT, DRAW, SAMPLE]).itertuples(index=False, name=None))
    assert rows == set(itertools.product((0.0, 1.5, 3.0), DOSE.levels, (True, False)))


def test_a_latin_hypercube_has_one_point_in_every_tenth_of_every_range() -> None:
    design = design_points([PSI, Factor("shock.size", (), -1.0, 1.0)], "latin_hypercube", 10)
    assert sorted((design[PSI.path] // 0.3).astype(int)) == list(range(10))
    assert sorted(((design["shock.size"] + 1.0) // 0.2).astype(int)) == list(range(10))


def test_a_sobol_design_is_balanced_and_grows() -> None:
    small, large = (design_points([PSI, Factor("shock.size", (), 0.0, 1.0)], "sobol", n) for n in (8, 16))
    assert small.equals(large[:8])
    quarters = (large[PSI.path] // 0.75).astype(int) * 4 + (large["shock.size"] // 0.25).astype(int)
    assert sorted(quarters) == list(range(16))


def test_a_morris_walk_moves_one_input_at_a_time() -> None:
    pytest.importorskip("SALib")
    steps = np.diff(DESIGNS["morris"](3, 5).reshape(5, 4, 3), axis=1)
    assert ((steps != 0).sum(axis=2) == 1).all() and np.allclose(np.abs(steps[steps != 0]), 2 / 3)


def test_draws_hold_together_and_are_crossed_with_the_rest() -> None:
    draws = pd.DataFrame({"parameters.dependence.psi": [0.1, 0.2], "parameters.prices.adjustment_per_week": [1.0, 2.0]})
    design = design_points([DOSE], draws=draws)
    assert len(design) == 6 and list(design[DRAW]) == [0, 0, 0, 1, 1, 1]
    pairs = set(zip(design["parameters.dependence.psi"], design["parameters.prices.adjustment_per_week"]))
    assert pairs == {(0.1, 1.0), (0.2, 2.0)}
    assert list(table_points(draws)[POINT]) == [0, 1]


def test_options_without_a_policy_share_their_runs_over_its_doses() -> None:
    plan = plan_of(design_points([DOSE, PSI], "sobol", 2))
    keyed = plan.keyed(VERSION)
    assert len(keyed) == 12
    assert keyed[keyed["option"] == "status_quo"]["key"].nunique() == 2
    assert keyed[keyed["option"] == "follow_up"]["key"].nunique() == 6
    names = [run.name for run in plan.runs(keyed)]
    assert len(names) == len(set(names)) == 8
    assert plan.changes(Cell("generic", "none", "central", "status_quo"), 0).keys() == {PSI.path}


def test_a_replicate_has_the_same_luck_at_every_point_and_option() -> None:
    plan = plan_of(design_points([DOSE]), replicates=3)
    runs = list(plan.runs(plan.keyed(VERSION)))
    assert [(run.seed, run.world_seed) for run in runs] == [(3 + i, i) for i in range(3) for _ in range(4)]
    rows = run_rows(plan.keyed(VERSION), 3)
    assert (rows["seed"] == 3 + rows["replicate"]).all() and set(rows["run"]) == {run.name for run in runs}
    task = plan.task(runs[-1])
    assert task.scenario.policy["follow_up"].dose == 1.0 and (task.seed, task.world_seed) == (5, 2)


def test_problems_of_all_points_are_told_at_once() -> None:
    table = pd.DataFrame({PSI.path: [0.5, 99.0, -1.0], "mission.horizon_weeks": [12, 12, 0]})
    with pytest.raises(ScenarioError) as raised:
        plan_of(table_points(table)).keyed(VERSION)
    assert len(raised.value.problems) == 3
    assert all(any(word in problem for problem in raised.value.problems) for word in ("= 99", "= -1", "= 0"))
