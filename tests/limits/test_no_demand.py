"""Limit test 3: without demand nobody enters, and the exploited leave at the sum of their hazards, nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from support import FROZEN_SUPPLY, NO_PERSONNEL, Lever, generic, with_policies

from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

RATES = {"identification": 0.03, "escape": 0.02, "release": 0.015, "move": 0.01}
WEEKS = 53

NO_DEMAND = {**NO_PERSONNEL, "parameters.switches.local_demand": False}


def decay(scale: float = 1.0, step_days: int = 7, rates: dict[str, float] = RATES, weeks: int = WEEKS) -> Scenario:
    """Many persons in venues without clients or capacity limits, only their own hazards acting.

    Entry is left on, at full rate: that nobody enters is a result. All moves lead abroad, so that each ends a stay.
    """
    hazards = {f"parameters.persons.{name}_per_week": rate for name, rate in rates.items()}
    scenario = generic({
        **FROZEN_SUPPLY, **hazards, **NO_DEMAND, "parameters.entry.base_entries_per_week": 6.0,
        "parameters.entry.entries_per_venue_week": 0.05, "clock.step_days": step_days,
        "mission.initial_venues": 5000.0, "parameters.venues.initial_persons": 20.0,
        "parameters.venues.initial_trafficked_share": 1.0, "parameters.recruitment.at_risk_share": 0.05,
        "parameters.persons.move_abroad_share": 1.0, "parameters.assistance.outreach_share": 1.0}, weeks=weeks, scale=scale)
    return with_policies(scenario, {"places": Lever(start_week=0.0, knob="assistance_places", value=1e6)})


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(decay(), seed=3)


def initial(run: Run) -> float:
    """Persons exploited before the first step."""
    return float(run.model.world.n_people) / run.scenario.scale


def test_03_nobody_enters(run: Run) -> None:
    """3. With entry attempts at their highest rate, no venue opens and nobody is recruited."""
    for name in ("venues_opened", "new_recruitments", "local_demand", "international_demand", "market_revenue_usd",
                 "local_acts", "true_acts"):
        assert run.series[name].sum() == 0.0, name
    assert not run.events["event"].isin(["network_entered", "venue_opened"]).any()


def test_03_no_nan_and_nothing_infinite(run: Run) -> None:
    """3. Every indicator and every summary number stays finite without any market."""
    assert np.isfinite(run.series.drop(columns="date").to_numpy()).all()
    assert all(value is None or np.isfinite(value) for value in run.summary.values())


@pytest.mark.parametrize("step", [0, 3, 12, 25, 52])
def test_03_exploited_persons_decay_exponentially(run: Run, step: int) -> None:
    """3. E(t) = E0 exp(-sum of hazards x t), within 4.5 binomial sd (error rate 7e-6 for each of five weeks)."""
    started, p = initial(run), np.exp(-sum(RATES.values()) * (step + 1))
    assert started > 10_000
    tolerance = 4.5 * np.sqrt(started * p * (1.0 - p))
    assert abs(run.series["true_exploited_persons"].iloc[step] - started * p) < tolerance


def test_03_ways_out_are_in_proportion_to_their_hazards(run: Run) -> None:
    """3. Identified : freed : moved = their hazards, within 4.5 binomial sd."""
    left = initial(run) - run.series["true_exploited_persons"].iloc[-1]
    total = sum(RATES.values())
    for name, rate in (("identified_persons", RATES["identification"]), ("released_persons", RATES["escape"] + RATES["release"])):
        share = rate / total
        assert abs(run.series[name].sum() - left * share) < 4.5 * np.sqrt(left * share * (1.0 - share)), name


def test_03_decay_does_not_depend_on_the_step() -> None:
    """3. Cumulative hazards against one threshold: at weeks 4, 8, ... steps of 1, 7, 14, 28 days leave the same persons."""
    counts = []
    for step_days in (1, 7, 14, 28):
        series = simulate(decay(0.05, step_days, {**RATES, "move": 0.0}, weeks=28), seed=5).series
        per_month = 28 // step_days
        counts.append(series["true_exploited_persons"].to_numpy()[per_month - 1 :: per_month])
    assert len(counts[0]) == 7 and counts[0][0] > counts[0][-1] > 0
    for other in counts[1:]:
        np.testing.assert_array_equal(counts[0], other)


def test_03_without_demand_nobody_is_ordered() -> None:
    """3. Venues without a client recruit nobody, whatever their shortage of persons."""
    scenario = decay(0.2, weeks=104).with_({"parameters.recruitment.orders_per_place_week": 0.5})
    assert simulate(scenario).series["new_recruitments"].sum() == 0.0


def test_03_without_demand_the_market_empties() -> None:
    """3. With exit on, all venues have closed within four years and nobody is exploited any more."""
    series = simulate(generic({**NO_DEMAND, "mission.initial_venues": 40.0}, weeks=208, scale=1.0)).series
    assert series["venues"].iloc[0] > 30
    assert series["venues"].iloc[-1] == 0
    assert series["true_exploited_persons"].iloc[-1] == 0
