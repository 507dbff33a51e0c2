"""Deploy: units follow the plan as far as their contributors provide, new occupants draw their traits."""

from __future__ import annotations

from experiments.oracle.agents.contingent import Contingent
from experiments.oracle.agents.peacekeeper import Peacekeeper
from experiments.oracle.agents.town import Town
from experiments.oracle.model import OracleModel

LEFT_SHARE = 0.1  # the mission counts as gone below this part of its peak


def step(model: OracleModel) -> None:
    """Let units rotate, then posts, then count who is where."""
    before = sum(unit.n_present for unit in model.units)
    model.do(Contingent, "deploy")
    p = model.parameters.involvement
    shares = (p.women_share_military, p.women_share_police, p.women_share_civilian, p.women_share_contractor)
    women = model.knobs("women_share", [shares[unit.category] for unit in model.units])
    for unit, share in zip(model.units, women, strict=True):
        for peacekeeper in unit.peacekeepers:
            peacekeeper.deploy(min(max(share, 0.0), 1.0))
    for town in model.of(Town):
        town.personnel = 0
    for peacekeeper in model.of(Peacekeeper):
        peacekeeper.home.personnel += peacekeeper.is_present
    _note_milestones(model, before)


def _note_milestones(model: OracleModel, before: int) -> None:
    """Note that the mission arrived or has gone, and that a shock or policy sets in."""
    present = sum(unit.n_present for unit in model.units)
    if before == 0 and present > 0 and not model.has_happened("mission_started"):
        model.emit("mission_started", "mission", 0, value=present / model.scale)
    planned = [sum(strengths) for strengths in model.inputs.planned_present.T.tolist()]
    peak = max(planned, default=0)
    is_past_peak = bool(planned) and model.now > planned.index(peak)
    if is_past_peak and present < LEFT_SHARE * peak and not model.has_happened("strength_below_tenth"):
        model.emit("strength_below_tenth", "mission", 0, value=present / model.scale)
    scenario = model.inputs.scenario
    shock, policies = scenario.shock, sorted(scenario.policy.items())
    if shock.effects and shock.size != 0.0 and model.starts_now(shock.start_week):
        model.emit("shock_started", "shock", 0, value=shock.size)
    for number, (_, policy) in enumerate(policies):
        if policy.dose != 0.0 and model.starts_now(policy.start_week):
            model.emit("policy_started", "policy", number, value=policy.dose)
