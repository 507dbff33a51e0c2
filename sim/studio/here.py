"""Who is in a cell of the map: what the page asks, checked, and what it is answered."""

from __future__ import annotations

from typing import Any

from sim.errors import ScenarioError
from sim.studio.engine import Wish
from sim.studio.tab import Tab

BUSY = "The runs are still being computed. Ask again when they are shown."


def whole(message: dict[str, Any], name: str) -> int:
    """A whole number of a message, 0 or more.

    Raises
    ------
    ScenarioError
        For anything else.
    """
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ScenarioError(f"{name} = {str(value)[:20]}: must be a whole number from 0 on. Choose a cell of the map.")
    return value


def ask_cell(session: Tab, side: str, message: dict[str, Any]) -> None:
    """Ask who is in a cell of A or B at the end of a week; while runs are computed nothing is asked, so that they go on."""
    cell, week = whole(message, "cell"), whole(message, "week")

    def told(_: str, answer: dict[str, Any]) -> None:
        session.view.here({**answer, "side": side})

    def failed(problem: str) -> None:
        session.view.here({"cell": cell, "week": week, "agents": [], "text": problem, "side": side})

    if session.is_waiting:
        failed(BUSY)
        return
    scenario = session.choice.scenario(side)
    session.engine.ask(Wish(session.tab, "here", [scenario], told, failed, week=week, cell=cell))
