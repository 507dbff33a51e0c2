"""Messages of the page: each is checked, and becomes a change of the tab's choice or a wish.

What cannot be read or is out of range raises; `Session.act` turns that into one sentence and leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sim.config.groups import names
from sim.errors import ScenarioError, did_you_mean
from sim.studio.choice import CURVE, REFUSED, SIDES, Side, read_link
from sim.studio.curve import shaped
from sim.studio.here import ask_cell
from sim.studio.tab import Tab

LONGEST_PATH = 120
NEXT = -1  # in place of an agent's number: the next that has something to tell


def _side(message: dict[str, Any]) -> str:
    """The run a message is about; B where it does not say."""
    side = message.get("side", "b")
    if side not in SIDES:
        raise ScenarioError(f"side = {str(side)[:20]}: must be a or b. Choose one.")
    return str(side)


def _merge(message: dict[str, Any]) -> str:
    """Name of the gesture a change belongs to; changes of one gesture undo as one."""
    return f"{message['do']} {message.get('path', '')} {str(message['merge'])[:40]}" if message.get("merge") else ""


def _option(group: str, name: Any) -> str:
    """A file of a group, by name."""
    if not isinstance(name, str) or name not in names(group):
        raise ScenarioError(f"{group} = {str(name)[:60]}: unknown. {did_you_mean(str(name)[:60], names(group))}")
    return name


def _policy(tab: Tab, message: dict[str, Any]) -> None:
    is_on = message["on"]
    if not isinstance(is_on, bool):
        raise ScenarioError(f"on = {str(is_on)[:20]}: must be true or false. Switch it on or off.")
    tab.take(tab.choice.with_policy(_side(message), _option("policy", message["name"]), is_on))


def _value(tab: Tab, message: dict[str, Any]) -> None:
    path, value = message["path"], message["value"]
    if not isinstance(path, str) or len(path) > LONGEST_PATH or path in REFUSED:
        raise ScenarioError(f"path = {str(path)[:60]}: not accepted here. Choose a value of the scenario.")
    if isinstance(value, float) and value.is_integer() and isinstance(_now(tab, path), int):
        value = int(value)
    if path == "scale":
        tab.is_scale_named = True
    tab.take(tab.choice.with_value(_side(message), path, value), _merge(message), bool(message.get("held")))


def _now(tab: Tab, path: str) -> Any:
    """A value of B as it is now; None where there is none of that path."""
    node: Any = tab.choice.scenario("b")
    for part in path.split("."):
        node = node.get(part) if isinstance(node, dict) else getattr(node, part, None)
    return node


def _curve(tab: Tab, message: dict[str, Any]) -> None:
    points = message["points"]
    if points is not None:
        points = [{"week": float(point["week"]), "ratio": float(point["ratio"])} for point in points]
    tab.take(tab.choice.with_value(_side(message), CURVE, points or None), _merge(message), bool(message.get("held")))


def _shape(tab: Tab, message: dict[str, Any]) -> None:
    weeks = tab.choice.scenario("b").mission.horizon_weeks
    given = {name: float(message.get(name) or 0.0) for name in ("surge", "drawdown", "exit_week")}
    points = shaped(weeks, **given)
    tab.take(tab.choice.with_value(_side(message), CURVE, points or None), _merge(message), bool(message.get("held")))


def _luck(tab: Tab, message: dict[str, Any]) -> None:
    seed = message["seed"]
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ScenarioError(f"seed = {str(seed)[:20]}: must be a whole number. Choose one.")
    tab.take(tab.choice.with_value("b", "seed", seed or None))


def _agent(tab: Tab, message: dict[str, Any]) -> None:
    kind, given = message["kind"], [message.get(name) for name in ("number", "after")]
    for value in given:
        is_number = value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)
        if not isinstance(kind, str) or not is_number:
            raise ScenarioError(f"agent = {str(kind)[:30]} {str(value)[:20]}: needs a kind and a number. Choose both.")
    number, after = (NEXT if value is None else int(value) for value in given)
    tab.ask_agent(_side(message), (kind, number, after), int(message["week"]))


ACTIONS: dict[str, Callable[[Tab, dict[str, Any]], None]] = {
    "mission": lambda tab, message: tab.take(tab.choice.with_mission(_option("mission", message["name"]))),
    "world": lambda tab, message: tab.take(replace(tab.choice, world=_option("world", message["name"]))),
    "shock": lambda tab, message: tab.take(tab.choice.with_shock(_side(message), _option("shock", message["name"]))),
    "policy": _policy, "value": _value, "curve": _curve, "shape": _shape, "luck": _luck, "agent": _agent,
    "lucks": lambda tab, message: tab.ask_lucks(),
    "undo": lambda tab, message: tab.undo(),
    "redo": lambda tab, message: tab.redo(),
    "swap": lambda tab, message: tab.take(replace(tab.choice, a=tab.choice.b, b=tab.choice.a)),
    "keep": lambda tab, message: tab.take(replace(tab.choice, a=tab.choice.b)),
    "status_quo": lambda tab, message: tab.take(replace(tab.choice, a=Side())),
    "here": lambda tab, message: ask_cell(tab, _side(message), message),
    "through": lambda tab, message: tab.ask_through(int(message["week"]), str(message["series"])[:LONGEST_PATH]),
    "link": lambda tab, message: tab.take(read_link(str(message["fragment"]))[0], is_whole=True),
}  # fmt: skip
