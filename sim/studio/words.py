"""The studio's sentences that do not depend on the week shown: what differs between A and B, and what each lever does."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

from sim.config.groups import options
from sim.config.load import leaves
from sim.parameters import Parameters, walk
from sim.policies import POLICIES
from sim.scenario import Scenario
from sim.studio.choice import CURVE, Choice

UNSAID = ("share", "ratio", "probability", "log-odds", "-")  # units a name needs not carry
SAME = "everything else equal, same luck"
NOTHING = "nothing: A and B are the same scenario"
_PARTS = re.compile(r"(Mechanism|Evidence|Counter-effect|Limits):\s*")


def plain(name: str) -> str:
    """A name as people say it: follow_up becomes follow-up."""
    return "follow-up" if name == "follow_up" else name.replace("_", " ")


def what_changed(choice: Choice) -> list[str]:
    """Return the differences from A to B in words; the last line says what is equal."""
    a, b = choice.scenario("a"), choice.scenario("b")
    lines = _shock_line(a, b)
    for name in sorted({*a.policy, *b.policy}):
        if name not in a.policy:
            lines.append(f"{plain(name)}: off → dose {b.policy[name].dose:g} from week {b.policy[name].start_week:g}")
        elif name not in b.policy:
            lines.append(f"{plain(name)}: dose {a.policy[name].dose:g} → off")
    if a.mission.strength_curve != b.mission.strength_curve:
        lines.append(f"strength: {curve_words(a)} → {curve_words(b)}")
    known = ("shock.", "package.", *(f"policy.{n}." for n in {*a.policy, *b.policy} if not (n in a.policy and n in b.policy)))
    before, after = leaves(a), leaves(b)
    lines += [
        f"{_path_words(path)}: {_figure(before.get(path))} → {_figure(value)}"
        for path, value in after.items()
        if value != before.get(path) and path != CURVE and not path.startswith(known)
    ]
    return [*lines, SAME] if lines else [NOTHING]


def _shock_line(a: Scenario, b: Scenario) -> list[str]:
    """The difference of shocks."""
    if a.shock == b.shock:
        return []
    return [f"shock: {_shock_words(a)} → {_shock_words(b)}"]


def _shock_words(scenario: Scenario) -> str:
    """A shock in words."""
    shock = scenario.shock
    if shock.name == "none":
        return "none"
    return f"{plain(shock.name)}, size {shock.size:g} from week {shock.start_week:g}"


def curve_words(scenario: Scenario) -> str:
    """A strength curve in words."""
    points = scenario.mission.strength_curve
    if not points:
        return "as in the mission's table"
    if all(point.ratio == 0.0 for point in points):
        return "nobody is ever deployed"
    moved = [point for point in points if point.ratio != 1.0]
    if not moved:
        return "as in the mission's table, by hand"
    if len(moved) > 4:
        low, high = min(p.ratio for p in points), max(p.ratio for p in points)
        return f"reshaped, {100 * low:.3g} to {100 * high:.3g} % of the table"
    return ", ".join(f"{100 * p.ratio:.3g} % in week {p.week:g}" for p in moved)


def _path_words(path: str) -> str:
    """A value's path in words."""
    return plain(path.removeprefix("policy.").removeprefix("parameters.")).replace(".", ": ")


def _figure(value: Any) -> str:
    """A value for people."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)


@cache
def policy_name(name: str) -> str:
    """Return a policy's name as the report has it, with a capital letter."""
    from sim.report.names import short_name

    return short_name(name)


def parameter_name(path: str, unit: str) -> str:
    """Return a parameter's name in words, without the unit that its last part ends with."""
    name = path.rpartition(".")[2]
    for ending in ("_usd", "_per_week", "_per_year", "_weeks", "_km"):
        name = name.removesuffix(ending)
    return f"{plain(name)}, {unit}" if unit and unit not in UNSAID else plain(name)


@cache
def policy_card(name: str) -> dict[str, str]:
    """Return what a policy does, through which mechanism, its evidence and counter-effect, from its own documentation."""
    text = inspect.cleandoc(POLICIES[name].__doc__ or "").replace("`", "")
    parts = _PARTS.split(" ".join(text.split()))
    card = {"name": plain(name), "does": parts[0].strip()}
    return card | {title.lower(): words.strip() for title, words in zip(parts[1::2], parts[2::2])}


@cache
def parameter_cards() -> dict[str, dict[str, Any]]:
    """Return every parameter with bounds: value, unit, range, status, source and meaning, by path."""
    return {
        f"parameters.{info.path}": {
            "value": info.value, "low": info.low, "high": info.high, "unit": info.unit, "status": info.status,
            "source": info.source, "about": info.about,
        }
        for info in walk(Parameters())
        if info.low is not None and not isinstance(info.value, bool)
    }  # fmt: skip


def choices() -> dict[str, dict[str, str]]:
    """Return option -> description of the groups the page offers."""
    return {group: options(group) for group in ("mission", "shock", "world", "policy")}
