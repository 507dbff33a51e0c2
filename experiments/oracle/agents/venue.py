"""A place of operation of a network, as a Mesa agent."""

from __future__ import annotations

from experiments.oracle.agents.trade import Trade


class Venue(Trade):
    """A place of operation of a network."""

    table = "venues"
