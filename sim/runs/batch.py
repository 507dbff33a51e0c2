"""Many runs in several processes: each keeps its own result, a failed one is noted, the others go on.

One task is one run; no model travels between processes, and the parent holds nothing but names. Ctrl-C reaches the parent
alone, which ends the processes; what they had finished is kept.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from joblib import Parallel, delayed

from sim.errors import MandateError
from sim.runs.kept import KeptRuns
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

T = TypeVar("T")
FOLLOW_SECONDS = 1.0
WARM_UP_WEEKS = 3
SHORT_WEEKS, QUICK_SECONDS = 26, 8.0  # of a short try; of a run worth trying whole


class WorkerLost(MandateError):
    """A process was ended from outside, most often for lack of memory (exit code 4)."""

    exit_code = 4


@dataclass(frozen=True)
class Task:
    """One run to be made and kept under a name."""

    name: str
    scenario: Scenario
    seed: int
    world_seed: int


@dataclass(frozen=True)
class Done:
    """One run that has ended; ``error`` is empty where it succeeded."""

    name: str
    seconds: float
    error: str = ""


def run_tasks(
    tasks: Iterable[Task], folder: Path, record: Callable[[Run], dict[str, Any]], workers: int
) -> Iterator[Done]:
    """Run tasks and keep what ``record`` takes from each; yields as they end, in any order.

    Parameters
    ----------
    tasks
        Started in this order.
    folder
        Of a ``KeptRuns``.
    record
        A function of a module, so that it can travel; its result goes to the store, not to the parent.
    workers
        Processes; with 1 everything happens in this one.

    Raises
    ------
    WorkerLost
        When a process was ended from outside.
    OSError
        When a result cannot be written; this ends everything, since the next would fail too.
    """
    place = folder.resolve()  # processes may have another working folder
    yield from in_processes(_run_one, ((task, place, record) for task in tasks), workers)


def in_processes(function: Callable[..., T], arguments: Iterable[tuple[Any, ...]], workers: int) -> Iterator[T]:
    """Call a function with each of some arguments in several processes; yields results as they come, in any order.

    Raises
    ------
    WorkerLost
        When a process was ended from outside.
    """
    parallel = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)
    with interrupts_held_back():  # processes started here inherit that they do not hear Ctrl-C
        results = parallel(delayed(_call)(os.getpid(), function, values) for values in arguments)
    try:
        yield from results
    except BrokenProcessPool as error:
        raise WorkerLost(
            "a process was ended from outside, perhaps for lack of memory. Use fewer workers=, or a smaller scale=."
        ) from error


def _call(parent: int, function: Callable[..., T], values: tuple[Any, ...]) -> T:
    """Call a function in a process that does not outlive its parent."""
    if os.getpid() != parent:
        _follow(parent)
    return function(*values)


@cache
def _follow(parent: int) -> None:
    """End this process soon after the one that started it is gone, even if that was killed."""

    def wait() -> None:
        while os.getppid() == parent:
            time.sleep(FOLLOW_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _run_one(task: Task, folder: Path, record: Callable[[Run], dict[str, Any]]) -> Done:
    """Make one run and keep it; an error of the run is kept instead, an error of the disk is raised."""
    _settle()
    start = time.perf_counter()
    try:
        run = simulate(task.scenario, task.seed, task.world_seed)
        content = record(run)
        del run
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        seconds = time.perf_counter() - start
        failure = {"error": reason, "seconds": seconds, "trace": traceback.format_exc()}
        KeptRuns(folder).write_failure(task.name, failure)
        gc.collect()
        return Done(task.name, seconds, reason)
    seconds = time.perf_counter() - start
    KeptRuns(folder).write(task.name, {"name": task.name, "seconds": seconds, **content})
    gc.collect()  # agents and their model refer to each other, and a run's arrays are large
    return Done(task.name, seconds)


@cache
def _settle() -> None:
    """Let this process's collector pass over what was loaded before its first run, which makes it ten times quicker."""
    gc.collect()
    gc.freeze()


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Deliver Ctrl-C after this block instead of within it; processes started within never hear it.

    Limits: does nothing where the system cannot block signals (Windows).
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, earlier)


@contextmanager
def stop_like_interrupt() -> Iterator[None]:
    """Treat a polite request to end, as job schedulers send it, like Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


def needs_compiling() -> bool:
    """Say whether the rules have yet to be compiled, which takes about 20 seconds once."""
    from sim.compiled import is_compiled
    from sim.phases.people.hazards import advance

    return not is_compiled(advance)


def warm_up(scenario: Scenario) -> None:
    """Compile the rules in this process, so that the others find them in the cache."""
    simulate(scenario.with_({"mission.horizon_weeks": min(WARM_UP_WEEKS, scenario.mission.horizon_weeks)}))


def seconds_a_run(scenario: Scenario) -> float:
    """Seconds of one run, measured: a whole run where a short one promises that to be quick, else the short one in proportion.

    Limits: later weeks cost more where the market grows, so the second way guesses low; other processes slow all of them.
    """
    horizon = scenario.mission.horizon_weeks
    warm_up(scenario)
    times = []
    for weeks in sorted({min(SHORT_WEEKS, horizon), min(2 * SHORT_WEEKS, horizon)}):
        start = time.perf_counter()
        simulate(scenario.with_({"mission.horizon_weeks": weeks}))
        times.append((weeks, time.perf_counter() - start))
    (first, short), (last, long) = times[0], times[-1]
    rate = max((long - short) / (last - first), 0.0) if last > first else 0.0
    promised = long + rate * (horizon - last)
    if promised > QUICK_SECONDS or last == horizon:
        return promised
    start = time.perf_counter()
    simulate(scenario)
    return time.perf_counter() - start
