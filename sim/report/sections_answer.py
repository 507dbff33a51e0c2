"""Sections 0 to 3: banner, answer, what was compared, headline table. They fill the first page of a print.

Part of the report; answers the title question and says what it rests on.
"""

from __future__ import annotations

from html import escape
from typing import Any

from sim.report import words
from sim.report.answer import MANY_FAILED, USUAL_BASELINE, Answer
from sim.report.findings import DEFAULT_START_WEEK, SHORTFALL, Findings
from sim.report.headline import headline_frame, headline_html
from sim.report.html import bullets, paragraph, section
from sim.report.names import mission_name, option_name, shock_name, short_name, spoken
from sim.report.tables import download, of_texts, plain

PURPOSE = "Compares policies under stated assumptions. Does not predict persons, places or contingents."
ADOPTERS = "un, nato"  # of a policy that says nothing else, see sim.policies.base
QUIET_SETTINGS = ("authorities", "start_week", "dose", "end_week", "ramp_weeks")


def banner(findings: Findings) -> str:
    """Section 0: purpose, assurance, version, date, key; the strip that says what the intervals leave out."""
    provenance = findings.study.provenance
    versions = provenance.get("versions") or {}
    version = versions.get("mandate") or "of unknown version"
    runs, failed = len(findings.study.runs), len(findings.failed)
    facts = [f"mandate {version}", *([f"model {provenance['model']}"] if provenance.get("model") else [])]
    if provenance.get("created"):
        facts.append(str(provenance["created"]))
    facts.append(f"{runs:,} runs, {failed:,} failed" if failed else f"{runs:,} runs, none failed")
    facts.append("valid until the next schema or calibration version")
    strip = (
        "Single parameter point: intervals show luck only. Not calibrated, not validated for this mission."
    )
    parts = [
        f'<p class="purpose">{plain(PURPOSE)}</p>',
        f'<p class="strip"><strong>{plain(strip)}</strong></p>',
        f'<p class="facts">{plain(" · ".join(facts))}</p>',
    ]
    planned = int(provenance.get("runs_planned") or 0)
    if planned > runs:
        text = f"Unfinished: {runs:,} of {planned:,} planned runs are there. Numbers may move when the rest is made."
        parts.append(f'<p class="strip warn"><strong>{plain(text)}</strong></p>')
    if runs and failed > MANY_FAILED * runs:
        text = f"{failed:,} of {runs:,} runs failed and are left out (listed under Reproduce)."
        parts.append(f'<p class="strip warn"><strong>{plain(text)}</strong></p>')
    return f'<header id="banner" aria-label="What this report is">{"".join(parts)}</header>'


def answer_section(answer: Answer) -> str:
    """Section 1: the title question, the answer, trust, and caveats that could change the decision."""
    first, *rest = answer.shown or [""]
    body = f'<p class="lead">{plain(first)}</p>' + "".join(f"<p>{plain(text)}</p>" for text in rest)
    caveats = (
        f'<div class="caveats"><h2 id="caveats">What could change the decision</h2>{bullets(answer.caveats)}</div>'
        if answer.caveats
        else ""
    )
    return (
        f'<section id="answer" aria-labelledby="answer-h"><h1 id="answer-h">{plain(answer.question)}</h1>'
        f'<div class="answer">{body}</div>{paragraph(answer.trust, "trust")}{caveats}</section>'
    )


def compared(findings: Findings) -> str:
    """Section 2: options, shocks, missions, worlds, runs, comparator, pairing."""
    plan = findings.plan
    rows = []
    for option in plan.options:
        doses, starts, who = _settings(option.policies)
        about = " ".join(option.about.split()[:20]) or "no description"
        rows.append((short_name(option.name), about, doses, starts, who))
    options = of_texts(
        "Options in the order asked for; the first is the comparator.",
        ("Option", "What it does", "Dose and settings", "In force from", "Adopted by"),
        rows,
    )
    facts = [
        (
            "Missions",
            "; ".join(str(m.settings.get("title") or f"{mission_name(m.name)}: {m.about}") for m in plan.missions),
        ),
        (
            "Shocks",
            "; ".join(f"{shock_name(s.name)}: {s.about}" if s.about else shock_name(s.name) for s in plan.shocks),
        ),
        ("Worlds (contested findings, never averaged)", "; ".join(f"{spoken(w.name)}: {w.about}" for w in plan.worlds)),
        ("Runs", _runs(findings)),
        ("Length of a run", f"{findings.horizon_weeks():,.0f} weeks" if findings.horizon_weeks() else "not recorded"),
        (
            "Comparator",
            _comparator(plan.baseline),
        ),
        ("Paired", _pairing(findings)),
        (
            "Smallest difference that matters",
            f"{100.0 * plan.matters_share:g} % of the comparator's level (assumed; matters=…)",
        ),
    ]
    if plan.overrides:
        facts.append(("Common to all runs", " ".join(plan.overrides)))
    design = of_texts("Design of the comparison.", ("Part", "What was done"), facts)
    note = (
        "Who adopts a policy is an assumption: forces under NATO do not fall under UN rules, and contractors "
        "answer to their "
        "employers."
    )
    return section(
        "compared",
        "What was compared",
        "Which options, under what, with how many runs?",
        options,
        paragraph(note, "note"),
        design,
    )


