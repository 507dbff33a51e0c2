"""Sensitivity analysis against functions whose indices are known: Ishigami, Sobol's g, linear sums; and reading factors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sim.analysis import sensitivity
from sim.analysis.factors import Factor, factor_table, read_factors
from sim.analysis.sensitivity import (
    DUMMY,
    base_points,
    kept_factors,
    luck_share,
    morris_design,
    morris_indices,
    pawn_indices,
    sobol_design,
    sobol_indices,
    values_by_point,
)
from sim.config import load_scenario
from sim.sweeps.design import MissingLibrary

ISHIGAMI_A, ISHIGAMI_B = 7.0, 0.1


def factors(n: int, low: float, high: float) -> list[Factor]:
    return [Factor(f"x{i}", low, high, (low + high) / 2, "-", "assumed", "assumption", "") for i in range(n)]


def outcome(design: pd.DataFrame, function: Callable[[np.ndarray], np.ndarray]) -> pd.Series:
    return pd.Series(function(design.drop(columns=["point", "draw", "sample"]).to_numpy()), index=design["point"])


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) * (1 + ISHIGAMI_B * x[:, 2] ** 4) + ISHIGAMI_A * np.sin(x[:, 1]) ** 2


def ishigami_indices() -> tuple[list[float], list[float]]:
    """First-order and total indices of Ishigami's function, from its partial variances."""
    a, b = ISHIGAMI_A, ISHIGAMI_B
    first = 0.5 * (1 + b * math.pi**4 / 5) ** 2
    second = a**2 / 8
    both = b**2 * math.pi**8 * (1 / 18 - 1 / 50)
    total = first + second + both
    return [first / total, second / total, 0.0], [(first + both) / total, second / total, both / total]


def values_of(table: pd.DataFrame, index: str) -> dict[str, float]:
    return table[table["index"] == index].set_index("factor")["value"].to_dict()


def test_sobol_indices_of_ishigami() -> None:
    these = factors(3, -math.pi, math.pi)
    design = sobol_design(these, 2048)
    table = sobol_indices(these, design, outcome(design, ishigami), resamples=50)
    for index, known in zip(("S1", "ST"), ishigami_indices()):
        assert list(values_of(table, index).values()) == pytest.approx(known, abs=0.03)
    assert (table["low90"] <= table["value"]).all() and (table["value"] <= table["high90"]).all()
    assert (table["n"] == 2048).all() and len(design) == 2048 * 5


def test_sobol_intervals_cover_the_known_indices_of_the_g_function() -> None:
    importance = np.array([0.0, 1.0, 9.0, 99.0])
    partial = 1.0 / (3.0 * (1.0 + importance) ** 2)
    total = np.prod(1.0 + partial) - 1.0
    these = factors(4, 0.0, 1.0)
    design = sobol_design(these, 512)
    g = outcome(design, lambda x: np.prod((np.abs(4 * x - 2) + importance) / (1 + importance), axis=1))
    table = sobol_indices(these, design, g)
    known = {"S1": partial / total, "ST": partial * np.prod(1 + partial) / (1 + partial) / total}
    rows = [(row, known[row["index"]][int(row["factor"][1:])]) for _, row in table.iterrows()]
    covered = sum(row["low90"] - 0.01 <= value <= row["high90"] + 0.01 for row, value in rows)
    assert covered >= 6  # of 8; at 90 % a proper interval covers fewer in 4 of 100 such tests
    assert values_of(table, "ST")["x0"] > values_of(table, "ST")["x1"] > values_of(table, "ST")["x2"]


def test_morris_effects_of_a_linear_sum_are_its_slopes_times_the_ranges() -> None:
    these = [
        Factor("a", 0.0, 2.0, 1.0, "-", "assumed", "assumption", ""),
        Factor("b", -1.0, 3.0, 1.0, "-", "assumed", "assumption", ""),
        Factor("c", 5.0, 6.0, 5.5, "-", "assumed", "assumption", ""),
    ]
    design = morris_design(these, 6)
    table = morris_indices(these, design, outcome(design, lambda x: 3 * x[:, 0] - 2 * x[:, 1]))
    assert values_of(table, "mu_star") == pytest.approx({"a": 6.0, "b": 8.0, "c": 0.0})
    assert values_of(table, "mu") == pytest.approx({"a": 6.0, "b": -8.0, "c": 0.0})
    assert values_of(table, "sigma") == pytest.approx({"a": 0.0, "b": 0.0, "c": 0.0}, abs=1e-9)
    assert len(design) == 6 * 4 and design["c"].between(5.0, 6.0).all()
    assert [factor.path for factor in kept_factors(these, table, 2)] == ["a", "b"]


def test_morris_sees_interaction_as_spread() -> None:
    these = factors(3, 0.0, 1.0)
    design = morris_design(these, 20)
    table = morris_indices(these, design, outcome(design, lambda x: x[:, 0] * x[:, 1] + x[:, 2]))
    sigma = values_of(table, "sigma")
    assert sigma["x0"] > 0.1 and sigma["x1"] > 0.1 and sigma["x2"] == pytest.approx(0.0, abs=1e-9)


def test_pawn_ranks_where_the_tail_is_so_heavy_that_variance_fails() -> None:
    these = factors(3, 0.0, 1.0)
    design = base_points(these, sobol_design(these, 256))
    heavy = outcome(design, lambda x: x[:, 0] / np.maximum(1e-9, x[:, 1]) ** 3)  # no finite variance
    table = pawn_indices(these, design, heavy, resamples=50)
    found = values_of(table, "pawn")
    assert found["x1"] > 2 * found["x2"] and found["x0"] > found["x2"]
    assert found["x2"] == pytest.approx(found[DUMMY], abs=0.06)
    assert table["value"].between(0.0, 1.0).all()


