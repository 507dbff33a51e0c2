"""Geography: the grids of cells, countries and towns that every phase stands on; no phase of its own.

It answers where a country's cells are, how people spread over them, and what a way from cell to cell costs.
It leaves out roads, relief, lines inside a country and all that changes over time; a route is a cost in km,
never a path: no function returns the cells it passes.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import did_you_mean

EARTH_RADIUS_KM = 6371.0088  # mean radius (IUGG)
SEA = -1  # in Geography.country
SYNTHETIC = "synthetic"

Reals = NDArray[np.float64]
Cells = NDArray[np.int64]


@dataclass(frozen=True)
class Town:
    """A town: its country, its cell and its population, a relative weight only."""

    name: str
    country: str
    cell: int
    population: float


@dataclass(frozen=True, eq=False)
class Geography:
    """One region as a grid of cells; cell = row * n_columns + column, row 0 is the north edge.

    Parameters
    ----------
    region
        Name of the region, one of `regions`.
    n_columns, n_rows
        Size of the grid.
    longitude, latitude
        Cell centre in degrees, per cell.
    country
        Index into `countries`, -1 for sea, per cell.
    countries
        ISO 3166 alpha-3 codes, and XKX for Kosovo, sorted.
    land_share
        Share of the cell that is land, inland lakes included, per cell.
    border_km
        Distance from the centre to the nearest other country in km, water included, per cell; inf at sea.
    coast_km
        Distance from the centre to the nearest coast in km, per cell.
    area_km2
        Area of the cell, sea included, per cell.
    town_population
        Sum of the populations of the cell's towns.
    towns
        The towns, in the order of their file.

    Notes
    -----
    Limits: a cell belongs wholly to the country with its largest share and is sea below 35 % land; country
    lines are today's. Arrays are read-only, because one object serves every run of a process.

    Source: Natural Earth 4.1.0 and GeoNames, see `sim/world/data/ATTRIBUTION.md`.
    """

    region: str
    n_columns: int
    n_rows: int
    longitude: Reals
    latitude: Reals
    country: NDArray[np.int16]
    countries: tuple[str, ...]
    land_share: Reals
    border_km: Reals
    coast_km: Reals
    area_km2: Reals
    town_population: Reals
    towns: tuple[Town, ...]

    def __post_init__(self) -> None:
        for field in fields(self):
            values = getattr(self, field.name)
            if isinstance(values, np.ndarray):
                if values.shape != (self.n_cells,):
                    raise ValueError(f"{field.name} = shape {values.shape}: must be ({self.n_cells},).")
                values.setflags(write=False)

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return self.n_columns * self.n_rows

    def cell_at(self, column: int, row: int) -> int:
        """Return the cell in a column (0 = west) and a row (0 = north); outside the grid is a ValueError."""
        if not (0 <= column < self.n_columns and 0 <= row < self.n_rows):
            size = f"{self.n_columns} columns x {self.n_rows} rows, counted from 0"
            raise ValueError(f"column, row = {column}, {row}: outside the grid. It has {size}.")
        return row * self.n_columns + column

    def cells_of(self, countries: Sequence[str]) -> Cells:
        """Return the cells of some countries, sorted; an unknown code is a ValueError with near matches."""
        if isinstance(countries, str):
            raise ValueError(f"countries = {countries!r}: needs a list of codes. Write [{countries!r}].")
        for code in countries:
            if code not in self.countries:
                hint = did_you_mean(code.upper(), self.countries)
                raise ValueError(f"countries = {code!r}: no such country in region {self.region}. {hint}")
        wanted = [self.countries.index(code) for code in countries]
        return np.flatnonzero(np.isin(self.country, wanted)).astype(np.int64)

    def distance_km(self, cells_a: ArrayLike, cells_b: ArrayLike) -> Reals:
        """Return great-circle distances between cell centres in km, shape (len(cells_a), len(cells_b)).

        Between the towns of two cells the distance differs by up to about a cell's diagonal.
        """
        a = _checked_cells("cells_a", cells_a, self.n_cells)[:, None]
        b = _checked_cells("cells_b", cells_b, self.n_cells)[None, :]
        return _great_circle_km(self.longitude[a], self.latitude[a], self.longitude[b], self.latitude[b])

    def population_weights(self, cells: ArrayLike, rural_share: float) -> Reals:
        """Return each cell's share of the people who live in these cells; the shares sum to 1.

        The rural share is spread by land area, the rest by town population. Limits: without towns everybody
        is spread by land area, without land by towns; GeoNames' town populations are today's.

        Raises
        ------
        ValueError
            If `rural_share` is not in 0..1, or the cells have neither land nor towns (no cells included).
        """
        if not 0.0 <= rural_share <= 1.0:
            raise ValueError(f"rural_share = {rural_share}: must be in 0..1 (share of people).")
        cells = _checked_cells("cells", cells, self.n_cells)
        land_km2 = self.land_share[cells] * self.area_km2[cells]
        town_population = self.town_population[cells]
        if not land_km2.any() and not town_population.any():
            raise ValueError(f"cells = {cells.tolist()}: nobody can live there. Give land or towns.")
        if not town_population.any():
            return land_km2 / land_km2.sum()
        if not land_km2.any():
            return town_population / town_population.sum()
        rural, urban = land_km2 / land_km2.sum(), town_population / town_population.sum()
        return rural_share * rural + (1.0 - rural_share) * urban


def regions() -> tuple[str, ...]:
    """Return the names that `load_geography` knows, sorted."""
    grids = files("sim.world") / "data" / "grids"
    names = [entry.name.removesuffix(".csv") for entry in grids.iterdir() if entry.name.endswith(".csv")]
    return tuple(sorted([*names, SYNTHETIC]))


@cache
def load_geography(region: str) -> Geography:
    """Return a region's geography, read once per process; an unknown region is a ValueError."""
    if region not in regions():
        raise ValueError(f"region = {region!r}: no such grid. {did_you_mean(region, regions())}")
    if region == SYNTHETIC:
        return synthetic_geography()
    names, *rows = _read_csv(f"grids/{region}.csv")
    table = dict(zip(names, zip(*rows)))
    column, row = (np.array(table[name], dtype=np.int64) for name in ("col", "row"))
    n_columns, n_rows = int(column[-1]) + 1, int(row[-1]) + 1
    if not np.array_equal(row * n_columns + column, np.arange(n_columns * n_rows)):
        raise ValueError(f"grids/{region}.csv: cells must run west to east, then north to south.")
    countries, country = _country_index(table["country"])
    towns = tuple(_read_towns(region, n_columns))
    return Geography(
        region=region,
        n_columns=n_columns,
        n_rows=n_rows,
        longitude=_reals(table["lon"]),
        latitude=_reals(table["lat"]),
        country=country,
        countries=countries,
        land_share=_reals(table["land_share"]),
        border_km=_reals(table["border_km"]),
        coast_km=_reals(table["coast_km"]),
        area_km2=_reals(table["cell_km2"]),
        town_population=_town_population(towns, n_columns * n_rows),
        towns=towns,
    )


