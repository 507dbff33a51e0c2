"""A tenth of the population gives the market of all of it, in means over seeds and within a stated error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support import generic

from sim.runs.simulate import simulate

SEEDS = 10
LARGE = {"mission.trapezoid.peak": 40_000.0, "mission.trapezoid.build_up_weeks": 26.0,
         "mission.trapezoid.plateau_weeks": 104.0, "mission.initial_venues": 100.0}
# Largest relative difference of the means over the plateau, for indicators of the market.
STATED_ERROR = {
    "personnel_present": 0.01, "international_demand": 0.15, "local_demand": 0.15, "true_acts": 0.15,
    "market_revenue_usd": 0.15, "price_international_usd": 0.15, "price_local_usd": 0.15, "venues": 0.15,
    "true_exploited_persons": 0.2, "sellers": 0.2,
}  # fmt: skip


def plateau_means(scale: float) -> pd.DataFrame:
    """Mean of each indicator over weeks 52 to 130, one row a seed."""
    rows = []
    for seed in range(SEEDS):
        series = simulate(generic(LARGE, weeks=130, scale=scale), seed, world_seed=0).series
        rows.append(series[series["week"] >= 52].mean(numeric_only=True))
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def differences() -> pd.DataFrame:
    """Relative difference of the means at scale 0.1 against full scale, and its standard error."""
    full, tenth = plateau_means(1.0), plateau_means(0.1)
    table = pd.DataFrame({"difference": tenth.mean() / full.mean() - 1.0,
                          "error": np.sqrt(tenth.var() + full.var()) / np.sqrt(SEEDS) / full.mean()})
    print(table.loc[list(STATED_ERROR)].round(3).to_string())
    return table


@pytest.mark.slow
@pytest.mark.parametrize("name", list(STATED_ERROR))
def test_a_tenth_agrees_with_full_scale(differences: pd.DataFrame, name: str) -> None:
    """Within the stated error plus twice the standard error of the comparison."""
    row = differences.loc[name]
    assert abs(row["difference"]) < STATED_ERROR[name] + 2.0 * row["error"]


def test_counts_are_scaled_back() -> None:
    """Personnel and first venues of a tenth come out as those of the whole, to rounding."""
    for scale in (0.1, 1.0):
        series = simulate(generic({**LARGE, "mission.trapezoid.build_up_weeks": 0.0}, weeks=3, scale=scale)).series
        assert series["personnel_present"].iloc[2] == pytest.approx(40_000, rel=0.01)
        assert series["venues"].iloc[0] == pytest.approx(100, rel=0.15)
