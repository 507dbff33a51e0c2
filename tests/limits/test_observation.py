"""Limit test 14: what is observed follows reporting, what is true does not. A reform of reporting raises counts first."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from support import assert_identical, differing, with_policies

from limits.chain_support import CHANNELS_OFF, FROZEN_CONDUCT, busy, levers, unlimited_capacity
from sim.config import load_scenario
from sim.indicators import INDICATORS
from sim.institutions.bodies import bodies
from sim.policies import POLICIES
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

# What follows from a report. Every other indicator is about what happened, and must not move.
FROM_REPORTS = {"reports", "reports_held_back", "cases_recorded", "screened_in", "investigated", "investigations_open",
                "substantiated", "repatriated", "referred", "investigators_named", "tcc_answers", "charged", "convicted",
                "consequences", "objective_certainty", "observed_allegations", "observed_repatriated", "observed_charged",
                "observed_convicted", "perceived_certainty"}  # fmt: skip
# Reports so rare that hardly anybody is reported twice, each by one channel.
RARE = {"parameters.reporting.know_share": 0.02, "parameters.reporting.will_per_year": 0.5,
        "parameters.reporting.reportable_share": 0.3, "parameters.reporting.peer_base": -8.0,
        "parameters.reporting.peer_trade": 0.0, "parameters.reporting.police_share": 0.3}  # fmt: skip
DOUBLED: dict[str, dict[str, Any]] = {
    "victim_reports": {"parameters.reporting.know_share": 0.04},
    "peer_reports": {"parameters.reporting.peer_base": -8.0 + np.log(2.0)},
    "police_reports": {"parameters.reporting.police_share": 0.6},
}
COUNTS = ("reports", "observed_allegations", "cases_recorded", "screened_in", "investigated", "substantiated")


@cache
def rare(channel: str, double: bool) -> tuple[Run, ...]:
    """Runs with frozen conduct, no attention and unlimited capacity, at one channel's hazard and twice that."""
    only = {**CHANNELS_OFF, f"parameters.switches.{channel}": True}
    changes = {**FROZEN_CONDUCT, **RARE, **only, **(DOUBLED[channel] if double else {})}
    scenarios = (busy(changes, weeks=60, scale=1.0, seed=seed) for seed in (1, 2))
    return tuple(simulate(unlimited_capacity(levers(scenario, raid_capacity=5.0))) for scenario in scenarios)


def total(runs: tuple[Run, ...], name: str) -> float:
    """A count added over runs, which are at full scale."""
    return float(sum(run.series[name].sum() for run in runs))


@pytest.mark.parametrize("channel", sorted(DOUBLED))
def test_14_doubled_hazards_double_observed_counts(channel: str) -> None:
    """14. Twice the hazard, twice the reports and all that follows from them, within four standard deviations.

    Draws are shared, so that each count is a part of the doubled one: binomial with chance one half. The second-order
    loss (chance that a report comes a second time) is below half a percent.
    """
    single, double = rare(channel, False), rare(channel, True)
    assert total(double, "reports") > 60
    for name in COUNTS:
        n = total(double, name)
        assert abs(total(single, name) - n / 2.0) < 4.0 * np.sqrt(n) / 2.0 + 0.005 * n, name


@pytest.mark.parametrize("channel", sorted(DOUBLED))
def test_14_doubled_hazards_leave_the_truth_alone(channel: str) -> None:
    """14. Bitwise: no indicator but those of reports and what follows moves; persons, places and origins are the same."""
    for single, double in zip(rare(channel, False), rare(channel, True)):
        moved = differing(single.series, double.series)
        assert {"reports", "observed_allegations"} <= moved <= FROM_REPORTS
        assert_identical(single.states, double.states)
        assert_identical(single.cells, double.cells)
        assert_identical(single.origins, double.origins)


@pytest.mark.parametrize("channel", sorted(DOUBLED))
def test_14_who_is_reported_at_the_lower_hazard_is_reported_at_the_higher(channel: str) -> None:
    """14. A subset, person by person: what can be reported is drawn once, the hazard moves only when and whether."""
    for single, double in zip(rare(channel, False), rare(channel, True)):
        few, many = (set().union(*(body.reported for body in bodies(run.model.world).oversight)) for run in (single, double))
        assert few < many


