"""Cases that share a finite capacity: each advances by the same amount of work a week, so no order of cases is needed."""

from __future__ import annotations

from experiments.oracle.agents.case import Case
from experiments.oracle.model import OracleModel
from sim.rng import Decision


class Docket:
    """Cases in progress and the work left in each.

    Parameters
    ----------
    model
        The model; draws within rounding of their end are noted there.
    decision
        What the work of a case is drawn for.
    """

    def __init__(self, model: OracleModel, decision: Decision) -> None:
        self.model, self.decision = model, decision
        self.left: dict[Case, float] = {}

    def advance(self, free_weeks: float, per_week: float) -> list[Case]:
        """One step; returns the cases that end.

        An average case takes ``free_weeks`` without congestion, and at most ``per_week`` average cases are done by all.
        """
        if not self.left:
            return []
        done = min(1.0 / free_weeks, per_week / len(self.left)) * self.model.dt
        ended = []
        for case in self.left:
            self.left[case] -= done
            self.model.note(case, self.decision, self.left[case], 0.0)
            if self.left[case] <= 0.0:
                ended.append(case)
        ended.sort(key=lambda case: (self.left[case], case.key))
        for case in ended:
            del self.left[case]
        return ended


def due_step(model: OracleModel, weeks: float) -> int:
    """Step in which something happens that takes some weeks: the nearest, but not the present one."""
    return model.now + max(1, round(weeks / model.dt))
