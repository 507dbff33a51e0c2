"""What a run is asked to do: mission, shock, policies, world, parameters, clock, scale and seeds, as plain data.

A ``Scenario`` is complete and typed; nothing below this module knows how it was written down. Its key is a hash of
everything but the two seeds, so that equal scenarios share a key whatever file or command line they came from.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sim.clock import ALLOWED_STEP_DAYS, ClockSettings
from sim.errors import ScenarioError, did_you_mean
from sim.parameters import ParameterInfo, Parameters, problems, walk
from sim.parameters.core import as_plain, copied, integer, number, text

KEY_DIGITS = 8
MOST_POINTS, HIGHEST_RATIO = 64, 5.0


@dataclass
class Trapezoid:
    """A teaching deployment that replaces the strength table where ``peak`` is above zero."""

    peak: float = number(
        0.0, "persons", 0.0, 500000.0, "personnel at the plateau; 0 = use the strength table", "scenario", "scenario"
    )
    start_week: float = number(0.0, "weeks", 0.0, 2000.0, "first week of deployment", "scenario", "scenario")
    build_up_weeks: float = number(13.0, "weeks", 0.0, 1000.0, "time to reach the plateau", "scenario", "scenario")
    plateau_weeks: float = number(104.0, "weeks", 0.0, 2000.0, "time at the plateau", "scenario", "scenario")
    drawdown_weeks: float = number(
        52.0, "weeks", 0.0, 1000.0, "time from plateau to what remains", "scenario", "scenario"
    )
    remaining_share: float = number(0.0, "share", 0.0, 1.0, "share of the plateau that stays", "scenario", "scenario")


@dataclass
class StrengthPoint:
    """One point of a curve that reshapes a mission's strength: from ``week`` on, ``ratio`` times what its table says."""

    week: float = 0.0
    ratio: float = 1.0


@dataclass
class Mission:
    """The numbers of a mission that are not series; its dated tables lie in ``scenarios/mission/<tables>/``."""

    name: str = text("", "short name")
    title: str = text("", "name shown to readers")
    region: str = text("synthetic", "grid of the region")
    tables: str = text("", "folder with the mission's dated tables")
    countries: list[str] = field(
        default_factory=list,
        metadata={"unit": "ISO 3166 alpha-3", "status": "scenario", "source": "scenario file", "about": "mission area"},
    )
    source_countries: list[str] = field(
        default_factory=list,
        metadata={
            "unit": "ISO 3166 alpha-3",
            "status": "scenario",
            "source": "scenario file",
            "about": "countries of origin",
        },
    )
    populations: dict[str, float] = field(
        default_factory=dict,
        metadata={
            "unit": "persons",
            "status": "sourced",
            "source": "World Bank WDI, see scenario file",
            "about": "populations",
        },
    )
    start_date: str = text("2000-01-03", "first day of the run")
    horizon_weeks: int = integer(260, "weeks", 1, 2600, "length of the run", "scenario", "scenario")
    initial_venues: float = number(0.0, "venues", 0.0, 5000.0, "venues before the mission", "scenario", "scenario")
    local_demand_ratio: float = number(
        1.0,
        "ratio",
        0.0,
        10.0,
        "local demand relative to the common level; missions differ in ways no covariate here explains",
        "scenario",
        "scenario",
    )
    capacity_ratio: float = number(
        1.0, "ratio", 0.1, 4.0, "host capacity at the start relative to the common level", "scenario", "scenario"
    )
    trapezoid: Trapezoid = field(default_factory=Trapezoid)
    strength_curve: list[StrengthPoint] = field(
        default_factory=list,
        metadata={
            "unit": "week, ratio",
            "status": "scenario",
            "source": "scenario; ratios 0 to 5 are a design choice",
            "about": "strength relative to the table by week, linear between points and held before the first and after the "
            "last; the mandate changes with it, so that no shortfall arises; [] = the table",
        },
    )


@dataclass
class ShockEffect:
    """One knob a shock moves: products by the factor 1 + coefficient * size, sums by coefficient * size."""

    knob: str = ""
    coefficient: float = 1.0
    only: list[str] = field(default_factory=list)


@dataclass
class Shock:
    """A temporary or lasting change of circumstances; ``size`` 0 leaves a run unchanged, bit for bit."""

    name: str = text("none", "short name")
    about: str = text("", "what happens")
    size: float = number(
        0.0, "-", -1.0, 10.0, "strength of the shock; its meaning is in the description", "scenario", "scenario"
    )
    start_week: float = number(104.0, "weeks", 0.0, 2600.0, "first week of the shock", "scenario", "scenario")
    ramp_weeks: float = number(
        0.0, "weeks", 0.0, 520.0, "time to reach full size, and to fade at the end", "scenario", "scenario"
    )
    duration_weeks: float | None = field(
        default=None,
        metadata={
            "unit": "weeks",
            "status": "scenario",
            "source": "scenario",
            "about": "length of the shock; null = for good",
        },
    )
    effects: list[ShockEffect] = field(default_factory=list)


