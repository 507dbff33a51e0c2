"""Puts a finished run and its frames into a pack: series and flows as reals, the funnel by week, frames as bytes.

Shading is kept on a square-root scale of its largest value, marks as counts of the simulated size.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.runs.results import Run
from sim.studio.frames import Frames
from sim.studio.pack import LAYERS, MARKS, SERIES, SHADES, STAGES, join, run_key

MOST = 255
_REACHED = {  # stage: dates of a case, the earliest of which says when it was reached
    "screened_in": (),
    "recorded": ("report",),
    "investigated": ("investigation", "referral"),
    "substantiated": ("investigation", "referral"),
    "referred": ("referral",),
    "answered": ("answer",),
    "charged": ("charge",),
    "convicted": ("outcome",),
}



def write_pack(run: Run, frames: Frames) -> bytes:
    """Return the pack of a run."""
    largest = frames.layers.max(axis=(1, 2), initial=0.0)
    bytes_of = np.zeros(frames.layers.shape, np.uint8)
    for i, (layer, top) in enumerate(zip(frames.layers, largest)):
        shaded = np.sqrt(layer / top) * MOST if LAYERS[i] in SHADES and top > 0 else layer
        bytes_of[i] = np.minimum(np.rint(shaded), MOST)
    countries = list(run.origins["country"].unique())
    flows = run.origins["new_recruitments"].to_numpy(np.float64).reshape(-1, len(countries))
    arrays = {
        "series": run.series[list(SERIES)].to_numpy(np.float64).T,
        "flows": flows.T,
        "funnel": funnel_by_week(run),
        "frames": bytes_of,
    }
    scenario = run.scenario
    header = {
        "key": run_key(scenario),
        "sentence": scenario.sentence(),
        "mission": scenario.mission.name,
        "scale": scenario.scale,
        "seed": scenario.seed,
        "weeks": run.series["week"].tolist(),
        "dates": run.series["date"].tolist(),
        "series": list(SERIES),
        "stages": list(STAGES),
        "countries": countries,
        "layers": {name: float(top) / scenario.scale for name, top in zip(LAYERS, largest)},
        "marks": list(MARKS),
    }
    return join(header, arrays)


def funnel_by_week(run: Run) -> np.ndarray:
    """Cases of the mission that had reached each stage by each week, true and observed, shape (2, n_stages, n_steps).

    The first stage counts persons with an act; all later ones count cases, so that a person with two cases counts twice.
    Observed holds nothing at the first stage, and charges and convictions only where the mission hears of them.
    """
    weeks = run.series["week"].to_numpy()
    cases = run.cases[run.cases["kind"] == "personnel"]
    counts = np.zeros((2, len(STAGES), len(weeks)))
    counts[0, 0] = run.series["newly_involved"].cumsum()
    for row, stage in enumerate(STAGES[1:], start=1):
        own = cases[_reaches(cases, stage)]
        dates = own[[f"{date}_week" for date in _REACHED[stage] or ("report",)]].min(axis=1).fillna(own["report_week"])
        for view, part in ((0, own), (1, own[own["is_visible"]] if stage in ("charged", "convicted") else own)):
            when = np.sort(dates.loc[part.index].to_numpy())
            counts[view, row] = np.searchsorted(when, weeks, side="right") / run.scenario.scale
    counts[1, 0] = np.nan
    return counts


def _reaches(cases: pd.DataFrame, stage: str) -> pd.Series:
    """Which cases reached a stage, by the rules of ``case_funnel``."""
    investigated = cases["investigation_week"].notna() | cases["referral_week"].notna()
    referred = cases["referral_week"].notna()
    return {
        "recorded": cases["report_week"].notna(),
        "screened_in": cases["is_identified"].astype(bool),
        "investigated": investigated,
        "substantiated": cases["is_substantiated"].astype(bool) | referred,
        "referred": referred,
        "answered": cases["answer_week"].notna() | (referred & cases["forum"].isin(["host", "special"])),
        "charged": cases["charge_week"].notna(),
        "convicted": cases["outcome"] == "convicted",
    }[stage]
