"""What an outcome depends on: Morris screening, then Sobol indices, and PAWN for outcomes with heavy tails.

Designs are points to run, all with the same seeds, so that luck does not pose as sensitivity; replicates of a point are
averaged before anything else. Intervals resample whole trajectories, blocks or points. SALib makes designs and indices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.factors import Factor
from sim.rng import uniforms
from sim.sweeps.design import MORRIS_LEVELS, MissingLibrary, design_points
from sim.sweeps.design import Factor as Range

INDEX_COLUMNS = ("method", "factor", "index", "value", "low90", "high90", "n")
RESAMPLES, FEWER_RESAMPLES = 200, 50  # of PAWN, whose tests take long
RESAMPLING = 1_000_001  # keys resampling; above every decision of the model, which it does not touch
DUMMY = "(chance alone)"
SLICES, POINTS_A_SLICE = (2, 4, 5, 8, 10), 15  # SALib cannot cut a range into 6 or 9

Table = NDArray[np.float64]


def _salib(module: str) -> Any:
    """A module of SALib, loaded when first needed."""
    try:
        return import_module(f"SALib.analyze.{module}").analyze
    except ModuleNotFoundError as error:
        raise MissingLibrary(
            "SALib is not installed, and sensitivity needs it. Install the extra: pip install 'mandate[explore]'."
        ) from error


def problem_of(factors: Sequence[Factor]) -> dict[str, Any]:
    """Factors as SALib wants them."""
    return {
        "num_vars": len(factors),
        "names": [factor.path for factor in factors],
        "bounds": [[factor.low, factor.high] for factor in factors],
    }


def morris_design(factors: Sequence[Factor], trajectories: int) -> pd.DataFrame:
    """Points of Morris' design: ``trajectories`` walks that move one factor at a time, trajectories * (factors + 1) rows."""
    return _design(factors, "morris", trajectories)


def sobol_design(factors: Sequence[Factor], points: int) -> pd.DataFrame:
    """Points of Saltelli's design on a scrambled Sobol sequence: blocks of factors + 2 rows for each base point."""
    return _design(factors, "saltelli", points)


def _design(factors: Sequence[Factor], kind: str, n: int) -> pd.DataFrame:
    """Design points of a kind, in order, with a column for each factor, within its ends whatever rounding does."""
    design = design_points([Range(factor.path, low=factor.low, high=factor.high) for factor in factors], kind, n)
    for factor in factors:
        design[factor.path] = design[factor.path].clip(factor.low, factor.high)
    return design


def values_by_point(runs: pd.DataFrame, outcome: str) -> pd.Series:
    """Mean of an outcome over the replicates of each point; a point lacks a value where any replicate does.

    Dropping the missing replicate alone would leave points with different luck.
    """
    values = runs[outcome].astype(float).where(runs["ok"].astype(bool))
    return values.groupby(runs["point"]).agg(lambda found: found.mean(skipna=False))


def luck_share(runs: pd.DataFrame, outcome: str) -> float:
    """Share of the variance between points that is luck: the remainder of a point x replicate table over that between points.

    Luck shared by all points cancels. NaN below two replicates or where nothing varies. What is left of luck inflates
    total indices by about this share.
    """
    good = runs[runs["ok"].astype(bool)]
    table = good.pivot_table(index="point", columns="replicate", values=outcome, aggfunc="first", dropna=False)
    values = table.dropna().to_numpy(dtype=float)
    n, replicates = values.shape
    if n < 2 or replicates < 2:
        return math.nan
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + values.mean()
    between = replicates * float(values.mean(axis=1).var(ddof=1))
    remainder = float((rest**2).sum()) / ((n - 1) * (replicates - 1))
    return min(1.0, remainder / between) if between > 0.0 else math.nan


def morris_indices(
    factors: Sequence[Factor], design: pd.DataFrame, values: pd.Series, resamples: int = RESAMPLES
) -> pd.DataFrame:
    """Mean, mean size and spread of elementary effects, with 90 % intervals over trajectories.

    An elementary effect is the change of the outcome per whole range of a factor. ``mu_star``, the mean size, ranks;
    ``sigma`` shows interactions and curvature; ``mu`` the direction.

    Returns
    -------
    DataFrame
        ``INDEX_COLUMNS``; ``n`` counts trajectories of which every point has a value.
    """
    analyze = _salib("morris")
    problem = problem_of(factors)

    def indices(x: Table, y: Table) -> dict[str, Table]:
        found = analyze(problem, x, y, num_resamples=2, num_levels=MORRIS_LEVELS, seed=1)
        return {name: np.asarray(found[name], dtype=float) for name in ("mu_star", "sigma", "mu")}

    return _with_intervals("morris", factors, *_blocks(factors, design, values, 1), indices, 2, resamples)


def sobol_indices(
    factors: Sequence[Factor], design: pd.DataFrame, values: pd.Series, resamples: int = RESAMPLES
) -> pd.DataFrame:
    """First-order and total shares of variance, with 90 % intervals over blocks of the design.

    ``S1`` is what vanishes if the factor is known alone, ``ST`` what is left if all others are known.

    Returns
    -------
    DataFrame
        ``INDEX_COLUMNS``; ``n`` counts base points of whose block every point has a value. All NaN where the outcome does
        not vary.
    """
    analyze = _salib("sobol")
    problem = problem_of(factors)

    def indices(_: Table, y: Table) -> dict[str, Table]:
        if not np.ptp(y) > 0.0:
            return {name: np.full(len(factors), math.nan) for name in ("S1", "ST")}
        found = analyze(problem, y, calc_second_order=False, num_resamples=2, seed=1)
        return {name: np.asarray(found[name], dtype=float) for name in ("S1", "ST")}

    return _with_intervals("sobol", factors, *_blocks(factors, design, values, 2), indices, 2, resamples)


