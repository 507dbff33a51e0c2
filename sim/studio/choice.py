"""What is chosen in the studio: one mission, world and luck for both runs, and for each of A and B its shock, policies
and strength curve. Plain data; it becomes a `Scenario` by the same files and checks as the command line.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sim.config.groups import DEFAULTS
from sim.config.load import leaves, resolve
from sim.config.overrides import Request, read_overrides
from sim.errors import ScenarioError
from sim.scenario import Scenario

CURVE = "mission.strength_curve"
SIDES = ("a", "b")
REFUSED = ("config_dir", "scenario", "mission.tables", "package", "run")
LONGEST_LINK = 20_000
MOST_KEPT = 128  # scenarios made from requests
PLAIN_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Side:
    """What one of the two runs has to itself."""

    shock: str = "none"
    policies: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """Both runs of the studio: what they share (luck, scale and assumptions among it), and what each has to itself."""

    mission: str = "kosovo"
    world: str = "central"
    values: Mapping[str, Any] = field(default_factory=dict)
    a: Side = Side()
    b: Side = Side()

    def side(self, name: str) -> Side:
        """Return A or B."""
        return self.a if name == "a" else self.b

    def request(self, name: str) -> Request:
        """Return what one of the two runs asks for."""
        side = self.side(name)
        choices = {"mission": self.mission, "world": self.world, "shock": side.shock}
        return Request(dict(choices), tuple(sorted(side.policies)), {**self.values, **side.values})

    def scenario(self, name: str) -> Scenario:
        """Return the checked scenario of A or B, made once; nobody may change it.

        Raises
        ------
        ScenarioError
            With every problem.
        """
        if name not in self._made:
            request = self.request(name)
            self._made[name] = _made(json.dumps([request.choices, request.policies, request.values], sort_keys=True))
        return self._made[name]

    @cached_property
    def _made(self) -> dict[str, Scenario]:
        """Scenarios made so far."""
        return {}

    def value(self, name: str, path: str) -> Any:
        """Return a value as chosen, or None where it is the default."""
        return {**self.values, **self.side(name).values}.get(path)

    def with_value(self, name: str, path: str, value: Any) -> Choice:
        """Return a choice with one value set for A or B, or for both where it is shared; None takes it back."""
        if not is_own(path):
            return dataclasses.replace(self, values=_put(self.values, path, value))
        side = self.side(name)
        return self.with_side(name, dataclasses.replace(side, values=_put(side.values, path, value)))

    def with_side(self, name: str, side: Side) -> Choice:
        """Return a choice with another A or B."""
        return dataclasses.replace(self, a=side) if name == "a" else dataclasses.replace(self, b=side)

    def with_shock(self, name: str, shock: str) -> Choice:
        """Return a choice with another shock for A or B, at its documented size and dates."""
        side = self.side(name)
        kept = {path: value for path, value in side.values.items() if not path.startswith("shock.")}
        return self.with_side(name, dataclasses.replace(side, shock=shock, values=kept))

    def with_policy(self, name: str, policy: str, is_on: bool) -> Choice:
        """Return a choice with a policy added to A or B at its documented dose, or taken out."""
        side = self.side(name)
        kept = {path: value for path, value in side.values.items() if not path.startswith(f"policy.{policy}.")}
        others = tuple(other for other in side.policies if other != policy)
        policies = tuple(sorted((*others, policy))) if is_on else others
        return self.with_side(name, dataclasses.replace(side, policies=policies, values=kept))

    def with_mission(self, mission: str) -> Choice:
        """Return a choice for another mission; what belongs to the present one is left behind."""
        kept = {path: value for path, value in self.values.items() if not path.startswith("mission.")}
        return dataclasses.replace(self, mission=mission, values=kept, a=_without_curve(self.a), b=_without_curve(self.b))


@lru_cache(maxsize=MOST_KEPT)
def _made(text: str) -> Scenario:
    """The checked scenario of a request written down; kept, since a change of B leaves A as it was."""
    choices, policies, values = json.loads(text)
    scenario, found = resolve(Request(choices, tuple(policies), values))
    if scenario is None or found:
        raise ScenarioError(found)
    return scenario


def is_own(path: str) -> bool:
    """Say whether a value belongs to A or B alone."""
    return path.startswith(("shock.", "policy.")) or path == CURVE


def choice_of(scenario: Scenario) -> Choice:
    """Return the choice whose B is a scenario and whose A is the status quo beside it."""
    request = Request(
        {"mission": scenario.mission.name, "world": scenario.world.name, "shock": scenario.shock.name},
        tuple(sorted(scenario.policy)),
    )
    base, found = resolve(request)
    if base is None:
        raise ScenarioError(found)
    before = leaves(base)
    changed = {p: v for p, v in leaves(scenario).items() if v != before.get(p) and not p.startswith("package.")}
    shared = {path: value for path, value in changed.items() if not is_own(path)}
    own = {path: value for path, value in changed.items() if is_own(path)}
    side = Side(scenario.shock.name, request.policies or (), own)
    return Choice(scenario.mission.name, scenario.world.name, shared, Side(), side)


def link_of(choice: Choice, version: str) -> str:
    """Return a link's fragment: version and what differs from the defaults; A's own part carries the prefix ``A.``."""
    pairs = [("v", version), ("mission", choice.mission)]
    pairs += [("world", choice.world)] if choice.world != DEFAULTS["world"] else []
    pairs += [(path, _text(value)) for path, value in choice.values.items()]
    for prefix, side in (("", choice.b), ("A.", choice.a)):
        pairs += [(f"{prefix}shock", side.shock)] if side.shock != DEFAULTS["shock"] else []
        pairs += [(f"{prefix}policy", "+".join(side.policies))] if side.policies else []
        pairs += [(f"{prefix}{path}", _text(value)) for path, value in side.values.items()]
    return urlencode(pairs)


def link_version(fragment: str) -> str:
    """Return the version a link was made with; empty where it does not say."""
    return next((value for key, value in parse_qsl(fragment[:LONGEST_LINK]) if key == "v"), "")


def read_link(fragment: str) -> tuple[Choice, str]:
    """Read a link's fragment; return the choice and the version it was made with.

    Raises
    ------
    ScenarioError
        With every problem: too long, unknown names, values out of range.
    """
    if len(fragment) > LONGEST_LINK:
        raise ScenarioError(f"link = {len(fragment):,} characters: at most {LONGEST_LINK:,}. Use a saved scenario instead.")
    pairs = parse_qsl(fragment, keep_blank_values=True)
    texts = [f"{key}={value}" for key, value in pairs if key not in ("v", "week")]
    of_a = [text.removeprefix("A.") for text in texts if text.startswith("A.")]
    b, found = read_overrides(text for text in texts if not text.startswith("A."))
    a, more = read_overrides(of_a)
    found += more + _refused(b) + _refused(a)
    found += [f"A.{path}: belongs to both runs. Leave 'A.' out." for path in a.values if not is_own(path)]
    found += [f"A.{group}: belongs to both runs. Leave 'A.' out." for group in a.choices if group != "shock"]
    if found:
        raise ScenarioError(found)
    return choice_from(b, a), link_version(fragment)


def choice_from(b: Request, a: Request | None = None) -> Choice:
    """Return the choice of two requests, checked; without the second, A is the status quo.

    Raises
    ------
    ScenarioError
        With every problem of both scenarios.
    """
    a = a or Request()
    sides = [
        Side(str(r.choice("shock")), r.policies or (), {p: v for p, v in r.values.items() if is_own(p)}) for r in (a, b)
    ]
    shared = {path: value for path, value in b.values.items() if not is_own(path)}
    choice = Choice(str(b.choice("mission")), str(b.choice("world")), shared, *sides)
    check(choice)
    return choice


def check(choice: Choice) -> None:
    """Raise every problem of both scenarios."""
    found: list[str] = []
    for name in SIDES:
        try:
            choice.scenario(name)
        except ScenarioError as error:
            found += [problem for problem in error.problems if problem not in found]
    if found:
        raise ScenarioError(found)


def _refused(request: Request) -> list[str]:
    """Names a link or a pasted scenario may not carry: they would read files of this machine."""
    named = [*request.paths, *request.values, *request.choices]
    return [f"{name}: not accepted here. Leave it out." for name in named if name in REFUSED]


def refuse_paths(request: Request) -> None:
    """Raise where a request names files of this machine."""
    if found := _refused(request):
        raise ScenarioError(found)


def _put(values: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return values with one set, or taken out where it is None."""
    rest = {other: kept for other, kept in values.items() if other != path}
    return rest if value is None else {**rest, path: value}


def _without_curve(side: Side) -> Side:
    """Return a side without its strength curve."""
    return dataclasses.replace(side, values=_put(side.values, CURVE, None))


def _text(value: Any) -> str:
    """A value as an override would be typed."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_text(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_text(part) for part in value) + "]"
    return value if isinstance(value, str) and PLAIN_WORD.fullmatch(value) else json.dumps(value)
