"""Documentation stays true: generated pages equal the code, commands and code in it run, links lead somewhere.

Shell lines in ``bash`` blocks are run in a temporary folder, small and without pictures. Left out, because other checks
run them: ``make`` (`.ci/run`), activating an environment, and scripts of `experiments/` (tested below, or by their own tests).
"""

from __future__ import annotations

import dataclasses
import importlib.util
import math
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sim.cli import main
from sim.cli.help import VERBS
from sim.parameters import Parameters, walk
from sim.schedule import SCHEDULE
from sim.sweeps.opened import open_sweep

ROOT = Path(__file__).resolve().parents[1]
EXPERIMENTS = ROOT.glob("experiments/**/README.md")
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), *EXPERIMENTS])
COMMAND_PAGES = [page for page in PAGES if "```bash" in page.read_text(encoding="utf-8")]
LARGEST_PICTURE = 200_000
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
LEFT_OUT = {
    "make": "sets up an environment; `.ci/run` runs it in a fresh clone",
    "source": "activates the environment the tests already run in",
    ".venv/bin/python": "a script with a test of its own",
}


def loaded(path: str) -> ModuleType:
    """A script as a module."""
    name = path.removesuffix(".py").replace("/", "_")
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # so that dataclasses find their own module
    spec.loader.exec_module(module)
    return module


write_docs = loaded("tools/write_docs.py")
fit = loaded("experiments/baseline_against_facts/run.py")
facts = sys.modules["experiments.baseline_against_facts.counterparts"]


