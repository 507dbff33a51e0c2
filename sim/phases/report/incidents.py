"""Phase 7, report: acts that affected persons remember, and the hazard that they report them.

An act becomes an incident with a small chance (higher with owners and facilitators). While it is remembered it is reported
with a hazard: knowing where, being willing, attention; low while exploited, high while assisted. Which acts can ever be
reported is drawn once, so policies move hazards and never the set. Source: mechanisms note A.7; S01, S02, S27.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.numerics import log
from sim.rng import Decision, draw_each, number, uniform
from sim.world.person_states import ASSISTED, IN_VENUE, PRIVATE
from sim.world.state import Filed, World

CLIENT, OWNER, FACILITATOR = 0, 1, 2
ROUNDING = 1.0 + 1e-12  # more than the error of 1 - (1 - share)^acts against share * acts
_THRESHOLD, _REPORTABLE = number(Decision.INCIDENT_THRESHOLD), number(Decision.REPORTABLE)
_INCIDENT_PERSON = number(Decision.INCIDENT_PERSON)


def run(world: World) -> list[Filed]:
    """Let attention fade or rise, add this step's incidents, and return what affected persons report."""
    _move_attention(world)
    if not world.parameters.switches.victim_reports:
        return []
    _remember(world)
    return _report(world)


@kernel
def _in_state(which, n_people, state):
    """Persons in a state."""
    found, n = np.empty(n_people, np.int64), 0
    for person in range(n_people):
        found[n] = person
        n += state[person] == which
    return found[:n]


@kernel
def held_privately(n_people, state):
    """Persons whom members of the mission hold in private places."""
    return _in_state(PRIVATE, n_people, state)


@kernel
def role_of(b, occupant, is_facilitator, facilitator_slot, held, owner, owner_slot):
    """Role of the occupant of a billet: owner of a person, facilitator, or client."""
    for person in held:
        if owner[person] == b and owner_slot[person] == occupant[b]:
            return OWNER
    return FACILITATOR if is_facilitator[b] and facilitator_slot[b] == occupant[b] else CLIENT


def role_at(world: World, row: int, held: np.ndarray) -> int:
    """Role of who fills a post now; ``held`` as from ``held_privately``."""
    billets, people = world.billets, world.people
    role = role_of(
        row,
        billets.occupant,
        billets.is_facilitator,
        billets.facilitator_slot,
        held,
        people.owner,
        people.owner_slot,
    )
    return int(role)


def _move_attention(world: World) -> None:
    """Attention halves in some weeks and jumps by published removals, up to a ceiling."""
    p, units, countries = world.parameters.reporting, world.units, world.countries
    countries.attention[:] *= 2.0 ** (-world.dt / p.attention_half_weeks)
    if world.parameters.switches.attention and units.removed_published.any():
        countries.attention[:] = np.minimum(countries.attention + p.attention_jump, p.highest_attention)


def _remember(world: World) -> None:
    """Turn some of this step's acts into incidents that may be reported."""
    billets, units, people, venues, p = world.billets, world.units, world.people, world.venues, world.parameters
    muster = world.muster
    rows, roles, persons, thresholds = _new_incidents(
        world.seed,
        world.step,
        muster.visitors[: world.muster.n_visitors],
        muster.visitors_key[: world.muster.n_visitors],
        muster.visitors_acts[: world.muster.n_visitors],
        1.0 - p.leadership.private_visibility,
        units.private_share,
        p.reporting.reportable_share,
        p.reporting.reportable_share_trade,
        billets.unit,
        billets.visited,
        billets.occupant,
        billets.is_facilitator,
        billets.facilitator_slot,
        world.n_people,
        people.state,
        people.owner,
        people.owner_slot,
        people.cell,
        people.week_recruited,
        people.origin,
        world.origins.grid_cell,
        people.ordinal,
        venues.is_open,
        venues.cell,
        venues.sellers,
    )
    if len(rows):
        _add(world, rows, roles, persons, thresholds)


@kernel
def chance_noticed(share, acts):
    """Chance that at least one of some acts is noticed, each with the same chance: 1 - (1 - share)^acts."""
    missed = 1.0
    for _ in range(acts):
        missed *= 1.0 - share
    return 1.0 - missed


