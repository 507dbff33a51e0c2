"""One week ahead, every policy, shock, world, switch and step length: objects do what the compiled rules do."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from oracle.oracle_support import assert_agrees, busy
from sim.config import options
from sim.parameters.institutions import Switches

WEEKS, CHECKED = 16, (3, 15)  # what policies and shocks change starts in week 3
LATER = CHECKED[1:]
POLICIES, SHOCKS, WORLDS = (sorted(options(group)) for group in ("policy", "shock", "world"))
PACKAGES = sorted(options("package"))
SWITCHES = [switch.name for switch in fields(Switches)]
OTHERS: dict[str, dict[str, Any]] = {
    "daily steps": {"clock.step_days": 1},
    "fortnightly steps": {"clock.step_days": 14},
    "exact thresholds of entry": {"parameters.entry.profit_scale_usd": 1.0},
    "nobody prone": {"parameters.involvement.p_prone": 0.0},
    "little money": {"parameters.personnel_demand.spending_share": 0.05},
    "own experience counts": {
        "parameters.beliefs.own_weight": 5.0, "parameters.beliefs.unpunished_weight": 1.0,
        "parameters.beliefs.prior_weight": 1.0, "parameters.sanctions.perceived_certainty": 0.5,
    },
    "no prior": {"parameters.beliefs.prior_weight": 0.0, "parameters.leadership.prior_weight": 0.0},
    "hidden places are never found": {"parameters.personnel_demand.hidden_visibility": 0.0},
    "rules always obeyed": {"parameters.leadership.compliance": 1.0},
    "delays discounted": {"parameters.sanctions.delay_discount_per_year": 0.5},
    "no trust at the start": {"parameters.testimony.initial_trust": 0.0},
}  # fmt: skip


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy(policy: str) -> None:
    assert_agrees(busy(f"policy=[{policy}]"), WEEKS, CHECKED)


@pytest.mark.parametrize("shock", SHOCKS)
def test_every_shock(shock: str) -> None:
    changes = {} if shock == "none" else {"shock.start_week": 3.0}
    assert_agrees(busy(f"shock={shock}", changes=changes), WEEKS, CHECKED)


@pytest.mark.parametrize("name", WORLDS)
def test_every_world(name: str) -> None:
    assert_agrees(busy(f"world={name}", but="parameters.sanctions."), WEEKS, LATER)


@pytest.mark.parametrize("switch", SWITCHES)
def test_every_mechanism_off(switch: str) -> None:
    world = busy(changes={f"parameters.switches.{switch}": False}, plenty=True)
    assert_agrees(world, WEEKS, LATER)


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_every_package(package: str) -> None:
    assert_agrees(busy(f"package={package}"), WEEKS, LATER)


@pytest.mark.parametrize("changes", OTHERS.values(), ids=OTHERS)
def test_other_conditions(changes: dict[str, Any]) -> None:
    assert_agrees(busy(changes=changes, plenty=True), WEEKS, LATER)
