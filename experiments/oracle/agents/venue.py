"""A place of operation of a network, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Venue(Row):
    """A place of operation of a network."""

    table = "venues"
