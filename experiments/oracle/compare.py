"""Puts objects and columns side by side: one phase, or one whole week, from the same state.

Whole numbers, truths and texts must be equal, reals within a stated tolerance. A difference is excused only where a draw
of the same row lies within rounding of its threshold.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np

from experiments.oracle import phases
from experiments.oracle.agents import institutions
from experiments.oracle.filed import Report
from experiments.oracle.model import OracleModel
from experiments.oracle.objects import from_world
from sim.schedule import SCHEDULE
from sim.world.columns import TABLES
from sim.world.state import World

PHASES = {phase.name: phase for phase in SCHEDULE}


class Tolerance(NamedTuple):
    """How far two reals may lie apart."""

    relative: float
    absolute: float


ONE_WEEK, SEVERAL_WEEKS = Tolerance(1e-11, 1e-12), Tolerance(1e-8, 1e-10)
SINGLE_PRECISION = Tolerance(2.5e-7, 1e-12)
# The model's normal quantile is an approximation with an error of 1.2e-9; these rest on it.
NORMAL = Tolerance(1e-8, 1e-8)
RESTING_ON_NORMALS = {
    "billets.propensity", "units.leadership", "units.p_prone", "units.acts", "units.opportunity", "units.private_share",
}  # fmt: skip


class Difference(NamedTuple):
    """One value in which objects and columns differ."""

    step: int
    phase: str
    where: str
    row: Any
    oracle: Any
    kernel: Any
    is_excused: bool = False

    def __str__(self) -> str:
        """The difference on a line."""
        excuse = " (a near-tie)" if self.is_excused else ""
        return f"step {self.step} {self.phase}: {self.where}[{self.row}]: objects {self.oracle}, columns {self.kernel}{excuse}"


def check_phase(world: World, step: int, name: str) -> list[Difference]:
    """Let the world do one phase, and objects made from it before do the same; returns what differs.

    The world must have begun the step and done the phases before.
    """
    n_events = world.events.n
    with made_from(world, step) as model:
        phases.phase(name)(model)
        PHASES[name].run(world)
        return differences(model, world, name, n_events)


def check_week(world: World, step: int) -> list[Difference]:
    """Let the world do a whole step, and objects made from it before do the same; returns what differs."""
    return check_weeks(world, [step])


def check_weeks(world: World, steps: Iterable[int]) -> list[Difference]:
    """Steps in a row that objects, made once from the world, do on their own beside it; returns what differs after each."""
    steps, found = list(steps), []
    world.begin_step(steps[0])
    with made_from(world, steps[0]) as model:
        for step in steps:
            n_events = world.events.n
            model.begin(step)
            phases.step(model)
            go_on(world, step)
            found += differences(model, world, "week", n_events, ONE_WEEK if step == steps[0] else SEVERAL_WEEKS)
    return found


@contextmanager
def made_from(world: World, step: int) -> Iterator[OracleModel]:
    """Objects in the state of a world; forgotten afterwards."""
    model = from_world(world, step)
    try:
        yield model
    finally:
        model.release()


def check_week_by_phase(world: World, step: int, only: Iterable[str] = phases.NAMES) -> list[Difference]:
    """One step of the world, some of its phases each set beside objects made right before it; returns what differs."""
    only, found = set(only), []
    world.begin_step(step)
    for phase in SCHEDULE:
        if phase.name in only:
            found += check_phase(world, step, phase.name)
        else:
            phase.run(world)
    return found


def go_on(world: World, step: int) -> None:
    """One step of the world alone."""
    world.begin_step(step)
    for phase in SCHEDULE:
        phase.run(world)


def differences(
    model: OracleModel, world: World, phase: str, n_events: int = 0, tolerance: Tolerance = ONE_WEEK
) -> list[Difference]:
    """Everything in which objects and the world now differ."""
    found = [*_tables(model, world, tolerance), *_mappings(model, world, tolerance), *_events(model, world, n_events)]
    near = {(tie.table, tie.row) for tie in model.near_ties}
    return [
        Difference(model.now, phase, where, row, mine, theirs, (where.partition(".")[0], row) in near)
        for where, row, mine, theirs in found
    ]


Found = Iterable[tuple[str, Any, Any, Any]]


def _tables(model: OracleModel, world: World, tolerance: Tolerance) -> Found:
    """Rows of every table, column by column."""
    used = {"people": world.n_people, "incidents": world.n_incidents}
    for name in TABLES:
        table, agents = getattr(world, name), getattr(model, name)
        n = used.get(name, len(table))
        if len(agents) != n:
            yield f"{name}.rows", -1, len(agents), n
        n = min(n, len(agents))
        for column in fields(table):
            theirs = getattr(table, column.name)[:n]
            mine = [getattr(agent, column.name) for agent in agents[:n]]
            where = f"{name}.{column.name}"
            allowed = NORMAL if where in RESTING_ON_NORMALS else tolerance
            agree = _agrees(np.array(mine), theirs, allowed) if n else np.ones(0, bool)
            for row in np.flatnonzero(~agree).tolist():
                yield where, row, mine[row], theirs[row].item()


def _agrees(mine: np.ndarray, theirs: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Which elements agree: reals within tolerance, everything else exactly."""
    if theirs.dtype.kind != "f":
        return np.asarray(mine == theirs)
    relative, absolute = SINGLE_PRECISION if theirs.dtype == np.float32 else tolerance
    return np.isclose(mine.astype(np.float64), theirs.astype(np.float64), rtol=relative, atol=absolute)


