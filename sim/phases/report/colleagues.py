"""Phase 7, report: what colleagues and police report about personnel, and what commanders hold back.

A colleague's report per witnessed act is rarer where norms are permissive and leadership is poor; commanders pass on a
share, which moves with their leadership and with fear for their own post (sign unknown). Police reports bypass them.
Source: mechanisms note A.11 and the row "peer report"; the levels are assumed.
"""

from __future__ import annotations

import numpy as np

from sim.compiled import kernel
from sim.knobs import with_odds
from sim.numerics import logistic, logit
from sim.phases.perceive.beliefs import command_risk, leadership_now
from sim.phases.report.incidents import (
    CLIENT,
    PEER,
    POLICE,
    chance_noticed,
    drawn_below,
    file_report,
    held_privately,
    role_at,
    share_seen,
)
from sim.rng import Decision, number, uniform
from sim.tables import Reals
from sim.world.state import World

_PEER_REPORT, _FILTER = number(Decision.PEER_REPORT), number(Decision.COMMANDER_FILTER)
_POLICE_REPORT, _SUSPECT = number(Decision.POLICE_REPORT), number(Decision.POLICE_SUSPECT)
BEYOND_DRAWS = 2.0


@kernel
def peer_report_chances(world: World) -> tuple[Reals, Reals]:
    """Chance that a witnessed act is reported by a colleague, of clients and of owners and facilitators, (n_units,) each.

    Better led units speak more, those regarding visits as normal less.
    """
    p, units, shift = world.parameters.reporting, world.units, world.effects.peer_report
    reference, leadership = world.parameters.norms.reference_participation, leadership_now(world)
    of_client, of_trade = np.empty(len(units)), np.empty(len(units))
    for u in range(len(units)):
        odds = p.peer_base + p.peer_leadership * leadership[u] - p.peer_norm * (units.norm[u] - reference)
        of_client[u] = with_odds(logistic(odds), shift[u])
        of_trade[u] = with_odds(logistic(odds + p.peer_trade), shift[u])
    return of_client, of_trade


@kernel
def pass_probability(world: World) -> Reals:
    """Internal reports that a unit's commander passes on, shape (n_units,)."""
    p, units, risk = world.parameters.leadership, world.units, command_risk(world)
    passed, base = np.empty(len(units)), logit(p.report_pass)
    for u in range(len(units)):
        odds = base + p.pass_leadership * units.leadership[u]
        passed[u] = with_odds(logistic(odds - p.suppression_per_risk * risk[u]), world.effects.report_pass[u])
    return passed


@kernel
def report_colleagues(world: World) -> None:
    """Reports by colleagues of this step's acts, by a keyed draw a person: 1 - (1 - chance)^acts; commanders hold some back."""
    muster, billets = world.muster, world.billets
    if muster.n_visitors == 0:
        return
    of_client, of_trade = peer_report_chances(world)
    found, draws = drawn_below(world, _PEER_REPORT, max(of_client.max(), of_trade.max()))
    if found.size == 0:
        return
    held, passed = held_privately(world), pass_probability(world)
    for i in range(found.size):
        b, acts = muster.visitors[found[i]], muster.visitors_acts[found[i]]
        u, role = billets.unit[b], role_at(world, b, held)
        chance = (of_client[u] if role == CLIENT else of_trade[u]) * share_seen(world, u)
        if draws[i] < chance_noticed(chance, acts):
            n = file_report(world, b, role, PEER)
            is_held_back = uniform(world.seed, _FILTER, world.step, billets.key[b]) >= passed[u]
            world.filings.is_held_back[n] = is_held_back
            world.flows.reports_held_back += is_held_back


@kernel
def report_suspects(world: World) -> None:
    """Police may report one of the personnel who visited the place of a raid that was not known in advance."""
    venues, p = world.venues, world.parameters.reporting
    for v in range(len(venues)):
        if venues.is_raided[v] and uniform(world.seed, _POLICE_REPORT, world.step, venues.key[v]) < p.police_share:
            suspect = _suspect(world, v)
            if suspect >= 0:
                file_report(world, suspect, role_at(world, suspect, held_privately(world)), POLICE)


@kernel
def _suspect(world: World, venue: int) -> int:
    """One of this step's visitors to the place of a venue, by the lowest draw; -1 where there was none."""
    billets, venues, muster = world.billets, world.venues, world.muster
    suspect, lowest = -1, BEYOND_DRAWS
    for b in muster.visitors[: muster.n_visitors]:
        if billets.visited[b] == venues.cell[venue]:
            draw = uniform(world.seed, _SUSPECT, world.step, billets.key[b], venues.key[venue])
            if draw < lowest:
                suspect, lowest = b, draw
    return suspect
