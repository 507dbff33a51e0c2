"""Through what two scenarios differ, in words: the text of ``mandate explain why`` and of the studio's "Through what?".

Part of the report; one function says a measured difference, whoever asked. How it is measured is in `sim.analysis.why`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.shares import FEWEST_LUCKS, Difference, Part
from sim.analysis.why import Question, mechanisms
from sim.indicators import INDICATORS
from sim.report import words
from sim.report.causes import LABELS
from sim.report.names import spoken

ALL = 0.005  # a share this close to one is all of it
HOW = (
    "Each mechanism was switched off in A and B alike, on the same luck; its share is what is then missing of the difference."
)
MORE = "More lucks, a larger scale or another week tell more."


@dataclass(frozen=True)
class Row:
    """One cause.

    Attributes
    ----------
    name, about
        The mechanism, and what it is.
    share
        1 = all of the difference, below 0 = against it.
    said, range, lucks
        The share in words, its ends on single lucks, and on how many lucks its sign is the same.
    effect
        What would be without it.
    """

    name: str
    about: str
    share: float
    said: str
    range: str
    lucks: str
    effect: str


@dataclass(frozen=True)
class Said:
    """What is said: of which week and indicator, the difference, at most three causes, and what else must be known."""

    title: str
    headline: str
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()


def why_text(question: Question, difference: Difference) -> Said:
    """Say a difference and through what it comes about, as far as it is measured.

    Limits: without any complete luck, or with one, nothing is named; where A and B are equal, or lucks disagree on the sign
    of their difference, that is said and no share is given.
    """
    title = f"{words.sentence(label(question.indicator))}, mean of weeks 0 to {question.week}"
    if question.is_same:
        return Said(title, "A and B are the same scenario: nothing differs, so nothing is to be explained.")
    if not difference.n:
        return Said(title, "No pair of runs has come yet.")
    if difference.is_none:
        return Said(title, f"A and B are the same to the last digit on {_all_lucks(difference.n)}: nothing differs here.")
    if difference.is_luck:
        return Said(title, _luck_sentence(question, difference), notes=(MORE,))
    rows = tuple(_row(part) for part in difference.causes)
    notes = [_verdict(difference), HOW, _sum_sentence(difference), *_others(difference)]
    return Said(title, _headline(question, difference), rows, tuple(note for note in notes if note))


def label(indicator: str) -> str:
    """Return an indicator as it stands in a sentence."""
    return LABELS[indicator][0] if indicator in LABELS else INDICATORS[indicator].about


def _headline(question: Question, difference: Difference) -> str:
    """How far B is from A, on the mean of the lucks and on single ones."""
    mean, unit = difference.mean, INDICATORS[question.indicator].unit
    ends = words.directed(min(difference.gaps), max(difference.gaps), "lower", "higher", unit)
    spread = f"; single lucks fell between {ends}" if difference.n > 1 else ""
    place = words.common_place(difference.level, difference.level + mean)
    levels = [words.at_place(value, place) for value in (difference.level, difference.level + mean)]
    way = "lower" if mean < 0.0 else "higher"
    return (
        f"B is {words.number(abs(mean))} {unit} {way} than A ({levels[1]} against {levels[0]}, "
        f"{words.many(difference.n, 'luck')}){spread}."
    )


def _luck_sentence(question: Question, difference: Difference) -> str:
    """That the difference is smaller than luck."""
    lower, higher = (sum(sign * gap > 0.0 for gap in difference.gaps) for sign in (-1.0, 1.0))
    same = difference.n - lower - higher
    ends = words.directed(
        min(difference.gaps), max(difference.gaps), "lower", "higher", INDICATORS[question.indicator].unit
    )
    equal = f", the same in {same}" if same else ""
    return (
        f"The difference is smaller than luck: B is lower in {lower}, higher in {higher}{equal} of "
        f"{words.many(difference.n, 'luck')}, between {ends}. So no share of it is measured."
    )


def _verdict(difference: Difference) -> str:
    """That nothing is named, and why."""
    if difference.causes:
        return ""
    if difference.n < FEWEST_LUCKS:
        return "One luck only: nothing can be told from chance yet."
    tried = words.many(len(difference.parts), "mechanism")
    return f"None of {tried} tried is told from luck on {words.many(difference.n, 'luck')}, so no cause is named. {MORE}"


def _sum_sentence(difference: Difference) -> str:
    """That shares need not add up, with what the named ones leave or count twice."""
    if not difference.causes:
        return ""
    total, rest = words.share(1.0 - difference.remainder), difference.remainder
    named = "The one named is" if len(difference.causes) == 1 else f"The {len(difference.causes)} named come to"
    start = f"Shares need not add up to 100 %, because mechanisms act through each other. {named} {total}"
    if abs(rest) < ALL:
        return f"{start}."
    if rest < 0.0:
        return f"{start}: {words.share(-rest)} is counted more than once, or offset by what acts against it."
    return (
        f"{start}; the remaining {words.share(rest)} acts without {_them(difference)}, through several mechanisms together, "
        "or through one that is not told from luck."
    )


def _them(difference: Difference) -> str:
    """Those named, as an object."""
    return "it" if len(difference.causes) == 1 else "them"


def _others(difference: Difference) -> list[str]:
    """Mechanisms that are not named as causes, by reason."""
    said = []
    if difference.further:
        listed = words.list_of([f"{spoken(part.off)} ({words.share(part.share)})" for part in difference.further])
        said.append(f"Told from luck as well, and smaller: {listed}.")
    if difference.unclear and difference.n >= FEWEST_LUCKS:
        said.append(f"Not separable from luck: {_names([part.off for part in difference.unclear])}.")
    if difference.inert:
        said.append(f"Changed nothing in either run of the first luck: {_names(difference.inert)}.")
    return said


def _row(part: Part) -> Row:
    """One cause in words."""
    ends = words.to(100.0 * part.low, 100.0 * part.high)
    return Row(
        spoken(part.off), mechanisms()[part.off], part.share, words.share(part.share),
        f"{ends} %", f"{part.n_agree} of {words.many(part.n, 'luck')}", _effect(part.share),
    )  # fmt: skip


def _effect(share: float) -> str:
    """What would be of the difference without a mechanism."""
    if abs(share - 1.0) < ALL:
        return "without it there would be no difference"
    if share > 1.0:
        return f"without it the difference would turn round, at {words.share(share - 1.0)} of its size"
    if share > 0.0:
        return f"without it the difference would be {words.share(share)} smaller"
    return f"works against it: without it the difference would be {words.share(-share)} larger"


def _names(names: Sequence[str]) -> str:
    """Mechanisms in a list."""
    return words.list_of([spoken(name) for name in names])


def _all_lucks(n: int) -> str:
    """All of some lucks."""
    return "the only luck" if n == 1 else f"all {n} lucks"