def base_points(factors: Sequence[Factor], design: pd.DataFrame) -> pd.DataFrame:
    """The independent points of a Sobol design: first and last of each block."""
    place = design["point"] % (len(factors) + 2)
    return design[(place == 0) | (place == len(factors) + 1)]


def pawn_indices(
    factors: Sequence[Factor], design: pd.DataFrame, values: pd.Series, resamples: int = FEWER_RESAMPLES
) -> pd.DataFrame:
    """How far the outcome's whole distribution moves when a factor is known: PAWN (Pianosi & Wagener 2018).

    The median over slices of a factor's range of the largest gap between two cumulative distributions, 0 to 1. Made for
    any sample of independent points and for heavy tails, where variance says little. Small samples give gaps by chance;
    a made-up factor that nothing depends on (``DUMMY``) shows how large. Intervals have the spread of resamples around the
    value itself: a resample repeats points, which widens every gap.

    Returns
    -------
    DataFrame
        ``INDEX_COLUMNS``, a row ``DUMMY`` last; ``n`` counts points.
    """
    analyze = _salib("pawn")
    x, y = _blocks(factors, design, values, None)
    ids = np.arange(len(y), dtype=np.int64)
    dummy = uniforms(0, RESAMPLING, 0, ids, np.zeros_like(ids))
    x = np.column_stack([x.reshape(len(y), -1), dummy])[:, None, :]
    slices = max(n for n in SLICES if n <= max(len(y) // POINTS_A_SLICE, SLICES[0]))
    everything = [*factors, Factor(DUMMY, 0.0, 1.0, 0.5, "", "", "", "")]
    problem = problem_of(everything)

    def indices(points: Table, outcome: Table) -> dict[str, Table]:
        if not np.ptp(outcome) > 0.0:
            return {"pawn": np.full(len(everything), math.nan)}
        return {"pawn": np.asarray(analyze(problem, points, outcome, S=slices)["median"], dtype=float)}

    return _with_intervals("pawn", everything, x, y, indices, 2 * slices, resamples, centred=True)


def _blocks(
    factors: Sequence[Factor], design: pd.DataFrame, values: pd.Series, more: int | None
) -> tuple[Table, Table]:
    """Points and values in blocks of ``factors + more`` rows, incomplete blocks left out; single points for None.

    Shapes (blocks, rows, factors) and (blocks, rows).
    """
    rows = 1 if more is None else len(factors) + more
    x = design[[factor.path for factor in factors]].to_numpy(dtype=float).reshape(-1, rows, len(factors))
    y = values.reindex(design["point"]).to_numpy(dtype=float).reshape(-1, rows)
    whole = np.isfinite(y).all(axis=1)
    return x[whole], y[whole]


def _with_intervals(
    method: str,
    factors: Sequence[Factor],
    x: Table,
    y: Table,
    indices: Callable[[Table, Table], dict[str, Table]],
    fewest: int,
    resamples: int,
    centred: bool = False,
) -> pd.DataFrame:
    """Indices of all blocks, and their 5 % and 95 % quantiles over resampled blocks; nothing known below ``fewest`` blocks."""
    n = len(y)
    if n < fewest:
        names = {"morris": ("mu_star", "sigma", "mu"), "sobol": ("S1", "ST"), "pawn": ("pawn",)}[method]
        empty = [(method, f.path, name, math.nan, math.nan, math.nan, n) for name in names for f in factors]
        return pd.DataFrame(empty, columns=list(INDEX_COLUMNS))

    def of(chosen: NDArray[np.int64]) -> dict[str, Table]:
        return indices(x[chosen].reshape(-1, x.shape[2]), y[chosen].ravel())

    best = of(np.arange(n))
    again = [of(resampled(n, i)) for i in range(1, resamples + 1)]
    rows = []
    for name, found in best.items():
        spread = np.array([other[name] for other in again])
        low, high = np.quantile(spread + (found - spread.mean(axis=0)) * centred, [0.05, 0.95], axis=0)
        rows += [(method, f.path, name, found[j], low[j], high[j], n) for j, f in enumerate(factors)]
    return pd.DataFrame(rows, columns=list(INDEX_COLUMNS))


def resampled(n: int, number: int) -> NDArray[np.int64]:
    """The ``number``-th resample of n things, with replacement, the same whenever it is asked for."""
    ids = np.arange(n, dtype=np.int64)
    return np.minimum((uniforms(0, RESAMPLING, number, ids, np.zeros_like(ids)) * n).astype(np.int64), n - 1)


def kept_factors(factors: Sequence[Factor], screening: pd.DataFrame, keep: int) -> list[Factor]:
    """The factors with the largest ``mu_star``, in declared order; several outcomes take turns, each its next best.

    ``screening`` may hold several outcomes in a column ``outcome``.
    """
    rows = screening[screening["index"] == "mu_star"].sort_values("value", ascending=False, kind="stable")
    groups = [part["factor"].tolist() for _, part in rows.groupby("outcome", sort=False)] if "outcome" in rows else []
    queues = groups or [rows["factor"].tolist()]
    chosen: list[str] = []
    for rank in range(len(factors)):
        for queue in queues:
            if rank < len(queue) and queue[rank] not in chosen and len(chosen) < keep:
                chosen.append(queue[rank])
    return [factor for factor in factors if factor.path in chosen]
