"""The oracle's own keyed chance: the published generator, the program's draws, and counts by summation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from experiments.oracle import chance
from oracle import oracle_support  # noqa: F401  (finds experiments/)
from sim import rng

# Known answers of Random123 (Salmon et al. 2011), philox4x32 with 10 rounds.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
]
# NumPy has the same construction on words of 64 bits.
WIDE = {"word": 64, "multipliers": (0xD2E7470EE14C6C93, 0xCA5A826395121157),
        "weyl": (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)}  # fmt: skip
word, wide_word = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 2)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(counter, key, answer) -> None:
    assert chance.philox(counter, key) == answer


@given(st.tuples(*[wide_word] * 4), st.tuples(wide_word, wide_word))
def test_the_same_rounds_on_wider_words_are_numpys_philox(counter, key) -> None:
    """NumPy adds one to the counter before each block."""
    theirs = np.random.Philox(counter=np.array(counter, np.uint64), key=np.array(key, np.uint64)).random_raw(4)
    assert chance.philox((counter[0] + 1, *counter[1:]), key, **WIDE) == tuple(theirs.tolist())


@given(word, st.integers(1, 90), st.integers(0, 5000), st.integers(0, 2**40), word, st.integers(0, 100))
def test_draws_are_those_of_the_program(seed, decision, week, low, high, sub) -> None:
    assert chance.uniform(seed, decision, week, low, high, sub) == rng.uniform(seed, decision, week, low, high, sub)


@given(st.floats(1e-6, 3000.0), st.floats(1e-9, 1.0 - 1e-9))
def test_counts_are_poisson_quantiles(mean, u) -> None:
    count, distance = chance.poisson(mean, u)
    at, below = stats.poisson.cdf(count, mean), stats.poisson.cdf(count - 1, mean)
    assert below - 1e-9 <= u <= at + 1e-9
    assert distance == pytest.approx(min(abs(u - at), abs(u - below) if count else 1.0), abs=1e-9)


def test_no_mean_no_count() -> None:
    assert chance.poisson(0.0, 0.999)[0] == 0
    assert chance.normal(0.5) == 0.0 and chance.normal(0.975) == pytest.approx(1.959964, abs=1e-6)
