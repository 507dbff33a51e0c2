"""Finds one agent by kind and number, for people who ask for an explanation.

Contingents, contributors, traffickers and venues go by the numbers of ``events.csv``, peacekeepers and persons by their
row, courts and NGOs of a host country by its position in the mission, a contributor's courts by its number, oversight by
the authority (0 un, 1 nato, 2 employer), special courts by their order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.agents.view import View
from sim.agents.views import KINDS
from sim.errors import ScenarioError, did_you_mean
from sim.institutions.contributor import TroopContributingCountry
from sim.institutions.court import HostCourt, SpecialCourt, TCCCourt
from sim.institutions.host_justice import HostJustice
from sim.institutions.ngo import NGO
from sim.institutions.oversight import UNOversight

VIEWS: dict[str, type[View]] = {kind.kind: kind for kind in KINDS}
INSTITUTIONS: dict[str, type] = {
    "contributor": TroopContributingCountry,
    "oversight": UNOversight,
    "court": HostJustice,
    "host_court": HostCourt,
    "tcc_court": TCCCourt,
    "special_court": SpecialCourt,
    "ngo": NGO,
}
NUMBERED_BY = {"contributor": "number", "oversight": "authority", "court": "country", "tcc_court": "contributor"}
PRESENT = {
    "peacekeeper": "filled posts",
    "contingent": "contingents",
    "trafficker": "active networks",
    "venue": "venues in operation",
    "person": "persons so far",
    "contributor": "contributors that are states",
    "oversight": "authorities",
    "court": "host countries",
    "host_court": "host countries",
    "tcc_court": "contributors with courts of their own",
    "special_court": "special courts (a policy opens them)",
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
    numbers = _numbers(model, kind)
    if kind in VIEWS:
        rows = VIEWS[kind].rows(model.world)
        return model.agents_by_type.one(VIEWS[kind], int(rows[_position(model, kind, number, numbers)]))
    position = _position(model, kind, number, numbers)
    return list(model.agents_by_type[INSTITUTIONS[kind]])[position]


def next_number(model: Any, kind: str, after: int = -1) -> int:
    """Return the next number above one given whose agent has something to tell now; after the last comes the first.

    Limits: where none has, all count. It ranks nobody.

    Raises
    ------
    ScenarioError
        For an unknown kind, or where there is none of it.
    """
    numbers = _numbers(model, kind)
    if not len(numbers):
        _position(model, kind, after, numbers)
    if kind in VIEWS:
        tells = VIEWS[kind].tells(model.world, VIEWS[kind].rows(model.world))
        numbers = numbers[tells] if tells.any() else numbers
    later = numbers[numbers > after]
    return int((later if len(later) else numbers).min())


def _numbers(model: Any, kind: str) -> np.ndarray:
    """Numbers of the agents of a kind, in the order of their rows or of their making."""
    if kind in VIEWS:
        return VIEWS[kind].numbers(model.world, VIEWS[kind].rows(model.world))
    if kind in INSTITUTIONS:
        own = NUMBERED_BY.get(kind)
        found = model.agents_by_type.get(INSTITUTIONS[kind], ())
        return np.array([i if own is None else getattr(agent, own) for i, agent in enumerate(found)], np.int64)
    raise ScenarioError(f"agent = {kind}: unknown kind. {did_you_mean(kind, [*VIEWS, *INSTITUTIONS])}")


def _position(model: Any, kind: str, number: int, numbers: np.ndarray) -> int:
    """Position of a number, or a message with the nearest ones."""
    here = np.flatnonzero(numbers == number)
    if len(here):
        return int(here[0])
    when = f"after week {model.week:g}"
    if not len(numbers):
        named = "" if number < 0 else f" = {number}"
        raise ScenarioError(f"{kind}{named}: there are no {PRESENT[kind]} {when}. Choose another week.")
    near = np.sort(numbers[np.argsort(np.abs(numbers - number), kind="stable")[:N_NEAR]])
    raise ScenarioError(
        f"{kind} = {number}: not among the {len(numbers)} {PRESENT[kind]} {when}, numbered from "
        f"{numbers.min()} to {numbers.max()}. Nearest: {', '.join(str(n) for n in near)}."
    )
