"""The page: all sections in order, contents, style and script in one file that asks for nothing from outside.

Part of the report; answers how sections become a file. Equal studies give equal bytes.
"""

from __future__ import annotations

import re
from html import escape

from sim.analysis.study import Study
from sim.report import sections_effects, sections_inputs, sections_trust, sections_why, sections_words
from sim.report.answer import answer_of
from sim.report.css import CSS
from sim.report.findings import Findings
from sim.report.names import mission_name, shock_name, spoken
from sim.report.script import SCRIPT
from sim.report.sections_answer import answer_section, banner, compared, headline_section
from sim.report.tables import plain

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_HEADING = re.compile(r'<section id="(?P<id>[\w-]+)"[^>]*><h2 id="[^"]+">(?P<text>.*?) <a class="anchor"')


def page_of(study: Study) -> str:
    """Return the report of a study as one HTML text."""
    findings = Findings(study)
    answer = answer_of(findings)
    source = source_line(findings)
    sections = [
        compared(findings),
        sections_effects.effects(findings, answer, source),
        sections_effects.shocks(findings, source),
        sections_effects.price(findings, source),
        sections_effects.when(findings, source),
        sections_why.why(findings, source),
        sections_why.counted(findings, answer, source),
        sections_why.where(findings, source),
        sections_trust.reversal(findings, source),
        sections_trust.sure(findings, source),
        sections_inputs.inputs(findings),
        sections_inputs.reproduce(findings),
        sections_words.limits(findings),
        sections_words.glossary(findings),
    ]
    headline = headline_section(findings)
    first, *rest = sections
    body = "\n".join([headline, contents([headline, *sections]), first, *rest])
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{plain(answer.question)}</title>\n<style>{CSS}</style>\n</head>\n"
        f'<body data-command="{escape(findings.plan.command)}">\n<a class="skip" href="#answer">Skip to the answer</a>\n'
        f'<div class="page">\n{banner(findings)}\n<main>\n{answer_section(answer)}\n{body}\n</main>\n</div>\n'
        f'<div id="status" role="status" aria-live="polite"></div>\n<script>{SCRIPT}</script>\n</body>\n</html>\n'
    )


def contents(sections: list[str]) -> str:
    """Return a list of links to all sections."""
    items = []
    for text in sections:
        found = _HEADING.match(text)
        if found:
            items.append(f'<li><a href="#{found["id"]}">{found["text"]}</a></li>')
    return (
        f'<nav aria-label="Contents"><details open><summary>Contents</summary><ol>{"".join(items)}</ol></details></nav>'
    )


def source_line(findings: Findings) -> str:
    """Return the source every figure carries."""
    mission, shock, world = findings.main
    versions = findings.study.provenance.get("versions") or {}
    version = findings.study.provenance.get("model") or versions.get("mandate") or "version not recorded"
    return (
        f"Source: mandate, model {version}; {mission_name(mission)}, {shock_name(shock)}, world {spoken(world)}; "
        "model output under "
        "stated assumptions, no forecast."
    )
