"""A study from the folder of a comparison: kept runs are read, tables are made; nothing is run.

Works on an unfinished comparison too: what is there is used, and replicates pair by number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.folder import RUNS, open_comparison, plan_from
from sim.analysis.plan import Cell
from sim.analysis.record import PLACE, SERIES_WEEKS
from sim.analysis.study import OUTCOMES, SERIES_SHOWN, Plan, Study
from sim.analysis.tables import (
    ABOUT,
    KEYS,
    cells_table,
    decomposition_table,
    deterrence_table,
    effects_table,
    funnel_table,
)
from sim.runs.kept import KeptRuns, run_name

SERIES_KEYS = ("mission", "shock", "world", "option", "replicate")
NOTES = (
    "Exploitation by place is approximate: quarterly counts of persons, each held for the weeks since the one before.",
    "Replicate i uses seed + i and world_seed + i in every scenario.",
)


class _Pile:
    """Columns that grow by small tables."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns: dict[str, list[Any]] = {name: [] for name in columns}

    def add(self, table: dict[str, list[Any]], same: dict[str, Any]) -> None:
        """Add rows; columns a table does not have are missing in them."""
        n = max((len(values) for values in table.values()), default=0)
        for name, values in self.columns.items():
            values += [same[name]] * n if name in same else table.get(name, [None] * n)

    def frame(self, numbers: tuple[str, ...] = ()) -> pd.DataFrame:
        """The table, with some columns as numbers."""
        return pd.DataFrame(self.columns).astype(dict.fromkeys(numbers, float))


def study_from_folder(path: str | Path) -> Study:
    """Rebuild a study from what is kept in a comparison's folder.

    Raises
    ------
    OutputError
        With exit code 2 when the folder is no comparison.
    """
    folder = Path(path)
    manifest = open_comparison(folder)
    plan = plan_from(manifest["plan"])
    store = KeptRuns(folder / RUNS)
    main = Cell(plan.missions[0].name, plan.shocks[0].name, plan.worlds[0].name, "")
    options = [option.name for option in plan.options]
    rows: list[dict[str, Any]] = []
    series = _Pile((*SERIES_KEYS, "week", "date", *SERIES_SHOWN))
    funnel = _Pile(("option", "replicate", "stage", "true", "observed"))
    cells = _Pile(("option", "replicate", *PLACE, "exploited_person_weeks"))
    for entry in manifest["cells"]:
        cell = Cell(*(entry[name] for name in Cell._fields))
        for i in range(entry["replicates"]):
            name = run_name(entry["run"], entry["seed"] + i, entry["world_seed"] + i)
            about = {**cell._asdict(), "replicate": i, "seed": entry["seed"] + i}
            run = store.read(name)
            if run is None:
                failure = store.read_failure(name)
                if failure is not None:
                    rows.append({**about, "ok": False, "error": failure["error"], "seconds": failure["seconds"]})
                continue
            rows.append({**about, "ok": True, "error": "", "seconds": run["seconds"], **run["summary"]})
            if not cell.twin:
                series.add(run["series"], about)
            if cell._replace(option="") == main:
                funnel.add(run["funnel"], about)
                cells.add(run["cells"], about)
    runs = pd.DataFrame(rows, columns=_run_columns(rows))
    runs = runs.astype({name: float for name in runs.columns if name not in ABOUT})
    own = runs[(runs["mission"] == main.mission) & (runs["shock"] == main.shock) & (runs["world"] == main.world)]
    done = own[own["ok"].astype(bool)]
    others = [name for name in options if name != plan.baseline]
    return Study(
        plan=plan,
        runs=runs,
        effects=effects_table(runs, plan.baseline, plan.matters_share),
        decomposition=decomposition_table(done, plan.baseline, others),
        deterrence=deterrence_table(done, plan.baseline, others),
        series=series.frame(SERIES_SHOWN),
        funnel=funnel_table(funnel.frame(("true", "observed")), options),
        cells=cells_table(cells.frame(("exploited_person_weeks",)), options),
        deployment=pd.DataFrame(manifest["deployment"]),
        parameters=pd.DataFrame(manifest["parameters"]).astype({"value": object}),
        provenance=_provenance(manifest, plan, runs),
        series_weeks=SERIES_WEEKS,
    )


def _run_columns(rows: list[dict[str, Any]]) -> list[str]:
    """What identifies a run, the outcomes in their order, then any other number."""
    others = dict.fromkeys(name for row in rows for name in row if name not in ABOUT and name not in OUTCOMES)
    return [*ABOUT, *OUTCOMES, *others]


def _provenance(manifest: dict[str, Any], plan: Plan, runs: pd.DataFrame) -> dict[str, Any]:
    """Where the numbers come from."""
    first = manifest["cells"][0]
    failed = runs.loc[~runs["ok"].astype(bool), [*KEYS, "seed", "error"]]
    return {
        "command": plan.command,
        "created": manifest.get("created", ""),
        "versions": manifest["versions"],
        "model": manifest["model"],
        "schema_version": manifest["schema_version"],
        "keys": {" / ".join(part for part in _names(cell) if part): cell["key"] for cell in manifest["cells"]},
        "scale": manifest["scenario"].get("scale", 1.0),
        "seeds": {"seed": first["seed"], "world_seed": first["world_seed"]},
        "runs_planned": manifest["planned"],
        "runs_finished": int(runs["ok"].astype(bool).sum()),
        "runs_failed": len(failed),
        "failed": failed.to_dict("records"),
        "run_seconds": float(runs["seconds"].sum()),
        "machine": manifest["machine"],
        "attributions": manifest["attributions"],
        "notes": list(NOTES),
    }


def _names(cell: dict[str, Any]) -> list[str]:
    """Names of a cell in order."""
    return [cell[name] for name in Cell._fields]
