"""Puts a finished run and its frames into a pack: series and flows as reals, the funnel by week, frames as bytes.

Shading is kept on a square-root scale of its largest value, marks as counts of the simulated size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.institutions.bodies import bodies
from sim.institutions.case import PersonnelCase
from sim.model import MandateModel
from sim.runs.cases import is_answered
from sim.runs.results import indicator_columns
from sim.studio.frames import Frames
from sim.studio.pack import LAYERS, MARKS, SERIES, SHADES, STAGES, join, run_key

MOST = 255
_WHEN_REFERRED = ("investigation", "referral")
# stage: whether a case reached it, and the dates of a case the earliest of which says when
_STAGES: dict[str, tuple[Callable[[PersonnelCase], bool], tuple[str, ...]]] = {
    "recorded": (lambda case: case.report_step >= 0, ("report",)),
    "screened_in": (lambda case: case.is_identified, ("report",)),
    "investigated": (lambda case: case.investigation_step >= 0 or case.referral_step >= 0, _WHEN_REFERRED),
    "substantiated": (lambda case: case.is_substantiated or case.referral_step >= 0, _WHEN_REFERRED),
    "referred": (lambda case: case.referral_step >= 0, ("referral",)),
    "answered": (is_answered, ("answer",)),
    "charged": (lambda case: case.charge_step >= 0, ("charge",)),
    "convicted": (lambda case: case.outcome == "convicted", ("outcome",)),
}


def write_pack(model: MandateModel, frames: Frames) -> bytes:
    """Return the pack of a finished model."""
    return join(*pack_parts(model, frames))


def pack_parts(model: MandateModel, frames: Frames) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays of the pack of a finished model."""
    world, scenario = model.world, model.scenario
    largest = frames.layers.max(axis=(1, 2), initial=0.0)
    bytes_of = np.zeros(frames.layers.shape, np.uint8)
    for i, (layer, top) in enumerate(zip(frames.layers, largest)):
        shaded = np.sqrt(layer / top) * MOST if LAYERS[i] in SHADES and top > 0 else layer
        bytes_of[i] = np.minimum(np.rint(shaded), MOST)
    columns, steps = indicator_columns(world), range(world.recorder.n)
    arrays = {
        "series": np.stack([columns[name] for name in SERIES]),
        "flows": world.recorder.recruited[: world.recorder.n].T / world.scale,
        "funnel": funnel_by_week(model, columns["newly_involved"]),
        "frames": bytes_of,
    }
    header = {
        "key": run_key(scenario),
        "sentence": scenario.sentence(),
        "mission": scenario.mission.name,
        "scale": scenario.scale,
        "seed": scenario.seed,
        "weeks": [world.clock.week(step) for step in steps],
        "dates": [world.clock.date(step).isoformat() for step in steps],
        "series": list(SERIES),
        "stages": list(STAGES),
        "countries": list(world.origin_countries),
        "layers": {name: float(top) / scenario.scale for name, top in zip(LAYERS, largest)},
        "marks": list(MARKS),
    }
    return header, arrays


def funnel_by_week(model: MandateModel, newly_involved: np.ndarray) -> np.ndarray:
    """Cases of the mission that had reached each stage by each week, true and observed, shape (2, n_stages, n_steps).

    The first stage counts persons with an act; all later ones count cases, so that a person with two cases counts twice.
    Observed holds nothing at the first stage, and charges and convictions only where the mission hears of them.
    """
    steps = np.arange(len(newly_involved))
    cases = [case for authority in bodies(model.world).oversight for case in authority.cases]
    counts = np.zeros((2, len(STAGES), len(steps)))
    counts[0, 0], counts[1, 0] = newly_involved.cumsum(), np.nan
    for row, stage in enumerate(STAGES[1:], start=1):
        has_reached, dates = _STAGES[stage]
        own = [case for case in cases if has_reached(case)]
        seen = [case for case in own if case.is_visible] if stage in ("charged", "convicted") else own
        for view, part in enumerate((own, seen)):
            when = np.sort([_reached_step(case, dates) for case in part])
            counts[view, row] = np.searchsorted(when, steps, side="right") / model.world.scale
    return counts


def _reached_step(case: PersonnelCase, dates: tuple[str, ...]) -> float:
    """The earliest of some dates of a case; its report where it has none of them."""
    steps = [step for name in dates if (step := getattr(case, f"{name}_step")) >= 0]
    return float(min(steps, default=case.report_step if case.report_step >= 0 else np.inf))
