"""Which option to regret least where nobody can say which world holds: regret, satisficing, and a ranking without averages.

A case is one design point and replicate, on the same luck for all options. Worlds stand side by side: nothing is averaged
over them and none is counted as a chance; what joins them is the worst of them, and the number of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import beta

from sim.analysis.effects import MATTERS_SHARE
from sim.analysis.study import OUTCOMES

CONDITIONS = ("mission", "shock", "world")
CASE = ("point", "draw", "replicate")
# Outcomes of a run's summary that comparisons do not show, and which way they are better.
BETTER_ELSEWHERE = dict.fromkeys(
    (
        "exploited_at_end",
        "peak_venues",
        "peak_exploited_persons",
        "persons_with_act",
        "person_weeks_target_international",
        "person_weeks_target_local",
        "person_weeks_elsewhere",
        "post_mission_persistence",
    ),
    "lower",
) | dict.fromkeys(("persons_identified", "persons_assisted"), "higher")
REGRET_COLUMNS = (*CONDITIONS, "option", "level", "median", "high90", "largest", "n_least", "n_near", "n")
SATISFICING_COLUMNS = (*CONDITIONS, "option", "limit", "n_within", "n")
ROBUST_COLUMNS = (
    "mission",
    "option",
    "worst_high90",
    "worst_high90_percent",
    "worst_in",
    "n_leads",
    "n_conditions",
)


def direction(outcome: str) -> str:
    """Which way an outcome is better: ``lower``, ``higher`` or ``neither``."""
    if outcome in OUTCOMES:
        return OUTCOMES[outcome][1]
    return BETTER_ELSEWHERE.get(outcome, "neither")


def share_limits(count: int, n: int) -> tuple[float, float]:
    """90 % limits of a share that ``count`` of n cases show (Jeffreys)."""
    a, b = count + 0.5, n - count + 0.5
    return float(beta.ppf(0.05, a, b)), float(beta.ppf(0.95, a, b))


def leader(regrets: pd.DataFrame) -> str:
    """The option that is the best one in more than half of the cases, beyond luck; empty where none is.

    ``regrets`` are rows of ``regret_table`` of one mission, shock and world.
    """
    best = regrets.loc[regrets["n_least"].idxmax()]
    return str(best["option"]) if share_limits(int(best["n_least"]), int(best["n"]))[0] > 0.5 else ""


def cases_of(runs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """An outcome with conditions and case in rows, options in columns; cases that lack an option are left out."""
    good = runs[runs["ok"].astype(bool)]
    keys = [*CONDITIONS, *(name for name in CASE if name in good)]
    wide = good.pivot_table(index=keys, columns="option", values=outcome, aggfunc="first", sort=False)
    return wide.reindex(columns=list(dict.fromkeys(runs["option"]))).dropna()


def regret_table(
    runs: pd.DataFrame, outcome: str, better: str = "lower", matters_share: float = MATTERS_SHARE
) -> pd.DataFrame:
    """How much worse each option does than the best one in the same case.

    Parameters
    ----------
    runs
        ``mission, shock, world, option, point, replicate, ok`` and the outcome, one row a run.
    better
        ``lower`` or ``higher``.
    matters_share
        Regret up to this share of the best option's outcome counts as near the best (assumed).

    Returns
    -------
    DataFrame
        ``REGRET_COLUMNS``, a row for each mission, shock, world and option: mean outcome, median, 95 % quantile and largest
        regret, cases in which the option is the best one, or near it, and cases in all.
    """
    sign = -1.0 if better == "higher" else 1.0
    rows = []
    for conditions, part in cases_of(runs, outcome).groupby(level=list(CONDITIONS), sort=False):
        values = part.to_numpy(dtype=float)
        best = (sign * values).min(axis=1, keepdims=True)
        regret = sign * values - best
        near = regret <= matters_share * np.abs(best)
        for j, option in enumerate(part.columns):
            own = regret[:, j]
            spread = (float(np.median(own)), float(np.quantile(own, 0.95)), float(own.max()))
            counts = (int((own == 0.0).sum()), int(near[:, j].sum()), len(own))
            rows.append((*conditions, option, float(values[:, j].mean()), *spread, *counts))
    return pd.DataFrame(rows, columns=list(REGRET_COLUMNS))


def satisficing_table(
    runs: pd.DataFrame,
    outcome: str,
    baseline: str,
    limits: Sequence[float] = (-0.05, -0.1, -0.2),
    better: str = "lower",
) -> pd.DataFrame:
    """In how many cases each option does well enough, whatever else would do better.

    Parameters
    ----------
    limits
        Changes against the baseline in the same case, as shares: -0.1 asks for a tenth less (for a tenth more, +0.1, where
        higher is better).

    Returns
    -------
    DataFrame
        ``SATISFICING_COLUMNS``, a row for each mission, shock, world, option but the baseline, and limit.

    Raises
    ------
    ValueError
        If the baseline is not among the options.
    """
    wide = cases_of(runs, outcome)
    if baseline not in wide.columns:
        raise ValueError(f"baseline {baseline!r} is not among the options {list(wide.columns)}")
    rows = []
    for conditions, part in wide.groupby(level=list(CONDITIONS), sort=False):
        base = part[baseline].to_numpy(dtype=float)
        for option in (name for name in part.columns if name != baseline):
            values = part[option].to_numpy(dtype=float)
            for limit in limits:
                aim = base + limit * np.abs(base)
                within = values >= aim if better == "higher" else values <= aim
                rows.append((*conditions, option, limit, int(within.sum()), len(values)))
    return pd.DataFrame(rows, columns=list(SATISFICING_COLUMNS))


def robust_ranking(regrets: pd.DataFrame) -> pd.DataFrame:
    """Options by the largest regret that nine in ten cases stay below in the worst shock and world: minimax regret.

    Returns
    -------
    DataFrame
        ``ROBUST_COLUMNS``: that regret, in the outcome's unit and in per cent of the best mean level there; the shock and
        world it belongs to; and in how many shocks and worlds the option leads (``leader``).

    Notes
    -----
    Limits: an order, not a finding; options whose regrets differ by less than what matters are not separable.
    """
    rows = []
    for mission, here in regrets.groupby("mission", sort=False):
        groups = [part for _, part in here.groupby(["shock", "world"], sort=False)]
        leaders = [leader(part) for part in groups]
        for option in dict.fromkeys(here["option"]):
            own = here[here["option"] == option]
            worst = own.loc[own["high90"].idxmax()]
            beside = here[(here["shock"] == worst["shock"]) & (here["world"] == worst["world"])]
            level = float(beside["level"].min())
            percent = 100.0 * float(worst["high90"]) / abs(level) if level else math.nan
            where = f"{worst['world']}, shock {worst['shock']}"
            rows.append((mission, option, float(worst["high90"]), percent, where, leaders.count(option), len(groups)))
    table = pd.DataFrame(rows, columns=list(ROBUST_COLUMNS))
    return table.sort_values(["mission", "worst_high90"], ignore_index=True, kind="stable")
