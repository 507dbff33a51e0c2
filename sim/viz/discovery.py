"""Figures of scenario discovery and regret: a box against full ranges, the points it was found in, its trajectory; regret.

Part of the pictures, after all phases; answers in which region an option fails, and what one would regret in which world.
Leaves out what was searched for: titles come from the search.
"""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.analysis.discovery import Box, Discovery
from sim.analysis.robust import leader
from sim.viz import style, words
from sim.viz.drawing import Drawing
from sim.viz.sensitivity import name

MOST_PANELS = 4
LABEL_ROOM = 0.2  # of a range, between the numbers written below it


def box(points: pd.DataFrame, is_case: pd.Series, found: Discovery, title: str, noun: str, context: str) -> Drawing:
    """Draw a box: its limits against full ranges, the points in its first two factors, and the peeling trajectory.

    Returns
    -------
    Drawing
        The table holds limits (``part`` limit), points (``part`` point) and trajectory (``part`` step).
    """
    with style.house_style():
        figure = style.new_figure(
            words.sentence(title.removesuffix(".")),
            f"Left: limits of the box (thick) within the range tried (thin). Middle: design points, {noun} filled, and the box. "
            "Right: every box on the way from everywhere inwards; the ring is the one shown",
            f"{context} {style.CAVEAT}",
            (style.SLIDE_INCHES[0], 5.6),
        )
        left, middle, right = figure.subplots(1, 3)
        limits = _limits(left, points, found.box)
        _points(middle, points, is_case, found.box)
        _trajectory(right, found.trajectory, noun)
        style.settle(figure)
    shown = points[list(found.box.factors[:2]) or list(points.columns[:2])].assign(is_case=is_case.to_numpy())
    parts = (("limit", limits), ("point", shown), ("step", found.trajectory))
    return Drawing(figure, pd.concat([part.assign(part=word) for word, part in parts], ignore_index=True))


def _ends(points: pd.DataFrame, found: Box, factor: str) -> tuple[float, float, float, float]:
    """Range of a factor, and ends of the box within it."""
    lowest, highest = float(points[factor].min()), float(points[factor].max())
    own = [limit for limit in found.limits if limit.path == factor]
    low = next((limit.value for limit in own if limit.is_above), lowest)
    high = next((limit.value for limit in own if not limit.is_above), highest)
    return lowest, highest, low, high


def _limits(axes: Axes, points: pd.DataFrame, found: Box) -> pd.DataFrame:
    """Each limited factor as a line from 0 to 1 of its range; returns what is drawn."""
    rows = []
    axes.set_title("Limits")
    axes.grid(False)
    for i, factor in enumerate(found.factors):
        lowest, highest, low, high = _ends(points, found, factor)
        a, b = ((end - lowest) / (highest - lowest) for end in (low, high))
        axes.plot([0.0, 1.0], [-i, -i], color=style.GREY, linewidth=1.2)
        axes.plot([a, b], [-i, -i], color=style.BLUE, linewidth=8.0, solid_capstyle="butt")
        axes.text(0.0, -i + 0.3, name(factor), fontsize=10.5, fontweight="bold")
        inner = [(at, end) for at, end, edge in ((a, low, lowest), (b, high, highest)) if end != edge]
        for at, end in inner:
            axes.text(at, -i - 0.3, f"{end:.3g}", fontsize=10.5, ha="center", va="center", fontweight="bold")
        for at, end, side in ((0.0, lowest, "left"), (1.0, highest, "right")):
            if all(abs(at - other) > LABEL_ROOM for other, _ in inner):
                axes.text(at, -i - 0.3, f"{end:.3g}", fontsize=10, color=style.QUIET, ha=side, va="center")
        rows.append((factor, lowest, highest, low, high))
    if not found.limits:
        style.say(axes, "no region stands out")
    axes.set_ylim(-max(len(found.factors), 2) + 0.4, 0.7)
    axes.set_xlim(-0.03, 1.03)
    axes.set_axis_off()
    axes.title.set_visible(True)
    return pd.DataFrame(rows, columns=["factor", "lowest", "highest", "low", "high"])


def _points(axes: Axes, points: pd.DataFrame, is_case: pd.Series, found: Box) -> None:
    """Points in two factors: those the box limits first, else the first two."""
    chosen = list(dict.fromkeys([*found.factors, *points.columns]))[:2]
    if len(chosen) < 2:
        chosen = [chosen[0], chosen[0]]
    for is_wanted, marker, filling in ((False, "s", "white"), (True, "o", style.VERMILLION)):
        x, y = (points.loc[is_case.to_numpy() == is_wanted, factor] for factor in chosen)
        axes.scatter(x, y, s=16, edgecolor=style.INK, linewidth=0.5, marker=marker, facecolor=filling)
    axes.set_title("Points")
    axes.set_xlabel(name(chosen[0]), fontsize=10.5)
    axes.set_ylabel(name(chosen[1]).replace(".", ".\n"), fontsize=10.5)
    axes.margins(0.03)
    if found.limits:
        (x0, x1), (y0, y1) = (_ends(points, found, factor)[2:] for factor in chosen)
        axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=style.BLUE, linewidth=2.2))


