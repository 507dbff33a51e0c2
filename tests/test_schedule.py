"""The schedule keeps its word: who writes, emits, draws and asks is what the phases declare, seen in runs full of life."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from support import columns_of, lively, python

from sim.events import EVENTS
from sim.knobs import KNOBS
from sim.model import MandateModel
from sim.phases.source import touched_by
from sim.rng import Decision
from sim.scenario import Shock, ShockEffect
from sim.schedule import SCHEDULE
from sim.world.columns import TABLES, owned_by

NAMES = ("deploy", "perceive", "decide", "match", "supply", "people", "report", "justice", "politics", "record")
STEPS = 40


def test_ten_phases_in_the_order_of_the_design() -> None:
    assert tuple(phase.name for phase in SCHEDULE) == NAMES
    assert all(phase.question.endswith((".", "?", ")")) for phase in SCHEDULE)


def test_every_column_has_one_owner_that_exists() -> None:
    """Owned columns are disjoint and, with those fixed at the start, are all there are."""
    owned = [name for phase in NAMES for name in owned_by(phase)]
    everything = {f"{table}.{column}" for table, cls in TABLES.items() for column in cls.__dataclass_fields__}
    assert len(owned) == len(set(owned))
    assert set(owned) | set(owned_by("build")) == everything
    assert owned_by("record") == ()


@pytest.fixture(scope="module")
def lived() -> dict[str, dict[str, set[str]]]:
    """For two runs, what each phase really changed, emitted and asked."""
    seen = {kind: defaultdict(set) for kind in ("writes", "emits", "flows", "other", "emptied")}
    for seed in (1, 2):
        scenario = lively(seed=seed, weeks=STEPS)
        scenario.shock = Shock("cut", size=0.3, start_week=5.0, effects=[ShockEffect("strength", -1.0)])
        _observe(MandateModel(scenario), seen)
    return seen


def _observe(model: MandateModel, seen: dict[str, dict[str, set[str]]]) -> None:
    """Run a model phase by phase, comparing copies of everything before and after."""
    world = model.world
    for step in range(STEPS):
        world.begin_step(step)
        for phase in SCHEDULE:
            before, n_events, flows = columns_of(world), world.events.n, world.flows.numbers()
            people, orders, credit = world.n_people, world.ordered, world.assistance_credit
            filed, incidents = world.filed, world.n_incidents
            phase.run(world)
            after = columns_of(world)
            for name, old in before.items():
                new = after[name]
                if len(new) != len(old) or not np.array_equal(new, old):
                    seen["writes"][phase.name].add(name)
            seen["emits"][phase.name] |= {row[1] for row in world.events.rows[n_events:]}
            seen["flows"][phase.name] |= {name for name, value in world.flows.numbers().items() if flows[name] != value}
            changed = {
                "n_people": people != world.n_people,
                "orders": orders != world.ordered,
                "assistance_credit": credit != world.assistance_credit,
                "filed": bool(world.filed) and filed is not world.filed,
                "n_incidents": incidents != world.n_incidents,
            }
            seen["emptied"][phase.name] |= {"filed"} if filed and not world.filed else set()
            seen["other"][phase.name] |= {name for name, is_so in changed.items() if is_so}


@pytest.mark.parametrize("name", NAMES)
def test_a_phase_writes_only_its_own_columns(lived, name: str) -> None:
    assert lived["writes"][name] <= set(owned_by(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_a_phase_is_really_written(lived, name: str) -> None:
    """A column nobody ever changes is a promise without a rule behind it."""
    assert set(owned_by(name)) - lived["writes"][name] == set()


def test_what_is_built_stays(lived) -> None:
    assert not set(owned_by("build")) & set().union(*lived["writes"].values())


@pytest.mark.parametrize("name", NAMES)
def test_a_phase_emits_what_it_declares(lived, name: str) -> None:
    """Nothing else, and, within two lively runs, all of it."""
    assert lived["emits"][name] == set(next(phase for phase in SCHEDULE if phase.name == name).emits)


def test_every_kind_of_event_has_a_phase_that_emits_it() -> None:
    assert {event for phase in SCHEDULE for event in phase.emits} == set(EVENTS)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "record"])
def test_knobs_are_asked_by_the_phase_they_belong_to(name: str) -> None:
    """``mandate plan`` says where a policy enters; the record phase, which only looks, may ask again."""
    asked = touched_by(next(phase.run for phase in SCHEDULE if phase.name == name)).knobs
    assert {KNOBS[knob].phase for knob in asked} <= {name}


def test_every_knob_is_asked() -> None:
    """All but strength, which is asked when the deployment is planned."""
    assert set().union(*(phase.knobs for phase in SCHEDULE)) == set(KNOBS) - {"strength"}


@pytest.mark.parametrize("name", NAMES)
def test_what_the_rules_write_is_what_the_phase_owns(name: str) -> None:
    """Found in their source, so that a rule in a branch no test run takes counts too."""
    assert set(next(phase.writes for phase in SCHEDULE if phase.name == name)) == set(owned_by(name))


def test_orders_credit_reports_and_rows_have_one_writer_each(lived) -> None:
    """Reports are filed in report and taken in by justice in the same step, which leaves none."""
    things = ("n_people", "orders", "assistance_credit", "filed", "n_incidents")
    writers = {thing: [name for name in NAMES if thing in lived["other"][name]] for thing in things}
    assert writers == {
        "n_people": ["people"],
        "orders": ["supply"],
        "assistance_credit": ["people"],
        "filed": ["report"],
        "n_incidents": ["report"],
    }
    assert [name for name in NAMES if "filed" in lived["emptied"][name]] == ["justice"]


def test_record_changes_nothing(lived) -> None:
    assert not lived["writes"]["record"] and not lived["flows"]["record"] and not lived["emits"]["record"]


def test_each_flow_is_counted_by_one_phase(lived) -> None:
    """But for reports, which an inquiry adds to while justice takes cases in, and tours, which a removal cuts short there."""
    counted = defaultdict(set)
    for name in NAMES:
        for flow in lived["flows"][name]:
            counted[flow].add(name)
    assert len(counted) > 30
    shared = {"reports": {"report", "justice"}, "involved_tours": {"decide", "justice"}}
    assert {flow: who for flow, who in counted.items() if len(who) > 1} == shared


DRAWN = """
import json
from collections import defaultdict
import sim.rng
original, drawn, now = sim.rng.philox, defaultdict(set), ["build"]
def philox(c0, c1, c2, c3, k0, k1):
    drawn[now[0]].add(int(k1))
    return original(c0, c1, c2, c3, k0, k1)
