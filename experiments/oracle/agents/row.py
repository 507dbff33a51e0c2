"""What all agents of the oracle share: a row of a table with plain values, keyed draws, and the log of near-ties."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar

import mesa

from experiments.oracle import chance
from experiments.oracle.model import OracleModel
from sim.rng import Decision
from sim.world.columns import TABLES


class Row(mesa.Agent):
    """One row of a table as an agent; every column is an attribute of the same name that holds a plain value."""

    table: ClassVar[str]
    model: OracleModel

    def __init__(self, model: OracleModel, row: int, **values: Any) -> None:
        super().__init__(model)
        self.row = row
        self.__dict__.update(values)

    @classmethod
    def create(cls, model: OracleModel, **values: Any) -> Any:
        """A new row at the end of its table, every column not named at its declared start value."""
        rows = getattr(model, cls.table)
        made = cls(model, len(rows), **(start_values(cls.table) | values))
        rows.append(made)
        return made

    def strikes(self, decision: Decision, u: float, p: float) -> bool:
        """Whether a draw lies below a chance; near-ties are noted for this row."""
        self.model.note(self, decision, u, p)
        return u < p

    def count(self, decision: Decision, u: float, mean: float) -> int:
        """Poisson count at a draw; near-ties are noted for this row."""
        n, distance = chance.poisson(mean, u)
        self.model.note(self, decision, u, u + distance)
        return n


def start_values(table: str) -> dict[str, Any]:
    """Declared start value of every column of a table, as plain values."""
    return {f.name: f.metadata["dtype"](f.metadata["fill"]).item() for f in fields(TABLES[table])}
