"""The folder of a comparison: its manifest, whether it may grow into a new plan, and the tables written into it.

Runs lie in ``runs/``, one file each; everything else is made from them and the manifest, and may be deleted. Each file is
written beside its place, then renamed.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.plan import Cell, Request, leading_options, stage_cells
from sim.analysis.study import OUTCOMES, Named, Option, Plan, Study
from sim.clock import make_clock
from sim.errors import OutputError
from sim.parameters import walk
from sim.runs.files import DIGITS
from sim.runs.kept import LOCK
from sim.runs.manifest import MANIFEST, machine, open_manifest, read_manifest, versions
from sim.runs.whole import write_text, write_whole
from sim.scenario import Scenario
from sim.world.missions import load_series

PROGRAM = "mandate compare"  # not that of a single run, whose writer would take the folder for one of its own
SCHEMA_VERSION = 1
RUNS = "runs"
TABLES = ("effects", "runs", "series", "decomposition", "deterrence", "funnel", "cells", "deployment", "parameters")
DATA_ATTRIBUTIONS = (
    "Maps: Natural Earth (public domain) and GeoNames (CC BY 4.0).",
    "Populations and incomes: World Bank, World Development Indicators (CC BY 4.0).",
    "Cited facts: sim/world/data/facts.csv.",
)
GROWING = ("options", "missions", "shocks", "worlds")
COUNTS = ("replicates", "world_replicates", "mechanism_replicates")


def manifest_of(request: Request, version: str) -> dict[str, Any]:
    """What a comparison is made of: plan, cells with their keys and seeds, settings, versions."""
    plan = request.plan
    main = Cell(plan.missions[0].name, plan.shocks[0].name, plan.worlds[0].name, plan.baseline)
    scenario = request.scenario(main)
    cells = []
    for found, replicates in stage_cells(plan).values():
        for cell in found if replicates else []:
            own = request.scenario(cell)
            cells.append(
                {
                    **cell._asdict(),
                    "run": request.key(cell, version),
                    "key": own.key,
                    "seed": own.seed,
                    "world_seed": own.world_seed,
                    "replicates": replicates,
                }
            )
    return {
        "program": PROGRAM,
        "schema_version": SCHEMA_VERSION,
        "model": version,
        "plan": dataclasses.asdict(plan),
        "leading": request.leading,
        "planned": planned_runs(request),
        "cells": cells,
        "scenario": scenario.as_dict(),
        "deployment": _columns(deployment_table(scenario)),
        "parameters": _columns(parameters_table(request, main)),
        "versions": versions(),
        "machine": machine(),
        "attributions": list(DATA_ATTRIBUTIONS),
    }


def planned_runs(request: Request) -> int:
    """Number of runs of a plan, also while it is open which options go to further worlds."""
    plan = request.plan
    if request.leading and plan.world_options == (plan.baseline,):
        plan = leading_options(plan, {}, request.leading)
    return sum(len(cells) * replicates for cells, replicates in stage_cells(plan).values())


def deployment_table(scenario: Scenario) -> pd.DataFrame:
    """Personnel a mission authorises by step, before shocks: all categories, and military personnel alone."""
    clock = make_clock(scenario.mission.start_date, scenario.mission.horizon_weeks, scenario.clock)
    strength = load_series(scenario.mission, clock).strength
    return pd.DataFrame(
        {
            "week": [clock.week(step) for step in range(clock.n_steps)],
            "date": [clock.date(step).isoformat() for step in range(clock.n_steps)],
            "authorised": strength.sum(axis=0),
            "authorised_military": strength[0],
        }
    )


def parameters_table(request: Request, main: Cell) -> pd.DataFrame:
    """Every parameter of the main baseline scenario (``option`` empty), then what each option has otherwise."""
    base = request.scenario(main)
    known = {info.path: info for info in walk(base.parameters, "parameters.")}
    rows = [("", *dataclasses.astuple(info)) for info in known.values()]
    for option in request.plan.options:
        own = request.scenario(main._replace(option=option.name))
        found = [i for i in walk(own.parameters, "parameters.") if i.value != known[i.path].value]
        for name in sorted(own.policy):
            found += walk(own.policy[name], f"policy.{name}.")
        rows += [(option.name, *dataclasses.astuple(info)) for info in found]
    columns = ["option", "path", "value", "unit", "low", "high", "status", "source", "about"]
    return pd.DataFrame(rows, columns=columns).astype({"value": object})


def _columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    """A table's columns as JSON knows them; what is missing is None."""
    return {str(name): table[name].astype(object).where(table[name].notna(), None).tolist() for name in table.columns}


