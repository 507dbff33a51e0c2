"""Counterparts of documented facts about the accountability chain, computed from the cases of a run alone.

UN-wide facts (A..) are set beside Kosovo's cases under UN authority; they come from other missions and years, so near
agreement says that the chain has the right shape, not that Kosovo's was like this.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from sim.clock import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.runs.results import Run

WINDOW_YEARS = 6.0


def personnel_cases(run: Run, authority: str | None = None) -> pd.DataFrame:
    """Cases against personnel, of one authority or of all."""
    cases = run.cases[run.cases["kind"] == "personnel"]
    return cases if authority is None else cases[cases["authority"] == authority]


def week_of(run: Run, day: str) -> float:
    """Week of a day, counted from the start of the run."""
    start = date.fromisoformat(run.scenario.mission.start_date)
    return (date.fromisoformat(day) - start).days / 7.0


def removed_police(last: str) -> Callable[[Run], float]:
    """UN police removed up to a day, full scale."""

    def removed(run: Run) -> float:
        cases = personnel_cases(run, "un")
        own = cases[(cases["category"] == "police") & (cases["removal_week"] <= week_of(run, last))]
        return len(own) / run.scenario.scale

    return removed


def removed_police_share(first: str, last: str) -> Callable[[Run], float]:
    """UN police removed up to a day over the mean number in post in a period."""

    def share(run: Run) -> float:
        world = run.model.world if run.model is not None else None
        if world is None:
            return 0.0
        police = (world.units.category == 1) & (world.units.authority == 0)
        weeks = range(round(week_of(run, first) / world.dt), min(round(week_of(run, last) / world.dt), world.clock.n_steps))
        posts = world.authorised[police][:, weeks].sum(axis=0).mean() if len(weeks) else 0.0
        return removed_police(last)(run) / float(posts) if posts > 0 else 0.0

    return share


def served_share(last: str, tour_years: float) -> Callable[[Run], float]:
    """UN police removed up to a day over all who served until then: posts times years, over the length of a tour."""

    def share(run: Run) -> float:
        world = run.model.world if run.model is not None else None
        if world is None:
            return 0.0
        police = (world.units.category == 1) & (world.units.authority == 0)
        until = min(round(week_of(run, last) / world.dt), world.clock.n_steps)
        years = world.authorised[police][:, :until].sum() * world.dt / WEEKS_PER_YEAR
        return removed_police(last)(run) / float(years / tour_years) if years > 0 else 0.0

    return share


def reply_share(run: Run) -> float:
    """Referrals of the UN to contributors that were answered in substance, of those settled."""
    cases = personnel_cases(run, "un")
    asked = cases[(cases["forum"] == "home") & cases["outcome_week"].notna()]
    return float(asked["answer_week"].notna().mean()) if len(asked) else 0.0


def substantiated_share(run: Run) -> float:
    """Completed UN investigations that substantiated."""
    done = personnel_cases(run, "un").dropna(subset=["investigation_week"])
    return float(done["is_substantiated"].astype(float).mean()) if len(done) else 0.0


def investigation_months(run: Run) -> float:
    """Mean months from report to the end of an investigation, reports and ends within six years."""
    limit = WINDOW_YEARS * WEEKS_PER_YEAR
    done = personnel_cases(run, "un")
    done = done[(done["report_week"] <= limit) & (done["investigation_week"] <= limit)]
    return float((done["investigation_week"] - done["report_week"]).mean() / WEEKS_PER_MONTH) if len(done) else 0.0


def sanctioned_share(run: Run) -> float:
    """Persons investigated by the UN who were removed or barred."""
    done = personnel_cases(run, "un").dropna(subset=["investigation_week"])
    return float((done["removal_week"].notna() | done["barred_week"].notna()).mean()) if len(done) else 0.0


def charged(authority: str | None = None, category: str | None = None) -> Callable[[Run], float]:
    """Persons of the mission charged anywhere, full scale."""

    def count(run: Run) -> float:
        cases = personnel_cases(run, authority)
        cases = cases if category is None else cases[cases["category"] == category]
        return float(cases["charge_week"].notna().sum()) / run.scenario.scale

    return count
