"""Time: steps of a fixed number of days from a start date, and weekly hazards turned into step probabilities.

The clock knows nothing of phases. All rates in the model are per week; ``dt`` is the step in weeks.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from functools import cached_property

ALLOWED_STEP_DAYS = (1, 7, 14, 28)
DAYS_PER_WEEK = 7
WEEKS_PER_YEAR = 365.25 / 7.0
WEEKS_PER_MONTH = WEEKS_PER_YEAR / 12.0


@dataclass
class ClockSettings:
    """Length of a step."""

    step_days: int = field(
        default=7,
        metadata={
            "unit": "days",
            "choices": ALLOWED_STEP_DAYS,
            "status": "scenario",
            "source": "design choice: weekly steps; a test shows first-order convergence in the step",
            "about": "length of one step",
        },
    )


@dataclass(frozen=True)
class Clock:
    """Maps steps to weeks and dates.

    Parameters
    ----------
    start
        First day of step 0.
    n_steps
        Number of steps in the run.
    step_days
        Days in a step, one of ``ALLOWED_STEP_DAYS``.
    """

    start: datetime.date
    n_steps: int
    step_days: int = 7

    @cached_property
    def dt(self) -> float:
        """Step length in weeks."""
        return self.step_days / DAYS_PER_WEEK

    def week(self, step: int) -> float:
        """Week at the start of a step (0 at the start of the run)."""
        return step * self.dt

    def date(self, step: int) -> datetime.date:
        """First day of a step."""
        return self.start + datetime.timedelta(days=step * self.step_days)

    def weeks_until(self, day: datetime.date) -> float:
        """Weeks from the start of the run to a day; negative before it."""
        return (day - self.start).days / DAYS_PER_WEEK


def make_clock(start_date: str, horizon_weeks: int, settings: ClockSettings) -> Clock:
    """Build the clock of a run; the last step is the last that starts before the horizon ends."""
    n_steps = -(-horizon_weeks * DAYS_PER_WEEK // settings.step_days)
    return Clock(datetime.date.fromisoformat(start_date), int(n_steps), settings.step_days)
