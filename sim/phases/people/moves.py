"""Phase 6, people: what entering a state means, and where a person goes when a venue is no longer there.

Every change of state passes through ``enter``, so histories, keys and counts stay consistent. Persons are never
deleted; those at risk are whole numbers per place, and both together are conserved.
"""

from __future__ import annotations

import numpy as np

from sim.phases.people import hazards, places
from sim.rng import Decision, number, uniforms
from sim.world.person_states import (
    ESCAPED,
    IDENTIFIED,
    IN_VENUE,
    KEYS_PER_ORIGIN,
    PRIVATE,
    RECRUITED,
    RELEASED,
)
from sim.world.state import World

OWNER_RELEASE = number(Decision.OWNER_RELEASE)
ENTRY_FLOWS = {
    "identified_persons": (IDENTIFIED,),
    "released_persons": (RELEASED, ESCAPED),
    "new_recruitments": (RECRUITED,),
}


def keys(world: World) -> tuple[np.ndarray, ...]:
    """What draws of persons are keyed by: origin cell and ordinal, step of recruitment, states entered so far."""
    people = world.people
    return world.origins.grid_cell, people.origin, people.week_recruited, people.ordinal, people.entries


def places_of_venues(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a choice among venues looks at: key, network and cell."""
    return world.venues.key, world.venues.network, world.venues.cell


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
    people.grow(world.n_people + len(orders.origin))
    first = world.n_people
    world.n_people = places.recruit(
        world.seed,
        world.step,
        first,
        (orders.origin, orders.venue),
        world.knobs.values("prevention", np.zeros(len(origins))),
        origins.grid_cell,
        origins.at_risk,
        origins.prevented,
        people.origin,
        people.ordinal,
        people.week_recruited,
        people.venue,
        people.cell,
    )
    rows = np.arange(first, world.n_people)
    enter_many(world, rows, np.full(len(rows), RECRUITED))


def leave_closed_venues(world: World) -> None:
    """What happens to persons when their venue was raided without warning or closes."""
    people, venues, p = world.people, world.venues, world.parameters.persons
    if not (np.count_nonzero(venues.is_raided) or np.count_nonzero(venues.is_closing)):
        return
    persons, states, found = places.leave_closed(
        world.seed,
        world.n_people,
        p.raid_identified_share,
        p.closure_release_share,
        keys(world),
        places_of_venues(world),
        venues.is_open,
        venues.is_raided,
        venues.is_closing,
        people.state,
        people.venue,
    )
    if found:
        world.count("persons_met_trafficked", found)
    enter_many(world, persons, states)


def find_places(world: World, persons: np.ndarray, destinations: np.ndarray) -> tuple[np.ndarray, np.ndarray, int, int]:
    """Persons who enter a state whose stay has ended, and which, after a venue was found for those who need one.

    Also how many were stopped on the way, and how many are trafficked again.
    """
    people, venues = world.people, world.venues
    found: tuple[np.ndarray, np.ndarray, int, int] = places.find_places(
        world.seed,
        persons,
        destinations,
        keys(world),
        places_of_venues(world),
        venues.is_open,
        venues.is_closing,
        people.state,
        people.venue,
        people.hazard,
    )
    return found


def private_owners(world: World) -> None:
    """Owners take a person from a venue of the cell where they are; owners whose tour has ended pass on or release."""
    _end_ownership(world)
    people, billets, venues, n = world.people, world.billets, world.venues, world.n_people
    owners = billets.wants_person.nonzero()[0]
    if not len(owners):
        return
    owners = owners[billets.sought[owners] > 0]
    for owner in owners[np.argsort(billets.key[owners])].tolist():  # whoever comes first must not depend on rows
        here = np.flatnonzero((people.state[:n] == IN_VENUE) & (people.cell[:n] == billets.cell[owner]))
        here = here[venues.is_open[people.venue[here]]] if len(here) else here
        if not len(here):
            continue
        own = world.origins.grid_cell[people.origin[here]] * KEYS_PER_ORIGIN + people.ordinal[here]
        draws = uniforms(world.seed, int(Decision.OWNER_PERSON), world.step, own, people.week_recruited[here])
        person = here[[int(np.argmin(draws))]]
        enter_many(world, person, np.full(1, PRIVATE))
        people.owner[person], people.owner_slot[person] = owner, billets.occupant[owner]


def _end_ownership(world: World) -> None:
    """Owners whose tour has ended pass the person on to a venue or release her."""
    people, billets, units, venues = world.people, world.billets, world.units, world.venues
    left = places.left_by_owner(
        world.n_people,
        people.state,
        people.owner,
        people.owner_slot,
        billets.unit,
        billets.occupant,
        units.first_billet,
        units.n_present,
    )
    if not len(left):
        return
    rows, states = places.rows_open(venues.is_open, venues.is_closing), np.full(len(left), RELEASED)
    for i, person in enumerate(left):
        venue = places.other_venue(world.seed, keys(world), rows, places_of_venues(world), person, -1)
        draw = places.stay_uniform(world.seed, OWNER_RELEASE, keys(world), person, 0)
        if venue >= 0 and draw < world.parameters.persons.passed_on_share:
            people.venue[person], states[i] = venue, IN_VENUE
    enter_many(world, left, states)
