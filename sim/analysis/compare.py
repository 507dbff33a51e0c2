"""Comparison of scenarios on the same luck: every alternative runs with the same seeds, and differences are paired.

Replicate i uses seed + i and world_seed + i of its scenario for all alternatives. Results are a function of scenarios and
seeds alone, whatever the order of alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from sim.analysis.effects import MATTERS_SHARE, paired_effects
from sim.errors import ScenarioError, did_you_mean
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

MEANS = ("violence_index", "personnel_present")


@dataclass(frozen=True)
class Comparison:
    """Runs of several alternatives on common random numbers.

    Attributes
    ----------
    effects
        Paired effects of every alternative on every outcome; see ``paired_effects``.
    outcomes
        One row per option and replicate with the outcomes the effects are made of.
    series
        Series of all runs, with ``option`` and ``replicate`` in front.
    baseline
        The option the others are compared with.
    """

    effects: pd.DataFrame
    outcomes: pd.DataFrame
    series: pd.DataFrame
    baseline: str


def compare(
    scenarios: Mapping[str, Scenario],
    replicates: int = 20,
    baseline: str | None = None,
    matters_share: float = MATTERS_SHARE,
    on_run: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Run alternatives on common random numbers and pair their differences.

    Parameters
    ----------
    scenarios
        Alternatives by name, at least two, of one mission and length.
    replicates
        Runs of each; 20 or more for heavy-tailed outcomes.
    baseline
        Name of the comparator; the first by default.
    matters_share
        Smallest difference worth acting on, as a share of the baseline's mean (assumed).
    on_run
        Called after each run with (runs done, runs in all).

    Returns
    -------
    Comparison
        Effects, outcomes by run, and series.

    Raises
    ------
    ScenarioError
        With every problem of the request, before anything is run.
    """
    names = list(scenarios)
    comparator = names[0] if baseline is None and names else str(baseline)
    _check(scenarios, replicates, comparator)
    outcomes, series = [], []
    for done, (option, i) in enumerate(((o, i) for i in range(replicates) for o in names), start=1):
        scenario = scenarios[option]
        run = simulate(scenario, seed=scenario.seed + i, world_seed=scenario.world_seed + i)
        outcomes.append({"option": option, "replicate": i, **outcomes_of(run)})
        series.append(run.series.assign(option=option, replicate=i))
        if on_run is not None:
            on_run(done, replicates * len(names))
    table = pd.DataFrame(outcomes)
    joined = pd.concat(series, ignore_index=True)
    columns = ["option", "replicate", *(c for c in joined.columns if c not in ("option", "replicate"))]
    return Comparison(paired_effects(table, comparator, matters_share), table, joined[columns], comparator)


def outcomes_of(run: Run) -> dict[str, float | None]:
    """Numbers of one run that comparisons are made of: its summary, and means of violence and personnel present."""
    summary = {name: value for name, value in run.summary.items() if not name.endswith("_week")}
    return {**summary, **{f"mean_{name}": float(run.series[name].mean()) for name in MEANS}}


def _check(scenarios: Mapping[str, Scenario], replicates: int, baseline: str) -> None:
    """Refuse a request that cannot be compared."""
    found = []
    if len(scenarios) < 2:
        found.append(f"scenarios = {list(scenarios)}: a comparison needs at least two. Add one.")
    if isinstance(replicates, bool) or not isinstance(replicates, int) or replicates < 1:
        found.append(f"replicates = {replicates}: must be a whole number above 0 (runs). Use 20 or more.")
    if scenarios and baseline not in scenarios:
        found.append(f"baseline = {baseline}: is not among the scenarios. {did_you_mean(baseline, scenarios)}")
    for what in ("name", "horizon_weeks"):
        values = {getattr(scenario.mission, what) for scenario in scenarios.values()}
        if len(values) > 1:
            found.append(
                f"scenarios: mission.{what} differs ({sorted(map(str, values))}). Compare one mission at a time."
            )
    for what in ("seed", "world_seed"):
        if len({getattr(scenario, what) for scenario in scenarios.values()}) > 1:
            found.append(f"scenarios: {what} differs, so luck would not be shared. Use one {what} for all.")
    if found:
        raise ScenarioError(found)
