"""The plan of strength, an input of the oracle's step, worked out once more from the mission's tables and the shock."""

from __future__ import annotations

import math

import pytest

from oracle.oracle_support import world_of
from sim.config import load_scenario

GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


@pytest.mark.parametrize("mission", ["generic", "kosovo"])
def test_strength_is_split_by_weights_and_rounded_by_a_fixed_offset(mission: str) -> None:
    world = world_of(load_scenario(f"mission={mission}", "shock=surge", "shock.start_week=10", "scale=0.1"))
    shock, series, dt = world.scenario.shock, world.series, world.dt
    assert [effect.knob for effect in shock.effects] == ["strength"] and shock.effects[0].coefficient == 1.0
    near_whole = 0
    for step in range(0, world.clock.n_steps, 9):
        week = step * dt
        ramp = min(1.0, (week - shock.start_week + dt) / shock.ramp_weeks)
        ramp = min(ramp, (shock.start_week + shock.duration_weeks - week) / shock.ramp_weeks)
        surge = 1.0 + shock.size * max(ramp, 0.0) * (week >= shock.start_week)
        for i, contingent in enumerate(series.contingents):
            own = [j for j, other in enumerate(series.contingents) if other.category == contingent.category]
            weight = sum(series.weights[j, step] for j in own)
            share = series.weights[i, step] / weight if weight > 0.0 else 0.0
            persons = share * series.strength[contingent.category, step] * surge * world.scale + (i + 1) * GOLDEN % 1.0
            if abs(persons - round(persons)) < 1e-9:
                near_whole += 1
            else:
                assert world.planned_present[i, step] == math.floor(persons)
    assert near_whole < 5
