"""What a sweep is made of: cells (mission, shock, world, option), design points and replicates, and the runs they need.

Replicate i uses its scenario's seeds plus i in every cell and at every point, so that all of them share their luck.
Order is replicate by replicate, then point by point, so that an early stop leaves whole comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from sim.errors import ScenarioError
from sim.runs.batch import Task
from sim.runs.kept import run_name, scenario_key
from sim.scenario import Scenario, policy_of
from sim.sweeps.design import DRAW, POINT, SAMPLE

PLACE = (POINT, DRAW, SAMPLE)


class Cell(NamedTuple):
    """One combination of the files a scenario is composed from."""

    mission: str
    shock: str
    world: str
    option: str


class Wanted(NamedTuple):
    """One run of a plan: its name, the cell and point it is made from, and its seeds."""

    name: str
    key: str
    cell: Cell
    point: int
    seed: int
    world_seed: int


@dataclass
class SweepPlan:
    """A sweep, with everything that is needed to make any of its runs.

    Attributes
    ----------
    cells
        Scenario of each cell, composed once; the first cell is made first.
    design
        Design points as ``design_points`` gives them.
    replicates
        Runs of each point in each cell.
    indicators
        Columns of the series that are kept; empty = all.
    about
        What was asked for, for readers of the manifest: command, kind of design, factors.
    """

    cells: dict[Cell, Scenario]
    design: pd.DataFrame
    replicates: int = 1
    indicators: tuple[str, ...] = ()
    about: dict[str, Any] = field(default_factory=dict)
    _points: list[dict[str, Any]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """Varied paths."""
        return [name for name in self.design.columns if name not in PLACE]

    @property
    def points(self) -> list[dict[str, Any]]:
        """Varied values of each design point, as plain Python values; missing ones are None."""
        if not self._points:
            self._points = [
                {path: _plain(value) for path, value in row.items()}
                for row in self.design[self.paths].to_dict("records")
            ]
        return self._points

    def levels(self) -> dict[str, int]:
        """Number of levels of each path; 1 where it is sampled, drawn, or part of a table."""
        crossed = self.design[(self.design[SAMPLE] == 0) & (self.design[DRAW] == 0)]
        return {path: int(crossed[path].nunique()) for path in self.paths}

    def changes(self, cell: Cell, point: int) -> dict[str, Any]:
        """Varied values of a point that a cell's scenario has; doses of policies it lacks are left out."""
        own = self.cells[cell].policy
        return {path: v for path, v in self.points[point].items() if policy_of(path) in ("", *own)}

    def scenario(self, cell: Cell, point: int) -> Scenario:
        """Return the scenario of a design point in a cell.

        Raises
        ------
        ScenarioError
            With every problem of the point.
        """
        return self.cells[cell].with_(self.changes(cell, point))

    def keyed(self, version: str, on_point: Callable[[int, int], None] | None = None) -> pd.DataFrame:
        """Check every scenario and return its key: a row for each point and cell, points in order.

        Parameters
        ----------
        version
            Of the model.
        on_point
            Called after each point with (points done, points in all).

        Returns
        -------
        DataFrame
            ``mission, shock, world, option, point, key, seed, world_seed``; equal scenarios share a key.

        Raises
        ------
        ScenarioError
            With the problems of all points, each once.
        """
        rows: list[tuple[Any, ...]] = []
        problems: dict[str, None] = {}
        for point in range(len(self.design)):
            for cell in self.cells:
                try:
                    scenario = self.scenario(cell, point)
                except ScenarioError as error:
                    problems |= dict.fromkeys(error.problems)
                    continue
                key = scenario_key(scenario, version)
                rows.append((*cell, point, key, scenario.seed, scenario.world_seed))
            if on_point is not None:
                on_point(point + 1, len(self.design))
        if problems:
            raise ScenarioError(list(problems))
        return pd.DataFrame(rows, columns=[*Cell._fields, POINT, "key", "seed", "world_seed"])

    def runs(self, keyed: pd.DataFrame) -> Iterator[Wanted]:
        """Yield every run once, in order; one that serves several points is there for the first of them."""
        rows = [*keyed.drop_duplicates(["key", "seed", "world_seed"]).itertuples(index=False)]
        for i in range(self.replicates):
            for row in rows:
                seeds = int(row.seed) + i, int(row.world_seed) + i
                cell = Cell(row.mission, row.shock, row.world, row.option)
                yield Wanted(run_name(row.key, *seeds), row.key, cell, int(row.point), *seeds)

    def task(self, run: Wanted) -> Task:
        """Return what makes a run; its scenario is made here, so that a long plan needs no more memory than a short one."""
        return Task(run.name, self.scenario(run.cell, run.point), run.seed, run.world_seed)

    def made_from(self, run: Wanted) -> dict[str, Any]:
        """What a run is made from: names, seeds, varied values; a value its scenario does not have is None."""
        about = {"run": run.name, "key": run.key, "seed": run.seed, "world_seed": run.world_seed}
        return about | run.cell._asdict() | dict.fromkeys(self.paths) | self.changes(run.cell, run.point)


def run_rows(keyed: pd.DataFrame, replicates: int) -> pd.DataFrame:
    """A row for each point, cell and replicate: ``run``, the columns of ``keyed``, ``replicate`` and its seeds."""
    parts = []
    for replicate in range(replicates):
        seeds = {name: keyed[name] + replicate for name in ("seed", "world_seed")}
        parts.append(keyed.assign(replicate=replicate, **seeds))
    rows = pd.concat(parts, ignore_index=True)
    names = [run_name(*row) for row in zip(rows["key"], rows["seed"], rows["world_seed"])]
    rows.insert(0, "run", names)
    return rows


def _plain(value: Any) -> Any:
    """A cell of a table as Python knows it; what is missing is None."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and value != value else value
