"""Lets a world and its object version do the same steps side by side, timing both and comparing person by person.

The world runs its whole schedule; the objects do the phases that concern personnel, right after the world did them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from experiments.plain_mesa.mission import PlainMission
from sim.schedule import SCHEDULE
from sim.world.state import World

PERSON_PHASES = ("perceive", "decide", "match")


@dataclass
class Stopwatch:
    """Seconds by name."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str, now: Callable[[], float] = time.perf_counter) -> Iterator[None]:
        """Add the time a block takes."""
        start = now()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + now() - start


def disagreements(world: World, mission: PlainMission) -> int:
    """Personnel present whose visits, sought or made, differ between the two versions."""
    here = [row for row, peacekeeper in enumerate(mission.peacekeepers) if peacekeeper.is_present]
    sought = np.array([mission.peacekeepers[row].sought for row in here], np.int64)
    made = np.array([mission.peacekeepers[row].made for row in here], np.int64)
    differ = (sought != world.billets.sought[here]) | (made != world.billets.acts[here])
    return int(np.count_nonzero(differ))


def step_beside(world: World, mission: PlainMission, step: int, watch: Stopwatch) -> int:
    """One step of the world, the object version doing the person phases beside it; returns disagreements."""
    world.begin_step(step)
    differ = 0
    for phase in SCHEDULE:
        if phase.name == "decide":
            mission.read_week()
        with watch(f"columns {phase.name}", time.process_time):
            phase.run(world)
        if phase.name == "match":
            mission.read_offers()
        if phase.name == "deploy":
            mission.deploy()
        elif phase.name in PERSON_PHASES:
            with watch(f"objects {phase.name}", time.process_time):
                getattr(mission, phase.name)()
        if phase.name == "match":
            differ = disagreements(world, mission)
    return differ
