"""Tables of the page and what can be taken from them: scoped headings, captions, links that carry the data as CSV.

Part of the report; answers how a number stands in a cell. Leaves out which numbers are shown.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd

from sim.report.words import MINUS, NOTHING

FIGURES = 4
_DATE = re.compile(r"\d{4}-\d\d-\d\d$")


def plain(text: str) -> str:
    """Return text safe for HTML, with units kept beside their numbers."""
    return escape(text, quote=False).replace(" %", "\u00a0%")


def as_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV with six figures."""
    return str(table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def download(table: pd.DataFrame, name: str, label: str) -> str:
    """Return a link that carries a table as CSV, complete in itself."""
    data = base64.b64encode(as_csv(table).encode("utf-8")).decode("ascii")
    return (
        f'<a class="button" download="mandate-{escape(name)}.csv" href="data:text/csv;charset=utf-8;base64,{data}">'
        f"{plain(label)}</a>"
    )


def of_frame(table: pd.DataFrame, caption: str) -> str:
    """Return a data frame as a table; the first column names the row."""
    rows = (
        [(plain(cell(value)), _is_number(value)) for value in record]
        for record in table.itertuples(index=False, name=None)
    )
    return _table([str(name) for name in table.columns], rows, caption, "data")


def of_texts(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], css: str = "plain") -> str:
    """Return ready texts as a table; the first cell names the row."""
    return _table(head, ([(plain(value), False) for value in row] for row in rows), caption, css)


def framed(label: str, table: str) -> str:
    """Return a table in a frame that scrolls by itself where it is too wide, by keyboard too."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">{table}</div>'


def _table(head: Sequence[str], rows: Iterable[list[tuple[str, bool]]], caption: str, css: str) -> str:
    """Return a table of escaped cells, numbers to the right."""
    columns = "".join(f'<th scope="col">{plain(name)}</th>' for name in head)
    body = ""
    for (first, _), *rest in rows:
        cells = "".join(f"<td{_css(text, is_number)}>{text}</td>" for text, is_number in rest)
        body += f'<tr><th scope="row">{first}</th>{cells}</tr>'
    table = (
        f'<table class="{css}"><caption>{plain(caption)}</caption><thead><tr>{columns}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )
    return framed(caption, table)


def _css(text: str, is_number: bool) -> str:
    """Numbers stand to the right, dates on one line."""
    return ' class="n"' if is_number else ' class="d"' if _DATE.match(text) else ""


def cell(value: object) -> str:
    """Return a value as tables show it: four figures, true minus, a dash for what is missing."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not _is_number(value):
        return str(value)
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        return NOTHING
    is_long = abs(number) >= 10_000.0 or number == round(number)
    text = f"{number:,.0f}" if is_long else f"{number:.{FIGURES}g}"
    return text.replace("-", MINUS)


def _is_number(value: object) -> bool:
    """Whether a value is a number, of Python or numpy, and no truth value."""
    return not isinstance(value, bool) and (isinstance(value, int | float) or hasattr(value, "dtype"))
