"""Sections 13 and 14: inputs with their sources, and everything needed to make the study again.

Part of the report; answers where a number comes from and how to check it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.report import words
from sim.report.findings import Findings
from sim.report.html import bullets, code, empty, heading, paragraph, section
from sim.report.names import option_name, spoken
from sim.report.tables import cell, download, of_frame, of_texts

# The inputs contested most, one or two a mechanism; which matter most for this answer needs a sensitivity study.
CONTESTED = (
    "parameters.security.violence_exponent",
    "parameters.security.vulnerability_weight",
    "parameters.beliefs.unpunished_weight",
    "parameters.beliefs.kept_on_rotation",
    "parameters.beliefs.public_weight",
    "parameters.sanctions.conviction_loss",
    "parameters.sanctions.delay_discount_per_year",
    "parameters.leadership.suppression_per_risk",
    "parameters.norms.norm_weight",
    "parameters.dependence.psi",
    "parameters.contributor_response.exit_per_year",
    "parameters.reporting.will_per_year",
    "parameters.oversight.p_substantiated",
    "parameters.entry.sunk_cost_usd",
    "parameters.recruitment.vulnerability_response",
    "parameters.involvement.p_prone",
)
N_SHOWN = 10
HEAD = ("Input", "Value", "Unit", "Range", "Status", "Source", "Meaning")
MOST_FAILED_SHOWN = 50


def inputs(findings: Findings) -> str:
    """Section 13: what differs between options, ten contested inputs, all in a download, assumptions counted."""
    frame = findings.study.parameters
    if not len(frame):
        return section("inputs", "Inputs", "Where does a number come from?", empty("No table of inputs was kept."))
    own = frame[frame["option"].fillna("") != ""] if "option" in frame else frame.iloc[:0]
    common = frame[frame["option"].fillna("") == ""] if "option" in frame else frame
    parts = [_differing(findings, own), _contested(findings, common), _log(common)]
    data = f'<p class="tools">{download(frame, "inputs", f"All {len(common):,} inputs (CSV)")}</p>'
    return section("inputs", "Inputs", "Where does a number come from, and how far could it be off?", *parts, data)


def _differing(findings: Findings, own: pd.DataFrame) -> str:
    """Inputs that differ between options."""
    if not len(own):
        return heading("What differs between options") + paragraph(
            "Only doses and settings under What was compared differ."
        )
    rows = [(option_name(str(r["option"])), *_described(r)) for r in own.to_dict("records")]
    full = of_texts("Inputs that differ between options.", ("Option", *HEAD), rows, "data")
    folded = f"<details><summary>{len(rows):,} settings by option</summary>{full}</details>"
    return heading("What differs between options") + folded


def _contested(findings: Findings, common: pd.DataFrame) -> str:
    """Inputs the worlds of the study change first, then those contested most, ten in all."""
    by_path = {str(row["path"]): row for row in common.to_dict("records")}
    moved = [path for world in findings.plan.worlds for path in world.settings if str(path) in by_path]
    paths = list(dict.fromkeys([*moved, *(path for path in CONTESTED if path in by_path)]))[:N_SHOWN]
    note = (
        "Chosen because the worlds of this study change them or because findings about them are contested. Which "
        "inputs matter most "
        "for this answer was not computed: that needs a study of sensitivity."
    )
    rows = [_described(by_path[path]) for path in paths]
    shown = of_texts("Ten inputs that could matter most, with value, range, status and source.", HEAD, rows, "data")
    return heading("Ten contested inputs") + paragraph(note, "note") + (shown if rows else "")


def _described(row: Mapping[Any, Any]) -> tuple[str, ...]:
    """One input as text."""
    low, high = row.get("low"), row.get("high")
    known = low is not None and high is not None and not (_missing(low) or _missing(high))
    limits = f"{cell(float(low))} to {cell(float(high))}" if known else words.NOTHING  # type: ignore[arg-type]
    path = str(row["path"]).removeprefix("parameters.")
    return (
        path,
        _value(row["value"]),
        "no unit" if str(row["unit"]) == "-" else str(row["unit"]),
        limits,
        str(row["status"]),
        str(row["source"]),
        str(row["about"]),
    )


def _value(value: Any) -> str:
    """A value as text: lists joined, switches on or off, nothing as "none"."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if _missing(value) else cell(value)


