"""Limit tests 4 and 5: where prices rest, and what removing supply does to revenue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.phases.match import adjusted_price

Q = 4.4
MOST_STEPS = 20_000


def resting_price(a: float, persons: float, h: float, start: float = 25.0, speed: float = 0.3, dt: float = 1.0) -> float:
    """Price once it rests, of demand A p^-h against supply q E."""
    price, supply = np.array([start]), np.array([Q * persons])
    for _ in range(MOST_STEPS):
        before, price = price, adjusted_price(price, a * price**-h, supply, speed, dt)
        if abs(price[0] / before[0] - 1.0) < 1e-12:
            return float(price[0])
    raise AssertionError("the price never came to rest")


@pytest.mark.parametrize("h", [0.5, 1.0, 1.1, 1.5, 2.0])
@pytest.mark.parametrize("persons", [20.0, 50.0, 400.0])
def test_04_price_clears(h: float, persons: float) -> None:
    """4. The price rests at (A / (q E))^(1/h)."""
    a = 20_000.0
    assert resting_price(a, persons, h) == pytest.approx((a / (Q * persons)) ** (1.0 / h), rel=1e-8)


@settings(max_examples=25)
@given(a=st.floats(500, 1e5), persons=st.floats(10, 1000), h=st.floats(0.4, 2.0), start=st.floats(2.0, 300.0),
       speed=st.floats(0.1, 1.0), dt=st.sampled_from([1 / 7, 1.0]))
def test_04_price_clears_from_anywhere(a: float, persons: float, h: float, start: float, speed: float, dt: float) -> None:
    """4. From any start, at any speed and step up to smooth adjustment, demand equals supply in the end."""
    price = resting_price(a, persons, h, start, speed, dt)
    assert a * price**-h == pytest.approx(Q * persons, rel=1e-6)


def test_04_revenue_does_not_depend_on_persons_at_unit_elasticity() -> None:
    """4. With h = 1 revenue is A, whoever and however many work."""
    a = 20_000.0
    revenues = [resting_price(a, persons, 1.0) * Q * persons for persons in (10.0, 50.0, 250.0)]
    np.testing.assert_allclose(revenues, a, rtol=1e-8)


@pytest.mark.parametrize(("h", "sign"), [(0.5, 1), (0.8, 1), (1.0, 0), (1.25, -1), (2.0, -1)])
def test_05_supply_enforcement_and_revenue(h: float, sign: int) -> None:
    """5. Halving the persons who work raises, keeps, lowers revenue for h below, at, above 1: by 2^(1/h - 1)."""
    a, persons = 20_000.0, 100.0
    before = resting_price(a, persons, h) * Q * persons
    after = resting_price(a, persons / 2.0, h) * Q * persons / 2.0
    assert after / before == pytest.approx(2.0 ** (1.0 / h - 1.0), rel=1e-8)
    assert np.sign(round(after / before - 1.0, 6)) == sign


def test_04_price_rests_only_where_demand_meets_supply() -> None:
    """4. One step: unmoved at D = S, up at D > S, down at D < S, by the hand-computed factor."""
    price, supply = np.full(3, 20.0), np.array([100.0, 100.0, 100.0])
    moved = adjusted_price(price, np.array([100.0, 199.0, 50.0]), supply, 0.3, 1.0)
    np.testing.assert_allclose(moved, 20.0 * np.exp([0.0, 0.3 * 99 / 300, -0.3 * 50 / 151]), rtol=1e-12)


def test_04_empty_cells_take_the_regional_mean() -> None:
    """4. A cell without supply gets the supply-weighted mean; without any supply all prices stay."""
    price, supply = np.array([10.0, 30.0, 77.0]), np.array([100.0, 300.0, 0.0])
    moved = adjusted_price(price, supply, supply, 0.3, 1.0)
    np.testing.assert_allclose(moved, [10.0, 30.0, 25.0], rtol=1e-12)
    np.testing.assert_array_equal(adjusted_price(price, supply, np.zeros(3), 0.3, 1.0), price)
