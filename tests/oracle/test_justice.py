"""Justice alone, over many weeks: every case agrees in every date and outcome, under policies, limits and congestion."""

from __future__ import annotations

from typing import Any

import pytest

from oracle.chain import kosovo_with_many_cases, many_cases, scattered
from oracle.market import assert_phase_agrees, parameter, unseen
from oracle.oracle_support import assert_agrees
from sim.config import options
from sim.institutions.bodies import bodies
from sim.world.state import World

CHECKED = range(3, 26, 3)
SETTINGS: dict[str, dict[str, Any]] = {
    "half of what is found has consequences": {
        "parameters.oversight.removal_share": 0.5, "parameters.oversight.referral_share": 0.5,
    },
    "facts found after the investigation has ended": {
        "parameters.oversight.fact_finding_free_weeks": 20.0, "parameters.oversight.investigation_free_weeks": 4.0,
        "parameters.oversight.p_prima_facie": 1.0,
    },
    "congested, with evidence that fades": {
        "parameters.oversight.fact_finding_capacity": 20.0, "parameters.oversight.investigation_capacity": 20.0,
        "parameters.oversight.smallest_strength": 2000.0, "parameters.oversight.evidence_years": 0.3,
        "parameters.reporting.identify_years": 0.3, "parameters.prosecution.home_court_capacity": 20.0,
    },
    "trials without end": {"parameters.prosecution.home_court_capacity": 0.0},
    "people leave soon": {
        "parameters.oversight.investigation_free_weeks": 10.0, "parameters.oversight.fact_finding_free_weeks": 10.0,
        "parameters.oversight.suspect_gone_ratio": 0.3, "parameters.oversight.witness_lost_ratio": 0.2,
    },
    "witnesses are assisted": {
        "parameters.testimony.intercept": 4.0, "parameters.persons.assistance_weeks": 30.0,
        "parameters.oversight.testimony_gain": 3.0, "parameters.oversight.p_substantiated": 0.4,
        "parameters.reporting.exploited_ratio": 1.0,
    },
    "inquiries find many": {
        "parameters.oversight.p_inquiry": 1.0, "parameters.oversight.inquiry_found_share": 0.6,
        "parameters.oversight.inquiry_reports": 1.0,
    },
    "reluctant contributors": {
        "parameters.prosecution.reply_base": -1.0, "parameters.prosecution.reply_rule_of_law": 2.0,
        "parameters.prosecution.reply_publicity": 3.0, "parameters.prosecution.reply_domestic_cost": 1.0,
    },
    "fortnightly steps": {"clock.step_days": 14, "mission.horizon_weeks": 60},
}  # fmt: skip
POLICIES = {
    "leadership_accountability": (), "victim_channels": (), "external_experts": (), "follow_up": (), "withhold_pay": (),
    "waive_immunity": ("policy.waive_immunity.include_soldiers=true",),
    "waive_immunity, special court": ("policy.waive_immunity.include_soldiers=true", "policy.waive_immunity.court=special"),
    "in_country_courts": ("policy.in_country_courts.consent=0.6",), "suspend_contributions": (),
    "host_jurisdiction_convention": ("policy.host_jurisdiction_convention.rate=0.15",),
}  # fmt: skip
SWITCHES = ("inquiries", "victim_reports", "peer_reports", "police_reports", "deterrence", "sanctions", "beliefs")
OUTCOMES = {
    ("", "screened out"), ("", "not identified"), ("", "not substantiated"), ("", "no court"), ("home", "no reply"),
    ("home", "not charged"), ("home", "convicted"), ("home", "acquitted"), ("in_country", "convicted"),
    ("special", "not charged"), ("special", "convicted"), ("special", "acquitted"),
}  # fmt: skip
# Parameters that a factor changes for the objects alone: chances by much, amounts by little.
CHANGED = {
    "oversight.p_prima_facie": 0.5, "oversight.fact_finding_capacity": 0.99, "oversight.fact_finding_free_weeks": 1.01,
    "oversight.investigation_capacity": 0.99, "oversight.investigation_free_weeks": 1.01, "oversight.p_substantiated": 0.5,
    "oversight.smallest_strength": 0.99, "oversight.evidence_years": 0.01, "oversight.suspect_gone_ratio": 0.1,
    "oversight.removal_share": 0.5, "oversight.referral_share": 0.5, "oversight.p_inquiry": 0.1,
    "oversight.inquiry_reports": 2.0, "oversight.inquiry_found_share": 0.2, "oversight.inquiry_sd": 5.0,
    "reporting.p_screened_in": 0.7, "reporting.p_identified": 0.7, "reporting.identify_years": 0.01,
    "leadership.p_removed": 0.3, "prosecution.p_visible": 0.3, "prosecution.p_investigator_named": 0.3,
    "prosecution.reply_base": -3.0, "prosecution.reply_weeks": 1.5, "prosecution.request_weeks": 0.5,
    "prosecution.p_charge_client": 0.2, "prosecution.p_conviction": 0.3, "prosecution.court_evidence_ratio": 2.0,
    "prosecution.home_trial_weeks": 1.01, "prosecution.in_country_charge": 0.3,
    "prosecution.in_country_trial_weeks": 4.0, "prosecution.special_charge": 0.3,
    "prosecution.special_trial_weeks": 1.01, "sanctions.p_pay_lost": 1.01, "host_justice.p_charge": 0.1,
    "host_justice.p_conviction": 0.1, "host_justice.p_prison": 0.1, "host_justice.trial_weeks": 2.0,
    "host_justice.fine_usd": 1.01, "testimony.outcome_memory_weeks": 0.02, "testimony.trust_adjustment_per_week": 1.01,
}  # fmt: skip
HOST_COURTS = {
    "prosecution.host_charge": 0.3, "prosecution.host_trial_weeks": 1.01, "host_capacity.reference": 4.0,
    "prosecution.court_evidence_ratio": 2.0, "prosecution.home_court_capacity": 0.01,
}  # fmt: skip
CLEAR_CASES = {"parameters.prosecution.host_charge": 0.5, "parameters.oversight.p_substantiated": 1.0}


