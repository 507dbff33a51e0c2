"""``mandate resume``: go on with a sweep from what its folder says, without the files it was composed from."""

from __future__ import annotations

from sim.cli.folder import check_place
from sim.cli.sweep import finish
from sim.cli.sweeping import one_folder
from sim.cli.swept import read_workers
from sim.cli.words import Words


def main(words: Words) -> int:
    """Go on with a sweep."""
    workers = read_workers(words, words.problems)
    folder = one_folder(words, "resume")
    from sim.runs.kept import model_version
    from sim.sweeps.engine import SweepEngine
    from sim.sweeps.folder import check_model, open_sweep_manifest, read_plan
    from sim.sweeps.record import SCHEMA

    check_model(folder, open_sweep_manifest(folder), model_version(SCHEMA))
    plan, keyed = read_plan(folder)
    check_place(folder)
    engine = SweepEngine(plan, folder, keyed)
    if words.has("--again"):
        engine.try_again()
    return finish(engine, workers, words)
