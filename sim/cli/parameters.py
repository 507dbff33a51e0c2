"""``mandate parameters``: the parameter table, for people, spreadsheets or programs."""

from __future__ import annotations

import csv
import dataclasses
import sys

from sim.cli.say import as_json, figure, paragraph
from sim.cli.words import Words
from sim.errors import ScenarioError, did_you_mean
from sim.parameters import ParameterInfo, Parameters, walk

PREFIX = "parameters."
COLUMNS = ("path", "value", "unit", "low", "high", "status", "source", "about")


def main(words: Words) -> int:
    """Print the parameters that match every word, or all."""
    words.stop_if_wrong()
    entries = list(walk(_parameters(words.overrides), PREFIX))
    for word in words.plain:
        entries = _matching(entries, word)
    if words.has("--json"):
        print(as_json([dataclasses.asdict(entry) for entry in entries]))
    elif words.has("--csv"):
        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows([_cell(getattr(entry, name)) for name in COLUMNS] for entry in entries)
    else:
        print("\n".join(describe(entry) for entry in entries))
    return 0


def describe(entry: ParameterInfo) -> str:
    """One parameter for people: path, value, unit, range and status; below it meaning and source."""
    limits = "" if entry.low is None else f"  [{figure(entry.low)}, {figure(entry.high)}]"
    head = f"{entry.path} = {figure(entry.value)} {entry.unit}{limits}  {entry.status}"
    return f"{head}\n{paragraph(f'{entry.about} (source: {entry.source})', '    ')}"


def _parameters(overrides: list[str]) -> Parameters:
    """Defaults, or the parameters of a scenario."""
    if not overrides:
        return Parameters()
    from sim.config import load_scenario

    return load_scenario(*overrides).parameters


def _matching(entries: list[ParameterInfo], word: str) -> list[ParameterInfo]:
    """Parameters of a mechanism or path, else those with the word in path or meaning."""
    path = word.removeprefix(PREFIX)
    exact = [e for e in entries if f"{e.path}.".startswith(f"{PREFIX}{path}.")]
    found = exact or [e for e in entries if word.lower() in f"{e.path} {e.about}".lower()]
    if not found:
        names = {part for entry in entries for part in entry.path.split(".")[1:]}
        raise ScenarioError(f"parameters {word}: matches nothing. {did_you_mean(path, names)}")
    return found


def _cell(value: object) -> object:
    """A value in a CSV: empty for none, true and false in lower case."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value
