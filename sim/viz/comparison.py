"""Figure of two runs of one mission: what the first has more or fewer of than its reference, and both levels.

Part of the pictures, after all phases; answers how far two runs differ, week by week and in sum. Leaves out
how far another pair would differ: that takes replicates, and a report.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.viz import style, words
from sim.viz.drawing import (
    QUARTER_WEEKS,
    TABLE_COLUMNS,
    Drawing,
    RunLike,
    Timeline,
    Values,
    axes_end,
    calendar_start,
    column,
    footer,
    mark_events,
    per_week,
    period,
    run_names,
    step_weeks,
    trailing_mean,
)

# Indicator, panel, noun in the title, colour, unit, whether a flow.
COMPARED = (
    ("venues", "Venues (number)", "venues", style.VERMILLION, "venues", False),
    (
        "true_exploited_persons",
        "Persons exploited (persons)",
        "persons exploited",
        style.PURPLE,
        "persons",
        False,
    ),
    ("true_acts", "Visits by personnel (per week)", "visits by personnel", style.BLUE, "visits/week", True),
)


def comparison(run: RunLike, against: RunLike) -> Drawing:
    """Draw the difference of two runs above both levels: venues, exploited persons, visits by personnel."""
    name, other = run_names(run, against)
    luck = (
        f"same luck (seed {run.seed})" if run.seed == against.seed else f"seeds {run.seed} and {against.seed}"
    )
    figure = style.new_figure(
        _title(run, against),
        f"Above: {name} minus {other}, same units; below: both levels. "
        "Levels at the end of each step, visits as 13-week means; "
        f"{period(run)}; one pair of runs, {luck}: another pair would differ",
        footer(run, against),
    )
    timeline = Timeline(run, against)
    panels = figure.subplots(2, 3, sharex=True)
    for (indicator, panel, noun, colour, unit, is_flow), above, below in zip(COMPARED, panels[0], panels[1]):
        values_of = per_week if is_flow else column
        weeks, gap = difference_of(run, against, indicator, is_flow)
        above.set_title(f"Difference: {noun}")
        above.axhline(0.0, color=style.INK, linewidth=1.0)
        above.fill_between(
            weeks, 0.0, gap, where=gap >= 0.0, facecolor=colour, alpha=0.30, linewidth=0.0, interpolate=True
        )
        above.fill_between(
            weeks,
            0.0,
            gap,
            where=gap <= 0.0,
            facecolor=colour,
            alpha=0.30,
            linewidth=0.0,
            interpolate=True,
            hatch="////",
            edgecolor="white",
        )
        above.plot(weeks, gap, color=colour, marker="o" if len(gap) == 1 else "")
        _difference_axis(above, gap)
        _note_gap(timeline, panel, indicator, weeks, gap, unit)
        below.set_title(panel)
        timeline.line(below, panel, indicator, values_of(run, indicator), unit, colour=colour, label=name)
        timeline.reference(below, panel, indicator, values_of(against, indicator), unit)
        style.count_axis(below)
        if len(gap) and not gap.any():
            style.say(above, "no difference in any week")
        for axes in (above, below):
            style.time_axis(axes, run.series["week"].tolist(), calendar_start(run), 6)
            mark_events(axes, run, named=axes is panels[0, 0])
    return timeline.finish(figure, wrap=12)


def difference_of(run: RunLike, against: RunLike, indicator: str, is_flow: bool) -> tuple[Values, Values]:
    """Return the weeks two runs share and the difference of an indicator there; flows as 13-week means."""
    frames = [
        pd.Series(column(part, indicator) / (step_weeks(part) if is_flow else 1.0), index=part.series["week"])
        for part in (run, against)
    ]
    mine, other = frames[0].align(frames[1], join="inner")
    gap = (mine - other).to_numpy(dtype=np.float64)
    if is_flow:
        gap = trailing_mean(run, gap, QUARTER_WEEKS)
    return mine.index.to_numpy(dtype=np.float64), gap


def _title(run: RunLike, against: RunLike) -> str:
    """Say the three differences over the weeks both runs share."""
    name, other = run_names(run, against)
    end = min(axes_end(run), axes_end(against))
    parts = []
    for indicator, _, noun, *_ in COMPARED:
        sums = [
            np.nansum(column(part, indicator)[part.series["week"].to_numpy() <= end]) * step_weeks(part)
            for part in (run, against)
        ]
        said = words.difference(*map(float, sums))
        parts.append(f"{noun} {said}" if said == "the same" else f"{said} {noun}")
    if all(part.endswith(" the same") for part in parts):
        return words.sentence(
            f"{name} against {other}: no difference in venues, persons exploited or visits by personnel"
        )
    return words.sentence(f"{name} against {other}, summed over the run: {words.list_of(parts)}")


def _difference_axis(axes: style.Axes, gap: Values) -> None:
    """Put 0 inside the axis and write signs."""
    low, high = min(0.0, float(np.nanmin(gap, initial=0.0))), max(0.0, float(np.nanmax(gap, initial=0.0)))
    room = 0.1 * (high - low) or 1.0
    axes.set_ylim(low - room if low < 0.0 or high == 0.0 else 0.0, high + room)
    axes.yaxis.set_major_locator(style.MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(
        style.FuncFormatter(lambda value, _: f"{value:+,.10g}".replace("-", "−") if value else "0")
    )


def _note_gap(timeline: Timeline, panel: str, series: str, weeks: Values, gap: Values, unit: str) -> None:
    """Add the drawn difference to the table."""
    dates = timeline.run.series.set_index("week")["date"].reindex(weeks).to_numpy()
    frame = pd.DataFrame({"week": weeks, "date": dates, "value": gap})
    frame = frame.assign(panel=panel, series=series, run="difference", unit=unit)
    timeline.rows.append(frame[list(TABLE_COLUMNS)])
