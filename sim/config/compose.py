"""Hydra at work: the schema is registered, the chosen files of all groups are merged into one tree, and that is kept.

Composing takes a tenth of a second, so it is done once for the files without policies and once for each policy; policies are
put into the tree, and what a process has made it keeps: callers get a copy each. Values from the command line come later: a
wrong one must not hide the other problems.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig

from sim.config.groups import DEFAULTS, GROUPS, files_in, folders, names, stamp
from sim.config.overrides import Request
from sim.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    from sim.scenario import Scenario

NAMED_GROUPS = ("mission", "shock", "world", "package")  # their files say their own name

_composed: dict[tuple[Any, ...], Callable[[], DictConfig]] = {}  # what makes a copy
_finished: dict[tuple[Any, ...], bytes | None] = {}  # scenarios without further values
_registered: dict[str, type] = {}


@dataclass(frozen=True)
class Files:
    """The files a scenario starts from: one option per group, and policies unless a package names them."""

    choices: tuple[tuple[str, str | None], ...]
    policies: tuple[str, ...] = ()
    config_dir: str | None = None

    def choice(self, group: str) -> str | None:
        """Return the option chosen in a group."""
        return dict(self.choices)[group]


def files_of(request: Request) -> Files:
    """Return the files a request names, defaults filled in."""
    single = tuple((group, request.choice(group)) for group in GROUPS if group != "policy")
    return Files(single, request.policies or (), request.paths.get("config_dir"))


def choice_problems(files: Files) -> list[str]:
    """One message for each option that does not exist, with near names."""
    found = []
    for group, name in [*files.choices, *(("policy", name) for name in files.policies)]:
        known = names(group, files.config_dir)
        if name is None and DEFAULTS[group] is None:
            continue
        if name not in known:
            found.append(f"{group} = {name}: unknown. {did_you_mean(str(name), known)} (mandate scenarios {group})")
    return found


def known_files(files: Files) -> Files:
    """Return the files with unknown options replaced by the defaults, so that values can still be checked."""
    config_dir = files.config_dir
    choices = tuple((g, n if n in names(g, config_dir) else DEFAULTS[g]) for g, n in files.choices)
    return Files(choices, tuple(n for n in files.policies if n in names("policy", config_dir)), config_dir)


def compose_files(files: Files) -> DictConfig:
    """Merge the chosen files into one typed tree; a fresh copy at every call.

    Raises
    ------
    ScenarioError
        When a file cannot be read or does not fit the schema.
    """
    from sim.policies import POLICIES

    key = (files, stamp(files.config_dir), tuple(POLICIES.items()))
    if key not in _composed:
        _register(POLICIES)
        _composed[key] = _copies(_joined(files))
    return _composed[key]()


def finished_scenario(files: Files) -> Scenario | None:
    """Return a copy of the scenario these files give, a fiftieth of the work of making it from a tree; None where they give none.

    Raises
    ------
    ScenarioError
        As `compose_files`.
    """
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    from sim.policies import POLICIES

    key = (files, stamp(files.config_dir), tuple(POLICIES.items()), "finished")
    if key not in _finished:
        tree = compose_files(files)
        own_tables(files, tree)
        try:
            _finished[key] = pickle.dumps(OmegaConf.to_object(tree), pickle.HIGHEST_PROTOCOL)
        except (OmegaConfBaseException, pickle.PicklingError, AttributeError):
            _finished[key] = None
    kept = _finished[key]
    return None if kept is None else pickle.loads(kept)


def _joined(files: Files) -> DictConfig:
    """The tree of some files: without their policies, with each policy's own subtree put in; as Hydra merges them."""
    if not files.policies or not all(_is_apart(name, files.config_dir) for name in files.policies):
        return _compose(files)
    from omegaconf import open_dict

    tree = compose_files(replace(files, policies=()))
    with open_dict(tree):
        for name in files.policies:
            tree.policy[name] = _own_subtree(name, files.config_dir)
    return tree


