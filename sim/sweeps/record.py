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
            "series": _arrays(run.series[["week", *(self.indicators or indicator_names())]]),
            "cases": _columns(case_counts(run.cases)),
            "funnel": _columns(run.funnel),
        }


def indicator_names() -> list[str]:
    """Names of all indicators of a series, in their order."""
    return list(INDICATORS)


def case_counts(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases of a run by kind, authority, forum and outcome: how many, and mean weeks from report or arrest to outcome.

    Weeks are missing where no case of a group has ended.
    """
    begun = cases["report_week"].fillna(cases["arrest_week"])
    weeks = (cases["outcome_week"] - begun).astype(float)
    groups = cases[list(CASE_KEYS)].assign(weeks=weeks).groupby(list(CASE_KEYS), sort=True)["weeks"]
    return groups.agg(n="size", mean_weeks="mean").reset_index()


def _arrays(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Columns as real numbers of four bytes."""
    return {str(name): table[name].to_numpy(dtype=np.float32, na_value=np.nan) for name in table.columns}


def _columns(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Columns as arrays: texts as they are, numbers in four bytes."""
    return {str(name): _small(table[name]) for name in table.columns}


def _small(column: pd.Series) -> np.ndarray:
    """A column as texts, or as numbers of four bytes."""
    if pd.api.types.is_integer_dtype(column):
        return column.to_numpy(dtype=np.int32)
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float32)
    return column.astype(str).to_numpy(dtype=object)


def _number(value: Any) -> float:
    """A number; what is none is NaN."""
    return math.nan if value is None or isinstance(value, str) else float(value)
