"""The documented patterns a default run must show by itself, with wide tolerances; fact ids in brackets.

These are the facts the first defaults were fitted to by hand, so passing is no validation: it keeps later changes from
losing them unnoticed. Full scale, three seeds, means over seeds.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from sim.config import load_scenario
from sim.runs.results import Run
from sim.runs.simulate import simulate

SEEDS = (0, 1, 2)
pytestmark = pytest.mark.slow


def runs_of(mission: str, weeks: int) -> list[Run]:
    """Full-scale runs of a mission at default values."""
    scenario = load_scenario(f"mission={mission}", f"mission.horizon_weeks={weeks}")
    return [simulate(scenario, seed=s, world_seed=s) for s in SEEDS]


@pytest.fixture(scope="module")
def kosovo() -> list[Run]:
    return runs_of("kosovo", 260)


@pytest.fixture(scope="module")
def bosnia() -> list[Run]:
    return runs_of("bosnia", 360)


def mean(runs: list[Run], what: Callable[[pd.DataFrame], float]) -> float:
    """Mean over runs of a number taken from the series."""
    return sum(what(run.series) for run in runs) / len(runs)


def around(column: str, week: int, half: int = 6) -> Callable[[pd.DataFrame], float]:
    """Mean of a column over the 13 weeks around a week."""
    return lambda s: float(s.loc[(s["week"] >= week - half) & (s["week"] <= week + half), column].mean())


def test_the_problem_is_visible_within_three_months(kosovo: list[Run]) -> None:
    """K04, K05: flagged within three months, venues multiplying within eleven."""
    before, after = mean(kosovo, lambda s: s["venues"].iloc[0]), mean(kosovo, around("venues", 13))
    assert after > 1.5 * before
    assert mean(kosovo, around("observed_venues", 13)) > 10


def test_about_a_thousand_persons_work_in_venues_after_a_year(kosovo: list[Run]) -> None:
    """K06: more than 1,000 women in the trade, a police estimate; trafficked and not trafficked together."""
    working = mean(kosovo, around("sellers", 52)) + mean(kosovo, around("true_exploited_persons", 52))
    assert 500 < working < 2000


def test_venues_grow_several_fold_while_troops_fall(kosovo: list[Run]) -> None:
    """K01-K03, K31-K34, K39: from 18 to about 200 listed in four years, while troops fall by about half."""
    assert mean(kosovo, lambda s: s["venues"].iloc[0]) == pytest.approx(18, abs=1)
    assert 5 <= mean(kosovo, around("venues", 208)) / 18 <= 15
    assert 100 <= mean(kosovo, around("observed_venues", 208)) <= 400
    peak = mean(kosovo, lambda s: s["troops_present"].max())
    assert mean(kosovo, around("troops_present", 208)) < 0.65 * peak


def test_assistance_is_flat_at_its_capacity(kosovo: list[Run]) -> None:
    """K14-K17: 10 to 14 persons a month from 2000 to 2002, whatever the market does."""
    for week in (65, 104, 143):
        assert 8 <= mean(kosovo, around("assisted_persons", week, 12)) * 52.178 / 12 <= 16


def test_internationals_are_most_clients_early_and_fewer_later(kosovo: list[Run]) -> None:
    """K08 (about 80 % early, weak) and the later shift to local clients."""
    early, late = mean(kosovo, around("international_client_share", 78)), mean(kosovo, around("international_client_share", 250))
    assert early > 0.55
    assert late < early


def test_few_of_the_exploited_are_local(kosovo: list[Run]) -> None:
    """K18: 3 % of those assisted in the first two years."""
    assert mean(kosovo, around("exploited_local_share", 104)) < 0.12


def test_bosnia_has_the_order_of_magnitude_of_venues_and_client_mix(bosnia: list[Run]) -> None:
    """B01: 260 suspect venues in July 2001; B05: 30 % international clients in 2001."""
    assert 85 <= mean(bosnia, around("observed_venues", 291)) <= 780
    assert 0.15 <= mean(bosnia, around("international_client_share", 291)) <= 0.55


def test_bosnian_raids_find_few_persons_a_quarter_of_them_trafficked(bosnia: list[Run]) -> None:
    """B03: a quarter say they were trafficked; B16: 4.5 persons met per venue; B09: over 600 raids in a year."""
    workers = mean(bosnia, around("sellers", 291)) + mean(bosnia, around("true_exploited_persons", 291))
    assert 2 <= workers / mean(bosnia, around("venues", 291)) <= 10
    assert 0.1 <= mean(bosnia, around("trafficked_share_of_workers", 291)) <= 0.6
    assert 200 <= mean(bosnia, around("raids", 320, 26)) * 52 <= 1200
