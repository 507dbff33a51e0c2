"""P10 and P11: where the spread comes from, and how near the model comes to documented facts, misses first.

Part of the report's figures; answers how sure one can be. The range over worlds is a list of contested findings and stands
apart from luck: it is no share of a variance.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim.report import look, words
from sim.report.effect import State
from sim.report.evidence import PASS_BAND, facts_of
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import Findings
from sim.report.look import INK, QUIET, Look
from sim.report.names import option_name, short_name
from sim.report.svg import Pen, Scale, clipped, signed_tick, wrap

SPREAD_COLUMNS = ("option", "luck, lower 90 %", "median", "luck, upper 90 %", "worlds, lowest median", "worlds, highest median",
                  "worlds", "more runs would move the mean by at most, points")  # fmt: skip
ERROR_90 = 1.645  # 90 % of a normal error
RATIO_TOP = 2.6


def spread_plot(findings: Findings) -> Figure | None:
    """Return P10: luck and the range over worlds apart; nothing where no pair finished."""
    table = spread_table(findings)
    if not len(table):
        return None
    styles = look.looks(findings.names)
    worlds = int(table["worlds"].max())
    title, base = _spread_title(table), option_name(findings.baseline)
    subtitle = (
        f"Change in person-weeks of exploitation against {base}, %; luck: nine in ten "
        "paired runs in the "
        f"first world; worlds: lowest to highest median over {words.many(worlds, 'world')}; whole run"
    )
    note = (
        "Luck (bar) and worlds (line with diamonds) are different kinds of doubt and are not added up. Worlds are "
        "compared on the replicates all of them have; options run in one world have no line. Doubt about inputs is "
        "not in this study: it needs a calibrated ensemble."
    )
    return make_figure("p10", title, subtitle, table, lambda i, w: _draw_spread(i, w, table, styles, title, base), note)


def _spread_title(table: pd.DataFrame) -> str:
    """Say whether contested findings or luck move the effect further, of the options run in several worlds."""
    several = table[table["worlds"] > 1]
    if not len(several):
        return "Spread shown is luck alone: one parameter point, one world"
    luck = several["luck, upper 90 %"] - several["luck, lower 90 %"]
    n_wider = int((several["worlds, highest median"] - several["worlds, lowest median"] > luck).sum())
    run = words.many(len(several), "option")
    if n_wider == 0:
        return f"Luck spreads wider than contested findings move the median, for each of the {run} run in several worlds"
    return f"Contested findings move the median further than luck spreads for {n_wider} of the {run} run in several worlds"


def spread_table(findings: Findings) -> pd.DataFrame:
    """Return what P10 draws."""
    rows = []
    for name in findings.names:
        e = findings.effect(name)
        if e.state is State.NOTHING or not math.isfinite(e.percent(1.0)):
            continue
        found = findings.by_world(name).values()
        medians = [other.percent(other.median) for other in found if math.isfinite(other.percent(1.0))]
        luck = (e.percent(e.low90), e.percent(e.median), e.percent(e.high90))
        error = abs(e.percent(ERROR_90 * e.error))
        ends = (min(medians), max(medians)) if len(medians) > 1 else (math.nan, math.nan)
        rows.append((name, *luck, *ends, max(1, len(medians)), error))
    return pd.DataFrame(rows, columns=list(SPREAD_COLUMNS))


def _draw_spread(ident: str, width: int, table: pd.DataFrame, styles: dict[str, Look], title: str, base: str) -> str:
    """Draw two ranges an option."""
    narrow = width < SWITCH
    left, right = (8.0, width - 8.0) if narrow else (196.0, width - 150.0)
    row_height, top = (70.0, 36.0) if narrow else (46.0, 36.0)
    bottom = top + row_height * len(table)
    pen = Pen(ident, width, bottom + 46)
    values = table[list(SPREAD_COLUMNS[1:6])].to_numpy(dtype=float)
    low, high = min(0.0, float(np.nanmin(values))), max(0.0, float(np.nanmax(values)))
    pad = 0.05 * (high - low) or 1.0
    x = Scale(low - pad, high + pad, left, right)
    pen.rule(x, bottom + 16, top - 6, [(v, signed_tick(v, " %")) for v in x.ticks(4 if narrow else 7)])
    pen.line(x(0.0), top - 6, x(0.0), bottom, look.STATUS_QUO, 1.5, look.STATUS_QUO_DASH)
    pen.mark(x(0.0), 18, base.removeprefix("the "))
    if not narrow:
        pen.text(width - 8, 18, "simulation error", 11.5, "end", colour=QUIET)
    for i, row in enumerate(table.to_dict("records")):
        y = top + row_height * i + (46 if narrow else 22)
        style = styles[str(row["option"])]
        q05, q50, q95, lowest, highest = (float(row[k]) for k in SPREAD_COLUMNS[1:6])
        pen.rect(x(q05), y - 9, max(1.0, x(q95) - x(q05)), 9, style.colour, opacity=0.4)
        pen.marker(x(q50), y - 4.5, style.marker, style.colour, radius=5.5)
        if row["worlds"] > 1:
            pen.line(x(lowest), y + 8, x(highest), y + 8, INK, 1.6)
            for value in (lowest, highest):
                pen.marker(x(value), y + 8, "diamond", INK, True, 3.2)
        names = wrap(short_name(str(row["option"])), 176 if not narrow else width - 16, 13.5, True)[:2]
        pen.lines(8, y - 30 if narrow else y + 5 - 8 * (len(names) - 1), names, 13.5, bold=True, leading=1.2)
        if not narrow:
            error = float(row[SPREAD_COLUMNS[7]])
            said = f"±{words.number(error)} points" if math.isfinite(error) else words.NOTHING
            pen.text(width - 8, y + 5, said, 12.0, "end", colour=QUIET)
    said = (
        "bar: luck · line: worlds"
        if narrow
        else "bar: luck, nine in ten runs · line with diamonds: range of medians over worlds"
    )
    pen.text((left + right) / 2, bottom + 36, said, 12.0, "middle", colour=QUIET)
    return pen.done(title, "Each option has a bar for luck and below it a line for the range over worlds.")


def fit_plot(findings: Findings) -> Figure | None:
    """Return P11 for the main mission, or nothing where no documented facts are at hand."""
    table = facts_of(findings.main[0])
    if not len(table):
        return None
    missed = int((~table["model over documented"].between(*PASS_BAND)).sum())
    title = f"{missed} of {len(table)} documented numbers are missed by more than a factor of two; not validated"
    subtitle = (
        "Model's mean over the documented number, 1 = equal; runs of the shipped defaults without shock or "
        "policy, range over five "
        "runs; facts with a number; misses first"
    )
    note = (
        "Grey band: within a factor of two. This is not a validation: the defaults were set by hand with some of "
        "these facts in view, "
        "and a few facts enter as inputs. How each number is made, and what else it feeds, stands in "
        "docs/evidence_fit.md."
    )
    return make_figure("p11", title, subtitle, table, lambda i, w: _draw_fit(i, w, table, title), note)


def _draw_fit(ident: str, width: int, table: pd.DataFrame, title: str) -> str:
    """Draw a dot and its range for each fact."""
    narrow = width < SWITCH
    left, right = (8.0, width - 12.0) if narrow else (420.0, width - 60.0)
    row_height, top = (46.0, 30.0) if narrow else (28.0, 30.0)
    bottom = top + row_height * len(table)
    pen = Pen(ident, width, bottom + 42)
    x = Scale(0.0, RATIO_TOP, left, right)
    pen.rect(x(PASS_BAND[0]), top - 4, x(PASS_BAND[1]) - x(PASS_BAND[0]), bottom - top + 4, look.BAND)
    pen.rule(x, bottom + 16, top - 4, [(v, f"{v:g}") for v in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5)])
    pen.line(x(1.0), top - 4, x(1.0), bottom, look.STATUS_QUO, 1.5, look.STATUS_QUO_DASH)
    pen.mark(x(1.0), 18, "documented")
    for i, row in enumerate(table.to_dict("records")):
        ratio = float(row["model over documented"])
        mean = float(row["model, mean"]) or 1.0
        ends = [min(RATIO_TOP, ratio * float(row[k]) / mean) for k in ("model, lowest", "model, highest")]
        y = top + row_height * i + (34 if narrow else 15)
        hit = PASS_BAND[0] <= ratio <= PASS_BAND[1]
        colour = look.LOWER if hit else look.HIGHER
        pen.line(x(ends[0]), y, x(ends[1]), y, colour, 5.0)
        pen.marker(x(min(ratio, RATIO_TOP)), y, "circle" if hit else "square", colour, not hit, 5.0)
        year = str(row["year"])
        label = f"{row['fact']}  {row['quantity']}{'' if year[-4:] in str(row['quantity']) else f', {year}'}"
        if narrow:
            pen.text(8, y - 12, clipped(label, width - 16, 11.5), 11.5, halo=True)
        else:
            pen.text(8, y + 4, clipped(label, 404, 12.5), 12.5, bold=not hit)
            pen.text(width - 8, y + 4, f"{ratio:.2f}", 12.5, "end", bold=not hit)
    pen.text((left + right) / 2, bottom + 34, "model over documented", 12.0, "middle", colour=QUIET)
    return pen.done(title, "One row a documented fact: the model's mean and range as a ratio to the documented number.")
