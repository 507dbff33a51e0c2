"""Holds what the record phase writes down, in plain arrays; results are made from it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

SNAPSHOT_WEEKS = 13.0
CELL_LEVELS = ("personnel", "venues", "venues_hidden", "exploited_persons")
CELL_FLOWS = ("international_demand", "local_demand", "raids")


@dataclass
class Recorder:
    """One run's records.

    Attributes
    ----------
    rows
        One dictionary of levels and counted facts a step.
    states
        Persons by step: at risk, prevented, then the states, shape (2 + n_states,) each.
    exploited_by_country, recruited_by_country
        Persons by country of origin, shape (n_countries of origin,) each.
    snapshots
        Cell tables of the first step, every quarter and the last step: (step, array of shape (n_cells, 7)).
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    states: list[np.ndarray] = field(default_factory=list)
    exploited_by_country: list[np.ndarray] = field(default_factory=list)
    recruited_by_country: list[np.ndarray] = field(default_factory=list)
    snapshots: list[tuple[int, np.ndarray]] = field(default_factory=list)
    _cell_flows: list[np.ndarray] = field(default_factory=list)
    _weeks: float = 0.0

    def add(self, row: dict[str, float], states: np.ndarray, exploited: np.ndarray, recruited: np.ndarray) -> None:
        """Append one step; the arrays become the recorder's own."""
        self.rows.append(row)
        self.states.append(states)
        self.exploited_by_country.append(exploited)
        self.recruited_by_country.append(recruited)

    def add_cell_flows(self, flows: Sequence[np.ndarray], dt: float) -> None:
        """Add a step's flows by cell, one array of shape (n_cells,) for each, to those since the last snapshot."""
        before = self._cell_flows or [np.zeros(len(flow)) for flow in flows]
        self._cell_flows = [total + flow for total, flow in zip(before, flows, strict=True)]
        self._weeks += dt

    def snapshot_is_due(self, step: int, last_step: int) -> bool:
        """Whether a cell table belongs to this step."""
        return step in (0, last_step) or self._weeks >= SNAPSHOT_WEEKS - 1e-9

    def add_snapshot(self, step: int, levels: np.ndarray) -> None:
        """Keep a cell table: levels now, shape (n_cells, 4), and mean weekly flows since the last one."""
        if not self._cell_flows:
            raise ValueError("a snapshot needs the flows of at least one step")
        flows = np.stack(self._cell_flows, axis=1) / self._weeks
        self.snapshots.append((step, np.concatenate([levels, flows], axis=1)))
        self._cell_flows, self._weeks = [], 0.0
