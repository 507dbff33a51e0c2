"""From text to scenario: every file composes, every broken input is answered, saved scenarios come back the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.config import DEFAULTS, GROUPS, load_scenario, options, overrides_of, save_scenario, settings
from sim.config.checks import known_tags
from sim.errors import ScenarioError
from sim.knobs import KNOBS, shock_modifiers
from sim.parameters.core import number
from sim.policies import POLICIES, Policy
from sim.scenario import Scenario
from sim.world.geography import load_geography, regions
from sim.world.missions import TABLE_NAMES

SHOCKS = {
    "none",
    "surge",
    "early_drawdown",
    "exit",
    "pay_rise",
    "reconstruction_boom",
    "local_income_growth",
    "source_crisis",
    "border_tightening",
    "contributor_walkout",
}


@dataclasses.dataclass
class Curfew(Policy):
    """A policy of this test."""

    hours: float = number(2.0, "hours", 0.0, 12.0, "hours indoors")

    def effects(self) -> list[tuple[str, float, tuple[str, ...]]]:
        return [("exposure", max(1.0 - 0.1 * self.dose * self.hours, 0.0), ("category:military",))]


@dataclasses.dataclass
class Checks(Policy):
    """Another policy of this test: a probability, which only doses up to 1 can give."""

    def effects(self) -> list[tuple[str, float, tuple[str, ...]]]:
        return [("interception", self.dose, ())]


def policy_file(name: str, dose: float) -> str:
    return (
        f"# @package policy.{name}\n# The {name} policy of a test\ndefaults:\n  - /policy_type/{name}@_here_\n"
        f"  - _self_\ndose: {dose}\n"
    )


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An analyst's folder with two policies, a package and a mission; the override that names it."""
    monkeypatch.setitem(POLICIES, "curfew", Curfew)
    monkeypatch.setitem(POLICIES, "checks", Checks)
    folder = tmp_path / "own"
    for group in ("policy", "package", "mission", "shock"):
        (folder / group).mkdir(parents=True)
    (folder / "policy" / "curfew.yaml").write_text(policy_file("curfew", 0.5))
    (folder / "policy" / "checks.yaml").write_text(policy_file("checks", 0.25))
    (folder / "policy" / "untyped.yaml").write_text("# @package policy.untyped\ndose: 1.0\n")
    (folder / "package" / "both.yaml").write_text(
        "# @package _global_\n# Both\ndefaults:\n  - override /policy: [curfew, checks]\n  - _self_\n"
        "package: {name: both, about: both policies}\npolicy:\n  checks: {dose: 0.75}\n"
    )
    (folder / "mission" / "mine.yaml").write_text(
        "# @package mission\n# Mine\nname: mine\nregion: synthetic\ntables: mine\ncountries: [MIS]\n"
        "source_countries: [SRA]\npopulations: {MIS: 1000, SRA: 2000}\nhorizon_weeks: 30\n"
    )
    (folder / "mission" / "mine").mkdir()
    yield f"config_dir={folder}"


