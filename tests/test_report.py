"""The comparison report: what words may be earned, what each state says, and a page that is whole by itself.

Studies are invented (tests/report_cases.py). Sentences have fixed numbers; swapping option and baseline mirrors them.
"""

from __future__ import annotations

import base64
import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.study import DECOMPOSITION_TERMS, OUTCOMES, Study
from sim.report import answer_fields, sentences, words, write_report
from sim.report.answer import answer_of
from sim.report.causes import CAUSES, LABELS, questions
from sim.report.effect import MAIN, Effect, State, effect_from_pairs
from sim.report.evidence import COLUMNS as FACT_COLUMNS
from sim.report.evidence import PASS_BAND, facts_of
from sim.report.figure import Figure
from sim.report.findings import Findings, observed_against_true, undominated
from sim.report.headline import headline_frame
from sim.report.html import SHOCKS, WORLDS
from sim.report.look import look_of
from sim.report.names import option_name, short_name
from sim.report.page import POLICY, page_of
from sim.report.plot_causes import causes_strip
from sim.report.plot_effects import effect_plot
from sim.report.plot_funnel import funnel_plot
from sim.report.plot_map import cell_table, where_maps
from sim.report.plot_matrix import shock_matrix, world_strip
from sim.report.plot_price import price_plot
from sim.report.plot_sure import fit_plot, spread_plot
from sim.report.plot_time import time_plot
from sim.report.plot_why import deterrence_split, waterfall, waterfall_table
from sim.report.sections_inputs import CONTESTED
from sim.report.sentences import Setting
from sim.report.svg import ticks
from sim.report.tables import cell, of_frame
from sim.report.timeline import exit_week
from tests.report_cases import CASES, LEVELS, normal, study

ROOT = Path(__file__).resolve().parent.parent
HERE = Setting("Kosovo", "with no extra shock", 0.05)
SECTIONS = ["banner", "answer", "headline", "compared", "effects", "shocks", "price", "when", "why", "counted", "where",
            "reversal", "sure", "inputs", "reproduce", "limits", "glossary"]  # fmt: skip
# Put together so that a search for them does not end here.
BANNED = re.compile(
    r"\b(?:will|prove[sd]?|shows that|significan\w*|optimal|best|saves?|guarantee\w*|victims? prevented|stocks?|supply units?)\b",
    re.IGNORECASE,
)
MOST_BYTES = 2_000_000


@cache
def a_study(name: str) -> Study:
    """One invented study, made once."""
    return CASES[name]()


@cache
def a_page(name: str) -> str:
    """Its page, made once."""
    return page_of(a_study(name))


# --- words and numbers ------------------------------------------------------------------------------------------------


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


# --- sentences --------------------------------------------------------------------------------------------------------


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
     "In Kosovo with no extra shock, waiving immunity makes little difference to exploitation compared with the status quo: "
     "in 98 of 100 paired runs the change was smaller than 5 %, and 9 in 10 runs fell between 1.4 % lower and 1.0 % higher."),
    (State.FEW, made(**FEW), lambda e: sentences.effect_sentence(e, HERE),
     "In Kosovo with no extra shock, exploitation was 18 % lower with waiving immunity than with the status quo in the "
     "middle of 4 paired runs; the 4 runs fell between 38 % lower and 3 % higher."),
    (State.FEW, made(**FEW), lambda e: sentences.chance_sentence(e, HERE),
     "With 4 draws there are too few runs for a statement of chance: better in 3, about the same in 0, worse in 1 of 4; add "
     "draws."),
    (State.ZERO, made(**ZERO), lambda e: sentences.effect_sentence(e, HERE, "its dose is zero"),
     "In Kosovo with no extra shock, waiving immunity changes nothing against the status quo: exploitation is the same to "
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
    assert "holds in 7 of 7 worlds, that is" in sentences.reversal_sentence(e, 7, 7, [])
    assert "smaller than what matters" in sentences.reversal_sentence(e, 5, 7, [])
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
        ({"n": 0}, "The price in troops is not known: no run reports a shortfall."),
    ],
)  # fmt: skip
def test_the_price_in_troops(changes: dict[str, Any], text: str) -> None:
    numbers = {"level": 0.08, "low90": 0.063, "median": 0.139, "high90": 0.231, "lowest": 0.05, "highest": 0.3}
    assert sentences.price_sentence(made("largest_troop_shortfall", **(numbers | changes))) == text


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


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_an_answer_is_short(name: str) -> None:
    answer = answer_of(Findings(a_study(name)))
    assert answer.question.endswith("?")
    assert 1 <= len(answer.shown) <= 4
    assert 1 <= len(answer.caveats) <= 3
    assert all(text and not BANNED.search(text) for text in answer.fields.values())


