"""Figures of persons: where in the process they are, what follows for them, and where they were recruited.

Part of the pictures, after all phases; answers how many persons are in each state over time and from which
countries. Leaves out single persons: only sums are drawn.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.viz import style, words
from sim.viz.countries import country_name
from sim.viz.drawing import (
    Drawing,
    RunLike,
    Timeline,
    Values,
    calendar_start,
    column,
    course_of,
    footer,
    last_year,
    mark_events,
    per_week,
    period,
    trailing_mean,
)

# Band, states in it, colour, hatch; from the bottom up.
BANDS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("exploited in venues", ("exploited_venue",), style.VERMILLION, ""),
    ("exploited by private owners", ("exploited_private",), style.PURPLE, "////"),
    ("recruited, in transit or moved", ("recruited", "in_transit", "moved"), style.ORANGE, "...."),
    (
        "escaped or released, without assistance",
        ("escaped", "released", "unassisted"),
        style.BLUE,
        "\\\\\\\\",
    ),
    ("identified or assisted", ("identified", "assisted"), style.GREEN, "----"),
)
OUTCOMES = (
    ("returned", style.BLUE, style.SOLID),
    ("resettled", style.GREEN, style.DASHED),
    ("stayed", style.PURPLE, style.DOTTED),
)
N_NAMED_ORIGINS = 5
ORIGIN_STYLE = (
    (style.BLUE, ""),
    (style.VERMILLION, "////"),
    (style.GREEN, "----"),
    (style.PURPLE, "...."),
    (style.ORANGE, "\\\\\\\\"),
)
FEWEST_FOR_SHARES = 20.0  # persons; below, one person more or less would move a share by 5 points


def persons(run: RunLike, against: RunLike | None = None) -> Drawing:
    """Draw persons by state, what became of those who left, and identification and assistance."""
    figure = style.new_figure(
        _persons_title(run),
        f"Levels at the end of each step; flows are means over the last 13 weeks; {period(run)}; one run",
        footer(run, against),
    )
    timeline = Timeline(run, against)
    grid = figure.add_gridspec(2, 2, width_ratios=[1.5, 1.0])
    stack, flow, outcome = (figure.add_subplot(place) for place in (grid[:, 0], grid[0, 1], grid[1, 1]))
    _stack_of_states(timeline, stack)
    _assistance(timeline, flow)
    _outcomes(timeline, outcome)
    for axes, n_ticks in ((stack, 9), (flow, 6), (outcome, 6)):
        style.time_axis(axes, run.series["week"].tolist(), calendar_start(run), n_ticks)
        mark_events(axes, run, named=axes is stack)
    return timeline.finish(figure, wrap=17)


def _persons_title(run: RunLike) -> str:
    """Say how exploitation went and how much assistance there was at the end."""
    exploited = column(run, "true_exploited_persons")
    if np.nansum(exploited) == 0.0:
        return "Nobody was exploited in this run"
    assisted, identified = (
        last_year(run, per_week(run, name)) for name in ("assisted_persons", "identified_persons")
    )
    text = words.sentence(course_of(run, "persons exploited", exploited))
    flows = f"{words.rate(identified)} a week were identified and {words.rate(assisted)} assisted"
    return f"{text}; in the last year {flows}"


def _state(run: RunLike, names: tuple[str, ...]) -> Values:
    """Return the sum of some states, aligned with the series."""
    states = run.states
    known = [name for name in names if name in states]
    if not known or len(states) != len(run.series):
        return np.zeros(len(run.series))
    return states[known].sum(axis=1).to_numpy(dtype=np.float64)


def _stack_of_states(timeline: Timeline, axes: Axes) -> None:
    """Stack the states a person passes through."""
    run, panel = timeline.run, "Persons by state (persons)"
    axes.set_title(panel)
    bands = [(name, _state(run, states), colour, hatch) for name, states, colour, hatch in BANDS]
    bands = [band for band in bands if band[1].sum() > 0.0]
    base = _stack(timeline, axes, panel, bands, "persons")
    style.count_axis(axes, float(base.max(initial=0.0)), bins=6)
    if not bands:
        style.say(axes, "nobody was recruited in this run")


def _stack(
    timeline: Timeline, axes: Axes, panel: str, bands: list[tuple[str, Values, str, str]], unit: str
) -> Values:
    """Stack bands with a white line between them and their names at the end; return the upper edge."""
    weeks = timeline.run.series["week"].to_numpy(dtype=np.float64)
    base = np.zeros(len(weeks))
    if len(weeks) == 1:  # an area needs two points: show one step as a bar of that width
        weeks, widen = np.array([weeks[0], weeks[0] + 1.0]), 2
    else:
        widen = 1
    for name, values, colour, hatch in bands:
        low, high = np.repeat(base, widen), np.repeat(base + values, widen)
        axes.fill_between(weeks, low, high, facecolor=colour, alpha=0.88, linewidth=0.0)
        if hatch:
            axes.fill_between(
                weeks, low, high, facecolor="none", edgecolor="white", hatch=hatch, linewidth=0.0, alpha=0.55
            )
        axes.plot(weeks, high, color="white", linewidth=0.7)
        timeline.note(panel, name, timeline.run, values, unit)
        if np.isfinite(values[-1]) and values[-1] > 0.0:
            middle = float((low[-1] + high[-1]) / 2.0)
            timeline.labels.append((axes, style.Label(middle, name, colour)))
        elif np.nansum(values) > 0.0:
            _name_inside(axes, weeks, low, high, name)
        base = base + values
    return base


def _name_inside(axes: Axes, weeks: Values, low: Values, high: Values, name: str) -> None:
    """Name a band that has ended where it was thickest, away from the edges of the panel."""
    inner = slice(len(weeks) // 8, max(len(weeks) // 8 + 1, 7 * len(weeks) // 8))
    thickness = np.nan_to_num(high - low)[inner]
    widest = np.flatnonzero(thickness >= 0.99 * thickness.max())
    at = inner.start + int(widest[len(widest) // 2])
    middle = float((low[at] + high[at]) / 2.0) if thickness.any() else 0.0
    axes.text(
        float(weeks[at]), middle, name, ha="center", va="center", fontsize=11, path_effects=style.halo(3.0)
    )


def _assistance(timeline: Timeline, axes: Axes) -> None:
    """Draw identification and assistance, true and as published."""
    run, panel, unit = timeline.run, "Identification and assistance (persons per week)", "persons/week"
    axes.set_title("Identified and assisted (persons per week)")
    flows = {
        name: per_week(run, name)
        for name in ("identified_persons", "assisted_persons", "observed_assisted_persons")
    }
    for name, label, colour, dash in (
        ("identified_persons", "identified", style.BLUE, style.SOLID),
        ("assisted_persons", "assisted", style.GREEN, style.DASHED),
        ("observed_assisted_persons", "assisted, as published", style.GREEN, style.DOTTED),
    ):
        timeline.line(axes, panel, name, flows[name], unit, colour=colour, dash=dash, label=label, width=1.7)
    if timeline.against is not None:
        timeline.reference(
            axes, panel, "assisted_persons", per_week(timeline.against, "assisted_persons"), unit
        )
    style.count_axis(axes)
    if all(np.nansum(values) == 0.0 for values in flows.values()):
        style.say(axes, "nobody was identified or assisted")


def _outcomes(timeline: Timeline, axes: Axes) -> None:
    """Draw how many persons have returned, resettled or stayed so far."""
    run, panel = timeline.run, "After exploitation (persons so far)"
    axes.set_title(panel)
    for name, colour, dash in OUTCOMES:
        timeline.line(axes, panel, name, _state(run, (name,)), "persons", colour=colour, dash=dash)
    style.count_axis(axes)
    if all(_state(run, (name,)).sum() == 0.0 for name, *_ in OUTCOMES):
        style.say(axes, "nobody has returned, resettled or stayed")


def origin_matrix(run: RunLike, value: str) -> pd.DataFrame:
    """Return weeks x countries of one column of ``run.origins``, on the weeks of the series, 0 if absent."""
    weeks = run.series["week"]
    if run.origins.empty:
        return pd.DataFrame(index=pd.Index(weeks, name="week"))
    table = run.origins.pivot_table(
        index="week", columns="country", values=value, aggfunc="sum", fill_value=0.0
    )
    return table.reindex(weeks, fill_value=0.0)


def origins(run: RunLike, against: RunLike | None = None) -> Drawing:
    """Draw the origin countries of exploited persons as shares over time, above their number."""
    exploited = origin_matrix(run, "exploited_persons")
    exploited = exploited.loc[:, exploited.sum() > 0.0]
    local = [code for code in exploited if code in run.scenario.mission.countries]
    figure = style.new_figure(
        _origins_title(run, exploited, local),
        "Country of recruitment of persons exploited in the mission area, shares of the 13-week mean "
        f"where that is at least {FEWEST_FOR_SHARES:.0f} persons; "
        f"{period(run)}; one run",
        footer(run, against),
    )
    timeline = Timeline(run, against)
    top, bottom = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3.0, 1.0]})
    panel = "Origin (share of persons exploited)"
    top.set_title(panel)
    style.share_axis(top)
    top.grid(False)
    _stack(timeline, top, panel, _origin_bands(run, exploited, local), "share")
    if exploited.empty:
        style.say(top, "nobody was exploited in this run, so there are no origins to show")
    elif exploited.sum(axis=1).max() < FEWEST_FOR_SHARES:
        style.say(top, "too few persons were exploited at any time for shares to mean much")
    panel = "Persons exploited (persons)"
    bottom.set_title(panel)
    timeline.line(
        bottom,
        panel,
        "true_exploited_persons",
        column(run, "true_exploited_persons"),
        "persons",
        colour=style.INK,
        label="all origins",
    )
    style.count_axis(bottom, bins=3)
    for axes in (top, bottom):
        style.time_axis(axes, run.series["week"].tolist(), calendar_start(run))
        mark_events(axes, run, named=axes is bottom)
    return timeline.finish(figure)


def _origin_bands(
    run: RunLike, exploited: pd.DataFrame, local: list[str]
) -> list[tuple[str, Values, str, str]]:
    """Return the bands from the bottom up: inside the mission area, the largest countries, all others."""
    smooth = {code: trailing_mean(run, exploited[code].to_numpy(dtype=np.float64), 13) for code in exploited}
    everybody = sum(smooth.values(), np.zeros(len(run.series)))

    def band(codes: list[str]) -> Values:
        part = sum((smooth[code] for code in codes), np.zeros(len(everybody)))
        enough = everybody >= FEWEST_FOR_SHARES
        return np.divide(part, everybody, out=np.full_like(everybody, np.nan), where=enough)

    abroad = [
        str(code)
        for code in exploited.sum().sort_values(ascending=False, kind="stable").index
        if code not in local
    ]
    named, others = abroad[:N_NAMED_ORIGINS], abroad[N_NAMED_ORIGINS:]
    bands = [("inside the mission area", band(local), style.INK, "")] if local else []
    bands += [(country_name(code), band([code]), *ORIGIN_STYLE[i]) for i, code in enumerate(named)]
    if others:
        bands.append(("other countries", band(others), style.GREY, "xxxx"))
    return bands


def _origins_title(run: RunLike, exploited: pd.DataFrame, local: list[str]) -> str:
    """Say which country was the largest origin and how recruitment inside the area moved."""
    sums = exploited.sum()
    if sums.empty or sums.sum() == 0.0:
        return "Nobody was exploited in this run, so there are no origins to show"
    abroad = sums.drop(labels=local)
    text = f"All persons exploited were recruited in {words.list_of([country_name(code) for code in local])}"
    if not abroad.empty:
        largest = str(abroad.idxmax())
        part = words.share(abroad[largest] / sums.sum())
        text = f"{words.sentence(country_name(largest))} was the largest origin abroad, {part} over the run"
    inside = column(run, "exploited_local_share")
    if len(inside) < 2 or not np.isfinite(inside).all() or abroad.empty:
        return text
    early, late = exploited.iloc[: max(1, len(inside) // 10)], exploited.iloc[-max(1, len(inside) // 10) :]
    shares = [part[local].to_numpy().sum() / (part.to_numpy().sum() or np.nan) for part in (early, late)]
    if not np.isfinite(shares).all():
        return text
    before, after = (words.share(float(value)) for value in shares)
    if before == after:
        return f"{text}; {after} were recruited inside the mission area, early and late"
    verb = "rose" if shares[1] > shares[0] else "fell"
    course = f"{verb} from {before} in the first tenth of the run to {after} in the last"
    return f"{text}; the share recruited inside the mission area {course}"
