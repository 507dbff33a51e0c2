"""Figures of what an outcome depends on: one row a factor, a mark and its interval for each index, numbers beside.

Part of the pictures, after all phases; answers which inputs move an outcome most, and which the runs do not tell apart.
Leaves out the direction of effects but for Morris' mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.factors import PARAMETERS
from sim.analysis.sensitivity import DUMMY
from sim.viz import style, words
from sim.viz.drawing import Drawing

MOST_ROWS, MOST_TIED = 25, 3
INTERVAL = "90 % intervals from resampling the design (pale)"


@dataclass(frozen=True)
class Mark:
    """How an index is drawn: shape and filling tell it apart without colour."""

    index: str
    word: str
    shape: str
    is_filled: bool
    offset: float = 0.0


@dataclass(frozen=True)
class Look:
    """How the indices of a method are drawn and described; the first mark ranks."""

    marks: tuple[Mark, ...]
    about: str
    axis: str


LOOKS = {
    "morris": Look(
        (Mark("mu_star", "mean size", "o", True, 0.13), Mark("sigma", "spread", "s", False, -0.13)),
        "Morris screening: mean size of the effect of moving a factor over its whole range, and spread of these effects "
        "(interaction or curvature)",
        "change of the outcome over the whole range of a factor",
    ),
    "sobol": Look(
        (Mark("ST", "total", "o", True, 0.13), Mark("S1", "alone", "s", False, -0.13)),
        "Sobol indices: share of variance a factor takes part in (total), and share it explains alone",
        "share of variance",
    ),
    "pawn": Look(
        (Mark("pawn", "PAWN", "o", True),),
        "PAWN: how far the whole distribution moves when a factor is known, 0 to 1; chance alone gives the last row",
        "largest gap between cumulative distributions, median over a factor's range",
    ),
    "scores": Look(
        (Mark("score", "score", "o", True),),
        "Feature scores: importance in extremely randomised trees; they add up to 1",
        "share of importance",
    ),
}


def dots(table: pd.DataFrame, method: str, label: str, context: str) -> Drawing:
    """Draw the indices of one method and outcome.

    Parameters
    ----------
    table
        ``factor, index, value, low90, high90, n``.
    method
        One of ``LOOKS``.
    label
        The outcome in words.
    context
        Mission, points and replicates, in words.

    Returns
    -------
    Drawing
        The factors by the ranking index, at most ``MOST_ROWS``; the table holds what is drawn.
    """
    look = LOOKS[method]
    drawn = table[table["index"].isin([mark.index for mark in look.marks])]
    ranking = drawn[drawn["index"] == look.marks[0].index].sort_values("value", ascending=False, kind="stable")
    factors = ranking["factor"].tolist()[:MOST_ROWS]
    shown = drawn[drawn["factor"].isin(factors)].reset_index(drop=True)
    left = len(ranking) - len(factors)
    more = f"; {left} factors with less are left out" if left > 0 else ""
    with style.house_style():
        figure = style.new_figure(
            finding(table, method, label),
            f"{look.about}; {INTERVAL}{more}",
            f"{context} {style.CAVEAT}",
            (style.SLIDE_INCHES[0], max(4.4, 3.0 + 0.36 * len(factors))),
        )
        _draw(figure, shown, factors, look)
        style.settle(figure)
    return Drawing(figure, shown)


def finding(table: pd.DataFrame, method: str, label: str) -> str:
    """Say what an outcome depends on most by the ranking index of a method, or that the runs do not tell."""
    ranking = table[table["index"] == LOOKS[method].marks[0].index]
    known = ranking[ranking["value"].notna() & (ranking["factor"] != DUMMY)]
    if known.empty or not known["value"].abs().max() > 0.0:
        return f"Nothing moves {label} in this design, or too few runs are there"
    first = known.loc[known["value"].idxmax()]
    tied = known.loc[known["high90"] >= first["low90"], "factor"].tolist()
    if len(tied) == 1:
        return f"Strongest influence on {label}: {name(tied[0])}"
    if len(tied) <= MOST_TIED and len(tied) < len(known):
        return f"Strongest influences on {label}, not told apart by the runs: {words.list_of([name(f) for f in tied])}"
    return f"The runs do not tell which of {len(tied)} inputs has the strongest influence on {label}"


def name(factor: str) -> str:
    """A factor as people read it."""
    return factor.removeprefix(PARAMETERS)


def _draw(figure: Figure, shown: pd.DataFrame, factors: list[str], look: Look) -> None:
    """One row a factor."""
    axes = figure.subplots()
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.axvline(0.0, color=style.INK, linewidth=1.0)
    for column, mark in enumerate(look.marks):
        rows = shown[shown["index"] == mark.index].set_index("factor")
        for i, factor in enumerate(factors):
            if factor in rows.index and math.isfinite(rows.loc[factor, "value"]):
                _dot(axes, rows.loc[factor], mark, mark.offset - i)
        _numbers(axes, rows, factors, mark, column)
    axes.set_yticks([-i for i in range(len(factors))], [name(factor) for factor in factors])
    axes.set_ylim(-len(factors) + 0.4, 0.9)
    axes.margins(x=0.04)
    axes.set_xlabel(look.axis)
    axes.xaxis.set_major_formatter(style.FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))


def _dot(axes: Axes, row: pd.Series, mark: Mark, y: float) -> None:
    """A mark and its interval."""
    colour = style.BLUE if mark.is_filled else style.VERMILLION
    axes.plot([row["low90"], row["high90"]], [y, y], color=colour, alpha=0.45, linewidth=3.0, solid_capstyle="butt")
    filling = colour if mark.is_filled else "white"
    axes.plot(row["value"], y, mark.shape, color=filling, markeredgecolor=colour, markeredgewidth=1.6, markersize=8)


def _numbers(axes: Axes, rows: pd.DataFrame, factors: list[str], mark: Mark, column: int) -> None:
    """The values with their intervals in a column right of the axes, under the mark they belong to."""
    sign = {"o": "●", "s": "□"}[mark.shape]
    said = [(0.62, f"{sign} {mark.word}", style.QUIET)]
    said += [(-float(i), _range(rows.loc[f]), style.INK) for i, f in enumerate(factors) if f in rows.index]
    for y, text, colour in said:
        axes.annotate(
            text,
            xy=(1.0, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(80.0 + 155.0 * column, 0.0),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=10.5,
            color=colour,
            annotation_clip=False,
        )


def _range(row: pd.Series) -> str:
    """A value and its interval: ``0.52 (0.40 to 0.66)``."""
    value, low, high = (float(row[part]) for part in ("value", "low90", "high90"))
    if not math.isfinite(value):
        return "not known"
    largest = float(np.nanmax(np.abs([value, low, high])))
    if largest >= 100.0:
        return f"{words.count(value)} ({words.count(low)} to {words.count(high)})"
    decimals = 2 if largest < 10.0 else 1
    return f"{value:.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})".replace("-", "−")
