"""Numbers and sentences on figures: pure functions from computed values to the words a reader sees.

Part of the pictures, after all phases; answers how a number is rounded and what a change is called. Leaves
out what was computed and why: every sentence describes one run of the model, or one pair of runs, and no
more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

STEADY_SHARE = 0.05  # a change below this part of the larger value is called little


def significant(value: float, figures: int) -> float:
    """Return a value rounded to some significant figures, halves away from zero; 0 stays 0."""
    if value == 0.0 or not math.isfinite(value):
        return value
    step = 10.0 ** (math.floor(math.log10(abs(value))) - figures + 1)
    return math.copysign(math.floor(abs(value) / step + 0.5 + 1e-9) * step, value)


def count(value: float) -> str:
    """Return a count: whole up to 999, three figures with separators above.

    Limits: a value that rounds to 0 without being 0 is "fewer than 1"; what is not finite is "not known".
    """
    if not math.isfinite(value):
        return "not known"
    if abs(value) < 1000.0:
        whole = math.floor(abs(value) + 0.5)
        if whole == 0 and value != 0.0:
            return "fewer than 1"
        return f"{'−' if value < 0 else ''}{whole:,}"
    return f"{'−' if value < 0 else ''}{abs(significant(value, 3)):,.0f}"


def rate(value: float) -> str:
    """Return a rate with two significant figures below 100, as a count from there on."""
    if not math.isfinite(value):
        return "not known"
    if value == 0.0 or abs(value) >= 99.5:
        return count(value)
    rounded = significant(value, 2)
    decimals = max(0, 1 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:.{min(decimals, 6)}f}".replace("-", "−")


def share(value: float) -> str:
    """Return a share of 0..1 as a percentage; "0%" and "100%" are said of exact values only."""
    if not math.isfinite(value):
        return "not known"
    percent = 100.0 * value
    if percent == 0.0:
        return "0%"
    if 0.0 < percent < 0.1:
        return "under 0.1%"
    if 99.5 <= percent < 100.0:
        return "over 99%"
    if 0.0 < percent < 9.95:
        return f"{significant(percent, 2):.2g}%"
    return f"{math.floor(percent + 0.5):,}%"


def when(day: date | None, week: float) -> str:
    """Return "March 2003", or the week where the run has no calendar of its own."""
    return f"week {week:.0f}" if day is None else f"{day:%B %Y}"


def many(value: float, one: str, several: str) -> str:
    """Return a count and its noun: "1 venue", "no venues", "214 venues"."""
    if value == 0.0:
        return f"no {several}"
    text = count(value)
    return f"{text} {one if text == '1' else several}"


def list_of(parts: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"; nothing for nothing."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def change(noun: str, first: float, last: float) -> str:
    """Say how a count went from first to last, e.g. "venues rose from 18 to 214"."""
    before, after = count(first), count(last)
    if first == last == 0.0:
        return f"{noun} stayed at 0"
    if before == after:
        return f"{noun} stayed at {before}"
    if abs(last - first) < STEADY_SHARE * max(abs(first), abs(last)):
        return f"{noun} changed little ({before} to {after})"
    return f"{noun} {'rose' if last > first else 'fell'} from {before} to {after}"


def course(noun: str, values: Sequence[float], dates: Sequence[date | None], weeks: Sequence[float]) -> str:
    """Say how a count went, by its peak if that lies well above both ends and by its ends otherwise.

    Limits: no value gives "nothing is known of" the noun; one value gives a level.
    """
    known = np.asarray(values, dtype=np.float64)
    if known.size == 0:
        return f"nothing is known of {noun}"
    first, last = float(known[0]), float(known[-1])
    if known.size == 1:
        return f"{noun} stood at {count(first)}"
    top = int(known.argmax())
    peak = float(known[top])
    if peak - max(first, last) <= 2.0 * STEADY_SHARE * peak:
        return change(noun, first, last)
    return f"{noun} peaked at {count(peak)} in {when(dates[top], weeks[top])} and ended at {count(last)}"


def difference(value: float, reference: float) -> str:
    """Say how a total differs from its reference: "12% more", "8% fewer", "the same".

    Limits: against a reference of 0 a share has no meaning, and both levels are given instead.
    """
    if value == reference:
        return "the same"
    direction = "more" if value > reference else "fewer"
    if reference == 0.0:
        return f"{count(value)} against none"
    relative = abs(value - reference) / abs(reference)
    if relative >= 2.0 and value > reference:
        return f"{rate(value / reference)} times as many"
    return f"{share(relative)} {direction}"
