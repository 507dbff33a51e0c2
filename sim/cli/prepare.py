"""``mandate prepare``: compile the rules beforehand; and what other commands do where that was left out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.cli.asked import read_count
from sim.cli.progress import Reporter, duration
from sim.cli.say import note
from sim.cli.words import Words
from sim.errors import MandateError, ScenarioError

if TYPE_CHECKING:
    from sim.scenario import Scenario


class Stopped(MandateError):
    """Ctrl-C: what is compiled is kept."""

    exit_code = 130


def main(words: Words) -> int:
    """Compile what is not compiled yet, showing how far it is."""
    found = list(words.problems)
    workers = read_count(words, "workers", os.cpu_count() or 1, 1, found)
    if found:
        raise ScenarioError(found)
    os.environ.setdefault(
        "MANDATE_RULES", "own"
    )  # for this processor, even where rules came with the package
    from sim.kernel_cache import folder
    from sim.ready import prepare

    start = time.monotonic()
    with _stoppable(), Reporter(words.has("--quiet"), not words.has("--no-color"), "line") as report:
        n_rules = prepare(workers=workers, on_lines=report)
    took = (
        f"{n_rules} rules compiled in {duration(time.monotonic() - start)}"
        if n_rules
        else "nothing to compile"
    )
    note(f"{took}; compiled rules lie in {folder()}", words.has("--quiet"))
    return 0


def prepare_once(scenario: Scenario, quiet: bool, colour: bool = True) -> None:
    """Compile what a scenario uses if nothing is compiled yet for this version, showing how far it is."""
    from sim.kernel_cache import needs_compiling

    if not needs_compiling():
        return
    from sim.runs.prepare import prepare_for

    note(
        "first run of this version: its rules are compiled once and kept (beforehand: mandate prepare)", quiet
    )
    with _stoppable(), Reporter(quiet, colour, "line") as report:
        prepare_for([scenario], on_lines=report)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Say what is kept when Ctrl-C ends the work."""
    from sim.runs.batch import stop_like_interrupt

    try:
        with stop_like_interrupt():
            yield
    except KeyboardInterrupt:
        raise Stopped(
            "interrupted: the rules compiled so far are kept, the rest is compiled next time"
        ) from None
