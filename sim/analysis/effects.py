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
        where that is 0). Equal runs give exactly 0.

    Raises
    ------
    ValueError
        If the baseline is not among the options.
    """
    if baseline not in set(outcomes["option"]):
        raise ValueError(f"baseline {baseline!r} is not among the options {sorted(set(outcomes['option']))}")
    names = [name for name in outcomes.columns if name not in ("option", "replicate")]
    base = outcomes[outcomes["option"] == baseline].set_index("replicate")
    rows = []
    for option in dict.fromkeys(outcomes["option"]):
        if option == baseline:
            continue
        other = outcomes[outcomes["option"] == option].set_index("replicate")
        rows += [_effect(str(option), name, base[name], other[name], matters_share) for name in names]
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


def _effect(option: str, outcome: str, base: pd.Series, other: pd.Series, matters_share: float) -> dict[str, object]:
    """One row: an outcome of an option against the baseline."""
    pairs = pd.concat([base.astype(float), other.astype(float)], axis=1, join="inner").dropna().to_numpy()
    row: dict[str, object] = {"option": option, "outcome": outcome, "n": len(pairs)}
    row |= {"n_lower": 0, "n_same": 0, "n_higher": 0}
    if not len(pairs):
        return row
    level, difference = float(pairs[:, 0].mean()), pairs[:, 1] - pairs[:, 0]
    matters = matters_share * abs(level)
    row |= {name: float(np.quantile(difference, q)) for name, q in QUANTILES.items()}
    row |= {
        "baseline_mean": level,
        "mean": float(difference.mean()),
        "error_of_mean": float(difference.std(ddof=1) / math.sqrt(len(pairs))) if len(pairs) > 1 else math.nan,
        "n_lower": int((difference < -matters).sum()),
        "n_higher": int((difference > matters).sum()),
        "n_same": int((np.abs(difference) <= matters).sum()),
        "median_percent": 100.0 * float(np.median(difference)) / level if level != 0.0 else math.nan,
    }
    return row


def variance_saved(outcomes: pd.DataFrame, baseline: str, option: str, outcome: str) -> float:
    """Share of the variance of a difference that pairing on common random numbers removes; NaN below three pairs.

    0 means that pairing does not help, 1 that it removes all luck; negative values mean that it hurts.
    """
    wide = (
        outcomes.pivot(index="replicate", columns="option", values=outcome).astype(float)[[baseline, option]].dropna()
    )
    if len(wide) < 3:
        return math.nan
    apart = float(wide[baseline].var() + wide[option].var())
    return 1.0 - float((wide[option] - wide[baseline]).var()) / apart if apart > 0.0 else math.nan
