"""What lies under the animated map: outlines of countries, cells of the mission area, a few documented towns.

Flows join the middles of two areas and follow no route.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from sim.scenario import Scenario
from sim.viz import outlines
from sim.viz.countries import BEYOND, area_name, country_name
from sim.world.geography import Geography, load_geography

N_TOWNS = 3
EVERY = 3  # of the outline's points: the page draws them small
MARGIN_DEGREES = 0.22


@lru_cache(maxsize=16)
def ground(region: str, countries: tuple[str, ...], sources: tuple[str, ...]) -> dict[str, Any]:
    """Return outlines, cells, towns and middles of the countries of origin, in degrees."""
    geography = load_geography(region)
    cells = geography.cells_of(list(countries))
    width, height = outlines.cell_size(geography)
    return {
        "area": area_name(list(countries)),
        "stretch": float(np.cos(np.radians(geography.latitude[cells].mean()))),
        "cell": [width, height],
        "cells": np.round(np.column_stack([geography.longitude[cells], geography.latitude[cells]]), 4).tolist(),
        "outline": _rings(geography, countries),
        "countries": {code: _rings(geography, (code,)) for code in geography.countries if code not in countries},
        "towns": _towns(geography, countries),
        "middle": _middle(geography, countries),
        "origins": {code: {"name": country_name(code), "at": _origin(geography, code)} for code in sources},
        "frame": _frame(geography, cells),
        "region": [float(edge) for edge in outlines.edges(geography)],
    }


def ground_of(scenario: Scenario) -> dict[str, Any]:
    """Return what lies under a scenario's map."""
    mission = scenario.mission
    return ground(mission.region, tuple(mission.countries), tuple(mission.source_countries))


def _rings(geography: Geography, codes: tuple[str, ...]) -> list[list[list[float]]]:
    """Outlines of some countries, thinned."""
    return [np.round(ring[::EVERY], 3).tolist() for ring in outlines.rings(geography, codes) if len(ring) > 4 * EVERY]


def _towns(geography: Geography, countries: tuple[str, ...]) -> list[dict[str, Any]]:
    """The largest towns of the mission area."""
    own = sorted((t for t in geography.towns if t.country in countries), key=lambda t: (-t.population, t.name))
    return [
        {"name": t.name, "at": [float(geography.longitude[t.cell]), float(geography.latitude[t.cell])]}
        for t in own[:N_TOWNS]
    ]


def _middle(geography: Geography, codes: tuple[str, ...]) -> list[float]:
    """Middle of some countries' cells."""
    cells = geography.cells_of(list(codes))
    return [round(float(geography.longitude[cells].mean()), 3), round(float(geography.latitude[cells].mean()), 3)]


def _origin(geography: Geography, code: str) -> list[float]:
    """Where a country of origin is drawn: its middle, or a point in its direction."""
    return _middle(geography, (code,)) if code in geography.countries else list(BEYOND[code])


def _frame(geography: Geography, cells: np.ndarray) -> list[float]:
    """West, east, south and north of the mission area with a margin."""
    longitude, latitude = geography.longitude[cells], geography.latitude[cells]
    return [
        float(longitude.min() - MARGIN_DEGREES), float(longitude.max() + MARGIN_DEGREES),
        float(latitude.min() - MARGIN_DEGREES), float(latitude.max() + MARGIN_DEGREES),
    ]  # fmt: skip
