"""Words and sentences of the report: what may be earned, and what each state says.

Sentences have fixed numbers; swapping option and baseline mirrors them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.report import sentences, words
from sim.report.effect import MAIN, Effect, State, effect_from_pairs
from sim.report.findings import observed_against_true
from sim.report.names import option_name, short_name
from sim.report.sentences import Setting

HERE = Setting("Kosovo", "with no extra shock", 0.05)


@pytest.mark.parametrize(
    ("n", "needed"),
    [(20, (14, 17, 20, None)), (50, (31, 39, 49, None)), (100, (59, 74, 95, None)), (200, (112, 143, 187, 200)),
     (500, (269, 348, 461, 499)), (4, (None,) * 4)],
)  # fmt: skip
def test_a_word_needs_so_many_runs(n: int, needed: tuple[int | None, ...]) -> None:
    assert tuple(words.wins_needed(n, word) for word in reversed(words.LADDER)) == needed


@pytest.mark.parametrize(
    ("text", "n"), [("virtually certain", 191), ("very likely", 18), ("likely", 5), ("more likely than not", 3)]
)
def test_all_runs_alike_earn_a_word_from(text: str, n: int) -> None:
    floor = next(word.low / 100.0 for word in words.LADDER if word.text == text)
    assert words.limits(n, n)[0] > floor
    assert words.limits(n - 1, n - 1)[0] <= floor


@pytest.mark.parametrize(
    ("k", "n", "text"),
    [(19, 20, "likely"), (20, 20, "very likely"), (10, 20, None), (15, 30, "about as likely as not"), (14, 30, None),
     (22, 50, None), (23, 50, "about as likely as not"), (27, 50, "about as likely as not"), (28, 50, None),
     (41, 100, "less likely than not"), (42, 100, "about as likely as not"), (58, 100, "about as likely as not"),
     (59, 100, "more likely than not"), (0, 20, "very unlikely"), (3, 20, "unlikely"), (6, 20, "less likely than not"),
     (0, 200, "exceptionally unlikely"), (4, 4, None), (0, 0, None), (499, 500, "virtually certain"),
     (498, 500, "very likely")],
)  # fmt: skip
def test_the_word_for_a_share(k: int, n: int, text: str | None) -> None:
    word = words.word_for(k, n)
    assert (word.text if word else None) == text


def test_words_mirror_at_one_half() -> None:
    mirror = dict(zip(words.LADDER, words.MIRROR))
    for n in (5, 20, 50, 100):
        for k in range(n + 1):
            above, below = words.word_for(k, n), words.word_for(n - k, n)
            if above in words.LADDER:
                assert below is mirror[above] and (below.low, below.high) == (100 - above.high, 100 - above.low)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (18.37, "18"), (0.0421, "0.042"), (5234.0, "5,200"), (28_951.0, "29,000"), (64_899.0, "64,900"),
     (-3.14, "−3.1"), (9.96, "10"), (99.7, "100"), (0.5, "0.50"), (float("nan"), "—"), (1_234_567.0, "1,230,000")],
)  # fmt: skip
def test_numbers_have_two_figures(value: float, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-31.2, -4.1, "−31 to −4"), (6.3, 23.0, "6 to 23"), (-17.0, 0.6, "−17 to 1"), (1.2, 5.44, "1.2 to 5.4"),
     (40.0, 1340.0, "0 to 1,300"), (0.0, 0.0, "0 to 0")],
)  # fmt: skip
def test_ends_of_a_range_have_the_same_decimal(low: float, high: float, text: str) -> None:
    assert words.to(low, high) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(-31.2, -4.1, "31 and 4 % lower"), (4.1, 31.2, "4 and 31 % higher"), (-17.0, 1.2, "17 % lower and 1 % higher"),
     (-1.2, 17.0, "1 % lower and 17 % higher"), (-0.1, 19.5, "0 and 20 % higher"), (-19.5, 0.1, "20 and 0 % lower")],
)  # fmt: skip
def test_ranges_in_words_have_no_sign(low: float, high: float, text: str) -> None:
    assert words.directed(low, high, "lower", "higher") == text


def test_differences_carry_a_true_sign() -> None:
    assert [words.signed(value) for value in (-18.4, 3.11, 0.0)] == ["−18", "+3.1", "0"]


def made(outcome: str = MAIN, **changes: Any) -> Effect:
    """An effect with the numbers of the specification's first good sentence."""
    numbers: dict[str, Any] = {
        "option": "waive_immunity", "comparator": "status_quo", "outcome": outcome, "level": 29_000.0,
        "low90": -8_990.0, "low50": -7_000.0, "median": -5_220.0, "high50": -3_000.0, "high90": -1_160.0,
        "lowest": -11_000.0, "highest": 900.0, "error": 180.0, "lower": 78, "same": 12, "higher": 10, "n": 100,
    }  # fmt: skip
    return Effect(**(numbers | changes))


