"""P4: when effects appear: levels of option and status quo, the paired difference below, mission strength at the foot.

Part of the report's figures; answers when, and what remains. One panel an option, all on the same axes; never more than
two lines above each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from sim.report import look, timeline, words
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import Findings
from sim.report.look import INK, QUIET, Look
from sim.report.names import option_name, short_name
from sim.report.svg import Pen, Scale, signed_tick, wrap

LEVEL = "true_exploited_persons"
LEVEL_HEIGHT, GAP_HEIGHT, FOOT_HEIGHT, HEAD = 108.0, 96.0, 34.0, 50.0
PANEL_HEIGHT = HEAD + LEVEL_HEIGHT + GAP_HEIGHT + FOOT_HEIGHT + 70.0


def time_plot(findings: Findings) -> Figure | None:
    """Return P4, or nothing where no series was kept."""
    tables = {name: timeline.fan_table(findings, name, LEVEL) for name in findings.names}
    tables = {name: table for name, table in tables.items() if len(table)}
    if not tables:
        return None
    strength = timeline.strength(findings)
    start = timeline.start_of(timeline.main_series(findings))
    starts = {name: findings.start_week(name) for name in tables}
    styles = look.looks(findings.names)
    title, base = _title(findings, tables, start), option_name(findings.baseline).removeprefix("the ")

    def draw(ident: str, width: int) -> str:
        return _draw(ident, width, tables, styles, strength, start, starts, title, base)

    joined = pd.concat([table.assign(option=name) for name, table in tables.items()], ignore_index=True)
    joined = joined[["option", *[column for column in joined.columns if column != "option"]]]
    foot = strength.rename(columns={"present": "troops present, baseline", "authorised": "troops authorised"})
    joined = joined.merge(foot, on="week", how="left")
    n = int(timeline.wide(timeline.main_series(findings), findings.baseline, LEVEL).shape[1])
    subtitle = (
        f"Persons exploited, means of {findings.study.series_weeks:g} weeks, {option_name(findings.baseline)} and option "
        f"(medians of {words.many(n, 'run')}); below, the paired difference on the same luck; {_period(joined, start)}"
    )
    note = (
        f"Dashed: {option_name(findings.baseline)}. Bands: half and nine in ten of the paired differences; thin "
        "lines: the first "
        f"{min(timeline.N_TRACES, n)} pairs. Dotted upright: the option comes into force. Grey at the foot: "
        "troops present under "
        f"{option_name(findings.baseline)}, thin line: authorised."
    )
    return make_figure("p4", title, subtitle, joined, draw, note)


def _period(table: pd.DataFrame, start: date | None) -> str:
    """Return the weeks drawn."""
    return f"{timeline.month_of(start, float(table['week'].min()))} to {timeline.month_of(start, float(table['week'].max()))}"


def _title(findings: Findings, tables: dict[str, pd.DataFrame], start: date | None) -> str:
    """Say when the difference of the leading option is largest and what is left of it."""
    name = findings.leading if findings.leading in tables else next(iter(tables))
    gap = tables[str(name)]["difference, median"]
    if float(gap.abs().max()) == 0.0:
        return f"No difference appears over time under {option_name(str(name))}"
    at = int(gap.abs().idxmax())
    peak, last = float(gap.iloc[at]), float(gap.iloc[-1])
    week = float(tables[str(name)]["week"].iloc[at])
    direction = "fewer" if peak < 0 else "more"
    text = (
        f"{words.sentence(option_name(str(name)))}: the difference is largest in {timeline.month_of(start, week)}, about "
        f"{words.number(abs(peak))} persons {direction}"
    )
    end = "fewer" if last < 0 else "more"
    return f"{text}, and {words.number(abs(last))} {end} at the end" if at != len(gap) - 1 else f"{text}, at the end"


@dataclass(frozen=True)
class Axes:
    """Scales all panels share, by the left edge and top of a panel."""

    x: Scale
    level: Scale
    gap: Scale
    foot: Scale


def _draw(
    ident: str,
    width: int,
    tables: dict[str, pd.DataFrame],
    styles: dict[str, Look],
    strength: pd.DataFrame,
    start: date | None,
    starts: dict[str, float | None],
    title: str,
    base: str,
) -> str:
    """Draw small multiples, one an option."""
    columns = 1 if width < SWITCH or len(tables) == 1 else 2 if len(tables) in (2, 4) else 3
    panel = width / columns
    rows = -(-len(tables) // columns)
    height = PANEL_HEIGHT if columns < 3 else PANEL_HEIGHT - 6
    pen = Pen(ident, width, rows * height)
    limits = _limits(tables, strength)
    for i, (name, table) in enumerate(tables.items()):
        left, top = panel * (i % columns), height * (i // columns)
        _panel(pen, left, top, panel, name, table, styles[name], strength, start, starts[name], limits, base)
    return pen.done(title, "One panel an option: levels above, paired difference with bands below, troops at the foot.")


def _limits(tables: dict[str, pd.DataFrame], strength: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return limits that all panels share."""
    levels = np.concatenate([t[["baseline, median", "option, median"]].to_numpy().ravel() for t in tables.values()])
    gap_columns = [c for c in next(iter(tables.values())).columns if c.startswith(("difference", "pair"))]
    gaps = np.concatenate([t[[c for c in gap_columns if c in t]].to_numpy().ravel() for t in tables.values()])
    weeks = np.concatenate([t["week"].to_numpy() for t in tables.values()])
    low, high = min(0.0, float(np.nanmin(gaps))), max(0.0, float(np.nanmax(gaps)))
    troops = float(np.nanmax(strength[["present", "authorised"]].to_numpy())) if len(strength) else 1.0
    return {
        "week": (0.0, float(weeks.max())),
        "level": (0.0, 1.16 * float(np.nanmax(levels)) or 1.0),
        "gap": (low, high) if high > low else (-1.0, 1.0),
        "foot": (0.0, troops or 1.0),
    }