@dataclass
class Choice:
    """The name of a world or package whose values have been merged into the scenario."""

    name: str = text("", "short name")
    about: str = text("", "what it assumes")


@dataclass
class Scenario:
    """Everything a run depends on."""

    mission: Mission = field(default_factory=Mission)
    shock: Shock = field(default_factory=Shock)
    policy: dict[str, Any] = field(default_factory=dict)
    package: Choice = field(default_factory=lambda: Choice("none"))
    world: Choice = field(default_factory=lambda: Choice("central"))
    parameters: Parameters = field(default_factory=Parameters)
    clock: ClockSettings = field(default_factory=ClockSettings)
    scale: float = number(
        1.0,
        "share",
        0.005,
        1.0,
        "share of persons, capacities and initial venues that is simulated; counts are scaled back",
        "scenario",
        "scenario",
    )
    seed: int = integer(0, "-", 0, 2**32 - 1, "luck; no part of the scenario's key", "scenario", "scenario")
    world_seed: int = integer(
        0, "-", 0, 2**32 - 1, "anonymous traits of contributors, units and networks", "scenario", "scenario"
    )

    def with_(self, changes: dict[str, Any]) -> Scenario:
        """Return a copy with values replaced by dotted path, e.g. ``{"shock.size": 0.3, "seed": 7}``.

        Raises
        ------
        ScenarioError
            For unknown paths, wrong types and values out of range, all at once.
        """
        scenario, found = copied(self), []
        for path, value in changes.items():
            found += _set_path(scenario, path, value)
        found += scenario_problems(scenario) if not found else []
        if found:
            raise ScenarioError(found)
        return scenario

    def as_dict(self) -> dict[str, Any]:
        """Plain nested dictionary; policies sorted by name."""
        content: dict[str, Any] = as_plain(self)
        content["policy"] = {name: content["policy"][name] for name in sorted(content["policy"])}
        return content

    @property
    def key(self) -> str:
        """First hex digits of the hash of everything but the seeds."""
        content = self.as_dict()
        content.pop("seed")
        content.pop("world_seed")
        text_form = json.dumps(content, sort_keys=True, default=str)
        return hashlib.sha256(text_form.encode()).hexdigest()[:KEY_DIGITS]

    def sentence(self) -> str:
        """The scenario in one sentence for people."""
        policies = ", ".join(sorted(self.policy)) or "no added policy"
        shock = "no shock" if self.shock.name == "none" else f"shock {self.shock.name} of size {self.shock.size:g}"
        return (
            f"{self.mission.title or self.mission.name}, {self.mission.horizon_weeks} weeks from "
            f"{self.mission.start_date}: {shock}, {policies}, world {self.world.name}, scale {self.scale:g}, "
            f"seed {self.seed}."
        )


def declared(scenario: Scenario) -> Iterator[ParameterInfo]:
    """Yield every declared value of a scenario with unit, bounds, status and source, those of its policies included."""
    yield from walk(scenario)
    for name in sorted(scenario.policy):
        if dataclasses.is_dataclass(scenario.policy[name]):
            yield from walk(scenario.policy[name], f"policy.{name}.")


def policy_of(path: str) -> str:
    """The policy a path belongs to, empty for other paths."""
    top, _, rest = path.partition(".")
    return rest.partition(".")[0] if top == "policy" else ""


def _set_path(scenario: Scenario, path: str, value: Any) -> list[str]:
    """Replace one value; return problems instead of raising."""
    *parents, leaf = path.split(".")
    node: Any = scenario
    for part in [*parents, leaf]:
        names = (
            list(node)
            if isinstance(node, dict)
            else [f.name for f in dataclasses.fields(node)]
            if dataclasses.is_dataclass(node)
            else []
        )
        if part not in names:
            return [f"{path} = {value!r}: unknown name '{part}'. {did_you_mean(part, names)}"]
        parent, node = node, node[part] if isinstance(node, dict) else getattr(node, part)
    if isinstance(parent, dict):
        parent[leaf] = value
        return []
    if dataclasses.is_dataclass(node):
        return [f"{path} = {value!r}: names a group of values, not one value. Name a field below it."]
    wrong_type = _type_problem(path, node, value)
    if wrong_type:
        return [wrong_type]
    setattr(
        parent,
        leaf,
        type(node)(value)
        if isinstance(node, float | int) and not isinstance(node, bool) and value is not None
        else value,
    )
    return []


