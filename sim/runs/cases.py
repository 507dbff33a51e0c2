"""Cases of a run as columns: every case with all its dates, and the funnel from act to conviction, true and observed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from sim.clock import WEEKS_PER_MONTH
from sim.institutions.bodies import bodies
from sim.institutions.case import PersonnelCase
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
OCCUPANTS = 2**32  # more than the occupants of a post
FUNNEL_ASIDE = ("removed",)  # may come before an investigation ends, so it stands beside the chain
PERSONNEL = {  # what is read from each case, and as what
    **dict.fromkeys(("case_id", "unit", "billet", "occupant", "contributor", "n_reports"), np.int64),
    **dict.fromkeys(("authority", "category", "role"), np.int64),
    **dict.fromkeys([f"{date}_step" for date in (*DATES, "outcome")], np.int64),
    **dict.fromkeys(("is_identified", "is_substantiated", "is_visible"), bool),
    **dict.fromkeys(("channel", "forum", "outcome"), object),
}
ORGANISER = {
    **dict.fromkeys(("case_id", "network_key", "arrest_step", "charge_step", "outcome_step"), np.int64),
    "had_testimony": bool,
    "outcome": object,
}
NEAR_THE_EVIDENCE = ("host", "special")  # courts
Columns = dict[str, np.ndarray]


def personnel_cases(world: World) -> Columns:
    """What ``PERSONNEL`` names of each case against a person of the mission, in order of the authority's name."""
    cases = [case for body in bodies(world).oversight for case in body.cases]
    return _of_each(sorted(cases, key=lambda case: (AUTHORITIES[case.authority], case.case_id)), PERSONNEL)


def case_columns(world: World, personnel: Columns) -> Columns:
    """All cases, against organisers, then against personnel; weeks are missing where a stage was not reached.

    Personnel are named by contingent (``subject_id``), never singly; contributors by number.
    """
    parts = _organiser_columns(world), _personnel_columns(world, personnel)
    return {name: np.concatenate([part[name] for part in parts]) for name in CASE_COLUMNS}


def _of_each(cases: Sequence[Any], kinds: Mapping[str, Any]) -> Columns:
    """Attributes of all cases, an array of a kind each."""
    rows = zip(*map(attrgetter(*kinds), cases), strict=True) if cases else [()] * len(kinds)
    return {name: np.array(row, kind) for (name, kind), row in zip(kinds.items(), rows, strict=True)}


def _weeks(own: Columns, dates: Iterable[str], world: World) -> Columns:
    """Weeks of the steps of some dates, missing while they have not happened."""
    steps = {date: own[f"{date}_step"] for date in dates}
    return {f"{date}_week": np.where(step >= 0, step * world.dt, np.nan) for date, step in steps.items()}


def _named(names: Sequence[str], numbers: np.ndarray) -> np.ndarray:
    """Names by number."""
    return np.array(names, object)[numbers]


def _personnel_columns(world: World, own: Columns) -> Columns:
    """Cases against persons of the mission."""
    n = len(own["case_id"])
    return own | {
        **_weeks(own, (*DATES, "outcome"), world),
        "kind": np.full(n, "personnel", object),
        "subject_id": world.units.key[own["unit"]],
        "authority": _named(AUTHORITIES, own["authority"]),
        "category": _named(CATEGORIES, own["category"]),
        "role": _named(ROLES, own["role"]),
        "arrest_week": np.full(n, np.nan),
        "had_testimony": np.zeros(n, bool),
    }


def _organiser_columns(world: World) -> Columns:
    """Cases against organisers before host courts."""
    cases = [case for court in bodies(world).host_justice for case in (*court.decided, *court.docket)]
    own = _of_each(sorted(cases, key=attrgetter("case_id")), ORGANISER)
    n = len(cases)
    return own | {
        **{f"{date}_week": np.full(n, np.nan) for date in DATES},
        **_weeks(own, ("arrest", "charge", "outcome"), world),
        **{name: np.full(n, "", object) for name in ("category", "role", "channel")},
        "kind": np.full(n, "organiser", object),
        "subject_id": own["network_key"],
        "contributor": np.full(n, -1, np.int64),
        "authority": np.full(n, "host", object),
        "n_reports": np.zeros(n, np.int64),
        "forum": np.full(n, "host", object),
        "is_identified": np.ones(n, bool),
        "is_substantiated": np.zeros(n, bool),
        "is_visible": np.ones(n, bool),
    }


def mean_case_months(cases: Columns) -> float | None:
    """Months from report to outcome, mean over cases against personnel that were investigated and have ended."""
    ended = ~np.isnan(cases["investigation_week"]) & ~np.isnan(cases["outcome_week"])
    weeks = (cases["outcome_week"] - cases["report_week"])[ended & (cases["kind"] == "personnel")]
    return float(weeks.sum() / len(weeks) / WEEKS_PER_MONTH) if len(weeks) else None


def case_funnel(world: World, own: Columns, with_act: float) -> Columns:
    """Persons of the mission by stage, true and observed, full scale, from their cases; ``with_act`` is the first stage.

    Each stage counts persons that reached it, once however many cases they had, and none exceeds the one before;
    ``removed`` stands apart. Observed is what the mission's books and published outcomes would show: nothing before a
    case is recorded, charges and convictions only where the mission hears of them.
    """
    person = own["billet"] * OCCUPANTS + own["occupant"]
    has = {date: own[f"{date}_step"] >= 0 for date in DATES}
    is_visible, convicted = own["is_visible"], own["outcome"] == "convicted"

    def persons(reached: np.ndarray) -> float:
        return len(np.unique(person[reached])) / world.scale

    true = {
        "persons_with_act": with_act,
        "reported": sum(len(body.reported) for body in bodies(world).oversight) / world.scale,
        "recorded": persons(np.ones(len(person), bool)),
        "screened_in": persons(own["is_identified"]),
        "investigated": persons(has["investigation"] | has["referral"]),
        "substantiated": persons(own["is_substantiated"] | has["referral"]),
        "referred": persons(has["referral"]),
        "answered": persons(has["answer"] | (has["referral"] & np.isin(own["forum"], NEAR_THE_EVIDENCE))),
        "charged": persons(has["charge"]),
        "convicted": persons(convicted),
        "removed": persons(has["removal"] | has["barred"]),
    }
    observed = dict(true) | {"persons_with_act": np.nan, "reported": np.nan}
    observed["charged"] = persons(is_visible & has["charge"])
    observed["convicted"] = persons(is_visible & convicted)
    stages = (*FUNNEL_STAGES, *FUNNEL_ASIDE)
    return {
        "stage": np.array(stages, object),
        "true": np.array([true[stage] for stage in stages], np.float64),
        "observed": np.array([observed[stage] for stage in stages], np.float64),
    }


def is_answered(case: PersonnelCase) -> bool:
    """Whether somebody took the case up after referral: an answer in substance, or a court near the evidence."""
    return case.answer_step >= 0 or (case.referral_step >= 0 and case.forum in NEAR_THE_EVIDENCE)
