"""Words of oversight: its dockets and their waits, who stands nearest to a sanction, and what dependence and capacity change."""

from __future__ import annotations

import numpy as np

from sim.explain.contributors import standing_in_words
from sim.explain.courts import sooner
from sim.explain.supposed import supposing
from sim.explain.words import said
from sim.institutions.oversight import UNOversight
from sim.phases.politics import sanctions
from sim.world.columns import AUTHORITIES
from sim.world.state import World


def of_oversight(agent: UNOversight) -> str:
    """The docket in words, its capacity, and which contributor stands nearest to being sanctioned."""
    world, p = agent.model.world, agent.model.world.parameters.oversight
    finding = agent.capacity(world, p.fact_finding_capacity, "fact_finding_capacity")
    investigating = agent.capacity(world, p.investigation_capacity, "investigation_capacity")
    parts = [
        f"Oversight of the {AUTHORITIES[agent.authority]} force: {len(agent.cases)} cases recorded, "
        f"{len(agent.fact_finding)} in fact-finding, {len(agent.investigations)} under investigation, "
        f"{sum(case.is_substantiated for case in agent.cases)} substantiated, "
        f"{sum(case.removal_step >= 0 for case in agent.cases)} persons removed, {agent.n_inquiries} inquiries into units. "
        f"At full use it completes {finding:.2f} fact-findings and {investigating:.2f} investigations a week.",
        *_longest_waits(agent, world),
    ]
    nearest = _nearest_contributor(agent, world)
    if nearest > 0:
        parts.append(f"Nearest to a sanction: contributor {nearest:02d}. {standing_in_words(world, nearest)}")
    open_cases = agent.investigations
    capacity = sooner(world, open_cases, investigating, "investigation") if len(open_cases) else ""
    return " ".join([*parts, said(_without_dependence(world, nearest), capacity)])


def _longest_waits(agent: UNOversight, world: World) -> list[str]:
    """How long the oldest open cases have waited, in words."""
    waits = [
        (name, max(world.dt * (world.step - case.report_step) for case in queue.cases()))
        for name, queue in (("fact-finding", agent.fact_finding), ("investigation", agent.investigations))
        if len(queue)
    ]
    return [f"Longest wait for {name} to end: {weeks:.0f} weeks." for name, weeks in waits]


def _nearest_contributor(agent: UNOversight, world: World) -> int:
    """Number of the state under this authority whose score is highest relative to its threshold; 0 where none is."""
    units, c = world.units, world.contributors
    score, mean = sanctions.scores(world)
    if mean <= 0.0:
        return 0
    threshold = sanctions.thresholds(world, sanctions.readiness_supposed(world), mean)
    here = np.zeros(len(c), bool)
    here[units.contributor[(units.authority == agent.authority) & (units.n_present > 0)]] = True
    ratio = np.where(here & c.is_state, score / threshold, 0.0)
    return int(np.argmax(ratio)) if ratio.any() else 0


def _without_dependence(world: World, n: int) -> str:
    """The threshold of the contributor nearest to a sanction, with and without dependence on it."""
    score, mean = sanctions.scores(world)
    if n <= 0 or mean <= 0.0:
        return "to weigh a contributor it would take a substantiated case against people present, and there is none yet"
    ready = sanctions.readiness_supposed(world)
    independent = supposing(world, {"dependence.psi": 0.0})
    now, free = sanctions.thresholds(world, ready, mean), sanctions.thresholds(independent, ready, mean)
    given = (
        "" if sanctions.readiness_by_contributor(world)[n] > 0.0 else " were an authority ready to sanction (dose 1)"
    )
    calls, would = (bool(sanctions.is_called_for(world, score, threshold)[n]) for threshold in (now, free))
    sanction = f"{'call' if would else 'not call'} for a sanction"
    return (
        f"without dependence on contributor {n:02d} ({sanctions.dependence(world)[n]:.2f} of the shortfall tolerated) the "
        f"threshold would be {free[n]:.2f} instead of {now[n]:.2f}{given}, and its score of {score[n]:.2f} would {sanction}, "
        f"{'as' if would == calls else 'where'} with dependence it {'does' if calls else 'does not'}"
    )
