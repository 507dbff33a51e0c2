"""One decorator for compiled rules, so that every kernel has the same, reproducible settings.

No fast-math (results must not depend on how the compiler reorders sums), no threads inside a run, and the
compiled code is cached on disk, so that only the first run after an installation pays for compilation.
With ``NUMBA_DISABLE_JIT=1`` the same functions run as plain Python.
"""

from __future__ import annotations

from numba import njit

kernel = njit(cache=True, error_model="numpy", fastmath=False, nogil=True)
