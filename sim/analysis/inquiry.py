"""A sensitivity study as two sweeps: screening of many factors, then shares of variance for those that were kept.

Both sweeps lie in folders of their own below the study's, and are resumed like any other. Each mission, shock and world has
its own indices. The outcome is a level, or the paired difference of two options on the same luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sim.analysis.factors import Factor
from sim.analysis.robust import CONDITIONS
from sim.analysis.sensitivity import (
    INDEX_COLUMNS,
    base_points,
    kept_factors,
    luck_share,
    morris_design,
    morris_indices,
    pawn_indices,
    sobol_design,
    sobol_indices,
    values_by_point,
)
from sim.analysis.study import OUTCOMES
from sim.indicators import SUMMARY
from sim.scenario import Scenario
from sim.sweeps.plan import Cell, SweepPlan

SCREENING, VARIANCE = "screening", "variance"
SERIES_KEPT = ("true_exploited_persons",)  # a study reads summaries; one series shows what a run was like
STUDY_COLUMNS = (*CONDITIONS, "outcome", *INDEX_COLUMNS)
LUCK_COLUMNS = (*CONDITIONS, "outcome", "stage", "luck_share")


@dataclass(frozen=True)
class Inquiry:
    """What is asked.

    Attributes
    ----------
    cells
        Scenarios of the option and, if there is one, of what it is compared with.
    factors
        What is varied.
    outcomes
        Names in the summary of a run.
    option, than
        The option whose outcome is looked at; the one whose outcome is subtracted, empty for none.
    trajectories, keep, points, replicates
        Sizes: of the screening (0 = none), factors that go on, base points of Sobol's design (0 = none), runs of a point.
    command
        The one command that makes the study again.
    """

    cells: dict[Cell, Scenario]
    factors: tuple[Factor, ...]
    outcomes: tuple[str, ...]
    option: str
    than: str
    trajectories: int
    keep: int
    points: int
    replicates: int
    command: str

    @property
    def is_screened(self) -> bool:
        """Whether a first sweep decides which factors go on."""
        return self.trajectories > 0 and (len(self.factors) > self.keep or not self.points)

    def size(self, stage: str) -> int:
        """Runs of a stage, before equal ones are joined."""
        each = len(self.cells) * self.replicates
        if stage == SCREENING:
            return each * self.trajectories * (len(self.factors) + 1) if self.is_screened else 0
        return each * self.points * (min(self.keep, len(self.factors)) + 2)

    def plan(self, stage: str, factors: Sequence[Factor]) -> SweepPlan:
        """The sweep of a stage."""
        design = morris_design(factors, self.trajectories) if stage == SCREENING else sobol_design(factors, self.points)
        about = {
            "command": self.command,
            "design": "morris" if stage == SCREENING else "saltelli",
            "factors": [[factor.path, factor.low, factor.high] for factor in factors],
        }
        return SweepPlan(self.cells, design, self.replicates, SERIES_KEPT, about)


def label_of(outcome: str) -> tuple[str, str, str]:
    """Words, unit and good direction of an outcome."""
    unit, better, label = OUTCOMES.get(outcome, (SUMMARY[outcome][0], "neither", outcome.replace("_", " ")))
    return label, unit, better


def outcome_runs(runs: pd.DataFrame, outcome: str, option: str, than: str = "") -> pd.DataFrame:
    """Runs of one option with the outcome, or with its difference from another option at the same point and luck.

    A difference is there only where both runs are.
    """
    own = runs[runs["option"] == option]
    if not than:
        return own
    keys = [*CONDITIONS, "point", "replicate"]
    other = runs[runs["option"] == than][[*keys, outcome, "ok"]]
    both = own.merge(other, on=keys, how="inner", suffixes=("", "_than"))
    return both.assign(ok=both["ok"] & both["ok_than"], **{outcome: both[outcome] - both[f"{outcome}_than"]})


def stage_tables(
    inquiry: Inquiry, stage: str, factors: Sequence[Factor], runs: pd.DataFrame, design: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indices of a stage (``STUDY_COLUMNS``), and how much of the variance between points is luck (``LUCK_COLUMNS``)."""
    tables, luck = [], []
    for conditions in dict.fromkeys(cell[:3] for cell in inquiry.cells):
        here = runs[(runs[list(CONDITIONS)] == list(conditions)).all(axis=1)]
        for outcome in inquiry.outcomes:
            own = outcome_runs(here, outcome, inquiry.option, inquiry.than)
            values = values_by_point(own, outcome)
            if stage == SCREENING:
                found = [morris_indices(factors, design, values)]
            else:
                independent = base_points(factors, design)
                found = [sobol_indices(factors, design, values), pawn_indices(factors, independent, values)]
            about = dict(zip(CONDITIONS, conditions)) | {"outcome": outcome}
            tables += [table.assign(**about) for table in found]
            luck.append((*conditions, outcome, stage, luck_share(own, outcome)))
    return pd.concat(tables, ignore_index=True)[list(STUDY_COLUMNS)], pd.DataFrame(luck, columns=list(LUCK_COLUMNS))


def chosen_factors(inquiry: Inquiry, screening: pd.DataFrame) -> list[Factor]:
    """The factors that go on; every outcome, mission, shock and world has its turn."""
    names = [*CONDITIONS, "outcome"]
    turns = screening.assign(outcome=screening[names].astype(str).agg("/".join, axis=1))
    return kept_factors(inquiry.factors, turns, inquiry.keep)
