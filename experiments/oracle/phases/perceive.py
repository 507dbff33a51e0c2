"""Perceive: what units, commanders and contributors' people learn from last week, then what they regard as normal."""

from __future__ import annotations

from experiments.oracle.agents.contingent import Contingent
from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.model import OracleModel
from sim.world.columns import AUTHORITIES


def step(model: OracleModel) -> None:
    """Let beliefs learn before norms mix: evidence belongs to the tour that has just ended."""
    if model.parameters.switches.beliefs:
        _learn(model)
    model.do(Contingent, "follow_norm")
    brought = model.knobs("arrival_norm", [unit.norm_at_arrival for unit in model.units])
    for unit, norm in zip(model.units, brought, strict=True):
        unit.mix_norm(norm)
    model.do(Contributor, "remember_norms")


def _learn(model: OracleModel) -> None:
    """Certainty from the unit and the mission, commanders' risk from their authority, consequences from outcomes heard of."""
    present = sum(unit.n_present for unit in model.units)
    published = sum(unit.removed_published for unit in model.units) / model.scale
    spared = sum(unit.tours_ended * unit.visibility for unit in model.units)
    for unit in model.units:
        unit.learn_certainty(published, spared, unit.n_present / present if present else 0.0)
    for authority in range(len(AUTHORITIES)):
        own = [unit for unit in model.units if unit.authority == authority]
        cases = sum(unit.command_cases for unit in own) / model.scale
        removals = sum(unit.command_removals for unit in own) / model.scale
        for unit in own:
            unit.learn_command(cases, removals)
    model.do(Contributor, "learn")
