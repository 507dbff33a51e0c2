"""Phase 7, report: acts that affected persons remember, and the hazard that they report them.

An act becomes an incident with a small chance (higher with owners and facilitators). While it is remembered it is reported
with a hazard: knowing where, being willing, attention; low while exploited, high while assisted. Which acts can ever be
reported is drawn once, so policies move hazards and never the set. Source: mechanisms note A.7; S01, S02, S27.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.numerics import log
from sim.rng import Decision, draw_each, number, uniform
from sim.tables import Ints, Reals
from sim.world.person_states import ASSISTED, IN_VENUE, PRIVATE
from sim.world.state import World

CLIENT, OWNER, FACILITATOR = 0, 1, 2
AFFECTED, NGO, PEER, POLICE = 0, 1, 2, 3  # indices into CHANNELS
ROUNDING = 1.0 + 1e-12  # more than the error of 1 - (1 - share)^acts against share * acts
_THRESHOLD, _REPORTABLE = number(Decision.INCIDENT_THRESHOLD), number(Decision.REPORTABLE)
_INCIDENT_PERSON = number(Decision.INCIDENT_PERSON)


@kernel
def move_attention(world: World) -> None:
    """Attention halves in some weeks and jumps by published removals, up to a ceiling."""
    p, countries, is_news = world.parameters, world.countries, False
    for u in range(len(world.units)):
        is_news = is_news or world.units.removed_published[u] > 0
    for c in range(len(countries)):
        countries.attention[c] *= world.fading.attention
        if is_news and p.switches.attention:
            raised = countries.attention[c] + p.reporting.attention_jump
            countries.attention[c] = min(raised, p.reporting.highest_attention)


@kernel
def _in_state(world: World, which: int) -> Ints:
    """Persons in a state."""
    found, n = np.empty(world.n_people, np.int64), 0
    for person in range(world.n_people):
        found[n] = person
        n += world.people.state[person] == which
    return found[:n]


@kernel
def held_privately(world: World) -> Ints:
    """Persons whom members of the mission hold in private places."""
    return _in_state(world, PRIVATE)


@kernel
def role_at(world: World, row: int, held: Ints) -> int:
    """Role of who fills a post now: owner of a person, facilitator, or client; ``held`` as from ``held_privately``."""
    billets, people, occupant = world.billets, world.people, world.billets.occupant[row]
    for person in held:
        if people.owner[person] == row and people.owner_slot[person] == occupant:
            return OWNER
    return FACILITATOR if billets.is_facilitator[row] and billets.facilitator_slot[row] == occupant else CLIENT


@kernel
def share_seen(world: World, unit: int) -> float:
    """Part of a unit's acts that can be noticed: less of those on private premises."""
    return 1.0 - world.units.private_share[unit] * (1.0 - world.parameters.leadership.private_visibility)


@kernel
def chance_noticed(share: float, acts: int) -> float:
    """Chance that at least one of some acts is noticed, each with the same chance: 1 - (1 - share)^acts."""
    missed = 1.0
    for _ in range(acts):
        missed *= 1.0 - share
    return 1.0 - missed


@kernel
def drawn_below(world: World, decision: int, share: float) -> tuple[Ints, Reals]:
    """Positions of visitors whose draw may lie below 1 - (1 - share)^acts, which is at most share x acts; and their draws."""
    muster, n = world.muster, 0
    key = muster.visitors_key[: muster.n_visitors]
    found, draws = np.empty(key.size, np.int64), np.empty(key.size)
    draw_each(world.seed, decision, world.step, key, draws)
    for i in range(key.size):
        found[n], draws[n] = i, draws[i]
        n += draws[i] <= share * muster.visitors_acts[i] * ROUNDING
    return found[:n], draws[:n]


@kernel
def remember(world: World) -> None:
    """Turn some of this step's acts into incidents that may be reported."""
    p, muster = world.parameters.reporting, world.muster
    found, draws = drawn_below(world, _REPORTABLE, max(p.reportable_share, p.reportable_share_trade))
    if found.size == 0:
        return
    held, in_venues = held_privately(world), _in_state(world, IN_VENUE)
    for i in range(found.size):
        b, acts = muster.visitors[found[i]], muster.visitors_acts[found[i]]
        role = role_at(world, b, held)
        share = p.reportable_share if role == CLIENT else p.reportable_share_trade
        if draws[i] < chance_noticed(share * share_seen(world, world.billets.unit[b]), acts):
            person = _owned_by(world, b, held) if role == OWNER else _met_by(world, b, in_venues)
            _add(world, b, role, person)


@kernel
def _add(world: World, b: int, role: int, person: int) -> None:
    """Append an incident of this step; it is reported once its hazard reaches a threshold drawn now."""
    incidents, billets, n = world.incidents, world.billets, world.n_incidents
    incidents.billet[n], incidents.occupant[n], incidents.role[n] = b, billets.occupant[b], role
    incidents.act_step[n], incidents.cell[n], incidents.hazard[n] = world.step, billets.visited[b], 0.0
    incidents.contributor[n], incidents.person[n] = world.units.contributor[billets.unit[b]], person
    incidents.threshold[n] = -log(uniform(world.seed, _THRESHOLD, world.step, billets.key[b]))
    world.n_incidents = n + 1