UNCLEAR = {"low90": -3_000.0, "low50": -1_900.0, "median": -1_000.0, "high50": 800.0, "high90": 2_600.0,
           "lowest": -5_000.0, "highest": 4_000.0, "lower": 41, "same": 33, "higher": 26}  # fmt: skip
LITTLE = {"low90": -400.0, "low50": -200.0, "median": -90.0, "high50": 50.0, "high90": 300.0, "lowest": -900.0,
          "highest": 700.0, "lower": 1, "same": 98, "higher": 1}  # fmt: skip
FEW = {"lower": 3, "same": 0, "higher": 1, "n": 4}
ZERO = dict.fromkeys(("low90", "low50", "median", "high50", "high90", "lowest", "highest", "error"), 0.0)
ZERO |= {"lower": 0, "same": 100, "higher": 0}  # type: ignore[dict-item]
TAIL = {"high90": 2_000.0, "highest": 3_000.0}


def good() -> str:
    return sentences.effect_sentence(made(), HERE)


STATES: list[tuple[State, Effect, Callable[[Effect], str], str]] = [
    (State.GOOD, made(), lambda e: sentences.effect_sentence(e, HERE),
     "In Kosovo with no extra shock, waiving immunity would lower exploitation by about 18 % compared with the status quo; "
     "9 in 10 runs fell between 31 and 4 % lower. That is about 5,200 person-weeks fewer, from 29,000."),
    (State.GOOD, made(), lambda e: sentences.chance_sentence(e, HERE),
     "It was better by more than 5 % in 78, about the same in 12 and worse in 10 of 100 paired runs: likely (66–90 %, luck "
     "only) to be better."),
    (State.GOOD, made(**TAIL), lambda e: sentences.tail_sentence(e, HERE),
     "In 1 of 20 runs exploitation was more than 6.9 % higher with waiving immunity than with the status quo."),
    (State.UNCLEAR, made(**UNCLEAR), lambda e: sentences.effect_sentence(e, HERE),
     "In Kosovo with no extra shock, the runs do not tell waiving immunity from the status quo in exploitation: better by "
     "more than 5 % in 41, about the same in 33, worse in 26 of 100; 9 in 10 runs fell between 10 % lower and 9 % higher."),
    (State.UNCLEAR, made(**UNCLEAR), lambda e: sentences.chance_sentence(e, HERE),
     "It was better by more than 5 % in 41, about the same in 33 and worse in 26 of 100 paired runs: the runs cannot tell."),
    (State.LITTLE, made(**LITTLE), lambda e: sentences.effect_sentence(e, HERE),
     "In Kosovo with no extra shock, waiving immunity would make little difference to exploitation compared with the status quo: "
     "in 98 of 100 paired runs the change was smaller than 5 %, and 9 in 10 runs fell between 1.4 % lower and 1.0 % higher."),
    (State.FEW, made(**FEW), lambda e: sentences.effect_sentence(e, HERE),
     "In Kosovo with no extra shock, exploitation was 18 % lower with waiving immunity than with the status quo in the "
     "middle of 4 paired runs; the 4 runs fell between 38 % lower and 3 % higher."),
    (State.FEW, made(**FEW), lambda e: sentences.chance_sentence(e, HERE),
     "With 4 draws there are too few runs for a statement of chance: better in 3, about the same in 0, worse in 1 of 4; add "
     "draws."),
    (State.ZERO, made(**ZERO), lambda e: sentences.effect_sentence(e, HERE, "its dose is zero"),
     "In Kosovo with no extra shock, waiving immunity would change nothing against the status quo: exploitation is the same to "
     "the last digit in all 100 paired runs, because its dose is zero."),
]  # fmt: skip
SWAPS = (
    ("would lower", "would raise"), ("lower", "higher"), ("better", "worse"), ("fewer", "more than before"),
    ("waiving immunity", "the status quo"),
)  # fmt: skip


