"""Every lesson plays: its steps compose, its sentences fill, and what it claims to surprise with does happen.

Where a claim fails, the lesson is wrong for this version of the model; it is not re-worded to fit.
"""

from __future__ import annotations

import csv
import string
from functools import cache
from importlib.resources import files

import numpy as np
import pytest

from sim.scenario import Scenario
from sim.studio.choice import SIDES
from sim.studio.layout import SERIES as SHOWN
from sim.studio.lesson import NEVER, Lesson, Step, broken_claims, figure, lessons, sentence, slot_values
from sim.studio.pack import SERIES, run_key, series_of
from sim.studio.worker import Job, answer

_runs: dict[str, dict[str, np.ndarray]] = {}


def series(scenario: Scenario) -> dict[str, np.ndarray]:
    """Series of a run as the studio would have them; equal runs are made once."""
    key = run_key(scenario)
    if key not in _runs:
        made = answer(Job(0, "run", scenario))
        assert made.error == ""
        _runs[key] = series_of(made.value)
    return _runs[key]


@cache
def facts() -> set[str]:
    """Names of the cited facts."""
    text = (files("sim.world") / "data" / "facts.csv").read_text(encoding="utf-8")
    return {row["id"] for row in csv.DictReader(text.splitlines())}


def test_there_are_five_lessons_in_order() -> None:
    assert [lesson.number for lesson in lessons()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.title)
def test_a_lesson_is_whole(lesson: Lesson) -> None:
    assert lesson.question.endswith("?") and 3 <= len(lesson.predict) <= 4 and 8 <= lesson.minutes <= 12
    assert len(lesson.steps) >= 3 and "twist" in lesson.steps[-1].say and lesson.steps[-1].claims
    assert len(lesson.debrief) >= 2 and all(pair["question"] and pair["answer"] for pair in lesson.debrief)
    assert not lesson.sketch or lesson.steps[0].series == lesson.steps[1].series, "a sketch is compared on its own series"
    assert lesson.cannot_tell and lesson.notice and set(lesson.sources) <= facts()
    first = lesson.steps[0].choice()
    assert first.a == first.b, "before the prediction nothing is revealed"
    for step in lesson.steps:
        named = {name for _, name, _, _ in string.Formatter().parse(step.say) if name}
        assert named <= set(step.slots), f"no number for {named - set(step.slots)}"
        assert {slot["series"] for slot in step.slots.values() if "series" in slot} <= set(SERIES)
        assert step.series in {name for name, *_ in SHOWN} and step.week is not None
        assert {claim["slot"] for claim in step.claims} <= set(step.slots)
        assert step.week < step.choice().scenario("b").mission.horizon_weeks


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.title)
def test_the_surprise_occurs(lesson: Lesson) -> None:
    claimed = 0
    for step in lesson.steps:
        choice = step.choice()
        values = slot_values(step, {side: series(choice.scenario(side)) for side in SIDES})
        assert broken_claims(step, values) == []
        assert "{" not in sentence(step, values)
        claimed += len(step.claims)
    assert claimed >= 2


def test_slots_measure_what_they_say() -> None:
    table = {"week": np.arange(6.0), "venues": np.array([2.0, 3.0, 4.0, 8.0, 6.0, 1.0])}
    slots = {
        "first": {"run": "a", "series": "venues", "take": "first"},
        "doubled": {"run": "a", "series": "venues", "take": "first_week_of", "times": 2},
        "tenfold": {"run": "a", "series": "venues", "take": "first_week_of", "times": 10},
        "peak": {"run": "a", "series": "venues", "take": "max"},
        "when": {"run": "a", "series": "venues", "take": "week_of_max"},
        "mean": {"run": "a", "series": "venues", "take": "mean", "from": 1, "to": 3},
        "all": {"run": "a", "series": "venues", "take": "sum"},
        "last": {"run": "a", "series": "venues", "take": "last"},
        "times": {"take": "ratio", "of": ["first", "peak"]},
        "change": {"take": "change", "of": ["first", "last"]},
        "percent": {"take": "percent", "of": ["first", "last"]},
        "gap": {"take": "difference", "of": ["first", "peak"]},
        "hundred": {"take": "per_hundred", "of": ["first"]},
    }
    step = Step("week {doubled}, never: {tenfold}", slots=slots)
    values = slot_values(step, {"a": table})
    assert values == {
        "first": 2.0, "doubled": 2.0, "tenfold": NEVER, "peak": 8.0, "when": 3.0, "mean": 3.5, "all": 24.0, "last": 1.0,
        "times": 4.0, "change": -50.0, "percent": 50.0, "gap": 6.0, "hundred": 200.0,
    }  # fmt: skip
    assert sentence(step, values) == "week 2, never: never"
    assert figure(1234.6) == "1,200"


@pytest.mark.parametrize(
    ("value", "claim", "n_broken"),
    [(3.0, {"above": 2}, 0), (2.0, {"above": 2}, 1), (3.0, {"below": 2}, 1), (1.0, {"above": 0, "below": 2}, 0),
     (NEVER, {"above": 100}, 0), (NEVER, {"below": 100}, 1)],
)  # fmt: skip
def test_a_claim_that_fails_is_seen(value: float, claim: dict[str, float], n_broken: int) -> None:
    step = Step("", claims=({"slot": "x", "says": "x is so", **claim},))
    assert len(broken_claims(step, {"x": value})) == n_broken
