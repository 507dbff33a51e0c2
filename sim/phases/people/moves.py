"""Phase 6, people: what entering a state means, and where a person goes when a venue is no longer there.

Every change of state passes through ``enter``, so histories, keys and counts stay consistent. Persons are never
deleted; those at risk are whole numbers per place, and both together are conserved.
"""

from __future__ import annotations

import numpy as np

from sim.phases.people import hazards
from sim.rng import Decision, uniform, uniforms
from sim.world.person_states import (
    ESCAPED,
    IDENTIFIED,
    IN_TRANSIT,
    IN_VENUE,
    KEYS_PER_ORIGIN,
    PRIVATE,
    RECRUITED,
    RELEASED,
)
from sim.world.state import World

ENTRY_FLOWS = {
    "identified_persons": (IDENTIFIED,),
    "released_persons": (RELEASED, ESCAPED),
    "new_recruitments": (RECRUITED,),
}


def person_key(world: World, person: int) -> int:
    """Key of a person: origin cell and ordinal; with the recruitment step it is unique."""
    people = world.people
    return int(world.origins.grid_cell[people.origin[person]]) * KEYS_PER_ORIGIN + int(people.ordinal[person])


def draw(world: World, decision: Decision, person: int, sub: int = 0) -> float:
    """Keyed draw of a person in the present stay."""
    people = world.people
    sub = int(people.entries[person]) * 4 + sub
    return uniform(world.seed, int(decision), int(people.week_recruited[person]), person_key(world, person), 0, sub)


def enter(world: World, person: int, state: int) -> None:
    """Move one person to a state; see ``enter_many``."""
    enter_many(world, np.array([person]), np.array([state]))


def enter_many(world: World, persons: np.ndarray, states: np.ndarray) -> None:
    """Move persons to states: new stays, new thresholds, and a place where the state has one."""
    if not len(persons):
        return
    people = world.people
    entered = hazards.begin_stay(
        world.seed,
        world.step,
        persons,
        states,
        world.origins.grid_cell,
        world.venues.cell,
        people.origin,
        people.week_recruited,
        people.ordinal,
        people.state,
        people.entries,
        people.state_step,
        people.hazard,
        people.threshold,
        people.venue,
        people.cell,
        people.owner,
        people.owner_slot,
        people.spell,
        people.was_assisted,
    ).tolist()
    for flow, counted in ENTRY_FLOWS.items():
        n = sum(entered[state] for state in counted)
        if n:
            world.count(flow, n)


def recruit(world: World) -> None:
    """Turn this step's orders into persons: prevention stops some, the rest leave risk and are recruited."""
    people, origins, orders = world.people, world.origins, world.orders
    if not len(orders.origin):
        return
    prevention = world.knobs.values("prevention", np.zeros(len(origins)))
    used: dict[int, int] = {}
    people.grow(world.n_people + len(orders.origin))
    first = world.n_people
    for origin, venue in zip(orders.origin.tolist(), orders.venue.tolist(), strict=True):
        ordinal = used.get(origin, 0)
        used[origin] = ordinal + 1
        if origins.at_risk[origin] == 0:
            continue
        origins.at_risk[origin] -= 1
        if prevention[origin] > 0.0:
            key = int(origins.grid_cell[origin]) * KEYS_PER_ORIGIN + ordinal
            if uniform(world.seed, int(Decision.RECRUIT), world.step, key) < prevention[origin]:
                origins.prevented[origin] += 1
                continue
        row = world.n_people
        world.n_people += 1
        people.origin[row], people.ordinal[row], people.week_recruited[row] = origin, ordinal, world.step
        people.venue[row], people.cell[row] = venue, -1
    rows = np.arange(first, world.n_people)
    enter_many(world, rows, np.full(len(rows), RECRUITED))


def other_venue(world: World, person: int, exclude: int) -> int:
    """Another open venue for a person: of the same network if there is one, else in the same cell, else anywhere; -1 if none.

    The choice among equals is the venue with the lowest draw keyed by person and venue.
    """
    venues, people = world.venues, world.people
    sub = (int(people.week_recruited[person]) * 64 + int(people.entries[person])) % 2**31
    rows = (venues.is_open & (venues.is_closing == 0)).nonzero()[0]
    return int(
        hazards.pick_venue(
            world.seed, sub, person_key(world, person), rows, venues.key, venues.network, venues.cell, exclude
        )
    )


def transfer(world: World, person: int) -> None:
    """Move an exploited person to another venue, or release her where there is none."""
    venue = other_venue(world, person, int(world.people.venue[person]))
    if venue < 0:
        enter(world, person, RELEASED)
        return
    world.people.venue[person] = venue
    enter(world, person, IN_VENUE)


def leave_closed_venues(world: World) -> None:
    """What happens to persons when their venue was raided without warning or closes."""
    people, venues, p = world.people, world.venues, world.parameters.persons
    if not (np.count_nonzero(venues.is_raided) or np.count_nonzero(venues.is_closing)):
        return
    n = world.n_people
    there = (people.state[:n] == IN_VENUE) & (people.venue[:n] >= 0)
    place = np.maximum(people.venue[:n], 0)
    for person in np.flatnonzero(there & (venues.is_raided[place] | (venues.is_closing[place] > 0))).tolist():
        venue = int(people.venue[person])
        if venues.is_raided[venue] and draw(world, Decision.PERSON_FOUND, person) < p.raid_identified_share:
            world.count("persons_met_trafficked", 1.0)
            enter(world, person, IDENTIFIED)
            continue
        if venues.is_closing[venue] > 0:
            if draw(world, Decision.TRANSFER, person) < p.closure_release_share:
                enter(world, person, RELEASED)
            else:
                transfer(world, person)
    redirect = (people.state[:n] <= IN_TRANSIT) & (people.venue[:n] >= 0) & (venues.is_closing[place] > 0)
    for person in np.flatnonzero(redirect).tolist():
        people.venue[person] = other_venue(world, person, int(people.venue[person]))


def private_owners(world: World) -> None:
    """Owners take a person from a venue of the cell where they are; owners whose tour has ended pass on or release."""
    people, billets, venues = world.people, world.billets, world.venues
    n = world.n_people
    for person in (people.state[:n] == PRIVATE).nonzero()[0].tolist():
        owner = int(people.owner[person])
        unit = int(billets.unit[owner])
        present = owner - world.units.first_billet[unit] < world.units.n_present[unit]
        if present and billets.occupant[owner] == people.owner_slot[person]:
            continue
        venue = other_venue(world, person, -1)
        if venue >= 0 and draw(world, Decision.OWNER_RELEASE, person) < world.parameters.persons.passed_on_share:
            people.venue[person] = venue
            enter(world, person, IN_VENUE)
        else:
            enter(world, person, RELEASED)
    owners = billets.wants_person.nonzero()[0]
    if not len(owners):
        return
    owners = owners[billets.sought[owners] > 0]
    for owner in owners[np.argsort(billets.key[owners])].tolist():  # whoever comes first must not depend on rows
        here = np.flatnonzero((people.state[:n] == IN_VENUE) & (people.cell[:n] == billets.cell[owner]))
        here = here[venues.is_open[people.venue[here]]] if len(here) else here
        if not len(here):
            continue
        keys = np.array([person_key(world, int(person)) for person in here])
        draws = uniforms(world.seed, int(Decision.OWNER_PERSON), world.step, keys, people.week_recruited[here])
        person = int(here[int(np.argmin(draws))])
        enter(world, person, PRIVATE)
        people.owner[person], people.owner_slot[person] = owner, billets.occupant[owner]