@kernel
def drawn_below(seed, decision, step, key, acts, share):
    """Positions of visitors whose draw may lie below 1 - (1 - share)^acts, which is at most share x acts; and their draws."""
    found, draws, n = np.empty_like(key), np.empty(key.size, np.float64), 0
    draw_each(seed, decision, step, key, draws)
    for i in range(key.size):
        found[n], draws[n] = i, draws[i]
        n += draws[i] <= share * acts[i] * ROUNDING
    return found[:n], draws[:n]


@kernel
def _new_incidents(
    seed,
    step,
    visitors,
    visitors_key,
    visitors_acts,
    unseen_in_private,
    private_share,
    share_client,
    share_trade,
    unit,
    visited,
    occupant,
    is_facilitator,
    facilitator_slot,
    n_people,
    state,
    owner,
    owner_slot,
    person_cell,
    week_recruited,
    origin,
    grid_cell,
    ordinal,
    is_open,
    venue_cell,
    sellers,
):
    """Acts of this step that may be reported: rows of billets, roles, persons affected, and hazards at which they are."""
    found, draws = drawn_below(seed, _REPORTABLE, step, visitors_key, visitors_acts, max(share_client, share_trade))
    n_seen = n_people if found.size > 0 else 0
    held, in_venues = held_privately(n_seen, state), _in_state(IN_VENUE, n_seen, state)
    may_be_owner = np.zeros(unit.size, np.bool_)
    may_be_owner[owner[held]] = True
    rows, roles, persons = np.empty_like(found), np.empty_like(found), np.empty_like(found)
    thresholds, n = np.empty(found.size, np.float64), 0
    for i in range(found.size):
        b, key, acts = visitors[found[i]], visitors_key[found[i]], visitors_acts[found[i]]
        if draws[i] > share_client * acts * ROUNDING and not (is_facilitator[b] or may_be_owner[b]):
            continue  # more than a client's chance
        role = role_of(b, occupant, is_facilitator, facilitator_slot, held, owner, owner_slot)
        seen = 1.0 - private_share[unit[b]] * unseen_in_private
        share = (share_client if role == CLIENT else share_trade) * seen
        if draws[i] >= chance_noticed(share, acts):
            continue
        rows[n], roles[n] = b, role
        if role == OWNER:
            own = held[(owner[held] == b) & (owner_slot[held] == occupant[b])]
            persons[n] = _in_order(own, 0, week_recruited, origin, grid_cell, ordinal)
        else:
            here = in_venues[person_cell[in_venues] == visited[b]]
            others = _sellers_at(visited[b], is_open, venue_cell, sellers)
            position = int(uniform(seed, _INCIDENT_PERSON, step, key) * (here.size + others))
            persons[n] = -1
            if position < here.size:
                persons[n] = _in_order(here, position, week_recruited, origin, grid_cell, ordinal)
        thresholds[n] = -log(uniform(seed, _THRESHOLD, step, key))
        n += 1
    return rows[:n], roles[:n], persons[:n], thresholds[:n]


@kernel
def _sellers_at(place, is_open, venue_cell, sellers):
    """How many work in the venues of a cell who were not trafficked."""
    n = 0
    for venue in range(venue_cell.size):
        if venue_cell[venue] == place and is_open[venue]:
            n += sellers[venue]
    return n


@kernel
def _in_order(persons, position, week_recruited, origin, grid_cell, ordinal):
    """The person at a position by when and where they were recruited, whatever order rows are stored in."""
    for i in range(persons.size):
        a, before = persons[i], 0
        for j in range(persons.size):
            b = persons[j]
            if week_recruited[b] != week_recruited[a]:
                before += week_recruited[b] < week_recruited[a]
            elif grid_cell[origin[b]] != grid_cell[origin[a]]:
                before += grid_cell[origin[b]] < grid_cell[origin[a]]
            else:
                before += ordinal[b] < ordinal[a]
        if before == position:
            return a
    return -1


