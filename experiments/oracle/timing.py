"""Times objects and columns on the same steps, in processor time: phase by phase from one state, or objects on their own.

Objects take the compiled draws here, because a keyed draw in plain Python would cost several times as much and flatter the
columns; the numbers are the same.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

from experiments.oracle import phases
from experiments.oracle.compare import SEVERAL_WEEKS, differences, made_from
from sim.rng import Decision, uniform
from sim.schedule import SCHEDULE
from sim.world.state import World

PERSON_PHASES = ("perceive", "decide", "match")
NANO = 1e9


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


@dataclass
class Beside:
    """What happened while objects and columns did the same weeks."""

    billet_weeks: int = 0
    visits: int = 0
    differ: int = 0


def run_beside(world: World, steps: Iterable[int], watch: Stopwatch, names: Iterable[str] = PERSON_PHASES) -> Beside:
    """Steps of the world, some of its phases each done by objects too, made right before it; making them is not timed."""
    found, names = Beside(), tuple(names)
    for step in steps:
        world.begin_step(step)
        for phase in SCHEDULE:
            n_events = world.events.n
            with made_from(world, step) if phase.name in names else nullcontext() as model:
                with watch(f"columns {phase.name}", time.process_time):
                    phase.run(world)
                if model is None:
                    continue
                model.uniform_of = uniform
                with watch(f"objects {phase.name}", time.process_time):
                    phases.phase(phase.name)(model)
                found.differ += sum(not d.is_excused for d in differences(model, world, phase.name, n_events))
        found.billet_weeks += int(world.units.n_present.sum())
        found.visits += int(world.billets.sought.sum())
    return found


def run_alone(world: World, steps: Iterable[int], watch: Stopwatch) -> Beside:
    """Whole steps of objects made once from the world, phase by phase, beside the whole steps of the world itself."""
    steps, found = list(steps), Beside()
    world.begin_step(steps[0])
    with made_from(world, steps[0]) as model:
        model.uniform_of = uniform
        for step in steps:
            n_events = world.events.n
            model.begin(step)
            for name in phases.NAMES:
                with watch(f"objects {name}", time.process_time):
                    phases.phase(name)(model)
            world.begin_step(step)
            for phase in SCHEDULE:
                with watch(f"columns {phase.name}", time.process_time):
                    phase.run(world)
            found.differ += sum(not d.is_excused for d in differences(model, world, "week", n_events, SEVERAL_WEEKS))
            found.billet_weeks += int(world.units.n_present.sum())
            found.visits += int(world.billets.sought.sum())
    return found


def count_draws(world: World, step: int, names: Iterable[str] = PERSON_PHASES) -> Counter[str]:
    """Keyed draws by decision that objects take in a step of the world, phases in ``names``; the world does the step too."""
    found, names = Counter[str](), tuple(names)

    def counted(seed: int, decision: int, *key: int) -> float:
        found[Decision(decision).name] += 1
        return uniform(seed, decision, *key)

    world.begin_step(step)
    for phase in SCHEDULE:
        if phase.name in names:
            with made_from(world, step) as model:
                model.uniform_of = counted
                phases.phase(phase.name)(model)
        phase.run(world)
    return found


def per_billet_step(watch: Stopwatch, found: Beside) -> dict[str, float]:
    """Nanoseconds per billet and step of everything timed."""
    return {name: seconds / max(found.billet_weeks, 1) * NANO for name, seconds in watch.seconds.items()}
