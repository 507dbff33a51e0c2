"""Chances and log-odds in plain Python."""

from __future__ import annotations

import math


def logistic(log_odds: float) -> float:
    """1 / (1 + exp(-x)), whatever the size of x."""
    if log_odds >= 0.0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1.0 + odds)


def logit(p: float) -> float:
    """Log-odds of a chance; 0 and 1 count as one in a million million."""
    p = min(max(p, 1e-12), 1.0 - 1e-12)
    return math.log(p / (1.0 - p))


def soft_step(x: float, scale: float) -> float:
    """Chance that something worth x is done: logistic in x / scale, all or nothing where the scale is 0."""
    return logistic(x / scale) if scale > 0.0 else float(x > 0.0)
