"""Every phase at several sizes, and the least that memory and arithmetic would allow."""

from __future__ import annotations

import statistics
import time

import numpy as np

from experiments.benchmarks.measuring import NANO, SETTLE_WEEKS, Row, generic, median, run_phases, settled, table
from experiments.oracle.timing import PERSON_PHASES, Stopwatch
from sim.numerics import logistics
from sim.rng import Decision, draw_each, number
from sim.schedule import SCHEDULE

# Bytes a step must move: of every post when its turn comes; of a prone person place, key, cell, propensity and first visit
# read, and the share of free time taken written.
BYTES_POST, BYTES_PRONE = 4, 5 * 8 + 4
COPIED = 8_000_000  # numbers, far more than any cache holds


def time_phases(billets: int, weeks: int) -> Row:
    """Nanoseconds per billet-step by phase, at full strength, and the part of personnel who are prone."""
    world = settled(generic(billets, SETTLE_WEEKS + weeks))
    watch, n, prone = Stopwatch(), 0, 0
    for step in range(SETTLE_WEEKS, SETTLE_WEEKS + weeks):
        run_phases(world, step, watch)
        n += int(world.units.n_present.sum())
        prone += int(world.muster.n_prone.sum())
    return {name: seconds / n * NANO for name, seconds in watch.seconds.items()} | {"prone": prone / n}


def time_floor(n: int = 15_000, repeats: int = 40) -> Row:
    """Nanoseconds to copy a byte to and fro in memory, and for one keyed draw and one logistic of a person, best of some."""
    source, target = np.ones(COPIED), np.empty(COPIED)
    keys, draws, odds = np.arange(n), np.empty(n), np.linspace(-8.0, 2.0, n)
    copying, drawing = [], []
    for _ in range(repeats):
        start = time.process_time()
        np.copyto(target, source)
        copying.append((time.process_time() - start) / (2 * 8 * COPIED))
        start = time.process_time()
        draw_each(1, number(Decision.ACT), 1, keys, draws)
        logistics(odds)
        drawing.append((time.process_time() - start) / n)
    return {"byte": min(copying) * NANO, "person": min(drawing) * NANO}


def floors(phases: Row, floor: Row) -> tuple[float, float]:
    """Least nanoseconds per billet-step that memory and arithmetic would allow."""
    return (BYTES_POST + BYTES_PRONE * phases["prone"]) * floor["byte"], phases["prone"] * floor["person"]


def phases_text(phases: dict[int, list[Row]], floor: list[Row]) -> str:
    """Section on the phases."""
    rows = [[phase.name, *(f"{median(runs, phase.name):.1f}" for runs in phases.values())] for phase in SCHEDULE]
    for name, parts in (
        ("perceive, decide and match", PERSON_PHASES),
        ("all phases", tuple(phase.name for phase in SCHEDULE)),
    ):
        sums = ([sum(row[part] for part in parts) for row in runs] for runs in phases.values())
        rows.append([f"**{name}**", *(f"{statistics.median(one):.1f}" for one in sums)])
    least = {"byte": median(floor, "byte"), "person": median(floor, "person")}
    bounds = [floors({"prone": median(runs, "prone")}, least) for runs in phases.values()]
    rows.append(["least for memory", *(f"{memory:.1f}" for memory, _ in bounds)])
    rows.append(["least for arithmetic", *(f"{arithmetic:.1f}" for _, arithmetic in bounds)])
    prone = ", ".join(f"{median(runs, 'prone'):.0%}" for runs in phases.values())
    return (
        "### Every phase by number of billets\n\nNanoseconds of processor time per billet and step, generic mission at "
        "full strength, medians. Supply and people depend on venues and persons, not on billets, and every phase has costs "
        "that do not depend on size, so that most shares fall as a mission grows. The last two rows are what the personnel "
        f"phases could not go below: {BYTES_POST} bytes of every post and {BYTES_PRONE} of a prone person ({prone} of them) "
        f"through memory at {1.0 / least['byte']:.0f} GB/s, or one keyed draw and one logistic for each prone person, "
        f"{least['person']:.1f} ns.\n\n{table(['phase', *(f'{n:,}' for n in phases)], rows)}"
    )
