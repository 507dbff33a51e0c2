"""Dated tables of a mission: read, checked, and interpolated to the steps of a run.

Tables are tidy CSVs with ``date, ..., value, unit, status, source, note``; values are linear between dates and held
before the first and after the last. Personnel are those in the mission area; theatre figures are documentation.
"""

from __future__ import annotations

import csv
import dataclasses
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from sim.clock import WEEKS_PER_MONTH, Clock
from sim.errors import ScenarioError
from sim.parameters import CATEGORIES
from sim.scenario import Mission

TABLE_NAMES = (
    "strength",
    "contingents",
    "places",
    "conduct_rules",
    "incomes",
    "borders",
    "enforcement",
    "contributors",
)
CONTRIBUTOR_SERIES = ("is_state", "rule_of_law", "income_usd_per_year", "purchase_is_offence")
Row = dict[str, str]


@dataclass(frozen=True)
class Contingent:
    """One unit post of a mission table."""

    name: str
    contributor: str
    category: int
    authority: str
    sector: str


MOST_KEPT = 6
_kept: dict[tuple[Any, ...], MissionSeries] = {}


@dataclass(frozen=True, eq=False)  # told apart by identity, so that what is made of it can be kept
class MissionSeries:
    """A mission's dated inputs on the steps of a run.

    Attributes
    ----------
    contingents, weights
        Unit posts and their weight by step, shape (n_contingents, n_steps).
    strength
        Personnel in the mission area by category and step, shape (4, n_steps), persons.
    places
        Sector -> (grid column, grid row, share) of its towns.
    exposure, disposable_usd
        By category and step, shape (4, n_steps); share of free time, USD per week.
    income, wage
        Country -> USD per person and year; host country -> USD per month, each by step.
    interception, crossing_cost
        Country of origin -> share stopped on the way; relative cost, each by step.
    raid_capacity, assistance_places
        Raids per week; new persons per week, by step, full scale.
    contributors
        Series of ``CONTRIBUTOR_SERIES`` -> contributor -> by step.
    """

    contingents: tuple[Contingent, ...]
    weights: np.ndarray
    strength: np.ndarray
    places: dict[str, tuple[tuple[int, int, float], ...]]
    exposure: np.ndarray
    disposable_usd: np.ndarray
    income: dict[str, np.ndarray]
    wage: dict[str, np.ndarray]
    interception: dict[str, np.ndarray]
    crossing_cost: dict[str, np.ndarray]
    raid_capacity: np.ndarray
    assistance_places: np.ndarray
    contributors: dict[str, dict[str, np.ndarray]]


def read_tables(mission: Mission) -> dict[str, list[Row]]:
    """Read a mission's CSVs from a folder of that path, or from the package.

    Raises
    ------
    ScenarioError
        When a table is missing.
    """
    own = Path(mission.tables)
    is_path = len(own.parts) > 1  # a bare name is the package's, whatever lies in the working folder
    folder = own if is_path and own.is_dir() else resources.files("sim.scenarios") / "mission" / mission.tables
    tables, found = {}, []
    for name in TABLE_NAMES:
        source = folder / f"{name}.csv"
        if not source.is_file():
            found.append(
                f"mission.tables = {mission.tables}: {name}.csv is missing. A mission needs {', '.join(TABLE_NAMES)}."
            )
            continue
        tables[name] = list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))
    if found:
        raise ScenarioError(found)
    return tables


def load_series(mission: Mission, clock: Clock) -> MissionSeries:
    """Interpolate every table of a mission to the steps of a run.

    A process keeps the last few: they are the same for all runs of a mission, and nobody may write to them. Tables in an
    analyst's own folder are read again once a file there has changed.
    """
    own = Path(mission.tables)
    changed = tuple(sorted((f.name, f.stat().st_mtime_ns) for f in own.glob("*.csv"))) if len(own.parts) > 1 else ()
    read = repr((mission.tables, mission.countries, mission.trapezoid, mission.strength_curve))
    key = (read, str(own.absolute()), clock.start, clock.n_steps, clock.step_days, changed)
    if key not in _kept:
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[key] = _read_series(mission, clock)
    return _kept[key]


def _read_series(mission: Mission, clock: Clock) -> MissionSeries:
    """Read and interpolate, and lock what was made."""
    series = _interpolated(mission, clock)
    for field in dataclasses.fields(series):
        _lock(getattr(series, field.name))
    return series


def _lock(values: Any) -> None:
    """Let nobody write to arrays, also those in dictionaries."""
    if isinstance(values, np.ndarray):
        values.flags.writeable = False
    elif isinstance(values, dict):
        for part in values.values():
            _lock(part)


