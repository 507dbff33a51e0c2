"""Words of trafficked persons: the way so far, and what would have changed a person's state, with its chances.

There are no names, ages or looks in the model, and none are invented here. Chances come from the model's own rules asked
again with one input changed.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.agents.persons import TraffickedPerson
from sim.explain.supposed import supposing
from sim.explain.words import counted, percent, said
from sim.numerics import ratio, step_probability
from sim.phases.people import hazards as of_persons
from sim.phases.people import p_intercepted, retrafficking_hazard, weekly_rates
from sim.world import person_states as at
from sim.world.state import World

ONE_IN_TEN = 0.1
IDENTIFICATION, ESCAPE, RELEASE = 1, 2, 3  # positions in ``weekly_rates``

STATE_WORDS: dict[str, str] = {
    "recruited": "has been recruited and has not left yet",
    "in_transit": "is in transit",
    "exploited_venue": "is exploited in a venue",
    "exploited_private": "is exploited by a private owner",
    "moved": "has been moved out of the mission area and is exploited elsewhere",
    "escaped": "has escaped",
    "identified": "has been identified as a trafficked person",
    "released": "has been released",
    "assisted": "is being assisted",
    "unassisted": "is free, without assistance",
    "returned": "has returned",
    "resettled": "has resettled",
    "stayed": "has stayed in the mission area",
}


def of_person(agent: TraffickedPerson, way: str = "") -> str:
    """The way so far in words, with a dated one where the run was written down, and what would have changed the state."""
    world = agent.model.world
    where = "inside the mission area" if agent.is_local else "abroad"
    again = "once" if agent.times_recruited == 1 else f"{agent.times_recruited} times"
    parts = [
        f"Person {agent.number}, from {agent.origin_country}, was first recruited {where} in week "
        f"{agent.recruited_week:.0f}, and {STATE_WORDS[agent.state]}, since week {agent.state_week:.0f}.",
        f"So far recruited {again} and exploited for {counted(round(agent.weeks_exploited), 'week')} in the mission area.",
    ]
    if agent.was_assisted:
        parts.append(f"Assisted since then; {'willing' if agent.will_testify else 'not willing'} to testify.")
    otherwise = said(_OF_STATE[int(world.people.state[agent.row])](world, agent.row))
    return " ".join([*parts, *([way] if way else []), otherwise])


EXITS: dict[int, tuple[int, ...]] = {  # positions in ``weekly_rates`` of what ends a stay
    at.RECRUITED: (0,), at.IN_VENUE: (1, 2, 3, 4), at.PRIVATE: (1, 2), at.MOVED: (5,), at.ESCAPED: (6,),
    at.IDENTIFIED: (6,), at.RELEASED: (6,), at.ASSISTED: (7,), at.UNASSISTED: (8,),
}  # fmt: skip


def total_hazard(world: World, person: int) -> float:
    """Weekly hazard that a person's present stay ends, all ways together."""
    p, people, state = world.parameters, world.people, int(world.people.state[person])
    if state in EXITS:
        return float(sum(weekly_rates(world)[list(EXITS[state])]))
    if state == at.IN_TRANSIT:
        route_km = float(world.origins.route_km[people.origin[person]])
        return 1.0 / (p.recruitment.transit_weeks + route_km / p.recruitment.transit_km_per_week)
    if state in (at.RETURNED, at.STAYED):
        return again_hazard(world, person, bool(people.was_assisted[person]))
    return 0.0


def again_hazard(world: World, person: int, was_assisted: bool) -> float:
    """Weekly hazard of being trafficked again, with or without assistance before; it fades with time since the return."""
    p, age = world.parameters.persons, int(world.step - world.people.state_step[person])
    by_age = of_persons.retrafficking_by_age(world)
    return float(by_age[age]) * (1.0 - p.support_protection * was_assisted) if age < by_age.size else 0.0


def chance_of(world: World, person: int, way: int) -> float:
    """Chance that an exploited person's stay ends within a week in one way, a position in ``weekly_rates``."""
    hazard = total_hazard(world, person)
    return ratio(float(weekly_rates(world)[way]), hazard) * step_probability(hazard, 1.0)


def _week(world: World, person: int, slower: float = 1.0) -> str:
    """Chance in words that a stay ends within a week, at a hazard so many times slower."""
    return percent(step_probability(total_hazard(world, person) / slower, 1.0))


