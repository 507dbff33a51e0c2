"""What is chosen becomes the same scenario as on the command line, through links, files and undo, and nothing is lost."""

from __future__ import annotations

import pytest

from sim.config import load_scenario
from sim.errors import ScenarioError
from sim.studio.actions import read_scenario, scenario_text
from sim.studio.choice import CURVE, Choice, Side, choice_of, link_of, read_link
from sim.studio.curve import history, shape_of, shaped
from sim.studio.words import NOTHING, SAME, parameter_cards, policy_card, what_changed

CURVE_POINTS = [{"week": 0.0, "ratio": 1.0}, {"week": 104.0, "ratio": 1.5}]


def rich() -> Choice:
    """A choice that uses everything."""
    choice = Choice("generic", values={"scale": 0.05, "seed": 3, "parameters.switches.habit": False})
    choice = choice.with_shock("b", "surge").with_value("b", "shock.size", 0.25).with_policy("b", "follow_up", True)
    choice = choice.with_value("b", "policy.follow_up.dose", 0.5).with_value("b", CURVE, CURVE_POINTS)
    return choice.with_policy("a", "training", True).with_value("a", "policy.training.end_week", None)


def test_a_choice_is_the_scenario_the_command_line_makes() -> None:
    typed = load_scenario(
        "mission=generic", "scale=0.05", "seed=3", "parameters.switches.habit=false", "shock=surge", "shock.size=0.25",
        "policy=[follow_up]", "policy.follow_up.dose=0.5",
        "mission.strength_curve=[{week: 0, ratio: 1}, {week: 104, ratio: 1.5}]",
    )  # fmt: skip
    assert rich().scenario("b") == typed
    assert rich().scenario("a").shock.name == "none"
    assert sorted(rich().scenario("a").policy) == ["training"]


def test_a_link_loses_nothing_and_is_readable() -> None:
    fragment = link_of(rich(), "9.9")
    again, version = read_link(fragment)
    assert version == "9.9"
    assert again.scenario("a") == rich().scenario("a") and again.scenario("b") == rich().scenario("b")
    assert "mission=generic" in fragment and "A.policy=training" in fragment
    assert len(link_of(Choice(), "9.9")) < 30


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("mission=kosvo", "kosvo: unknown"),
        ("config_dir=folder", "config_dir: not accepted here"),
        ("scenario=secret", "scenario: not accepted here"),
        ("mission.tables=folder", "mission.tables: not accepted here"),
        ("shock.size=lots", "must be a number"),
        ("policy=follow_up&policy.follow_up.dose=99", "must lie between"),
        ("A.mission=generic", "belongs to both runs"),
        ("A.scale=0.5", "belongs to both runs"),
        ("nonsense=1", "unknown name"),
        ("x" * 20_001, "at most 20,000"),
        ("mission.strength_curve=[{week:5,ratio:7}]", "must lie between 0 and 5"),
    ],
)
def test_a_wrong_link_is_answered_in_words(fragment: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        read_link(fragment)


def test_a_saved_scenario_opens_as_b_and_files_of_this_machine_are_refused() -> None:
    b = rich().scenario("b")
    assert read_scenario(scenario_text(b)) == b
    assert choice_of(b).scenario("b") == b
    assert choice_of(b).a == Side()
    for text in ("config_dir: folder", "mission.tables: folder", "scenario: secret"):
        with pytest.raises(ScenarioError, match=r"not accepted here|unknown name"):
            read_scenario(text)
    with pytest.raises(ScenarioError, match="unknown name"):
        read_scenario("just words")


def test_a_package_opens_as_its_policies() -> None:
    scenario = load_scenario("mission=generic", "package=reform_2016", "scale=0.05")
    opened = choice_of(scenario).scenario("b")
    assert opened.policy == scenario.policy and opened.package.name == "none"


def test_another_mission_leaves_the_old_curve_behind() -> None:
    assert rich().with_mission("kosovo").scenario("b").mission.strength_curve == []


def test_what_changed_names_every_difference_once() -> None:
    lines = what_changed(rich())
    assert lines[-1] == SAME
    assert [line.split(":")[0] for line in lines[:-1]] == ["shock", "follow-up", "training", "strength"]
    assert what_changed(Choice("generic")) == [NOTHING]
    dosed = rich().with_policy("a", "follow_up", True)
    assert "follow up.dose" in " ".join(what_changed(dosed)) or "dose: 1 → 0.5" in " ".join(what_changed(dosed))


def test_every_policy_says_its_mechanism_evidence_and_counter_effect() -> None:
    from sim.config.groups import options

    for name in options("policy"):
        assert {"does", "mechanism", "evidence", "counter-effect"} <= set(policy_card(name)), name


def test_every_assumption_has_a_range_with_a_status_and_a_source() -> None:
    cards = parameter_cards()
    assert len(cards) > 100
    assert all(card["low"] < card["high"] and card["status"] and card["source"] for card in cards.values())


def test_sliders_of_strength_become_points_by_hand() -> None:
    assert shaped(260.0) == []
    assert shaped(260.0, exit_week=130.0) == [
        {"week": 0.0, "ratio": 1.0}, {"week": 130.0, "ratio": 1.0}, {"week": 156.0, "ratio": 0.0},
    ]  # fmt: skip
    both = {point["week"]: point["ratio"] for point in shaped(260.0, surge=0.5, drawdown=0.4)}
    assert both == {0.0: 1.0, 104.0: 1.0, 117.0: 1.2, 130.0: 0.9, 143.0: 0.9, 156.0: 0.6}
    assert max(point["week"] for point in shaped(120.0, surge=1.0)) <= 120.0


@pytest.mark.parametrize("sliders", [{"surge": 0.5}, {"drawdown": 0.4}, {"exit_week": 208.0}])
def test_one_slider_is_known_again_from_its_points(sliders: dict[str, float]) -> None:
    none = {"surge": 0.0, "drawdown": 0.0, "exit_week": 0.0}
    assert shape_of(260.0, shaped(260.0, **sliders)) == pytest.approx(none | sliders)
    assert shape_of(260.0, CURVE_POINTS) == none


def test_history_is_the_mission_s_own_strength_whatever_the_curve() -> None:
    plain = history(Choice("generic").scenario("b"))
    shaped_one = history(rich().scenario("b"))
    assert plain["strength"] == shaped_one["strength"] and max(plain["strength"]) == pytest.approx(20000.0)
    assert shaped_one["points"] == [[0.0, 1.0], [104.0, 1.5]] and not plain["is_shaped"]
    assert 3 <= len(plain["points"]) <= 8 and all(ratio == 1.0 for _, ratio in plain["points"])
