"""Times the model: full missions, every phase at three sizes, and the personnel rules against the same rules as objects.

Repeats are interleaved within one process, so that a busy moment of the machine touches everything alike; what is
reported are medians and ratios. ``--quick`` measures small cases only, to show that the script works.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere and finds its own folder as a package

from experiments.oracle.timing import PERSON_PHASES, Stopwatch, count_draws, per_billet_step, run_beside  # noqa: E402
from sim.config import load_scenario  # noqa: E402
from sim.model import MandateModel  # noqa: E402
from sim.rng import uniform  # noqa: E402
from sim.runs.results import make_run  # noqa: E402
from sim.scenario import Scenario  # noqa: E402
from sim.schedule import SCHEDULE  # noqa: E402
from sim.world.state import World  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SETTLE_WEEKS = 16  # the generic mission is at full strength by then
NANO, MEGA = 1e9, 2**20

Scenarios = dict[str, Scenario]


@dataclass(frozen=True)
class Size:
    """How much to measure."""

    repeats: int
    mission_repeats: int
    mission_changes: dict[str, Any]
    billets: tuple[int, ...]
    scaling_weeks: int
    object_billets: tuple[int, ...]
    object_weeks: dict[int, int]


FULL = Size(5, 3, {}, (5_000, 50_000, 500_000), 26, (1_500, 50_000), {1_500: 40, 50_000: 8})
QUICK = Size(2, 2, {"scale": 0.02, "mission.horizon_weeks": 20}, (300, 600, 1_200), 4, (300, 600), {300: 4, 600: 4})


def generic(billets: int, weeks: int) -> Scenario:
    """The generic mission with a given number of personnel."""
    changes = {"mission.trapezoid.peak": float(billets), "mission.horizon_weeks": weeks}
    return load_scenario("mission=generic").with_(changes)


def run_phases(world: World, step: int, watch: Stopwatch) -> None:
    """One step of the schedule, each phase timed in processor time."""
    world.begin_step(step)
    for phase in SCHEDULE:
        with watch(phase.name, time.process_time):
            phase.run(world)


# Missions


def time_mission(scenario: Scenario) -> dict[str, float]:
    """Seconds a user waits: set-up, all steps, putting the results together."""
    watch = Stopwatch()
    with watch("set-up"):
        model = MandateModel(scenario)
    with watch("steps"):
        for _ in range(model.world.clock.n_steps):
            model.step()
    with watch("results"):
        make_run(model)
    return watch.seconds | {"billets": len(model.world.billets), "weeks": model.week}


def time_missions(scenarios: Scenarios, repeats: int) -> dict[str, list[dict[str, float]]]:
    """Interleaved repeats of every mission, after one unmeasured set-up each."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in scenarios}
    for scenario in scenarios.values():
        MandateModel(scenario)
    for _ in range(repeats):
        for name, scenario in scenarios.items():
            found[name].append(time_mission(scenario))
    return found


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


