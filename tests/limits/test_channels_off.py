"""Limit test 12: without reports nothing follows, however much happens; no stage of the chain exceeds the one before."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from support import assert_identical, generic, with_policies

from limits.chain_support import BUSY, CHANNELS, CHANNELS_OFF, FROZEN_CONDUCT, busy, funnel, levers, unlimited_capacity
from sim.policies import POLICIES
from sim.runs.cases import FUNNEL_STAGES
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

DOWNSTREAM = ("reports", "reports_held_back", "cases_recorded", "screened_in", "investigated", "investigations_open",
              "substantiated", "repatriated", "referred", "investigators_named", "tcc_answers", "charged", "convicted",
              "consequences", "objective_certainty", "observed_allegations", "observed_repatriated", "observed_charged",
              "observed_convicted", "troop_shortfall")  # fmt: skip
EVENTS = {"unit_inquiry", "commander_removed", "court_outcome", "contributor_sanctioned", "unit_withdrawn"}
# Everything is reported again and again, held back, or screened out, at the bounds of the parameters.
FLOOD = {"parameters.reporting.peer_base": -3.0, "parameters.reporting.peer_trade": 4.0,
         "parameters.reporting.reportable_share": 1.0, "parameters.reporting.reportable_share_trade": 1.0,
         "parameters.reporting.know_share": 1.0, "parameters.reporting.will_per_year": 5.0,
         "parameters.oversight.inquiry_reports": 1.0, "parameters.oversight.p_inquiry": 1.0,
         "parameters.oversight.inquiry_found_share": 0.9}  # fmt: skip
SWIFT = {**FLOOD, "parameters.oversight.fact_finding_free_weeks": 1.0, "parameters.oversight.p_prima_facie": 1.0,
         "parameters.oversight.investigation_free_weeks": 4.0, "parameters.oversight.p_substantiated": 0.3}  # fmt: skip
BY_MANY = "closed at once by many"  # without limit to capacity
EDGES: dict[str, dict[str, Any]] = {
    "plain": {},
    "flood": FLOOD,
    "all held back": {**FLOOD, "parameters.leadership.report_pass": 0.0},
    "all screened out": {**FLOOD, "parameters.reporting.p_screened_in": 0.0},
    "nobody identified": {**FLOOD, "parameters.reporting.p_identified": 0.0},
    "nothing substantiated": {**FLOOD, "parameters.oversight.p_substantiated": 0.0},
    "closed at once": {**SWIFT, "parameters.oversight.fact_finding_capacity": 100.0,
                       "parameters.oversight.investigation_capacity": 100.0},
    BY_MANY: SWIFT,
    "nobody removed": {**FLOOD, "parameters.oversight.removal_share": 0.0},
    "nobody referred": {"parameters.oversight.referral_share": 0.0},
    "half removed": {**FLOOD, "parameters.oversight.removal_share": 0.5},
    "in steps of four weeks": {**FLOOD, "clock.step_days": 28},
}  # fmt: skip


def all_policies(dose: float = 1.0, start: float = 10.0) -> dict[str, Any]:
    """Every policy at once."""
    return {name: policy(dose=dose, start_week=start) for name, policy in POLICIES.items()}


def check_silence(run: Run) -> None:
    """Acts, and nothing that follows from a report."""
    assert run.series["true_acts"].sum() > 0 and run.summary["persons_with_act"] > 0
    for name in DOWNSTREAM:
        assert (run.series[name] == 0).all(), name
    assert not (run.cases["kind"] == "personnel").any()
    stages = funnel(run)
    assert stages.pop("persons_with_act") > 0 and set(stages.values()) == {0.0}
    assert EVENTS.isdisjoint(run.events["event"])
    assert run.summary["impunity_gap"] == 1.0 and run.summary["mean_case_months"] is None
    for name in ("reports", "observed_allegations", "persons_with_consequence", "objective_certainty"):
        assert run.summary[name] == 0.0, name


def check_funnel(run: Run) -> None:
    """Persons: no stage exceeds the one before, observed never exceeds true, and nobody is found out who did nothing."""
    stages = funnel(run)
    for before, after in itertools.pairwise(FUNNEL_STAGES):
        assert stages[after] <= stages[before] + 1e-6, f"{after} {stages[after]} > {before} {stages[before]}"
    assert stages["removed"] <= stages["persons_with_act"] + 1e-6
    observed = dict(zip(run.funnel["stage"], run.funnel["observed"]))
    assert observed["charged"] <= stages["charged"] and observed["convicted"] <= stages["convicted"]
    assert 0.0 <= run.summary["impunity_gap"] <= 1.0
    assert run.summary["persons_with_consequence"] <= run.summary["persons_with_act"] + 1e-6
    assert run.series["objective_certainty"].between(0.0, 1.0).all() and 0.0 <= run.summary["objective_certainty"] <= 1.0
    for more, fewer in (("reports", "reports_held_back"), ("reports", "cases_recorded"), ("cases_recorded", "screened_in"),
                        ("screened_in", "investigated"), ("investigated", "substantiated"), ("charged", "convicted"),
                        ("repatriated", "observed_repatriated"), ("charged", "observed_charged"),
                        ("observed_charged", "observed_convicted"), ("referred", "investigators_named"),
                        ("reports", "observed_allegations")):
        assert (run.series[more].cumsum() + 1e-6 >= run.series[fewer].cumsum()).all(), f"{fewer} > {more}"
    assert (run.series["consequences"].cumsum() + 1e-6 >= run.series["repatriated"].cumsum()).all(), "removed twice"
    own = run.cases[run.cases["kind"] == "personnel"]
    assert not (own["removal_week"] > own["outcome_week"]).any(), "removed after the case had ended"
    assert not own.loc[own["outcome"] == "not substantiated", "charge_week"].notna().any()
    for before, after in (("act", "report"), ("report", "fact_finding"), ("report", "investigation"), ("referral", "answer"),
                          ("answer", "charge"), ("charge", "outcome"), ("referral", "charge")):
        assert not (own[f"{before}_week"] > own[f"{after}_week"]).any(), f"{after} before {before}"


@pytest.mark.parametrize("policies", [False, True])
def test_12_without_channels_nothing_follows(policies: bool) -> None:
    """12. All four channels off: every count downstream is 0 while acts go on, also with all policies in force."""
    scenario = busy(CHANNELS_OFF)
    check_silence(simulate(with_policies(scenario, {n: p for n, p in all_policies().items() if "immunity" not in n
                                                    and "in_country" not in n}) if policies else scenario))


def test_12_without_channels_conduct_is_that_without_oversight() -> None:
    """12. Bitwise: oversight without any capacity or effect changes nothing where nobody reports."""
    base = busy(CHANNELS_OFF)
    idle = base.with_({**FROZEN_CONDUCT, "parameters.oversight.fact_finding_capacity": 0.0,
                       "parameters.oversight.investigation_capacity": 0.0, "parameters.switches.deterrence": True})
    assert_identical(simulate(base).series, simulate(idle).series)


@pytest.mark.parametrize("channel", CHANNELS[:3])
def test_12_each_channel_alone_brings_cases(channel: str) -> None:
    """12. The counterpart: any one channel is enough for reports, and cases come through it alone."""
    run = simulate(busy({**CHANNELS_OFF, f"parameters.switches.{channel}": True}, scale=0.3))
    own = {"victim_reports": {"affected", "ngo"}, "peer_reports": {"peer"}, "police_reports": {"police"}}[channel]
    found = set(run.cases.loc[run.cases["kind"] == "personnel", "channel"])
    assert found and found <= own
    assert run.series["repatriated"].sum() > 0


def test_12_inquiries_alone_bring_nothing() -> None:
    """12. An inquiry needs reports: as the only channel it stays silent."""
    check_silence(simulate(busy({**CHANNELS_OFF, "parameters.switches.inquiries": True})))


@pytest.mark.parametrize(("changes", "last"), [
    ({"parameters.leadership.report_pass": 0.0, "parameters.switches.victim_reports": False,
      "parameters.switches.police_reports": False}, "reported"),
    ({"parameters.reporting.p_screened_in": 0.0}, "recorded"),
    ({"parameters.oversight.investigation_capacity": 0.0}, "screened_in"),
    ({"parameters.oversight.p_substantiated": 0.0}, "investigated"),
    ({"parameters.oversight.referral_share": 0.0}, "substantiated"),
    ({"parameters.prosecution.reply_base": -6.0, "parameters.prosecution.reply_rule_of_law": 0.0,
      "parameters.prosecution.reply_weeks": 260.0, "parameters.prosecution.request_weeks": 4.0}, "referred"),
    ({"parameters.prosecution.p_charge": 0.0, "parameters.prosecution.p_charge_client": 0.0}, "answered"),
    ({"parameters.prosecution.p_conviction": 0.0}, "charged"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_12_a_stage_that_is_closed_ends_the_chain_there(changes: Mapping[str, float], last: str) -> None:
    """12. Nothing passes a stage without probability or capacity; all before it still see persons."""
    stages = funnel(simulate(busy(changes, weeks=80, scale=0.3)))
    end = FUNNEL_STAGES.index(last)
    assert all(stages[stage] > 0 for stage in FUNNEL_STAGES[: end + 1])
    assert all(stages[stage] == 0 for stage in FUNNEL_STAGES[end + 1 :])


@pytest.mark.parametrize("name", sorted(EDGES))
@pytest.mark.parametrize("policies", [False, True], ids=["status quo", "all policies"])
def test_12_the_funnel_only_narrows(name: str, policies: bool) -> None:
    """12. At the edges of the parameters, with and without all policies: persons, not papers, and fewer at each stage."""
    scenario = busy(EDGES[name], weeks=60)
    if name == BY_MANY:
        scenario = unlimited_capacity(scenario)
    check_funnel(simulate(with_policies(scenario, all_policies()) if policies else scenario))


@pytest.mark.parametrize("seed", range(4))
def test_12_the_funnel_narrows_at_default_values(seed: int) -> None:
    """12. The mission as it is, at full scale, and with every channel used ten times as much."""
    base: Scenario = generic(weeks=90, scale=1.0, seed=seed)
    check_funnel(simulate(base))
    check_funnel(simulate(unlimited_capacity(levers(base, report_will=10.0, peer_report=2.3))))


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_12_the_funnel_narrows_under_each_policy(name: str) -> None:
    """12. Each policy alone, three times as strong as documented where its bounds allow."""
    policy = POLICIES[name](dose=3.0, start_week=5.0)
    check_funnel(simulate(with_policies(busy(scale=0.2), {name: policy})))


def test_12_busy_runs_reach_every_stage() -> None:
    """12. What makes the tests above worth anything: with these parameters every stage sees persons."""
    assert "mission.initial_venues" in BUSY
    assert all(value > 0 for value in funnel(simulate(busy(weeks=80, scale=0.3))).values())