def route_cost_km(
    geography: Geography,
    origin_cells: ArrayLike,
    destination_cells: ArrayLike,
    *,
    border_cost_km: float,
    sea_cost_ratio: float,
) -> Reals:
    """Return least-cost distances between cells in km, shape (n_origins, n_destinations), read-only.

    A step goes to one of eight neighbours and costs the great-circle distance between the centres, times
    `sea_cost_ratio` if either end is sea, plus `border_cost_km` if the ends lie in two countries.

    Parameters
    ----------
    geography
        The region.
    origin_cells, destination_cells
        Cells, in any order, repeats allowed; an empty list gives an empty result.
    border_cost_km
        Cost of one land border, in km of land travel, 0 or more.
    sea_cost_ratio
        Cost of a km at sea over a km on land, above 0.

    Raises
    ------
    ValueError
        If a cell is outside the grid, or a cost is negative, zero (the ratio) or not finite.

    Notes
    -----
    Limits: 0 from a cell to itself; symmetric; at least the great-circle distance while the ratio is at least
    1, up to about 8 % longer on open land (eight directions). Every cell can be reached: closing a border or
    the sea means a high cost. A crossing by sea pays no border: the ratio has to stand for it. Results are
    kept by (geography, cells, costs), so asking again costs nothing.

    Source: Dijkstra 1959, through `scipy.sparse.csgraph`; the costs are the caller's assumptions.
    """
    if not 0.0 <= border_cost_km < math.inf:
        raise ValueError(f"border_cost_km = {border_cost_km}: must be finite and at least 0 (km).")
    if not 0.0 < sea_cost_ratio < math.inf:
        raise ValueError(f"sea_cost_ratio = {sea_cost_ratio}: must be finite and above 0 (km per km).")
    origins = _checked_cells("origin_cells", origin_cells, geography.n_cells)
    destinations = _checked_cells("destination_cells", destination_cells, geography.n_cells)
    costs = float(border_cost_km), float(sea_cost_ratio)
    if destinations.size < origins.size:  # one search per cell of the shorter list: the graph is undirected
        return _least_costs(geography, destinations.tobytes(), origins.tobytes(), *costs).T
    return _least_costs(geography, origins.tobytes(), destinations.tobytes(), *costs)


