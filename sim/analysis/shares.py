"""Shares of a difference: what of it goes through a mechanism, and whether that is told from luck. Plain arithmetic.

Takes the difference between two scenarios by luck, as it is and with a mechanism switched off in both. Shares need not add up,
because mechanisms act through each other. Which runs these are is in `sim.analysis.why`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

FEWEST_LUCKS = 2  # one pair cannot be told from chance
CHANCE = 0.05  # of naming any mechanism by luck alone, in one answer; assumed, as usual
MOST_CAUSES = 3
ALL_ON = ""


@dataclass(frozen=True)
class Part:
    """What of a difference goes through one mechanism.

    Attributes
    ----------
    off
        Name of the mechanism.
    share
        1 - mean difference without it / mean difference with it; 1 = all, below 0 = it works against the difference.
    low, high
        Smallest and largest of the same share on single lucks; ``share`` is their mean, lucks weighing as their difference.
    n_agree, n
        Lucks on which the share has the sign of ``share``, and lucks in all.
    is_clear
        Whether it is told from luck, see ``is_told``.
    """

    off: str
    share: float
    low: float
    high: float
    n_agree: int
    n: int
    is_clear: bool = False


@dataclass(frozen=True)
class Difference:
    """A difference by luck and what it goes through, as far as it is measured.

    Attributes
    ----------
    level
        Mean of A over lucks, in the indicator's unit.
    gaps
        B less A by luck.
    parts
        One for each mechanism, largest share first; empty where the lucks disagree on the sign of the difference.
    inert
        Mechanisms that changed nothing in either run of the first luck, and were not tried on others.
    """

    level: float
    gaps: tuple[float, ...]
    parts: tuple[Part, ...] = ()
    inert: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Lucks measured."""
        return len(self.gaps)

    @property
    def mean(self) -> float:
        """Mean difference over lucks; 0 where none was measured."""
        return sum(self.gaps) / len(self.gaps) if self.gaps else 0.0

    @property
    def is_none(self) -> bool:
        """Whether A and B are equal on every luck."""
        return not any(self.gaps)

    @property
    def is_luck(self) -> bool:
        """Whether lucks disagree on its sign, so that no share is worth naming."""
        return not self.is_none and agreeing(self.gaps) < self.n

    @property
    def causes(self) -> tuple[Part, ...]:
        """At most three mechanisms that are told from luck, largest share first."""
        return self._clear[:MOST_CAUSES]

    @property
    def further(self) -> tuple[Part, ...]:
        """Mechanisms told from luck beyond the three largest."""
        return self._clear[MOST_CAUSES:]

    @property
    def unclear(self) -> tuple[Part, ...]:
        """Mechanisms not told from luck, largest share first."""
        return tuple(part for part in self.parts if not part.is_clear)

    @property
    def remainder(self) -> float:
        """What of the difference the causes named leave over, or count twice where it is negative; a share."""
        return 1.0 - sum(part.share for part in self.causes)

    @property
    def _clear(self) -> tuple[Part, ...]:
        """Mechanisms told from luck."""
        return tuple(part for part in self.parts if part.is_clear)


def mean_until(weeks: np.ndarray, values: np.ndarray, week: float) -> float:
    """Return the mean over all weeks up to one, that one included; NaN where the series begins later.

    Parameters
    ----------
    weeks, values
        Shape (n_steps,): weeks from the start, and the series.
    """
    rows = weeks <= week
    return float(values[rows].mean()) if rows.any() else math.nan


def agreeing(values: Iterable[float]) -> int:
    """Return how many values have the sign of their mean; all of them where every one is 0."""
    listed = list(values)
    mean = sum(listed)
    return len(listed) if not any(listed) else sum(value * mean > 0.0 for value in listed)


def share_through(with_it: tuple[float, ...], without: tuple[float, ...], name: str = "") -> Part:
    """Return what of a difference goes through a mechanism; whether it is told from luck is left open.

    Parameters
    ----------
    with_it, without
        B less A by luck, as it is and with the mechanism off in both; at least one luck, ``with_it`` of one sign and not 0.
    """
    share = 1.0 - sum(without) / sum(with_it)
    single = [1.0 - after / before for before, after in zip(with_it, without, strict=True)]
    n_agree = sum(one * share > 0.0 for one in single)
    return Part(name, share, min(single), max(single), n_agree, len(single))


def error_of(share: float, with_it: tuple[float, ...], without: tuple[float, ...]) -> float:
    """Return the standard error of a share over lucks, that of a ratio of means; NaN for one luck."""
    n, mean = len(with_it), sum(with_it) / len(with_it)
    if n < FEWEST_LUCKS:
        return math.nan
    left = [((1.0 - share) * before - after) / mean for before, after in zip(with_it, without, strict=True)]
    return math.sqrt(sum(one * one for one in left) / (n - 1) / n)


def common_error(errors: Iterable[float], n: int) -> float:
    """Return the standard error that shares of one difference have in common: from the median of their variances.

    A few lucks tell little of one share's error, those of all mechanisms together tell more; the median, put right for its
    distribution under normal noise, lets a few noisy ones aside. NaN for one luck.
    """
    from scipy.stats import chi2

    listed = list(errors)
    if n < FEWEST_LUCKS or not listed:
        return math.nan
    return math.sqrt(float(np.median(np.square(listed))) * (n - 1) / float(chi2.median(n - 1)))


def is_told(share: float, error: float, n: int, n_tried: int) -> bool:
    """Say whether a share matters (5 % or more) and is told from luck.

    It is where Student's t of the share would occur by chance, for any of the mechanisms tried, in less than 1 of 20 such
    answers (Bonferroni); the error has the degrees of freedom of all mechanisms tried. Limits: never for one luck.
    """
    from scipy.stats import t  # both slow to load, and the studio's server need not have them at its start

    from sim.analysis.effects import MATTERS_SHARE

    if n < FEWEST_LUCKS or abs(share) < MATTERS_SHARE:
        return False
    return abs(share) > error * float(t.isf(CHANCE / (2 * n_tried), n_tried * (n - 1)))


def parts_of(gaps: Mapping[str, tuple[float, ...]]) -> tuple[Part, ...]:
    """Return what goes through each mechanism, largest share first; nothing where lucks disagree on the difference itself.

    A share's error is the larger of its own and that common to all.

    Parameters
    ----------
    gaps
        B less A by luck: under "" as it is, under each name with that mechanism off in both.
    """
    whole, names = gaps[ALL_ON], [name for name in gaps if name]
    if not names or not any(whole) or agreeing(whole) < len(whole):
        return ()
    found, n = [share_through(whole, gaps[name], name) for name in names], len(whole)
    errors = [error_of(part.share, whole, gaps[part.off]) for part in found]
    common = common_error(errors, n)
    told = [is_told(part.share, max(own, common), n, len(names)) for part, own in zip(found, errors)]
    clear = [replace(part, is_clear=is_clear) for part, is_clear in zip(found, told)]
    return tuple(sorted(clear, key=lambda part: -abs(part.share)))
