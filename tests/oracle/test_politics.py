"""Politics alone, over many weeks: sanctions, exits, replacements, violence and host capacity agree in every value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from oracle.chain import kosovo_with_many_cases, many_cases, scattered
from oracle.market import assert_phase_agrees, checked_phase, parameter, unseen
from sim.config import options
from sim.institutions.bodies import bodies
from sim.world.state import World

CHECKED = range(3, 36, 3)
SETTINGS: dict[str, dict[str, Any]] = {
    "an independent authority": {"parameters.dependence.psi": 0.0},
    "one that depends": {"parameters.dependence.psi": 3.0, "parameters.contributor_response.replacement_share": 0.2},
    "nothing replaced": {"parameters.contributor_response.replacement_share": 0.0},
    "an empty pool": {"parameters.contributor_response.pool_share": 0.0},
    "a small pool, soon used up": {
        "parameters.contributor_response.pool_share": 0.1, "parameters.contributor_response.replacement_weeks": 0.0,
    },
    "short suspensions": {"parameters.dependence.suspension_weeks": 4.0, "parameters.dependence.pause_weeks": 1.0},
    "one bloc": {"parameters.contributor_response.n_blocs": 1.0, "parameters.contributor_response.solidarity": 1.0},
    "touchy contributors": {
        "parameters.contributor_response.waiver_weight": 5.0, "parameters.contributor_response.in_country_weight": 5.0,
        "parameters.contributor_response.sanction_weight": 4.0,
    },
    "many cases needed": {"parameters.dependence.fewest_cases": 50.0, "parameters.dependence.shrinkage": 5.0},
    "violence without a floor": {
        "parameters.security.violence_exponent": 1.0, "parameters.security.smallest_strength_ratio": 0.001,
    },
    "corrupt authorities": {
        "parameters.host_capacity.corruption_per_ties": 0.05, "parameters.host_capacity.growth_per_week": 0.05,
    },
    "fortnightly steps": {"clock.step_days": 14, "mission.horizon_weeks": 80},
}  # fmt: skip
POLICIES = {
    "suspend_contributions": (), "withhold_pay": (), "waive_immunity": ("policy.waive_immunity.include_soldiers=true",),
    "in_country_courts": ("policy.in_country_courts.consent=0.6",), "transnational_response": (),
    "host_jurisdiction_convention": ("policy.host_jurisdiction_convention.rate=0.15",), "women_share": (),
}  # fmt: skip
SWITCHES = ("sanctions", "contributor_response", "security", "host_capacity")
# Factors by which a parameter is changed for the objects alone.
CHANGED = {
    "dependence.sanction_multiple": 20.0, "dependence.tolerated_shortfall": 1.5, "dependence.psi": 4.0,
    "dependence.score_weeks": 1.01, "dependence.shrinkage": 50.0, "dependence.pause_weeks": 0.1,
    "dependence.suspension_weeks": 0.9, "dependence.fewest_cases": 4.0,
    "contributor_response.exit_per_year": 1.01, "contributor_response.highest_exit_per_year": 0.01,
    "contributor_response.sanction_weight": 1.01, "contributor_response.waiver_weight": 1.01,
    "contributor_response.in_country_weight": 1.01, "contributor_response.reimbursement_weight": 1.01,
    "contributor_response.sanction_memory_weeks": 1.01, "contributor_response.solidarity": 0.9,
    "contributor_response.replacement_share": 0.9, "contributor_response.replacement_weeks": 2.0,
    "contributor_response.pool_share": 0.05, "contributor_response.reference_income_usd": 1.01,
    "oversight.sanction_share": 0.01, "security.violence_exponent": 1.01, "security.smallest_strength_ratio": 10.0,
    "host_capacity.ceiling": 1.01, "host_capacity.growth_per_week": 1.01, "host_capacity.corruption_per_ties": 1.01,
}  # fmt: skip
WATCHFUL = {
    "parameters.dependence.fewest_cases": 30.0, "parameters.dependence.psi": 0.3, "parameters.dependence.pause_weeks": 4.0,
    "parameters.contributor_response.replacement_weeks": 3.0,
}  # fmt: skip
KINDS = {"contributor_sanctioned", "unit_withdrawn", "unit_replaced"}


def eventful(*overrides: str, changes: Mapping[str, Any] | None = None, **given: Any) -> World:
    """A mission in which contributors are sanctioned, leave and are replaced."""
    return many_cases(*overrides, changes=changes, **{"plenty": True, **given})


def test_every_week_agrees_and_everything_happens() -> None:
    slow = {"parameters.contributor_response.replacement_weeks": 6.0, "parameters.dependence.suspension_weeks": 5.0}
    world, returned = eventful(changes=slow, weeks=50), 0
    waiting: dict[int, float] = {}
    for _ in checked_phase(world, "politics", range(50)):
        units = world.units
        returned += sum(units.filled_share[unit] > 0.0 and world.week >= week for unit, week in waiting.items())
        waiting = {unit: float(week) for unit, week in enumerate(units.returns_week) if week >= 0.0}
    happened = Counter(row[1] for row in world.events.rows)
    assert all(happened[kind] > 2 for kind in KINDS)
    assert returned > 0
    assert {int(row[-1]) for row in world.events.rows if row[1] == "contributor_sanctioned"} == {1, 2, 3}
    assert world.cells.violence.max() > 1.0


@pytest.mark.parametrize("name", SETTINGS)
def test_limits_of_sanctions_and_responses(name: str) -> None:
    assert_phase_agrees(eventful(changes=SETTINGS[name]), "politics", CHECKED)


@pytest.mark.parametrize("name", POLICIES)
def test_each_policy_that_contributors_feel(name: str) -> None:
    assert_phase_agrees(many_cases(f"policy=[{name}]", *POLICIES[name]), "politics", CHECKED)


@pytest.mark.parametrize("switch", SWITCHES)
def test_switched_off(switch: str) -> None:
    assert_phase_agrees(eventful(changes={f"parameters.switches.{switch}": False}), "politics", CHECKED)


def test_the_largest_contributor_walks_out() -> None:
    world = eventful("shock=contributor_walkout", changes={"shock.start_week": 6.0})
    assert_phase_agrees(world, "politics", CHECKED)
    assert world.cells.violence.max() > 1.0


@pytest.mark.slow
def test_changed_rules_are_noticed() -> None:
    changes = {path: parameter(path, factor) for path, factor in CHANGED.items()}
    assert unseen(eventful(changes=WATCHFUL, weeks=60), "politics", range(3, 60), changes) == set()


@pytest.mark.slow
@pytest.mark.parametrize("package", sorted(options("package")))
def test_each_package(package: str) -> None:
    assert_phase_agrees(many_cases(f"package={package}", weeks=60), "politics", range(1, 60, 2))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(options("world")))
def test_each_world(name: str) -> None:
    assert_phase_agrees(eventful(f"world={name}", but="parameters.sanctions."), "politics", CHECKED)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_other_luck(seed: int) -> None:
    world = eventful(changes={"seed": seed, "world_seed": seed + 10}, weeks=60)
    assert_phase_agrees(world, "politics", range(1, 60, 2))


@pytest.mark.slow
@pytest.mark.parametrize("package", ["zeid_2005", "reform_2016", "full_agenda"])
def test_three_authorities(package: str) -> None:
    world = kosovo_with_many_cases(f"package={package}")
    assert_phase_agrees(world, "politics", range(2, 60, 3))
    assert all(body.cases for body in bodies(world).oversight)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_parameters_anywhere_in_their_range(seed: int) -> None:
    assert_phase_agrees(scattered(seed), "politics", range(4, 36, 4))
