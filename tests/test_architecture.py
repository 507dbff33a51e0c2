"""The rules a reader relies on: one import direction, one source of chance, short files, decent words.

Every rule is a function from the text of a file to a list of complaints. It is also tried on bad snippets, so
that a rule gone blind fails here too. A missing folder is no error: there is nothing to complain about yet.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400

# From low to high. A module may import its own layer and the ones below; `errors` may be imported by all.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset(
        {"above", "clock", "compiled", "compiled_tables", "kernel_cache", "numerics", "parameters", "rng", "scenario"}
        | {"shocks", "sources", "tables"}
    ),
    frozenset({"events", "indicators", "knobs"}),
    frozenset({"world"}),
    frozenset({"institutions"}),
    frozenset({"phases"}),
    frozenset({"agents"}),
    frozenset({"policies"}),
    frozenset({"model", "schedule"}),
    frozenset({"runs"}),
    frozenset({"explain"}),
    frozenset({"analysis", "sweeps"}),
    frozenset({"config", "report", "studio", "viz"}),
    frozenset({"", "__main__", "cli", "ready"}),  # "" is sim/__init__.py, the public names
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
CONFIG_MAY_IMPORT = (
    "clock", "config", "knobs", "parameters", "policies", "scenario", "shocks", "world.missions",
)  # fmt: skip
POLICIES_MUST_NOT_IMPORT = ("world", "phases")
DOTTED = re.compile(r"\w+(?:\.\w+)*")

# Libraries that belong in one place.
HOMES = {
    "hydra": ("config",),
    "omegaconf": ("config",),
    "matplotlib": ("report", "studio", "viz"),
    "nicegui": ("studio",),
}

NEVER_DRAWN = "# never drawn from"  # on a line that hands Mesa a generator it insists on and nobody uses
CHANCE_MODULES = ("random", "secrets", "numpy.random")
CHANCE_OWNERS = {"np", "numpy", "self", "model"}  # x.random, and x.y.random if y is one of these
CHANCE_METHODS = {"rvs", "shuffle_do"}

# Put together so that this file does not contain what it forbids.
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.~$}/-])/(?:home|root|Users|work|tmp|opt|usr|var|mnt|etc)/|\b[A-Z]:\\\\?(?:Users|work)"
)
REGISTRY = re.compile(
    r"py" r"pi\.(?:org|python\.org)|python" r"hosted\.org|anaconda\.org|registry\." r"npmjs|jsdelivr\.net|unpkg\.com"
    r"|--(?:extra-)?index" r"-url|--find[-]links",
    re.IGNORECASE,
)
UNDIGNIFIED = re.compile(
    r"\b(?:prostitutes?|whores?|hookers?|pimps?|sex[ -]slaves?"
    r"|merchandise|cargos?|cargoes|inventory|inventories)\b",
    re.IGNORECASE,
)
QUOTES_SOURCES = "sim/world/data/facts.csv"

TEXT_SUFFIXES = {
    "", ".cfg", ".css", ".csv", ".html", ".ini", ".js", ".json", ".md", ".py", ".sh", ".svg", ".toml", ".txt",
    ".yaml", ".yml",
}  # fmt: skip
SKIPPED = (
    "*.egg-info", ".*_cache", ".git", ".hypothesis", ".venv*", "__pycache__", "build", "dist", "results",
)  # fmt: skip


def files(*folders: str, suffixes: set[str] | None = None) -> Iterator[tuple[str, Path]]:
    """Yield (path from the root, path) of the files below some folders, or all; caches are skipped."""

    def walk(folder: Path) -> Iterator[Path]:
        for entry in sorted(folder.iterdir()):
            if any(fnmatch(entry.name, pattern) for pattern in SKIPPED):
                continue
            if entry.is_dir() and not entry.is_symlink():
                yield from walk(entry)
            elif entry.is_file():
                yield entry

    for start in [ROOT / folder for folder in folders] or [ROOT]:
        for path in walk(start) if start.is_dir() else [start] if start.is_file() else []:
            if suffixes is None or path.suffix in suffixes:
                yield path.relative_to(ROOT).as_posix(), path


def module_of(path: str) -> str:
    """Return the dotted name below sim: world.grid of `sim/world/grid.py`, nothing of `sim/__init__.py`."""
    return ".".join(Path(path).with_suffix("").parts[1:]).removesuffix("__init__").removesuffix(".")


def imports_of(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of all imports, also inside functions and for types alone; `from a import b` gives a.b.

    A text that is the dotted name of a module of ours, or the head of a formatted one, counts as an import where it
    stands: in a call of `import_module` as in a table of names from which one is loaded. Not seen: a name put together
    in another way.
    """
    package = list(Path(path).with_suffix("").parts)[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            root, _, below = node.value.removesuffix(".").partition(".")
            if root == package[0] and DOTTED.fullmatch(below) and (root != "sim" or below.partition(".")[0] in RANK):
                yield node.lineno, f"{root}.{below}"


def is_within(name: str, parents: tuple[str, ...]) -> bool:
    """Say whether a dotted name is one of the parents or lies below one."""
    return any(name == parent or name.startswith(parent + ".") for parent in parents)


def import_direction(path: str, source: str) -> list[str]:
    """Modules import their own layer and lower ones; config and policies see less than that."""
    importer = module_of(path)
    top = importer.partition(".")[0]
    if top == "errors":
        rank = -1
    elif top in RANK:
        rank = RANK[top]
    else:
        return [f"{path}: sim.{top} is in no layer: add it to LAYERS in this test, as low as it can go"]
    complaints = []
    for line, name in imports_of(path, source):
        if not is_within(name, ("sim",)):
            continue
        target = name.partition(".")[2]
        first = target.partition(".")[0]
        if first == "errors" or (first.startswith("__") and first != "__main__"):
            continue
        if first not in RANK:
            first = ""  # `from sim import simulate`: a public name
        if RANK[first] > rank:
            complaints.append(f"{path}:{line}: imports {name}, which is above it")
        elif top == "config" and not is_within(target, CONFIG_MAY_IMPORT):
            complaints.append(f"{path}:{line}: config imports {name}, not in {CONFIG_MAY_IMPORT}")
        elif top == "policies" and first in POLICIES_MUST_NOT_IMPORT:
            complaints.append(f"{path}:{line}: a policy imports {name}; it may only modify knobs")
    return complaints


def library_homes(path: str, source: str) -> list[str]:
    """Hydra lives in config, plotting in report, studio and viz."""
    return [
        f"{path}:{line}: imports {library}, which belongs in {', '.join('sim.' + home for home in homes)}"
        for line, name in imports_of(path, source)
        for library, homes in HOMES.items()
        if is_within(name, (library,)) and not is_within(module_of(path), homes)
    ]


def chance(path: str, source: str) -> list[str]:
    """Random numbers come from sim.rng, keyed; a line marked as never drawn from is let through."""
    if path == "sim/rng.py":
        return []
    found = [(line, name) for line, name in imports_of(path, source) if is_within(name, CHANCE_MODULES)]
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Attribute):
            continue
        owner = ast.unparse(node.value).rpartition(".")[2].lstrip("_")
        if node.attr in CHANCE_METHODS or (node.attr == "random" and owner in CHANCE_OWNERS):
            found.append((node.end_lineno or node.lineno, ast.unparse(node)))
    lines = source.splitlines()
    return [f"{path}:{n}: {name}: draw from sim.rng" for n, name in found if NEVER_DRAWN not in lines[n - 1]]