def problems_of(*overrides: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(*overrides)
    return caught.value.problems


def test_the_default_is_kosovo_without_shock_or_policy() -> None:
    scenario = load_scenario()
    assert isinstance(scenario, Scenario)
    assert (scenario.mission.name, scenario.shock.name, scenario.policy, scenario.scale) == ("kosovo", "none", {}, 1.0)
    assert scenario.mission.initial_venues == 18.0  # K01
    assert (scenario.mission.start_date, scenario.mission.horizon_weeks) == ("1999-06-14", 520)


def test_options_of_every_group_are_described() -> None:
    assert set(options("shock")) == SHOCKS
    assert set(options("mission")) >= {"kosovo", "bosnia", "generic"}
    assert set(options("world")) >= {"central", "security_neutral", "mission_protective"}
    assert set(options("run")) == {"full", "quick"}
    assert "status_quo" in options("package")
    for group in GROUPS:
        assert all(len(about) > 5 for about in options(group).values()), group
    with pytest.raises(ScenarioError, match="mission"):
        options("misson")


@pytest.mark.parametrize(("group", "name"), [(g, n) for g in GROUPS if g != "policy" for n in options(g)])
def test_every_file_composes_and_is_named_like_its_file(group: str, name: str) -> None:
    scenario = load_scenario(f"{group}={name}")
    if group != "run":
        assert getattr(scenario, group).name == name
        assert group == "mission" or getattr(scenario, group).about


@pytest.mark.parametrize("name", list(options("policy")))
def test_every_policy_file_composes_to_its_type(name: str) -> None:
    assert isinstance(load_scenario(f"policy=[{name}]").policy[name], POLICIES[name])


@pytest.mark.parametrize("name", list(options("mission")))
def test_missions_lie_on_their_grid_and_have_their_tables(name: str) -> None:
    mission = load_scenario(f"mission={name}").mission
    assert mission.region in regions()
    assert set(mission.countries + mission.source_countries) <= set(load_geography(mission.region).countries)
    assert set(mission.populations) == set(mission.countries + mission.source_countries)
    folder = Path(__file__).parent.parent / "scenarios" / "mission" / mission.tables
    assert {path.stem for path in folder.glob("*.csv")} >= set(TABLE_NAMES)


@pytest.mark.parametrize("mission", list(options("mission")))
@pytest.mark.parametrize("shock", sorted(SHOCKS))
def test_shocks_move_known_knobs_in_every_mission(mission: str, shock: str) -> None:
    scenario = load_scenario(f"mission={mission}", f"shock={shock}")
    for modifier in shock_modifiers(scenario.shock):
        assert modifier.start_week == 104.0
        assert set(modifier.only) <= set(known_tags(scenario)[KNOBS[modifier.knob].axis or ""]) or not modifier.only


def test_shocks_do_what_their_size_says() -> None:
    def moves(name: str, *more: str) -> dict[str, float]:
        return {m.knob: m.value for m in shock_modifiers(load_scenario(f"shock={name}", *more).shock)}

    assert moves("surge") == {"strength": 1.5}
    assert moves("exit") == {"strength": 0.0}
    assert moves("early_drawdown") == {"strength": 0.5}
    assert moves("reconstruction_boom") == {"local_income": 1.3, "strength": 1.6}
    assert moves("border_tightening", "shock.size=2") == {"interception": 0.2, "route_cost": 2.0}
    assert load_scenario("shock=surge").shock.duration_weeks == 52.0
    assert load_scenario("shock=exit").shock.duration_weeks is None


def test_values_override_files_and_keep_their_types() -> None:
    scenario = load_scenario(
        "mission=generic",
        "run=quick",
        "scale=0.2",
        "seed=7",
        "world=security_neutral",
        "shock=surge",
        "shock.size=1",
        "parameters.entry.sunk_cost_usd=20000",
        "parameters.switches.habit=false",
        "mission.trapezoid.peak=100",
        "shock.effects.0.coefficient=2",
        "mission.populations.SRA=5e6",
        "shock.duration_weeks=null",
        "clock.step_days=14",
    )
    assert (scenario.scale, scenario.seed, scenario.clock.step_days) == (0.2, 7, 14)
    assert scenario.parameters.security.violence_exponent == 0.0
    assert scenario.parameters.entry.sunk_cost_usd == 20000.0 and not scenario.parameters.switches.habit
    assert scenario.mission.trapezoid.peak == 100.0 and scenario.mission.populations["SRA"] == 5e6
    assert type(scenario.shock.size) is float and scenario.shock.effects[0].coefficient == 2.0
    assert scenario.shock.duration_weeks is None


def test_order_of_overrides_never_matters_and_calls_share_nothing() -> None:
    first = load_scenario("shock=surge", "seed=3", "shock.size=0.2")
    first.shock.effects[0].knob = "changed"
    again = load_scenario("shock.size=0.2", "seed=3", "shock=surge")
    assert again.shock.effects[0].knob == "strength"
    assert again == load_scenario("seed=3", "shock=surge", "shock.size=0.2")
    assert load_scenario("policy=[]").key == load_scenario().key == load_scenario("package=null", "seed=9").key


BROKEN = [
    ("shock=surgee", "shock = surgee", "Did you mean: surge"),
    ("misson=kosovo", "misson = kosovo", "mission"),
    ("policy=[folow_up]", "policy = folow_up", "unknown"),
    ("parameters.entry.sunk_cost=1", "'sunk_cost' in parameters.entry", "sunk_cost_usd"),
    ("entry.sunk_cost_usd=1", "entry.sunk_cost_usd = 1", "parameters.entry.sunk_cost_usd"),
    ("parameters.entry=1", "parameters.entry = 1", "group of values"),
    ("seed.x=1", "seed.x = 1", "nothing below"),
    ("seed=x", "seed = x", "whole number"),
    ("seed=1.5", "seed = 1.5", "whole number"),
    ("seed=-1", "seed = -1", "between 0"),
    ("scale=nan", "scale = nan", "finite"),
    ("shock.size=inf", "shock.size = inf", "finite"),
    ("scale=7", "scale = 7", "between 0.005 and 1 (share)"),
    ("scale=null", "scale = null", "must be a number"),
    ("scale=true", "scale = true", "must be a number"),
    ("parameters.switches.habit=perhaps", "habit = perhaps", "true or false"),
    ("mission.countries=XKX", "mission.countries = XKX", "must be a list"),
    ("mission.populations=3", "mission.populations = 3", "must be a table"),
    ("mission.populations.XKX=nan", "XKX", "above zero"),
    ("mission.populations.XKX=inf", "XKX = inf", "finite"),
    ("mission.start_date=1999-13-01", "mission.start_date", "must be a date"),
    ("clock.step_days=3", "clock.step_days = 3", "1, 7, 14, 28 (days)"),
    ("shock.duration_weeks=-1", "shock.duration_weeks", "0 or more"),
    ("shock.effects=[{knob: strenth}]", "strenth", "unknown knob. Did you mean: strength"),
    ("shock.effects=[{knb: strength}]", "knb", "must be a list such as"),
    ("shock.effects=[{knob: strength, only: ['category:militry']}]", "category:militry", "category:military"),
    ("shock.effects=[{knob: escape, only: ['country:XKX']}]", "shock.escape.only", "no parts"),
    ("shock.effects=[{knob: strength, coefficient: nan}]", "coefficient = nan", "finite"),
    ("shock.effects.3.knob=x", "shock.effects has 0 entries", "counted from 0"),
    ("seed=[1", "seed = [1", "cannot be read"),
    ("seed=1,2", "seed = 1,2", "single run takes one"),
    ("policy=a,b", "policy = a,b", "policy=[a,b]"),
    ("policy=[a,a]", "names a twice", "dose"),
    ("policy={a: 1}", "policy = {a: 1}", "list of names"),
    ("shock=[surge,exit]", "shock = [surge,exit]", "takes one option"),
    ("world=null", "world = null", "must name one option"),
    ("seed=${oc.env:HOME}", "seed", "plain value"),
    ("seed=???", "seed", "plain value"),
    ("seed", "seed: '=' is missing", "seed=VALUE"),
    ("=3", "=3", "name before '=' is missing"),
    ("+seed=1", "+seed=1", "not used here"),
    ("++seed=1", "++seed=1", "not used here"),
    ("~policy", "~policy", "not used here"),
    ("shock@mission=surge", "shock@mission", "'@'"),
    ("policy.curfew.dose=1", "policy.curfew.dose", "unknown policy"),
    ("scenario=nowhere.yaml", "scenario = nowhere.yaml", "cannot be read"),
    ("scenario=", "scenario =", "path is missing"),
    ("config_dir=nowhere", "config_dir = nowhere", "no such folder"),
    ("hydra.verbose=true", "hydra.verbose", "unknown name 'hydra'"),
]


@pytest.mark.parametrize(("override", "where", "rule"), BROKEN, ids=[override for override, _, _ in BROKEN])
def test_broken_input_is_answered(override: str, where: str, rule: str) -> None:
    message = "\n".join(problems_of(override))
    assert where in message and rule in message, message


def test_all_problems_come_at_once_and_each_once() -> None:
    found = problems_of(
        "shock=surgee", "seed=x", "seed=3", "scale=7", "misson=x", "foo", "parameters.entry.sunk_cost_usd=-1"
    )
    assert len(found) == len(set(found)) == 7
    assert any("given twice" in problem for problem in found)


def test_a_package_cannot_stand_beside_policies(own: str) -> None:
    assert "package = status_quo" in problems_of(own, "policy=[curfew]", "package=status_quo")[0]
    assert load_scenario("package=status_quo").policy == {}


def test_policies_are_typed_and_their_order_is_irrelevant(own: str) -> None:
    scenario = load_scenario(own, "policy=[curfew,checks]", "policy.curfew.dose=2", "policy.curfew.hours=3")
    assert scenario.policy["curfew"] == Curfew(dose=2.0, hours=3.0)
    assert scenario.policy["checks"] == Checks(dose=0.25)
    for text in ("policy=[checks,curfew]", "policy=checks+curfew", "policy=curfew+checks"):
        other = load_scenario(own, text, "policy.curfew.hours=3", "policy.curfew.dose=2")
        assert other == scenario and other.key == scenario.key and list(other.policy) == ["checks", "curfew"]
    assert options("policy", own.partition("=")[2])["curfew"] == "The curfew policy of a test"


def test_packages_switch_policies_on_with_their_doses(own: str) -> None:
    scenario = load_scenario(own, "package=both", "policy.curfew.dose=0.1")
    assert scenario.policy == {"checks": Checks(dose=0.75), "curfew": Curfew(dose=0.1)}
    assert scenario.package.name == "both"


def test_own_missions_bring_their_tables(own: str) -> None:
    mission = load_scenario(own, "mission=mine").mission
    assert mission.horizon_weeks == 30 and Path(mission.tables) == Path(own.partition("=")[2]) / "mission" / "mine"


@pytest.mark.parametrize(("file", "text", "rule"), [
    ("mission/bad.yaml", "# @package mission\nname: bad\nhorizn_weeks: 3\n", "horizon_weeks"),
    ("mission/bad.yaml", "# @package mission\nname: good\n", "name: bad"),
    ("mission/bad.yaml", "# @package mission\nname: bad\nhorizon_weeks: long\n", "mission.horizon_weeks"),
    ("mission/bad.yaml", "# @package mission\nname: [\n", "bad.yaml"),
    ("mission/kosovo.yaml", "# @package mission\nname: kosovo\n", "built-in"),
])  # fmt: skip
def test_broken_files_are_answered(own: str, file: str, text: str, rule: str) -> None:
    (Path(own.partition("=")[2]) / file).write_text(text)
    found = problems_of(own, f"mission={Path(file).stem}")
    assert len(found) == 1 and rule in found[0], found


def test_changed_files_are_read_again(own: str) -> None:
    path = Path(own.partition("=")[2]) / "mission" / "mine.yaml"
    assert load_scenario(own, "mission=mine").mission.horizon_weeks == 30
    path.write_text(path.read_text().replace("horizon_weeks: 30", "horizon_weeks: 4000"))
    assert "horizon_weeks = 4000" in problems_of(own, "mission=mine")[0]


ROUND_TRIPS = [
    [],
    ["mission=bosnia", "shock=border_tightening", "world=mission_protective", "seed=5", "world_seed=6"],
    ["package=status_quo", "run=quick"],
    ["mission=generic", "shock=surge", "shock.size=0.1", "shock.duration_weeks=null", "mission.populations.NBR=1e-3",
     "parameters.security.violence_exponent=1e-05", "parameters.switches.habit=false", "clock.step_days=28"],
    ["shock=exit", "shock.effects=[{knob: strength, coefficient: -0.3, only: ['category:police']}]", "shock.name=half"],
]  # fmt: skip


@pytest.mark.parametrize("overrides", ROUND_TRIPS, ids=[" ".join(case)[:40] or "default" for case in ROUND_TRIPS])
def test_saved_scenarios_come_back_the_same(overrides: list[str], tmp_path: Path) -> None:
    scenario = load_scenario(*overrides)
    path = save_scenario(scenario, tmp_path / "saved.yaml")
    again = load_scenario(f"scenario={path}")
    assert again == scenario and again.key == scenario.key
    assert [entry.name for entry in tmp_path.iterdir()] == ["saved.yaml"]
    assert load_scenario(f"scenario={path}", "seed=99") == scenario.with_({"seed": 99})


@pytest.mark.parametrize(
    "overrides", [["mission=mine"], ["package=both", "policy.checks.dose=0.5"], ["policy=[curfew]"]]
)
def test_scenarios_of_own_files_come_back_the_same(own: str, overrides: list[str], tmp_path: Path) -> None:
    scenario = load_scenario(own, *overrides)
    path = save_scenario(scenario, tmp_path / "saved.yaml")
    again = load_scenario(own, f"scenario={path}")
    assert again == scenario and again.key == scenario.key
    if not scenario.policy:
        assert load_scenario(f"scenario={path}") == scenario


def test_overrides_replace_what_a_saved_scenario_says(own: str, tmp_path: Path) -> None:
    earlier = load_scenario(own, "package=both", "shock=surge", "shock.size=0.1", "scale=0.5")
    saved = save_scenario(earlier, tmp_path / "s.yaml")
    scenario = load_scenario(own, f"scenario={saved}", "policy=[curfew]", "shock=exit", "run=quick")
    assert list(scenario.policy) == ["curfew"] and scenario.package.name == "none"
    assert scenario.shock == load_scenario("shock=exit").shock and scenario.scale == 0.1


@pytest.mark.parametrize(("text", "rule"), [
    ("- a\n", "must hold"), ("a: [\n", "cannot be read"), ("seed: x\n", "whole number"), ("sed: 1\n", "seed"),
    ("policy: [a]\npackage: status_quo\n", "Use one of the two"), ("shock:\n  sise: 1\n", "size"),
    ("seed: 1\nseed: 2\n", "cannot be read"),
])  # fmt: skip
def test_broken_saved_scenarios_are_answered(text: str, rule: str, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(text)
    assert rule in "\n".join(problems_of(f"scenario={tmp_path / 's.yaml'}"))


def test_a_scenario_file_may_be_nested(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        "mission: generic\nmission.start_date: 2001-01-01\nparameters: {entry: {exit_cost_usd: 1}}\n"
    )
    scenario = load_scenario(f"scenario={tmp_path / 's.yaml'}")
    assert scenario.parameters.entry.exit_cost_usd == 1.0 and scenario.mission.start_date == "2001-01-01"


def test_overrides_of_names_what_is_not_default() -> None:
    assert overrides_of(load_scenario()) == {"mission": "kosovo"}
    found = overrides_of(load_scenario("shock=exit", "seed=7", "parameters.entry.exit_cost_usd=10"))
    assert found == {"mission": "kosovo", "shock": "exit", "seed": 7, "parameters.entry.exit_cost_usd": 10.0}


def test_settings_say_who_set_a_value(tmp_path: Path) -> None:
    saved = save_scenario(load_scenario("parameters.entry.exit_cost_usd=10"), tmp_path / "s.yaml")
    found = {s.path: s for s in settings(f"scenario={saved}", "world=security_neutral", "seed=7", "run=quick")}
    assert found["seed"].set_by == "command line" and found["seed"].default == 0
    assert found["parameters.entry.exit_cost_usd"].set_by == str(saved)
    assert found["parameters.security.violence_exponent"].set_by == "world=security_neutral"
    assert found["scale"].set_by == "run=quick" and found["mission.name"].set_by == "mission=kosovo"
    assert found["parameters.prices.lowest_price_usd"].set_by == "default"


def test_defaults_name_existing_options() -> None:
    assert all(name is None or name in options(group) for group, name in DEFAULTS.items())
    assert list(DEFAULTS) == list(GROUPS)
