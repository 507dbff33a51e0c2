"""Figures: their words, their tables, and that runs with nothing in them are said so rather than failing.

The run is invented: smooth curves of the right shape for a Kosovo-like mission, so that no test waits for the model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.indicators import INDICATORS
from sim.scenario import Mission, Scenario, Shock
from sim.viz import drawings, figures, style, words, write_figures
from sim.viz.arcs import recruitments
from sim.viz.comparison import difference_of
from sim.viz.drawing import footer, run_names
from sim.viz.maps import chosen_weeks
from sim.viz.people import origin_matrix
from sim.world.geography import load_geography

STATES = (
    "at_risk prevented recruited in_transit exploited_venue exploited_private moved escaped identified released assisted "
    "unassisted returned resettled stayed"
).split()
SHARES = {"MDA": 0.42, "ROU": 0.2, "UKR": 0.14, "BGR": 0.08, "ALB": 0.06, "SRB": 0.04, "MKD": 0.03, "RUS": 0.02, "BLR": 0.01}
NAMES = ["map_weeks", "map_origins", "market_and_mission", "segments", "persons", "origins", "networks"]


@dataclass
class FakeRun:
    """A run as the figures see it."""

    scenario: Scenario
    seed: int
    series: pd.DataFrame
    states: pd.DataFrame
    origins: pd.DataFrame
    cells: pd.DataFrame
    summary: dict[str, float] = field(default_factory=dict)
    events: pd.DataFrame = field(default_factory=pd.DataFrame)


def fake_run(n_weeks: int = 520, size: float = 1.0, market: float = 1.0, shock: Shock | None = None,
             policy: dict[str, Any] | None = None, region: str = "balkans", codes: tuple[str, ...] = ("XKX",),
             sources: tuple[str, ...] = tuple(SHARES)) -> FakeRun:  # fmt: skip
    """Invent a run; ``size`` scales the mission, ``market`` the market."""
    mission = Mission(name="kosovo", title="Kosovo (KFOR and UNMIK)", region=region, countries=list(codes),
                      source_countries=list(sources), start_date="1999-06-14", horizon_weeks=n_weeks)  # fmt: skip
    scenario = Scenario(mission=mission, shock=shock or Shock(), policy=policy or {})
    week = np.arange(n_weeks, dtype=float)
    dates = [str(date(1999, 6, 14) + timedelta(weeks=w)) for w in range(n_weeks)]
    surge = 1.0 + (scenario.shock.size * ((week >= 104) & (week < 156)) if scenario.shock.name != "none" else 0.0)
    troops = size * surge * np.interp(week, [0, 26, 60, 190, 330, 520], [14000, 43000, 41000, 19000, 16500, 10400])
    personnel = troops * 1.25
    lag = np.convolve(personnel, np.exp(-np.arange(300) / 70.0))[:n_weeks] / 70.0
    noise = 1.0 + 0.03 * np.sin(week * 0.21) * np.cos(week * 0.13)
    venues = np.round(market * (18 + 0.0051 * lag * noise + 0.1 * week))
    hidden = np.round(venues * np.interp(week, [0, 100, 260, 520], [0.05, 0.1, 0.45, 0.55]))
    exploited = np.round(venues * np.interp(week, [0, 150, 520], [4.5, 5.2, 3.4]) * noise)
    ratio = np.interp(week, [0, 40, 200, 520], [0.5, 0.78, 0.34, 0.16]) * np.sign(size + 0 * week)
    flow = lambda level, wobble=0.8: market * np.maximum(0.0, np.round(level + wobble * np.sin(week**1.7 * 2.1)))  # noqa: E731
    values: dict[str, Any] = {
        "troops_present": np.round(troops), "personnel_present": np.round(personnel), "venues": venues,
        "venues_hidden": hidden, "true_exploited_persons": exploited, "exploited_private_persons": np.round(exploited * 0.06),
        "international_demand": 0.09 * personnel, "local_demand": market * 900 + 2 * week * market,
        "true_acts": 0.07 * personnel * market, "local_acts": market * (800 + 3.4 * week),
        "international_client_share": ratio * market, "international_revenue_share": np.minimum(0.95, ratio * 1.35) * market,
        "price_international_usd": market * np.interp(week, [0, 60, 520], [60, 74, 41]),
        "price_local_usd": market * np.interp(week, [0, 520], [17, 24]) * noise,
        "networks_active": np.round(venues / 4.6), "diversified_share": np.interp(week, [0, 200, 520], [0.1, 0.12, 0.31]) * market,
        "new_recruitments": flow(8.0, 3.0), "identified_persons": flow(3.4), "assisted_persons": flow(2.6),
        "observed_assisted_persons": flow(1.9), "raids": flow(np.interp(week, [0, 70, 210, 520], [0, 1, 5, 6])),
        "raids_leaked": flow(np.interp(week, [0, 70, 210, 520], [0, 0.4, 1.4, 1.0]), 0.3), "venues_opened": flow(1.4),
        "venues_closed": flow(1.1), "venues_closed_by_police": flow(0.6), "official_ties": market * 0.22 * noise,
        "infrastructure": market * np.interp(week, [0, 300, 520], [0.05, 0.5, 0.58]), "observed_venues": np.round(venues * 0.7),
        "observed_international_client_share": np.where(week % 52 < 26, 0, ratio * 0.8) * market,
        "exploited_local_share": np.interp(week, [0, 520], [0.04, 0.31]) * market,
    }  # fmt: skip
    series = pd.DataFrame({"week": week, "date": dates, **{name: values.get(name, np.zeros(n_weeks)) for name in INDICATORS}})
    parts = {"recruited": 0.05, "in_transit": 0.04, "exploited_venue": 0.94, "exploited_private": 0.06, "moved": 0.01,
             "escaped": 0.01, "identified": 0.03, "released": 0.02, "assisted": 0.16, "unassisted": 0.05}  # fmt: skip
    states = pd.DataFrame({"week": week, "date": dates, **{name: exploited * parts.get(name, 0.0) for name in STATES}})
    states["returned"], states["resettled"], states["stayed"] = market * week * 1.9, market * week * 0.4, market * week * 0.7
    local = series["exploited_local_share"].to_numpy()
    rows = []
    for code, part in [*SHARES.items(), (codes[0], 1.0)]:
        if code in (*sources, codes[0]):
            mix = local if code == codes[0] else (1 - local) * part
            rows.append(pd.DataFrame({"week": week, "date": dates, "country": code,
                                      "new_recruitments": series["new_recruitments"] * mix, "exploited_persons": exploited * mix}))  # fmt: skip
    return FakeRun(scenario, 0, series, states, pd.concat(rows, ignore_index=True), fake_cells(series, region, codes))


def fake_cells(series: pd.DataFrame, region: str, codes: tuple[str, ...]) -> pd.DataFrame:
    """Spread a run's demand and venues over cells by population."""
    geography = load_geography(region)
    cells = geography.cells_of(list(codes))
    weight = geography.population_weights(cells, 0.3)
    snapshots = sorted({*range(12, len(series), 13), len(series) - 1})
    frames = []
    for step in snapshots:
        row = series.iloc[step]
        venues = np.floor(row["venues"] * weight + 0.4)
        frames.append(pd.DataFrame({
            "week": row["week"], "date": row["date"], "cell": cells, "column": cells % geography.n_columns,
            "row": cells // geography.n_columns, "longitude": geography.longitude[cells], "latitude": geography.latitude[cells],
            "country": codes[0], "personnel": row["personnel_present"] * weight,
            "international_demand": row["international_demand"] * weight, "local_demand": row["local_demand"] * weight,
            "venues": venues, "venues_hidden": np.floor(venues * row["venues_hidden"] / max(row["venues"], 1.0)),
            "exploited_persons": row["true_exploited_persons"] * weight, "raids": row["raids"] * weight}))  # fmt: skip
    return pd.concat(frames, ignore_index=True)
