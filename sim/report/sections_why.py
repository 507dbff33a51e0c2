"""Sections 8 to 10: through what, counted and true, where.

Part of the report; answers why an option acts, what public counts show of it, and whether exploitation moves elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.analysis.study import DECOMPOSITION_TERMS
from sim.report import words
from sim.report.answer import Answer
from sim.report.effect import Effect
from sim.report.figure import render
from sim.report.findings import COUNTED, Findings
from sim.report.html import duration, empty, extended, heading, paragraph, section
from sim.report.names import option_name, short_name
from sim.report.plot_causes import causes_strip
from sim.report.plot_funnel import funnel_plot
from sim.report.plot_map import displacement_sentence, where_maps
from sim.report.plot_why import TERMS, deterrence_split, is_luck, waterfall, waterfall_table
from sim.report.sentences import amount, noun
from sim.report.tables import of_frame, of_texts

N_TWIN_RUNS = 5
PARTS = ("deterrence", "rest", "total")


def why(findings: Findings, source: str) -> str:
    """Section 8: decomposition, deterrence, causes strip, mechanism in at most three sentences."""
    name = findings.leading
    figures = [waterfall(findings, name), deterrence_split(findings, name)] if name else []
    missing = ""
    if not any(figures):
        runs = 3 * N_TWIN_RUNS * len(findings.plan.options)
        missing = empty(
            "No runs with mechanisms switched off were made, so the change is not split into channels.",
            extended(findings, mechanism_replicates=str(N_TWIN_RUNS)),
            duration(findings, runs),
        )
    strip = causes_strip(findings)
    causes = (
        render(strip, source)
        if strip
        else empty("No series over time of the leading option differ, or none were kept.")
    )
    return section(
        "why", "Why", "Through what does the leading option act?",
        paragraph(mechanism(findings)), *(render(figure, source) for figure in figures if figure), missing,
        _all_terms(findings), _all_splits(findings), heading("What moved with it"), causes,
    )  # fmt: skip


def mechanism(findings: Findings) -> str:
    """Say in at most three sentences through what the leading option acts."""
    name = findings.leading
    if name is None:
        return ""
    table = waterfall_table(findings.study.decomposition, name)
    said = [f"{words.sentence(option_name(name))}: {findings.option(name).about.rstrip('.')}."]
    if len(table) > 1 and is_luck(table):
        said.append(
            "The runs made with mechanisms switched off do not tell its effect from luck, so no channel stands out."
        )
    elif len(table) > 1 and math.isfinite(float(table["mean"].iloc[-1])):
        terms = table.iloc[:-1]
        largest = terms.loc[terms["mean"].abs().idxmax()]
        label, meaning = TERMS[str(largest["term"])]
        direction, total = (
            "fewer" if float(mean) < 0 else "more" for mean in (largest["mean"], table["mean"].iloc[-1])
        )
        n = int(table["pairs"].max())
        few = f"in {words.many(n, 'paired run')} " if n < words.FEWEST_DRAWS else ""
        said.append(
            words.sentence(
                f"{few}its largest channel is {label.lower()} ({meaning}): about "
                f"{words.number(abs(float(largest['mean'])))} person-weeks {direction}, beside a total of "
                f"{words.number(abs(float(table['mean'].iloc[-1])))} {total}."
            )
        )
        split = deterrence_split(findings, name)
        said += [f"{split.title}."] if split else []
    return " ".join(said)


def _all_terms(findings: Findings) -> str:
    """The decomposition of every option as one table, open on paper, collapsed on screen."""
    frame = findings.study.decomposition
    frame = frame[frame["n"] > 0] if len(frame) else frame
    if not len(frame):
        return ""
    wide = frame.pivot_table(index="option", columns="term", values="mean", aggfunc="first")
    order = [term for term in (*DECOMPOSITION_TERMS, "total") if term in wide.columns]
    table = wide.reindex([name for name in findings.names if name in wide.index])[order].reset_index()
    table["option"] = [option_name(name) for name in table["option"]]
    pairs = words.many(int(frame["n"].max()), "paired run")
    caption = f"Change in person-weeks of exploitation by channel, all options; means of {pairs}. Terms add up to the total."
    return f"<details><summary>All options by channel</summary>{of_frame(table, caption)}</details>"


def _all_splits(findings: Findings) -> str:
    """The split between deterrence and the rest of every option, which effect plots cannot show."""
    frame = findings.study.deterrence
    frame = frame[frame["n"] > 0] if len(frame) else frame
    if not len(frame):
        return ""
    parts = {(str(row["option"]), str(row["part"])): row for row in frame.to_dict("records")}
    rows = []
    for name in findings.names:
        if all((name, part) in parts for part in PARTS):
            cells = [_with_range(parts[name, part]) for part in PARTS]
            rows.append((short_name(name), *cells))
    pairs = words.many(int(frame["n"].max()), "paired run")
    caption = (
        f"Change in visits by personnel, every option: what deterrence does and all else; means of {pairs}, in brackets "
        "the spread of single runs."
    )
    head = ("Option", "Deterrence", "All else", "Total")
    return heading("Deterrence and the rest, every option") + of_texts(caption, head, rows, "data")


def _with_range(row: Mapping[Any, Any]) -> str:
    """A mean with the spread of its runs."""
    mean, low, high = (float(row[name]) for name in ("mean", "low90", "high90"))
    return f"{words.signed(mean)} ({words.to(low, high)})" if row["n"] > 1 else words.signed(mean)


def counted(findings: Findings, answer: Answer, source: str) -> str:
    """Section 9: the funnel, and what it means when counts and harm part."""
    figure = funnel_plot(findings)
    body = (
        render(figure, source)
        if figure
        else empty("No cases were kept, so the chain from act to conviction is not shown.")
    )
    said = answer.fields.get("counted", "")
    general = (
        "Public counts see only what is reported, recorded and published. A reform that improves reporting "
        "raises observed counts "
        "and not harm; one that silences reports lowers counts and not harm."
    )
    return section(
        "counted", "Counted and true", "What is seen of what happens?",
        paragraph(general), paragraph(said or _no_divergence(findings)), body,
    )  # fmt: skip


def _no_divergence(findings: Findings) -> str:
    """Say that counts and harm do not part clearly, with the numbers of the leading option."""
    name = findings.leading
    if name is None:
        return ""
    seen, true = findings.effect(name, COUNTED), findings.effect(name)
    if not seen.n or not true.n:
        return "Counts and harm cannot be compared here: one of the two was not recorded."
    if seen.is_zero and true.is_zero:
        return f"Under {option_name(name)} neither {noun(seen)} nor {noun(true)} changes."
    return (
        f"No option moves counts and harm clearly in opposite directions. Under {option_name(name)}, in the middle of the "
        f"runs, {_moves(seen)} and {_moves(true)}."
    )


def _moves(effect: Effect) -> str:
    """Say how an outcome moves in the middle of the runs."""
    if effect.median == 0.0:
        return f"{noun(effect)} would not change"
    return f"{noun(effect)} would {'rise' if effect.median > 0.0 else 'fall'} by about {amount(effect, effect.median)}"


def where(findings: Findings, source: str) -> str:
    """Section 10: maps, and what moves out of the mission area."""
    figure = where_maps(findings)
    body = (
        render(figure, source)
        if figure
        else empty("No cells were kept, so it is not shown where exploitation changes.")
    )
    said = displacement_sentence(findings, findings.leading) if findings.leading else ""
    return section("where", "Where", "Does exploitation move elsewhere?", paragraph(said), body)
