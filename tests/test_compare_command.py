"""``mandate compare`` from end to end: what it writes, stops and goes on, growth, failures, and refusals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.analysis.rebuild import study_from_folder
from sim.analysis.study import AREA_OUTCOMES, TWINS
from sim.cli import main
from sim.config.alternatives import read_alternatives
from sim.runs import batch
from sim.runs.batch import WorkerLost, in_processes
from tests.support import heed_interrupts

SMALL = ["mission=generic", "mission.horizon_weeks=26", "scale=0.05", "mission.initial_venues=100", "seed=3"]
GRID = ["policy=[follow_up],[follow_up,waive_immunity]", "policy.follow_up.start_week=4", "shock=none,surge",
        "shock.start_week=8", "replicates=2", "mechanism_replicates=1"]  # fmt: skip
WORLDS = ["world=central,deterrence_weak,security_neutral", "world_options=leading:1", "world_replicates=1"]
N_RUNS = 3 * 2 * 2 + 2 * 2 * 2 * 1 + 3 * 3 * 1  # main grid, further worlds, mechanisms off
TABLES = {"effects.csv", "runs.csv", "series.csv", "decomposition.csv", "deterrence.csv", "funnel.csv", "cells.csv",
          "deployment.csv", "parameters.csv"}  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command of these tests runs in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """Runs made in this process: key of the scenario, seed."""
    ran: list[tuple[Any, ...]] = []
    real = batch.simulate

    def simulate(scenario: Any, *seeds: int) -> Any:
        ran.append((scenario.key, *seeds[:1]))
        return real(scenario, *seeds)

    monkeypatch.setattr(batch, "simulate", simulate)
    yield ran


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole comparison; tests change copies of it only."""
    folder = tmp_path_factory.mktemp("comparisons") / "whole"
    assert main(["compare", *SMALL, *GRID, *WORLDS, "workers=1", f"out={folder}", "-q"]) == 0
    return folder


def compare(out: str | Path, *words: str, workers: int = 1) -> int:
    return main(["compare", *SMALL, *words, f"workers={workers}", f"out={out}"])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def numbers(folder: Path) -> dict[str, bytes]:
    """Tables that depend on nothing but scenarios and seeds."""
    return {name: (folder / name).read_bytes() for name in TABLES - {"runs.csv"}}


def test_a_comparison_writes_tables_that_hang_together(finished: Path) -> None:
    assert {path.name for path in finished.iterdir()} >= TABLES | {"manifest.json", "summary.json", "runs"}
    runs = pd.read_csv(finished / "runs.csv", keep_default_na=False, na_values=[""])
    assert len(runs) == N_RUNS == len(list((finished / "runs").glob("*.json.gz"))) and runs["ok"].all()
    assert set(runs["twin"].fillna("")) == set(TWINS)
    parts = runs[list(AREA_OUTCOMES)].sum(axis=1)
    assert (parts - runs["true_exploitation_person_weeks"]).abs().max() < 1e-6 * parts.max()
    effects = pd.read_csv(finished / "effects.csv", keep_default_na=False, na_values=[""])
    assert {"unit", "better", "low90", "high90", "n", "share_lower", "variance_saved"} <= set(effects.columns)
    assert (effects.loc[effects["n"] == 0, "median"].isna()).all()
    terms = pd.read_csv(finished / "decomposition.csv").pivot(index="option", columns="term", values="mean")
    assert (terms.drop(columns="total").sum(axis=1) - terms["total"]).abs().max() < 1e-6
    manifest = json.loads((finished / "manifest.json").read_text())
    assert manifest["plan"]["baseline"] == "status_quo" and len(manifest["plan"]["world_options"]) == 2
    assert {cell["replicates"] for cell in manifest["cells"]} == {1, 2}
    assert manifest["versions"]["mandate"] and manifest["plan"]["command"].startswith("mandate compare")


