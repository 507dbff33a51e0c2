"""Results of a run: wide series, tidy tables, a summary, and the files they are written to.

Counts are scaled back to the full population here; ratios run over the trailing 52 weeks. Files are written to a
temporary folder first, so that a stopped run leaves nothing half-written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sim.clock import Clock
from sim.indicators import HIDDEN_FLOWS, INDICATORS, RATIO_WINDOW_WEEKS, Indicator
from sim.model import MandateModel
from sim.runs.cases import Columns, case_columns, case_funnel, mean_case_months, personnel_cases
from sim.scenario import Scenario
from sim.world.person_states import IN_VENUE, PRIVATE, RETURNED, STATES
from sim.world.recorder import CELL_FLOWS, CELL_LEVELS
from sim.world.state import World


@dataclass
class Run:
    """Everything a run produced.

    Attributes
    ----------
    columns
        The tables below by name, each as arrays by name of column; they become data frames when they are asked for.
    series
        One row a step: ``week``, ``date``, then the declared indicators.
    events, cases
        Tidy tables of events and of cases with their dates (weeks; empty where not reached).
    funnel
        Persons of the mission by stage of accountability: ``stage, true, observed``, full scale.
    states, origins, cells
        Persons by state; recruitment and exploitation by country of origin; quarterly cell tables.
    summary
        Numbers for the whole run.
    """

    scenario: Scenario
    seed: int
    world_seed: int
    columns: dict[str, Columns]
    summary: dict[str, Any] = field(default_factory=dict)
    model: MandateModel | None = None

    @cached_property
    def series(self) -> pd.DataFrame:
        return pd.DataFrame(self.columns["series"])

    @cached_property
    def events(self) -> pd.DataFrame:
        return pd.DataFrame(self.columns["events"])

    @cached_property
    def cases(self) -> pd.DataFrame:
        return pd.DataFrame(self.columns["cases"])

    @cached_property
    def funnel(self) -> pd.DataFrame:
        return pd.DataFrame(self.columns["funnel"])

    @cached_property
    def states(self) -> pd.DataFrame:
        return pd.DataFrame(self.columns["states"])

    @cached_property
    def origins(self) -> pd.DataFrame:
        return pd.DataFrame(self.columns["origins"])

    @cached_property
    def cells(self) -> pd.DataFrame:
        return pd.DataFrame(self.columns["cells"])


def make_run(model: MandateModel) -> Run:
    """Put the results of a finished model together."""
    world = model.world
    weeks, dates = _time(world.clock, world.recorder.n)
    series, personnel = series_columns(world), personnel_cases(world)
    cases = case_columns(world, personnel)
    columns = {
        "series": series,
        "events": world.events.columns(weeks, dates),
        "cases": cases,
        "funnel": case_funnel(world, personnel, float(series["newly_involved"].sum())),
        "states": _states(world, weeks, dates),
        "origins": _origins(world, weeks, dates),
        "cells": _cells(world, weeks, dates),
    }
    return Run(world.scenario, world.seed, world.world_seed, columns, _summary(world, series, cases), model)


def series_columns(world: World) -> Columns:
    """Return columns with a row a step: ``week``, ``date``, then the declared indicators."""
    weeks, dates = _time(world.clock, world.recorder.n)
    return {"week": weeks, "date": dates, **indicator_columns(world)}


@lru_cache(maxsize=8)
def _time(clock: Clock, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Week and date of the first steps; the same for all runs with a clock, so nobody may write to them."""
    weeks = np.array([clock.week(step) for step in range(n)], np.float64)
    dates = np.array([clock.date(step).isoformat() for step in range(n)], object)
    weeks.flags.writeable = dates.flags.writeable = False
    return weeks, dates


def indicator_columns(world: World) -> dict[str, np.ndarray]:
    """Return the declared indicators of every step, scaled to the full population, each shape (n_steps,)."""
    made_here = ("all_acts", "observed_trafficked_share_of_workers")
    names = [i.name for i in INDICATORS.values() if not i.numerator] + list(HIDDEN_FLOWS)
    raw = {name: np.ascontiguousarray(world.recorder.column(name)) for name in names if name not in made_here}
    raw["all_acts"] = raw["true_acts"] + raw["local_acts"]
    window = max(1, round(RATIO_WINDOW_WEEKS / world.dt))
    columns = {i.name: _column(i, raw, world.scale, window) for i in INDICATORS.values() if i.name not in made_here}
    met, found = _trailing(raw["persons_met"], window), _trailing(raw["persons_met_trafficked"], window)
    columns["observed_trafficked_share_of_workers"] = np.divide(found, met, out=np.zeros(len(met)), where=met > 0)
    return columns


