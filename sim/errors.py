"""Errors a user can cause, each carrying every problem found and the exit code it leads to.

A problem reads ``where = value: rule (unit). Fix.``; several are collected before anything is run or written.
Programming mistakes are not in here: they stay ordinary Python errors and show a traceback.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class MandateError(Exception):
    """Base of the errors shown to users without a traceback."""

    exit_code = 1


class ScenarioError(MandateError):
    """Bad input: every problem of a scenario at once, each once (exit code 2)."""

    exit_code = 2

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(dict.fromkeys(problems))
        n = len(self.problems)
        head = f"{n} problem{'s' if n != 1 else ''}, nothing was run:"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class OutputError(MandateError):
    """A result folder that cannot or must not be written (exit code 2 if foreign, 4 if the disk refuses)."""

    def __init__(self, message: str, exit_code: int = 4) -> None:
        self.exit_code = exit_code
        super().__init__(message)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean: a, b?`` for up to three near names, or the first known names if none is near."""
    names = sorted(known)
    near = get_close_matches(word, names, n=3, cutoff=0.5)
    if near:
        return f"Did you mean: {', '.join(near)}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"Known: {shown}." if names else "Nothing is available here."
