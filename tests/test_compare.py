"""Paired comparison: hand-computed effects, exact zeros, shared luck, and clear refusals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import sim
from sim.analysis.compare import Comparison, compare
from sim.analysis.effects import paired_effects, variance_saved
from sim.errors import ScenarioError

TABLE = pd.DataFrame({
    "option": ["base"] * 4 + ["other"] * 4,
    "replicate": [0, 1, 2, 3] * 2,
    "persons": [100.0, 200.0, 300.0, 400.0, 90.0, 150.0, 301.0, 500.0],
    "ratio": [1.0, None, 2.0, 3.0, 2.0, 1.0, 2.0, None],
})  # fmt: skip


def test_effects_by_hand() -> None:
    row = paired_effects(TABLE, "base", matters_share=0.05).set_index("outcome").loc["persons"]
    assert row["baseline_mean"] == 250.0
    assert row["mean"] == pytest.approx((-10 - 50 + 1 + 100) / 4)
    assert row["median"] == pytest.approx((-10 + 1) / 2)
    assert (row["n_lower"], row["n_same"], row["n_higher"]) == (1, 2, 1)  # what matters is 12.5
    assert row["median_percent"] == pytest.approx(-1.8)
    assert row["error_of_mean"] == pytest.approx(np.std([-10, -50, 1, 100], ddof=1) / 2)
    assert row["low90"] <= row["low50"] <= row["median"] <= row["high50"] <= row["high90"]


def test_missing_numbers_leave_their_pair_out() -> None:
    row = paired_effects(TABLE, "base").set_index("outcome").loc["ratio"]
    assert row["n"] == 2
    assert row["mean"] == pytest.approx(0.5)


def test_pairs_follow_replicates_not_rows() -> None:
    shuffled = TABLE.iloc[::-1]
    a, b = (paired_effects(t, "base").set_index(["option", "outcome"]) for t in (TABLE, shuffled))
    pd.testing.assert_frame_equal(a, b.loc[a.index], check_dtype=False)


def test_an_unknown_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match="not among"):
        paired_effects(TABLE, "nothing")


def test_pairing_saves_variance_where_runs_move_together() -> None:
    together = TABLE.assign(persons=[1.0, 2.0, 3.0, 4.0, 1.1, 2.1, 3.1, 4.2])
    assert variance_saved(together, "base", "other", "persons") > 0.99
    assert math.isnan(variance_saved(together[together["replicate"] < 2], "base", "other", "persons"))


@pytest.fixture(scope="module")
def small() -> sim.Scenario:
    return sim.load_scenario("mission=generic", "scale=0.2", "mission.horizon_weeks=78", "seed=5")


def test_equal_scenarios_differ_by_exactly_nothing(small: sim.Scenario) -> None:
    found = compare({"a": small, "b": small.with_({"shock.start_week": 60.0})}, replicates=2)
    assert (found.effects["mean"].dropna() == 0.0).all()
    assert (found.effects["n_same"] == found.effects["n"]).all()


def test_a_surge_raises_harm_and_runs_share_their_luck(small: sim.Scenario) -> None:
    surge = sim.load_scenario("mission=generic", "scale=0.2", "mission.horizon_weeks=78", "seed=5", "shock=surge",
                              "shock.start_week=26", "shock.size=1.0")
    seen: list[tuple[int, int]] = []
    found = sim.compare({"as planned": small, "surge": surge}, replicates=3, on_run=lambda *done: seen.append(done))
    assert seen == [(i, 6) for i in range(1, 7)]
    effects = found.effects.set_index("outcome")
    assert effects.loc["mean_personnel_present", "n_higher"] == 3
    assert effects.loc["visits_by_personnel", "median"] > 0
    before = found.series[found.series["week"] < 26].drop(columns="date")
    parts = [before[before["option"] == o].drop(columns="option").reset_index(drop=True) for o in ("as planned", "surge")]
    pd.testing.assert_frame_equal(*parts, check_exact=True)
    again = compare({"surge": surge, "as planned": small}, replicates=3, baseline="as planned", workers=2)
    pd.testing.assert_frame_equal(found.effects, again.effects)
    assert list(again.series.columns[:4]) == ["option", "replicate", "week", "date"]


def test_a_comparison_is_drawn_with_its_counts() -> None:
    both = pd.concat([TABLE, TABLE[TABLE["option"] == "other"].assign(option="third", persons=float("nan"))])
    found = Comparison(paired_effects(both, "base"), both, pd.DataFrame(), "base")
    figure = found.plot("persons")
    words = " ".join(text.get_text() for text in figure.findobj(Text))
    assert "about the same with other" in words and "unknown with third" in words and "higher" in words
    with pytest.raises(ValueError, match="Did you mean: persons"):
        found.plot("person")


def test_every_problem_is_named_at_once(small: sim.Scenario) -> None:
    other = small.with_({"mission.horizon_weeks": 52, "seed": 9})
    with pytest.raises(ScenarioError) as caught:
        compare({"a": small, "b": other}, replicates=0, baseline="c", workers=0)
    text = str(caught.value)
    for word in ("replicates = 0", "workers = 0", "baseline = c", "horizon_weeks differs", "seed differs"):
        assert word in text
    with pytest.raises(ScenarioError, match="at least two"):
        compare({"a": small})
