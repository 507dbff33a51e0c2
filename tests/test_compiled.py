"""Compiled rules: kept on disk, and never served after a change of anything they are made from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim import sources
from tests.test_architecture import LAYERS, RANK, files, imports_of

CALLEE = "from sim.compiled import inlined, kernel\n\n\n@{how}\ndef portion(x):\n    return {factor} * x\n"
CALLER = (
    "from sim.compiled import kernel\nfrom sim.world.portion import portion\n\n\n"
    "@kernel\ndef portions(x):\n    return portion(x) + portion(1.0)\n"
)
RUN = """
from sim.kernel_cache import folder, mark_ready, needs_compiling
from sim.world.portions import portions
needed = needs_compiling()
value = portions(2.0)
mark_ready()
print(value, sum(getattr(portions, "stats", portions).cache_misses.values()), needed, needs_compiling(), folder())
"""


def python(code: str, root: Path, cache: Path | None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh process on a copy of the package."""
    environment = {**os.environ, "PYTHONPATH": str(root), **more}
    environment.pop("NUMBA_CACHE_DIR", None)
    if cache is not None:
        environment["NUMBA_CACHE_DIR"] = str(cache)
    words = [sys.executable, "-c", code]
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=True, cwd=root)


def says(root: Path, cache: Path | None) -> list[str]:
    """Value, compilations, whether compiling was needed before and after, and the folder."""
    return python(RUN, root, cache).stdout.split()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with two more rules, one calling the other from another file."""
    root = tmp_path_factory.mktemp("copy")
    here = Path(sim.__file__).parent
    shutil.copytree(here, root / "sim", ignore=shutil.ignore_patterns("__pycache__", "studio", "*.zip"))
    write_callee(root, 2)
    (root / "sim/world/portions.py").write_text(CALLER)
    return root


def write_callee(root: Path, factor: int, how: str = "kernel") -> None:
    """Write the rule that the other calls."""
    (root / "sim/world/portion.py").write_text(CALLEE.format(factor=factor, how=how))


@pytest.mark.parametrize("how", ["kernel", "inlined"])
def test_a_changed_rule_reaches_those_that_call_it_from_other_files(
    package: Path, tmp_path: Path, how: str
) -> None:
    write_callee(package, 2, how)
    assert says(package, tmp_path)[:4] == ["6.0", "1", "True", "False"]
    assert says(package, tmp_path)[:4] == ["6.0", "0", "False", "False"]
    write_callee(package, 3, how)
    assert says(package, tmp_path)[:4] == ["9.0", "1", "True", "False"]
    write_callee(package, 2, how)  # and back: what was kept serves again
    assert says(package, tmp_path)[:4] == ["6.0", "0", "False", "False"]


def test_the_version_beside_results_moves_with_every_rule(package: Path) -> None:
    code = "from sim.runs.kept import model_version; from sim.sources import rules_digest\n"
    code += "print(model_version(), rules_digest())"
    versions = set()
    for factor in (2, 3):
        write_callee(package, factor)
        versions.add(tuple(python(code, package, None).stdout.split()))
    assert len({model for model, _ in versions}) == len({rules for _, rules in versions}) == 2


def test_code_changed_while_a_process_runs_is_not_kept_under_the_old_name(
    package: Path, tmp_path: Path
) -> None:
    write_callee(package, 2)
    code = "import sim.compiled\nfrom pathlib import Path\npath = Path('sim/world/portion.py')\n"
    code += "path.write_text(path.read_text().replace('2 * x', '3 * x'))\n" + RUN
    assert python(code, package, tmp_path).stdout.split()[0] == "9.0"
    write_callee(package, 2)
    assert says(package, tmp_path)[:2] == ["6.0", "1"]


def test_a_damaged_file_is_compiled_again(package: Path, tmp_path: Path) -> None:
    write_callee(package, 2)
    says(package, tmp_path)
    (kept,) = tmp_path.rglob("sim.world.portions.portions-*")
    kept.write_bytes(kept.read_bytes()[:-9])
    assert says(package, tmp_path)[:2] == ["6.0", "1"]


def test_earlier_versions_are_removed_but_for_the_last_ones(package: Path, tmp_path: Path) -> None:
    folders = []
    for factor in (2, 3, 4, 5):
        write_callee(package, factor)
        folders.append(
            Path(
                python(
                    "from sim.kernel_cache import folder; print(folder())", package, tmp_path
                ).stdout.strip()
            )
        )
        os.utime(folders[-1], (factor, factor))
    assert [path.is_dir() for path in folders] == [False, True, True, True]


def test_compiled_rules_lie_in_the_package_or_where_there_is_room(package: Path, tmp_path: Path) -> None:
    code = "from sim.kernel_cache import folder; print(folder())"
    assert Path(python(code, package, None).stdout.strip()).is_relative_to(package / "sim/__pycache__/rules")
    shut = "import sim.kernel_cache as k; k._named_roots = lambda: (k.Path(k.__file__, 'none'),)\n"
    done = python(shut + "print(k.folder().is_dir(), k.folder())", package, None, TMPDIR=str(tmp_path))
    there, place = done.stdout.split()
    assert there == "True" and Path(place).is_relative_to(tmp_path) and not Path(place).exists()
    assert done.stderr.count("\n") == 1 and "NUMBA_CACHE_DIR" in done.stderr


def test_nothing_is_compiled_where_compilation_is_off(tmp_path: Path) -> None:
    code = "from sim import prepare; from sim.kernel_cache import needs_compiling\n"
    code += "print(prepare(), needs_compiling())"
    assert python(code, Path(sim.__file__).parent.parent, tmp_path, NUMBA_DISABLE_JIT="1").stdout.split() == [
        "0",
        "False",
    ]
    assert not list(tmp_path.rglob("*.nbc"))


def test_no_rule_and_nothing_that_feeds_one_is_left_out_of_the_hash() -> None:
    lowest = min(RANK[name] for name in sources.ABOVE_RULES - {"__init__"})
    assert lowest > RANK["phases"]  # so that the test of import directions keeps rules from what is left out
    for path, file in files("sim", suffixes={".py"}):
        room = path.removesuffix(".py").split("/")[1]
        names = {name for _, name in imports_of(path, file.read_text())}
        declares = names & {"sim.compiled.kernel", "sim.compiled.inlined"}
        assert not declares or room not in sources.ABOVE_RULES | sources.NOT_MODEL, path
    known = {name for layer in LAYERS for name in layer} | {"__init__", "scenarios"}
    assert known >= sources.NOT_MODEL | sources.ABOVE_RULES
