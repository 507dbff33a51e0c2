"""Why an agent did what it did, and what would have changed it: words for every kind of agent, above all they explain.

Sentences come from columns and from the model's own rules, asked again with one input changed; nothing here changes a run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.agents.market import Trafficker, Venue
from sim.agents.personnel import Contingent, Peacekeeper
from sim.agents.persons import TraffickedPerson
from sim.explain import assistance, contributors, courts, market, oversight, personnel, persons
from sim.institutions.contributor import TroopContributingCountry
from sim.institutions.court import Court, HostCourt, SpecialCourt, TCCCourt
from sim.institutions.host_justice import HostJustice
from sim.institutions.ngo import NGO
from sim.institutions.oversight import UNOversight

WORDS: dict[type, Callable[..., str]] = {
    Peacekeeper: personnel.of_peacekeeper,
    Contingent: personnel.of_contingent,
    Trafficker: market.of_trafficker,
    Venue: market.of_venue,
    TraffickedPerson: persons.of_person,
    TroopContributingCountry: contributors.of_contributor,
    UNOversight: oversight.of_oversight,
    Court: courts.of_court,
    TCCCourt: courts.of_tcc_court,
    HostCourt: courts.of_host_court,
    SpecialCourt: courts.of_special_court,
    HostJustice: courts.of_host_justice,
    NGO: assistance.of_ngo,
}


def words_of(agent: Any, *told: str) -> str:
    """What an agent says of itself: the words of its class, or of the nearest one it is made from.

    Raises
    ------
    NotImplementedError
        For an agent nobody has written words for.
    """
    for kind in type(agent).__mro__:
        if kind in WORDS:
            return WORDS[kind](agent, *told)
    raise NotImplementedError(f"{type(agent).__name__} has no words of its own in sim.explain, and no explain() either")
