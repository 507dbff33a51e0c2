"""One decorator for compiled rules, so that every kernel has the same, reproducible settings.

No fast-math (results must not depend on how the compiler reorders sums), no threads inside a run, and the
compiled code is cached on disk, so that only the first run after an installation pays for compilation.
With ``NUMBA_DISABLE_JIT=1`` the same functions run as plain Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numba import njit

kernel = njit(cache=True, error_model="numpy", fastmath=False, nogil=True)
# For the few formulas that loops over many call: written into the loop, so that the compiler can do several rows at once.
inlined = njit(cache=True, error_model="numpy", fastmath=False, nogil=True, inline="always")


def is_compiled(rule: Any) -> bool:
    """Whether compiled code of a rule lies in the cache; True where compilation is switched off.

    A cache of other versions of Python or of the rule counts too: this serves a message to users, nothing else.
    """
    if not hasattr(rule, "stats"):
        return True
    name = f"{Path(rule.py_func.__code__.co_filename).stem}.{rule.py_func.__qualname__}-*.nbi"
    return any(Path(rule.stats.cache_path).glob(name))
