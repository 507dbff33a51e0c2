"""Holds what the record phase writes down, in plain arrays; results are made from it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.tables import Ints, Reals, Shared, array, count, names_of_numbers
from sim.world.tallies import Flows, Levels

SNAPSHOT_WEEKS = 13.0
CELL_LEVELS = ("personnel", "venues", "venues_hidden", "exploited_persons")
CELL_FLOWS = ("international_demand", "local_demand", "raids")
LEVEL_NAMES, FLOW_NAMES = names_of_numbers(Levels), names_of_numbers(Flows)


@dataclass
class Recorder(Shared):
    """One run's records, a row a step; the first ``n`` are filled.

    ``snapshots`` holds cell tables of the first step, every quarter and the last step: (step, array of (n_cells, 7)).
    """

    levels: Reals = array(np.float64, "-", "levels at the end of each step, in the order of Levels", ndim=2)
    flows: Reals = array(np.float64, "-", "counted facts of each step, in the order of Flows", ndim=2)
    states: Ints = array(np.int64, "persons", "at risk, prevented, then by state", ndim=2)
    exploited: Ints = array(np.int64, "persons", "exploited, by country of origin", ndim=2)
    recruited: Ints = array(np.int64, "persons", "recruited in the step, by country of origin", ndim=2)
    cell_flows: Reals = array(np.float64, "-", "flows by cell since the last snapshot, CELL_FLOWS", ndim=2)
    weeks: float = count("weeks", "weeks since the last snapshot", 0.0)
    n: int = count("steps", "rows filled")
    snapshots: list[tuple[int, Reals]] = field(default_factory=list)

    @classmethod
    def of_size(cls, n_steps: int, n_states: int, n_countries: int, n_cells: int) -> Recorder:
        """Empty records of a run."""
        return cls(
            np.zeros((n_steps, len(LEVEL_NAMES))),
            np.zeros((n_steps, len(FLOW_NAMES))),
            np.zeros((n_steps, 2 + n_states), np.int64),
            np.zeros((n_steps, n_countries), np.int64),
            np.zeros((n_steps, n_countries), np.int64),
            np.zeros((n_cells, len(CELL_FLOWS))),
        )

    def column(self, name: str) -> Reals:
        """A level or counted fact by step, shape (n,).

        Raises
        ------
        KeyError
            Where nothing of that name is recorded.
        """
        for names, table in ((LEVEL_NAMES, self.levels), (FLOW_NAMES, self.flows)):
            if name in names:
                return table[: self.n, names.index(name)]
        raise KeyError(name)

    @property
    def rows(self) -> list[dict[str, float]]:
        """Levels and counted facts of each step by name."""
        names = LEVEL_NAMES + FLOW_NAMES
        table = np.concatenate((self.levels, self.flows), axis=1)[: self.n].tolist()
        return [dict(zip(names, row, strict=True)) for row in table]

    def snapshot_is_due(self, step: int, last_step: int) -> bool:
        """Whether a cell table belongs to this step."""
        return step in (0, last_step) or self.weeks >= SNAPSHOT_WEEKS - 1e-9

    def add_snapshot(self, step: int, levels: Reals) -> None:
        """Keep a cell table: levels now, shape (n_cells, 4), and mean weekly flows since the last one."""
        self.snapshots.append((step, np.concatenate([levels, self.cell_flows / self.weeks], axis=1)))
        self.cell_flows[:] = 0.0
        self.weeks = 0.0