def _mappings(model: OracleModel, world: World, tolerance: Tolerance) -> Found:
    """Counted facts, orders, reports, credit and the state of institutions."""
    theirs: dict[str, Any] = {
        "flows": {name: value for name, value in world.flows.numbers().items() if value != 0.0},
        "orders": world.ordered,
        "filed": [Report(*(getattr(filed, name) for name in Report._fields)) for filed in world.filed],
        "assistance_credit": float(world.assistance_credit),
    } | institutions.plain_of_world(world)
    mine: dict[str, Any] = {
        "flows": {name: value for name, value in model.flows.items() if value != 0.0},
        "orders": model.orders,
        "filed": model.filed,
        "assistance_credit": model.assistance_credit,
    } | institutions.plain_of_model(model)
    for name in sorted({*mine, *theirs}):
        yield from _nested(name, "", mine.get(name), theirs.get(name), tolerance)


def _nested(name: str, where: str, mine: Any, theirs: Any, tolerance: Tolerance) -> Found:
    """Differences of plain values inside each other."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in sorted({*mine, *theirs}, key=str):
            yield from _nested(name, f"{where}/{key}", mine.get(key), theirs.get(key), tolerance)
    elif isinstance(mine, list | tuple) and isinstance(theirs, list | tuple) and len(mine) == len(theirs):
        for i, (a, b) in enumerate(zip(mine, theirs, strict=True)):
            yield from _nested(name, f"{where}/{i}", a, b, tolerance)
    elif isinstance(mine, float) or isinstance(theirs, float):
        relative, absolute = tolerance
        if mine is None or theirs is None or not math.isclose(mine, theirs, rel_tol=relative, abs_tol=absolute):
            yield name, where, mine, theirs
    elif mine != theirs:
        yield name, where, mine, theirs


def _events(model: OracleModel, world: World, n_before: int) -> Found:
    """Events of the step, in whatever order they were noted."""
    mine, theirs = Counter(map(_rounded, model.events)), Counter(map(_rounded, world.events.rows[n_before:]))
    for row in sorted((mine - theirs) + (theirs - mine), key=str):
        yield "events", row, mine[row], theirs[row]


def _rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """An event with its value to nine digits."""
    return (*row[:-1], float(f"{row[-1]:.9g}"))