def test_harm_comes_first() -> None:
    assert "would raise exploitation" in answer_of(Findings(a_study("normal"))).shown[0]
    assert answer_fields(a_study("harmful"))["effect"].count("would raise") == 1


def test_the_fields_are_the_words_of_the_page() -> None:
    fields, page = answer_fields(a_study("one_shock")), a_page("one_shock").replace("\u00a0%", " %")
    assert {"question", "effect", "chance", "price", "reversal", "trust"} <= set(fields)
    for name in ("question", "chance", "price", "reversal", "trust", "caveat.1"):
        assert fields[name] in page, name


def test_no_effect_is_said_of_an_exact_zero_alone() -> None:
    fields = answer_fields(a_study("no_op"))
    assert "because its dose is zero" in fields["effect"]
    assert "to the last digit" in fields["effect"]


def test_too_few_runs_give_counts_and_no_word() -> None:
    fields = answer_fields(a_study("two_replicates"))
    assert "too few runs for a statement of chance" in fields["chance"]
    assert not re.search(r"likely|certain", " ".join(fields.values()))
    assert "more likely than not from" not in a_page("two_replicates")


def test_an_option_without_a_finished_run_is_a_dash_with_a_reason() -> None:
    page = a_page("failed_runs")
    row = page.split('data-option="victim_channels"')[1].split("</tr>")[0]
    assert row.count("no pair finished") + row.count("no case ended") + row.count("no act took place") >= 6
    assert "out of memory" in page
    assert "runs failed and are left out" in page


def test_options_the_runs_do_not_tell_apart_are_named() -> None:
    findings = Findings(a_study("normal"))
    assert "status_quo" in findings.not_separable("training")
    assert findings.not_separable("suspend_contributions") == []
    for a in findings.names:
        for b in findings.not_separable(a):
            if b != findings.baseline:
                assert a in findings.not_separable(b)


def test_undominated_points_by_hand() -> None:
    points = np.array([[0.0, 0.0], [-1.0, 1.0], [-2.0, 3.0], [-0.5, 2.0], [0.0, 0.0]])
    assert undominated(points).tolist() == [True, True, True, False, True]


def test_regret_by_hand() -> None:
    findings = Findings(a_study("harmful"))
    table = findings.regrets().set_index("option")["regret"]
    lost = dict.fromkeys(table.index, 0.0)
    for world in findings.plan.worlds:
        wide = findings.wide(MAIN, ("kosovo", "none", world.name))
        for _, row in wide.iterrows():
            for name in lost:
                lost[name] = max(lost[name], row[name] - row.min())
    assert table.to_dict() == pytest.approx(lost)


def test_an_exit_is_found_where_strength_stays_low() -> None:
    whole = a_study("one_shock")
    assert exit_week(Findings(whole)) is None
    series = whole.series.copy()
    series.loc[series["week"] >= 390, "troops_present"] = 100.0
    left = replace(whole, series=series)
    assert exit_week(Findings(left)) == 390.0
    assert "1 year after exit" in page_of(left)


# --- figures ----------------------------------------------------------------------------------------------------------


def figures(study: Study) -> dict[str, Figure]:
    """Every figure of a study."""
    f = Findings(study)
    lead = f.leading or ""
    makers: list[Figure | None] = [
        effect_plot(f), shock_matrix(f), price_plot(f), time_plot(f), waterfall(f, lead), deterrence_split(f, lead),
        causes_strip(f), funnel_plot(f), where_maps(f), world_strip(f), spread_plot(f), fit_plot(f),
    ]  # fmt: skip
    return {figure.anchor: figure for figure in makers if figure is not None}


def test_a_normal_study_has_every_figure() -> None:
    wanted = {"p1", "p2", "p3", "p4", "p5", "p5b", "p6", "p7", "p8", "p9a", "p10"}
    assert wanted <= set(figures(a_study("normal")))


