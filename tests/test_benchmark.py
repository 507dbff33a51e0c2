"""The rules for personnel as plain Mesa objects give what the compiled rules give, person by person; the benchmark runs."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.config import load_scenario
from sim.model import MandateModel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # experiments/ is no part of the installed package

from experiments import benchmark  # noqa: E402
from experiments.plain_mesa.beside import Stopwatch, step_beside  # noqa: E402
from experiments.plain_mesa.mission import PlainMission  # noqa: E402

SMALL: dict[str, Any] = {"mission.trapezoid.peak": 900.0, "mission.horizon_weeks": 60, "seed": 11}
CASES: dict[str, dict[str, Any]] = {
    "weekly": {},
    "fortnightly": {"clock.step_days": 14},
    "a surge": {"shock.size": 1.0, "shock.start_week": 6.0},
    "little money": {"parameters.personnel_demand.spending_share": 0.05},
    "money no limit": {"parameters.switches.spending_limit": False},
    "no norms": {"parameters.switches.norms": False},
    "restraint": {"parameters.sanctions.perceived_certainty": 0.5},
}


def beside(changes: dict[str, Any]) -> tuple[MandateModel, PlainMission]:
    """A small generic mission and its object version before the first week."""
    model = MandateModel(load_scenario("mission=generic", "shock=surge").with_(SMALL | changes))
    return model, PlainMission(model.world)


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES.keys())
def test_objects_and_columns_agree_person_by_person(changes: dict[str, Any]) -> None:
    model, mission = beside(changes)
    world, sought, made = model.world, 0, 0
    for step in range(36):
        if step == world.clock.n_steps:
            break
        assert step_beside(world, mission, step, Stopwatch()) == 0, f"step {step}"
        sought += int(world.billets.sought.sum())
        made += int(world.billets.acts.sum())
    assert sought > made > 0
    present = world.units.n_present > 0
    assert (world.units.slot[present] >= 1).any(), "nobody rotated: the case shows too little"
    norms = np.array([contingent.norm for contingent in mission.contingents])
    assert np.allclose(norms, world.units.norm, rtol=0.0, atol=1e-8)
    assert np.ptp(norms) > 0.01


def test_objects_made_during_a_mission_agree_from_then_on() -> None:
    model, _ = beside({})
    for _ in range(30):
        model.step()
    mission = PlainMission(model.world)
    assert [step_beside(model.world, mission, step, Stopwatch()) for step in range(30, 50)] == [0] * 20


def test_a_different_rule_is_seen() -> None:
    model, mission = beside({})
    mission.perceived_risk += 0.5
    assert sum(step_beside(model.world, mission, step, Stopwatch()) for step in range(20)) > 0


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
    assert "differ for 0 persons" in text
    assert text.split(benchmark.BEGIN)[1].split(benchmark.END)[0].strip() == done.stdout.strip()
    for private in (str(ROOT), str(Path.home()), platform.node()):
        assert len(private) < 3 or private not in text
