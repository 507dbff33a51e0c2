"""Overrides as text: split into choices of files and values by path, each with its problems in words.

Hydra's grammar reads the right-hand side (numbers, lists, quotes); what a single run cannot take (alternatives,
``+``, ``~``, interpolations) is refused here. Whether a path or an option exists is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sim.config.groups import DEFAULTS, GROUPS
from sim.parameters.core import copied

PATHS = ("config_dir", "scenario")  # taken as they are, not read by a grammar


@dataclass
class Request:
    """What was asked for: files of groups, policies, values by path, and two paths."""

    choices: dict[str, str | None] = field(default_factory=dict)
    policies: tuple[str, ...] | None = None
    values: dict[str, Any] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    def choice(self, group: str) -> str | None:
        """Return the option of a group, by default where none was named."""
        return self.choices.get(group, DEFAULTS[group])

    def over(self, earlier: Request) -> Request:
        """Return this request on top of an earlier one; naming policies or a package drops the earlier ones."""
        values, choices, policies = dict(earlier.values), dict(earlier.choices), earlier.policies
        if self.policies is not None or "package" in self.choices:
            choices.pop("package", None)
            policies = None
            values = _without(values, ["policy", "package"])
        values = _without(values, self.choices)
        if "run" in self.choices:
            values.pop("scale", None)
        return Request(
            choices | self.choices,
            self.policies if self.policies is not None else policies,
            values | self.values,
            earlier.paths | self.paths,
        )


def read_overrides(texts: Iterable[str]) -> tuple[Request, list[str]]:
    """Read ``path=value`` texts; return what they ask for and a message for each that cannot be used."""
    request = Request()
    found: list[str] = []
    seen: dict[str, str] = {}
    for text in texts:
        key, equals, raw = (part.strip() for part in text.partition("="))
        problem = _key_problem(text.strip(), key, bool(equals), raw)
        if problem is None and key in seen:
            problem = f"{key} = {raw}: given twice, before as {seen[key]}. Keep one of them."
        seen[key] = raw
        if problem is None:
            problem = _take(request, key, raw)
        if problem is not None:
            found.append(problem)
    if request.policies is not None and request.choice("package") is not None:
        found.append(
            f"package = {request.choice('package')}: a package names its policies, so it cannot stand beside "
            "policy=. Use one of the two."
        )
    return request, found


def _without(values: dict[str, Any], groups: Iterable[str]) -> dict[str, Any]:
    """Values of all but some groups."""
    return {path: value for path, value in values.items() if path.partition(".")[0] not in groups}


def take_value(request: Request, key: str, value: Any, shown: str) -> str | None:
    """Put a value that has been read into the request; return a message if it cannot be used."""
    if _unresolved(value):
        return f"{key} = {shown}: must be a plain value, without ${{...}} or ???. Write the value itself."
    if key == "policy":
        return _take_policies(request, value, shown)
    if key in GROUPS:
        if value is None and DEFAULTS[key] is not None:
            return f"{key} = {shown}: must name one option. See mandate scenarios {key}."
        if isinstance(value, list | dict):
            return f"{key} = {shown}: takes one option, not several. See mandate scenarios {key}."
        request.choices[key] = None if value is None else str(value)
        return None
    request.values[key] = value
    return None


def _key_problem(text: str, key: str, has_value: bool, raw: str) -> str | None:
    """Say what is wrong with the left-hand side."""
    if text.startswith(("+", "~")):
        bare = text.lstrip("+~") if has_value else text.lstrip("+~") + "=..."
        fix = f"Write {bare} to set a value that exists; policies are removed with policy=[]."
        return f"{text}: '+' and '~' are not used here; nothing can be added or deleted. {fix}"
    if not has_value:
        return f"{text}: '=' is missing. Write {text or 'path'}=VALUE."
    if not key:
        return f"{text}: the name before '=' is missing. Write path=VALUE."
    if "@" in key:
        return f"{key} = {raw}: '@' is not used here. Write {key.partition('@')[0]}={raw}."
    return None


def _take(request: Request, key: str, raw: str) -> str | None:
    """Read one right-hand side into the request; return a message if it cannot be used."""
    if key in PATHS:
        if not raw:
            return f"{key} = : the path is missing. Write {key}=PATH."
        request.paths[key] = raw
        return None
    from hydra.errors import HydraException

    try:
        is_sweep, value = _parsed(f"{key}={raw}")
    except HydraException as error:
        reason = str(error).splitlines()[0]
        return f"{key} = {raw}: cannot be read ({reason}). Check brackets, or put the value in quotes."
    if is_sweep:
        lists = f"{key}=VALUE; lists stand in brackets, texts in quotes"
        hint = "policy=[a,b] or policy=a+b" if key == "policy" else lists
        return f"{key} = {raw}: names several alternatives, a single run takes one. Write {hint}."
    return take_value(request, key, copied(value), raw)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[bool, Any]:
    """Whether an override names alternatives, and the value it gives; reading the grammar takes a millisecond."""
    from hydra.core.override_parser.overrides_parser import OverridesParser

    override = OverridesParser.create().parse_override(text)
    return override.is_sweep_override(), None if override.is_sweep_override() else override.value()


def _take_policies(request: Request, value: Any, shown: str) -> str | None:
    """Read a list of policies, or names joined by '+'."""
    names = [] if value is None else value.split("+") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return f"policy = {shown}: must be a list of names. Write policy=[a,b] or policy=a+b."
    names = [name.strip() for name in names if name.strip()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        return f"policy = {shown}: names {', '.join(twice)} twice. Name each policy once; strength is its dose."
    request.policies = tuple(sorted(names))
    return None


def _unresolved(value: Any) -> bool:
    """Say whether a value holds an interpolation or a placeholder."""
    if isinstance(value, str):
        return "${" in value or value == "???"
    if isinstance(value, dict):
        return any(_unresolved(part) for part in [*value, *value.values()])
    return isinstance(value, list) and any(_unresolved(part) for part in value)
