"""Hydra at work: the schema is registered, the chosen files of all groups are merged into one tree, which is kept in pieces.

Composing takes a tenth of a second. A mission, a shock, a policy whose file speaks of nothing else is a piece of its own, the
rest is one more; once a process has all pieces of a scenario, it puts copies of them together instead. Values from the
command line come later: a wrong one must not hide the other problems.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig

from sim.config.groups import DEFAULTS, GROUPS, file_of, folders, names, stamp
from sim.config.overrides import Request
from sim.errors import ScenarioError, did_you_mean
from sim.parameters.core import copied

if TYPE_CHECKING:
    from sim.scenario import Scenario

NAMED_GROUPS = ("mission", "shock", "world", "package")  # their files say their own name
APART = ("mission", "shock", "policy")  # groups whose files fill a place of their own
MOST_PIECES = 512

_pieces: dict[tuple[Any, ...], _Piece] = {}
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


@dataclass(frozen=True)
class _Piece:
    """A part of a scenario: what makes copies of its tree, and its finished object, None where that depends on other parts."""

    tree: Callable[[], DictConfig]
    finished: Any

    @classmethod
    def of(cls, tree: DictConfig) -> _Piece:
        """Take a part out of a composed tree."""
        from omegaconf import OmegaConf
        from omegaconf.errors import OmegaConfBaseException

        own = copy.deepcopy(tree)
        own._set_parent(None)
        try:
            finished = None if "${" in repr(own) else OmegaConf.to_object(own)
        except OmegaConfBaseException:  # a value is missing
            finished = None
        return cls(_copies(own), finished)


def compose_files(files: Files) -> DictConfig:
    """Merge the chosen files into one typed tree; a fresh copy at every call.

    Raises
    ------
    ScenarioError
        When a file cannot be read or does not fit the schema.
    """
    from omegaconf import OmegaConf

    found = _pieces_of(files)
    tree = found.pop("").tree()
    for path, piece in found.items():
        OmegaConf.update(tree, path, piece.tree(), merge=False, force_add=True)
    own_tables(files, tree)
    return tree


def finished_scenario(files: Files) -> Scenario | None:
    """Return the scenario these files give, a fresh copy without the detour of a tree; None where only a tree can tell.

    Raises
    ------
    ScenarioError
        As `compose_files`.
    """
    found = _pieces_of(files)
    if any(piece.finished is None for piece in found.values()):
        return None
    scenario: Scenario = copied(found.pop("").finished)
    for path, piece in found.items():
        group, _, policy = path.partition(".")
        if policy:
            scenario.policy[policy] = copied(piece.finished)
        else:
            setattr(scenario, group, copied(piece.finished))
    own_tables(files, scenario)
    return scenario


def _pieces_of(files: Files) -> dict[str, _Piece]:
    """Path -> the piece that belongs there; the path of the rest is empty. What is new among them is composed, all at once."""
    from sim.policies import POLICIES

    about = files.config_dir, stamp(files.config_dir), tuple(POLICIES.items())
    keys = {path: (path, options, *about) for path, options in _places(files, about[1])}
    if not all(key in _pieces for key in keys.values()):
        _register(POLICIES)
        if len(_pieces) > MOST_PIECES:
            _pieces.clear()
        _pieces.update({key: _pieces.get(key, piece) for key, piece in _cut(_compose(files), keys)})
    return {path: _pieces[key] for path, key in keys.items()}


def _places(files: Files, stamped: Any) -> Iterator[tuple[str, Any]]:
    """Yield the paths of the pieces of a scenario and the options that make each: one piece where files are not apart."""
    chosen = [*((g, n) for g, n in files.choices if n is not None), *(("policy", n) for n in files.policies)]
    is_both = bool(files.policies) and files.choice("package") is not None
    if is_both or not all(_is_apart(group, name, files.config_dir, stamped) for group, name in chosen):
        yield "", files
        return
    yield "", tuple(choice for choice in files.choices if choice[0] not in APART)
    for group, name in chosen:
        if group in APART:
            yield (f"policy.{name}" if group == "policy" else group), name


def _cut(tree: DictConfig, keys: dict[str, tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, ...], _Piece]]:
    """Cut a composed tree into pieces, by the keys they are kept under; the rest comes last."""
    from omegaconf import open_dict

    for path, key in keys.items():
        group, _, policy = path.partition(".")
        if policy:
            yield key, _Piece.of(tree.policy[policy])
            with open_dict(tree.policy):
                del tree.policy[policy]
        elif group:
            yield key, _Piece.of(tree[group])
    yield keys[""], _Piece.of(tree)


@lru_cache(maxsize=MOST_PIECES)
def _is_apart(group: str, name: str, config_dir: str | None, stamped: Any) -> bool:
    """Whether the file of an option fills its own place alone or, in other groups, no place of a mission, shock or policy.

    A package may choose policies, since nothing else does then, and set their values.
    """
    from yaml import YAMLError, safe_load  # type: ignore[import-untyped]

    try:
        text = file_of(group, name, config_dir).read_text(encoding="utf-8")
        content = safe_load(text) or {}
        defaults = [entry for entry in content.get("defaults", []) if entry != "_self_"]
        paths = {str(key).partition(".")[0] for key in content}
    except (YAMLError, UnicodeError, OSError, LookupError, AttributeError, TypeError):
        return False  # composing says what is wrong
    place = "_global_" if group not in APART else f"policy.{name}" if group == "policy" else group
    if text.partition("\n")[0].split() != ["#", "@package", place]:
        return False
    if group == "policy":
        return all(str(entry).startswith("/policy_type/") and str(entry).endswith("@_here_") for entry in defaults)
    if group == "package" and len(defaults) == 1 and isinstance(defaults[0], dict):
        chosen = defaults[0].get("override /policy")
        if not isinstance(chosen, list) or len(defaults[0]) != 1 or paths & {"mission", "shock"}:
            return False
        return all(_is_apart("policy", str(policy), config_dir, stamped) for policy in chosen)
    return not defaults and (group in APART or not paths & set(APART))


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


def own_tables(files: Files, tree: Any) -> None:
    """Point a mission at the dated tables beside it when they lie in the analyst's own folder; a tree, or a scenario."""
    if files.config_dir is None or (folders()[0] / "mission" / tree.mission.tables).is_dir():
        return
    tables = Path(files.config_dir) / "mission" / tree.mission.tables
    if tree.mission.tables and tables.is_dir():
        tree.mission.tables = str(tables)
