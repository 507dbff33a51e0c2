"""Maps: the mission area at a few dates, and the countries persons were recruited in.

Part of the pictures, after all phases; answers where demand and venues are, by cells of about 20 km, and
which countries persons come from. Leaves out every way between places: arcs join two countries and follow
no route.
"""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, PowerNorm
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import offset_copy

from sim.viz import outlines, style, words
from sim.viz.countries import area_name
from sim.viz.drawing import Drawing, RunLike, column, day_of, footer
from sim.world.geography import Geography, load_geography

EARLY_WEEK, YEAR_WEEK, N_MAPS = 4.0, 52.0, 4
CELL_COLUMNS = [
    "map",
    "week",
    "date",
    "cell",
    "longitude",
    "latitude",
    "country",
    "demand",
    "venues_visible",
    "venues_hidden",
]
N_TOWNS = 4
TOWN_OFFSETS = [
    (x, y)
    for r in (1.0, 1.8, 2.6)
    for x, y in (
        (0.0, 9.0 * r),
        (0.0, -9.0 * r),
        (8.0 * r, 6.0 * r),
        (-8.0 * r, 6.0 * r),
        (8.0 * r, -6.0 * r),
        (-8.0 * r, -6.0 * r),
        (10.0 * r, 0.0),
        (-10.0 * r, 0.0),
    )
]
# cividis from light to dark, lightened for what is drawn on it
DEMAND_COLOURS = LinearSegmentedColormap.from_list(
    "demand", 0.68 * mpl.colormaps["cividis_r"](np.linspace(0.0, 1.0, 64))[:, :3] + 0.32
)


def chosen_weeks(run: RunLike) -> list[float]:
    """Return up to four weeks with a snapshot, in order: about week 4, one year, the peak of venues, the end.

    Where two of these coincide, the snapshot farthest from the others takes the place; a short run has fewer.
    """
    weeks = np.unique(run.cells["week"].to_numpy(dtype=np.float64)) if len(run.cells) else np.empty(0)
    if weeks.size <= N_MAPS:
        return weeks.tolist()
    venues = run.cells.groupby("week")["venues"].sum()
    wanted = [
        EARLY_WEEK,
        YEAR_WEEK if weeks[-1] > YEAR_WEEK else weeks.mean(),
        float(venues.idxmax()),
        weeks[-1],
    ]
    chosen = {float(weeks[np.abs(weeks - week).argmin()]) for week in wanted}
    while len(chosen) < N_MAPS:
        gap = np.abs(np.subtract.outer(weeks, sorted(chosen))).min(axis=1)
        chosen.add(float(weeks[gap.argmax()]))
    return sorted(chosen)


def map_weeks(run: RunLike, against: RunLike | None = None) -> Drawing:
    """Draw demand, visible and hidden venues by cell at up to four weeks, on one scale."""
    del against  # two maps of four dates each cannot be read side by side; the comparison has its own figure
    geography = load_geography(run.scenario.mission.region)
    codes = run.scenario.mission.countries
    weeks = chosen_weeks(run)
    table = _cells_table(run, weeks)
    west, east, south, north = frame = outlines.window(geography, codes, 0.9)
    tall = (north - south) / (east - west) / np.cos(np.radians(geography.latitude.mean()))
    map_inches = min(4.2, 3.05 * tall)
    figure = style.new_figure(
        _weeks_title(table, weeks, run),
        f"{words.sentence(area_name(codes))}: visits sought per week by personnel and local clients "
        "(shading, mean since the last snapshot) "
        f"and venues in operation (circles), by cells of {_cell_km(geography)} km; one run",
        footer(run),
        (style.SLIDE_INCHES[0], 3.85 + map_inches),
    )
    grid = figure.add_gridspec(2, N_MAPS, height_ratios=[map_inches + 0.7, 0.95])
    panels = [figure.add_subplot(grid[0, i]) for i in range(max(1, len(weeks)))]
    norm = PowerNorm(0.5, 0.0, max(float(table["demand"].max()) if len(table) else 0.0, 1e-9))
    most = max(1.0, float(table[["venues_visible", "venues_hidden"]].to_numpy().max(initial=0.0)))
    cell_points = 3.05 * 72.0 * outlines.cell_size(geography)[0] / (east - west)
    largest = float(np.clip(1.15 * cell_points, 22.0, 30.0))
    discs = []
    for axes, week in zip(panels, weeks):
        part = table[table["week"] == week]
        outlines.draw_ground(axes, geography, codes, frame)
        values = np.zeros(geography.n_cells)
        values[part["cell"].to_numpy(dtype=np.int64)] = part["demand"].to_numpy()
        outlines.shade_cells(axes, geography, codes, values, DEMAND_COLOURS, norm)
        discs.append(_draw_venues(axes, part, largest / np.sqrt(most)))
        _name_panel(axes, run, part, week)
    if not weeks:
        outlines.draw_ground(panels[0], geography, codes, frame)
        style.say(panels[0], "no snapshot of cells in this run")
    for axes in panels:
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
    counts = table[["venues_visible", "venues_hidden"]].to_numpy(dtype=np.float64)
    least = float(counts[counts > 0].min(initial=most))
    _legend(figure.add_subplot(grid[1, :]), norm, least, most, largest / np.sqrt(most))
    figure.draw_without_rendering()
    for axes, marks in zip(panels, discs):
        _name_towns(axes, geography, codes, marks)
    return Drawing(figure, table)


