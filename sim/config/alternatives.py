"""Alternatives in text: ``policy='[],[a],[a,b]' package=x,y shock=none,surge`` become options and their scenarios.

Commas separate alternatives, brackets hold together what belongs together. Policies and packages form one list of options;
the baseline stands first. Everything else is common to all runs. What is done with the scenarios is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.config.groups import DEFAULTS, config_dir_problems, options
from sim.config.load import read_file, resolve
from sim.config.overrides import Request, read_overrides, take_value
from sim.errors import ScenarioError, did_you_mean
from sim.scenario import Scenario, policy_of

STATUS_QUO = "status_quo"
AXES = ("mission", "shock", "world")
TAKE_SEVERAL = ("policy", "package", *AXES)


@dataclass(frozen=True)
class Alternative:
    """One option: policies that hold together, or a package, or what a saved scenario names."""

    name: str
    policies: tuple[str, ...] = ()
    package: str = ""
    saved: bool = False

    def text(self) -> str:
        """The option as an override; empty where a saved scenario names it."""
        if self.saved:
            return ""
        return f"package={self.package}" if self.package else f"policy=[{','.join(self.policies)}]"


@dataclass
class Alternatives:
    """Options, the baseline first, and what they are compared under.

    Attributes
    ----------
    options, missions, shocks, worlds
        In the order asked for; no name stands twice.
    common
        Overrides shared by all runs, as typed.
    """

    options: tuple[Alternative, ...]
    missions: tuple[str, ...]
    shocks: tuple[str, ...]
    worlds: tuple[str, ...]
    common: tuple[str, ...]
    _request: Request = field(default_factory=Request)
    _saved: Request | None = None
    _made: dict[tuple[str, str, str, str], Scenario] = field(default_factory=dict)
    _policies: dict[str, set[str]] = field(default_factory=dict)

    def scenario(self, mission: str, shock: str, world: str, option: str) -> Scenario:
        """Return one scenario; made once.

        Raises
        ------
        ScenarioError
            With every problem of this scenario.
        """
        key = (mission, shock, world, option)
        if key not in self._made:
            axes = {"mission": mission, "shock": shock, "world": world}
            found, problems = resolve(self._requested(axes, self.option(option)))
            if found is None:
                raise ScenarioError(problems)
            self._made[key] = found
        return self._made[key]

    def option(self, name: str) -> Alternative:
        """Return an option by name."""
        return next(option for option in self.options if option.name == name)

    def described(self, group: str) -> dict[str, str]:
        """Return what the files of a group say of themselves."""
        return options(group, self._config_dir())

    def _config_dir(self) -> str | None:
        """The analyst's own folder, if there is one."""
        saved = self._saved.paths if self._saved is not None else {}
        return (saved | self._request.paths).get("config_dir")

    def texts(self, mission: str, shock: str, world: str, option: str) -> list[str]:
        """Return one scenario as overrides of a single run; doses of policies the option lacks are left out."""
        chosen = self.option(option)
        axes = [f"{group}={name}" for group, name in zip(AXES, (mission, shock, world))]
        own = set(self.scenario(mission, shock, world, option).policy)
        common = [text for text in self.common if policy_of(text.partition("=")[0].strip()) in ("", *own)]
        return [*common, *axes, *([chosen.text()] if chosen.text() else [])]

    def problems(self) -> list[str]:
        """Every problem of the main scenarios: all options under all shocks, and the baseline in all worlds."""
        first, others = self.worlds[0], self.worlds[1:]
        cells = [(m, s, first, o.name) for m in self.missions for s in self.shocks for o in self.options]
        cells += [(m, self.shocks[0], w, self.options[0].name) for m in self.missions for w in others]
        found: list[str] = self._orphans()
        for cell in cells:
            try:
                self.scenario(*cell)
            except ScenarioError as error:
                found += error.problems
        return list(dict.fromkeys(found))

    def _requested(self, axes: dict[str, str], option: Alternative) -> Request:
        """What one scenario asks for; doses of policies an option lacks are left out."""
        values = self._request.values
        if not option.saved and any(map(policy_of, values)):
            own = self._policies_of(option)
            values = {path: value for path, value in values.items() if policy_of(path) in ("", *own)}
        request = replace(self._request, choices={**self._request.choices, **axes}, values=values)
        if option.package:
            request.choices["package"] = option.package
        elif not option.saved:
            request.policies = tuple(sorted(option.policies))
        return request.over(self._saved) if self._saved is not None else request

    def _policies_of(self, option: Alternative) -> set[str]:
        """Names of the policies an option consists of; a package that cannot be read has none."""
        if not option.package:
            return set(option.policies)
        if option.name not in self._policies:
            choices: dict[str, str | None] = {group: DEFAULTS[group] for group in AXES}
            choices["package"] = option.package
            scenario, _ = resolve(Request(choices=choices, paths=dict(self._request.paths)))
            self._policies[option.name] = set(scenario.policy) if scenario is not None else set()
        return self._policies[option.name]

    def _orphans(self) -> list[str]:
        """Doses of policies that no option has."""
        if any(option.saved for option in self.options) or not any(map(policy_of, self._request.values)):
            return []
        present = set().union(*(self._policies_of(option) for option in self.options))
        known = self.described("policy")
        return [
            f"{path} = {value}: no option has policy {name}. "
            + (f"Add one: policy=[{name}]." if name in known else did_you_mean(name, present or known))
            for path, value in self._request.values.items()
            if (name := policy_of(path)) and name not in present
        ]


