"""The comparison sees what it should: every column, every kind of fact, and only near-ties excuse a difference."""

from __future__ import annotations

from dataclasses import fields

import pytest

from experiments.oracle.compare import differences, go_on
from experiments.oracle.model import OracleModel
from experiments.oracle.objects import from_world
from oracle.oracle_support import busy
from sim.rng import Decision
from sim.schedule import SCHEDULE
from sim.world.columns import TABLES
from sim.world.state import World

WEEKS = 12
TALKATIVE = {"parameters.reporting.peer_base": -3.0}


@pytest.fixture(scope="module")
def world() -> World:
    """A busy mission in the middle of a week, after reports were filed and before justice took them up."""
    world = busy(changes=TALKATIVE)
    for step in range(WEEKS):
        go_on(world, step)
    world.begin_step(WEEKS)
    for phase in SCHEDULE[:7]:
        phase.run(world)
    assert world.n_people > 0 and world.n_incidents > 0 and world.filed and world.n_orders
    return world


def loaded(world: World) -> OracleModel:
    """Objects of that mission."""
    return from_world(world, world.step)


def found(model: OracleModel, world: World) -> list[str]:
    """Where they differ from the mission's columns."""
    return [difference.where for difference in differences(model, world, "none", world.events.n)]


def test_objects_begin_in_the_state_of_the_world(world: World) -> None:
    assert found(loaded(world), world) == []


@pytest.mark.parametrize("table", TABLES)
def test_one_changed_value_in_every_column_is_one_difference_each(world: World, table: str) -> None:
    model, columns = loaded(world), [column.name for column in fields(TABLES[table])]
    agent = getattr(model, table)[-1]
    for column in columns:
        value = getattr(agent, column)
        setattr(agent, column, not value if isinstance(value, bool) else value + 1 if value < 1e5 else value * 1.001)
    assert found(model, world) == [f"{table}.{column}" for column in columns]


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
    result = differences(model, world, "none", world.events.n)
    assert [(d.row, d.is_excused) for d in result] == [(3, False), (4, True)]
