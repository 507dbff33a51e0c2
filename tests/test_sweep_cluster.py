"""A sweep on a dask cluster gives what one process gives: a scheduler and two workers in processes of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim.cli import main
from tests.sweep_support import GRID, N_RUNS, SMALL, assert_same, kill, start, tables, wait_for, wait_for_parts

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


class Cluster:
    """Scheduler and workers, started by dask's own commands."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.processes: list[subprocess.Popen[bytes]] = []
        known = place / "scheduler.json"
        self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(known))
        wait_for(lambda: known.exists() and known.read_text().endswith("}"))
        self.address = json.loads(known.read_text())["address"]

    def start(self, *words: str) -> int:
        with (self.place / f"log-{len(self.processes)}").open("wb") as log:
            command = [sys.executable, "-m", "dask", *words]
            self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.place))
        return self.processes[-1].pid

    def worker(self, threads: int = 1) -> int:
        """Start a worker on this machine alone; returns its process."""
        own = ("--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        return self.start("worker", self.address, *own, "--local-directory", str(self.place))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sweep made by one process."""
    folder = tmp_path_factory.mktemp("sweeps") / "whole"
    assert main(["sweep", *SMALL, *GRID, "workers=1", f"out={folder}", "-q"]) == 0
    return folder


def test_two_workers_of_a_cluster_give_the_same_and_one_may_be_killed(whole: Path, cluster: Cluster) -> None:
    first, _ = cluster.worker(), cluster.worker()
    out = cluster.place / "there"
    process = start(out, "sweep", *SMALL, *GRID, "engine=dask", f"address={cluster.address}")
    wait_for_parts(out, 2, process)
    kill(first, signal.SIGKILL)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()
    assert_same(out, whole)


def test_a_lost_scheduler_leaves_a_sweep_that_goes_on_here(cluster: Cluster) -> None:
    cluster.worker()
    out, n_runs = cluster.place / "lost", N_RUNS // 3 * 10
    process = start(out, "sweep", *SMALL, *GRID[:-1], "replicates=10", "engine=dask", f"address={cluster.address}")
    wait_for_parts(out, 1, process)
    cluster.stop()
    _, said = process.communicate(timeout=300)
    assert process.returncode == 4 and f"mandate resume {out}" in said.decode(), said.decode()
    assert "Traceback" not in said.decode() and 4 <= sim.open_sweep(out).runs["run"].nunique() < n_runs
    assert main(["resume", str(out), "workers=1", "-q"]) == 0
    runs = tables(out)["runs"]["run"]
    assert runs.is_unique and len(runs) == n_runs


def test_a_cluster_started_by_the_command_gives_the_same(whole: Path, tmp_path: Path) -> None:
    process = start(tmp_path / "local", "sweep", *SMALL, *GRID, "engine=dask", "workers=2")
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()
    assert_same(tmp_path / "local", whole)


def test_workers_with_several_threads_are_refused(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.worker(threads=2)
    words = ["sweep", *SMALL, *GRID, "engine=dask", f"address={cluster.address}", f"out={cluster.place / 'refused'}"]
    assert main([*words, "-q"]) == 4
    assert "--nthreads 1" in capsys.readouterr().err
