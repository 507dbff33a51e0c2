"""A tenth of the population gives the market of all of it, in means over seeds and within a stated error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.config import load_scenario
from sim.runs.simulate import simulate

SEEDS = 5
WEEKS = 260
# Largest relative difference of the means over weeks 78 to 260 that a tenth may have in Kosovo. Volumes are biased
# downwards and the price of personnel upwards, because a venue keeps its size while demand is scaled: a tenth of a town's
# demand may not fill one. Thinner markets, such as the generic mission's, differ more.
STATED_ERROR = {
    "personnel_present": 0.01, "true_acts": 0.25, "local_acts": 0.3, "market_revenue_usd": 0.2,
    "price_international_usd": 0.35, "price_local_usd": 0.2, "venues": 0.2, "true_exploited_persons": 0.3, "sellers": 0.3,
}  # fmt: skip


def plateau_means(scale: float) -> pd.DataFrame:
    """Mean of each indicator over weeks 78 to 260, one row a seed."""
    scenario = load_scenario("mission=kosovo", f"mission.horizon_weeks={WEEKS}", f"scale={scale}")
    rows = []
    for seed in range(SEEDS):
        series = simulate(scenario, seed, world_seed=seed).series
        rows.append(series[series["week"] >= 78].mean(numeric_only=True))
    return pd.DataFrame(rows)


def compared(full: pd.DataFrame, part: pd.DataFrame) -> pd.DataFrame:
    """Relative difference of means over seeds against full scale, and its standard error."""
    return pd.DataFrame({"difference": part.mean() / full.mean() - 1.0,
                         "error": np.sqrt(part.var() + full.var()) / np.sqrt(SEEDS) / full.mean()})


@pytest.fixture(scope="module")
def differences() -> dict[float, pd.DataFrame]:
    """The comparison at scales 0.1 and 0.3."""
    full = plateau_means(1.0)
    return {scale: compared(full, plateau_means(scale)) for scale in (0.1, 0.3)}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(STATED_ERROR))
def test_a_tenth_agrees_with_full_scale(differences: dict[float, pd.DataFrame], name: str) -> None:
    """Within the stated error plus twice the standard error of the comparison."""
    row = differences[0.1].loc[name]
    assert abs(row["difference"]) < STATED_ERROR[name] + 2.0 * row["error"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["true_acts", "venues", "market_revenue_usd", "price_international_usd"])
def test_the_error_shrinks_as_the_scale_grows(differences: dict[float, pd.DataFrame], name: str) -> None:
    """At 0.3 the difference is smaller than at 0.1, up to twice the standard error."""
    at = {scale: table.loc[name] for scale, table in differences.items()}
    assert abs(at[0.3]["difference"]) < abs(at[0.1]["difference"]) + 2.0 * at[0.3]["error"]


def test_counts_are_scaled_back() -> None:
    """Personnel and first venues of a tenth come out as those of the whole, to rounding."""
    for scale in (0.1, 1.0):
        series = simulate(load_scenario("mission=kosovo", "mission.horizon_weeks=20", f"scale={scale}")).series
        assert series["personnel_present"].iloc[19] == pytest.approx(44_000, rel=0.03)
        assert series["venues"].iloc[0] == pytest.approx(18, rel=0.15)