def _comparator(baseline: str) -> str:
    """Return the comparator, and why it was chosen where that is known."""
    if baseline == USUAL_BASELINE:
        return "the status quo: what the mission did is the situation a decision starts from"
    return f"{option_name(baseline)}, as asked for (baseline=...)"


def _settings(policies: dict[str, dict[str, Any]]) -> tuple[str, str, str]:
    """Return doses and own settings, first weeks, and adopters of an option."""
    if not policies:
        return words.NOTHING, words.NOTHING, words.NOTHING
    doses, starts, adopters = [], [], []
    for name, settings in policies.items():
        own = [f"{spoken(key)} {value}" for key, value in settings.items() if key not in QUIET_SETTINGS]
        dose = float(settings.get("dose", 1.0))
        label = f"{spoken(name)}: " if len(policies) > 1 else ""
        doses.append(f"{label}{', '.join([f'dose {dose:g}', *own])}")
        starts.append(f"week {float(settings.get('start_week', DEFAULT_START_WEEK)):g}")
        who = settings.get("authorities")
        adopters.append(", ".join(who) if who else ADOPTERS)
    same = len(set(doses)) == 1 or all(text.endswith("dose 1") for text in doses)
    dose_text = "dose 1 each" if same and len(policies) > 1 else "; ".join(doses)
    return (
        dose_text,
        "; ".join(dict.fromkeys(starts)),
        "; ".join(dict.fromkeys(adopters)).replace("un", "UN").replace("nato", "NATO"),
    )


def _runs(findings: Findings) -> str:
    """Return how many draws and replicates were made."""
    plan = findings.plan
    text = f"one parameter point × {plan.replicates} replicates of the main grid"
    if len(plan.worlds) > 1:
        text += f", {plan.world_replicates} in each further world"
        text += f" for {words.list_of([option_name(n) for n in findings.world_names])}" if plan.world_options else ""
    if plan.mechanism_replicates:
        text += f", {plan.mechanism_replicates} with mechanisms switched off"
    return f"{text}; {len(findings.study.runs):,} runs in all. Independent draws behind each word: {findings.n_pairs}"


def _pairing(findings: Findings) -> str:
    """Return how much of the variance pairing removed."""
    saved = [e.saved for e in (findings.effect(name) for name in findings.names) if e.saved == e.saved]
    if not saved:
        return "yes: the same luck for all options of a replicate; variance removed not computed"
    low, high = min(saved), max(saved)
    ends = words.share(low) if low == high else f"{words.number(100 * low)} to {words.number(100 * high)} %"
    return f"yes: the same luck for all options of a replicate; this removes {ends} of the variance of a difference"


def headline_section(findings: Findings) -> str:
    """Section 3: T1."""
    frame = headline_frame(findings)
    data = f'<p class="tools">{download(frame, "headline", "Data (CSV)")}</p>' if len(frame) else ""
    note = (
        f"Words need counts: with {findings.n_pairs} paired runs, {_gates(findings.n_pairs)}. Troop shortfall is "
        "the largest of the "
        "run, in points of authorised strength; the impunity gap is the share of personnel with an act who meet "
        "no consequence. "
        "More allegations counted is not more harm: counts depend on who reports."
    )
    if findings.level(SHORTFALL) != findings.level(SHORTFALL):
        note += " No run reports a troop shortfall."
    hide = '<div id="t1-tools" class="tools" hidden></div>'
    return section(
        "headline", "Effects, chances and prices", "What does each option do, how sure, and at what price?",
        hide, headline_html(findings), data, paragraph(note, "note"),
    )  # fmt: skip


def _gates(n: int) -> str:
    """Return how many runs each word needs at this number of pairs."""
    if n < words.FEWEST_DRAWS:
        return "no word is earned"
    found = [(word, words.wins_needed(n, word)) for word in reversed(words.LADDER)]
    earned = [f"{escape(word.text)} from {k}" for word, k in found if k is not None]
    return words.list_of(earned) if earned else "no word is earned"