def blocks(page: Path, language: str) -> list[str]:
    """Code blocks of a language in a page."""
    return [code for kind, code in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


# Generated pages


@pytest.mark.parametrize("name", sorted(write_docs.pages()))
def test_generated_pages_are_current(name: str) -> None:
    committed = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert committed == write_docs.pages()[name], "run: make docs"


def test_pages_name_every_parameter_and_phase() -> None:
    page = write_docs.parameters_page()
    assert all(f"`parameters.{entry.path}`" in page for entry in walk(Parameters()))
    schedule = write_docs.schedule_page()
    positions = [schedule.index(f"## {i}. {phase.name}\n") for i, phase in enumerate(SCHEDULE, start=1)]
    assert positions == sorted(positions)


def test_a_cell_breaks_no_table() -> None:
    assert write_docs.table(("a",), [("x|y\nz",), ("",)]) == ["| a |", "| --- |", "| x\\|y z |", "| - |"]


def test_an_odd_without_its_marks_is_refused() -> None:
    with pytest.raises(SystemExit, match="missing"):
        write_docs.odd_page("no marks here")


# Commands and code


def shrunk(words: list[str]) -> list[str]:
    """A command a test can do: a run of a twentieth of the persons without pictures, a studio or a measurement of many runs
    that only says what it would do, a run of a sweep that exists."""
    if words[0] == "rerun":
        return [word.replace("run=RUN", f"run={open_sweep(words[1]).runs['run'].iloc[0]}") for word in words]
    if words[0] == "studio" or words[:2] == ["explain", "why"]:
        return [*words, "--dry-run"]
    if words[0] != "run" or "--dry-run" in words:
        return words
    return [*(word for word in words if not word.startswith("scale=")), "scale=0.05", "figures=false"]


@pytest.mark.parametrize("page", COMMAND_PAGES, ids=name_of)
def test_shell_commands_work(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in "".join(blocks(page, "bash")).splitlines():
        words = shlex.split(line, comments=True)
        if not words or words[0] in LEFT_OUT:
            continue
        assert words[0] == "mandate", f"{line}: neither run here nor left out for a reason"
        assert main(shrunk(words[1:])) == 0, line


def test_the_readme_shows_every_verb_but_completion_and_the_two_commands() -> None:
    shown = [shlex.split(line) for line in "".join(blocks(ROOT / "README.md", "bash")).splitlines()]
    assert {words[1] for words in shown if words[0] == "mandate"} == set(VERBS) - {"completion"}
    assert [words for words in shown if words[0] == "make"] == [["make", "demo"], ["make", "test"]]


def test_make_targets_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in ("demo", "test", "docs"))


def test_python_in_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = blocks(ROOT / "README.md", "python")
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert {"run", "weaker", "model"} <= set(names)


def test_the_shock_written_in_the_docs_is_a_shock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (text,) = blocks(ROOT / "docs" / "adding-a-mechanism.md", "yaml")
    (tmp_path / "shock").mkdir()
    (tmp_path / "shock" / "more_raids.yaml").write_text(text, encoding="utf-8")
    assert main(["run", "shock=more_raids", f"config_dir={tmp_path}", f"out={tmp_path / 'out'}", "--dry-run"]) == 0
    assert "nothing was run" in capsys.readouterr().out


# Links, names, pictures


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link}: no such file"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in headings}, link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_paths_and_parameters_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    known = {f"parameters.{entry.path}" for entry in walk(Parameters())}
    for name in re.findall(r"`((?:sim|scenarios|tests|tools|experiments)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), f"{name}: no such file"
    for name in re.findall(r"`?(parameters\.\w+\.\w+)", text):
        assert name in known or page.name == "CHANGELOG.md", f"{name}: no such parameter"


def test_switches_and_phases_named_in_the_odd_exist() -> None:
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    for name in re.findall(r"`((?:phases|institutions)/[\w./]+)`", text):
        assert (ROOT / "sim" / name).exists(), name
    assert "Twenty-five mechanisms" in text and len(dataclasses.fields(Parameters().switches)) == 25


def test_pictures_are_small() -> None:
    for picture in (ROOT / "docs" / "figures").iterdir():
        assert picture.suffix == ".png" and picture.stat().st_size < LARGEST_PICTURE, picture.name


# The model's numbers beside documented ones


@pytest.mark.parametrize(
    ("value", "low", "central", "high", "words"),
    [
        (200.0, 200.0, 200.0, 200.0, "within a factor of two"),
        (100.0, None, 200.0, None, "within a factor of two"),
        (99.0, None, 200.0, None, "within an order of magnitude"),
        (2001.0, None, 200.0, None, "miss"),
        (11.0, 10.0, 12.0, 14.0, "inside the documented range"),
        (0.0, None, 0.0, None, "exact"),
        (1.0, None, 0.0, None, "miss"),
        (-math.inf, None, 0.6, None, "miss"),
    ],
)
def test_distance_in_words(value: float, low: float, central: float, high: float, words: str) -> None:
    entry = facts.Counterpart("x", lambda run: 0.0, "x")
    assert facts.verdict(entry, value, low, central, high) == words


def test_a_bound_is_kept_or_passed() -> None:
    entry = facts.Counterpart("x", lambda run: 0.0, "x", bound=True)
    assert facts.verdict(entry, 3.0, None, None, 3.0) == "within the bound"
    assert facts.verdict(entry, 60.0, None, None, 3.0) == "miss"


def test_documented_values_are_read_not_typed() -> None:
    known = facts.read_facts()
    bosnia, kosovo = facts.COUNTERPARTS["bosnia"], facts.COUNTERPARTS["kosovo"]
    assert facts.documented(kosovo["K17"], known["K17"]) == (10.0, 12.0, 14.0)
    assert facts.documented(kosovo["K04"], known["K04"]) == (0.0, None, 3.0)
    assert facts.documented(bosnia["B16"], known["B16"])[1] == pytest.approx(177 / 39)
    assert facts.documented_origins(known["K15"]) == {"MDA": 0.6, "ROU": 0.195, "UKR": 0.1, "BGR": 0.07}
    assert {fact for mission in facts.COUNTERPARTS.values() for fact in mission} <= set(known)


def test_inputs_that_cite_a_fact_are_named() -> None:
    assert "mission.initial_venues" in facts.used_by("K01", "kosovo")
    assert "recruitment.local_intercept" in facts.used_by("K18", "kosovo")
    assert facts.used_by("K02", "kosovo") == []


def test_the_committed_comparison_covers_every_fact() -> None:
    page = (ROOT / "docs" / "evidence_fit.md").read_text(encoding="utf-8")
    assert all(f"\n| {fact} | " in page for mission in facts.COUNTERPARTS.values() for fact in mission)
    assert "nan" not in page.lower() and "full scale" in page


def test_a_quick_try_never_replaces_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        fit.main(["--quick"])
    assert "--to" in capsys.readouterr().err


@pytest.mark.slow
def test_the_comparison_runs_small(tmp_path: Path) -> None:
    target = tmp_path / "fit.md"
    script = ROOT / "experiments" / "baseline_against_facts" / "run.py"
    done = subprocess.run([sys.executable, str(script), "--quick", "--to", str(target)], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    text = target.read_text(encoding="utf-8")
    assert all(f"\n| {fact} | " in text for mission in facts.COUNTERPARTS.values() for fact in mission)
    assert "| sunk costs | " in text and "| 0.05 | " in text