def read_alternatives(
    texts: Iterable[str], baseline: str | None = "", fewest: int = 2
) -> tuple[Alternatives | None, list[str]]:
    """Read overrides of which some name alternatives.

    Parameters
    ----------
    texts
        Overrides as typed.
    baseline
        Name of the option the others are compared with; status quo where empty; None = nothing is compared, the options are
        those asked for, or status quo.
    fewest
        Options that must be there, the baseline included.

    Returns
    -------
    tuple
        Alternatives, or None where they cannot be told, and every problem found, scenarios included.
    """
    several: dict[str, list[Any]] = {}
    common: list[str] = []
    found: list[str] = []
    for text in texts:
        key, equals, raw = (part.strip() for part in text.partition("="))
        values, problem = _parts(key, raw) if equals else ([], None)
        if problem is not None:
            found.append(problem)
        elif key not in TAKE_SEVERAL:
            common.append(text)
        elif key in several:
            found.append(f"{key} = {raw}: given twice. Join them with a comma: {key}=A,B.")
        else:
            several[key] = values
    request, more = read_overrides(common)
    saved, even_more = read_file(Path(request.paths["scenario"])) if "scenario" in request.paths else (None, [])
    found += more + even_more
    config_dir = request.paths.get("config_dir") or (saved.paths.get("config_dir") if saved else None)
    if config_dir is not None and (wrong := config_dir_problems(config_dir)):
        return None, found + wrong
    axes, wrong = _axes(several, saved or Request())
    chosen, more = _options(several, saved, baseline, config_dir)
    found += wrong + more
    if len(chosen) < fewest:
        found.append(
            "policy: a comparison needs an alternative to its baseline. Add some, e.g. policy='[a],[a,b]' or package=c,d "
            "(mandate scenarios policy)."
        )
    if not all(axes.values()) or not chosen:
        return None, found
    missions, shocks, worlds = (axes[group] for group in AXES)
    alternatives = Alternatives(tuple(chosen), missions, shocks, worlds, tuple(common), request, saved)
    return alternatives, list(dict.fromkeys(found + alternatives.problems()))


def read_levels(key: str, raw: str) -> list[Any]:
    """The alternatives in a right-hand side of any path as plain values; empty where it is one value or cannot be read."""
    override = _parse(key, raw)
    if isinstance(override, str) or not override.is_sweep_override() or not override.is_choice_sweep():
        return []
    return [getattr(part, "text", part) for part in override.sweep_iterator()]


