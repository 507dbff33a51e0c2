"""In which region of parameters does something happen: boxes by PRIM, and scores of what matters, from ema-workbench.

Cases are design points, each with paired differences of two options; whether a point counts is decided before, by
``sim.analysis.questions``. Boxes found in noise look like findings, so the same search on shuffled cases stands beside.
"""

from __future__ import annotations

import inspect
import logging
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.robust import share_limits
from sim.analysis.sensitivity import RESAMPLING, resampled
from sim.rng import uniforms
from sim.sweeps.design import MissingLibrary

MOST_FACTORS = 4  # a box in more dimensions than that can hardly be told
SHUFFLES, FORESTS = 20, 20
FEWEST_CASES = 5  # of either kind, before a search makes sense
TRAJECTORY_COLUMNS = ("step", "coverage", "density", "n", "n_cases", "n_factors", "chosen")
BOX_COLUMNS = ("factor", "side", "limit", "n", "n_cases", "total", "total_cases", "coverage", "density", "low90", "high90",
               "by_chance")  # fmt: skip
SCORE_COLUMNS = ("factor", "score", "low90", "high90", "n")
SLACK = 0.01  # a limit stays only if the harmonic mean gains more by it

Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Limit:
    """One side of a box: a factor lies at or above a value, or at or below it."""

    path: str
    is_above: bool
    value: float

    def holds(self, points: pd.DataFrame) -> Truths:
        """Which points lie on the right side."""
        values = points[self.path].to_numpy(dtype=float)
        return np.asarray(values >= self.value if self.is_above else values <= self.value)


@dataclass(frozen=True)
class Box:
    """A region and its counts.

    Attributes
    ----------
    limits
        Of one side each; empty = everywhere.
    n, n_cases
        Points in the box, and cases among them: density is ``n_cases / n``.
    total, total_cases
        The same of all points: coverage is ``n_cases / total_cases``.
    by_chance
        Harmonic mean of density and coverage that the same search reaches in shuffled cases, 19 times in 20.
    """

    limits: tuple[Limit, ...]
    n: int
    n_cases: int
    total: int
    total_cases: int
    by_chance: float = math.nan

    @property
    def factors(self) -> tuple[str, ...]:
        """Paths that are limited, each once."""
        return tuple(dict.fromkeys(limit.path for limit in self.limits))

    @property
    def density(self) -> float:
        """Share of the box's points that are cases."""
        return self.n_cases / self.n if self.n else math.nan

    @property
    def coverage(self) -> float:
        """Share of all cases that lie in the box."""
        return self.n_cases / self.total_cases if self.total_cases else math.nan

    @property
    def quality(self) -> float:
        """Harmonic mean of density and coverage."""
        return 2.0 * self.n_cases / (self.n + self.total_cases) if self.n + self.total_cases else 0.0

    @property
    def is_more_than_chance(self) -> bool:
        """Whether shuffled cases give no box as good."""
        return bool(self.limits) and self.quality > self.by_chance

    def density_interval(self) -> tuple[float, float]:
        """90 % limits of the density (Jeffreys); too narrow, since the box was chosen for its density."""
        return share_limits(self.n_cases, self.n)


@dataclass(frozen=True)
class Discovery:
    """What a search found: the box, and the peeling trajectory it was chosen from (``TRAJECTORY_COLUMNS``)."""

    box: Box
    trajectory: pd.DataFrame


class TooFewCases(ValueError):
    """Nothing to search: hardly any point is a case, or hardly any is not."""


def find_box(points: pd.DataFrame, is_case: Sequence[bool] | Truths, shuffles: int = SHUFFLES) -> Discovery:
    """Search the region that holds most cases and little else.

    PRIM peels thin slices off the whole space; of its trajectory the box with the best harmonic mean of density and
    coverage is taken, among those with at most ``MOST_FACTORS`` factors, and limits that do not help are dropped again.

    Parameters
    ----------
    points
        One row a point, one column a factor, numbers only.
    is_case
        Which points are of interest.
    shuffles
        Searches in shuffled cases that tell what chance gives; 0 = none.

    Raises
    ------
    TooFewCases
        Where fewer than ``FEWEST_CASES`` points are cases, or are not.
    MissingLibrary
        Where ema-workbench is not installed.
    """
    cases = np.asarray(is_case, dtype=bool)
    n_cases = int(cases.sum())
    if min(n_cases, len(cases) - n_cases) < FEWEST_CASES:
        raise TooFewCases(f"{n_cases} of {len(cases)} points are cases; a search needs {FEWEST_CASES} of either kind")
    varied = points.loc[:, points.nunique() > 1].astype(float)
    peeled = _peel(varied, cases)
    boxes = [_box(limits, varied, cases) for limits in peeled]
    best = _best(boxes)
    chance = [
        _best([_box(s, varied, mixed) for s in _peel(varied, mixed)]).quality for mixed in _shuffled(cases, shuffles)
    ]
    box = replace(_simplified(best, varied, cases), by_chance=float(np.quantile(chance, 0.95)) if chance else math.nan)
    rows = [
        (i, found.coverage, found.density, found.n, found.n_cases, len(found.factors), found is best)
        for i, found in enumerate(boxes)
    ]
    return Discovery(box, pd.DataFrame(rows, columns=list(TRAJECTORY_COLUMNS)))


