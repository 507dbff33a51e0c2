"""This checkout beside an earlier commit: the same missions, turn about, in processes that stay warm; ratios of pairs.

``python experiments/benchmarks/earlier.py REVISION`` takes the earlier commit into a temporary folder and prints a table.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 5
EVERY_POLICY = (
    "policy=[external_experts,follow_up,host_jurisdiction_convention,in_country_courts,leadership_accountability,"
    "off_limits,suspend_contributions,training,transnational_response,upstream_prevention,victim_channels,"
    "waive_immunity,withhold_pay,women_share,zero_tolerance]"
)
CASES = {
    "Kosovo, full scale, 520 weeks": ("mission=kosovo",),
    "the same with every policy": ("mission=kosovo", EVERY_POLICY),
    "Bosnia, full scale, 624 weeks": ("mission=bosnia",),
    "the same with every policy ": ("mission=bosnia", EVERY_POLICY),
    "Kosovo at a tenth": ("mission=kosovo", "scale=0.1"),
    "Kosovo's map with next to nobody (scale 0.005)": ("mission=kosovo", "scale=0.005"),
    "Bosnia's map with next to nobody (scale 0.005)": ("mission=bosnia", "scale=0.005"),
    "generic, full scale, 260 weeks": ("mission=generic",),
}
SERVE = """
import gc, sys, time
from sim.config import load_scenario
from sim.model import MandateModel
from sim.runs.results import make_run
print("ready", flush=True)
for line in sys.stdin:
    scenario = load_scenario(*line.strip().split("|"))
    gc.collect()
    clock = [time.perf_counter()]
    model = MandateModel(scenario)
    clock.append(time.perf_counter())
    for _ in range(model.world.clock.n_steps):
        model.step()
    clock.append(time.perf_counter())
    make_run(model)
    clock.append(time.perf_counter())
    print(model.world.clock.n_steps, *(b - a for a, b in zip(clock, clock[1:])), flush=True)
    del model
"""


class Served:
    """A process that runs missions of one checkout and says how long each part took."""

    def __init__(self, folder: Path) -> None:
        words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{SERVE}"]
        self._process = subprocess.Popen(words, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._ask, self._answer = _pipes(self._process)
        self._answer.readline()

    def time(self, overrides: tuple[str, ...]) -> list[float]:
        """Number of steps, then seconds of set-up, steps and results."""
        self._ask.write("|".join(overrides) + "\n")
        self._ask.flush()
        return [float(word) for word in self._answer.readline().split()]

    def end(self) -> None:
        """Let the process end."""
        self._ask.close()
        self._process.wait()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process without pipes")
    return process.stdin, process.stdout


def beside(revision: str, repeats: int = REPEATS) -> str:
    """Table of all cases: medians of both, the ratio of steps pair by pair, and what a week costs now."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "earlier"
        subprocess.run(
            ["git", "worktree", "add", "--detach", str(folder), revision], cwd=ROOT, check=True, capture_output=True
        )
        try:
            earlier, now = Served(folder), Served(ROOT)
            lines = [_line(name, overrides, earlier, now, repeats) for name, overrides in CASES.items()]
            earlier.end()
            now.end()
        finally:
            subprocess.run(
                ["git", "worktree", "remove", "--force", str(folder)], cwd=ROOT, check=True, capture_output=True
            )
    head = "| mission | steps before, s | steps now, s | before : now | a week now, ms | around the steps before, ms | now, ms |"
    return "\n".join([head, "| --- " + "| ---: " * 6 + "|", *lines])


def _line(name: str, overrides: tuple[str, ...], earlier: Served, now: Served, repeats: int) -> str:
    for side in (earlier, now):
        side.time(overrides)  # compiles, fills caches
    pairs = [(earlier.time(overrides), now.time(overrides)) for _ in range(repeats)]
    ratios = [a[2] / b[2] for a, b in pairs]
    before, after = (statistics.median(pair[side][2] for pair in pairs) for side in (0, 1))
    around = [1e3 * statistics.median(pair[side][1] + pair[side][3] for pair in pairs) for side in (0, 1)]
    week = 1e3 * after / pairs[0][1][0]
    print(f"{name}: {statistics.median(ratios):.2f}", file=sys.stderr, flush=True)
    spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    return (
        f"| {name.strip()} | {before:.3f} | {after:.3f} | {spread} | {week:.3f} | {around[0]:.0f} | {around[1]:.0f} |"
    )


if __name__ == "__main__":
    print(beside(sys.argv[1]))
