"""``mandate sweep``: a design of many scenarios into a store, with everything that can be wrong found before the first run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.folder import check_place
from sim.cli.progress import Reporter
from sim.cli.say import as_json, note
from sim.cli.sweeping import FAILED, carry_out, content, dry_run, ending
from sim.cli.swept import RESULTS, Workers, read_swept
from sim.cli.words import Words

if TYPE_CHECKING:
    from sim.sweeps.engine import SweepEngine
    from sim.sweeps.plan import SweepPlan


def main(words: Words) -> int:
    """Sweep."""
    from sim.sweeps.engine import SweepEngine

    asked = read_swept(words)
    with Reporter(words.has("--quiet"), not words.has("--no-color"), "point") as report:
        engine = SweepEngine(asked.plan, asked.folder or Path(), on_point=report)
    engine.place(asked.folder or _default_folder(engine))
    check_place(engine.folder)
    engine.check()
    note(_echo(asked.plan), words.has("--quiet"))
    return finish(engine, asked.workers, words)


def finish(engine: SweepEngine, workers: Workers, words: Words) -> int:
    """Show what would be done, or do it; returns the exit code."""
    if words.has("--dry-run"):
        print(dry_run(engine, workers, words))
        return 0
    failures = carry_out(engine, workers, words)
    if words.has("--json"):
        print(as_json({**content(engine, engine.state()), "failures": sorted(set(failures.values()))}))
    note(ending(engine, failures), words.has("--quiet"))
    return FAILED if failures else 0


def _default_folder(engine: SweepEngine) -> Path:
    """A folder of the main mission, named after scenarios, seeds and the model."""
    luck = engine.keyed[["key", "seed", "world_seed"]].to_csv(index=False)
    mission = next(iter(engine.plan.cells)).mission
    return Path(f"{RESULTS}/{mission}-sweep-{hashlib.sha256(luck.encode()).hexdigest()[:8]}")


def _echo(plan: SweepPlan) -> str:
    """What is swept, in words."""
    names = {
        f"{what}s" if len(found) > 1 else what: ", ".join(found)
        for what in ("option", "mission", "shock", "world")
        if (found := list(dict.fromkeys(getattr(cell, what) for cell in plan.cells)))
    }
    lines = ["; ".join(f"{what} {found}" for what, found in names.items())]
    lines += [f"varied: {', '.join(plan.paths)} ({len(plan.design):,} points)"] if plan.paths else []
    lines += [f"common to all: {' '.join(plan.about['common'])}"] if plan.about.get("common") else []
    return "\n".join(lines)