def _cells_table(run: RunLike, weeks: list[float]) -> pd.DataFrame:
    """Return what the maps draw: one row a cell and map."""
    if not weeks:
        return pd.DataFrame(columns=CELL_COLUMNS)
    cells = run.cells[run.cells["week"].isin(weeks)]
    drawn = cells.assign(
        map=cells["week"].map({week: i + 1 for i, week in enumerate(weeks)}),
        demand=cells["international_demand"] + cells["local_demand"],
        venues_visible=cells["venues"] - cells["venues_hidden"],
    )
    return drawn[CELL_COLUMNS].reset_index(drop=True)


def _weeks_title(table: pd.DataFrame, weeks: list[float], run: RunLike) -> str:
    """Say in how many cells venues operated, early and at the end."""
    venues = table["venues_visible"] + table["venues_hidden"]
    if not len(table) or venues.sum() == 0.0:
        return "No venue operated at any of the dates shown"
    occupied = (venues > 0).groupby(table["week"]).sum()
    n_cells = int((table["week"] == weeks[-1]).sum())
    first, last, most = (int(occupied.loc[week]) for week in (weeks[0], weeks[-1], occupied.idxmax()))
    dates = [words.when(day_of(run, week), week) for week in (weeks[0], weeks[-1], float(occupied.idxmax()))]
    if len(weeks) == 1 or first == last == most:
        return f"Venues operated in {last} of {n_cells} cells in {dates[1]}"
    text = f"Venues operated in {first} of {n_cells} cells in {dates[0]}"
    if most > max(first, last):
        text += f", in {most} in {dates[2]}"
    return f"{text} and in {last or 'none'} in {dates[1]}"


def _cell_km(geography: Geography) -> str:
    """Return the usual side of a cell in km."""
    return f"about {np.sqrt(np.median(geography.area_km2)):.0f}"


def _name_panel(axes: Axes, run: RunLike, part: pd.DataFrame, week: float) -> None:
    """Head a map with its date, personnel and venues."""
    weeks = run.series["week"].to_numpy(dtype=np.float64)
    present = float(column(run, "personnel_present")[np.abs(weeks - week).argmin()]) if len(weeks) else 0.0
    day = day_of(run, week)
    visible, hidden = float(part["venues_visible"].sum()), float(part["venues_hidden"].sum())
    of_these = f" ({words.count(hidden)} hidden)" if hidden else ""
    axes.set_title(f"{day:%B %Y}, week {week:.0f}" if day else f"Week {week:.0f}", pad=36)
    axes.text(
        0.0,
        1.0,
        f"{words.count(present)} personnel present\n"
        f"{words.many(visible + hidden, 'venue', 'venues')}{of_these}",
        transform=axes.transAxes,
        ha="left",
        va="bottom",
        fontsize=11,
        color=style.QUIET,
        linespacing=1.2,
    )


Disc = tuple[float, float, float, float]  # x, y, shift to the right and radius in points


