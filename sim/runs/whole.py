"""Files that are whole or absent: written beside their place, made sure of on the disk, then given their name.

A name that starts with a dot and ends with ``.partial`` is what a killed process left behind; nobody reads it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PARTIAL = ".partial"


def write_whole(path: Path, write: Callable[[Path], None]) -> Path:
    """Write a file under a temporary name, make sure it is on the disk, then give it its name."""
    partial = _beside(path)
    try:
        write(partial)
        sync(partial)
        partial.replace(path)
        sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)
    return path


@contextmanager
def folder_whole(path: Path) -> Iterator[Path]:
    """Give a folder to fill with files; on success it takes its place, which must be free, else nothing remains."""
    partial = _beside(path)
    try:
        partial.mkdir(parents=True)
        yield partial
        for file in sorted(partial.iterdir()):
            sync(file)
        sync(partial)
        partial.rename(path)
        sync(path.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_text(path: Path, text: str) -> Path:
    """Write text in UTF-8 with plain line ends, whole or not at all."""
    return write_whole(path, lambda partial: _write_text(partial, text))


def remove_partials(folder: Path) -> None:
    """Remove what a killed process left half-written; only for the holder of the folder's lock."""
    for path in folder.glob(f".*{PARTIAL}") if folder.is_dir() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk.

    Limits: folders are left to the system where it cannot open them (Windows).
    """
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(path: Path) -> Path:
    """The temporary name of a file or folder."""
    return path.with_name(f".{path.name}{PARTIAL}")


def _write_text(path: Path, text: str) -> None:
    """Write text in UTF-8 with plain line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")
