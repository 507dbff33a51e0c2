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
    """Shows how far a run is; call it with (steps done, steps in all), or those of whatever is counted.

    Parameters
    ----------
    quiet
        Say nothing.
    colour
        Colours on a terminal; ``NO_COLOR`` in the environment switches them off as well.
    counted
        What is counted, in the singular.
    """

    def __init__(self, quiet: bool = False, colour: bool = True, counted: str = "step") -> None:
        self._counted = counted
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

    def __call__(self, done: int, total: int, failed: int = 0) -> None:
        """Report that a step is done, and how many have failed."""
        now = time.monotonic()
        if self._quiet or now - self._start < SILENT_SECONDS:
            return
        if self._is_terminal:
            self._draw(done, total, failed)
        elif now - self._last_line >= LINE_SECONDS:
            self._last_line = now
            line = progress_line(done, total, now - self._start, self._counted, failed)
            print(line, file=sys.stderr, flush=True)

    def _draw(self, done: int, total: int, failed: int) -> None:
        """Move the bar, which appears at the first call."""
        if self._bar is None or self._task is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn(f"{self._counted}s"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            console = Console(stderr=True, no_color=not self._colour)
            said = TextColumn("left{task.description}")
            self._bar = Progress(*columns, said, console=console, transient=True)
            self._task = self._bar.add_task("", total=total, completed=done)
            self._bar.start()
        pace = f", {rate(done, time.monotonic() - self._start)}" if self._counted == "run" else ""
        description = f", {failed} failed{pace}" if failed else pace
        self._bar.update(self._task, completed=done, total=total, description=description)


def progress_line(done: int, total: int, seconds: float, counted: str = "step", failed: int = 0) -> str:
    """One line for logs, e.g. ``step 130 of 520, 25 %, about 90 s left``; without a time while nothing is done."""
    left = f", about {duration(seconds / done * (total - done))} left" if done else ""
    failures = f", {failed} failed" if failed else ""
    pace = f", {rate(done, seconds)}" if counted == "run" and done else ""
    return f"{counted} {done} of {total}, {100 * done // max(total, 1)} %{failures}{pace}{left}"


def rate(done: int, seconds: float) -> str:
    """How many a second, or a minute where that is less than one."""
    per_second = done / max(seconds, 1e-9)
    return f"{per_second:.2g} a second" if per_second >= 1 else f"{60 * per_second:.2g} a minute"


def duration(seconds: float) -> str:
    """A time for people: seconds up to three minutes, then minutes, then hours."""
    if seconds < 180:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * 3600 else f"{seconds / 3600:.1f} hours"


def amount(n_bytes: float) -> str:
    """Bytes for people: kilobytes, then megabytes, then gigabytes."""
    for size, unit in ((1e9, "GB"), (1e6, "MB")):
        if n_bytes >= size:
            return f"{n_bytes / size:,.0f} {unit}" if n_bytes >= 10 * size else f"{n_bytes / size:.1f} {unit}"
    return f"{n_bytes / 1e3:,.0f} kB"
