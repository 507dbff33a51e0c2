"""Headline sentences: pure functions from an effect and its state to the words a reader sees.

Part of the report; answers how a finding is said, with word, number and count in one sentence. Leaves out what is said
first; see `sim.report.answer`. Swapping option and comparator mirrors every sentence: lower and higher, better and worse,
fewer and more change places and nothing else does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sim.analysis.study import OUTCOMES
from sim.report import words
from sim.report.effect import Effect, State
from sim.report.names import option_name

MOST_RUNS_FROM = 10  # pairs from which "9 in 10 runs" is said; below, all runs are named
TAIL_FROM = 20  # pairs from which "in 1 of 20 runs" is said
LEAST_POINTS = 0.1  # a change of a share below this is called less than that


@dataclass(frozen=True)
class Setting:
    """Where a comparison takes place and what it counts as a difference."""

    place: str
    shock: str
    matters_share: float

    @property
    def where(self) -> str:
        """How sentences begin: "In Kosovo with no extra shock"."""
        return f"In {self.place} {self.shock}"

    @property
    def matters(self) -> str:
        """The smallest difference worth acting on."""
        return f"{100.0 * self.matters_share:g} %"


def noun(effect: Effect) -> str:
    """What an outcome is called."""
    return OUTCOMES[effect.outcome][2]


def amount(effect: Effect, value: float) -> str:
    """A size in per cent of the level, or in the unit where the level is 0."""
    percent = effect.percent(value)
    if math.isfinite(percent):
        return f"{words.number(abs(percent))} %"
    return f"{words.number(abs(value))} {OUTCOMES[effect.outcome][0]}"


def spread(effect: Effect, down: str = "lower", up: str = "higher") -> str:
    """Where the runs fell: nine in ten of many, all of a few."""
    many = effect.n >= MOST_RUNS_FROM
    ends = (effect.low90, effect.high90) if many else (effect.lowest, effect.highest)
    if effect.n == 1:
        return "the only run decides"
    unit = "%" if math.isfinite(effect.percent(1.0)) else OUTCOMES[effect.outcome][0]
    low, high = (effect.percent(end) if unit == "%" else end for end in ends)
    who = "9 in 10 runs" if many else f"the {effect.n} runs"
    return f"{who} fell between {words.directed(low, high, down, up, unit)}"


def verb(effect: Effect) -> str:
    """What the middle run does."""
    return "lower" if effect.median < 0.0 else "raise"


def size(effect: Effect) -> str:
    """The middle difference in the outcome's unit, beside the level it starts from."""
    direction = "fewer" if effect.median < 0.0 else "more"
    unit = OUTCOMES[effect.outcome][0]
    return f"about {words.number(abs(effect.median))} {unit} {direction}, from {words.number(effect.level)}"


def effect_sentence(effect: Effect, setting: Setting, reason: str = "") -> str:
    """Say what an option does to an outcome, by its state.

    Parameters
    ----------
    reason
        Why a difference is exactly zero, where that is known.
    """
    option, comparator = option_name(effect.option), option_name(effect.comparator)
    start = f"{setting.where}, "
    if effect.state is State.NOTHING:
        return f"{start}no pair of runs tells {option} from {comparator}: none finished."
    if effect.state is State.ZERO:
        because = f", because {reason}" if reason else ""
        return (
            f"{start}{option} would change nothing against {comparator}: {noun(effect)} is the same to the last digit in "
            f"{'the only paired run' if effect.n == 1 else f'all {effect.n:,} paired runs'}{because}."
        )
    if effect.state is State.FEW:
        direction = "lower" if effect.median < 0.0 else "higher"
        return (
            f"{start}{noun(effect)} was {amount(effect, effect.median)} {direction} with {option} than with "
            f"{comparator} in "
            f"the middle of {words.many(effect.n, 'paired run')}; {spread(effect)}."
        )
    if effect.state is State.LITTLE:
        return (
            f"{start}{option} would make little difference to {noun(effect)} compared with {comparator}: in {effect.same} of "
            f"{effect.n} paired runs the change was smaller than {setting.matters}, and {spread(effect)}."
        )
    if effect.state is State.UNCLEAR:
        return (
            f"{start}the runs do not tell {option} from {comparator} in {noun(effect)}: better by more than "
            f"{setting.matters} in {effect.better}, about the same in {effect.same}, worse in {effect.worse} of "
            f"{effect.n}; "
            f"{spread(effect)}."
        )
    return (
        f"{start}{option} would {verb(effect)} {noun(effect)} by about {amount(effect, effect.median)} compared with "
        f"{comparator}; {spread(effect)}. That is {size(effect)}."
    )


