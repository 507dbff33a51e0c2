"""Phase 8, justice: what becomes of arrested organisers in the courts of the host country, and what people make of it.

Each arrest is a case with all its dates. Charges and convictions depend on host capacity and on testimony; prison is
rare. Trust follows visible outcomes.
"""

from __future__ import annotations

import numpy as np

from sim.institutions.bodies import bodies
from sim.institutions.host_justice import CONVICTED, HostJustice, OrganiserCase
from sim.world.state import World


def run(world: World) -> None:
    """Open a case for each arrest, decide those that are due, and move trust."""
    world.networks.fined[:] = 0.0
    for country, institution in enumerate(bodies(world).host_justice):
        outcomes = _proceed(world, country, institution)
        _move_trust(world, country, institution)
        for case in outcomes:
            network = case.network
            world.networks.fined[network] += case.fine_usd
            world.count("organisers_convicted", float(case.outcome in CONVICTED))
            value = {"fined": 1.0, "prison": 2.0}.get(case.outcome, 0.0)
            world.events.emit(
                world.step,
                "organiser_tried",
                int(world.networks.key[network]),
                int(world.networks.home_cell[network]),
                value=value,
            )


def _proceed(world: World, country: int, institution: HostJustice) -> list[OrganiserCase]:
    """Register this step's arrests in a country and return the cases decided now."""
    networks = world.networks
    for network in networks.arrests.nonzero()[0].tolist():
        if world.cells.country[networks.home_cell[network]] == country:
            for ordinal in range(int(networks.arrests[network])):
                institution.open_case(world, network, ordinal)
    return institution.decide_due(world)


def _move_trust(world: World, country: int, institution: HostJustice) -> None:
    """Trust moves towards the share of recently decided cases that ended in a conviction; without cases it stays."""
    share = institution.conviction_share(world.step - world.parameters.testimony.outcome_memory_weeks / world.dt)
    if share is None:
        return
    rate = 1.0 - np.exp(-world.parameters.testimony.trust_adjustment_per_week * world.dt)
    world.countries.trust[country] += rate * (share - world.countries.trust[country])