def test_the_table_on_the_page_is_what_is_drawn() -> None:
    page = Page(a_page("normal"))
    for anchor, figure in figures(a_study("normal")).items():
        head, *rows = page.table_in(anchor)
        assert head == [str(name).replace(" %", "\u00a0%") for name in figure.table.columns], anchor
        wanted = [[cell(value) for value in row] for row in figure.table.itertuples(index=False)]
        assert rows == [[text.replace(" %", "\u00a0%") for text in row] for row in wanted], anchor
        sent = pd.read_csv(io.StringIO(page.csv_of(anchor)))
        assert sent.shape == figure.table.shape, anchor
        for name in figure.table.select_dtypes("number"):
            assert sent[name].to_numpy(dtype=float) == pytest.approx(
                figure.table[name].to_numpy(dtype=float), rel=1e-5, abs=1e-12, nan_ok=True
            )


@pytest.mark.parametrize(("anchor", "column"), [("p1", "median")])
def test_marks_stand_where_their_numbers_say(anchor: str, column: str) -> None:
    figure = figures(a_study("normal"))[anchor]
    for picture in (figure.wide, figure.narrow):
        marks = re.findall(r'd="M([\d.]+) [^"]*" [^>]*data-shape="(\w+)" data-x="([^"]+)"', picture)
        assert [float(value) for _, _, value in marks] == pytest.approx(figure.table[column].tolist(), rel=1e-5)
        circles = [(float(x), float(value)) for x, shape, value in marks if shape == "circle"]
        assert circles


def test_every_option_has_a_look_of_its_own() -> None:
    assert len({(look_of(i).marker) for i in range(10)}) == 10
    assert len({(look_of(i).colour, look_of(i).dash) for i in range(8)}) == 8
    figure = figures(a_study("normal"))["p1"]
    shapes = re.findall(r'data-shape="(\w+)"', figure.wide)
    assert len(set(shapes)) == len(shapes) == 7


def test_worse_is_hatched() -> None:
    assert "-worse" in figures(a_study("normal"))["p1"].wide
    assert "-worse" in figures(a_study("normal"))["p2"].wide


def test_the_waterfall_adds_up_and_shows_a_residual() -> None:
    whole = a_study("normal")
    table = waterfall_table(whole.decomposition, "waive_immunity").set_index("term")
    terms = [term for term in DECOMPOSITION_TERMS if term in table.index]
    assert table.loc[terms, "mean"].sum() == pytest.approx(table.loc["total", "mean"])
    assert "residual" not in table.index
    broken = whole.decomposition.copy()
    broken.loc[broken["term"] == "security", "mean"] += 9_000.0
    assert "residual" in set(waterfall_table(broken, "waive_immunity")["term"])
    blank = whole.decomposition.assign(mean=np.nan, n=0)
    assert not len(waterfall_table(blank, "waive_immunity"))


def test_the_map_takes_the_difference() -> None:
    table = cell_table(a_study("normal").cells, "status_quo", "waive_immunity")
    assert (table["difference"] == table["option"] - table["baseline"]).all()


def test_worlds_are_never_averaged() -> None:
    table = figures(a_study("normal"))["p9a"].table
    assert set(table["column"]) == {world.about.capitalize() for world in a_study("normal").plan.worlds} | {
        world.about[:1].upper() + world.about[1:] for world in a_study("normal").plan.worlds
    }
    assert len(table) == 7 * 7


def test_causes_are_phases_of_the_schedule() -> None:
    assert {phase for phase, _ in CAUSES.values()} <= set(questions())
    assert set(CAUSES) <= set(LABELS)


def test_documented_facts_come_misses_first() -> None:
    table = facts_of("bosnia")
    if not len(table):
        pytest.skip("docs/evidence_fit.md has no table of this mission")
    outside = ~table["model over documented"].between(*PASS_BAND)
    assert list(outside) == sorted(outside, reverse=True)
    assert list(facts_of("nowhere").columns) == list(FACT_COLUMNS) and not len(facts_of("nowhere"))


def test_ticks_are_round() -> None:
    assert ticks(-31.0, 17.0, 5) == [-30.0, -20.0, -10.0, 0.0, 10.0]
    assert ticks(1.0, 1.0) == []


def test_commands_name_what_exists() -> None:
    for group, names in (("world", WORLDS), ("shock", SHOCKS)):
        assert set(names) <= {path.stem for path in (ROOT / "scenarios" / group).glob("*.yaml")}


def test_contested_inputs_exist() -> None:
    assert set(CONTESTED) <= set(a_study("one_shock").parameters["path"])


