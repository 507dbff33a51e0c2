"""The comparison sees what it should: every column, every kind of fact, and a rule changed by a little."""

from __future__ import annotations

from dataclasses import fields

import pytest

from experiments.oracle.agents.contingent import Contingent
from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.agents.incident import Incident
from experiments.oracle.agents.peacekeeper import Peacekeeper
from experiments.oracle.agents.public import Public
from experiments.oracle.agents.town import Town
from experiments.oracle.agents.trade import Trade
from experiments.oracle.compare import check_week_by_phase, differences, go_on
from experiments.oracle.objects import OracleModel
from oracle.oracle_support import assert_agrees, busy
from sim.rng import Decision
from sim.world.columns import TABLES
from sim.world.state import World

WEEKS = 16
COLUMNS = [(name, column.name) for name, table in TABLES.items() for column in fields(table)]


@pytest.fixture(scope="module")
def world() -> World:
    """A busy mission after some weeks."""
    world = busy(weeks=WEEKS + 2)
    for step in range(WEEKS):
        go_on(world, step)
    world.begin_step(WEEKS)
    assert world.n_people > 0 and world.n_incidents > 0 and world.filed and len(world.orders.origin)
    return world


def loaded(world: World) -> OracleModel:
    """Objects of that mission."""
    return OracleModel.from_world(world, WEEKS)


def found(model: OracleModel, world: World) -> list[str]:
    """Where they differ from the mission's columns."""
    return [difference.where for difference in differences(model, world, "none", len(world.events.rows))]


def test_objects_begin_in_the_state_of_the_world(world: World) -> None:
    assert found(loaded(world), world) == []


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table}.{column}" for table, column in COLUMNS])
def test_one_changed_value_is_one_difference(world: World, table: str, column: str) -> None:
    model = loaded(world)
    agent = getattr(model, table)[-1]
    value = getattr(agent, column)
    setattr(agent, column, not value if isinstance(value, bool) else value + 1 if value < 1e5 else value * 1.001)
    assert found(model, world) == [f"{table}.{column}"]


def test_facts_reports_orders_and_events_are_compared(world: World) -> None:
    model = loaded(world)
    model.tell("true_acts", 1.0)
    model.filed.pop()
    model.orders[0] = (model.orders[0][0] + 1, model.orders[0][1])
    model.emit("raid", "venue", 1)
    model.incidents.pop()
    model.assistance_credit += 0.5
    assert found(model, world) == [
        "incidents.rows", "assistance_credit", "filed", "flows", "orders", "events",
    ]  # fmt: skip


def test_only_a_near_tie_of_the_same_row_excuses(world: World) -> None:
    model = loaded(world)
    for row in (3, 4):
        model.billets[row].is_prone ^= True
    model.billets[4].strikes(Decision.PRONE, 0.5, 0.5 + 1e-12)
    model.billets[3].strikes(Decision.PRONE, 0.5, 0.5 + 1e-6)
    result = differences(model, world, "none", len(world.events.rows))
    assert [(d.row, d.is_excused) for d in result] == [(3, False), (4, True)]


CHANGED = [
    (Contingent, "_proneness", 1.0001), (Contingent, "_turnover", 0.99), (Contingent, "norm_at_arrival", 1.001),
    (Contingent, "_weeks_into_tour", 1.01), (Contingent, "peer_report_log_odds", 0.9), (Contingent, "pass_log_odds", 0.5),
    (Contingent, "share_seen", 0.9), (Contingent, "command_risk", 1.1), (Contingent, "tours_ended", 1.1),
    (Contributor, "_weight", 1.01), (Peacekeeper, "certainty", 1.01), (Peacekeeper, "at_least_once", 1.1),
    (Town, "price_met", 1.001), (Town, "wanted_by_personnel", 1.01),
]  # fmt: skip
LEFT_OUT = [
    (Contributor, "remember_norms"), (Peacekeeper, "_consider_roles"), (Town, "ration"), (Town, "form_habit"),
    (Town, "remember_demand"), (Town, "send_locals"), (Trade, "sell"), (Trade, "be_listed"), (Public, "attend"),
]  # fmt: skip


def disagreements(weeks: int = 14) -> int:
    """Values that differ in a busy mission, all phases that the oracle has."""
    world = busy(changes={"parameters.reporting.peer_base": -2.0}, plenty=True, weeks=weeks)
    total = 0
    for step in range(weeks):
        if step < weeks - 6:
            go_on(world, step)
        else:
            total += len(check_week_by_phase(world, step, ("deploy", "perceive", "decide", "match", "report")))
    return total


@pytest.mark.parametrize(("kind", "name", "factor"), CHANGED, ids=[name for _, name, _ in CHANGED])
def test_a_rule_changed_by_a_little_is_seen(kind, name, factor, monkeypatch: pytest.MonkeyPatch) -> None:
    original = getattr(kind, name)
    if isinstance(original, property):
        monkeypatch.setattr(kind, name, property(lambda self: factor * original.fget(self)))
    else:
        monkeypatch.setattr(kind, name, lambda self, *given: factor * original(self, *given))
    assert disagreements() > 0


@pytest.mark.parametrize(("kind", "name"), LEFT_OUT, ids=[name for _, name in LEFT_OUT])
def test_a_rule_left_out_is_seen(kind, name, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kind, name, lambda *_: 0)
    assert disagreements() > 0


def test_an_incident_that_never_ripens_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Incident, "ripen", lambda *_: False)
    assert disagreements() > 0


def test_without_a_change_they_agree() -> None:
    assert_agrees(busy(plenty=True, weeks=14), 14, range(8, 14))
