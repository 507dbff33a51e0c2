"""What the tests of supply and people share: a lively market with few personnel, what must happen in it, and changed rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from random import Random
from typing import Any

from experiments.oracle import phases
from experiments.oracle.compare import PHASES, check_phase, differences, go_on
from experiments.oracle.model import OracleModel
from experiments.oracle.objects import from_world
from oracle.oracle_support import busy, shown, world_of
from sim.config import load_scenario
from sim.parameters.core import walk
from sim.schedule import SCHEDULE
from sim.world.person_states import STATES
from sim.world.state import World

SIZES = {
    "mission.trapezoid.peak": 2000.0, "mission.trapezoid.plateau_weeks": 60.0,
    "parameters.venues.initial_persons": 6.0, "parameters.networks.arrest_loss": 0.5,
}  # fmt: skip
OF_THE_MARKET = {
    "venues", "entry", "networks", "recruitment", "persons", "testimony", "assistance", "host_justice", "host_capacity",
    "prices", "personnel_demand", "local_demand", "security",
}  # fmt: skip
Change = Callable[[OracleModel], None]


def market(*overrides: str, changes: Mapping[str, Any] | None = None, weeks: int = 40, plenty: bool = True) -> World:
    """A mission with many venues and persons for each peacekeeper."""
    return busy(*overrides, changes={**SIZES, **(changes or {})}, weeks=weeks, scale=0.1, plenty=plenty)


def documented(mission: str, scale: float) -> World:
    """A mission as it ships, at a small scale."""
    return world_of(load_scenario(f"mission={mission}").with_({"scale": scale}))


def scattered(seed: int, n: int = 25) -> World:
    """A market with some parameters anywhere in their range, a third of them at its ends."""
    chooser, changes = Random(seed), {}
    free = [info for info in walk(market().parameters, "parameters.") if info.path.split(".")[1] in OF_THE_MARKET]
    for info in chooser.sample([info for info in free if isinstance(info.value, float)], n):
        low, high = float(info.low or 0.0), float(info.high or 0.0)
        changes[info.path] = chooser.choice([low, high, *(chooser.uniform(low, high) for _ in range(4))])
    return market(changes={**changes, "seed": seed, "clock.step_days": chooser.choice([1, 7, 7, 7, 14])})


def checked_phase(world: World, name: str, steps: Collection[int]) -> Iterator[None]:
    """Let a world run; in some weeks one phase is checked against objects, and the test looks at the world after it."""
    for step in range(max(steps) + 1):
        if step not in steps:
            go_on(world, step)
            continue
        world.begin_step(step)
        for phase in SCHEDULE:
            if phase.name != name:
                phase.run(world)
                continue
            found = check_phase(world, step, name)
            assert all(difference.is_excused for difference in found), shown(found)
            yield


def assert_phase_agrees(world: World, name: str, steps: Collection[int]) -> None:
    """The same where only agreement matters."""
    for _ in checked_phase(world, name, steps):
        pass


def transitions(world: World, before: list[int]) -> Counter[tuple[str, str]]:
    """How many persons went from which state to which, given their states before."""
    after = world.people.state[: len(before)].tolist()
    moved = ((STATES[a], STATES[b]) for a, b in zip(before, after, strict=True) if a != b)
    return Counter(moved)


def unseen(world: World, name: str, steps: Collection[int], changes: Mapping[str, Change]) -> set[str]:
    """Those of some changes to the objects alone that no week checked shows as a difference in one phase."""
    left = dict(changes)
    for step in range(max(steps) + 1):
        if not left:
            break
        if step not in steps:
            go_on(world, step)
            continue
        world.begin_step(step)
        for phase in SCHEDULE:
            n_events, models = world.events.n, {}
            for change, apply in left.items() if phase.name == name else ():
                models[change] = from_world(world, step)
                apply(models[change])
                phases.phase(name)(models[change])
            PHASES[phase.name].run(world)
            for change, model in models.items():
                if any(not difference.is_excused for difference in differences(model, world, name, n_events)):
                    del left[change]
    return set(left)


def parameter(path: str, factor: float = 1.01) -> Change:
    """A parameter multiplied for the objects alone."""

    def apply(model: OracleModel) -> None:
        group, name = path.split(".")
        model.parameters = deepcopy(model.parameters)
        setattr(getattr(model.parameters, group), name, getattr(getattr(model.parameters, group), name) * factor)

    return apply
