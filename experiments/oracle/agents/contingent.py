"""A unit of one contributor, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Contingent(Row):
    """A unit of one contributor."""

    table = "units"
