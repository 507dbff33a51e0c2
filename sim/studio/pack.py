"""The form of a run on its way to the page: one binary pack, a header in JSON and then arrays.

Page and server read the same bytes, so that what is shown are the numbers of the run. Nothing here needs the model.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from sim.scenario import Scenario

MAGIC = b"MSP1"
ALIGNED = 8
SERIES = (
    "true_exploited_persons", "venues", "venues_hidden", "personnel_present", "troops_present", "troop_shortfall",
    "international_demand", "local_demand", "true_acts", "local_acts", "new_recruitments", "identified_persons",
    "assisted_persons", "retrafficked_persons", "exploited_target_international", "exploited_target_local",
    "exploited_elsewhere", "local_habit", "infrastructure", "diversified_share", "official_ties", "norm_mean",
    "perceived_certainty", "objective_certainty", "violence_index", "host_capacity", "trust", "raids", "reports",
    "repatriated", "charged", "convicted", "price_international_usd", "observed_venues", "observed_allegations",
    "observed_assisted_persons", "observed_repatriated", "observed_charged", "observed_convicted", "newly_involved",
)  # fmt: skip
STAGES = (  # of accountability; reports carry no week of their own, so that their stage is left out
    "persons_with_act", "recorded", "screened_in", "investigated", "substantiated", "referred", "answered", "charged",
    "convicted",
)  # fmt: skip
SHADES = ("demand", "demand_international", "exploited")
MARKS = ("venues_visible", "venues_hidden", "raids")
LAYERS = (*SHADES, *MARKS)


def run_key(scenario: Scenario) -> str:
    """Name of a run: its scenario and its luck."""
    return f"{scenario.key}-{scenario.seed}-{scenario.world_seed}"


def rough_key(scenario: Scenario) -> str:
    """Name of the rough run that stands in for another."""
    return f"{run_key(scenario)}-rough"


def join(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
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


def series_of(data: bytes) -> dict[str, np.ndarray]:
    """Return the series of a pack by name, ``week`` among them."""
    header, arrays = read_pack(data)
    return {"week": np.array(header["weeks"]), **dict(zip(header["series"], arrays["series"]))}
