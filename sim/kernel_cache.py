"""Compiled rules on disk, bound to the sources of all rules: a changed rule is never answered with old code.

Numba's own cache notices a change of the file a rule stands in, not of a rule that it calls from another file.
Here compiled code lies in a folder named by a hash of all sources that can reach it, of the compiler and of the
processor it is for: after any change the name is another. One file a rule and signature, written whole or not at
all, so that many processes may fill it.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import pickle
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding
import numba
from numba.core import compiler
from numba.core.caching import _Cache
from numba.core.codegen import get_host_cpu_features
from numba.core.registry import cpu_target
from numba.core.serialize import dumps
from numba.misc.appdirs import AppDirs

from sim.sources import ROOT, read_rules, rules_digest

config: Any = numba.config  # its names are made when it is imported
ENDING, READY = ".nbc", "ready"
KEPT_FOLDERS = 2  # of earlier versions, which a switch between branches finds again
# Compiled rules that came with the package: for what processor, what that must be able to do, where they are.
PORTABLE, NEEDED = "x86-64-v3", ("avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe")
SHIPPED = ROOT / "shipped_rules"
# Settings of the compiler that change what it writes.
SETTINGS = (
    "OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "ENABLE_AVX", "DISABLE_INTEL_SVML", "BOUNDSCHECK",
    "DEBUGINFO_DEFAULT",
)  # fmt: skip


class RuleCache(_Cache):
    """What Numba asks for compiled code of one rule.

    Parameters
    ----------
    rule
        The Python function.
    """

    def __init__(self, rule: Any) -> None:
        self._rule = rule
        self._enabled = True
        rules_digest()  # as near to the reading of this rule as can be

    @property
    def cache_path(self) -> str:
        """Folder of this version."""
        return str(folder())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Compiled code for a signature; None where there is none, or its file is damaged."""
        target_context.refresh()
        if not self._enabled:
            return None
        key = self._key(sig)
        for place in places():
            payload = _read(place / self._name(key), key)
            if payload is not None:
                return compiler.CompileResult._rebuild(target_context, *payload)
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code, unless it holds addresses of this process or sources have changed since."""
        is_bound = data.library.has_dynamic_globals or any(not lifted.can_cache for lifted in data.lifted)
        if not self._enabled or is_bound or read_rules() != rules_digest():
            return
        key = self._key(sig)
        with contextlib.suppress(OSError):  # a full disk stops no run
            _write(folder() / self._name(key), dumps((key, data._reduce())))

    def holds(self, sig: Any) -> bool:
        """Say whether there is compiled code for a signature."""
        name = self._name(self._key(sig))
        return any((place / name).exists() for place in places())

    def enable(self) -> None:
        """Use the cache."""
        self._enabled = True

    def disable(self) -> None:
        """Neither read nor write."""
        self._enabled = False

    def flush(self) -> None:
        """Forget what is kept of this rule."""
        for path in folder().glob(f"{self._stem()}-*{ENDING}"):
            path.unlink(missing_ok=True)

    def _key(self, sig: Any) -> tuple[Any, ...]:
        """What compiled code must have been made from."""
        cells = self._rule.__closure__
        bound = dumps(tuple(cell.cell_contents for cell in cells)) if cells else b""
        return (self._rule.__module__, self._rule.__qualname__, self._rule.__code__.co_code, bound, sig)

    def _stem(self) -> str:
        name = f"{self._rule.__module__}.{self._rule.__qualname__}"
        return "".join(letter for letter in name if letter.isalnum() or letter in "._")

    def _name(self, key: tuple[Any, ...]) -> str:
        """Name of a file; what it holds is compared with the whole key when it is read."""
        return f"{self._stem()}-{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}{ENDING}"


def needs_compiling() -> bool:
    """Say whether rules have yet to be compiled for this version; never where compilation is off."""
    return not config.DISABLE_JIT and not any((place / READY).exists() for place in places())


def mark_ready() -> None:
    """Note that what a run needs has been compiled for this version."""
    with contextlib.suppress(OSError):
        _write(folder() / READY, b"")


def places() -> Iterator[Path]:
    """Folders in which compiled code of this version may lie, first the one that is written to."""
    yield folder()
    if SHIPPED.is_dir():
        yield SHIPPED / version()


@cache
def folder() -> Path:
    """Folder of compiled code of this version, made if need be; then those of versions long gone are removed."""
    root, name = next(root for root in _roots() if _is_writable(root)), version()
    found = root / name
    if not found.is_dir():
        found.mkdir(parents=True, exist_ok=True)
        _tidy(root, name)
    with contextlib.suppress(OSError):
        os.utime(found)  # the ones used last are kept
    return found


def version(processor: tuple[str, str, str] | None = None) -> str:
    """Python, then a hash of the rules' sources, the compiler, its settings and the processor it is for."""
    settings = {name: getattr(config, name, None) for name in SETTINGS}
    processor = processor or cpu_target.target_context.codegen().magic_tuple()
    what = (rules_digest(), numba.__version__, llvmlite.__version__, settings, processor)
    return f"{sys.implementation.cache_tag}-{hashlib.sha256(repr(what).encode()).hexdigest()[:16]}"


