"""The store of a sweep: finished runs in parts of some fifty, each a folder of Parquet files that is whole or absent.

``runs`` has a row a run with its inputs and summary, ``series`` a row a step, ``cases`` counts of cases, ``funnel`` the
stages of accountability; ``part.json`` has a checksum of each. A part whose checksums differ is never read. Runs that
failed lie in ``failures``, one file each.
"""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.runs.kept import KeptRuns
from sim.runs.whole import folder_whole, remove_partials, write_text

PARTS, FAILURES, DAMAGED = "parts", "failures", "damaged"
CHECK = "part.json"
TABLES = ("runs", "series", "cases", "funnel")
ABOUT = ("run", "key", "seed", "world_seed", "attempts", "seconds")
PART_RUNS, PART_SECONDS = 50, 60.0
ATTEMPTS = 3
CHUNK_BYTES = 1 << 20
PART_NAME = re.compile(r"part-(\d+)")


@dataclass(frozen=True)
class Kept:
    """One finished run on its way to the store.

    Attributes
    ----------
    about
        ``ABOUT``, then what the run was made from: mission, shock, world, option and varied values.
    content
        As a ``Recorder`` gives it.
    """

    about: dict[str, Any]
    content: dict[str, Any]


class Store:
    """Parts and failures in a sweep's folder; nothing is made before the first write.

    One process writes at a time, the holder of the folder's lock; any number may read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts = folder / PARTS
        self.failures = KeptRuns(folder / FAILURES)
        self._sound: dict[str, bool] = {}

    def part_names(self) -> list[str]:
        """Names of all parts, sound or not, in the order they were written."""
        found = (entry.name for entry in self.parts.iterdir()) if self.parts.is_dir() else ()
        return sorted((name for name in found if PART_NAME.fullmatch(name)), key=_number)

    def sound_parts(self) -> list[str]:
        """Names of parts whose files are as they were written; each part is checked once."""
        return [name for name in self.part_names() if self._is_sound(name)]

    def damaged_parts(self) -> list[str]:
        """Names of parts of which a file is missing or differs from its checksum."""
        return [name for name in self.part_names() if not self._is_sound(name)]

    def files(self, table: str) -> list[Path]:
        """The files of a table in all sound parts."""
        return [self.parts / name / f"{table}.parquet" for name in self.sound_parts()]

    def read(self, table: str, columns: list[str] | None = None) -> pa.Table | None:
        """Read a table of all sound parts, or some columns of it; None where there are no parts."""
        parts = [pq.ParquetFile(path).read(columns=columns) for path in self.files(table)]
        return pa.concat_tables(parts, promote_options="permissive") if parts else None

    def kept(self) -> set[str]:
        """Names of finished runs."""
        table = self.read("runs", ["run"])
        return set(table["run"].to_pylist()) if table is not None else set()

    def attempts(self, names: Iterable[str]) -> dict[str, int]:
        """Attempts that failed, of those of some runs that failed."""
        failed = self.failures.failed()
        return {name: self.failed_attempts(name) for name in names if name in failed}

    def fail(self, name: str, error: str, seconds: float, trace: str = "") -> int:
        """Keep why a run failed, and count the attempt; returns how many there were."""
        attempts = self.failed_attempts(name) + 1
        content = {"error": error, "attempts": attempts, "seconds": seconds, "trace": trace}
        self.failures.write_failure(name, content)
        return attempts

    def failed_attempts(self, name: str) -> int:
        """Attempts of a run that failed, 0 where there were none."""
        return int((self.failures.read_failure(name) or {}).get("attempts", 0))

    def size(self) -> int:
        """Bytes of all parts."""
        return sum(path.stat().st_size for path in self.parts.glob("part-*/*")) if self.parts.is_dir() else 0

    def tidy(self) -> list[str]:
        """Remove what a killed process left half-written and set damaged parts aside; returns where these are now."""
        for folder in (self.folder, self.parts, self.failures.folder):
            remove_partials(folder)
        moved = []
        for name in self.damaged_parts():
            aside = self.folder / DAMAGED / name
            aside.parent.mkdir(exist_ok=True)
            (self.parts / name).rename(aside)
            moved.append(f"{DAMAGED}/{name}")
        return moved

    def write(self, runs: list[Kept]) -> None:
        """Write some runs as a part, then forget that they ever failed."""
        name = self._next_name()
        with folder_whole(self.parts / name) as partial:
            for table, content in tables_of(runs).items():
                _write(content, partial / f"{table}.parquet")
            checks = {file.name: [file.stat().st_size, _checksum(file)] for file in sorted(partial.iterdir())}
            write_text(partial / CHECK, json.dumps({"runs": len(runs), "files": checks}, indent=1) + "\n")
        self._sound[name] = True
        for run in runs:
            self.failures.forgive(run.about["run"])

    def _next_name(self) -> str:
        """A name no part has had."""
        aside = self.folder / DAMAGED
        taken = [*self.part_names(), *(e.name for e in (aside.iterdir() if aside.is_dir() else ()))]
        return f"part-{max((_number(name) for name in taken), default=0) + 1:05}"

    def _is_sound(self, name: str) -> bool:
        """Whether all files of a part are there and as they were written."""
        if name not in self._sound:
            self._sound[name] = _is_sound(self.parts / name)
        return self._sound[name]


class PartWriter:
    """Collects finished runs and writes them in parts; what is left is written on leaving, however that happens."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._runs: list[Kept] = []
        self._since = 0.0

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def add(self, run: Kept) -> None:
        """Take a finished run; writes a part when one is full or a minute old."""
        if not self._runs:
            self._since = time.monotonic()
        self._runs.append(run)
        if len(self._runs) >= PART_RUNS or time.monotonic() - self._since >= PART_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what has been collected; on an error it is given up, since a second try would write it twice."""
        runs, self._runs = self._runs, []
        if runs:
            self._store.write(runs)


def tables_of(runs: list[Kept]) -> dict[str, pa.Table]:
    """The tables of a part."""
    rows = [run.about | run.content["summary"] for run in runs]
    tables = {"runs": pa.Table.from_pylist(rows)}
    for name in TABLES[1:]:
        columns = list(runs[0].content[name])
        lengths = [len(run.content[name][columns[0]]) for run in runs]
        owner = pa.DictionaryArray.from_arrays(
            pa.array(np.repeat(np.arange(len(runs), dtype=np.int32), lengths)),
            pa.array([run.about["run"] for run in runs]),
        )
        joined = {column: np.concatenate([run.content[name][column] for run in runs]) for column in columns}
        tables[name] = pa.table({"run": owner, **{column: _array(values) for column, values in joined.items()}})
    return tables


def bytes_of(run: Kept, n_rows: float) -> float:
    """Bytes that a run like this one takes among many, if its series had so many rows; heads of columns are shared by a part.

    Limits: a guess. Runs that resemble each other take less, a series that grows more.
    """
    tables = tables_of([run])
    series = tables.pop("series")
    half = series.num_rows // 2
    a_row = (_size(series) - _size(series.slice(0, half))) / (series.num_rows - half)
    return a_row * n_rows + sum(table.nbytes for table in tables.values())


def _size(table: pa.Table) -> int:
    """Bytes of a table's file."""
    sink = pa.BufferOutputStream()
    _write(table, sink)
    return int(sink.getvalue().size)