def _add(world: World, rows: np.ndarray, roles: np.ndarray, persons: np.ndarray, thresholds: np.ndarray) -> None:
    """Append incidents of this step."""
    incidents, billets = world.incidents, world.billets
    first, last = world.n_incidents, world.n_incidents + len(rows)
    incidents.grow(last)
    new = slice(first, last)
    incidents.billet[new], incidents.occupant[new], incidents.role[new] = rows, billets.occupant[rows], roles
    incidents.act_step[new], incidents.cell[new], incidents.hazard[new] = world.step, billets.visited[rows], 0.0
    incidents.contributor[new] = world.units.contributor[billets.unit[rows]]
    incidents.person[new], incidents.threshold[new] = persons, thresholds
    world.n_incidents = last


def _report(world: World) -> list[Filed]:
    """Advance every incident's hazard; those over their threshold are reported, old ones forgotten."""
    incidents, n, p = world.incidents, world.n_incidents, world.parameters.reporting
    if not n:
        return []
    know = min(world.knobs.value("report_knowledge", p.know_share), 1.0)
    will = world.knobs.value("report_will", p.will_per_year) / WEEKS_PER_YEAR
    due, kept = _advance(
        n,
        know * will * world.dt,
        p.exploited_ratio,
        p.assisted_ratio,
        world.dt,
        p.memory_years * WEEKS_PER_YEAR,
        world.step,
        world.parameters.testimony.initial_trust,
        world.countries.trust,
        world.countries.attention,
        incidents.person,
        world.people.state,
        incidents.act_step,
        incidents.cell,
        world.cells.country,
        incidents.hazard,
        incidents.threshold,
    )
    filed = [_filed(world, i) for i in due.tolist()]
    _keep(world, kept)
    world.count("reports", len(filed))
    return filed


@kernel
def _advance(
    n,
    rate,
    exploited_ratio,
    assisted_ratio,
    dt,
    memory_weeks,
    step,
    initial_trust,
    trust,
    attention,
    person,
    state,
    act_step,
    cell,
    country,
    cumulative,
    threshold,
):
    """Add this step's hazard to each incident; returns which are reported now, and which of the others are remembered."""
    due, kept, n_due, n_kept = np.empty(n, np.int64), np.empty(n, np.int64), 0, 0
    hazard = np.empty(trust.size, np.float64)
    for c in range(trust.size):
        hazard[c] = rate * (1.0 + attention[c]) * (trust[c] / initial_trust if initial_trust > 0 else 1.0)
    for i in range(n):
        ratio = 1.0
        if person[i] >= 0:
            now = state[person[i]]
            if now == IN_VENUE or now == PRIVATE:
                ratio = exploited_ratio
            elif now == ASSISTED:
                ratio = assisted_ratio
        cumulative[i] += hazard[country[cell[i]]] * ratio
        if cumulative[i] >= threshold[i]:
            due[n_due] = i
            n_due += 1
        elif (step - act_step[i]) * dt < memory_weeks:
            kept[n_kept] = i
            n_kept += 1
    return due[:n_due], kept[:n_kept]


def _filed(world: World, i: int) -> Filed:
    """The report of an incident: through those who assist, or on one's own."""
    incidents, person = world.incidents, int(world.incidents.person[i])
    assisted = person >= 0 and world.people.state[person] == ASSISTED
    return Filed(
        billet=int(incidents.billet[i]),
        occupant=int(incidents.occupant[i]),
        role=int(incidents.role[i]),
        act_step=int(incidents.act_step[i]),
        channel="ngo" if assisted else "affected",
        person=person,
        cell=int(incidents.cell[i]),
        contributor=int(incidents.contributor[i]),
    )


def _keep(world: World, rows: np.ndarray) -> None:
    """Drop all incidents but some, order kept."""
    incidents = world.incidents
    if len(rows) == world.n_incidents:
        return
    for name in incidents.__dataclass_fields__:
        _close_ranks(getattr(incidents, name), rows)
    world.n_incidents = len(rows)


@kernel
def _close_ranks(column, rows):
    """Move the values of some rows, in order, to the front."""
    for i in range(rows.size):
        column[i] = column[rows[i]]
