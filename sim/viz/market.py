"""Figures of the market over time: mission and market, the two segments, venues and networks.

Part of the pictures, after all phases; answers how the market moved while the mission changed. Leaves out
places and persons' states, which have figures of their own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from sim.viz import style, words
from sim.viz.drawing import (
    Drawing,
    RunLike,
    Timeline,
    Values,
    calendar_start,
    column,
    course_of,
    first_year,
    footer,
    last_year,
    mark_events,
    per_week,
    period,
    total,
    trailing_mean,
)

HALF_YEAR_WEEKS = 26

Lines = list[tuple[str, str, str, object]]  # indicator, name, colour, dash


def market_and_mission(run: RunLike, against: RunLike | None = None) -> Drawing:
    """Draw troops above venues above exploited persons, on one axis of time."""
    venues, troops = column(run, "venues"), column(run, "troops_present")
    market = course_of(run, "venues", venues) if np.nansum(venues) > 0 else "no venue operated"
    mission = course_of(run, "troops", troops) if np.nansum(troops) > 0 else "no troops were present"
    figure = style.new_figure(
        words.sentence(f"{market}, while {mission}"),
        f"Levels in the mission area at the end of each step; {period(run)}; one run",
        footer(run, against),
    )
    timeline = Timeline(run, against)
    top, middle, bottom = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": [1.0, 1.25, 1.25]})
    _levels(
        timeline,
        top,
        "Personnel (persons)",
        "persons",
        [
            ("troops_present", "troops", style.BLUE, style.SOLID),
            ("personnel_present", "with police, civilians, contractors", style.BLUE, style.DOTTED),
        ],
        "no personnel in this run",
    )
    _levels(
        timeline,
        middle,
        "Venues (number in operation)",
        "venues",
        [
            ("venues", "venues", style.VERMILLION, style.SOLID),
            ("venues_hidden", "of these, hidden", style.ORANGE, style.DASHED),
            ("observed_venues", "on the list of the police", style.VERMILLION, style.DOTTED),
        ],
        "no venues in this run",
    )
    _levels(
        timeline,
        bottom,
        "Persons exploited (persons)",
        "persons",
        [
            ("true_exploited_persons", "in venues or by private owners", style.PURPLE, style.SOLID),
            ("exploited_private_persons", "of these, by private owners", style.PURPLE, style.DASHED),
        ],
        "nobody was exploited in this run",
    )
    for axes in (top, middle, bottom):
        _time(axes, run, named=axes is top)
    return timeline.finish(figure)


def segments(run: RunLike, against: RunLike | None = None) -> Drawing:
    """Draw the part of personnel in visits and revenue, and the prices of the two segments."""
    client_share = column(run, "international_client_share")
    revenue_share = column(run, "international_revenue_share")
    figure = style.new_figure(
        _segments_title(run, client_share, revenue_share),
        "Shares over the trailing 52 weeks, published estimate as it appeared, prices in USD per unit "
        f"of service; mission area; {period(run)}; one run",
        footer(run, against),
    )
    timeline = Timeline(run, against)
    top, bottom = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [1.3, 1.0]})
    acts = total(run, "true_acts") + total(run, "local_acts")
    panel = "Part of personnel in visits and revenue (share)"
    top.set_title(panel)
    style.share_axis(top)
    timeline.line(top, panel, "visits", client_share, "share", colour=style.BLUE, label="in visits")
    timeline.line(
        top,
        panel,
        "revenue",
        revenue_share,
        "share",
        colour=style.ORANGE,
        dash=style.DASHED,
        label="in revenue",
    )
    observed = column(run, "observed_international_client_share")
    if np.nansum(observed) > 0:
        timeline.line(
            top,
            panel,
            "visits, published estimate",
            np.where(observed > 0, observed, np.nan),
            "share",
            colour=style.BLUE,
            dash=style.DOTTED,
            label="in visits, published estimate",
        )
    if against is not None:
        timeline.reference(top, panel, "visits", column(against, "international_client_share"), "share")
    if acts == 0.0:
        style.say(top, "no visits in this run: shares stand at their declared value, 0")
    _levels(
        timeline,
        bottom,
        "Price in the two segments (USD)",
        "USD",
        [
            ("price_international_usd", "personnel", style.BLUE, style.SOLID),
            ("price_local_usd", "local clients", style.GREEN, style.DASHED),
        ],
        "no prices in this run",
        with_reference=False,
    )
    for axes in (top, bottom):
        _time(axes, run, named=axes is bottom)
    return timeline.finish(figure)


def _segments_title(run: RunLike, client_share: Values, revenue_share: Values) -> str:
    """Say who made the visits and who brought the revenue, early and late."""
    if total(run, "true_acts") + total(run, "local_acts") == 0.0:
        return "No visits took place in this run, so there is no client mix to show"
    early, late = (words.share(of(run, client_share)) for of in (first_year, last_year))
    paid_early, paid_late = (words.share(of(run, revenue_share)) for of in (first_year, last_year))
    if len(client_share) == 1 or (early == late and paid_early == paid_late):
        return f"Personnel made {late} of visits and brought {paid_late} of revenue"
    return (
        f"Personnel made {early} of visits in the first year and {late} in the last, "
        f"and brought {paid_early} and {paid_late} of revenue"
    )


def networks(run: RunLike, against: RunLike | None = None) -> Drawing:
    """Draw openings and closures, networks, raids, hiding, other trades, and what lowers networks' costs."""
    figure = style.new_figure(
        _networks_title(run),
        "Mission area; flows and hiding are means over the last 26 weeks, other lines are levels; "
        f"{period(run)}; one run",
        footer(run, against),
    )
    timeline = Timeline(run, against)
    panels = figure.subplots(2, 3, sharex=True)
    _flows(
        timeline,
        panels[0, 0],
        "Venues opened and closed (per week)",
        "venues/week",
        [
            ("venues_opened", "opened", style.VERMILLION, style.SOLID),
            ("venues_closed", "closed", style.BLUE, style.DASHED),
            ("venues_closed_by_police", "by police", style.BLUE, style.DOTTED),
        ],
        "no venue opened or closed",
    )
    _levels(
        timeline,
        panels[0, 1],
        "Networks active (number)",
        "networks",
        [
            ("networks_active", "networks", style.PURPLE, style.SOLID),
        ],
        "no network was active",
    )
    _flows(
        timeline,
        panels[0, 2],
        "Raids on venues (per week)",
        "raids/week",
        [
            ("raids", "raids", style.BLUE, style.SOLID),
            ("raids_leaked", "known in advance", style.VERMILLION, style.DASHED),
        ],
        "no raids in this run",
    )
    venues, hidden = column(run, "venues"), column(run, "venues_hidden")
    hidden_share = np.divide(hidden, venues, out=np.full_like(venues, np.nan), where=venues > 0)
    panel = "Hiding (share of venues hidden)"
    hidden_share = trailing_mean(run, hidden_share, HALF_YEAR_WEEKS)
    _shares(
        timeline,
        panels[1, 0],
        panel,
        [("hidden", hidden_share, style.ORANGE, style.SOLID)],
        "no venues in this run",
    )
    _shares(
        timeline,
        panels[1, 1],
        "Other trades (share of effort)",
        [
            ("diversified", column(run, "diversified_share"), style.GREEN, style.SOLID),
        ],
        "no effort in other trades",
    )
    _shares(
        timeline,
        panels[1, 2],
        "What lowers their costs (share)",
        [
            ("official ties", column(run, "official_ties"), style.VERMILLION, style.SOLID),
            ("infra-structure", column(run, "infrastructure"), style.PURPLE, style.DASHED),
        ],
        "neither ties nor infrastructure",
    )
    for axes in panels.flat:
        _time(axes, run, n_ticks=6)
    return timeline.finish(figure, wrap=11)


