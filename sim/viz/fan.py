"""Figure of one indicator over time in many runs of several options: the middle of each option, and nine in ten around it.

Part of the pictures, after all phases; answers when options part, and how far luck carries single runs. Leaves out
differences: options whose bands overlap may still differ in every pair, which the figure of effects shows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.indicators import INDICATORS
from sim.viz import style, words
from sim.viz.drawing import QUARTER_WEEKS, Drawing

LOOKS = (
    (style.BLACK, style.DASHED),
    (style.BLUE, style.SOLID),
    (style.VERMILLION, style.DOTTED),
    (style.GREEN, (0, (6, 1.5, 1.2, 1.5))),
    (style.PURPLE, (0, (3, 1.2))),
    (style.ORANGE, (0, (8, 2))),
)
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95


def fan(series: pd.DataFrame, indicator: str) -> Drawing:
    """Draw an indicator of all runs, option by option; flows as means over the quarter before.

    Parameters
    ----------
    series
        ``option, replicate, week``, then indicators: one row a run and step.
    indicator
        Which one.

    Returns
    -------
    Drawing
        Its table holds ``option, week, low90, median, high90, n``.

    Notes
    -----
    Limits: more than six options repeat their looks; one run an option has no band.
    """
    table = quantiles(series, indicator)
    options = list(dict.fromkeys(table["option"]))
    known = INDICATORS.get(indicator)
    noun = indicator.replace("_", " ")
    unit = known.unit if known else ""
    is_flow = known is not None and known.kind == "flow"
    week, medians = _told(table)
    said = words.list_of([f"{words.rate(medians[name])} with {name}" for name in options])
    with style.house_style():
        figure = style.new_figure(
            words.sentence(f"{noun} in week {week:.0f}, medians: {said}"),
            f"{words.sentence(noun)}{f' ({unit})' if unit else ''}{', mean of 13 weeks' if is_flow else ''}; "
            f"{int(table['n'].max())} runs of each option: median (line), nine in ten runs (pale)",
            f"{style.CAVEAT} Spread of single runs, luck only. Overlapping bands do not tell whether pairs differ.",
            (style.SLIDE_INCHES[0], 6.2),
        )
        axes = figure.subplots()
        labels = []
        for position, name in enumerate(options):
            colour, dash = LOOKS[position % len(LOOKS)]
            part = table[table["option"] == name]
            axes.fill_between(part["week"], part["low90"], part["high90"], color=colour, alpha=0.13, linewidth=0.0)
            axes.plot(part["week"], part["median"], color=colour, linestyle=dash)
            labels.append(style.Label(float(part["median"].iloc[-1]), name, colour))
        style.count_axis(axes, float(np.nanmax(table["high90"], initial=0.0)))
        style.time_axis(axes, table["week"].drop_duplicates().tolist(), None)
        figure.draw_without_rendering()
        style.label_ends(axes, labels)
        style.settle(figure)
    return Drawing(figure, table)


def quantiles(series: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Median and nine in ten of an indicator by option and week; flows as trailing means over 13 weeks."""
    values = series[indicator].astype(float)
    known = INDICATORS.get(indicator)
    if known is not None and known.kind == "flow":
        weeks = series["week"].drop_duplicates().sort_values().to_numpy()
        step = float(weeks[1] - weeks[0]) if len(weeks) > 1 else 1.0
        steps = max(1, round(QUARTER_WEEKS / step))
        runs = (values / step).groupby([series["option"], series["replicate"]], sort=False)
        values = runs.transform(lambda run: run.rolling(steps, min_periods=1).mean())
    grouped = values.groupby([series["option"], series["week"]], sort=False)
    found = grouped.quantile([LOW, MIDDLE, HIGH]).unstack().set_axis(["low90", "median", "high90"], axis=1)
    return found.assign(n=grouped.count()).reset_index()


def _told(table: pd.DataFrame) -> tuple[float, pd.Series]:
    """The week a title tells and the medians there: the last one, or the one of the largest gap where options meet again."""
    wide = table.pivot(index="week", columns="option", values="median")
    gap = wide.max(axis=1) - wide.min(axis=1)
    week = float(wide.index[-1] if gap.iloc[-1] > 0.0 else gap.idxmax())
    return week, wide.loc[week]
