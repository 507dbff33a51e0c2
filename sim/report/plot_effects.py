"""P1: how much each option changes the main outcome, with the spread of single paired runs and the counts behind it.

Part of the report's figures; answers which options differ from the baseline and by how much. Leaves out order: rows stand
as asked for.
"""

from __future__ import annotations

import math

import pandas as pd

from sim.report import look, words
from sim.report.effect import MAIN, Effect, State
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import Findings
from sim.report.look import INK, QUIET, Look
from sim.report.names import option_name, short_name
from sim.report.svg import Pen, Scale, signed_tick, wrap

COLUMNS = ("option", "lower 90 % end", "lower 50 % end", "median", "upper 50 % end", "upper 90 % end", "unit",
           "better", "about the same", "worse", "pairs")  # fmt: skip
COUNTS = ("better", "about the same", "worse")


def effect_plot(findings: Findings) -> Figure | None:
    """Return P1, or nothing where no pair finished."""
    effects = [findings.effect(name) for name in findings.names]
    shown = [effect for effect in effects if effect.state is not State.NOTHING]
    if not shown:
        return None
    table = effect_table(shown)
    styles = look.looks(findings.names)
    level, band = findings.level(), 100.0 * findings.plan.matters_share

    def draw(ident: str, width: int) -> str:
        return _draw(ident, width, table, styles, level, band, _title(findings), option_name(findings.baseline))

    missing = [option_name(e.option) for e in effects if e.state is State.NOTHING]
    note = (
        "Marker: median of the paired differences. Thick bar: half of the runs; pale bar: nine in ten. Grey "
        "band: less than "
        f"what matters ({band:g} %, assumed). Counts: runs better, about the same and worse by more than that."
    )
    note += f" Not drawn, because no pair finished: {words.list_of(missing)}." if missing else ""
    return make_figure("p1", _title(findings), _subtitle(findings, shown), table, draw, note)


def effect_table(effects: list[Effect]) -> pd.DataFrame:
    """Return what P1 draws: one row an option."""
    rows = []
    for e in effects:
        relative = math.isfinite(e.percent(1.0))
        ends = (e.low90, e.low50, e.median, e.high50, e.high90)
        values = [e.percent(end) if relative else end for end in ends]
        unit = "% of baseline" if relative else "person-weeks"
        rows.append((e.option, *values, unit, e.better, e.same, e.worse, e.n))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _title(findings: Findings) -> str:
    """Say which options lower, raise or cannot be told."""
    parts = []
    for states, said in (
        ((State.HARMFUL,), "{} would raise exploitation"),
        ((State.GOOD,), "{} would lower it" if findings.by_state(State.HARMFUL) else "{} would lower exploitation"),
    ):
        named = {e.option for e in findings.by_state(*states)}
        listed = [option_name(name) for name in findings.names if name in named]
        if listed:
            many = f"{len(listed)} of {len(findings.names)} options" if len(listed) > 3 else words.list_of(listed)
            parts.append(said.format(many))
    little = len(findings.by_state(State.LITTLE, State.ZERO))
    if not parts and little == len(findings.names):
        return "No option would change exploitation by more than what matters in most runs"
    if not parts:
        return f"The runs do not separate the options from {option_name(findings.baseline)}"
    rest = len(findings.names) - len(findings.by_state(State.GOOD, State.HARMFUL))
    text = "; ".join(parts)
    if rest:
        text += f"; the runs do not separate {rest if len(parts) or rest > 1 else 'the'} other{'s' if rest > 1 else ''} from "
        text += option_name(findings.baseline)
    return words.sentence(text)


def _subtitle(findings: Findings, shown: list[Effect]) -> str:
    """Return measure, unit, population, period, number of pairs."""
    return (
        f"Person-weeks of exploitation over the whole run, change against {option_name(findings.baseline)} in % "
        "of its level "
        f"({words.number(findings.level(MAIN))} person-weeks); all persons exploited in the mission area and around it; "
        f"{min(e.n for e in shown)} paired runs, luck only"
    )


