"""Knobs: how modifications of one value combine, by hand; dates, ramps, filters and messages."""

from __future__ import annotations

import dataclasses
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOTHING, Lever, generic, with_policies

from sim.errors import ScenarioError
from sim.knobs import KNOBS, Combine, KnobBoard, Modifier, knob_problems, shock_modifiers
from sim.model import MandateModel
from sim.scenario import Shock, ShockEffect

CATEGORIES = [{"category:military"}, {"category:police"}, {"category:civilian"}, {"category:contractor"}]
TAGS = {"category": CATEGORIES, "contingent": [{"category:military"}], "country": [{"country:MIS"}],
        "origin": [{"country:MIS", "local"}, {"country:SRA", "abroad"}, {"country:SRC", "abroad"}]}
OF_RULE = {Combine.PRODUCT: "exposure", Combine.SUM: "aid", Combine.PROBABILITY: "prevention", Combine.ODDS: "p_leak",
           Combine.MINIMUM: "network_ceiling"}


def board(*modifiers: Modifier, week: float = 0.0, dt: float = 1.0) -> KnobBoard:
    made = KnobBoard(modifiers, TAGS, dt)
    made.begin_step(week)
    return made


def test_every_rule_has_a_knob() -> None:
    assert {KNOBS[name].combine for name in OF_RULE.values()} == set(Combine) == set(OF_RULE)
    assert all(KNOBS[name].combine is rule for rule, name in OF_RULE.items())


@pytest.mark.parametrize(("rule", "base", "values", "expected"), [
    (Combine.PRODUCT, 0.5, (2.0, 3.0), 3.0),
    (Combine.SUM, 0.7, (0.1, 0.05), 0.85),
    (Combine.PROBABILITY, 0.2, (0.5, 0.25), 1.0 - 0.8 * 0.5 * 0.75),
    (Combine.ODDS, 0.5, (np.log(2.0), np.log(1.5)), 0.75),
    (Combine.MINIMUM, 1.0, (0.6, 0.8), 0.6),
    (Combine.MINIMUM, 0.4, (0.6, 0.8), 0.4),
])  # fmt: skip
def test_combining_by_hand(rule: Combine, base: float, values: tuple[float, float], expected: float) -> None:
    name = OF_RULE[rule]
    assert board(*(Modifier(name, value) for value in values)).value(name, base) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("rule", list(Combine))
def test_combining_is_commutative(rule: Combine) -> None:
    """Any order of three modifiers, to rounding."""
    name = OF_RULE[rule]
    modifiers = [Modifier(name, 0.3), Modifier(name, 0.7, ramp_weeks=4.0), Modifier(name, 0.45)]
    results = [board(*order).value(name, 0.6) for order in permutations(modifiers)]
    np.testing.assert_allclose(results, results[0], rtol=1e-14)


@given(rule=st.sampled_from(list(Combine)), base=st.floats(0, 1))
def test_a_modifier_of_no_strength_returns_the_base_bit_for_bit(rule: Combine, base: float) -> None:
    """Both by its value and by its weight; nothing in force returns the very same array."""
    name, values = OF_RULE[rule], np.array([base])
    assert board(Modifier(name, NOTHING[rule])).values(name, values)[0] == base
    assert board(Modifier(name, 0.5, start_week=9.0)).values(name, values)[0] == base
    assert board().values(name, values) is values


def test_the_base_is_never_changed_in_place() -> None:
    for rule, name in OF_RULE.items():
        base = np.full(4 if rule is Combine.PRODUCT else 1, 0.6)
        board(Modifier(name, 0.3)).values(name, base)
        assert (base == 0.6).all(), rule


def test_odds_leave_certainty_alone() -> None:
    """A probability of 0 or 1 stays what it is under any shift of log-odds."""
    made = board(Modifier("p_leak", 2.0))
    assert [made.value("p_leak", p) for p in (0.0, 1.0)] == [0.0, 1.0]


@pytest.mark.parametrize(("week", "weight"), [(9.0, 0.0), (10.0, 0.25), (11.0, 0.5), (13.0, 1.0), (20.0, 1.0), (27.0, 0.75),
                                              (29.0, 0.25), (30.0, 0.0), (31.0, 0.0)])
def test_ramp_by_hand(week: float, weight: float) -> None:
    """Start 10, ramp 4, end 30: a quarter in the first week, full from the fourth, fading as long before the end."""
    modifier = Modifier("exposure", 0.5, start_week=10.0, end_week=30.0, ramp_weeks=4.0)
    assert modifier.weight(week, 1.0) == pytest.approx(weight)
    assert board(modifier, week=week).value("exposure", 1.0) == pytest.approx(1.0 - 0.5 * weight)


