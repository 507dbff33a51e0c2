"""Composed trees: kept by a process, and every caller has a copy of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from sim.config import GROUPS, compose, load, load_scenario
from sim.config.compose import Files
from sim.config.groups import names
from sim.config.overrides import read_overrides
from sim.config.values import apply_values
from sim.errors import ScenarioError
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


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scenario | list[str]]:
    """What `load_scenario` answers where Hydra composes all files together and values are set in the tree one by one."""

    def answer_together(*overrides: str) -> Scenario | list[str]:
        with monkeypatch.context() as patch:
            patch.setattr(compose, "_places", lambda files, stamped: iter([("", files)]))
            patch.setattr(load, "_at_once", lambda request, files: None)
            return answer(*overrides)

    return answer_together


def answer(*overrides: str) -> Scenario | list[str]:
    """A scenario, or every problem."""
    try:
        return load_scenario(*overrides)
    except ScenarioError as error:
        return error.problems


def composed_calls(monkeypatch: pytest.MonkeyPatch) -> list[Files]:
    """Forget all pieces, and list from now on what Hydra is asked to compose."""
    made, really = [], compose._compose
    monkeypatch.setattr(compose, "_pieces", {})
    monkeypatch.setattr(compose, "_compose", lambda files: made.append(files) or really(files))
    return made


ALL_POLICIES = ",".join(sorted(POLICIES))
FIVES = [",".join(sorted(POLICIES)[i : i + 5]) for i in range(0, len(POLICIES), 5)]
PAIRS = zip(cycle(names("world")), names("shock"))
PAIR = "policy=[follow_up,training]"
ASKED = [
    *((f"package={name}", "mission=generic", "shock=exit") for name in names("package")),
    *((f"policy=[{five}]", *(f"policy.{name}.dose=0.25" for name in five.split(","))) for five in FIVES),
    *((f"world={world}", f"shock={shock}", PAIR, "mission=bosnia", "shock.size=1") for world, shock in PAIRS),
    (f"policy=[{ALL_POLICIES}]", "shock=surge", "shock.size=1", "clock.step_days=14", "scale=0.5", "seed=7"),
    ("package=full_agenda", "policy.follow_up.dose=0.5", "parameters.switches.norms=false", "run=full"),
    ("shock.effects=[{knob: strength, coefficient: 0.5}]", "policy=[]", "mission.name=another"),
    ("mission.populations.XKX=2000000", "shock.duration_weeks=null", "parameters.entry.hurdle_per_week=0"),
    (PAIR, "policy.training.end_week=90", "policy.training.authorities=[nato,un]", "mission.countries=[XKX]"),
    (PAIR, "policy.follow_up.end_week=null", "shock=surge", "shock.duration_weeks=3", "mission.title='a, b'", "seed='1'"),
]
BROKEN = [
    *("scale=7", "scale=null", "scale=true", "seed=1.5", "seed=true", "shock.size=nan", "policy.training.dose=9"),
    *("policy.training.dos=1", "policy.training=1", "policy.training.dose.x=1", "policy.women_share.dose=1", "policy=1"),
    *("policy.training.end_week=x", "policy.training.end_week=1", "policy.training.authorities=[us]", "misson=x"),
    *("policy.training.authorities=un", "policy.training.authorities=[]", "mission.populations=3", "mission.populations.XKX=a"),
    *("mission.countries=[1]", "mission.countries=null", "parameters.entry=1", "parameters.__class__.entry=1", "world=no"),
    *("policy.training.__dict__.dose=9", "shock.effects.0.coefficient=nan", "shock.effects=[{knb: x}]", "shock=surgee"),
    *("mission.start_date=1", "shock.duration_weeks=-1", "clock.step_days=3", f"scale={10**400}"),
    *("package=reform_2016", "package=no", "run=no", "mission=no", "policy.zero_tolerance.dose=1", "parameters=1"),
]  # fmt: skip


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: " ".join(asked)[:40])
def test_pieces_put_together_are_what_hydra_composes_together(
    asked: tuple[str, ...], together: Callable[..., Any]
) -> None:
    """Equal in every value, its type and its place, and so in the key; whether or not a tree is made in between."""
    whole, request = together(*asked), read_overrides(asked)[0]
    for _ in range(2):
        joined = load_scenario(*asked)
        assert joined == whole and joined.key == whole.key and repr(joined) == repr(whole)
    tree = compose.compose_files(compose.files_of(request))
    assert not apply_values(tree, request.values, names("policy")) and repr(OmegaConf.to_object(tree)) == repr(whole)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda text: text[:40])
def test_pieces_change_no_message(broken: str, together: Callable[..., Any]) -> None:
    for asked in ((PAIR, "shock=surge", broken), (PAIR, broken, "policy.training.dose=-1", "scale=0", "seed=x")):
        found = answer(*asked)
        assert found and isinstance(found, list) and found == together(*asked)


def test_one_scenario_is_composed_once_and_new_policies_only(monkeypatch: pytest.MonkeyPatch) -> None:
    made = composed_calls(monkeypatch)
    load_scenario("mission=generic", "shock=exit", "policy=[off_limits,training,waive_immunity]")
    assert len(made) == 1
    load_scenario("mission=generic", "shock=exit", "policy=[training]", "seed=3", "policy.training.end_week=90")
    load_scenario("mission=generic", "shock=exit")
    assert len(made) == 1
    load_scenario("mission=generic", "policy=[off_limits,women_share]", "world=deterrence_weak")
    load_scenario("policy=[waive_immunity,women_share]", "mission=generic", "shock=exit", "world=deterrence_weak")
    assert len(made) == 2


def test_every_file_that_comes_with_the_program_keeps_to_its_place() -> None:
    groups = [(group, name) for group in GROUPS for name in names(group)]
    assert [entry for entry in groups if not compose._is_apart(*entry, None, ())] == []


OWN = {
    "policy/more.yaml": "# @package _global_\ndefaults:\n  - /policy_type/training@policy.training\n  - _self_\nworld_seed: 9\n",
    "policy/sized.yaml": (
        "# @package policy.sized\ndefaults:\n  - /policy_type/training@_here_\n  - _self_\ndose: ${shock.size}\n"
    ),
    "policy/halved.yaml": "# @package policy.halved\ndefaults: [/policy_type/training@_here_, _self_]\ndose: 0.5\n",
    "policy/open.yaml": "# @package policy.open\ndefaults: [/policy_type/training@_here_, _self_]\ndose: ???\n",
    "policy/other.yaml": "# @package policy.halved\ndefaults: [/policy_type/women_share@_here_, _self_]\ndose: 0.75\n",
    "policy/wrong.yaml": "# @package policy.wrong\ndefaults: [/policy_type/training@_here_, _self_]\ndos: 1\n",
    "policy/untyped.yaml": "# @package policy.untyped\ndose: 1.0\n",
    "world/shocked.yaml": "# @package _global_\nworld: {name: shocked, about: x}\nshock: {size: 0.125, ramp_weeks: 3}\n",
    "world/dosed.yaml": "# @package _global_\nworld: {name: dosed, about: x}\npolicy: {training: {dose: 0.125}}\n",
    "package/dosed.yaml": (
        "# @package _global_\ndefaults:\n  - override /policy: [halved, sized]\n  - _self_\n"
        "package: {name: dosed, about: x}\npolicy: {halved: {dose: 0.25}}\nmission: {horizon_weeks: 99}\n"
    ),
    "package/plain.yaml": (
        "# @package _global_\ndefaults:\n  - override /policy: [halved, training]\n  - _self_\n"
        "package: {name: plain, about: x}\npolicy: {training: {dose: 0.25}}\n"
    ),
    "package/absent.yaml": "# @package _global_\ndefaults: [{override /policy: [nowhere]}, _self_]\npackage: {name: absent}\n",
    "run/dosed.yaml": "# @package _global_\nscale: 0.5\npolicy: {training: {dose: 0.375}}\n",
    "shock/other.yaml": "# @package shock\nname: other\nsize: ${mission.initial_venues}\n",
    "shock/wide.yaml": "# @package _global_\nshock: {name: wide, size: 0.5}\nmission: {horizon_weeks: 77}\n",
    "mission/short.yaml": (
        "# @package mission\ndefaults: [generic, _self_]\nname: short\nhorizon_weeks: 30\ntables: short\n"
    ),
    "mission/broken.yaml": "# @package mission\nname: broken\nhorizn_weeks: 30\n",
}
ASKED_OF_OWN = [
    *(f"policy=[follow_up,{name}]" for name in ("more", "sized", "halved", "open", "other", "wrong", "untyped")),
    *("policy=[halved,other]", "world=shocked shock=surge", "world=dosed policy=[training]", "world=dosed"),
    *("package=dosed", "package=plain policy.halved.dose=2", "package=absent", "package=plain policy=[follow_up]"),
    *("run=dosed policy=[training]", "shock=other policy=[sized]", "shock=wide policy=[halved]", "shock=wide mission=short"),
    *("mission=short policy=[halved,sized]", "mission=broken policy=[halved]", "mission=broken policy=[wrong] seed=x"),
]  # fmt: skip


@pytest.mark.parametrize("asked", ASKED_OF_OWN)
def test_files_of_an_analyst_are_answered_the_same_in_pieces(
    asked: str, tmp_path: Path, together: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reaches into another file's place, depends on it, is open or wrong: composed with it, as ever."""
    for name, text in OWN.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(compose, "_pieces", {})
    for more in (["shock.size=0.0625"], ["seed=7", "policy.training.dose=0.1", "scale=3"]):
        words = (f"config_dir={tmp_path}", *asked.split(), *more)
        first, second, whole = answer(*words), answer(*words), together(*words)
        assert repr(first) == repr(second) == repr(whole) and first == whole
    if asked == "mission=short policy=[halved,sized]":
        (tmp_path / "mission" / "short").mkdir()
        assert answer(f"config_dir={tmp_path}", "mission=short").mission.tables == str(tmp_path / "mission" / "short")
