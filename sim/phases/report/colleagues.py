"""Phase 7, report: what colleagues and police report about personnel, and what commanders hold back.

A colleague's report per witnessed act is rarer where norms are permissive and leadership is poor; commanders pass on a
share, which moves with their leadership and with fear for their own post (sign unknown). Police reports bypass them.
Source: mechanisms note A.11 and the row "peer report"; the levels are assumed.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.institutions.bodies import bodies
from sim.numerics import logistic, logistics, logit
from sim.phases.perceive.beliefs import command_risk, leadership_now
from sim.phases.report.incidents import (
    CLIENT,
    ROUNDING,
    chance_noticed,
    drawn_below,
    held_privately,
    role_at,
    role_of,
)
from sim.rng import Decision, number, uniform, uniforms
from sim.world.state import Filed, World

_PEER_REPORT = number(Decision.PEER_REPORT)


def run(world: World) -> list[Filed]:
    """Reports of colleagues that commanders passed on, and of police."""
    switches = world.parameters.switches
    filed = _passed_on(world, _peers(world)) if switches.peer_reports else []
    return filed + (_police(world) if switches.police_reports else [])


def peer_report_chances(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Chance that a witnessed act is reported by a colleague, of clients and of owners and facilitators, (n_units,) each."""
    p, units = world.parameters.reporting, world.units
    client, in_trade = _peer_chances(
        p.peer_base,
        p.peer_leadership,
        p.peer_norm,
        p.peer_trade,
        world.parameters.norms.reference_participation,
        leadership_now(world),
        units.norm,
    )
    return world.knobs.values("peer_report", client), world.knobs.values("peer_report", in_trade)


@kernel
def _peer_chances(base, by_leadership, by_norm, in_trade, reference, leadership, norm):
    """Logistic of the odds of speaking: better led units speak more, those regarding visits as normal less."""
    of_client, of_trade = np.empty(norm.size, np.float64), np.empty(norm.size, np.float64)
    for u in range(norm.size):
        odds = base + by_leadership * leadership[u] - by_norm * (norm[u] - reference)
        of_client[u], of_trade[u] = logistic(odds), logistic(odds + in_trade)
    return of_client, of_trade


def _peers(world: World) -> list[Filed]:
    """Reports by colleagues of this step's acts, by a keyed draw a person: 1 - (1 - chance)^acts."""
    billets, units, people, p, muster = world.billets, world.units, world.people, world.parameters, world.muster
    if not world.muster.n_visitors:
        return []
    rows, roles = _reported(
        world.seed,
        world.step,
        muster.visitors[: world.muster.n_visitors],
        muster.visitors_key[: world.muster.n_visitors],
        muster.visitors_acts[: world.muster.n_visitors],
        *peer_report_chances(world),
        1.0 - p.leadership.private_visibility,
        units.private_share,
        billets.unit,
        billets.occupant,
        billets.is_facilitator,
        billets.facilitator_slot,
        world.n_people,
        people.state,
        people.owner,
        people.owner_slot,
    )
    return [_filed(world, row, role, "peer") for row, role in zip(rows.tolist(), roles.tolist(), strict=True)]


@kernel
def _reported(
    seed,
    step,
    visitors,
    visitors_key,
    visitors_acts,
    chance_client,
    chance_trade,
    unseen_in_private,
    private_share,
    unit,
    occupant,
    is_facilitator,
    facilitator_slot,
    n_people,
    state,
    owner,
    owner_slot,
):
    """Rows of billets whose acts a colleague reports, and the roles of those concerned."""
    highest = max(chance_client.max(), chance_trade.max())
    found, draws = drawn_below(seed, _PEER_REPORT, step, visitors_key, visitors_acts, highest)
    held = held_privately(n_people if found.size > 0 else 0, state)
    rows, roles, n = np.empty_like(found), np.empty_like(found), 0
    for i in range(found.size):
        b, acts = visitors[found[i]], visitors_acts[found[i]]
        u = unit[b]
        seen = 1.0 - private_share[u] * unseen_in_private
        if draws[i] > max(chance_client[u], chance_trade[u]) * seen * acts * ROUNDING:
            continue  # more than the chance of having been seen
        role = role_of(b, occupant, is_facilitator, facilitator_slot, held, owner, owner_slot)
        chance = (chance_client[u] if role == CLIENT else chance_trade[u]) * seen
        rows[n], roles[n] = b, role
        n += draws[i] < chance_noticed(chance, acts)
    return rows[:n], roles[:n]


def _filed(world: World, row: int, role: int, channel: str) -> Filed:
    """A report about the present occupant of a post and this step's act."""
    return Filed(
        billet=row,
        occupant=int(world.billets.occupant[row]),
        role=role,
        act_step=world.step,
        channel=channel,
        cell=int(world.billets.visited[row]),
    )


def pass_probability(world: World) -> np.ndarray:
    """Internal reports that a unit's commander passes on, shape (n_units,)."""
    p = world.parameters.leadership
    odds = logit(p.report_pass) + p.pass_leadership * world.units.leadership
    return world.knobs.values("report_pass", logistics(odds - p.suppression_per_risk * command_risk(world)))


def _passed_on(world: World, filed: list[Filed]) -> list[Filed]:
    """What commanders pass on of internal reports; all of them count as made."""
    world.count("reports", len(filed))
    if not filed:
        return filed
    chance = pass_probability(world)
    kept = []
    for report in filed:
        key, unit = int(world.billets.key[report.billet]), world.billets.unit[report.billet]
        bodies(world).oversight[world.units.authority[unit]].reported.add((report.billet, report.occupant))
        if uniform(world.seed, int(Decision.COMMANDER_FILTER), world.step, key) < chance[unit]:
            kept.append(report)
    world.count("reports_held_back", len(filed) - len(kept))
    return kept


def _police(world: World) -> list[Filed]:
    """Police may report one of the personnel who visited the place of a raid that was not known in advance."""
    billets, venues, people, visitors = (
        world.billets,
        world.venues,
        world.people,
        world.muster.visitors[: world.muster.n_visitors],
    )
    filed = []
    for venue in np.flatnonzero(venues.is_raided).tolist():
        draw = uniform(world.seed, int(Decision.POLICE_REPORT), world.step, int(venues.key[venue]))
        if draw >= world.parameters.reporting.police_share:
            continue
        here = visitors[billets.visited[visitors] == venues.cell[venue]]
        if len(here):
            venue_keys = np.full(len(here), venues.key[venue], np.int64)
            draws = uniforms(world.seed, int(Decision.POLICE_SUSPECT), world.step, billets.key[here], venue_keys)
            row = int(here[int(np.argmin(draws))])
            held = held_privately(world.n_people, people.state)
            filed.append(_filed(world, row, role_at(world, row, held), "police"))
    world.count("reports", len(filed))
    return filed
