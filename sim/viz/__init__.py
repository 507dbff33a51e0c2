"""Figures of a run for slides and reports, each with the table of exactly what it shows.

Not a phase: reads the results of finished runs; answers what happened, in pictures a reader outside the
project can use. Leaves out comparisons over many runs, which belong to the report.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from sim.viz import style
from sim.viz.arcs import map_origins
from sim.viz.comparison import comparison
from sim.viz.drawing import Drawing, RunLike, write_drawings
from sim.viz.maps import map_weeks
from sim.viz.market import market_and_mission, networks, segments
from sim.viz.people import origins, persons

BUILDERS: dict[str, Callable[[RunLike, RunLike | None], Drawing]] = {
    "map_weeks": map_weeks,
    "map_origins": map_origins,
    "market_and_mission": market_and_mission,
    "segments": segments,
    "persons": persons,
    "origins": origins,
    "networks": networks,
}

__all__ = ["Drawing", "drawings", "figures", "write_drawings", "write_figures"]


def drawings(run: RunLike, against: RunLike | None = None) -> dict[str, Drawing]:
    """Draw all figures of a run.

    Parameters
    ----------
    against
        Another run of the same mission, drawn as the reference: black, dashed, named; adds ``comparison``.

    Returns
    -------
    dict
        Figure and table of what it shows, by name, in reading order.

    Notes
    -----
    Limits: a run without personnel, venues or persons, or of one step, gives figures that say so in words.
    """
    with style.house_style():
        drawn = {name: build(run, against) for name, build in BUILDERS.items()}
        if against is not None:
            drawn["comparison"] = comparison(run, against)
        for drawing in drawn.values():
            style.settle(drawing.figure)
    return drawn


def figures(run: RunLike, against: RunLike | None = None) -> dict[str, Figure]:
    """Draw all figures of a run; see `drawings`."""
    return {name: drawing.figure for name, drawing in drawings(run, against).items()}


def write_figures(run: RunLike, folder: str | Path, against: RunLike | None = None) -> list[Path]:
    """Write each figure as PNG and the table of what it shows as CSV; see `drawings`.

    Returns
    -------
    list of Path
        The files, picture before table; equal runs give equal files.

    Raises
    ------
    OSError
        If the folder cannot be made or written to.
    """
    return write_drawings(drawings(run, against), folder)