def _column(indicator: Indicator, raw: dict[str, np.ndarray], scale: float, window: int) -> np.ndarray:
    """One indicator's column."""
    if indicator.kind in ("level", "flow"):
        return raw[indicator.name] / scale
    if indicator.kind == "state":
        return raw[indicator.name]
    top, bottom = _trailing(raw[indicator.numerator], window), _trailing(raw[indicator.denominator], window)
    return np.divide(top, bottom, out=np.full(len(top), indicator.empty), where=bottom > 0)


def _trailing(values: np.ndarray, window: int) -> np.ndarray:
    """Sum over the trailing window, shorter at the start."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    end = np.arange(1, len(values) + 1)
    return total[end] - total[np.maximum(end - window, 0)]


def _states(world: World, weeks: np.ndarray, dates: np.ndarray) -> Columns:
    """Persons by state, scaled."""
    values = world.recorder.states[: world.recorder.n] / world.scale
    return {"week": weeks, "date": dates, **dict(zip(["at_risk", "prevented", *STATES], values.T, strict=True))}


def _origins(world: World, weeks: np.ndarray, dates: np.ndarray) -> Columns:
    """Recruitment and exploitation by country of origin, tidy."""
    names, n = np.array(world.origin_countries, object), world.recorder.n
    return {
        "week": np.repeat(weeks, len(names)),
        "date": np.repeat(dates, len(names)),
        "country": np.tile(names, n),
        "new_recruitments": world.recorder.recruited[:n].ravel() / world.scale,
        "exploited_persons": world.recorder.exploited[:n].ravel() / world.scale,
    }


def _cells(world: World, weeks: np.ndarray, dates: np.ndarray) -> Columns:
    """Quarterly tables of the mission area's cells; flows are means per week since the last table."""
    geography, grid_cell = world.geography, world.cells.grid_cell
    steps, tables = zip(*world.recorder.snapshots, strict=True)
    place = {
        "cell": grid_cell,
        "column": grid_cell % geography.n_columns,
        "row": grid_cell // geography.n_columns,
        "longitude": geography.longitude[grid_cell],
        "latitude": geography.latitude[grid_cell],
        "country": np.array(geography.countries, object)[geography.country[grid_cell]],
    }
    rows, values = np.repeat(steps, len(grid_cell)), np.concatenate(tables) / world.scale
    return {
        "week": weeks[rows],
        "date": dates[rows],
        **{name: np.tile(part, len(steps)) for name, part in place.items()},
        **dict(zip([*CELL_LEVELS, *CELL_FLOWS], values.T, strict=True)),
    }


def _summary(world: World, series: Columns, cases: Columns) -> dict[str, Any]:
    """Numbers for the whole run."""
    people, n = world.people, world.n_people
    exploited = people.exploited_steps[:n] > 0
    ended = (people.state[:n] >= RETURNED) | (people.spell[:n] > 1)
    again = people.spell[:n] > 1
    now = np.isin(people.state[:n], (IN_VENUE, PRIVATE))
    peak = int(series["venues"].argmax())
    return {
        "true_exploitation_person_weeks": float(series["true_exploited_persons"].sum() * world.dt),
        "unique_persons": float(exploited.sum() / world.scale),
        "retrafficking_rate": float(again.sum() / ended.sum()) if ended.any() else 0.0,
        "exploited_at_end": float(now.sum() / world.scale),
        "peak_venues": float(series["venues"][peak]),
        "peak_venues_week": float(series["week"][peak]),
        "peak_exploited_persons": float(series["true_exploited_persons"].max()),
        "persons_identified": float(series["identified_persons"].sum()),
        "persons_assisted": float(series["assisted_persons"].sum()),
        "visits_by_personnel": float(series["true_acts"].sum()),
        **_accountability(series, cases, world),
        "person_weeks_target_international": float(series["exploited_target_international"].sum() * world.dt),
        "person_weeks_target_local": float(series["exploited_target_local"].sum() * world.dt),
        "person_weeks_elsewhere": float(series["exploited_elsewhere"].sum() * world.dt),
        "post_mission_persistence": None,
    }


def _accountability(series: Columns, cases: Columns, world: World) -> dict[str, Any]:
    """Accountability and security over the whole run."""
    acted, held = float(series["newly_involved"].sum()), float(series["consequences"].sum())
    tours = sum(world.recorder.column("involved_tours").tolist()) / world.scale
    return {
        "persons_with_act": acted,
        "persons_with_consequence": held,
        "impunity_gap": 1.0 - held / acted if acted > 0 else 1.0,
        "objective_certainty": held / tours if tours > 0 else 0.0,
        "reports": float(series["reports"].sum()),
        "observed_allegations": float(series["observed_allegations"].sum()),
        "mean_case_months": mean_case_months(cases),
        "largest_troop_shortfall": float(series["troop_shortfall"].max()),
        "mean_troop_shortfall": float(series["troop_shortfall"].mean()),
        "mean_violence": float(series["violence_index"].mean()),
    }