def chance_sentence(effect: Effect, setting: Setting) -> str:
    """Say in how many paired runs an option was better or worse, with the word these counts earn."""
    if effect.state is State.NOTHING:
        return "No statement of chance: no pair of runs finished."
    if effect.n < words.FEWEST_DRAWS:
        return (
            f"With {words.many(effect.n, 'draw')} there are too few runs for a statement of chance: better in "
            f"{effect.better}, about the same in {effect.same}, worse in {effect.worse} of {effect.n}; add draws."
        )
    first, last = ("worse", "better") if effect.worse > effect.better else ("better", "worse")
    counts = {"better": effect.better, "worse": effect.worse}
    text = (
        f"It was {first} by more than {setting.matters} in {counts[first]}, about the same in {effect.same} and "
        f"{last} in "
        f"{counts[last]} of {effect.n} paired runs"
    )
    return f"{text}: {chance_words(effect)}."


def chance_beside(effect: Effect, setting: Setting) -> str:
    """Say the chance behind the sentence of the effect, without the counts that sentence has already given."""
    if effect.state is State.UNCLEAR:
        return "No word on chance is earned by these counts."
    if effect.state is State.LITTLE:
        return (
            f"Better by more than {setting.matters} in {effect.better}, worse in {effect.worse}: {chance_words(effect)}."
        )
    return "" if effect.state in (State.ZERO, State.NOTHING) else chance_sentence(effect, setting)


def chance_words(effect: Effect, bare: bool = False) -> str:
    """Return the word the leading count earns, or that it earns none; ``bare`` leaves out what is likely."""
    leading = {"better": effect.better, "worse": effect.worse, "about the same": effect.same}
    earned = [name for name, count in leading.items() if words.earns(count, effect.n)]
    name = earned[0] if earned else "worse" if effect.worse > effect.better else "better"
    word = words.word_for(leading[name], effect.n)
    if word is None or word in words.MIRROR:
        return "the runs cannot tell"
    return word.said() if bare else f"{word.said()} to be {name}"


def price_sentence(effect: Effect, violence: Effect | None = None) -> str:
    """Say what an option costs in troops, and in violence where that moves by one per cent or more."""
    if effect.state is State.NOTHING:
        return "The price in troops is not known: no run reports a shortfall."
    level = words.number(100.0 * effect.level)
    start = f"With {option_name(effect.option)}, the largest troop shortfall"
    if effect.is_zero:
        text = f"{start} would be exactly the same, {level} % of authorised strength"
    elif 100.0 * max(abs(effect.lowest), abs(effect.highest)) < LEAST_POINTS:
        text = f"{start} would change by less than {LEAST_POINTS:g} percentage points, from {level} %"
    elif effect.level == 0.0 and 100.0 * effect.median >= LEAST_POINTS:
        text = f"With {option_name(effect.option)}, {_missing(effect)}"
    else:
        text = f"{start} would {_points(effect)}, from {level} % of authorised strength"
    if violence is not None and violence.n >= words.FEWEST_DRAWS and abs(violence.percent(violence.median)) >= 1.0:
        direction = "lower" if violence.median < 0.0 else "higher"
        text += f"; violence would be about {amount(violence, violence.median)} {direction}"
    return f"{text}."


def _missing(effect: Effect) -> str:
    """Troops missing at the worst time, where none are missing under the comparator."""
    many = effect.n >= MOST_RUNS_FROM
    ends = (effect.low90, effect.high90) if many else (effect.lowest, effect.highest)
    who = "9 in 10 runs" if many else f"the {effect.n} runs"
    middle, between = words.number(100.0 * effect.median), words.between(100.0 * ends[0], 100.0 * ends[1])
    return (
        f"about {middle} % of authorised troops would be missing at the worst time ({who} between {between} %), none "
        f"with {option_name(effect.comparator)}"
    )


