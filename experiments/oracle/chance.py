"""Keyed chance in plain Python: Philox4x32-10 on whole numbers, the normal quantile, and Poisson counts by summation.

Nothing here comes from the program: only the keys (seed, decision; week, id low, id high, sub) are shared with it.
"""

from __future__ import annotations

import math
from statistics import NormalDist

NORMAL = NormalDist()
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
MASK = 0xFFFFFFFF
ROUNDS = 10


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Four 32-bit words for a counter of four words and a key of two (Salmon et al. 2011)."""
    w0, w1, w2, w3 = (word & MASK for word in counter)
    k0, k1 = key[0] & MASK, key[1] & MASK
    for _ in range(ROUNDS):
        first, second = MULTIPLIERS[0] * w0, MULTIPLIERS[1] * w2
        w0, w1, w2, w3 = (second >> 32) ^ w1 ^ k0, second & MASK, (first >> 32) ^ w3 ^ k1, first & MASK
        k0, k1 = (k0 + WEYL[0]) & MASK, (k1 + WEYL[1]) & MASK
    return w0, w1, w2, w3


def uniform(seed: int, decision: int, week: int, low: int, high: int = 0, sub: int = 0) -> float:
    """A uniform number strictly between 0 and 1 from the upper 52 bits of one keyed block."""
    a, b, _, _ = philox((week, low, high, sub), (seed, decision))
    return (((a << 32 | b) >> 12) + 0.5) / 2**52


def normal(u: float) -> float:
    """Standard normal number at quantile u."""
    return NORMAL.inv_cdf(u)


def poisson(mean: float, u: float) -> tuple[int, float]:
    """Smallest count whose cumulative Poisson probability reaches u, and how near u lies to a step of that sum.

    Probabilities are added up from 0 on in logarithms, so that a large mean does not underflow.
    """
    if mean <= 0.0:
        return 0, 1.0
    count, log_mean, log_p = 0, math.log(mean), -mean
    before, reached = 0.0, math.exp(log_p)
    enough = mean + 50.0 * math.sqrt(mean) + 100.0
    while u > reached and count < enough:
        count += 1
        log_p += log_mean - math.log(count)
        before, reached = reached, reached + math.exp(log_p)
    return count, min(abs(u - before) if count else 1.0, abs(u - reached))
