"""Measures which assumptions move each series of the studio most: one parameter at a time to both ends of its range.

Kosovo at the studio's scale, the same few seeds at every point. It takes some minutes; run it again when rules change
on purpose. The file is a ranking for a page, not a sensitivity analysis: see docs/sensitivity.md for one.
"""

from __future__ import annotations

import csv
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere

from sim import __version__  # noqa: E402
from sim.errors import MandateError  # noqa: E402
from sim.runs.simulate import simulate_series  # noqa: E402
from sim.studio.choice import Choice  # noqa: E402
from sim.studio.influence import COLUMNS, FILE  # noqa: E402
from sim.studio.layout import SERIES  # noqa: E402
from sim.studio.scale import DEFAULT_SCALE  # noqa: E402
from sim.studio.words import parameter_cards  # noqa: E402

SEEDS = (0, 1, 2)
MOST = 8  # kept for each series
NAMES = [name for name, *_ in SERIES]


def means(values: dict[str, float]) -> np.ndarray:
    """Mean of each series over the run and the seeds."""
    scenarios = [Choice(values={"scale": DEFAULT_SCALE, "seed": seed, **values}).scenario("a") for seed in SEEDS]
    return np.mean([simulate_series(scenario)[NAMES].mean().to_numpy() for scenario in scenarios], axis=0)


def moved(path: str) -> tuple[np.ndarray, np.ndarray]:
    """Means with a parameter at its low and at its high end; an end that does not go together with the others gives nothing."""
    ends = []
    card = parameter_cards()[path]
    for end in (card["low"], card["high"]):
        try:
            ends.append(means({path: type(card["value"])(end)} if end != card["value"] else {}))
        except MandateError:
            ends.append(np.full(len(NAMES), np.nan))
    return ends[0], ends[1]


def measured() -> dict[str, list[list[object]]]:
    """Parameters by series, those with the widest reach first: path, change at the low end, change at the high end."""
    base = means({})
    reach: dict[str, list[tuple[float, list[object]]]] = {name: [] for name in NAMES}
    with ProcessPoolExecutor() as workers:
        for path, ends in zip(parameter_cards(), workers.map(moved, parameter_cards())):
            changes = [np.divide(end, base, out=np.full(len(base), np.nan), where=base != 0.0) - 1.0 for end in ends]
            for name, low, high in zip(NAMES, *changes):
                span = max(low, high, 0.0) - min(low, high, 0.0)
                if np.isfinite(span) and span > 0.0:
                    reach[name].append((span, [path, round(float(low), 3), round(float(high), 3)]))
            print(path, flush=True)
    return {name: [row for _, row in sorted(rows, key=lambda pair: -pair[0])[:MOST]] for name, rows in reach.items()}


if __name__ == "__main__":
    how = (
        f"change of the mean over a whole run of Kosovo at scale {DEFAULT_SCALE:g}, mean of {len(SEEDS)} seeds, one "
        f"parameter at a time, version {__version__}"
    )
    target, found = ROOT / "sim" / "studio" / "data" / FILE, measured()
    with target.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(COLUMNS)
        lines.writerows([name, *row, how] for name, rows in found.items() for row in rows)
    print(f"wrote {target.relative_to(ROOT)}")
