"""Carries out a comparison: which runs are there, which are missing and why, and making those.

Runs are kept as they end and found again by what made them, so that a repeated command goes on where it was stopped, and a
larger plan uses the runs of a smaller one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, median

from sim.analysis.folder import PROGRAM, RUNS, manifest_of, write_manifest
from sim.analysis.plan import STAGES, Cell, Request, in_order, leading_options, stage_cells
from sim.analysis.record import SCHEMA, record_of
from sim.analysis.study import Plan
from sim.analysis.tables import TOTAL
from sim.runs.batch import Done, Task, run_tasks
from sim.runs.kept import KeptRuns, locked, model_version, run_name
from sim.runs.manifest import read_manifest

SAMPLE = 20  # kept runs that time and size are measured on
BYTES_A_RUN = 4096  # before any is kept


@dataclass(frozen=True)
class Stage:
    """Runs of one part of a plan.

    Attributes
    ----------
    runs
        Number of runs; each counts in the first stage that has it.
    tasks
        The runs by name.
    kept, failed_before
        Of these, finished, and failed at an earlier attempt.
    is_open
        Whether the main grid must end before it is known which options these are; until then those that went there
        before are supposed, or the first ones.
    """

    name: str
    runs: int
    tasks: dict[str, Task]
    kept: int
    failed_before: int
    is_open: bool = False

    @property
    def needed(self) -> int:
        """Runs to be made."""
        return self.runs - self.kept

    @property
    def missing(self) -> int:
        """Of these, never tried."""
        return self.needed - self.failed_before


class Engine:
    """One comparison in one folder.

    Parameters
    ----------
    request
        Plan and scenarios.
    folder
        Where runs are kept and tables are written; nothing is made before ``carry_out``.
    """

    def __init__(self, request: Request, folder: Path) -> None:
        self.request = request
        self.folder = folder
        self.version = model_version(SCHEMA)
        self.store = KeptRuns(folder / RUNS)
        self.failures: dict[str, str] = {}
        self._whole: set[str] = set()

    def kept(self) -> set[str]:
        """Names of finished runs whose files can be read; each is tried once."""
        names = self.store.kept()
        self._whole |= {name for name in names - self._whole if self.store.read(name) is not None}
        return names & self._whole

    def stages(self) -> list[Stage]:
        """What is there and what is missing, in the order in which it will be made."""
        kept, failed = self.kept(), self.store.failed()
        plan = self._settled_plan(kept)
        is_open = plan is None
        if plan is None:
            plan = self._supposed_plan()
        seen: set[str] = set()
        stages = []
        for name, (cells, replicates) in stage_cells(plan).items():
            tasks = self.request.tasks(in_order(cells, replicates), self.version)
            tasks = {run: task for run, task in tasks.items() if run not in seen}
            seen |= tasks.keys()
            done, again = len(tasks.keys() & kept), len(tasks.keys() & failed)
            stages.append(Stage(name, len(tasks), tasks, done, again, is_open and name == STAGES[1]))
        return stages

    def _supposed_plan(self) -> Plan:
        """The plan with world options to count with: those that went there before, else the first ones."""
        plan, leading = self.request.plan, self.request.leading
        earlier = (read_manifest(self.folder, PROGRAM) or {}).get("plan", {}).get("world_options", [])
        if len(earlier) == leading + 1 and set(earlier) <= {option.name for option in plan.options}:
            return replace(plan, world_options=tuple(earlier))
        return leading_options(plan, {}, leading)

    def _settled_plan(self, kept: set[str]) -> Plan | None:
        """The plan with its world options; None while the main grid that decides on them is incomplete."""
        plan, leading = self.request.plan, self.request.leading
        if not leading or len(plan.worlds) < 2:
            return plan
        cells, replicates = stage_cells(plan)[STAGES[0]]
        deciding = [c for c in cells if (c.mission, c.shock) == (plan.missions[0].name, plan.shocks[0].name)]
        tasks = self.request.tasks(in_order(cells, replicates), self.version)
        if not tasks.keys() <= kept | self.failures.keys():
            return None
        means = {c.option: self._mean_person_weeks(c, replicates) for c in deciding}
        return leading_options(plan, means, leading)

    def _mean_person_weeks(self, cell: Cell, replicates: int) -> float:
        """Mean exploitation of a cell's finished runs; infinite where there is none, so that it does not lead."""
        scenario = self.request.scenario(cell)
        found = []
        for i in range(replicates):
            name = run_name(self.request.key(cell, self.version), scenario.seed + i, scenario.world_seed + i)
            value = ((self.store.read(name) or {}).get("summary") or {}).get(TOTAL)
            if value is not None:
                found.append(value)
        return fmean(found) if found else math.inf

    def seconds_a_run(self) -> float | None:
        """Median seconds of some kept runs; None where there are none."""
        names = sorted(self.store.kept())
        some = names[:: max(1, len(names) // SAMPLE)]
        seconds = [content["seconds"] for name in some if (content := self.store.read(name)) is not None]
        return median(seconds) if seconds else None

    def bytes_a_run(self) -> float:
        """Mean size of kept runs."""
        n = len(self.store.kept())
        return self.store.size() / n if n else BYTES_A_RUN

    def totals(self) -> tuple[int, int]:
        """Runs kept and runs in all."""
        stages = self.stages()
        return sum(stage.kept for stage in stages), sum(stage.runs for stage in stages)

    def carry_out(self, workers: int, on_run: Callable[[int, int, int], None] | None = None) -> dict[str, str]:
        """Make all runs that are missing.

        Parameters
        ----------
        workers
            Processes; results do not depend on their number.
        on_run
            Called after each run with (runs done, runs to do, of these failed).

        Returns
        -------
        dict
            Errors of the runs that failed, by name; the others are kept.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder):
            self.store.tidy()
            self.failures = {}
            for damaged in self.store.kept() - self.kept():
                self.store.discard(damaged)
            self._settle()
            todo = sum(stage.needed for stage in self.stages())
            done = 0
            for part in ((0,), (1, 2)):  # who goes to further worlds is known after the main grid
                if part != (0,):
                    self._settle()
                stages = self.stages()
                todo = done + sum(stage.needed for stage in stages[part[0] :]) if part != (0,) else todo
                kept = self.kept()
                tasks = [t for i in part for name, t in stages[i].tasks.items() if name not in kept]
                if not tasks:
                    continue
                for end in run_tasks(tasks, record_of, min(workers, len(tasks))):
                    done += 1
                    self._keep(end)
                    if on_run is not None:
                        on_run(done, todo, len(self.failures))
        return self.failures

    def _keep(self, end: Done) -> None:
        """Keep a run that has ended, or why it failed."""
        if end.content is None:
            self.failures[end.name] = end.error
            self.store.write_failure(end.name, {"error": end.error, "seconds": end.seconds, "trace": end.trace})
        else:
            self.store.write(end.name, {"name": end.name, "seconds": end.seconds, **end.content})

    def _settle(self) -> None:
        """Decide which options go to further worlds, and write it down."""
        plan = self._settled_plan(self.kept())
        if plan is not None and plan != self.request.plan:
            self.request = replace(self.request, plan=plan)
        write_manifest(self.folder, manifest_of(self.request, self.version))
