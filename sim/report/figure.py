"""A figure of the report: finding, measure, picture for wide and narrow pages, and the table of exactly what is drawn.

Part of the report; answers how a figure stands on the page and what can be taken from it. Leaves out what is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from sim.report.tables import download, of_frame, plain

WIDE, NARROW, SWITCH = 880, 340, 500  # widths in pixels of the two drawings, and what counts as narrow
Draw = Callable[[str, int], str]  # identifier and width to picture


@dataclass(frozen=True)
class Figure:
    """One figure.

    ``table`` holds what is drawn and nothing else, column names as readers see them; ``wide`` and ``narrow`` are the same
    picture for two widths.
    """

    anchor: str
    title: str
    subtitle: str
    table: pd.DataFrame
    wide: str
    narrow: str
    note: str = ""


def make_figure(anchor: str, title: str, subtitle: str, table: pd.DataFrame, draw: Draw, note: str = "") -> Figure:
    """Draw a figure in both widths."""
    return Figure(anchor, title, subtitle, table, draw(f"{anchor}-w", WIDE), draw(f"{anchor}-n", NARROW), note)


def render(figure: Figure, source: str) -> str:
    """Return the figure as HTML."""
    anchor = figure.anchor
    note = f'<p class="note">{plain(figure.note)}</p>' if figure.note else ""
    return (
        f'<figure id="{anchor}" aria-labelledby="{anchor}-title">'
        f'<figcaption><p class="finding" id="{anchor}-title">{plain(figure.title)}</p>'
        f'<p class="measure">{plain(figure.subtitle)}</p></figcaption>'
        f'<div class="wide">{figure.wide}</div><div class="narrow">{figure.narrow}</div>'
        f'{note}<p class="source">{plain(source)}</p>{tools(anchor, figure.table)}'
        f"<details><summary>Table of what is drawn ({len(figure.table):,} rows)</summary>"
        f"{of_frame(figure.table, f'What is drawn: {figure.title}')}</details></figure>"
    )


def tools(anchor: str, table: pd.DataFrame) -> str:
    """Return the row of things a reader can take away; the data link works without scripts."""
    buttons = '<button type="button" data-copy="sentence" hidden>Copy sentence</button>'
    buttons += '<button type="button" data-copy="picture" hidden>Picture (SVG)</button>'
    buttons += '<button type="button" data-copy="command" hidden>Copy command</button>'
    return f'<p class="tools">{download(table, anchor, "Data (CSV)")}{buttons}</p>'