def _panel(
    pen: Pen,
    left: float,
    top: float,
    width: float,
    name: str,
    table: pd.DataFrame,
    style: Look,
    strength: pd.DataFrame,
    start: date | None,
    begins: float | None,
    limits: dict[str, tuple[float, float]],
    base: str,
) -> None:
    """Draw one option."""
    inner, right = left + 46, left + width - 12
    y_level, y_gap = top + HEAD + LEVEL_HEIGHT, top + HEAD + LEVEL_HEIGHT + 24 + GAP_HEIGHT
    y_foot = y_gap + 12 + FOOT_HEIGHT
    axes = Axes(
        Scale(*limits["week"], inner, right),
        Scale(*limits["level"], y_level, top + HEAD),
        Scale(*limits["gap"], y_gap, y_level + 24),
        Scale(*limits["foot"], y_foot, y_gap + 12),
    )
    pen.marker(left + 14, top + 14, style.marker, style.colour, radius=5.0)
    pen.text(left + 26, top + 19, wrap(short_name(name), width - 40, 13.5, True)[0], 13.5, bold=True)
    for scale in (axes.level, axes.gap):
        for value in scale.ticks(3):
            pen.line(inner, scale(value), right, scale(value), look.RULE)
            label = f"{value:,.10g}" if scale is axes.level else signed_tick(value)
            pen.text(inner - 5, scale(value) + 4, label, 11.0, "end", colour=QUIET)
    for week, label in timeline.calendar_ticks(start, limits["week"][1], 5):
        pen.line(axes.x(week), y_foot, axes.x(week), y_foot + 4, QUIET)
        pen.text(axes.x(week), y_foot + 16, label, 11.0, "middle", colour=QUIET)
    if begins is not None and begins <= limits["week"][1]:
        pen.line(axes.x(begins), top + HEAD - 8, axes.x(begins), y_gap, INK, 1.2, "1.5 3")
    weeks = table["week"].to_numpy()
    _foot(pen, axes, strength, y_foot)
    _levels(pen, axes, table, weeks, style, base)
    _gaps(pen, axes, table, weeks, style)
    pen.text(left + 4, top + HEAD - 10, "persons exploited", 11.0, colour=QUIET, halo=True)
    pen.text(left + 4, y_level + 19, "difference", 11.0, colour=QUIET, halo=True)
    peak = f"troops, at most {words.number(float(strength['present'].max()))}" if len(strength) else ""
    pen.text(right, y_gap + 16, peak, 11.0, "end", colour=QUIET, halo=True)


def _levels(pen: Pen, axes: Axes, table: pd.DataFrame, weeks: np.ndarray, style: Look, name: str) -> None:
    """Draw the two levels with their names."""
    base, mine = table["baseline, median"].to_numpy(), table["option, median"].to_numpy()
    pen.polyline(((axes.x(w), axes.level(v)) for w, v in zip(weeks, base)), look.STATUS_QUO, 1.6, look.STATUS_QUO_DASH)
    pen.polyline(((axes.x(w), axes.level(v)) for w, v in zip(weeks, mine)), style.colour, 2.2, style.dash)
    top = int(np.nanargmax(base))
    pen.text(axes.x(weeks[top]), axes.level(base[top]) - 6, name, 11.0, "middle", colour=INK, halo=True)


def _gaps(pen: Pen, axes: Axes, table: pd.DataFrame, weeks: np.ndarray, style: Look) -> None:
    """Draw the paired difference: bands, single pairs, median, zero."""

    def points(column: str) -> list[tuple[float, float]]:
        return [(axes.x(w), axes.gap(v)) for w, v in zip(weeks, table[column].to_numpy())]

    pen.area(points("difference, lower 90 %"), points("difference, upper 90 %"), style.colour, 0.18)
    pen.area(points("difference, lower 50 %"), points("difference, upper 50 %"), style.colour, 0.3)
    for column in (c for c in table.columns if c.startswith("pair ") and table[c].notna().any()):
        pen.polyline(points(column), style.colour, 0.7, opacity=0.45)
    pen.line(axes.x.start, axes.gap(0.0), axes.x.end, axes.gap(0.0), look.STATUS_QUO, 1.2, look.STATUS_QUO_DASH)
    pen.polyline(points("difference, median"), style.colour, 2.2)


def _foot(pen: Pen, axes: Axes, strength: pd.DataFrame, bottom: float) -> None:
    """Draw mission strength as a small area."""
    if not len(strength):
        return
    weeks = strength["week"].to_numpy()
    present = [(axes.x(w), axes.foot(v)) for w, v in zip(weeks, strength["present"].to_numpy())]
    pen.area([(x, bottom) for x, _ in present], present, "#CFCFCF")
    pen.polyline(((axes.x(w), axes.foot(v)) for w, v in zip(weeks, strength["authorised"].to_numpy())), QUIET, 1.0)
    pen.line(axes.x.start, bottom, axes.x.end, bottom, QUIET, 0.8)
