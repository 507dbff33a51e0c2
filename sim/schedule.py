"""The weekly step as data: ten phases in order, each reading what the phases above left."""

from __future__ import annotations

from sim.phases import decide, deploy, justice, match, people, perceive, politics, record, report, supply
from sim.phases.phase import Phase

SCHEDULE: tuple[Phase, ...] = (
    deploy.PHASE,
    perceive.PHASE,
    decide.PHASE,
    match.PHASE,
    supply.PHASE,
    people.PHASE,
    report.PHASE,
    justice.PHASE,
    politics.PHASE,
    record.PHASE,
)
