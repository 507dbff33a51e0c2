"""The command line: what it prints, its exit codes, and that a bad or stopped command leaves nothing behind."""

from __future__ import annotations

import csv
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main
from sim.cli.folder import staged
from sim.cli.help import EXIT_CODES, VERBS
from sim.cli.progress import Reporter, progress_line
from sim.config import load_scenario
from sim.errors import OutputError
from sim.parameters import Parameters, walk

SMALL = ["mission=generic", "scale=0.05", "mission.horizon_weeks=60", "mission.trapezoid.peak=2000"]
HEAVY = ("numba", "mesa", "hydra", "omegaconf", "pandas", "numpy", "matplotlib", "rich", "scipy")
SHELL = shutil.which("bash")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command of these tests runs in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one small run, made by the command line."""
    folder = tmp_path_factory.mktemp("runs") / "a"
    assert main(["run", *SMALL, f"out={folder}", "-q"]) == 0
    return folder


def untouched(folder: Path) -> bool:
    return not any(folder.iterdir())


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Replace the simulation; the list receives the scenarios that would have been run."""
    ran: list[Any] = []

    def simulate(scenario: Any, **_: Any) -> Any:
        ran.append(scenario)
        raise RuntimeError("not in this test")

    monkeypatch.setattr("sim.runs.simulate.simulate", simulate)
    yield ran


def test_bare_and_help_name_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["--help"], ["help"], ["-h"]):
        assert main(words) == 0
        shown = capsys.readouterr().out
        assert all(f"  {name} " in shown for name in VERBS)
        assert all(about in shown for _, about in EXIT_CODES)


@pytest.mark.parametrize("name", list(VERBS))
def test_help_of_a_verb_has_a_sentence_three_examples_and_exit_codes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verb = VERBS[name]
    for words in ([name, "--help"], ["help", name], [name, "some", "-h"]):
        assert main(words) == 0
        shown = capsys.readouterr().out
        assert shown.startswith(verb.sentence) and "exit codes" in shown
        assert len(verb.examples) == 3 and all(f"  {example}" in shown for example in verb.examples)