def box_table(box: Box) -> pd.DataFrame:
    """A row for each limit of a box, with the counts of the whole box; one row without a limit for everywhere."""
    low, high = box.density_interval()
    counts = (box.n, box.n_cases, box.total, box.total_cases, box.coverage, box.density, low, high, box.by_chance)
    sides = [(limit.path, "above" if limit.is_above else "below", limit.value) for limit in box.limits]
    return pd.DataFrame([(*side, *counts) for side in sides or [("", "", math.nan)]], columns=list(BOX_COLUMNS))


def _best(boxes: Sequence[Box]) -> Box:
    """The box with the best harmonic mean among those that can be told; the earliest of equals."""
    return max((box for box in boxes if len(box.factors) <= MOST_FACTORS), key=lambda box: box.quality)


def _simplified(box: Box, points: pd.DataFrame, cases: Truths) -> Box:
    """Drop limits that gain little, the least helpful first."""
    while box.limits:
        fewer = [_box([other for other in box.limits if other != limit], points, cases) for limit in box.limits]
        best = max(fewer, key=lambda found: found.quality)
        if best.quality < box.quality - SLACK:
            break
        box = best
    return box


def _box(limits: Sequence[Limit], points: pd.DataFrame, cases: Truths) -> Box:
    """Count what lies within some limits."""
    within = np.ones(len(cases), dtype=bool)
    for limit in limits:
        within &= limit.holds(points)
    return Box(tuple(limits), int(within.sum()), int((within & cases).sum()), len(cases), int(cases.sum()))


def _shuffled(cases: Truths, shuffles: int) -> list[Truths]:
    """Cases in other orders."""
    ids = np.arange(len(cases), dtype=np.int64)
    return [cases[np.argsort(uniforms(1, RESAMPLING, i, ids, np.zeros_like(ids)))] for i in range(shuffles)]


def _ema(module: str) -> Any:
    """A module of ema-workbench, loaded when first needed, without the warnings it greets with."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = import_module(f"ema_workbench.analysis.{module}")
    except ModuleNotFoundError as error:
        raise MissingLibrary(
            "ema-workbench is not installed, and discovery needs it. Install the extra: pip install 'mandate[explore]'."
        ) from error
    logging.getLogger("EMA").setLevel(logging.ERROR)
    return found


def _peel(points: pd.DataFrame, cases: Truths) -> list[tuple[Limit, ...]]:
    """Limits of every box on PRIM's trajectory, from everywhere inwards.

    Version 2 of the library wants a threshold and gives the trivial box back where the last one misses it; with 0 it never
    does. Version 3 knows none.
    """
    prim = _ema("prim").Prim
    settings = {"threshold": 0.0} if "threshold" in inspect.signature(prim).parameters else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = prim(points, cases, **settings).find_box()
        ends = [lims.astype(float) for lims in found.box_lims]
    whole = ends[0]
    return [_limits(lims, whole) for lims in ends]


def _limits(lims: pd.DataFrame, whole: pd.DataFrame) -> tuple[Limit, ...]:
    """What a box restricts; rows of ``lims`` are low and high ends."""
    low, high = lims.iloc[0], lims.iloc[1]
    found = [Limit(str(path), True, low[path]) for path in whole.columns if low[path] > whole[path].iloc[0]]
    found += [Limit(str(path), False, high[path]) for path in whole.columns if high[path] < whole[path].iloc[1]]
    return tuple(sorted(found, key=lambda limit: (list(whole.columns).index(limit.path), not limit.is_above)))


def feature_scores(
    points: pd.DataFrame, values: Sequence[float] | NDArray[np.float64], forests: int = FORESTS
) -> pd.DataFrame:
    """How much each factor helps to predict a value: importances in extremely randomised trees, which add up to 1.

    Spread comes from forests grown on resampled points. They rank, they do not say in which direction.

    Returns
    -------
    DataFrame
        ``SCORE_COLUMNS``, best first; ``n`` counts points.
    """
    scoring = _ema("feature_scoring")
    varied = points.loc[:, points.nunique() > 1].astype(float)
    y = np.asarray(values, dtype=float)

    def scores(rows: NDArray[np.int64], number: int) -> pd.Series:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found, _ = scoring.get_ex_feature_scores(
                varied.iloc[rows].reset_index(drop=True),
                y[rows],
                mode=scoring.RuleInductionType.REGRESSION,
                random_state=number,
            )
        return found.iloc[:, 0].astype(float).reindex(varied.columns)

    whole = scores(np.arange(len(y)), 0)
    again = pd.DataFrame([scores(resampled(len(y), i), i) for i in range(1, forests + 1)])
    low, high = again.quantile(0.05), again.quantile(0.95)
    table = pd.DataFrame({"factor": varied.columns, "score": whole, "low90": low, "high90": high})
    return table.assign(n=len(y)).sort_values("score", ascending=False, ignore_index=True, kind="stable")
