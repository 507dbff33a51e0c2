"""Pieces of the page: sections with stable anchors, paragraphs, lists, empty states with the command that fills them.

Part of the report; answers how text becomes HTML. Leaves out what is said.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from html import escape

from sim.report.findings import Findings
from sim.report.tables import plain

# Worlds and shocks a reader is pointed to where only one was examined; all of them ship with the model.
WORLDS = ("central", "deterrence_weak", "deterrence_strong", "celerity_matters", "security_neutral",
          "mission_protective", "commanders_suppress")  # fmt: skip
SHOCKS = ("none", "surge", "early_drawdown", "exit")


def section(anchor: str, heading: str, question: str, *parts: str) -> str:
    """Return a section; the question it answers stands below its heading."""
    body = "".join(parts)
    asked = f'<p class="question">{plain(question)}</p>' if question else ""
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-h"><h2 id="{anchor}-h">{plain(heading)} '
        f'<a class="anchor" href="#{anchor}" aria-label="Link to the section {escape(heading)}">#</a></h2>'
        f"{asked}{body}</section>"
    )


def paragraph(text: str, css: str = "") -> str:
    """Return a paragraph; nothing for no text."""
    if not text:
        return ""
    return f'<p class="{css}">{plain(text)}</p>' if css else f"<p>{plain(text)}</p>"


def heading(text: str, anchor: str = "") -> str:
    """Return a heading inside a section."""
    return f'<h3 id="{anchor}">{plain(text)}</h3>' if anchor else f"<h3>{plain(text)}</h3>"


def bullets(items: Iterable[str], css: str = "") -> str:
    """Return a list; nothing for no item."""
    found = "".join(f"<li>{plain(item)}</li>" for item in items if item)
    return f"<ul{f' class={chr(34)}{css}{chr(34)}' if css else ''}>{found}</ul>" if found else ""


def empty(text: str, command: str = "", cost: str = "") -> str:
    """Return an honest empty state: what was not examined, and the command that would fill it."""
    run = f" To examine it{cost}: <code>{escape(command, quote=False)}</code>" if command else ""
    return f'<p class="empty"><strong>Not examined.</strong> {plain(text)}{run}</p>'


def code(text: str) -> str:
    """Return a command on its own line."""
    return f"<pre><code>{escape(text, quote=False)}</code></pre>"


def extended(findings: Findings, **words: str) -> str:
    """Return the study's command with some words replaced, e.g. world=central,security_neutral."""
    try:
        parts = shlex.split(findings.plan.command) or ["mandate", "compare"]
    except ValueError:
        parts = ["mandate", "compare"]
    kept = [part for part in parts if part.partition("=")[0] not in words]
    return shlex.join([*kept, *(f"{name}={value}" for name, value in words.items())])


def duration(findings: Findings, n_runs: int) -> str:
    """Return how long some runs take on one core, by the mean of this study's runs; nothing where that is not known."""
    runs = findings.study.runs
    if not len(runs) or not n_runs or "seconds" not in runs:
        return ""
    done = runs.loc[runs["ok"].astype(bool), "seconds"].dropna()
    if not len(done) or float(done.mean()) <= 0.0:
        return ""
    minutes = float(done.mean()) * n_runs / 60.0
    said = (
        "under a minute"
        if minutes < 1.0
        else f"about {minutes:.0f} min"
        if minutes < 90
        else f"about {minutes / 60:.0f} h"
    )
    return f" ({said} on one core)"
