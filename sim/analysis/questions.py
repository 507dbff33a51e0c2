"""The questions discovery answers: at which design points an option fails, harms, or beats another, and how that is said.

A point counts by the mean of its paired differences, relative to the other option's mean there. Every shock and world has
its own points and its own answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.discovery import Box, Limit
from sim.analysis.factors import PARAMETERS
from sim.analysis.robust import CONDITIONS, cases_of

POINT_COLUMNS = (*CONDITIONS, "point", "level", "difference", "change", "n")


@dataclass(frozen=True)
class Question:
    """What makes a point a case: its improvement, as a share, against the smallest one that matters."""

    name: str
    verb: str
    noun: str
    about: str

    def is_case(self, improvement: NDArray[np.float64], matters: float) -> NDArray[np.bool_]:
        """Which points are cases; points without a number are none."""
        if self.name == "fails":
            return np.asarray(improvement < matters)
        return np.asarray(improvement >= matters if self.name == "beats" else improvement <= -matters)


QUESTIONS = {
    question.name: question
    for question in (
        Question("fails", "fails", "failures", "improves by less than matters, or worsens"),
        Question("beats", "beats {than}", "wins", "improves by what matters or more"),
        Question("harms", "harms", "harms", "worsens by what matters or more"),
    )
}


def point_differences(runs: pd.DataFrame, outcome: str, option: str, than: str) -> pd.DataFrame:
    """Paired differences ``option - than`` at each design point, means over its replicates.

    Returns
    -------
    DataFrame
        ``POINT_COLUMNS``: mean outcome of ``than``, mean difference, that difference as a share of the mean (NaN where
        that is 0), and pairs.

    Raises
    ------
    ValueError
        If an option is not among the runs.
    """
    wide = cases_of(runs[runs["option"].isin([option, than])], outcome)
    for name in (option, than):
        if name not in wide.columns:
            raise ValueError(f"option {name!r} is not among {sorted(set(runs['option']))}")
    pairs = pd.DataFrame({"level": wide[than], "difference": wide[option] - wide[than]}).reset_index()
    grouped = pairs.groupby([*CONDITIONS, "point"], sort=False)
    table = grouped.agg(
        level=("level", "mean"), difference=("difference", "mean"), n=("difference", "size")
    ).reset_index()
    table["change"] = table["difference"] / table["level"].abs().where(table["level"] != 0.0)
    return table[list(POINT_COLUMNS)]


def improvement(points: pd.DataFrame, better: str) -> NDArray[np.float64]:
    """Change of each point in the good direction, as a share."""
    return points["change"].to_numpy(dtype=float) * (1.0 if better == "higher" else -1.0)


def box_sentence(box: Box, question: Question, option: str, than: str) -> str:
    """A box in words with its counts."""
    subject = f"{option} {question.verb.format(than=than)}"
    overall = f"{box.total_cases:,} of {box.total:,} points overall"
    if not box.limits:
        return f"No region stands out in which {subject}: {overall}."
    counts = (
        f"{box.n_cases:,} of {box.n:,} such points, covering {box.n_cases:,} of {box.total_cases:,} {question.noun}"
    )
    told = f"{subject} when {box_words(box)}: {counts} ({overall})."
    if math.isnan(box.by_chance) or box.is_more_than_chance:
        return told
    return f"{told} Shuffled points give boxes as good: take this for chance."


def box_words(box: Box) -> str:
    """The limits of a box: ``a is above 1 and b is between 2 and 3``."""
    return " and ".join(_side([limit for limit in box.limits if limit.path == path]) for path in box.factors)


def _side(limits: list[Limit]) -> str:
    """The limits of one factor."""
    name = limits[0].path.removeprefix(PARAMETERS)
    if len(limits) == 2:
        low, high = sorted(limit.value for limit in limits)
        return f"{name} is between {low:.3g} and {high:.3g}"
    return f"{name} is {'above' if limits[0].is_above else 'below'} {limits[0].value:.3g}"
