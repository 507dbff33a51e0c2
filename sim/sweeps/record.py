"""What a sweep keeps of one run: a row of numbers, the whole series, counts of cases and the funnel, as small arrays.

Real numbers of series are kept in four bytes, those of the summary in eight; everything else can be made again from
the stored scenario and the seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.indicators import INDICATORS
from sim.runs.batch import OtherModel
from sim.runs.cases import Columns
from sim.runs.kept import model_version
from sim.runs.results import Run

RECORD_VERSION = 1
SCHEMA = f"sweep {RECORD_VERSION}"
CASE_KEYS = ("kind", "authority", "forum", "outcome")


@dataclass(frozen=True)
class Recorder:
    """Takes from a run what is kept; travels to the process that makes the run.

    Attributes
    ----------
    indicators
        Columns of the series; all where empty.
    version
        Of the model that must make the runs; any where empty.
    """

    indicators: Sequence[str] = ()
    version: str = ""

    def __call__(self, run: Run) -> dict[str, Any]:
        """Return the run's tables as plain arrays.

        Raises
        ------
        OtherModel
            When the model here is not the one asked for; its numbers must not be mixed with others.
        """
        if self.version and model_version(SCHEMA) != self.version:
            raise OtherModel(
                f"this worker has another version of the model ({model_version(SCHEMA)}, asked for {self.version}). "
                "Install the same version everywhere."
            )
        return {
            "summary": {name: _number(value) for name, value in run.summary.items()},
            "series": {
                name: _small(run.columns["series"][name]) for name in ("week", *(self.indicators or INDICATORS))
            },
            "cases": {name: _small(values) for name, values in case_counts(run.columns["cases"]).items()},
            "funnel": {name: _small(values) for name, values in run.columns["funnel"].items()},
        }


def indicator_names() -> list[str]:
    """Names of all indicators of a series, in their order."""
    return list(INDICATORS)


def case_counts(cases: Columns) -> Columns:
    """Cases of a run by kind, authority, forum and outcome: how many, and mean weeks from report or arrest to outcome.

    Weeks are missing where no case of a group has ended.
    """
    keys = [*zip(*(cases[name].tolist() for name in CASE_KEYS), strict=True)]
    groups = sorted(set(keys))
    number = {group: i for i, group in enumerate(groups)}
    of_case = np.array([number[key] for key in keys], np.int64)
    begun = np.where(np.isnan(cases["report_week"]), cases["arrest_week"], cases["report_week"])
    weeks = pd.Series(cases["outcome_week"] - begun).groupby(of_case).mean()
    words = {name: np.array([group[i] for group in groups], object) for i, name in enumerate(CASE_KEYS)}
    return {**words, "n": np.bincount(of_case, minlength=len(groups)), "mean_weeks": weeks.to_numpy()}


def _small(values: np.ndarray) -> np.ndarray:
    """Texts as they are; numbers in four bytes."""
    return values if values.dtype == object else values.astype(np.int32 if values.dtype.kind == "i" else np.float32)


def _number(value: Any) -> float:
    """A number; what is none is NaN."""
    return math.nan if value is None or isinstance(value, str) else float(value)
