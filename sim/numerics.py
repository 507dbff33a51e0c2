"""Elementary functions used inside rules: exponential, logarithm, logistic, and two inverse distributions.

They are written out instead of taken from the system's mathematics library, so that a run gives the same numbers
with other versions of the libraries and with compilation switched off. Relative error of ``exp`` and ``log`` is
below 1e-14 in the range the model uses (tested against NumPy).
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LARGEST_ARGUMENT = 700.0
_SMALLEST_NORMAL = 2.2250738585072014e-308
_MANTISSA_BITS, _BITS_OF_ONE_HALF = 0x000FFFFFFFFFFFFF, 0x3FE0000000000000
_BLOCK, _DEEPEST = 128, 256


@kernel
def exp(x: float) -> float:
    """Return e**x; arguments beyond +-700 are held there (no overflow, never NaN for finite x)."""
    x = min(max(x, -_LARGEST_ARGUMENT), _LARGEST_ARGUMENT)
    n = np.floor(x * 1.4426950408889634 + 0.5)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    two_to_the_n = np.int64((int(n) + 1023) << 52).view(np.float64)  # written into the exponent's bits, so exact
    return p * two_to_the_n


@kernel
def log(x: float) -> float:
    """Return the natural logarithm of finite x > 0; zero and negative numbers give -700 (the exponential's floor).

    Without a branch or a call, so that a loop takes several numbers at once: x = mantissa * 2^exponent is read from its bits.
    """
    is_tiny = x < _SMALLEST_NORMAL
    bits = np.float64(x * 2.0**54 if is_tiny else x).view(np.int64)
    mantissa = np.int64((bits & _MANTISSA_BITS) | _BITS_OF_ONE_HALF).view(np.float64)
    exponent = ((bits >> 52) & 0x7FF) - (1076 if is_tiny else 1022)
    is_low = mantissa < 0.7071067811865476
    mantissa = mantissa * 2.0 if is_low else mantissa
    exponent = exponent - 1 if is_low else exponent
    z = (mantissa - 1.0) / (mantissa + 1.0)
    z2 = z * z
    p = 1.0 / 21.0
    p = p * z2 + 1.0 / 19.0
    p = p * z2 + 1.0 / 17.0
    p = p * z2 + 1.0 / 15.0
    p = p * z2 + 1.0 / 13.0
    p = p * z2 + 1.0 / 11.0
    p = p * z2 + 1.0 / 9.0
    p = p * z2 + 1.0 / 7.0
    p = p * z2 + 1.0 / 5.0
    p = p * z2 + 1.0 / 3.0
    p = p * z2 + 1.0
    value = exponent * _LN2_HIGH + (2.0 * z * p + exponent * _LN2_LOW)
    return value if x > 0.0 else -_LARGEST_ARGUMENT


@kernel
def power(base: float, exponent: float) -> float:
    """Return base**exponent for base >= 0; 1 exactly where the exponent is 0, 0 where the base is 0."""
    if exponent == 0.0:
        return 1.0
    if base <= 0.0:
        return 0.0
    return exp(exponent * log(base))


@kernel
def logistic(x: float) -> float:
    """Return 1 / (1 + e**-x)."""
    return 1.0 / (1.0 + exp(-x))


@kernel
def logit(p: float) -> float:
    """Return ln(p / (1 - p)), with p held inside (1e-12, 1 - 1e-12)."""
    p = min(max(p, 1e-12), 1.0 - 1e-12)
    return log(p / (1.0 - p))


@kernel
def step_probability(rate_per_week: float, dt: float) -> float:
    """Probability that a hazard strikes within a step: 1 - exp(-rate * dt)."""
    return 1.0 - exp(-rate_per_week * dt)


@kernel
def normal_quantile(u: float) -> float:
    """Inverse of the standard normal distribution (Acklam's rational approximation, error below 1.2e-9)."""
    low = 0.02425
    if u < low:
        q = np.sqrt(-2.0 * log(u))
        return _normal_tail(q)
    if u > 1.0 - low:
        q = np.sqrt(-2.0 * log(1.0 - u))
        return -_normal_tail(q)
    q = u - 0.5
    r = q * q
    top = -3.969683028665376e01
    top = top * r + 2.209460984245205e02
    top = top * r - 2.759285104469687e02
    top = top * r + 1.383577518672690e02
    top = top * r - 3.066479806614716e01
    top = top * r + 2.506628277459239e00
    bottom = -5.447609879822406e01
    bottom = bottom * r + 1.615858368580409e02
    bottom = bottom * r - 1.556989798598866e02
    bottom = bottom * r + 6.680131188771972e01
    bottom = bottom * r - 1.328068155288572e01
    bottom = bottom * r + 1.0
    return q * top / bottom


@kernel
def _normal_tail(q: float) -> float:
    """Lower tail of the normal quantile."""
    top = -7.784894002430293e-03
    top = top * q - 3.223964580411365e-01
    top = top * q - 2.400758277161838e00
    top = top * q - 2.549732539343734e00
    top = top * q + 4.374664141464968e00
    top = top * q + 2.938163982698783e00
    bottom = 7.784695709041462e-03
    bottom = bottom * q + 3.224671290700398e-01
    bottom = bottom * q + 2.445134137142996e00
    bottom = bottom * q + 3.754408661907416e00
    bottom = bottom * q + 1.0
    return top / bottom


@kernel
def poisson_quantile(mean: float, u: float) -> int:
    """Inverse Poisson distribution: the count at quantile u. It never falls when the mean rises (pathwise monotone).

    Exact inversion for every mean: large means start the sum ten standard deviations below, where less than 1e-20 of the
    distribution lies. Zero and negative means give 0.
    """
    return poisson_count(mean, u, exp(-mean))


@kernel
def poisson_count(mean: float, u: float, none: float) -> int:
    """``poisson_quantile`` where the chance of none, exp(-mean), is known."""
    if mean <= 0.0:
        return 0
    count = int(max(mean - 10.0 * np.sqrt(mean) - 10.0, 0.0))
    p = none if count == 0 else exp(count * log(mean) - mean - log_factorial(count))
    cumulative = p
    last = int(mean + 12.0 * np.sqrt(mean) + 40.0)
    while u > cumulative and count < last:
        count += 1
        p *= mean / count
        cumulative += p
    return count


@kernel
def log_factorial(n: int) -> float:
    """Logarithm of n!: the product up to 20, Stirling's series beyond (relative error below 1e-15)."""
    if n <= 20:
        product = 1.0
        for k in range(2, n + 1):
            product *= k
        return log(product)
    x = float(n)
    series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x**3) + 1.0 / (1260.0 * x**5) - 1.0 / (1680.0 * x**7)
    return x * log(x) - x + 0.5 * log(6.283185307179586 * x) + series


@kernel
def ratio(a: float, b: float) -> float:
    """Return a / b; 0 where b is 0 or negative."""
    return a / b if b > 0.0 else 0.0


@kernel
def total(x: np.ndarray) -> float:
    """Sum of a one-dimensional array of floats, in the order NumPy sums it: the same bits as ``x.sum()``.

    Halves are summed apart, down to blocks of at most 128 numbers, so that errors do not build up.
    """
    if x.size <= _BLOCK:
        return _block_total(x)
    sizes, sums = np.empty(_DEEPEST, np.int64), np.empty(_DEEPEST, np.float64)
    sizes[0], n_sizes, n_sums, start = x.size, 1, 0, 0
    while n_sizes > 0:
        n_sizes -= 1
        size = sizes[n_sizes]
        if size < 0:  # both halves are done: join them
            n_sums -= 1
            sums[n_sums - 1] += sums[n_sums]
        elif size <= _BLOCK:
            sums[n_sums] = _block_total(x[start : start + size])
            n_sums += 1
            start += size
        else:
            half = size // 2 - size // 2 % 8
            sizes[n_sizes], sizes[n_sizes + 1], sizes[n_sizes + 2] = -1, size - half, half
            n_sizes += 3
    return sums[0]


@kernel
def _block_total(x: np.ndarray) -> float:
    """Sum of a block: eight running sums, joined in pairs, then the rest one by one."""
    result, whole = 0.0, x.size - x.size % 8
    if whole > 0:
        a, b, c, d, e, f, g, h = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(0, whole, 8):
            a += x[i]
            b += x[i + 1]
            c += x[i + 2]
            d += x[i + 3]
            e += x[i + 4]
            f += x[i + 5]
            g += x[i + 6]
            h += x[i + 7]
        result = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for i in range(whole, x.size):
        result += x[i]
    return result


@kernel
def mean_where(x: np.ndarray, chosen: np.ndarray) -> float:
    """Mean of the chosen elements of an array of floats, 0 where none is chosen: the same bits as ``x[chosen].mean()``."""
    values, n = np.empty(x.size, np.float64), 0
    for i in range(x.size):
        if chosen[i]:
            values[n] = x[i]
            n += 1
    return total(values[:n]) / n if n > 0 else 0.0


@kernel
def exps(x: np.ndarray) -> np.ndarray:
    """Elementwise ``exp`` of a one-dimensional array."""
    values = np.empty(x.size, np.float64)
    for i in range(x.size):
        values[i] = exp(x[i])
    return values


@kernel
def logs(x: np.ndarray) -> np.ndarray:
    """Elementwise ``log`` of a one-dimensional array."""
    values = np.empty(x.size, np.float64)
    for i in range(x.size):
        values[i] = log(x[i])
    return values


@kernel
def logistics(x: np.ndarray) -> np.ndarray:
    """Elementwise ``logistic`` of a one-dimensional array."""
    values = np.empty(x.size, np.float64)
    for i in range(x.size):
        values[i] = logistic(x[i])
    return values


@kernel
def powers(x: np.ndarray, exponent: float) -> np.ndarray:
    """Elementwise ``power`` of a one-dimensional array."""
    values = np.empty(x.size, np.float64)
    for i in range(x.size):
        values[i] = power(x[i], exponent)
    return values
