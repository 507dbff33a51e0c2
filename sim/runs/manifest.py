"""Manifests: the file by which a folder of ours is recognised, and what of the machine and libraries stands in it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.errors import OutputError

MANIFEST = "manifest.json"
PACKAGES = ("mandate", "mesa", "numpy", "scipy", "pandas", "numba", "hydra-core")


def read_manifest(folder: Path, program: str) -> dict[str, Any] | None:
    """The manifest a program has written into a folder, None for any other folder."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("program") == program else None


def open_manifest(folder: Path, program: str, schema_version: int) -> dict[str, Any]:
    """The manifest a program has written into a folder.

    Raises
    ------
    OutputError
        With exit code 2 when there is none, it is damaged, or of another schema version.
    """
    content = read_manifest(folder, program)
    if content is None:
        why = f"its {MANIFEST} is damaged or of another program" if (folder / MANIFEST).exists() else "it has no manifest"
        raise OutputError(f"{folder}: is not a folder of {program} ({why}). Give a folder it has written.", 2)
    if content.get("schema_version") != schema_version:
        raise OutputError(
            f"{folder}: written with schema version {content.get('schema_version')}, this program reads {schema_version}. "
            f"Nothing was touched. Give {program} another folder, or use the version that wrote this one.",
            2,
        )
    return content


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Versions of Python and of some packages; ``not installed`` where one runs from a bare checkout."""
    return {"python": platform.python_version(), **{name: _version(name) for name in packages}}


def machine() -> dict[str, Any]:
    """What the numbers were made on."""
    return {"cores": os.cpu_count(), "system": platform.system(), "processor": platform.machine()}


def _version(package: str) -> str:
    """Installed version of a package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