def _draw_venues(axes: Axes, part: pd.DataFrame, points_of_one: float) -> list[Disc]:
    """Draw visible venues as filled, hidden ones as hollow circles, side by side; area shows number."""
    discs: list[Disc] = []
    for row in part.sort_values(
        ["venues_visible", "cell"], ascending=[False, True], kind="stable"
    ).itertuples():
        full, hollow = (
            0.5 * _diameter(value, points_of_one) for value in (row.venues_visible, row.venues_hidden)
        )
        for radius, shift, is_hollow in ((full, -hollow, False), (hollow, full, True)):
            if radius > 0.0:
                place = offset_copy(axes.transData, axes.get_figure(root=True), x=shift, units="points")
                axes.plot(
                    row.longitude,
                    row.latitude,
                    transform=place,
                    **_circle(2.0 * radius, is_hollow),
                    zorder=3.0,
                )
                discs.append((row.longitude, row.latitude, shift, radius))
    return discs


def _diameter(n_venues: float, points_of_one: float) -> float:
    """Return the diameter of a circle in points; the smallest are drawn large enough to be seen."""
    return max(4.5, points_of_one * float(np.sqrt(n_venues))) if n_venues > 0.0 else 0.0


def _circle(points: float, is_hollow: bool) -> dict[str, Any]:
    """Return how a circle is drawn so that it can be seen on light and dark ground."""
    if is_hollow:
        return {
            "linestyle": "",
            "marker": "o",
            "markersize": max(points - 1.5, 1.0),
            "markerfacecolor": "none",
            "markeredgecolor": style.INK,
            "markeredgewidth": 1.5,
            "path_effects": [Stroke(linewidth=3.1, foreground="white"), Normal()],
        }
    return {
        "linestyle": "",
        "marker": "o",
        "markersize": points,
        "markerfacecolor": style.VERMILLION,
        "markeredgecolor": "white",
        "markeredgewidth": 0.9,
    }


def _name_towns(axes: Axes, geography: Geography, codes: list[str], discs: list[Disc]) -> None:
    """Name the largest towns of the area that do not lie next to a larger one."""
    towns = sorted(
        (town for town in geography.towns if town.country in codes),
        key=lambda town: (-town.population, town.name),
    )
    width, height = outlines.cell_size(geography)
    places: list[tuple[float, float]] = []
    labels: list[Annotation] = []
    for town in towns:
        x, y = float(geography.longitude[town.cell]), float(geography.latitude[town.cell])
        if len(labels) == N_TOWNS:
            break
        if all(max(abs(x - a) / width, abs(y - b) / height) > 1.5 for a, b in places):
            places.append((x, y))
            labels.append(
                axes.annotate(
                    town.name,
                    xy=(x, y),
                    xytext=(0, 9),
                    textcoords="offset points",
                    fontsize=10,
                    color=style.INK,
                    path_effects=style.halo(2.6),
                    zorder=5.0,
                )
            )
    style.place_labels(axes, labels, TOWN_OFFSETS, discs)


def _legend(axes: Axes, norm: Normalize, least: float, most: float, points_of_one: float) -> None:
    """Explain shading and circles in a strip below the maps."""
    axes.set_axis_off()
    bar_axes = axes.inset_axes((0.0, 0.38, 0.34, 0.2))
    bar = axes.figure.colorbar(ScalarMappable(norm, DEMAND_COLOURS), cax=bar_axes, orientation="horizontal")
    bar.set_ticks([0.0, *sorted({_round(float(norm.vmax or 0.0) * part) for part in (0.04, 0.25, 1.0)})])
    bar_axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    bar_axes.set_title("Demand: visits sought per week and cell", fontsize=11, fontweight="normal", pad=5)
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar_axes.grid(False)
    sizes = sorted({least, max(least, _round(most / 4)), max(least, _round(most))})
    handles = [
        Line2D([], [], label=words.count(size), **_circle(_diameter(size, points_of_one), is_hollow))
        for is_hollow in (False, True)
        for size in sizes
    ]
    legend = axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.42, 1.06),
        ncols=len(handles),
        fontsize=11,
        handletextpad=0.7,
        columnspacing=1.8,
        borderpad=0.0,
        labelspacing=1.0,
        title_fontsize=11,
        title="Venues per cell: filled circles are visible, hollow circles hidden",
        alignment="left",
    )
    legend.get_title().set_color(style.INK)


def _round(value: float) -> float:
    """Return a value rounded down to one significant figure, for marks on a scale."""
    if value <= 0.0:
        return 0.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(np.floor(value / power + 1e-9) * power)
