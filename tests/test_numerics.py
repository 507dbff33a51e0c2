"""Elementary functions of the rules against NumPy and SciPy, their limits, and the same values uncompiled."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from support import generic, python, series_of

from sim import numerics
from sim.indicators import INDICATORS
from sim.numerics import (
    exp,
    exps,
    log,
    logistic,
    logistics,
    logit,
    logs,
    normal_quantile,
    poisson_quantile,
    power,
    powers,
    step_probability,
)

open_unit = st.floats(1e-12, 1 - 1e-12)


@given(st.floats(-699, 699))
def test_exp_against_numpy(x: float) -> None:
    assert exp(x) == pytest.approx(np.exp(x), rel=1e-14)


@given(st.floats(1e-300, 1e300))
def test_log_against_numpy(x: float) -> None:
    assert log(x) == pytest.approx(np.log(x), rel=1e-14, abs=1e-15)


def test_exp_and_log_at_their_limits() -> None:
    """exp is held at +-700; log of 0 and below is the floor of exp; both are exact at the easy points."""
    assert exp(0.0) == 1.0 and log(1.0) == 0.0
    assert exp(-1e6) == exp(-700.0) > 0.0
    assert exp(1e6) == exp(700.0) < np.inf
    assert log(0.0) == log(-3.0) == -700.0


@given(st.floats(1e-6, 1e6), st.floats(-3, 3))
def test_power_against_numpy(base: float, exponent: float) -> None:
    assert power(base, exponent) == pytest.approx(base**exponent, rel=1e-12)


def test_power_at_its_limits() -> None:
    assert power(0.0, 0.0) == power(7.3, 0.0) == 1.0
    assert power(0.0, 1.5) == 0.0


@given(st.floats(-600, 600))
def test_logistic_against_scipy(x: float) -> None:
    assert logistic(x) == pytest.approx(special.expit(x), rel=1e-12)
    assert 0.0 <= logistic(x) <= 1.0


@given(open_unit)
def test_logit_against_scipy_and_as_an_inverse(p: float) -> None:
    assert logit(p) == pytest.approx(special.logit(p), rel=1e-9, abs=1e-12)
    assert logistic(logit(p)) == pytest.approx(p, rel=1e-9)


def test_logit_of_certainty_is_finite() -> None:
    assert logit(0.0) == pytest.approx(-27.631, abs=1e-3)
    assert logit(1.0) == pytest.approx(27.631, abs=1e-3)


@given(st.floats(0, 50), st.floats(1 / 7, 4))
def test_step_probability_by_hand(rate: float, dt: float) -> None:
    assert step_probability(rate, dt) == pytest.approx(-np.expm1(-rate * dt), abs=1e-14)
    assert step_probability(0.0, dt) == 0.0


@given(open_unit)
def test_normal_quantile_against_scipy(u: float) -> None:
    assert normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=2e-9, abs=2e-9)


@given(st.floats(1e-6, 200), st.floats(1e-9, 1 - 1e-9))
def test_poisson_quantile_against_scipy(mean: float, u: float) -> None:
    """Equal to SciPy's, but for u within rounding of a step of the distribution."""
    count, exact = poisson_quantile(mean, u), int(stats.poisson.ppf(u, mean))
    near_step = abs(stats.poisson.cdf(min(count, exact), mean) - u) < 1e-12
    assert count == exact or (near_step and abs(count - exact) <= 1)


@given(st.floats(200.001, 1e5), st.floats(1e-4, 1 - 1e-4))
def test_poisson_quantile_of_large_means_is_close(mean: float, u: float) -> None:
    """The normal approximation stays within a fifth of the spread."""
    exact = stats.poisson.ppf(u, mean)
    assert abs(poisson_quantile(mean, u) - exact) <= 1 + 0.2 * np.sqrt(mean)


@settings(max_examples=300)
@given(st.floats(0, 400), st.floats(0, 400), open_unit)
def test_poisson_quantile_never_falls_when_the_mean_rises(a: float, b: float, u: float) -> None:
    low, high = sorted((a, b))
    assert poisson_quantile(low, u) <= poisson_quantile(high, u)


