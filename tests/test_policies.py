"""Policies, packages and worlds: what each returns at which dose, who adopts it, and that its files compose."""

from __future__ import annotations

import csv
import dataclasses
import importlib
import itertools
import math
import re
import sys
from importlib import resources
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim.config import load_scenario, options, save_scenario, settings
from sim.config.checks import known_tags
from sim.errors import ScenarioError
from sim.knobs import KNOBS, Combine, KnobBoard, Modifier, knob_problems
from sim.numerics import logistic, logit
from sim.parameters import CATEGORIES, problems, walk
from sim.policies import AUTHORITIES, POLICIES, InstitutionSpec, Policy
from sim.policies.base import at_dose, raising
from sim.policies.follow_up import FollowUp
from sim.policies.training import Training
from sim.policies.waive_immunity import WaiveImmunity
from sim.policies.women_share import WomenShare
from sim.policies.zero_tolerance import ZeroTolerance
from sim.runs.simulate import simulate
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parents[1]
NAMES = sorted(POLICIES)
DOSES = (0.01, 0.25, 0.5, 1.0, 1.7, 2.0, 3.0)
COMMON = {field.name for field in dataclasses.fields(Policy)}
FACT_ID = re.compile(r"\b[ABCKMPSTX]\d{2}\b")

# Effects at dose 1, from the mechanisms' table of doses.
DOSE_1 = {
    "zero_tolerance": {"peer_report": math.log(1.5)},
    "training": {"arrival_norm": 0.7, "training": -0.1},
    "leadership_accountability": {"commander_removal": 0.25 / 0.95},
    "off_limits": {"off_limits": 0.3},
    "women_share": {"women_share": 0.1, "arrival_norm": 1.0},
    "victim_channels": {"report_knowledge": 2.5, "report_will": 1.5, "protection": 0.3, "uptake": 0.4},
    "external_experts": {"fact_finding_capacity": 2.0, "investigation_capacity": 2.0, "evidence_years": 1.5},
    "follow_up": {"investigator_named": 0.57 / 0.94, "substantive_reply": 1.2, "visibility": 0.4 / 0.9},
    "withhold_pay": {"pay_withheld": 0.24 / 0.99},
    "suspend_contributions": {"sanction_readiness": 1.0},
    "waive_immunity": {"waiver": 0.5},
    "in_country_courts": {"in_country_consent": 0.2},
    "host_jurisdiction_convention": {"ratification": 0.05},
    "transnational_response": {
        "network_loss": 0.004, "p_leak": -0.3, "interception": 0.05, "identification": 1.2, "assistance_places": 1.2,
    },
    "upstream_prevention": {"prevention": 0.15, "vulnerability": 0.95},
}  # fmt: skip
PACKAGES = {
    "status_quo": set(),
    "do_nothing": set(),
    "zeid_2005": {"zero_tolerance", "training", "external_experts", "leadership_accountability", "withhold_pay",
                  "in_country_courts", "host_jurisdiction_convention"},
    "reform_2016": {"zero_tolerance", "training", "suspend_contributions", "follow_up", "victim_channels",
                    "in_country_courts"},
    "full_agenda": {"training", "leadership_accountability", "zero_tolerance", "follow_up", "suspend_contributions",
                    "transnational_response", "external_experts", "waive_immunity", "in_country_courts"},
    "victim_centred": {"upstream_prevention", "victim_channels", "external_experts"},
    "sanctions_only": {"suspend_contributions", "withhold_pay"},
}  # fmt: skip
LOSSES = [f"sanctions.{name}_loss" for name in ("reputation", "pay", "prosecution", "conviction")]
WORLDS = {
    "central": {},
    "security_neutral": {"security.violence_exponent": 0.0},
    "mission_protective": {"security.violence_exponent": 0.5, "security.vulnerability_weight": 1.0},
    "deterrence_weak": dict(zip(LOSSES, (0.5, 0.1, 0.5, 1.0))),
    "deterrence_strong": dict(zip(LOSSES, (5.0, 0.6, 5.0, 7.0))),
    "celerity_matters": {"sanctions.delay_discount_per_year": 0.5},
    "commanders_suppress": {"leadership.suppression_per_risk": 6.0},
}  # fmt: skip


def facts() -> set[str]:
    source = resources.files("sim.world") / "data" / "facts.csv"
    return {row["id"] for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines())}


