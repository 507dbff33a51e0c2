"""Phase 7, report: who reports what, and what police write down.

``incidents`` holds what affected persons remember and may report, alone or while assisted by an NGO; ``colleagues`` what
peers and police report, and what commanders hold back; ``venue_list`` the list of venues. Every report in the model is
about something that happened: false reports are left out.
"""

from __future__ import annotations

from sim.phases.phase import Phase
from sim.phases.report import colleagues, incidents, venue_list
from sim.rng import Decision
from sim.world.state import World


def run(world: World) -> None:
    """File this step's reports."""
    venue_list.run(world)
    world.filed = [*incidents.run(world), *colleagues.run(world)]


PHASE = Phase(
    name="report",
    question="Who reports what, and what do police write down?",
    run=run,
    draws=(
        Decision.LISTED,
        Decision.REPORTABLE,
        Decision.INCIDENT_PERSON,
        Decision.INCIDENT_THRESHOLD,
        Decision.PEER_REPORT,
        Decision.COMMANDER_FILTER,
        Decision.POLICE_REPORT,
        Decision.POLICE_SUSPECT,
    ),
)
