#!/usr/bin/env python3
"""Rebuild the regional grids of `sim/world/data/grids` from Natural Earth country polygons.

Run by hand, never by the model: the grids it writes are in the repository and are the source of truth.
It answers which country, how much land and how far from a border or coast each cell is.
It leaves out roads, relief, lines inside a country, and the towns (`sim/world/data/ATTRIBUTION.md`).

The input is `countries-10m.json`, Natural Earth 4.1.0 (public domain) in the npm package world-atlas 2.0.2:

    npm pack world-atlas@2.0.2
    tar -xzf world-atlas-2.0.2.tgz package/countries-10m.json
    pip install numpy "shapely>=2"        (in an environment of its own: the model does not need shapely)
    python tools/make_grid.py --input package/countries-10m.json --output sim/world/data/grids

All six regions take about half a minute.
"""

import argparse
import csv
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from shapely import STRtree, area, intersection, make_valid
from shapely.affinity import scale
from shapely.geometry import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

KM_PER_DEGREE = 111.2
LEAST_LAND_SHARE = 0.35  # below this a cell is sea
LEAST_OVERLAP = 1e-6  # of a cell: smaller overlaps are rounding
PADDING_DEGREES = 12.0  # borders and coasts are looked for this far outside the window
GAP_KM = 0.3  # closes slivers between neighbours before the coastline is drawn
FRAME_KM = 2.0  # the cut at the padded window is no coast
COLUMNS = ("col", "row", "lon", "lat", "country", "land_share", "border_km", "coast_km", "cell_km2")


@dataclass(frozen=True)
class Window:
    """The rectangle a grid covers; row 0 is its north edge, column 0 its west edge."""

    west: float
    south: float
    degrees_per_column: float
    degrees_per_row: float
    n_columns: int = 48
    n_rows: int = 32

    @property
    def north(self) -> float:
        return self.south + self.n_rows * self.degrees_per_row

    @property
    def east(self) -> float:
        return self.west + self.n_columns * self.degrees_per_column

    def padded(self) -> Polygon:
        """Return the window with its padding, in degrees."""
        pad = PADDING_DEGREES
        return box(self.west - pad, self.south - pad, self.east + pad, self.north + pad)

    def flat(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the shape in km on a plane, exact at the window's middle latitude."""
        narrowing = math.cos(math.radians((self.south + self.north) / 2))
        return scale(shape, xfact=narrowing * KM_PER_DEGREE, yfact=KM_PER_DEGREE, origin=(0, 0))


WINDOWS = {
    "balkans": Window(12.0, 38.0, 0.25, 0.1875, 96, 64),
    "west_africa": Window(-15.5, 4.0, 0.25, 0.25),
    "great_lakes": Window(11.5, -13.7, 0.6, 0.6),
    "central_african_republic": Window(12.0, 1.0, 0.375, 0.375),
    "haiti": Window(-75.0, 17.0, 0.15, 0.125),
    "cambodia": Window(99.0, 9.0, 0.2, 0.2),
}
# ISO 3166 numeric -> alpha-3, for every country that owns a cell. Others count as neighbours only.
ALPHA_3 = {
    "008": "ALB", "024": "AGO", "040": "AUT", "044": "BHS", "070": "BIH", "100": "BGR", "104": "MMR",
    "108": "BDI", "116": "KHM", "120": "CMR", "140": "CAF", "148": "TCD", "178": "COG", "180": "COD",
    "191": "HRV", "192": "CUB", "203": "CZE", "214": "DOM", "231": "ETH", "266": "GAB", "276": "DEU",
    "300": "GRC", "324": "GIN", "332": "HTI", "348": "HUN", "380": "ITA", "384": "CIV", "404": "KEN",
    "418": "LAO", "430": "LBR", "454": "MWI", "466": "MLI", "498": "MDA", "499": "MNE", "508": "MOZ",
    "566": "NGA", "616": "POL", "624": "GNB", "642": "ROU", "643": "RUS", "646": "RWA", "688": "SRB",
    "694": "SLE", "703": "SVK", "704": "VNM", "705": "SVN", "728": "SSD", "729": "SDN", "764": "THA",
    "792": "TUR", "800": "UGA", "804": "UKR", "807": "MKD", "834": "TZA", "854": "BFA", "894": "ZMB",
}  # fmt: skip
# Areas without a numeric code. A naval base and an uninhabited islet are no borders in the model's sense.
BY_NAME = {"Kosovo": "XKX", "USNB Guantanamo Bay": "CUB"}
LEFT_OUT = {"U.S. Minor Outlying Is."}
# The grids describe 1995-2008; Natural Earth 4.1 draws Crimea with Russia.
CRIMEA = box(32.3, 44.2, 36.66, 46.3)
CRIMEA_SEAM_DEGREES = 0.002


def read_countries(path: Path) -> list[tuple[str, BaseGeometry]]:
    """Read a world-atlas TopoJSON file into (country key, polygon in degrees) pairs."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    arcs = _absolute_arcs(topology)
    countries = []
    for item in topology["objects"]["countries"]["geometries"]:
        name = item["properties"]["name"]
        if name in LEFT_OUT or item["type"] not in ("Polygon", "MultiPolygon"):
            continue
        parts = [item["arcs"]] if item["type"] == "Polygon" else item["arcs"]
        shape = MultiPolygon([_polygon(part, arcs) for part in parts])
        key = BY_NAME.get(name) or ALPHA_3.get(str(item.get("id", "")).zfill(3)) or "?" + name
        countries.append((key, make_valid(shape)))
    return countries


def _absolute_arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    """Undo the file's delta coding: arcs in degrees."""
    step, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.cumsum(np.asarray(arc, dtype=float), axis=0) * step + origin for arc in topology["arcs"]]


