"""Phase 6, people: which venue a person is brought to, who leaves a raided or closing one, and who gets assistance.

Compiled rules for one person at a time. They say which state comes next; ``moves`` lets it begin.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import logistic, mean_where, total
from sim.phases.people.hazards import DECIDES_ON_ASSISTANCE, RETRAFFICKED, TRANSFERRED, person_uniform, pick_venue
from sim.rng import Decision, number, uniform
from sim.world.person_states import (
    ASSISTED,
    IDENTIFIED,
    IN_TRANSIT,
    IN_VENUE,
    KEYS_PER_ORIGIN,
    PRIVATE,
    RECRUITED,
    RELEASED,
    UNASSISTED,
)

STAYS = -1  # not a state: the present stay goes on
_RECRUIT, _FOUND, _TRANSFER = number(Decision.RECRUIT), number(Decision.PERSON_FOUND), number(Decision.TRANSFER)
_ASSISTANCE, _TESTIMONY = number(Decision.PERSON_ASSISTANCE), number(Decision.PERSON_TESTIMONY)


@kernel
def stay_uniform(seed, decision, keys, person, sub):
    """Keyed draw of a person in the present stay."""
    origin_id, origin, recruited, ordinal, entries = keys
    sub = entries[person] * 4 + sub
    return person_uniform(seed, decision, recruited[person], origin_id[origin[person]], ordinal[person], sub)


@kernel
def rows_open(is_open, is_closing):
    """Rows of venues that are open and stay so."""
    rows, n = np.empty(is_open.size, np.int64), 0
    for v in range(is_open.size):
        if is_open[v] and is_closing[v] == 0:
            rows[n] = v
            n += 1
    return rows[:n]


@kernel
def other_venue(seed, keys, rows, venues, person, exclude):
    """Another open venue for a person: of the same network if there is one, else in the same cell, else anywhere; -1 if none.

    The choice among equals is the venue with the lowest draw keyed by person and venue.
    """
    origin_id, origin, recruited, ordinal, entries = keys
    key, network, cell = venues
    sub = (recruited[person] * 64 + entries[person]) % 2**31
    own = origin_id[origin[person]] * KEYS_PER_ORIGIN + ordinal[person]
    return pick_venue(seed, sub, own, rows, key, network, cell, exclude)


@kernel
def find_places(seed, persons, destinations, keys, venues, is_open, is_closing, state, venue, hazard):
    """Persons who enter a state now, and which; those who come to a venue are given one first.

    A transferred or arriving person is released where no venue is open; a returned one is then not trafficked again. Those
    who decide on assistance enter no state here. Also counts persons stopped on the way and trafficked again.
    """
    entering, states, n = np.empty_like(persons), np.empty_like(persons), 0
    rows, n_stopped, n_again = rows_open(is_open, is_closing), 0, 0
    for i in range(persons.size):
        p, enters = persons[i], destinations[i]
        if enters == DECIDES_ON_ASSISTANCE:
            continue
        if enters == TRANSFERRED:
            venue[p] = other_venue(seed, keys, rows, venues, p, venue[p])
            enters = IN_VENUE if venue[p] >= 0 else RELEASED
        elif enters == IN_VENUE:
            if venue[p] < 0 or not is_open[venue[p]]:
                venue[p] = other_venue(seed, keys, rows, venues, p, -1)
            enters = IN_VENUE if venue[p] >= 0 else RELEASED
        elif enters == RETRAFFICKED:
            found = other_venue(seed, keys, rows, venues, p, -1)
            if found < 0:
                hazard[p] = 0.0
                continue
            venue[p], enters = found, RECRUITED
            n_again += 1
        elif enters == IDENTIFIED:
            n_stopped += state[p] == IN_TRANSIT
        entering[n], states[n] = p, enters
        n += 1
    return entering[:n], states[:n], n_stopped, n_again


@kernel
def leave_closed(seed, n, p_found, p_released, keys, venues, is_open, is_raided, is_closing, state, venue):
    """Who leaves a raided or closing venue for which state, and how many were found; who was on the way there is redirected."""
    persons, states, leaving, found = np.empty(n, np.int64), np.empty(n, np.int64), 0, 0
    rows = rows_open(is_open, is_closing)
    for i in range(n):
        v = venue[i]
        if v < 0 or state[i] > IN_VENUE or not (is_raided[v] or is_closing[v] > 0):
            continue
        if state[i] != IN_VENUE:
            if is_closing[v] > 0:
                venue[i] = other_venue(seed, keys, rows, venues, i, v)
            continue
        persons[leaving], states[leaving] = i, STAYS
        if is_raided[v] and stay_uniform(seed, _FOUND, keys, i, 0) < p_found:
            states[leaving] = IDENTIFIED
            found += 1
        elif is_closing[v] > 0:
            states[leaving] = RELEASED
            if stay_uniform(seed, _TRANSFER, keys, i, 0) >= p_released:
                venue[i] = other_venue(seed, keys, rows, venues, i, v)
                states[leaving] = IN_VENUE if venue[i] >= 0 else RELEASED
        leaving += states[leaving] != STAYS
    return persons[:leaving], states[:leaving], found


@kernel
def recruit(
    seed, step, first, orders, prevention, grid_cell, at_risk, prevented, origin, ordinal, recruited, venue, cell
):
    """Write a person for each order that neither an empty place nor prevention stops; returns the row after the last."""
    order_origin, order_venue = orders
    used, row = np.zeros(at_risk.size, np.int64), first
    for i in range(order_origin.size):
        o = order_origin[i]
        nth = used[o]
        used[o] += 1
        if at_risk[o] == 0:
            continue
        at_risk[o] -= 1
        key = grid_cell[o] * KEYS_PER_ORIGIN + nth
        if prevention[o] > 0.0 and uniform(seed, _RECRUIT, step, key) < prevention[o]:
            prevented[o] += 1
            continue
        origin[row], ordinal[row], recruited[row] = o, nth, step
        venue[row], cell[row] = order_venue[i], -1
        row += 1
    return row


@kernel
def left_by_owner(n, state, owner, owner_slot, unit, occupant, first_billet, n_present):
    """Persons in private hands whose owner's tour has ended."""
    persons, n_left = np.empty(n, np.int64), 0
    for i in range(n):
        if state[i] == PRIVATE:
            b = owner[i]
            present = b - first_billet[unit[b]] < n_present[unit[b]]
            if not (present and occupant[b] == owner_slot[i]):
                persons[n_left] = i
                n_left += 1
    return persons[:n_left]


