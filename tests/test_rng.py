"""Keyed random numbers: the published generator, uniform, independent of call order, the same uncompiled."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support import python

from sim.rng import LARGEST_SEED, Decision, draw_each, draw_traits, philox, uniform, uniforms

ALL = 0xFFFFFFFF
# Known answers of Random123 (Salmon et al. 2011), philox4x32 with 10 rounds.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ALL, ALL, ALL, ALL), (ALL, ALL), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]  # fmt: skip
word = st.integers(0, ALL)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(counter, key, answer) -> None:
    assert tuple(int(x) for x in philox(*counter, *key)) == answer


def test_uniform_is_made_of_the_first_words_of_a_block() -> None:
    """52 bits: all of the first word, the upper 20 bits of the second; key (seed, decision), counter (week, ids, sub)."""
    a, b, _, _ = (int(x) for x in philox(5, 77, 8, 9, 3, 4))
    expected = ((a << 20 | b >> 12) + 0.5) * 2.0**-52
    assert uniform(3, 4, 5, 77, 8, 9) == expected
    assert uniform(0, 0, 0, 0, 0, 0) == ((0x6627E8D5 << 20 | 0xE169C58D >> 12) + 0.5) * 2.0**-52


@given(word, st.integers(1, 60), st.integers(0, 5000), word, word, st.integers(0, 2**31 - 1))
def test_uniform_lies_strictly_between_0_and_1(seed, decision, week, low, high, sub) -> None:
    assert 0.0 < uniform(seed, decision, week, low, high, sub) < 1.0


@pytest.mark.parametrize("axis", ["seed", "decision", "week", "id_low", "id_high", "sub"])
def test_uniform_along_every_part_of_the_key(axis: str) -> None:
    """20,000 draws along one part of the key: Kolmogorov-Smirnov, and the serial correlation, at error rate 1e-5."""
    n = 20_000
    keys = {"seed": 1, "decision": 10, "week": 3, "id_low": 4, "id_high": 5, "sub": 6}
    draws = np.array([uniform(*[i if name == axis else value for name, value in keys.items()]) for i in range(n)])
    assert stats.kstest(draws, "uniform").pvalue > 1e-5
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 4.5 / np.sqrt(n)
    assert len(np.unique(draws)) == n


def test_uniform_is_uniform_in_pairs() -> None:
    """Neighbouring ids and neighbouring weeks fill the unit square: chi-square on a 10 x 10 grid, error rate 1e-5."""
    x = np.array([uniform(7, 10, 1, i) for i in range(20_000)])
    for y in (np.roll(x, 1), np.array([uniform(7, 10, 2, i) for i in range(20_000)]),
              np.array([uniform(7, 11, 1, i) for i in range(20_000)]),
              np.array([uniform(8, 10, 1, i) for i in range(20_000)])):
        counts = np.histogram2d(x, y, bins=10, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(counts.ravel()).pvalue > 1e-5


def test_draws_do_not_depend_on_the_order_of_calls() -> None:
    """Backwards, in pieces, as an array or one by one: the same number for the same key."""
    ids, high = np.arange(500, dtype=np.int64), np.full(500, 3, np.int64)
    whole = uniforms(9, 12, 4, ids, high, 2)
    np.testing.assert_array_equal(uniforms(9, 12, 4, ids[::-1].copy(), high, 2), whole[::-1])
    np.testing.assert_array_equal(uniforms(9, 12, 4, ids[100:200], high[100:200], 2), whole[100:200])
    np.testing.assert_array_equal([uniform(9, 12, 4, int(i), 3, 2) for i in ids], whole)
    assert uniforms(9, 12, 4, ids[:0], high[:0], 2).size == 0


def test_draws_of_many_at_once_are_those_of_each_alone() -> None:
    ids, high, sub = np.arange(70) * 65_537 + 12, np.arange(70) * 3, np.arange(70) % 5
    filled = np.full(80, -1.0)
    draw_each(9, 12, 4, ids, filled)
    assert filled.tolist() == [*(uniform(9, 12, 4, int(i)) for i in ids), *[-1.0] * 10]
    draw_traits(9, 12, ids, high, sub, filled)
    expected = [uniform(9, 12, 0, int(i), int(h), int(k)) for i, h, k in zip(ids, high, sub, strict=True)]
    assert filled.tolist() == [*expected, *[-1.0] * 10]


def test_ids_of_any_integer_type_give_the_same_draw() -> None:
    for kind in (int, np.int64, np.uint32, np.uint64):
        assert uniform(1, 2, 3, kind(4_000_000_000)) == uniform(1, 2, 3, 4_000_000_000)


def test_decisions_are_unique_and_in_ascending_order() -> None:
    """Numbers are used once and only grow, so that appending is the only way to add one; gaps are retired numbers."""
    numbers = [int(decision) for decision in Decision]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1


def test_the_enumeration_is_append_only() -> None:
    """A sample that must never change: renumbering would silently give every old run other luck."""
    frozen = {"CONTRIBUTOR_PERMUTATION": 1, "PRONE": 7, "ACT": 10, "LOCAL_DEMAND": 16, "ENTRY": 17, "VENUE_EXIT": 20,
              "RAID_COUNT": 29, "PERSON_THRESHOLD": 36, "CASE_CONVICTION": 44, "TRANSFER": 50, "RECRUIT_VOLUME": 53}
    assert {name: int(Decision[name]) for name in frozen} == frozen
    assert LARGEST_SEED == ALL


def test_draws_are_the_same_without_compilation() -> None:
    """A new interpreter with compilation off gives the same numbers, bit for bit."""
    keys = [(seed, decision, week, low, high, sub) for seed in (0, 7, ALL) for decision in (1, 50) for week in (0, 519)
            for low, high, sub in ((0, 0, 0), (12345678, 9, 3), (4_000_000_000, 2**31, 2**30))]
    code = f"import json; from sim.rng import uniform; print(json.dumps([float(uniform(*k)) for k in {keys!r}]))"
    assert json.loads(python(code, NUMBA_DISABLE_JIT="1")) == [uniform(*key) for key in keys]
