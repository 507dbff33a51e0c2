"""The region as a Mesa grid: cells that know who stands there and layers that are read from the columns.

Nothing is stored on the grid, so nothing can drift from the columns or keep a finished model alive. North is up in Mesa's
drawings: grid cell ``row * n_columns + column``, row 0 in the north, has the coordinate ``(column, n_rows - 1 - row)``.
"""

from __future__ import annotations

import copyreg
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from mesa.agent import AgentSet
from mesa.discrete_space import Cell, OrthogonalMooreGrid, PropertyLayer

from sim.world.geography import Geography
from sim.world.person_states import IN_VENUE, PRIVATE
from sim.world.state import World

Coordinate = tuple[int, int]
READ_ONLY = "The regional grid is read from the world's columns: nothing can be put on it or set in it."


def coordinate_of(geography: Geography, grid_cell: int) -> Coordinate:
    """Mesa coordinate of a grid cell: column from the west, row from the south."""
    row, column = divmod(grid_cell, geography.n_columns)
    return column, geography.n_rows - 1 - row


def _venues(world: World) -> np.ndarray:
    """Venues in operation by row in cells."""
    return np.bincount(world.venues.cell[world.venues.is_open], minlength=len(world.cells))


def _exploited(world: World) -> np.ndarray:
    """Persons exploited in venues or by private owners, by row in cells."""
    state, cell = world.people.state[: world.n_people], world.people.cell[: world.n_people]
    return np.bincount(cell[((state == IN_VENUE) | (state == PRIVATE)) & (cell >= 0)], minlength=len(world.cells))


LAYERS: dict[str, Callable[[World], np.ndarray]] = {
    "personnel": lambda world: world.cells.personnel,
    "venues": _venues,
    "exploited_persons": _exploited,
    "demand": lambda world: world.cells.international_sought + world.cells.local_sought,
}


class Occupants:
    """The agents in one cell, found when asked for; stands in for the list Mesa's cells keep."""

    __slots__ = ("_cell",)

    def __init__(self, cell: RegionCell) -> None:
        self._cell = cell

    def copy(self) -> list[Any]:
        """A list of the agents here now."""
        return list(self._cell.region().standing().get(self._cell.coordinate, ()))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.copy())

    def __len__(self) -> int:
        return len(self.copy())

    def __contains__(self, agent: Any) -> bool:
        return agent in self.copy()

    def __repr__(self) -> str:
        return repr(self.copy())


class RegionCell(Cell):
    """A cell whose agents are those that stand there now.

    Each grid has its own class of cells; ``home`` refers to the grid weakly, because Mesa caches cells for good.
    """

    home: Callable[[], RegionGrid | None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agents = Occupants(self)

    def region(self) -> RegionGrid:
        """The grid of this cell."""
        grid = type(self).home()
        if grid is None:
            raise ReferenceError("The model of this cell is gone. Keep the model as long as you use its cells.")
        return grid

    @property
    def is_empty(self) -> bool:
        """Whether nobody stands here."""
        return len(self._agents) == 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.coordinate}>"

    def add_agent(self, agent: Any) -> None:
        """Refuse."""
        raise AttributeError(READ_ONLY)

    def remove_agent(self, agent: Any) -> None:
        """Refuse."""
        raise AttributeError(READ_ONLY)


class ColumnLayer(PropertyLayer):
    """A property layer read from the columns: ``data[x, y]``, computed once a step, not writable."""

    def __init__(self, name: str, grid: RegionGrid, values: Callable[[], np.ndarray]) -> None:
        self.name = name
        self.dimensions = grid.dimensions
        self._grid = grid
        self._values = values
        self._kept: tuple[Any, np.ndarray] | None = None

    @property
    def data(self) -> np.ndarray:
        """Values now, shape (n_columns, n_rows)."""
        if self._kept is None or self._kept[0] != self._grid.moment:
            width, height = self.dimensions
            data = np.ascontiguousarray(self._values().reshape(height, width)[::-1].T)
            data.setflags(write=False)
            self._kept = (self._grid.moment, data)
        return self._kept[1]

    _mesa_data = data  # Mesa 3.3 reads this name
    _data = data  # Mesa 3.5 reads this one


