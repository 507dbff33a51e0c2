"""A sweep survives what happens to it: killed workers, a killed command, Ctrl-C, runs that fail or end their process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from sim.cli import main
from sim.sweeps.store import Store
from tests.sweep_support import (
    GRID,
    N_RUNS,
    SMALL,
    assert_same,
    kill,
    start,
    tables,
    wait_for_parts,
    wait_until_gone,
    workers_of,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds workers in /proc"),
]

# Parts that are written when a signal is sent, and seconds after that; arbitrary, but the same every time.
MOMENTS = ((0, 0.31), (1, 0.0), (3, 0.017), (5, 0.11))
# Kills itself as a part, written and complete under its temporary name, is about to get its own, or has just got it.
KILLED_AT_A_PART = """
import os, pathlib, signal, sys
from sim.cli import main
from sim.sweeps import store
store.PART_RUNS = 4
when, number = sys.argv[1], sys.argv[2]
real = pathlib.Path.rename
def rename(self, target):
    if self.name == f".part-{number}.partial" and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(self, target)
    if self.name == f".part-{number}.partial":
        os.kill(os.getpid(), signal.SIGKILL)
pathlib.Path.rename = rename
raise SystemExit(main(sys.argv[3:]))
"""
N_KILLS = 8
RUNS_ENDING_THEIR_PROCESS = """
import os, sys
from sim.cli import main
from sim.sweeps import engine
class Recorder(engine.Recorder):
    def __call__(self, run):
        if run.seed == 4 and run.scenario.parameters.dependence.psi < 0.6 and not run.scenario.policy:
            os._exit(9)
        return super().__call__(run)
engine.Recorder = Recorder
raise SystemExit(main(sys.argv[1:]))
"""
SLOW_RUNS = """
import sys, time
from sim.cli import main
from sim.sweeps import engine, store
store.PART_RUNS = 4
class Recorder(engine.Recorder):
    def __call__(self, run):
        time.sleep(0.3)
        return super().__call__(run)
engine.Recorder = Recorder
raise SystemExit(main(sys.argv[1:]))
"""
RUNS_FAILING = """
import sys
from pathlib import Path
from sim.cli import main
from sim.sweeps import engine
class Recorder(engine.Recorder):
    def __call__(self, run):
        if run.seed == 4:
            raise ArithmeticError("always")
        tried = Path(f"{run.scenario.key}-{run.seed}")
        if run.seed == 5 and len(tries := [*Path().glob(f"{tried}.*")]) < 2:
            Path(f"{tried}.{len(tries)}").touch()
            raise ArithmeticError("twice")
        return super().__call__(run)