def _points(effect: Effect) -> str:
    """A change of a share in percentage points with its spread."""
    middle, many = 100.0 * effect.median, effect.n >= MOST_RUNS_FROM
    ends = (effect.low90, effect.high90) if many else (effect.lowest, effect.highest)
    who = "9 in 10 runs" if many else f"the {effect.n} runs"
    between = words.directed(100.0 * ends[0], 100.0 * ends[1], "lower", "higher", "points")
    if abs(middle) < LEAST_POINTS:
        return f"change by less than {LEAST_POINTS:g} percentage points in the middle of the runs ({who} between {between})"
    direction = "lower" if middle < 0.0 else "higher"
    return f"be about {words.number(abs(middle))} percentage points {direction} ({who} between {between})"


def reversal_sentence(effect: Effect, holds: int, of: int, reversed_in: Sequence[str], n: int = 0) -> str:
    """Say in how many worlds a direction holds and where it turns round; worlds are listed, never averaged.

    Parameters
    ----------
    holds, of
        Worlds with the direction of the first, and worlds examined.
    reversed_in
        Plain words of the worlds with the opposite direction.
    n
        Paired runs of each world, named where they are fewer than those behind the effect.
    """
    if of <= 1:
        return "Only one set of contested findings was examined, so this study cannot say what would reverse the direction."
    thing = "direction" if reversed_in or effect.state in (State.GOOD, State.HARMFUL, State.FEW) else "finding"
    counted = f"all {of}" if holds == of else f"{holds} of {of}"
    pairs = f" ({words.many(n, 'paired run')} in each)" if 0 < n < effect.n else ""
    start = f"For {option_name(effect.option)}, the {thing} holds in {counted} worlds{pairs}"
    if reversed_in:
        listed = words.list_of([f"“{world}”" for world in reversed_in])
        return (
            f"{start} and reverses if {listed}: it depends "
            f"on a contested finding, and this study does not say which is more probable."
        )
    if holds == of:
        return f"{start}, that is, sets of contested findings."
    return f"{start}; in the {'others' if of - holds > 1 else 'other'} the difference is smaller than what matters."


def tail_sentence(effect: Effect, setting: Setting) -> str:
    """Say how far the other side of a clear effect reaches; nothing where it does not go beyond what matters."""
    good = effect.median < 0.0
    if effect.state not in (State.GOOD, State.HARMFUL):
        return ""
    many = effect.n >= TAIL_FROM
    end = (effect.high90 if many else effect.highest) if good else (effect.low90 if many else effect.lowest)
    beyond = setting.matters_share * abs(effect.level)
    if (end if good else -end) <= beyond:
        return ""
    direction = "higher" if good else "lower"
    who = "In 1 of 20 runs" if many else f"In one of {effect.n} runs"
    more = "more than " if many else ""
    option, comparator = option_name(effect.option), option_name(effect.comparator)
    return f"{who} {noun(effect)} was {more}{amount(effect, end)} {direction} with {option} than with {comparator}."


def counted_sentence(counted: Effect, true: Effect, direction: int) -> str:
    """Say what it means that counts and harm part; nothing where they do not.

    Parameters
    ----------
    direction
        1 where counts rise and harm falls, -1 for the mirror; see ``observed_against_true``.
    """
    if direction == 0:
        return ""
    rise, fall, more, better = (
        ("rise", "falls", "more", "better") if direction > 0 else ("fall", "rises", "fewer", "poorer")
    )
    other = "more" if direction > 0 else "less"
    return (
        f"{words.sentence(option_name(true.option))}: {noun(counted)} would {rise} by about "
        f"{amount(counted, counted.median)} while {noun(true)} {fall} by about {amount(true, true.median)}: here "
        f"{more} reports "
        f"mean {better} counting, not {other} harm."
    )


def failed_sentence(n_failed: int, n_runs: int) -> str:
    """Say how many runs are missing."""
    if not n_failed:
        return f"All {words.many(n_runs, 'run')} finished."
    were = "is" if n_failed == 1 else "are"
    return f"{n_failed:,} of {n_runs:,} runs failed and {were} not included."


def separation_sentence(effect: Effect, others: Sequence[str]) -> str:
    """Say which options the runs do not tell from this one."""
    if not others:
        return ""
    return f"The runs do not tell {option_name(effect.option)} from {words.list_of([option_name(o) for o in others], 'or')}."
