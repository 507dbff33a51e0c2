"""Collects what the record phase writes down, in plain arrays sized for the run; results are made from it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.world.person_states import STATES

if TYPE_CHECKING:
    from sim.world.state import World

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
        Persons by step: at risk, prevented, then the states, shape (n_steps, 2 + n_states).
    exploited_by_country, recruited_by_country
        Persons by country of origin, shape (n_steps, n_countries of origin).
    snapshots
        Cell tables at quarterly steps and the last one: (step, array of shape (n_cells, 7)).
    """

    rows: list[dict[str, float]] = field(default_factory=list)
    states: list[np.ndarray] = field(default_factory=list)
    exploited_by_country: list[np.ndarray] = field(default_factory=list)
    recruited_by_country: list[np.ndarray] = field(default_factory=list)
    snapshots: list[tuple[int, np.ndarray]] = field(default_factory=list)
    _flows: np.ndarray | None = None
    _weeks: float = 0.0

    def add(
        self, world: World, levels: dict[str, float], exploited: np.ndarray, recruited: np.ndarray, states: np.ndarray
    ) -> None:
        """Append one step; the arrays become the recorder's own."""
        self.rows.append({**levels, **world.flows})
        self.states.append(states)
        self.exploited_by_country.append(exploited)
        self.recruited_by_country.append(recruited)
        self._snapshot(world)

    def _snapshot(self, world: World) -> None:
        """Sum cell flows, and keep a table every quarter and at the end."""
        cells, venues = world.cells, world.venues
        flows = np.stack([cells.international_sought, cells.local_sought, cells.raids], axis=1)
        self._flows = flows if self._flows is None else self._flows + flows
        self._weeks += world.dt
        is_last = world.step == world.clock.n_steps - 1
        if self._weeks < SNAPSHOT_WEEKS - 1e-9 and not is_last and world.step > 0:
            return
        rows, n = np.where(venues.is_open, venues.cell, 0), len(cells)
        people = world.people
        there = np.isin(
            people.state[: world.n_people], (STATES.index("exploited_venue"), STATES.index("exploited_private"))
        )
        place = people.cell[: world.n_people]
        levels = np.stack(
            [
                cells.personnel.astype(np.float64),
                np.bincount(rows, venues.is_open, n),
                np.bincount(rows, venues.is_open & venues.is_hidden, n),
                np.bincount(place[there & (place >= 0)], minlength=n).astype(np.float64),
            ],
            axis=1,
        )
        self.snapshots.append((world.step, np.concatenate([levels, self._flows / self._weeks], axis=1)))
        self._flows, self._weeks = None, 0.0
