"""Limit test 20: displacement is a logit, so closing places moves trade in proportion; equal trades get equal effort."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support import generic

from sim.model import MandateModel
from sim.phases.supply.earnings import effort_shares
from sim.phases.supply.location import choose_cell, location_shares
from sim.world.state import World

utilities = st.lists(st.floats(-50, 50), min_size=2, max_size=12).map(np.array)


@given(utilities, st.floats(-1e3, 1e3))
def test_20_a_shift_of_all_utilities_changes_nothing(utility: np.ndarray, shift: float) -> None:
    """20. Logit shares are invariant to a constant added everywhere, sum to 1, and stay in 0..1."""
    shares = location_shares(utility)
    np.testing.assert_allclose(location_shares(utility + shift), shares, rtol=1e-9, atol=1e-300)
    assert shares.sum() == 1.0 or abs(shares.sum() - 1.0) < 1e-12
    assert ((shares >= 0) & (shares <= 1)).all()


@given(utilities)
def test_20_a_closed_place_spills_over_in_proportion(utility: np.ndarray) -> None:
    """20. Closing a place sends its share to the others in proportion to theirs: ratios among them stay."""
    shares = location_shares(utility)
    closed = utility.copy()
    closed[0] = -np.inf
    after = location_shares(closed)
    assert after[0] == 0.0
    if shares[1:].sum() > 1e-9:
        np.testing.assert_allclose(after[1:], shares[1:] / shares[1:].sum(), rtol=1e-6, atol=1e-12)


def test_20_shares_by_hand() -> None:
    """20. Utilities 0, ln 2, ln 5 give 1/8, 2/8, 5/8; equal places have equal shares, along the last axis."""
    np.testing.assert_allclose(location_shares(np.log([1.0, 2.0, 5.0])), [0.125, 0.25, 0.625])
    np.testing.assert_array_equal(location_shares(np.full((3, 8), 7.0)), np.full((3, 8), 0.125))
    np.testing.assert_allclose(location_shares(np.array([1e4, 0.0])), [1.0, 0.0])


def small_world() -> World:
    world = MandateModel(generic(weeks=1, scale=0.01)).world
    world.begin_step(0)
    return world


def choices(world: World, utility: np.ndarray, n: int) -> np.ndarray:
    return np.array([choose_cell(world, utility, key) for key in range(n)])


def test_20_homogeneous_places_are_chosen_alike() -> None:
    """20. Equal utilities: 6,400 choices over 64 cells; chi-square below its 1e-5 quantile, and no shift matters."""
    world = small_world()
    n = len(world.cells)
    chosen = choices(world, np.zeros(n), 100 * n)
    counts = np.bincount(chosen, minlength=n)
    assert ((counts - 100.0) ** 2 / 100.0).sum() < 63 + 4.27 * np.sqrt(2 * 63) + 12
    np.testing.assert_array_equal(chosen, choices(world, np.full(n, 8.0), 100 * n))


def test_20_choices_have_the_shares_of_the_logit() -> None:
    """20. Frequencies of 4,000 choices agree with the logit shares within 4.5 sd."""
    world = small_world()
    utility = np.full(len(world.cells), -np.inf)
    utility[[3, 9, 40]] = np.log([1.0, 2.0, 5.0])
    counts = np.bincount(choices(world, utility, 4000), minlength=len(utility))[[3, 9, 40]]
    shares = np.array([0.125, 0.25, 0.625])
    assert (np.abs(counts - 4000 * shares) < 4.5 * np.sqrt(4000 * shares * (1 - shares))).all()


def test_20_closing_a_place_moves_only_those_who_were_there() -> None:
    """20. On the same luck, choosers of other places stay where they are."""
    world = small_world()
    utility = np.linspace(0.0, 1.0, len(world.cells))
    before = choices(world, utility, 2000)
    closed = utility.copy()
    closed[-1] = -np.inf
    after = choices(world, closed, 2000)
    there = before == len(utility) - 1
    assert there.sum() > 20
    np.testing.assert_array_equal(after[~there], before[~there])
    assert (after[there] != len(utility) - 1).all()


@given(st.floats(-1000, 3000), st.floats(20, 3000))
def test_20_equal_returns_equal_effort(value: float, scale: float) -> None:
    """20. This market and two other trades of equal return get a third each, at any return and softness."""
    np.testing.assert_allclose(effort_shares(np.array([value]), value, scale), 1.0 / 3.0, rtol=1e-12)


def test_20_effort_by_hand() -> None:
    """20. An advantage of scale x ln 2 gives 2 / (2 + 2) = 1/2; far above 1, far below 0; it rises with the return."""
    focal = np.array([250.0 + 300.0 * np.log(2.0), 1e9, -1e9])
    np.testing.assert_allclose(effort_shares(focal, 250.0, 300.0), [0.5, 1.0, 0.0], atol=1e-12)
    grid = effort_shares(np.linspace(-2000.0, 2000.0, 50), 250.0, 300.0)
    assert (np.diff(grid) > 0).all()
