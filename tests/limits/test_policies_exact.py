"""Limit test 15 for every policy: a dose of nothing, a start to come, an order, and knobs at their bounds."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import Lever, assert_identical, columns_of, differing, generic, with_policies

from limits.chain_support import BUSY, busy
from sim.config import load_scenario, options
from sim.indicators import INDICATORS
from sim.knobs import KNOBS, Combine
from sim.model import MandateModel
from sim.policies import POLICIES
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

WEEKS, START = 44, 20
NAMES = sorted(POLICIES)
PACKAGES = [name for name in options("package") if name not in ("status_quo", "do_nothing")]
TABLES = ("series", "events", "cases", "funnel", "states", "origins", "cells")
# Sanctions and ratification come within the run; nothing else is made likelier than in other busy runs.
QUICK = {"parameters.dependence.sanction_multiple": 1.0, "parameters.dependence.pause_weeks": 4.0,
         "parameters.dependence.fewest_cases": 0.0, "parameters.contributor_response.exit_per_year": 0.5}  # fmt: skip


@cache
def base() -> Scenario:
    return busy(QUICK, weeks=WEEKS)


@cache
def plain() -> Run:
    return simulate(base())


def under(**policies: Any) -> Scenario:
    return with_policies(base(), policies)


def assert_same_run(a: Run, b: Run) -> None:
    """Two runs agree bit for bit in every table and in their summary."""
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name), check_exact=True, obj=name)
    assert a.summary == b.summary


def states_of(scenario: Scenario, weeks: int) -> tuple[dict[str, np.ndarray], MandateModel]:
    """All columns of the world after some weeks."""
    model = MandateModel(scenario)
    for _ in range(weeks):
        model.step()
    return columns_of(model.world), model


@pytest.mark.parametrize("name", NAMES)
def test_15_a_policy_at_dose_0_is_the_same_run_bit_for_bit(name: str) -> None:
    """15. Series, events, cases, funnel, persons, places and summary; from the first week on and with a ramp."""
    none = POLICIES[name](dose=0.0, start_week=0.0, ramp_weeks=8.0)
    assert_same_run(plain(), simulate(under(**{name: none})))


def test_15_all_policies_at_dose_0_are_the_same_run_bit_for_bit() -> None:
    """15. All together, and every package as loaded with its doses set to 0."""
    assert_same_run(plain(), simulate(under(**{n: POLICIES[n](dose=0.0, start_week=3.0) for n in NAMES})))
    for package in PACKAGES:
        loaded = load_scenario("mission=generic", f"package={package}").policy
        for policy in loaded.values():
            policy.dose = 0.0
        assert_same_run(plain(), simulate(under(**loaded)))


@pytest.mark.parametrize("name", NAMES)
def test_15_a_policy_is_bitwise_absent_before_its_start(name: str) -> None:
    """15. Every column of the world in the week before, and every series and case until then; afterwards it may differ."""
    policy = POLICIES[name](dose=3.0, start_week=float(START))
    with_it = under(**{name: policy})
    before, _ = states_of(base(), START)
    other, _ = states_of(with_it, START)
    for column, values in before.items():
        np.testing.assert_array_equal(values, other[column], err_msg=column)
    run = simulate(with_it)
    early = run.series["week"] < START
    assert_identical(plain().series[early], run.series[early])
    assert_identical(plain().states[early], run.states[early])
    events = [r.events[(r.events["week"] < START)].reset_index(drop=True) for r in (plain(), run)]
    assert_identical(*events)
    known = [r.cases[r.cases["report_week"] < START] for r in (plain(), run)]
    columns = ["kind", "subject_id", "contributor", "channel", "role", "act_week", "report_week"]
    assert_identical(*(cases[columns].reset_index(drop=True) for cases in known))


@pytest.mark.parametrize("name", NAMES)
def test_15_the_same_policy_does_something_afterwards(name: str) -> None:
    """15. The counterpart, at three times the documented strength and under some luck: some column of the world differs."""
    policy = POLICIES[name](dose=3.0, start_week=float(START))
    for seed in (1, 2, 3, 4):
        scenario = base().with_({"seed": seed, "scale": 0.3})
        runs = [simulate(s).series for s in (scenario, with_policies(scenario, {name: policy}))]
        if differing(*runs):
            return
    pytest.fail(f"{name} does nothing in four runs")


@pytest.mark.parametrize("name", NAMES)
def test_15_a_policy_that_ended_before_it_began_to_count_leaves_no_trace(name: str) -> None:
    """15. In force between two steps, or after the horizon: the same run bit for bit."""
    between = POLICIES[name](start_week=START + 0.2, end_week=START + 0.9)
    late = POLICIES[name](start_week=float(WEEKS))
    for policy in (between, late):
        run = simulate(under(**{name: policy}))
        for table in ("series", "cases", "states", "cells", "funnel"):
            pd.testing.assert_frame_equal(getattr(plain(), table), getattr(run, table), check_exact=True, obj=table)


def test_15_the_order_of_policies_does_not_matter() -> None:
    """15. All fifteen forwards, backwards and rotated: the same run bit for bit."""
    given = {name: POLICIES[name](start_week=5.0 + i) for i, name in enumerate(NAMES)}
    orders = [NAMES, NAMES[::-1], NAMES[7:] + NAMES[:7]]
    runs = [simulate(under(**{name: given[name] for name in order})) for order in orders]
    assert_same_run(runs[0], runs[1])
    assert_same_run(runs[0], runs[2])
    assert differing(plain().series, runs[0].series)


def test_15_two_policies_on_one_knob_join_whatever_their_names() -> None:
    """15. Policies are named by what they do: other names for the same two, in the other order, change nothing."""
    soft, hard = POLICIES["training"](start_week=4.0), POLICIES["women_share"](start_week=8.0, culture=-0.2)
    assert_identical(simulate(under(a=soft, b=hard)).series, simulate(under(y=soft, x=hard)).series)


def test_15_package_status_quo_is_no_policy() -> None:
    """15. Bit for bit the run without any policy."""
    runs = [simulate(load_scenario("mission=generic", *extra, "mission.horizon_weeks=60", "scale=0.2"))
            for extra in ((), ("package=status_quo",), ("policy=[]",))]
    assert_same_run(runs[0], runs[1])
    assert_same_run(runs[0], runs[2])


# Knobs at their bounds. Rates and odds have none: values far beyond anything a policy could mean.
BOUNDS = {Combine.PRODUCT: (0.0, 1e9), Combine.SUM: (-1e3, 1e3), Combine.PROBABILITY: (0.0, 1.0),
          Combine.ODDS: (-1e3, 1e3), Combine.MINIMUM: (0.0, 1.0)}  # fmt: skip
OF_CHAIN = [name for name, knob in KNOBS.items() if knob.phase in ("perceive", "report", "justice", "politics")]
OTHERS = ["training", "off_limits", "women_share", "network_ceiling", "exposure", "protection", "uptake"]


def check(run: Run) -> None:
    """Finite, not negative, shares at most 1, no persons lost."""
    for indicator in INDICATORS.values():
        values = run.series[indicator.name].to_numpy()
        assert np.isfinite(values).all(), indicator.name
        assert (values >= 0).all(), indicator.name
        if indicator.unit in ("share", "probability"):
            assert (values <= 1 + 1e-12).all(), indicator.name
    for name, values in columns_of(run.model.world).items():
        assert not np.issubdtype(values.dtype, np.floating) or not np.isnan(values).any(), name
    assert run.states.drop(columns=["week", "date"]).sum(axis=1).round(6).nunique() == 1
    assert 0.0 <= run.summary["impunity_gap"] <= 1.0


@pytest.mark.parametrize("end", [0, 1], ids=["lowest", "highest"])
@pytest.mark.parametrize("knob", [*OF_CHAIN, *OTHERS])
def test_15_a_knob_at_its_bound_breaks_nothing(knob: str, end: int) -> None:
    """15. Runs stay finite and within bounds with each knob of the chain at either end of what it takes."""
    value = BOUNDS[KNOBS[knob].combine][end]
    check(simulate(under(lever=Lever(start_week=2.0, knob=knob, value=value))))


@pytest.mark.parametrize("end", [0, 1], ids=["lowest", "highest"])
def test_15_all_knobs_of_the_chain_at_their_bounds_break_nothing(end: int) -> None:
    """15. All together, in steps of one and of four weeks."""
    pulled = {knob: Lever(start_week=2.0, knob=knob, value=BOUNDS[KNOBS[knob].combine][end]) for knob in [*OF_CHAIN, *OTHERS]}
    for days in (7, 28):
        check(simulate(with_policies(base().with_({"clock.step_days": days}), pulled)))


@pytest.mark.parametrize("name", NAMES)
def test_15_a_policy_at_its_own_bounds_breaks_nothing(name: str) -> None:
    """15. Each policy at dose 3 with each of its own doses at the highest value it accepts, adopted by all."""
    policy = POLICIES[name](dose=3.0, start_week=2.0, authorities=["un", "nato", "employer"])
    for field in policy.__dataclass_fields__.values():
        if "high" in field.metadata and field.name not in ("dose", "start_week", "ramp_weeks"):
            setattr(policy, field.name, field.metadata["high"])
    check(simulate(under(**{name: policy})))


def test_15_special_courts_open_on_time_and_break_nothing() -> None:
    """15. A special court hears its first case in the week it opens or later, and not one is tried there before."""
    waive = POLICIES["waive_immunity"](start_week=10.0, coverage=1.0, include_soldiers=True, court="special")
    run = simulate(with_policies(generic(BUSY, weeks=WEEKS, scale=0.3), {"waive_immunity": waive}))
    special = run.cases[run.cases["forum"] == "special"]
    assert len(special) > 5 and special["referral_week"].min() >= 10.0
    check(run)
