"""Map of origins: abstract arcs from countries of recruitment to the mission area.

Part of the pictures, after all phases; answers which countries persons were recruited in. Leaves out every
way between places: an arc joins the middles of two countries and stands for a number, not for a route.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Annotation

from sim.viz import outlines, style, words
from sim.viz.countries import BEYOND, area_name, country_name
from sim.viz.drawing import Drawing, RunLike, footer, period
from sim.world.geography import Geography, load_geography

ARC_POINTS = (1.0, 15.0)  # width of the thinnest and the widest arc
MOST_BEND = 0.28
OFFSETS = [
    (r * x, r * y)
    for r in (1.0, 2.2, 3.6, 5.0)
    for x, y in (
        (0.0, 8.0),
        (9.0, 0.0),
        (-9.0, 0.0),
        (0.0, -8.0),
        (9.0, 7.0),
        (-9.0, 7.0),
        (9.0, -7.0),
        (-9.0, -7.0),
    )
]

Disc = tuple[
    float, float, float, float
]  # x, y, shift to the right and radius in points, kept clear of labels


def recruitments(run: RunLike) -> pd.DataFrame:
    """Return recruitments over the run by country, largest first, with shares and where it lies."""
    mission = run.scenario.mission
    sums = (
        run.origins.groupby("country")["new_recruitments"].sum()
        if len(run.origins)
        else pd.Series(dtype=np.float64)
    )
    sums = sums.reindex(
        [*sums.index, *[code for code in mission.source_countries if code not in sums.index]], fill_value=0.0
    )
    table = pd.DataFrame({"country": sums.index.astype(str), "recruitments": sums.to_numpy(dtype=np.float64)})
    everybody = table["recruitments"].sum()
    shown = load_geography(mission.region).countries
    table["share"] = table["recruitments"] / everybody if everybody > 0 else 0.0
    table["name"] = table["country"].map(country_name)
    table["where"] = [
        "inside the mission area"
        if code in mission.countries
        else "on the map"
        if code in shown
        else "beyond the map"
        for code in table["country"]
    ]
    return table.sort_values(
        ["recruitments", "country"], ascending=[False, True], kind="stable", ignore_index=True
    )


def map_origins(run: RunLike, against: RunLike | None = None) -> Drawing:
    """Draw an arc from each country of recruitment to the mission area, its width their number."""
    del against  # one set of arcs is all a map can carry
    mission = run.scenario.mission
    geography = load_geography(mission.region)
    table = recruitments(run)
    figure = style.new_figure(
        _title(run, table),
        f"Recruitments into {area_name(mission.countries)} by country, persons and share of all; "
        f"{period(run)}; one run. Width of an arc: recruitments; arcs join countries and follow no route",
        footer(run),
    )
    axes, bars = figure.subplots(1, 2, width_ratios=[2.1, 1.0])
    _bars(bars, table)
    shown = [code for code in [*mission.countries, *mission.source_countries] if code in geography.countries]
    west, east, south, north = frame = outlines.window(geography, shown, 3.5)
    outlines.draw_ground(axes, geography, mission.countries, frame)
    outlines.fill_area(axes, geography, mission.countries, "#BDBAB3")
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    target = outlines.middle(geography, mission.countries)
    abroad = table[(table["where"] != "inside the mission area") & (table["recruitments"] > 0.0)]
    places = {
        code: _place(geography, code, target, frame, rank) for rank, code in enumerate(abroad["country"])
    }
    bends = _bends(places, target)
    clear = [(*target, 0.0, 6.0)]
    labels: list[Annotation] = []
    local = table[table["where"] == "inside the mission area"]
    if local["recruitments"].sum() > 0.0:
        labels.append(
            _label(
                axes,
                target,
                f"inside the\nmission area\n{words.share(local['share'].sum())}",
                True,
            )
        )
    for row in abroad.itertuples():
        width = float(np.interp(row.recruitments, (0.0, abroad["recruitments"].max()), ARC_POINTS))
        clear += _arc(axes, places[row.country], target, width, bends[row.country])
        beyond = "\n(beyond the map)" if row.where == "beyond the map" else ""
        labels.append(
            _label(axes, places[row.country], f"{row.name} {words.share(row.share)}{beyond}", False)
        )
    if table["recruitments"].sum() == 0.0:
        style.say(axes, "nobody was recruited in this run")
    axes.plot(*target, "o", color=style.INK, markersize=9, markeredgecolor="white", zorder=4.0)
    figure.draw_without_rendering()
    style.place_labels(axes, labels, OFFSETS, clear)
    return Drawing(figure, table[["country", "name", "where", "recruitments", "share"]])


def _bars(axes: Axes, table: pd.DataFrame) -> None:
    """Draw recruitments by country as bars with their numbers."""
    axes.set_title("Recruitments by country (persons)")
    shown = table[(table["recruitments"] > 0.0) | (table.index < 6)].head(14)
    rows = np.arange(len(shown))
    inside = (shown["where"] == "inside the mission area").to_numpy()
    bars = axes.barh(
        rows, shown["recruitments"], height=0.62, color=[style.INK if i else style.BLUE for i in inside]
    )
    texts = [f" {words.count(row.recruitments)} ({words.share(row.share)})" for row in shown.itertuples()]
    axes.bar_label(bars, labels=texts, fontsize=11, padding=2)
    axes.set_yticks(
        rows, ["inside the mission area" if i else row.name for i, row in zip(inside, shown.itertuples())]
    )
    axes.set_ylim(max(len(shown), 6) - 0.4, -0.6)
    axes.set_xlim(0.0, 1.45 * max(float(shown["recruitments"].max()) if len(shown) else 0.0, 1.0))
    axes.xaxis.set_visible(False)
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)


def _bends(places: dict[str, tuple[float, float]], target: tuple[float, float]) -> dict[str, float]:
    """Return how far each arc bows, so that arcs from one direction fan out."""
    angles = {code: float(np.arctan2(y - target[1], x - target[0])) for code, (x, y) in places.items()}
    order = sorted(angles, key=lambda code: (angles[code], code))
    if not order:
        return {}
    gaps = [(angles[order[i]] - angles[order[i - 1]]) % (2.0 * np.pi) for i in range(len(order))]
    widest = int(np.argmax(gaps)) if len(order) > 1 else 0
    order = order[widest:] + order[:widest]  # counter-clockwise, beginning after the widest empty sector
    return dict(
        zip(order, np.linspace(-MOST_BEND, MOST_BEND, len(order)) if len(order) > 1 else [MOST_BEND / 2.0])
    )


def _title(run: RunLike, table: pd.DataFrame) -> str:
    """Say where most persons were recruited, and how many inside the mission area."""
    everybody = float(table["recruitments"].sum())
    if everybody == 0.0:
        return "Nobody was recruited in this run"
    inside = table["where"] == "inside the mission area"
    abroad = table[~inside & (table["recruitments"] > 0)].head(2)
    local = float(table.loc[inside, "recruitments"].sum())
    parts = [f"{words.share(row.share)} in {row.name}" for row in abroad.itertuples()]
    if local > 0.0:
        parts.append(f"{words.share(local / everybody)} inside the mission area")
    places = words.list_of(parts).replace(" in", " were in", 1)
    return f"Of {words.many(everybody, 'recruitment', 'recruitments')} over the run, {places}"


def _place(
    geography: Geography,
    code: str,
    target: tuple[float, float],
    frame: tuple[float, float, float, float],
    rank: int,
) -> tuple[float, float]:
    """Return where a country's arc begins: its middle on the map, or the edge of the map towards it."""
    if code in geography.countries:
        return outlines.middle(geography, [code])
    west, east, south, north = frame
    inset_x, inset_y = 0.015 * (east - west), 0.02 * (north - south)
    away = BEYOND.get(code, (west + (0.15 + 0.1 * (rank % 8)) * (east - west), north + (north - south)))
    reach = 1.0
    for start, end, low, high in (
        (target[0], away[0], west + inset_x, east - inset_x),
        (target[1], away[1], south + inset_y, north - inset_y),
    ):
        if end > high:
            reach = min(reach, (high - start) / (end - start))
        elif end < low:
            reach = min(reach, (low - start) / (end - start))
    return target[0] + reach * (away[0] - target[0]), target[1] + reach * (away[1] - target[1])


