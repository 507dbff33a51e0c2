"""A store of ten thousand runs fits where it is said to, and its queries count every run."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from experiments.sweep_store import N_RUNS, N_WEEKS, fill
from sim.sweeps.store import PART_RUNS, Store

GIGABYTE = 1e9


@pytest.mark.slow
def test_ten_thousand_runs_of_forty_indicators_take_about_a_gigabyte(tmp_path: Path) -> None:
    n_runs = N_RUNS // 10  # a tenth of it here; `python -m experiments.sweep_store` makes all of it and says how long
    fill(tmp_path / "store", n_runs)
    opened = sim.open_sweep(tmp_path / "store")
    assert len(opened.runs) == n_runs and len(Store(tmp_path / "store").part_names()) == n_runs // PART_RUNS
    size = Store(tmp_path / "store").size() / n_runs * N_RUNS
    assert 0.3 * GIGABYTE < size < 1.1 * GIGABYTE
    fan = opened.fan("venues")
    assert len(fan) == N_WEEKS and (fan["n"] == n_runs).all() and (fan["p05"] < fan["p95"]).all()
    assert opened.query("select count(*) as n from series")["n"][0] == n_runs * N_WEEKS