def _choose_processor() -> None:
    """Compile for the processor of the rules that came with the package, if they serve and none are better.

    ``MANDATE_RULES=own`` compiles for this processor all the same, ``MANDATE_RULES=portable`` makes what a
    package brings. Must come before the first rule is declared, and holds for processes that this one starts.
    """
    wish = os.environ.get("MANDATE_RULES", "")
    if wish == "own" or config.CPU_NAME or config.CPU_FEATURES is not None or config.DISABLE_JIT:
        return
    if wish != "portable" and not (SHIPPED.is_dir() and _shipped_serve()):
        return
    os.environ["NUMBA_CPU_NAME"], os.environ["NUMBA_CPU_FEATURES"] = PORTABLE, ""
    config.CPU_NAME, config.CPU_FEATURES = PORTABLE, ""


def _shipped_serve() -> bool:
    """Say whether the rules that came with the package fit this machine, and none have been made for it."""
    triple, able = llvmlite.binding.get_process_triple(), llvmlite.binding.get_host_cpu_features()
    if (
        not all(able.get(name) for name in NEEDED)
        or not (SHIPPED / version((triple, PORTABLE, "")) / READY).exists()
    ):
        return False
    own = version((triple, llvmlite.binding.get_host_cpu_name(), get_host_cpu_features()))
    return not any((root / own / READY).exists() for root in _named_roots())


def _roots() -> Iterator[Path]:
    """Where compiled rules may be kept, the best first, at last a temporary folder."""
    yield from _named_roots()
    if not config.CACHE_DIR:
        yield _temporary()


def _named_roots() -> tuple[Path, ...]:
    """The folder that the user names; else the package's own and the user's."""
    if config.CACHE_DIR:
        return (Path(config.CACHE_DIR, "mandate"),)
    return (ROOT / "__pycache__" / "rules", Path(AppDirs("mandate", False).user_cache_dir, "rules"))


def _is_writable(root: Path) -> bool:
    """Say whether a folder, made if need be, can be written to; the one a user names must be."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=root).close()
    except OSError:
        if config.CACHE_DIR:
            raise
        return False
    return True


def _temporary() -> Path:
    """A folder for this process and those it starts, gone with it; says so on stderr."""
    place = tempfile.mkdtemp(prefix="mandate-")
    print(
        "compiled rules cannot be kept (no folder can be written to): every command compiles them again. "
        "Name a folder with NUMBA_CACHE_DIR.",
        file=sys.stderr,
    )
    os.environ["NUMBA_CACHE_DIR"] = place
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return Path(place, "mandate")


def _tidy(root: Path, name: str) -> None:
    """Remove folders of other versions for this Python, but for those used last.

    A process still at work in one of them compiles again.
    """
    others = [
        path for path in root.glob(f"{sys.implementation.cache_tag}-*") if path.name != name and path.is_dir()
    ]
    with contextlib.suppress(OSError):  # another process may be tidying too
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT_FOLDERS:]:
        shutil.rmtree(path, ignore_errors=True)


def _read(path: Path, key: tuple[Any, ...]) -> Any:
    """What a file holds if it is whole and made from the same; else None."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content[32:]).digest() != content[:32]:
        return None
    made_from, payload = pickle.loads(content[32:])
    return payload if made_from == key else None


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, its hash before it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{uuid.uuid4().hex[:16]}")
    try:
        partial.write_bytes(hashlib.sha256(content).digest() + content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


_choose_processor()