def mirrored(text: str) -> str:
    """The text with directions and names changed places."""
    text = text.replace("person-weeks more,", "person-weeks more than before,")
    for a, b in SWAPS:
        text = text.replace(a, "\0").replace(b, a).replace("\0", b)
    return text.replace("person-weeks more than before,", "person-weeks more,")


@pytest.mark.parametrize(("state", "effect", "say", "text"), STATES)
def test_a_state_says(state: State, effect: Effect, say: Callable[[Effect], str], text: str) -> None:
    assert effect.state is state
    assert say(effect) == text


@pytest.mark.parametrize(("state", "effect", "say", "text"), STATES)
def test_swapping_option_and_baseline_mirrors_the_sentence(
    state: State, effect: Effect, say: Callable[[Effect], str], text: str
) -> None:
    turned = effect.mirrored()
    assert turned.state is {State.GOOD: State.HARMFUL}.get(state, state)
    wanted, found = (said.replace(" by more than 5 %", "") for said in (mirrored(text), say(turned)))
    for pattern in (
        r"between ([\d.]+)( % \w+)? and ([\d.]+)( % \w+)",
        r"(\w+ in \d+), (about the same in \d+), (\w+ in \d+)",
    ):
        wanted = re.sub(pattern, _in_order, wanted)
        found = re.sub(pattern, _in_order, found)
    assert found == wanted


def _in_order(match: re.Match[str]) -> str:
    """The parts of a list in one order, since a mirrored range begins at its other end."""
    return " ".join(sorted(part for part in match.groups() if part))


def test_worlds_are_counted_and_never_a_chance() -> None:
    e = made()
    assert sentences.reversal_sentence(e, 5, 7, ["commanders suppress reports"]) == (
        "For waiving immunity, the direction holds in 5 of 7 worlds and reverses if “commanders suppress reports”: it depends "
        "on a contested finding, and this study does not say which is more probable."
    )
    assert "holds in all 7 worlds, that is" in sentences.reversal_sentence(e, 7, 7, [])
    assert "holds in all 7 worlds (5 paired runs in each), that is" in sentences.reversal_sentence(e, 7, 7, [], 5)
    assert "runs in each" not in sentences.reversal_sentence(e, 7, 7, [], 100), "as many as behind the effect"
    assert sentences.reversal_sentence(e, 5, 7, []).endswith("; in the others the difference is smaller than what matters.")
    assert sentences.reversal_sentence(e, 6, 7, []).endswith("; in the other the difference is smaller than what matters.")
    assert sentences.reversal_sentence(e, 1, 1, []).startswith("Only one set of contested findings")