def file_length(path: str, source: str) -> list[str]:
    """A file is read in one sitting."""
    n_lines = len(source.splitlines())
    return [f"{path}: {n_lines} lines, more than {MAX_LINES}: split it"] if n_lines > MAX_LINES else []


def addresses(path: str, source: str) -> list[str]:
    """Nothing depends on one machine's folders or on where packages come from."""
    return [
        f"{path}:{n}: {what}: {match.group()}"
        for n, line in enumerate(source.splitlines(), start=1)
        for what, pattern in (("absolute path", ABSOLUTE_PATH), ("package registry", REGISTRY))
        if (match := pattern.search(line)) and not (n == 1 and line.startswith("#!"))
    ]


def words(path: str, source: str) -> list[str]:
    """People are described by their place in the process, never as goods; quotations keep their words."""
    if path == QUOTES_SOURCES:
        return []
    return [
        f"{path}:{n}: '{match.group()}': see the words in CONTRIBUTING.md"
        for n, line in enumerate(source.splitlines(), start=1)
        if (match := UNDIGNIFIED.search(line))
    ]


Rule = Callable[[str, str], list[str]]

# rule, where it holds (no folder: everywhere), kinds of file
RULES: tuple[tuple[Rule, tuple[str, ...], set[str]], ...] = (
    (import_direction, ("sim",), {".py"}),
    (library_homes, ("sim",), {".py"}),
    (chance, ("sim",), {".py"}),
    (file_length, ("sim", "tests", "experiments", "tools"), {".css", ".js", ".py"}),
    (addresses, (), TEXT_SUFFIXES),
    (words, ("sim", "docs", "scenarios", "README.md"), TEXT_SUFFIXES),
)


