"""Keyed chance in plain Python: Philox4x32-10 on whole numbers, the normal quantile, and Poisson counts by summation.

Nothing here comes from the program: only the keys (seed, decision; week, id low, id high, sub) are shared with it.
"""

from __future__ import annotations

import math
from statistics import NormalDist

NORMAL = NormalDist()
WORD = 32
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10

Words = tuple[int, ...]


def philox(counter: Words, key: Words, word: int = WORD, multipliers: Words = MULTIPLIERS, weyl: Words = WEYL) -> Words:
    """Four words from a counter of four words and a key of two (Salmon et al. 2011), by default of 32 bits each."""
    mask = (1 << word) - 1
    w0, w1, w2, w3 = (part & mask for part in counter)
    k0, k1 = (part & mask for part in key)
    for _ in range(ROUNDS):
        first, second = multipliers[0] * w0, multipliers[1] * w2
        w0, w1, w2, w3 = (second >> word) ^ w1 ^ k0, second & mask, (first >> word) ^ w3 ^ k1, first & mask
        k0, k1 = (k0 + weyl[0]) & mask, (k1 + weyl[1]) & mask
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
