"""A country of the mission area, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Country(Row):
    """A country of the mission area."""

    table = "countries"
