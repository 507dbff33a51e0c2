"""A reshaped strength curve: what it multiplies, what it leaves alone, and how a wrong one is refused."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.clock import make_clock
from sim.config import load_scenario, save_scenario
from sim.errors import ScenarioError
from sim.runs.simulate import simulate
from sim.world.missions import MissionSeries, load_series

SMALL = ("mission=generic", "scale=0.02", "mission.horizon_weeks=40")


def strength(*overrides: str) -> np.ndarray:
    """Personnel of the mission by step before any shock."""
    scenario = load_scenario(*SMALL, *overrides)
    clock = make_clock(scenario.mission.start_date, scenario.mission.horizon_weeks, scenario.clock)
    return load_series(scenario.mission, clock).strength.sum(axis=0)


def test_ratios_are_linear_between_points_and_held_outside() -> None:
    plain, shaped = strength(), strength("mission.strength_curve=[{week: 20, ratio: 1}, {week: 30, ratio: 2}]")
    wanted = np.interp(np.arange(40.0), [20.0, 30.0], [1.0, 2.0])
    np.testing.assert_allclose(shaped, plain * wanted, rtol=1e-12)
    assert shaped[25] == pytest.approx(1.5 * plain[25])


def test_a_curve_of_ones_and_no_curve_give_the_same_run_bit_for_bit() -> None:
    ones = simulate(load_scenario(*SMALL, "mission.strength_curve=[{week: 0, ratio: 1}, {week: 30, ratio: 1}]"))
    none = simulate(load_scenario(*SMALL))
    assert none.series.equals(ones.series)


def test_a_run_is_the_same_until_the_curve_leaves_the_table() -> None:
    shaped = simulate(load_scenario(*SMALL, "mission.strength_curve=[{week: 20, ratio: 1}, {week: 21, ratio: 0}]"))
    plain = simulate(load_scenario(*SMALL))
    assert plain.series.iloc[:20].equals(shaped.series.iloc[:20])
    assert shaped.series["personnel_present"].iloc[30] < 0.1 * plain.series["personnel_present"].iloc[30]


def test_a_smaller_mandate_is_no_shortfall() -> None:
    shaped = simulate(load_scenario(*SMALL, "mission.strength_curve=[{week: 0, ratio: 0.5}]"))
    by_shock = simulate(load_scenario(*SMALL, "shock=early_drawdown", "shock.start_week=0", "shock.ramp_weeks=0"))
    assert shaped.series["troop_shortfall"].max() < 0.05 < by_shock.series["troop_shortfall"].max()


def test_a_saved_curve_comes_back(tmp_path) -> None:  # type: ignore[no-untyped-def]
    scenario = load_scenario(*SMALL, "mission.strength_curve=[{week: 0, ratio: 1}, {week: 13, ratio: 0.25}]")
    again = load_scenario(f"scenario={save_scenario(scenario, tmp_path / 'scenario.yaml')}")
    assert again == scenario and again.key == scenario.key != load_scenario(*SMALL).key


@pytest.mark.parametrize(
    ("curve", "words"),
    [
        ("[{week: 0, ratio: 6}]", "ratio = 6: must lie between 0 and 5"),
        ("[{week: 0, ratio: -0.1}]", "must lie between 0 and 5"),
        ("[{week: -1, ratio: 1}]", "week = -1: must be a finite number, 0 or more"),
        ("[{week: 9, ratio: 1}, {week: 9, ratio: 2}]", "must rise from point to point"),
        ("[{week: 9, ratio: nan}]", "must lie between 0 and 5"),
        ("[3]", "must be a list such as"),
        ("[{wek: 3}]", "must be a list such as"),
        ("[" + ", ".join(f"{{week: {i}, ratio: 1}}" for i in range(65)) + "]", "at most 64"),
    ],
)
def test_a_wrong_curve_is_refused(curve: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        load_scenario(*SMALL, f"mission.strength_curve={curve}")


def test_tables_are_kept_for_a_mission_and_clock_until_a_file_changes(tmp_path: Path) -> None:
    """Nobody may write to what is kept; values the tables do not depend on ask for nothing new."""
    own = tmp_path / "own"
    shutil.copytree(str(files("sim.scenarios") / "mission" / "generic"), own)
    scenario = load_scenario(*SMALL).with_({"mission.tables": str(own)})

    def series(changes: dict[str, Any]) -> MissionSeries:
        changed = scenario.with_(changes)
        clock = make_clock(changed.mission.start_date, changed.mission.horizon_weeks, changed.clock)
        return load_series(changed.mission, clock)

    first = series({})
    assert series({"mission.initial_venues": 3.0, "shock.size": 1.0}) is first
    assert series({"mission.horizon_weeks": 20}) is not first and series({"mission.trapezoid.peak": 7.0}) is not first
    for values in (first.strength, first.weights, *first.income.values(), *first.contributors["is_state"].values()):
        with pytest.raises(ValueError, match="read-only"):
            values[...] = 0.0
    table = own / "enforcement.csv"
    text = table.read_text()
    table.write_text(text.replace("raid_capacity_per_week,", "raid_capacity_per_week,1", 1))
    assert series({}).raid_capacity[0] > first.raid_capacity[0]
