"""What the tests of sweeps share: a small sweep, stores compared as tables, and a program that sweeps and can be killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sim.sweeps.store import TABLES, Store
from tests.support import heed_interrupts

SMALL = ("mission=generic", "mission.horizon_weeks=12", "scale=0.05", "mission.initial_venues=100", "seed=3")
GRID = ("policy=[],[follow_up]", "policy.follow_up.start_week=2", "policy.follow_up.dose=0.5,1",
        "parameters.dependence.psi=0..3", "design=sobol", "points=4", "replicates=3")  # fmt: skip
N_RUNS = (4 + 2 * 4) * 3  # status quo has no dose, so its runs are shared
NOT_RESULTS = ["attempts", "seconds"]
# Sweeps with small parts, so that a kill finds some written and some not.
PROGRAM = """
import sys
from sim.cli import main
from sim.sweeps import store
store.PART_RUNS = 4
raise SystemExit(main(sys.argv[1:]))
"""


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Everything a store holds, in an order that does not depend on who made what when."""
    store = Store(folder)
    assert not store.damaged_parts()
    found = {}
    for name in TABLES:
        table = store.read(name)
        assert table is not None
        frame = table.to_pandas().drop(columns=NOT_RESULTS, errors="ignore").astype({"run": str})
        found[name] = frame.sort_values("run", kind="stable", ignore_index=True)
    return found


def assert_same(folder: Path, other: Path) -> None:
    """Both stores hold the same runs, each once, with the same numbers, and nothing half-written."""
    one, two = tables(folder), tables(other)
    assert one["runs"]["run"].is_unique
    for name in TABLES:
        pd.testing.assert_frame_equal(one[name], two[name], check_exact=True)
    left = [path for path in folder.rglob("*") if path.name.startswith(".") and path.name != ".lock"]
    assert not left and not (folder / "damaged").exists()


def start(out: Path, *words: str, program: str = PROGRAM) -> subprocess.Popen[bytes]:
    """Start a command in another process, which hears Ctrl-C even where these tests run in the background and do not."""
    command = [sys.executable, "-c", program, *words, f"out={out}" if words[0] == "sweep" else str(out)]
    return subprocess.Popen(
        command, cwd=out.parent, stderr=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=heed_interrupts  # noqa: PLW1509
    )


def n_parts(folder: Path) -> int:
    """Parts that have been written."""
    return len(Store(folder).part_names())


def workers_of(pid: int) -> list[int]:
    """Processes that make runs for a command."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                is_worker = parent == pid and b"popen_loky" in (entry / "cmdline").read_bytes()
            except OSError:
                continue
            found += [int(entry.name)] if is_worker else []
    return found


def wait_for(is_so: Callable[[], object], seconds: float = 120.0) -> None:
    """Wait until something is so, or the time is over."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)


def wait_for_parts(out: Path, n: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a command has written some parts, or, for none, until it has workers; or until it has ended."""
    wait_for(lambda: process.poll() is not None or (n_parts(out) >= n if n else workers_of(process.pid)))


def wait_until_gone(pids: list[int]) -> bool:
    """Wait a while for processes to end; says whether they have."""
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), 20)
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


def kill(pid: int, signal_number: int) -> None:
    """Send a signal to a process that may be gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal_number)


def copied(folder: Path, place: Path) -> Path:
    """A copy of a sweep's folder to be spoilt."""
    return Path(shutil.copytree(folder, place))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