def test_without_ramp_or_end() -> None:
    modifier = Modifier("exposure", 0.5, start_week=10.0)
    assert [modifier.weight(week, 1.0) for week in (9.999, 10.0, 1e6)] == [0.0, 1.0, 1.0]


@given(st.floats(0, 100), st.floats(0, 60), st.one_of(st.none(), st.floats(0, 200)), st.floats(0, 200),
       st.sampled_from([1 / 7, 1.0, 4.0]))
def test_weights_lie_between_0_and_1(start: float, ramp: float, end: float | None, week: float, dt: float) -> None:
    assert 0.0 <= Modifier("exposure", 0.5, start, end, ramp).weight(week, dt) <= 1.0


def test_ceiling_approaches_by_ramp() -> None:
    """Half of the way to a ceiling of 0.4 from 1.0 is 0.7; a ceiling above the base does nothing."""
    half = Modifier("network_ceiling", 0.4, ramp_weeks=2.0)
    assert board(half).value("network_ceiling", 1.0) == pytest.approx(0.7)
    assert board(Modifier("network_ceiling", 0.9)).value("network_ceiling", 0.5) == 0.5


def test_filter_touches_only_the_tagged() -> None:
    made = board(Modifier("exposure", 0.5, only=("category:military", "category:police")),
                 Modifier("exposure", 3.0, only=("category:police",)), Modifier("prevention", 0.4, only=("abroad",)))
    np.testing.assert_allclose(made.values("exposure", np.ones(4)), [0.5, 1.5, 1.0, 1.0])
    np.testing.assert_allclose(made.values("prevention", np.zeros(3)), [0.0, 0.4, 0.4])


def test_filter_that_matches_nothing_is_answered() -> None:
    with pytest.raises(ValueError, match=r"category:militry.*exposure.*category:military"):
        board(Modifier("exposure", 0.5, only=("category:militry",)))
    with pytest.raises(ValueError, match=r"p_leak has no axis"):
        board(Modifier("p_leak", 0.5, only=("category:military",)))


def test_bad_filter_reaches_the_user_as_a_problem_of_the_scenario() -> None:
    bad = Lever(start_week=0.0, knob="exposure", value=0.5, only=("category:militry",))
    with pytest.raises(ScenarioError, match="category:military"):
        MandateModel(with_policies(generic(), {"bad": bad}))


@pytest.mark.parametrize(("modifier", "words"), [
    (Modifier("exposre", 0.5), ("unknown knob", "exposure")),
    (Modifier("exposure", -0.1), ("0 or more", "ratio")),
    (Modifier("exposure", float("nan")), ("finite",)),
    (Modifier("interception", 1.2), ("between 0 and 1",)),
    (Modifier("network_ceiling", -0.2), ("between 0 and 1",)),
])  # fmt: skip
def test_values_a_knob_cannot_take_are_answered(modifier: Modifier, words: tuple[str, ...]) -> None:
    found = knob_problems("policy.test", [modifier])
    assert len(found) == 1
    assert found[0].startswith(f"policy.test.{modifier.knob} = ")
    assert all(word in found[0] for word in words)


def test_values_a_knob_can_take_raise_no_problem() -> None:
    good = [Modifier("exposure", 0.0), Modifier("aid", -0.3), Modifier("p_leak", -4.0), Modifier("interception", 1.0)]
    assert knob_problems("policy.test", good) == []


def test_shock_becomes_modifiers() -> None:
    """Products move to 1 + coefficient x size, never below 0; other knobs to coefficient x size."""
    shock = Shock("s", "", 0.5, 10.0, 3.0, 20.0, [ShockEffect("strength", -1.0, ["category:military"]),
                                                 ShockEffect("local_income", -3.0), ShockEffect("interception", 0.2)])
    made = shock_modifiers(shock)
    assert [m.value for m in made] == [0.5, 0.0, 0.1]
    assert {(m.start_week, m.end_week, m.ramp_weeks) for m in made} == {(10.0, 30.0, 3.0)}
    assert made[0].only == ("category:military",) and made[1].only == ()
    assert shock_modifiers(dataclasses.replace(shock, duration_weeks=None))[0].end_week is None


def test_every_knob_is_described() -> None:
    for name, knob in KNOBS.items():
        assert knob.name == name and knob.unit and len(knob.about) > 5
        assert knob.axis in (None, "authority", "category", "contingent", "country", "origin")