def _is_apart(policy: str, config_dir: str | None) -> bool:
    """Whether a policy's file speaks of nothing but itself: its first line places it below its own name."""
    file = next(path for name, path in files_in("policy", config_dir) if name == policy)
    lines = file.read_text(encoding="utf-8").splitlines()
    return (
        bool(lines) and lines[0].split() == ["#", "@package", f"policy.{policy}"] and "override" not in "".join(lines)
    )


def _own_subtree(policy: str, config_dir: str | None) -> DictConfig:
    """What a policy's file says, composed once among default files."""
    default = Files(tuple((g, n) for g, n in DEFAULTS.items() if g != "policy"), (policy,), config_dir)
    from sim.policies import POLICIES

    key = ("policy", policy, stamp(config_dir), tuple(POLICIES.items()))
    if key not in _composed:
        _composed[key] = _copies(_compose(default).policy[policy])
    return _composed[key]()


def _copies(tree: DictConfig) -> Callable[[], DictConfig]:
    """Return what makes copies of a tree: by pickle, or, where a policy's class cannot be found by its name, deep (slower)."""
    try:
        return partial(pickle.loads, pickle.dumps(tree, pickle.HIGHEST_PROTOCOL))
    except (pickle.PicklingError, AttributeError):
        return partial(copy.deepcopy, tree)


def _register(policies: dict[str, type]) -> None:
    """Tell Hydra the schema and the types of policies, once each."""
    from hydra.core.config_store import ConfigStore

    from sim.scenario import Scenario

    store = ConfigStore.instance()
    if "schema" not in _registered:
        store.store(name="schema", node=Scenario)
        _registered["schema"] = Scenario
    for name, policy in policies.items():
        if _registered.get(f"policy_type/{name}") is not policy:
            store.store(group="policy_type", name=name, node=policy)
            _registered[f"policy_type/{name}"] = policy


def _compose(files: Files) -> DictConfig:
    """Compose once with Hydra, and translate its errors."""
    from hydra import compose, initialize_config_module
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError  # type: ignore[import-untyped]

    texts = [f"{group}={name}" for group, name in files.choices if name is not None]
    if files.policies:
        texts.append(f"policy=[{','.join(files.policies)}]")
    if files.config_dir is not None:
        texts.append(f"hydra.searchpath=['{Path(files.config_dir).resolve().as_uri()}']")
    try:
        with initialize_config_module("sim.scenarios", version_base="1.3"):
            tree = compose("config", overrides=texts)
    except (HydraException, OmegaConfBaseException, YAMLError, OSError, UnicodeError) as error:
        raise ScenarioError(_file_problem(files, error)) from error
    found = [
        f"{group}.name = {tree[group].name}: differs from its file {group}/{name}.yaml. Write 'name: {name}' in it."
        for group, name in files.choices
        if group in NAMED_GROUPS and name is not None and tree[group].name != name
    ]
    if found:
        raise ScenarioError(found)
    return tree


def _file_problem(files: Files, error: Exception) -> str:
    """Say which file does not fit and why, as far as the error tells."""
    cause: BaseException = error
    while getattr(cause, "full_key", None) is None and (cause.__cause__ or cause.__context__) is not None:
        cause = cause.__cause__ or cause.__context__ or cause
    where = getattr(cause, "full_key", None) or "scenario files"
    reason = (str(cause).splitlines()[0] if where != "scenario files" else " ".join(str(error).split())).rstrip(".")
    hint = ""
    key, known = getattr(cause, "key", None), getattr(getattr(cause, "object_type", None), "__dataclass_fields__", {})
    if key is not None and known and key not in known:
        hint = " " + did_you_mean(str(key), known)
    own = "" if files.config_dir is None else f" in {files.config_dir}"
    chosen = ", ".join(f"{group}={name}" for group, name in files.choices if name is not None)
    return f"{where}: {reason}.{hint} Correct one of the files{own} behind {chosen}."


def own_tables(files: Files, tree: DictConfig) -> None:
    """Point a mission at the dated tables beside it when they lie in the analyst's own folder."""
    if files.config_dir is None or (folders()[0] / "mission" / tree.mission.tables).is_dir():
        return
    tables = Path(files.config_dir) / "mission" / tree.mission.tables
    if tree.mission.tables and tables.is_dir():
        tree.mission.tables = str(tables)