def _networks_title(run: RunLike) -> str:
    """Say how many venues opened and closed, and how many raids were known in advance."""
    opened, closed, by_police = (
        total(run, name) for name in ("venues_opened", "venues_closed", "venues_closed_by_police")
    )
    raids, leaked = total(run, "raids"), total(run, "raids_leaked")
    if not opened + closed + raids:
        return "No venue opened, closed or was raided in this run"
    text = f"{words.sentence(words.many(opened, 'venue', 'venues'))} opened and {words.count(closed)} closed"
    if closed > 0.0:
        text += f", {words.share(by_police / closed)} of these by police"
    if raids > 0.0:
        text += f"; {words.share(leaked / raids)} of {words.count(raids)} raids were known in advance"
    return text


def _levels(
    timeline: Timeline,
    axes: Axes,
    panel: str,
    unit: str,
    lines: Lines,
    nothing: str,
    with_reference: bool = True,
) -> None:
    """Draw levels; lines after the first only where they are not 0 throughout."""
    _lines(timeline, axes, panel, unit, lines, nothing, column, with_reference)


def _flows(timeline: Timeline, axes: Axes, panel: str, unit: str, lines: Lines, nothing: str) -> None:
    """Draw flows as 26-week means, the run's only: noise hides a reference here."""
    _lines(
        timeline,
        axes,
        panel,
        unit,
        lines,
        nothing,
        lambda run, name: per_week(run, name, HALF_YEAR_WEEKS),
        False,
    )


def _lines(
    timeline: Timeline,
    axes: Axes,
    panel: str,
    unit: str,
    lines: Lines,
    nothing: str,
    values_of: Callable[[RunLike, str], Values],
    with_reference: bool,
) -> None:
    """Draw indicators on one panel, the first with its reference."""
    axes.set_title(panel)
    for i, (name, label, colour, dash) in enumerate(lines):
        values = values_of(timeline.run, name)
        if i == 0 or np.nansum(np.abs(values)) > 0.0:
            timeline.line(axes, panel, name, values, unit, colour=colour, dash=dash, label=label)
        if i == 0 and with_reference and timeline.against is not None:
            timeline.reference(axes, panel, name, values_of(timeline.against, name), unit)
    style.count_axis(axes)
    if all(np.nansum(np.abs(values_of(timeline.run, name))) == 0.0 for name, *_ in lines):
        style.say(axes, nothing)


def _shares(
    timeline: Timeline, axes: Axes, panel: str, lines: list[tuple[str, Values, str, object]], nothing: str
) -> None:
    """Draw shares on one panel."""
    axes.set_title(panel)
    for name, values, colour, dash in lines:
        timeline.line(
            axes, panel, name.replace("-", ""), values, "share", colour=colour, dash=dash, label=name
        )
    top = max((float(np.nanmax(values)) for _, values, *_ in lines if np.isfinite(values).any()), default=0.0)
    style.share_axis(axes, top)
    if top == 0.0:
        style.say(axes, nothing)


def _time(axes: Axes, run: RunLike, named: bool = False, n_ticks: int = 11) -> None:
    """Give a panel its axis of time and the marks of shock and policies."""
    style.time_axis(axes, run.series["week"].tolist(), calendar_start(run), n_ticks)
    mark_events(axes, run, named)
