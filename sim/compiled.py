"""One decorator for compiled rules, so that every kernel has the same, reproducible settings.

No fast-math (results must not depend on how the compiler reorders sums), no threads inside a run, and the
compiled code is kept on disk: only the first run after an installation or a change pays for compilation.
With ``NUMBA_DISABLE_JIT=1`` the same functions run as plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

from sim.kernel_cache import RuleCache

RULES: list[Any] = []  # every compiled rule that has been imported, in order


def _compiler(**settings: Any) -> Callable[[Any], Any]:
    """A decorator that compiles a rule with some settings when it is first called."""
    compiled = njit(error_model="numpy", fastmath=False, nogil=True, **settings)

    def declare(function: Any) -> Any:
        rule = compiled(function)
        if rule is not function:  # compilation is on
            rule._cache = RuleCache(function)
            RULES.append(rule)
        return rule

    return declare


kernel = _compiler()
# For the few formulas that loops over many call: written into the loop, so that several rows are done at once.
inlined = _compiler(inline="always")
