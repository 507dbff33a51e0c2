"""The process that runs scenarios for the studio, so that the page never waits for a run: one job at a time, then the next.

A job that is no longer wanted stops at its next step. The model is loaded when the first job comes, so that the server need not.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sim.errors import MandateError
from sim.scenario import Scenario
from sim.studio.pack import SERIES, run_key
from sim.studio.wanted import IsWanted, Stopped, always, while_wanted

STOPPED = "stopped"
ANY, NOBODY = -1, -2  # in place of the ticket that is wanted
WARMING_WEEKS = 52


@dataclass(frozen=True)
class Job:
    """One thing to compute: a run, its series alone, or what an agent of a run says of itself at a week."""

    ticket: int
    kind: str  # run, rough, series, explain, here, trial
    scenario: Scenario
    week: int = 0
    agent: tuple[str, int, int] = ("", 0, -1)  # kind, number (negative: the next that has something to tell), after
    cell: int = 0


@dataclass(frozen=True)
class Answer:
    """What became of a job: bytes of a pack or a text, or an error in words; seconds it took."""

    ticket: int
    value: Any = None
    error: str = ""
    seconds: float = 0.0


def work(inbox: Any, wanted: Any, share_done: Any) -> None:
    """Answer jobs from a pipe until it is closed; ``wanted`` holds the ticket still wanted, ``share_done`` how far its run is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    parent = os.getppid()
    while True:
        try:
            while not inbox.poll(1.0):
                if os.getppid() != parent:
                    return
            job = inbox.recv()
        except (EOFError, OSError):
            return
        if job is None:
            return
        try:
            inbox.send(answer(job, partial(_is_wanted, wanted, share_done, job.ticket)))
        except (BrokenPipeError, OSError):
            return


def _is_wanted(wanted: Any, share_done: Any, ticket: int, share: float) -> bool:
    """Whether a ticket is still wanted; leaves word of how far it is."""
    share_done.value = share
    return wanted.value in (ANY, ticket)


def answer(job: Job, is_wanted: IsWanted = always) -> Answer:
    """Do one job; errors come back in words."""
    start = time.perf_counter()
    try:
        value = _DO[job.kind](job, is_wanted)
    except Stopped:
        return Answer(job.ticket, error=STOPPED)
    except MandateError as error:
        return Answer(job.ticket, error="; ".join(getattr(error, "problems", [str(error)])))
    except Exception as error:  # a failed run must not take the studio with it
        return Answer(job.ticket, error=f"the run failed: {type(error).__name__}: {error}")
    return Answer(job.ticket, value, seconds=time.perf_counter() - start)


def _run(job: Job, is_wanted: IsWanted) -> bytes:
    """A whole run as a pack."""
    from sim.studio.frames import simulate_frames
    from sim.studio.packing import write_pack

    return write_pack(*simulate_frames(job.scenario, is_wanted))


def _rough(job: Job, is_wanted: IsWanted) -> bytes:
    """A rough run as a pack."""
    from sim.studio.rough import rough_pack

    return rough_pack(job.scenario, is_wanted)


def _series(job: Job, is_wanted: IsWanted) -> dict[str, Any]:
    """The series of a run without its pictures, with the run's name: nobody looks at it, so that it is not kept as a pack."""
    from sim.runs.simulate import simulate_series

    series = simulate_series(job.scenario, while_wanted(is_wanted))
    return {
        "key": run_key(job.scenario), "weeks": series["week"].to_numpy(),
        "series": {name: series[name].to_numpy() for name in SERIES},
    }  # fmt: skip


def _trial(job: Job, is_wanted: IsWanted) -> float:
    """Seconds the scenario takes as a whole run that is packed, after a short one that compiles the rules."""
    _run(dataclasses.replace(job, scenario=shortened(job.scenario, WARMING_WEEKS)), is_wanted)
    start = time.perf_counter()
    _run(job, is_wanted)
    return time.perf_counter() - start


def _explain(job: Job, is_wanted: IsWanted) -> dict[str, Any]:
    """What an agent says of itself at the end of a week, in the words of ``mandate explain``."""
    from sim.explain.ask import ask

    kind, number, after = job.agent
    on_step = while_wanted(is_wanted)
    return dataclasses.asdict(ask(job.scenario, kind, None if number < 0 else number, job.week, after, on_step))


def _here(job: Job, is_wanted: IsWanted) -> dict[str, Any]:
    """Who can be asked in a cell at the end of a week."""
    from sim.explain.here import who_is_here

    return dataclasses.asdict(who_is_here(job.scenario, job.cell, job.week, while_wanted(is_wanted)))


def shortened(scenario: Scenario, weeks: int) -> Scenario:
    """Return a scenario that ends after some weeks, at the latest when it ends anyway."""
    weeks = max(1, min(weeks, scenario.mission.horizon_weeks))
    return dataclasses.replace(scenario, mission=dataclasses.replace(scenario.mission, horizon_weeks=weeks))


_DO: dict[str, Callable[[Job, IsWanted], Any]] = {
    "run": _run, "rough": _rough, "series": _series, "trial": _trial, "explain": _explain, "here": _here,
}  # fmt: skip
