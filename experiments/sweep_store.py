"""Size and speed of a sweep's store: ten thousand invented runs of 500 weeks and 40 indicators, written, opened, queried.

`python -m experiments.sweep_store [FOLDER]` prints the sizes and seconds that `docs/sweeps.md` quotes. Series are rough
curves with noise made from a counter, harder to compress than real ones, which have many zeros; nothing is simulated.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from sim.config import load_scenario
from sim.runs.kept import model_version
from sim.sweeps.design import Factor, design_points
from sim.sweeps.engine import SweepEngine
from sim.sweeps.folder import write_plan
from sim.sweeps.opened import open_sweep
from sim.sweeps.plan import Cell, SweepPlan
from sim.sweeps.record import SCHEMA, indicator_names
from sim.sweeps.store import Kept, PartWriter, Store

N_RUNS, N_WEEKS, N_INDICATORS = 10_000, 500, 40
STAGES = ("persons_with_act", "reported", "recorded", "investigated", "substantiated", "convicted")


def fill(folder: Path, n_runs: int = N_RUNS) -> None:
    """Write a store of invented runs."""
    names = [*dict.fromkeys(["venues", *indicator_names()])][:N_INDICATORS]
    cells = {Cell("generic", "none", "central", "status_quo"): load_scenario("mission=generic")}
    replicates = min(100, n_runs)
    factor = Factor("parameters.dependence.psi", (), 0.0, 3.0)
    design = design_points([factor], "factorial", n_runs // replicates) if n_runs > replicates else design_points([])
    plan = SweepPlan(cells, design, replicates, tuple(names))
    engine = SweepEngine(plan, folder)
    write_plan(folder, plan, engine.keyed, model_version(SCHEMA))
    with PartWriter(Store(folder)) as writer:
        for i, run in enumerate(plan.runs(engine.keyed)):
            writer.add(Kept(plan.made_from(run) | {"attempts": 1, "seconds": 1.0}, invented(i, names)))


def invented(number: int, names: list[str]) -> dict[str, dict[str, object]]:
    """What a run might keep, of the shape a ``Recorder`` gives."""
    week = np.arange(N_WEEKS, dtype=np.float32)
    noise = (np.arange(N_WEEKS * len(names), dtype=np.uint64) + np.uint64(number) * np.uint64(7919)) * np.uint64(
        2654435761
    )
    steps = (noise % np.uint64(2**20)).astype(np.float64).reshape(len(names), N_WEEKS) / 2**20 - 0.5
    curves = (np.cumsum(steps, axis=1) + 40.0).astype(np.float32)
    return {
        "summary": {f"summary_{k}": float(curves[k % len(names)].mean()) for k in range(25)},
        "series": {"week": week, **dict(zip(names, curves))},
        "cases": {
            "kind": np.array(["personnel"], object),
            "authority": np.array(["un"], object),
            "forum": np.array(["home"], object),
            "outcome": np.array(["convicted"], object),
            "n": np.array([number % 50], np.int32),
            "mean_weeks": np.array([60.0], np.float32),
        },
        "funnel": {
            "stage": np.array(STAGES, object),
            "true": np.arange(len(STAGES), dtype=np.float32),
            "observed": np.arange(len(STAGES), dtype=np.float32),
        },
    }


def main(folder: Path) -> None:
    """Write, open, query, and say how long each took."""
    start = time.perf_counter()
    fill(folder)
    print(f"written   {time.perf_counter() - start:6.1f} s   {Store(folder).size() / 1e6:,.0f} MB, {N_RUNS:,} runs")
    start = time.perf_counter()
    opened = open_sweep(folder)
    print(f"opened    {time.perf_counter() - start:6.2f} s   every part compared with its checksum")
    start = time.perf_counter()
    n = len(opened.runs)
    opened.query("select 1")
    print(f"runs      {time.perf_counter() - start:6.2f} s   {n:,} rows")
    for by in ((), ("replicate",)):
        start, busy = time.perf_counter(), time.process_time()
        n = len(opened.fan("venues", by=by, where="replicate < 3" if by else ""))
        busy = time.process_time() - busy
        said = f"{busy:.2f} s of processors, {n:,} rows{' by replicate' if by else ''}"
        print(f"fan       {time.perf_counter() - start:6.2f} s   {said}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as place:
            main(Path(place) / "store")
