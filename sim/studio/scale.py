"""Which share of the persons is simulated so that a change answers within a second on this machine.

One run at the start tells, and quicker ones later; the scale then stands in the scenario, so that the command line gives the
same numbers. Of the second a change may take, the run itself has three fifths: A and B are computed side by side and slow
each other down, and then the server and the page have their part.
"""

from __future__ import annotations

from sim.scenario import Scenario
from sim.studio.choice import Choice

SCALES = (1.0, 0.5, 0.2, 0.1)  # from the best to the quickest; below, the market would shrink and hardly anything be won
DEFAULT_SCALE = 0.2  # of the runs that ship with the program
COST = {0.1: 0.9, 0.2: 1.0, 0.5: 1.35, 1.0: 2.0}  # of a week, relative to the default; measured on the three missions
ASSUMED_PACE = 0.00065  # seconds a week of them takes where nothing was timed yet: a laptop
BUDGET_SECONDS = 0.45  # for a scale that is chosen anew: eight lucks shall be there within three
LONGEST_SECONDS = 0.65  # for one that stands already


def trial_scenario() -> Scenario:
    """The scenario that is timed."""
    return Choice(values={"scale": DEFAULT_SCALE}).scenario("a")


def quick_scale(seconds_per_week: float, weeks: float) -> float:
    """Return the largest scale at which a run of some weeks is expected within the budget, else the quickest.

    Limits: before anything was timed (0), as on a laptop.
    """
    fitting = [x for x in SCALES if expected_seconds(seconds_per_week or ASSUMED_PACE, weeks, x) <= BUDGET_SECONDS]
    return fitting[0] if fitting else SCALES[-1]


def bearable_scale(seconds_per_week: float, weeks: float, present: float) -> float:
    """Return the present scale where a run answers in time, else the largest below it that does.

    Limits: before anything was timed (0) nothing changes.
    """
    return min(present, quick_scale(seconds_per_week, weeks)) if is_late(seconds_per_week, weeks, present) else present


def is_late(seconds_per_week: float, weeks: float, scale: float) -> bool:
    """Say whether a run is expected to answer too late, so that a rough picture comes before it."""
    return expected_seconds(seconds_per_week, weeks, scale) > LONGEST_SECONDS


def pace(scenario: Scenario, seconds: float) -> float:
    """Return the seconds a week would have taken at the default scale, of a run that took some seconds."""
    return seconds / expected_seconds(1.0, scenario.mission.horizon_weeks, scenario.scale)


def expected_seconds(seconds_per_week: float, weeks: float, scale: float) -> float:
    """Return how long a run at a scale would take; scales between those measured count as the next larger."""
    known = min((s for s in COST if s >= scale), default=1.0)
    return seconds_per_week * weeks * COST[known]
