"""The folder of a sweep: its manifest and plan, whether it may grow into a new plan, and reading both back.

``manifest.json`` names the plan file it goes with, a Parquet table of every point in every cell; replacing the manifest is
what makes a new plan hold. Scenarios are stored whole, so that a sweep is resumed without the files it was composed from.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import OutputError
from sim.runs.files import scenario_from
from sim.runs.kept import LOCK
from sim.runs.manifest import MANIFEST, PACKAGES, machine, open_manifest, read_manifest, versions
from sim.runs.whole import PARTIAL, write_text, write_whole
from sim.sweeps.design import POINT
from sim.sweeps.plan import PLACE, Cell, SweepPlan

PROGRAM = "mandate sweep"
SCHEMA_VERSION = 1
PLAN = "plan-{}.parquet"
LIBRARIES = (*PACKAGES, "pyarrow", "duckdb")


def open_sweep_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a sweep's folder.

    Raises
    ------
    OutputError
        With exit code 2 when the folder is no sweep, or of another schema version.
    """
    return open_manifest(folder, PROGRAM, SCHEMA_VERSION)


def check_model(folder: Path, manifest: dict[str, Any], version: str) -> None:
    """Refuse to add runs to those of another version of the model.

    Raises
    ------
    OutputError
        With exit code 2.
    """
    if manifest.get("model") != version:
        raise OutputError(
            f"{folder}: its runs were made by another version of the model ({manifest.get('model')}; this is {version}), and "
            "numbers of two versions must not be mixed. Nothing was touched; it can still be read. Sweep again with another "
            "out=FOLDER, or use the version that made it.",
            2,
        )


def write_plan(folder: Path, plan: SweepPlan, keyed: pd.DataFrame, version: str) -> None:
    """Write plan and manifest; an equal plan changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    earlier = read_manifest(folder, PROGRAM) or {}
    table = _plan_of(plan, keyed)
    name = PLAN.format(_digest(table))
    content = {
        "program": PROGRAM,
        "schema_version": SCHEMA_VERSION,
        "model": version,
        "created": earlier.get("created", datetime.now(UTC).date().isoformat()),
        "plan": name,
        "replicates": plan.replicates,
        "indicators": list(plan.indicators),
        "paths": plan.paths,
        "asked": plan.about,
        "cells": [{**cell._asdict(), "scenario": scenario.as_dict()} for cell, scenario in plan.cells.items()],
        "versions": versions(LIBRARIES),
        "machine": machine(),
    }
    text = json.dumps(content, indent=1, default=str) + "\n"
    path = folder / MANIFEST
    if _plan_table(folder, name) is None:
        write_whole(folder / name, lambda partial: table.to_parquet(partial, index=False))
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)
    for other in folder.glob(PLAN.format("*")):
        if other.name != name:
            other.unlink()


def read_plan(folder: Path) -> tuple[SweepPlan, pd.DataFrame]:
    """Return the plan of a folder and the keys of its scenarios, as ``SweepPlan.keyed`` gave them.

    Raises
    ------
    OutputError
        With exit code 2 when the folder is no sweep of this schema version, or its plan cannot be read.
    """
    manifest = open_sweep_manifest(folder)
    table = _plan_table(folder, str(manifest.get("plan")))
    if table is None:
        raise OutputError(
            f"{folder}: its plan {manifest.get('plan')} is missing or damaged; its runs are not. Give the command that made "
            f"it once more, which writes the plan anew: {manifest.get('asked', {}).get('command')} out={folder}",
            2,
        )
    try:
        cells = {
            Cell(*(entry[name] for name in Cell._fields)): scenario_from(entry["scenario"])
            for entry in manifest["cells"]
        }
        design = table.drop_duplicates(POINT)[[*PLACE, *manifest["paths"]]].reset_index(drop=True)
        keyed = table[[*Cell._fields, POINT, "key", "seed", "world_seed"]]
        plan = SweepPlan(cells, design, manifest["replicates"], tuple(manifest["indicators"]), manifest["asked"])
    except (KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise OutputError(f"{folder}: its {MANIFEST} is damaged ({reason}). Nothing was touched.", 2) from error
    return plan, keyed


def _plan_of(plan: SweepPlan, keyed: pd.DataFrame) -> pd.DataFrame:
    """Every point in every cell, with its varied values."""
    return keyed.merge(plan.design, on=POINT)


def _plan_table(folder: Path, name: str) -> pd.DataFrame | None:
    """A plan file's table; None where it is missing or is not what its name says."""
    try:
        table = pd.read_parquet(folder / name)
        return table if PLAN.format(_digest(table)) == name else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check_growth(folder: Path, plan: SweepPlan, keyed: pd.DataFrame, version: str) -> None:
    """Refuse a folder that is not ours, or whose sweep is not part of the new one; nothing is touched.

    A folder may get more points, options, missions, shocks, worlds and replicates; every run in it must stay part of it.

    Raises
    ------
    OutputError
        With exit code 2.
    """
    if not folder.exists() or all(_is_beginning(entry.name) for entry in folder.iterdir()):
        return
    where = f"out = {folder}"
    if not (folder / MANIFEST).exists():
        raise OutputError(f"{where}: holds files that are not of mandate sweep. Choose another out=FOLDER.", 2)
    manifest = open_sweep_manifest(folder)
    check_model(folder, manifest, version)
    found = []
    if manifest.get("plan") != PLAN.format(_digest(_plan_of(plan, keyed))):  # an equal one mends what is damaged
        found += _gone(*read_plan(folder), plan, keyed)
    if manifest.get("replicates", 0) > plan.replicates:
        found.append(f"it has {manifest['replicates']} replicates, not {plan.replicates}")
    if tuple(manifest.get("indicators", ())) != plan.indicators:
        found.append("it keeps other indicators")
    if found:
        raise OutputError(
            f"{where}: holds another sweep ({'; '.join(found)}). A folder may grow, not change. Nothing was touched. "
            f"Choose another out=FOLDER, or go on with that one: mandate resume {folder}",
            2,
        )