def _parts(key: str, raw: str) -> tuple[list[Any], str | None]:
    """The alternatives in a right-hand side; one where there is no comma."""
    override = _parse(key, raw)
    if isinstance(override, str):
        if key not in TAKE_SEVERAL:
            return [], None  # said with the other overrides
        return [], f"{key} = {raw}: cannot be read ({override}). Write {key}=A,B; lists stand in brackets."
    if not override.is_sweep_override():
        return [override.value()], None
    if key not in TAKE_SEVERAL:
        names = ", ".join(TAKE_SEVERAL)
        return [], f"{key} = {raw}: names several alternatives; only {names} do in a comparison. Give one value."
    if not override.is_choice_sweep():
        return [], f"{key} = {raw}: must be names with commas between them. Write {key}=A,B."
    return [getattr(part, "text", part) for part in override.sweep_iterator()], None  # a quoted text keeps its quotes


def _parse(key: str, raw: str) -> Any:
    """A right-hand side as Hydra reads it, or in words why it cannot."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(f"{key}={raw}")
    except HydraException as error:
        return str(error).splitlines()[0]


def _axes(several: dict[str, list[Any]], saved: Request) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Missions, shocks and worlds in the order asked for."""
    axes: dict[str, tuple[str, ...]] = {}
    found = []
    for group in AXES:
        names = [str(name) for name in several.get(group, [saved.choice(group)])]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            found.append(f"{group} = {','.join(names)}: names {', '.join(twice)} twice. Name each once.")
        axes[group] = tuple(dict.fromkeys(names))
    return axes, found


def _options(
    several: dict[str, list[Any]], saved: Request | None, baseline: str | None, config_dir: str | None
) -> tuple[list[Alternative], list[str]]:
    """Options in the order asked for, the baseline first."""
    found: list[str] = []
    asked: list[Alternative] = []
    for value in several.get("policy", []):
        request = Request()
        problem = take_value(request, "policy", value, _shown(value))
        if problem is None:
            asked.append(_of_policies(request.policies or ()))
        else:
            found.append(problem)
    asked += [_of_package(str(name)) for name in several.get("package", []) if name is not None]
    if not several.keys() & {"policy", "package"} and saved is not None:
        package, names = saved.choice("package"), saved.policies or ()
        if package or names:
            asked.append(replace(_of_package(package) if package else _of_policies(names), saved=True))
    if baseline is None:
        unique = {option.name: option for option in asked or [Alternative(STATUS_QUO)]}
        return [*unique.values()], found
    first = _baseline(baseline, asked, config_dir)
    if first is None:
        near = did_you_mean(baseline, [STATUS_QUO, *(option.name for option in asked)])
        return asked, [*found, f"baseline = {baseline}: is not among the options. {near}"]
    unique = {option.name: option for option in [*asked, first]}
    return [unique.pop(first.name), *unique.values()], found


def _baseline(name: str, asked: list[Alternative], config_dir: str | None) -> Alternative | None:
    """The comparator: one of the options, or one that is added."""
    for option in asked:
        if option.name == (name or STATUS_QUO):
            return option
    if name in ("", STATUS_QUO):
        return Alternative(STATUS_QUO)
    if name in options("package", config_dir):
        return _of_package(name)
    policies = tuple(sorted(name.strip("[]").replace(",", "+").split("+")))
    return _of_policies(policies) if set(policies) <= set(options("policy", config_dir)) else None


def _of_policies(names: Iterable[str]) -> Alternative:
    """The option of some policies; none is status quo."""
    names = tuple(names)
    return Alternative("+".join(names) or STATUS_QUO, names)


def _of_package(name: str) -> Alternative:
    """The option of a package; the package of nothing added is status quo, bit for bit."""
    return Alternative(STATUS_QUO) if name == STATUS_QUO else Alternative(name, package=name)


def _shown(value: Any) -> str:
    """An alternative as it would be typed."""
    return f"[{','.join(map(str, value))}]" if isinstance(value, list) else str(value)
