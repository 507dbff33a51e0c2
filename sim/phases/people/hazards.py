"""Phase 6, people: competing hazards between the states of trafficked persons, as one compiled rule.

Each stay in a state carries one Exp(1) threshold; when the cumulative hazard passes it, the person leaves, and a second
keyed draw picks where to in proportion to the hazards. This is exact when the step changes.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.numerics import exp, log
from sim.rng import Decision, number, uniform
from sim.world.person_states import (
    ASSISTED,
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
    STATES,
    STAYED,
    UNASSISTED,
)

N_STATES = len(STATES)
DECIDES_ON_ASSISTANCE = 100  # not a state: an escaped, released or identified person now seeks assistance or does not
TRANSFERRED = 101  # not a state: moved to another venue of the mission area
RETRAFFICKED = 102  # not a state: recruited again
FORGOTTEN = 6.0  # memories after which the risk of a return is nothing

_THRESHOLD, _DESTINATION = number(Decision.PERSON_THRESHOLD), number(Decision.PERSON_DESTINATION)
_VENUE = number(Decision.PERSON_VENUE)


@kernel
def person_uniform(seed, decision, recruited, origin_id, ordinal, sub):
    """Keyed draw of one person: (origin cell, ordinal) with the recruitment step; ``sub`` counts states entered."""
    return uniform(seed, decision, recruited, origin_id * KEYS_PER_ORIGIN + ordinal, 0, sub)


@kernel
def fresh_threshold(seed, recruited, origin_id, ordinal, entries):
    """Exp(1) threshold of a stay."""
    return -log(person_uniform(seed, _THRESHOLD, recruited, origin_id, ordinal, entries))


@kernel
def retrafficking_by_age(step, dt, retrafficking, memory_weeks):
    """Hazard of being trafficked again by steps since the return; it fades, and is nothing where the table ends."""
    hazard, n = np.empty(step + 1, np.float64), 0
    while retrafficking > 0.0 and n <= step and n * dt <= FORGOTTEN * memory_weeks:
        hazard[n] = retrafficking * exp(-(n * dt) / memory_weeks)
        n += 1
    return hazard[:n]


@kernel
def advance(
    seed,
    n,
    dt,
    step,
    rates,
    transit_weeks,
    transit_km_per_week,
    route_km,
    p_intercepted,
    abroad_share,
    retrafficking,
    memory_weeks,
    support,
    resettled_share,
    stayed_share,
    origin,
    origin_id,
    recruited,
    ordinal,
    state,
    entries,
    state_step,
    hazard,
    threshold,
    was_assisted,
):
    """Accumulate hazards of n persons for one step; returns those whose stay ends, and where each of them goes.

    ``rates`` holds weekly hazards: 0 departure, 1 identification, 2 escape, 3 release, 4 move, 5 end of exploitation
    elsewhere, 6 decision on assistance, 7 end of assistance, 8 end of being unassisted.
    """
    next_state, n_moving = np.empty(n, np.int64), 0
    by_age = retrafficking_by_age(step, dt, retrafficking, memory_weeks)
    for i in range(n):
        next_state[i] = -1
        s = state[i]
        total = 0.0
        if s == RECRUITED:
            total = rates[0]
        elif s == IN_TRANSIT:
            total = 1.0 / (transit_weeks + route_km[origin[i]] / transit_km_per_week)
        elif s == IN_VENUE:
            total = rates[1] + rates[2] + rates[3] + rates[4]
        elif s == PRIVATE:
            total = rates[1] + rates[2]
        elif s == MOVED:
            total = rates[5]
        elif s == ESCAPED or s == IDENTIFIED or s == RELEASED:
            total = rates[6]
        elif s == ASSISTED:
            total = rates[7]
        elif s == UNASSISTED:
            total = rates[8]
        elif s == RETURNED or s == STAYED:
            age = step - state_step[i]
            if age >= by_age.size:
                continue
            total = by_age[age] * (1.0 - support * was_assisted[i])
        else:
            continue
        hazard[i] += total * dt
        if hazard[i] < threshold[i]:
            continue
        n_moving += 1
        u = person_uniform(seed, _DESTINATION, recruited[i], origin_id[origin[i]], ordinal[i], entries[i])
        if s == RECRUITED:
            next_state[i] = IN_TRANSIT
        elif s == IN_TRANSIT:
            next_state[i] = IDENTIFIED if u < p_intercepted[origin[i]] else IN_VENUE
        elif s == IN_VENUE or s == PRIVATE:
            x = u * total
            if x < rates[1]:
                next_state[i] = IDENTIFIED
            elif x < rates[1] + rates[2]:
                next_state[i] = ESCAPED
            elif x < rates[1] + rates[2] + rates[3]:
                next_state[i] = RELEASED
            else:
                left = (x - rates[1] - rates[2] - rates[3]) / max(rates[4], 1e-300)
                next_state[i] = MOVED if left < abroad_share else TRANSFERRED
        elif s == MOVED:
            next_state[i] = RETURNED
        elif s == ESCAPED or s == IDENTIFIED or s == RELEASED:
            next_state[i] = DECIDES_ON_ASSISTANCE
        elif s == ASSISTED:
            if u < resettled_share:
                next_state[i] = RESETTLED
            else:
                next_state[i] = STAYED if u < resettled_share + stayed_share else RETURNED
        elif s == UNASSISTED:
            next_state[i] = STAYED if u < stayed_share else RETURNED
        else:
            next_state[i] = RETRAFFICKED
    persons, destinations = np.empty(n_moving, np.int64), np.empty(n_moving, np.int64)
    for i in range(n - 1, -1, -1):
        if next_state[i] >= 0:
            n_moving -= 1
            persons[n_moving], destinations[n_moving] = i, next_state[i]
    return persons, destinations


@kernel
def begin_stay(
    seed,
    step,
    persons,
    states,
    origin_id,
    venue_cell,
    origin,
    recruited,
    ordinal,
    state,
    entries,
    state_step,
    hazard,
    threshold,
    venue,
    cell,
    owner,
    owner_slot,
    spell,
    was_assisted,
):
    """Write what entering a state means for each person: stay, threshold, place, owner, history; counts by state."""
    entered = np.zeros(N_STATES, np.int64)
    for i in range(persons.size):
        p = persons[i]
        s = states[i]
        entered[s] += 1
        state[p] = s
        entries[p] += 1
        state_step[p] = step
        hazard[p] = 0.0
        threshold[p] = fresh_threshold(seed, recruited[p], origin_id[origin[p]], ordinal[p], entries[p])
        if s > IN_VENUE:
            venue[p] = -1
        if s == IN_VENUE:
            cell[p] = venue_cell[venue[p]]
            was_assisted[p] = False
        elif s == MOVED or s == RETURNED or s == RESETTLED:
            cell[p] = -1
        if s != PRIVATE:
            owner[p] = -1
            owner_slot[p] = -1
        if s == RECRUITED:
            spell[p] += 1
    return entered


@kernel
def pick_venue(seed, sub, key, rows, venue_key, network, cell, exclude):
    """Open venue with the lowest keyed draw: of the same network if any, else in the same cell, else anywhere; -1 if none."""
    best = -1
    best_level = 3
    best_draw = 2.0
    for r in range(rows.size):
        v = rows[r]
        if v == exclude:
            continue
        level = 2
        if exclude >= 0:
            if network[v] == network[exclude]:
                level = 0
            elif cell[v] == cell[exclude]:
                level = 1
        draw = uniform(seed, _VENUE, sub, key, venue_key[v])
        if level < best_level or (level == best_level and draw < best_draw):
            best = v
            best_level = level
            best_draw = draw
    return best


@kernel
def count_states(n, state):
    """Persons by state."""
    counts = np.zeros(N_STATES, np.int64)
    for i in range(n):
        counts[state[i]] += 1
    return counts


@kernel
def count_exploited(n, state, venue, cell, venue_cell, persons, inbound, exploited_steps):
    """Count persons by venue, let them move with it, and add a step to every exploited person's history."""
    persons[:] = 0
    inbound[:] = 0
    for i in range(n):
        s = state[i]
        if s == IN_VENUE:
            persons[venue[i]] += 1
            cell[i] = venue_cell[venue[i]]
            exploited_steps[i] += 1
        elif s == PRIVATE:
            exploited_steps[i] += 1
        elif (s == RECRUITED or s == IN_TRANSIT) and venue[i] >= 0:
            inbound[venue[i]] += 1
