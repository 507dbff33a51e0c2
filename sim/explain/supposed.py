"""The same world with one input changed, for sentences that say what would have come out otherwise.

Rules are asked again on a copy that shares everything with the run but what is changed, so that each rule exists once and a
run never notices. It leaves out what would have followed in later weeks: that takes another run.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.world.state import World

HALVINGS = 60
MOST = 1e6  # times a present input; beyond it none is looked for


def supposing(
    world: World, parameters: Mapping[str, float] | None = None, columns: Mapping[str, np.ndarray] | None = None
) -> World:
    """Return a world to ask rules of, in which some inputs differ; nothing may be stepped or written there.

    Parameters
    ----------
    parameters
        Values by path below ``parameters``, such as ``dependence.psi``.
    columns
        Whole columns by table and name, such as ``units.waiver``.
    """
    other = copy.copy(world)
    for path, value in (parameters or {}).items():
        other.parameters = _with(other.parameters, path.split("."), value)
    for path, values in (columns or {}).items():
        table, name = path.split(".")
        changed = copy.copy(getattr(other, table))
        if not hasattr(changed, name):
            raise AttributeError(f"{path}: there is no such column")
        setattr(changed, name, values)
        setattr(other, table, changed)
    return other


def _with(node: Any, path: list[str], value: float) -> Any:
    """A copy of a tree of parameters with one value changed."""
    name, *rest = path
    return dataclasses.replace(node, **{name: _with(getattr(node, name), rest, value) if rest else value})


def turning_point(rule: Callable[[float], bool], low: float, high: float) -> float | None:
    """Input between two others at which a yes-or-no rule changes its answer, found by halving.

    Limits: None where both ends give the same answer; the rule is taken to change once between them.
    """
    at_low = rule(low)
    if rule(high) == at_low:
        return None
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if rule(middle) == at_low else (low, middle)
    return high


def factor_needed(rule: Callable[[float], bool]) -> float | None:
    """Factor on a present input at which a rule that more of it satisfies changes its answer; None where none does."""
    return turning_point(rule, *((0.0, 1.0) if rule(1.0) else (1.0, MOST)))