@kernel
def assist(seed, seekers, uptake, self_referral, places, keys, state):
    """State of each person who decides on assistance: accepted or sought, then given in order of a draw while places last."""
    states, waiting, n_waiting = np.full(seekers.size, UNASSISTED), np.empty(seekers.size, np.float64), 0
    for i in range(seekers.size):
        waiting[i] = 2.0  # beyond every draw
        chance = uptake if state[seekers[i]] == IDENTIFIED else self_referral
        if stay_uniform(seed, _ASSISTANCE, keys, seekers[i], 0) < chance:
            waiting[i] = stay_uniform(seed, _ASSISTANCE, keys, seekers[i], 1)
            n_waiting += 1
    for _ in range(min(n_waiting, places)):
        nearest = np.argmin(waiting)
        states[nearest], waiting[nearest] = ASSISTED, 2.0
    return states


@kernel
def testify(seed, seekers, states, terms, keys, cell, country, trust, ties, is_active, will_testify):
    """Decide which assisted persons are willing to testify: protection, trust, and threat by networks with ties."""
    intercept, by_protection, trust_weight, threat_weight = terms
    threat = mean_where(ties, is_active)
    for i in range(seekers.size):
        if states[i] == ASSISTED:
            p = seekers[i]
            trusting = trust[country[cell[p]]] if cell[p] >= 0 else total(trust) / trust.size
            log_odds = intercept + by_protection + trust_weight * trusting - threat_weight * threat
            will_testify[p] = stay_uniform(seed, _TESTIMONY, keys, p, 0) < logistic(log_odds)
