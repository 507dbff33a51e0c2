"""Rough runs: a scenario at a tenth of full size in steps of four weeks, for the pictures on the way of a drag.

Written down week by week, so that they fit the picture they stand in for. They are never saved, counted or compared.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from sim.clock import make_clock
from sim.indicators import INDICATORS
from sim.scenario import Scenario
from sim.studio.frames import simulate_frames
from sim.studio.pack import LAYERS, SERIES, join, rough_key
from sim.studio.packing import pack_parts
from sim.studio.wanted import IsWanted, always

ROUGH_SCALE = 0.1
ROUGH_STEP_DAYS = 28
_PER_STEP = ("demand", "demand_international")  # layers that are flows; raids are marks, and shown once


def rough_of(scenario: Scenario) -> Scenario:
    """Return the scenario that stands in for another while a lever is dragged."""
    clock = dataclasses.replace(scenario.clock, step_days=max(ROUGH_STEP_DAYS, scenario.clock.step_days))
    return dataclasses.replace(scenario, scale=min(ROUGH_SCALE, scenario.scale), clock=clock)


def rough_pack(scenario: Scenario, is_wanted: IsWanted = always) -> bytes:
    """Simulate the stand-in of a scenario; return its pack in the steps of the scenario.

    Raises
    ------
    Stopped
        As ``simulate_frames``.
    """
    header, arrays = pack_parts(*simulate_frames(rough_of(scenario), is_wanted))
    header["key"] = rough_key(scenario)
    return join(*in_steps_of(scenario, header, arrays))


def in_steps_of(
    scenario: Scenario, header: dict[str, Any], arrays: dict[str, np.ndarray]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return a pack's header and arrays in the steps of a scenario: series in between, flows shared out, frames held."""
    clock = make_clock(scenario.mission.start_date, scenario.mission.horizon_weeks, scenario.clock)
    weeks, own = np.array([clock.week(step) for step in range(clock.n_steps)]), np.array(header["weeks"])
    ratio = rough_of(scenario).clock.step_days / scenario.clock.step_days
    at = np.searchsorted(own, weeks, side="right") - 1
    shared = np.array([ratio if INDICATORS[name].kind == "flow" else 1.0 for name in SERIES])
    series = np.stack([np.interp(weeks, own, row) for row in arrays["series"] / shared[:, None]])
    flows = np.stack([np.interp(weeks, own, row) for row in arrays["flows"] / ratio])
    frames = arrays["frames"][:, at]
    frames[LAYERS.index("raids"), np.diff(at, prepend=-1) == 0] = 0
    layers = {name: top / ratio if name in _PER_STEP else top for name, top in header["layers"].items()}
    dates = [clock.date(step).isoformat() for step in range(clock.n_steps)]
    finer = {"weeks": weeks.tolist(), "dates": dates, "layers": layers}
    return header | finer, {"series": series, "flows": flows, "funnel": arrays["funnel"][..., at], "frames": frames}