class RegionGrid(OrthogonalMooreGrid):
    """The region as a Mesa grid of ``n_columns`` x ``n_rows`` cells.

    ``kinds`` are the classes of agents that stand on it, all that have a place by default. Set ``kinds = (Venue,)`` to
    draw venues alone: showing every person present is slow. Layers are ``personnel``, ``venues``, ``exploited_persons``
    and ``demand`` (visits sought this step), in simulated numbers, not scaled back.
    """

    def __init__(self, model: Any) -> None:
        geography = model.world.geography
        super().__init__(
            (geography.n_columns, geography.n_rows),
            torus=False,
            random=model.random,  # never drawn from
            cell_klass=RegionCell,
        )
        copyreg.dispatch_table.pop(self.cell_klass, None)  # Mesa would keep every grid's class of cells for good
        self.cell_klass.home = weakref.ref(self)
        self.model = model
        self.kinds: tuple[type, ...] = tuple(kind for kind in model.agents_by_type.kinds if kind.has_place)
        self._standing: tuple[Any, dict[Coordinate, list[Any]]] | None = None
        self.remove_property_layer("empty")
        self._add_layer("empty", self._is_empty)
        for name, values in LAYERS.items():
            self._add_layer(name, partial(self._layer, values))

    @property
    def moment(self) -> Any:
        """Changes when what was read from the columns is out of date."""
        return self.model.steps, self.kinds

    @property
    def agents(self) -> AgentSet:
        """All agents of ``kinds`` that stand in a cell."""
        agents = (agent for here in self.standing().values() for agent in here)
        return AgentSet(agents, random=self.model.random)  # never drawn from

    def cell_of(self, grid_cell: int) -> Any:
        """The Mesa cell of a cell number of the region."""
        return self._cells[coordinate_of(self.model.world.geography, grid_cell)]

    def standing(self) -> dict[Coordinate, list[Any]]:
        """Agents of ``kinds`` by the coordinate of the cell they stand in."""
        if self._standing is None or self._standing[0] != self.moment:
            world = self.model.world
            coordinates = [coordinate_of(world.geography, int(c)) for c in world.cells.grid_cell]
            found: dict[Coordinate, list[Any]] = {}
            for kind in self.kinds:
                agents = list(self.model.agents_by_type[kind])
                rows = np.array([agent.row for agent in agents], np.int64)
                for agent, place in zip(agents, kind.places(world, rows).tolist()):  # type: ignore[attr-defined]
                    if place >= 0:
                        found.setdefault(coordinates[place], []).append(agent)
            self._standing = (self.moment, found)
        return self._standing[1]

    def _add_layer(self, name: str, values: Callable[[], np.ndarray]) -> None:
        """Add a layer, readable as an attribute of the grid and of its cells."""
        self.add_property_layer(ColumnLayer(name, self, values))

        def read(cell: RegionCell) -> Any:
            return cell.region()._mesa_property_layers[name].data[cell.coordinate]

        def refuse(cell: RegionCell, value: Any) -> None:
            raise AttributeError(READ_ONLY)

        setattr(self.cell_klass, name, property(read, refuse))

    def _layer(self, values: Callable[[World], np.ndarray]) -> np.ndarray:
        """Values of a layer by cell number of the region."""
        return self._on_region(values(self.model.world))

    def _on_region(self, values: np.ndarray) -> np.ndarray:
        """Values of the mission area's cells put on the regional grid, 0 elsewhere."""
        region = np.zeros(self.model.world.geography.n_cells, values.dtype)
        region[self.model.world.cells.grid_cell] = values
        return region

    def _is_empty(self) -> np.ndarray:
        """Cells where nobody of ``kinds`` stands; makes no agents."""
        world = self.model.world
        n = np.zeros(len(world.cells), np.int64)
        for kind in self.kinds:
            places = kind.places(world, kind.rows(world))  # type: ignore[attr-defined]
            n += np.bincount(places[places >= 0], minlength=len(n))
        return self._on_region(n) == 0


def make_grid(model: Any) -> RegionGrid:
    """The regional grid of a model."""
    return RegionGrid(model)
