"""Many runs in several processes, here or on a cluster: a failed one is noted, the others go on.

Workers make runs and hand back what is kept of them; the one process that asked keeps it. No model travels. Ctrl-C reaches
that process alone, which ends the others; what they had finished is kept.
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
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from joblib import Parallel, delayed, parallel_config

from sim.errors import MandateError
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

T = TypeVar("T")
FOLLOW_SECONDS = 1.0
BATCH_SECONDS, MOST_RUNS = 0.5, 50  # of runs that a worker is handed at once
WARM_UP_WEEKS = 3
SHORT_WEEKS, QUICK_SECONDS = 26, 8.0  # of a short try; of a run worth trying whole


class WorkerLost(MandateError):
    """A process was ended from outside, most often for lack of memory (exit code 4)."""

    exit_code = 4


class OtherModel(MandateError):
    """A worker has another version of the model than the process that asked it (exit code 4)."""

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
    """One run that has ended.

    Attributes
    ----------
    content
        What is kept of it; nothing where it failed.
    error, trace
        Why it failed, in a line and in full; empty where it succeeded.
    """

    name: str
    seconds: float
    content: dict[str, Any] | None = None
    error: str = ""
    trace: str = ""


class _Pace:
    """How many runs a worker is handed at once: one, or more where they are so short that handing over would cost."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._runs, self._seconds = 0, 0.0

    def learn(self, done: Done) -> None:
        """Take the time of a run into account."""
        self._runs, self._seconds = self._runs + 1, self._seconds + done.seconds

    def batches(self, tasks: Iterable[Task]) -> Iterator[list[Task]]:
        """Tasks in the batches of the moment."""
        rest = iter(tasks)
        while batch := list(islice(rest, self._size())):
            yield batch

    def _size(self) -> int:
        mean = self._seconds / self._runs if self._runs else BATCH_SECONDS
        return max(1, min(self._most, int(BATCH_SECONDS / max(mean, 1e-6))))


def run_tasks(
    tasks: Iterable[Task], record: Callable[[Run], dict[str, Any]], workers: int, client: Any = None
) -> Iterator[Done]:
    """Make runs and yield what ``record`` takes from each as they end, in any order.

    Parameters
    ----------
    tasks
        Started in this order; asked for a few at a time, as workers become free.
    record
        Must be able to travel: a function of a module, or an object with ``__call__``.
    workers, client
        As for ``in_processes``.

    Raises
    ------
    WorkerLost
        When a process was ended from outside.
    """
    pace = _Pace(1 if workers == 1 and client is None else MOST_RUNS)
    for batch in in_processes(_run_batch, ((batch, record) for batch in pace.batches(tasks)), workers, client):
        for done in batch:
            pace.learn(done)
            yield done


def in_processes(
    function: Callable[..., T], arguments: Iterable[tuple[Any, ...]], workers: int, client: Any = None
) -> Iterator[T]:
    """Call a function with each of some arguments in several processes; yields results as they come, in any order.

    Parameters
    ----------
    workers
        Processes of this machine; with 1 everything happens in this one.
    client
        Of ``dask.distributed``: its workers are used instead.

    Raises
    ------
    WorkerLost
        When a process was ended from outside.
    """
    lost: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    home: tuple[int, str] | None = (os.getpid(), os.getcwd())
    where: Any = nullcontext()
    if client is not None:
        from sim.runs.cluster import LOST, ClusterBackend

        lost, home, where = LOST, None, parallel_config(ClusterBackend(client=client))
    try:
        with where:
            parallel = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)
            with interrupts_held_back():  # processes started here inherit that they do not hear Ctrl-C
                results = parallel(delayed(_call)(home, function, values) for values in arguments)
            yield from results
    except lost as error:
        raise WorkerLost(
            "a process was ended from outside, perhaps for lack of memory. Use fewer workers=, or a smaller scale=."
        ) from error


def _call(home: tuple[int, str] | None, function: Callable[..., T], values: tuple[Any, ...]) -> T:
    """Call a function in a process that does not outlive its parent and works in the folder where the parent works now.

    ``home`` is the parent's number and folder (scenarios may name files relative to it, and a process kept from an earlier
    batch may have begun elsewhere); None = on a cluster, which sees to both itself.
    """
    if home is not None and os.getpid() != home[0]:
        _follow(home[0])
        os.chdir(home[1])
        _settle()
    try:
        return function(*values)
    finally:
        gc.collect()  # models and their agents refer to each other; joblib would take what waits to be collected for a leak


@cache
def _follow(parent: int) -> None:
    """Leave Ctrl-C to the process that started this one, and end soon after that one is gone, even if it was killed."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait() -> None:
        while os.getppid() == parent:
            time.sleep(FOLLOW_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _run_batch(tasks: list[Task], record: Callable[[Run], dict[str, Any]]) -> list[Done]:
    """Make some runs, one after the other."""
    _settle()
    return [_run_one(task, record) for task in tasks]


def _run_one(task: Task, record: Callable[[Run], dict[str, Any]]) -> Done:
    """Make one run; an error is handed back with its trace."""
    start = time.perf_counter()
    try:
        content = record(simulate(task.scenario, task.seed, task.world_seed))
    except OtherModel:
        raise
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        done = Done(task.name, time.perf_counter() - start, None, reason, traceback.format_exc())
    else:
        done = Done(task.name, time.perf_counter() - start, content)
    gc.collect()  # agents and their model refer to each other, and a run's arrays are large
    return done


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
