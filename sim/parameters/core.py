"""How a parameter is declared: default, unit, bounds, status, source and one line of meaning, in one place.

Hydra validation, slider ranges, sensitivity bounds and the parameter table of the docs are all read from here.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import math
from collections.abc import Iterator, Mapping
from typing import Any

STATUSES = ("sourced", "calibrated", "assumed", "scenario")
PLAIN = frozenset({bool, float, int, str, type(None)})


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
    for name, meta in _fields(tree.__class__):
        value, path = getattr(tree, name), prefix + name
        if isinstance(value, int | float):
            found += _bounds_problem(path, value, meta)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            found += problems(value, f"{path}.")
    return found


def _bounds_problem(path: str, value: float, meta: Mapping[str, Any]) -> list[str]:
    """The message of a number that is not finite or out of its bounds, if it has some."""
    low, high = meta.get("low"), meta.get("high")
    if low is None or isinstance(value, bool):
        return []
    unit = meta["unit"]
    if not math.isfinite(value):
        return [f"{path} = {value}: must be a finite number ({unit}). Give a number."]
    if high is not None and not low <= value <= high:
        return [f"{path} = {value:g}: must lie between {low:g} and {high:g} ({unit}). Choose a value in that range."]
    return []


def copied(node: Any) -> Any:
    """Copy a tree of dataclasses, lists and dictionaries, many times quicker than ``copy.deepcopy``."""
    kind = type(node)
    if kind in PLAIN:
        return node
    if kind is list:
        return [copied(part) for part in node]
    if kind is dict:
        return {key: copied(part) for key, part in node.items()}
    if not dataclasses.is_dataclass(kind) or not hasattr(node, "__dict__"):
        return copy.deepcopy(node)
    new = object.__new__(kind)
    vars(new).update({name: copied(part) for name, part in vars(node).items()})
    return new


def as_plain(node: Any) -> Any:
    """What ``dataclasses.asdict`` gives for such a tree, many times quicker."""
    kind = type(node)
    if kind in PLAIN:
        return node
    if kind in (list, tuple):
        return kind(as_plain(part) for part in node)
    if kind is dict:
        return {key: as_plain(part) for key, part in node.items()}
    if dataclasses.is_dataclass(kind):
        return {name: as_plain(getattr(node, name)) for name, _ in _fields(kind)}
    return copy.deepcopy(node)


@functools.cache
def _fields(kind: type) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """Name and declaration of each field of a dataclass."""
    return tuple((field.name, field.metadata) for field in dataclasses.fields(kind))
