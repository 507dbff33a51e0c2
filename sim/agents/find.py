"""Finds one agent by kind and number, for people who ask for an explanation.

Contingents, traffickers and venues go by the numbers of ``events.csv``, peacekeepers and persons by their row, courts
and NGOs by the position of their country in the mission.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.agents.view import View
from sim.agents.views import KINDS
from sim.errors import ScenarioError, did_you_mean
from sim.institutions.host_justice import HostJustice
from sim.institutions.ngo import NGO

VIEWS: dict[str, type[View]] = {kind.kind: kind for kind in KINDS}
INSTITUTIONS: dict[str, type] = {"court": HostJustice, "ngo": NGO}
PRESENT = {
    "peacekeeper": "filled posts",
    "contingent": "contingents",
    "trafficker": "active networks",
    "venue": "venues in operation",
    "person": "persons so far",
    "court": "host courts",
    "ngo": "NGOs",
}
N_NEAR = 5


def find_agent(model: Any, kind: str, number: int) -> Any:
    """Return the agent of a kind with a number, as it is now; no other agent of its class is made.

    Raises
    ------
    ScenarioError
        For an unknown kind, or a number nobody has now; the message names near ones.
    """
    if kind in VIEWS:
        rows = VIEWS[kind].rows(model.world)
        numbers = VIEWS[kind].numbers(model.world, rows)
        return model.agents_by_type.one(VIEWS[kind], int(rows[_position(model, kind, number, numbers)]))
    if kind in INSTITUTIONS:
        found = sorted(model.agents_by_type[INSTITUTIONS[kind]], key=lambda agent: agent.country)
        numbers = np.array([agent.country for agent in found], np.int64)
        return found[_position(model, kind, number, numbers)]
    raise ScenarioError(f"agent = {kind}: unknown kind. {did_you_mean(kind, [*VIEWS, *INSTITUTIONS])}")


def _position(model: Any, kind: str, number: int, numbers: np.ndarray) -> int:
    """Position of a number, or a message with the nearest ones."""
    here = np.flatnonzero(numbers == number)
    if len(here):
        return int(here[0])
    when = f"after week {model.week:g}"
    if not len(numbers):
        raise ScenarioError(f"{kind} = {number}: there are no {PRESENT[kind]} {when}. Choose another week.")
    near = np.sort(numbers[np.argsort(np.abs(numbers - number), kind="stable")[:N_NEAR]])
    raise ScenarioError(
        f"{kind} = {number}: not among the {len(numbers)} {PRESENT[kind]} {when}, numbered from "
        f"{numbers.min()} to {numbers.max()}. Nearest: {', '.join(str(n) for n in near)}."
    )