engine.Recorder = Recorder
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sweep, never interrupted, made by one process."""
    folder = tmp_path_factory.mktemp("sweeps") / "whole"
    assert main(["sweep", *SMALL, *GRID, "workers=1", f"out={folder}", "-q"]) == 0
    assert len(tables(folder)["runs"]) == N_RUNS
    return folder


def sweep(out: Path, program: str | None = None) -> subprocess.Popen[bytes]:
    words = ("sweep", *SMALL, *GRID, "workers=2")
    return start(out, *words) if program is None else start(out, *words, program=program)


def test_a_killed_command_goes_on_where_it_was(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    n_before = -1
    process = sweep(out)
    for parts, seconds in MOMENTS:
        wait_for_parts(out, parts, process)
        time.sleep(seconds)
        workers = workers_of(process.pid)
        kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert wait_until_gone(workers)  # nobody goes on behind our back
        if (out / "manifest.json").exists():
            kept = sim.open_sweep(out).runs
            assert kept["ok"].all() and kept["run"].nunique() >= n_before  # nothing that was kept is lost
            n_before = kept["run"].nunique()
        process = start(out, "resume", "workers=2") if (out / "manifest.json").exists() else sweep(out)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()
    assert_same(out, whole)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_while_a_part_gets_its_name_leaves_it_whole_or_absent(when: str, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    for number in ("00001", "00003"):
        words = ["sweep", *SMALL, *GRID, "workers=1", f"out={out}"]
        done = subprocess.run([sys.executable, "-c", KILLED_AT_A_PART, when, number, *words], check=False)
        assert done.returncode == -signal.SIGKILL
        n_parts = int(number) - (when == "before")
        assert len(Store(out).sound_parts()) == n_parts and not Store(out).damaged_parts()
        assert (out / "parts" / f".part-{number}.partial").exists() == (when == "before")
        assert sim.open_sweep(out).runs["run"].nunique() == 4 * n_parts
    assert main(["resume", str(out), "workers=1", "-q"]) == 0
    assert_same(out, whole)


def test_kills_without_end_of_workers_and_command_lose_nothing_and_repeat_nothing(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "again and again"
    for i in range(N_KILLS):
        process = start(out, "resume", "workers=2") if (out / "manifest.json").exists() else sweep(out)
        wait_for_parts(out, 0, process)
        time.sleep(i * 0.618 % 1.0)  # anywhere between start-up and the third part
        if i % 2:
            for pid in workers_of(process.pid)[:1]:
                kill(pid, signal.SIGKILL)
            time.sleep(i * 0.618 % 0.3)
        kill(process.pid, signal.SIGKILL)
        process.wait(timeout=60)  # not for its pipes: a worker killed with it before its first run may keep them a while
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    assert main(["resume", str(out), "--again", "workers=1", "-q"]) == 0
    assert_same(out, whole)


def test_killed_workers_are_replaced_and_nothing_is_lost(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "workers"
    process = sweep(out)
    n_killed = 0
    for parts, seconds in MOMENTS[:3]:
        wait_for_parts(out, parts + 1, process)
        time.sleep(seconds)
        for pid in workers_of(process.pid)[:1]:
            kill(pid, signal.SIGKILL)
            n_killed += 1
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()
    assert n_killed and not sim.open_sweep(out).runs["error"].any()
    assert_same(out, whole)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_keeps_all_that_has_ended(whole: Path, tmp_path: Path, sent: signal.Signals) -> None:
    out = tmp_path / "stopped"
    process = sweep(out, SLOW_RUNS)  # else it may have ended before the signal comes
    wait_for_parts(out, 2, process)
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said.decode()
    n_kept = sim.open_sweep(out).runs["run"].nunique()
    assert 8 <= n_kept < N_RUNS
    assert f"stopped: {n_kept} of {N_RUNS} runs kept" in said.decode() and f"mandate resume {out}" in said.decode()
    assert main(["resume", str(out), "workers=1", "-q"]) == 0
    assert_same(out, whole)


def test_a_run_that_ends_its_process_is_found_out_and_the_others_are_made(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "enders"
    process = sweep(out, RUNS_ENDING_THEIR_PROCESS)
    _, said = process.communicate(timeout=300)
    runs = sim.open_sweep(out).runs.drop_duplicates("run")
    is_ender = (runs["seed"] == 4) & (runs["parameters.dependence.psi"] < 0.6) & (runs["option"] == "status_quo")
    assert process.returncode == 1 and is_ender.any() and len(runs) == N_RUNS, said.decode()
    assert (runs["ok"] != is_ender).all()
    assert (runs.loc[is_ender, "attempts"] == 3).all() and runs.loc[is_ender, "error"].str.contains(
        "ended from outside"
    ).all()
    assert (runs.loc[~is_ender, "attempts"] == 1).all()  # nobody is blamed for a neighbour
    assert f"{is_ender.sum()} runs failed three times" in said.decode()
    expected = tables(whole)["runs"]
    made = expected[expected["run"].isin(runs.loc[~is_ender, "run"])].reset_index(drop=True)
    assert tables(out)["runs"].equals(made)


def test_failed_runs_are_tried_three_times_then_kept_with_their_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "failing"
    process = sweep(out, RUNS_FAILING)
    process.communicate(timeout=300)
    runs = sim.open_sweep(out).runs.drop_duplicates("run")
    assert process.returncode == 1 and len(runs) == N_RUNS
    always, twice = runs[runs["seed"] == 4], runs[runs["seed"] == 5]
    assert (
        not always["ok"].any()
        and (always["attempts"] == 3).all()
        and always["error"].eq("ArithmeticError: always").all()
    )
    assert always["unique_persons"].isna().all()
    assert twice["ok"].all() and (twice["attempts"] == 3).all()
    assert runs[~runs["seed"].isin([4, 5])]["attempts"].eq(1).all()
    assert main(["resume", str(out), "--dry-run", "-q"]) == 0
    assert f"failed  {len(always):>7}" in capsys.readouterr().out
    name = always["run"].iloc[0]  # the run itself is sound, only what was kept of it failed
    assert main(["rerun", str(out), f"run={name}", "-q"]) == 1
    assert "nothing is kept to compare it with" in capsys.readouterr().out
