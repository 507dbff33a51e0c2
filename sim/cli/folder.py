"""The result folder: checked before a run, filled beside its place, and put there in one go.

An interrupted or failed run leaves nothing. What a folder holds and whether it is ours is known by `sim.runs.files`.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import OutputError

FIGURES = "figures"


def check_place(folder: Path) -> None:
    """Refuse a place nothing can be written to.

    Raises
    ------
    OutputError
        If a file stands in the way or permission is missing.
    """
    nearest = _nearest(folder)
    if not nearest.is_dir():
        raise OutputError(f"out = {folder}: {nearest} is a file, not a folder. Choose another out=FOLDER.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(f"out = {folder}: no permission to write in {nearest}. Choose another out=FOLDER.")


def free_bytes(folder: Path) -> int:
    """Free space where a folder is or would be."""
    return shutil.disk_usage(_nearest(folder)).free


def _nearest(folder: Path) -> Path:
    """The nearest folder that exists."""
    nearest = folder.absolute()
    return nearest if nearest.exists() else _nearest(nearest.parent)


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Give a folder to fill; on success its files take their place, else nothing remains.

    Files of an earlier run with the same names are replaced, its figures all; other files stay.
    """
    missing = [parent for parent in [folder, *folder.parents] if not parent.exists()][1:]
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = folder.parent / f".{folder.name}.partial-{os.getpid()}"
    done = False
    try:
        partial.mkdir()
        yield partial
        with _uninterrupted():
            _publish(partial, folder)
        done = True
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if not done:
            for parent in missing:
                if parent.is_dir() and not any(parent.iterdir()):
                    parent.rmdir()


def _publish(partial: Path, folder: Path) -> None:
    """Put a filled folder into its place, or its files into an earlier run's folder."""
    if not folder.exists():
        partial.rename(folder)
        return
    shutil.rmtree(folder / FIGURES, ignore_errors=True)
    for source in sorted(path for path in partial.rglob("*") if path.is_file()):
        target = folder / source.relative_to(partial)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold back Ctrl-C for the moment in which files move."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, earlier)
