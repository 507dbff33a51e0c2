"""`load_scenario`: read overrides, merge files, apply values, check everything, and give a scenario or all problems.

Problems of every stage are collected as far as a stage can still be tried, so that a user corrects them all at once.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from sim.config.groups import config_dir_problems, names
from sim.config.overrides import Request, read_overrides, take_value
from sim.errors import ScenarioError
from sim.parameters.core import PLAIN
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.config.compose import Files

EXACT = 2**53  # whole numbers below are exact as real numbers


@dataclass(frozen=True)
class Setting:
    """One value of a scenario and who set it: ``default``, a file, or the command line."""

    path: str
    value: Any
    default: Any
    set_by: str


def load_scenario(*overrides: str) -> Scenario:
    """Build a checked scenario from overrides such as ``mission=kosovo``, ``policy=[a,b]``, ``shock.size=0.3``.

    Two overrides name paths: ``config_dir=FOLDER`` adds an analyst's own mission, shock, ... files,
    ``scenario=FILE.yaml`` starts from a saved scenario, on top of which the others are applied. The order of overrides
    never matters.

    Raises
    ------
    ScenarioError
        With every problem found: unknown names and options, wrong types, values out of range, syntax.
    """
    request, found = _requested(overrides)
    scenario, more = resolve(request)
    found += [problem for problem in more if problem not in found]
    if found:
        raise ScenarioError(found)
    assert scenario is not None  # resolve gives a scenario or problems
    return scenario


def resolve(request: Request) -> tuple[Scenario | None, list[str]]:
    """Turn a request into a scenario, or say why that fails."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from sim.config.checks import complete_problems
    from sim.config.compose import choice_problems, compose_files, files_of, known_files
    from sim.config.values import apply_values

    config_dir = request.paths.get("config_dir")
    if config_dir is not None and (problems := config_dir_problems(config_dir)):
        return None, problems
    files = files_of(request)
    found = choice_problems(files)
    try:
        if not found and (scenario := _at_once(request, files)) is not None:
            return scenario, []
        tree = compose_files(known_files(files))
    except ScenarioError as error:
        return None, found + error.problems
    policies = names("policy", config_dir)
    unknown = tuple(f"policy.{name}." for name in files.policies if name not in policies)
    values = {path: value for path, value in request.values.items() if not (unknown and path.startswith(unknown))}
    found += apply_values(tree, values, policies)
    try:
        made = OmegaConf.to_object(tree)
    except OmegaConfBaseException as error:
        return None, [*found, f"{error.full_key}: {str(error).splitlines()[0]}. Give a value."]
    assert isinstance(made, Scenario)
    found += complete_problems(made)
    return (None if found else made), found


def _at_once(request: Request, files: Files) -> Scenario | None:
    """The scenario, where its files are known and every value is a plain one that fits; else None, and problems are looked for.

    Tables, lists of tables, and anything that needs converting are left to the slow way, which says what is wrong.
    """
    from sim.config.checks import complete_problems
    from sim.config.compose import finished_scenario

    scenario = finished_scenario(files)
    if scenario is None or not all(_set(scenario, path, value) for path, value in request.values.items()):
        return None
    return None if complete_problems(scenario) else scenario


def _set(scenario: Scenario, path: str, value: Any) -> bool:
    """Set a plain value where its kind is declared; say whether that was possible."""
    *parents, leaf = path.split(".")
    node: Any = scenario
    for part in parents:
        node = node.get(part) if isinstance(node, dict) else vars(node).get(part) if hasattr(node, "__dict__") else None
    kind: Any = type(node)
    kinds = _plain_kinds(kind).get(leaf, ())
    if float in kinds and type(value) is int and abs(value) < EXACT:
        value = float(value)
    if list in kinds and type(value) is list and all(type(part) is str for part in value):
        value = [*value]
    elif type(value) not in kinds or list in kinds:
        return False
    setattr(node, leaf, value)
    return True


@cache
def _plain_kinds(kind: Any) -> dict[str, tuple[type, ...]]:
    """Fields of a dataclass that hold a number, text, yes or no, a list of texts (``list``), perhaps nothing: their types."""
    if not dataclasses.is_dataclass(kind) or hasattr(kind, "__post_init__"):  # which might make one value from another
        return {}
    try:
        hints = get_type_hints(kind)
    except NameError:
        return {}
    kinds: dict[str, tuple[type, ...]] = {}
    for field in dataclasses.fields(kind):
        hint = hints[field.name]
        types = (list,) if hint == list[str] else get_args(hint) if isinstance(hint, UnionType) else (hint,)
        if PLAIN.issuperset(types) or types == (list,):
            kinds[field.name] = types
    return kinds


