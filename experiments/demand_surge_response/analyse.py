"""How many persons a deployment adds to those exploited, by its size, and what is left two years after the last have gone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from experiments.shared import Answer, run
from sim.sweeps.opened import OpenSweep
from sim.viz import Drawing, style

PEAK, HABIT, EXPLOITED, PRESENT = (
    "mission.trapezoid.peak",
    "parameters.switches.habit",
    "true_exploited_persons",
    "personnel_present",
)
BUILD, PLATEAU, DOWN, AROUND = 104.0, 208.0, 312.0, 13.0  # last weeks of three phases; weeks a level is averaged over
LOOP_PEAK = 20_000.0


def excess_series(sweep: OpenSweep) -> pd.DataFrame:
    """Exploited persons above the same luck without a mission, and personnel present, by quarter."""
    series = sweep.series([EXPLOITED, PRESENT]).merge(sweep.design[["point", PEAK, HABIT]], on="point")
    series = series.assign(quarter=(series["week"] // AROUND) * AROUND)
    keys = [HABIT, PEAK, "replicate", "quarter"]
    table = series.groupby(keys, as_index=False)[[EXPLOITED, PRESENT]].mean()
    none = table[table[PEAK] == table[PEAK].min()].drop(columns=[PEAK, PRESENT])
    both = table[table[PEAK] > table[PEAK].min()].merge(
        none, on=[HABIT, "replicate", "quarter"], suffixes=("", "_none")
    )
    return both.assign(excess=both[EXPLOITED] - both[f"{EXPLOITED}_none"])


def measures(excess: pd.DataFrame) -> pd.DataFrame:
    """One row a run: what was added on the plateau, at half strength on the way up and down, and at the end."""
    keys = [HABIT, PEAK, "replicate"]
    week = excess["quarter"]
    windows = {
        "plateau": (week >= BUILD) & (week < PLATEAU),
        "half_up": (week + AROUND / 2 - BUILD / 2).abs() <= AROUND,
        "half_down": (week + AROUND / 2 - (PLATEAU + DOWN) / 2).abs() <= AROUND,
        "end": week >= week.max() - AROUND,
    }
    found = {name: excess[rows].groupby(keys)["excess"].mean() for name, rows in windows.items()}
    return pd.DataFrame(found).reset_index()


def spread(values: pd.Series, digits: int = 0) -> str:
    """Median and nine in ten of some numbers."""
    known = values[np.isfinite(values)]
    if known.empty:
        return "an unknown number of"
    low, median, high = np.quantile(known, [0.05, 0.5, 0.95])
    return f"{median:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})".replace("-", "−")


def answer(sweep: OpenSweep) -> Answer:
    """Dose-response on the plateau, the loop, and what remains; with and without local habit."""
    excess = excess_series(sweep)
    table = measures(excess)
    own = table[table[HABIT]]
    sentences = []
    for peak, part in own.groupby(PEAK):
        sentences.append(
            f"A peak of {peak:,.0f} adds {spread(part['plateau'])} persons exploited on the plateau, "
            f"{spread(1000 * part['plateau'] / peak, 1)} for every thousand of personnel."
        )
    sentences += [_loop_sentence(part, peak) for peak, part in own.groupby(PEAK)]
    for is_on, name in ((True, "With local habit"), (False, "Without it")):
        part = table[(table[HABIT] == is_on) & (table[PEAK] >= LOOP_PEAK)]
        share = 100 * part["end"] / part["plateau"]
        sentences.append(
            f"{name}, {spread(share)} % of what peaks of {LOOP_PEAK:,.0f} and more had added is left two years after the exit "
            f"({int((part['end'] > 0).sum())} of {len(part)} runs above the level without a mission)."
        )
    return sentences, {"response_and_loop": _draw(excess, table)}


def _loop_sentence(part: pd.DataFrame, peak: float) -> str:
    """At equal strength, more on the way down than on the way up?"""
    more = int((part["half_down"] > part["half_up"]).sum())
    return (
        f"At half of a peak of {peak:,.0f}, {spread(part['half_up'])} more persons are exploited on the way up and "
        f"{spread(part['half_down'])} on the way down; more on the way down in {more} of {len(part)} runs."
    )


def _draw(excess: pd.DataFrame, table: pd.DataFrame) -> Drawing:
    """Left the response by size, right the loop of medians."""
    loop_runs = table[(table[PEAK] == LOOP_PEAK) & table[HABIT]]
    more = int((loop_runs["half_down"] > loop_runs["half_up"]).sum())
    title = (
        f"At half strength more persons are exploited on the way down than on the way up in {more} of {len(loop_runs)} runs; "
        "what is added grows with the deployment"
    )
    with style.house_style():
        figure = style.new_figure(
            title,
            "Persons exploited above the same luck without a mission. Left: mean of the plateau, median and nine in ten runs. "
            f"Right: medians by quarter at a peak of {LOOP_PEAK:,.0f}; up solid, plateau dotted, down and after dashed",
            f"Generic mission, full size, eight years. {style.CAVEAT}",
        )
        left, right = figure.subplots(1, 2)
        response = _response(left, table)
        loop = _loop(right, excess[excess[PEAK] == LOOP_PEAK])
        style.settle(figure)
    return Drawing(figure, pd.concat([response.assign(panel="response"), loop.assign(panel="loop")], ignore_index=True))


def _response(axes: Axes, table: pd.DataFrame) -> pd.DataFrame:
    """Added persons by peak; returns what is drawn."""
    grouped = table.groupby([HABIT, PEAK])["plateau"]
    drawn = grouped.quantile([0.05, 0.5, 0.95]).unstack().set_axis(["low90", "median", "high90"], axis=1).reset_index()
    for is_on, colour, mark, name in ((True, style.BLUE, "o", "with habit"), (False, style.VERMILLION, "s", "without")):
        part = drawn[drawn[HABIT] == is_on]
        axes.vlines(part[PEAK], part["low90"], part["high90"], color=colour, alpha=0.45, linewidth=4)
        filling = colour if is_on else "white"
        axes.plot(part[PEAK], part["median"], mark, color=filling, markeredgecolor=colour, label=name, markersize=9)
    axes.set_title("Response")
    axes.set_xlabel("personnel at the peak")
    axes.set_ylabel("persons exploited, above none deployed")
    axes.margins(x=0.06)
    style.count_axis(axes, float(drawn["high90"].max()))
    axes.xaxis.set_major_formatter(style.FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.legend(loc="upper left")
    return drawn


def _loop(axes: Axes, excess: pd.DataFrame) -> pd.DataFrame:
    """Medians of added persons against personnel present; returns what is drawn."""
    drawn = excess.groupby([HABIT, "quarter"], as_index=False)[["excess", PRESENT]].median()
    for is_on, colour, name in ((True, style.BLUE, "with habit"), (False, style.VERMILLION, "without")):
        part = drawn[drawn[HABIT] == is_on]
        phases = (
            (0.0, BUILD, style.SOLID),
            (BUILD - AROUND, PLATEAU, style.DOTTED),
            (PLATEAU - AROUND, np.inf, style.DASHED),
        )
        for start, stop, dash in phases:
            rows = part[(part["quarter"] >= start) & (part["quarter"] < stop)]
            axes.plot(rows[PRESENT], rows["excess"], linestyle=dash, color=colour)
        last = part.iloc[-1]
        axes.plot(last[PRESENT], last["excess"], "o" if is_on else "s", color=colour, markersize=8)
        axes.annotate(
            f"{name}: end", (last[PRESENT], last["excess"]), xytext=(10, 6), textcoords="offset points", color=colour
        )
    axes.axhline(0.0, color=style.INK, linewidth=0.8)
    axes.set_title("Loop")
    axes.set_xlabel("personnel present")
    axes.margins(x=0.04)
    axes.xaxis.set_major_formatter(style.FuncFormatter(lambda value, _: f"{value:,.0f}"))
    return drawn


def main(words: Sequence[str] | None = None) -> None:
    """Analyse and publish."""
    run("demand_surge_response", answer, words)


if __name__ == "__main__":
    main()
