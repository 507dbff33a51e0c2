"""The benchmark runs, times objects that agree with columns, and keeps the rest of its page."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.model import MandateModel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # experiments/ is no part of the installed package

from experiments import benchmark  # noqa: E402
from experiments.benchmarks import measuring  # noqa: E402
from experiments.oracle import compare, timing  # noqa: E402

WEEKS = 10


def test_objects_and_columns_agree_while_they_are_timed() -> None:
    world, watch = MandateModel(measuring.generic(600, WEEKS)).world, timing.Stopwatch()
    beside = timing.run_beside(world, range(WEEKS), watch)
    assert beside.differ == 0 and beside.visits > 0
    names = {f"{what} {phase}" for what in ("objects", "columns") for phase in timing.PERSON_PHASES}
    assert names <= set(watch.seconds)
    costs = timing.per_billet_step(watch, beside)
    assert costs["objects decide"] == pytest.approx(1e9 * watch.seconds["objects decide"] / beside.billet_weeks)


def test_objects_draw_for_every_prone_person_present() -> None:
    """One draw for the visits sought by each of those prone, and one for the local clients of each cell."""
    world = MandateModel(measuring.generic(600, WEEKS)).world
    for step in range(WEEKS - 1):
        compare.go_on(world, step)
    draws = timing.count_draws(world, WEEKS - 1, ("decide",)).total()
    units, billets = world.units, world.billets
    filled = np.arange(len(billets)) - units.first_billet[billets.unit] < units.n_present[billets.unit]
    seeks = billets.sought > 0
    helped = seeks & billets.is_facilitator & ~billets.new_facilitator & (billets.facilitator_slot == billets.occupant)
    roles = 2 * np.count_nonzero(seeks) - np.count_nonzero(helped)
    assert draws == np.count_nonzero(filled & billets.is_prone) + len(world.cells) + roles


def test_the_page_keeps_what_is_outside_the_markers(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    benchmark.write_page(page, "first")
    page.write_text("before\n" + page.read_text() + "after\n")
    benchmark.write_page(page, "second")
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n")
    assert "second" in text and "first" not in text
    page.write_text("no markers")
    with pytest.raises(SystemExit, match="markers"):
        benchmark.write_page(page, "third")
    assert page.read_text() == "no markers"


@pytest.mark.slow
def test_the_quick_benchmark_runs_from_anywhere_and_names_no_machine(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    script = ROOT / "experiments" / "benchmark.py"
    command = [sys.executable, str(script), "--quick", "--to", str(page)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert "differ in 0 values" in text
    assert text.split(benchmark.BEGIN)[1].split(benchmark.END)[0].strip() == done.stdout.strip()
    for private in (str(ROOT), str(Path.home()), platform.node()):
        assert len(private) < 3 or private not in text
