"""Lessons as data: a question to predict, steps that set both runs, sentences with computed slots, claims that must hold.

A claim is checked on the lesson's own runs; where it no longer holds the lesson fails its test and is not re-worded to fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from sim.config.overrides import read_overrides
from sim.errors import ScenarioError
from sim.studio.choice import Choice, choice_from

NEVER = float("inf")
_TAKE: dict[str, Callable[[np.ndarray], Any]] = {
    "mean": np.mean, "sum": np.sum, "max": np.max, "last": lambda values: values[-1], "first": lambda values: values[0],
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step: what both runs are, what is said, where to look, and what must be seen.

    ``both``, ``a`` and ``b`` are overrides as on the command line; ``slots`` name numbers for the sentence; ``claims`` bound
    them; ``week`` and ``series`` say what the page shows.
    """

    say: str
    look: str = ""
    both: tuple[str, ...] = ()
    a: tuple[str, ...] = ()
    b: tuple[str, ...] = ()
    week: int | None = None
    series: str = ""
    slots: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    claims: tuple[Mapping[str, Any], ...] = ()

    def choice(self) -> Choice:
        """Both runs of this step, checked."""
        shared, found = read_overrides(self.both)
        b, more = read_overrides((*self.both, *self.b))
        a, even_more = read_overrides(self.a)
        del shared
        if found + more + even_more:
            raise ScenarioError(found + more + even_more)
        return choice_from(b, a)


@dataclass(frozen=True)
class Lesson:
    """A lesson of eight to twelve minutes; the last step is the twist, an assumption that reverses what was seen.

    ``axis`` says what the series shows, ``wrong_answers`` what likely errors reveal, ``talk`` how to speak of those concerned;
    the three are for the facilitator's sheet. With ``sketch`` the lesson opens ready to draw on the series what is expected,
    and shows nothing beyond the week of its first step until it is revealed.
    """

    number: int
    title: str
    minutes: int
    question: str
    predict: tuple[str, ...]
    steps: tuple[Step, ...]
    notice: str
    debrief: tuple[Mapping[str, str], ...]
    axis: str
    wrong_answers: tuple[Mapping[str, str], ...]
    talk: str
    cannot_tell: str
    sources: tuple[str, ...] = ()
    sketch: bool = False


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons in order."""
    import yaml  # type: ignore[import-untyped]

    found = []
    for entry in files("sim.studio.lessons").iterdir():
        if entry.name.endswith(".yaml"):
            found.append(_lesson(yaml.safe_load(entry.read_text(encoding="utf-8"))))
    return tuple(sorted(found, key=lambda lesson: lesson.number))


def _lesson(tree: dict[str, Any]) -> Lesson:
    """One lesson from its file; steps inherit what they do not set."""
    steps: list[Step] = []
    before: dict[str, Any] = {"both": (), "a": (), "b": ()}
    for raw in tree.pop("steps"):
        before |= {name: tuple(raw.get(name, kept)) for name, kept in before.items()}
        steps.append(Step(**{**raw, **before, "claims": tuple(raw.get("claims", ()))}))
    lists: dict[str, Any] = {name: tuple(tree.pop(name, ())) for name in ("predict", "debrief", "wrong_answers", "sources")}
    return Lesson(steps=tuple(steps), **lists, **tree)


def slot_values(step: Step, runs: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, float]:
    """Return the numbers of a step's slots from the series of its runs ``a`` and ``b``."""
    values: dict[str, float] = {}
    for name, slot in step.slots.items():
        values[name] = _combined(slot, values) if "of" in slot else _measured(slot, runs)
    return values


def _combined(slot: Mapping[str, Any], values: Mapping[str, float]) -> float:
    """A number from two earlier slots: ratio, change in per cent, second in per cent of the first, or difference."""
    if slot["take"] == "per_hundred":  # a share as a percentage
        return 100.0 * values[slot["of"][0]]
    first, second = (values[name] for name in slot["of"])
    if slot["take"] == "difference":
        return second - first
    if first == 0.0:
        return NEVER if second > 0.0 else 0.0
    ratio = second / first
    return {"ratio": ratio, "percent": 100.0 * ratio, "change": 100.0 * (ratio - 1.0)}[slot["take"]]


def _measured(slot: Mapping[str, Any], runs: Mapping[str, Mapping[str, np.ndarray]]) -> float:
    """A number from one series of one run."""
    table = runs[slot["run"]]
    weeks, values = table["week"], table[slot["series"]]
    inside = (weeks >= slot.get("from", -NEVER)) & (weeks < slot.get("to", NEVER))
    weeks, values = weeks[inside], values[inside]
    take = slot["take"]
    if take == "first_week_of":  # the series reaches so many times its first value
        reached = np.flatnonzero(values >= slot["times"] * values[0])
        return float(weeks[reached[0]]) if len(reached) else NEVER
    if take == "week_of_max":
        return float(weeks[int(values.argmax())])
    return float(_TAKE[take](values))


def sentence(step: Step, values: Mapping[str, float]) -> str:
    """Return what a step says, numbers filled in."""
    words = {name: figure(value) for name, value in values.items()}
    rises = {name for name, slot in step.slots.items() if slot["take"] == "change" and 0.0 < values[name] < NEVER}
    return step.say.format(**{name: f"+{word}" if name in rises else word for name, word in words.items()})


def figure(value: float) -> str:
    """A slot's number for people; what never happens is said so."""
    from sim.report.words import number  # loads a library of statistics: not before a lesson is open

    if value == NEVER:
        return "never"
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1000 else number(value)


def broken_claims(step: Step, values: Mapping[str, float]) -> list[str]:
    """Return one message for each claim of a step that does not hold."""
    found = []
    for claim in step.claims:
        value = values[claim["slot"]]
        if not claim.get("above", -NEVER) < value < claim.get("below", NEVER) and not (value == NEVER and "above" in claim):
            found.append(f"{claim['slot']} = {value:g}: {claim['says']} (above {claim.get('above')}, below {claim.get('below')})")
    return found
