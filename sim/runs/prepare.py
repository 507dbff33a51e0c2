"""Compiling the rules before they are needed, in several processes.

What has to be compiled is not listed anywhere: some weeks of a tiny run, with every rule as plain Python, tell
which rules Python calls and with which types. That takes some seconds and holds for any form of the rules.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
from numba.core.dispatcher import OmittedArg
from numba.core.types import Omitted

from sim.compiled import RULES
from sim.kernel_cache import mark_ready
from sim.runs.batch import in_processes
from sim.runs.simulate import simulate
from sim.scenario import Scenario

SCALE, WEEKS = 0.02, 26
Types = tuple[Any, ...]


def prepare_for(
    scenarios: Iterable[Scenario],
    workers: int | None = None,
    on_lines: Callable[[int, int], None] | None = None,
) -> int:
    """Compile the rules that some scenarios use and that are not compiled yet for this version.

    Parameters
    ----------
    scenarios
        Half a year of each is run in small to see what it uses; what later weeks use besides is compiled then.
    workers
        Processes; the number of cores by default.
    on_lines
        Called after each part with (lines of rules compiled, lines in all); an exception it raises ends the work.

    Returns
    -------
    int
        How many rules have been compiled.
    """
    if not RULES:  # compilation is off
        return 0
    missing = _missing(scenarios)
    parts = _parts(missing)
    done, total = 0, sum(lines for lines, _ in parts)
    for lines in in_processes(_compile, parts, min(workers or os.cpu_count() or 1, len(parts)) or 1):
        done += lines
        if on_lines is not None:
            on_lines(done, total)
    mark_ready()
    return len(missing)


def _parts(missing: list[tuple[Any, Types]]) -> list[tuple[int, list[tuple[str, str, Types]]]]:
    """Rules by module, since these share what they call, each part with its lines; what is called comes first."""
    modules: dict[str, list[tuple[Any, Types]]] = {}
    for rule, types in sorted(missing, key=lambda call: RULES.index(call[0])):
        modules.setdefault(rule.__module__, []).append((rule, types))
    parts = []
    for module, calls in modules.items():
        seen: set[Any] = set()
        lines = sum(_lines(rule, seen) for rule, _ in calls)
        parts.append((lines, [(module, rule.__qualname__, types) for rule, types in calls]))
    return parts


def _compile(lines: int, calls: list[tuple[str, str, Types]]) -> int:
    """Compile rules for some types of arguments, and what they call, into the cache; returns their lines."""
    for module, name, types in calls:
        getattr(import_module(module), name).compile(types)
    return lines


def _missing(scenarios: Iterable[Scenario]) -> list[tuple[Any, Types]]:
    """Rules not compiled yet that Python calls in some weeks of each scenario, with their arguments' types."""
    with _uncompiled() as calls:
        for scenario in scenarios:
            weeks = min(WEEKS, scenario.mission.horizon_weeks)
            simulate(scenario.with_({"scale": min(SCALE, scenario.scale), "mission.horizon_weeks": weeks}))
    return list(calls)


@contextmanager
def _uncompiled() -> Iterator[dict[tuple[Any, Types], None]]:
    """Let rules not compiled yet run as plain Python, and note those called by anything but another rule."""
    calls: dict[tuple[Any, Types], None] = {}
    is_within = False

    def stand_in(rule: Any, arguments: tuple[Any, ...]) -> Callable[..., Any]:
        """Take the compiler's place: hand back what is kept, else note the types and hand back plain Python."""
        if not is_within:
            types = tuple(_type(rule, value) for value in arguments)
            if rule._cache.holds(types):
                return type(rule)._compile_for_args(rule, *arguments)
            calls[rule, types] = None

        def run(*values: Any) -> Any:
            nonlocal is_within
            was_within, is_within = is_within, True
            try:
                return _plain(rule.py_func(*(_given(value) for value in values)))
            finally:
                is_within = was_within

        return run

    for rule in RULES:
        rule._compile_for_args = lambda *arguments, rule=rule: stand_in(rule, arguments)
    try:
        with np.errstate(all="ignore"):
            yield calls
    finally:
        for rule in RULES:
            del rule._compile_for_args


def _type(rule: Any, value: Any) -> Any:
    """The type of an argument as the compiler sees it."""
    return Omitted(value.value) if isinstance(value, OmittedArg) else rule.typeof_pyval(value)


def _given(value: Any) -> Any:
    """An argument; its default where it was left out."""
    return value.value if isinstance(value, OmittedArg) else value


def _plain(value: Any) -> Any:
    """A result as compiled code hands it back: numbers of Python, not of NumPy."""
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    return value.item() if isinstance(value, np.generic) else value


def _lines(rule: Any, seen: set[Any]) -> int:
    """Lines of a rule and of what it calls, but for what was seen: a measure of the time of compiling."""
    if rule in seen:
        return 0
    seen.add(rule)
    code, known = rule.py_func.__code__, rule.py_func.__globals__
    named = [known.get(name) for name in code.co_names]
    named += [getattr(part, name, None) for part in named if isinstance(part, ModuleType) for name in code.co_names]
    lines = len({line for _, _, line in code.co_lines()})
    return lines + sum(_lines(part, seen) for part in named if hasattr(part, "py_func"))