@pytest.mark.parametrize("name", list(VERBS))
def test_examples_of_help_are_accepted(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for example in VERBS[name].examples:
        words = [w for w in shlex.split(example.split(" > ")[0])[1:] if not w.startswith("against=")]
        words = [str(Path(__file__).parents[1] / w) if w.startswith("experiments/") else w for w in words]
        dry = ("run", "compare", "sensitivity", "studio", "sweep")
        words += ["--dry-run"] if (name in dry or "why" in words) and "--dry-run" not in words else []
        if name in ("discover", "report", "rerun", "resume") or "agent" in words or "config_dir=my" in words:
            continue
        assert main(words) == 0, example
    assert "problem" not in capsys.readouterr().err


@pytest.mark.parametrize(("words", "rule"), [
    (["rn"], "Did you mean: run"),
    (["run", "--jsn"], "Did you mean: --json"),
    (["run", "shock=surgee", "seed=x"], "2 problems, nothing was run"),
    (["run", "shock=surgee", "figures=perhaps", "out=", "--no"], "4 problems"),
    (["run", "misson=kosovo"], "Did you mean: mission"),
    (["run", "scale"], "'=' is missing"),
    (["run", "+seed=1"], "not used here"),
    (["run", "out=a", "out=b"], "given twice"),
    (["run", "against=nowhere"], "no such folder"),
    (["run", "against=same", "out=same"], "is the folder to be written"),
    (["run", "config_dir=nowhere"], "no such folder"),
    (["run", "scenario=nowhere.yaml"], "cannot be read"),
    (["plan", "suply"], "Did you mean: supply"),
    (["plan", "seed=1"], "not used by mandate plan"),
    (["parameters", "pricess"], "Did you mean: prices"),
    (["parameters", "scale=9"], "between 0.005 and 1"),
    (["scenarios", "shok"], "Did you mean: shock"),
    (["scenarios", "config_dir=nowhere"], "no such folder"),
    (["explain"], "Name a kind"),
    (["explain", "knob", "strenth"], "Did you mean: strength"),
    (["explain", "knob"], "needs one name"),
    (["explain", "indicator", "venuse"], "Did you mean: venues"),
    (["explain", "event", "rade"], "Did you mean: raid"),
    (["explain", "parameter", "entry.sunk_cost"], "entry.sunk_cost_usd"),
    (["explain", "source", "K999"], "unknown"),
    (["explain", "gibberish"], "Kinds: knob"),
    (["explain", "knob", "strength", "seed=1"], "only agents"),
    (["explain", "agent", "peacekeeper"], "a kind and a number"),
    (["explain", "agent", "peacekeeper", "1", "week=0"], "week = 0"),
    (["explain", "agent", "peacekeeper", "1", "week=9999"], "horizon"),
    (["explain", "agent", "peacekeepr", "1", "week=1", *SMALL], "peacekeeper"),
    (["completion"], "needs one shell"),
    (["completion", "ksh"], "zsh"),
])  # fmt: skip
def test_bad_input_is_answered_with_2_and_writes_nothing(
    words: list[str], rule: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert rule in shown.err and "Traceback" not in shown.err
    assert shown.out == "" and untouched(elsewhere)


def test_debug_shows_where_an_error_arose(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "shock=surgee", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_failed_run_is_1_without_traceback_and_leaves_nothing(
    short: list[Any], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *SMALL]) == 1
    shown = capsys.readouterr().err
    assert "RuntimeError: not in this test" in shown and "report it" in shown and "Traceback" not in shown
    assert len(short) == 1 and untouched(elsewhere)


def test_an_interrupted_run_is_130_and_leaves_nothing(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.runs.simulate.simulate", stop)
    assert main(["run", *SMALL]) == 130
    assert "interrupted" in capsys.readouterr().err and untouched(elsewhere)


def test_an_interrupt_while_writing_leaves_nothing(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.config.save_scenario", stop)
    assert main(["run", *SMALL, "out=deep/er/a"]) == 130
    assert untouched(elsewhere)


def test_a_file_in_the_way_is_4_before_anything_is_run(
    short: list[Any], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "taken").write_text("mine")
    for out in ("taken", "taken/below"):
        assert main(["run", *SMALL, f"out={out}"]) == 4
        assert "is a file" in capsys.readouterr().err
    assert not short and (elsewhere / "taken").read_text() == "mine"


def test_a_full_disk_is_4(elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device", "series.csv")

    monkeypatch.setattr("sim.runs.files.write_run", full)
    assert main(["run", *SMALL, "figures=false"]) == 4
    assert "No space left" in capsys.readouterr().err and untouched(elsewhere)


def test_a_foreign_folder_is_refused_with_2_before_anything_is_run(
    short: list[Any], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "thesis").mkdir()
    (elsewhere / "thesis" / "chapter.txt").write_text("mine")
    assert main(["run", *SMALL, "out=thesis"]) == 2
    assert "thesis" in capsys.readouterr().err and not short
    assert [path.name for path in (elsewhere / "thesis").iterdir()] == ["chapter.txt"]


def test_dry_run_and_cfg_write_nothing(short: list[Any], elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", *SMALL, "shock=surge", "--dry-run"]) == 0
    shown = capsys.readouterr()
    key = load_scenario(*SMALL, "shock=surge").key
    assert f"results/generic-{key} (new folder)" in shown.out and "60 steps of 7 days" in shown.out
    assert "Generic mission, 60 weeks" in shown.err and "shock=surge" in shown.err
    assert main(["run", *SMALL, "seed=7", "--cfg"]) == 0
    assert "command line" in capsys.readouterr().out
    assert main(["run", *SMALL, "seed=7", "--cfg", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["seed"] == {"value": 7, "default": 0, "set_by": "command line"}
    assert not short and untouched(elsewhere)


def test_a_run_writes_its_files_and_nothing_else(finished: Path) -> None:
    names = {path.name for path in finished.iterdir()}
    assert names >= {"series.csv", "events.csv", "cases.csv", "funnel.csv", "summary.json", "manifest.json", "scenario.yaml"}
    assert list((finished / "figures").glob("*.png"))
    assert [path.name for path in finished.parent.iterdir()] == [finished.name]
    with (finished / "series.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 60
    assert load_scenario(f"scenario={finished / 'scenario.yaml'}") == load_scenario(*SMALL)


def test_a_second_run_compares_with_the_first(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = finished.parent / "b"
    words = ["run", *SMALL, "shock=pay_rise", "shock.start_week=4", f"against={finished}", f"out={out}"]
    assert main([*words, "--json"]) == 0
    shown = capsys.readouterr()
    content = json.loads(shown.out)
    earlier = json.loads((finished / "summary.json").read_text())
    assert content["folder"] == str(out) and "figures/comparison.png" in content["files"]
    name = "true_exploitation_person_weeks"
    assert content["difference"][name] == pytest.approx(content["summary"][name] - earlier[name])
    assert "pay_rise" in shown.err and f"results in {out}" in shown.err and "next: mandate run" in shown.err
    (out / "notes.txt").write_text("mine")
    assert main([*words, "figures=false", "-q"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "" and "difference" in shown.out and name in shown.out
    assert (out / "notes.txt").read_text() == "mine" and not (out / "figures").exists()
    shutil.rmtree(out)


def test_staged_folders_appear_whole_or_not_at_all(elsewhere: Path) -> None:
    with pytest.raises(ValueError, match="stop"), staged(Path("new/a")) as partial:
        (partial / "half.csv").write_text("half")
        raise ValueError("stop")
    assert untouched(elsewhere)
    with staged(Path("a")) as partial:
        (partial / "figures").mkdir()
        (partial / "figures" / "old.png").write_text("old")
        (partial / "series.csv").write_text("1")
    with staged(Path("a")) as partial:
        (partial / "series.csv").write_text("2")
    assert Path("a/series.csv").read_text() == "2" and not Path("a/figures").exists()
    assert [path.name for path in elsewhere.iterdir()] == ["a"]
    assert OutputError("x").exit_code == 4


def test_plan_prints_ten_phases(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--json"]) == 0
    phases = json.loads(capsys.readouterr().out)
    assert [phase["name"] for phase in phases] == [
        "deploy",
        "perceive",
        "decide",
        "match",
        "supply",
        "people",
        "report",
        "justice",
        "politics",
        "record",
    ]
    assert "route_cost" in phases[4]["knobs"] and "venues.is_open" in phases[4]["writes"]
    assert main(["plan", "supply"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("5. supply:") and "1. deploy" not in shown


def test_parameters_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parameters", "--csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert len(rows) == len(list(walk(Parameters()))) and all(row["source"] and row["about"] for row in rows)
    assert main(["parameters", "prices", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert entries and all(entry["path"].startswith("parameters.prices.") for entry in entries)
    assert main(["parameters", "security.violence_exponent", "world=security_neutral"]) == 0
    assert "violence_exponent = 0 -" in capsys.readouterr().out


def test_scenarios_lists_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios", "shock", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"shock"}
    assert main(["scenarios"]) == 0
    shown = capsys.readouterr().out
    assert "kosovo *" in shown and "border_tightening" in shown and "security_neutral" in shown


@pytest.mark.parametrize(("words", "shown"), [
    ("knob strength", "product of factors"),
    ("indicator venues", "series.csv"),
    ("indicator unique_persons", "summary.json"),
    ("indicator international_client_share", "true_acts / all_acts"),
    ("event raid", "known in advance"),
    ("parameter entry.sunk_cost_usd", "0 to 60000"),
    ("parameter parameters.entry.sunk_cost_usd", "0 to 60000"),
    ("source k02", "eleven-fold"),
    ("venues", "indicator venues"),
    ("local_demand", "knob local_demand"),
])  # fmt: skip
def test_explain_names(words: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *words.split()]) == 0
    assert shown in capsys.readouterr().out
    assert main(["explain", *words.split(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_explain_an_agent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "agent", "peacekeeper", "1", "week=3", *SMALL, "-q"]) == 0
    assert len(capsys.readouterr().out) > 40


@pytest.mark.skipif(SHELL is None, reason="needs bash")
@pytest.mark.parametrize(("typed", "completed"), [
    ("mandate pl", "plan"),
    ("mandate run shock=su", "surge"),
    ("mandate run mission=generic parameters.entry.sunk", "parameters.entry.sunk_cost_usd="),
    ("mandate explain kn", "knob"),
    ("mandate scenarios shock --js", "--json"),
])  # fmt: skip
def test_bash_completes(typed: str, completed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out + (
        f'compopt() {{ :; }}; COMP_LINE="{typed}"; COMP_POINT=${{#COMP_LINE}}; read -ra COMP_WORDS <<< "$COMP_LINE"\n'
        '_mandate; echo "${COMPREPLY[@]}"'
    )
    shown = subprocess.run([str(SHELL), "-c", script], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == [completed]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_every_verb_and_parameter(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in (*VERBS, "shock=surge", "parameters.entry.sunk_cost_usd=", "--dry-run"))


def test_progress_says_what_is_left(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress_line(130, 520, 30.0) == "step 130 of 520, 25 %, about 90 s left"
    assert progress_line(0, 520, 1.0) == "step 0 of 520, 0 %"
    now = iter([0.0, 1.0, 31.0, 40.0, 62.0])
    monkeypatch.setattr("sim.cli.progress.time.monotonic", lambda: next(now))
    with Reporter() as report:
        for done in range(1, 5):
            report(done, 8)
    assert capsys.readouterr().err == "step 2 of 8, 25 %, about 93 s left\nstep 4 of 8, 50 %, about 62 s left\n"
    late = iter([0.0, 1e9])
    monkeypatch.setattr("sim.cli.progress.time.monotonic", lambda: next(late))
    with Reporter(quiet=True) as report:
        report(1, 8)
    assert capsys.readouterr().err == ""


def in_process(code: str) -> str:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout


def test_import_and_help_load_nothing_heavy() -> None:
    listing = f"import sys; print([name for name in {HEAVY} if name in sys.modules])"
    assert in_process(f"import sim\n{listing}").strip() == "[]"
    for words in (["run", "--help"],), (["scenarios"], ["completion", "bash"]):
        shown = in_process("from sim.cli import main\n" + "".join(f"main({w})\n" for w in words) + listing)
        assert shown.splitlines()[-1] == "[]"


def test_public_names_exist_and_are_few() -> None:
    import sim

    assert len(sim.__all__) <= 15 and set(sim.__all__) <= set(dir(sim))
    assert sim.load_scenario is load_scenario and all(getattr(sim, name) for name in sim.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = sim.nonsense


def test_python_m_sim_is_mandate() -> None:
    shown = subprocess.run([sys.executable, "-m", "sim", "rn"], capture_output=True, text=True, check=False)
    assert shown.returncode == 2 and "Did you mean: run" in shown.stderr and shown.stdout == ""
