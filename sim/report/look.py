"""House style of the report's figures: colours by option, line style by role, pattern by direction, cividis for magnitude.

Part of the report; answers how an option looks in every figure, so that colour never speaks alone: each has a marker and
a dash of its own and its name beside it. Leaves out what is drawn. Colours are those of `sim.viz.style`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import matplotlib as mpl
from matplotlib.colors import to_hex

from sim.viz import style

INK, QUIET, RULE, PAPER = style.INK, style.QUIET, style.RULE, "#FFFFFF"
BAND = "#E8E8E8"  # within what matters
STATUS_QUO, STATUS_QUO_DASH = "#3A3A3A", "6 4"
LOWER, HIGHER = "#0072B2", "#C2570C"  # better and worse ends of differences where lower is better
COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE, style.ORANGE)
DASHES = ("", "9 3", "2.5 2.5", "10 3 2 3", "14 4", "5 2 1.5 2 1.5 2", "1.5 3", "8 2 2 2 2 2")
MARKERS = ("circle", "square", "triangle", "diamond", "down", "pentagon", "cross", "star", "hexagon", "bow")
SCALE_BLUE, SCALE_ORANGE = (86, 160, 211), (240, 152, 74)  # full ends of differences; black text keeps 7:1 on both


@dataclass(frozen=True)
class Look:
    """How one option is drawn everywhere."""

    colour: str
    marker: str
    dash: str
    text: str


def look_of(position: int) -> Look:
    """Return the look of the option at a position among the alternatives; colours repeat after five, shapes after ten."""
    colour = COLOURS[position % len(COLOURS)]
    return Look(
        colour,
        MARKERS[position % len(MARKERS)],
        DASHES[position % len(DASHES)],
        style.TEXT_COLOUR.get(colour, colour),
    )


def looks(names: Sequence[str]) -> dict[str, Look]:
    """Return the look of every option by name."""
    return {name: look_of(i) for i, name in enumerate(names)}


def diverging(value: float, top: float) -> str:
    """Return blue below 0, white at 0, orange above, symmetric; ``top`` is the full colour."""
    part = 0.0 if top <= 0.0 else min(1.0, abs(value) / top)
    end = SCALE_BLUE if value < 0.0 else SCALE_ORANGE
    return "#" + "".join(f"{round(255 + (channel - 255) * part):02X}" for channel in end)


@lru_cache(maxsize=256)
def cividis(step: int) -> str:
    """Return one of 64 steps of cividis, from light (none) to dark (most)."""
    return to_hex(mpl.colormaps["cividis_r"](min(63, max(0, step)) / 63.0)).upper()


def magnitude(value: float, top: float) -> str:
    """Return cividis at the square root of a share, so that small values can be told apart."""
    return cividis(round(63 * (max(0.0, value) / top) ** 0.5) if top > 0.0 else 0)
