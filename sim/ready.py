"""``sim.prepare``: all compiled that ordinary runs need, so that the first run is as quick as any other."""

from __future__ import annotations

from collections.abc import Callable

from sim.config import load_scenario
from sim.runs.prepare import prepare_for
from sim.scenario import Scenario

USUAL = (("mission=generic",), ("mission=kosovo", "package=full_agenda"))


def prepare(
    *scenarios: Scenario, workers: int | None = None, on_lines: Callable[[int, int], None] | None = None
) -> int:
    """Compile the rules that runs need, once for this version, and keep them; returns how many were compiled.

    Parameters
    ----------
    scenarios
        Whose rules are wanted; without any, those of the missions, with and without policies.
    workers
        Processes; the number of cores by default.
    on_lines
        Called after each part with (lines of rules compiled, lines in all); an exception it raises stops the
        work, and what is finished is kept.
    """
    return prepare_for(scenarios or [load_scenario(*words) for words in USUAL], workers, on_lines)
