"""People on objects: recruitment, transit, exploitation, identification, assistance, return, and being trafficked again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from support import strong_lever, with_policies

from oracle.market import (
    assert_phase_agrees,
    checked_phase,
    documented,
    market,
    parameter,
    scattered,
    transitions,
    unseen,
)
from oracle.oracle_support import assert_agrees, world_of
from sim.knobs import KNOBS
from sim.world.state import World

KNOBS_HERE = [knob.name for knob in KNOBS.values() if knob.phase == "people"]
SWITCHES = ("retrafficking", "personnel_roles", "raids", "ties", "host_capacity", "sellers")
POLICIES = ("transnational_response", "upstream_prevention", "victim_channels", "off_limits")
SHOCKS = ("source_crisis", "border_tightening", "local_income_growth", "reconstruction_boom", "early_drawdown", "exit")
WEEKS = (4, 12)
OWNERS = {
    "mission.trapezoid.peak": 6000.0, "parameters.involvement.p_prone": 0.6, "parameters.persons.passed_on_share": 0.3,
    "parameters.persons.identification_per_week": 0.03, "parameters.persons.escape_per_week": 0.03,
    "parameters.testimony.intercept": -0.5, "parameters.testimony.trust_weight": 2.0,
}  # fmt: skip
"""Many owners, who keep a person until the end of their tour, and persons in two minds about testifying."""
CONDITIONS: dict[str, dict[str, Any]] = {
    "many owners": OWNERS,
    "owners always pass on": {**OWNERS, "parameters.persons.passed_on_share": 1.0},
    "owners never pass on": {**OWNERS, "parameters.persons.passed_on_share": 0.0},
    "all moves abroad": {"parameters.persons.move_abroad_share": 1.0, "parameters.persons.move_per_week": 0.2},
    "no move abroad": {"parameters.persons.move_abroad_share": 0.0, "parameters.persons.move_per_week": 0.2},
    "no move at all": {"parameters.persons.move_per_week": 0.0},
    "nobody is met in raids": {"parameters.persons.raid_identified_share": 0.0},
    "everybody is released at a closure": {"parameters.persons.closure_release_share": 1.0},
    "unused places are lost": {"parameters.assistance.carry_over_weeks": 0.0},
    "outreach alone": {"parameters.assistance.outreach_share": 1.0},
    "police alone": {"parameters.assistance.outreach_share": 0.0},
    "nobody accepts assistance": {"parameters.persons.uptake": 0.0, "parameters.persons.self_referral": 0.0},
    "everybody accepts assistance": {"parameters.persons.uptake": 1.0, "parameters.persons.self_referral": 1.0},
    "few at risk": {"parameters.recruitment.at_risk_share": 0.00005},
    "short memory of return": {"parameters.persons.retrafficking_memory_weeks": 4.0},
    "full support": {"parameters.persons.support_protection": 1.0},
    "no venues left": {"parameters.entry.base_entries_per_week": 0.0, "parameters.networks.smallest_size": 0.9,
                       "parameters.entry.entries_per_venue_week": 0.0, "parameters.entry.reopening_per_week": 0.0},
    "daily steps": {"clock.step_days": 1},
    "fortnightly steps": {"clock.step_days": 14},
}  # fmt: skip
SEEN = {
    "recruitment.preparation_weeks": 1.01, "recruitment.transit_weeks": 1.01, "recruitment.transit_km_per_week": 1.01,
    "persons.identification_per_week": 1.01, "persons.escape_per_week": 1.01, "persons.release_per_week": 1.01,
    "persons.move_per_week": 1.01, "persons.move_abroad_share": 0.1, "persons.abroad_exit_per_week": 1.01,
    "persons.passed_on_share": 0.1, "persons.raid_identified_share": 0.3, "persons.uptake": 0.1,
    "persons.self_referral": 3.0, "persons.decision_weeks": 1.01, "persons.assistance_weeks": 1.01,
    "persons.unassisted_weeks": 1.01, "persons.resettled_share": 3.0, "persons.stayed_share": 3.0,
    "persons.retrafficking_per_week": 1.01, "persons.retrafficking_memory_weeks": 1.01,
    "persons.support_protection": 1.01, "persons.closure_release_share": 4.0, "testimony.intercept": 10.0,
    "testimony.protection_weight": 5.0, "testimony.trust_weight": 5.0, "testimony.threat_weight": 1000.0,
    "testimony.protection": 5.0,
    "assistance.outreach_share": 1.01, "assistance.carry_over_weeks": 0.1, "host_capacity.reference": 1.01,
}  # fmt: skip
DIRECT = {
    ("recruited", "in_transit"), ("in_transit", "exploited_venue"), ("in_transit", "identified"),
    ("exploited_venue", "exploited_private"), ("exploited_venue", "identified"), ("exploited_venue", "escaped"),
    ("exploited_venue", "released"), ("exploited_venue", "moved"), ("exploited_private", "unassisted"),
    ("exploited_private", "exploited_venue"), ("exploited_private", "escaped"), ("moved", "returned"),
    ("escaped", "unassisted"), ("identified", "assisted"), ("identified", "unassisted"), ("released", "assisted"),
    ("assisted", "resettled"), ("assisted", "stayed"), ("assisted", "returned"), ("unassisted", "stayed"),
    ("unassisted", "returned"), ("returned", "recruited"), ("stayed", "recruited"),
}  # fmt: skip


def conserved(world: World) -> int:
    """Persons at risk, prevented and recruited, all together."""
    return int(world.origins.at_risk.sum() + world.origins.prevented.sum() + world.n_people)


def test_agrees_over_many_weeks_in_which_everything_happens() -> None:
    world = market("shock=border_tightening", changes={**OWNERS, "shock.start_week": 0.0, "shock.size": 3.0}, weeks=40)
    moves, before, everybody = (
        Counter[tuple[str, str]](),
        world.people.state[: world.n_people].tolist(),
        conserved(world),
    )
    places: Counter[str] = Counter()
    venue = world.people.venue[: world.n_people].copy()
    for _ in checked_phase(world, "people", range(30)):
        moves += transitions(world, before)
        n, state = len(before), world.people.state
        stayed = state[:n] == before
        places["another venue"] += int((stayed & (venue >= 0) & (world.people.venue[:n] != venue)).sum())
        places["willing to testify"] = int(world.people.will_testify.sum())
        places["unwilling"] = int((world.people.was_assisted & ~world.people.will_testify).sum())
        before, venue = state[: world.n_people].tolist(), world.people.venue[: world.n_people].copy()
    assert set(moves) >= DIRECT
    assert all(places.values()) and world.origins.prevented.sum() > 0
    assert conserved(world) == everybody


def test_whole_weeks_of_the_market() -> None:
    assert_agrees(market(changes=OWNERS), 20, (7, 19))


@pytest.mark.parametrize("switch", SWITCHES)
def test_every_mechanism_off(switch: str) -> None:
    assert_phase_agrees(market(changes={f"parameters.switches.{switch}": False}), "people", WEEKS)


@pytest.mark.parametrize("knob", KNOBS_HERE)
def test_every_knob(knob: str) -> None:
    scenario = with_policies(market().scenario, {"lever": strong_lever(knob, 2.0)})
    assert_phase_agrees(world_of(scenario), "people", WEEKS)


@pytest.mark.parametrize("policy", POLICIES)
def test_policies(policy: str) -> None:
    assert_phase_agrees(market(f"policy=[{policy}]", plenty=False), "people", WEEKS)


@pytest.mark.parametrize("shock", SHOCKS)
def test_shocks(shock: str) -> None:
    assert_phase_agrees(market(f"shock={shock}", changes={"shock.start_week": 4.0}), "people", WEEKS)


@pytest.mark.parametrize("changes", CONDITIONS.values(), ids=CONDITIONS)
def test_other_conditions(changes: dict[str, Any]) -> None:
    assert_phase_agrees(market(changes=changes), "people", WEEKS)


@pytest.mark.parametrize("mission", ["kosovo", "bosnia"])
def test_documented_missions_as_they_are(mission: str) -> None:
    assert_phase_agrees(documented(mission, 0.02), "people", (0, 10, 29))


def test_parameters_anywhere_in_their_range() -> None:
    assert_phase_agrees(scattered(1), "people", (3, 7, 15))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 20))
def test_parameters_anywhere_in_their_range_many_times(seed: int) -> None:
    assert_phase_agrees(scattered(seed), "people", (3, 7, 15))


@pytest.mark.slow
@pytest.mark.parametrize("mission", ["kosovo", "bosnia", "generic"])
def test_years_of_a_mission(mission: str) -> None:
    assert_phase_agrees(documented(mission, 0.1), "people", range(5, 250, 12))


def test_every_parameter_of_people_is_seen() -> None:
    changes = {path: parameter(path, factor) for path, factor in SEEN.items()}
    assert unseen(market(changes=OWNERS), "people", range(3, 30, 3), changes) == set()
