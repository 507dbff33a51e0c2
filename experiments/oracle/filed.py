"""A report about one person of the mission that reached an authority."""

from __future__ import annotations

from typing import NamedTuple


class Report(NamedTuple):
    """Who is concerned, in what role, when, by which channel, and who was affected."""

    billet: int
    occupant: int
    role: int
    act_step: int
    channel: str
    person: int = -1
    cell: int = -1
    ordinal: int = 0
    contributor: int = -1