def _draw(
    ident: str,
    width: int,
    table: pd.DataFrame,
    styles: dict[str, Look],
    level: float,
    band: float,
    title: str,
    base: str,
) -> str:
    """Draw rows of intervals with three columns of counts and a bar of shares."""
    narrow = width < SWITCH
    left, right = (8, width - 8) if narrow else (196, width - 280)
    row_height, top = (78, 56) if narrow else (50, 66)
    pen = Pen(ident, width, top + row_height * len(table) + 44)
    relative = table["unit"].iloc[0].startswith("%")
    room = band if relative else 0.0
    ends = table[["lower 90 % end", "upper 90 % end"]].to_numpy(dtype=float)
    low, high = min(float(ends.min()), -room), max(float(ends.max()), room)
    pad = 0.06 * (high - low) or 1.0
    x = Scale(low - pad, high + pad, left, right)
    bottom = top + row_height * len(table)
    if relative:
        pen.rect(x(-band), top - 6, x(band) - x(-band), bottom - top + 6, look.BAND)
    marks = x.ticks(4 if narrow else 6)
    pen.rule(x, bottom + 16, top - 6, [(v, _tick(v, relative)) for v in marks])
    if relative and math.isfinite(level) and not narrow:
        for value in marks:
            pen.text(x(value), top - 14, words.signed(value / 100.0 * level), 11.0, "middle", colour=QUIET)
        pen.text(left - 12, top - 14, "person-weeks", 11.0, "end", colour=QUIET)
    pen.line(x(0.0), top - 6, x(0.0), bottom, look.STATUS_QUO, 1.6, look.STATUS_QUO_DASH)
    pen.mark(x(0.0), 14, base)
    pen.text(left, 34, "◀ less harm", 12.0, colour=QUIET)
    pen.text(right, 34, "more harm ▶", 12.0, "end", colour=QUIET)
    if not narrow:
        for heading, at in zip(("better", "same", "worse"), (right + 62, right + 112, right + 162)):
            pen.text(at, top - 14, heading, 12.0, "end", colour=QUIET)
        pen.text(right + 176, top - 14, "share of runs", 12.0, colour=QUIET)
    for i, row in enumerate(table.to_dict("records")):
        y = top + row_height * i + row_height / 2.0
        _row(pen, row, x, y, styles[str(row["option"])], narrow, right, relative)
    unit = "% of the baseline's level" if relative else "person-weeks"
    what = "change" if narrow else "change in person-weeks of exploitation"
    pen.text((left + right) / 2.0, bottom + 36, f"{what}, {unit}", 12.0, "middle", colour=QUIET)
    return pen.done(
        title, f"One row for each of {len(table)} options: spread of paired differences, and counts of runs."
    )


def _row(
    pen: Pen, row: dict[object, object], x: Scale, y: float, style: Look, narrow: bool, right: float, relative: bool
) -> None:
    """Draw one option."""
    q05, q25, q50, q75, q95 = (float(str(row[name])) for name in COLUMNS[1:6])
    better, same, worse, n = (int(str(row[name])) for name in COLUMNS[7:11])
    name = short_name(str(row["option"]))
    pen.line(8, y + (39 if narrow else 25), pen.width - 8, y + (39 if narrow else 25), "#F0F0F0")
    axis = y if not narrow else y + 2
    tip = f"{name}: {words.signed(q50)}{' %' if relative else ''} ({words.to(q05, q95)})"
    pen.rect(x(q05), axis - 5, max(1.0, x(q95) - x(q05)), 10, style.colour, opacity=0.28, title=tip)
    pen.rect(x(q25), axis - 5, max(1.0, x(q75) - x(q25)), 10, style.colour)
    pen.marker(x(q50), axis, style.marker, style.colour, radius=6.5, title=tip, data_x=f"{q50:.6g}")
    if narrow:
        pen.text(8, y - 16, name, 13.0, bold=True)
        pen.text(8, y + 30, f"better {better} · same {same} · worse {worse}", 12.0)
        _shares(pen, right - 104, y + 20, 104, better, same, worse, n)
        return
    names = wrap(name, 176, 13.5, True)[:2]
    pen.lines(8, y + 5 - 8 * (len(names) - 1), names, 13.5, bold=True, leading=1.2)
    for count, at in zip((better, same, worse), (right + 62, right + 112, right + 162)):
        pen.text(at, y + 5, str(count), 14.0, "end", bold=count == max(better, same, worse))
    _shares(pen, right + 176, y - 6, 100, better, same, worse, n)


def _shares(pen: Pen, x: float, y: float, width: float, better: int, same: int, worse: int, n: int) -> None:
    """Draw the bar of shares: better dark, same pale, worse hatched."""
    if n == 0:
        return
    at = x
    for count, fill in ((better, "#3A3A3A"), (same, "#D9D9D9"), (worse, "hatch")):
        part = width * count / n
        if part:
            pen.rect(at, y, part, 12, "#FFFFFF" if fill == "hatch" else fill)
            if fill == "hatch":
                pen.rect(at, y, part, 12, pen.pattern("worse", INK, 2.2))
        at += part
    pen.rect(x, y, width, 12, "none", INK, stroke_width=0.8)


def _tick(value: float, relative: bool) -> str:
    """Return the label of a tick."""
    return signed_tick(value, " %" if relative and value else "")
