"""How a parameter is declared: default, unit, bounds, status, source and one line of meaning, in one place.

Hydra validation, slider ranges, sensitivity bounds and the parameter table of the docs are all read from here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

STATUSES = ("sourced", "calibrated", "assumed", "scenario")


def number(
    default: float, unit: str, low: float, high: float, about: str, source: str = "assumption", status: str = "assumed"
) -> Any:
    """Declare a real parameter with inclusive bounds; ``sourced`` needs a source other than an assumption."""
    _check(status, source, about)
    if not low <= default <= high:
        raise ValueError(f"default {default} outside [{low}, {high}]: {about}")
    return dataclasses.field(
        default=float(default),
        metadata={
            "unit": unit,
            "low": float(low),
            "high": float(high),
            "status": status,
            "source": source,
            "about": about,
        },
    )


def switch(about: str, default: bool = True) -> Any:
    """Declare an on/off switch of a mechanism."""
    return dataclasses.field(
        default=default,
        metadata={
            "unit": "on/off",
            "status": "scenario",
            "source": "design choice: every mechanism has an off switch",
            "about": about,
        },
    )


def integer(
    default: int, unit: str, low: int, high: int, about: str, source: str = "assumption", status: str = "assumed"
) -> Any:
    """Declare a whole-number parameter with inclusive bounds."""
    _check(status, source, about)
    if not low <= default <= high:
        raise ValueError(f"default {default} outside [{low}, {high}]: {about}")
    return dataclasses.field(
        default=int(default),
        metadata={"unit": unit, "low": int(low), "high": int(high), "status": status, "source": source, "about": about},
    )


def text(default: str, about: str, source: str = "scenario file", optional: bool = False) -> Any:
    """Declare a text field of a scenario."""
    return dataclasses.field(
        default=default,
        metadata={"unit": "text", "status": "scenario", "source": source, "about": about, "optional": optional},
    )


def _check(status: str, source: str, about: str) -> None:
    """Refuse a declaration that hides where a number comes from."""
    if status not in STATUSES:
        raise ValueError(f"status {status!r} is not one of {STATUSES}")
    if status == "sourced" and (not source or source == "assumption"):
        raise ValueError(f"a sourced parameter needs a source: {about}")
    if not about:
        raise ValueError("a parameter needs a meaning")


@dataclasses.dataclass(frozen=True)
class ParameterInfo:
    """One line of the parameter table."""

    path: str
    value: Any
    unit: str
    low: float | None
    high: float | None
    status: str
    source: str
    about: str


def walk(tree: Any, prefix: str = "") -> Iterator[ParameterInfo]:
    """Yield every declared field below a dataclass, depth first in declared order."""
    for field in dataclasses.fields(tree):
        value, path = getattr(tree, field.name), f"{prefix}{field.name}"
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            yield from walk(value, f"{path}.")
        elif "unit" in field.metadata:
            meta = field.metadata
            yield ParameterInfo(
                path,
                value,
                meta["unit"],
                meta.get("low"),
                meta.get("high"),
                meta["status"],
                meta["source"],
                meta["about"],
            )


def problems(tree: Any, prefix: str = "") -> list[str]:
    """Check finiteness and bounds of every declared field; one message each, none when all is well."""
    found = []
    for info in walk(tree, prefix):
        if isinstance(info.value, bool) or not isinstance(info.value, int | float) or info.low is None:
            continue
        if not math.isfinite(info.value):
            found.append(f"{info.path} = {info.value}: must be a finite number ({info.unit}). Give a number.")
        elif info.high is not None and not info.low <= info.value <= info.high:
            found.append(
                f"{info.path} = {info.value:g}: must lie between {info.low:g} and {info.high:g} "
                f"({info.unit}). Choose a value in that range."
            )
    return found
