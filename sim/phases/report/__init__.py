"""Phase 7, report: who reports what, and what police write down.

``incidents`` holds what affected persons remember and may report, alone or while assisted by an NGO; ``colleagues`` what
peers and police report, and what commanders hold back; ``venue_list`` the list of venues. Every report in the model is
about something that happened: false reports are left out.
"""

from __future__ import annotations

from sim.compiled import direct, kernel
from sim.institutions.bodies import bodies
from sim.phases.phase import Phase
from sim.phases.report.colleagues import report_colleagues, report_suspects
from sim.phases.report.incidents import PEER, move_attention, remember, report
from sim.phases.report.venue_list import keep_list
from sim.rng import Decision
from sim.world.state import CHANNELS, Filed, World


def run(world: World) -> None:
    """File this step's reports, after room is made for them: at most one of each incident, and two of each visitor."""
    n_visitors = world.muster.n_visitors
    n_incidents = world.n_incidents + n_visitors
    world.incidents.grow(n_incidents)
    world.filings.grow(n_incidents + n_visitors + len(world.venues))
    _compiled(world)
    world.filed = _handed_on(world) if world.n_filed else []


@kernel
def _report(world: World) -> None:
    """What police write down, and reports of affected persons, colleagues and police, in this order."""
    switches = world.parameters.switches
    world.n_filed = 0
    keep_list(world)
    move_attention(world)
    if switches.victim_reports:
        remember(world)
        report(world)
    if switches.peer_reports:
        report_colleagues(world)
    if switches.police_reports:
        report_suspects(world)


def _handed_on(world: World) -> list[Filed]:
    """Reports that reach an authority; of those that commanders hold back it is only noted whom they were about."""
    filings, filed = world.filings, []
    for i in range(world.n_filed):
        billet, occupant, channel = int(filings.billet[i]), int(filings.occupant[i]), int(filings.channel[i])
        if channel == PEER:
            authority = world.units.authority[world.billets.unit[billet]]
            bodies(world).oversight[authority].reported.add((billet, occupant))
        if not filings.is_held_back[i]:
            made = Filed(
                billet=billet,
                occupant=occupant,
                role=int(filings.role[i]),
                act_step=int(filings.act_step[i]),
                channel=CHANNELS[channel],
                person=int(filings.person[i]),
                cell=int(filings.cell[i]),
                contributor=int(filings.contributor[i]),
            )
            filed.append(made)
    return filed


_compiled = direct(_report)
PHASE = Phase(
    name="report",
    question="Who reports what, and what do police write down?",
    run=run,
    draws=(
        Decision.LISTED,
        Decision.REPORTABLE,
        Decision.INCIDENT_PERSON,
        Decision.INCIDENT_THRESHOLD,
        Decision.PEER_REPORT,
        Decision.COMMANDER_FILTER,
        Decision.POLICE_REPORT,
        Decision.POLICE_SUSPECT,
    ),
)
