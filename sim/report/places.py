"""Places for labels: beside the ends of lines and around points, where they hide least.

Part of the report's figures; answers where a name stands. Leaves out what is named.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.svg import text_width

Box = tuple[float, float, float, float]  # left, top, right, bottom


def around(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    size: float,
    frame: Box,
    clear: Sequence[Box] = (),
) -> list[tuple[float, float, str]]:
    """Return x, baseline and anchor of a label for each point, first come first served.

    Parameters
    ----------
    frame
        Where labels should stay.
    clear
        Boxes better left free, such as bars.
    """
    taken: list[Box] = [(x - 8, y - 8, x + 8, y + 8) for x, y in points]
    found = []
    for (x, y), name in zip(points, names):
        width = text_width(name, size, bold=True)
        best, least = (x + 12.0, y + size * 0.35, "start"), float("inf")
        for i, (dx, dy, anchor) in enumerate(OFFSETS):
            place = (x + dx, y + dy + size * 0.35, anchor)
            box = _box(place, width, size)
            cost = sum(6.0 * _overlap(box, other) for other in taken) + sum(_overlap(box, other) for other in clear)
            cost += 50.0 * _outside(box, frame) + 2.0 * i
            if cost < least:
                best, least = place, cost
        taken.append(_box(best, width, size))
        found.append(best)
    return found


OFFSETS = tuple(
    (dx * reach, dy * reach, anchor)
    for reach in (1.0, 1.7, 2.6, 3.6)
    for dx, dy, anchor in (
        (12.0, 0.0, "start"), (-12.0, 0.0, "end"), (0.0, -16.0, "middle"), (0.0, 16.0, "middle"),
        (11.0, -11.0, "start"), (11.0, 11.0, "start"), (-11.0, -11.0, "end"), (-11.0, 11.0, "end"),
    )
)  # fmt: skip


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return heights as near as possible to the wanted ones, at least a gap apart, inside limits while there is room."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed = [0.0] * len(wanted)
    at = low - gap
    for i in order:
        at = max(at + gap, wanted[i])
        placed[i] = at
    over = at - high
    if over > 0.0:
        at = high + gap
        for i in reversed(order):
            at = min(at - gap, placed[i])
            placed[i] = max(at, low)
    return placed


def _box(place: tuple[float, float, str], width: float, size: float) -> Box:
    """Return the box of a label."""
    x, baseline, anchor = place
    left = x - {"start": 0.0, "middle": width / 2.0, "end": width}[anchor]
    return left, baseline - 0.8 * size, left + width, baseline + 0.25 * size


def _overlap(a: Box, b: Box) -> float:
    """Return the common area of two boxes."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _outside(box: Box, frame: Box) -> float:
    """Return by how much a box sticks out of a frame."""
    sticks = (frame[0] - box[0], frame[1] - box[1], box[2] - frame[2], box[3] - frame[3])
    return sum(max(0.0, length) for length in sticks)
