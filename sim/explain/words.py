"""Numbers and sentences that all explanations share: counts, chances, amounts, and how a change is told."""

from __future__ import annotations

from sim.agents.grid import coordinate_of
from sim.agents.view import View

OPENING = "What would have changed it"
MANY = 3.0  # from this factor on, a change is told in times


def said(*parts: str) -> str:
    """One sentence on what would have changed a week from its parts; those left empty are left out."""
    return f"{OPENING}: {'; '.join(part for part in parts if part)}."


def counted(n: int, noun: str) -> str:
    """A number with its noun in the right form."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def percent(share: float) -> str:
    """A chance in words, as exact as it deserves."""
    size = 100.0 * share
    if 0.0 < size < 0.01:
        return "under 0.01 %"
    return f"{size:.{0 if size >= 10.0 or size == 0.0 else 1 if size >= 1.0 else 2}f} %"


def weeks(n: float) -> str:
    """A time in words."""
    return f"{n:g} week{'' if n == 1.0 else 's'}"


def usd(amount: float) -> str:
    """An amount in words, without a negative zero."""
    return f"{round(amount) + 0:,.0f} USD"


def by_how_much(factor: float) -> str:
    """A factor as a change in words."""
    if factor >= MANY:
        return f"{factor:,.1f} times the"
    return f"{percent(abs(factor - 1.0))} {'more' if factor > 1.0 else 'less'}"


def where(view: View) -> str:
    """The place in words, without making the grid."""
    world, place = view.model.world, view.place
    if place < 0:
        return "outside the mission area"
    column, row = coordinate_of(world.geography, int(world.cells.grid_cell[place]))
    return f"in cell ({column}, {row})"
