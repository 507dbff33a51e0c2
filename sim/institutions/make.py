"""Builds the institutions of a run: those every mission has, and those policies open."""

from __future__ import annotations

from typing import Any

import mesa

from sim.errors import ScenarioError, did_you_mean
from sim.institutions.bodies import Bodies
from sim.institutions.contributor import TroopContributingCountry
from sim.institutions.court import HostCourt, SpecialCourt, TCCCourt
from sim.institutions.host_justice import HostJustice
from sim.institutions.ngo import NGO
from sim.institutions.oversight import UNOversight
from sim.world.columns import AUTHORITIES

OPENED_BY_POLICY = {"special_court": SpecialCourt}


def make_institutions(model: Any) -> list[mesa.Agent]:
    """Make all institutions of a model and tell its world where they are.

    Raises
    ------
    ScenarioError
        If a policy asks for a kind of institution there is none of.
    """
    world = model.world
    n_countries = len(world.countries)
    numbers = [n for n in range(1, len(world.contributors)) if world.contributors.is_state[n]]
    # in the order in which Mesa numbers them
    host_justice = [HostJustice(model, country) for country in range(n_countries)]
    ngos = [NGO(model, country) for country in range(n_countries)]
    host_courts = [HostCourt(model, country) for country in range(n_countries)]
    oversight = [UNOversight(model, authority) for authority in range(len(AUTHORITIES))]
    states = {number: TroopContributingCountry(model, number) for number in numbers}
    courts = {number: TCCCourt(model, number) for number in numbers}
    special_courts = _opened_by_policies(model)
    world.institutions = Bodies(oversight, host_justice, host_courts, states, courts, special_courts)
    return [*host_justice, *ngos, *host_courts, *oversight, *states.values(), *courts.values(), *special_courts]


def _opened_by_policies(model: Any) -> list[Any]:
    """Institutions that policies ask for, in order of policy name."""
    opened = []
    for name in sorted(model.scenario.policy):
        for spec in model.scenario.policy[name].institutions():
            if spec.kind not in OPENED_BY_POLICY:
                raise ScenarioError(
                    f"policy.{name}: asks for an institution '{spec.kind}', which is unknown. "
                    f"{did_you_mean(spec.kind, OPENED_BY_POLICY)}"
                )
            opened.append(OPENED_BY_POLICY[spec.kind](model, spec.opens_week, spec.capacity))
    return opened
