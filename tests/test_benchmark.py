"""The rules for personnel as plain Mesa objects give what the compiled rules give, person by person; the benchmark runs."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import Lever

from sim.config import load_scenario
from sim.model import MandateModel

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # experiments/ is no part of the installed package

from experiments import benchmark  # noqa: E402
from experiments.plain_mesa import agents as plain_agents  # noqa: E402
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
    "no beliefs": {"parameters.switches.beliefs": False, "parameters.sanctions.perceived_certainty": 0.2},
    "no deterrence": {"parameters.switches.deterrence": False},
    "own experience counts": {"parameters.beliefs.own_weight": 5.0, "parameters.beliefs.unpunished_weight": 1.0,
                              "parameters.beliefs.prior_weight": 1.0, "parameters.sanctions.perceived_certainty": 0.5},
    "rarer roles": {"parameters.involvement.owner_hazard_per_week": 0.01,
                    "parameters.involvement.facilitator_hazard_per_week": 0.01,
                    "parameters.sanctions.perceived_certainty": 0.2},
}  # fmt: skip
# Colleagues report, facts are found in days, and persons and commanders are sent home.
REMOVALS: dict[str, Any] = {
    "parameters.reporting.peer_base": -3.0, "parameters.leadership.report_pass": 1.0,
    "parameters.leadership.p_removed": 0.5, "parameters.reporting.p_screened_in": 1.0,
    "parameters.oversight.fact_finding_free_weeks": 1.0, "parameters.oversight.fact_finding_capacity": 100.0,
    "parameters.oversight.smallest_strength": 50000.0, "parameters.oversight.p_prima_facie": 1.0,
}  # fmt: skip
RULES = {"training": -2.0, "off_limits": 0.5, "women_share": 0.3, "arrival_norm": 0.4, "exposure": 0.7, "waiver": 0.6}
# Contributors leave over waived immunity, and others take over half-way through a tour.
LEAVERS: dict[str, Any] = {
    "parameters.contributor_response.exit_per_year": 0.5, "parameters.contributor_response.highest_exit_per_year": 5.0,
    "parameters.contributor_response.replacement_weeks": 2.0, "parameters.contributor_response.pool_share": 1.0,
}  # fmt: skip


def beside(changes: dict[str, Any], rules: dict[str, float] | None = None) -> tuple[MandateModel, PlainMission]:
    """A small generic mission, with rules given from its fifth week, and its object version before the first week."""
    scenario = load_scenario("mission=generic", "shock=surge").with_(SMALL | changes)
    scenario.policy = {knob: Lever(start_week=4.0, knob=knob, value=value) for knob, value in (rules or {}).items()}
    model = MandateModel(scenario)
    return model, PlainMission(model.world)


def agree(model: MandateModel, mission: PlainMission, weeks: int = 36) -> None:
    """Let both versions do the same weeks; they must agree person by person, and personnel must be busy."""
    world, sought, made = model.world, 0, 0
    for step in range(min(weeks, world.clock.n_steps)):
        assert step_beside(world, mission, step, Stopwatch()) == 0, f"step {step}"
        sought += int(world.billets.sought.sum())
        made += int(world.billets.acts.sum())
    assert sought > made > 0
    present = world.units.n_present > 0
    assert (world.units.slot[present] >= 1).any(), "nobody rotated: the case shows too little"
    for name in ("norm", "leadership", "p_prone"):
        mine = np.array([getattr(contingent, name) for contingent in mission.contingents])
        assert np.allclose(mine, getattr(world.units, name), rtol=0.0, atol=1e-8), name
    assert np.ptp(world.units.norm) > 0.01


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES.keys())
def test_objects_and_columns_agree_person_by_person(changes: dict[str, Any]) -> None:
    agree(*beside(changes))


@pytest.mark.parametrize("rules", [{}, RULES, {"arrival_norm": 6.0}], ids=["as they are", "many rules", "all is normal"])
def test_they_agree_while_persons_and_commanders_are_sent_home(rules: dict[str, float]) -> None:
    model, mission = beside(REMOVALS, rules)
    agree(model, mission)
    events = [row[1] for row in model.world.events.rows]
    removed = sum(row.get("repatriated", 0.0) for row in model.world.recorder.rows)
    assert removed > 10 and events.count("commander_removed") > 3
    followed = [p for p in mission.peacekeepers if p.predecessors > 0 and p.is_present]
    assert followed, "nobody took over a post within a tour"


def test_they_agree_while_contributors_leave_and_are_replaced() -> None:
    model, mission = beside(LEAVERS, {"waiver": 1.0})
    agree(model, mission)
    events = [row[1] for row in model.world.events.rows]
    assert "unit_withdrawn" in events and "unit_replaced" in events


@pytest.mark.parametrize("changes", [{}, REMOVALS], ids=["no removals", "removals"])
def test_objects_made_during_a_mission_agree_from_then_on(changes: dict[str, Any]) -> None:
    model, _ = beside(changes)
    for _ in range(30):
        model.step()
    mission = PlainMission(model.world)
    assert [step_beside(model.world, mission, step, Stopwatch()) for step in range(30, 50)] == [0] * 20


@pytest.mark.parametrize("rule", ["certainty", "_share_obeyed"])
def test_a_different_rule_is_seen(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth more certainty, or a tenth less obedience, and the two versions part."""
    owner = plain_agents.Peacekeeper if rule == "certainty" else plain_agents.Contingent
    factor, original = (1.1 if rule == "certainty" else 0.9), getattr(owner, rule)
    monkeypatch.setattr(owner, rule, lambda *given: factor * original(*given))
    model, mission = beside({}, RULES)
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
