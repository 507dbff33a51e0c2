"""The Mesa model: a world of columns, institutions as agents, and a step that is the schedule.

``model.step()`` runs the ten phases once. Institutions are ordinary agents; the many are visible as agents too, made
when first looked at (see ``sim.agents``). Mesa's own random numbers are never used.
"""

from __future__ import annotations

import itertools
from typing import Any

import mesa

from sim.agents.views import LazyAgents, make_grid
from sim.compiled import direct
from sim.institutions.make import make_institutions
from sim.scenario import Scenario
from sim.schedule import SCHEDULE
from sim.world.build import build_world

STEP = tuple(direct(phase.run) for phase in SCHEDULE)


class MandateModel(mesa.Model):
    """A mission, its market and its institutions.

    Parameters
    ----------
    scenario
        What to run.
    seed, world_seed
        Override the scenario's seeds.

    Raises
    ------
    ScenarioError
        When the scenario has problems.
    """

    def __init__(self, scenario: Scenario, seed: int | None = None, world_seed: int | None = None) -> None:
        super().__init__(rng=0)
        self._numbers = itertools.count(1)
        self.scenario = scenario
        self.world = build_world(scenario, seed, world_seed)
        self.institutions = make_institutions(self)
        self._views = LazyAgents(self)
        self._next_step = 0
        self._grid: Any = None

    def step(self) -> None:
        """Run one step of the schedule; does nothing once the horizon is reached."""
        if self._next_step >= self.world.clock.n_steps:
            self.running = False
            return
        self.world.begin_step(self._next_step)
        for run in STEP:
            run(self.world)
        self._next_step += 1
        self._views.outdate()
        self.running = self._next_step < self.world.clock.n_steps

    def register_agent(self, agent: Any) -> None:
        """Take in an agent, numbered from 1 in the order of their making.

        Mesa 3.3 counts in a class attribute, which would keep every model alive for ever; Mesa 3.5 counts in the model.
        """
        counters = getattr(mesa.Agent, "_ids", None)
        if counters is not None:
            counters.pop(self, None)
            agent.unique_id = next(self._numbers)
        super().register_agent(agent)

    @property
    def scenario(self) -> Scenario:
        """What is run. Mesa 3.5 would tie a scenario to the model and keep the model alive; this property does not."""
        return self._scenario

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        self._scenario = scenario

    @property
    def week(self) -> float:
        """Weeks simulated so far."""
        return self.world.clock.week(self._next_step)

    @property
    def agents_by_type(self) -> Any:
        """Agents by class; a class of the many is made into agents on first access."""
        return self._views

    @property
    def agents(self) -> Any:
        """All agents, the many included; prefer ``agents_by_type``, this makes an object of every row."""
        self._views.make_all()
        return super().agents

    @property
    def grid(self) -> Any:
        """The regional grid as Mesa cells, made on first access."""
        if self._grid is None:
            self._grid = make_grid(self)
        return self._grid
