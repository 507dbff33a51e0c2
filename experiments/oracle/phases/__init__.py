"""The phases of a step on objects: each module has ``step(model)``, which lets the agents act in the order a rule needs."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

NAMES = ("deploy", "perceive", "decide", "match", "supply", "people", "report", "justice", "politics")


def phase(name: str) -> Callable[[Any], None]:
    """The function that lets a model do one phase."""
    do: Callable[[Any], None] = import_module(f"{__name__}.{name}").step
    return do


def step(model: Any) -> None:
    """Run the whole weekly step, all phases that change anything, on the objects alone."""
    for name in NAMES:
        phase(name)(model)
