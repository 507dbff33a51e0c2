"""From the words of ``mandate sweep``, typed or in a design file, to a plan: every problem found before anything is run."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.asked import read_count
from sim.cli.words import Words
from sim.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from sim.config.alternatives import Alternatives
    from sim.scenario import Scenario
    from sim.sweeps.design import Factor
    from sim.sweeps.plan import Cell, SweepPlan

DESIGN_FILE, RESULTS = "design.yaml", "results"
FILES = ("config_dir", "draws", "scenario", "table")  # paths, in a design file relative to it
NOT_RESULTS = ("address", "engine", "out", "workers")  # words that change no number
TO, DECLARED = "..", "range"


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
    from sim.config.alternatives import read_alternatives
    from sim.scenario import Scenario, policy_of
    from sim.sweeps.design import design_points, table_points
    from sim.sweeps.plan import SweepPlan

    typed, named = _command(words), _add_file(words)
    found = list(words.problems)
    replicates = read_count(words, "replicates", 1, 1, found)
    points = read_count(words, "points", 1, 1, found)
    workers = read_workers(words, found)
    varied, common = split_overrides(words.overrides)
    alternatives, problems = read_alternatives(common, None, fewest=1)
    found += problems
    tables: dict[str, pd.DataFrame] = {
        key: _table(key, words.keys[key], found) for key in ("draws", "table") if key in words.keys
    }
    indicators = _indicators(words.keys.get("indicators", ""), found)
    if alternatives is None:
        raise ScenarioError(_unique(found))
    cells = _cells(alternatives, found)
    scenarios = list(cells.values()) or [Scenario()]  # without any, paths of policies cannot be judged
    judged = {path: raw for path, raw in varied.items() if cells or not policy_of(path)}
    factors = [factor for path, raw in judged.items() if (factor := read_factor(path, raw, scenarios, found))]
    found += _twice(varied, tables) + [p for table in tables.values() for p in _unknown(table, scenarios)]
    kind = words.keys.get("design", "factorial")
    found += _design_problems(words, kind, varied, tables)
    if found:
        raise ScenarioError(_unique(found))
    design = (
        table_points(tables["table"])
        if "table" in tables
        else design_points(factors, kind, points, tables.get("draws"))
    )
    about = {
        "command": typed,
        "design": "table" if "table" in tables else kind,
        "factors": varied,
        "common": list(alternatives.common),
    }
    out = words.keys.get("out") or (f"{RESULTS}/{named}" if named else "")
    plan = SweepPlan(cells, design, replicates, indicators, about)
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
        is_varied = TO in raw or raw == DECLARED or len(read_levels(path, raw)) > 1
        if path not in (*TAKE_SEVERAL, "config_dir", "scenario") and is_varied and path not in varied:
            varied[path] = raw
        else:
            common.append(text)
    return varied, common


def read_factor(path: str, raw: str, scenarios: Iterable[Scenario], found: list[str]) -> Factor | None:
    """Read ``LOW..HIGH``, ``range`` or ``A,B,C`` of a path; None and a problem where that cannot be done."""
    from sim.config.alternatives import read_levels
    from sim.scenario import declared
    from sim.sweeps.design import Factor

    problem = _path_problem(path, scenarios)
    if problem:
        found.append(problem)
        return None
    if levels := read_levels(path, raw):
        return _levels(path, raw, levels, found)
    info = next((i for scenario in scenarios for i in declared(scenario) if i.path == path), None)
    if info is None or info.low is None or info.high is None or isinstance(info.value, bool):
        found.append(f"{path} = {raw}: has no range, since it is no number with bounds. Name values: {path}=A,B.")
        return None
    low, high = (info.low, info.high) if raw == DECLARED else _ends(raw)
    is_whole = isinstance(info.value, int)
    if not low < high or (is_whole and (low % 1 or high % 1)):
        kind = "whole numbers" if is_whole else "numbers"
        found.append(f"{path} = {raw}: ends must be two rising {kind}. Write {path}={info.low:g}..{info.high:g}.")
        return None
    if low < info.low or high > info.high:
        found.append(
            f"{path} = {raw}: must lie between {info.low:g} and {info.high:g} ({info.unit}). Choose ends in that range."
        )
        return None
    return Factor(path, (), low, high, is_whole)


def _levels(path: str, raw: str, levels: list[Any], found: list[str]) -> Factor | None:
    """A factor of named values, all of one kind, each once."""
    from sim.sweeps.design import Factor

    kinds = {"number" if isinstance(v, int | float) and not isinstance(v, bool) else type(v).__name__ for v in levels}
    if len(kinds) > 1 or kinds - {"number", "bool", "str"}:
        found.append(f"{path} = {raw}: levels must be all numbers, all texts, or true and false. Write {path}=A,B.")
    elif len(set(levels)) < len(levels):
        found.append(f"{path} = {raw}: names a level twice. Name each once.")
    else:
        return Factor(path, tuple(levels))
    return None


def _ends(raw: str) -> tuple[float, float]:
    """Two numbers with dots between them; not a number where they are none."""
    low, _, high = raw.partition(TO)
    try:
        return float(low), float(high)
    except ValueError:
        return float("nan"), float("nan")


def _path_problem(path: str, scenarios: Iterable[Scenario]) -> str:
    """Say that no scenario has a path; empty where one has."""
    from sim.scenario import policy_of

    problem = ""
    for scenario in scenarios:
        try:
            scenario.with_({path: None})
        except ScenarioError as error:
            problem = error.problems[0]
            if "unknown name" not in problem and "names a group" not in problem:
                return ""
        else:
            return ""
    name, known = policy_of(path), sorted({name for scenario in scenarios for name in scenario.policy})
    if name and name not in known:
        return f"{path}: no option has policy {name}. {did_you_mean(name, known)}"
    return problem.replace(" = None", "")


def _unknown(table: pd.DataFrame, scenarios: Iterable[Scenario]) -> list[str]:
    """Problems of a table's column names."""
    return [problem for path in table.columns if (problem := _path_problem(str(path), scenarios))]


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
    ranges = [path for path, raw in varied.items() if TO in raw or raw == DECLARED]
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


