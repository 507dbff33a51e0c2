"""Series of a study as paired differences over time: quantiles, single traces, calendar ticks, what remains after exit.

Part of the report, between the series of a study and its figures over time; answers when effects appear. Leaves out
drawing.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sim.report.findings import Findings

N_TRACES = 8
EXIT_SHARE = 0.1  # of peak strength
AFTER_WEEKS = (52, 156)
BANDS = {"lower 90 %": 0.05, "lower 50 %": 0.25, "median": 0.5, "upper 50 %": 0.75, "upper 90 %": 0.95}


def main_series(findings: Findings) -> pd.DataFrame:
    """Return the series of the main mission, shock and world."""
    series = findings.study.series
    if not len(series):
        return series
    mission, shock, world = findings.main
    return series[(series["mission"] == mission) & (series["shock"] == shock) & (series["world"] == world)]


def wide(series: pd.DataFrame, option: str, name: str) -> pd.DataFrame:
    """Return one indicator of one option, weeks in rows and replicates in columns."""
    if not len(series) or name not in series.columns:
        return pd.DataFrame()
    part = series[series["option"] == option]
    return part.pivot_table(index="week", columns="replicate", values=name, aggfunc="first").astype(float)


def paired(series: pd.DataFrame, option: str, baseline: str, name: str) -> pd.DataFrame:
    """Return option - baseline of one indicator by week and replicate; empty where no replicate has both."""
    mine, other = wide(series, option, name), wide(series, baseline, name)
    if not len(mine) or not len(other):
        return pd.DataFrame()
    mine, other = mine.align(other, join="inner")
    return (mine - other).dropna(axis=1, how="all")


def bands(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return quantiles over replicates by week."""
    return pd.DataFrame({name: gaps.quantile(q, axis=1) for name, q in BANDS.items()})


def fan_table(findings: Findings, option: str, name: str) -> pd.DataFrame:
    """Return what one panel of P4 draws: levels, the paired difference with bands, and up to eight single pairs."""
    series = main_series(findings)
    gaps = paired(series, option, findings.baseline, name)
    if not len(gaps):
        return pd.DataFrame()
    table = pd.DataFrame(
        {
            "week": gaps.index.to_numpy(dtype=float),
            "date": dates(series).reindex(gaps.index).to_numpy(),
            "baseline, median": wide(series, findings.baseline, name).median(axis=1).reindex(gaps.index).to_numpy(),
            "option, median": wide(series, option, name).median(axis=1).reindex(gaps.index).to_numpy(),
        }
    )
    found = bands(gaps)
    table = table.assign(**{f"difference, {band}": found[band].to_numpy() for band in BANDS})
    for i, replicate in enumerate(list(gaps.columns)[:N_TRACES]):
        table[f"pair {i + 1}"] = gaps[replicate].to_numpy()
    return table


def dates(series: pd.DataFrame) -> pd.Series:
    """Return the date of each week."""
    return series.drop_duplicates("week").set_index("week")["date"]


def strength(findings: Findings) -> pd.DataFrame:
    """Return mission strength by week: present under the baseline (median) and authorised."""
    present = wide(main_series(findings), findings.baseline, "troops_present")
    if not len(present):
        return pd.DataFrame(columns=["week", "present", "authorised"])
    table = pd.DataFrame({"week": present.index.to_numpy(dtype=float), "present": present.median(axis=1).to_numpy()})
    deployment = findings.study.deployment
    if len(deployment):
        column = "authorised_military" if "authorised_military" in deployment else "authorised"
        table["authorised"] = np.interp(
            table["week"], deployment["week"].astype(float), deployment[column].astype(float)
        )
    else:
        table["authorised"] = math.nan
    return table


def exit_week(findings: Findings) -> float | None:
    """Return when strength under the baseline falls below a tenth of its peak for good; none if it does not."""
    table = strength(findings)
    if not len(table) or table["present"].max() <= 0.0:
        return None
    low = (table["present"] < EXIT_SHARE * table["present"].max()).to_numpy()
    if not low[-1]:
        return None
    first = len(low) - int(np.argmin(low[::-1])) if not low.all() else 0
    return float(table["week"].iloc[first])


def after_exit(findings: Findings, name: str) -> pd.DataFrame:
    """Return what remains one and three years after exit: one row an option and date; empty without exit."""
    left, series = exit_week(findings), main_series(findings)
    rows = []
    for option in [findings.baseline, *findings.names]:
        levels = wide(series, option, name)
        for after in AFTER_WEEKS if left is not None and len(levels) else ():
            week = (left or 0.0) + after
            if week <= float(levels.index.max()):
                nearest = levels.index[np.abs(levels.index.to_numpy(dtype=float) - week).argmin()]
                values = levels.loc[nearest].dropna()
                said = f"{after // 52} year{'s' if after > 52 else ''} after exit"
                ends = [float(values.quantile(q)) for q in (0.5, 0.05, 0.95)]
                rows.append((option, said, *ends, len(values)))
    return pd.DataFrame(rows, columns=["option", "when", "median", "lower 90 %", "upper 90 %", "runs"])


def start_of(series: pd.DataFrame) -> date | None:
    """Return the day of week 0, as the first row tells it; none where dates do not parse."""
    if not len(series):
        return None
    row = series.iloc[0]
    try:
        return date.fromisoformat(str(row["date"])[:10]) - timedelta(days=round(float(row["week"]) * 7))
    except ValueError:
        return None


def calendar_ticks(start: date | None, last: float, n: int = 5) -> list[tuple[float, str]]:
    """Return weeks and labels of years, or of weeks where there is no calendar."""
    if start is None:
        step = next((s for s in (13, 26, 52, 104, 208, 520) if last / s <= n), 1040)
        return [(float(week), f"week {week}" if week == 0 else str(week)) for week in range(0, int(last) + 1, step)]
    end = start + timedelta(days=round(last * 7))
    years = [year for year in range(start.year, end.year + 1) if date(year, 1, 1) >= start]
    step = next((s for s in (1, 2, 3, 5, 10) if len(years) / s <= n), 20)
    return [((date(year, 1, 1) - start).days / 7.0, str(year)) for year in years if (year - years[0]) % step == 0]


def month_of(start: date | None, week: float) -> str:
    """Return "March 2001 (week 92)", or the week alone."""
    if start is None:
        return f"week {week:.0f}"
    return f"{start + timedelta(days=round(week * 7)):%B %Y} (week {week:.0f})"
