"""Who decides on cases in a run, by kind. The world carries them, so that phases find them, without knowing what they are."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.institutions.contributor import TroopContributingCountry
from sim.institutions.court import HostCourt, SpecialCourt, TCCCourt
from sim.institutions.host_justice import HostJustice
from sim.institutions.oversight import UNOversight
from sim.world.state import Institutions, World


@dataclass(frozen=True)
class Bodies(Institutions):
    """Institutions of a run.

    Attributes
    ----------
    oversight
        By authority.
    host_justice, host_courts
        By country of the mission area: cases against organisers, and against the mission's people.
    states, courts
        By number of the contributor: those that are states, and their own courts.
    special_courts
        As policies open them.
    """

    oversight: list[UNOversight] = field(default_factory=list)
    host_justice: list[HostJustice] = field(default_factory=list)
    host_courts: list[HostCourt] = field(default_factory=list)
    states: dict[int, TroopContributingCountry] = field(default_factory=dict)
    courts: dict[int, TCCCourt] = field(default_factory=dict)
    special_courts: list[SpecialCourt] = field(default_factory=list)


def bodies(world: World) -> Bodies:
    """The institutions of a world; none before they were made."""
    return world.institutions if isinstance(world.institutions, Bodies) else Bodies()
