"""Carries out a sweep: what is there, what is missing and why, and making that, whatever happens to the workers.

Workers hand results back; this process writes them in parts. A run that fails is tried again up to three times. When
a process is lost, the runs it may have been making are tried one at a time, so that one that always ends its process is
found out and recorded, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.runs.batch import Done, Task, WorkerLost, interrupts_held_back, run_tasks
from sim.runs.kept import locked, model_version
from sim.runs.manifest import MANIFEST
from sim.runs.simulate import simulate
from sim.sweeps.folder import check_growth, write_plan
from sim.sweeps.plan import SweepPlan, Wanted
from sim.sweeps.record import SCHEMA, Recorder
from sim.sweeps.store import ATTEMPTS, Kept, PartWriter, Store, bytes_of

LOCAL, DASK = "loky", "dask"
ENGINES = (LOCAL, DASK)
SIZED_WEEKS = 52  # of the run that tells how much is kept, before any is
LOST = "ProcessLost: the process that made it was ended from outside, perhaps for lack of memory"


@dataclass(frozen=True)
class State:
    """How far a sweep is.

    Attributes
    ----------
    runs
        In all, each once.
    kept
        Of these, finished.
    failed_before
        Failed and to be tried again.
    given_up
        Failed as often as is tried.
    """

    runs: int
    kept: int
    failed_before: int
    given_up: int

    @property
    def needed(self) -> int:
        """Runs to be made."""
        return self.runs - self.kept - self.given_up

    @property
    def missing(self) -> int:
        """Of these, never tried."""
        return self.needed - self.failed_before


class SweepEngine:
    """One sweep in one folder.

    Parameters
    ----------
    plan
        What is to be run.
    folder
        Where results go; nothing is made before ``carry_out``.
    keyed
        Keys of its scenarios where they are known; else every scenario is checked now.
    on_point
        Called while scenarios are checked, with (points done, points in all).

    Raises
    ------
    ScenarioError
        With every problem of the plan.
    """

    def __init__(
        self,
        plan: SweepPlan,
        folder: Path,
        keyed: pd.DataFrame | None = None,
        on_point: Callable[[int, int], None] | None = None,
    ) -> None:
        self.plan = plan
        self.folder = folder
        self.version = model_version(SCHEMA)
        self.keyed = plan.keyed(self.version, on_point) if keyed is None else keyed
        self.store = Store(folder)
        self.set_aside: list[str] = []
        self.tries_again = False

    def try_again(self) -> None:
        """Give runs that were given up three more attempts."""
        self.tries_again = True

    def place(self, folder: Path) -> None:
        """Put results elsewhere, before anything is made."""
        self.folder, self.store = folder, Store(folder)

    def is_begun(self) -> bool:
        """Whether there is a sweep to go on with."""
        return (self.folder / MANIFEST).exists()

    def seconds_a_run(self) -> float | None:
        """Mean seconds of kept runs; None where there are none."""
        table = self.store.read("runs", ["seconds"])
        return float(np.mean(table["seconds"].to_numpy())) if table is not None and len(table) else None

    def bytes_a_run(self) -> float:
        """Mean size of kept runs; before there are some, that of the first one, made for as many weeks as is quick."""
        if n_kept := len(self.store.kept()):
            return self.store.size() / n_kept
        first = next(self.plan.runs(self.keyed))
        scenario = self.plan.scenario(first.cell, first.point)
        weeks = min(SIZED_WEEKS, scenario.mission.horizon_weeks)
        run = simulate(scenario.with_({"mission.horizon_weeks": weeks}))
        kept = Kept(self.plan.made_from(first), Recorder(self.plan.indicators)(run))
        return bytes_of(kept, len(run.series) * scenario.mission.horizon_weeks / weeks)

    def check(self) -> None:
        """Refuse a folder that holds something else; nothing is touched."""
        check_growth(self.folder, self.plan, self.keyed, self.version)

    def state(self) -> State:
        """What is there and what is missing."""
        names = {run.name for run in self.plan.runs(self.keyed)}
        kept = names & self.store.kept()
        attempts = self.store.attempts(names - kept)
        given_up = 0 if self.tries_again else sum(n >= ATTEMPTS for n in attempts.values())
        return State(len(names), len(kept), len(attempts) - given_up, given_up)

    def failures(self) -> dict[str, str]:
        """Errors of the runs that failed and have not succeeded since."""
        failed = self.store.failures.failed() - self.store.kept()
        return {name: (self.store.failures.read_failure(name) or {}).get("error", "") for name in sorted(failed)}

    def carry_out(
        self,
        workers: int,
        engine: str = LOCAL,
        address: str = "",
        on_run: Callable[[int, int, int], None] | None = None,
    ) -> dict[str, str]:
        """Make all runs that are missing.

        Parameters
        ----------
        workers
            Processes here; results do not depend on their number.
        engine
            ``loky`` for processes of this machine, ``dask`` for a cluster.
        address
            Of the cluster's scheduler; empty = a cluster is started here.
        on_run
            Called after each run with (runs done, runs to do, of these failed for good).

        Returns
        -------
        dict
            Errors of the runs that failed, by name; the others are kept.

        Raises
        ------
        WorkerLost
            When the cluster is gone.
        OSError
            When a part cannot be written; what was written before stays.
        """
        with _cluster(engine, address, workers) if self.state().needed else nullcontext() as client:  # nothing is written without
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder):
                self.set_aside = self.store.tidy()
                self.store = Store(self.folder)
                self._forgive_given_up()
                write_plan(self.folder, self.plan, self.keyed, self.version)
                if todo := self.state().needed:
                    with PartWriter(self.store) as writer:
                        self._make_all(min(workers, todo), client, writer, _Progress(todo, on_run))
        return self.failures()

    def _forgive_given_up(self) -> None:
        """Forget the attempts of runs that were given up, where these are to be tried again."""
        for name, n in self.store.attempts(self.store.failures.failed()).items() if self.tries_again else ():
            if n >= ATTEMPTS:
                self.store.failures.forgive(name)
        self.tries_again = False

    def _make_all(self, workers: int, client: Any, writer: PartWriter, progress: _Progress) -> None:
        """Make runs until none is left to be tried."""
        while wanted := self._wanted(writer):
            open_runs: dict[str, Wanted] = {}
            try:
                self._make(_noting(wanted, open_runs), workers, client, writer, progress, open_runs)
            except WorkerLost:
                _check_cluster(client)
                self._make_singly(list(open_runs.values()), client, writer, progress)

    def _wanted(self, writer: PartWriter) -> list[Wanted]:
        """Runs that are neither finished nor given up, in order."""
        writer.flush()
        runs = {run.name: run for run in self.plan.runs(self.keyed)}
        kept = self.store.kept()
        attempts = self.store.attempts(runs.keys() - kept)
        return [run for name, run in runs.items() if name not in kept and attempts.get(name, 0) < ATTEMPTS]

    def _make(
        self,
        wanted: Iterable[Wanted],
        workers: int,
        client: Any,
        writer: PartWriter,
        progress: _Progress,
        open_runs: dict[str, Wanted],
    ) -> None:
        """Make some runs; those that were begun and have not ended are left in ``open_runs``."""
        tasks: Iterator[Task] = (self.plan.task(run) for run in wanted)
        recorder = Recorder(self.plan.indicators, self.version)
        for done in run_tasks(tasks, recorder, workers, client):
            with interrupts_held_back():
                self._keep(open_runs.pop(done.name), done, writer, progress)

    def _keep(self, run: Wanted, done: Done, writer: PartWriter, progress: _Progress) -> None:
        """Keep a run that has ended, or why it failed."""
        if done.content is None:
            progress.failed(self.store.fail(run.name, done.error, done.seconds, done.trace) >= ATTEMPTS)
            return
        attempts = self.store.failed_attempts(run.name) + 1
        about = self.plan.made_from(run) | {"attempts": attempts, "seconds": done.seconds}
        writer.add(Kept(about, done.content))
        progress.succeeded()

    def _make_singly(self, suspects: list[Wanted], client: Any, writer: PartWriter, progress: _Progress) -> None:
        """Try runs one at a time, so that a process lost again is counted against the right one, until that is given up."""
        for run in suspects:
            is_open = True
            while is_open:
                open_runs: dict[str, Wanted] = {}
                try:
                    self._make(_noting([run], open_runs), 2, client, writer, progress, open_runs)
                    is_open = False
                except WorkerLost:
                    _check_cluster(client)
                    is_open = self.store.fail(run.name, LOST, 0.0) < ATTEMPTS
                    progress.failed(not is_open)


class _Progress:
    """Counts runs that are done with, and tells."""

    def __init__(self, todo: int, tell: Callable[[int, int, int], None] | None) -> None:
        self._todo, self._tell = todo, tell
        self._done = self._failed = 0

    def succeeded(self) -> None:
        """A run is kept."""
        self._count(0)

    def failed(self, for_good: bool) -> None:
        """A run has failed; it is done with where it is not tried again."""
        if for_good:
            self._count(1)

    def _count(self, failed: int) -> None:
        self._done, self._failed = self._done + 1, self._failed + failed
        if self._tell is not None:
            self._tell(self._done, self._todo, self._failed)


def _noting(wanted: Iterable[Wanted], open_runs: dict[str, Wanted]) -> Iterator[Wanted]:
    """Note runs as they are handed out."""
    for run in wanted:
        open_runs[run.name] = run
        yield run


def _cluster(engine: str, address: str, workers: int) -> Any:
    """A client of a cluster, or nothing for processes of this machine."""
    if engine == LOCAL:
        return nullcontext()
    from sim.runs.cluster import connected

    return connected(address, workers)


def _check_cluster(client: Any) -> None:
    """Go on after a lost worker only where there is still somebody to work.

    Raises
    ------
    WorkerLost
        When the scheduler does not answer.
    """
    if client is None:
        return
    from sim.runs.cluster import is_answering

    if not is_answering(client):
        raise WorkerLost("the cluster's scheduler does not answer any more")