def test_14_who_reports_truly_does_not_matter_when_conduct_is_frozen() -> None:
    """14. Bitwise: all channels off and all at work give the same truth, though reports go from none to many."""
    base = busy(FROZEN_CONDUCT)
    moved = differing(simulate(base.with_(CHANNELS_OFF)).series, simulate(base).series)
    assert {"reports", "cases_recorded", "substantiated"} <= moved <= FROM_REPORTS


def test_14_true_and_observed_are_declared_apart() -> None:
    """14. Every observed twin has a true one, and the list above names indicators that exist."""
    assert set(INDICATORS) >= FROM_REPORTS
    assert {name for name in INDICATORS if name.startswith("true_")}.isdisjoint(FROM_REPORTS)


# victim_channels: observed rises at once, truth does not rise.
START = 30.0


def with_channels(base: Scenario, **doses: float) -> Scenario:
    return with_policies(base, {"victim_channels": POLICIES["victim_channels"](start_week=START, **doses)})


def test_14_victim_channels_raise_observed_counts_at_once_and_true_acts_never() -> None:
    """14. In the first half year allegations are twice as many or more; true acts do not rise by a two-hundredth."""
    before, early = [], []
    for seed in (1, 2):
        base = busy({"parameters.reporting.know_share": 0.03, "parameters.reporting.will_per_year": 0.5,
                     "parameters.switches.peer_reports": False, "parameters.switches.police_reports": False},
                    weeks=56, scale=0.5, seed=seed)
        old, new = simulate(base).series, simulate(with_channels(base)).series
        first = old["week"] >= START
        assert_identical(old[~first], new[~first])
        before.append(old.loc[first, ["observed_allegations", "true_acts"]].sum())
        early.append(new.loc[first, ["observed_allegations", "true_acts"]].sum())
    ratio = sum(early) / sum(before)
    assert ratio["observed_allegations"] > 2.0
    assert ratio["true_acts"] <= 1.005


def test_14_victim_channels_leave_the_truth_bitwise_alone_where_reports_have_no_consequence() -> None:
    """14. Reporting alone (uptake and protection as before, conduct frozen): only counts of reports and cases move."""
    base = busy(FROZEN_CONDUCT)
    moved = differing(simulate(base).series, simulate(with_channels(base, protection=0.0, uptake=0.0)).series)
    assert {"reports", "observed_allegations"} <= moved <= FROM_REPORTS


def test_14_observed_counts_never_exceed_what_was_reported() -> None:
    """14. On the books stands what was reported less what commanders held back, week by week, exactly."""
    series = simulate(busy(weeks=80, scale=0.3)).series
    np.testing.assert_allclose(series["observed_allegations"], series["reports"] - series["reports_held_back"])
    assert series["reports_held_back"].sum() > 0


def test_14_attention_raises_reports_and_nothing_true_by_itself() -> None:
    """14. With attention, published removals are followed by more reports: the counterpart of switching it off."""
    scenario = busy({"parameters.switches.deterrence": False, "parameters.prosecution.p_visible": 1.0}, weeks=60)
    without = scenario.with_({"parameters.switches.attention": False})
    reports = [simulate(s).series["reports"].sum() for s in (scenario, without)]
    assert reports[0] > reports[1]


@pytest.mark.parametrize("knob", ["report_knowledge", "report_will"])
def test_14_no_reporting_knob_reaches_conduct(knob: str) -> None:
    """14. Bitwise: reporting set to zero or to a hundredfold moves nothing true while nothing follows from it."""
    base = busy(FROZEN_CONDUCT, weeks=40)
    plain = simulate(base).series
    for value in (0.0, 100.0):
        moved = differing(plain, simulate(levers(base, **{knob: value})).series)
        assert "reports" in moved and moved <= FROM_REPORTS


def test_14_the_file_of_the_policy_is_what_is_tested() -> None:
    """14. The policy as loaded from its file equals the class used here, dates apart."""
    loaded = load_scenario("mission=generic", "policy=[victim_channels]").policy["victim_channels"]
    assert loaded.effects() == POLICIES["victim_channels"]().effects()
