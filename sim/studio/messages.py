"""Messages of the page: each is checked, and becomes a change of the session's choice or a wish.

What cannot be read or is out of range raises; `Session.act` turns that into one sentence and leaves everything as it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
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


def _mission(session: Tab, message: dict[str, Any]) -> None:
    session.take(session.choice.with_mission(_option("mission", message["name"])))


def _world(session: Tab, message: dict[str, Any]) -> None:
    session.take(dataclasses.replace(session.choice, world=_option("world", message["name"])))


def _shock(session: Tab, message: dict[str, Any]) -> None:
    session.take(session.choice.with_shock(_side(message), _option("shock", message["name"])))


def _policy(session: Tab, message: dict[str, Any]) -> None:
    is_on = message["on"]
    if not isinstance(is_on, bool):
        raise ScenarioError(f"on = {str(is_on)[:20]}: must be true or false. Switch it on or off.")
    session.take(session.choice.with_policy(_side(message), _option("policy", message["name"]), is_on))


def _value(session: Tab, message: dict[str, Any]) -> None:
    path, value = message["path"], message["value"]
    if not isinstance(path, str) or len(path) > LONGEST_PATH or path in REFUSED:
        raise ScenarioError(f"path = {str(path)[:60]}: not accepted here. Choose a value of the scenario.")
    if isinstance(value, float) and value.is_integer() and isinstance(_now(session, path), int):
        value = int(value)
    if path == "scale":
        session.is_scale_named = True
    session.take(session.choice.with_value(_side(message), path, value), _merge(message), bool(message.get("held")))


def _now(session: Tab, path: str) -> Any:
    """A value of B as it is now; None where there is none of that path."""
    node: Any = session.choice.scenario("b")
    for part in path.split("."):
        node = node.get(part) if isinstance(node, dict) else getattr(node, part, None)
    return node


def _curve(session: Tab, message: dict[str, Any]) -> None:
    points = message["points"]
    if points is not None:
        points = [{"week": float(point["week"]), "ratio": float(point["ratio"])} for point in points]
    session.take(session.choice.with_value(_side(message), CURVE, points or None), _merge(message), bool(message.get("held")))


def _shape(session: Tab, message: dict[str, Any]) -> None:
    weeks = session.choice.scenario("b").mission.horizon_weeks
    given = {name: float(message.get(name) or 0.0) for name in ("surge", "drawdown", "exit_week")}
    points = shaped(weeks, **given)
    session.take(session.choice.with_value(_side(message), CURVE, points or None), _merge(message), bool(message.get("held")))


def _luck(session: Tab, message: dict[str, Any]) -> None:
    seed = message["seed"]
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ScenarioError(f"seed = {str(seed)[:20]}: must be a whole number. Choose one.")
    session.take(session.choice.with_value("b", "seed", seed or None))


def _lucks(session: Tab, message: dict[str, Any]) -> None:
    del message
    session.ask_lucks()


def _undo(session: Tab, message: dict[str, Any]) -> None:
    del message
    session.undo()


def _redo(session: Tab, message: dict[str, Any]) -> None:
    del message
    session.redo()


def _swap(session: Tab, message: dict[str, Any]) -> None:
    del message
    session.take(dataclasses.replace(session.choice, a=session.choice.b, b=session.choice.a))


def _keep(session: Tab, message: dict[str, Any]) -> None:
    del message
    session.take(dataclasses.replace(session.choice, a=session.choice.b))


def _status_quo(session: Tab, message: dict[str, Any]) -> None:
    del message
    session.take(dataclasses.replace(session.choice, a=Side()))


def _agent(session: Tab, message: dict[str, Any]) -> None:
    kind, given = message["kind"], [message.get(name) for name in ("number", "after")]
    for value in given:
        is_number = value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)
        if not isinstance(kind, str) or not is_number:
            raise ScenarioError(f"agent = {str(kind)[:30]} {str(value)[:20]}: needs a kind and a number. Choose both.")
    number, after = (NEXT if value is None else int(value) for value in given)
    session.ask_agent(_side(message), (kind, number, after), int(message["week"]))


def _here(session: Tab, message: dict[str, Any]) -> None:
    ask_cell(session, _side(message), message)


def _through(session: Tab, message: dict[str, Any]) -> None:
    session.ask_through(int(message["week"]), str(message["series"])[:LONGEST_PATH])


def _link(session: Tab, message: dict[str, Any]) -> None:
    choice, _ = read_link(str(message["fragment"]))
    session.take(choice, is_whole=True)


ACTIONS: dict[str, Callable[[Tab, dict[str, Any]], None]] = {
    "mission": _mission, "world": _world, "shock": _shock, "policy": _policy, "value": _value, "curve": _curve,
    "shape": _shape, "luck": _luck, "lucks": _lucks, "undo": _undo, "redo": _redo, "swap": _swap, "keep": _keep,
    "status_quo": _status_quo, "agent": _agent, "here": _here, "through": _through, "link": _link,
}  # fmt: skip