@pytest.mark.parametrize(("rule", "folders", "suffixes"), RULES, ids=[rule.__name__ for rule, _, _ in RULES])
def test_the_tree_keeps_the_rule(rule: Rule, folders: tuple[str, ...], suffixes: set[str]) -> None:
    complaints = [
        complaint
        for path, file in files(*folders, suffixes=suffixes)
        for complaint in rule(path, file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not complaints, "\n" + "\n".join(complaints)


BAD = [
    (import_direction, "sim/clock.py", "import sim.world.grid"),
    (import_direction, "sim/errors.py", "from sim import clock"),
    (import_direction, "sim/world/grid.py", "def f():\n    from ..phases.supply import enter"),
    (import_direction, "sim/world/__init__.py", "from ..model import Model"),
    (import_direction, "sim/phases/match.py", "from sim.agents import views"),
    (import_direction, "sim/runs/engine.py", "from sim.config import load"),
    (import_direction, "sim/analysis/effects.py", "from sim import simulate"),
    (import_direction, "sim/policies/training.py", "from sim.world import columns"),
    (import_direction, "sim/policies/training.py", "from ..phases import decide"),
    (import_direction, "sim/config.py", "from sim.world.grid import Grid"),
    (import_direction, "sim/config/compose.py", "from sim.runs import store"),
    (import_direction, "sim/phases/match.py", "from ..explain import words"),
    (import_direction, "sim/institutions/court.py", "from sim.phases.politics import sanctions"),
    (import_direction, "sim/runs/store.py", "from importlib import import_module\nx = import_module('sim.viz.fan')"),
    (import_direction, "sim/agents/view.py", "import importlib\nx = importlib.import_module(f'sim.explain.{name}')"),
    (import_direction, "sim/world/grid.py", "HOMES = {'words': 'sim.explain'}"),
    (import_direction, "sim/utils.py", ""),
    (library_homes, "sim/cli.py", "import hydra.core"),
    (library_homes, "sim/runs/store.py", "def f():\n    from omegaconf import OmegaConf"),
    (library_homes, "sim/analysis/effects.py", "import matplotlib.pyplot as plt"),
    (chance, "sim/phases/match.py", "import random"),
    (chance, "sim/phases/match.py", "from numpy.random import default_rng"),
    (chance, "sim/phases/match.py", "from numpy import random"),
    (chance, "sim/phases/match.py", "import numpy as np\nx = np.random.default_rng(1)"),
    (chance, "sim/agents/people.py", "def f(self):\n    return self.random.choice([1])"),
    (chance, "sim/agents/people.py", "def f(self):\n    return self.model.random"),
    (chance, "sim/agents/people.py", "def f(agents):\n    agents.shuffle_do('step')"),
    (file_length, "sim/model.py", "x = 1\n" * (MAX_LINES + 1)),
    (addresses, "docs/a.md", "open /" + "home/me/x"),
    (addresses, "Makefile", "cd '/" + "tmp/x'"),
    (addresses, "setup.cfg", "pip install --index" + "-url x"),
    (addresses, "constraints.txt", "https://files.python" + "hosted.org/x"),
    (words, "docs/a.md", "an Inventory of venues"),
]
GOOD = [
    (import_direction, "sim/errors.py", "import difflib"),
    (import_direction, "sim/phases/supply/enter.py", "from sim import knobs\nfrom ..match import price"),
    (import_direction, "sim/runs/manifest.py", "from sim import __version__, errors, model"),
    (import_direction, "sim/policies/training.py", "from sim.knobs import Modifier\nfrom . import base"),
    (import_direction, "sim/config.py", "from sim.world.missions import load\nimport sim.policies"),
    (import_direction, "sim/__init__.py", "from .cli import main\nfrom . import config\nHOMES = {'x': 'sim.explain'}"),
    (import_direction, "sim/config/compose.py", "PACKAGE = 'sim.scenarios'\nWORDS = 'sim. The model'"),
    (import_direction, "sim/explain/words.py", "x = import_module('sim.runs.store')\nimport_module(f'SALib.{name}')"),
    (library_homes, "sim/config/compose.py", "from hydra import compose"),
    (library_homes, "sim/viz/maps.py", "import matplotlib"),
    (chance, "sim/rng.py", "import numpy as np\nx = np.random.default_rng(1)"),
    (chance, "sim/world/grid.py", f"def f(self):\n    g(random=self.random)  {NEVER_DRAWN}"),
    (chance, "sim/world/grid.py", "from sim.rng import uniform\nx = spec.random"),
    (file_length, "sim/model.py", "x = 1\n" * MAX_LINES),
    (addresses, "docs/a.md", "https://www.un.org/home/index.html, results/a, ../below/x, " + "2>/dev/null"),
    (addresses, ".ci/run", "#!/" + "usr/bin/env bash"),
    (words, "docs/a.md", "a person in transit"),
    (words, QUOTES_SOURCES, "moved as cargo"),
]


@pytest.mark.parametrize(("rule", "path", "source"), BAD)
def test_the_rule_sees_what_is_wrong(rule: Rule, path: str, source: str) -> None:
    assert len(rule(path, source)) == 1


@pytest.mark.parametrize(("rule", "path", "source"), GOOD)
def test_the_rule_lets_pass_what_is_right(rule: Rule, path: str, source: str) -> None:
    assert rule(path, source) == []


def circles(sources: dict[str, str]) -> list[str]:
    """No module imports itself by way of others; returns the first circle found among files by path."""
    files_of = {path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in sources}

    def module(name: str) -> str:
        """The module a dotted name is in; none for names of the language such as `__version__`."""
        while name and name not in files_of and not name.rpartition(".")[2].startswith("__"):
            name = name.rpartition(".")[0]
        return name if name in files_of else ""

    graph = {
        own: {module(name) for _, name in imports_of(path, sources[path])} - {own, ""} for own, path in files_of.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" imports ".join(reversed(error.args[1]))]
    return []


@pytest.mark.parametrize("folder", ["sim", "experiments"])
def test_no_module_imports_itself_by_way_of_others(folder: str) -> None:
    found = circles({path: file.read_text(encoding="utf-8") for path, file in files(folder, suffixes={".py"})})
    assert not found, found


BACK = (
    "from . import a",
    "def f():\n    from sim.world.a import x",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sim.world.a import x",
    "from importlib import import_module\nx = import_module('sim.world.a')",
    "import importlib\nx = importlib.import_module(f'sim.world.a.{name}')",
    "from sim.world.c import x",
)


@pytest.mark.parametrize("back", BACK)
def test_a_circle_is_seen_however_it_is_closed(back: str) -> None:
    names = ("sim/world/__init__.py", "sim/world/a.py", "sim/world/b.py", "sim/world/c.py")
    sources = dict(zip(names, ("", "from sim.world import b", back, "import sim.world.a")))
    assert len(circles(sources)) == 1
    assert circles(sources | {"sim/world/b.py": "import numpy as np"}) == []


def test_a_package_may_name_its_modules_and_a_module_its_version() -> None:
    sources = {"sim/__init__.py": "HOMES = {'a': 'sim.world.a'}", "sim/world/__init__.py": "from sim.world import a",
               "sim/world/a.py": "from sim import __version__"}  # fmt: skip
    assert circles(sources) == []


def unpacked(paths: list[str], kinds: set[str]) -> list[str]:
    """Return what the wheel lacks: data of an undeclared kind, code in a folder that is no package."""
    packages = {Path(path).parent for path in paths if path.endswith("/__init__.py")}
    code = [path for path in paths if path.endswith(".py") and Path(path).parent not in packages]
    data = [path for path in paths if Path(path).suffix not in kinds | {".py"}]
    return sorted(code + data)


@pytest.mark.parametrize(("folder", "package"), [("sim", "sim"), ("scenarios", "sim.scenarios")])
def test_the_wheel_carries_every_file(folder: str, package: str) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    kinds = {Path(pattern).suffix for pattern in declared[package]}
    left_out = unpacked([path for path, _ in files(folder)], kinds)
    assert not left_out, f"add an __init__.py, or the kind to package-data in pyproject.toml: {left_out}"


def test_a_file_the_wheel_would_leave_out_is_seen() -> None:
    paths = ["sim/__init__.py", "sim/a.csv", "sim/b.geojson", "sim/c.py", "sim/new/d.py"]
    assert unpacked(paths, {".csv"}) == ["sim/b.geojson", "sim/new/d.py"]


def test_the_walk_finds_files_and_skips_what_is_not_ours() -> None:
    found = [path for path, _ in files()]
    assert {"pyproject.toml", ".ci/run", "tests/test_architecture.py"} <= set(found)
    assert not [path for path in found if path.startswith((".git/", ".venv")) or "__pycache__" in path]
    assert list(files("no_such_folder")) == []