def _missing(value: Any) -> bool:
    """Whether nothing is there."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _log(common: pd.DataFrame) -> str:
    """How many inputs are sourced, calibrated, assumed or scenario settings."""
    counts = common["status"].value_counts()
    parts = [
        f"{int(counts[status]):,} {status}"
        for status in ("sourced", "calibrated", "assumed", "scenario")
        if status in counts
    ]
    text = (
        f"Of {len(common):,} inputs: {words.list_of(parts)}. Assumed means that no source gives the value; "
        "ranges stand in the full list, and none of them was explored here."
    )
    return heading("Assumptions") + paragraph(text)


def reproduce(findings: Findings) -> str:
    """Section 14: command, keys, seeds, versions, data, time, failed runs."""
    provenance = findings.study.provenance
    command = findings.plan.command or str(provenance.get("command") or "")
    parts = [paragraph("One command makes these numbers again, to the digit, with the same version:")]
    parts.append(code(command) if command else empty("The command was not recorded."))
    parts.append(of_texts("Where the numbers come from.", ("Part", "Value"), _facts(provenance, findings)))
    places = runs_by_place(findings)
    if len(places):
        parts.append(of_frame(places, "Runs made, by mission, shock, world and mechanism switched off."))
    parts.append(_failed(findings))
    notes = provenance.get("notes") or []
    if notes:
        parts.append(heading("Notes") + bullets(map(str, notes)))
    keys = provenance.get("keys")
    if isinstance(keys, Mapping) and keys:
        frame = pd.DataFrame([(str(name), str(key)) for name, key in keys.items()], columns=["scenario", "key"])
        parts.append(
            f"<details><summary>{len(frame):,} scenario keys</summary>{of_frame(frame, 'Scenario keys.')}</details>"
        )
    return section("reproduce", "Reproduce", "How can somebody else check this?", *parts)


def runs_by_place(findings: Findings) -> pd.DataFrame:
    """Return how many runs of each kind were made and failed."""
    runs = findings.study.runs
    if not len(runs):
        return pd.DataFrame()
    keys = ["mission", "shock", "world", "twin"]
    grouped = runs.assign(twin=runs["twin"].fillna("")).groupby(keys, sort=False)["ok"]
    table = grouped.agg(runs="size", finished="sum").reset_index()
    table["failed"] = table["runs"] - table["finished"].astype(int)
    table["finished"] = table["finished"].astype(int)
    return table.rename(columns={"twin": "switched off"})


def _facts(provenance: Mapping[str, Any], findings: Findings) -> list[tuple[str, str]]:
    """Versions, seeds, machine, time, data as rows of text."""
    names = {
        "model": "Model version",
        "schema_version": "Schema version",
        "scale": "Scale (persons simulated for one)",
        "created": "Begun",
        "seeds": "Seeds of replicate 0",
        "versions": "Versions",
        "machine": "Machine",
        "attributions": "Data",
    }
    rows = [("Seed rule", "replicate i uses seed + i and world_seed + i for every option: the same luck throughout")]
    rows += [(label, _text(provenance[key])) for key, label in names.items() if provenance.get(key)]
    seconds = provenance.get("run_seconds")
    if seconds is not None:
        rows.append(("Computing time", f"{words.number(float(seconds) / 60.0)} minutes of one core"))
    shown = {
        *names,
        "run_seconds",
        "command",
        "keys",
        "notes",
        "failed",
        "runs_planned",
        "runs_finished",
        "runs_failed",
    }
    rows += [
        (words.sentence(spoken(str(key))), _text(value))
        for key, value in provenance.items()
        if key not in shown and value
    ]
    return rows


def _text(value: Any) -> str:
    """Anything as one line of text."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_text(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return " ".join(_text(part) for part in value)
    return str(value)


def _failed(findings: Findings) -> str:
    """Failed runs as rows with their reason."""
    failed = findings.failed
    if not len(failed):
        return paragraph("Failed runs: none.")
    columns = [
        name for name in ("mission", "shock", "world", "option", "twin", "replicate", "seed", "error") if name in failed
    ]
    shown = failed[columns].head(MOST_FAILED_SHOWN)
    text = f"{len(failed):,} runs failed and are left out of every number."
    text += (
        f" The first {MOST_FAILED_SHOWN} are listed; the rest is in runs.csv."
        if len(failed) > MOST_FAILED_SHOWN
        else ""
    )
    return heading("Failed runs") + paragraph(text) + of_frame(shown, "Failed runs and why.")
