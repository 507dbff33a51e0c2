"""How long starting takes: importing, asking for help, the first run after installation and the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from experiments.benchmarks.measuring import Row, spread, table

RUN = "import sys; from sim.cli import main; sys.exit(main(sys.argv[1:]))"
SMALL = ("run", "mission=generic", "scale=0.02", "mission.horizon_weeks=4", "figures=false")
STARTS = {
    "Python alone": ("pass",),
    "`import sim`": ("import sim",),
    "`mandate --help`": (RUN, "--help"),
    "a small `mandate run`, rules compiled before": (RUN, *SMALL),
}


def seconds_of(words: tuple[str, ...], cache: Path, folder: Path) -> float:
    """Wall-clock seconds of one fresh process with a cache of compiled rules."""
    out = [f"out={folder / 'run'}"] if "run" in words else []
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", *words, *out],
        cwd=folder,
        env=os.environ | ({"NUMBA_CACHE_DIR": str(cache)} if cache != Path() else {}),
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - start


def time_starts(repeats: int, is_compiled: bool = False) -> tuple[float | None, list[Row]]:
    """Seconds of the first run with an empty cache, unless the rules ``is_compiled`` already, and of all else after it."""
    with tempfile.TemporaryDirectory() as name:
        folder, cache, cold = Path(name), Path(name) / "cache", None
        if is_compiled:  # use what there is
            cache = Path(os.environ.get("NUMBA_CACHE_DIR", ""))
        else:
            cold = seconds_of((RUN, *SMALL), cache, folder)
        rows = [{what: seconds_of(words, cache, folder) for what, words in STARTS.items()} for _ in range(repeats)]
    return cold, rows


def starts_text(cold: float | None, rows: list[Row]) -> str:
    """Section on starting."""
    lines = [[what, spread(rows, what, ".2f")] for what in STARTS]
    compiling = "not measured" if cold is None else f"{cold:.0f}"
    lines.append(["the same as the first run after installation, which compiles the rules", compiling])
    return (
        "### Starting\n\nWall-clock seconds of a fresh process, median (smallest to largest repeat); Python's own start "
        f"is part of each.\n\n{table(['what', 'seconds'], lines)}"
    )
