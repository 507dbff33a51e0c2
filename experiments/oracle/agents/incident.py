"""An act that may still be reported, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Incident(Row):
    """An act that may still be reported."""

    table = "incidents"
