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
    rows, roles, persons, thresholds = _new_incidents(
        world.seed,
        world.step,
        world.muster.visitors,
        1.0 - units.private_share * (1.0 - p.leadership.private_visibility),
        p.reporting.reportable_share,
        p.reporting.reportable_share_trade,
        billets.unit,
        billets.key,
        billets.acts,
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
def drawn_below(seed, decision, step, rows, key, acts, share):
    """Those of some rows whose draw may lie below 1 - (1 - share)^acts, which is at most share x acts; and their draws."""
    found, draws, keys, n = np.empty(rows.size, np.int64), np.empty(rows.size, np.float64), key[rows], 0
    draw_each(seed, decision, step, keys, draws)
    for i in range(rows.size):
        found[n], draws[n] = rows[i], draws[i]
        n += draws[i] <= share * acts[rows[i]]
    return found[:n], draws[:n]


@kernel
def _new_incidents(
    seed,
    step,
    visitors,
    seen,
    share_client,
    share_trade,
    unit,
    key,
    acts,
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
    held, in_venues = held_privately(n_people, state), _in_state(IN_VENUE, n_people, state)
    highest = max(share_client, share_trade)
    rows, draws = drawn_below(seed, _REPORTABLE, step, visitors, key, acts, highest)
    roles, persons = np.empty(rows.size, np.int64), np.empty(rows.size, np.int64)
    thresholds, n = np.empty(rows.size, np.float64), 0
    for i in range(rows.size):
        b = rows[i]
        role = role_of(b, occupant, is_facilitator, facilitator_slot, held, owner, owner_slot)
        share = (share_client if role == CLIENT else share_trade) * seen[unit[b]]
        if draws[i] >= chance_noticed(share, acts[b]):
            continue
        rows[n], roles[n] = b, role
        if role == OWNER:
            own = held[(owner[held] == b) & (owner_slot[held] == occupant[b])]
            persons[n] = _in_order(own, 0, week_recruited, origin, grid_cell, ordinal)
        else:
            here = in_venues[person_cell[in_venues] == visited[b]]
            others = _sellers_at(visited[b], is_open, venue_cell, sellers)
            position = int(uniform(seed, _INCIDENT_PERSON, step, key[b]) * (here.size + others))
            persons[n] = -1
            if position < here.size:
                persons[n] = _in_order(here, position, week_recruited, origin, grid_cell, ordinal)
        thresholds[n] = -log(uniform(seed, _THRESHOLD, step, key[b]))
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


def _add(
    world: World, rows: np.ndarray, roles: np.ndarray, persons: np.ndarray, thresholds: np.ndarray
) -> None:
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
    trust = np.divide(
        world.countries.trust,
        world.parameters.testimony.initial_trust,
        out=np.ones(len(world.countries)),
        where=world.parameters.testimony.initial_trust > 0,
    )
    hazard = know * will * world.dt * (1.0 + world.countries.attention) * trust
    is_due = _advance(
        n,
        hazard,
        p.exploited_ratio,
        p.assisted_ratio,
        incidents.person,
        world.people.state,
        incidents.cell,
        world.cells.country,
        incidents.hazard,
        incidents.threshold,
    )
    filed = [_filed(world, int(i)) for i in np.flatnonzero(is_due)]
    age = (world.step - incidents.act_step[:n]) * world.dt
    _keep(world, np.flatnonzero(~is_due & (age < p.memory_years * WEEKS_PER_YEAR)))
    world.count("reports", len(filed))
    return filed


@kernel
def _advance(
    n: int,
    hazard: np.ndarray,
    exploited_ratio: float,
    assisted_ratio: float,
    person: np.ndarray,
    state: np.ndarray,
    cell: np.ndarray,
    country: np.ndarray,
    cumulative: np.ndarray,
    threshold: np.ndarray,
) -> np.ndarray:
    """Add this step's hazard to each incident; returns which are reported now."""
    is_due = np.zeros(n, np.bool_)
    for i in range(n):
        ratio = 1.0
        if person[i] >= 0:
            now = state[person[i]]
            if now == IN_VENUE or now == PRIVATE:
                ratio = exploited_ratio
            elif now == ASSISTED:
                ratio = assisted_ratio
        cumulative[i] += hazard[country[cell[i]]] * ratio
        is_due[i] = cumulative[i] >= threshold[i]
    return is_due


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
        column = getattr(incidents, name)
        column[: len(rows)] = column[rows]
    world.n_incidents = len(rows)
