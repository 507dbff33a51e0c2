"""Words of organisations that assist: places and their use, and what more places or more findings would do."""

from __future__ import annotations

from sim.explain.supposed import supposing
from sim.explain.words import percent, said
from sim.institutions.ngo import NGO
from sim.numerics import step_probability
from sim.phases.people import assistance_places, identification_hazard
from sim.world.person_states import ASSISTED
from sim.world.state import World


def of_ngo(agent: NGO) -> str:
    """Capacity and use in words."""
    world = agent.model.world
    assisted = int((world.people.state[: world.n_people] == ASSISTED).sum())
    return (
        f"Assistance: places for {agent.places_per_month:.0f} new persons a month (full scale); "
        f"{assisted} persons in assistance in this run. {_more_places(world)}"
    )


def _more_places(world: World) -> str:
    """What more places, or finding persons more often, would do."""
    free = int(world.assistance_credit)
    now, places, found = identified_within_a_week(world)
    start = f"{free:,} place{'' if free == 1 else 's'} free at the end of this step"
    if places > now:
        return said(
            f"{start}; with twice the places outreach could go further, and {percent(places)} instead of {percent(now)} of "
            "the persons exploited would be identified within a week"
        )
    return said(
        f"{start}; places do not limit outreach, and with twice as many still {percent(now)} of the persons exploited "
        f"would be identified within a week, but with persons found twice as often {percent(found)}"
    )


def identified_within_a_week(world: World) -> tuple[float, float, float]:
    """Chance of an exploited person to be identified in a week: now, with twice the places, and if found twice as often."""
    per_week = assistance_places(world) / world.dt
    p = world.parameters.persons.identification_per_week
    often = supposing(world, {"persons.identification_per_week": 2.0 * p})
    hazards = (
        identification_hazard(world, per_week),
        identification_hazard(world, 2.0 * per_week),
        identification_hazard(often, per_week),
    )
    now, places, found = (step_probability(float(hazard), 1.0) for hazard in hazards)
    return now, places, found
