"""Limit test 15: what does nothing leaves a run bit-identical; what comes later leaves it bit-identical until then."""

from __future__ import annotations

import numpy as np
import pytest
from support import (
    Lever,
    assert_identical,
    differing,
    generic,
    idle_lever,
    lively,
    series_of,
    strong_lever,
    with_policies,
)

from sim.config import options
from sim.errors import ScenarioError
from sim.knobs import KNOBS
from sim.scenario import Scenario, Shock

START = 10.0
SHOCKS = [name for name in options("shock") if name != "none"]


def unshocked() -> Scenario:
    """A lively run without its shock."""
    scenario = lively(weeks=30)
    scenario.shock = Shock()
    return scenario


@pytest.fixture(scope="module")
def base() -> Scenario:
    return unshocked()


@pytest.fixture(scope="module")
def plain(base: Scenario):
    return series_of(base)


def test_15_a_run_repeats_itself(base: Scenario, plain) -> None:
    """15. The same scenario and seed give the same series; another seed does not."""
    assert_identical(plain, series_of(base))
    assert len(differing(plain, series_of(base, seed=2))) > 20


@pytest.mark.parametrize("knob", sorted(KNOBS))
def test_15_a_policy_of_no_strength_is_bitwise_identical(base: Scenario, plain, knob: str) -> None:
    """15. A factor 1, an addition 0, a probability 0, log-odds 0, a ceiling 1: the same run bit for bit."""
    assert_identical(plain, series_of(with_policies(base, {"idle": idle_lever(knob)})))


@pytest.mark.parametrize("knob", sorted(KNOBS))
def test_15_a_policy_is_bitwise_identical_before_its_start(base: Scenario, plain, knob: str) -> None:
    """15. Starting in week w it bites in step w: identical before, different at some time after."""
    changed = series_of(with_policies(base, {"strong": strong_lever(knob, START)}))
    before = plain["week"] < START
    assert_identical(plain[before], changed[before])
    changes = bool(differing(plain[~before], changed[~before]))
    strong = with_policies(base, {"strong": strong_lever(knob, START)})
    luck = (2, 3, 4, 5)  # some knobs, such as protection, need a rare event to show
    assert changes or any(differing(series_of(base, s), series_of(strong, s)) for s in luck), f"knob {knob} does nothing"


def test_15_a_policy_bites_in_the_week_it_starts(base: Scenario, plain) -> None:
    """15. Not a week later: local demand halved in week 10 shows in week 10."""
    changed = series_of(with_policies(base, {"half": Lever(start_week=START, knob="local_demand", value=0.5)}))
    row = int(START)
    assert changed["local_demand"].iloc[row] < 0.8 * plain["local_demand"].iloc[row]


def test_15_a_policy_between_or_after_steps_leaves_no_trace(base: Scenario, plain) -> None:
    """15. In force in no step: no trace. In force in one step: local demand is zero in that week alone."""
    late = Lever(start_week=30.0, knob="local_demand", value=0.0)
    assert_identical(plain, series_of(with_policies(base, {"late": late})))
    between = Lever(start_week=5.2, end_week=5.9, knob="local_demand", value=0.0)
    assert_identical(plain, series_of(with_policies(base, {"between": between})))
    one_step = Lever(start_week=5.0, end_week=6.0, knob="local_demand", value=0.0)
    changed = series_of(with_policies(base, {"one_step": one_step}))
    assert np.flatnonzero(changed["local_demand"] == 0.0).tolist() == [5]


def test_15_the_order_of_policies_does_not_matter(base: Scenario) -> None:
    """15. Three policies on one knob and two on others, entered forwards and backwards."""
    levers = {"a": Lever(start_week=3.0, knob="local_demand", value=0.7),
              "b": Lever(start_week=5.0, knob="local_demand", value=1.9),
              "c": Lever(start_week=5.0, ramp_weeks=7.0, knob="local_demand", value=0.3),
              "d": strong_lever("p_leak", 2.0), "e": strong_lever("interception", 2.0)}
    forwards = with_policies(base, levers)
    backwards = with_policies(base, dict(reversed(levers.items())))
    assert list(forwards.policy) != list(backwards.policy)
    assert_identical(series_of(forwards), series_of(backwards))


def shocked(name: str, **changes: float) -> Scenario:
    """A small lively run with a shock."""
    given = {f"shock.{key}": value for key, value in changes.items()}
    shock = generic(given, extra=(f"shock={name}",)).shock
    scenario = unshocked()
    scenario.shock = shock
    return scenario


@pytest.mark.parametrize("name", SHOCKS)
def test_15_a_shock_of_no_size_is_bitwise_identical(plain, name: str) -> None:
    """15. Every shock file with size 0 leaves the run unchanged."""
    assert_identical(plain, series_of(shocked(name, size=0.0, start_week=5.0)))


@pytest.mark.parametrize("name", SHOCKS)
def test_15_a_shock_is_bitwise_identical_before_its_start(plain, name: str) -> None:
    """15. Every shock file, brought forward to week 8: identical before, different at some time after."""
    changed = series_of(shocked(name, start_week=8.0, ramp_weeks=0.0))
    before = plain["week"] < 8.0
    assert_identical(plain[before], changed[before])
    assert differing(plain[~before], changed[~before]), f"shock {name} does nothing"


@pytest.mark.parametrize("name", SHOCKS)
def test_15_a_shock_after_the_horizon_is_bitwise_identical(plain, name: str) -> None:
    """15. Every shock file at its own start, which lies beyond this horizon."""
    assert_identical(plain, series_of(shocked(name)))


def test_15_a_policy_must_name_a_knob(base: Scenario) -> None:
    """15. The counterpart: a lever on nothing is refused, not ignored."""
    with pytest.raises(ScenarioError, match="unknown knob"):
        series_of(with_policies(base, {"bad": Lever(knob="strenght", value=1.0)}))