def _table(key: str, path: str, found: list[str]) -> pd.DataFrame:
    """A table of values by path."""
    import pandas as pd

    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        found.append(f"{key} = {path}: cannot be read ({reason}). Give a CSV file with a column for each path.")
        return pd.DataFrame()
    if table.empty or table.isna().any().any():
        found.append(f"{key} = {path}: has empty cells or no rows. Give every value of every row.")
    return table


def _indicators(text: str, found: list[str]) -> tuple[str, ...]:
    """Names of indicators, () = all."""
    from sim.sweeps.record import indicator_names

    names = tuple(name.strip() for name in text.split(",") if name.strip())
    known = indicator_names()
    found += [f"indicators = {name}: unknown. {did_you_mean(name, known)}" for name in names if name not in known]
    return names


def _add_file(words: Words) -> str:
    """Add the words of a design file to those typed, which win; returns the name of its folder."""
    if not words.plain:
        return ""
    if len(words.plain) > 1:
        words.problems.append(f"{' '.join(words.plain)}: a sweep has one design. Name one folder or file.")
        return ""
    place = Path(words.plain[0])
    path = place / DESIGN_FILE if place.is_dir() else place
    texts, problem = read_design_file(path)
    words.problems += [problem] if problem else []
    from sim.cli.help import VERBS

    typed = {text.partition("=")[0].strip() for text in words.overrides} | set(words.keys)
    for key, value in texts.items():
        if key in typed:
            continue
        if key in VERBS["sweep"].keys:
            words.keys[key] = value
        else:
            words.overrides.append(f"{key}={value}")
    return path.parent.resolve().name if path.name == DESIGN_FILE else path.stem


def read_design_file(path: Path) -> tuple[dict[str, str], str]:
    """Read ``name: value`` lines as the words they stand for; a list is alternatives, nested names get dots."""
    from yaml import YAMLError, safe_load  # type: ignore[import-untyped]

    try:
        content = safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, YAMLError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        return {}, f"{path}: cannot be read ({reason}). Give a folder with {DESIGN_FILE}, or such a file."
    if not isinstance(content, dict):
        return {}, f"{path}: must hold 'name: value' lines. See mandate sweep --help."
    texts = _texts(content, "")
    for key in FILES:
        if key in texts:
            texts[key] = str(path.parent / texts[key])
    return texts, ""


def _texts(content: dict[Any, Any], prefix: str) -> dict[str, str]:
    """Nested names as dotted paths, values as they would be typed."""
    texts: dict[str, str] = {}
    for key, value in content.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict):
            texts |= _texts(value, f"{path}.")
        else:
            texts[path] = ",".join(map(_typed, value)) if isinstance(value, list) else _typed(value)
    return texts


def _typed(value: Any) -> str:
    """A value as it would be typed."""
    if isinstance(value, list):
        return f"[{','.join(map(_typed, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _command(words: Words) -> str:
    """The command that makes these numbers again."""
    keys = [f"{key}={value}" for key, value in words.keys.items() if key not in NOT_RESULTS]
    return shlex.join(["mandate", "sweep", *words.plain, *words.overrides, *keys])


def _unique(problems: Iterable[str]) -> list[str]:
    """Each problem once, in order."""
    return list(dict.fromkeys(problems))
