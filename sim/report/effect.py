"""One paired effect and the state it is in: the small object that sentences, tables and figures share.

Part of the report; answers whether an option lowers an outcome, raises it, makes little difference, or cannot be told
from its comparator. Leaves out words. Differences are option - comparator on the same luck.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.study import OUTCOMES
from sim.report import words

MAIN = "true_exploitation_person_weeks"
QUANTILES = {"low90": 0.05, "low50": 0.25, "median": 0.5, "high50": 0.75, "high90": 0.95}


class State(Enum):
    """What can be said of an effect; the values name the sentence."""

    NOTHING = "no pair of runs"
    ZERO = "exactly zero"
    FEW = "too few draws"
    GOOD = "clear, good"
    HARMFUL = "clear, harmful"
    LITTLE = "within what matters"
    UNCLEAR = "not separable"


@dataclass(frozen=True)
class Effect:
    """Paired differences of one outcome between an option and its comparator.

    ``level`` is the comparator's mean; quantiles and extremes are of single pairs; ``lower``, ``same`` and ``higher``
    count pairs beyond and within what matters; ``error`` is the error of the mean.
    """

    option: str
    comparator: str
    outcome: str
    level: float
    low90: float
    low50: float
    median: float
    high50: float
    high90: float
    lowest: float
    highest: float
    error: float
    lower: int
    same: int
    higher: int
    n: int
    saved: float = math.nan

    @property
    def better(self) -> int:
        """Pairs better by more than what matters; for outcomes without a direction, lower ones."""
        return self.higher if OUTCOMES[self.outcome][1] == "higher" else self.lower

    @property
    def worse(self) -> int:
        """Pairs worse by more than what matters."""
        return self.n - self.same - self.better

    @property
    def is_zero(self) -> bool:
        """Whether every pair is equal to the last digit."""
        return self.n > 0 and self.lowest == self.highest == 0.0

    @property
    def state(self) -> State:
        """What can be said of this effect; a direction needs an earned word."""
        if self.n == 0 or not math.isfinite(self.median):
            return State.NOTHING
        if self.is_zero:
            return State.ZERO
        if self.n < words.FEWEST_DRAWS:
            return State.FEW
        for count, state in ((self.better, State.GOOD), (self.worse, State.HARMFUL), (self.same, State.LITTLE)):
            if words.earns(count, self.n):
                return state
        return State.UNCLEAR

    def percent(self, value: float) -> float:
        """A difference in per cent of the comparator's level; not a number where that is 0."""
        return 100.0 * value / self.level if self.level else math.nan

    def sign(self, matters_share: float) -> int:
        """-1, 0 or 1: the median lies below, within or above what matters."""
        band = matters_share * abs(self.level)
        return 0 if abs(self.median) <= band or not math.isfinite(self.median) else int(math.copysign(1, self.median))

    def mirrored(self) -> Effect:
        """The same pairs with option and comparator swapped, in units of the same level."""
        turned = {
            "low90": -self.high90,
            "low50": -self.high50,
            "median": -self.median,
            "high50": -self.low50,
            "high90": -self.low90,
            "lowest": -self.highest,
            "highest": -self.lowest,
            "lower": self.higher,
            "higher": self.lower,
            "option": self.comparator,
            "comparator": self.option,
        }
        return replace(self, **turned)  # type: ignore[arg-type]


def effect_from_row(row: Mapping[str, Any], comparator: str, extremes: tuple[float, float]) -> Effect:
    """Return the effect of one row of ``study.effects``; extremes come from the runs.

    Limits: extremes that are unknown (not a number) are taken from the 90 % interval.
    """
    numbers = {name: _real(row.get(name)) for name in QUANTILES}
    lowest, highest = extremes
    return Effect(
        option=str(row["option"]),
        comparator=comparator,
        outcome=str(row["outcome"]),
        level=_real(row.get("baseline_mean")),
        lowest=lowest if math.isfinite(lowest) else numbers["low90"],
        highest=highest if math.isfinite(highest) else numbers["high90"],
        error=_real(row.get("error_of_mean")),
        lower=_whole(row.get("n_lower")),
        same=_whole(row.get("n_same")),
        higher=_whole(row.get("n_higher")),
        n=_whole(row.get("n")),
        saved=_real(row.get("variance_saved")),
        **numbers,
    )


def effect_from_pairs(
    option: str, comparator: str, outcome: str, level: float, gaps: NDArray[np.float64], matters: float
) -> Effect:
    """Return the effect of paired differences; ``matters`` in the outcome's unit.

    Limits: no pair gives not-a-number throughout and counts of 0.
    """
    known = gaps[np.isfinite(gaps)]
    n = len(known)
    quantiles = {name: float(np.quantile(known, q)) if n else math.nan for name, q in QUANTILES.items()}
    return Effect(
        option=option,
        comparator=comparator,
        outcome=outcome,
        level=level,
        lowest=float(known.min()) if n else math.nan,
        highest=float(known.max()) if n else math.nan,
        error=float(known.std(ddof=1) / math.sqrt(n)) if n > 1 else math.nan,
        lower=int((known < -matters).sum()),
        same=int((np.abs(known) <= matters).sum()),
        higher=int((known > matters).sum()),
        n=n,
        **quantiles,
    )


def _real(value: Any) -> float:
    """A number, or not-a-number for what is missing."""
    return math.nan if value is None else float(value)


def _whole(value: Any) -> int:
    """A count, 0 for what is missing."""
    number = _real(value)
    return int(number) if math.isfinite(number) else 0
