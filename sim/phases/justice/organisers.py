"""Phase 8, justice: what becomes of arrested organisers in the courts of the host country, and what people make of it.

Each arrest is a case with all its dates. Charges and convictions depend on host capacity and on testimony; prison is
rare. Trust follows visible outcomes.
"""

from __future__ import annotations

from sim.compiled import kernel
from sim.institutions.bodies import bodies
from sim.institutions.host_justice import CONVICTED, HostJustice, OrganiserCase
from sim.world.state import World


@kernel
def is_due(world: World) -> bool:
    """Whether anybody was arrested, or a case may be decided or forgotten, in this step."""
    is_due = False
    for country in range(len(world.dockets)):
        is_due = is_due or world.dockets.idle_until[country] <= world.step
    for network in range(len(world.networks)):
        is_due = is_due or world.networks.arrests[network] > 0
    return is_due


def run(world: World) -> None:
    """Open a case for each arrest, decide those that are due, and move trust."""
    memory_steps = world.parameters.testimony.outcome_memory_weeks / world.dt
    for country, institution in enumerate(bodies(world).host_justice):
        for case in _proceed(world, country, institution):
            _conclude(world, case)
        share = institution.conviction_share(world.step - memory_steps)
        world.dockets.conviction_share[country] = -1.0 if share is None else share
        world.dockets.idle_until[country] = institution.idle_until(world.step, memory_steps)
    move_trust(world)


def _proceed(world: World, country: int, institution: HostJustice) -> list[OrganiserCase]:
    """Register this step's arrests in a country and return the cases decided now."""
    networks = world.networks
    for network in networks.arrests.nonzero()[0].tolist():
        if world.cells.country[networks.home_cell[network]] == country:
            for ordinal in range(int(networks.arrests[network])):
                institution.open_case(world, network, ordinal)
    return institution.decide_due(world)


def _conclude(world: World, case: OrganiserCase) -> None:
    """Fine the network, and say what was decided."""
    networks, network = world.networks, case.network
    networks.fined[network] += case.fine_usd
    world.count("organisers_convicted", float(case.outcome in CONVICTED))
    key, home = int(networks.key[network]), int(networks.home_cell[network])
    value = {"fined": 1.0, "prison": 2.0}.get(case.outcome, 0.0)
    world.events.emit(world.step, "organiser_tried", key, home, value=value)


@kernel
def move_trust(world: World) -> None:
    """Trust moves towards the share of recently decided cases that ended in a conviction; without cases it stays."""
    trust, share = world.countries.trust, world.dockets.conviction_share
    for country in range(len(world.countries)):
        if share[country] >= 0.0:
            trust[country] += world.fading.trust_moved * (share[country] - trust[country])
