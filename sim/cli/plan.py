"""``mandate plan``: the schedule of a step, read from the code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.cli.say import as_json, paragraph
from sim.cli.words import Words
from sim.errors import ScenarioError, did_you_mean

LISTS = ("reads", "writes", "emits", "draws", "knobs")


def main(words: Words) -> int:
    """Print the phases in order."""
    words.stop_if_wrong()
    from sim.schedule import SCHEDULE

    names = [phase.name for phase in SCHEDULE]
    unknown = [f"phase = {word}: unknown. {did_you_mean(word, names)}" for word in words.plain if word not in names]
    if unknown:
        raise ScenarioError(unknown)
    phases = [_phase(i + 1, phase) for i, phase in enumerate(SCHEDULE) if not words.plain or phase.name in words.plain]
    print(as_json(phases) if words.has("--json") else "\n\n".join(_text(phase) for phase in phases))
    return 0


def _phase(number: int, phase: Any) -> dict[str, Any]:
    """One phase as plain data."""
    lists = {name: [_name(entry) for entry in getattr(phase, name, ())] for name in LISTS}
    return {"number": number, "name": phase.name, "question": phase.question, **lists}


def _name(entry: Any) -> str:
    """Name of a column, event, decision or knob, however it is declared."""
    name = getattr(entry, "name", entry)
    return str(name).lower() if hasattr(entry, "value") else str(name)


def _text(phase: dict[str, Any]) -> str:
    """One phase for people."""
    lines = [f"{phase['number']}. {phase['name']}: {phase['question']}"]
    lines += [paragraph(f"{name:<7}{_joined(phase[name])}", "   ") for name in LISTS if phase[name]]
    return "\n".join(lines)


def _joined(names: Iterable[str]) -> str:
    """Names in their order."""
    return ", ".join(names)
