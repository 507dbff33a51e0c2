"""``mandate explain why``: through what a scenario differs from the status quo, or from a saved scenario.

Each mechanism is switched off in both, on the same lucks; what is then missing of the difference went through it. The words are
those of the studio's "Through what?".
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.asked import read_count
from sim.cli.prepare import prepare_once
from sim.cli.progress import Reporter
from sim.cli.say import as_json, note, paragraph, table
from sim.cli.words import Words
from sim.errors import ScenarioError

if TYPE_CHECKING:
    from sim.analysis.shares import Difference
    from sim.analysis.why import Question
    from sim.report.why import Said
    from sim.scenario import Scenario


def why(words: Words) -> str:
    """Measure and return the text, or one JSON object.

    Raises
    ------
    ScenarioError
        With every problem; nothing is run then.
    """
    question, workers = _read(words)
    if words.has("--dry-run"):
        return _dry_run(question)
    from sim.analysis.why import answer

    quiet, colour = words.has("--quiet"), not words.has("--no-color")
    note(f"B: {question.b.sentence()}\nA: {question.a.sentence()}", quiet)
    if not question.is_same:
        prepare_once(question.b, quiet, colour)
    with Reporter(quiet, colour, "run") as report:
        difference = answer(question, workers, report).difference()
    from sim.report.why import why_text

    said = why_text(question, difference)
    return as_json(_content(question, difference, said)) if words.has("--json") else _text(said)


def _dry_run(question: Question) -> str:
    """How many runs that takes at most."""
    n = 0 if question.is_same else question.n_lucks * len(question.slots(0))
    return (
        f"B: {question.b.sentence()}\nA: {question.a.sentence()}\nat most {n:,} runs to week {question.week}: "
        f"A and B, as they are and with each of {len(question.mechanisms())} mechanisms off, on {question.n_lucks} lucks; "
        "fewer where a mechanism changes nothing on the first\nnothing was run"
    )


def _read(words: Words) -> tuple[Question, int]:
    """What is asked, and in how many processes."""
    from sim.analysis.shares import FEWEST_LUCKS
    from sim.analysis.why import INDICATOR, N_LUCKS, Question, check, last_week

    found = list(words.problems)
    lucks = read_count(words, "lucks", N_LUCKS, FEWEST_LUCKS, found)
    workers = read_count(words, "workers", os.cpu_count() or 1, 1, found)
    try:
        a, b = _scenarios(words)
    except ScenarioError as error:
        raise ScenarioError([*found, *error.problems]) from None
    week = read_count(words, "week", last_week(a, b), 0, found)
    question = Question(a, b, words.keys.get("indicator", INDICATOR), week, lucks)
    try:
        check(question)
    except ScenarioError as error:
        found += error.problems
    if found:
        raise ScenarioError(found)
    return question, workers


def _scenarios(words: Words) -> tuple[Scenario, Scenario]:
    """A and B: the status quo beside the scenario given, or a saved scenario beside it."""
    from sim.config import load_scenario
    from sim.studio.choice import choice_of

    if len(words.plain) > 1:
        raise ScenarioError(
            f"mandate explain why {' '.join(words.plain[1:])}: takes only key=value. "
            "Write e.g. mandate explain why mission=kosovo shock=early_drawdown scale=0.05."
        )
    b = load_scenario(*words.overrides)
    if "against" not in words.keys:
        return choice_of(b).scenario("a"), b
    path = Path(words.keys["against"])
    if not path.is_file():
        raise ScenarioError(f"against = {path}: no such file. Give the scenario.yaml of an earlier mandate run.")
    return load_scenario(f"scenario={path}"), b


def _text(said: Said) -> str:
    """The answer for people."""
    parts = [said.title, paragraph(said.headline)]
    if said.rows:
        rows = [(row.name, row.said, row.range, row.lucks, f"{row.effect} ({row.about})") for row in said.rows]
        parts.append(
            "\n" + table(rows, ("through", "share", "on single lucks", "same sign", "what it is"), (1, 2)) + "\n"
        )
    return "\n".join([*parts, *(paragraph(line) for line in said.notes)])


def _content(question: Question, difference: Difference, said: Said) -> dict[str, Any]:
    """What ``--json`` prints."""
    parts = [
        {
            "mechanism": part.off, "share": part.share, "low": part.low, "high": part.high, "lucks_agreeing": part.n_agree,
            "told_from_luck": part.is_clear,
        }
        for part in difference.parts
    ]  # fmt: skip
    return {
        "a": question.a.sentence(), "b": question.b.sentence(), "indicator": question.indicator, "week": question.week,
        "lucks": difference.n, "level_a": difference.level, "differences": difference.gaps, "mean": difference.mean,
        "mechanisms": parts, "causes": [part.off for part in difference.causes],
        "remainder": difference.remainder if difference.causes else None, "inert": difference.inert,
        "text": [said.title, said.headline, *said.notes],
    }  # fmt: skip