def _arc(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], width: float, bend: float
) -> list[Disc]:
    """Draw a bow between two points, with a dot where it begins; return the places it covers."""
    (x0, y0), (x1, y1) = start, end
    control = (x0 + x1) / 2.0 + bend * (y1 - y0), (y0 + y1) / 2.0 - bend * (x1 - x0)
    path = Path([start, control, end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    axes.add_patch(
        PathPatch(
            path,
            facecolor="none",
            edgecolor=style.BLUE,
            linewidth=width,
            alpha=0.9,
            capstyle="butt",
            zorder=3.0,
            path_effects=[Stroke(linewidth=width + 1.6, foreground="white"), Normal()],
        )
    )
    axes.plot(x0, y0, "o", color=style.BLUE, markersize=7, markeredgecolor="white", zorder=3.5, clip_on=False)
    along = np.linspace(0.0, 1.0, 30)[:, None]
    points = (
        (1 - along) ** 2 * np.array(start)
        + 2 * along * (1 - along) * np.array(control)
        + along**2 * np.array(end)
    )
    return [(float(x), float(y), 0.0, width / 2.0 + 2.0) for x, y in points]


def _label(axes: Axes, place: tuple[float, float], text: str, inside: bool) -> Annotation:
    """Write a country's name and numbers beside its dot."""
    return axes.annotate(
        text,
        xy=place,
        xytext=(0.0, -8.0 if inside else 8.0),
        textcoords="offset points",
        fontsize=11,
        fontweight="bold",
        color=style.INK if inside else style.BLUE,
        linespacing=1.1,
        zorder=6.0,
        path_effects=style.halo(3.0),
        ha="center",
        multialignment="center",
    )
