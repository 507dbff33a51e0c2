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
    p, per_week = world.parameters.persons.identification_per_week, assistance_places(world) / world.dt
    often = supposing(world, {"persons.identification_per_week": 2.0 * p})
    now, places, found = (
        step_probability(float(identification_hazard(one, rate)), 1.0)
        for one, rate in ((world, per_week), (world, 2.0 * per_week), (often, per_week))
    )
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