def peak_memory_mb(job: str, overrides: list[str]) -> float:
    """Peak resident memory of a fresh process that runs a mission, or only imports the program (job ``import``)."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, job, *overrides], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1]) / MEGA


# Phases by size


def time_phases(billets: int, weeks: int) -> dict[str, float]:
    """Nanoseconds per billet-step by phase, at full strength."""
    world = MandateModel(generic(billets, SETTLE_WEEKS + weeks)).world
    watch, n = Stopwatch(), 0
    for step in range(SETTLE_WEEKS):
        run_phases(world, step, Stopwatch())
    for step in range(SETTLE_WEEKS, SETTLE_WEEKS + weeks):
        run_phases(world, step, watch)
        n += int(world.units.n_present.sum())
    return {name: seconds / n * NANO for name, seconds in watch.seconds.items()}


# Objects against columns


def time_rules(billets: int, weeks: int) -> dict[str, float]:
    """Nanoseconds per billet-step of the person rules as columns and as objects, and what the two disagree on."""
    world = MandateModel(generic(billets, SETTLE_WEEKS + weeks)).world
    for step in range(SETTLE_WEEKS):
        run_phases(world, step, Stopwatch())
    watch, steps = Stopwatch(), range(SETTLE_WEEKS, SETTLE_WEEKS + weeks - 1)
    beside = run_beside(world, steps, watch)
    found = per_billet_step(watch, beside)
    found["objects"] = sum(found[f"objects {phase}"] for phase in PERSON_PHASES)
    found["columns"] = sum(found[f"columns {phase}"] for phase in PERSON_PHASES)
    found["draws"] = count_draws(world, steps.stop).total() / max(int(world.units.n_present.sum()), 1)
    found |= {"billet-weeks": beside.billet_weeks, "visits": beside.visits, "differ": beside.differ}
    return found


def nanoseconds_per_draw(n: int = 20_000) -> float:
    """Processor time of one keyed draw called from Python."""
    uniform(0, 10, 1, 2)
    start = time.process_time()
    for i in range(n):
        uniform(0, 10, 1, i)
    return (time.process_time() - start) / n * NANO


# The page


def median(rows: list[dict[str, float]], name: str) -> float:
    """Median of one quantity over the repeats."""
    return statistics.median(row[name] for row in rows)


def spread(rows: list[dict[str, float]], name: str, form: str = ".3g") -> str:
    """Median with the smallest and largest repeat."""
    values = [row[name] for row in rows]
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column is text, the others numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine() -> str:
    """The machine in general terms."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    packages = ", ".join(f"{name} {version(name)}" for name in ("mesa", "numpy", "numba"))
    return f"{cores} {platform.machine()} cores, {platform.system()}, Python {platform.python_version()}, {packages}"


def missions_text(missions: dict[str, list[dict[str, float]]], memory: dict[str, float], idle_mb: float) -> str:
    """Section on whole missions."""
    head = ["mission", "billets", "weeks", "set-up, s", "all steps, s", "results, s", "peak memory, MB"]
    rows = [
        [
            name,
            f"{runs[0]['billets']:,.0f}",
            f"{runs[0]['weeks']:.0f}",
            spread(runs, "set-up"),
            spread(runs, "steps"),
            spread(runs, "results"),
            f"{memory[name]:.0f}",
        ]
        for name, runs in missions.items()
    ]
    return (
        f"### Whole missions\n\nWall-clock seconds, median (smallest to largest repeat). Memory is that of a fresh "
        f"process; {idle_mb:.0f} MB of it are the program and its libraries.\n\n{table(head, rows)}"
    )


def phases_text(phases: dict[int, list[dict[str, float]]]) -> str:
    """Section on the phases."""
    head = ["phase", *(f"{n:,}" for n in phases)]
    rows = [[phase.name, *(f"{median(runs, phase.name):.1f}" for runs in phases.values())] for phase in SCHEDULE]
    totals = [[sum(row[phase.name] for phase in SCHEDULE) for row in runs] for runs in phases.values()]
    persons = [[sum(row[name] for name in PERSON_PHASES) for row in runs] for runs in phases.values()]
    rows.append(["perceive, decide and match", *(f"{statistics.median(p):.1f}" for p in persons)])
    rows.append(["all phases", *(f"{statistics.median(t):.1f}" for t in totals)])
    return (
        "### Every phase by number of billets\n\nNanoseconds of processor time per billet and step, generic mission at "
        "full strength, medians. Supply and people depend on venues and persons, not on billets, so that their "
        f"share falls as a mission grows.\n\n{table(head, rows)}"
    )


