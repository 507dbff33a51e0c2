"""Whole missions: what a user waits for and what memory it takes, and whether ten years cost twice what five do."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from experiments.benchmarks.measuring import MEGA, MICRO, SETTLE_WEEKS, Row, generic, median, run_phases, spread, table
from experiments.oracle.timing import Stopwatch
from sim.clock import WEEKS_PER_YEAR
from sim.model import MandateModel
from sim.runs.results import make_run
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[2]
MEMORY = """
import resource, sys
from sim.config import load_scenario
from sim.model import MandateModel
from sim.runs.results import make_run
scenario = load_scenario(*sys.argv[2:])
if sys.argv[1] == "run":
    model = MandateModel(scenario)
    for _ in range(model.world.clock.n_steps):
        model.step()
    make_run(model)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def time_mission(scenario: Scenario) -> Row:
    """Seconds a user waits: set-up, all steps, putting the results together."""
    watch = Stopwatch()
    with watch("set-up"):
        model = MandateModel(scenario)
    with watch("steps"):
        for _ in range(model.world.clock.n_steps):
            model.step()
    with watch("results"):
        make_run(model)
    seconds = watch.seconds | {"all": sum(watch.seconds.values())}
    return seconds | {"billets": len(model.world.billets), "weeks": model.week}


def time_missions(scenarios: dict[str, Scenario], repeats: int) -> dict[str, list[Row]]:
    """Interleaved repeats of every mission, after one unmeasured run each."""
    found: dict[str, list[Row]] = {name: [] for name in scenarios}
    for scenario in scenarios.values():
        time_mission(scenario)
    for _ in range(repeats):
        for name, scenario in scenarios.items():
            found[name].append(time_mission(scenario))
    return found


def peak_memory_mb(job: str, overrides: list[str]) -> float:
    """Peak resident memory of a fresh process that runs a mission, or only imports the program (job ``import``)."""
    words = [sys.executable, "-c", MEMORY, job, *overrides]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) / MEGA


def time_years(billets: int, years: int) -> list[float]:
    """Microseconds of processor time a step, year by year, of the generic mission kept at full strength."""
    year = round(WEEKS_PER_YEAR)
    weeks = SETTLE_WEEKS + years * year
    world = MandateModel(generic(billets, weeks, **{"mission.trapezoid.plateau_weeks": float(weeks)})).world
    for step in range(SETTLE_WEEKS):
        run_phases(world, step, Stopwatch())
    found = []
    for first in range(SETTLE_WEEKS, weeks, year):
        start = time.process_time()
        for step in range(first, first + year):
            run_phases(world, step, Stopwatch())
        found.append((time.process_time() - start) / year * MICRO)
    return found


def missions_text(missions: dict[str, list[Row]], memory: dict[str, float], idle_mb: float) -> str:
    """Section on whole missions."""
    head = ["mission", "billets", "weeks", "set-up, s", "all steps, s", "results, s", "together, s", "peak memory, MB"]
    rows = [
        [
            name,
            f"{runs[0]['billets']:,.0f}",
            f"{runs[0]['weeks']:.0f}",
            *(spread(runs, part) for part in ("set-up", "steps", "results")),
            f"{median(runs, 'all'):.3g}",
            f"{memory[name]:.0f}",
        ]
        for name, runs in missions.items()
    ]
    return (
        f"### Whole missions\n\nWall-clock seconds on one core, median (smallest to largest repeat). Memory is that of a fresh "
        f"process; {idle_mb:.0f} MB of it are the program and its libraries.\n\n{table(head, rows)}"
    )


def years_text(years: list[float], billets: int) -> str:
    """Paragraph on the length of a run."""
    half = len(years) // 2
    ratio = sum(years[half:]) / (len(years) - half) / (sum(years[:half]) / half)
    return (
        f"**Length of a run.** {billets:,} billets kept at full strength for {len(years)} years: a step costs "
        f"{min(years):,.0f} to {max(years):,.0f} microseconds in the mean of a year, in the later half {ratio:.2f} times what it "
        "costs in the earlier half. The market still grows in the first years, and open cases and persons with it."
    )
