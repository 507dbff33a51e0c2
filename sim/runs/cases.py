"""Cases of a run as tables: every case with all its dates, and the funnel from act to conviction, true and observed."""

from __future__ import annotations

from collections.abc import Callable
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
FUNNEL_ASIDE = ("removed",)  # may come before an investigation ends, so it stands beside the chain


def case_table(model: MandateModel) -> pd.DataFrame:
    """All cases, against personnel and against organisers; weeks are missing where a stage was not reached.

    Personnel are named by contingent (``subject_id``), never singly; contributors by number.
    """
    week = model.world.clock.week
    rows = [_personnel_row(case, model) for oversight in bodies(model.world).oversight for case in oversight.cases]
    for court in bodies(model.world).host_justice:
        rows += [_organiser_row(case, week) for case in [*court.decided, *court.docket]]
    table = pd.DataFrame(rows, columns=list(CASE_COLUMNS))
    return table.sort_values(["kind", "authority", "case_id"], kind="stable", ignore_index=True)


def _week(step: int, week: Any) -> float:
    """Week of a step, missing while it has not happened."""
    return float(week(step)) if step >= 0 else np.nan


def _personnel_row(case: PersonnelCase, model: MandateModel) -> dict[str, Any]:
    """One case against a person of the mission."""
    week = model.world.clock.week
    return {
        "case_id": case.case_id,
        "kind": "personnel",
        "subject_id": int(model.world.units.key[case.unit]),
        "contributor": case.contributor,
        "authority": AUTHORITIES[case.authority],
        "category": CATEGORIES[case.category],
        "role": ROLES[case.role],
        "channel": case.channel,
        "n_reports": case.n_reports,
        "arrest_week": np.nan,
        **{f"{date}_week": _week(getattr(case, f"{date}_step"), week) for date in DATES},
        "outcome_week": _week(case.outcome_step, week),
        "forum": case.forum,
        "is_identified": case.is_identified,
        "is_substantiated": case.is_substantiated,
        "had_testimony": False,
        "is_visible": case.is_visible,
        "outcome": case.outcome,
    }


def _organiser_row(case: OrganiserCase, week: Any) -> dict[str, Any]:
    """One case against an organiser before a host court."""
    return {
        "case_id": case.case_id,
        "kind": "organiser",
        "subject_id": case.network_key,
        "contributor": -1,
        "authority": "host",
        "category": "",
        "role": "",
        "channel": "",
        "n_reports": 0,
        "arrest_week": _week(case.arrest_step, week),
        **{f"{date}_week": np.nan for date in DATES},
        "charge_week": _week(case.charge_step, week),
        "outcome_week": _week(case.outcome_step, week),
        "forum": "host",
        "is_identified": True,
        "is_substantiated": False,
        "had_testimony": case.had_testimony,
        "is_visible": True,
        "outcome": case.outcome,
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

    def persons(reached: Callable[[PersonnelCase], bool]) -> float:
        return len({(case.billet, case.occupant) for case in cases if reached(case)}) / scale

    true = {
        "persons_with_act": float(series["newly_involved"].sum()),
        "reported": sum(len(authority.reported) for authority in oversight) / scale,
        "recorded": persons(lambda case: True),
        "screened_in": persons(lambda case: case.is_identified),
        "investigated": persons(lambda case: case.investigation_step >= 0 or case.referral_step >= 0),
        "substantiated": persons(lambda case: case.is_substantiated or case.referral_step >= 0),
        "referred": persons(lambda case: case.referral_step >= 0),
        "answered": persons(is_answered),
        "charged": persons(lambda case: case.charge_step >= 0),
        "convicted": persons(lambda case: case.outcome == "convicted"),
        "removed": persons(lambda case: case.removal_step >= 0 or case.barred_step >= 0),
    }
    observed = dict(true) | {"persons_with_act": np.nan, "reported": np.nan}
    observed["charged"] = persons(lambda case: case.is_visible and case.charge_step >= 0)
    observed["convicted"] = persons(lambda case: case.is_visible and case.outcome == "convicted")
    stages = (*FUNNEL_STAGES, *FUNNEL_ASIDE)
    return pd.DataFrame({"stage": stages, "true": [true[s] for s in stages], "observed": [observed[s] for s in stages]})


def is_answered(case: PersonnelCase) -> bool:
    """Whether somebody took the case up after referral: an answer in substance, or a court near the evidence."""
    return case.answer_step >= 0 or (case.referral_step >= 0 and case.forum in ("host", "special"))