def _write(table: pa.Table, where: Any) -> None:
    """Write a table as Parquet; the bytes of real numbers lie apart by their place, which halves what noise takes."""
    reals = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    others = [name for name in table.column_names if name not in reals]
    encoding = dict.fromkeys(reals, "BYTE_STREAM_SPLIT")
    pq.write_table(table, where, compression="zstd", use_dictionary=others, column_encoding=encoding)


def _array(values: np.ndarray) -> pa.Array:
    """A column; texts stay texts where there are none."""
    return pa.array(values, pa.string() if values.dtype == object else None)


def _number(name: str) -> int:
    """Number of a part; 0 for any other name."""
    found = PART_NAME.fullmatch(name)
    return int(found.group(1)) if found else 0


def _is_sound(part: Path) -> bool:
    """Whether all files of a part are there and as they were written."""
    try:
        checks = json.loads((part / CHECK).read_text(encoding="utf-8"))["files"]
        return set(checks) >= {f"{table}.parquet" for table in TABLES} and all(
            (part / file).stat().st_size == size and _checksum(part / file) == checksum
            for file, (size, checksum) in checks.items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _checksum(path: Path) -> int:
    """Checksum of a file, which finds damage but no ill will."""
    value = 0
    for chunk in _chunks(path):
        value = zlib.crc32(chunk, value)
    return value


def _chunks(path: Path) -> Iterator[bytes]:
    """A file piece by piece."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
