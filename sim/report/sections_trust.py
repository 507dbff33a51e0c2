"""Sections 11 and 12: what would change this answer, and how sure one can be.

Part of the report; answers under which assumptions the finding fails, and how much of its spread is luck. Tables that need
other studies are never absent: they say what they need.
"""

from __future__ import annotations

import math

from sim.report import words
from sim.report.answer import reversal_of
from sim.report.effect import MAIN
from sim.report.figure import render
from sim.report.findings import Findings
from sim.report.html import WORLDS, bullets, duration, empty, extended, heading, paragraph, section
from sim.report.names import mission_name, option_name, short_name, spoken
from sim.report.plot_matrix import world_strip
from sim.report.plot_sure import ERROR_90, fit_plot, spread_plot
from sim.report.sections_inputs import CONTESTED
from sim.report.tables import of_texts


def reversal(findings: Findings, source: str) -> str:
    """Section 11: world strip, reversal table, boxes, regret."""
    strip = world_strip(findings)
    if strip is None:
        names = [findings.main[2], *(name for name in WORLDS if name != findings.main[2])]
        runs = (len(names) - 1) * findings.plan.world_replicates * 2
        command = extended(findings, world=",".join(names), world_options="leading:1")
        worlds = empty(
            "One set of contested findings was run, so nothing is known of what would reverse the answer.",
            command,
            duration(findings, runs),
        )
    else:
        worlds = render(strip, source) + bullets(_holds(findings), "said")
    flips = empty(
        "At which value of a single input the two leading options change places is no part of a comparison: mandate "
        "sensitivity ranks the inputs an effect depends on. A single input can be tried by setting it in the command, here at "
        "the end of its range.",
        _one_input(findings),
    )
    boxes = empty(
        "In which combination of inputs an option fails: mandate sweep over ranges of inputs, then mandate discover, which "
        "names the region in words with counts."
    )
    return section(
        "reversal", "What would change this answer", "Under which assumptions does the finding fail?",
        heading("Contested findings, one by one"), worlds,
        heading("Single inputs"), flips, heading("Combinations of inputs"), boxes,
        heading("Largest regret"), _regret(findings),
    )  # fmt: skip


def _one_input(findings: Findings) -> str:
    """Return the study's command with the first contested input at the upper end of its range; nothing if unknown."""
    for row in findings.study.parameters.to_dict("records"):
        if row["path"] == CONTESTED[0] and row.get("high") is not None:
            return extended(findings, **{CONTESTED[0]: f"{float(row['high']):g}"})
    return ""


def _holds(findings: Findings) -> list[str]:
    """Say for each option in how many worlds its direction holds."""
    return [reversal_of(findings, findings.effect(name)) for name in findings.world_names]


def _regret(findings: Findings) -> str:
    """Say how much each option can lose against the lowest of the same draw and world."""
    table = findings.regrets()
    if not len(table):
        return empty("Not every option was run in every draw and world, so losses cannot be compared.")
    level = findings.level(MAIN)
    lowest = table.loc[table["regret"].idxmin()]
    text = (
        f"Measured by its largest loss against whichever option has the least exploitation in the same draw and world, "
        f"{option_name(str(lowest['option']))} loses least: {words.number(float(lowest['regret']))} person-weeks at most"
    )
    share = words.number(100.0 * float(lowest["regret"]) / level) if level > 0 else ""
    text += f", {share} % of the level of {option_name(findings.baseline)}." if share else "."
    rows = [
        (short_name(str(row["option"])), words.number(float(row["regret"])), spoken(str(row["world"])), f"{row['replicate']}")
        for row in table.to_dict("records")
    ]
    caption = "Largest loss of each option against the lowest of the same draw and world."
    return paragraph(text) + of_texts(caption, ("Option", "Largest loss, person-weeks", "In world", "Replicate"), rows, "data")


def sure(findings: Findings, source: str) -> str:
    """Section 12: luck and worlds apart, simulation error, validation."""
    spread = spread_plot(findings)
    body = render(spread, source) if spread else empty("No pair of runs finished, so there is no spread to show.")
    fit = fit_plot(findings)
    place = mission_name(findings.main[0])
    validation = (
        paragraph(
            f"Not validated for {place}: no fact was held back to test the model on. Below, how the shipped "
            "defaults compare with "
            "documented facts, misses first."
        )
        + render(fit, source)
        if fit
        else paragraph(
            f"Not validated for {place}: no fact was held back to test the model on, and no comparison with "
            "documented facts is at "
            "hand here. docs/evidence_fit.md of the project compares the shipped defaults with the facts that "
            "exist, misses included."
        )
    )
    return section(
        "sure", "How sure", "Where does the spread come from, and can the model hit what it was not fitted to?",
        body, paragraph(simulation_error(findings)),
        paragraph("Inputs: not varied in this study. Coverage of intervals in a synthetic test: not computed."),
        heading("Beside documented facts"), validation,
    )  # fmt: skip


def simulation_error(findings: Findings) -> str:
    """Say by how much more runs would move the mean of the leading option."""
    if findings.leading is None:
        return ""
    e = findings.effect(findings.leading)
    error = abs(e.percent(ERROR_90 * e.error))
    if math.isnan(error):
        return "Simulation error: not known from so few runs."
    return (
        f"Simulation error: more runs would move the mean effect of {option_name(e.option)} by at most "
        f"±{words.number(error)} points "
        "(nine times in ten). It shrinks with more runs; the spread of single runs does not."
    )