def _interpolated(mission: Mission, clock: Clock) -> MissionSeries:
    """Every table of a mission on the steps of a run."""
    tables = read_tables(mission)
    weeks = np.array([clock.week(step) for step in range(clock.n_steps)])

    def series(table: str, value: str = "value", **match: str) -> np.ndarray:
        rows = [r for r in tables[table] if all(r[k] == v for k, v in match.items())]
        if not rows:
            raise ScenarioError(f"mission.tables = {mission.tables}: {table}.csv has no row with {match}. Add one.")
        return _interpolate(rows, clock, weeks, value)

    strength = np.stack([series("strength", category=c, scope="in_country") for c in CATEGORIES])
    if mission.trapezoid.peak > 0:
        strength = _trapezoid(mission, weeks, strength)
    if mission.strength_curve:
        strength = strength * _curve(mission, weeks)
    contingents, weights = _contingents(tables["contingents"], clock, weeks)
    subjects = sorted({r["subject"] for r in tables["incomes"] if r["series"] == "income_usd_per_year"})
    abroad = sorted({r["country"] for r in tables["borders"]})
    return MissionSeries(
        contingents=contingents,
        weights=weights,
        strength=strength,
        places=_places(tables["places"]),
        exposure=np.stack([series("conduct_rules", category=c, rule="exposure") for c in CATEGORIES]),
        disposable_usd=np.stack([series("incomes", subject=c, series="disposable_usd_per_week") for c in CATEGORIES]),
        income={s: series("incomes", subject=s, series="income_usd_per_year") for s in subjects},
        wage={c: series("incomes", subject=c, series="wage_usd_per_month") for c in mission.countries},
        interception={c: series("borders", country=c, series="interception_share") for c in abroad},
        crossing_cost={c: series("borders", country=c, series="crossing_cost_ratio") for c in abroad},
        raid_capacity=series("enforcement", series="raid_capacity_per_week"),
        assistance_places=series("enforcement", series="assistance_places_per_month") / WEEKS_PER_MONTH,
        contributors=_contributor_series(
            mission, tables["contributors"], {c.contributor for c in contingents}, clock, weeks
        ),
    )


def _contributor_series(
    mission: Mission, rows: list[Row], senders: set[str], clock: Clock, weeks: np.ndarray
) -> dict[str, dict[str, np.ndarray]]:
    """Series of contributors by name of series, then of contributor, shape (n_steps,) each."""
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row["series"], row["contributor"]), []).append(row)
    missing = [f"{c} {name}" for c in sorted(senders) for name in CONTRIBUTOR_SERIES if (name, c) not in grouped]
    if missing:
        raise ScenarioError(
            f"mission.tables = {mission.tables}: contributors.csv has no row for {', '.join(missing[:5])}"
            f"{' and others' if len(missing) > 5 else ''}. Add them."
        )
    return {
        name: {c: _interpolate(grouped[name, c], clock, weeks) for c in sorted(senders)} for name in CONTRIBUTOR_SERIES
    }


def _interpolate(rows: list[Row], clock: Clock, weeks: np.ndarray, value: str = "value") -> np.ndarray:
    """Linear interpolation of dated rows at the start of each step."""
    points = sorted((clock.weeks_until(date.fromisoformat(r["date"])), float(r[value])) for r in rows)
    return np.interp(weeks, [p[0] for p in points], [p[1] for p in points])


def _contingents(rows: list[Row], clock: Clock, weeks: np.ndarray) -> tuple[tuple[Contingent, ...], np.ndarray]:
    """Unit posts in order of name, and their weights by step."""
    names = sorted({r["contingent"] for r in rows})
    contingents, weights = [], np.zeros((len(names), len(weeks)))
    for i, name in enumerate(names):
        own = [r for r in rows if r["contingent"] == name]
        first = own[0]
        contingents.append(
            Contingent(
                name, first["contributor"], CATEGORIES.index(first["category"]), first["authority"], first["sector"]
            )
        )
        weights[i] = _interpolate(own, clock, weeks)
    return tuple(contingents), weights


def _places(rows: list[Row]) -> dict[str, tuple[tuple[int, int, float], ...]]:
    """Sector -> its towns' grid positions and shares (from the first date given)."""
    places: dict[str, tuple[tuple[int, int, float], ...]] = {}
    for sector in sorted({r["sector"] for r in rows}):
        own = [r for r in rows if r["sector"] == sector]
        first = min(r["date"] for r in own)
        places[sector] = tuple((int(r["col"]), int(r["row"]), float(r["value"])) for r in own if r["date"] == first)
    return places


def _curve(mission: Mission, weeks: np.ndarray) -> np.ndarray:
    """Ratio of each step's strength to the table's."""
    points = mission.strength_curve
    return np.interp(weeks, [point.week for point in points], [point.ratio for point in points])


def _trapezoid(mission: Mission, weeks: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """A teaching deployment, split over categories as the table splits its largest strength."""
    shape = mission.trapezoid
    times = np.cumsum(
        [shape.start_week, max(shape.build_up_weeks, 1e-9), shape.plateau_weeks, max(shape.drawdown_weeks, 1e-9)]
    )
    total = np.interp(weeks + 1e-6, times, shape.peak * np.array([0.0, 1.0, 1.0, shape.remaining_share]))
    peak = strength[:, int(strength.sum(axis=0).argmax())]
    return np.outer(peak / peak.sum(), total)
