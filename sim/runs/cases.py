"""Cases of a run as tables: every case with all its dates, and the funnel from act to conviction, true and observed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.clock import WEEKS_PER_MONTH
from sim.institutions.bodies import bodies
from sim.institutions.case import PersonnelCase
from sim.institutions.host_justice import OrganiserCase
from sim.model import MandateModel
from sim.parameters import CATEGORIES
from sim.world.columns import AUTHORITIES, ROLES
from sim.world.state import World

DATES = ("act", "report", "fact_finding", "removal", "barred", "investigation", "referral", "named", "answer", "charge")
CASE_COLUMNS = (
    "case_id",
    "kind",
    "subject_id",
    "contributor",
    "authority",
    "category",
    "role",
    "channel",
    "n_reports",
    "arrest_week",
    *(f"{date}_week" for date in DATES),
    "outcome_week",
    "forum",
    "is_identified",
    "is_substantiated",
    "had_testimony",
    "is_visible",
    "outcome",
)
FUNNEL_STAGES = (
    "persons_with_act",
    "reported",
    "recorded",
    "screened_in",
    "investigated",
    "substantiated",
    "referred",
    "answered",
    "charged",
    "convicted",
)
REACHED = ("investigation", "referral", "charge", "removal", "barred")
OCCUPANTS = 2**32  # more than the occupants of a post
FUNNEL_ASIDE = ("removed",)  # may come before an investigation ends, so it stands beside the chain


def case_table(model: MandateModel) -> pd.DataFrame:
    """All cases, against personnel and against organisers; weeks are missing where a stage was not reached.

    Personnel are named by contingent (``subject_id``), never singly; contributors by number.
    """
    world = model.world
    all_of = bodies(world)
    own = [case for oversight in all_of.oversight for case in oversight.cases]
    organisers = [case for court in all_of.host_justice for case in (*court.decided, *court.docket)]
    parts = _personnel_columns(own, world), _organiser_columns(organisers, world)
    table = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in CASE_COLUMNS})
    return table.sort_values(["kind", "authority", "case_id"], kind="stable", ignore_index=True)


def _of_each(cases: Sequence[Any], attribute: str, kind: Any) -> np.ndarray:
    """An attribute of each case, as an array."""
    return np.array([getattr(case, attribute) for case in cases], kind)


def _weeks(cases: Sequence[Any], attribute: str, world: World) -> np.ndarray:
    """Week of a step of each case, missing while it has not happened."""
    step = _of_each(cases, attribute, np.int64)
    return np.where(step >= 0, step * world.dt, np.nan)


def _named(names: Sequence[str], numbers: np.ndarray) -> np.ndarray:
    """Names by number."""
    return np.array(names, object)[numbers]


def _personnel_columns(cases: list[PersonnelCase], world: World) -> dict[str, np.ndarray]:
    """Cases against persons of the mission, a column each."""
    n, unit = len(cases), _of_each(cases, "unit", np.int64)
    whole = {name: _of_each(cases, name, np.int64) for name in ("case_id", "contributor", "n_reports")}
    words = {name: _of_each(cases, name, object) for name in ("channel", "forum", "outcome")}
    is_so = {name: _of_each(cases, name, bool) for name in ("is_identified", "is_substantiated", "is_visible")}
    dates = {f"{date}_week": _weeks(cases, f"{date}_step", world) for date in (*DATES, "outcome")}
    return {
        **whole,
        **words,
        **is_so,
        **dates,
        "kind": np.full(n, "personnel", object),
        "subject_id": world.units.key[unit],
        "authority": _named(AUTHORITIES, _of_each(cases, "authority", np.int64)),
        "category": _named(CATEGORIES, _of_each(cases, "category", np.int64)),
        "role": _named(ROLES, _of_each(cases, "role", np.int64)),
        "arrest_week": np.full(n, np.nan),
        "had_testimony": np.zeros(n, bool),
    }


def _organiser_columns(cases: list[OrganiserCase], world: World) -> dict[str, np.ndarray]:
    """Cases against organisers before host courts, a column each."""
    n = len(cases)
    return {
        **{f"{date}_week": np.full(n, np.nan) for date in DATES},
        **{f"{date}_week": _weeks(cases, f"{date}_step", world) for date in ("arrest", "charge", "outcome")},
        **{name: np.full(n, "", object) for name in ("category", "role", "channel")},
        "case_id": _of_each(cases, "case_id", np.int64),
        "kind": np.full(n, "organiser", object),
        "subject_id": _of_each(cases, "network_key", np.int64),
        "contributor": np.full(n, -1, np.int64),
        "authority": np.full(n, "host", object),
        "n_reports": np.zeros(n, np.int64),
        "forum": np.full(n, "host", object),
        "is_identified": np.ones(n, bool),
        "is_substantiated": np.zeros(n, bool),
        "had_testimony": _of_each(cases, "had_testimony", bool),
        "is_visible": np.ones(n, bool),
        "outcome": _of_each(cases, "outcome", object),
    }


def mean_case_months(cases: pd.DataFrame) -> float | None:
    """Months from report to outcome, mean over cases against personnel that were investigated and have ended."""
    own = cases[(cases["kind"] == "personnel") & cases["investigation_week"].notna() & cases["outcome_week"].notna()]
    if own.empty:
        return None
    return float((own["outcome_week"] - own["report_week"]).mean() / WEEKS_PER_MONTH)


def case_funnel(model: MandateModel, series: pd.DataFrame) -> pd.DataFrame:
    """Persons of the mission by stage, true and observed, full scale.

    Each stage counts persons that reached it, once however many cases they had, and none exceeds the one before;
    ``removed`` stands apart. Observed is what the mission's books and published outcomes would show: nothing before a
    case is recorded, charges and convictions only where the mission hears of them.
    """
    oversight, scale = bodies(model.world).oversight, model.world.scale
    cases = [case for authority in oversight for case in authority.cases]
    person = _of_each(cases, "billet", np.int64) * OCCUPANTS + _of_each(cases, "occupant", np.int64)
    has = {name: _of_each(cases, f"{name}_step", np.int64) >= 0 for name in REACHED}
    is_visible, convicted = _of_each(cases, "is_visible", bool), _of_each(cases, "outcome", object) == "convicted"

    def persons(reached: np.ndarray) -> float:
        return len(np.unique(person[reached])) / scale

    true = {
        "persons_with_act": float(series["newly_involved"].sum()),
        "reported": sum(len(authority.reported) for authority in oversight) / scale,
        "recorded": persons(np.ones(len(cases), bool)),
        "screened_in": persons(_of_each(cases, "is_identified", bool)),
        "investigated": persons(has["investigation"] | has["referral"]),
        "substantiated": persons(_of_each(cases, "is_substantiated", bool) | has["referral"]),
        "referred": persons(has["referral"]),
        "answered": persons(np.array([is_answered(case) for case in cases], bool)),
        "charged": persons(has["charge"]),
        "convicted": persons(convicted),
        "removed": persons(has["removal"] | has["barred"]),
    }
    observed = dict(true) | {"persons_with_act": np.nan, "reported": np.nan}
    observed["charged"] = persons(is_visible & has["charge"])
    observed["convicted"] = persons(is_visible & convicted)
    stages = (*FUNNEL_STAGES, *FUNNEL_ASIDE)
    return pd.DataFrame({"stage": stages, "true": [true[s] for s in stages], "observed": [observed[s] for s in stages]})


def is_answered(case: PersonnelCase) -> bool:
    """Whether somebody took the case up after referral: an answer in substance, or a court near the evidence."""
    return case.answer_step >= 0 or (case.referral_step >= 0 and case.forum in ("host", "special"))
