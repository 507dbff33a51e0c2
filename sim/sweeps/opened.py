"""A sweep read back: design, runs and cases as tables, series and fans by query, all in pandas.

Reading changes nothing and needs no lock, so a sweep can be looked at while it is being made.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import did_you_mean
from sim.sweeps.design import DRAW, POINT, SAMPLE
from sim.sweeps.folder import open_sweep_manifest, read_plan
from sim.sweeps.plan import Cell, run_rows
from sim.sweeps.store import ABOUT, TABLES, Store

QUANTILES = (0.05, 0.5, 0.95)
RUN_COLUMNS = ("run", POINT, "option", "mission", "shock", "world", DRAW, "replicate", "seed", "world_seed",
               "ok", "error", "attempts", "seconds")  # fmt: skip


class DamagedParts(UserWarning):
    """Some runs are left out, because the files that hold them are damaged."""


class OpenSweep:
    """The results of a sweep.

    Attributes
    ----------
    folder
        Where it lies.
    manifest
        What it was made of: ``asked`` (command, kind of design, factors), ``cells`` with their scenarios, ``paths``,
        ``replicates``, versions.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.manifest: dict[str, Any] = open_sweep_manifest(self.folder)
        self.plan, self._keyed = read_plan(self.folder)
        self._store = Store(self.folder)
        damaged = self._store.damaged_parts()
        if damaged:
            warnings.warn(
                f"{self.folder}: {', '.join(damaged)} differ from what was written and are left out. "
                f"mandate resume {self.folder} sets them aside and makes their runs again.",
                DamagedParts,
                stacklevel=3,
            )

    @property
    def design(self) -> pd.DataFrame:
        """Design points: ``point``, ``draw`` (row of the ensemble, 0 without one), ``sample`` (row of the sampled ranges,
        the same under every combination of levels), then a column for each varied path.
        """
        return self.plan.design.copy()

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Runs that have ended: a row for each point, cell and replicate.

        ``run`` (its name in the store; one run may serve several points, for example where a dose is varied that an
        option does not have), ``point``, ``option``, ``mission``, ``shock``, ``world``, ``draw``, ``replicate``, ``seed``,
        ``world_seed``, ``ok``, ``error``, ``attempts``, ``seconds``, then varied values and the numbers of a run's summary.
        Runs share their luck where ``replicate`` and ``seed`` are equal. Failed runs have ``ok`` false and no numbers.
        """
        rows = run_rows(self._keyed, self.plan.replicates).merge(self.plan.design.drop(columns=SAMPLE), on=POINT)
        ended = rows.merge(self._made(), on="run", how="inner")
        columns = [*RUN_COLUMNS, *self.plan.paths]
        return ended[[*columns, *(name for name in ended if name not in (*columns, "key"))]]

    def _made(self) -> pd.DataFrame:
        """Finished and failed runs by name, with their numbers."""
        table = self._store.read("runs")
        made_from = {*ABOUT, *Cell._fields, *self.plan.paths} - {"run", "attempts", "seconds"}
        made = pd.DataFrame({"run": [], "attempts": [], "seconds": []}).astype({"run": str})
        if table is not None:
            made = table.select([name for name in table.column_names if name not in made_from]).to_pandas()
        made.insert(1, "ok", True)
        made.insert(2, "error", "")
        failed = []
        for name in sorted(self._store.failures.failed() - set(made["run"])):
            content = self._store.failures.read_failure(name) or {}
            failed.append({"run": name, "ok": False, **{k: content.get(k) for k in ("error", "attempts", "seconds")}})
        if failed:
            made = pd.concat([made, pd.DataFrame(failed)], ignore_index=True) if len(made) else pd.DataFrame(failed)
        return made.astype({"ok": bool, "attempts": int})

    @cached_property
    def cases(self) -> pd.DataFrame:
        """Cases of each run by ``kind``, ``authority``, ``forum`` and ``outcome``: ``n``, and ``mean_weeks`` to the outcome.

        Counts are of the simulated persons, not scaled back to all.
        """
        return self.query("select * from cases order by run, kind, authority, forum, outcome")

    @cached_property
    def funnel(self) -> pd.DataFrame:
        """Persons of the mission by stage of accountability in each run, ``true`` and ``observed``, full scale."""
        return self.query("select * from funnel")

    def series(self, indicators: Sequence[str] | str, where: str = "") -> pd.DataFrame:
        """Weekly values of some indicators.

        Parameters
        ----------
        indicators
            One name or several.
        where
            A condition in SQL on the columns of ``runs``, e.g. ``option = 'follow_up' and replicate < 4``; names with dots
            stand in double quotes.

        Returns
        -------
        DataFrame
            ``run, point, option, mission, shock, world, replicate, week``, then the indicators; in this order.
        """
        names = [indicators] if isinstance(indicators, str) else list(indicators)
        self._check("indicators", names, self._columns("series"))
        about = ("run", POINT, "option", "mission", "shock", "world", "replicate")
        columns = ", ".join([*(f"runs.{name}" for name in about), "week", *(f'"{name}"' for name in names)])
        order = ", ".join([*(f"runs.{name}" for name in about[1:]), "week"])
        return self.query(f"select {columns} from series join runs using (run) {_condition(where)} order by {order}")

    def fan(
        self, indicator: str, by: Sequence[str] | str = (), quantiles: Sequence[float] = QUANTILES, where: str = ""
    ) -> pd.DataFrame:
        """Quantiles of an indicator over runs, week by week.

        Parameters
        ----------
        indicator
            Name.
        by
            Columns of ``runs`` that get a fan each, e.g. ``option``.
        quantiles
            Shares between 0 and 1.
        where
            As for ``series``.

        Returns
        -------
        DataFrame
            Columns ``by``, ``week``, ``n`` (runs), then one for each quantile: ``p05, p50, p95``.
        """
        names = [by] if isinstance(by, str) else list(by)
        self._check("indicator", [indicator], self._columns("series"))
        self._check("by", names, list(self.runs.columns))
        wrong = [share for share in quantiles if not 0.0 <= share <= 1.0]
        if wrong or not quantiles:
            raise ValueError(
                f"quantiles = {list(quantiles)}: must be shares between 0 and 1. Write e.g. (0.05, 0.5, 0.95)."
            )
        keys = ", ".join([*(f'"{name}"' for name in names), "week"])
        found = self.query(
            f'select {keys}, count("{indicator}") as n, '
            f'quantile_cont("{indicator}", [{", ".join(map(repr, map(float, quantiles)))}]) as q '
            f"from series join runs using (run) {_condition(where)} group by {keys} order by {keys}"
        )
        values = found.pop("q")
        for i, share in enumerate(quantiles):
            found[f"p{100 * share:02g}"] = [math.nan if row is None else row[i] for row in values]
        return found

    def query(self, sql: str) -> pd.DataFrame:
        """Answer a question in SQL (DuckDB) on the views ``runs``, ``series``, ``cases``, ``funnel`` and ``design``."""
        return self._connection.execute(sql).df()

    @cached_property
    def _connection(self) -> Any:
        """A database in memory that sees the store's files."""
        import duckdb

        connection = duckdb.connect(":memory:")
        connection.register("runs", self.runs)
        connection.register("design", self.plan.design)
        for table in TABLES[1:]:
            paths = [str(path) for path in self._store.files(table)]
            if paths:
                source = connection.read_parquet(paths, union_by_name=True)
                source.create_view(table)
            else:
                connection.execute(f"create view {table} as select '' as run, 0.0 as week where false")
        return connection

    def _columns(self, table: str) -> list[str]:
        """Columns of a view."""
        return [row[0] for row in self._connection.execute(f"describe {table}").fetchall()]

    def _check(self, what: str, names: Sequence[str], known: Sequence[str]) -> None:
        """Refuse names a view does not have."""
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(f"{what} = {', '.join(unknown)}: unknown. {did_you_mean(unknown[0], known)}")


def open_sweep(folder: Path | str) -> OpenSweep:
    """Open a sweep's folder, finished or not.

    Every part is compared with its checksum; a damaged one is left out with a ``DamagedParts`` warning.

    Raises
    ------
    OutputError
        With exit code 2 when the folder is no sweep, or of another schema version.
    """
    return OpenSweep(folder)


def _condition(where: str) -> str:
    """A condition as part of a query."""
    return f"where {where}" if where else ""
