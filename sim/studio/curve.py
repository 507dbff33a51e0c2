"""The mission's strength as the studio reshapes it: three sliders that become points, and what history says.

Points are weeks and ratios to the mission's own strength; they snap to quarters. Sizes of the sliders are teaching choices.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sim.clock import make_clock
from sim.scenario import HIGHEST_RATIO, Scenario
from sim.world.missions import load_series

QUARTER = 13.0
SURGE_WEEKS, RAMP_WEEKS = (104.0, 156.0), 13.0  # as the shock `surge`: from week 104, for a year
DRAWDOWN_WEEKS = (104.0, 130.0)  # as the shock `early_drawdown`: from week 104, within half a year
EXIT_RAMP = 26.0  # as the shock `exit`

_tables: dict[str, tuple[list[float], list[float]]] = {}  # read once a mission


def shaped(horizon: float, surge: float = 0.0, drawdown: float = 0.0, exit_week: float = 0.0) -> list[dict[str, float]]:
    """Return the points of a surge for a year, a drawdown for good and an exit, together; none where all are 0.

    Parameters
    ----------
    horizon
        Weeks of the run; points beyond it are left out.
    surge, drawdown
        Added share for a year from week 104; share that leaves for good within half a year from then.
    exit_week
        Week in which personnel begin to leave altogether, gone half a year later; 0 = they stay.
    """
    if surge <= 0.0 and drawdown <= 0.0 and exit_week <= 0.0:
        return []
    start, end = SURGE_WEEKS
    weeks = {0.0}
    parts = []
    if surge > 0.0:
        parts.append(([start, start + RAMP_WEEKS, end - RAMP_WEEKS, end], [1.0, 1.0 + surge, 1.0 + surge, 1.0]))
    if drawdown > 0.0:
        parts.append((list(DRAWDOWN_WEEKS), [1.0, 1.0 - min(drawdown, 1.0)]))
    if exit_week > 0.0:
        parts.append(([exit_week, exit_week + EXIT_RAMP], [1.0, 0.0]))
    for own, _ in parts:
        weeks.update(own)
    kept = [week for week in sorted(weeks) if week <= horizon]
    return [{"week": week, "ratio": _product(week, parts)} for week in kept]


def shape_of(horizon: float, points: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the sliders that lead to some points, where one slider alone does; else all at 0."""
    none = {"surge": 0.0, "drawdown": 0.0, "exit_week": 0.0}
    ratios = [point["ratio"] for point in points]
    tried = [{"surge": max(ratios, default=1.0) - 1.0}, {"drawdown": 1.0 - min(ratios, default=1.0)}]
    tried += [{"exit_week": point["week"]} for point in points]
    return next((none | one for one in tried if points and shaped(horizon, **one) == list(points)), none)


def _product(week: float, parts: list[tuple[list[float], list[float]]]) -> float:
    """Ratio of all parts together at a week, within bounds."""
    ratio = 1.0
    for weeks, ratios in parts:
        ratio *= float(np.interp(week, weeks, ratios))
    return round(min(ratio, HIGHEST_RATIO), 6)


def history(scenario: Scenario) -> dict[str, Any]:
    """Return the mission's own strength by week, and the points to drag: those chosen, or one a year at 1."""
    mission, points = scenario.mission, scenario.mission.strength_curve
    plain = dataclasses.replace(mission, strength_curve=[])
    key = repr((plain, scenario.clock))
    if key not in _tables:
        clock = make_clock(mission.start_date, mission.horizon_weeks, scenario.clock)
        weeks = [clock.week(step) for step in range(clock.n_steps)]
        _tables[key] = weeks, load_series(plain, clock).strength.sum(axis=0).tolist()
    weeks, strength = _tables[key]
    chosen = [[point.week, point.ratio] for point in points] or [[week, 1.0] for week in _yearly(mission.horizon_weeks)]
    return {"weeks": weeks, "strength": strength, "points": chosen, "is_shaped": bool(points)}


def _yearly(horizon: float) -> list[float]:
    """Six to eight weeks spread over a run, at quarters."""
    step = max(QUARTER, QUARTER * round(horizon / 6.0 / QUARTER))
    weeks = list(np.arange(0.0, horizon, step))
    return [week for week, following in pairwise([*weeks, horizon]) if following - week >= QUARTER / 2.0] or [0.0]