def rules_text(rules: dict[int, list[dict[str, float]]], draw_ns: list[float]) -> str:
    """Section on objects against columns."""
    draw = statistics.median(draw_ns)
    rows = []
    for n, runs in rules.items():
        ratio = statistics.median(r["objects"] / r["columns"] for r in runs)
        drawn = statistics.median(100 * draw * r["draws"] / r["objects"] for r in runs)
        rows.append(
            [
                f"{n:,}",
                *(f"{median(runs, name):,.0f}" for name in ("objects", "columns")),
                f"{ratio:.1f}",
                f"{drawn:.0f} %",
            ]
        )
    head = ["billets", "Mesa objects, ns", "mandate, ns", "ratio", "keyed draws in objects"]
    every = [row for runs in rules.values() for row in runs]
    differ, weeks = sum(row["differ"] for row in every), sum(row["billet-weeks"] for row in every)
    visits = sum(row["visits"] for row in every)
    return (
        "### The rules for personnel, as columns and as ordinary Mesa objects\n\nNanoseconds of processor time per "
        "billet and step for perceive, decide and match, side by side in the same steps, medians. The objects do all that "
        "these phases do, units' beliefs, local demand, prices, earnings and habit included. A small mission is "
        "dominated by fixed costs of a step. The last column is the part of the objects' time that goes into "
        f"calling keyed draws, {draw:.0f} ns each from Python (compiled; drawn in plain Python they would cost several times "
        "as much, and a generator of Python's own could not be compared agent by agent)."
        f"\n\n{table(head, rows)}\n\nAgreement: in {weeks:,.0f} billet-weeks with {visits:,.0f} visits sought, the two "
        f"versions differ in {differ:,.0f} values of any agent, near-ties of a draw apart."
    )


def report(size: Size, say: Callable[[str], None]) -> str:
    """Measure everything and return the text between the markers."""
    names = ("kosovo", "bosnia")
    overrides = [f"{path}={value}" for path, value in size.mission_changes.items()]
    say("memory")  # first, because a process may begin with the peak of the one that started it
    idle = peak_memory_mb("import", ["mission=kosovo"])
    memory = {name: peak_memory_mb("run", [f"mission={name}", *overrides]) for name in names}
    say("warm-up")
    for billets in (size.billets[0], size.object_billets[0]):
        time_rules(billets, 4)
    say("missions")
    scenarios = {name: load_scenario(f"mission={name}", *overrides) for name in names}
    missions = time_missions(scenarios, size.mission_repeats)
    phases: dict[int, list[dict[str, float]]] = {n: [] for n in size.billets}
    rules: dict[int, list[dict[str, float]]] = {n: [] for n in size.object_billets}
    draw_ns = []
    for repeat in range(size.repeats):
        say(f"phases and rules, repeat {repeat + 1} of {size.repeats}")
        for n, runs in phases.items():
            runs.append(time_phases(n, size.scaling_weeks))
        for n, compared in rules.items():
            compared.append(time_rules(n, size.object_weeks[n]))
        draw_ns.append(nanoseconds_per_draw())
    parts = [
        f"Measured on {machine()}; {size.mission_repeats} interleaved repeats of the missions and {size.repeats} of "
        "everything else, after warm-up (compiled code cached).",
        missions_text(missions, memory, idle),
        phases_text(phases),
        rules_text(rules, draw_ns),
    ]
    return "\n\n".join(parts)


NEW_PAGE = f"""# Benchmarks

`make bench` writes the part between the markers again. Absolute times depend on the machine and on what else it does;
ratios within one table travel better. Nothing here is a promise.

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
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description="Time the model and write docs/benchmarks.md.")
    parser.add_argument("--quick", action="store_true", help="small cases only; writes no page unless --to is given")
    parser.add_argument("--to", type=Path, help="page to write instead of docs/benchmarks.md")
    asked = parser.parse_args(words)
    text = report(QUICK if asked.quick else FULL, lambda line: print(f"... {line}", file=sys.stderr, flush=True))
    print(text)
    page = asked.to or (None if asked.quick else PAGE)
    if page is not None:
        write_page(page, text)


if __name__ == "__main__":
    main()
