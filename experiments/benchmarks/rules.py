"""The rules for personnel as compiled columns and as ordinary Mesa objects, on the same weeks from the same state."""

from __future__ import annotations

import statistics
import time

from experiments.benchmarks.measuring import NANO, SETTLE_WEEKS, Row, generic, median, run_phases, settled, table
from experiments.oracle.timing import PERSON_PHASES, Stopwatch, count_draws, per_billet_step, run_beside
from sim.rng import uniform


def time_rules(billets: int, weeks: int) -> Row:
    """Nanoseconds per billet-step of both, and in how many values of any agent they disagree.

    Columns are timed on weeks of their own, as in any run, and again in between the objects, whose memory then fills the
    caches; both worlds are equal, so the weeks are the same.
    """
    steps = range(SETTLE_WEEKS, SETTLE_WEEKS + weeks - 1)
    world, alone, n = settled(generic(billets, SETTLE_WEEKS + weeks)), Stopwatch(), 0
    for step in steps:
        run_phases(world, step, alone)
        n += int(world.units.n_present.sum())
    world, watch = settled(generic(billets, SETTLE_WEEKS + weeks)), Stopwatch()
    beside = run_beside(world, steps, watch)
    cost = per_billet_step(watch, beside)
    return {
        "objects": sum(cost[f"objects {phase}"] for phase in PERSON_PHASES),
        "columns": sum(alone.seconds[phase] for phase in PERSON_PHASES) / n * NANO,
        "columns between": sum(cost[f"columns {phase}"] for phase in PERSON_PHASES),
        "draws": count_draws(world, steps.stop).total() / max(int(world.units.n_present.sum()), 1),
        "billet-weeks": beside.billet_weeks,
        "visits": beside.visits,
        "differ": beside.differ,
    }


def nanoseconds_per_draw(n: int = 20_000) -> float:
    """Processor time of one keyed draw called from Python."""
    uniform(0, 10, 1, 2)
    start = time.process_time()
    for i in range(n):
        uniform(0, 10, 1, i)
    return (time.process_time() - start) / n * NANO


def rules_text(rules: dict[int, list[Row]], draw_ns: list[float]) -> str:
    """Section on objects against columns."""
    draw = statistics.median(draw_ns)
    rows = []
    for n, runs in rules.items():
        ratio = statistics.median(r["objects"] / r["columns"] for r in runs)
        between = statistics.median(r["objects"] / r["columns between"] for r in runs)
        drawn = statistics.median(100 * draw * r["draws"] / r["objects"] for r in runs)
        costs = (f"{median(runs, 'objects'):,.0f}", f"{median(runs, 'columns'):,.1f}")
        rows.append([f"{n:,}", *costs, f"{ratio:.0f}", f"{between:.0f}", f"{drawn:.0f} %"])
    head = ["billets", "Mesa objects, ns", "mandate, ns", "ratio", "ratio, cold caches", "keyed draws in objects"]
    every = [row for runs in rules.values() for row in runs]
    differ, weeks = sum(row["differ"] for row in every), sum(row["billet-weeks"] for row in every)
    visits = sum(row["visits"] for row in every)
    return (
        "### The rules for personnel, as columns and as ordinary Mesa objects\n\nNanoseconds of processor time per "
        "billet and step for perceive, decide and match, the same weeks from the same state, medians. The objects do all that "
        "these phases do, units' beliefs, local demand, prices, earnings and habit included. A small mission is "
        "dominated by fixed costs of a step. *Cold caches*: columns timed right after the objects, whose memory "
        "has pushed theirs out. The last column is the part of the objects' time that goes into "
        f"calling keyed draws, {draw:.0f} ns each from Python (compiled; drawn in plain Python they would cost several times "
        "as much, and a generator of Python's own could not be compared agent by agent)."
        f"\n\n{table(head, rows)}\n\nAgreement: in {weeks:,.0f} billet-weeks with {visits:,.0f} visits sought, the two "
        f"versions differ in {differ:,.0f} values of any agent, near-ties of a draw apart."
    )
