"""Every question of experiments/ runs from its design to its finding at a tiny size, and what is committed fits together."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main as mandate

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # experiments/ is no part of the installed package

from experiments import shared  # noqa: E402
from experiments.dependence import make_missions  # noqa: E402
from experiments.run import main as run_one  # noqa: E402

QUESTIONS = sorted(path.parent.name for path in (ROOT / "experiments").glob("*/analyse.py"))
TINY = ["scale=0.02", "workers=2", "-q"]
SMALLER = {
    "certainty_severity_celerity": ["mission.horizon_weeks=40", "trajectories=2", "replicates=1"],
    "demand_surge_response": ["replicates=2"],
    "suspension_tipping_point": ["mission.horizon_weeks=40", "points=16"],
}
OTHERS = ["mission.horizon_weeks=40", "replicates=2"]


def test_all_six_questions_are_there() -> None:
    assert len(QUESTIONS) == 6
    listed = (ROOT / "experiments" / "README.md").read_text(encoding="utf-8")
    assert all(f"[{name}]({name}/README.md)" in listed for name in QUESTIONS)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_runs_from_design_to_finding(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    steps = import_module(f"experiments.{name}.analyse")
    command = getattr(steps, "COMMAND", ["sweep", f"experiments/{name}"])
    words = [*SMALLER.get(name, OTHERS), *TINY]
    given = {word.partition("=")[0] for word in words}
    kept = [word for word in command if word.partition("=")[0] not in given]
    assert mandate([*kept, *words, f"out={tmp_path / 'runs'}"]) == 0
    steps.main([str(tmp_path / "runs"), str(tmp_path / "told")])
    told = capsys.readouterr().out
    assert len(told.splitlines()) >= 3 and "nan" not in told.lower()
    pictures = sorted((tmp_path / "told" / "figures").glob("*.png"))
    assert pictures and all(not pd.read_csv(picture.with_suffix(".csv")).empty for picture in pictures)
    if name != "suspension_tipping_point":  # what is drawn there depends on what is found
        committed = {path.name for path in (ROOT / "experiments" / name / "figures").iterdir()}
        assert committed == {path.name for path in (tmp_path / "told" / "figures").iterdir()}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_readme_has_question_design_finding_and_its_limits(name: str) -> None:
    text = (ROOT / "experiments" / name / "README.md").read_text(encoding="utf-8")
    assert all(f"**{word}" in text for word in ("Question.", "Design.", "Run.", "Finding", "What it cannot tell."))
    assert f"-m experiments.run {name}\n" in text
    (finding,) = re.findall(f"{shared.BEGIN}\n(.*?){shared.END}", text, re.DOTALL)
    assert finding.count("\n- ") >= 2
    figures = ROOT / "experiments" / name / "figures"
    assert all(picture.stat().st_size < 250_000 for picture in figures.glob("*.png")) and any(figures.glob("*.png"))


def test_an_unknown_question_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_one(["dependance"]) == 2
    assert "dependence" in capsys.readouterr().err


def test_missions_are_what_their_maker_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    make_missions.main(tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    kept = {path.relative_to(make_missions.FOLDER): path.read_bytes() for path in make_missions.FOLDER.rglob("*.*")}
    assert made == kept
    tables = {name: pd.read_csv(make_missions.FOLDER / name / "contingents.csv") for name in make_missions.SENDERS}
    military = {name: table[table["category"] == "military"] for name, table in tables.items()}
    assert {name: part["value"].sum() for name, part in military.items()} == {"even": 4104, "concentrated": 4104}
    shares = {name: part.groupby("contributor")["value"].sum().max() / 4104 for name, part in military.items()}
    assert shares == pytest.approx({"even": 1 / 6, "concentrated": 7 / 12})


def test_a_change_counts_pairs_and_names_a_direction_it_has_earned() -> None:
    before = pd.Series([100.0] * 10)
    found = shared.change(pd.Series([90.0] * 9 + [101.0]), before)
    assert (found.n_lower, found.n_same, found.n_higher, found.n) == (9, 1, 0, 10)
    assert found.verdict == "lower" and found.words().startswith("−10.0 % (−10.0 to ")
    assert shared.change(pd.Series([90.0] * 5 + [110.0] * 5), before).verdict == "not separable"
    assert shared.change(before, before).verdict == "about the same"


def test_a_finding_replaces_the_one_before(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"above\n{shared.BEGIN}\nold\n{shared.END}\nbelow\n", encoding="utf-8")
    shared.publish(tmp_path, ["new \\1"], {})
    assert readme.read_text(encoding="utf-8") == f"above\n{shared.BEGIN}\n- new \\1\n{shared.END}\nbelow\n"
