"""Limit test 10: the social threshold. A unit that lives by its own norm has one way to settle, or two."""

from __future__ import annotations

import numpy as np
import pytest
from support import generic

from limits.chain_support import CHANNELS_OFF
from sim.model import MandateModel
from sim.numerics import logistics
from sim.phases.perceive.norms import relaxed_norm

# Even number of points, so that the centre, an equilibrium at any b, lies between two of them.
GRID = np.linspace(0.0, 1.0, 20_000)


def drift(norm: np.ndarray, b: float, u: float, shrinkage: float = 1.6, opportunity: float = 3.0) -> np.ndarray:
    """Change of the norm in one step where those with the opportunity act with log-odds b x + u."""
    free = np.full(len(norm), opportunity)
    return relaxed_norm(norm, free * logistics(b * norm + u), free, 0.2, shrinkage) - norm


def equilibria(b: float, u: float, **rest: float) -> np.ndarray:
    """Norms at which it stays, as the grid's cells in which the drift changes sign."""
    moved = drift(GRID, b, u, **rest)
    return GRID[np.flatnonzero(np.sign(moved[1:]) != np.sign(moved[:-1]))]


@pytest.mark.parametrize("b", [0.0, 1.0, 2.0, 3.0, 3.9, 4.0])
def test_10_one_equilibrium_up_to_4(b: float) -> None:
    """10. At u = -b/2 one half is the only equilibrium up to b = 4, and it attracts from both sides."""
    found = equilibria(b, -b / 2)
    assert found == pytest.approx([0.5], abs=1e-4)
    assert (drift(GRID, b, -b / 2)[GRID < 0.499] > 0).all() and (drift(GRID, b, -b / 2)[GRID > 0.501] < 0).all()


@pytest.mark.parametrize("b", [4.05, 4.5, 5.0, 6.0, 10.0])
def test_10_three_equilibria_beyond_4(b: float) -> None:
    """10. Beyond b = 4 two more, symmetric about one half; the middle one repels."""
    low, middle, high = equilibria(b, -b / 2)
    assert middle == pytest.approx(0.5, abs=1e-4) and low + high == pytest.approx(1.0, abs=2e-4)
    at = drift(np.array([low - 0.01, low + 0.01, 0.49, 0.51, high - 0.01, high + 0.01]), b, -b / 2)
    assert np.sign(at).tolist() == [1, -1, -1, 1, 1, -1]


@pytest.mark.parametrize("b", [3.5, 6.0])
def test_10_prior_weight_and_opportunity_move_no_equilibrium(b: float) -> None:
    """10. They set the pace alone: the same equilibria with none and much of both."""
    base = equilibria(b, -b / 2)
    for shrinkage, opportunity in ((0.0, 3.0), (20.0, 0.5), (1.6, 300.0)):
        assert equilibria(b, -b / 2, shrinkage=shrinkage, opportunity=opportunity) == pytest.approx(base, abs=1e-4)


@pytest.mark.parametrize("b", [3.0, 6.0])
def test_10_away_from_the_balance_one_norm_wins(b: float) -> None:
    """10. Far enough from u = -b/2 only one equilibrium is left, low or high, at any b."""
    assert equilibria(b, -b / 2 - 2.0)[0] < 0.35 and len(equilibria(b, -b / 2 - 2.0)) == 1
    assert equilibria(b, -b / 2 + 2.0)[0] > 0.65 and len(equilibria(b, -b / 2 + 2.0)) == 1


def test_10_distance_from_one_half_opens_like_a_square_root() -> None:
    """10. Just beyond the threshold (x - 1/2)^2 = 12 (b - 4) / b^3, from the logistic's third derivative."""
    for b in (4.02, 4.05, 4.1):
        assert equilibria(b, -b / 2)[2] - 0.5 == pytest.approx(np.sqrt(12.0 * (b - 4.0) / b**3), rel=0.02)


@pytest.mark.parametrize("b", [2.0, 3.5, 5.0, 8.0])
def test_10_from_anywhere_norms_end_at_a_stable_equilibrium(b: float) -> None:
    """10. Iterated from 50 starts, norms end at one value up to 4 and at two beyond."""
    norm = np.linspace(0.01, 0.99, 50)
    for _ in range(3000):
        norm = norm + drift(norm, b, -b / 2)
    found = equilibria(b, -b / 2)
    ends = np.unique(norm.round(3))
    assert ends == pytest.approx(found if len(found) == 1 else found[[0, 2]], abs=2e-3)


# The same through decide and perceive: units alike, nothing but the norm weighs, nobody is replaced.
ALIKE = {**CHANNELS_OFF, "mission.trapezoid.build_up_weeks": 0.0, "parameters.involvement.propensity_mean": 0.0,
         "parameters.involvement.propensity_sd": 0.0, "parameters.involvement.income_weight": 0.0,
         "parameters.involvement.unit_sd": 0.0, "parameters.involvement.contributor_sd": 0.0,
         "parameters.involvement.p_prone": 0.6, "parameters.norms.leadership_weight": 0.0,
         "parameters.norms.reference_participation": 0.5, "parameters.norms.carried_over": 0.7,
         "parameters.norms.relaxation_weeks": 2.0, "parameters.norms.home_memory_weeks": 520.0,
         "parameters.involvement.tour_weeks_military": 104.0, "parameters.switches.deterrence": False}  # fmt: skip


def settled(b: float, start: float) -> np.ndarray:
    """Norms of military units after 80 weeks from a common start."""
    model = MandateModel(generic({**ALIKE, "parameters.norms.norm_weight": b}, weeks=80, scale=0.2))
    model.world.units.norm[:] = start
    for _ in range(80):
        model.step()
    return model.world.units.norm[model.world.units.category == 0]


def test_10_units_of_the_model_settle_by_the_same_threshold() -> None:
    """10. From norms 0.05 and 0.95 units meet at one half at b = 3, and stay apart at b = 6 on either side of it."""
    low, high = settled(3.0, 0.05), settled(3.0, 0.95)
    np.testing.assert_allclose(low, 0.5, atol=0.02)
    np.testing.assert_allclose(high, 0.5, atol=0.02)
    low, high = settled(6.0, 0.05), settled(6.0, 0.95)
    assert low.max() < 0.35 and high.min() > 0.65