def size(modifier: Modifier) -> float:
    """Distance of a modifier from doing nothing, with its sign."""
    return math.log(modifier.value) if KNOBS[modifier.knob].combine is Combine.PRODUCT else modifier.value


def corners(name: str) -> list[Policy]:
    """A policy with each of its own doses at both bounds, in every combination."""
    own = [f for f in dataclasses.fields(POLICIES[name]) if f.name not in COMMON and "low" in f.metadata]
    values = itertools.product(*[(f.metadata["low"], f.metadata["high"]) for f in own])
    return [POLICIES[name](**dict(zip([f.name for f in own], given))) for given in values]


def changed_parameters(scenario: Scenario) -> dict[str, object]:
    """Parameters that differ from the defaults."""
    before = {info.path: info.value for info in walk(Scenario().parameters)}
    return {info.path: info.value for info in walk(scenario.parameters) if info.value != before[info.path]}


# Declarations


def test_the_fifteen_policies_have_a_file_each_and_the_other_way_round() -> None:
    assert set(POLICIES) == set(DOSE_1) and len(POLICIES) == 15
    assert set(options("policy")) == set(POLICIES)
    for name, policy in POLICIES.items():
        assert policy.__module__ == f"sim.policies.{name}"
        assert policy.__name__ == "".join(part.capitalize() for part in name.split("_"))


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_declared_and_sources_lead_somewhere(name: str) -> None:
    policy = POLICIES[name]()
    assert problems(policy) == [] and policy.rule_problems(f"policy.{name}") == []
    for info in walk(policy):
        assert info.source and len(info.about) > 3
        assert set(FACT_ID.findall(info.source)) <= facts(), info.path
        if info.status == "assumed":
            assert "assum" in info.source or "contested" in info.source, info.path


@pytest.mark.parametrize("name", NAMES)
def test_docstrings_name_mechanism_evidence_and_counter_effect(name: str) -> None:
    about = POLICIES[name].__doc__ or ""
    assert all(f"{part}:" in about for part in ("Mechanism", "Evidence", "Counter-effect"))
    assert set(FACT_ID.findall(about)) <= facts()


