"""A run as one binary pack: a header in JSON, then the series as 64-bit reals, the flows, the funnel and the frames.

The page reads the same bytes, so that what it shows are the numbers of the run. Frames are bytes: shading on a square-root
scale of its largest value, marks as counts of the simulated size.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from sim.runs.cases import FUNNEL_STAGES
from sim.runs.results import Run
from sim.scenario import Scenario
from sim.studio.frames import LAYERS, MARKS, SHADES, Frames

MAGIC = b"MSP1"
ALIGNED = 8
MOST = 255
SERIES = (
    "true_exploited_persons", "venues", "venues_hidden", "personnel_present", "troops_present", "troop_shortfall",
    "international_demand", "local_demand", "true_acts", "local_acts", "new_recruitments", "identified_persons",
    "assisted_persons", "retrafficked_persons", "exploited_target_international", "exploited_target_local",
    "exploited_elsewhere", "local_habit", "infrastructure", "diversified_share", "official_ties", "norm_mean",
    "perceived_certainty", "objective_certainty", "violence_index", "host_capacity", "trust", "raids", "reports",
    "repatriated", "charged", "convicted", "price_international_usd", "observed_venues", "observed_allegations",
    "observed_assisted_persons", "observed_repatriated", "observed_charged", "observed_convicted",
)  # fmt: skip
STAGES = tuple(stage for stage in FUNNEL_STAGES if stage != "reported")  # reports carry no week of their own
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


def run_key(scenario: Scenario) -> str:
    """Name of a run: its scenario and its luck."""
    return f"{scenario.key}-{scenario.seed}-{scenario.world_seed}"


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
    return _join(header, arrays)


def _join(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """Header and arrays, each beginning at a multiple of eight bytes."""
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = {"at": at, "shape": list(array.shape), "type": array.dtype.name}
        at += -(-array.nbytes // ALIGNED) * ALIGNED
    text = json.dumps(header | {"arrays": places}, separators=(",", ":")).encode()
    text += b" " * (-(len(MAGIC) + 4 + len(text)) % ALIGNED)
    blocks = [array.tobytes() + b"\0" * (-array.nbytes % ALIGNED) for array in arrays.values()]
    return b"".join([MAGIC, np.uint32(len(text)).tobytes(), text, *blocks])


def read_pack(data: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays of a pack.

    Raises
    ------
    ValueError
        For bytes that are no pack.
    """
    if data[:4] != MAGIC:
        raise ValueError("these bytes are no pack of the studio")
    length = int(np.frombuffer(data, np.uint32, 1, 4)[0])
    start = 8 + length
    header = json.loads(data[8:start])
    arrays = {}
    for name, place in header["arrays"].items():
        shape, kind = place["shape"], np.dtype(place["type"])
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(data, kind, count, start + place["at"]).reshape(shape)
    return header, arrays


def series_of(data: bytes) -> pd.DataFrame:
    """Return the series of a pack: weeks, dates and the indicators it carries."""
    header, arrays = read_pack(data)
    table = pd.DataFrame(dict(zip(header["series"], arrays["series"])))
    table.insert(0, "date", header["dates"])
    table.insert(0, "week", header["weeks"])
    return table


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
