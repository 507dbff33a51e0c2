"""The comparison report: what words may be earned, what each state says, and a page that is whole by itself.

Studies are invented (tests/report_cases.py). Sentences have fixed numbers; swapping option and baseline mirrors them.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import report_cases as cases
from report_cases import CASES, STATUS_QUO, TRAINING, option, study
from report_page import BANNED, Page, a_page, a_study
from report_tables import Invented, effects_of

from sim.analysis.study import DECOMPOSITION_TERMS, Plan, Study
from sim.report import answer_fields
from sim.report.answer import answer_of
from sim.report.causes import CAUSES, LABELS, questions
from sim.report.effect import MAIN
from sim.report.evidence import COLUMNS as FACT_COLUMNS
from sim.report.evidence import PASS_BAND, facts_of
from sim.report.figure import Figure
from sim.report.findings import Findings, undominated
from sim.report.html import SHOCKS, WORLDS
from sim.report.look import look_of
from sim.report.names import short_name
from sim.report.page import page_of
from sim.report.plot_causes import causes_strip
from sim.report.plot_effects import effect_plot
from sim.report.plot_funnel import COLUMNS as FUNNEL_COLUMNS
from sim.report.plot_funnel import enlargement, funnel_plot
from sim.report.plot_map import cell_table, where_maps
from sim.report.plot_matrix import shock_matrix, world_strip
from sim.report.plot_price import price_plot
from sim.report.plot_sure import fit_plot, spread_plot
from sim.report.plot_time import time_plot
from sim.report.plot_why import deterrence_split, waterfall, waterfall_table
from sim.report.sections_inputs import CONTESTED
from sim.report.svg import ticks
from sim.report.tables import cell
from sim.report.timeline import exit_week

ROOT = Path(__file__).resolve().parent.parent


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
    assert {"question", "effect", "chance", "price", "others", "reversal", "trust"} <= set(fields)
    for name in ("question", "chance", "price", "others", "trust", "caveat.1"):
        assert fields[name] in page, name


def only(*entries: Invented) -> Findings:
    """A study of the status quo and some options, under one shock and one world."""
    return Findings(study((STATUS_QUO, *entries), cases.SHOCKS[:1], cases.WORLDS[:1]))


def gain(name: str, harm: float, troops: float) -> Invented:
    """An option that lowers harm by about so much."""
    return Invented(option(name, "about"), harm, 0.0, troops, 0.01)


def test_the_answer_names_who_else_would_lower_harm_and_at_what_price() -> None:
    """A reader asked "which": the other gains stand beside the largest, with their price, and what is not told apart."""
    fields = answer_of(only(gain("waive_immunity", -0.3, 0.07), gain("victim_channels", -0.15, 0.0), TRAINING)).fields
    assert re.match(r"Victim channels \(by about 1\d %, at no cost in troops\) would lower it too; ", fields["others"])
    assert fields["others"].endswith("; no clear change is found for training.")
    near = answer_of(only(gain("waive_immunity", -0.3, 0.02), gain("victim_channels", -0.32, 0.0))).fields["others"]
    assert re.search(r"troop shortfall [12].\d points higher\) would lower it too; the runs do not tell victim", near)
    assert "others" not in answer_of(only(gain("waive_immunity", -0.3, 0.07))).fields


def test_a_finding_that_reverses_in_a_world_says_so_on_the_first_screen() -> None:
    turned = Invented(option("waive_immunity", "about"), -0.3, 0.0, 0.0, 0.01, {"security_neutral": 0.2})
    entries = (STATUS_QUO, turned, gain("victim_channels", -0.15, 0.0))
    findings = Findings(study(entries, cases.SHOCKS[:1], cases.WORLDS[:5]))
    answer = answer_of(findings)
    assert answer.shown[-1] == answer.fields["reversal"]
    assert "reverses if “missing strength does not raise violence”" in answer.shown[-1]


def test_the_scale_of_the_runs_is_known_however_it_was_set() -> None:
    """From the manifest, not from the words typed: run=quick and saved scenarios set it too."""
    whole = a_study("one_shock")
    small = replace(whole, provenance={**whole.provenance, "scale": 0.1})
    assert "Runs at scale 0.1: luck spreads about 3.2 times" in answer_of(Findings(small)).caveats[0]
    assert not any("scale" in text for text in answer_of(Findings(whole)).caveats)


def test_bars_too_short_to_see_are_enlarged_and_say_so() -> None:
    """5.1 of 1,000 with an upper end of 8 are drawn 100 times as long; 400 of 1,000 as they are."""
    def table(reported: float, upper: float) -> pd.DataFrame:
        row = (reported, reported, reported, upper)
        rows = [("a", "persons_with_act", 1000.0, 1000.0, 1000.0, 1000.0), ("a", "reported", *row)]
        return pd.DataFrame(rows, columns=["option", "stage", *FUNNEL_COLUMNS[2:6]])

    assert enlargement(table(5.1, 8.0)) == 100
    assert enlargement(table(5.1, 21.0)) == 40
    assert enlargement(table(400.0, 500.0)) == 1
    assert enlargement(table(0.0, 0.0)) == 1
    page = a_page("normal")
    assert "times as long as the first, or none could be seen" in page


def test_every_option_has_its_split_and_every_outcome_a_row() -> None:
    page = Page(a_page("normal"))
    split = next(rows for rows in page.tables["why"] if rows[0] == ["Option", "Deterrence", "All else", "Total"])
    assert [row[0] for row in split[1:]] == [short_name(name) for name in Findings(a_study("normal")).names]
    outcomes = next(rows for rows in page.tables["effects"] if rows[0][0] == "Outcome")
    named = {row[0].lower() for row in outcomes[1:]}
    assert {"trafficked again", "chance of being found out", "persons exploited"} <= named
    assert len(outcomes) == 1 + 7 * len(named)


def test_titles_from_few_runs_say_how_few() -> None:
    whole = a_study("normal")
    few = replace(whole, decomposition=whole.decomposition.assign(n=3), deterrence=whole.deterrence.assign(n=3))
    for anchor in ("p5", "p5b"):
        assert figures(few)[anchor].title.startswith("In 3 paired runs: ")
        assert "3 runs say little" in figures(few)[anchor].note
        assert not figures(whole)[anchor].title.startswith("In ")


def test_another_baseline_is_named_throughout() -> None:
    """Nothing on the page calls the comparator the status quo where it is not."""
    whole = a_study("one_shock")
    plan = replace(whole.plan, baseline="follow_up", options=(whole.plan.options[2], whole.plan.options[1]))
    other = replace(whole, plan=plan, effects=effects_of(plan, whole.runs[whole.runs["option"].isin(plan_names(plan))]))
    page = page_of(other)
    said = re.sub(r"<(style|script|details)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.findall(r"[^<>]*[Ss]tatus quo[^<>]*", said.partition('id="glossary"')[0])
    assert "follow-up, as asked for (baseline=...)" in said


def plan_names(plan: Plan) -> list[str]:
    """Names of a plan's options."""
    return [entry.name for entry in plan.options]


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
    exact = whole.decomposition.copy()
    exact.loc[exact["term"] == "total", "mean"] = 0.0
    exact.loc[exact["term"].isin(DECOMPOSITION_TERMS), "mean"] = [0.1, 0.2, -0.3, 0.0, 1e-17] * 7
    assert "residual" not in set(waterfall_table(exact, "waive_immunity")["term"]), "rounding is no residual"
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