def _trajectory(axes: Axes, trajectory: pd.DataFrame, noun: str) -> None:
    """Coverage against density of every box on the way."""
    axes.set_title("Trajectory")
    axes.plot(trajectory["coverage"], trajectory["density"], color=style.GREY, linewidth=1.2, marker="o", markersize=4)
    chosen = trajectory[trajectory["chosen"]]
    axes.plot(
        chosen["coverage"], chosen["density"], "o", markersize=13, markerfacecolor="none", markeredgecolor=style.BLUE
    )
    for value in chosen.itertuples():
        text = f"{value.n_cases} of {value.n}"
        axes.annotate(text, (value.coverage, value.density), xytext=(-8, 10), textcoords="offset points", ha="right")
    axes.set_xlabel(f"coverage: share of all {noun}", fontsize=10.5)
    axes.set_ylabel(f"density: {noun} among points inside", fontsize=10.5)
    axes.set_xlim(0.0, 1.05)
    axes.set_ylim(0.0, 1.05)


def regret(table: pd.DataFrame, label: str, unit: str, context: str) -> Drawing:
    """Draw what each option would be regretted by, one panel for each shock and world; nothing is averaged over panels.

    ``table`` is that of ``sim.analysis.robust.regret_table``, of one mission.
    """
    groups = list(table.groupby(["shock", "world"], sort=False))
    columns = min(len(groups), MOST_PANELS) or 1
    n_rows = math.ceil(len(groups) / columns) or 1
    options = list(dict.fromkeys(table["option"]))
    with style.house_style():
        figure = style.new_figure(
            regret_finding(table, label),
            f"Regret: how much more {label} than with the best option of the same case ({unit}); median (mark), 19 in 20 cases "
            "lie below the end of the line; right: in how many cases the option is the best one",
            f"{context} Panels are contested worlds and shocks; no average is taken over them. {style.CAVEAT}",
            (style.SLIDE_INCHES[0], 2.2 + n_rows * (1.0 + 0.42 * len(options))),
        )
        panels = figure.subplots(n_rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes, ((shock, world), part) in zip(panels.flat, groups):
            axes.set_title(f"{world}" + (f", {shock}" if shock != "none" else ""))
            _regret_panel(axes, part.set_index("option"), options)
        for axes in panels.flat[len(groups) :]:
            axes.set_axis_off()
        style.settle(figure)
    return Drawing(figure, table)


def _regret_panel(axes: Axes, rows: pd.DataFrame, options: list[str]) -> None:
    """One row an option."""
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    for i, option in enumerate(options):
        row = rows.loc[option]
        axes.plot([0.0, row["high90"]], [-i, -i], color=style.BLUE, alpha=0.35, linewidth=4.0, solid_capstyle="butt")
        axes.plot(row["median"], -i, "osD^vP"[i % 6], color="white", markeredgecolor=style.INK, markersize=8)
        text = f"{int(row['n_least'])} of {int(row['n'])}"
        axes.text(1.0, -i + 0.3, text, transform=axes.get_yaxis_transform(), ha="right", fontsize=10, color=style.QUIET)
    axes.set_yticks([-i for i in range(len(options))], options)
    axes.set_ylim(-len(options) + 0.4, 0.7)
    axes.margins(x=0.05)
    axes.xaxis.set_major_locator(style.MaxNLocator(3))
    axes.xaxis.set_major_formatter(style.FuncFormatter(lambda value, _: f"{value:,.10g}"))


def regret_finding(table: pd.DataFrame, label: str) -> str:
    """Say which option is the best one in more than half of the cases, world by world, or that none is."""
    groups = [part for _, part in table.groupby(["shock", "world"], sort=False)]
    leaders = [leader(part) for part in groups]
    place = "shocks and worlds" if table["shock"].nunique() > 1 else "worlds"
    said = [
        f"{option} in {leaders.count(option)} of {len(groups)} {place}" for option in dict.fromkeys(leaders) if option
    ]
    if not said:
        return f"In no {place[:-1]} does one option give least {label} in more than half of the cases, beyond luck"
    return words.sentence(f"least {label} in more than half of the cases: {words.list_of(said)}")
