"""``mandate sensitivity`` and ``mandate discover`` from words to tables and figures, and their answers to bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main

SMALL = ["mission=generic", "scale=0.02", "mission.horizon_weeks=30", "workers=1"]
STUDY = [
    "sensitivity",
    *SMALL,
    "policy=[off_limits]",
    "policy.off_limits.start_week=4",
    "than=status_quo",
    "over=involvement.acts_per_week:2..4,security.violence_exponent,venues.places",
    "outcome=true_exploitation_person_weeks,visits_by_personnel",
    "trajectories=2",
    "keep=2",
    "points=4",
    "replicates=1",
]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "out"
    assert main([*STUDY, f"out={folder}", "-q"]) == 0
    return folder


def test_a_study_writes_tidy_tables_and_pictures(study: Path) -> None:
    indices = pd.read_csv(study / "indices.csv")
    assert set(indices["method"]) == {"morris", "sobol", "pawn"}
    assert set(indices["outcome"]) == {"true_exploitation_person_weeks", "visits_by_personnel"}
    assert {"mission", "shock", "world", "factor", "index", "value", "low90", "high90", "n"} <= set(indices)
    morris, sobol = (indices[indices["method"] == method] for method in ("morris", "sobol"))
    assert morris["factor"].nunique() == 3 and sobol["factor"].nunique() == 2
    assert (morris["n"] == 2).all() and (sobol["n"] == 4).all()
    factors = pd.read_csv(study / "factors.csv").set_index("factor")
    assert factors.loc["parameters.involvement.acts_per_week", ["low", "high", "status", "range"]].tolist() == [
        2.0,
        4.0,
        "assumed",
        "asked for",
    ]
    for method in ("morris", "sobol", "pawn"):
        drawn = pd.read_csv(study / "figures" / f"{method}-visits_by_personnel.csv")
        assert (study / "figures" / f"{method}-visits_by_personnel.png").stat().st_size > 10_000
        own = indices[(indices["method"] == method) & (indices["outcome"] == "visits_by_personnel")]
        assert set(drawn["factor"]) == set(own["factor"])
    assert len(json.loads((study / "summary.json").read_text())["findings"]) == 6


def test_a_study_given_again_makes_no_run(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (study / "indices.csv").read_text()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a run was made")

    monkeypatch.setattr("sim.runs.batch.simulate", refuse)
    assert main([*STUDY, f"out={study}", "-q"]) == 0
    assert (study / "indices.csv").read_text() == before


def test_a_dry_run_counts_what_is_kept(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*STUDY, f"out={study}", "--dry-run", "--json", "-q"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == {"screening": 2 * 2 * 4, "variance": 2 * 4 * 4} and told["needed"] == 0
    assert main([*STUDY, f"out={tmp_path / 'new'}", "--dry-run", "-q"]) == 0
    assert "48 runs" in capsys.readouterr().out and not (tmp_path / "new").exists()


def test_a_folder_of_somebody_else_is_refused(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for words in (STUDY, ["discover", str(study / "variance"), "option=off_limits"]):
        assert main([*words, f"out={tmp_path}"]) == 2
        assert "holds files that are not of mandate" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_another_study_in_the_same_folder_is_refused(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (study / "factors.csv").read_text()
    other = [word.replace("2..4", "2..5") for word in STUDY]
    assert main([*other, f"out={study}"]) == 2
    assert "holds another sweep" in capsys.readouterr().err and (study / "factors.csv").read_text() == before


def test_discovery_in_the_sweep_of_a_study(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "found"
    words = [
        "discover",
        str(study / "variance"),
        "option=off_limits",
        "where=beats",
        f"out={out}",
        "--json",
        "-q",
    ]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert "of 16 points" in told["findings"][0]
    points = pd.read_csv(out / "points.csv")
    assert len(points) == 16 and {"difference", "level", "change", "n"} <= set(points)
    regrets = pd.read_csv(out / "regret.csv")
    assert set(regrets["option"]) == {"status_quo", "off_limits"} and (regrets["n"] == 16).all()
    assert {"boxes.csv", "satisficing.csv", "ranking.csv", "scores.csv"} <= {path.name for path in out.iterdir()}
    assert (out / "figures" / "regret.png").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["over=dependence"], ["nothing was run"]),
        (["over=dependance"], ["Did you mean: dependence"]),
        ([], ["over = : say what is varied"]),
        (["over=beliefs", "outcome=visits_by_personel"], ["Did you mean: visits_by_personnel"]),
        (["over=beliefs", "points=48"], ["power of two", "points=64"]),
        (["over=beliefs", "then=sobul", "trajectories=1"], ["2 problems", "Did you mean: sobol", "gives no spread"]),
        (["over=beliefs", "screening=none", "then=none"], ["nothing to do"]),
        (["over=beliefs", "width=0"], ["width = 0"]),
        (["over=beliefs", "policy=[follow_up],[training]"], ["one option"]),
        (["over=beliefs", "keep=-1", "shock=surgee"], ["keep = -1", "Did you mean: surge"]),
        (["over=beliefs", "than=status_quo"], ["needs an alternative"]),
    ],
)
def test_bad_words_of_a_study(
    words: list[str], said: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["sensitivity", *SMALL, *words, f"out={tmp_path / 'out'}", "--dry-run"])
    told = "".join(capsys.readouterr())
    assert all(part in told for part in said), told
    assert code == (0 if said == ["nothing was run"] else 2) and "Traceback" not in told
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "needs one folder"),
        (["FOLDER", "option=follow_up"], "option = follow_up"),
        (["FOLDER", "than=off_limits", "option=off_limits"], "is what it is compared with"),
        (["FOLDER", "where=fail"], "Did you mean: fails"),
        (["FOLDER", "outcome=reports"], "neither more nor less"),
        (["FOLDER", "outcome=reprts"], "Did you mean: reports"),
        (["FOLDER", "matters=2"], "share between 0 and 1"),
        (["nowhere"], "nowhere"),
    ],
)
def test_bad_words_of_a_search(study: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = [str(study / "variance") if word == "FOLDER" else word for word in words]
    assert main(["discover", *given]) == 2
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told