def _on_the_way(world: World, person: int) -> str:
    """Not yet arrived: being stopped and identified on the way."""
    stopped = p_intercepted(world, world.people.origin[person])
    share = 1.0 if world.people.state[person] == at.RECRUITED else step_probability(total_hazard(world, person), 1.0)
    when = "on the way to come" if share == 1.0 else "within a week"
    return (
        f"with {percent(ONE_IN_TEN)} more of those on this way stopped, this person would be identified {when} with a chance "
        f"of {percent(share * (stopped + (1.0 - stopped) * ONE_IN_TEN))} instead of {percent(share * stopped)}"
    )


def _exploited(world: World, person: int) -> str:
    """Exploited in the mission area: identification, as far as places for assistance allow."""
    p = world.parameters.persons.identification_per_week
    often = supposing(world, {"persons.identification_per_week": 2.0 * p})
    others = " and ".join(
        f"{percent(chance_of(world, person, way))} of {name}"
        for way, name in ((ESCAPE, "an escape"), (RELEASE, "a release"))
        if way in EXITS[int(world.people.state[person])]
    )
    now, other = (percent(chance_of(one, person, IDENTIFICATION)) for one in (world, often))
    return (
        f"were persons found twice as often, as far as places for assistance allow, the chance of being identified within a "
        f"week would be {other} instead of {now}, beside {others}"
    )


def _elsewhere(world: World, person: int) -> str:
    """Exploited outside the mission area."""
    return (
        f"outside the mission area nothing that is decided here reaches this person; the exploitation ends within a week with "
        f"a chance of {_week(world, person)}, and were such ends twice as frequent, of {_week(world, person, 0.5)}"
    )


def _deciding(world: World, person: int) -> str:
    """Free, and about to be offered or to seek assistance."""
    p, is_offered = world.parameters.persons, world.people.state[person] == at.IDENTIFIED
    name = "uptake" if is_offered else "self_referral"
    base = float(getattr(p, name))
    now, other = ((world.knobs.value(name, min(b, 1.0)) if is_offered else min(b, 1.0)) for b in (base, 2.0 * base))
    free = int(world.assistance_credit)
    taken = "accepted" if is_offered else "sought"
    return (
        f"assistance is {taken} with a chance of {percent(now)}, and would be with {percent(other)} were it {taken} twice as "
        f"often; it is given while there are places, and {free:,} {'is' if free == 1 else 'are'} free now"
    )


def _in_assistance(world: World, person: int) -> str:
    """In assistance: how long it lasts, and what it does to later risk."""
    return (
        f"assistance ends within a week with a chance of {_week(world, person)}, and would with {_week(world, person, 2.0)} "
        f"if it lasted twice as long; {_support(world, 'without it')}"
    )


def _support(world: World, how: str) -> str:
    """What assistance, or its absence, would do to the risk right after a return."""
    fresh, p = retrafficking_hazard(world), world.parameters.persons
    alone, after = (percent(step_probability(fresh * left, 1.0)) for left in (1.0, 1.0 - p.support_protection))
    would, instead = (after, alone) if how == "with assistance" else (alone, after)
    return (
        f"{how} the chance of being trafficked again in the week after a return would be {would} instead of {instead}"
    )


def _after(world: World, person: int) -> str:
    """Back or settled: the risk of being trafficked again, with and without assistance before."""
    was = bool(world.people.was_assisted[person])
    now, other = (percent(step_probability(again_hazard(world, person, one), 1.0)) for one in (was, not was))
    return (
        f"the chance of being trafficked again within a week is {now}, and {'without' if was else 'with'} assistance before "
        f"it would be {other}"
    )


_OF_STATE: dict[int, Callable[[World, int], str]] = {
    at.RECRUITED: _on_the_way, at.IN_TRANSIT: _on_the_way, at.IN_VENUE: _exploited, at.PRIVATE: _exploited,
    at.MOVED: _elsewhere, at.ESCAPED: _deciding, at.IDENTIFIED: _deciding, at.RELEASED: _deciding,
    at.ASSISTED: _in_assistance, at.UNASSISTED: lambda world, person: _support(world, "with assistance"),
    at.RETURNED: _after, at.STAYED: _after,
    at.RESETTLED: lambda world, person: "nothing; in the model no risk reaches a person who has resettled",
}  # fmt: skip