# --- the page ---------------------------------------------------------------------------------------------------------

VOID = {"meta", "br", "hr", "img", "input", "link", "line", "rect", "path", "circle"}


class Page(HTMLParser):
    """The page as a tree walk: tags, ids, headings, tables, links, text outside style, script and tables of data."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.prose: list[str] = []
        self.tables: dict[str, list[list[list[str]]]] = {}
        self.loose: list[str] = []
        self._cell: list[str] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if attributes.get("id"):
            self.ids.append(str(attributes["id"]))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.setdefault(self._home(), []).append([])
        if tag == "tr" and self._home() in self.tables:
            self.tables[self._home()][-1].append([])
        if tag in ("td", "th"):
            self._cell = []
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            self.loose.append(f"</{tag}> in {[name for name, _ in self.open][-3:]}")
            return
        if tag in ("td", "th") and self._cell is not None:
            self.tables[self._home()][-1][-1].append("".join(self._cell))
            self._cell = None
        self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        names = [name for name, _ in self.open]
        if self._cell is not None:
            self._cell.append(data)
        elif not {"style", "script", "pre", "code"} & set(names) and data.strip():
            self.prose.append(data)

    def _home(self) -> str:
        """Identifier of the nearest figure or section around."""
        homes = [a.get("id") for name, a in self.open if name in ("figure", "section") and a.get("id")]
        return str(homes[-1]) if homes else ""

    def table_in(self, anchor: str) -> list[list[str]]:
        """Rows of the first table of a figure."""
        return self.tables[anchor][0]

    def csv_of(self, anchor: str) -> str:
        """What the data link of a figure carries."""
        link = next(a for tag, a in self.tags if tag == "a" and a.get("download") == f"mandate-{anchor}.csv")
        return base64.b64decode(str(link["href"]).partition("base64,")[2]).decode("utf-8")


@pytest.mark.parametrize("name", CASES)
def test_the_page_is_sound(name: str) -> None:
    text = a_page(name)
    page = Page(text)
    assert not page.loose and not page.open
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:]))
    assert len(page.ids) == len(set(page.ids))
    assert [anchor for anchor in page.ids if anchor in SECTIONS] == SECTIONS
    targets = [str(a["href"])[1:] for tag, a in page.tags if tag == "a" and str(a.get("href", "")).startswith("#")]
    assert set(targets) <= set(page.ids)
    assert text.startswith('<!doctype html>\n<html lang="en">')


@pytest.mark.parametrize("name", CASES)
def test_the_page_asks_for_nothing(name: str) -> None:
    text = a_page(name)
    page = Page(text)
    policies = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [POLICY]
    assert POLICY == "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    loads = [
        (tag, a) for tag, a in page.tags if tag in ("link", "img", "iframe", "object", "embed", "base") or "src" in a
    ]
    assert not loads
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!#)", text)
    assert len(text.encode("utf-8")) < MOST_BYTES


@pytest.mark.parametrize("name", CASES)
def test_tables_and_figures_can_be_heard(name: str) -> None:
    text = a_page(name)
    page = Page(text)
    heads = [a for tag, a in page.tags if tag == "th"]
    assert heads and all(a.get("scope") in ("col", "row") for a in heads)
    assert text.count("<table") == text.count("<caption")
    pictures = re.findall(r'<svg [^>]*role="img"[^>]*aria-labelledby="([\w-]+) ([\w-]+)"[^>]*><title id="([\w-]+)">[^<]+</title>'
                          r'<desc id="([\w-]+)">[^<]+</desc>', text)  # fmt: skip
    assert len(pictures) == text.count('role="img"') == 2 * text.count("<figure ")
    assert all((a, b) == (c, d) for a, b, c, d in pictures)
    assert '<a class="skip" href="#answer">' in text


@pytest.mark.parametrize("name", CASES)
def test_banned_words_never_occur(name: str) -> None:
    said = " ".join(Page(a_page(name)).prose)
    found = [said[max(0, m.start() - 40) : m.end() + 40] for m in BANNED.finditer(said)]
    assert not found


@pytest.mark.parametrize("name", CASES)
def test_no_word_of_chance_stands_without_its_bracket(name: str) -> None:
    findings = Findings(a_study(name))
    for text in answer_fields(a_study(name)).values():
        for match in re.finditer(r"\b(?:very likely|likely|virtually certain|more likely than not)\b(?! than)", text):
            assert text[match.end() :].startswith((" (", " than not")), text
    assert findings.plan.baseline == "status_quo"


def test_the_strip_says_what_intervals_leave_out() -> None:
    assert "Single parameter point: intervals show luck only." in a_page("normal")


def test_true_and_counted_are_told_apart_in_words() -> None:
    for name in CASES:
        assert "raises observed counts and not harm" in a_page(name)
    assert "here more reports mean better counting, not more harm" in a_page("normal")


def test_empty_states_name_the_command_that_fills_them() -> None:
    page = a_page("empty_decomposition")
    assert page.count("Not examined.") >= 6
    for part in ("world=central,deterrence_weak", "shock=none,surge", "mechanism_replicates=5"):
        assert part in page
    assert "nan" not in " ".join(Page(page).prose).lower().split()


def test_an_unfinished_study_says_so() -> None:
    whole = a_study("one_shock")
    part = replace(whole, provenance={**whole.provenance, "runs_planned": 400})
    assert "Unfinished: 80 of 400 planned runs" in page_of(part)


def test_equal_studies_give_equal_bytes(tmp_path: Path) -> None:
    write_report(CASES["two_replicates"](), tmp_path / "a.html")
    write_report(CASES["two_replicates"](), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_names_cannot_break_the_page() -> None:
    whole = a_study("no_op")
    options = tuple(replace(o, about="<script>alert(1)</script> & more") for o in whole.plan.options)
    text = page_of(replace(whole, plan=replace(whole.plan, options=options, command="x '<b>' \"&\"")))
    assert "<script>alert" not in text
    assert not Page(text).loose


def test_the_headline_csv_has_every_number() -> None:
    frame = headline_frame(Findings(a_study("normal")))
    assert {"low90", "high90", "lower", "same", "higher", "pairs", "word"} <= set(frame.columns)
    assert set(frame["outcome"]) <= set(OUTCOMES)
    assert len(frame) == 7 * frame["outcome"].nunique()


def test_of_frame_escapes_and_aligns() -> None:
    html = of_frame(pd.DataFrame({"a": ["<x>"], "b": [-1.5]}), "A & B")
    assert "&lt;x&gt;" in html and '<td class="n">−1.5</td>' in html and "A &amp; B" in html


def test_a_study_of_the_right_size_is_read() -> None:
    assert len(normal(4, 3).runs) == 8 * (3 * 4 + 6 * 3)
    assert set(LEVELS) & set(OUTCOMES)
    assert study.__doc__


# --- in a browser -----------------------------------------------------------------------------------------------------

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-pdf-header-footer")  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> str:
    """A Chromium by environment variable or on the path; without one these tests are left out."""
    found = os.environ.get("MANDATE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip("no Chromium here")
    return found


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A page on disk."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(a_page("one_shock"), encoding="utf-8")
    yield path


def start(browser: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a browser to its end in a fresh profile."""
    command = [browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_a_browser_opens_it_without_error_or_request(browser: str, saved: Path, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    done = start(browser, tmp_path, "--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom", saved.as_uri())
    assert done.returncode == 0
    assert "Show: <label>" in done.stdout  # the script ran
    assert "CONSOLE" not in done.stderr
    asked = re.findall(r'"url":"(https?://[^"]+)"', log.read_text(encoding="utf-8", errors="replace"))
    assert not [url for url in asked if "report" in url or "w3.org" in url]


@pytest.mark.slow
def test_on_paper_nothing_is_missing(browser: str, saved: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "report.pdf"
    done = start(browser, tmp_path, f"--print-to-pdf={pdf}", saved.as_uri())
    assert done.returncode == 0 and pdf.read_bytes().startswith(b"%PDF")
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext here")
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    flat = re.sub(r"\s+", " ", text)
    for heading in re.findall(r"<h[12] [^>]*>([^<]+?)(?: <a|</h)", a_page("one_shock")):
        assert heading.replace("\u00a0", " ")[:40] in flat.replace("\u00a0", " "), heading
    first = text.split("\f")[0]
    assert "Would" in first or "Which of these" in first
    assert "Waiving" in first and "Not separable" in re.sub(r"\s+", " ", first)
    assert "lower 90 % end" in flat.replace("\u00a0", " ") or "lower 90" in flat  # a table inside a collapsed block
