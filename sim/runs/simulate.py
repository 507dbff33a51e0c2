"""Runs one scenario to its end and puts the results together.

The step loop is one line; what a step does is the schedule's business.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from sim.model import MandateModel
from sim.runs.results import Run, make_run, series_columns
from sim.runs.twins import persistence_by_source, post_mission_persistence
from sim.scenario import Scenario


def simulate(
    scenario: Scenario,
    seed: int | None = None,
    world_seed: int | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> Run:
    """Simulate a scenario.

    Parameters
    ----------
    scenario
        What to run.
    seed, world_seed
        Override the scenario's seeds.
    on_step
        Called after each step with (steps done, steps in all); an exception it raises ends the run.

    Returns
    -------
    Run
        Series, events, cases, tables, summary and the Mesa model.

    Raises
    ------
    ScenarioError
        When the scenario has problems; nothing is run.
    """
    model = _run_model(scenario, seed, world_seed, on_step)
    run = make_run(model)
    run.summary["post_mission_persistence"] = post_mission_persistence(
        run, lambda twin: make_run(_run_model(twin, model.world.seed, model.world.world_seed, None))
    )
    return run


def simulate_series(scenario: Scenario, on_step: Callable[[int, int], None] | None = None) -> pd.DataFrame:
    """Return the series of a scenario alone, those of ``simulate`` without its tables and the run that measures persistence.

    ``on_step`` is called after each step with (steps done, steps in all); an exception it raises ends the run.
    """
    return pd.DataFrame(series_columns(_run_model(scenario, None, None, on_step).world))


def persistence(
    scenario: Scenario,
    seed: int | None = None,
    world_seed: int | None = None,
    on_run: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """What outlives the mission in a scenario, by source; see ``persistence_by_source``.

    Ten runs: all sources on, then each of them off alone, each beside its never-deployed twin, all on the same luck.
    """
    return persistence_by_source(
        scenario, lambda variant: make_run(_run_model(variant, seed, world_seed, None)), on_run
    )


def _run_model(
    scenario: Scenario, seed: int | None, world_seed: int | None, on_step: Callable[[int, int], None] | None
) -> MandateModel:
    """Build a model and step it to its horizon."""
    model = MandateModel(scenario, seed, world_seed)
    n_steps = model.world.clock.n_steps
    for done in range(1, n_steps + 1):
        model.step()
        if on_step is not None:
            on_step(done, n_steps)
    return model
