"""Whether a sweep keeps its processes busy: the same runs with one and with two workers, kept as a sweep keeps them."""

from __future__ import annotations

import time

from experiments.benchmarks.measuring import Row, median, table
from sim.runs.batch import Task, run_tasks
from sim.scenario import Scenario
from sim.sweeps.record import Recorder

WORKERS = (1, 2)


def time_sweep(scenario: Scenario, n: int, workers: int) -> Row:
    """Runs a minute, and the part of the processes' time that went into runs; workers are warm."""

    def tasks(first: int, count: int) -> list[Task]:
        return [Task(str(i), scenario, i, i) for i in range(first, first + count)]

    warm = scenario.with_({"mission.horizon_weeks": 4})
    list(run_tasks([Task(str(i), warm, i, i) for i in range(2 * workers)], Recorder(), workers))
    start = time.perf_counter()
    done = list(run_tasks(tasks(0, n), Recorder(), workers))
    wall = time.perf_counter() - start
    failed = [one.error for one in done if one.error]
    if failed:
        raise RuntimeError(failed[0])
    return {"per minute": 60.0 * n / wall, "busy": sum(one.seconds for one in done) / (workers * wall)}


def sweeps_text(rows: dict[int, list[Row]], name: str, n: int) -> str:
    """Section on the efficiency of sweeps."""
    one = median(rows[WORKERS[0]], "per minute")
    lines = [
        [
            str(workers),
            f"{median(found, 'per minute'):.0f}",
            f"{median(found, 'per minute') / one:.2f}",
            f"{100.0 * median(found, 'busy'):.0f} %",
        ]
        for workers, found in rows.items()
    ]
    head = ["workers", "runs a minute", "times one worker", "processes busy with runs"]
    return (
        f"### A sweep on one and two workers\n\n{n} runs of {name} at full scale, workers warm, medians. Two processes share "
        "the memory and caches of one machine, so that twice the runs of one worker is more than can be had; what the "
        "program can answer for is that no process waits, the last column.\n\n"
        f"{table(head, lines)}"
    )
