"""Finished runs kept one file each, so that a stopped command loses nothing, repeats nothing and counts nothing twice.

A file is named by what made it: a hash of scenario, model and format, then the two seeds. It is written beside its
place, then renamed, so that it is whole or absent. What a file holds is not known here.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from sim.errors import OutputError
from sim.runs.whole import remove_partials, write_whole
from sim.scenario import Scenario
from sim.sources import ROOT, model_digest

FORMAT = 1
KEPT, FAILED, LOCK = ".json.gz", ".failed.json", ".lock"
KEY_DIGITS = 16


@cache
def model_version(schema: str = "") -> str:
    """First hex digits of a hash of the model's code, its dated tables and ``schema``, the form of what is kept."""
    digest = hashlib.sha256(f"{FORMAT}:{schema}:{model_digest()}".encode())
    for path in sorted((ROOT / "world" / "data").rglob("*.csv")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    for table in sorted(_tables(Path(str(resources.files("sim.scenarios") / "mission")))):
        digest.update(table.name.encode() + table.read_bytes())
    return digest.hexdigest()[:KEY_DIGITS]


def _tables(folder: Path) -> list[Path]:
    """Dated tables below a folder."""
    return [path for path in folder.rglob("*.csv") if path.is_file()]


def scenario_key(scenario: Scenario, version: str) -> str:
    """First hex digits of a hash of a scenario without its seeds, of its own tables if it has some, and of the model.

    Longer than ``Scenario.key``, because a store may hold many thousands of scenarios.
    """
    content = scenario.as_dict()
    content.pop("seed")
    content.pop("world_seed")
    digest = hashlib.sha256(f"{version}:{json.dumps(content, sort_keys=True, default=str)}".encode())
    for name, policy in sorted(scenario.policy.items()):  # two policies may share their fields
        digest.update(f"{name}:{type(policy).__qualname__}".encode())
    own = Path(scenario.mission.tables)
    if len(own.parts) > 1:
        for table in sorted(_tables(own)):
            digest.update(table.name.encode() + table.read_bytes())
    return digest.hexdigest()[:KEY_DIGITS]


def run_name(key: str, seed: int, world_seed: int) -> str:
    """Name of a run in a store."""
    return f"{key}-{seed}-{world_seed}"


class KeptRuns:
    """A folder of finished and failed runs.

    Parameters
    ----------
    folder
        Made at the first write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def kept(self) -> set[str]:
        """Names of finished runs."""
        return self._names(KEPT)

    def failed(self) -> set[str]:
        """Names of runs that failed and have not succeeded since."""
        return self._names(FAILED) - self.kept()

    def _names(self, ending: str) -> set[str]:
        if not self.folder.is_dir():
            return set()
        found = (entry.name for entry in self.folder.iterdir())
        return {name.removesuffix(ending) for name in found if name.endswith(ending) and not name.startswith(".")}

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Keep a finished run; numbers keep every digit, NaN becomes null."""
        text = json.dumps(_plain(content), separators=(",", ":"), allow_nan=False)
        self._write(f"{name}{KEPT}", gzip.compress(text.encode(), 6, mtime=0))
        self.forgive(name)

    def forgive(self, name: str) -> None:
        """Forget that a run failed."""
        (self.folder / f"{name}{FAILED}").unlink(missing_ok=True)

    def write_failure(self, name: str, content: dict[str, Any]) -> None:
        """Keep why a run failed."""
        self._write(f"{name}{FAILED}", (json.dumps(_plain(content), indent=1) + "\n").encode())

    def _write(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / name, lambda partial: _write_bytes(partial, content))

    def read(self, name: str) -> dict[str, Any] | None:
        """Return a finished run; None if it is not there or its file is damaged."""
        try:
            content = json.loads(gzip.decompress((self.folder / f"{name}{KEPT}").read_bytes()))
        except (OSError, EOFError, ValueError, zlib.error):
            return None
        return content if isinstance(content, dict) else None

    def read_failure(self, name: str) -> dict[str, Any] | None:
        """Return why a run failed; None if it did not."""
        try:
            content = json.loads((self.folder / f"{name}{FAILED}").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return content if isinstance(content, dict) else None

    def discard(self, name: str) -> None:
        """Remove a run whose file cannot be read, so that it is made again."""
        (self.folder / f"{name}{KEPT}").unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a killed process left half-written; only for the holder of the lock."""
        remove_partials(self.folder)

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.folder.iterdir()) if self.folder.is_dir() else 0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for one process; the system lets go of it whatever ends the process.

    Raises
    ------
    OutputError
        With exit code 4 when another process holds it.

    Notes
    -----
    Limits: no lock where the system has none of this kind (Windows); files are whole there all the same.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError(
                f"out = {folder.parent}: another command is working there. Wait for it, or choose another out=FOLDER."
            ) from error
        yield


def _write_bytes(path: Path, content: bytes) -> None:
    """Write bytes."""
    path.write_bytes(content)


def _plain(value: Any) -> Any:
    """Values JSON knows; numbers that are none become null."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return value
