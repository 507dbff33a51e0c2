"""From the words of ``mandate compare`` to a plan with its scenarios: every problem found before anything is run."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.words import Words, command
from sim.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    from sim.analysis.plan import Request
    from sim.analysis.study import Named, Option
    from sim.config.alternatives import Alternative, Alternatives

REPLICATES, MECHANISM_REPLICATES, MATTERS = 20, 5, 0.05
FAR = 1_000_000


@dataclasses.dataclass(frozen=True)
class Asked:
    """What was asked for, checked.

    Attributes
    ----------
    request
        The plan with its scenarios.
    alternatives
        The same as texts.
    workers
        Processes.
    folder
        Where results go; None = to be named after the plan.
    """

    request: Request
    alternatives: Alternatives
    workers: int
    folder: Path | None


def read_asked(words: Words) -> Asked:
    """Read the words of a comparison.

    Raises
    ------
    ScenarioError
        With every problem, those of all scenarios included.
    """
    from sim.analysis.plan import Request
    from sim.analysis.study import Plan
    from sim.config.alternatives import read_alternatives

    found = list(words.problems)
    replicates = read_count(words, "replicates", REPLICATES, 1, found)
    world_replicates = read_count(words, "world_replicates", replicates, 1, found)
    least = min(MECHANISM_REPLICATES, replicates)
    mechanism_replicates = read_count(words, "mechanism_replicates", least, 0, found)
    if mechanism_replicates > replicates:
        found.append(
            f"mechanism_replicates = {mechanism_replicates}: must not exceed replicates = {replicates}, whose runs they "
            "are paired with. Use fewer, or more replicates."
        )
    workers = read_count(words, "workers", os.cpu_count() or 1, 1, found)
    matters = read_share(words, "matters", MATTERS, found)
    alternatives, problems = read_alternatives(words.overrides, words.keys.get("baseline", ""))
    found += problems
    if alternatives is None:
        raise ScenarioError(found)
    names = [option.name for option in alternatives.options]
    world_options, leading = _world_options(words.keys.get("world_options", "all"), names, found)
    world_shocks = _some_of(words.keys.get("world_shocks", "all"), alternatives.shocks, "world_shocks", found)
    if found:
        raise ScenarioError(found)
    plan = Plan(
        options=tuple(_option(alternatives, option) for option in alternatives.options),
        missions=_named(alternatives, "mission"),
        shocks=_named(alternatives, "shock"),
        worlds=_named(alternatives, "world"),
        baseline=names[0],
        replicates=replicates,
        world_replicates=world_replicates,
        mechanism_replicates=mechanism_replicates,
        matters_share=matters,
        world_options=world_options,
        world_shocks=world_shocks,
        overrides=alternatives.common,
        command=command("compare", words),
    )
    out = words.keys.get("out")
    return Asked(Request(plan, alternatives.scenario, leading), alternatives, workers, Path(out) if out else None)


def read_count(words: Words, key: str, default: int, least: int, found: list[str]) -> int:
    """A whole number among the words."""
    text = words.keys.get(key) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= FAR:
        found.append(f"{key} = {text}: must be a whole number of {least} or more. Write {key}={max(default, least)}.")
        return max(default, least)
    return int(text)


def read_share(words: Words, key: str, default: float, found: list[str]) -> float:
    """A share among the words."""
    text = words.keys.get(key) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 1.0:
        found.append(f"{key} = {text}: must be a share between 0 and 1. Write {key}={default:g} for {default:.0%}.")
        return default
    return value


def _world_options(text: str, names: list[str], found: list[str]) -> tuple[tuple[str, ...], int]:
    """Which options go to further worlds: names, or a number of leading ones; () = all."""
    if text.startswith("leading"):
        number = text.removeprefix("leading").removeprefix(":")
        if not number.isascii() or not number.isdigit() or int(number) < 1:
            found.append(f"world_options = {text}: needs a number of options. Write world_options=leading:2.")
            return (), 0
        return ((names[0],), int(number)) if int(number) < len(names) - 1 else ((), 0)
    chosen = _some_of(text, names, "world_options", found)
    return tuple(name for name in names if name in chosen or name == names[0]) if chosen else (), 0


def _some_of(text: str, names: Iterable[str], key: str, found: list[str]) -> tuple[str, ...]:
    """Names with commas between them, in their own order; () = all."""
    if text == "all":
        return ()
    names = list(names)
    asked = [name.strip() for name in text.strip("[]").split(",")]
    unknown = [name for name in asked if name not in names]
    fix = did_you_mean(unknown[0], [*names, "all"]) if unknown else ""
    found += [f"{key} = {text}: {', '.join(unknown)} is not part of this comparison. {fix}"] if unknown else []
    return tuple(name for name in names if name in asked)


def _option(alternatives: Alternatives, option: Alternative) -> Option:
    """An option with its policies, and what differs from their defaults."""
    from sim.analysis.study import Option

    main = alternatives.missions[0], alternatives.shocks[0], alternatives.worlds[0]
    scenario = alternatives.scenario(*main, option.name)
    policies = {}
    for name in sorted(scenario.policy):
        policy = scenario.policy[name]
        start = type(policy)()
        policies[name] = {
            field.name: getattr(policy, field.name)
            for field in dataclasses.fields(policy)
            if getattr(policy, field.name) != getattr(start, field.name)
        }
    text = option.text()
    about = _about(alternatives, option, sorted(policies), scenario.package.about)
    return Option(option.name, about, policies, option.package, (text,) if text else ())


def _about(alternatives: Alternatives, option: Alternative, policies: list[str], package_about: str) -> str:
    """One line of meaning of an option."""
    known = alternatives.described("policy")
    if option.package:
        return package_about or alternatives.described("package").get(option.package, "")
    if not policies:
        return "repatriation and referral only, no added policy"
    return "; ".join(known.get(name) or name for name in policies)


def _named(alternatives: Alternatives, group: str) -> tuple[Named, ...]:
    """Missions, shocks or worlds with a line of meaning and their settings."""
    from sim.analysis.study import Named

    described = alternatives.described(group)
    names = {"mission": alternatives.missions, "shock": alternatives.shocks, "world": alternatives.worlds}[group]
    return tuple(Named(name, described.get(name, ""), _settings(alternatives, group, name)) for name in names)


def _settings(alternatives: Alternatives, group: str, name: str) -> dict[str, Any]:
    """What a mission, shock or world consists of."""
    from sim.parameters import Parameters, walk

    axes = {"mission": alternatives.missions[0], "shock": alternatives.shocks[0], "world": alternatives.worlds[0]}
    axes[group] = name
    scenario = alternatives.scenario(axes["mission"], axes["shock"], axes["world"], alternatives.options[0].name)
    if group == "mission":
        mission = scenario.mission
        return {"title": mission.title, "start_date": mission.start_date, "horizon_weeks": mission.horizon_weeks}
    if group == "shock":
        shock = scenario.shock
        return {name: getattr(shock, name) for name in ("size", "start_week", "ramp_weeks", "duration_weeks")}
    typed = {text.partition("=")[0].strip() for text in alternatives.common}
    usual = {info.path: info.value for info in walk(Parameters(), "parameters.")}
    found = walk(scenario.parameters, "parameters.")
    return {info.path: info.value for info in found if info.value != usual[info.path] and info.path not in typed}
