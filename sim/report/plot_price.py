"""P3: what less exploitation costs, in troops and in violence, without a weighted sum of the two.

Part of the report's figures; answers which options no other undercuts on both counts, and how often over the draws. Leaves
out which of them to choose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.study import OUTCOMES
from sim.report import look, words
from sim.report.effect import State
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import SHORTFALL, VIOLENCE, Findings, undominated
from sim.report.look import INK, QUIET, Look
from sim.report.names import option_name, short_name
from sim.report.places import Box, around
from sim.report.svg import Pen, Scale, signed_tick

COLUMNS = ("panel", "option", "cost, median", "cost, lower 50 % end", "cost, upper 50 % end", "exploitation, median %",
           "exploitation, lower 50 % end", "exploitation, upper 50 % end", "no other lower in both",
           "share of draws on the front")  # fmt: skip
LEADER_FROM = 18.0  # pixels between marker and label from which a line joins them
PANELS = {SHORTFALL: ("troops", "percentage points"), VIOLENCE: ("violence", "%")}


def price_plot(findings: Findings) -> Figure | None:
    """Return P3, or nothing where neither price is known."""
    table = price_table(findings)
    if not len(table):
        return None
    styles = look.looks(findings.names)
    title = _title(findings, table)

    def draw(ident: str, width: int) -> str:
        return _draw(ident, width, table, styles, findings.baseline, title)

    subtitle = (
        "Change in person-weeks of exploitation (%, down is less harm) against change in the largest troop "
        "shortfall (percentage "
        f"points of authorised strength) and in the violence index (%); medians of {findings.n_pairs} paired "
        "differences to "
        f"{option_name(findings.baseline)}, whole run, luck only"
    )
    note = (
        "Crosses: half of the runs. Filled markers: no other option has both less exploitation and less of the "
        "cost; hollow: some "
        "other has. The stepped line joins the filled ones. How much security is worth how much harm is not for "
        "a model to say."
    )
    return make_figure("p3", title, subtitle, table, draw, note)


def price_table(findings: Findings) -> pd.DataFrame:
    """Return what P3 draws: one row an option and panel, the baseline at zero."""
    rows: list[tuple[object, ...]] = []
    for outcome, (panel, _) in PANELS.items():
        pairs = [(name, findings.effect(name), findings.effect(name, outcome)) for name in findings.names]
        pairs = [
            (name, harm, cost)
            for name, harm, cost in pairs
            if State.NOTHING not in (harm.state, cost.state) and math.isfinite(harm.percent(1.0))
        ]
        if not pairs:
            continue
        front = findings.front_share(outcome)
        mine: list[list[object]] = [[panel, findings.baseline, *[0.0] * 6]]
        for name, harm, cost in pairs:
            scale = 100.0 if OUTCOMES[outcome][0] == "share" else cost.percent(1.0)
            costs = [scale * value for value in (cost.median, cost.low50, cost.high50)]
            mine.append([panel, name, *costs, *(harm.percent(v) for v in (harm.median, harm.low50, harm.high50))])
        points = np.array([[float(str(row[5])), float(str(row[2]))] for row in mine])
        for row, is_front in zip(mine, undominated(points)):
            rows.append((*row, bool(is_front), front.get(str(row[1]), math.nan)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _title(findings: Findings, table: pd.DataFrame) -> str:
    """Say which options the others do not undercut on harm and troops."""
    panel = table["panel"].iloc[0]
    part = table[(table["panel"] == panel) & table["no other lower in both"]]
    names = [name for name in part["option"] if name != findings.baseline]
    if not names:
        return f"No option has less exploitation than {option_name(findings.baseline)} at no more cost in {panel}"
    listed = words.list_of([option_name(name) for name in names], "or")
    return f"No other option has both less exploitation and less cost in {panel} than {listed}"


@dataclass(frozen=True)
class Panel:
    """Where one scatter stands and its two scales."""

    part: pd.DataFrame
    name: str
    unit: str
    x: Scale
    y: Scale


def _draw(ident: str, width: int, table: pd.DataFrame, styles: dict[str, Look], baseline: str, title: str) -> str:
    """Draw one or two panels, side by side or below each other."""
    narrow = width < SWITCH
    panels = list(dict.fromkeys(table["panel"]))
    columns = 1 if narrow else len(panels)
    panel_width, panel_height = (width / columns, 330.0 if narrow else 390.0)
    pen = Pen(ident, width, panel_height * (len(panels) if narrow else 1))
    for i, name in enumerate(panels):
        left, top = (0.0, panel_height * i) if narrow else (panel_width * i, 0.0)
        part = table[table["panel"] == name]
        unit = next(unit for panel, unit in PANELS.values() if panel == name)
        x = Scale(*_limits(part, 2), left + 52, left + panel_width - 14)
        y = Scale(*_limits(part, 5), top + panel_height - 52, top + 34)
        _panel(pen, Panel(part, name, unit, x, y), styles, baseline)
    return pen.done(
        title, "Scatter: change in cost to the right, change in exploitation upwards, one marker an option."
    )


def _limits(part: pd.DataFrame, first: int) -> tuple[float, float]:
    """Return limits with room for labels, 0 inside."""
    values = part.iloc[:, first : first + 3].to_numpy(dtype=float)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    pad = 0.14 * (high - low) or 1.0
    return low - pad, high + pad


def _panel(pen: Pen, panel: Panel, styles: dict[str, Look], baseline: str) -> None:
    """Draw one scatter."""
    x, y = panel.x, panel.y
    heading = "Largest troop shortfall" if panel.name == "troops" else "Violence index"
    pen.text(x.start - 44, y.end - 16, f"Exploitation against {heading[0].lower()}{heading[1:]}", 13.5, bold=True)
    for value in y.ticks(7):
        pen.line(x.start, y(value), x.end, y(value), look.RULE)
        pen.text(x.start - 6, y(value) + 4, signed_tick(value, " %"), 11.5, "end", colour=QUIET)
    for value in x.ticks(5):
        pen.line(x(value), y.start, x(value), y.end, look.RULE)
        pen.text(x(value), y.start + 16, signed_tick(value), 11.5, "middle", colour=QUIET)
    pen.text((x.start + x.end) / 2, y.start + 36, f"change, {panel.unit}", 12.0, "middle", colour=QUIET)
    pen.line(x(0.0), y.start, x(0.0), y.end, look.STATUS_QUO, 1.4, look.STATUS_QUO_DASH)
    pen.line(x.start, y(0.0), x.end, y(0.0), look.STATUS_QUO, 1.4, look.STATUS_QUO_DASH)
    pen.text(x.start + 6, y.start - 8, "less harm, less cost", 12.0, colour="#00785A", bold=True, halo=True)
    _front(pen, panel)
    bars: list[Box] = []
    points, names = [], []
    for row in panel.part.to_dict("records"):
        cx, cy = x(float(row[COLUMNS[2]])), y(float(row[COLUMNS[5]]))
        name = str(row["option"])
        style = styles.get(name)
        colour = style.colour if style else look.STATUS_QUO
        left, right = x(float(row[COLUMNS[3]])), x(float(row[COLUMNS[4]]))
        low, high = y(float(row[COLUMNS[6]])), y(float(row[COLUMNS[7]]))
        pen.line(left, cy, right, cy, colour, 1.6)
        pen.line(cx, low, cx, high, colour, 1.6)
        bars += [(left, cy - 2, right, cy + 2), (cx - 2, high, cx + 2, low)]
        share = float(row["share of draws on the front"])
        tip = f"{short_name(name)}: not undercut in {words.share(share)} of the draws" if math.isfinite(share) else ""
        pen.marker(
            cx, cy, style.marker if style else "circle", colour, bool(row["no other lower in both"]), 6.0, tip,
            data_x=f"{float(row[COLUMNS[2]]):.6g}", data_y=f"{float(row[COLUMNS[5]]):.6g}",
        )  # fmt: skip
        points.append((cx, cy))
        names.append(short_name(name))
    frame = (x.start, y.end, x.end, y.start)
    places = around(points, names, 12.0, frame, bars)
    for (lx, ly, anchor), point, name, row in zip(places, points, names, panel.part["option"]):
        style = styles.get(str(row))
        _leader(pen, point, (lx, ly - 4.0), anchor, style.text if style else INK)
        pen.text(lx, ly, name, 12.0, anchor, colour=style.text if style else INK, halo=True, bold=row == baseline)


def _leader(pen: Pen, point: tuple[float, float], label: tuple[float, float], anchor: str, colour: str) -> None:
    """Join a label that stands away from its marker to it."""
    reach = {"start": -3.0, "end": 3.0, "middle": 0.0}[anchor]
    end = (label[0] + reach, label[1] + (0.0 if anchor != "middle" else 7.0 if label[1] < point[1] else -7.0))
    if math.dist(point, end) > LEADER_FROM:
        pen.line(*point, *end, colour, 0.7)


def _front(pen: Pen, panel: Panel) -> None:
    """Draw the stepped line through the options that no other undercuts."""
    part = panel.part[panel.part["no other lower in both"]].sort_values([COLUMNS[2], COLUMNS[5]], kind="stable")
    points: list[tuple[float, float]] = []
    for cost, harm in zip(part[COLUMNS[2]], part[COLUMNS[5]]):
        if points:
            points.append((panel.x(float(cost)), points[-1][1]))
        points.append((panel.x(float(cost)), panel.y(float(harm))))
    pen.polyline(points, "#9A9A9A", 1.6)
