"""Which runs a comparison is made of, and in which order: the plan as a list of cells and replicates.

A cell is one scenario of the plan; replicate i of a cell uses its seeds plus i. Order is replicate by replicate with the
baseline first, so that an early stop leaves whole pairs: the main grid, then further worlds, then mechanisms switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sim.analysis.study import TWINS, Plan
from sim.runs.batch import Task
from sim.runs.kept import run_name, scenario_key
from sim.scenario import Scenario

STAGES = ("main grid", "further worlds", "mechanisms off")


class Cell(NamedTuple):
    """One scenario of a plan; ``twin`` names the mechanism switched off, empty = none."""

    mission: str
    shock: str
    world: str
    option: str
    twin: str = ""


@dataclass
class Request:
    """A plan with its scenarios.

    Attributes
    ----------
    plan
        What is compared.
    compose
        Gives the scenario of (mission, shock, world, option).
    leading
        Number of options, besides the baseline, that are taken to further worlds: those with the least exploitation in
        the main grid. 0 = ``plan.world_options`` says which; else that names the baseline alone until they are known.
    """

    plan: Plan
    compose: Callable[[str, str, str, str], Scenario]
    leading: int = 0
    _made: dict[Cell, Scenario] = field(default_factory=dict)
    _keys: dict[Cell, str] = field(default_factory=dict)

    def scenario(self, cell: Cell) -> Scenario:
        """Return the scenario of a cell."""
        if cell not in self._made:
            scenario = self.compose(*cell[:4])
            self._made[cell] = scenario.with_(dict(TWINS[cell.twin])) if cell.twin else scenario
        return self._made[cell]

    def key(self, cell: Cell, version: str) -> str:
        """Return the key of a cell's scenario; equal scenarios share it."""
        if cell not in self._keys:
            self._keys[cell] = scenario_key(self.scenario(cell), version)
        return self._keys[cell]

    def tasks(self, pairs: Iterable[tuple[Cell, int]], version: str) -> dict[str, Task]:
        """Return the runs of (cell, replicate) pairs by name, in order; a run that serves two cells is there once."""
        tasks: dict[str, Task] = {}
        for cell, replicate in pairs:
            scenario = self.scenario(cell)
            seeds = scenario.seed + replicate, scenario.world_seed + replicate
            name = run_name(self.key(cell, version), *seeds)
            tasks.setdefault(name, Task(name, scenario, *seeds))
        return tasks


def stage_cells(plan: Plan) -> dict[str, tuple[list[Cell], int]]:
    """Return for each stage its cells, baseline first, and its number of replicates."""
    missions, shocks, worlds = ([part.name for part in group] for group in (plan.missions, plan.shocks, plan.worlds))
    options = [option.name for option in plan.options]
    further = [name for name in options if name in plan.world_options or not plan.world_options]
    world_shocks = [name for name in shocks if name in plan.world_shocks or not plan.world_shocks]
    main = [Cell(m, s, worlds[0], o) for m in missions for s in shocks for o in options]
    others = [Cell(m, s, w, o) for m in missions for s in world_shocks for w in worlds[1:] for o in further]
    off = [Cell(missions[0], shocks[0], worlds[0], o, twin) for twin in TWINS if twin for o in options]
    counts = (plan.replicates, plan.world_replicates, plan.mechanism_replicates)
    return {name: (cells, n if cells else 0) for name, cells, n in zip(STAGES, (main, others, off), counts)}


def in_order(cells: list[Cell], replicates: int) -> list[tuple[Cell, int]]:
    """Pairs of cell and replicate, replicate by replicate."""
    return [(cell, i) for i in range(replicates) for cell in cells]


def leading_options(plan: Plan, mean_person_weeks: dict[str, float], n: int) -> Plan:
    """Return the plan with the baseline and the n options of least exploitation taken to further worlds.

    Options without a number come last; ties keep the plan's order.
    """
    others = [option.name for option in plan.options if option.name != plan.baseline]
    ranked = sorted(others, key=lambda name: mean_person_weeks.get(name, float("inf")))
    return replace(plan, world_options=(plan.baseline, *ranked[:n]))