def settings(*overrides: str) -> list[Setting]:
    """Return every value of a scenario with its default and who set it.

    Raises
    ------
    ScenarioError
        As `load_scenario`.
    """
    scenario = load_scenario(*overrides)
    asked, _ = _requested(overrides)
    from_file = read_file(Path(asked.paths["scenario"]))[0].values if "scenario" in asked.paths else {}
    typed, _ = read_overrides(text for text in overrides if not text.strip().startswith("scenario="))
    defaults = leaves(Scenario())
    world = _without_package(asked) if scenario.package.name != "none" else {}
    found = []
    for path, value in leaves(scenario).items():
        default = defaults.get(path)
        above = [path, path.rpartition(".")[0]]
        if any(part in typed.values for part in above):
            set_by = "command line"
        elif any(part in from_file for part in above):
            set_by = asked.paths["scenario"]
        elif value == default:
            set_by = "default"
        else:
            set_by = _file_behind(path, scenario, asked, world.get(path, default) != value)
        found.append(Setting(path, value, default, set_by))
    return found


def leaves(scenario: Scenario) -> dict[str, Any]:
    """Return path -> value of a scenario as plain data; lists and tables are one value each."""
    return dict(_leaves(scenario, ""))


def _leaves(node: Any, prefix: str) -> list[tuple[str, Any]]:
    """Paths and plain values below a dataclass; policies by name."""
    found: list[tuple[str, Any]] = []
    for field in dataclasses.fields(node):
        value, path = getattr(node, field.name), f"{prefix}{field.name}"
        if dataclasses.is_dataclass(value):
            found += _leaves(value, f"{path}.")
        elif path == "policy":
            for name in sorted(value):
                found += _leaves(value[name], f"policy.{name}.")
        else:
            found.append((path, [_plain(part) for part in value] if isinstance(value, list) else value))
    return found


def _plain(value: Any) -> Any:
    """An entry of a list as plain data."""
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


def _without_package(asked: Request) -> dict[str, Any]:
    """Values of the same files but the package, which tell what the world sets from what the package sets."""
    choices = {group: name for group, name in asked.choices.items() if group != "package"}
    scenario, _ = resolve(Request(choices, paths=asked.paths))
    return {} if scenario is None else leaves(scenario)


def _file_behind(path: str, scenario: Scenario, asked: Request, package_differs: bool) -> str:
    """Name the file that sets a value which is neither default nor typed."""
    top, _, rest = path.partition(".")
    package = "" if scenario.package.name == "none" else f"package={scenario.package.name}"
    if top in ("mission", "shock", "world", "package"):
        return f"{top}={getattr(scenario, top).name}"
    if top == "policy":
        return package or f"policy={rest.partition('.')[0]}"
    if top == "scale":
        return f"run={asked.choice('run')}"
    return package if package and package_differs else f"world={scenario.world.name}"


def _requested(overrides: tuple[str, ...]) -> tuple[Request, list[str]]:
    """Read overrides, on top of a saved scenario where one is named."""
    request, found = read_overrides(overrides)
    if "scenario" in request.paths:
        saved, problems = read_file(Path(request.paths["scenario"]))
        return request.over(saved), [*problems, *found]
    return request, found


def read_file(path: Path) -> tuple[Request, list[str]]:
    """Read a saved scenario: a YAML of the same names and values as on the command line, nested or with dots."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError  # type: ignore[import-untyped]

    request, found = Request(), []
    try:
        tree = OmegaConf.to_container(OmegaConf.load(path), resolve=False)
    except (YAMLError, OmegaConfBaseException, UnicodeError, OSError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        return request, [f"scenario = {path}: cannot be read ({reason}). Give a file written by mandate run."]
    if not isinstance(tree, dict):
        return request, [f"scenario = {path}: must hold 'name: value' lines. Give a file written by mandate run."]
    for key, value in _flat(tree, ""):
        if key in request.values or key in request.choices:
            problem: str | None = f"{key} = {value}: given twice in {path}. Keep one of them."
        else:
            problem = take_value(request, key, value, str(value))
        found += [problem] if problem else []
    if request.policies is not None and request.choices.get("package"):
        found.append(f"package = {request.choices['package']}: stands beside policy in {path}. Use one of the two.")
    return request, found


def _flat(tree: dict[Any, Any], prefix: str) -> list[tuple[str, Any]]:
    """Nested names as dotted paths; a table of free keys stays one value."""
    from sim.config.values import OPEN_TABLES

    found: list[tuple[str, Any]] = []
    for key, value in tree.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and path not in OPEN_TABLES:
            found += _flat(value, f"{path}.")
        else:
            found.append((path, value))
    return found
