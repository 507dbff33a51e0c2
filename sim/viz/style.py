"""House style of the figures: sizes, colours, titles, axes of time, labels at the ends of lines.

Part of the pictures, after all phases; answers how every figure looks, so that colour never speaks alone:
each series also has a dash and its name beside it. Leaves out what is drawn.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox, offset_copy

SLIDE_INCHES = (13.333, 7.5)
DPI, SCREEN_DPI = 150, 80
INK, QUIET, RULE, LAND, SEA_COLOUR = "#1A1A1A", "#595959", "#DDDDDD", "#EDEBE6", "#F7FAFC"
BLACK, BLUE, VERMILLION, GREEN, PURPLE, ORANGE = (
    "#000000",
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#A2527F",
    "#A65F00",
)
GREY = "#8C8C8C"
TEXT_COLOUR = {VERMILLION: "#B34E00", GREEN: "#00785A", GREY: QUIET}  # 4.5:1 on white where the mark has 3:1
SOLID, DASHED, DOTTED = "-", (0, (5, 2.2)), (0, (1.1, 1.6))
REFERENCE: dict[str, Any] = {"color": BLACK, "linestyle": DASHED, "linewidth": 1.5}
CAVEAT = "Model output under stated assumptions; compares policies, does not predict."

_SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"], "font.size": 12.0, "axes.titlesize": 12.5, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.titlepad": 7.0, "axes.edgecolor": QUIET, "axes.labelcolor": INK,
    "axes.linewidth": 0.8, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "axes.grid.axis": "y", "axes.axisbelow": True, "grid.color": RULE, "grid.linewidth": 0.8,
    "text.color": INK, "axes.titlecolor": INK, "xtick.color": QUIET, "ytick.color": QUIET,
    "xtick.labelcolor": INK, "ytick.labelcolor": INK, "xtick.labelsize": 11.0, "ytick.labelsize": 11.0,
    "ytick.major.size": 0.0, "lines.linewidth": 2.2, "lines.solid_capstyle": "round", "hatch.linewidth": 0.6,
    "axes.xmargin": 0.0, "legend.frameon": False, "savefig.facecolor": "white", "figure.facecolor": "white",
    "savefig.bbox": None, "text.usetex": False, "path.simplify": True,
}  # fmt: skip


@contextmanager
def house_style() -> Iterator[None]:
    """Draw and save inside this, whatever the reader's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)  # type: ignore[arg-type]
        yield


class Picture(Figure):
    """A figure that a notebook shows by itself, with its title as the text for those who do not see it."""

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """The picture for a screen, and what IPython keeps beside it."""
        picture = BytesIO()
        with house_style():
            self.savefig(picture, format="png", dpi=SCREEN_DPI, metadata={"Software": "mandate"})
        return picture.getvalue(), {"alt": " ".join(self.texts[0].get_text().split()) if self.texts else ""}


def new_figure(title: str, subtitle: str, footer: str, size: tuple[float, float] = SLIDE_INCHES) -> Picture:
    """Return a figure with the finding on top, then measure, unit and period, and the source below."""
    width, height = size
    figure = Picture(figsize=size, layout="constrained")
    top = height - 0.22
    for text, points, weight, colour, spacing in (
        (title, 18.0, "bold", INK, 1.28),
        (subtitle, 12.0, "normal", QUIET, 1.3),
    ):
        lines = wrapped(text, width - 0.5, points, weight == "bold")
        figure.text(
            0.25 / width,
            top / height,
            "\n".join(lines),
            ha="left",
            va="top",
            fontsize=points,
            fontweight=weight,
            color=colour,
            linespacing=1.15,
        )
        top -= len(lines) * points * spacing / 72.0 + 0.03
    lines = wrapped(footer, width - 0.5, 9.5, False)
    figure.text(
        0.25 / width,
        0.14 / height,
        "\n".join(lines),
        ha="left",
        va="bottom",
        fontsize=9.5,
        color=QUIET,
        linespacing=1.25,
    )
    bottom = 0.26 + len(lines) * 9.5 * 1.35 / 72.0
    engine = figure.get_layout_engine()
    assert engine is not None
    rect = (0.012, bottom / height, 0.976, (top - 0.1 - bottom) / height)
    engine.set(rect=rect, w_pad=0.09, h_pad=0.09, wspace=0.05, hspace=0.06)  # type: ignore[call-arg]
    return figure