def outcomes(world: World) -> set[tuple[str, str]]:
    """Forum and outcome of all cases so far."""
    return {(case.forum, case.outcome) for body in bodies(world).oversight for case in body.cases}


def test_every_case_agrees_every_week_and_every_outcome_is_reached() -> None:
    world = many_cases(plenty=True, scale=0.03)
    assert_phase_agrees(world, "justice", range(40))
    assert outcomes(world) >= OUTCOMES


@pytest.mark.parametrize("name", SETTINGS)
def test_limits_and_congestion(name: str) -> None:
    world = many_cases(changes=SETTINGS[name], plenty=True)
    assert_phase_agrees(world, "justice", CHECKED)
    assert any(case.investigation_step >= 0 for body in bodies(world).oversight for case in body.cases)


@pytest.mark.parametrize("name", POLICIES)
def test_each_policy_of_the_chain(name: str) -> None:
    world = many_cases(f"policy=[{name.partition(',')[0]}]", *POLICIES[name])
    assert_phase_agrees(world, "justice", CHECKED)
    assert any(case.is_substantiated for body in bodies(world).oversight for case in body.cases)


@pytest.mark.slow
def test_changed_rules_are_noticed() -> None:
    changes = {path: parameter(path, factor) for path, factor in CHANGED.items()}
    assert unseen(many_cases(plenty=True, scale=0.03), "justice", range(3, 40), changes) == set()


def test_changed_rules_of_host_courts_are_noticed() -> None:
    world = many_cases("policy=[waive_immunity]", *POLICIES["waive_immunity"], changes=CLEAR_CASES)
    changes = {path: parameter(path, factor) for path, factor in HOST_COURTS.items()}
    assert unseen(world, "justice", range(5, 40), changes) == set()


@pytest.mark.slow
def test_whole_weeks_on_the_objects_alone() -> None:
    assert_agrees(many_cases(plenty=True, scale=0.03), 30, range(30))


@pytest.mark.slow
@pytest.mark.parametrize("switch", SWITCHES)
def test_switched_off(switch: str) -> None:
    world = many_cases(changes={f"parameters.switches.{switch}": False}, plenty=True)
    assert_phase_agrees(world, "justice", CHECKED)


@pytest.mark.slow
@pytest.mark.parametrize("package", sorted(options("package")))
def test_each_package(package: str) -> None:
    assert_phase_agrees(many_cases(f"package={package}"), "justice", range(1, 40, 2))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(options("world")))
def test_each_world(name: str) -> None:
    world = many_cases(f"world={name}", plenty=True, but="parameters.sanctions.")
    assert_phase_agrees(world, "justice", CHECKED)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_other_luck(seed: int) -> None:
    world = many_cases(changes={"seed": seed, "world_seed": seed + 10}, plenty=True, scale=0.03)
    assert_phase_agrees(world, "justice", range(1, 40, 2))


@pytest.mark.slow
@pytest.mark.parametrize("package", ["zeid_2005", "reform_2016", "full_agenda"])
def test_three_authorities(package: str) -> None:
    world = kosovo_with_many_cases(f"package={package}")
    assert_phase_agrees(world, "justice", range(2, 60, 3))
    assert all(body.cases for body in bodies(world).oversight)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_parameters_anywhere_in_their_range(seed: int) -> None:
    assert_phase_agrees(scattered(seed), "justice", range(4, 36, 4))
