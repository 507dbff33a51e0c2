"""A run's folder: which files it holds, how they are written, read back, and recognised as ours.

Each file is written beside its place and then renamed, so that a stopped process leaves no torn file. The manifest says
what made the numbers: resolved scenario, versions, seeds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import OutputError
from sim.policies import POLICIES
from sim.runs.cases import Columns
from sim.runs.manifest import MANIFEST, open_manifest, read_manifest, versions
from sim.runs.results import Run
from sim.runs.whole import write_text, write_whole
from sim.scenario import Scenario, ShockEffect

PROGRAM = "mandate"
SCHEMA_VERSION = 2
TABLES = ("series", "events", "cases", "funnel", "states", "origins", "cells")
EMPTY_WORDS = ("category", "role", "channel", "forum")  # columns of cases that may hold an empty text
DIGITS = "%.10g"


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something other than a run of ours.

    Raises
    ------
    OutputError
        With exit code 2, for a file in the way or a non-empty folder without our manifest.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(f"out = {folder}: is a file. Choose another out=FOLDER.", 2)
    if any(folder.iterdir()) and read_manifest(folder, PROGRAM) is None:
        raise OutputError(
            f"out = {folder}: holds files that are not mandate's; nothing was written. Choose another out=FOLDER.", 2
        )


def write_run(run: Run, folder: Path, overwrite: bool = False) -> list[Path]:
    """Write a run's tables, summary and manifest.

    Parameters
    ----------
    run
        The run.
    folder
        Made if missing; refused when it holds files that are not ours.
    overwrite
        Whether an earlier run there may be replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OutputError
        With exit code 2 for a foreign or occupied folder, 4 when the disk refuses.
    """
    check_folder(folder)
    if not overwrite and read_manifest(folder, PROGRAM) is not None:
        raise OutputError(f"out = {folder}: holds an earlier run. Choose another out=FOLDER, or overwrite it.", 2)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = [write_whole(folder / f"{name}.csv", _table_writer(getattr(run, name))) for name in TABLES]
        files.append(write_text(folder / "summary.json", _as_json(run.summary)))
        files.append(write_text(folder / MANIFEST, _as_json(manifest(run))))
    except OSError as error:
        raise OutputError(
            f"out = {folder}: {error.strerror or error}. Free space or choose another out=FOLDER."
        ) from error
    return files


def _table_writer(table: pd.DataFrame) -> Callable[[Path], None]:
    """A function that writes a table as CSV."""
    return lambda path: table.to_csv(path, index=False, float_format=DIGITS, lineterminator="\n")


def _as_json(content: dict[str, Any]) -> str:
    """A dictionary as JSON text."""
    return json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"


def manifest(run: Run) -> dict[str, Any]:
    """What made a run's numbers: scenario, key, seeds, versions."""
    return {
        "program": PROGRAM,
        "schema_version": SCHEMA_VERSION,
        "kind": "run",
        "key": run.scenario.key,
        "seed": run.seed,
        "world_seed": run.world_seed,
        "scenario": run.scenario.as_dict(),
        "versions": versions(),
    }


def open_run(folder: Path | str) -> Run:
    """Read a run back from its folder; it has no model.

    Raises
    ------
    OutputError
        With exit code 2 when the folder is not a run of ours, or of another schema version.
    """
    folder = Path(folder)
    content = open_manifest(folder, PROGRAM, SCHEMA_VERSION)
    try:
        tables = {name: _read_columns(folder, name) for name in TABLES}
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    except (KeyError, OSError, ValueError) as error:
        raise OutputError(f"{folder}: a file of the run is missing or damaged ({error}). Run it again.", 2) from error
    return Run(scenario_from(content["scenario"]), content["seed"], content["world_seed"], tables, summary)


def _read_columns(folder: Path, name: str) -> Columns:
    """Columns of one table of a run; empty words of cases stay empty texts, empty numbers are missing."""
    table = pd.read_csv(folder / f"{name}.csv")
    for column in EMPTY_WORDS if name == "cases" else ():
        table[column] = table[column].astype(object).where(table[column].notna(), "").astype(str)
    return {column: table[column].to_numpy() for column in table.columns}


def scenario_from(content: dict[str, Any]) -> Scenario:
    """A scenario from a manifest; policies this program does not know stay plain dictionaries, good for echoes only."""
    scenario = Scenario()
    _fill(scenario, content)
    scenario.shock.effects = [ShockEffect(**effect) for effect in content["shock"]["effects"]]
    for name, values in content["policy"].items():
        if name in POLICIES and {field.name for field in fields(POLICIES[name])} == set(values):
            scenario.policy[name] = POLICIES[name](**values)
    return scenario


def _fill(node: Any, values: dict[str, Any]) -> None:
    """Copy values into a tree of dataclasses, in place."""
    for field in fields(node):
        old = getattr(node, field.name)
        if is_dataclass(old):
            _fill(old, values[field.name])
        else:
            setattr(node, field.name, values[field.name])
