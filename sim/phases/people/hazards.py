"""Phase 6, people: competing hazards between the states of trafficked persons.

Each stay in a state carries one Exp(1) threshold; when the cumulative hazard passes it, the person leaves, and a second
keyed draw picks where to in proportion to the hazards. This is exact when the step changes.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.knobs import with_probability
from sim.numerics import exp, total
from sim.phases.people.assistance import assistance_places
from sim.phases.people.moves import bring, enter, other_venue, person_uniform
from sim.rng import Decision, number
from sim.tables import Ints, Reals
from sim.world.person_states import (
    ASSISTED,
    ESCAPED,
    IDENTIFIED,
    IN_TRANSIT,
    IN_VENUE,
    MOVED,
    PRIVATE,
    RECRUITED,
    RELEASED,
    RESETTLED,
    RETURNED,
    STATES,
    STAYED,
    UNASSISTED,
)
from sim.world.state import World

DECIDES_ON_ASSISTANCE = 100  # not a state: an escaped, released or identified person now seeks assistance or does not
TRANSFERRED = 101  # not a state: moved to another venue of the mission area
RETRAFFICKED = 102  # not a state: recruited again
FORGOTTEN = 6.0  # memories after which the risk of a return is nothing
EARLIEST, SMALLEST_RATE = 1e-9, 1e-300
DEPARTURE, FOUND, ESCAPE, RELEASE, MOVE, EXIT_ABROAD, DECISION, LEAVE_ASSISTANCE, LEAVE_ALONE = range(9)
N_RATES, N_STATES = 9, len(STATES)

_DESTINATION = number(Decision.PERSON_DESTINATION)


@kernel
def weekly_rates(world: World) -> Reals:
    """Weekly hazards by what ends a stay, from departure to the end of being unassisted, shape (9,)."""
    p, knobs, rates = world.parameters, world.effects, np.empty(N_RATES)
    rates[DEPARTURE] = 1.0 / p.recruitment.preparation_weeks
    rates[FOUND] = identification_hazard(world, assistance_places(world) / world.dt)
    rates[ESCAPE] = p.persons.escape_per_week * knobs.escape
    rates[RELEASE] = p.persons.release_per_week
    rates[MOVE] = p.persons.move_per_week
    rates[EXIT_ABROAD] = p.persons.abroad_exit_per_week
    rates[DECISION] = 1.0 / p.persons.decision_weeks
    rates[LEAVE_ASSISTANCE] = 1.0 / p.persons.assistance_weeks
    rates[LEAVE_ALONE] = 1.0 / p.persons.unassisted_weeks
    return rates


@kernel
def identification_hazard(world: World, places_per_week: float) -> float:
    """Weekly hazard of being identified: outreach, at most what places allow per person exploited, and contact with police.

    Contact with police grows with host capacity.
    """
    p, capacity, n = world.parameters, world.countries.host_capacity, _n_exploited(world)
    hazard = p.persons.identification_per_week * world.effects.identification
    police = (1.0 - p.assistance.outreach_share) * total(capacity) / len(capacity) / p.host_capacity.reference
    outreach = p.assistance.outreach_share * hazard
    able = places_per_week / max(p.persons.uptake, EARLIEST)
    return (min(outreach, able / n) if n > 0 else outreach) + police * hazard


@kernel
def _n_exploited(world: World) -> int:
    """Persons exploited in the mission area now."""
    state, n = world.people.state, 0
    for i in range(world.n_people):
        n += state[i] == IN_VENUE or state[i] == PRIVATE
    return n


@kernel
def p_intercepted(world: World, origin: int) -> float:
    """Chance of being stopped on the way from a place of origin and identified."""
    stopped = world.inputs.origin_interception[world.step, world.origins.country_row[origin]]
    return with_probability(stopped, world.effects.interception[origin])


@kernel
def retrafficking_hazard(world: World) -> float:
    """Weekly hazard of being trafficked again right after a return without assistance."""
    p = world.parameters
    return p.persons.retrafficking_per_week * world.effects.retrafficking if p.switches.retrafficking else 0.0


@kernel
def retrafficking_by_age(world: World) -> Reals:
    """Hazard of being trafficked again by steps since the return; it fades, and is nothing where the table ends."""
    fresh, memory, n = retrafficking_hazard(world), world.parameters.persons.retrafficking_memory_weeks, 0
    while n <= world.step and n * world.dt <= FORGOTTEN * memory:
        n += 1
    hazard = np.empty(n)
    for age in range(n):
        hazard[age] = fresh * exp(-(age * world.dt) / memory)
    return hazard


@kernel
def _stay_hazards(rates: Reals) -> Reals:
    """Weekly hazard that a stay ends, all ways together, by state; 0 for states that do not end or not at one rate."""
    hazard = np.zeros(N_STATES)
    hazard[RECRUITED] = rates[DEPARTURE]
    hazard[IN_VENUE] = rates[FOUND] + rates[ESCAPE] + rates[RELEASE] + rates[MOVE]
    hazard[PRIVATE] = rates[FOUND] + rates[ESCAPE]
    hazard[MOVED] = rates[EXIT_ABROAD]
    hazard[ESCAPED] = hazard[IDENTIFIED] = hazard[RELEASED] = rates[DECISION]
    hazard[ASSISTED], hazard[UNASSISTED] = rates[LEAVE_ASSISTANCE], rates[LEAVE_ALONE]
    return hazard


@kernel
def _destination(world: World, rates: Reals, hazard: float, person: int) -> int:
    """Where a person whose stay ends goes to, in proportion to the hazards or by the shares of each way."""
    p, people = world.parameters.persons, world.people
    state, u = people.state[person], person_uniform(world, _DESTINATION, person, people.entries[person])
    if state == RECRUITED:
        return IN_TRANSIT
    if state == IN_TRANSIT:
        return IDENTIFIED if u < p_intercepted(world, people.origin[person]) else IN_VENUE
    if state == IN_VENUE or state == PRIVATE:
        return _end_of_exploitation(world, rates, u * hazard)
    if state == MOVED:
        return RETURNED
    if state == ASSISTED and u < p.resettled_share:
        return RESETTLED
    if state == ASSISTED or state == UNASSISTED:
        stayed = p.stayed_share if state == UNASSISTED else p.resettled_share + p.stayed_share
        return STAYED if u < stayed else RETURNED
    return RETRAFFICKED if state == RETURNED or state == STAYED else DECIDES_ON_ASSISTANCE


@kernel
def _end_of_exploitation(world: World, rates: Reals, x: float) -> int:
    """How exploitation ends, x lying on the hazards of each way laid end to end."""
    found, escape, release = rates[FOUND], rates[ESCAPE], rates[RELEASE]
    if x < found:
        return IDENTIFIED
    if x < found + escape:
        return ESCAPED
    if x < found + escape + release:
        return RELEASED
    left = (x - found - escape - release) / max(rates[MOVE], SMALLEST_RATE)
    return MOVED if left < world.parameters.persons.move_abroad_share else TRANSFERRED


@kernel
def advance(world: World) -> Ints:
    """Add a step's hazard to every stay; who has passed the threshold moves on. Returns those who decide on assistance."""
    people, route, support = world.people, world.parameters.recruitment, world.parameters.persons.support_protection
    rates, by_age = weekly_rates(world), retrafficking_by_age(world)
    by_state, seekers, n = _stay_hazards(rates), np.empty(world.n_people, np.int64), 0
    for i in range(world.n_people):
        state = people.state[i]
        hazard = by_state[state]
        if state == RETURNED or state == STAYED:
            age = world.step - people.state_step[i]
            again = by_age[age] if age < by_age.size else 0.0
            hazard = again * (1.0 - support * people.was_assisted[i])
        elif state == IN_TRANSIT:
            route_km = world.origins.route_km[people.origin[i]]
            hazard = 1.0 / (route.transit_weeks + route_km / route.transit_km_per_week)
        people.hazard[i] += hazard * world.dt
        if people.hazard[i] < people.threshold[i]:
            continue
        destination = _destination(world, rates, hazard, i)
        if destination == DECIDES_ON_ASSISTANCE:
            seekers[n] = i
            n += 1
        else:
            _go(world, i, destination)
    return seekers[:n]


@kernel
def _go(world: World, person: int, destination: int) -> None:
    """Enter the next state. Without an open venue who arrives or is moved is free, and nobody is trafficked again."""
    people, flows = world.people, world.flows
    v = people.venue[person]
    if destination == TRANSFERRED:
        bring(world, person, v)
    elif destination == IN_VENUE and (v < 0 or not world.venues.is_open[v]):
        bring(world, person, -1)
    elif destination == RETRAFFICKED:
        found = other_venue(world, person, -1)
        if found < 0:
            people.hazard[person] = 0.0
            return
        people.venue[person] = found
        flows.retrafficked_persons += 1.0
        enter(world, person, RECRUITED)
    else:
        if destination == IDENTIFIED and people.state[person] == IN_TRANSIT:
            flows.intercepted_persons += 1.0
        enter(world, person, destination)
