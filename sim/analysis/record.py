"""What a comparison keeps of one run: its summary, a quarterly series, the case funnel and exploitation by place.

Small plain tables, so that thousands of runs fit on a laptop; everything else can be made again from scenario and seeds.
Numbers a version of the model does not have are left out here and count as missing later.
"""

from __future__ import annotations

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
        "series": _lists(quarterly(run.series)),
        "funnel": _lists(pd.DataFrame(getattr(run, "funnel", pd.DataFrame()))),
        "cells": _lists(person_weeks_by_cell(run.cells)),
    }


def quarterly(series: pd.DataFrame, weeks: float = SERIES_WEEKS) -> pd.DataFrame:
    """A series in rows of 13 weeks: flows as sums, levels and prices as means, ratios as their last value.

    A row is named by its first week. Where steps do not fit into 13 weeks, sums are scaled to 13 weeks. A last row of less
    than half its length is left out, unless it is the only one.
    """
    week = series["week"].to_numpy(dtype=float)
    step = float(week[1] - week[0]) if len(week) > 1 else weeks
    row = np.floor(week / weeks + 1e-9).astype(int)
    first = np.flatnonzero(np.diff(row, prepend=-1))
    n = np.diff(np.append(first, len(row)))
    last = first + n - 1
    table = {"week": row[first] * weeks, "date": series["date"].to_numpy()[first]}
    for name in (name for name in SERIES_SHOWN if name in series):
        values = series[name].to_numpy(dtype=float)
        sums = np.add.reduceat(values, first)
        kind = INDICATORS[name].kind if name in INDICATORS else "level"
        table[name] = sums * weeks / (n * step) if kind == "flow" else values[last] if kind == "ratio" else sums / n
    whole = (n * step >= weeks / 2) | (len(n) == 1)
    return pd.DataFrame(table)[whole]


def person_weeks_by_cell(cells: pd.DataFrame) -> pd.DataFrame:
    """Person-weeks of exploitation by place, from the quarterly counts of persons.

    An approximation: each count is held for the weeks since the one before.
    """
    held = cells["week"] - cells["week"].map(_earlier(cells["week"]))
    weighted = cells[list(PLACE)].assign(exploited_person_weeks=cells["exploited_persons"] * held)
    return weighted.groupby(list(PLACE), as_index=False, sort=True)["exploited_person_weeks"].sum()


def _earlier(weeks: pd.Series) -> dict[float, float]:
    """The week of the table before; a step before the first."""
    known = sorted(set(weeks))
    return dict(zip(known, [known[0] - 1.0, *known[:-1]]))


def _lists(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns as plain lists."""
    return {str(name): table[name].tolist() for name in table.columns}


def _number(value: Any) -> float | None:
    """A number, or nothing for what is none."""
    if value is None or isinstance(value, str):
        return None
    return float(value)