def _ring(arc_ids: Sequence[int], arcs: list[np.ndarray]) -> np.ndarray:
    """Join arcs (negative: backwards) to one ring that does not jump at 180 degrees."""
    pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in arc_ids]
    ring = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
    if np.abs(np.diff(ring[:, 0])).max(initial=0.0) > 180.0:
        # Without this Fiji is a belt around the world and becomes Angola's neighbour.
        ring[:, 0] = np.unwrap(ring[:, 0], period=360.0)
        ring[:, 0] -= 360.0 * round(ring[:, 0].mean() / 360.0)
    return ring


def _polygon(rings: Sequence[Sequence[int]], arcs: list[np.ndarray]) -> Polygon:
    """Build one polygon with holes; rings that collapsed in simplification are dropped."""
    loops = [loop for loop in (_ring(ids, arcs) for ids in rings) if len(loop) >= 4]
    return Polygon(loops[0], loops[1:]) if loops else Polygon()


def clip_countries(countries: list[tuple[str, BaseGeometry]], window: Window) -> dict[str, BaseGeometry]:
    """Cut the countries to the padded window, in degrees, sorted by key."""
    frame = window.padded()
    shapes: dict[str, BaseGeometry] = {}
    for key, shape in countries:
        part = intersection(shape, frame)
        if area(part) > 0:
            shapes[key] = unary_union([shapes[key], part]) if key in shapes else part
    if "RUS" in shapes and "UKR" in shapes:
        part = intersection(shapes["RUS"], CRIMEA)
        shapes["RUS"] = shapes["RUS"].difference(CRIMEA)
        shapes["UKR"] = unary_union([shapes["UKR"], part.buffer(CRIMEA_SEAM_DEGREES)])
    return dict(sorted(shapes.items()))


def grid_rows(shapes: dict[str, BaseGeometry], window: Window) -> Iterator[list[object]]:
    """Yield one row of `COLUMNS` for each cell, west to east, then north to south."""
    keys = list(shapes)
    tree = STRtree([shapes[key] for key in keys])
    flat = {key: window.flat(shape) for key, shape in shapes.items()}
    frame = window.flat(window.padded()).buffer(-FRAME_KM)
    coast = unary_union([shape.buffer(GAP_KM) for shape in flat.values()]).boundary.intersection(frame)
    half_width, half_height = window.degrees_per_column / 2, window.degrees_per_row / 2
    for row in range(window.n_rows):
        latitude = window.north - (row + 0.5) * window.degrees_per_row
        km2 = window.degrees_per_column * window.degrees_per_row * KM_PER_DEGREE**2
        km2 *= math.cos(math.radians(latitude))
        for column in range(window.n_columns):
            longitude = window.west + (column + 0.5) * window.degrees_per_column
            cell = box(
                longitude - half_width, latitude - half_height, longitude + half_width, latitude + half_height
            )
            near = [keys[i] for i in tree.query(cell)]
            overlaps = {key: area(intersection(shapes[key], cell)) / area(cell) for key in near}
            overlaps = {key: share for key, share in overlaps.items() if share > LEAST_OVERLAP}
            land_share = min(1.0, sum(overlaps.values()))
            country = max(overlaps, key=lambda key: overlaps[key]) if land_share >= LEAST_LAND_SHARE else ""
            centre = window.flat(Point(longitude, latitude))
            border_km = min(flat[key].distance(centre) for key in keys if key != country) if country else None
            yield [
                column,
                row,
                round(longitude, 4),
                round(latitude, 4),
                country,
                round(land_share, 3),
                "" if border_km is None else round(border_km, 1),
                "" if coast.is_empty else round(coast.distance(centre), 1),
                round(km2, 1),
            ]


def write_grid(region: str, countries: list[tuple[str, BaseGeometry]], output: Path) -> Counter[object]:
    """Write one region's grid and return the number of cells of each country."""
    window = WINDOWS[region]
    rows = list(grid_rows(clip_countries(countries, window), window))
    cells = Counter(row[4] or "sea" for row in rows)
    unnamed = sorted(str(key) for key in cells if str(key).startswith("?"))
    if unnamed:
        raise ValueError(f"{region}: cells of {', '.join(unnamed)} have no country code. Add it to ALPHA_3.")
    with (output / f"{region}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return cells


def main() -> None:
    """Write the grids that the command line asks for and print the cells of each country."""
    parser = argparse.ArgumentParser(description="Rebuild the regional grids from Natural Earth polygons.")
    parser.add_argument("--input", type=Path, required=True, help="countries-10m.json of world-atlas 2.0.2")
    parser.add_argument("--output", type=Path, required=True, help="folder to write REGION.csv into")
    parser.add_argument("--region", choices=sorted(WINDOWS), action="append", help="default: all; repeatable")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    countries = read_countries(arguments.input)
    for region in arguments.region or WINDOWS:
        cells = write_grid(region, countries, arguments.output)
        print(region, ", ".join(f"{country} {count}" for country, count in cells.most_common()), flush=True)


if __name__ == "__main__":
    main()
