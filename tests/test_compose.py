"""Composed trees: kept by a process, and every caller has a copy of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from sim.config import compose, load_scenario
from sim.config.groups import names
from sim.config.overrides import read_overrides
from sim.config.values import apply_values
from sim.policies import POLICIES, Policy
from sim.scenario import Scenario


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


def composed_at_once(*overrides: str) -> Scenario:
    """The scenario as Hydra composes all its files together, value by value, nothing kept from before."""
    request, found = read_overrides(overrides)
    files = compose.files_of(request)
    tree = compose._compose(files)
    compose.own_tables(files, tree)
    found += apply_values(tree, request.values, names("policy", files.config_dir))
    scenario = OmegaConf.to_object(tree)
    assert not found and isinstance(scenario, Scenario)
    return scenario


ALL_POLICIES = ",".join(sorted(POLICIES))
ASKED = [
    *((f"package={name}", "mission=generic") for name in names("package")),
    *((f"policy=[{name}]", f"policy.{name}.dose=0.25") for name in sorted(POLICIES)),
    *((f"world={name}", "policy=[follow_up,training]", "mission=bosnia") for name in names("world")),
    (f"policy=[{ALL_POLICIES}]", "shock=surge", "shock.size=1", "clock.step_days=14", "scale=0.5", "seed=7"),
    ("package=full_agenda", "policy.follow_up.dose=0.5", "parameters.switches.norms=false", "run=full"),
    ("shock.effects=[{knob: strength, coefficient: 0.5}]", "policy=[]", "mission.name=another"),
    ("mission.populations.XKX=2000000", "shock.duration_weeks=null", "parameters.entry.hurdle_per_week=0"),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0][:40])
def test_joined_pieces_are_what_hydra_composes_together(asked: tuple[str, ...]) -> None:
    """Equal in every value and its type, and so in the key; twice, because the second time more is kept."""
    together = composed_at_once(*asked)
    for _ in range(2):
        joined = load_scenario(*asked)
        assert joined == together and joined.key == together.key
        assert repr(joined) == repr(together)


def test_a_policy_file_that_speaks_of_more_than_itself_is_composed_with_the_others(tmp_path: Path) -> None:
    """An analyst's file may set other values too; then nothing is joined, and they are there."""
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "training_and_size.yaml").write_text(
        "# @package _global_\ndefaults:\n  - /policy_type/training@policy.training\n  - _self_\nworld_seed: 9\n"
    )
    asked = (f"config_dir={tmp_path}", "policy=[training_and_size,follow_up]")
    assert load_scenario(*asked).world_seed == 9
    assert repr(load_scenario(*asked)) == repr(composed_at_once(*asked))
