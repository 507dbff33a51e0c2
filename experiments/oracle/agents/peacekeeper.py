"""A post and whoever holds it, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Peacekeeper(Row):
    """A post and whoever holds it."""

    table = "billets"
