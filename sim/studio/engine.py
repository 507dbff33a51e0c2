"""Who computes what when: at most two worker processes, one running and one waiting request for each tab, the latest wins.

Finished runs are kept by name, so that A is computed once and a step back costs nothing; the oldest are dropped. While
nobody wants anything, what a tab will probably want next is computed.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sim.scenario import Scenario
from sim.studio.pack import rough_key, run_key
from sim.studio.scale import pace
from sim.studio.worker import ANY, NOBODY, STOPPED, Answer, Job, work

MOST_KEPT = 160
QUIET_SECONDS = 0.5  # before spare work begins: the page draws first
EAGER, PATIENT, SPARE = range(3)  # who comes first
_NAMED = {"run": run_key, "rough": rough_key}  # kinds whose answers are kept, and by which name


class Runs:
    """Packs by name, least recently used dropped first."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._packs: OrderedDict[str, bytes] = OrderedDict()
        self._most = most

    def get(self, key: str) -> bytes | None:
        """Return a pack, or None where it is not kept."""
        if key in self._packs:
            self._packs.move_to_end(key)
        return self._packs.get(key)

    def keep(self, key: str, pack: bytes) -> None:
        """Keep a pack."""
        self._packs[key] = pack
        self._packs.move_to_end(key)
        while len(self._packs) > self._most:
            self._packs.popitem(last=False)

    def __len__(self) -> int:
        return len(self._packs)


@dataclass
class Wish:
    """What a tab wants computed, in order; ``done`` is called with each answer, in the server's loop."""

    tab: str
    kind: str
    scenarios: list[Scenario]
    done: Callable[[str, Any], None]
    failed: Callable[[str], None]
    agent: tuple[str, int, int] = ("", 0, -1)
    week: int = 0
    cell: int = 0
    rank: int = EAGER  # the patient wait until nobody is eager, the spare until nobody wants anything

    def key(self, scenario: Scenario) -> str:
        """Name of what becomes of a scenario; empty where it is not kept."""
        return _NAMED[self.kind](scenario) if self.kind in _NAMED else ""


@dataclass
class Worker:
    """One process, its end of the pipe, and what it is doing."""

    process: Any
    pipe: Any
    wanted: Any
    share_done: Any
    job: Job | None = None
    wish: Wish | None = None
    key: str = ""


