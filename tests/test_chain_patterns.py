"""The documented course of cases a default run must show by itself, without any policy; fact ids in brackets.

Cases of five full-scale Kosovo runs, pooled. UN-wide facts come from other missions and years, and the defaults were set
with some of them in view, so passing is no validation: it keeps later changes from losing them unnoticed.
"""

from __future__ import annotations

import pandas as pd
import pytest

from sim.clock import WEEKS_PER_MONTH
from sim.config import load_scenario
from sim.runs.results import Run
from sim.runs.simulate import simulate

WEEKS, WINDOW = 320, 313.0  # six years, as in A11
POLICE, UN = 1, 0
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    scenario = load_scenario("mission=kosovo", f"mission.horizon_weeks={WEEKS}")
    return [simulate(scenario, seed=s, world_seed=s) for s in range(5)]


@pytest.fixture(scope="module")
def cases(runs: list[Run]) -> pd.DataFrame:
    """Cases against personnel, all runs together."""
    joined = pd.concat([run.cases for run in runs], ignore_index=True)
    return joined[joined["kind"] == "personnel"]


@pytest.fixture(scope="module")
def un(cases: pd.DataFrame) -> pd.DataFrame:
    return cases[cases["authority"] == "un"]


def test_few_requests_to_contributors_are_answered(un: pd.DataFrame) -> None:
    """A01-A04: about 6 % a year, 3 to 12 %."""
    settled = un[(un["forum"] == "home") & un["outcome_week"].notna()]
    assert len(settled) > 30
    assert 0.03 <= settled["answer_week"].notna().mean() <= 0.12


def test_about_half_of_completed_investigations_substantiate(un: pd.DataFrame) -> None:
    """A06: 51 %."""
    done = un[un["investigation_week"].notna()]
    assert len(done) > 100
    assert 0.4 < done["is_substantiated"].astype(float).mean() < 0.6


def test_an_investigation_takes_over_a_year(un: pd.DataFrame) -> None:
    """A11: 12 to 18 months on average, reports and ends within six years."""
    done = un[(un["report_week"] <= WINDOW) & (un["investigation_week"] <= WINDOW)]
    months = (done["investigation_week"] - done["report_week"]) / WEEKS_PER_MONTH
    assert 12.0 < months.mean() < 18.0


def test_repatriation_is_the_worst_that_happens(cases: pd.DataFrame) -> None:
    """A14, A21, K26, B24: many are sent home or barred, nobody is charged, in whatever court."""
    assert cases["removal_week"].notna().sum() > 100
    assert cases["charge_week"].notna().mean() < 0.001
    assert not (cases["outcome"] == "convicted").any()


def test_un_police_are_removed_near_the_observed_share(runs: list[Run], un: pd.DataFrame) -> None:
    """K23, K25: 10 persons, 0.1 to 0.3 % of those in post, up to the end of 2003 (week 237)."""
    removed = un[(un["category"] == "police") & (un["removal_week"] <= 237)]
    units = runs[0].model.world.units
    posts = runs[0].model.world.authorised[(units.category == POLICE) & (units.authority == UN)][:, :237].sum(axis=0).mean()
    assert 0.0005 < len(removed) / len(runs) / posts < 0.005
