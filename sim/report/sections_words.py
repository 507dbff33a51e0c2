"""Sections 15 and 16: limits and responsible use; glossary, scale of words, and the tables behind all sections.

Part of the report; answers what the model cannot tell, who should not use it for what, and what each word means.
"""

from __future__ import annotations

import pandas as pd

from sim.analysis.study import OUTCOMES
from sim.report import words
from sim.report.findings import Findings
from sim.report.html import bullets, heading, paragraph, section
from sim.report.tables import download, of_texts

CANNOT = (
    "It does not forecast any mission, and it says nothing about a named person, place, unit or contributor: "
    "contributors are "
    "anonymous, and none is more inclined to misconduct for being one country rather than another.",
    "It compares policies under stated assumptions. Where findings are contested, it shows each side and does "
    "not say which is "
    "more probable.",
    "Its defaults were set by hand with documented facts in view; they were not calibrated as a whole and not "
    "tested on facts held "
    "back.",
    "Intervals show what luck alone does at one set of inputs. Doubt about inputs is larger by an unknown amount.",
    "It leaves out much that decides policy: law, consent of states, money, the wishes of the people concerned.",
)
NOT_FOR = (
    "Not for choosing whom to investigate, where to raid, or which contributor to trust.",
    "Not for judging a person's account, status or claim to assistance.",
    "Not for budget figures or targets: levels are less sure than differences.",
    "Not as the only ground for a decision: a second study with other assumptions should come first.",
)
PERSONS = (
    "People who are trafficked are persons with histories, rights and choices; here they are described by where "
    "they are in the "
    "process. Selling sex and being trafficked are different things, and the model never treats one as the "
    "other. Simulated persons "
    "stand for nobody."
)
GLOSSARY = (
    (
        "person-weeks of exploitation",
        "one person exploited for one week, in a venue or by a private owner; summed over the run",
    ),
    ("status quo", "repatriation and referral only, no added policy"),
    ("baseline", "the option all others are compared with, the status quo unless said otherwise"),
    ("option", "a policy, a set of policies or a package, put in force from its first week"),
    ("shock", "a change of circumstances no policy brings about, such as a surge or an early drawdown"),
    ("world", "one set of contested findings; worlds are listed, never averaged"),
    ("paired run", "option and baseline run on the same luck, so that their difference is due to the option"),
    ("luck", "what differs between replicates: which chance events happen; nothing else"),
    ("what matters", "the smallest difference worth acting on, a share of the baseline's level; assumed"),
    (
        "better, about the same, worse",
        "a paired run beyond or within what matters, in the direction stated for the outcome",
    ),
    ("true and counted", "what happens in the model, and what a public count of it would show"),
    ("troop shortfall", "share of authorised strength that is missing; the largest of the run"),
    ("impunity gap", "share of personnel with an act who meet no consequence"),
    ("not separable", "no word is earned for either being lower than the other in paired runs"),
)

SCALE_HEAD = ("Word", "Range", "Needed of 20, 50, 100, 200 runs")


def limits(findings: Findings) -> str:
    """Section 15."""
    contact = findings.study.provenance.get("owner")
    return section(
        "limits", "Limits and responsible use", "What can this not tell, and what should it not be used for?",
        heading("What it cannot tell"), bullets(CANNOT), heading("What it is not for"), bullets(NOT_FOR),
        heading("On persons"), paragraph(PERSONS),
        paragraph(f"Owner of this study: {contact}." if contact else "The owner of this study is not recorded in it."),
    )  # fmt: skip


def glossary(findings: Findings) -> str:
    """Section 16."""
    scale = [
        (word.text, word.range, _needs(word)) for word in (*words.LADDER, words.AS_LIKELY, *reversed(words.MIRROR))
    ]
    scale.append(("(the runs cannot tell)", words.NOTHING, "none of these is earned"))
    outcomes = [
        (label, unit, {"lower": "lower is better", "higher": "higher is better"}.get(better, "neither"), name)
        for name, (unit, better, label) in OUTCOMES.items()
    ]
    text = (
        "A word is earned only if the lower 5 % limit (Jeffreys) of the share of runs lies above the word's "
        "floor, so that few runs "
        "cannot sound sure. Below 5 independent draws no word is used. The range always stands beside the word."
    )
    return section(
        "glossary", "Glossary, scale of words, tables", "What does each word mean?",
        heading("Scale of words"), paragraph(text),
        of_texts("Words of chance, their ranges, and the paired runs they need.", SCALE_HEAD, scale),
        heading("Words"), of_texts("Terms of this report.", ("Term", "Meaning"), GLOSSARY),
        heading("Outcomes"), of_texts("Outcomes of a run.", ("Outcome", "Unit", "Direction", "Name in the tables"), outcomes),
        heading("All tables"), _downloads(findings),
    )  # fmt: skip


def _needs(word: words.Word) -> str:
    """Return how many runs a word needs at four sizes."""
    if word in words.LADDER:
        found = [words.wins_needed(n, word) for n in (20, 50, 100, 200)]
        return ", ".join("not reachable" if k is None else str(k) for k in found)
    return "both limits inside 33 to 67 %" if word is words.AS_LIKELY else "mirror of the words above one half"


def _downloads(findings: Findings) -> str:
    """Links that carry the tables behind the sections; runs are left to the study's folder."""
    study = findings.study
    tables: dict[str, pd.DataFrame] = {
        "effects": study.effects,
        "decomposition": study.decomposition,
        "deterrence": study.deterrence,
        "funnel": study.funnel,
    }
    links = " ".join(
        download(frame, name, f"{name} ({len(frame):,} rows)") for name, frame in tables.items() if len(frame)
    )
    note = "Runs and series by replicate are larger and lie beside this report: runs.csv, series.csv, cells.csv."
    return f'<p class="tools">{links}</p>{paragraph(note, "note")}'
