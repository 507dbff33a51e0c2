"""A run's folder: what is written comes back the same, and what is damaged or of another version is said in words."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from support import Lever, lively, with_policies

import sim
from sim.errors import OutputError
from sim.institutions.case import OUTCOMES
from sim.model import MandateModel
from sim.runs.cases import CASE_COLUMNS, DATES, FUNNEL_ASIDE, FUNNEL_STAGES
from sim.runs.files import MANIFEST, SCHEMA_VERSION, TABLES, write_run
from sim.runs.results import Run, make_run


@pytest.fixture(scope="module")
def run() -> Run:
    """A run with cases of every kind; most contributors consent to trials on site."""
    consent = {"consent": Lever(start_week=0.0, knob="in_country_consent", value=0.9)}
    return sim.simulate(with_policies(lively(weeks=40, scale=0.1), consent))


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    write_run(run, tmp_path / "run")
    return tmp_path / "run"


def test_every_table_and_the_summary_come_back(run: Run, folder: Path) -> None:
    """To ten digits; texts that are empty stay empty texts, dates that were not reached stay missing."""
    back = sim.open_run(folder)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(run, name), getattr(back, name), rtol=1e-9, check_dtype=False)
    assert back.summary == run.summary and back.model is None
    assert (back.scenario.mission, back.seed, back.world_seed) == (run.scenario.mission, run.seed, run.world_seed)
    assert {path.name for path in folder.iterdir()} == {*(f"{name}.csv" for name in TABLES), "summary.json", MANIFEST}


def test_tables_are_made_once_and_stay_what_they_were() -> None:
    """A user may step the model on, or write to a table; neither the columns nor another table change."""
    model = MandateModel(lively(weeks=30, scale=0.1))
    for _ in range(20):
        model.step()
    early, same = make_run(model), make_run(model)
    tables = {name: getattr(same, name).copy() for name in TABLES}
    for _ in range(10):
        model.step()
    early.series["venues"] = 0.0
    assert early.series is early.series and (early.columns["series"]["venues"] == same.series["venues"]).all()
    for name in (name for name in TABLES if name != "series"):
        pd.testing.assert_frame_equal(getattr(early, name), tables[name])


def test_cases_hold_every_kind_with_all_their_dates(run: Run, folder: Path) -> None:
    cases = sim.open_run(folder).cases
    assert tuple(cases.columns) == CASE_COLUMNS and set(cases["kind"]) == {"organiser", "personnel"}
    personnel = cases[cases["kind"] == "personnel"]
    assert set(personnel["channel"]) == {"affected", "ngo", "peer", "police", "inquiry"}
    assert {"home", "host", "in_country", "special"} <= set(personnel["forum"])
    assert set(OUTCOMES) - {"not referred"} <= set(personnel["outcome"])  # every substantiated case is referred by default
    for date in DATES:
        assert personnel[f"{date}_week"].notna().any(), f"no case has a date of its {date}"
    assert (personnel["arrest_week"].isna()).all() and cases.loc[cases["kind"] == "organiser", "arrest_week"].notna().all()


def test_the_funnel_holds_its_stages_true_and_observed(folder: Path) -> None:
    funnel = sim.open_run(folder).funnel
    assert tuple(funnel["stage"]) == (*FUNNEL_STAGES, *FUNNEL_ASIDE)
    assert funnel.set_index("stage").loc[["persons_with_act", "reported"], "observed"].isna().all()
    assert funnel["true"].notna().all() and funnel["true"].iloc[0] > funnel["true"].iloc[-2] > 0


@pytest.mark.parametrize("name", ["funnel.csv", "cases.csv", "summary.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(OutputError, match=name.replace(".", r"\.")):
        sim.open_run(folder)


def test_a_folder_of_another_version_is_refused(folder: Path) -> None:
    content = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(content | {"schema_version": SCHEMA_VERSION - 1}))
    with pytest.raises(OutputError, match=f"this program reads {SCHEMA_VERSION}"):
        sim.open_run(folder)
