"""Comparison of scenarios on the same luck: every alternative runs with the same seeds, and differences are paired.

Replicate i uses seed + i and world_seed + i of its scenario for all alternatives. Results are a function of scenarios and
seeds alone, whatever the order of alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.above import above
from sim.analysis.effects import MATTERS_SHARE, paired_effects
from sim.errors import ScenarioError, did_you_mean
from sim.runs.batch import in_processes
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
    matters_share
        Smallest difference worth acting on, as a share of the baseline's mean.
    """

    effects: pd.DataFrame
    outcomes: pd.DataFrame
    series: pd.DataFrame
    baseline: str
    matters_share: float = MATTERS_SHARE

    def plot(self, outcome: str = "true_exploitation_person_weeks") -> Any:
        """Draw each option's change of one outcome against the baseline; a Matplotlib figure.

        Raises
        ------
        ValueError
            If the outcome is not among those compared.
        """
        known = set(self.effects["outcome"])
        if outcome not in known:
            raise ValueError(f"outcome {outcome!r} was not compared. {did_you_mean(outcome, known)}")
        return above("effects").effects(self.effects, self.baseline, outcome, self.matters_share).figure

    def plot_series(self, indicator: str = "true_exploited_persons") -> Any:
        """Draw an indicator over time, the middle and nine in ten runs of each option; a Matplotlib figure.

        Raises
        ------
        ValueError
            If there is no such indicator.
        """
        known = [name for name in self.series if name not in ("option", "replicate", "week", "date")]
        if indicator not in known:
            raise ValueError(f"indicator {indicator!r} is unknown. {did_you_mean(indicator, known)}")
        return above("fan").fan(self.series, indicator).figure


def compare(
    scenarios: Mapping[str, Scenario],
    replicates: int = 20,
    baseline: str | None = None,
    matters_share: float = MATTERS_SHARE,
    workers: int = 1,
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
    workers
        Processes that share the runs; results do not depend on their number.
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
    _check(scenarios, replicates, comparator, workers)
    tasks = [(option, i) for i in range(replicates) for option in names]
    runs = in_processes(_one_run, ((scenarios[option], option, i) for option, i in tasks), workers)
    done: dict[tuple[str, int], tuple[dict[str, Any], pd.DataFrame]] = {}
    for outcomes, series in runs:
        done[outcomes["option"], outcomes["replicate"]] = outcomes, series
        if on_run is not None:
            on_run(len(done), len(tasks))
    table = pd.DataFrame([done[task][0] for task in tasks])
    joined = pd.concat([done[task][1] for task in tasks], ignore_index=True)
    return Comparison(paired_effects(table, comparator, matters_share), table, joined, comparator, matters_share)


def _one_run(scenario: Scenario, option: str, replicate: int) -> tuple[dict[str, Any], pd.DataFrame]:
    """Outcomes and series of one replicate, without its model, which need not travel between processes."""
    run = simulate(scenario, seed=scenario.seed + replicate, world_seed=scenario.world_seed + replicate)
    series = run.series.copy()
    series.insert(0, "replicate", replicate)
    series.insert(0, "option", option)
    return {"option": option, "replicate": replicate, **outcomes_of(run)}, series


def outcomes_of(run: Run) -> dict[str, float | None]:
    """Numbers of one run that comparisons are made of: its summary, and means of violence and personnel present."""
    summary = {name: value for name, value in run.summary.items() if not name.endswith("_week")}
    return {**summary, **{f"mean_{name}": float(run.series[name].mean()) for name in MEANS}}


def _check(scenarios: Mapping[str, Scenario], replicates: int, baseline: str, workers: int) -> None:
    """Refuse a request that cannot be compared."""
    found = []
    if len(scenarios) < 2:
        found.append(f"scenarios = {list(scenarios)}: a comparison needs at least two. Add one.")
    for name, value, fix in (
        ("replicates", replicates, "Use 20 or more."),
        ("workers", workers, "Use the number of cores."),
    ):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            found.append(f"{name} = {value}: must be a whole number above 0. {fix}")
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
