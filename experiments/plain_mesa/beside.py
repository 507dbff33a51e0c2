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
WILLINGNESS_TOLERANCE = 1e-6  # the world keeps it in single precision


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
    """Personnel present who differ between the two versions: in willingness, visits sought or made, or rarer roles."""
    here = np.array([row for row, peacekeeper in enumerate(mission.peacekeepers) if peacekeeper.is_present], np.int64)
    people, billets = [mission.peacekeepers[row] for row in here], world.billets
    helps = billets.is_facilitator & (billets.facilitator_slot == billets.occupant)
    differ = np.zeros(len(here), bool)
    for mine, theirs in (
        ([p.sought for p in people], billets.sought),
        ([p.made for p in people], billets.acts),
        ([p.wants_person for p in people], billets.wants_person),
        ([p.is_facilitator for p in people], helps),
    ):
        differ |= np.array(mine, theirs.dtype) != theirs[here]
    willing = np.array([p.willing for p in people], np.float64)
    differ |= np.abs(willing - billets.p_act[here]) > WILLINGNESS_TOLERANCE
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
