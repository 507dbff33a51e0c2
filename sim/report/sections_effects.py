"""Sections 4 to 7: effects, other shocks, price, time.

Part of the report; answers how much, whether it survives a shock, at what price, and when.
"""

from __future__ import annotations

import math

from sim.analysis.study import OUTCOMES
from sim.report import timeline, words
from sim.report.answer import Answer, setting_of, zero_reason
from sim.report.figure import render
from sim.report.findings import SHORTFALL, VIOLENCE, Findings
from sim.report.html import SHOCKS, bullets, duration, empty, extended, heading, paragraph, section
from sim.report.names import option_name, short_name
from sim.report.plot_effects import effect_plot
from sim.report.plot_matrix import shock_matrix
from sim.report.plot_price import price_plot
from sim.report.plot_time import LEVEL, time_plot
from sim.report.sentences import chance_beside, effect_sentence, price_sentence
from sim.report.tables import of_frame, of_texts


def effects(findings: Findings, answer: Answer, source: str) -> str:
    """Section 4: P1, and a sentence for every option."""
    figure = effect_plot(findings)
    setting = setting_of(findings)
    said = []
    for name in findings.names:
        e = findings.effect(name)
        text = words.sentence(
            effect_sentence(e, setting, zero_reason(findings, name)).removeprefix(f"{setting.where}, ")
        )
        said.append(f"{text} {chance_beside(e, setting)}".strip())
    body = render(figure, source) if figure else empty("No pair of runs finished, so there is no effect to show.")
    tail = paragraph(answer.fields.get("tail", ""))
    return section(
        "effects", "How much each option changes", "Which options, and how much?",
        body, tail, heading("Every option in words"), bullets(said, "said"), _all_outcomes(findings),
    )  # fmt: skip


def _all_outcomes(findings: Findings) -> str:
    """Every outcome of every option, also those that have no column in the headline table."""
    rows = []
    for outcome, (unit, _, label) in OUTCOMES.items():
        for name in findings.names:
            e = findings.effect(name, outcome)
            if not e.n or not math.isfinite(e.median):
                continue
            scale, said = (100.0, "points") if unit == "share" else (1.0, unit)
            spread = words.to(scale * e.low90, scale * e.high90)
            level = f"{words.number(scale * e.level)} {'%' if unit == 'share' else unit}"
            change = f"{words.signed(scale * e.median)} {said}"
            rows.append((words.sentence(label), short_name(name), level, change, spread, f"{e.lower} / {e.same} / {e.higher}"))
    if not rows:
        return ""
    caption = (
        f"Every outcome under every option: level of {option_name(findings.baseline)}, median paired difference, nine in "
        "ten runs, and runs lower, about the same and higher."
    )
    head = ("Outcome", "Option", "Level", "Median difference", "9 in 10 runs", "Lower / same / higher")
    table = of_texts(caption, head, rows, "data")
    return f"<details><summary>Every outcome of every option ({len(rows):,} rows)</summary>{table}</details>"


def shocks(findings: Findings, source: str) -> str:
    """Section 5: P2, or that only one shock was run."""
    figure = shock_matrix(findings)
    if figure is None:
        more = [name for name in SHOCKS if name != findings.main[1]]
        runs = len(more) * findings.plan.replicates * len(findings.plan.options)
        command = extended(findings, shock=",".join([findings.main[1], *more]))
        body = empty(
            "One shock was run, so nothing is known of other circumstances.", command, duration(findings, runs)
        )
    else:
        body = render(figure, source)
    return section("shocks", "Under other shocks", "Does the effect survive other circumstances?", body)


def price(findings: Findings, source: str) -> str:
    """Section 6: P3, the price of each option in words, and how often no other undercuts it."""
    figure = price_plot(findings)
    if figure is None:
        return section(
            "price", "Price", "At what cost in troops and violence?",
            empty("No run reports troop shortfall or violence, so the price is not known."),
        )  # fmt: skip
    return section(
        "price", "Price", "At what cost in troops and violence?",
        render(figure, source), heading("Every option in words"), bullets(_prices(findings), "said"), _front(findings),
    )  # fmt: skip


def _prices(findings: Findings) -> list[str]:
    """Say each option's price; options that change nothing share a sentence."""
    said, unchanged = [], []
    for name in findings.names:
        short, violence = findings.effect(name, SHORTFALL), findings.effect(name, VIOLENCE)
        if short.is_zero and violence.is_zero:
            unchanged.append(option_name(name))
        else:
            said.append(price_sentence(short, violence))
    if unchanged:
        said.append(f"With {words.list_of(unchanged, 'or')}, neither troop shortfall nor violence changes at all.")
    return said


def _front(findings: Findings) -> str:
    """How often no other option undercuts each, over the draws."""
    shares, n = findings.front_share(SHORTFALL), findings.n_shared
    rows = [(short_name(name), f"{n * share:.0f} of {n}") for name, share in shares.items() if share == share]
    if not rows:
        return ""
    caption = "Draws in which no other option has both less exploitation and less troop shortfall."
    return heading("How often each is not undercut") + of_texts(caption, ("Option", "Draws"), rows, "data")


def when(findings: Findings, source: str) -> str:
    """Section 7: P4, and what remains one and three years after exit."""
    figure = time_plot(findings)
    if figure is None:
        return section("when", "When", "When do effects appear?", empty("No series over time were kept in this study."))
    left = timeline.exit_week(findings)
    if left is None:
        remains = paragraph(
            "What remains after the mission leaves: not part of this study, because strength does not fall below "
            "a tenth of its "
            "peak before the runs end (shock=exit makes it leave)."
        )
    else:
        start = timeline.start_of(timeline.main_series(findings))
        levels = timeline.after_exit(findings, LEVEL)
        gone = timeline.month_of(start, left)
        remains = (
            of_frame(
                levels, f"Persons exploited one and three years after strength fell below a tenth of its peak ({gone})."
            )
            if len(levels)
            else paragraph(
                f"The mission leaves in {gone}; the runs end less than a year later, so what remains is not known."
            )
        )
    return section(
        "when", "When", "When do effects appear, and what remains after the mission?",
        render(figure, source), heading("After the mission leaves"), remains,
    )  # fmt: skip
