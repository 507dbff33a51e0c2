"""What all measurements share: the generic mission of a size, one step phase by phase, and medians with their spread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Any

from experiments.oracle.timing import Stopwatch
from sim.config import load_scenario
from sim.model import MandateModel
from sim.scenario import Scenario
from sim.schedule import SCHEDULE
from sim.world.state import World

SETTLE_WEEKS = 16  # the generic mission is at full strength by then
NANO, MICRO, MEGA = 1e9, 1e6, 2**20

Row = dict[str, float]


def generic(billets: int, weeks: int, **more: Any) -> Scenario:
    """The generic mission with a given number of personnel."""
    changes = {"mission.trapezoid.peak": float(billets), "mission.horizon_weeks": weeks}
    return load_scenario("mission=generic").with_(changes | more)


def settled(scenario: Scenario) -> World:
    """A world after its first weeks, at full strength."""
    world = MandateModel(scenario).world
    for step in range(SETTLE_WEEKS):
        run_phases(world, step, Stopwatch())
    return world


def run_phases(world: World, step: int, watch: Stopwatch) -> None:
    """One step of the schedule, each phase timed in processor time."""
    world.begin_step(step)
    for phase in SCHEDULE:
        with watch(phase.name, time.process_time):
            phase.run(world)


def median(rows: Sequence[Row], name: str) -> float:
    """Median of one quantity over the repeats."""
    return statistics.median(row[name] for row in rows)


def spread(rows: Sequence[Row], name: str, form: str = ".3g") -> str:
    """Median with the smallest and largest repeat."""
    values = [row[name] for row in rows]
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column is text, the others numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