@pytest.mark.parametrize("u", [0.0005, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.999, 0.99999])
def test_poisson_quantile_never_falls_where_the_method_changes(u: float) -> None:
    """A fine grid of means across 200, where summation gives way to the normal approximation."""
    counts = [poisson_quantile(mean, u) for mean in np.linspace(190.0, 215.0, 2001)]
    assert (np.diff(counts) >= 0).all()


@pytest.mark.parametrize("mean", [0.001, 1.0, 30.0])
def test_poisson_quantile_at_the_ends_of_the_unit_interval(mean: float) -> None:
    """The largest uniform the generator can give leads to a rare count, not to the end of the search."""
    largest, smallest = 1.0 - 2.0**-53, 2.0**-53
    assert poisson_quantile(mean, smallest) == 0
    assert poisson_quantile(mean, largest) <= mean + 12.0 * np.sqrt(mean) + 15.0


def test_poisson_quantile_of_nothing() -> None:
    assert poisson_quantile(0.0, 0.999) == poisson_quantile(-1.0, 0.999) == 0


@pytest.mark.parametrize("mean", [0.3, 4.0, 60.0, 500.0])
def test_poisson_quantile_has_the_right_mean_and_variance(mean: float) -> None:
    """Over an even grid of quantiles, to 1 %."""
    counts = np.array([poisson_quantile(mean, (i + 0.5) / 20_000) for i in range(20_000)])
    assert counts.mean() == pytest.approx(mean, rel=0.01)
    assert counts.var() == pytest.approx(mean, rel=0.02)


def test_arrays_agree_with_single_values() -> None:
    x = np.linspace(-5, 5, 101)
    positive = np.abs(x)
    np.testing.assert_array_equal(exps(x), [exp(v) for v in x])
    np.testing.assert_array_equal(logs(positive), [log(v) for v in positive])
    np.testing.assert_array_equal(logistics(x), [logistic(v) for v in x])
    np.testing.assert_array_equal(powers(positive, -0.7), [power(v, -0.7) for v in positive])


CASES = {"exp": [-3.3, 0.1, 50.0], "log": [1e-9, 0.5, 7.0], "logistic": [-9.0, 0.2, 3.0], "logit": [0.0, 0.1, 0.999],
         "normal_quantile": [1e-6, 0.3, 0.98]}


def test_values_are_the_same_without_compilation() -> None:
    """With compilation off: reals to 1e-12, Poisson counts equal."""
    code = ("import json; from sim import numerics; "
            f"print(json.dumps([[float(getattr(numerics, n)(x)) for x in v] for n, v in {CASES!r}.items()]"
            "+ [[int(numerics.poisson_quantile(m, u)) for m in (.2, 3., 150., 700.) for u in (.01, .5, .99)]]))")
    got = json.loads(python(code, NUMBA_DISABLE_JIT="1"))
    for (name, values), uncompiled in zip(CASES.items(), got, strict=False):
        np.testing.assert_allclose([getattr(numerics, name)(x) for x in values], uncompiled, rtol=1e-12)
    assert got[-1] == [poisson_quantile(m, u) for m in (0.2, 3.0, 150.0, 700.0) for u in (0.01, 0.5, 0.99)]


def test_a_run_is_the_same_without_compilation(tmp_path) -> None:
    """Six weeks of the whole model with compilation off: counts equal, reals to 1e-9."""
    file = tmp_path / "series.csv"
    code = ("from support import generic, series_of; "
            f"series_of(generic(weeks=6, scale=0.02)).to_csv({str(file)!r}, index=False, float_format='%.17g')")
    python(code, NUMBA_DISABLE_JIT="1")
    compiled = series_of(generic(weeks=6, scale=0.02))
    assert compiled["local_demand"].sum() > 0
    uncompiled = pd.read_csv(file)
    pd.testing.assert_frame_equal(uncompiled, compiled, rtol=1e-9, atol=1e-9, check_dtype=False)
    counts = [i.name for i in INDICATORS.values() if i.kind in ("level", "flow") and i.unit.startswith(("persons", "venues"))]
    pd.testing.assert_frame_equal(uncompiled[counts], compiled[counts], check_exact=True, check_dtype=False)
