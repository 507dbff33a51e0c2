"""``mandate explain``: what a name means, how one agent stands at the end of a week, or through what scenarios differ.

One word alone is looked up everywhere. Single agents are shown for teaching; they are invented, as is all of a run.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from sim.cli.say import as_json, paragraph
from sim.cli.words import Words
from sim.errors import ScenarioError, did_you_mean

Entry = dict[str, Any]
ANY = "any"  # in place of a number: the first agent that has something to tell


def main(words: Words) -> int:
    """Explain one name, one agent, or a difference."""
    words.stop_if_wrong()
    if not words.plain:
        raise ScenarioError(f"mandate explain: what? Name a kind and a name. {_kinds()}")
    kind, *names = words.plain
    if kind == "why":
        from sim.cli.why import why

        print(why(words))
        return 0
    if words.has("--dry-run"):
        raise ScenarioError(f"mandate explain {kind}: takes no --dry-run; only why does. Leave it out.")
    if kind == "agent":
        print(_agent(names, words))
        return 0
    if words.keys or words.overrides:
        raise ScenarioError(
            f"mandate explain {kind}: takes no key=value; only agents and why belong to a run. Leave them out."
        )
    entries = _found(kind, names)
    if words.has("--json"):
        print(as_json(entries if len(entries) > 1 else entries[0]))
    else:
        print("\n\n".join(_text(entry) for entry in entries))
    return 0


def _found(kind: str, names: list[str]) -> list[Entry]:
    """Entries of one kind, or of every kind that knows a single word."""
    if kind in GLOSSARIES:
        if len(names) != 1:
            raise ScenarioError(
                f"mandate explain {kind} {' '.join(names)}".rstrip() + ": needs one name. "
                f"{did_you_mean('', GLOSSARIES[kind]())}"
            )
        glossary = GLOSSARIES[kind]()
        name = _canonical(kind, names[0])
        if name not in glossary:
            raise ScenarioError(f"{kind} = {names[0]}: unknown. {did_you_mean(name, glossary)}")
        return [glossary[name]]
    everywhere = {k: make() for k, make in GLOSSARIES.items()}
    found = [glossary[name] for k, glossary in everywhere.items() if (name := _canonical(k, kind)) in glossary]
    if names or not found:
        known = [*GLOSSARIES, "agent", "why", *(name for glossary in everywhere.values() for name in glossary)]
        hint = did_you_mean(kind, known)
        raise ScenarioError(f"mandate explain {' '.join([kind, *names])}: unknown. {hint} {_kinds()}")
    return found


def _canonical(kind: str, name: str) -> str:
    """A name as its glossary spells it."""
    if kind == "source":
        return name.upper()
    return name.removeprefix("parameters.") if kind == "parameter" else name


def _kinds() -> str:
    """What can be explained."""
    return f"Kinds: {', '.join([*GLOSSARIES, 'agent', 'why'])}."


def _knobs() -> dict[str, Entry]:
    """Knobs by name."""
    from sim.knobs import KNOBS

    return {
        name: {
            "kind": "knob",
            "name": name,
            "about": knob.about,
            "unit": knob.unit,
            "several combine by": knob.combine.value,
            "read in phase": knob.phase,
            "filter by": knob.axis or "no parts",
        }
        for name, knob in KNOBS.items()
    }


def _indicators() -> dict[str, Entry]:
    """Indicators and summary numbers by name."""
    from sim.indicators import INDICATORS, RATIO_WINDOW_WEEKS, SUMMARY

    kinds = {
        "level": "at the end of a step",
        "flow": "per step",
        "state": "at the end of a step, never scaled",
        "ratio": f"over the trailing {RATIO_WINDOW_WEEKS} weeks",
    }
    found: dict[str, Entry] = {}
    for name, indicator in INDICATORS.items():
        found[name] = {
            "kind": "indicator",
            "name": name,
            "about": indicator.about,
            "unit": indicator.unit,
            "counted": kinds[indicator.kind],
            "better": indicator.better,
            "written to": "series.csv",
        }
        if indicator.numerator:
            found[name]["ratio of"] = f"{indicator.numerator} / {indicator.denominator}"
            found[name]["where empty"] = indicator.empty
    for name, (unit, about) in SUMMARY.items():
        found[name] = {
            "kind": "indicator",
            "name": name,
            "about": about,
            "unit": unit,
            "counted": "over the whole run",
            "written to": "summary.json",
        }
    return found


def _events() -> dict[str, Entry]:
    """Events by name."""
    from sim.events import EVENTS

    return {
        name: {"kind": "event", "name": name, "about": about, "written to": "events.csv"}
        for name, about in EVENTS.items()
    }


def _parameters() -> dict[str, Entry]:
    """Parameters by path below ``parameters``."""
    from sim.parameters import Parameters, walk

    found: dict[str, Entry] = {}
    for info in walk(Parameters()):
        limits = "" if info.low is None else f"{info.low:g} to {info.high:g}"
        found[info.path] = {
            "kind": "parameter",
            "name": f"parameters.{info.path}",
            "about": info.about,
            "value": info.value,
            "unit": info.unit,
            "range": limits,
            "status": info.status,
            "source": info.source,
        }
    return found


def _sources() -> dict[str, Entry]:
    """Cited facts by id."""
    text = (files("sim.world") / "data" / "facts.csv").read_text(encoding="utf-8")
    found: dict[str, Entry] = {}
    for row in csv.DictReader(text.splitlines()):
        values = "/".join(row[name] or "-" for name in ("value_low", "value_central", "value_high"))
        found[row["id"]] = {
            "kind": "source",
            "name": row["id"],
            "about": row["statement"],
            "quantity": row["pattern_or_quantity"],
            "mission": row["mission"],
            "year": row["year"],
            "low/central/high": values,
            "unit": row["unit"],
            "source": row["source"],
            "address": row["url"],
            "confidence": row["confidence"],
            "use": row["use"],
        }
    return found


GLOSSARIES: dict[str, Callable[[], dict[str, Entry]]] = {
    "knob": _knobs,
    "indicator": _indicators,
    "event": _events,
    "parameter": _parameters,
    "source": _sources,
}


def _text(entry: Entry) -> str:
    """One entry for people."""
    lines = [f"{entry['kind']} {entry['name']}", paragraph(str(entry["about"]))]
    rest = {name: value for name, value in entry.items() if name not in ("kind", "name", "about") and value != ""}
    return "\n".join([*lines, *(paragraph(f"{name}: {value}", "    ") for name, value in rest.items())])


def _agent(names: list[str], words: Words) -> str:
    """Run to a week and let one agent explain itself."""
    from sim.cli.progress import Reporter
    from sim.config import load_scenario

    if len(names) != 2 or not (names[1].isdigit() or names[1] == ANY):
        raise ScenarioError(
            f"mandate explain agent {' '.join(names)}".rstrip() + ": needs a kind and a number, or '{ANY}'. "
            "Write e.g. mandate explain agent peacekeeper 120 week=52."
        )
    if unused := sorted(set(words.keys) - {"week"}):
        raise ScenarioError(f"mandate explain agent: takes no {unused[0]}=; only why does. Leave it out.")
    scenario = load_scenario(*words.overrides)
    weeks = words.keys.get("week", str(min(52, scenario.mission.horizon_weeks)))
    if not weeks.isdigit() or not 1 <= int(weeks) <= scenario.mission.horizon_weeks:
        raise ScenarioError(
            f"week = {weeks}: must be a whole number between 1 and {scenario.mission.horizon_weeks} "
            "(weeks, the mission's horizon). Choose a week in that range."
        )
    from sim.explain.ask import ask

    with Reporter(words.has("--quiet"), not words.has("--no-color")) as report:
        told = ask(scenario, names[0], None if names[1] == ANY else int(names[1]), int(weeks), on_step=report)
    if words.has("--json"):
        return as_json({"kind": told.kind, "number": told.number, "week": told.week, "explain": told.text})
    return told.text
