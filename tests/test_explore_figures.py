"""Figures of indices, boxes and regret: titles say what was found and no more, tables hold what is drawn."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.discovery import TRAJECTORY_COLUMNS, Box, Discovery, Limit
from sim.analysis.robust import regret_table
from sim.analysis.sensitivity import DUMMY
from sim.viz import discovery, sensitivity


def indices(values: dict[str, tuple[float, float, float]], index: str = "ST") -> pd.DataFrame:
    rows = [(factor, index, *numbers, 64) for factor, numbers in values.items()]
    return pd.DataFrame(rows, columns=["factor", "index", "value", "low90", "high90", "n"])


A, B, C, D, E = (f"parameters.group.{name}" for name in "abcde")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({A: (0.6, 0.5, 0.7), B: (0.2, 0.1, 0.3)}, "Strongest influence on exploitation: group.a"),
        (
            {A: (0.4, 0.3, 0.5), B: (0.35, 0.2, 0.45), C: (0.1, 0.0, 0.2)},
            "Strongest influences on exploitation, not told apart by the runs: group.a and group.b",
        ),
        (
            {A: (0.4, 0.1, 0.7), B: (0.3, 0.1, 0.6)},
            "The runs do not tell which of 2 inputs has the strongest influence on exploitation",
        ),
        (
            dict.fromkeys((A, B, C, D), (0.2, 0.1, 0.3)) | {E: (0.0, 0.0, 0.05)},
            "The runs do not tell which of 4 inputs has the strongest influence on exploitation",
        ),
        (
            {A: (math.nan,) * 3, B: (math.nan,) * 3},
            "Nothing moves exploitation in this design, or too few runs are there",
        ),
        (
            {A: (0.0, 0.0, 0.0), B: (0.0, 0.0, 0.0)},
            "Nothing moves exploitation in this design, or too few runs are there",
        ),
    ],
)
def test_a_title_claims_what_intervals_allow(values: dict[str, tuple[float, float, float]], said: str) -> None:
    assert sensitivity.finding(indices(values), "sobol", "exploitation") == said


def test_chance_alone_is_never_a_finding() -> None:
    table = indices({A: (0.2, 0.15, 0.25), DUMMY: (0.4, 0.3, 0.5)}, "pawn")
    assert sensitivity.finding(table, "pawn", "exploitation") == "Strongest influence on exploitation: group.a"


def test_the_table_of_a_dot_plot_is_what_is_drawn_and_marks_differ_in_shape() -> None:
    both = pd.concat(
        [indices({A: (0.6, 0.5, 0.7), B: (0.2, 0.1, 0.3)}, index) for index in ("ST", "S1")], ignore_index=True
    )
    extra = indices({A: (9.0, 9.0, 9.0)}, "unknown")
    drawn = sensitivity.dots(pd.concat([both, extra]), "sobol", "exploitation", "Generic mission.")
    pd.testing.assert_frame_equal(drawn.table, both)
    marks = {line.get_marker(): line for line in drawn.figure.axes[0].lines if line.get_marker() not in ("", "None")}
    assert set(marks) == {"o", "s"} and marks["s"].get_markerfacecolor() == "white"
    shown = {line.get_xdata()[0] for line in drawn.figure.axes[0].lines if line.get_marker() == "o"}
    assert shown == {0.6, 0.2}
    texts = " ".join(text.get_text() for text in drawn.figure.axes[0].texts)
    assert "0.60 (0.50 to 0.70)" in texts


def test_long_lists_are_cut_and_say_so() -> None:
    many = indices({f"parameters.g.p{i}": (1.0 / (i + 1), 0.0, 1.0) for i in range(40)}, "mu_star")
    drawn = sensitivity.dots(many, "morris", "exploitation", "Generic mission.")
    assert drawn.table["factor"].nunique() == sensitivity.MOST_ROWS
    assert any("15 factors with less are left out" in text.get_text().replace("\n", " ") for text in drawn.figure.texts)


@pytest.mark.parametrize("n_limits", [0, 1, 3])
def test_a_box_is_drawn_with_limits_points_and_trajectory(n_limits: int) -> None:
    points = pd.DataFrame({A: np.linspace(0, 1, 20), B: np.linspace(1, 0, 20)})
    limits = (Limit(A, True, 0.5), Limit(A, False, 0.9), Limit(B, False, 0.6))[:n_limits]
    steps = pd.DataFrame(
        [(0, 1.0, 0.3, 20, 6, 0, False), (1, 0.8, 0.6, 8, 5, 1, True)], columns=list(TRAJECTORY_COLUMNS)
    )
    found = Discovery(Box(limits, 8, 5, 20, 6), steps)
    drawn = discovery.box(points, points[A] > 0.7, found, "a title.", "failures", "Generic mission.")
    parts = drawn.table["part"].value_counts().to_dict()
    assert (
        parts.get("limit", 0) == len({limit.path for limit in limits}) and parts["point"] == 20 and parts["step"] == 2
    )
    assert any("A title" in text.get_text() for text in drawn.figure.texts)


def runs(values: dict[str, dict[str, list[float]]]) -> pd.DataFrame:
    rows = [
        ("m", "none", w, o, 0, i, True, v) for w, os in values.items() for o, vs in os.items() for i, v in enumerate(vs)
    ]
    return pd.DataFrame(rows, columns=["mission", "shock", "world", "option", "point", "replicate", "ok", "y"])


def test_regret_names_a_leader_only_beyond_luck() -> None:
    clear, even = {"a": [1.0] * 10, "b": [2.0] * 10}, {"a": [1.0, 2.0] * 5, "b": [2.0, 1.0] * 5}
    table = regret_table(runs({"w1": clear, "w2": even}), "y")
    assert discovery.regret_finding(table, "exploitation") == (
        "Least exploitation in more than half of the cases: a in 1 of 2 worlds"
    )
    assert "In no world" in discovery.regret_finding(regret_table(runs({"w2": even}), "y"), "exploitation")
    drawn = discovery.regret(table, "exploitation", "person-weeks", "Generic mission.")
    pd.testing.assert_frame_equal(drawn.table, table)
    assert [axes.get_title(loc="left") or axes.get_title() for axes in drawn.figure.axes] == ["w1", "w2"]
