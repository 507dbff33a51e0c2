"""The facilitator's sheet of a lesson: one printable page, made from the lesson's file and what all lessons share.

One list of blocks, written as a page for the browser (``/lesson/N/sheet``) and as Markdown for ``docs/lessons``. It holds no
number of a run, so that it stays true when the model moves.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from sim.studio.lesson import Lesson, Step

SKETCH = (
    "They may also draw it: “Sketch” is on, and nothing is shown beyond the week of the question. One of them draws on the"
    " series; the line stays, and once B is revealed a sentence says how far it was off."
)
TALLY = "Type the counts of the class into the three fields; they stay on the graph."
CODE = re.compile(r"`([^`]+)`")
STYLE = """
@page { size: A4; margin: 11mm 13mm; }
body { font: 9.4pt/1.3 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #1a1a1a;
  margin: 1.2rem auto; max-width: 52rem; padding: 0 1rem; }
h1 { font-size: 15pt; margin: 0; } h1 + p { margin-top: .15rem; color: #595959; }
main { columns: 2; column-gap: 1.8rem; column-rule: 1px solid #d6d6d6; }
h2 { font-size: 10pt; margin: .55rem 0 .15rem; break-after: avoid; } h2:first-child { margin-top: 0; }
p, li { margin: .12rem 0; } ul, ol { margin: 0; padding-left: 1.1rem; } li { break-inside: avoid; }
.ask { font-weight: 600; font-size: 10.5pt; border-left: 3px solid #0072b2; padding-left: .5rem; }
code { font-family: ui-monospace, monospace; font-size: 92%; }
@media print { body { margin: 0; max-width: none; padding: 0; } nav { display: none; } }
@media (max-width: 640px) { main { columns: 1; } }
"""


@dataclass(frozen=True)
class Block:
    """One part of the sheet: a heading, and paragraphs or points below it."""

    heading: str
    lines: tuple[str, ...]
    kind: str = "points"  # points, steps, text, ask


def sheet(lesson: Lesson) -> tuple[Block, ...]:
    """Return the parts of a lesson's sheet in the order in which they are needed."""
    shared = _shared()
    return (
        Block("Why this can be trusted: five sentences", tuple(shared["trust"])),
        Block("Before anything moves: the axes", tuple(line.format(axis=_capital(lesson.axis)) for line in shared["axes"])),
        Block("Ask, word for word, and let everybody commit", (lesson.question,), "ask"),
        Block("They choose among", (*lesson.predict, TALLY, *((SKETCH,) if lesson.sketch else ()))),
        Block("Where to look", tuple(_look(step) for step in lesson.steps), "steps"),
        Block(
            "Three answers that are likely wrong, and what they show",
            tuple(f"“{wrong['answer']}” It shows {wrong['reveals']}" for wrong in lesson.wrong_answers),
        ),
        Block("Notice", (lesson.notice,), "text"),
        Block("Debrief", tuple(f"{pair['question']} {pair['answer']}" for pair in lesson.debrief)),
        Block("When it hurts: how to talk about people", (lesson.talk, *shared["people"])),
        Block("What the model cannot tell", (_capital(lesson.cannot_tell),), "text"),
        Block("Sources", tuple(f"{name}: {_facts()[name]}" for name in lesson.sources)),
    )  # fmt: skip


def sheet_name(lesson: Lesson) -> str:
    """Return the name of a sheet's file, without its ending: number and title."""
    return f"{lesson.number}_{re.sub(r'[^a-z0-9]+', '_', lesson.title.lower())}"


def as_markdown(lesson: Lesson) -> str:
    """Return the sheet as Markdown."""
    parts = [f"# {lesson.number} {lesson.title}", _subtitle(lesson)]
    for block in sheet(lesson):
        mark = {"points": "- ", "steps": "1. ", "ask": "> "}.get(block.kind, "")
        parts += [f"## {block.heading}", "\n".join(mark + line for line in block.lines)]
    return "\n\n".join(parts) + "\n"


def as_html(lesson: Lesson) -> str:
    """Return the sheet as a page of its own, in two columns, for one sheet of A4."""
    body = "".join(f"<h2>{inline(block.heading)}</h2>{_list(block)}" for block in sheet(lesson))
    header = f"<h1>{lesson.number} {escape(lesson.title)}</h1><p>{inline(_subtitle(lesson))}</p>"
    return as_page(f"{lesson.title}: facilitator’s sheet", header, body)


def as_page(title: str, header: str, body: str, style: str = "") -> str:
    """Return a page of its own in the look of the sheets; header and body are written for the browser already."""
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="/static/mark.svg"><style>{STYLE}{style}</style></head><body>'
        f"<header>{header}</header><main>{body}</main></body></html>"
    )


def _subtitle(lesson: Lesson) -> str:
    """What the page is, and how long the lesson takes."""
    return (
        f"Facilitator’s sheet for `mandate studio`, lesson {lesson.number}; about {lesson.minutes} minutes. "
        "Print it; keep it off the projector."
    )


def _look(step: Step) -> str:
    """Where to look in a step, and what is to be seen there."""
    seen = "; ".join(str(claim["says"]) for claim in step.claims)
    twist = "The twist: " if step.say.startswith("The twist") else ""
    return f"{_capital(twist + step.look)}. {f'To be seen: {seen}.' if seen else 'Predict; nothing is revealed yet.'}"


def _list(block: Block) -> str:
    """The lines of a block in the browser's form."""
    if block.kind in ("text", "ask"):
        return "".join(f'<p{" class=ask" if block.kind == "ask" else ""}>{inline(line)}</p>' for line in block.lines)
    tag = "ol" if block.kind == "steps" else "ul"
    return f"<{tag}>{''.join(f'<li>{inline(line)}</li>' for line in block.lines)}</{tag}>"


def inline(text: str) -> str:
    """Return a line for the browser; words between backticks are code."""
    return CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def _capital(text: str) -> str:
    """A text that begins a sentence."""
    return text[:1].upper() + text[1:]


@cache
def _shared() -> dict[str, Sequence[str]]:
    """What every sheet says."""
    import yaml  # type: ignore[import-untyped]

    tree: dict[str, Any] = yaml.safe_load((files("sim.studio") / "data" / "facilitator.yaml").read_text(encoding="utf-8"))
    return tree


@cache
def _facts() -> dict[str, str]:
    """What each cited fact states, by its id."""
    text = (files("sim.world") / "data" / "facts.csv").read_text(encoding="utf-8")
    return {row["id"]: f"{row['statement']} ({row['source']})" for row in csv.DictReader(text.splitlines())}
