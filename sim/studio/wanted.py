"""How a run for the studio learns that nobody wants it any more, and stops."""

from __future__ import annotations

from collections.abc import Callable


class Stopped(Exception):
    """The run is no longer wanted."""


IsWanted = Callable[[float], bool]  # told how far a run is, says whether it is still wanted


def always(share: float) -> bool:
    """Every run is wanted."""
    return share <= 1.0


def while_wanted(is_wanted: IsWanted) -> Callable[[int, int], None]:
    """What to call after each step: it ends a run that is no longer wanted."""

    def on_step(done: int, total: int) -> None:
        if not is_wanted(done / total):
            raise Stopped

    return on_step
