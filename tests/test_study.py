"""Tables of a comparison, on made-up runs: parts add up, effects mirror, missing numbers stay missing."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.effects import EFFECT_COLUMNS
from sim.analysis.plan import STAGES, Cell, in_order, leading_options, stage_cells
from sim.analysis.record import person_weeks_by_cell, quarterly
from sim.analysis.study import AREA_OUTCOMES, DECOMPOSITION_TERMS, FUNNEL_STAGES, OUTCOMES, TWINS, Named, Option, Plan
from sim.analysis.tables import (
    DISPLACEMENT_INDEX,
    TOTAL,
    cells_table,
    decompose,
    decomposition_table,
    deterrence_split,
    deterrence_table,
    effects_table,
    funnel_table,
)

N = 8


def run(option: str, twin: str, replicate: int, areas: tuple[float, float, float], visits: float) -> dict[str, object]:
    """One row of the table of runs."""
    row = {"mission": "m", "shock": "none", "world": "central", "option": option, "twin": twin, "replicate": replicate,
           "seed": replicate, "ok": True, "error": "", "seconds": 1.0, TOTAL: sum(areas), "visits_by_personnel": visits}
    return row | dict(zip(AREA_OUTCOMES, areas))  # fmt: skip


@pytest.fixture(scope="module")
def runs() -> pd.DataFrame:
    """Three options, all twins, luck from a fixed table of numbers."""
    draw = np.random.default_rng(7).uniform(10.0, 100.0, (3, len(TWINS), N, 4))  # made-up data, not the model's chance
    return pd.DataFrame([
        run(option, twin, i, tuple(draw[o, t, i, :3]), float(draw[o, t, i, 3]))
        for o, option in enumerate(("base", "a", "b")) for t, twin in enumerate(TWINS) for i in range(N)
    ])  # fmt: skip


def test_parts_add_up_to_the_effect_replicate_by_replicate(runs: pd.DataFrame) -> None:
    parts = decompose(runs, "base", "a")
    assert tuple(parts.columns) == (*DECOMPOSITION_TERMS, "total") and len(parts) == N
    np.testing.assert_allclose(parts[list(DECOMPOSITION_TERMS)].sum(axis=1), parts["total"], rtol=1e-12, atol=1e-9)
    wide = runs[runs["twin"] == ""].pivot(index="replicate", columns="option", values=TOTAL)
    np.testing.assert_array_equal(parts["total"], wide["a"] - wide["base"])
    table = decomposition_table(runs, "base", ["a", "b"]).set_index(["option", "term"])
    total = table.loc["b", "mean"].drop("total").sum()
    assert total == pytest.approx(table.loc[("b", "total"), "mean"]) and set(table["n"]) == {N}


def test_parts_by_hand() -> None:
    bare, half = "no_security_no_diversification", "no_security"
    rows = [
        run("base", "", 0, (50, 30, 20), 0), run("x", "", 0, (40, 25, 5), 0),  # total: 70 - 100 = -30
        run("base", half, 0, (50, 30, 10), 0), run("x", half, 0, (30, 30, 10), 0),  # 70 - 90 = -20
        run("base", bare, 0, (50, 30, 10), 0), run("x", bare, 0, (35, 33, 14), 0),  # -15, +3, +4: -8
    ]  # fmt: skip
    parts = decompose(pd.DataFrame(rows), "base", "x").iloc[0]
    assert parts.to_dict() == {"scale": -15, "substitution": 3, "displacement": 4, "diversification": -12,
                               "security": -10, "total": -30}  # fmt: skip


def test_what_deterrence_does_is_what_vanishes_without_it() -> None:
    rows = [run("base", "", 0, (0, 0, 0), 100), run("x", "", 0, (0, 0, 0), 60),
            run("base", "no_deterrence", 0, (0, 0, 0), 120), run("x", "no_deterrence", 0, (0, 0, 0), 110)]  # fmt: skip
    split = deterrence_split(pd.DataFrame(rows), "base", "x").iloc[0]
    assert split.to_dict() == {"deterrence": -30, "rest": -10, "total": -40}
    table = deterrence_table(pd.DataFrame(rows), "base", ["x"])
    assert list(table["part"]) == ["deterrence", "rest", "total"] and list(table["mean"]) == [-30, -10, -40]


def test_incomplete_replicates_are_left_out_and_nothing_becomes_zero(runs: pd.DataFrame) -> None:
    gone = (runs["twin"] == "no_security") & (runs["option"] == "a") & (runs["replicate"] < 3)
    assert list(decompose(runs[~gone], "base", "a").index) == list(range(3, N))
    unknown = runs.copy()
    unknown.loc[(unknown["option"] == "base") & (unknown["replicate"] == 0), AREA_OUTCOMES[0]] = np.nan
    assert len(decompose(unknown, "base", "a")) == N - 1
    for table in (decomposition_table(runs[runs["twin"] == ""], "base", ["a"]),
                  decomposition_table(runs.drop(columns=list(AREA_OUTCOMES)), "base", ["a"]),
                  deterrence_table(runs[runs["twin"] == ""], "base", ["a"])):  # fmt: skip
        assert table.empty and {"option", "mean", "low90", "high90", "n"} <= set(table.columns)


def test_effects_are_kept_apart_by_mission_shock_world_and_twin(runs: pd.DataFrame) -> None:
    other = runs.assign(world="weak")
    found = effects_table(pd.concat([runs, other[other["option"] != "b"]]), "base")
    assert set(EFFECT_COLUMNS) <= set(found.columns)
    assert len(found) == (2 + 1) * len(TWINS) * (len(OUTCOMES) + len(AREA_OUTCOMES) + 1)
    main = found[(found["twin"] == "") & (found["outcome"] == TOTAL)]
    assert list(zip(main["world"], main["option"])) == [("central", "a"), ("central", "b"), ("weak", "a")]
    missing = found[found["outcome"] == "impunity_gap"]
    assert (missing["n"] == 0).all() and missing[["median", "mean", "baseline_mean", "low90"]].isna().all(axis=None)


def test_failed_runs_leave_their_pair_out(runs: pd.DataFrame) -> None:
    failed = runs.copy()
    failed["ok"] = ~((failed["option"] == "a") & (failed["replicate"] == 2))
    found = effects_table(failed, "base").set_index(["option", "twin", "outcome"])
    assert found.loc[("a", "", TOTAL), "n"] == N - 1 and found.loc[("b", "", TOTAL), "n"] == N
    assert effects_table(failed.assign(ok=False), "base").empty


def test_swapping_baseline_and_option_mirrors_effects(runs: pd.DataFrame) -> None:
    two = runs[(runs["option"] != "b") & (runs["twin"] == "")]
    there, back = (effects_table(two, base, 0.0).set_index("outcome").loc[TOTAL] for base in ("base", "a"))
    assert (there["n_lower"], there["n_higher"]) == (back["n_higher"], back["n_lower"])
    for one, other in (("median", "median"), ("mean", "mean"), ("low90", "high90"), ("low50", "high50")):
        assert there[one] == pytest.approx(-back[other])
    assert there["variance_saved"] == pytest.approx(back["variance_saved"])


def test_the_displacement_index_needs_a_loss_in_the_mission_area() -> None:
    rows = [run("base", "", i, (50, 30, 20), 0) for i in range(3)]
    rows += [run("x", "", 0, (40, 20, 30), 0), run("x", "", 1, (40, 30, 15), 0), run("x", "", 2, (60, 30, 40), 0)]
    row = effects_table(pd.DataFrame(rows), "base").set_index("outcome").loc[DISPLACEMENT_INDEX]
    assert row["n"] == 2 and row["mean"] == pytest.approx((10 / 20 - 5 / 10) / 2)
    assert (row["n_lower"], row["n_same"], row["n_higher"]) == (1, 0, 1) and math.isnan(row["baseline_mean"])


def test_funnel_and_cells_are_means_with_their_spread() -> None:
    funnel = pd.DataFrame({"option": "x", "replicate": [0, 1, 0, 1], "stage": ["reported"] * 2 + ["charged"] * 2,
                           "true": [10.0, 20.0, 0.0, 0.0], "observed": [np.nan, np.nan, 1.0, 3.0]})  # fmt: skip
    table = funnel_table(funnel, ["x", "y"]).set_index(["option", "stage"])
    assert set(FUNNEL_STAGES) <= set(table.loc["x"].index)
    assert table.loc[("x", "reported"), "true"] == 15 and math.isnan(table.loc[("x", "reported"), "observed"])
    assert table.loc[("x", "charged"), "observed"] == 2 and table.loc[("x", "charged"), "observed_high90"] > 2.5
    assert table.loc[("y", "reported"), "n"] == 0 and math.isnan(table.loc[("y", "reported"), "true"])
    place = {"cell": 5, "column": 1, "row": 2, "longitude": 20.0, "latitude": 42.0, "country": "XKX"}
    cells = pd.DataFrame([{"option": o, "replicate": i, **place, "exploited_person_weeks": w}
                          for o, i, w in (("b", 0, 4.0), ("a", 0, 1.0), ("a", 1, 3.0))])  # fmt: skip
    found = cells_table(cells, ["b", "a"])
    assert list(found["option"]) == ["b", "a"] and list(found["exploited_person_weeks"]) == [4.0, 2.0]
    assert list(found["n"]) == [1, 2] and cells_table(cells.iloc[:0], ["a"]).empty


def test_quarters_sum_flows_and_average_levels() -> None:
    weeks = np.arange(34.0)
    series = pd.DataFrame({"week": weeks, "date": [f"d{w:.0f}" for w in weeks], "venues": weeks, "new_recruitments": 1.0})
    table = quarterly(series)
    assert list(table["week"]) == [0, 13, 26] and list(table["date"]) == ["d0", "d13", "d26"]
    assert list(table["venues"]) == [6.0, 19.0, 29.5]
    assert list(table["new_recruitments"]) == [13.0, 13.0, 13.0]  # the last row covers 8 weeks, at a quarter's rate
    assert len(quarterly(series[:30])) == 2 and len(quarterly(series[:3])) == 1
    months = series[::4].assign(new_recruitments=4.0)
    assert list(quarterly(months)["new_recruitments"]) == [13.0, 13.0, 13.0]


def test_person_weeks_by_place_hold_each_count_since_the_one_before() -> None:
    place = {"column": 0, "row": 0, "longitude": 0.0, "latitude": 0.0, "country": "MIS"}
    rows = [{"week": w, "cell": c, **place, "exploited_persons": n}
            for w, c, n in ((0, 1, 10), (13, 1, 20), (19, 1, 5), (0, 2, 0), (13, 2, 1), (19, 2, 0))]  # fmt: skip
    found = person_weeks_by_cell(pd.DataFrame(rows)).set_index("cell")["exploited_person_weeks"]
    assert found.to_dict() == {1: 10 * 1 + 20 * 13 + 5 * 6, 2: 13}


def plan_of(**changes: object) -> Plan:
    """A plan of three options, two shocks and three worlds."""
    options = tuple(Option(name, "", {}) for name in ("status_quo", "a", "b"))
    shocks, worlds = (tuple(Named(n, "") for n in names) for names in (("none", "surge"), ("central", "u", "v")))
    given = {"baseline": "status_quo", "replicates": 4, "world_replicates": 3, "mechanism_replicates": 2,
             "matters_share": 0.05} | changes  # fmt: skip
    return Plan(options, (Named("m", ""),), shocks, worlds, **given)  # type: ignore[arg-type]


def test_runs_come_baseline_first_and_replicate_by_replicate() -> None:
    stages = stage_cells(plan_of())
    assert [(len(cells), n) for cells, n in stages.values()] == [(6, 4), (12, 3), (9, 2)]
    pairs = in_order(*stages[STAGES[0]])
    assert pairs[0] == (Cell("m", "none", "central", "status_quo"), 0) and pairs[6][1] == 1
    few = stage_cells(plan_of(world_options=("status_quo", "b"), world_shocks=("none",)))[STAGES[1]][0]
    assert {(cell.shock, cell.option) for cell in few} == {("none", "status_quo"), ("none", "b")} and len(few) == 4


def test_leading_options_have_the_least_exploitation() -> None:
    assert leading_options(plan_of(), {"status_quo": 1.0, "a": 9.0, "b": 5.0}, 1).world_options == ("status_quo", "b")
    assert leading_options(plan_of(), {"a": math.inf}, 1).world_options == ("status_quo", "a")
