"""What a comparison keeps of one run: its summary, a quarterly series, the case funnel and exploitation by place.

Small plain tables, so that thousands of runs fit on a laptop; everything else can be made again from scenario and seeds.
Numbers a version of the model does not have are left out here and count as missing later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.study import SERIES_SHOWN
from sim.indicators import INDICATORS
from sim.runs.results import Run

SERIES_WEEKS = 13.0
RECORD_VERSION = 1
SCHEMA = f"{RECORD_VERSION};{SERIES_WEEKS:g};{','.join(SERIES_SHOWN)}"
PLACE = ("cell", "column", "row", "longitude", "latitude", "country")


def record_of(run: Run) -> dict[str, Any]:
    """Return what is kept of a run, as plain lists and numbers."""
    return {
        "summary": {name: _number(value) for name, value in run.summary.items()},
        "series": _lists(quarterly(run.columns["series"])),
        "funnel": {name: values.tolist() for name, values in run.columns["funnel"].items()},
        "cells": _lists(person_weeks_by_cell(run.columns["cells"])),
    }


def quarterly(series: Mapping[str, Any], weeks: float = SERIES_WEEKS) -> pd.DataFrame:
    """A series in rows of 13 weeks: flows as sums, levels and prices as means, ratios as their last value.

    A row is named by its first week. Where steps do not fit into 13 weeks, sums are scaled to 13 weeks. A last row of less
    than half its length is left out, unless it is the only one.
    """
    week = np.asarray(series["week"], np.float64)
    step = float(week[1] - week[0]) if len(week) > 1 else weeks
    row = np.floor(week / weeks + 1e-9).astype(int)
    first = np.flatnonzero(np.diff(row, prepend=-1))
    n = np.diff(np.append(first, len(row)))
    last = first + n - 1
    table = {"week": row[first] * weeks, "date": np.asarray(series["date"])[first]}
    for name in (name for name in SERIES_SHOWN if name in series):
        values = np.asarray(series[name], np.float64)
        sums = np.add.reduceat(values, first)
        kind = INDICATORS[name].kind if name in INDICATORS else "level"
        table[name] = sums * weeks / (n * step) if kind == "flow" else values[last] if kind == "ratio" else sums / n
    whole = (n * step >= weeks / 2) | (len(n) == 1)
    return pd.DataFrame(table)[whole]


def person_weeks_by_cell(cells: Mapping[str, Any]) -> pd.DataFrame:
    """Person-weeks of exploitation by place, from the quarterly counts of persons.

    An approximation: each count is held for the weeks since the one before, the first for a week.
    """
    weeks, table = np.unique(cells["week"], return_inverse=True)
    held = np.diff(weeks, prepend=weeks[0] - 1.0)[table]
    _, first, place = np.unique(cells["cell"], return_index=True, return_inverse=True)
    person_weeks = pd.Series(np.asarray(cells["exploited_persons"]) * held).groupby(place).sum()
    about = {name: np.asarray(cells[name])[first] for name in PLACE}
    return pd.DataFrame(about | {"exploited_person_weeks": person_weeks.to_numpy()})


def _lists(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns as plain lists."""
    return {str(name): table[name].tolist() for name in table.columns}


def _number(value: Any) -> float | None:
    """A number, or nothing for what is none."""
    if value is None or isinstance(value, str):
        return None
    return float(value)
