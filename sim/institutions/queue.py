"""A queue whose cases share a finite capacity equally, on a clock that all of them read.

Each case waits for its own amount of work; the clock runs at ``min(free rate, capacity / cases)``, so no order of cases is
needed, Little's law holds, and more capacity never makes any case end later.
"""

from __future__ import annotations

import heapq
import math
from typing import Generic, TypeVar

Case = TypeVar("Case")
LONGEST = 10_000  # steps after which a case counts as never ending


class SharedQueue(Generic[Case]):
    """Cases in progress.

    Parameters
    ----------
    free_rate_per_week
        Completion rate of a case whose work is 1 when there is no congestion.
    """

    def __init__(self, free_rate_per_week: float) -> None:
        self.free_rate_per_week = free_rate_per_week
        self.clock = 0.0
        self._waiting: list[tuple[float, int, int, Case]] = []
        self._entered = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def enter(self, case: Case, work: float, key: int) -> None:
        """Add a case with its work (mean 1 for an average case); ``key`` orders cases that end together."""
        self._entered += 1
        heapq.heappush(self._waiting, (self.clock + work, key, self._entered, case))

    def advance(self, dt: float, capacity_per_week: float) -> list[Case]:
        """Let time pass; returns the cases completed, in order. Without capacity nothing moves."""
        if not self._waiting:
            return []
        self.clock += self.rate_per_week(capacity_per_week) * dt
        done = []
        while self._waiting and self._waiting[0][0] <= self.clock:
            done.append(heapq.heappop(self._waiting)[3])
        return done

    def rate_per_week(self, capacity_per_week: float) -> float:
        """Work done on each case in a week; the free rate where the capacity is not the limit."""
        return min(self.free_rate_per_week, capacity_per_week / max(len(self._waiting), 1))

    def weeks_to_next(self, dt: float, capacity_per_week: float) -> float:
        """Weeks until the next case ends if none is added; infinite without cases or capacity."""
        rate = self.rate_per_week(capacity_per_week)
        if not self._waiting or rate <= 0.0:
            return math.inf
        clock, steps = self.clock, 0
        while clock < self._waiting[0][0] and steps < LONGEST:
            clock, steps = clock + rate * dt, steps + 1
        return steps * dt if steps < LONGEST else math.inf

    def cases(self) -> list[Case]:
        """Cases in progress, by the order in which they would end."""
        return [entry[3] for entry in sorted(self._waiting, key=lambda entry: entry[:3])]
