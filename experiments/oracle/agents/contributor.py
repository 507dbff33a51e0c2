"""A contributor by anonymous number, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Contributor(Row):
    """A contributor by anonymous number."""

    table = "contributors"
