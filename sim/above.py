"""What lies above, by name: an agent's words and a comparison's pictures are asked of it, but made higher up.

Imports point one way, so that a low module names what it needs and ``sim/__init__.py``, which lies above everything and is
loaded before anything, says in which module that is.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

HOMES: dict[str, str] = {}


def above(name: str) -> Any:
    """The module of a name, loaded when it is first asked for."""
    return import_module(HOMES[name])


class Explained:
    """An agent that explains itself."""

    def explain(self, *told: str) -> str:
        """What it is and why it did what it did, in a few sentences with numbers, and what would have changed it.

        Parameters
        ----------
        told
            For a person: the dated way so far, where the run was written down.
        """
        return str(above("explain").words_of(self, *told))