sim.rng.philox = philox
from sim.tables import Table
from sim.world.columns import ALL_COLUMNS, TABLES
looked, names = defaultdict(set), {table: name for name, table in TABLES.items()}
def look(self, name):
    column = f"{names.get(type(self))}.{name}"
    if column in ALL_COLUMNS:
        looked[now[0]].add(column)
    return object.__getattribute__(self, name)
Table.__getattribute__ = look
from sim.model import MandateModel
from sim.scenario import Shock, ShockEffect
from sim.schedule import SCHEDULE
from support import lively
changes = {"parameters.host_justice.p_leak": 0.0, "parameters.persons.raid_identified_share": 0.3,
           "parameters.involvement.owner_hazard_per_week": 0.01}
for seed in (1, 2):
    model = MandateModel(lively(changes, weeks=30, scale=0.02, seed=seed))
    for step in range(30):
        model.world.begin_step(step)
        for phase in SCHEDULE:
            now[0] = phase.name
            phase.run(model.world)
            now[0] = "build"
print(json.dumps([{name: sorted(found) for name, found in seen.items()} for seen in (drawn, looked)]))
"""


@pytest.fixture(scope="module")
def uncompiled() -> list[dict[str, list[Any]]]:
    """Decisions really drawn and columns really looked at by each phase, seen with compilation off."""
    return json.loads(python(DRAWN, NUMBA_DISABLE_JIT="1").splitlines()[-1])


@pytest.fixture(scope="module")
def drawn(uncompiled) -> dict[str, set[Decision]]:
    """Decisions really drawn by each phase."""
    return {name: {Decision(number) for number in numbers} for name, numbers in uncompiled[0].items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_columns_looked_at_were_found_in_the_source(uncompiled, name: str) -> None:
    """What the plan says a phase reads and writes leaves nothing out."""
    phase = next(phase for phase in SCHEDULE if phase.name == name)
    assert set(uncompiled[1][name]) <= {*phase.reads, *phase.writes}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_phase_draws_what_it_declares(drawn, name: str) -> None:
    """Nothing else, and, within two lively runs, all of it."""
    declared = set(next(phase for phase in SCHEDULE if phase.name == name).draws)
    assert {d.name for d in drawn.get(name, set())} == {d.name for d in declared}


def test_no_decision_is_drawn_by_two_phases() -> None:
    declared = [decision for phase in SCHEDULE for decision in phase.draws]
    assert len(declared) == len(set(declared))


@pytest.mark.slow
def test_decisions_of_the_start_are_not_drawn_in_a_step(drawn) -> None:
    """Initial venues and persons, tours and contributors' numbers are drawn once, before the first step."""
    once = {Decision.INITIAL_VENUE, Decision.INITIAL_PERSON, Decision.TOUR_PHASE, Decision.CONTRIBUTOR_PERMUTATION}
    assert once <= drawn["build"]
    assert not once & set().union(*(drawn[name] for name in drawn if name != "build"))


def test_reads_are_found_in_the_source() -> None:
    """A phase lists what its rules look at, and not what they only assign."""
    phases = {phase.name: phase for phase in SCHEDULE}
    assert {"units.norm", "billets.propensity", "cells.habit"} <= set(phases["decide"].reads)
    assert {"venues.is_raided", "people.state", "origins.at_risk"} <= set(phases["people"].reads)
    assert "networks.last_venue_step" not in phases["supply"].reads
    assert not set(phases["politics"].reads) & {"billets.acts", "people.state"}