def settle(figure: Figure) -> None:
    """Lay the figure out a last time and fix the places of its axes.

    The layout's solver differs in its last digits from call to call; rounding makes equal runs give equal files.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        bounds = axes.get_position(original=True).bounds
        axes.set_position(Bbox.from_bounds(*(round(float(side), 6) for side in bounds)))


def wrapped(text: str, width_inches: float, points: float, bold: bool = False) -> list[str]:
    """Return lines of about equal length that fit a width, by the mean width of DejaVu Sans letters."""
    text = re.sub(
        r"\b([A-Z][a-z]+|week|scale|seed|size) (\d)", "\\1\u00a0\\2", text
    )  # keep "March 2003" on one line
    most = int(width_inches * 72.0 / (points * (0.63 if bold else 0.555)))
    n_lines = len(textwrap.wrap(text, most))
    letters = next((n for n in range(most // 2, most) if len(textwrap.wrap(text, n)) == n_lines), most)
    return [line.replace("\u00a0", " ") for line in textwrap.wrap(text, letters)] or [""]


@dataclass(frozen=True)
class Label:
    """A word beside the end of a line, at height y of the data."""

    y: float
    text: str
    colour: str = INK


def label_ends(axes: Axes, labels: Sequence[Label], wrap: int = 24) -> None:
    """Write labels right of the axes at the heights of their lines, moved apart where they would overlap.

    Limits: needs final limits of y and a figure laid out once, by ``draw_without_rendering``; labels that
    cannot fit fill the height from the bottom up.
    """
    figure = axes.get_figure(root=True)
    if not labels or figure is None:
        return
    points = 11.0
    line = points * 1.27 * figure.dpi / 72.0 / axes.bbox.height
    beside = offset_copy(axes.transAxes, figure, x=15.0, units="points")
    low, high = axes.get_ylim()
    texts = [textwrap.wrap(label.text, wrap) or [""] for label in labels]
    wanted = [float(np.clip((label.y - low) / ((high - low) or 1.0), 0.0, 1.0)) for label in labels]
    heights = [len(text) * line for text in texts]
    for place, label, text, at in zip(spread(wanted, heights), labels, texts, wanted):
        place = round(place, 4)  # the solver of the layout differs in its last digits from call to call
        colour = TEXT_COLOUR.get(label.colour, label.colour)
        axes.annotate(
            "\n".join(text),
            xy=(1.0, at),
            xycoords="axes fraction",
            xytext=(1.0, place),
            textcoords=beside,
            ha="left",
            va="center",
            fontsize=points,
            color=colour,
            linespacing=1.1,
            annotation_clip=False,
            fontweight="bold",
            arrowprops={
                "arrowstyle": "-",
                "color": label.colour,
                "linewidth": 0.9,
                "shrinkA": 1.0,
                "shrinkB": 0.0,
                "relpos": (0.0, 0.5),
            }
            if abs(place - at) > 0.6 * line
            else None,
        )


def spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return middles as near as possible to the wanted ones so that things of some heights do not overlap.

    Clusters that touch are centred on the mean of their wishes; all stay within 0..1 while there is room.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    clusters: list[tuple[float, list[int]]] = []  # middle, members from the bottom up
    for i in order:
        middle, members = wanted[i], [i]
        while clusters:
            below, others = clusters[-1]
            if _low(middle, members, heights) >= below + sum(heights[j] for j in others) / 2.0 - 1e-12:
                break
            clusters.pop()
            members = others + members
            middle = sum(wanted[j] for j in members) / len(members)
        half = sum(heights[j] for j in members) / 2.0
        clusters.append((max(min(middle, 1.0 - half), half), members))
    places = [0.0] * len(wanted)
    floor = -np.inf
    for middle, members in clusters:
        position = max(_low(middle, members, heights), floor)
        for j in members:
            places[j] = position + heights[j] / 2.0
            position += heights[j]
        floor = position
    return places


def _low(middle: float, members: Sequence[int], heights: Sequence[float]) -> float:
    """Return the lower edge of a cluster."""
    return middle - sum(heights[j] for j in members) / 2.0


def say(axes: Axes, text: str) -> None:
    """Say in the middle of empty axes why they are empty."""
    axes.text(
        0.5,
        0.5,
        textwrap.fill(text, 44),
        transform=axes.transAxes,
        ha="center",
        va="center",
        color=QUIET,
        fontsize=12,
        style="italic",
        path_effects=[withStroke(linewidth=4, foreground="white")],
    )


def count_axis(axes: Axes, top: float | None = None, bins: int = 4) -> None:
    """Start the vertical axis at 0, with room above the highest mark, and write counts with separators."""
    high = axes.dataLim.y1 if top is None else top
    axes.set_ylim(0.0, high * 1.08 if np.isfinite(high) and high > 0.0 else 1.0)
    axes.yaxis.set_major_locator(MaxNLocator(bins, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))


def share_axis(axes: Axes, top: float | None = None) -> None:
    """Write a vertical axis of shares in percent, from 0 to 100 or to a round value above the data."""
    high = 1.0 if top is None else min(1.0, max(top * 1.1, 0.01))
    axes.set_ylim(0.0, high)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100.0 * value:.3g}%"))


def time_axis(axes: Axes, weeks: Sequence[float], start: date | None, n_ticks: int = 11) -> None:
    """Mark calendar years or months on an axis in weeks; weeks themselves where there is no calendar.

    Limits: one step, or none, gets one mark at its date.
    """
    first, last = (float(weeks[0]), float(weeks[-1])) if len(weeks) else (0.0, 0.0)
    axes.set_xlim(first, last if last > first else first + 1.0)
    axes.xaxis.set_ticks(
        *_week_ticks(first, last, n_ticks) if start is None else _date_ticks(first, last, start, n_ticks)
    )


def _week_ticks(first: float, last: float, n_ticks: int) -> tuple[list[float], list[str]]:
    """Return round weeks inside a period and their labels."""
    step = next(
        (step for step in (1, 2, 4, 13, 26, 52, 104, 260, 520) if (last - first) / step < n_ticks), 1040
    )
    ticks = [float(week) for week in range(0, int(last) + 1, step) if week >= first] or [first]
    return ticks, [f"week {week:g}" if i == 0 else f"{week:g}" for i, week in enumerate(ticks)]


def _date_ticks(first: float, last: float, start: date, n_ticks: int) -> tuple[list[float], list[str]]:
    """Return first days of years or months inside a period, in weeks since the start, and their labels."""
    month = start.year * 12 + start.month - 1
    days = [date(m // 12, m % 12 + 1, 1) for m in range(month, month + int(last / 4.0) + 3)]
    marks = [(day, (day - start).days / 7.0) for day in days]
    marks = [(day, week) for day, week in marks if first <= week <= last]
    for step in (1, 3, 6, 12, 24, 60, 120):
        kept = [(day, week) for day, week in marks if (day.year * 12 + day.month - 1) % step == 0]
        if len(kept) <= (n_ticks if step >= 12 else n_ticks * 0.6):
            break
    if not kept:
        return [first], [f"{start + timedelta(days=round(first * 7)):%d %B %Y}"]
    return [week for _, week in kept], [f"{day:%Y}" if step >= 12 else f"{day:%b %Y}" for day, _ in kept]


def place_labels(
    axes: Axes,
    labels: Sequence[Annotation],
    offsets: Sequence[tuple[float, float]],
    discs: Sequence[tuple[float, float, float, float]] = (),
) -> None:
    """Move labels, first come first served, to the offset (in points) where they hide least.

    Parameters
    ----------
    discs
        Marks to keep clear: x and y of the data, shift to the right and radius in points.

    Notes
    -----
    Limits: needs a figure laid out once, by ``draw_without_rendering``.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    point = figure.dpi / 72.0
    places: Any = axes.transData.transform([disc[:2] for disc in discs]) if discs else []
    marks = [
        Bbox.from_extents(x + (dx - r) * point, y - r * point, x + (dx + r) * point, y + r * point)
        for (x, y), (_, _, dx, r) in zip(places, discs)
    ]
    taken: list[Bbox] = []
    frame = axes.get_window_extent()
    for label in labels:
        extent, anchor = label.get_window_extent(), axes.transData.transform(label.xy)
        best, best_box, least = offsets[0], extent, np.inf
        for offset in offsets:
            sides = _alignment(offset)
            box = Bbox.from_bounds(
                anchor[0]
                + offset[0] * point
                - extent.width * {"left": 0.0, "center": 0.5, "right": 1.0}[sides[0]],
                anchor[1]
                + offset[1] * point
                - extent.height * {"bottom": 0.0, "center": 0.5, "top": 1.0}[sides[1]],
                extent.width,
                extent.height,
            )
            outside = max(0.0, frame.x0 - box.x0) + max(0.0, box.x1 - frame.x1)
            outside += max(0.0, frame.y0 - box.y0) + max(0.0, box.y1 - frame.y1)
            hidden = outside * 40.0 + sum(5.0 * _overlap(box, other) for other in taken)
            hidden += sum(_overlap(box, mark) for mark in marks) + 4.0 * float(np.hypot(*offset))
            if hidden < least - 1e-9:
                best, best_box, least = offset, box, hidden
        label.set_position(best)
        label.set_horizontalalignment(_alignment(best)[0])
        label.set_verticalalignment(_alignment(best)[1])
        taken.append(best_box)


def _alignment(
    offset: tuple[float, float],
) -> tuple[Literal["left", "center", "right"], Literal["bottom", "center", "top"]]:
    """Return how a text at an offset is aligned: away from its point."""
    return (
        "center" if abs(offset[0]) < 3 else "left" if offset[0] > 0 else "right",
        "center" if abs(offset[1]) < 3 else "bottom" if offset[1] > 0 else "top",
    )


def _overlap(a: Bbox, b: Bbox) -> float:
    """Return the common area of two boxes in square pixels."""
    return max(0.0, min(a.x1, b.x1) - max(a.x0, b.x0)) * max(0.0, min(a.y1, b.y1) - max(a.y0, b.y0))


def halo(width: float = 2.5, colour: str = "white") -> list[Any]:
    """Return the path effect that keeps text readable on a map."""
    return [withStroke(linewidth=width, foreground=colour)]
