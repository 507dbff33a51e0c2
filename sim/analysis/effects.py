"""Paired effects: what an alternative changes against the baseline on the same luck, with the spread over replicates.

The interval is the spread of single paired differences, that is, what one future could be, not the error of a mean; the
error of the mean is given apart. With n replicates of one parameter point, shares speak of luck only.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

MATTERS_SHARE = 0.05
QUANTILES = {"low90": 0.05, "low50": 0.25, "median": 0.5, "high50": 0.75, "high90": 0.95}
EFFECT_COLUMNS = (
    "option",
    "outcome",
    "baseline_mean",
    *QUANTILES,
    "mean",
    "error_of_mean",
    "n_lower",
    "n_same",
    "n_higher",
    "n",
    "median_percent",
    "variance_saved",
)


def paired_effects(outcomes: pd.DataFrame, baseline: str, matters_share: float = MATTERS_SHARE) -> pd.DataFrame:
    """Differences of every option to the baseline, replicate by replicate.

    Parameters
    ----------
    outcomes
        One row per option and replicate: ``option``, ``replicate``, then one column an outcome. Missing numbers are allowed
        and leave their pair out.
    baseline
        The option all others are compared with.
    matters_share
        Smallest difference worth acting on, as a share of the baseline's mean (assumed); smaller ones count as the same.

    Returns
    -------
    DataFrame
        One row per option and outcome: mean of the baseline, quantiles and mean of the paired differences, error of that
        mean, replicates lower, about the same and higher, number of pairs, median in per cent of the baseline's mean (NaN
        where that is 0), share of the variance that pairing saves. Equal runs give exactly 0.

    Raises
    ------
    ValueError
        If the baseline is not among the options.
    """
    if baseline not in set(outcomes["option"]):
        raise ValueError(f"baseline {baseline!r} is not among the options {sorted(set(outcomes['option']))}")
    names = [name for name in outcomes.columns if name not in ("option", "replicate")]
    base = outcomes[outcomes["option"] == baseline].set_index("replicate")[names].astype(float)
    rows = []
    for option in dict.fromkeys(outcomes["option"]):
        if option == baseline:
            continue
        other = outcomes[outcomes["option"] == option].set_index("replicate")[names].astype(float)
        both = base.index.intersection(other.index)
        before, after = base.loc[both].to_numpy(), other.loc[both].to_numpy()
        rows += [
            {"option": str(option), "outcome": name, **_effect(before[:, i], after[:, i], matters_share)}
            for i, name in enumerate(names)
        ]
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


def _effect(before: np.ndarray, after: np.ndarray, matters_share: float) -> dict[str, object]:
    """One row: an outcome of an option against the baseline, values by replicate."""
    known = ~(np.isnan(before) | np.isnan(after))
    before, after = before[known], after[known]
    n = len(before)
    if n == 0:
        return {"n": 0, "n_lower": 0, "n_same": 0, "n_higher": 0}
    level, difference = float(before.mean()), after - before
    return {
        "baseline_mean": level,
        **spread(difference),
        **counts(difference, matters_share * abs(level)),
        "median_percent": 100.0 * float(np.median(difference)) / level if level != 0.0 else math.nan,
        "variance_saved": _variance_saved(before, after),
    }


def spread(differences: np.ndarray) -> dict[str, object]:
    """Quantiles, mean, error of the mean and number of differences; at least one."""
    n = len(differences)
    return {
        **{name: float(value) for name, value in zip(QUANTILES, np.quantile(differences, list(QUANTILES.values())))},
        "mean": float(differences.mean()),
        "error_of_mean": float(differences.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan,
        "n": n,
    }


def counts(differences: np.ndarray, matters: float) -> dict[str, object]:
    """How many differences are lower, about the same and higher than a difference that matters."""
    return {
        "n_lower": int((differences < -matters).sum()),
        "n_same": int((np.abs(differences) <= matters).sum()),
        "n_higher": int((differences > matters).sum()),
    }


def _variance_saved(before: np.ndarray, after: np.ndarray) -> float:
    """Share of the variance of a difference that pairing removes; NaN below three pairs or without variance."""
    if len(before) < 3:
        return math.nan
    apart = float(before.var(ddof=1) + after.var(ddof=1))
    return 1.0 - float((after - before).var(ddof=1)) / apart if apart > 0.0 else math.nan


def variance_saved(outcomes: pd.DataFrame, baseline: str, option: str, outcome: str) -> float:
    """Share of the variance of a difference that pairing on common random numbers removes; NaN below three pairs.

    0 means that pairing does not help, 1 that it removes all luck; negative values mean that it hurts.
    """
    wide = (
        outcomes.pivot(index="replicate", columns="option", values=outcome).astype(float)[[baseline, option]].dropna()
    )
    return _variance_saved(wide[baseline].to_numpy(), wide[option].to_numpy())
