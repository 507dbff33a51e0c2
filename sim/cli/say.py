"""How the command line speaks: numbers, aligned tables, wrapped text, JSON, messages.

Nothing here knows what is said. Plain text only; colours are left to the progress bar.
"""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

WIDEST = 120
UNBROKEN = "\u00a0%"


def width() -> int:
    """Columns to fill."""
    return min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)


def figure(value: Any) -> str:
    """A value for people: four digits, thousands apart; nothing measured is a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def table(rows: Sequence[Sequence[str]], head: Sequence[str], right: Sequence[int] = ()) -> str:
    """Aligned columns under a head; columns named in `right` are right-aligned, the last one is wrapped."""
    everything = [head, *rows]
    widths = [max(len(row[i]) for row in everything) for i in range(len(head) - 1)]
    room = max(width() - sum(widths) - 2 * len(widths), 24)
    lines = []
    for row in everything:
        cells = [cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        last = textwrap.wrap(row[-1], room) or [""]
        lines.append("  ".join([*cells, last[0]]).rstrip())
        indent = " " * (sum(widths) + 2 * len(widths))
        lines += [indent + part for part in last[1:]]
    return "\n".join(lines)


def paragraph(text: str, indent: str = "  ") -> str:
    """Text wrapped to the terminal and indented; a number keeps its percent sign."""
    filled = textwrap.fill(text.replace(" %", UNBROKEN), width(), initial_indent=indent, subsequent_indent=indent)
    return filled.replace(UNBROKEN, " %")


def as_json(content: Any) -> str:
    """One JSON text, numbers that are none as null."""
    return json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False)


def note(text: str, quiet: bool = False) -> None:
    """A message to stderr, unless nothing is to be said."""
    if not quiet:
        print(text, file=sys.stderr)


def _plain(value: Any) -> Any:
    """Values JSON knows: no NaN, no tuples, no objects."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(value) if isinstance(value, set | frozenset) else value
        return [_plain(part) for part in parts]
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return value if value is None or isinstance(value, str | int | bool) else _plain_other(value)


def _plain_other(value: Any) -> Any:
    """Numbers of other libraries as Python numbers, everything else as text."""
    return _plain(value.item()) if hasattr(value, "item") else str(value)
