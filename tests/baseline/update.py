"""Writes the stored baseline again: ``python tests/baseline/update.py`` from the project's root."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from test_baseline import CASES, FOLDER, baseline_series

if __name__ == "__main__":
    for case in CASES:
        baseline_series(case).to_csv(FOLDER / f"{case}.csv", index=False, lineterminator="\n")
        print(f"wrote {FOLDER.name}/{case}.csv")
