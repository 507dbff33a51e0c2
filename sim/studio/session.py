"""One tab of the studio: its choice, what was chosen before and after, and what it asks the engine for.

Every change comes in as a small message and is checked before it is taken; a wrong one is answered in one sentence and
leaves everything as it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from sim.config.groups import options
from sim.errors import MandateError, ScenarioError, did_you_mean
from sim.scenario import Scenario
from sim.studio.choice import CURVE, REFUSED, SIDES, Choice, Side, check, read_link
from sim.studio.curve import shaped
from sim.studio.engine import Engine, Wish
from sim.studio.here import ask_cell
from sim.studio.pack import run_key

N_LUCKS = 8
MOST_UNDO = 200
LONGEST_PATH = 120
NEXT = -1  # in place of an agent's number: the next that has something to tell


class View(Protocol):
    """What a session tells its page."""

    def show(self) -> None:
        """Both runs of the present choice are there."""

    def show_in_passing(self, keys: tuple[str, str]) -> None:
        """Two runs of a moment ago are there while a lever is still being dragged."""

    def wait(self) -> None:
        """The present choice is being computed."""

    def luck(self, seed: int) -> None:
        """A pair on other luck has arrived."""

    def say(self, problem: str) -> None:
        """Something was refused or failed, in words."""

    def told(self, answer: dict[str, Any]) -> None:
        """An agent has answered: its text, its number, the terms of its decision."""

    def here(self, answer: dict[str, Any]) -> None:
        """Who is in a cell of the map."""


class Session:
    """State of one tab.

    Parameters
    ----------
    tab
        Name of the tab, for the engine.
    engine, view
        Who computes, and who shows.
    choice
        What the tab opens with.
    """

    def __init__(self, tab: str, engine: Engine, view: View, choice: Choice) -> None:
        self.tab, self.engine, self.view, self.choice = tab, engine, view, choice
        self.scale_for: Callable[[Choice], float] | None = None  # where nobody chose a scale: one that answers quickly
        self.lucks: dict[int, tuple[str, str]] = {}  # pairs seen of the present choice, by seed
        self._unlucky: Choice | None = None  # the choice shown, but for its luck
        self._past: list[Choice] = []
        self._future: list[Choice] = []
        self._merged = ""
        self.n_gestures = 0  # changes so far, where those of one drag count as one
        self._lacks: set[str] = set()
        self._asked = self._shown = 0  # requests made, and the latest of them whose picture was shown

    def act(self, message: Any) -> bool:
        """Do what a message of the page asks for; False, and a sentence to the page, where that cannot be done."""
        try:
            name = message.get("do") if isinstance(message, dict) else None
            action = _ACTIONS.get(name) if isinstance(name, str) else None
            if action is None:
                raise ScenarioError(f"message = {str(message)[:60]}: unknown. {did_you_mean(str(name)[:60], _ACTIONS)}")
            action(self, message)
        except MandateError as error:
            self.view.say("; ".join(getattr(error, "problems", [str(error)])))
            return False
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.view.say(f"message = {str(message)[:60]}: cannot be read ({error!r:.80}). Nothing was changed.")
            return False
        return True

    def take(self, choice: Choice, merge: str = "") -> None:
        """Take a checked choice as the present one; successive changes with the same ``merge`` undo as one."""
        if choice == self.choice:
            return
        check(choice)
        if self.scale_for is not None and choice.value("b", "scale") == self.choice.value("b", "scale"):
            choice = choice.with_value("b", "scale", self.scale_for(choice))
        goes_on = bool(merge and merge == self._merged and self._past)
        if not goes_on:
            self._past = [*self._past, self.choice][-MOST_UNDO:]
        self._merged, self._future = merge, []
        self._set(choice, goes_on)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._future)

    @property
    def before(self) -> Choice:
        """The choice before the last change; the present one where nothing was changed."""
        return self._past[-1] if self._past else self.choice

    @property
    def is_waiting(self) -> bool:
        """Whether a run of the present choice has not come yet."""
        return bool(self._lacks)

    def undo(self) -> None:
        """Take back the last change."""
        if self._past:
            self._future.append(self.choice)
            self._merged = ""
            self._set(self._past.pop())

    def redo(self) -> None:
        """Make the last change taken back again."""
        if self._future:
            self._past.append(self.choice)
            self._set(self._future.pop())

    def keys(self, choice: Choice | None = None) -> tuple[str, str]:
        """Names of the runs A and B of a choice."""
        choice = choice or self.choice
        return run_key(choice.scenario("a")), run_key(choice.scenario("b"))

    def compute(self, is_on_the_way: bool = False) -> None:
        """Ask for A and B of the present choice; show them at once where they are kept.

        In the middle of a drag (``is_on_the_way``) what runs already is finished and shown in passing.
        """
        scenarios = {run_key(s): s for s in (self.choice.scenario("b"), self.choice.scenario("a"))}
        self._lacks = {key for key in scenarios if self.engine.runs.get(key) is None}
        if not self._lacks:
            self.engine.forget(self.tab)
            self._show()
            return
        self.view.wait()
        missing = [scenario for key, scenario in scenarios.items() if key in self._lacks]
        self._asked += 1
        arrived = partial(self._arrived, self.keys(), self._asked)
        self.engine.ask(Wish(self.tab, "run", missing, arrived, self.view.say, is_on_the_way=is_on_the_way))

    def ask_lucks(self) -> None:
        """Ask for the same two runs on the other lucks of eight, one pair after the other, when nobody else wants anything."""
        pairs: dict[str, int] = {}
        scenarios: dict[str, Scenario] = {}
        names: dict[int, tuple[str, str]] = {}
        for seed in [one for one in eight(self.choice.scenario("a").seed) if one not in self.lucks]:
            pair = [self.choice.with_value("b", "seed", seed).scenario(side) for side in SIDES]
            names[seed] = (run_key(pair[0]), run_key(pair[1]))
            for scenario in pair:
                scenarios.setdefault(run_key(scenario), scenario)
                pairs.setdefault(run_key(scenario), seed)
        choice, have = self.choice, set()

        def arrived(key: str, pack: Any) -> None:
            del pack
            have.add(key)
            seed = pairs[key]
            if choice == self.choice and set(names[seed]) <= have and seed not in self.lucks:
                self.lucks[seed] = names[seed]
                self.view.luck(seed)

        wish = Wish(self.tab, "run", list(scenarios.values()), arrived, self.view.say, is_patient=True)
        self.engine.ask(wish)

    def ask_agent(self, side: str, agent: tuple[str, int, int], week: int) -> None:
        """Ask an agent of A or B what it did at the end of a week."""
        scenario = self.choice.scenario(side)

        def told(_: str, answer: Any) -> None:
            self.view.told({**answer, "side": side})

        def failed(problem: str) -> None:
            self.view.told({"text": problem, "kind": agent[0], "number": None, "week": week, "terms": {}, "side": side})

        self.engine.ask(Wish(self.tab, "explain", [scenario], told, failed, agent, week))

    def _arrived(self, keys: tuple[str, str], asked: int, _: str, pack: Any) -> None:
        """One of two runs is there: of the present choice, or of one a moment ago in the same drag."""
        del pack
        if any(self.engine.runs.get(k) is None for k in keys):
            return
        if keys == self.keys():
            self._lacks.clear()
            self._shown = asked
            self._show()
        elif asked > self._shown:  # never an older one after a newer
            self._shown = asked
            self.view.show_in_passing(keys)

    def _show(self) -> None:
        """Show the present choice."""
        seed, unlucky = self.choice.scenario("a").seed, self.choice.with_value("b", "seed", None)
        seen = self.lucks if unlucky == self._unlucky else {}
        self.lucks = {other: keys for other, keys in seen.items() if other in eight(seed)} | {seed: self.keys()}
        self._unlucky = unlucky
        self.view.show()

    def _set(self, choice: Choice, is_on_the_way: bool = False) -> None:
        """Make a choice the present one and compute it."""
        self.choice = choice
        self.n_gestures += not is_on_the_way
        self.compute(is_on_the_way)


def eight(seed: int) -> range:
    """Return the eight lucks a seed belongs to."""
    first = seed - seed % N_LUCKS
    return range(first, first + N_LUCKS)


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
    if not isinstance(name, str) or name not in options(group):
        raise ScenarioError(f"{group} = {str(name)[:60]}: unknown. {did_you_mean(str(name)[:60], options(group))}")
    return name


def _mission(session: Session, message: dict[str, Any]) -> None:
    session.take(session.choice.with_mission(_option("mission", message["name"])))


def _world(session: Session, message: dict[str, Any]) -> None:
    session.take(dataclasses.replace(session.choice, world=_option("world", message["name"])))


def _shock(session: Session, message: dict[str, Any]) -> None:
    session.take(session.choice.with_shock(_side(message), _option("shock", message["name"])))


def _policy(session: Session, message: dict[str, Any]) -> None:
    is_on = message["on"]
    if not isinstance(is_on, bool):
        raise ScenarioError(f"on = {str(is_on)[:20]}: must be true or false. Switch it on or off.")
    session.take(session.choice.with_policy(_side(message), _option("policy", message["name"]), is_on))


def _value(session: Session, message: dict[str, Any]) -> None:
    path, value = message["path"], message["value"]
    if not isinstance(path, str) or len(path) > LONGEST_PATH or path in REFUSED:
        raise ScenarioError(f"path = {str(path)[:60]}: not accepted here. Choose a value of the scenario.")
    if isinstance(value, float) and value.is_integer() and isinstance(_now(session, path), int):
        value = int(value)
    if path == "scale":
        session.scale_for = None
    session.take(session.choice.with_value(_side(message), path, value), _merge(message))


def _now(session: Session, path: str) -> Any:
    """A value of B as it is now; None where there is none of that path."""
    node: Any = session.choice.scenario("b")
    for part in path.split("."):
        node = node.get(part) if isinstance(node, dict) else getattr(node, part, None)
    return node


def _curve(session: Session, message: dict[str, Any]) -> None:
    points = message["points"]
    if points is not None:
        points = [{"week": float(point["week"]), "ratio": float(point["ratio"])} for point in points]
    session.take(session.choice.with_value(_side(message), CURVE, points or None), _merge(message))


def _shape(session: Session, message: dict[str, Any]) -> None:
    weeks = session.choice.scenario("b").mission.horizon_weeks
    given = {name: float(message.get(name) or 0.0) for name in ("surge", "drawdown", "exit_week")}
    points = shaped(weeks, **given)
    session.take(session.choice.with_value(_side(message), CURVE, points or None), _merge(message))


def _luck(session: Session, message: dict[str, Any]) -> None:
    seed = message["seed"]
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise ScenarioError(f"seed = {str(seed)[:20]}: must be a whole number. Choose one.")
    session.take(session.choice.with_value("b", "seed", seed or None))


def _lucks(session: Session, message: dict[str, Any]) -> None:
    del message
    session.ask_lucks()


def _undo(session: Session, message: dict[str, Any]) -> None:
    del message
    session.undo()


def _redo(session: Session, message: dict[str, Any]) -> None:
    del message
    session.redo()


def _swap(session: Session, message: dict[str, Any]) -> None:
    del message
    session.take(dataclasses.replace(session.choice, a=session.choice.b, b=session.choice.a))


def _keep(session: Session, message: dict[str, Any]) -> None:
    del message
    session.take(dataclasses.replace(session.choice, a=session.choice.b))


def _status_quo(session: Session, message: dict[str, Any]) -> None:
    del message
    session.take(dataclasses.replace(session.choice, a=Side()))


def _agent(session: Session, message: dict[str, Any]) -> None:
    kind, given = message["kind"], [message.get(name) for name in ("number", "after")]
    for value in given:
        is_number = value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)
        if not isinstance(kind, str) or not is_number:
            raise ScenarioError(f"agent = {str(kind)[:30]} {str(value)[:20]}: needs a kind and a number. Choose both.")
    number, after = (NEXT if value is None else int(value) for value in given)
    session.ask_agent(_side(message), (kind, number, after), int(message["week"]))


def _here(session: Session, message: dict[str, Any]) -> None:
    ask_cell(session, _side(message), message)


def _link(session: Session, message: dict[str, Any]) -> None:
    choice, _ = read_link(str(message["fragment"]))
    session.take(choice)


_ACTIONS: dict[str, Callable[[Session, dict[str, Any]], None]] = {
    "mission": _mission, "world": _world, "shock": _shock, "policy": _policy, "value": _value, "curve": _curve,
    "shape": _shape, "luck": _luck, "lucks": _lucks, "undo": _undo, "redo": _redo, "swap": _swap, "keep": _keep,
    "status_quo": _status_quo, "agent": _agent, "here": _here, "link": _link,
}  # fmt: skip
