"""From the words of ``mandate sweep``, typed or in a design file, to a plan: every problem found before anything is run."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.asked import read_count
from sim.cli.design_file import TABLES, add_file, read_table
from sim.cli.varied import is_range, path_problem, read_factor
from sim.cli.words import Words, command
from sim.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.alternatives import Alternatives
    from sim.scenario import Scenario
    from sim.sweeps.plan import Cell, SweepPlan

RESULTS = "results"


@dataclass(frozen=True)
class Workers:
    """Where runs are made."""

    n: int
    engine: str
    address: str


@dataclass(frozen=True)
class Swept:
    """What was asked for, checked but for the single scenarios.

    Attributes
    ----------
    plan
        Cells, design and replicates.
    workers
        Where runs are made.
    folder
        Where results go; None = to be named after the plan.
    """

    plan: SweepPlan
    workers: Workers
    folder: Path | None


def read_swept(words: Words) -> Swept:
    """Read the words of a sweep.

    Raises
    ------
    ScenarioError
        With every problem that can be told without composing each single scenario.
    """
    from sim.cli.help import VERBS
    from sim.config.alternatives import read_alternatives
    from sim.scenario import Scenario, policy_of
    from sim.sweeps.design import design_points, table_points
    from sim.sweeps.plan import SweepPlan

    typed, named = command("sweep", words), add_file(words, VERBS["sweep"].keys)
    found = list(words.problems)
    replicates = read_count(words, "replicates", 1, 1, found)
    points = read_count(words, "points", 1, 1, found)
    workers = read_workers(words, found)
    varied, common = split_overrides(words.overrides)
    alternatives, problems = read_alternatives(common, None, fewest=1)
    found += problems
    tables = {key: read_table(key, words.keys[key], found) for key in TABLES if key in words.keys}
    indicators = _indicators(words.keys.get("indicators", ""), found)
    if alternatives is None:
        raise ScenarioError(found)
    cells = _cells(alternatives, found)
    scenarios = list(cells.values()) or [Scenario()]  # without any, paths of policies cannot be judged
    judged = {path: raw for path, raw in varied.items() if cells or not policy_of(path)}
    factors = [factor for path, raw in judged.items() if (factor := read_factor(path, raw, scenarios, found))]
    found += _twice(varied, tables) + [p for table in tables.values() for p in _unknown(table, scenarios)]
    kind = words.keys.get("design", "factorial")
    found += _design_problems(words, kind, varied, tables)
    if found:
        raise ScenarioError(found)
    about = {
        "command": typed,
        "design": "table" if "table" in tables else kind,
        "factors": varied,
        "common": list(alternatives.common),
    }
    design = table_points(tables["table"]) if "table" in tables else design_points(factors, kind, points, tables.get("draws"))
    plan = SweepPlan(cells, design, replicates, indicators, about)
    out = words.keys.get("out") or (f"{RESULTS}/{named}" if named else "")
    return Swept(plan, workers, Path(out) if out else None)


def read_workers(words: Words, found: list[str]) -> Workers:
    """Where runs are to be made."""
    from sim.sweeps.engine import DASK, ENGINES, LOCAL

    n = read_count(words, "workers", os.cpu_count() or 1, 1, found)
    engine, address = words.keys.get("engine", LOCAL), words.keys.get("address", "")
    if engine not in ENGINES:
        found.append(f"engine = {engine}: unknown. {did_you_mean(engine, ENGINES)}")
    if address and engine != DASK:
        found.append(f"address = {address}: belongs to a dask cluster. Add engine=dask, or leave it out.")
    return Workers(n, engine, address)


def split_overrides(texts: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Part overrides that vary a value from those that are common to all runs or name alternatives."""
    from sim.config.alternatives import TAKE_SEVERAL, read_levels

    varied: dict[str, str] = {}
    common = []
    for text in texts:
        path, _, raw = (part.strip() for part in text.partition("="))
        is_varied = is_range(raw) or len(read_levels(path, raw)) > 1
        if path not in (*TAKE_SEVERAL, "config_dir", "scenario") and is_varied and path not in varied:
            varied[path] = raw
        else:
            common.append(text)
    return varied, common


def _unknown(table: pd.DataFrame, scenarios: Iterable[Scenario]) -> list[str]:
    """Problems of a table's column names."""
    return [problem for path in table.columns if (problem := path_problem(str(path), scenarios))]


def _twice(varied: dict[str, str], tables: dict[str, pd.DataFrame]) -> list[str]:
    """Paths that are varied in two ways."""
    seen = set(varied)
    found = []
    for key, table in tables.items():
        found += [f"{key}: varies {path}, which is varied already. Keep one of them." for path in table if path in seen]
        seen |= set(table.columns)
    return found


def _design_problems(words: Words, kind: str, varied: dict[str, str], tables: dict[str, pd.DataFrame]) -> list[str]:
    """Words about the design that do not go together."""
    from sim.sweeps.design import DESIGNS

    given = [key for key in ("design", "draws", "points") if key in words.keys]
    if "table" in tables:
        extra = [*varied, *given]
        return [f"table: is a whole design, beside {', '.join(extra)}. Keep one of them."] if extra else []
    ranges = [path for path, raw in varied.items() if is_range(raw)]
    if kind not in DESIGNS:
        return [f"design = {kind}: unknown. {did_you_mean(kind, DESIGNS)}"]
    if ranges and "points" not in words.keys:
        return [f"points: is missing, but {ranges[0]} has a range to be sampled. Write e.g. points=64."]
    if not ranges and {"design", "points"} & set(given):
        return [f"design = {kind}: no range is to be sampled. Write PATH=LOW..HIGH, or leave design and points out."]
    return []


def _cells(alternatives: Alternatives, found: list[str]) -> dict[Cell, Scenario]:
    """Every combination of missions, shocks, worlds and options, composed."""
    from sim.sweeps.plan import Cell

    cells = {}
    for mission in alternatives.missions:
        for shock in alternatives.shocks:
            for world in alternatives.worlds:
                for option in alternatives.options:
                    cell = Cell(mission, shock, world, option.name)
                    try:
                        cells[cell] = alternatives.scenario(*cell)
                    except ScenarioError as error:
                        found += error.problems
    return cells


def _indicators(text: str, found: list[str]) -> tuple[str, ...]:
    """Names of indicators, () = all."""
    from sim.sweeps.record import indicator_names

    names = tuple(name.strip() for name in text.split(",") if name.strip())
    known = indicator_names()
    found += [f"indicators = {name}: unknown. {did_you_mean(name, known)}" for name in names if name not in known]
    return names
