"""Many weeks: every week of a busy mission, real missions now and then, and objects that go on alone for a season."""

from __future__ import annotations

import pytest
from support import lively

from experiments.oracle import chance
from experiments.oracle.compare import check_weeks
from oracle.oracle_support import assert_agrees, busy, shown, world_of
from sim import rng
from sim.config import load_scenario
from sim.rng import Decision
from sim.schedule import SCHEDULE

WEEKS = 40
ONCE_A_HALF_YEAR = 26


def test_every_week_of_a_busy_mission_in_which_every_decision_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: set[str] = set()

    def noted(seed: int, decision: int, *key: int) -> float:
        drawn.add(Decision(decision).name)
        return rng.uniform(seed, decision, *key)

    monkeypatch.setattr(chance, "uniform", noted)
    assert_agrees(world_of(lively(weeks=WEEKS)), WEEKS, range(WEEKS))
    declared = {decision.name for phase in SCHEDULE for decision in phase.draws}
    assert declared - drawn == {Decision.OBSERVED_CLIENTS.name}, "only the phase that records is left out"


def test_objects_on_their_own_stay_beside_the_columns() -> None:
    """Nothing is read from the columns in between, so an error would grow."""
    found = check_weeks(busy(weeks=16, plenty=True), range(16))
    assert all(difference.is_excused for difference in found), shown(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [21, 22, 23])
def test_every_week_of_other_busy_missions(seed: int) -> None:
    assert_agrees(
        busy(changes={"seed": seed, "world_seed": seed}, scale=0.06, plenty=seed % 2 == 0), WEEKS, range(WEEKS)
    )


@pytest.mark.slow
@pytest.mark.parametrize("mission", ["kosovo", "bosnia"])
def test_real_missions_now_and_then(mission: str) -> None:
    """Kosovo and Bosnia at a twentieth of their size, with their own tables, a shock and the policies of a package."""
    world = world_of(load_scenario(f"mission={mission}", "scale=0.05", "package=full_agenda", "shock=surge"))
    weeks = world.clock.n_steps
    assert_agrees(world, weeks, range(0, weeks, ONCE_A_HALF_YEAR))


@pytest.mark.slow
def test_the_generic_mission_as_it_is() -> None:
    world = world_of(load_scenario("mission=generic", "scale=0.15"))
    weeks = world.clock.n_steps
    assert_agrees(world, weeks, range(0, weeks, ONCE_A_HALF_YEAR // 2))
