"""One decorator for compiled rules, so that every kernel has the same, reproducible settings.

No fast-math (results must not depend on how the compiler reorders sums), no threads inside a run, and the
compiled code is kept on disk: only the first run after an installation or a change pays for compilation.
With ``NUMBA_DISABLE_JIT=1`` the same functions run as plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit
from numba.core.types import unliteral

import sim.compiled_tables  # noqa: F401  (tells Numba what a table is)
from sim.kernel_cache import RuleCache

RULES: list[Any] = []  # every compiled rule that has been imported, in order
Rule = TypeVar("Rule", bound=Callable[..., Any])


def kernel(rule: Rule) -> Rule:
    """Compile a rule when it is first called; its types stay visible to type checkers."""
    return _compiled(rule)


def inlined(rule: Rule) -> Rule:
    """Compile a small formula into every rule that calls it, so that a loop can take several rows at once."""
    return _compiled(rule, inline="always")


def _compiled(rule: Rule, **settings: Any) -> Rule:
    """A rule that is compiled when first called, and kept on disk."""
    made: Any = njit(error_model="numpy", fastmath=False, nogil=True, **settings)(rule)
    if made is not rule:  # compilation is on
        made._cache = RuleCache(rule)
        made.get_call_template = _without_constants(made.get_call_template)
        RULES.append(made)
    return cast(Rule, made)


def _without_constants(template: Callable[..., Any]) -> Callable[..., Any]:
    """Let a rule that others call with a constant be compiled for its type, not once for each constant."""

    def choose(arguments: Any, named: Any) -> Any:
        return template([unliteral(a) for a in arguments], {name: unliteral(a) for name, a in named.items()})

    return choose


def direct(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A rule to be called again and again with arguments of the same types: they are looked up once, not at every call.

    It saves three of the five microseconds a call takes; for the few calls of a week.
    """
    made: Any = rule
    if not hasattr(made, "overloads"):
        return rule
    entry: list[Callable[..., Any]] = []

    def call(*arguments: Any) -> Any:
        if entry:
            return entry[0](*arguments)
        result = made(*arguments)
        entry.extend(overload.entry_point for overload in made.overloads.values())  # none where it ran uncompiled
        return result

    vars(call)["py_func"] = made.py_func  # where its source is looked for
    return call