def _gone(old: SweepPlan, old_keyed: pd.DataFrame, plan: SweepPlan, keyed: pd.DataFrame) -> list[str]:
    """Say which scenarios of an old plan a new one lacks, or has changed."""
    lost = set(_luck(old_keyed)) - set(_luck(keyed))
    if not lost:
        return []
    if changed := _changed(old, old_keyed, plan, keyed):
        return [f"configuration changed in {changed:,} of its {len(old_keyed):,} scenarios"]
    return [f"{len(lost):,} of its {len(old_keyed):,} scenarios are not part of it"]


def _is_beginning(name: str) -> bool:
    """Whether a command that was killed before it had written its manifest may have left a file."""
    return name == LOCK or name.endswith(PARTIAL) or fnmatch(name, PLAN.format("*"))


def _luck(keyed: pd.DataFrame) -> zip[tuple[Any, ...]]:
    """What names the first run of each scenario."""
    return zip(keyed["key"], keyed["seed"], keyed["world_seed"])


def _changed(old: SweepPlan, old_keyed: pd.DataFrame, new: SweepPlan, keyed: pd.DataFrame) -> int:
    """Number of scenarios that both plans have under the same names and varied values, made from something else."""
    if old.paths != new.paths:
        return 0
    names = [*Cell._fields, *old.paths]
    before, after = (k.merge(p.design, on=POINT)[[*names, "key"]].astype(dict.fromkeys(names, str)) for k, p in
                     ((old_keyed, old), (keyed, new)))  # fmt: skip
    both = before.merge(after, on=names, suffixes=("", "_new"))
    return int((both["key"] != both["key_new"]).sum())


def _digest(table: pd.DataFrame) -> str:
    """First hex digits of a hash of a plan's table."""
    return hashlib.sha256(table.to_csv(index=False, float_format="%.17g").encode()).hexdigest()[:8]