@pytest.mark.parametrize("path", sorted(ROOT.glob("scenarios/[pw]*/*.yaml")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_files_cite_facts_that_exist(path: Path) -> None:
    assert set(FACT_ID.findall(path.read_text(encoding="utf-8"))) <= facts()


# Doses


@pytest.mark.parametrize("name", NAMES)
def test_dose_1_is_the_documented_value(name: str) -> None:
    assert {m.knob: m.value for m in POLICIES[name]().modifiers()} == pytest.approx(DOSE_1[name], rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_dose_0_is_no_policy(name: str) -> None:
    for policy in corners(name):
        policy.dose = 0.0
        assert policy.modifiers() == [] and policy.institutions() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_small_dose_does_little_and_a_larger_one_more_in_the_same_direction(name: str) -> None:
    by_dose = [{m.knob: size(m) for m in POLICIES[name](dose=dose).modifiers()} for dose in DOSES]
    for knob in DOSE_1[name]:
        sizes = [effects[knob] for effects in by_dose]
        assert abs(sizes[0]) <= 0.02
        assert len({math.copysign(1.0, s) for s in sizes if s != 0.0}) <= 1
        assert all(abs(a) <= abs(b) for a, b in itertools.pairwise(sizes))
        assert abs(sizes[2]) < abs(sizes[3]) or (name, knob) == ("women_share", "arrival_norm")


@pytest.mark.parametrize("name", NAMES)
def test_every_dose_and_own_number_gives_values_its_knobs_can_take(name: str) -> None:
    for policy, dose in itertools.product(corners(name), DOSES):
        policy.dose = dose
        assert problems(policy) == []
        modifiers = policy.modifiers()
        assert {m.knob for m in modifiers} == set(DOSE_1[name]) and knob_problems("policy.x", modifiers) == []
        assert all(m.value > 0.0 for m in modifiers if KNOBS[m.knob].combine is Combine.PRODUCT)


def test_targets_are_reached_from_the_documented_level() -> None:
    """Complement product by hand: .05 to .30, .06 to .63, .1 to .5, .01 to .25; never down, never above 1."""
    for base, target in ((0.05, 0.30), (0.06, 0.63), (0.1, 0.5), (0.01, 0.25), (0.2, 1.0)):
        assert 1.0 - (1.0 - base) * (1.0 - raising(base, target)) == pytest.approx(target, rel=1e-12)
    assert raising(0.3, 0.3) == raising(0.5, 0.3) == raising(1.0, 1.0) == 0.0
    assert (at_dose(0.4, 0.5), at_dose(0.4, 3.0)) == (0.2, 1.0)
    assert logistic(logit(0.064) + DOSE_1["follow_up"]["substantive_reply"]) == pytest.approx(0.185, abs=0.001)
    board = KnobBoard(POLICIES["leadership_accountability"]().modifiers(), AUTHORITY_TAGS, 1.0)
    board.begin_step(60.0)
    np.testing.assert_allclose(board.values("commander_removal", np.full(3, 0.05)), [0.30, 0.30, 0.05])


def test_the_culture_of_units_may_move_either_way() -> None:
    norm = {c: WomenShare(culture=c, dose=2.0).modifiers()[1].value for c in (-0.2, 0.0, 0.2)}
    assert norm == pytest.approx({-0.2: 0.6, 0.0: 1.0, 0.2: 1.4}) and norm[0.0] == 1.0


# Who adopts it, and when

AUTHORITY_TAGS = {
    "authority": [{f"authority:{name}"} for name in AUTHORITIES],
    "contingent": [{f"category:{c}", f"authority:{name}"} for c in CATEGORIES for name in AUTHORITIES],
}


@pytest.mark.parametrize("authorities", [["un"], ["nato", "un"], ["un", "nato", "employer"]], ids="+".join)
@pytest.mark.parametrize("name", NAMES)
def test_authorities_become_tags_where_a_knob_has_such_parts(name: str, authorities: list[str]) -> None:
    for modifier in POLICIES[name](authorities=authorities).modifiers():
        named = {tag.partition(":")[2] for tag in modifier.only if tag.startswith("authority:")}
        assert named == (set(authorities) if KNOBS[modifier.knob].axis in ("contingent", "authority") else set())


def test_a_policy_of_one_authority_leaves_the_others_alone() -> None:
    board = KnobBoard(ZeroTolerance(start_week=0.0, authorities=["un"]).modifiers(), AUTHORITY_TAGS, 1.0)
    board.begin_step(0.0)
    values = board.values("peer_report", np.full(12, 0.5)).reshape(4, 3)
    np.testing.assert_allclose(values[:, 0], 0.6)
    assert (values[:, 1:] == 0.5).all()


@pytest.mark.parametrize(("given", "covered"), [
    ({}, {"police", "civilian"}),
    ({"include_soldiers": True}, {"police", "civilian", "military"}),
    ({"authorities": ["un", "employer"]}, {"police", "civilian", "contractor"}),
])  # fmt: skip
def test_whose_immunity_is_waived(given: dict, covered: set[str]) -> None:
    policy = WaiveImmunity(start_week=0.0, **given)
    (modifier,) = policy.modifiers()
    assert {t.partition(":")[2] for t in modifier.only if t.startswith("category:")} == covered
    board = KnobBoard([modifier], AUTHORITY_TAGS, 1.0)
    board.begin_step(0.0)
    expected = [0.5 if tags & {f"category:{c}" for c in covered} and tags & set(policy.adopted()) else 0.0
                for tags in AUTHORITY_TAGS["contingent"]]  # fmt: skip
    np.testing.assert_allclose(board.values("waiver", np.zeros(12)), expected)


def test_a_special_court_opens_with_its_policy_and_nothing_else_opens() -> None:
    special = WaiveImmunity(court="special", start_week=80.0, cases_per_year=12.0)
    assert special.institutions() == [InstitutionSpec("special_court", 80.0, 12.0)]
    assert WaiveImmunity(court="special", dose=0.0).institutions() == []
    assert all(POLICIES[name]().institutions() == [] for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_dates_are_those_of_every_modifier(name: str) -> None:
    modifiers = POLICIES[name](start_week=20.0, ramp_weeks=4.0, end_week=60.0).modifiers()
    assert {(m.start_week, m.ramp_weeks, m.end_week) for m in modifiers} == {(20.0, 4.0, 60.0)}
    weights = [modifiers[0].weight(week, 1.0) for week in (19.0, 20.0, 23.0, 58.0, 60.0)]
    assert weights == [0.0, 0.25, 1.0, 0.5, 0.0]
    assert {(m.start_week, m.end_week) for m in POLICIES[name]().modifiers()} == {(52.0, None)}


# Files, scenarios, keys


@pytest.mark.parametrize("mission", list(options("mission")))
def test_all_policies_compose_in_every_mission(mission: str) -> None:
    scenario = load_scenario(f"mission={mission}", f"policy=[{','.join(NAMES)}]")
    assert scenario.policy == {name: POLICIES[name]() for name in NAMES}
    tags = known_tags(scenario)
    modifiers = [modifier for policy in scenario.policy.values() for modifier in policy.modifiers()]
    assert all(set(m.only) <= set(tags[KNOBS[m.knob].axis or ""]) for m in modifiers if m.only)


def test_the_key_knows_no_order_but_every_dose() -> None:
    given = ["policy.follow_up.dose=0.5", "policy.follow_up.authorities=[nato,un]", "policy.training.norm=0.8"]
    lists = ("policy=[training,follow_up]", "policy=[follow_up,training]", "policy=follow_up+training")
    keys = {load_scenario(policies, *values).key for policies in lists for values in itertools.permutations(given)}
    scenario = load_scenario("policy=[training,follow_up]", *given)
    assert keys == {scenario.key} and scenario.policy["follow_up"].authorities == ["un", "nato"]
    assert scenario.with_({"policy.follow_up.authorities": ["nato", "un"]}).key == scenario.key
    for path, value in (("follow_up.dose", 0.6), ("follow_up.authorities", ["un"]), ("training.norm", 0.7)):
        assert scenario.with_({f"policy.{path}": value}).key != scenario.key


def test_changed_copies_share_nothing() -> None:
    scenario = load_scenario("policy=[follow_up]")
    other = scenario.with_({"policy.follow_up.authorities": ["un"], "policy.follow_up.dose": 0.5})
    other.policy["follow_up"].authorities.append("employer")
    assert scenario.policy["follow_up"] == FollowUp() == load_scenario("policy=[follow_up]").policy["follow_up"]


@pytest.mark.parametrize("overrides", [
    ["policy=[follow_up]", "policy.follow_up.authorities=[un]", "policy.follow_up.end_week=99"],
    ["policy=[waive_immunity,training]", "policy.waive_immunity.court=special", "policy.waive_immunity.include_soldiers=true"],
    ["package=reform_2016", "policy.follow_up.dose=2", "world=deterrence_weak"],
    ["package=do_nothing", "world=commanders_suppress"],
], ids=lambda given: given[0])  # fmt: skip
def test_saved_scenarios_come_back_the_same(overrides: list[str], tmp_path: Path) -> None:
    scenario = load_scenario(*overrides)
    again = load_scenario(f"scenario={save_scenario(scenario, tmp_path / 's.yaml')}")
    assert again == scenario and again.key == scenario.key
    changed = scenario.with_({f"policy.{name}.authorities": ["employer", "un"] for name in scenario.policy})
    assert load_scenario(f"scenario={save_scenario(changed, tmp_path / 't.yaml')}") == changed


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_packages_hold_what_they_say(name: str) -> None:
    scenario = load_scenario(f"package={name}")
    assert set(scenario.policy) == PACKAGES[name] and set(options("package")) == set(PACKAGES)
    doses = {policy: scenario.policy[policy].dose for policy in scenario.policy}
    assert doses == {policy: 0.5 if (name, policy) == ("reform_2016", "in_country_courts") else 1.0 for policy in doses}
    changed = {f"oversight.{part}_share": 0.0 for part in ("removal", "referral", "sanction")}
    assert changed_parameters(scenario) == (changed if name == "do_nothing" else {})


@pytest.mark.parametrize("name", sorted(WORLDS))
def test_worlds_change_what_they_say_and_stay_in_bounds(name: str) -> None:
    scenario = load_scenario(f"world={name}")
    assert changed_parameters(scenario) == WORLDS[name] and problems(scenario.parameters) == []
    assert set(options("world")) == set(WORLDS)


def test_settings_tell_a_world_from_a_package() -> None:
    found = {s.path: s.set_by for s in settings("package=do_nothing", "world=deterrence_weak")}
    assert found["parameters.oversight.removal_share"] == "package=do_nothing"
    assert found["parameters.sanctions.pay_loss"] == "world=deterrence_weak"


# Bad input


@pytest.mark.parametrize(("override", "words"), [
    ("policy.follow_up.authorities=[otan]", ("policy.follow_up.authorities = otan", "unknown authority", "nato")),
    ("policy.follow_up.authorities=[employers,un]", ("employers", "Did you mean: employer?")),
    ("policy.follow_up.authorities=[]", ("nobody adopts", "dose to 0")),
    ("policy.follow_up.authorities=[un,un]", ("twice",)),
    ("policy.follow_up.authorities=un", ("must be a list",)),
    ("policy.follow_up.dose=1e6", ("between 0 and 3 (dose)",)),
    ("policy.follow_up.named=0.05", ("between 0.06 and 1",)),
    ("policy.follow_up.end_week=52", ("must come after start_week",)),
    ("policy.waive_immunity.court=hots", ("policy.waive_immunity.court = hots", "unknown court", "Did you mean: host?")),
    ("policy.waive_immunity.include_soldiers=perhaps", ("true or false",)),
])  # fmt: skip
def test_bad_input_is_answered(override: str, words: tuple[str, ...]) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("policy=[follow_up,waive_immunity]", override)
    (message,) = caught.value.problems
    assert all(word in message for word in words), message


@pytest.mark.parametrize(("given", "words"), [
    ({"authorities": []}, "nobody adopts"), ({"authorities": "un"}, "must be a list"), ({"court": "hots"}, "host"),
    ({"authorities": [["un"]]}, "unknown authority"), ({"authorities": ["un", 3]}, "unknown authority"),
])  # fmt: skip
def test_rules_hold_for_policies_made_in_python(given: dict, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        WaiveImmunity(**given).modifiers()


# The page that says how to add one


def blocks(language: str) -> list[str]:
    text = (ROOT / "docs" / "adding-a-policy.md").read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return ["\n".join(line[len(indent) :] for line in code.splitlines()) + "\n" for indent, code in found]


@pytest.fixture
def ombudsperson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The page's class as a module outside the package, and its file in a folder named my."""
    (tmp_path / "ombudsperson.py").write_text(blocks("python")[0], encoding="utf-8")
    (tmp_path / "my" / "policy").mkdir(parents=True)
    (tmp_path / "my" / "policy" / "ombudsperson.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "ombudsperson", raising=False)
    monkeypatch.setitem(POLICIES, "ombudsperson", Training)  # restored afterwards; the page's code replaces it
    return importlib.import_module("ombudsperson")


def page_scenario() -> Scenario:
    """The scenario that the page's last lines make."""
    names: dict[str, Scenario] = {}
    exec(compile(blocks("python")[1], "docs/adding-a-policy.md", "exec"), names)
    return names["scenario"]


def test_the_policy_of_the_page_can_be_added(ombudsperson: ModuleType) -> None:
    policy = page_scenario().policy["ombudsperson"]
    assert policy == ombudsperson.Ombudsperson(dose=0.5)
    (modifier,) = policy.modifiers()
    assert (modifier.knob, modifier.value, modifier.only) == ("report_pass", 0.5, ("authority:un", "authority:nato"))
    assert options("policy", "my")["ombudsperson"] == "An ombudsperson outside the chain of command"


def test_the_policy_of_the_page_runs(ombudsperson: ModuleType) -> None:
    short = {"mission.horizon_weeks": 8, "scale": 0.02, "policy.ombudsperson.start_week": 4.0}
    run = simulate(page_scenario().with_(short))
    assert "policy_started" in set(run.events.event) and len(run.series) == 8


def test_all_policies_together_run() -> None:
    """A smoke test: every knob, at a large dose, with a special court and soldiers covered."""
    changes = {f"policy.{name}.{path}": value for name in NAMES for path, value in (("dose", 2.0), ("start_week", 3.0))}
    changes |= {"policy.waive_immunity.court": "special", "policy.waive_immunity.include_soldiers": True}
    scenario = load_scenario("mission=generic", f"policy=[{','.join(NAMES)}]", "scale=0.02", "mission.horizon_weeks=12")
    run = simulate(scenario.with_(changes))
    assert (run.events.event == "policy_started").sum() == len(NAMES)
    assert np.isfinite(run.series.select_dtypes("number").to_numpy()).all()