@dataclass
class Engine:
    """Dispatches wishes to workers; lives in the server's event loop.

    Parameters
    ----------
    n_workers
        Processes; two at most help, since a change needs A and B.
    """

    n_workers: int = field(default_factory=lambda: max(1, min(2, os.cpu_count() or 1)))
    runs: Runs = field(default_factory=Runs)
    n_started: int = 0
    n_wasted: int = 0  # runs that ended and nobody wanted any more
    seconds_per_week: float = 0.0  # fewest a week took at the default scale, in the trial or any run since; 0 = not known yet
    _workers: list[Worker] = field(default_factory=list)
    _waiting: OrderedDict[tuple[str, int], Wish] = field(default_factory=OrderedDict)
    _later: dict[str, asyncio.TimerHandle] = field(default_factory=dict)  # spare wishes by tab, before they wait
    _tickets: Any = field(default_factory=itertools.count)
    _loop: Any = None
    _is_stopping: bool = False

    def start(self) -> None:
        """Start the workers; call it inside the running loop."""
        self._loop = asyncio.get_running_loop()
        for _ in range(self.n_workers):
            self._hire()

    def _hire(self) -> None:
        """Start one worker and a thread that listens to it."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        wanted, share_done = context.Value("q", ANY), context.Value("d", 0.0)
        process = context.Process(target=work, args=(theirs, wanted, share_done), daemon=True)
        process.start()
        theirs.close()
        worker = Worker(process, ours, wanted, share_done)
        self._workers.append(worker)
        threading.Thread(target=self._listen, args=(worker,), daemon=True).start()

    def stop(self) -> None:
        """End the workers."""
        self._is_stopping = True
        for worker in self._workers:
            worker.wanted.value = NOBODY
            with contextlib.suppress(OSError):
                worker.pipe.send(None)
        for worker in self._workers:
            worker.process.join(timeout=2.0)
            if worker.process.is_alive():
                worker.process.terminate()
        self._workers.clear()

    def ask(self, wish: Wish) -> None:
        """Take a wish; it replaces the one its tab has waiting, and stops what its tab has running but does not want.

        A rough run is finished all the same where the next one is asked for: it is short, and a picture on the way.
        """
        keys = {wish.key(scenario) for scenario in wish.scenarios} - {""}
        self._forget_later(wish.tab)
        for rank in (EAGER, PATIENT, SPARE):
            self._waiting.pop((wish.tab, rank), None)
        for worker in self._workers:
            if worker.wish is not None and worker.wish.tab == wish.tab:
                if worker.key in keys:  # half done already: it goes on, for the new wish
                    worker.wish = wish
                elif not wish.kind == worker.wish.kind == "rough":
                    worker.wanted.value = NOBODY
                    worker.wish = None
        if wish.rank == SPARE:
            self._later[wish.tab] = self._loop.call_later(QUIET_SECONDS, self._take, wish)
        else:
            self._take(wish)

    def _take(self, wish: Wish) -> None:
        """Let a wish wait for a worker."""
        self._later.pop(wish.tab, None)
        self._waiting[(wish.tab, wish.rank)] = wish
        self._dispatch()

    def _forget_later(self, tab: str) -> None:
        """What a tab would have wanted in a moment is not wanted any more."""
        if handle := self._later.pop(tab, None):
            handle.cancel()

    def forget(self, tab: str) -> None:
        """A tab was closed: nothing of it is wanted any more."""
        self._forget_later(tab)
        for key in [key for key in self._waiting if key[0] == tab]:
            del self._waiting[key]
        for worker in self._workers:
            if worker.wish is not None and worker.wish.tab == tab:
                worker.wanted.value = NOBODY
                worker.wish = None

    def share_done(self, tab: str) -> float:
        """Return how far what a tab waits for is, 0 to 1."""
        shares = [w.share_done.value for w in self._workers if w.wish is not None and w.wish.tab == tab]
        waiting = [0.0 for wish in self._waiting.values() if wish.tab == tab for _ in wish.scenarios]
        return sum(shares) / max(1, len(shares) + len(waiting))

    @property
    def processes(self) -> list[Any]:
        """The workers' processes."""
        return [worker.process for worker in self._workers]

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        return not (self._waiting or self._later) and all(worker.job is None for worker in self._workers)

    def _dispatch(self) -> None:
        """Give idle workers something to do by rank, first come first served."""
        for key in sorted(self._waiting, key=lambda key: key[1]):
            wish = self._waiting[key]
            while wish.scenarios:
                scenario = wish.scenarios[0]
                name = wish.key(scenario)
                pack = self.runs.get(name) if name else None
                if name and pack is None and any(w.key == name and w.wish is wish for w in self._workers):
                    wish.scenarios.pop(0)  # it is being computed, and will be answered when done
                    continue
                if pack is None and not self._begin(wish, scenario, name):
                    return
                wish.scenarios.pop(0)
                if pack is not None:
                    self._loop.call_soon(wish.done, name, pack)
            del self._waiting[key]

    def _begin(self, wish: Wish, scenario: Scenario, name: str) -> bool:
        """Hand a scenario to an idle worker; False where there is none, and then spare work gives way."""
        worker = next((w for w in self._workers if w.job is None), None)
        if worker is None:
            if wish.rank != SPARE:
                self._stop_spare()
            return False
        worker.job = Job(next(self._tickets), wish.kind, scenario, wish.week, wish.agent, wish.cell)
        worker.wish, worker.key = wish, name
        worker.share_done.value = 0.0
        worker.wanted.value = worker.job.ticket
        worker.pipe.send(worker.job)
        self.n_started += 1
        return True

    def _stop_spare(self) -> None:
        """Stop one run that nobody waits for."""
        if any(worker.job is not None and worker.wish is None for worker in self._workers):
            return  # one is being stopped already
        worker = next((w for w in self._workers if w.wish is not None and w.wish.rank == SPARE), None)
        if worker is not None:
            worker.wanted.value = NOBODY
            worker.wish = None

    def _listen(self, worker: Worker) -> None:
        """Pass answers of one worker to the loop; runs in a thread of its own."""
        while True:
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._lost, worker)
                return
            with contextlib.suppress(RuntimeError):  # the loop is closed: the studio is ending
                self._loop.call_soon_threadsafe(self._answered, worker, answer)

    def _learn(self, job: Job, answer: Answer) -> None:
        """How quick runs are: the trial tells first, but the page was loading beside it, so that later runs may know better."""
        if job.kind == "trial":
            self.seconds_per_week = pace(job.scenario, float(answer.value))
        elif job.kind == "run" and self.seconds_per_week:
            self.seconds_per_week = min(self.seconds_per_week, pace(job.scenario, answer.seconds))

    def _lost(self, worker: Worker) -> None:
        """A worker ended by itself: tell who waited for it, and start another."""
        if self._is_stopping or worker not in self._workers:
            return
        self._workers.remove(worker)
        self._hire()
        if worker.wish is not None:
            worker.wish.failed("The process that computes ended unexpectedly; another was started. Change something again.")
        self._dispatch()

    def _answered(self, worker: Worker, answer: Answer) -> None:
        """Keep what was computed and tell who asked."""
        wish, key, job = worker.wish, worker.key, worker.job
        worker.job = worker.wish = None
        worker.key = ""
        if job is not None and not answer.error:
            self._learn(job, answer)
        if key and not answer.error:
            self.runs.keep(key, answer.value)
            self.n_wasted += wish is None
        if wish is not None and answer.error != STOPPED:
            if answer.error:
                self._waiting.pop((wish.tab, wish.rank), None)
                wish.failed(answer.error)
            else:
                wish.done(key, answer.value)
        self._dispatch()
