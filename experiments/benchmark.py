"""Times the model against plain objects, memory and itself: missions, phases, rules, starting, sweeps.

Repeats are interleaved, so that a busy moment of the machine touches everything alike; what is reported are medians and
ratios. ``--quick`` measures small cases only, to show that the script works.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere and finds its own folder as a package

from experiments.benchmarks import efficiency, missions, phases, plot, rules, starting  # noqa: E402
from experiments.benchmarks.measuring import Row  # noqa: E402
from sim.config import load_scenario  # noqa: E402
from sim.viz import Drawing  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
MISSIONS = ("kosovo", "bosnia")


@dataclass(frozen=True)
class Size:
    """How much to measure."""

    repeats: int
    mission_changes: dict[str, Any]
    billets: tuple[int, ...]
    scaling_weeks: int
    object_billets: tuple[int, ...]
    object_weeks: dict[int, int]
    years: int
    year_billets: int
    sweep_runs: int


FULL = Size(3, {}, (5_000, 50_000, 500_000), 26, (5_000, 50_000), {5_000: 20, 50_000: 5}, 10, 50_000, 8)
QUICK = Size(
    2, {"scale": 0.02, "mission.horizon_weeks": 20}, (300, 600, 1_200), 4, (300, 600), {300: 4, 600: 4}, 2, 600, 4
)


def machine() -> str:
    """The machine in general terms."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    packages = ", ".join(f"{name} {version(name)}" for name in ("mesa", "numpy", "numba"))
    return f"{cores} {platform.machine()} cores, {platform.system()}, Python {platform.python_version()}, {packages}"


def report(size: Size, say: Callable[[str], None]) -> tuple[str, Drawing]:
    """Measure everything; the text between the markers, and the figure."""
    overrides = [f"{path}={value}" for path, value in size.mission_changes.items()]
    scenarios = {name: load_scenario(f"mission={name}", *overrides) for name in MISSIONS}
    say("memory")  # first, because a process may begin with the peak of the one that started it
    idle = missions.peak_memory_mb("import", ["mission=kosovo"])
    memory = {name: missions.peak_memory_mb("run", [f"mission={name}", *overrides]) for name in MISSIONS}
    say("starting")
    cold, starts = starting.time_starts(size.repeats, is_compiled=size is QUICK)
    say("sweeps")
    swept: dict[int, list[Row]] = {workers: [] for workers in efficiency.WORKERS}
    for _ in range(min(size.repeats, 3)):
        for workers, found in swept.items():
            found.append(efficiency.time_sweep(scenarios["kosovo"], size.sweep_runs, workers))
    say("missions")
    timed = missions.time_missions(scenarios, size.repeats)
    years = missions.time_years(size.year_billets, size.years)
    by_phase, compared, floor, draws = _by_size(size, say)
    parts = [
        f"Measured on {machine()}; {size.repeats} interleaved repeats after warm-up (compiled code cached).",
        missions.missions_text(timed, memory, idle),
        missions.years_text(years, size.year_billets),
        phases.phases_text(by_phase, floor),
        rules.rules_text(compared, draws),
        starting.starts_text(cold, starts),
        efficiency.sweeps_text(swept, "kosovo", size.sweep_runs),
    ]
    return "\n\n".join(parts), plot.drawing(by_phase, compared, floor)


def _by_size(
    size: Size, say: Callable[[str], None]
) -> tuple[dict[int, list[Row]], dict[int, list[Row]], list[Row], list[float]]:
    """Phases and rules at every size, the floors and the price of a draw, interleaved, after one unmeasured round."""
    by_phase: dict[int, list[Row]] = {n: [] for n in size.billets}
    compared: dict[int, list[Row]] = {n: [] for n in size.object_billets}
    floor, draws = [], []
    say("warm-up")
    for n in size.billets:
        phases.time_phases(n, size.scaling_weeks)
    rules.time_rules(size.object_billets[0], 4)
    for repeat in range(size.repeats):
        say(f"phases and rules, repeat {repeat + 1} of {size.repeats}")
        for n, found in by_phase.items():
            found.append(phases.time_phases(n, size.scaling_weeks))
        for n, found in compared.items():
            found.append(rules.time_rules(n, size.object_weeks[n]))
        floor.append(phases.time_floor())
        draws.append(rules.nanoseconds_per_draw())
    return by_phase, compared, floor, draws


NEW_PAGE = f"""# Benchmarks

`make bench` writes the part between the markers again, and the figure. Absolute times depend on the machine and on what else
it does; ratios within one table travel better. Nothing here is a promise.

![What a person-week costs, by size, as objects and as columns](figures/benchmarks.png)

{BEGIN}
{END}
"""


def write_page(page: Path, text: str) -> None:
    """Put the text between the markers of a page, which is made where it does not exist."""
    old = page.read_text(encoding="utf-8") if page.exists() else NEW_PAGE
    if BEGIN not in old or END not in old:
        raise SystemExit(f"{page.name}: lacks the markers {BEGIN} and {END}. Put them back, or remove the page.")
    head, tail = old.split(BEGIN)[0], old.split(END, 1)[1]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


def main(words: list[str] | None = None) -> None:
    """Measure, print, and write the page and its figure."""
    parser = argparse.ArgumentParser(description="Time the model and write docs/benchmarks.md.")
    parser.add_argument("--quick", action="store_true", help="small cases only; writes no page unless --to is given")
    parser.add_argument("--to", type=Path, help="page to write instead of docs/benchmarks.md")
    asked = parser.parse_args(words)
    text, drawn = report(QUICK if asked.quick else FULL, lambda line: print(f"... {line}", file=sys.stderr, flush=True))
    print(text)
    page = asked.to or (None if asked.quick else PAGE)
    if page is not None:
        write_page(page, text)
        plot.write_plot(page.parent / "figures", drawn)


if __name__ == "__main__":
    main()
