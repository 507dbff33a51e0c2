"""Composed trees: kept by a process, and every caller has a copy of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from sim.config import load_scenario
from sim.policies import POLICIES, Policy


def test_a_policy_written_inside_a_function_works_and_scenarios_share_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dataclasses.dataclass
    class Local(Policy):
        """A policy whose class cannot be found by its name."""

        def effects(self) -> list[tuple[str, float, tuple[str, ...]]]:
            return [("interception", self.dose, ())]

    monkeypatch.setitem(POLICIES, "local", Local)
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "local.yaml").write_text(
        "# @package policy.local\n# A policy of this test\ndefaults:\n  - /policy_type/local@_here_\n  - _self_\ndose: 0.25\n"
    )
    asked = (f"config_dir={tmp_path}", "policy=[local,training]", "mission.populations.XKX=2000000")
    first, second = load_scenario(*asked), load_scenario(*asked)
    assert first == second and first.policy["local"] == Local(dose=0.25)
    first.mission.populations["XKX"] = 1.0
    for policy in first.policy.values():
        policy.dose = 0.125
    for other in (second, load_scenario(*asked)):
        assert other.policy["local"].dose == 0.25 and other.policy["training"].dose != 0.125
        assert other.mission.populations["XKX"] == 2_000_000.0


def test_a_scenario_of_shipped_policies_shares_nothing_either() -> None:
    first, second = load_scenario("package=reform_2016"), load_scenario("package=reform_2016")
    assert first == second
    for policy in first.policy.values():
        policy.dose = 0.125
    first.mission.populations.clear()
    third = load_scenario("package=reform_2016")
    assert third == second and third != first and third.mission.populations
