"""What outlives a mission: the same area never deployed to, and the same run with one source of persistence switched off.

Both are ordinary runs on the same luck, so their differences are results, not assumptions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.indicators import MEAN_OVER_WEEKS
from sim.knobs import Modifier
from sim.policies import Policy
from sim.runs.cases import Columns
from sim.runs.results import Run
from sim.scenario import Scenario

PERSISTENCE_WEEKS = 104.0
DEPARTED_SHARE = 0.1
PERSISTENCE_COLUMNS = ("switched_off", "persistence", "exploited_persons", "never_deployed_persons", "excess_persons")
SOURCES = ("habit", "sunk_costs", "infrastructure", "ties")


class _NeverDeployed(Policy):
    """No personnel at any time: the twin against which persistence is measured."""

    def modifiers(self) -> list[Modifier]:
        return [Modifier("strength", 0.0)]


def never_deployed(scenario: Scenario) -> Scenario:
    """The same scenario without any personnel from its first week."""
    twin = scenario.with_({})
    twin.policy["never_deployed"] = _NeverDeployed(start_week=0.0)
    return twin


def departure_week(series: Columns) -> float | None:
    """First week after the peak in which personnel are below a tenth of it; None if that never happens."""
    present = series["personnel_present"]
    if present.max(initial=0.0) <= 0.0:
        return None
    peak = int(present.argmax())
    gone = np.flatnonzero(present[peak:] < DEPARTED_SHARE * present[peak])
    return float(series["week"][peak + int(gone[0])]) if len(gone) else None


def _measured_from(run: Run) -> float | None:
    """First week after departure; None where that never happens or persistence cannot be measured within the run."""
    series = run.columns["series"]
    left = departure_week(series)
    return None if left is None or left + PERSISTENCE_WEEKS > series["week"][-1] else left


def post_mission_persistence(run: Run, simulate: Callable[[Scenario], Run]) -> float | None:
    """Exploited persons 104 weeks after departure over the never-deployed twin, means over 13 weeks.

    None where personnel never fell below a tenth of their peak, where that week lies outside the run, or where the twin
    has nobody exploited.
    """
    left = _measured_from(run)
    if left is None:
        return None
    return _ratio_to(run, simulate(never_deployed(run.scenario)), left)


def _ratio_to(run: Run, twin: Run, left: float) -> float | None:
    """Mean exploited persons of a run over its twin in the quarter that ends 104 weeks after departure."""
    own, other = (_mean_exploited(r.columns["series"], left + PERSISTENCE_WEEKS) for r in (run, twin))
    return own / other if other > 0 else None


def _mean_exploited(series: Columns, week: float) -> float:
    """Mean of exploited persons over the 13 weeks that end with a week."""
    rows = (series["week"] <= week) & (series["week"] > week - MEAN_OVER_WEEKS)
    return float(series["true_exploited_persons"][rows].mean())


def persistence_by_source(
    scenario: Scenario, simulate: Callable[[Scenario], Run], on_run: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """Post-mission persistence with every source on, and with each switched off alone in both the run and its twin.

    ``on_run`` is called after each pair of runs with (pairs done, pairs in all).

    Returns
    -------
    DataFrame
        ``switched_off`` (``nothing`` first), ``persistence``, ``exploited_persons``, ``never_deployed_persons`` and their
        difference ``excess_persons``; persons are means over the 13 weeks that end 104 weeks after departure. Empty where
        personnel never leave in time.
    """
    rows = []
    cases = ("nothing", *SOURCES)
    for done, source in enumerate(cases, start=1):
        variant = scenario if source == "nothing" else scenario.with_({f"parameters.switches.{source}": False})
        run = simulate(variant)
        left = _measured_from(run)
        if left is None:
            return pd.DataFrame(columns=list(PERSISTENCE_COLUMNS))
        twin = simulate(never_deployed(variant))
        own, other = (_mean_exploited(r.columns["series"], left + PERSISTENCE_WEEKS) for r in (run, twin))
        rows.append(
            {
                "switched_off": source,
                "persistence": own / other if other > 0 else np.nan,
                "exploited_persons": own,
                "never_deployed_persons": other,
                "excess_persons": own - other,
            }
        )
        if on_run is not None:
            on_run(done, len(cases))
    return pd.DataFrame(rows, columns=list(PERSISTENCE_COLUMNS))
