"""Phase 6, people: what entering a state means, who enters one at once, and where a person goes when a venue is gone.

Every change of state passes through ``enter``, so histories, keys and counts stay consistent. Persons are never deleted;
those at risk are whole numbers per place, and both together are conserved. No person's move depends on another's, but for
what an owner takes, so each moves when its row is reached.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.knobs import with_probability
from sim.numerics import log
from sim.rng import Decision, number, uniform
from sim.tables import Ints
from sim.world.person_states import (
    ESCAPED,
    IDENTIFIED,
    IN_TRANSIT,
    IN_VENUE,
    KEYS_PER_ORIGIN,
    MOVED,
    PRIVATE,
    RECRUITED,
    RELEASED,
    RESETTLED,
    RETURNED,
)
from sim.world.state import World

DRAWS_PER_STAY = 4
SAME_NETWORK, SAME_CELL, ANYWHERE, NOWHERE = range(4)  # how near another venue is to the one that is left
STAYS_PER_STEP, SUBKEYS = 64, 2**31  # of keys of choices among venues
BEYOND_DRAWS = 2.0
_RECRUIT, _THRESHOLD = number(Decision.RECRUIT), number(Decision.PERSON_THRESHOLD)
_VENUE, _FOUND, _TRANSFER = number(Decision.PERSON_VENUE), number(Decision.PERSON_FOUND), number(Decision.TRANSFER)
_TAKEN, _PASSED_ON = number(Decision.OWNER_PERSON), number(Decision.OWNER_RELEASE)


@kernel
def key_of(world: World, person: int) -> int:
    """What tells a person from others recruited in the same step: cell of origin and ordinal."""
    people = world.people
    return world.origins.grid_cell[people.origin[person]] * KEYS_PER_ORIGIN + people.ordinal[person]


@kernel
def person_uniform(world: World, decision: int, person: int, sub: int) -> float:
    """Keyed draw of one person: key and step of recruitment; ``sub`` counts states entered."""
    return uniform(world.seed, decision, world.people.week_recruited[person], key_of(world, person), 0, sub)


@kernel
def stay_uniform(world: World, decision: int, person: int, nth: int) -> float:
    """The nth keyed draw of a person for a decision within the present stay."""
    return person_uniform(world, decision, person, world.people.entries[person] * DRAWS_PER_STAY + nth)


@kernel
def enter(world: World, person: int, state: int) -> None:
    """Begin a stay: a new threshold, place and owner where the state has them, history; counts who is taken or free."""
    people, flows = world.people, world.flows
    people.state[person] = state
    people.entries[person] += 1
    people.state_step[person] = world.step
    people.hazard[person] = 0.0
    people.threshold[person] = -log(person_uniform(world, _THRESHOLD, person, people.entries[person]))
    if state > IN_VENUE:
        people.venue[person] = -1
    if state == IN_VENUE:
        people.cell[person] = world.venues.cell[people.venue[person]]
        people.was_assisted[person] = False
    elif state == MOVED or state == RETURNED or state == RESETTLED:
        people.cell[person] = -1
    if state != PRIVATE:
        people.owner[person] = people.owner_slot[person] = -1
    if state == RECRUITED:
        people.spell[person] += 1
        flows.new_recruitments += 1.0
    elif state == IDENTIFIED:
        flows.identified_persons += 1.0
    elif state == RELEASED or state == ESCAPED:
        flows.released_persons += 1.0


@kernel
def other_venue(world: World, person: int, left: int) -> int:
    """Another open venue for a person: of the network of the venue left, else in its cell, else anywhere; -1 if none.

    The choice among equals is the venue with the lowest draw keyed by person and venue; ``left`` may be -1.
    """
    people, venues, key = world.people, world.venues, key_of(world, person)
    sub = (people.week_recruited[person] * STAYS_PER_STEP + people.entries[person]) % SUBKEYS
    best, nearest, lowest = -1, NOWHERE, BEYOND_DRAWS
    for v in range(len(venues)):
        if not venues.is_open[v] or venues.is_closing[v] > 0 or v == left:
            continue
        near = ANYWHERE
        if left >= 0 and venues.network[v] == venues.network[left]:
            near = SAME_NETWORK
        elif left >= 0 and venues.cell[v] == venues.cell[left]:
            near = SAME_CELL
        if near > nearest:
            continue
        draw = uniform(world.seed, _VENUE, sub, key, venues.key[v])
        if near < nearest or draw < lowest:
            best, nearest, lowest = v, near, draw
    return best


@kernel
def bring(world: World, person: int, left: int) -> None:
    """Bring a person to another venue, or let her go where none is open."""
    found = other_venue(world, person, left)
    world.people.venue[person] = found
    enter(world, person, IN_VENUE if found >= 0 else RELEASED)


@kernel
def recruit(world: World) -> None:
    """Turn this step's orders into persons: prevention stops some, the rest leave risk and are recruited."""
    if world.n_orders == 0:
        return
    people, origins, orders = world.people, world.origins, world.orders
    used = np.zeros(len(origins), np.int64)
    for i in range(world.n_orders):
        o, person = orders.origin[i], world.n_people
        nth = used[o]
        used[o] += 1
        if origins.at_risk[o] == 0:
            continue
        origins.at_risk[o] -= 1
        p_prevented = with_probability(0.0, world.effects.prevention[o])
        key = origins.grid_cell[o] * KEYS_PER_ORIGIN + nth
        if p_prevented > 0.0 and uniform(world.seed, _RECRUIT, world.step, key) < p_prevented:
            origins.prevented[o] += 1
            continue
        people.origin[person], people.ordinal[person], people.week_recruited[person] = o, nth, world.step
        people.venue[person], people.cell[person] = orders.venue[i], -1
        enter(world, person, RECRUITED)
        world.n_people += 1


