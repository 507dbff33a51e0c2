"""A trafficked person, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class TraffickedPerson(Row):
    """A trafficked person."""

    table = "people"