def test_a_study_is_rebuilt_from_its_folder(finished: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = study_from_folder(finished)
    assert [option.name for option in study.plan.options] == ["status_quo", "follow_up", "follow_up+waive_immunity"]
    assert study.plan.options[1].policies == {"follow_up": {"start_week": 4.0}} and study.plan.options[1].about
    assert len(study.series) == (12 + 8) * 2 and {"week", "date", "venues"} <= set(study.series.columns)
    assert len(study.deployment) == 26 and len(study.funnel) == 3 * 11
    assert set(study.parameters["option"]) == {"", "follow_up", "follow_up+waive_immunity"}
    assert study.provenance["runs_finished"] == N_RUNS and study.provenance["runs_failed"] == 0
    copy = shutil.copytree(finished, elsewhere / "copy")
    for name in TABLES:
        (copy / name).unlink()
    assert main(["report", str(copy)]) == 0
    assert contents(copy).keys() >= TABLES and numbers(copy) == numbers(finished)
    assert "paired differences from status_quo" in capsys.readouterr().out


def test_the_same_command_again_makes_nothing_and_changes_nothing(
    finished: Path, elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(finished, elsewhere / "copy")
    before = contents(copy)
    assert compare(copy, *GRID, *WORLDS) == 0
    shown = capsys.readouterr()
    assert not made and contents(copy) == before
    assert f"0 of {N_RUNS} runs to make" in shown.err and "results in" in shown.err and "next: mandate compare" in shown.err
    assert "exploitation by world" in shown.out and "follow_up+waive_immunity" in shown.out


def test_a_dry_run_equals_what_happens(
    finished: Path, elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(out: Path) -> dict[str, Any]:
        assert compare(out, *GRID, *WORLDS, "--dry-run", "--json") == 0
        return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]

    copy = shutil.copytree(finished, elsewhere / "copy")
    lost = sorted((copy / "runs").glob("*.json.gz"))[::4]
    for path in lost:
        path.unlink()
    (copy / "runs" / f"{lost[0].name.removesuffix('.json.gz')}.failed.json").write_text('{"error": "x", "seconds": 1}')
    damaged = next(iter((copy / "runs").glob("*.json.gz")))
    damaged.write_bytes(damaged.read_bytes()[:100])  # half a file counts as missing
    promised, before = asked(copy), contents(copy)
    assert promised["failed_before"] == 1 and promised["runs"] == N_RUNS and promised["bytes"] > 0
    assert contents(copy) == before and not made
    assert compare(copy, *GRID, *WORLDS) == 0
    capsys.readouterr()
    assert len(made) == promised["needed"] == len(lost) + 1 and len(made) == len(set(made))
    assert numbers(copy) == numbers(finished)
    assert not list((copy / "runs").glob("*.failed.json"))
    again = asked(copy)
    assert (again["needed"], again["kept"], again["missing"]) == (0, N_RUNS, 0)
    assert asked(elsewhere / "new")["needed"] == N_RUNS and not (elsewhere / "new").exists()


def test_results_do_not_depend_on_processes(finished: Path, elsewhere: Path) -> None:
    assert compare("two", *GRID, *WORLDS, "-q", workers=2) == 0
    assert numbers(elsewhere / "two") == numbers(finished)


def test_a_folder_grows_and_uses_what_it_has(finished: Path, elsewhere: Path, made: list[Any]) -> None:
    small = ["policy=[follow_up]", *GRID[1:2], "replicates=1", "mechanism_replicates=0"]
    assert compare("grown", *small, "shock=none", "shock.start_week=8") == 0
    assert len(made) == 2
    assert compare("grown", *GRID, *WORLDS) == 0
    assert len(made) == len(set(made)) == N_RUNS
    assert numbers(elsewhere / "grown") == numbers(finished)


@pytest.mark.parametrize(("words", "rule"), [
    (["policy=[follow_up]", *GRID[1:], *WORLDS], "follow_up+waive_immunity"),
    ([*GRID[:-2], "replicates=1", *WORLDS], "replicates = 2"),
    ([*GRID, *WORLDS, "parameters.entry.sunk_cost_usd=9000"], "other settings"),
    ([*GRID, *WORLDS, "world_seed=9"], "other settings or seeds"),
])  # fmt: skip
def test_a_folder_of_another_comparison_is_refused_untouched(
    words: list[str], rule: str, finished: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(finished)
    assert compare(finished, *words) == 2
    shown = capsys.readouterr().err
    assert rule in shown and "Nothing was touched" in shown
    assert contents(finished) == before and not made


def test_another_version_and_foreign_folders_are_refused(
    finished: Path, elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(finished, elsewhere / "copy")
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"model": "older"}))
    assert compare(copy, *GRID, *WORLDS) == 2 and "another version of the model" in capsys.readouterr().err
    assert main(["report", str(copy)]) == 0
    (elsewhere / "thesis").mkdir()
    (elsewhere / "thesis" / "chapter.txt").write_text("mine")
    assert compare("thesis", *GRID) == 2 and main(["report", "thesis"]) == 2
    assert "not of mandate compare" in capsys.readouterr().err
    assert compare("thesis/chapter.txt/a", *GRID) == 4
    assert main(["run", *SMALL, f"out={finished}"]) == 2  # a single run does not overwrite a comparison
    assert [path.name for path in (elsewhere / "thesis").iterdir()] == ["chapter.txt"] and not made


def test_a_failed_run_is_a_row_and_is_tried_again(
    finished: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = batch.simulate

    def simulate(scenario: Any, seed: int, world_seed: int) -> Any:
        if "waive_immunity" in scenario.policy and seed == 4:
            raise ValueError("an error\nof two lines")
        return real(scenario, seed, world_seed)

    monkeypatch.setattr(batch, "simulate", simulate)
    assert compare("a", *GRID, *WORLDS) == 1
    shown = capsys.readouterr()
    assert "2 runs failed" in shown.err and "ValueError: an error of two lines" in shown.err
    assert "Traceback" not in shown.err and "paired differences" in shown.out
    runs = pd.read_csv("a/runs.csv")
    assert runs.loc[~runs["ok"], ["option", "seed", "error"]].values.tolist() == [
        ["follow_up+waive_immunity", 4, "ValueError: an error of two lines"]
    ] * 2
    effects = pd.read_csv("a/effects.csv").set_index(["shock", "option", "outcome"])
    assert effects.loc[("none", "follow_up+waive_immunity", "unique_persons"), "n"].max() == 1
    monkeypatch.undo()
    monkeypatch.chdir(elsewhere)
    assert compare("a", *GRID, *WORLDS) == 0
    assert "2 failed before" in capsys.readouterr().err
    assert numbers(elsewhere / "a") == numbers(finished)


def test_when_every_run_fails_tables_are_empty_and_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def simulate(*_: Any) -> None:
        raise ZeroDivisionError("nothing works")

    monkeypatch.setattr(batch, "simulate", simulate)
    assert compare("a", *GRID, *WORLDS) == 1
    shown = capsys.readouterr()
    assert "no pair of runs is finished" in shown.out and f"{N_RUNS} runs failed" in shown.err
    assert pd.read_csv("a/effects.csv").empty and len(pd.read_csv("a/runs.csv")) == N_RUNS


def test_ctrl_c_keeps_what_is_finished(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, calls = batch.simulate, iter(range(100))

    def simulate(scenario: Any, seed: int, world_seed: int) -> Any:
        if next(calls) == 5:
            raise KeyboardInterrupt
        return real(scenario, seed, world_seed)

    monkeypatch.setattr(batch, "simulate", simulate)
    assert compare("a", *GRID, *WORLDS) == 130
    assert f"stopped: 5 of {N_RUNS} runs kept; run the same command again" in capsys.readouterr().err
    assert main(["report", "a"]) == 0
    shown = capsys.readouterr()
    assert f"unfinished: 5 of {N_RUNS} runs" in shown.err and "paired differences" in shown.out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_command_goes_on_to_the_same_numbers(how: int, finished: Path, elsewhere: Path) -> None:
    words = [sys.executable, "-m", "sim", "compare", *SMALL, *GRID, *WORLDS, "workers=2", "out=a"]
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 (no threads are running here)
    ) as process:
        wait_for(lambda: len(list((elsewhere / "a" / "runs").glob("*.json.gz"))) >= 2 or process.poll() is not None)
        os.killpg(process.pid, how) if how == signal.SIGINT else process.kill()  # a terminal asks the whole group
        shown = process.communicate()[1]
    assert process.returncode == (130 if how == signal.SIGINT else -how), shown
    if how == signal.SIGINT:
        assert "stopped: " in shown and "run the same command again" in shown and "Traceback" not in shown
    wait_for(lambda: not list((elsewhere / "a" / "runs").glob(".*")), 3.0)  # orphans end by themselves
    left = contents(elsewhere / "a" / "runs")
    assert compare("a", *GRID, *WORLDS, "-q") == 0
    assert numbers(elsewhere / "a") == numbers(finished)
    assert left.items() <= contents(elsewhere / "a" / "runs").items()


def wait_for(is_so: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait until something is so, or the time is over."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)


def test_a_lost_process_and_a_full_disk_keep_what_is_finished(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(WorkerLost, match="ended from outside"):
        list(in_processes(os._exit, [(1,), (1,)], 2))

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.runs.kept.KeptRuns.write", full)
    assert compare("a", *GRID) == 4
    shown = capsys.readouterr().err
    assert "No space left on device" in shown and "0 of 21 runs kept" in shown


@pytest.mark.parametrize(("words", "rules"), [
    ([], ["needs an alternative"]),
    (["policy=[]"], ["needs an alternative"]),
    (["policy=follow_upp", "shock=none,surgee", "world=centrall", "replicates=0", "workers=x", "matters=5%"],
     ["Did you mean: follow_up", "Did you mean: surge", "Did you mean: central", "replicates = 0", "workers = x",
      "matters = 5%", "6 problems"]),
    (["package=full_agendaa,zeid_2005"], ["Did you mean: full_agenda"]),
    (["policy=follow_up", "scale=0.1,0.2"], ["names several alternatives"]),
    (["policy=follow_up", "policy.waive_immunity.dose=2"], ["no option has policy waive_immunity"]),
    (["policy=follow_up", "policy.follow_up.dose=9"], ["between 0 and 3"]),
    (["policy=follow_up,", "shock=none"], ["cannot be read"]),
    (["policy=follow_up", "shock=none,none"], ["names none twice"]),
    (["policy=follow_up", "policy=training"], ["Join them with a comma"]),
    (["policy=follow_up", "baseline=zeid_205"], ["not among the options"]),
    (["policy=follow_up", "replicates=2", "mechanism_replicates=3"], ["must not exceed replicates"]),
    (["policy=follow_up", "world_options=leading:x"], ["leading:2"]),
    (["policy=follow_up", "world_options=training"], ["training is not part of this comparison"]),
    (["policy=follow_up", "world_shocks=surge"], ["surge is not part"]),
    (["policy=follow_up", "--jsn"], ["Did you mean: --json"]),
    (["policy=follow_up", "config_dir=nowhere"], ["no such folder"]),
])  # fmt: skip
def test_bad_input_is_answered_with_2_before_anything_is_run(
    words: list[str], rules: list[str], elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *SMALL[:3], *words]) == 2
    shown = capsys.readouterr()
    assert all(rule in shown.err for rule in rules), shown.err
    assert "Traceback" not in shown.err and shown.out == "" and not made and not any(elsewhere.iterdir())


def test_bad_words_of_report_are_answered_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["report"], ["report", "a", "b"], ["report", "nowhere"]):
        assert main(words) == 2
        assert "Traceback" not in capsys.readouterr().err


def test_options_are_a_union_with_the_baseline_first() -> None:
    found, problems = read_alternatives(["mission=generic", "package=zeid_2005,status_quo", "policy=training+follow_up"])
    assert not problems and found is not None
    assert [option.name for option in found.options] == ["status_quo", "follow_up+training", "zeid_2005"]
    found, problems = read_alternatives(["mission=generic", "policy=[],[follow_up]"], "zeid_2005")
    assert not problems and found is not None
    assert [option.name for option in found.options] == ["zeid_2005", "status_quo", "follow_up"]
    assert [option.text() for option in found.options] == ["package=zeid_2005", "policy=[]", "policy=[follow_up]"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(("typed", "completed"), [
    ("mandate compare shock=none,su", "none,surge"),
    ("mandate compare policy=[follow_up],[wai", "[follow_up],[waive_immunity"),
    ("mandate compare policy=follow_up,training+wai", "follow_up,training+waive_immunity"),
    ("mandate compare package=zeid_2005,full", "zeid_2005,full_agenda"),
    ("mandate compare world=central,deterrence_w", "central,deterrence_weak"),
    ("mandate compare world_op", "world_options="),
])  # fmt: skip
def test_bash_completes_further_alternatives(typed: str, completed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out + (
        f'compopt() {{ :; }}; COMP_LINE="{typed}"; COMP_POINT=${{#COMP_LINE}}; read -ra COMP_WORDS <<< "$COMP_LINE"\n'
        '_mandate; echo "${COMPREPLY[@]}"'
    )
    shown = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == [completed]


def test_doses_and_baseline_reach_the_options_that_have_them(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["policy=follow_up,training", "policy.follow_up.dose=0.5", "baseline=training", "--cfg", "--json"]
    assert main(["compare", *SMALL, *words]) == 0
    rows = json.loads(capsys.readouterr().out)
    doses = [(row["option"], row["value"]) for row in rows if row["path"] == "policy.follow_up.dose"]
    assert doses == [("follow_up", 0.5)] and rows[0]["option"] == "training"
