"""What all views share: a Mesa agent that holds a model and a row, and reads the columns when asked.

A view adds no state and no rule; it cannot change the world, only carry attributes a user hangs on it. It leaves out
when views are made, which is ``sim.agents.views``, and what each kind has to tell.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar, overload

import mesa
import numpy as np

from sim.above import Explained
from sim.world.columns import TABLES, Table
from sim.world.state import World

T = TypeVar("T")


class FromColumn(Generic[T]):
    """A property that reads one column at the view's row; unit and meaning come from the column's declaration.

    Parameters
    ----------
    as_type
        Turns the column's value into a plain Python one.
    column
        Name of the column where it differs from the property's.
    """

    def __init__(self, as_type: Callable[[Any], T], column: str = "") -> None:
        self.as_type = as_type
        self.column = column

    def __set_name__(self, owner: type[View], name: str) -> None:
        self.column = self.column or name
        declared = {f.name: f.metadata for f in dataclasses.fields(TABLES[owner.table])}[self.column]
        self.__doc__ = f"{declared['about']} ({declared['unit']}); column {owner.table}.{self.column}."

    @overload
    def __get__(self, view: None, owner: type) -> FromColumn[T]: ...
    @overload
    def __get__(self, view: View, owner: type) -> T: ...
    def __get__(self, view: View | None, owner: type) -> FromColumn[T] | T:
        return self if view is None else self.as_type(getattr(view.columns, self.column)[view.row])


class View(Explained, mesa.Agent):
    """A Mesa agent that is one row of a table.

    Parameters
    ----------
    model
        The Mesa model; it registers the agent.
    row
        Row in the table; what a row stands for may change, e.g. a billet's occupant with the tour.
    """

    kind: ClassVar[str]
    table: ClassVar[str]
    has_place: ClassVar[bool] = True
    _read_only: ClassVar[frozenset[str]]
    row: int

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        columns = {f.name for f in dataclasses.fields(TABLES[cls.table])}
        read = {name for parent in cls.__mro__ for name, value in vars(parent).items() if isinstance(value, FromColumn)}
        cls._read_only = frozenset({"row", *columns, *read})

    def __init__(self, model: Any, row: int) -> None:
        object.__setattr__(self, "row", row)
        super().__init__(model)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._read_only:
            raise AttributeError(
                f"{type(self).__name__}.{name} is read from a column and cannot be set: columns are "
                "written by the phase that owns them. Use a policy, or an attribute of another name."
            )
        object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.number}>"

    @classmethod
    def rows(cls, world: World) -> np.ndarray:
        """Rows that exist now, ascending."""
        raise NotImplementedError

    @classmethod
    def places(cls, world: World, rows: np.ndarray) -> np.ndarray:
        """Rows in ``world.cells`` where these stand, -1 where they stand nowhere in the mission area."""
        return np.full(len(rows), -1, np.int64)

    @classmethod
    def numbers(cls, world: World, rows: np.ndarray) -> np.ndarray:
        """Numbers people call these rows by; for contingents, networks and venues those of ``events.csv``."""
        return rows

    @classmethod
    def tells(cls, world: World, rows: np.ndarray) -> np.ndarray:
        """Which of these have something to tell now, for readers who name none."""
        return np.ones(len(rows), bool)

    @property
    def columns(self) -> Table:
        """The table this is a row of."""
        table: Table = getattr(self.model.world, self.table)
        return table

    @property
    def number(self) -> int:
        """Number to call it by, see ``numbers``."""
        return int(self.numbers(self.model.world, np.array([self.row]))[0])

    @property
    def place(self) -> int:
        """Row in ``world.cells``, -1 elsewhere."""
        return int(self.places(self.model.world, np.array([self.row]))[0])

    @property
    def cell(self) -> Any:
        """The Mesa cell of the regional grid it stands in; None elsewhere."""
        place = self.place
        return None if place < 0 else self.model.grid.cell_of(int(self.model.world.cells.grid_cell[place]))

    def remove(self) -> None:
        """Refuse: a row comes and goes with its phase."""
        raise AttributeError(
            f"{type(self).__name__} is a view on a row and cannot be removed: rows come and go with the "
            "phase that owns them. Use a policy to change the world."
        )

    def forget(self) -> None:
        """Take the view of a vanished row off the model's lists; the columns stay as they are."""
        super().remove()

    def _week(self, step: float) -> float:
        """Week at the start of a step."""
        return float(step) * float(self.model.world.dt)
