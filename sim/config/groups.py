"""Groups of scenario files and their options, found by looking into the folders, without Hydra.

A group is a folder of ``scenarios/`` (and of an analyst's own folder); an option is a YAML file in it. The first
comment of a file, after its ``@package`` line, is its description.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sim.errors import ScenarioError, did_you_mean

# Group -> what it chooses; the order in which files are merged, later ones winning.
GROUPS: dict[str, str] = {
    "mission": "where and when, with whom",
    "shock": "a change of circumstances during the run",
    "world": "assumptions on contested findings",
    "policy": "accountability measures, any number: policy=[a,b] or policy=a+b",
    "package": "several policies with their doses; not together with policy=",
    "run": "how many persons are simulated",
}
DEFAULTS: dict[str, str | None] = {
    "mission": "kosovo",
    "shock": "none",
    "world": "central",
    "policy": None,
    "package": None,
    "run": "full",
}


def options(group: str, config_dir: str | Path | None = None) -> dict[str, str]:
    """Return option -> description of a group, sorted by name; own files of `config_dir` come with the built-in ones.

    Limits: a group without files gives an empty dictionary.

    Raises
    ------
    ScenarioError
        For an unknown group.
    """
    return {name: describe(path) for name, path in _found(group, config_dir)}


def names(group: str, config_dir: str | Path | None = None) -> tuple[str, ...]:
    """Return the options of a group, sorted; no file is opened. Errors as `options`."""
    return tuple(name for name, _ in _found(group, config_dir))


def file_of(group: str, name: str, config_dir: str | Path | None = None) -> Traversable:
    """Return the file of an option that exists."""
    return dict(_found(group, config_dir))[name]


def folders(config_dir: str | Path | None = None) -> list[Traversable]:
    """Return the folders that hold groups: the built-in one, then an analyst's own."""
    built_in = files("sim.scenarios")
    return [built_in] if config_dir is None else [built_in, Path(config_dir)]


def describe(path: Traversable) -> str:
    """Return the first comment of a YAML file that is not its package line; empty if there is none."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            return ""
        comment = line.lstrip("# ").strip()
        if comment and not comment.startswith("@package"):
            return comment
    return ""


def config_dir_problems(config_dir: str) -> list[str]:
    """Rules of an analyst's own folder: it exists, holds groups, and takes no built-in name."""
    if not Path(config_dir).is_dir():
        return [f"config_dir = {config_dir}: no such folder. Give a folder that holds mission/, shock/ or others."]
    built_in, own = folders(config_dir)
    if not any((own / group).is_dir() for group in GROUPS):
        return [f"config_dir = {config_dir}: holds no group. Put files into a folder named {', '.join(GROUPS)}."]
    return [
        f"config_dir = {config_dir}: {group}/{name}.yaml has the name of a built-in file. Rename it."
        for group in GROUPS
        for name in sorted({n for n, _ in _yaml_files(own / group)} & {n for n, _ in _yaml_files(built_in / group)})
    ]


def stamp(config_dir: str | None) -> tuple[tuple[str, int], ...]:
    """Return names and change times of an analyst's files, so that what was composed from older ones is not reused."""
    if config_dir is None:
        return ()
    return tuple(sorted((str(p), p.stat().st_mtime_ns) for p in Path(config_dir).rglob("*.yaml")))


def _found(group: str, config_dir: str | Path | None) -> list[tuple[str, Traversable]]:
    """Options of a group and their files, sorted by name; a later folder's file takes an earlier one's place."""
    if group not in GROUPS:
        raise ScenarioError(f"group = {group}: unknown. {did_you_mean(group, GROUPS)}")
    found = dict(_built_in(group))
    if config_dir is not None:
        found.update(_yaml_files(Path(config_dir) / group))
    return sorted(found.items())


@cache
def _built_in(group: str) -> tuple[tuple[str, Traversable], ...]:
    """Options of a group that come with the program; listed once."""
    return tuple(_yaml_files(folders()[0] / group))


def _yaml_files(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """Yield (option, file) of a group's folder; a missing folder holds none."""
    if folder.is_dir():
        for entry in folder.iterdir():
            if entry.name.endswith(".yaml") and entry.is_file():
                yield entry.name.removesuffix(".yaml"), entry