@lru_cache(maxsize=64)
def _least_costs(
    geography: Geography, sources: bytes, targets: bytes, border_cost_km: float, sea_cost_ratio: float
) -> Reals:
    """Search from each source once; cells come as bytes so that they can be a key."""
    from scipy.sparse import csr_matrix  # here because importing it takes longer than using it
    from scipy.sparse.csgraph import dijkstra

    source_cells, target_cells = np.frombuffer(sources, np.int64), np.frombuffer(targets, np.int64)
    if not source_cells.size:
        return np.empty((0, target_cells.size))
    searched, position = np.unique(source_cells, return_inverse=True)
    ends = _neighbour_pairs(geography.n_columns, geography.n_rows)
    steps = _step_costs(geography, *ends, border_cost_km, sea_cost_ratio)
    graph = csr_matrix((steps, ends), shape=(geography.n_cells, geography.n_cells))
    costs = dijkstra(graph, directed=False, indices=searched)[np.ix_(position, target_cells)]
    costs.setflags(write=False)
    return costs


def _step_costs(
    geography: Geography, a: Cells, b: Cells, border_cost_km: float, sea_cost_ratio: float
) -> Reals:
    """Return the cost in km of the steps between neighbouring cells a and b, element by element."""
    longitude, latitude, country = geography.longitude, geography.latitude, geography.country
    distance_km = _great_circle_km(longitude[a], latitude[a], longitude[b], latitude[b])
    at_sea = (country[a] == SEA) | (country[b] == SEA)
    over_border = ~at_sea & (country[a] != country[b])
    return distance_km * np.where(at_sea, sea_cost_ratio, 1.0) + np.where(over_border, border_cost_km, 0.0)


def _neighbour_pairs(n_columns: int, n_rows: int) -> tuple[Cells, Cells]:
    """Return the two ends of every pair of cells that share a side or a corner, each pair once."""
    grid = np.arange(n_columns * n_rows, dtype=np.int64).reshape(n_rows, n_columns)
    sides = (grid[:, :-1], grid[:, 1:]), (grid[:-1], grid[1:])
    corners = (grid[:-1, :-1], grid[1:, 1:]), (grid[:-1, 1:], grid[1:, :-1])
    first, second = zip(*sides, *corners)
    return np.concatenate([a.ravel() for a in first]), np.concatenate([b.ravel() for b in second])


def _great_circle_km(longitude_a: Reals, latitude_a: Reals, longitude_b: Reals, latitude_b: Reals) -> Reals:
    """Return haversine distances between points in degrees, element by element."""
    half_east = np.radians(longitude_b - longitude_a) / 2.0
    half_north = np.radians(latitude_b - latitude_a) / 2.0
    narrowing = np.cos(np.radians(latitude_a)) * np.cos(np.radians(latitude_b))
    squared = np.sin(half_north) ** 2 + narrowing * np.sin(half_east) ** 2
    return 2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(squared))


def _checked_cells(where: str, cells: ArrayLike, n_cells: int) -> Cells:
    """Return cells as a flat int64 array, or say which is no cell of the grid."""
    array = np.asarray(cells)
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"{where} = {array.ndim}-d {array.dtype}: needs a flat list of whole numbers.")
    outside = array[(array < 0) | (array >= n_cells)]
    if outside.size:
        raise ValueError(f"{where} = {outside[0]}: no such cell. Cells run from 0 to {n_cells - 1}.")
    return np.ascontiguousarray(array, dtype=np.int64)


def _read_csv(name: str) -> list[list[str]]:
    """Read a table below `sim/world/data`, header first."""
    return list(csv.reader((files("sim.world") / "data" / name).read_text(encoding="utf-8").splitlines()))


def _read_towns(region: str, n_columns: int) -> Iterator[Town]:
    """Yield the towns of a region in file order."""
    names, *rows = _read_csv("towns.csv")
    for values in rows:
        record = dict(zip(names, values))
        if record["region"] == region:
            cell = int(record["row"]) * n_columns + int(record["col"])
            yield Town(record["name"], record["iso3"], cell, float(record["population"]))


