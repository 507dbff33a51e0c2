"""Progress on stderr: a bar with the time left on a terminal, a plain line every half minute elsewhere.

Nothing is said before two seconds have passed, or when nothing is to be said at all.
"""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

SILENT_SECONDS = 2.0
LINE_SECONDS = 30.0


class Reporter:
    """Shows how far a run is; call it with (steps done, steps in all).

    Parameters
    ----------
    quiet
        Say nothing.
    colour
        Colours on a terminal; ``NO_COLOR`` in the environment switches them off as well.
    """

    def __init__(self, quiet: bool = False, colour: bool = True) -> None:
        self._quiet = quiet
        self._colour = colour and not os.environ.get("NO_COLOR")
        self._is_terminal = sys.stderr.isatty()
        self._start = time.monotonic()
        self._last_line = self._start
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Reporter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Report that a step is done."""
        now = time.monotonic()
        if self._quiet or now - self._start < SILENT_SECONDS:
            return
        if self._is_terminal:
            self._draw(done, total)
        elif now - self._last_line >= LINE_SECONDS:
            self._last_line = now
            print(progress_line(done, total, now - self._start), file=sys.stderr, flush=True)

    def _draw(self, done: int, total: int) -> None:
        """Move the bar, which appears at the first call."""
        if self._bar is None or self._task is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("steps"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            console = Console(stderr=True, no_color=not self._colour)
            self._bar = Progress(*columns, TextColumn("left"), console=console, transient=True)
            self._task = self._bar.add_task("", total=total, completed=done)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total)


def progress_line(done: int, total: int, seconds: float) -> str:
    """One line for logs, e.g. ``step 130 of 520, 25 %, about 90 s left``; without a time while nothing is done."""
    left = f", about {seconds / done * (total - done):.0f} s left" if done else ""
    return f"step {done} of {total}, {100 * done // max(total, 1)} %{left}"
