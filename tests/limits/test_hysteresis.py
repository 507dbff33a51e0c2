"""Limit test 6: a demand that comes and goes leaves more venues behind than it found, by a ratio known in closed form.

The pure rule of entry and exit with scale 0: every venue costs c a week and shares the revenue A of a market with unit
elasticity, so profit is A / V - c. Demand moves slowly; numbers are expected counts, not draws.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.phases.supply.entry import p_leave
from sim.phases.supply.opening import p_enter

COST, SUNK, EXIT, HURDLE = 800.0, 15_000.0, 4_000.0, 0.014
START = 100_000.0
GRAIN = 1e-4  # share of venues that may open or close at a time


def settled(venues: float, revenue: float, sunk: float, exit_cost: float, hurdle: float) -> float:
    """Venues once nobody wants to enter or leave any more."""
    for _ in range(200_000):
        profit = revenue / venues - COST
        change = GRAIN * (p_enter(profit, sunk, hurdle, 0.0) - p_leave(profit, exit_cost, hurdle, 0.0))
        after = venues * (1.0 + change)
        back = revenue / after - COST
        if change == 0.0 or p_leave(back, exit_cost, hurdle, 0.0) + p_enter(profit, sunk, hurdle, 0.0) == 2.0:
            return venues
        if change < 0.0 and p_enter(back, sunk, hurdle, 0.0):
            return venues
        venues = after
    raise AssertionError("entry and exit never came to rest")


def ratio_after_a_wave(peak: float, sunk: float, exit_cost: float, hurdle: float = HURDLE) -> float:
    """Venues after demand rose to ``peak`` times its start and fell back, over those before."""
    venues = before = START / (COST + hurdle * sunk)
    up = np.linspace(1.0, peak, 400)
    for level in [*up, *up[::-1]]:
        venues = settled(venues, START * level, sunk, exit_cost, hurdle)
    return venues / before


def closed_form(peak: float, sunk: float, exit_cost: float, hurdle: float = HURDLE) -> float:
    """min(A1 / A0, (c + r K) / (c - r X))."""
    return min(peak, (COST + hurdle * sunk) / (COST - hurdle * exit_cost))


@pytest.mark.parametrize("peak", [1.05, 1.2, 3.0])
@pytest.mark.parametrize(("sunk", "exit_cost"), [(SUNK, EXIT), (SUNK, 0.0), (0.0, EXIT), (40_000.0, 20_000.0)])
def test_06_hysteresis_ratio(peak: float, sunk: float, exit_cost: float) -> None:
    """6. The ratio is min(A1/A0, (c + rK) / (c - rX)), within the grain of the ramp."""
    ratio = ratio_after_a_wave(peak, sunk, exit_cost)
    assert ratio == pytest.approx(closed_form(peak, sunk, exit_cost), rel=1e-3)
    assert ratio > 1.01


def test_06_no_sunk_costs_no_hysteresis() -> None:
    """6. The ratio is 1 if K = X = 0, or if sunk costs carry no hurdle, and only then."""
    assert ratio_after_a_wave(3.0, 0.0, 0.0) == pytest.approx(1.0, rel=1e-3)
    assert ratio_after_a_wave(3.0, SUNK, EXIT, hurdle=0.0) == pytest.approx(1.0, rel=1e-3)
    assert ratio_after_a_wave(3.0, 1_000.0, 0.0) > 1.005
    assert ratio_after_a_wave(3.0, 0.0, 1_000.0) > 1.005


def test_06_thresholds_of_the_pure_rule() -> None:
    """6. Enter only above r K, leave only below -r X, neither at the thresholds nor between them."""
    profits = (HURDLE * SUNK + 1e-6, HURDLE * SUNK, 0.0, -HURDLE * EXIT, -HURDLE * EXIT - 1e-6)
    assert [p_enter(profit, SUNK, HURDLE, 0.0) for profit in profits] == [1, 0, 0, 0, 0]
    assert [p_leave(profit, EXIT, HURDLE, 0.0) for profit in profits] == [0, 0, 0, 0, 1]


def test_06_soft_rule_has_the_same_middle_and_sharpens_to_the_pure_one() -> None:
    """6. One half at the threshold for every scale; the logistic by hand; at a small scale nearly the pure rule."""
    at, above = HURDLE * SUNK, HURDLE * SUNK + 73.0
    for scale in (1.0, 73.0, 1000.0):
        assert p_enter(at, SUNK, HURDLE, scale) == pytest.approx(0.5)
    assert p_enter(above, SUNK, HURDLE, 73.0) == pytest.approx(1.0 / (1.0 + np.exp(-1.0)))
    assert p_leave(0.0, EXIT, HURDLE, 73.0) == pytest.approx(1.0 / (1.0 + np.exp(56.0 / 73.0)))
    assert p_enter(above, SUNK, HURDLE, 1.0) > 1.0 - 1e-12
