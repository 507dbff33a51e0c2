"""A rule of the oracle changed or left out is seen: the agreement of the other tests means something.

One busy mission runs once; beside each of its phases, objects with one changed rule do the phase from the same state.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from experiments.oracle import phases
from experiments.oracle.agents.contingent import Contingent
from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.agents.incident import Incident
from experiments.oracle.agents.peacekeeper import Peacekeeper
from experiments.oracle.agents.public import Public
from experiments.oracle.agents.town import Town
from experiments.oracle.agents.trade import Trade
from experiments.oracle.compare import differences, go_on
from experiments.oracle.objects import from_world
from oracle.oracle_support import busy
from sim.schedule import SCHEDULE

WEEKS, CHECKED = 10, (1, 4, 9)
CHANGES = {"parameters.reporting.peer_base": -3.0, "parameters.leadership.p_removed": 0.6,
           "parameters.leadership.report_pass": 0.9}  # fmt: skip
LEFT_OUT = 0.0
# Phase, class, method or property, factor on what it returns; LEFT_OUT does nothing and returns 0.
RULES: list[tuple[str, type, str, float]] = [
    ("deploy", Contingent, "_proneness", 1.0001), ("deploy", Contingent, "_appoint_commander", LEFT_OUT),
    ("deploy", Peacekeeper, "_draw_traits", LEFT_OUT),
    ("perceive", Contingent, "_turnover", 0.99), ("perceive", Contingent, "norm_at_arrival", 1.001),
    ("perceive", Contingent, "tours_ended", 1.1), ("perceive", Contingent, "learn_command", LEFT_OUT),
    ("perceive", Contingent, "follow_norm", LEFT_OUT), ("perceive", Contributor, "_weight", 1.01),
    ("perceive", Contributor, "remember_norms", LEFT_OUT),
    ("decide", Contingent, "_weeks_into_tour", 1.01), ("decide", Contingent, "command_risk", 1.1),
    ("decide", Contingent, "_weigh_consequences", LEFT_OUT), ("decide", Peacekeeper, "certainty", 1.01),
    ("decide", Peacekeeper, "_consider_roles", LEFT_OUT), ("decide", Town, "price_met", 1.001),
    ("match", Town, "wanted_by_personnel", 1.01), ("match", Town, "ration", LEFT_OUT),
    ("match", Town, "form_habit", LEFT_OUT), ("match", Town, "remember_demand", LEFT_OUT),
    ("match", Town, "send_locals", LEFT_OUT), ("match", Trade, "sell", LEFT_OUT),
    ("report", Trade, "be_listed", LEFT_OUT), ("report", Public, "attend", LEFT_OUT),
    ("report", Incident, "ripen", LEFT_OUT), ("report", Contingent, "peer_report_log_odds", 0.3),
    ("report", Contingent, "pass_log_odds", -2.0), ("report", Contingent, "share_seen", 0.3),
    ("report", Peacekeeper, "at_least_once", 3.0),
]  # fmt: skip
NAMES = [f"{phase}: {kind.__name__}.{rule}" for phase, kind, rule, _ in RULES]


def changed(kind: type, rule: str, factor: float) -> Any:
    """A method or property that returns a multiple of what it did, or does nothing."""
    original: Any = getattr(kind, rule)
    if isinstance(original, property):
        return property(lambda self: factor * original.fget(self))  # type: ignore[misc]
    if factor == LEFT_OUT:
        return lambda *_: 0
    return lambda self, *given: factor * original(self, *given)


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    """For each changed rule, and for each phase as it is, in how many values objects and columns differed."""
    world, found = busy(changes=CHANGES, plenty=True, weeks=WEEKS), Counter[str]()
    for step in range(WEEKS):
        if step not in CHECKED:
            go_on(world, step)
            continue
        world.begin_step(step)
        for phase in SCHEDULE:
            n_events, models = world.events.n, {}
            for name, (owner, kind, rule, factor) in zip(NAMES, RULES, strict=True):
                if owner == phase.name:
                    models[name] = from_world(world, step)
                    with pytest.MonkeyPatch.context() as patch:
                        patch.setattr(kind, rule, changed(kind, rule, factor))
                        phases.phase(phase.name)(models[name])
            if models:
                models[phase.name] = from_world(world, step)
                phases.phase(phase.name)(models[phase.name])
            phase.run(world)
            for name, model in models.items():
                found[name] += sum(not d.is_excused for d in differences(model, world, phase.name, n_events))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_rule_is_seen(seen: Counter[str], name: str) -> None:
    assert seen[name] > 0


def test_without_a_change_nothing_differs(seen: Counter[str]) -> None:
    assert [seen[phase] for phase, *_ in RULES] == [0] * len(RULES)
