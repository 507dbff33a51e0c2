"""Which assumptions move a series most, as measured by `tools/measure_assumptions.py` and shipped as a small table.

A ranking for a page: one parameter at a time over its whole range. `mandate sensitivity` answers the question properly.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

FILE = "influence.csv"
COLUMNS = ("series", "parameter", "low_end", "high_end", "how")
N_SHOWN = 3
MAIN = "true_exploited_persons"


@cache
def _rows() -> dict[str, dict[str, tuple[float, float]]]:
    """Change at the low and at the high end by series and parameter, widest reach first."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for row in _table():
        found.setdefault(row["series"], {})[row["parameter"]] = float(row["low_end"]), float(row["high_end"])
    return found


@cache
def _table() -> tuple[dict[str, str], ...]:
    """The file as it is."""
    text = (files("sim.studio") / "data" / FILE).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def strongest(series: str) -> list[str]:
    """Return the paths of the parameters that move a series most, widest reach first.

    Limits: a series that no parameter moved measurably (it is given, or nought by default) has those of persons exploited.
    """
    return list(_rows().get(series, _rows()[MAIN]))[:N_SHOWN]


def reach(series: str, path: str) -> tuple[float, float] | None:
    """Return what a series changes by with a parameter at its low and high end, as shares; None where that was not kept."""
    return _rows().get(series, {}).get(path)


def how() -> str:
    """How it was measured, in words."""
    return _table()[0]["how"]
