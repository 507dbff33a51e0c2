"""Runs a scenario to a week and lets one agent explain itself: the words of ``mandate explain agent`` and of the studio.

For a trafficked person the way through the states is written down while the run goes. Nothing here changes the run.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sim.agents import find_agent, next_number
from sim.model import MandateModel
from sim.scenario import Scenario
from sim.world.person_states import STATES
from sim.world.state import World

ON_THE_WAY = {
    "exploited_venue": "exploited in a venue", "exploited_private": "exploited by a private owner",
    "moved": "moved out of the mission area", "unassisted": "free, without assistance",
    "stayed": "staying in the mission area",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What an agent said, and the terms of its decision where it made one."""

    kind: str
    number: int
    week: int
    text: str
    terms: dict[str, float] = field(default_factory=dict)


def ask(
    scenario: Scenario,
    kind: str,
    number: int | None,
    week: int,
    after: int = -1,
    on_step: Callable[[int, int], None] | None = None,
) -> Told:
    """Run to a week and return what an agent says of itself.

    Parameters
    ----------
    scenario, week
        What to run, and at the end of which week to ask.
    kind, number
        Who is asked; without a number, the next one above ``after`` that has something to tell.
    on_step
        Called after each step with (steps done, steps in all); an exception it raises ends the run.

    Raises
    ------
    ScenarioError
        When the scenario has problems, or nobody has that kind or number then.
    """
    states: list[np.ndarray] = []

    def look(world: World) -> None:
        if kind == "person":
            states.append(world.people.state[: world.n_people].copy())

    model = model_after(scenario, week, on_step, look)
    number = next_number(model, kind, after) if number is None else number
    agent = find_agent(model, kind, number)
    way = (way_in_words(model.world, states, agent.row),) if kind == "person" else ()
    text = str(agent.explain(*way))
    return Told(kind, number, model.scenario.mission.horizon_weeks, text, dict(getattr(agent, "decision_terms", {})))


def model_after(
    scenario: Scenario,
    week: int,
    on_step: Callable[[int, int], None] | None = None,
    look: Callable[[World], None] | None = None,
) -> MandateModel:
    """Return the model of a scenario at the end of a week, the first at least and the last at most.

    ``look`` sees the world after each step; ``on_step`` is told (steps done, steps in all), and may end the run by an exception.
    """
    mission = dataclasses.replace(scenario.mission, horizon_weeks=max(1, min(week, scenario.mission.horizon_weeks)))
    model = MandateModel(dataclasses.replace(scenario, mission=mission))
    n_steps = model.world.clock.n_steps
    for step in range(n_steps):
        model.step()
        if look is not None:
            look(model.world)
        if on_step is not None:
            on_step(step + 1, n_steps)
    return model


def way_in_words(world: World, states: list[np.ndarray], row: int) -> str:
    """Return the dated way of a person through the states, from the states at the end of each step."""
    way: list[str] = []
    before = -1
    for step, now in enumerate(states):
        if row < len(now) and now[row] != before:
            before = int(now[row])
            name = STATES[before]
            way.append(f"week {world.clock.week(step):g} {ON_THE_WAY.get(name, name.replace('_', ' '))}")
    return f"The way so far: {', '.join(way)}."
