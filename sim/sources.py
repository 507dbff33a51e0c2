"""Which code this process runs, as hashes: of the rules, to which compiled code is bound, and of the model.

Both are taken once, when the first rule is declared, so that compiled code and what is written beside results
speak of the same sources even if files change while a process runs. What turns numbers into words and pictures is
in neither.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# Parts of the package that turn scenarios into words and pictures, not into numbers.
NOT_MODEL = frozenset(
    {"analysis", "cli", "config", "ready", "report", "scenarios", "studio", "sweeps", "viz"}
)
# Parts of the model above the rules: they declare no rule, and nothing that feeds a rule's code may import them.
ABOVE_RULES = frozenset({"__init__", "__main__", "agents", "explain", "model", "policies", "runs", "schedule"})


@cache
def rules_digest() -> str:
    """Hash of every file that holds compiled rules, or constants and types that may be written into them."""
    return read_rules()


def read_rules() -> str:
    """The same as the files are now, which may have changed since this process began."""
    return _hash_of(NOT_MODEL | ABOVE_RULES)


@cache
def model_digest() -> str:
    """Hash of the model's code, rules included as this process knows them."""
    return hashlib.sha256(f"{rules_digest()}:{_hash_of(NOT_MODEL)}".encode()).hexdigest()


def _hash_of(left_out: frozenset[str]) -> str:
    """Hash of names and contents of the package's Python files, but for some parts; a few milliseconds."""
    digest = hashlib.sha256()
    for name, path in _files(ROOT, "", left_out):
        content = Path(path).read_bytes()
        digest.update(f"{name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _files(folder: str | Path, prefix: str, left_out: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Name and path of the Python files below a folder, in a fixed order."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if prefix + entry.name.removesuffix(".py") in left_out or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _files(entry.path, f"{prefix}{entry.name}/", left_out)
        elif entry.name.endswith(".py"):
            yield prefix + entry.name, entry.path
