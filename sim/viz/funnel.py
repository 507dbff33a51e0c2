"""Figure of the accountability chain: persons of the mission by the stage their case reached, true and counted.

Part of the pictures, after all phases; answers where cases fall out, and which stages anybody outside ever hears of.
Leaves out who the persons are and how long a stage takes.
"""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from sim.analysis.study import FUNNEL_ASIDE, FUNNEL_STAGES, FUNNEL_WORDS
from sim.viz import style, words
from sim.viz.drawing import Drawing

FIRST, LAST = FUNNEL_STAGES[0], FUNNEL_STAGES[-1]
APART = 0.6  # rows between the chain and what stands beside it
COLUMNS = (("true", 0.07), ("counted", 0.17), ("passed on", 0.28))  # heading, place right of the axes


def funnel(table: pd.DataFrame, context: str = "") -> Drawing:
    """Draw a funnel.

    Parameters
    ----------
    table
        ``stage, true, observed`` in the order of the chain, as in ``run.funnel``; ``removed`` stands apart.
    context
        What was run, for the source line.

    Returns
    -------
    Drawing
        Its table adds ``passed_on``: the part of those of the stage before who reached this one.

    Notes
    -----
    Limits: stages nobody reached have no mark and a 0 beside; a run without acts says so.
    """
    rows = table.reset_index(drop=True)
    before = rows["true"].shift(1).where(~rows["stage"].isin(FUNNEL_ASIDE))
    rows = rows.assign(passed_on=(rows["true"] / before).where(before > 0.0))
    with style.house_style():
        figure = style.new_figure(
            _title(rows),
            "Personnel of the mission by the stage their case reached, persons, in powers of ten. Ring: what happened; "
            "disc: what the mission's books and published outcomes show; passed on: part of the stage before",
            f"{context} {style.CAVEAT}".strip(),
            (style.SLIDE_INCHES[0], 6.6),
        )
        _draw(figure, rows)
        style.settle(figure)
    return Drawing(figure, rows)


def _title(rows: pd.DataFrame) -> str:
    """Say how many of a thousand with an act get how far."""
    true = rows.set_index("stage")["true"]
    acted = float(true.get(FIRST, 0.0))
    if acted <= 0.0:
        return "Nobody of the mission had an act"
    said = [
        f"{words.rate(1000.0 * true[stage] / acted) if true[stage] else 'nobody'} {FUNNEL_WORDS[stage]}"
        for stage in ("reported", "substantiated", LAST)
    ]
    return f"Of 1,000 of personnel with an act: {said[0]}, {said[1]}, {said[2]}"


def _draw(figure: Figure, rows: pd.DataFrame) -> None:
    """Put a row for each stage on the figure, and its numbers right of it."""
    axes = figure.subplots()
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    beside = axes.get_yaxis_transform()
    for heading, x in COLUMNS:
        axes.text(1.0 + x, 1.0, heading, transform=beside, ha="right", va="center", fontsize=11, color=style.QUIET)
    places = [-i - (APART if stage in FUNNEL_ASIDE else 0.0) for i, stage in enumerate(rows["stage"])]
    for y, (_, row) in zip(places, rows.iterrows()):
        if row["true"] > 0.0:
            axes.plot(row["true"], y, "o", color="white", markeredgecolor=style.INK, markeredgewidth=1.8, markersize=13)
        if row["observed"] > 0.0:
            axes.plot(row["observed"], y, "o", color=style.BLUE, markersize=7)
        passed = "" if math.isnan(row["passed_on"]) else words.share(row["passed_on"])
        said = (
            words.count(row["true"]),
            "not seen" if math.isnan(row["observed"]) else words.count(row["observed"]),
            passed,
        )
        for text, (_, x) in zip(said, COLUMNS):
            axes.text(1.0 + x, y, text, transform=beside, ha="right", va="center", fontsize=11.5)
    axes.set_yticks(places, [FUNNEL_WORDS.get(stage, stage) for stage in rows["stage"]])
    axes.set_ylim(places[-1] - APART, 1.4)
    axes.set_xscale("log")
    axes.set_xlim(0.7, max(10.0, 2.0 * float(rows["true"].max())))
    axes.xaxis.set_major_formatter(style.FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.xaxis.set_minor_locator(NullLocator())
