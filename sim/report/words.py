"""Probability words and numbers of a report: pure functions from counts and values to what a reader sees.

Part of the report, after all runs; answers how sure a word may sound and how a number is rounded. Leaves out which
sentence is said; see `sim.report.sentences`. The scale is that of the IPCC (AR5 guidance note 2010), shared with EFSA.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from scipy.stats import beta

FEWEST_DRAWS = 5  # below, only counts
GATE = 0.05  # one-sided limit of the share
EVEN = (0.33, 0.67)
MINUS, NOTHING = "−", "—"


@dataclass(frozen=True)
class Word:
    """A probability word and the range in per cent it stands for."""

    text: str
    low: int
    high: int

    @property
    def range(self) -> str:
        """The range that stands in brackets behind the word, e.g. "66–90 %"."""
        return f"{self.low}–{self.high} %"

    def said(self, of: str = "luck only") -> str:
        """Word with bracket and what the probability is about."""
        return f"{self.text} ({self.range}{', ' + of if of else ''})"


LADDER = (
    Word("virtually certain", 99, 100),
    Word("very likely", 90, 99),
    Word("likely", 66, 90),
    Word("more likely than not", 50, 66),
)
AS_LIKELY = Word("about as likely as not", 33, 66)
MIRROR = (
    Word("exceptionally unlikely", 0, 1),
    Word("very unlikely", 1, 10),
    Word("unlikely", 10, 34),
    Word("less likely than not", 34, 50),
)


@lru_cache(maxsize=4096)
def limits(k: int, n: int) -> tuple[float, float]:
    """Return the lower and upper 5 % limits (Jeffreys) of a share seen k times in n independent draws.

    Limits: n = 0 gives 0 and 1.

    Sources
    -------
    Brown, Cai & DasGupta 2001, Statistical Science 16(2).
    """
    if n <= 0:
        return 0.0, 1.0
    low, high = (float(beta.ppf(q, k + 0.5, n - k + 0.5)) for q in (GATE, 1.0 - GATE))
    return low, high


def word_for(k: int, n: int) -> Word | None:
    """Return the strongest word that k of n independent draws earn, or none.

    A word is earned if the lower 5 % limit of the share lies above its floor; words below one half mirror those above;
    "about as likely as not" needs both limits inside 33 to 67 %.
    """
    if n < FEWEST_DRAWS:
        return None
    low, high = limits(k, n)
    for word in LADDER:
        if low > word.low / 100.0:
            return word
    for word in MIRROR:
        if high < word.high / 100.0:
            return word
    return AS_LIKELY if low > EVEN[0] and high < EVEN[1] else None


def earns(k: int, n: int) -> bool:
    """Say whether k of n draws earn a word above one half."""
    return word_for(k, n) in LADDER


def wins_needed(n: int, word: Word) -> int | None:
    """Return the smallest number of n draws that earns a word of the upper half, or none can."""
    return next((k for k in range(n + 1) if n >= FEWEST_DRAWS and limits(k, n)[0] > word.low / 100.0), None)


def place_of(value: float, figures: int = 2) -> int:
    """Return the power of ten of the last of some figures of a value; 0 for 0."""
    if value == 0.0 or not math.isfinite(value):
        return 0
    place = math.floor(math.log10(abs(value)) + 1e-12) - figures + 1
    return place + 1 if _rounded(abs(value), place) >= 10.0 ** (place + figures) * (1.0 - 1e-12) else place


def number(value: float, figures: int = 2) -> str:
    """Return a size with two figures, three above 10,000, with separators; sign as a true minus.

    Limits: 0 is "0"; what is not finite is a dash.
    """
    if not math.isfinite(value):
        return NOTHING
    if abs(value) >= 10_000.0:
        figures = max(figures, 3)
    return at_place(value, place_of(value, figures))


def at_place(value: float, place: int) -> str:
    """Return a value rounded to a power of ten, halves away from zero, with separators and a true minus."""
    if not math.isfinite(value):
        return NOTHING
    rounded = math.copysign(_rounded(abs(value), place), value)
    text = f"{abs(rounded):,.{max(0, -place)}f}"
    return (MINUS if rounded < 0.0 else "") + text


def signed(value: float, place: int | None = None) -> str:
    """Return a difference with its sign, as tables show it: "−18", "+3.1", "0"."""
    if not math.isfinite(value):
        return NOTHING
    text = number(value) if place is None else at_place(value, place)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def common_place(*values: float) -> int:
    """Return the decimal place for numbers that stand together: two figures of the largest, three above 10,000."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    return place_of(largest, 3 if largest >= 10_000.0 else 2)


def to(low: float, high: float) -> str:
    """Return a range for tables, ends at the same decimal: "−31 to −4"."""
    place = common_place(low, high)
    return f"{at_place(low, place)} to {at_place(high, place)}"


def between(low: float, high: float) -> str:
    """Return the ends of a range in a sentence, at the same decimal: "1.4 and 9.3"."""
    place = common_place(low, high)
    return f"{at_place(low, place)} and {at_place(high, place)}"


def directed(low: float, high: float, down: str, up: str, unit: str = "%") -> str:
    """Return a range in words without signs: "31 and 4 % lower", "17 % lower and 1 % higher".

    Parameters
    ----------
    low, high
        Ends as differences, below 0 for ``down``.
    down, up
        Words such as lower and higher; an end that rounds to 0 takes the word of the other.
    """
    place = common_place(low, high)
    unit = f" {unit}" if unit else ""
    a, b = at_place(abs(low), place), at_place(abs(high), place)
    zero = at_place(0.0, place)
    falls, rises = low < 0.0 and a != zero, high > 0.0 and b != zero
    if not (falls and rises):
        word = down if falls or (not rises and high < 0.0) else up
        return f"{a} and {b}{unit} {word}"
    return f"{a}{unit} {down} and {b}{unit} {up}"


def share(value: float) -> str:
    """Return a share of 0..1 as a percentage with two figures."""
    return f"{number(100.0 * value)} %" if math.isfinite(value) else NOTHING


def list_of(parts: Sequence[str], joint: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"; nothing for nothing."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def many(n: int, one: str, several: str = "") -> str:
    """Return a count and its noun: "1 run", "20 runs", "1,200 runs"."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"


def _rounded(size: float, place: int) -> float:
    """Round a size to a power of ten, halves up."""
    return math.floor(size / 10.0**place + 0.5 + 1e-9) * 10.0**place
