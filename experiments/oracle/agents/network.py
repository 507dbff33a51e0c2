"""A potential or active network, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Network(Row):
    """A potential or active network."""

    table = "networks"
