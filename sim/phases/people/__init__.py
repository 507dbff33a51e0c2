"""Phase 6, people: trafficked persons move between states, from recruitment to return, and perhaps into it again.

``hazards`` holds the state machine, ``moves`` what entering a state means and who does so at once, ``assistance`` who is
assisted and testifies. Identification and assistance are limited by capacity; testimony depends on protection, trust and
threat. Persons and those at risk are conserved exactly.
"""

from __future__ import annotations

from sim.compiled import direct, kernel
from sim.phases.people.assistance import assist, assistance_places
from sim.phases.people.hazards import (
    advance,
    identification_hazard,
    p_intercepted,
    retrafficking_hazard,
    weekly_rates,
)
from sim.phases.people.moves import be_taken, count_by_venue, leave, recruit
from sim.phases.phase import Phase
from sim.rng import Decision
from sim.world.state import World

__all__ = [
    "PHASE",
    "assistance_places",
    "identification_hazard",
    "p_intercepted",
    "retrafficking_hazard",
    "run",
    "weekly_rates",
]


def run(world: World) -> None:
    """One step in the lives of trafficked persons, after room is made for those ordered."""
    world.people.grow(world.n_people + world.n_orders)
    _compiled(world)


@kernel
def _live(world: World) -> None:
    """Recruitment, what happened to venues and owners, what ends by itself, assistance; then a count by venue."""
    recruit(world)
    leave(world)
    be_taken(world)
    assist(world, advance(world))
    count_by_venue(world)


_compiled = direct(_live)
PHASE = Phase(
    name="people",
    question="Who is recruited, exploited, identified, assisted, returned, or trafficked again?",
    run=run,
    draws=(
        Decision.RECRUIT,
        Decision.PERSON_THRESHOLD,
        Decision.PERSON_DESTINATION,
        Decision.PERSON_VENUE,
        Decision.PERSON_FOUND,
        Decision.PERSON_ASSISTANCE,
        Decision.PERSON_TESTIMONY,
        Decision.OWNER_PERSON,
        Decision.OWNER_RELEASE,
        Decision.TRANSFER,
    ),
)
