"""Figure of a paired comparison: each option's change of one outcome against the baseline, with its spread and counts.

Part of the pictures, after all phases; answers how far options differ on the same luck, and in how many runs. Leaves out
shocks, worlds and prices: those are the report's.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.analysis.study import OUTCOMES
from sim.viz import style, words
from sim.viz.drawing import Drawing

MARKS = "osD^vP"
COUNTED = ("lower", "same", "higher")


def effects(table: pd.DataFrame, baseline: str, outcome: str, matters_share: float) -> Drawing:
    """Draw the effects of all options on one outcome.

    Parameters
    ----------
    table
        Rows in the form of ``paired_effects``.
    baseline
        The option differences are taken from.
    outcome
        Which rows.
    matters_share
        Half width of the grey band, as a share of the baseline's mean.

    Returns
    -------
    Drawing
        Marks at medians, thick lines over half of the runs, pale ones over nine in ten; counts beside.
    """
    rows = table[table["outcome"] == outcome].reset_index(drop=True)
    unit, _, label = OUTCOMES.get(outcome, ("", "neither", outcome.replace("_", " ")))
    n = int(rows["n"].max()) if len(rows) else 0
    with style.house_style():
        figure = style.new_figure(
            _title(rows, label, baseline, matters_share),
            f"Paired differences of {label}{f' ({unit})' if unit else ''} from {baseline} on the same luck, {n} pairs: median, "
            f"half of the runs (thick), nine in ten (pale); grey: less than {matters_share:.0%} of {baseline}, which counts as "
            "about the same",
            f"{style.CAVEAT} Spread of single pairs, luck only; not the error of a mean.",
            (style.SLIDE_INCHES[0], max(3.2, 2.3 + 0.55 * len(rows))),
        )
        _draw(figure, rows, unit, matters_share)
        style.settle(figure)
    return Drawing(figure, rows)


def _title(rows: pd.DataFrame, label: str, baseline: str, matters_share: float) -> str:
    """Say which way the medians point, where they differ by enough to matter."""
    ways: dict[str, list[str]] = {"lower": [], "higher": [], "about the same": [], "unknown": []}
    for option, median, level in zip(rows["option"], rows["median"], rows["baseline_mean"]):
        same = abs(median) <= matters_share * abs(level)
        way = "unknown" if math.isnan(median) else "about the same" if same else "lower" if median < 0 else "higher"
        ways[way].append(str(option))
    said = [f"{way} with {words.list_of(names)}" for way, names in ways.items() if names]
    return words.sentence(f"{label} against {baseline}, medians: {'; '.join(said) or 'nothing to compare'}")


def _draw(figure: Figure, rows: pd.DataFrame, unit: str, matters_share: float) -> None:
    """Put one row for each option on the figure, and the counts right of it."""
    axes = figure.subplots()
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    band = matters_share * float(np.nanmax(np.abs(rows["baseline_mean"]), initial=0.0))
    axes.axvspan(-band, band, color=style.LAND, zorder=0.5)
    axes.axvline(0.0, color=style.INK, linewidth=1.0)
    for i, row in rows.iterrows():
        if math.isnan(row["median"]):
            continue
        y = -float(i)  # type: ignore[arg-type]
        axes.plot([row["low90"], row["high90"]], [y, y], color=style.BLUE, alpha=0.35, linewidth=3.0)
        axes.plot([row["low50"], row["high50"]], [y, y], color=style.BLUE, linewidth=6.0)
        axes.plot(row["median"], y, MARKS[int(i) % len(MARKS)], color="white", markeredgecolor=style.INK, markersize=10)  # type: ignore[call-overload]
    axes.set_yticks([-i for i in range(len(rows))], [str(option) for option in rows["option"]])
    axes.set_ylim(-len(rows) + 0.4, 0.9)
    axes.margins(x=0.06)
    axes.set_xlabel(unit)
    axes.xaxis.set_major_formatter(
        style.FuncFormatter(lambda value, _: f"{value:+,.10g}".replace("-", "−") if value else "0")
    )
    for position, word in enumerate(COUNTED):
        x = 1.03 + 0.07 * position
        transform = axes.get_yaxis_transform()
        axes.text(x, 0.62, word, transform=transform, ha="center", fontsize=11, color=style.QUIET)
        for i, number in enumerate(rows[f"n_{word}"]):
            axes.text(x, -i, str(int(number)), transform=transform, ha="center", va="center", fontsize=12)