def _type_problem(path: str, old: Any, new: Any) -> str | None:
    """Say in words when a new value has another type than the old."""
    if isinstance(old, bool) and not isinstance(new, bool):
        return f"{path} = {new!r}: must be true or false. Write true or false."
    if isinstance(old, bool):
        return None
    if isinstance(old, int) and (isinstance(new, bool) or not isinstance(new, int)):
        return f"{path} = {new!r}: must be a whole number. Give a whole number."
    if isinstance(old, float) and (isinstance(new, bool) or not isinstance(new, int | float)):
        return f"{path} = {new!r}: must be a number. Give a number."
    if isinstance(old, str) and not isinstance(new, str):
        return f"{path} = {new!r}: must be text. Put it in quotes."
    if isinstance(old, list | dict) and not isinstance(new, type(old)):
        kind = "list: write it in square brackets" if isinstance(old, list) else "table of names and values"
        return f"{path} = {new!r}: must be a {kind}. Give such a value."
    return None


def scenario_problems(scenario: Scenario) -> list[str]:
    """Every rule a complete scenario must obey; one message for each that is broken."""
    found = problems(scenario)
    if scenario.clock.step_days not in ALLOWED_STEP_DAYS:
        allowed = ", ".join(str(days) for days in ALLOWED_STEP_DAYS)
        found.append(
            f"clock.step_days = {scenario.clock.step_days}: must be one of {allowed} (days). Choose one of these."
        )
    duration = scenario.shock.duration_weeks
    if duration is not None and not 0 <= duration < float("inf"):
        found.append(
            f"shock.duration_weeks = {duration}: must be 0 or more, or null (weeks). Use null for a lasting shock."
        )
    found += _mission_problems(scenario.mission) + _curve_problems(scenario.mission)
    for name, policy in sorted(scenario.policy.items()):
        found += policy_problems(name, policy)
    return found


def _mission_problems(mission: Mission) -> list[str]:
    """Rules of a mission file."""
    found = []
    try:
        date.fromisoformat(mission.start_date)
    except ValueError:
        found.append(f"mission.start_date = {mission.start_date}: must be a date such as 1999-06-14. Write YYYY-MM-DD.")
    if not mission.countries:
        found.append("mission.countries = []: a mission needs at least one country. Name one, e.g. [XKX].")
    if not mission.source_countries:
        found.append("mission.source_countries = []: a mission needs countries of origin. Name one, e.g. [MDA].")
    both = sorted(set(mission.countries) & set(mission.source_countries))
    if both:
        found.append(
            f"mission.source_countries = {both}: also in mission.countries. Local recruitment is modelled apart; "
            "remove them from one list."
        )
    missing = [c for c in [*mission.countries, *mission.source_countries] if not mission.populations.get(c, 0) > 0]
    if missing:
        found.append(f"mission.populations = {missing}: need a population above zero (persons). Add them.")
    return found


def _curve_problems(mission: Mission) -> list[str]:
    """Rules of a strength curve: weeks rise, ratios are finite and not below zero."""
    where, points = "mission.strength_curve", mission.strength_curve
    found = [
        f"{where}.{i}.ratio = {point.ratio:g}: must lie between 0 and {HIGHEST_RATIO:g} (ratio). Choose a value in that range."
        for i, point in enumerate(points)
        if not 0.0 <= point.ratio <= HIGHEST_RATIO
    ]
    weeks = [point.week for point in points]
    found += [
        f"{where}.{i}.week = {week:g}: must be a finite number, 0 or more (weeks). Give a week of the run."
        for i, week in enumerate(weeks)
        if not 0.0 <= week < math.inf
    ]
    if any(not later > earlier for earlier, later in itertools.pairwise(weeks)):
        found.append(f"{where} = weeks {weeks}: must rise from point to point (weeks). Sort them and name none twice.")
    if len(points) > MOST_POINTS:
        found.append(f"{where} = {len(points)} points: at most {MOST_POINTS} (points). Leave some out.")
    return found


def policy_problems(name: str, policy: Any) -> list[str]:
    """Bounds and dates of one policy."""
    found = problems(policy, f"policy.{name}.") if dataclasses.is_dataclass(policy) else []
    own_rules = getattr(policy, "rule_problems", None)
    found += own_rules(f"policy.{name}") if own_rules is not None else []
    end = getattr(policy, "end_week", None)
    start = getattr(policy, "start_week", 0.0)
    if end is not None and not end > start:
        found.append(
            f"policy.{name}.end_week = {end:g}: must come after start_week = {start:g} (weeks). Use null for no end."
        )
    return found
