"""A tab that listens: every message of its page is checked, and a wrong one leaves everything as it was.

Beside it, what the parts of a page may ask of the page they are on.
"""

from __future__ import annotations

from typing import Any, Protocol

from sim.errors import MandateError, ScenarioError, did_you_mean
from sim.studio.messages import ACTIONS
from sim.studio.tab import Tab


class Session(Tab):
    """State of one tab, changed by messages."""

    def act(self, message: Any) -> bool:
        """Do what a message of the page asks for; False, and a sentence to the page, where that cannot be done."""
        try:
            name = message.get("do") if isinstance(message, dict) else None
            action = ACTIONS.get(name) if isinstance(name, str) else None
            if action is None:
                raise ScenarioError(f"message = {str(message)[:60]}: unknown. {did_you_mean(str(name)[:60], ACTIONS)}")
            action(self, message)
        except MandateError as error:
            self.view.say("; ".join(getattr(error, "problems", [str(error)])))
            return False
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.view.say(f"message = {str(message)[:60]}: cannot be read ({error!r:.80}). Nothing was changed.")
            return False
        return True


class Desk(Protocol):
    """The page as its parts see it."""

    session: Session

    def call(self, name: str, argument: Any) -> None:
        """Call a function of the page's own code."""

    def focus(self, week: int | None, series: str) -> None:
        """Show a week and a series with the next picture."""

    def say(self, problem: str) -> None:
        """Something was refused or failed, in words."""

    def hand_over(self, name: str, text: str) -> None:
        """Give a file to the browser."""

    def quick_scale(self) -> float:
        """The largest scale at which the present choice answers in time on this machine."""
