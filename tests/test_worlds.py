"""Worlds side by side: every one on the replicates all of them have, or luck would pass for a contested finding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from report_page import a_study

from sim.analysis.worlds import paired_by_world
from sim.cli.headline import headline_text
from sim.report.effect import MAIN
from sim.report.findings import Findings
from sim.report.plot_matrix import world_strip
from sim.report.plot_sure import spread_plot


def test_worlds_are_compared_on_the_replicates_all_have() -> None:
    """Twenty replicates of the first world, twelve of the others: twelve of each; by hand from the runs."""
    study = a_study("normal")
    found = paired_by_world(study, "waive_immunity", MAIN)
    assert list(found) == [world.name for world in study.plan.worlds]
    runs = study.runs[(study.runs["shock"] == "none") & (study.runs["world"] == "central")]
    wide = runs[runs["replicate"] < 12].pivot(index="replicate", columns="option", values=MAIN)
    level, gaps = found["central"]
    assert level == pytest.approx(wide["status_quo"].mean())
    np.testing.assert_array_equal(gaps, (wide["waive_immunity"] - wide["status_quo"]).to_numpy())
    assert {len(gaps) for _, gaps in found.values()} == {12}


def test_a_missing_run_is_missing_in_every_world() -> None:
    study = a_study("normal")
    lost = (study.runs["world"] == "security_neutral") & (study.runs["replicate"] == 3)
    runs = study.runs.assign(ok=study.runs["ok"] & ~lost)
    found = paired_by_world(replace(study, runs=runs), "waive_immunity", MAIN)
    assert {len(gaps) for _, gaps in found.values()} == {11}


def test_a_world_without_pairs_is_left_out() -> None:
    study = a_study("normal")
    runs = study.runs.assign(ok=study.runs["ok"] & (study.runs["world"] != "security_neutral"))
    assert "security_neutral" not in paired_by_world(replace(study, runs=runs), "waive_immunity", MAIN)
    assert paired_by_world(replace(study, runs=runs.iloc[:0]), "waive_immunity", MAIN) == {}


def test_a_world_that_changes_nothing_looks_the_same_in_strip_and_spread() -> None:
    """A world equal to the first, run with fewer replicates: the same number in its column, and no range."""
    study = a_study("normal")
    first = study.runs[(study.runs["shock"] == "none") & (study.runs["world"] == "central")]
    copies = [
        first[first["replicate"] < 5].assign(world=world.name) for world in study.plan.worlds if world.name != "central"
    ]
    same = replace(study, runs=pd.concat([first, *copies], ignore_index=True))
    strip, spread = world_strip(Findings(same)), spread_plot(Findings(same))
    assert strip is not None and spread is not None
    assert (strip.table.groupby("option")["median, %"].nunique() == 1).all()
    assert set(strip.table["pairs"]) == {5}
    assert (spread.table["worlds, lowest median"] == spread.table["worlds, highest median"]).all()
    assert "medians of the same 5 paired runs in each" in headline_text(same)
