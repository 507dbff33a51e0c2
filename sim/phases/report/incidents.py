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
from sim.rng import Decision, uniform, uniforms
from sim.world.person_states import ASSISTED, IN_VENUE, PRIVATE
from sim.world.state import Filed, World

CLIENT, OWNER, FACILITATOR = 0, 1, 2
_THRESHOLD = int(Decision.INCIDENT_THRESHOLD)


def run(world: World) -> list[Filed]:
    """Let attention fade or rise, add this step's incidents, and return what affected persons report."""
    _move_attention(world)
    if not world.parameters.switches.victim_reports:
        return []
    _remember(world)
    return _report(world)


def roles_of(world: World, billets: np.ndarray) -> np.ndarray:
    """Role of persons by row of billets: owner of a person, facilitator, or client."""
    b, people, n = world.billets, world.people, world.n_people
    roles = np.full(len(billets), CLIENT)
    helps = b.is_facilitator[billets]
    if helps.any():
        roles[helps & (b.facilitator_slot[billets] == b.occupant[billets])] = FACILITATOR
    held = np.flatnonzero(people.state[:n] == PRIVATE)
    if len(held):
        owners = people.owner[held][people.owner_slot[held] == b.occupant[people.owner[held]]]
        roles[np.isin(billets, owners)] = OWNER
    return roles


def _move_attention(world: World) -> None:
    """Attention halves in some weeks and jumps by published removals, up to a ceiling."""
    p, units, countries = world.parameters.reporting, world.units, world.countries
    countries.attention[:] *= 2.0 ** (-world.dt / p.attention_half_weeks)
    if world.parameters.switches.attention and units.removed_published.any():
        countries.attention[:] = np.minimum(countries.attention + p.attention_jump, p.highest_attention)


def _remember(world: World) -> None:
    """Turn some of this step's acts into incidents that may be reported."""
    billets, units, p = world.billets, world.units, world.parameters
    active = world.muster.visitors
    draws = uniforms(world.seed, int(Decision.REPORTABLE), world.step, billets.key[active], np.zeros_like(active))
    highest = max(p.reporting.reportable_share, p.reporting.reportable_share_trade)
    possible = draws < 1.0 - (1.0 - highest) ** billets.acts[active]
    active, draws = active[possible], draws[possible]
    if not len(active):
        return
    seen = 1.0 - units.private_share[billets.unit[active]] * (1.0 - p.leadership.private_visibility)
    roles = roles_of(world, active)
    share = np.where(roles == CLIENT, p.reporting.reportable_share, p.reporting.reportable_share_trade) * seen
    kept = draws < 1.0 - (1.0 - share) ** billets.acts[active]
    if kept.any():
        _add(world, active[kept], roles[kept])


def _add(world: World, rows: np.ndarray, roles: np.ndarray) -> None:
    """Append incidents of this step."""
    incidents, billets = world.incidents, world.billets
    first, last = world.n_incidents, world.n_incidents + len(rows)
    incidents.grow(last)
    new = slice(first, last)
    incidents.billet[new], incidents.occupant[new], incidents.role[new] = rows, billets.occupant[rows], roles
    incidents.act_step[new], incidents.cell[new], incidents.hazard[new] = world.step, billets.visited[rows], 0.0
    incidents.contributor[new] = world.units.contributor[billets.unit[rows]]
    for i, row in zip(range(first, last), rows.tolist(), strict=True):
        incidents.person[i] = _affected(world, row)
        incidents.threshold[i] = -log(uniform(world.seed, _THRESHOLD, world.step, int(billets.key[row])))
    world.n_incidents = last


def _affected(world: World, billet: int) -> int:
    """The person affected: a private owner's, or somebody working where the visit was; -1 a seller not trafficked."""
    people, venues, n = world.people, world.venues, world.n_people
    occupant = world.billets.occupant[billet]
    held = (people.state[:n] == PRIVATE) & (people.owner[:n] == billet) & (people.owner_slot[:n] == occupant)
    if held.any():
        return int(_in_order(world, np.flatnonzero(held))[0])
    cell = world.billets.visited[billet]
    here = np.flatnonzero((people.state[:n] == IN_VENUE) & (people.cell[:n] == cell))
    sellers = int(venues.sellers[venues.is_open & (venues.cell == cell)].sum())
    if not len(here):
        return -1
    draw = uniform(world.seed, int(Decision.INCIDENT_PERSON), world.step, int(world.billets.key[billet]))
    position = int(draw * (len(here) + sellers))
    return int(_in_order(world, here)[position]) if position < len(here) else -1


def _in_order(world: World, persons: np.ndarray) -> np.ndarray:
    """Persons by when and where they were recruited, whatever order rows are stored in."""
    people = world.people
    origin = world.origins.grid_cell[people.origin[persons]]
    return persons[np.lexsort((people.ordinal[persons], origin, people.week_recruited[persons]))]


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
