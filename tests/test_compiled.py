"""Compiled rules: the message to first-time users rests on whether compiled code lies in the cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from sim.compiled import is_compiled
from sim.numerics import exp
before = is_compiled(exp)
exp(1.0)
print(before, is_compiled(exp))
"""


def answers(cache: Path, **more: str) -> str:
    """What a fresh process says before and after the first use of a rule."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), **more}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_rule_is_compiled_once_and_then_found(tmp_path: Path) -> None:
    assert answers(tmp_path) == "False True"
    assert answers(tmp_path) == "True True"


def test_nothing_is_compiled_where_compilation_is_off(tmp_path: Path) -> None:
    assert answers(tmp_path, NUMBA_DISABLE_JIT="1") == "True True"
    assert not list(tmp_path.rglob("*.nbi"))
