"""Inputs of a sweep that are varied: ``LOW..HIGH``, ``range`` or ``A,B,C`` of a path become a factor, or a problem."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.sweeps.design import Factor

TO, DECLARED = "..", "range"
LUCK = ("seed", "world_seed")


def is_range(raw: str) -> bool:
    """Whether a range is named, rather than values."""
    return TO in raw or raw == DECLARED


def read_factor(path: str, raw: str, scenarios: Iterable[Scenario], found: list[str]) -> Factor | None:
    """Read ``LOW..HIGH``, ``range`` or ``A,B,C`` of a path; None and a problem where that cannot be done."""
    from sim.config.alternatives import read_levels
    from sim.scenario import declared
    from sim.sweeps.design import Factor

    if problem := path_problem(path, scenarios):
        found.append(problem)
        return None
    if levels := read_levels(path, raw):
        return _levels(path, raw, levels, found)
    info = next((i for scenario in scenarios for i in declared(scenario) if i.path == path), None)
    if info is None or info.low is None or info.high is None or isinstance(info.value, bool):
        found.append(f"{path} = {raw}: has no range, since it is no number with bounds. Name values: {path}=A,B.")
        return None
    low, high = (info.low, info.high) if raw == DECLARED else _ends(raw)
    is_whole = isinstance(info.value, int)
    if not low < high or (is_whole and (low % 1 or high % 1)):
        kind = "whole numbers" if is_whole else "numbers"
        found.append(f"{path} = {raw}: ends must be two rising {kind}. Write {path}={info.low:g}..{info.high:g}.")
        return None
    if low < info.low or high > info.high:
        found.append(
            f"{path} = {raw}: must lie between {info.low:g} and {info.high:g} ({info.unit}). Choose ends in that range."
        )
        return None
    return Factor(path, (), low, high, is_whole)


def _levels(path: str, raw: str, levels: list[Any], found: list[str]) -> Factor | None:
    """A factor of named values, all of one kind, each once."""
    from sim.sweeps.design import Factor

    kinds = {"number" if isinstance(v, int | float) and not isinstance(v, bool) else type(v).__name__ for v in levels}
    if len(kinds) > 1 or kinds - {"number", "bool", "str"}:
        found.append(f"{path} = {raw}: levels must be all numbers, all texts, or true and false. Write {path}=A,B.")
    elif len(set(levels)) < len(levels):
        found.append(f"{path} = {raw}: names a level twice. Name each once.")
    else:
        return Factor(path, tuple(levels))
    return None


def _ends(raw: str) -> tuple[float, float]:
    """Two numbers with dots between them; not a number where they are none."""
    low, _, high = raw.partition(TO)
    try:
        return float(low), float(high)
    except ValueError:
        return float("nan"), float("nan")


def path_problem(path: str, scenarios: Iterable[Scenario]) -> str:
    """Say that no scenario has a path; empty where one has."""
    from sim.scenario import policy_of

    if path in LUCK:
        return f"{path}: is luck, no input. Write replicates=N for runs with other luck."
    problem = ""
    for scenario in scenarios:
        try:
            scenario.with_({path: None})
        except ScenarioError as error:
            problem = error.problems[0]
            if "unknown name" not in problem and "names a group" not in problem:
                return ""
        else:
            return ""
    name, known = policy_of(path), sorted({name for scenario in scenarios for name in scenario.policy})
    if name and name not in known:
        fix = did_you_mean(name, known) if known else f"Add policy={name}, or leave this out."
        return f"{path}: no option has policy {name}. {fix}"
    return problem.replace(" = None", "")
