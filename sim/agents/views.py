"""When views are made: the mapping behind ``model.agents_by_type``, which turns rows into Mesa agents when looked at.

A class of the many is made on first access and brought up to date on the first access after a step. Rows that still
exist keep their agent, with its ``unique_id`` and whatever a user hung on it. The rules of a step never come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.agents.grid import make_grid
from sim.agents.market import Trafficker, Venue
from sim.agents.personnel import Contingent, Peacekeeper
from sim.agents.persons import TraffickedPerson
from sim.agents.view import View

KINDS: tuple[type[View], ...] = (Peacekeeper, Contingent, Trafficker, Venue, TraffickedPerson)

__all__ = ["KINDS", "LazyAgents", "make_grid"]


class LazyAgents(Mapping[type, Any]):
    """Agents by class, as Mesa's ``agents_by_type``, with the many made when asked for.

    Parameters
    ----------
    model
        The Mesa model; its own lists of agents are the ones that are filled.
    """

    kinds = KINDS

    def __init__(self, model: Any) -> None:
        self._model = model
        self._made: dict[type[View], dict[int, View]] = {kind: {} for kind in KINDS}
        self._fresh: set[type] = set()
        for kind in KINDS:
            no_agents = type(model._all_agents)([], random=model.random)  # never drawn from
            model._agents_by_type[kind] = no_agents  # so that Mesa's DataCollector knows the class

    def __getitem__(self, kind: type) -> Any:
        if kind in self._made and kind not in self._fresh:
            self._refresh(kind)
        return self._model._agents_by_type[kind]

    def __iter__(self) -> Iterator[type]:
        return iter(list(self._model._agents_by_type))

    def __len__(self) -> int:
        return len(self._model._agents_by_type)

    def __contains__(self, kind: object) -> bool:
        return kind in self._model._agents_by_type

    def __repr__(self) -> str:
        return f"LazyAgents({', '.join(kind.__name__ for kind in self)})"

    def outdate(self) -> None:
        """Say that the step has moved on; nothing is made until somebody looks."""
        self._fresh.clear()

    def make_all(self) -> None:
        """Bring every class up to date, at the cost of an object for every row."""
        for kind in self:
            self[kind]

    def one(self, kind: type[View], row: int) -> View:
        """The agent of one row, without making the others."""
        known = self._made[kind]
        if row not in known:
            known[row] = kind(self._model, row)
        return known[row]

    def _refresh(self, kind: type[View]) -> None:
        """Drop the agents of vanished rows, make those of new rows, keep the order of rows."""
        known = self._made[kind]
        rows = kind.rows(self._model.world).tolist()
        last = max(known, default=-1)
        for row in sorted(known.keys() - set(rows)):
            known.pop(row).forget()
        new = [row for row in rows if row not in known]
        for row in new:
            known[row] = kind(self._model, row)
        if new and new[0] < last:
            self._model._agents_by_type[kind].sort("row", ascending=True, inplace=True)
        self._fresh.add(kind)
