"""Digests of whole runs, column by column: shows that a change of form changes no number, and names the column that moved.

``python tools/digest_runs.py write FILE`` keeps the digests of this checkout, ``check FILE`` compares with kept ones.
``--quick`` takes the small cases alone. Equality is bit by bit, so both must be made in one environment.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from sim.config import load_scenario
from sim.policies import POLICIES
from sim.runs.simulate import simulate

ALL = f"policy=[{','.join(sorted(POLICIES))}]"
QUICK = {
    "kosovo small": ("mission=kosovo", "scale=0.1", "shock=surge"),
    "kosovo small, every policy": ("mission=kosovo", "scale=0.1", ALL),
    "generic, steps of two weeks": (
        "mission=generic",
        "scale=0.3",
        "clock.step_days=14",
        "policy=[off_limits,training]",
    ),
}
WHOLE = {
    "kosovo": ("mission=kosovo",),
    "kosovo, every policy": ("mission=kosovo", ALL, "shock=early_drawdown"),
    "bosnia": ("mission=bosnia",),
    "bosnia, every policy": ("mission=bosnia", ALL, "world=commanders_suppress"),
}


def digest(values: object) -> str:
    """Short digest of a column: of its bytes where it holds numbers, of its text elsewhere."""
    array = np.asarray(values)
    data = array.tobytes() if array.dtype.kind in "biuf" else repr(array.tolist()).encode()
    return hashlib.sha256(str(array.dtype).encode() + data).hexdigest()[:16]


def digests(*texts: str) -> dict[str, str]:
    """Digests of every column of every table of one run, and of its summary."""
    run, found = simulate(load_scenario(*texts, "seed=11", "world_seed=3")), {}
    for name in ("series", "events", "cases", "funnel", "states", "origins", "cells"):
        table: pd.DataFrame = getattr(run, name)
        found.update({f"{name}.{column}": digest(table[column].to_numpy()) for column in table.columns})
    found["summary"] = digest([repr(run.summary)])
    return found


def main() -> int:
    """Write or check digests; the exit code is 1 where a column moved."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("what", choices=("write", "check"))
    asked.add_argument("file", type=Path)
    asked.add_argument("--quick", action="store_true")
    words = asked.parse_args()
    kept = json.loads(words.file.read_text()) if words.what == "check" else {}
    made, moved = {}, 0
    for name, texts in (QUICK if words.quick else QUICK | WHOLE).items():
        began = time.perf_counter()
        made[name] = digests(*texts)
        seconds = time.perf_counter() - began
        wrong = [c for c, value in made[name].items() if kept and kept[name].get(c) != value]
        moved += len(wrong)
        print(f"{name} ({seconds:.1f} s): {', '.join(wrong) if wrong else 'equal' if kept else 'kept'}", flush=True)
    if words.what == "write":
        words.file.write_text(json.dumps(made, indent=1))
    return int(moved > 0)


if __name__ == "__main__":
    sys.exit(main())
