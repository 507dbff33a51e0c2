"""P6: the causes strip: paired differences of the outcome and of what feeds it, on one axis of time.

Part of the report's figures; answers which quantities moved with the outcome. Captions come from the schedule; that two
curves share a shape is marked, and is no proof of a cause.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd

from sim.report import look, timeline, words
from sim.report.causes import CAUSES, LABELS, caption
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import Findings
from sim.report.look import QUIET, Look
from sim.report.names import option_name
from sim.report.svg import Pen, Scale, signed_tick, wrap

OUTCOME, N_CAUSES, ROW = "true_exploited_persons", 4, 92.0
BANDS = ("lower 90 %", "lower 50 %", "median", "upper 50 %", "upper 90 %")


def causes_strip(findings: Findings) -> Figure | None:
    """Return P6 for the leading option, or nothing where no series was kept."""
    name = findings.leading
    series = timeline.main_series(findings)
    if name is None:
        return None
    gaps = {key: timeline.paired(series, name, findings.baseline, key) for key in (OUTCOME, *CAUSES)}
    found = {key: timeline.bands(gap) for key, gap in gaps.items() if len(gap) and float(gap.abs().max().max()) > 0.0}
    if OUTCOME not in found:
        return None
    alike = {key: likeness(found[OUTCOME]["median"], band["median"]) for key, band in found.items() if key != OUTCOME}
    chosen = sorted(sorted(alike), key=lambda key: -abs(alike[key]))[:N_CAUSES]
    rows = [OUTCOME, *(key for key in CAUSES if key in chosen)]
    table = _table(rows, found, timeline.dates(series))
    style = look.looks(findings.names)[name]
    nearest = chosen[0] if chosen and abs(alike[chosen[0]]) > 0.0 else ""
    title = (
        f"Under {option_name(name)}, {LABELS[nearest][0]} move most like exploitation"
        if nearest
        else f"Under {option_name(name)} no other series shown moves"
    )
    start = timeline.start_of(series)

    def draw(ident: str, width: int) -> str:
        return _draw(ident, width, rows, table, style, alike, nearest, start, title)

    subtitle = (
        f"Paired difference {option_name(name)} − {option_name(findings.baseline)} of each series, every "
        f"{findings.study.series_weeks:g} weeks; median and bands of {gaps[OUTCOME].shape[1]} pairs, luck only; "
        "units beside each"
    )
    captions = " ".join(f"{words.sentence(LABELS[key][0])}: {caption(key)}" for key in rows[1:])
    note = f"{captions} Likeness is the correlation of the two medians over time: shared shape, not proof of a cause."
    return make_figure("p6", title, subtitle, table, draw, note)


def likeness(outcome: pd.Series, cause: pd.Series) -> float:
    """Return the correlation of two medians over time, 0 where one does not move."""
    a, b = outcome.align(cause, join="inner")
    if len(a) < 3 or float(a.std()) == 0.0 or float(b.std()) == 0.0:
        return 0.0
    value = float(np.corrcoef(a.to_numpy(), b.to_numpy())[0, 1])
    return round(value, 6) if math.isfinite(value) else 0.0


def _table(rows: list[str], found: dict[str, pd.DataFrame], days: pd.Series) -> pd.DataFrame:
    """Return what the strip draws."""
    parts = []
    for key in rows:
        band = found[key]
        part = pd.DataFrame(
            {"series": LABELS[key][0], "unit": LABELS[key][1], "week": band.index.to_numpy(dtype=float)}
        )
        part["date"] = days.reindex(band.index).to_numpy()
        parts.append(part.assign(**{name: band[name].to_numpy() for name in BANDS}))
    return pd.concat(parts, ignore_index=True)


def _draw(
    ident: str,
    width: int,
    rows: list[str],
    table: pd.DataFrame,
    style: Look,
    alike: dict[str, float],
    nearest: str,
    start: date | None,
    title: str,
) -> str:
    """Draw rows on one axis of time; the outcome on top, the likest cause marked."""
    narrow = width < SWITCH
    left, right = (58.0, width - 8.0) if narrow else (262.0, width - 12.0)
    row_height = ROW + 22 if narrow else ROW
    pen = Pen(ident, width, row_height * len(rows) + 30)
    x = Scale(0.0, float(table["week"].max()), left, right)
    for i, key in enumerate(rows):
        top = row_height * i + (24 if narrow else 6)
        part = table[table["series"] == LABELS[key][0]]
        values = part[list(BANDS)].to_numpy(dtype=float)
        low, high = min(0.0, float(np.nanmin(values))), max(0.0, float(np.nanmax(values)))
        y = Scale(low, high if high > low else low + 1.0, top + ROW - 22, top + 4)
        _row(pen, x, y, part, style, emphasis=key == OUTCOME)
        _heading(pen, key, top, narrow, alike.get(key), key == nearest)
    bottom = row_height * len(rows)
    for week, label in timeline.calendar_ticks(start, x.high, 5 if narrow else 9):
        pen.line(x(week), bottom - 8, x(week), bottom - 3, QUIET)
        pen.text(x(week), bottom + 12, label, 11.5, "middle", colour=QUIET)
    return pen.done(title, f"{len(rows)} rows on one axis of time; the first is the outcome, the others what feeds it.")


def _row(pen: Pen, x: Scale, y: Scale, part: pd.DataFrame, style: Look, emphasis: bool) -> None:
    """Draw one difference with its bands."""
    weeks = part["week"].to_numpy()

    def points(column: str) -> list[tuple[float, float]]:
        return [(x(w), y(v)) for w, v in zip(weeks, part[column].to_numpy())]

    for value in y.ticks(2):
        pen.line(x.start, y(value), x.end, y(value), look.RULE)
        pen.text(x.start - 5, y(value) + 4, signed_tick(value), 11.0, "end", colour=QUIET)
    colour = style.colour if emphasis else QUIET
    pen.area(points("lower 90 %"), points("upper 90 %"), colour, 0.16)
    pen.area(points("lower 50 %"), points("upper 50 %"), colour, 0.26)
    pen.line(x.start, y(0.0), x.end, y(0.0), look.STATUS_QUO, 1.2, look.STATUS_QUO_DASH)
    pen.polyline(points("median"), colour, 2.2)


def _heading(pen: Pen, key: str, top: float, narrow: bool, alike: float | None, nearest: bool) -> None:
    """Name a row, and say how alike it moves."""
    label, unit = LABELS[key]
    said = "the outcome" if alike is None else f"likeness {words.signed(alike)}"
    if nearest:
        said = f"◆ moves most alike ({words.signed(alike or 0.0)})"
    if narrow:
        pen.text(4, top - 8, words.sentence(label), 13.0, bold=True)
        pen.text(pen.width - 8, top + 6, said, 11.0, "end", colour=QUIET, halo=True)
        return
    lines = wrap(words.sentence(label), 190, 13.5, True)[:2]
    y = pen.lines(8, top + 16, lines, 13.5, bold=True, leading=1.2)
    pen.text(8, y + 1, f"{unit}; {said}", 11.5, colour=QUIET)
