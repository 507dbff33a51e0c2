"""The parameter tree: every number a run uses, with unit, bounds, status and source.

One dataclass a mechanism; ``Parameters`` joins them. The mission's own numbers live in scenario files, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.parameters.accountability import Beliefs, Leadership, Oversight, Prosecution, Reporting
from sim.parameters.core import ParameterInfo, problems, walk
from sim.parameters.institutions import HostCapacity, HostJustice, Observation, Security, Switches
from sim.parameters.market import Entry, LocalDemand, Networks, Prices, Venues
from sim.parameters.people import Assistance, Persons, Recruitment, Testimony
from sim.parameters.personnel import CATEGORIES, Involvement, Norms, PersonnelDemand, Sanctions
from sim.parameters.politics import ContributorResponse, Dependence


@dataclass
class Parameters:
    """All parameters by mechanism."""

    involvement: Involvement = field(default_factory=Involvement)
    sanctions: Sanctions = field(default_factory=Sanctions)
    beliefs: Beliefs = field(default_factory=Beliefs)
    norms: Norms = field(default_factory=Norms)
    leadership: Leadership = field(default_factory=Leadership)
    personnel_demand: PersonnelDemand = field(default_factory=PersonnelDemand)
    local_demand: LocalDemand = field(default_factory=LocalDemand)
    prices: Prices = field(default_factory=Prices)
    venues: Venues = field(default_factory=Venues)
    entry: Entry = field(default_factory=Entry)
    networks: Networks = field(default_factory=Networks)
    recruitment: Recruitment = field(default_factory=Recruitment)
    persons: Persons = field(default_factory=Persons)
    testimony: Testimony = field(default_factory=Testimony)
    assistance: Assistance = field(default_factory=Assistance)
    reporting: Reporting = field(default_factory=Reporting)
    oversight: Oversight = field(default_factory=Oversight)
    prosecution: Prosecution = field(default_factory=Prosecution)
    dependence: Dependence = field(default_factory=Dependence)
    contributor_response: ContributorResponse = field(default_factory=ContributorResponse)
    host_justice: HostJustice = field(default_factory=HostJustice)
    security: Security = field(default_factory=Security)
    host_capacity: HostCapacity = field(default_factory=HostCapacity)
    observation: Observation = field(default_factory=Observation)
    switches: Switches = field(default_factory=Switches)


__all__ = ["CATEGORIES", "ParameterInfo", "Parameters", "problems", "walk"]
