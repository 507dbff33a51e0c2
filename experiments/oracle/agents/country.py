"""A country of the mission area, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.public import Public


class Country(Public):
    """A country of the mission area."""

    table = "countries"
