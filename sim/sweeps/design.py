"""Designs: which points of a space of inputs are run. Levels are crossed; ranges are sampled together.

A design is part of the question and no luck: the same words always give the same points. Libraries that insist on a
seed get a fixed one; nothing here touches the draws of a run.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import MandateError

DESIGN_SEED = 1  # of every sampled design; any would do
MORRIS_LEVELS = 4
POINT, DRAW, SAMPLE = "point", "draw", "sample"


class MissingLibrary(MandateError):
    """A library that is not installed by default (exit code 2)."""

    exit_code = 2


@dataclass(frozen=True)
class Factor:
    """One input that is varied.

    Attributes
    ----------
    path
        As in a scenario, e.g. ``parameters.dependence.psi`` or ``policy.follow_up.dose``.
    levels
        Values to be crossed; empty where ``low`` and ``high`` say the range to be sampled.
    low, high
        Ends of the range.
    is_whole
        Whether only whole numbers will do.
    """

    path: str
    levels: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False

    @property
    def is_range(self) -> bool:
        """Whether it is sampled."""
        return not self.levels

    def at(self, share: np.ndarray) -> list[Any]:
        """Values at shares of the range between 0 and 1; whole numbers are equally likely."""
        if self.is_whole:
            n = round(self.high) - round(self.low) + 1
            return [round(self.low) + min(int(s * n), n - 1) for s in share]
        return [float(value) for value in self.low + share * (self.high - self.low)]


def factorial(n_ranges: int, n: int) -> np.ndarray:
    """Every combination of n evenly spaced shares, the ends included."""
    return np.array(list(itertools.product(np.linspace(0.0, 1.0, n), repeat=n_ranges))).reshape(-1, n_ranges)


def latin_hypercube(n_ranges: int, n: int) -> np.ndarray:
    """n points of which every range has one in each n-th (McKay, Beckman & Conover 1979)."""
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(n_ranges, seed=DESIGN_SEED).random(n))


def sobol(n_ranges: int, n: int) -> np.ndarray:
    """The first n points of a Sobol sequence (Sobol 1967), scrambled once and for all (Owen 2020); best a power of two.

    More points continue the same sequence, so that a design can grow.
    """
    from scipy.stats import qmc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # says that n is best a power of two
        return np.asarray(qmc.Sobol(n_ranges, scramble=True, seed=DESIGN_SEED).random(n))


def saltelli(n_ranges: int, n: int) -> np.ndarray:
    """Points for first-order and total Sobol indices: n times (ranges + 2), for SALib (Saltelli et al. 2010)."""
    sample = _salib("sobol")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(sample.sample(problem(n_ranges), n, calc_second_order=False, seed=DESIGN_SEED))


def morris(n_ranges: int, n: int) -> np.ndarray:
    """n trajectories in which one range moves at a time: n times (ranges + 1) points (Morris 1991), for SALib."""
    return np.asarray(_salib("morris").sample(problem(n_ranges), n, num_levels=MORRIS_LEVELS, seed=DESIGN_SEED))


def problem(n_ranges: int) -> dict[str, Any]:
    """The unit cube as SALib wants it described."""
    return {"num_vars": n_ranges, "names": [f"x{i}" for i in range(n_ranges)], "bounds": [[0.0, 1.0]] * n_ranges}


def _salib(module: str) -> Any:
    """A sampler of SALib."""
    from importlib import import_module

    try:
        return import_module(f"SALib.sample.{module}")
    except ImportError as error:
        raise MissingLibrary(
            f"design = {'saltelli' if module == 'sobol' else module}: needs SALib, which is not installed. "
            "Install mandate[explore], or choose design=sobol."
        ) from error


DESIGNS: dict[str, Callable[[int, int], np.ndarray]] = {
    "factorial": factorial,
    "latin_hypercube": latin_hypercube,
    "morris": morris,
    "saltelli": saltelli,
    "sobol": sobol,
}


def design_points(
    factors: Sequence[Factor], kind: str = "factorial", n: int = 1, draws: pd.DataFrame | None = None
) -> pd.DataFrame:
    """All design points: draws x combinations of levels x samples of the ranges, the samples varying fastest.

    Parameters
    ----------
    factors
        What is varied.
    kind
        How ranges are sampled, one of ``DESIGNS``; without ranges there is one sample.
    n
        Number of points, of trajectories (Morris), of base points (Saltelli), or of levels a range (factorial).
    draws
        Sets of values that hold together, one a row, e.g. of a parameter ensemble; columns are paths.

    Returns
    -------
    DataFrame
        ``point``, ``draw`` (row of ``draws``, 0 without), ``sample`` (row of the sampled ranges), then a column a path.
    """
    ranges = [factor for factor in factors if factor.is_range]
    crossed = [factor for factor in factors if not factor.is_range]
    shares = DESIGNS[kind](len(ranges), n) if ranges else np.zeros((1, 0))
    sampled = [factor.at(shares[:, i]) for i, factor in enumerate(ranges)]
    ensemble = draws.to_dict("records") if draws is not None else [{}]
    rows: list[dict[str, Any]] = []
    for draw, fixed in enumerate(ensemble):
        for levels in itertools.product(*(factor.levels for factor in crossed)):
            for sample in range(len(shares)):
                values = {factor.path: level for factor, level in zip(crossed, levels)}
                values |= {factor.path: column[sample] for factor, column in zip(ranges, sampled)}
                rows.append({POINT: len(rows), DRAW: draw, SAMPLE: sample, **fixed, **values})
    paths = [*(draws.columns if draws is not None else ()), *(factor.path for factor in factors)]
    return pd.DataFrame(rows, columns=[POINT, DRAW, SAMPLE, *paths])


def table_points(table: pd.DataFrame) -> pd.DataFrame:
    """An explicit table as design points: a row a point, columns are paths."""
    place = pd.DataFrame({POINT: range(len(table)), DRAW: 0, SAMPLE: range(len(table))})
    return pd.concat([place, table.reset_index(drop=True)], axis=1)
