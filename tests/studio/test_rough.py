"""Rough runs fit the pictures they stand in for: the same weeks, flows shared out, levels held."""

from __future__ import annotations

import numpy as np
import pytest

from sim.runs.results import make_run
from sim.scenario import Scenario
from sim.studio.choice import Choice
from sim.studio.frames import simulate_frames
from sim.studio.pack import LAYERS, SERIES, read_pack, rough_key, series_of
from sim.studio.packing import write_pack
from sim.studio.rough import ROUGH_SCALE, ROUGH_STEP_DAYS, rough_of, rough_pack


def scenario(**values: float) -> Scenario:
    """Two years of the generic mission, weekly."""
    return Choice("generic", values={"scale": 0.2, "mission.horizon_weeks": 105, **values}).scenario("b")


def test_a_rough_run_is_small_has_long_steps_and_keeps_all_else() -> None:
    whole, rough = scenario(), rough_of(scenario())
    assert (rough.scale, rough.clock.step_days, rough.seed) == (ROUGH_SCALE, ROUGH_STEP_DAYS, whole.seed)
    assert rough.as_dict() == scenario(**{"scale": ROUGH_SCALE, "clock.step_days": ROUGH_STEP_DAYS}).as_dict()
    assert rough_of(scenario(scale=0.01)).scale == 0.01, "what is smaller already stays"


def test_its_pack_has_the_weeks_and_layers_of_the_run_itself() -> None:
    whole = scenario()
    (header, arrays), (own, theirs) = read_pack(rough_pack(whole)), read_pack(write_pack(*simulate_frames(whole)))
    assert header["key"] == rough_key(whole)
    assert (header["weeks"], header["dates"]) == (own["weeks"], own["dates"])
    assert {name: array.shape for name, array in arrays.items()} == {name: array.shape for name, array in theirs.items()}


def test_levels_pass_through_those_of_the_long_steps_and_flows_are_shared_out() -> None:
    whole = scenario()
    rough, coarse = series_of(rough_pack(whole)), make_run(simulate_frames(rough_of(whole))[0]).series
    weeks = coarse["week"].to_numpy()
    for name in ("personnel_present", "true_exploited_persons", "venues"):
        np.testing.assert_allclose(rough[name][weeks.astype(int)], coarse[name])
    sought = rough["international_demand"]
    np.testing.assert_allclose(sought[weeks.astype(int)], coarse["international_demand"] / 4.0)
    assert sought.sum() == pytest.approx(coarse["international_demand"].sum(), rel=0.1)


def test_a_raid_is_shown_once_and_shading_is_that_of_a_week() -> None:
    whole = Choice("kosovo", values={"scale": 0.2}).scenario("b")
    header, arrays = read_pack(rough_pack(whole))
    _, frames = simulate_frames(rough_of(whole))
    own = dict(zip(LAYERS, frames.layers))
    shown = dict(zip(LAYERS, arrays["frames"]))
    assert own["raids"].sum() > 0, "no raid: the test shows nothing"
    assert shown["raids"].sum() == own["raids"].sum()
    assert header["layers"]["demand"] == pytest.approx(own["demand"].max() / ROUGH_SCALE / 4.0)
    assert header["layers"]["exploited"] == pytest.approx(own["exploited"].max() / ROUGH_SCALE)


def test_a_run_that_is_rough_already_is_its_own_stand_in() -> None:
    whole = scenario(**{"scale": ROUGH_SCALE, "clock.step_days": ROUGH_STEP_DAYS})
    rough, own = series_of(rough_pack(whole)), series_of(write_pack(*simulate_frames(whole)))
    for name in SERIES:
        np.testing.assert_array_equal(rough[name], own[name])
