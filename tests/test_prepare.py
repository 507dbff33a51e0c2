"""Compiling beforehand: what a tiny run in Python calls is what a compiled run needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sim import load_scenario
from sim.compiled import RULES
from sim.runs import prepare as preparing
from sim.runs.simulate import simulate

FRESH = """
import sys
from sim import load_scenario
from sim.compiled import RULES
from sim.runs import prepare as preparing
scenario = load_scenario("mission=generic", "mission.horizon_weeks=2")
for rule in RULES:
    rule._cache.holds = lambda types: False
missing = preparing._missing([scenario])
parts = preparing._parts(missing)
print(len(missing), sum(len(calls) for _, calls in parts), all(lines > 0 for lines, _ in parts))
print(any(rule.overloads for rule in RULES), {rule._compile_for_args.__func__.__name__ for rule in RULES})
"""


def test_a_tiny_run_in_python_says_what_is_missing_and_compiles_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    words = [sys.executable, "-c", FRESH]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    missing, in_parts, *rest = done.stdout.split(maxsplit=3)
    assert int(missing) == int(in_parts) > 0
    assert rest == ["True", "False {'_compile_for_args'}\n"]


def test_prepared_rules_are_found_by_the_run_that_needs_them() -> None:
    scenario = load_scenario("mission=generic", "mission.horizon_weeks=2", "scale=0.02")
    seen: list[tuple[int, int]] = []
    n_rules = preparing.prepare_for(
        [scenario], workers=1, on_lines=lambda done, total: seen.append((done, total))
    )
    assert not seen or seen[-1][0] == seen[-1][1] > 0
    assert n_rules == 0 or seen
    before = sum(sum(rule.stats.cache_misses.values()) for rule in RULES)
    simulate(scenario)
    assert sum(sum(rule.stats.cache_misses.values()) for rule in RULES) == before
    assert preparing.prepare_for([scenario]) == 0