@kernel
def _owned_by(world: World, b: int, held: Ints) -> int:
    """The person whom the occupant of a post holds; the first recruited of several."""
    people, occupant = world.people, world.billets.occupant[b]
    return _in_order(world, held[(people.owner[held] == b) & (people.owner_slot[held] == occupant)], 0)


@kernel
def _met_by(world: World, b: int, in_venues: Ints) -> int:
    """Whom a client met where he went: a trafficked person, or -1 for a seller who was not trafficked."""
    place, venues, sellers = world.billets.visited[b], world.venues, 0
    here = in_venues[world.people.cell[in_venues] == place]
    for v in range(len(venues)):
        if venues.cell[v] == place and venues.is_open[v]:
            sellers += venues.sellers[v]
    drawn = uniform(world.seed, _INCIDENT_PERSON, world.step, world.billets.key[b])
    position = int(drawn * (here.size + sellers))
    return _in_order(world, here, position) if position < here.size else -1


@kernel
def _in_order(world: World, persons: Ints, position: int) -> int:
    """The person at a position by when and where they were recruited, whatever order rows are stored in."""
    week, ordinal = world.people.week_recruited, world.people.ordinal
    origin, grid_cell = world.people.origin, world.origins.grid_cell
    for a in persons:
        before = 0
        for b in persons:
            if week[b] != week[a]:
                before += week[b] < week[a]
            elif grid_cell[origin[b]] != grid_cell[origin[a]]:
                before += grid_cell[origin[b]] < grid_cell[origin[a]]
            else:
                before += ordinal[b] < ordinal[a]
        if before == position:
            return a
    return -1


@kernel
def report(world: World) -> None:
    """Advance every incident's hazard; those over their threshold are reported, old ones forgotten, the rest kept in order."""
    incidents, memory_weeks = world.incidents, world.parameters.reporting.memory_years * WEEKS_PER_YEAR
    hazard, n_kept = _hazard_by_country(world), 0
    for i in range(world.n_incidents):
        incidents.hazard[i] += hazard[world.cells.country[incidents.cell[i]]] * _readiness(world, incidents.person[i])
        if incidents.hazard[i] >= incidents.threshold[i]:
            _file(world, i)
        elif (world.step - incidents.act_step[i]) * world.dt < memory_weeks:
            _move(world, i, n_kept)
            n_kept += 1
    world.n_incidents = n_kept


@kernel
def _hazard_by_country(world: World) -> Reals:
    """Hazard in this step that a person reports who is neither exploited nor assisted, by attention and trust."""
    p, knobs, countries = world.parameters.reporting, world.effects, world.countries
    know = min(p.know_share * knobs.report_knowledge, 1.0)
    will = p.will_per_year * knobs.report_will / WEEKS_PER_YEAR
    at_first = world.parameters.testimony.initial_trust
    hazard = np.empty(len(countries))
    for c in range(len(countries)):
        trust = countries.trust[c] / at_first if at_first > 0 else 1.0
        hazard[c] = know * will * world.dt * (1.0 + countries.attention[c]) * trust
    return hazard


@kernel
def _readiness(world: World, person: int) -> float:
    """How much rather a person reports than one who is neither exploited nor assisted; 1 for persons not trafficked."""
    p = world.parameters.reporting
    if person >= 0:
        state = world.people.state[person]
        if state == IN_VENUE or state == PRIVATE:
            return p.exploited_ratio
        if state == ASSISTED:
            return p.assisted_ratio
    return 1.0


@kernel
def _file(world: World, i: int) -> None:
    """File the report of an incident: through those who assist, or on one's own."""
    incidents, person = world.incidents, world.incidents.person[i]
    is_assisted = person >= 0 and world.people.state[person] == ASSISTED
    n = file_report(world, incidents.billet[i], incidents.role[i], NGO if is_assisted else AFFECTED)
    filings = world.filings
    filings.occupant[n], filings.act_step[n] = incidents.occupant[i], incidents.act_step[i]
    filings.person[n], filings.cell[n] = person, incidents.cell[i]
    filings.contributor[n] = incidents.contributor[i]


@kernel
def file_report(world: World, b: int, role: int, channel: int) -> int:
    """File a report about who fills a post now and this step's act; returns its row. There must be room."""
    filings, billets, n = world.filings, world.billets, world.n_filed
    filings.billet[n], filings.occupant[n], filings.role[n] = b, billets.occupant[b], role
    filings.act_step[n], filings.channel[n], filings.cell[n] = world.step, channel, billets.visited[b]
    filings.person[n], filings.contributor[n], filings.is_held_back[n] = -1, -1, False
    world.n_filed = n + 1
    world.flows.reports += 1.0
    return n


@kernel
def _move(world: World, i: int, to: int) -> None:
    """Move an incident to a row before it."""
    incidents = world.incidents
    if i != to:
        incidents.billet[to], incidents.occupant[to] = incidents.billet[i], incidents.occupant[i]
        incidents.contributor[to], incidents.role[to] = incidents.contributor[i], incidents.role[i]
        incidents.act_step[to], incidents.person[to] = incidents.act_step[i], incidents.person[i]
        incidents.cell[to], incidents.hazard[to] = incidents.cell[i], incidents.hazard[i]
        incidents.threshold[to] = incidents.threshold[i]
