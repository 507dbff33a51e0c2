"""One run of a sweep made again from its stored scenario, and compared with what is kept of it, number by number."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario
from sim.sweeps.folder import read_plan
from sim.sweeps.record import Recorder
from sim.sweeps.store import TABLES, Kept, Store, tables_of

SAME, DIFFERS, NOT_KEPT, FAILED = "same", "differs", "not kept", "failed"
NOT_RESULTS = ("attempts", "seconds")


@dataclass(frozen=True)
class Again:
    """A run made again.

    Attributes
    ----------
    status
        ``same``, ``differs``, ``not kept`` or ``failed``.
    differences
        Table, column, and the first pair of numbers that differ.
    error
        The trace where it failed.
    run
        The run itself where it succeeded.
    """

    scenario: Scenario
    status: str
    differences: list[dict[str, Any]]
    error: str = ""
    run: Run | None = None


def run_again(folder: Path, name: str) -> Again | None:
    """Make a run again; None where the sweep has no such run.

    Raises
    ------
    OutputError
        With exit code 2 when the folder is no sweep.
    """
    plan, keyed = read_plan(folder)
    wanted = next((run for run in plan.runs(keyed) if run.name == name), None)
    if wanted is None:
        return None
    task = plan.task(wanted)
    scenario = task.scenario.with_({"seed": task.seed, "world_seed": task.world_seed})
    try:
        run = simulate(scenario)
    except Exception:
        return Again(scenario, FAILED, [], traceback.format_exc())
    tables = tables_of([Kept(plan.made_from(wanted), Recorder(plan.indicators)(run))])
    store, differences, is_kept = Store(folder), [], False
    for table in TABLES:
        for path in store.files(table):
            kept = pq.read_table(path, filters=[("run", "=", name)])
            if table == TABLES[0]:
                is_kept |= kept.num_rows > 0
            if kept.num_rows:
                differences += _differences(table, kept.to_pandas(), tables[table].to_pandas())
    status = NOT_KEPT if not is_kept else DIFFERS if differences else SAME
    return Again(scenario, status, differences, run=run)


def _differences(table: str, kept: Any, again: Any) -> list[dict[str, Any]]:
    """Columns in which two tables differ, each with the first pair of values that do."""
    if len(kept) != len(again):
        return [{"table": table, "column": "number of rows", "kept": len(kept), "again": len(again)}]
    found = []
    for column in (name for name in kept.columns if name not in NOT_RESULTS):
        before, after = (
            kept[column].to_numpy(),
            again[column].to_numpy() if column in again else np.full(len(kept), None),
        )
        differs = [i for i, (a, b) in enumerate(zip(before, after)) if not _is_equal(a, b)]
        if differs:
            found.append({"table": table, "column": column, "kept": before[differs[0]], "again": after[differs[0]]})
    return found


def _is_equal(a: Any, b: Any) -> bool:
    """Whether two values are equal; missing ones are."""
    missing = [value is None or value != value for value in (a, b)]
    return all(missing) or (not any(missing) and bool(a == b))
