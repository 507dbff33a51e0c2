"""The stored baseline: the same scenario gives the same numbers, on every supported Python and with other libraries.

Counts must be equal, real numbers agree to 1e-9. ``python tests/baseline/update.py`` writes it again after a change of
rules or defaults that is meant; say in the changelog why numbers moved.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.config import load_scenario
from sim.indicators import INDICATORS
from sim.runs.simulate import simulate

FOLDER = Path(__file__).parent / "baseline"
CASES = {
    "generic": ("mission=generic", "scale=0.2", "mission.horizon_weeks=80", "seed=3", "world_seed=5"),
    "kosovo": ("mission=kosovo", "scale=0.1", "mission.horizon_weeks=120", "shock=surge", "shock.start_week=60"),
}


def baseline_series(name: str) -> pd.DataFrame:
    """The series a baseline stores: every fourth step of one short run."""
    return simulate(load_scenario(*CASES[name])).series.iloc[::4].reset_index(drop=True)


@pytest.mark.parametrize("name", CASES)
def test_a_run_gives_the_stored_numbers(name: str) -> None:
    stored = pd.read_csv(FOLDER / f"{name}.csv")
    series = baseline_series(name)
    assert list(series.columns) == list(stored.columns)
    assert list(series["date"]) == list(stored["date"])
    for column in INDICATORS:
        if INDICATORS[column].kind == "level":
            assert np.array_equal(np.round(series[column], 6), np.round(stored[column], 6)), column
        np.testing.assert_allclose(series[column], stored[column], rtol=1e-9, atol=1e-9, err_msg=column)


@pytest.mark.parametrize("name", CASES)
def test_the_baseline_shows_a_living_market(name: str) -> None:
    stored = pd.read_csv(FOLDER / f"{name}.csv")
    assert stored["true_exploited_persons"].iloc[-1] > 0
    assert stored["venues"].max() > stored["venues"].iloc[0]
