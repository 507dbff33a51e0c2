"""Discovery and robust tables on made cases whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from sim.analysis import discovery
from sim.analysis.discovery import Box, Limit, TooFewCases, feature_scores, find_box
from sim.analysis.questions import QUESTIONS, box_sentence, improvement, point_differences
from sim.analysis.robust import regret_table, robust_ranking, satisficing_table
from sim.sweeps.design import MissingLibrary

NAMES = ["parameters.a.x", "parameters.b.y", "parameters.c.z", "parameters.d.w"]


@pytest.fixture(scope="module")
def points() -> pd.DataFrame:
    return pd.DataFrame(qmc.Halton(len(NAMES), scramble=False).random(400), columns=NAMES)


def test_a_planted_box_is_found_with_its_counts(points: pd.DataFrame) -> None:
    cases = ((points[NAMES[0]] > 0.6) & (points[NAMES[1]] < 0.5)).to_numpy()
    found = find_box(points, cases, shuffles=5)
    sides = {(limit.path, limit.is_above): limit.value for limit in found.box.limits}
    assert sides.keys() == {(NAMES[0], True), (NAMES[1], False)}
    assert sides[NAMES[0], True] == pytest.approx(0.6, abs=0.03) and sides[NAMES[1], False] == pytest.approx(
        0.5, abs=0.03
    )
    assert found.box.density > 0.95 and found.box.coverage > 0.95 and found.box.is_more_than_chance
    within = np.logical_and.reduce([limit.holds(points) for limit in found.box.limits])
    assert (found.box.n, found.box.n_cases) == (within.sum(), (within & cases).sum())
    assert (found.box.total, found.box.total_cases) == (400, cases.sum())
    first = found.trajectory.iloc[0]
    assert first["coverage"] == 1.0 and first["n"] == 400 and found.trajectory["chosen"].sum() == 1
    low, high = found.box.density_interval()
    assert low < found.box.density <= 1.0 and low > 0.9 and high <= 1.0


def test_a_box_in_noise_is_called_chance(points: pd.DataFrame) -> None:
    noise = np.sin(1e5 * np.arange(400) ** 2) > 0.5
    box = find_box(points, noise, shuffles=20).box
    assert not box.is_more_than_chance
    said = box_sentence(box, QUESTIONS["fails"], "follow_up", "status_quo")
    assert "chance" in said or "No region stands out" in said


@pytest.mark.parametrize("n_cases", [0, 3, 397, 400])
def test_too_few_cases_of_either_kind_are_refused(points: pd.DataFrame, n_cases: int) -> None:
    with pytest.raises(TooFewCases, match=f"{n_cases} of 400"):
        find_box(points, np.arange(400) < n_cases)


def test_a_column_that_does_not_vary_is_no_factor(points: pd.DataFrame) -> None:
    cases = (points[NAMES[0]] > 0.7).to_numpy()
    found = find_box(points.assign(same=1.0), cases, shuffles=0)
    assert found.box.factors == (NAMES[0],) and math.isnan(found.box.by_chance)


def test_scores_rank_what_matters_first(points: pd.DataFrame) -> None:
    table = feature_scores(points, 5 * points[NAMES[2]] + points[NAMES[0]], forests=5)
    assert table["factor"].tolist()[:2] == [NAMES[2], NAMES[0]]
    assert table["score"].sum() == pytest.approx(1.0) and (table["low90"] <= table["high90"]).all()
    assert (table["n"] == 400).all()


def test_without_the_workbench_the_message_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, points: pd.DataFrame
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(discovery, "import_module", missing)
    with pytest.raises(MissingLibrary, match=r"mandate\[explore\]"):
        find_box(points, np.arange(400) < 100)


@pytest.mark.parametrize("takes_threshold", [True, False])
def test_both_versions_of_prim_are_called_as_they_want(
    monkeypatch: pytest.MonkeyPatch, points: pd.DataFrame, takes_threshold: bool
) -> None:
    asked = {}

    class Found:
        box_lims = (
            points.agg(["min", "max"]),
            points.assign(**{NAMES[0]: points[NAMES[0]].clip(0.5)}).agg(["min", "max"]),
        )

    class Old:
        def __init__(self, x: pd.DataFrame, y: np.ndarray, threshold: float) -> None:
            asked["threshold"] = threshold

        def find_box(self) -> type[Found]:
            return Found

    class New(Old):
        def __init__(self, x: pd.DataFrame, y: np.ndarray) -> None:
            asked["new"] = True

    library = type("library", (), {"Prim": Old if takes_threshold else New})
    monkeypatch.setattr(discovery, "_ema", lambda module: library)
    box = find_box(points, (points[NAMES[0]] > 0.5).to_numpy(), shuffles=0).box
    assert asked == ({"threshold": 0.0} if takes_threshold else {"new": True})
    assert box.limits == (Limit(NAMES[0], True, 0.5),)


def test_sentences_of_boxes() -> None:
    limits = (Limit("parameters.a.x", True, 1.4), Limit("policy.p.dose", True, 0.5), Limit("policy.p.dose", False, 2.0))
    box = Box(limits, 100, 83, 400, 90)
    said = box_sentence(box, QUESTIONS["fails"], "A", "B")
    assert said == (
        "A fails when a.x is above 1.4 and policy.p.dose is between 0.5 and 2: 83 of 100 such points, covering 83 of 90 "
        "failures (90 of 400 points overall)."
    )
    assert box_sentence(box, QUESTIONS["beats"], "A", "B").startswith("A beats B when a.x is above 1.4")
    assert box_sentence(Box((), 400, 90, 400, 90), QUESTIONS["harms"], "A", "B") == (
        "No region stands out in which A harms: 90 of 400 points overall."
    )


def runs_of(values: dict[str, dict[str, list[float]]]) -> pd.DataFrame:
    """Runs by world and option, one replicate a number."""
    rows = [
        ("generic", "none", world, option, 0, replicate, True, value)
        for world, options in values.items()
        for option, numbers in options.items()
        for replicate, value in enumerate(numbers)
    ]
    return pd.DataFrame(rows, columns=["mission", "shock", "world", "option", "point", "replicate", "ok", "y"])


def test_regret_by_hand() -> None:
    runs = runs_of({"w1": {"a": [10.0, 20.0], "b": [12.0, 16.0]}, "w2": {"a": [5.0, 5.0], "b": [9.0, 5.1]}})
    table = regret_table(runs, "y").set_index(["world", "option"])
    assert table.loc[("w1", "a"), ["median", "largest", "n_least", "n_near", "n"]].tolist() == [2.0, 4.0, 1, 1, 2]
    assert table.loc[("w1", "b"), ["median", "largest", "n_least", "n"]].tolist() == [1.0, 2.0, 1, 2]
    assert table.loc[("w2", "b"), ["largest", "n_least", "n_near"]].tolist() == pytest.approx([4.0, 0, 1])
    higher = regret_table(runs, "y", better="higher").set_index(["world", "option"])
    assert higher.loc[("w1", "a"), "largest"] == 2.0 and higher.loc[("w1", "b"), "largest"] == 4.0


def test_ranking_takes_the_worst_world_and_averages_none() -> None:
    steady = {"a": [11.0] * 4, "b": [10.0] * 4}
    bad = {"a": [10.0] * 4, "b": [30.0] * 4}
    ranking = robust_ranking(regret_table(runs_of({"w1": steady, "w2": steady, "w3": steady, "w4": bad}), "y"))
    assert ranking["option"].tolist() == ["a", "b"]  # b is better in three worlds of four, and much worse in one
    assert ranking["worst_high90"].tolist() == [1.0, 20.0] and ranking["worst_in"][1] == "w4, shock none"
    assert ranking["n_leads"].tolist() == [1, 3] and ranking["n_conditions"].tolist() == [4, 4]


def test_satisficing_counts_by_case() -> None:
    runs = runs_of({"w": {"base": [100.0, 100.0, 50.0], "a": [89.0, 96.0, 45.0]}})
    table = satisficing_table(runs, "y", "base", limits=(-0.05, -0.1)).set_index("limit")
    assert table["n_within"].tolist() == [2, 2] and (table["n"] == 3).all()
    with pytest.raises(ValueError, match="baseline"):
        satisficing_table(runs, "y", "other")


def test_failed_runs_and_missing_options_take_their_case_along() -> None:
    runs = runs_of({"w": {"a": [1.0, 2.0, math.nan], "b": [2.0, 1.0, 1.0]}})
    runs.loc[(runs["option"] == "b") & (runs["replicate"] == 1), "ok"] = False
    assert regret_table(runs, "y")["n"].tolist() == [1, 1]


def test_point_differences_pair_by_luck_and_keep_worlds_apart() -> None:
    runs = runs_of({"w1": {"a": [8.0, 18.0], "b": [10.0, 20.0]}, "w2": {"a": [3.0], "b": [2.0]}})
    table = point_differences(runs, "y", "a", "b").set_index("world")
    assert table.loc["w1", ["level", "difference", "n"]].tolist() == [15.0, -2.0, 2]
    assert table["change"].tolist() == pytest.approx([-2 / 15, 0.5])
    gains = improvement(table.reset_index(), "lower")
    assert gains.tolist() == pytest.approx([2 / 15, -0.5])
    assert QUESTIONS["fails"].is_case(gains, 0.05).tolist() == [False, True]
    assert QUESTIONS["harms"].is_case(gains, 0.05).tolist() == [False, True]
    assert QUESTIONS["beats"].is_case(gains, 0.05).tolist() == [True, False]
    with pytest.raises(ValueError, match="'c'"):
        point_differences(runs, "y", "c", "b")