def _reals(texts: Iterable[str]) -> Reals:
    """Return a column of numbers; an empty field is a distance to something that is not there."""
    return np.array([text or "inf" for text in texts], dtype=np.float64)


def _country_index(codes: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int16]]:
    """Return the sorted country codes and each cell's index into them; an empty code is sea."""
    countries = tuple(sorted(set(codes) - {""}))
    index = {"": SEA} | {code: i for i, code in enumerate(countries)}
    return countries, np.array([index[code] for code in codes], dtype=np.int16)


def _town_population(towns: Sequence[Town], n_cells: int) -> Reals:
    """Return the sum of town populations per cell."""
    population = np.zeros(n_cells)
    np.add.at(population, [town.cell for town in towns], [town.population for town in towns])
    return population


# The synthetic region, as a map: M mission country, n neighbour, A near and C far source country, ~ sea.
_SYNTHETIC_MAP = (
    *["CCCCnnnnnnnnnnnnnnnnAAAA"] * 4,
    *["CCCCnnnnnnMMMMMMMMnnAAAA"] * 2,
    *["CCCC~~nnnnMMMMMMMMnnAAAA"] * 6,
    *["CCCC~~nnnnnnnnnnnnnnAAAA"] * 4,
)
_SYNTHETIC_CODES = {"M": "MIS", "n": "NBR", "A": "SRA", "C": "SRC", "~": ""}
_SYNTHETIC_CELL_KM = 20.0
# Population of the largest town, and (column, row) of the towns from the largest down.
_SYNTHETIC_TOWNS: dict[str, tuple[float, tuple[tuple[int, int], ...]]] = {
    "MIS": (400_000, ((13, 7), (11, 5), (16, 9), (15, 5), (11, 10), (17, 7), (10, 8), (14, 11))),
    "NBR": (300_000, ((7, 3), (14, 14), (18, 2), (8, 12), (19, 13))),
    "SRA": (200_000, ((21, 7), (22, 2), (21, 12), (23, 9), (20, 4))),
    "SRC": (200_000, ((2, 6), (1, 2), (3, 13), (0, 10), (2, 15))),
}


def synthetic_geography() -> Geography:
    """Return an invented region of 24 x 16 cells of 20 km on the equator, for teaching and tests.

    The mission country MIS (8 x 8 cells) lies inside its neighbour NBR; source country SRA is near in the
    east, SRC far in the west, behind a strip of sea with a land bridge in the north. A town has the largest
    town's population over its rank.

    Limits: no randomness, every call gives the same region; borders and coasts are at least half a cell away.

    Source: assumption; rank-size rule: Zipf 1949.
    """
    n_rows, n_columns = len(_SYNTHETIC_MAP), len(_SYNTHETIC_MAP[0])
    row, column = np.divmod(np.arange(n_rows * n_columns), n_columns)
    countries, country = _country_index([_SYNTHETIC_CODES[letter] for letter in "".join(_SYNTHETIC_MAP)])
    east_km = (column + 0.5 - n_columns / 2) * _SYNTHETIC_CELL_KM
    north_km = (n_rows / 2 - row - 0.5) * _SYNTHETIC_CELL_KM
    gap_km = np.hypot(np.subtract.outer(east_km, east_km), np.subtract.outer(north_km, north_km))
    gap_km -= _SYNTHETIC_CELL_KM / 2  # from a centre to the edge of the other cell
    land = country != SEA
    over_border = land & land[:, None] & (country != country[:, None])
    towns = tuple(
        Town(f"{code} {'capital' if rank == 1 else f'town {rank}'}", code, y * n_columns + x, largest / rank)
        for code, (largest, places) in _SYNTHETIC_TOWNS.items()
        for rank, (x, y) in enumerate(places, start=1)
    )
    return Geography(
        region=SYNTHETIC,
        n_columns=n_columns,
        n_rows=n_rows,
        longitude=np.degrees(east_km / EARTH_RADIUS_KM),
        latitude=np.degrees(north_km / EARTH_RADIUS_KM),
        country=country,
        countries=countries,
        land_share=land.astype(np.float64),
        border_km=np.where(over_border, gap_km, np.inf).min(axis=1),
        coast_km=np.where(land != land[:, None], gap_km, np.inf).min(axis=1),
        area_km2=np.full(land.size, _SYNTHETIC_CELL_KM**2),
        town_population=_town_population(towns, land.size),
        towns=towns,
    )