def test_counts_that_rise_while_harm_falls_are_called_better_counting() -> None:
    up = made("observed_allegations", level=100.0, low90=35.0, median=60.0, high90=90.0, lower=0, same=2, higher=98)
    true = made()
    assert observed_against_true(up, true) == 1
    assert sentences.counted_sentence(up, true, 1) == (
        "Waiving immunity: allegations counted would rise by about 60 % while exploitation falls by about 18 %: here more "
        "reports mean better counting, not more harm."
    )
    assert observed_against_true(up.mirrored(), true.mirrored()) == -1
    assert sentences.counted_sentence(up.mirrored(), true.mirrored(), -1) == (
        "The status quo: allegations counted would fall by about 60 % while exploitation rises by about 18 %: here fewer "
        "reports mean poorer counting, not less harm."
    )
    assert observed_against_true(up, true.mirrored()) == 0
    assert sentences.counted_sentence(up, true, 0) == ""


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "With waiving immunity, the largest troop shortfall would be about 14 percentage points higher (9 in 10 runs "
             "between 6 and 23 points higher), from 8.0 % of authorised strength."),
        (ZERO, "With waiving immunity, the largest troop shortfall would be exactly the same, 8.0 % of authorised strength."),
        ({"low90": -0.0002, "median": 0.0001, "high90": 0.0004, "lowest": -0.0005, "highest": 0.0006},
         "With waiving immunity, the largest troop shortfall would change by less than 0.1 percentage points, from 8.0 %."),
        ({"level": 0.0}, "With waiving immunity, about 14 % of authorised troops would be missing at the worst time (9 in 10 "
                         "runs between 6 and 23 %), none with the status quo."),
        ({"level": 0.0, "n": 6}, "With waiving immunity, about 14 % of authorised troops would be missing at the worst time "
                                 "(the 6 runs between 5 and 30 %), none with the status quo."),
        ({"n": 0}, "The price in troops is not known: no run reports a shortfall."),
    ],
)  # fmt: skip
def test_the_price_in_troops(changes: dict[str, Any], text: str) -> None:
    numbers = {"level": 0.08, "low90": 0.063, "median": 0.139, "high90": 0.231, "lowest": 0.05, "highest": 0.3}
    assert sentences.price_sentence(made("largest_troop_shortfall", **(numbers | changes))) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (UNCLEAR, "No word on chance is earned by these counts."),
        (LITTLE, "Better by more than 5 % in 1, worse in 1: very likely (90–99 %, luck only) to be about the same."),
        (ZERO, ""),
        ({}, "It was better by more than 5 % in 78, about the same in 12 and worse in 10 of 100 paired runs: likely (66–90 %, "
             "luck only) to be better."),
    ],
)  # fmt: skip
def test_counts_are_said_once(changes: dict[str, Any], text: str) -> None:
    """Behind the sentence of an effect stand only the counts that sentence has not given."""
    assert sentences.chance_beside(made(**changes), HERE) == text


def test_names_in_the_plural_need_no_other_verb() -> None:
    """Every state speaks in the conditional, so that "victim channels" and "training" fit the same sentence."""
    for changes in (UNCLEAR, LITTLE, ZERO, {}, {"n": 0}):
        text = sentences.effect_sentence(made(option="victim_channels", **changes), HERE)
        assert not re.search(r"victim channels \w+s ", text), text


def test_failed_runs_are_counted() -> None:
    assert sentences.failed_sentence(3, 400) == "3 of 400 runs failed and are not included."
    assert sentences.failed_sentence(1, 400) == "1 of 400 runs failed and is not included."
    assert sentences.failed_sentence(0, 400) == "All 400 runs finished."


def test_more_draws_change_words_only_through_the_gate() -> None:
    found = [
        sentences.chance_words(made(lower=17 * m, same=2 * m, higher=m, n=20 * m), bare=True) for m in (1, 2, 5, 10)
    ]
    assert found == ["likely (66–90 %, luck only)"] * 4
    assert sentences.chance_words(made(lower=190, same=10, higher=0, n=200), bare=True).startswith("very likely")
    assert sentences.chance_words(made(lower=19, same=1, higher=0, n=20), bare=True).startswith("likely")


def test_a_level_of_zero_speaks_in_units() -> None:
    e = made(level=0.0, low90=10.0, low50=20.0, median=30.0, high50=40.0, high90=50.0, lowest=5.0, highest=60.0,
             lower=0, same=0, higher=100)  # fmt: skip
    assert "by about 30 person-weeks" in sentences.effect_sentence(e, HERE)
    assert "between 10 and 50 person-weeks higher" in sentences.effect_sentence(e, HERE)


def test_effects_from_pairs_by_hand() -> None:
    e = effect_from_pairs("a", "b", MAIN, 100.0, np.array([-10.0, -6.0, 4.0, 20.0, np.nan]), 5.0)
    assert (e.lower, e.same, e.higher, e.n, e.lowest, e.highest, e.median) == (2, 1, 1, 4, -10.0, 20.0, -1.0)
    assert effect_from_pairs("a", "b", MAIN, 100.0, np.empty(0), 5.0).state is State.NOTHING
    assert effect_from_pairs("a", "b", MAIN, 100.0, np.zeros(9), 5.0).state is State.ZERO


def test_names_are_noun_phrases() -> None:
    assert option_name("follow_up+external_experts") == "follow-up + external experts"
    assert option_name("status_quo") == "the status quo"
    assert option_name("something_new") == "something new"
    assert short_name("reform_2016") == "2016 reform package"