@kernel
def leave(world: World) -> None:
    """Persons leave venues that were raided without warning or close, and owners whose tour has ended."""
    people = world.people
    for i in range(world.n_people):
        if people.state[i] == PRIVATE:
            if not _has_owner(world, i):
                _leave_owner(world, i)
        elif people.state[i] <= IN_VENUE and people.venue[i] >= 0:
            _leave_venue(world, i)


@kernel
def _leave_venue(world: World, person: int) -> None:
    """Who is there is found, released or brought elsewhere; who is on the way is redirected."""
    people, venues, p = world.people, world.venues, world.parameters.persons
    v = people.venue[person]
    is_raided, is_closing = venues.is_raided[v], venues.is_closing[v] > 0
    if people.state[person] != IN_VENUE:
        if is_closing:
            people.venue[person] = other_venue(world, person, v)
    elif is_raided and stay_uniform(world, _FOUND, person, 0) < p.raid_identified_share:
        enter(world, person, IDENTIFIED)
        world.flows.persons_met_trafficked += 1.0
    elif is_closing:
        if stay_uniform(world, _TRANSFER, person, 0) < p.closure_release_share:
            enter(world, person, RELEASED)
        else:
            bring(world, person, v)


@kernel
def _has_owner(world: World, person: int) -> bool:
    """Whether the peacekeeper who keeps a person is still there."""
    people, billets, units = world.people, world.billets, world.units
    b = people.owner[person]
    unit = billets.unit[b]
    is_present = b - units.first_billet[unit] < units.n_present[unit]
    return is_present and billets.occupant[b] == people.owner_slot[person]


@kernel
def _leave_owner(world: World, person: int) -> None:
    """An owner whose tour has ended passes the person on to a venue or releases her."""
    if stay_uniform(world, _PASSED_ON, person, 0) < world.parameters.persons.passed_on_share:
        bring(world, person, -1)
    else:
        enter(world, person, RELEASED)


@kernel
def be_taken(world: World) -> None:
    """Owners each take a person from an open venue of the cell where they are, one after the other by key."""
    people, billets = world.people, world.billets
    for b in _new_owners(world):
        taken, lowest = -1, BEYOND_DRAWS
        for i in range(world.n_people):
            is_here = people.state[i] == IN_VENUE and people.cell[i] == billets.cell[b]
            if is_here and world.venues.is_open[people.venue[i]]:
                draw = uniform(world.seed, _TAKEN, world.step, key_of(world, i), people.week_recruited[i])
                if draw < lowest:
                    taken, lowest = i, draw
        if taken >= 0:
            enter(world, taken, PRIVATE)
            people.owner[taken], people.owner_slot[taken] = b, billets.occupant[b]


@kernel
def _new_owners(world: World) -> Ints:
    """Billets of those who would take a person, in order of keys: who comes first must not depend on rows."""
    billets, seekers = world.billets, world.muster.seekers[: world.muster.n_seekers]
    owners, n = np.empty(seekers.size, np.int64), 0
    for b in seekers:
        if billets.wants_person[b] and billets.sought[b] > 0:
            place = n
            while place > 0 and billets.key[owners[place - 1]] > billets.key[b]:
                owners[place] = owners[place - 1]
                place -= 1
            owners[place] = b
            n += 1
    return owners[:n]


@kernel
def count_by_venue(world: World) -> None:
    """Count persons by venue, let them move with it, and add a step to every exploited person's history."""
    people, venues = world.people, world.venues
    venues.persons[:] = 0
    venues.inbound[:] = 0
    for i in range(world.n_people):
        state, v = people.state[i], people.venue[i]
        if state == IN_VENUE:
            venues.persons[v] += 1
            people.cell[i] = venues.cell[v]
            people.exploited_steps[i] += 1
        elif state == PRIVATE:
            people.exploited_steps[i] += 1
        elif (state == RECRUITED or state == IN_TRANSIT) and v >= 0:
            venues.inbound[v] += 1
