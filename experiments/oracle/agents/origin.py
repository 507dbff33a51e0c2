"""A place of origin, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Origin(Row):
    """A place of origin."""

    table = "origins"