def open_comparison(folder: Path) -> dict[str, Any]:
    """The manifest of a comparison's folder.

    Raises
    ------
    OutputError
        With exit code 2 when the folder is no comparison, or of another schema version.
    """
    return open_manifest(folder, PROGRAM, SCHEMA_VERSION)


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """Write the manifest, keeping the day the folder was begun; unchanged ones are left alone."""
    earlier = read_manifest(folder, PROGRAM) or {}
    content = {**content, "created": earlier.get("created", datetime.now(UTC).date().isoformat())}
    text = json.dumps(content, indent=1, sort_keys=True, default=str) + "\n"
    path = folder / MANIFEST
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def check_growth(folder: Path, request: Request, version: str) -> None:
    """Refuse a folder that is not ours, or whose comparison is not part of the new one; nothing is touched.

    A folder may get more options, missions, shocks, worlds and replicates, another baseline or another ``matters``.

    Raises
    ------
    OutputError
        With exit code 2.
    """
    if not folder.exists() or {entry.name for entry in folder.iterdir()} <= {LOCK, f".{MANIFEST}.partial"}:
        return
    where = f"out = {folder}"
    if read_manifest(folder, PROGRAM) is None:
        raise OutputError(f"{where}: holds files that are not of mandate compare. Choose another out=FOLDER.", 2)
    earlier = open_comparison(folder)
    if earlier["model"] != version:
        raise OutputError(
            f"{where}: its runs were made by another version of the model ({earlier['model']}; this is {version}), and "
            "numbers of two versions must not be mixed. Nothing was touched. Choose another out=FOLDER, or remove this one; it "
            f"can still be shown: mandate report {folder}",
            2,
        )
    old, plan = plan_from(earlier["plan"]), request.plan
    found = []
    for axis in GROWING:
        names = [part.name for part in getattr(plan, axis)]
        gone = [part.name for part in getattr(old, axis) if part.name not in names]
        found += [f"it has {axis} {', '.join(gone)}"] if gone else []
    found += [f"it has {n} = {getattr(old, n)}" for n in COUNTS if getattr(old, n) > getattr(plan, n)]
    if found:
        raise OutputError(
            f"{where}: holds a larger comparison ({'; '.join(found)}). A folder may grow, not shrink. Nothing was touched. "
            "Name these too, or choose another out=FOLDER.",
            2,
        )
    changed = _changed_cells(earlier, request, version)
    if changed:
        before, now = (" ".join(p.overrides) or "none" for p in (old, plan))
        raise OutputError(
            f"{where}: holds another comparison: {changed} had other settings or seeds (settings then: {before}; "
            f"now: {now}). Nothing was touched. Choose another out=FOLDER.",
            2,
        )


def _changed_cells(earlier: dict[str, Any], request: Request, version: str) -> str:
    """Name the first cell that both comparisons have, with other settings; empty if there is none."""
    ours = {cell for cells, n in stage_cells(request.plan).values() for cell in cells if n}
    for row in earlier["cells"]:
        cell = Cell(*(row[name] for name in Cell._fields))
        if cell not in ours or (request.leading and cell.world != request.plan.worlds[0].name):
            continue
        scenario = request.scenario(cell)
        seeds = row["seed"], row["world_seed"]
        if request.key(cell, version) != row["run"] or (scenario.seed, scenario.world_seed) != seeds:
            return f"{cell.option} in {cell.mission} under {cell.shock}, world {cell.world},"
    return ""


def plan_from(content: dict[str, Any]) -> Plan:
    """A plan from its manifest."""
    fields = {field.name for field in dataclasses.fields(Plan)}
    values = {name: value for name, value in content.items() if name in fields}
    values["options"] = tuple(Option(**{**o, "overrides": tuple(o["overrides"])}) for o in values["options"])
    for axis in GROWING[1:]:
        values[axis] = tuple(Named(**part) for part in values[axis])
    for name in ("world_options", "world_shocks", "overrides"):
        values[name] = tuple(values.get(name, ()))
    return Plan(**values)


def write_tables(study: Study, folder: Path) -> list[str]:
    """Write a study's tables; returns the names of the files."""
    written = []
    for name in TABLES:
        table = _for_readers(getattr(study, name), name)
        write_whole(folder / f"{name}.csv", _csv(table))
        written.append(f"{name}.csv")
    return written


def _for_readers(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table with what a reader of the file alone needs: units, directions and shares beside counts."""
    if name != "effects":
        return table
    unit, better = ({outcome: about[i] for outcome, about in OUTCOMES.items()} for i in (0, 1))
    table = table.assign(unit=table["outcome"].map(unit), better=table["outcome"].map(better))
    n = table["n"].astype(float).where(table["n"] > 0)
    return table.assign(**{f"share_{way}": table[f"n_{way}"] / n for way in ("lower", "same", "higher")})


def _csv(table: pd.DataFrame) -> Callable[[Path], None]:
    """A function that writes a table as CSV; missing numbers are empty."""
    return lambda path: table.to_csv(path, index=False, float_format=DIGITS, lineterminator="\n")
