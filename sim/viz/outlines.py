"""Country shapes drawn from the grid: softened outlines, and values of cells clipped to the mission area.

Part of the pictures, after all phases; answers what a map's ground looks like. Leaves out any way between
places.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from contourpy import contour_generator
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.contour import QuadContourSet
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter

from sim.viz import style
from sim.world.geography import Geography

FINE = 6  # sub-cells along a cell's side
SOFTENING_CELLS = 0.62  # standard deviation of the blur that rounds the corners of cells

Reals = NDArray[np.float64]


def edges(geography: Geography) -> tuple[float, float, float, float]:
    """Return west, east, south and north edges of the grid in degrees."""
    longitude, latitude = geography.longitude, geography.latitude
    width, height = cell_size(geography)
    return (
        longitude.min() - width / 2,
        longitude.max() + width / 2,
        latitude.min() - height / 2,
        latitude.max() + height / 2,
    )


def cell_size(geography: Geography) -> tuple[float, float]:
    """Return width and height of a cell in degrees."""
    grid = geography.n_rows, geography.n_columns
    longitude, latitude = geography.longitude.reshape(grid), geography.latitude.reshape(grid)
    return float(np.ptp(longitude[0]) / max(1, grid[1] - 1)), float(
        np.ptp(latitude[:, 0]) / max(1, grid[0] - 1)
    )


@lru_cache(maxsize=32)
def _lead(geography: Geography, codes: tuple[str, ...]) -> Reals:
    """Return by how much some countries lead over all else, softened, on the fine grid; above 0 is inside."""
    inside = np.zeros(geography.n_cells)
    inside[geography.cells_of(list(codes))] = 1.0
    fine = inside.reshape(geography.n_rows, geography.n_columns).repeat(FINE, axis=0).repeat(FINE, axis=1)
    return gaussian_filter(fine, SOFTENING_CELLS * FINE, mode="nearest")


@lru_cache(maxsize=32)
def _shape(geography: Geography, codes: tuple[str, ...]) -> Reals:
    """Return the softened lead of some countries over the strongest other country or the sea."""
    own = _lead(geography, codes)
    sea = np.clip(1.0 - _lead(geography, geography.countries), 0.0, 1.0)
    rivals = [_lead(geography, (code,)) for code in geography.countries if code not in codes]
    return own - np.maximum.reduce([sea, *rivals])


def _fine_axes(geography: Geography) -> tuple[Reals, Reals]:
    """Return longitudes and latitudes of the fine grid."""
    west, east, south, north = edges(geography)
    n_columns, n_rows = geography.n_columns * FINE, geography.n_rows * FINE
    return (
        west + (np.arange(n_columns) + 0.5) * (east - west) / n_columns,
        north - (np.arange(n_rows) + 0.5) * (north - south) / n_rows,
    )


def rings(geography: Geography, codes: tuple[str, ...]) -> list[Reals]:
    """Return the softened outlines of some countries together, each a ring of (longitude, latitude)."""
    x, y = (np.concatenate([[2.0 * v[0] - v[1]], v, [2.0 * v[-1] - v[-2]]]) for v in _fine_axes(geography))
    shape = np.pad(_shape(geography, codes), 1, constant_values=-1.0)  # so that rings close at the edge of the grid
    return [np.asarray(line, dtype=np.float64) for line in contour_generator(x, y, shape).lines(0.0)]


def draw_ground(
    axes: Axes, geography: Geography, codes: list[str], frame: tuple[float, float, float, float]
) -> None:
    """Draw the countries inside a frame (west, east, south, north) and outline the mission area."""
    axes.set_facecolor(style.SEA_COLOUR)
    x, y = _fine_axes(geography)
    width, height = cell_size(geography)
    columns, rows = (
        (x > frame[0] - width) & (x < frame[1] + width),
        (y > frame[2] - height) & (y < frame[3] + height),
    )
    x, y = x[columns], y[rows]
    for code in geography.countries:
        shape = _shape(geography, (code,))[np.ix_(rows, columns)]
        if shape.max() <= 0.0:
            continue
        axes.contourf(x, y, shape, levels=[0.0, 2.0], colors=[style.LAND], zorder=0.5)
        axes.contour(x, y, shape, levels=[0.0], colors=["#A9A6A0"], linewidths=0.8, zorder=0.7)
    present = tuple(code for code in codes if code in geography.countries)
    if present:
        axes.contour(
            x,
            y,
            _shape(geography, present)[np.ix_(rows, columns)],
            levels=[0.0],
            colors=[style.INK],
            linewidths=1.6,
            zorder=2.0,
        )
    axes.grid(False)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(style.RULE)
    axes.set_aspect(1.0 / np.cos(np.radians(float(geography.latitude.mean()))))


def fill_area(axes: Axes, geography: Geography, codes: list[str], colour: str) -> None:
    """Fill the mission area with one colour."""
    x, y = _fine_axes(geography)
    present = tuple(code for code in codes if code in geography.countries)
    if present:
        axes.contourf(x, y, _shape(geography, present), levels=[0.0, 2.0], colors=[colour], zorder=0.9)


def shade_cells(
    axes: Axes, geography: Geography, codes: list[str], values: Reals, colours: Colormap, norm: Normalize
) -> ScalarMappable:
    """Shade the cells of the mission area by a value, clipped to its softened outline.

    Parameters
    ----------
    values
        One value per cell of the grid; cells outside the area take their nearest neighbour's inside, and show
        only where the soft outline reaches over their edge.
    """
    inside = np.zeros(geography.n_cells, dtype=bool)
    inside[geography.cells_of(codes)] = True
    grid = geography.n_rows, geography.n_columns
    rows, columns = distance_transform_edt(~inside.reshape(grid), return_distances=False, return_indices=True)
    west, east, south, north = edges(geography)
    mesh = axes.pcolormesh(
        np.linspace(west, east, grid[1] + 1),
        np.linspace(north, south, grid[0] + 1),
        values.reshape(grid)[rows, columns],
        cmap=colours,
        norm=norm,
        zorder=1.0,
        edgecolors=(1.0, 1.0, 1.0, 0.35),
        linewidth=0.4,
    )
    mesh.set_clip_path(PathPatch(_outline(axes, geography, tuple(codes)), transform=axes.transData))
    return mesh


def _outline(axes: Axes, geography: Geography, codes: tuple[str, ...]) -> Path:
    """Return the softened outline of some countries as one path."""
    x, y = _fine_axes(geography)
    filled: QuadContourSet = axes.contourf(x, y, _shape(geography, codes), levels=[0.0, 2.0])
    path = filled.get_paths()[0]
    filled.remove()
    return path


def window(geography: Geography, codes: list[str], margin_cells: float) -> tuple[float, float, float, float]:
    """Return west, east, south, north of some countries with a margin in cells, inside the grid."""
    cells = geography.cells_of(codes)
    width, height = cell_size(geography)
    west, east, south, north = edges(geography)
    longitude, latitude = geography.longitude[cells], geography.latitude[cells]
    pad = margin_cells + 0.5
    return (
        max(west, longitude.min() - pad * width),
        min(east, longitude.max() + pad * width),
        max(south, latitude.min() - pad * height),
        min(north, latitude.max() + pad * height),
    )


def middle(geography: Geography, codes: list[str]) -> tuple[float, float]:
    """Return the mean longitude and latitude of the cells of some countries."""
    cells = geography.cells_of(codes)
    return float(geography.longitude[cells].mean()), float(geography.latitude[cells].mean())