def test_an_incomplete_block_is_left_out_whole() -> None:
    these = factors(3, 0.0, 1.0)
    design = sobol_design(these, 16)
    values = outcome(design, lambda x: x[:, 0])
    values.iloc[7] = math.nan
    table = sobol_indices(these, design, values, resamples=10)
    assert (table["n"] == 15).all() and values_of(table, "ST")["x2"] == pytest.approx(0.0)
    none = sobol_indices(these, design, values * math.nan, resamples=10)
    assert none["value"].isna().all() and (none["n"] == 0).all()
    flat = sobol_indices(these, design, values * 0.0 + 3.0, resamples=10)
    assert flat["value"].isna().all() and (flat["n"] == 15).all()


def test_replicates_are_averaged_and_a_failed_one_takes_its_point_along() -> None:
    runs = pd.DataFrame(
        {"point": [0, 0, 1, 1], "replicate": [0, 1, 0, 1], "ok": [True, True, True, False], "y": [1, 3, 5, 7]}
    )
    found = values_by_point(runs, "y")
    assert found[0] == 2.0 and math.isnan(found[1])


def test_luck_shared_by_all_points_is_no_luck() -> None:
    points, replicates = np.arange(40), np.arange(3)
    runs = pd.DataFrame([(p, r) for p in points for r in replicates], columns=["point", "replicate"]).assign(ok=True)
    shared = runs.assign(y=runs["point"] + 100.0 * runs["replicate"])
    assert luck_share(shared, "y") == pytest.approx(0.0, abs=1e-9)
    alone = runs.assign(y=np.sin(1e4 * (runs["point"] * 7.3 + runs["replicate"] * 1.7) ** 2))
    assert luck_share(alone, "y") > 0.5
    assert math.isnan(luck_share(shared[shared["replicate"] == 0], "y"))


def test_designs_and_indices_are_the_same_whenever_asked_for() -> None:
    these = factors(3, 0.0, 1.0)
    first, again = sobol_design(these, 8), sobol_design(these, 8)
    pd.testing.assert_frame_equal(first, again)
    values = outcome(first, lambda x: x[:, 0] * x[:, 1])
    one, two = (sobol_indices(these, first, values, resamples=20) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


def test_several_outcomes_take_turns_in_what_is_kept() -> None:
    these = factors(4, 0.0, 1.0)
    rows = [("a", "x0", 9.0), ("a", "x1", 8.0), ("a", "x2", 7.0), ("b", "x3", 0.2), ("b", "x0", 0.1)]
    table = pd.DataFrame(rows, columns=["outcome", "factor", "value"]).assign(index="mu_star")
    assert [f.path for f in kept_factors(these, table, 2)] == ["x0", "x3"]
    assert [f.path for f in kept_factors(these, table, 3)] == ["x0", "x1", "x3"]


def test_factors_are_read_from_the_scenario_with_their_declared_ends() -> None:
    scenario = load_scenario("mission=generic", "policy=follow_up", "parameters.dependence.psi=2")
    found, problems = read_factors(scenario, ["dependence.psi", "beliefs", "policy.follow_up.dose:0..2"])
    assert not problems
    by_path = {factor.path: factor for factor in found}
    psi, dose = by_path["parameters.dependence.psi"], by_path["policy.follow_up.dose"]
    assert (psi.value, psi.low, psi.high, psi.status, psi.name) == (2.0, 0.0, 5.0, "assumed", "dependence.psi")
    assert (dose.low, dose.high, dose.asked) == (0.0, 2.0, True)
    beliefs = [path for path in by_path if path.startswith("parameters.beliefs.")]
    assert len(beliefs) == 8 and len(found) == 10
    table = factor_table(found)
    assert (table["status"] != "").all() and set(table["range"]) == {"declared bounds", "asked for"}


def test_width_narrows_declared_ranges_around_the_value_only() -> None:
    scenario = load_scenario("mission=generic")
    found, _ = read_factors(scenario, ["beliefs.prior_weight", "dependence.psi:1..2"], width=0.5)
    weight, psi = sorted(found, key=lambda factor: factor.path)
    assert (weight.low, weight.high) == (5.0, 55.0)  # of 0 to 100 around 10
    assert (psi.low, psi.high) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("dependance", "Did you mean: dependence"),
        ("dependence.psi:3..1", "two rising numbers"),
        ("dependence.psi:a..b", "two rising numbers"),
        ("dependence.psi:0..50", "between 0 and 5"),
        ("beliefs:0..1", "names 8"),
        ("policy.follow_up.dose", "no real number"),
        ("switches.habit", "no real number"),
    ],
)
def test_a_word_that_names_no_range_is_answered(word: str, said: str) -> None:
    _, problems = read_factors(load_scenario("mission=generic"), [word])
    assert len(problems) == 1 and said in problems[0] and problems[0].startswith("over = ")


def test_without_salib_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    these = factors(2, 0.0, 1.0)
    design = sobol_design(these, 4)
    monkeypatch.setattr(sensitivity, "import_module", missing)
    with pytest.raises(MissingLibrary, match=r"mandate\[explore\]"):
        sobol_indices(these, design, outcome(design, lambda x: x[:, 0]))
