"""`mandate sweep`, `resume` and `rerun`: words become runs, a dry run equals what happens, nothing is lost or spoilt."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.runs import batch
from sim.sweeps import store as store_module
from sim.sweeps.opened import DamagedParts
from sim.sweeps.store import Store
from tests.sweep_support import GRID, N_RUNS, SMALL, assert_same, contents, copied, tables


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command of these tests runs in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """Runs made in this process: key of the scenario, seed."""
    ran: list[tuple[Any, ...]] = []
    real = batch.simulate

    def simulate(scenario: Any, *seeds: int) -> Any:
        ran.append((scenario.key, *seeds[:1]))
        return real(scenario, *seeds)

    monkeypatch.setattr(batch, "simulate", simulate)
    yield ran


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole sweep in parts of four; tests change copies of it only."""
    folder = tmp_path_factory.mktemp("sweeps") / "whole"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "PART_RUNS", 4)
        assert main(["sweep", *SMALL, *GRID, "workers=1", f"out={folder}", "-q"]) == 0
    return folder


def sweep(out: str | Path, *words: str, workers: int = 1) -> int:
    return main(["sweep", *SMALL, *words, f"workers={workers}", f"out={out}"])


def test_a_sweep_read_back_has_a_row_a_run_with_inputs_and_results(whole: Path) -> None:
    opened = sim.open_sweep(whole)
    assert list(opened.design.columns) == [
        "point",
        "draw",
        "sample",
        "policy.follow_up.dose",
        "parameters.dependence.psi",
    ]
    runs = opened.runs
    assert len(runs) == 2 * 8 * 3 and runs["run"].nunique() == N_RUNS and runs["ok"].all() and not runs["error"].any()
    assert list(runs.columns[:14]) == [
        "run", "point", "option", "mission", "shock", "world", "draw", "replicate", "seed", "world_seed",
        "ok", "error", "attempts", "seconds",
    ]  # fmt: skip
    merged = runs.merge(opened.design, on="point")
    assert merged["parameters.dependence.psi_x"].equals(merged["parameters.dependence.psi_y"])
    one = runs[(runs["option"] == "follow_up") & (runs["policy.follow_up.dose"] == 0.5)].iloc[-1]
    psi = one["parameters.dependence.psi"]
    own = ("policy=[follow_up]", "policy.follow_up.start_week=2", "policy.follow_up.dose=0.5")
    scenario = sim.load_scenario(*SMALL[:-1], *own, f"parameters.dependence.psi={psi}")
    run = sim.simulate(scenario, seed=one["seed"], world_seed=one["world_seed"])
    assert (
        run.summary["unique_persons"] == one["unique_persons"] and run.summary["mean_violence"] == one["mean_violence"]
    )
    kept = opened.series(["venues", "true_acts"], where=f"run = '{one['run']}'")
    assert list(kept["week"]) == list(run.series["week"]) and list(kept["venues"]) == list(run.series["venues"])
    assert len(opened.funnel) == 11 * N_RUNS
    assert set(opened.cases.columns) == {"run", "kind", "authority", "forum", "outcome", "n", "mean_weeks"}


def test_fans_and_queries_agree_with_the_series(whole: Path) -> None:
    opened = sim.open_sweep(whole)
    series = opened.series("venues")
    fan = opened.fan("venues", by="option", quantiles=(0.0, 0.5, 1.0), where="replicate < 2")
    expected = series[series["replicate"] < 2].groupby(["option", "week"])["venues"]
    assert list(fan.columns) == ["option", "week", "n", "p00", "p50", "p100"] and (fan["n"] == 16).all()
    assert list(fan["p00"]) == list(expected.min()) and list(fan["p100"]) == list(expected.max())
    assert list(fan["p50"]) == pytest.approx(list(expected.median()))
    assert opened.query("select count(*) as n from runs join design using (point)")["n"][0] == 48
    with pytest.raises(ValueError, match="Did you mean: venues"):
        opened.fan("venuess")
    with pytest.raises(ValueError, match="between 0 and 1"):
        opened.fan("venues", quantiles=(5,))


def test_the_same_command_again_makes_nothing_and_changes_nothing(
    whole: Path, elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copied(whole, elsewhere / "copy")
    before = contents(copy)
    assert sweep(copy, *GRID) == 0 and main(["resume", str(copy)]) == 0
    assert not made and contents(copy) == before
    assert capsys.readouterr().err.count(f"0 of {N_RUNS} runs to make, {N_RUNS} kept from before") == 2


def test_a_dry_run_equals_what_happens(
    whole: Path, elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(*words: str) -> dict[str, Any]:
        assert main([*words, "--dry-run", "--json"]) == 0
        return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]

    copy = copied(whole, elsewhere / "copy")
    parts = Store(copy).part_names()
    for name in parts[1:3]:  # one lost, one damaged
        target = copy / "parts" / name / "series.parquet"
        content = bytearray(target.read_bytes())
        content[len(content) // 2] ^= 1
        target.write_bytes(content)
    for file in (copy / "parts" / parts[1]).iterdir():
        file.unlink()
    (copy / "parts" / parts[1]).rmdir()
    lost = (set(tables(whole)["runs"]["run"]) - Store(copy).kept()).pop()
    Store(copy).fail(lost, "ArithmeticError: once", 0.1)
    before = contents(copy)
    promised = asked("resume", str(copy))
    assert contents(copy) == before and not made
    assert (promised["needed"], promised["missing"], promised["failed_before"]) == (8, 7, 1)
    assert promised["kept"] == N_RUNS - 8 and promised["damaged"] == [parts[2]] and promised["bytes"] > 0
    assert promised == asked("sweep", *SMALL, *GRID, f"out={copy}")
    with pytest.warns(DamagedParts, match=parts[2]):
        assert sim.open_sweep(copy).runs["run"].nunique() == N_RUNS - 7  # the failed one is a row
    assert main(["resume", str(copy), "workers=1"]) == 0
    assert len(made) == 8 and len(set(made)) == 8
    assert f"{parts[2]} is damaged: it is set aside" in capsys.readouterr().err
    assert (copy / "damaged" / parts[2] / "series.parquet").exists()  # kept, but nowhere read
    for name, table in tables(copy).items():
        pd.testing.assert_frame_equal(table, tables(whole)[name], check_exact=True)
    runs = sim.open_sweep(copy).runs
    assert runs["ok"].all() and set(runs.loc[runs["run"] == lost, "attempts"]) == {2}
    assert asked("resume", str(copy))["needed"] == 0


def test_results_do_not_depend_on_processes(whole: Path, elsewhere: Path) -> None:
    assert sweep(elsewhere / "two", *GRID, workers=2) == 0
    assert_same(elsewhere / "two", whole)


def test_a_folder_grows_but_does_not_change(
    whole: Path, elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copied(whole, elsewhere / "copy")
    assert sweep(copy, *GRID[:-2], "points=5", "replicates=4") == 0  # Sobol's sequence goes on
    assert len(made) == 15 * 4 - N_RUNS and len(sim.open_sweep(copy).runs) == 2 * 10 * 4
    before = contents(copy)
    for words, said in [
        (GRID, "has 4 replicates, not 3"),
        ((*GRID[:-2], "points=4", "replicates=4"), "3 of its 20 scenarios are not part of it"),
        (("parameters.networks.hide_rate_per_week=0.01", *GRID[:-2], "points=5", "replicates=4"),
         "configuration changed in 20 of its 20"),
        ((*GRID[:-2], "points=5", "replicates=4", "indicators=venues"), "keeps other indicators"),
    ]:  # fmt: skip
        capsys.readouterr()
        for flags in ([], ["--dry-run"]):
            assert main(["sweep", *SMALL, *words, f"out={copy}", *flags]) == 2
            assert said in (shown := capsys.readouterr().err) and "Nothing was touched" in shown, shown
    assert contents(copy) == before


def test_other_versions_and_other_folders_are_left_alone(
    whole: Path, elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    for entry, value, said in (
        ("schema_version", 99, "schema version 99"),
        ("model", "0" * 16, "another version of the model"),
    ):
        copy = copied(whole, elsewhere / entry)
        manifest = json.loads((copy / "manifest.json").read_text()) | {entry: value}
        (copy / "manifest.json").write_text(json.dumps(manifest))
        before = contents(copy)
        for words in (["resume", str(copy)], ["sweep", *SMALL, *GRID, f"out={copy}"]):
            assert main(words) == 2
            assert said in capsys.readouterr().err
        assert contents(copy) == before
    assert len(sim.open_sweep(elsewhere / "model").runs) == 48  # what another version made can still be read
    foreign = elsewhere / "foreign"
    foreign.mkdir()
    (foreign / "mine.txt").write_text("x")
    assert sweep(foreign, *GRID) == 2 and main(["resume", str(foreign)]) == 2 and main(["resume", "nowhere"]) == 2
    assert contents(foreign) == {"mine.txt": b"x"} and not made


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_refuses_leaves_what_was_written(
    number: int, whole: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = 0
    real = os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls > 25:
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(store_module, "PART_RUNS", 4)
    out = elsewhere / "full"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        assert sweep(out, *GRID) == 4
    said = capsys.readouterr().err
    kept = sim.open_sweep(out).runs["run"].nunique()
    assert 0 < kept < N_RUNS and f"{kept} of {N_RUNS} runs kept" in said
    assert os.strerror(number) in said and "Traceback" not in said
    assert main(["resume", str(out), "workers=1"]) == 0
    assert_same(out, whole)


def test_a_command_that_was_killed_before_its_manifest_is_no_obstacle(elsewhere: Path) -> None:
    for name in (".lock", ".manifest.json.partial", "plan-01234567.parquet"):
        (elsewhere / name).write_text("")
    assert sweep(elsewhere, "-q") == 0
    assert len(sim.open_sweep(elsewhere).runs) == 1
    assert not (elsewhere / ".manifest.json.partial").exists() and len(list(elsewhere.glob("plan-*"))) == 1


def test_two_commands_do_not_work_in_one_folder(
    whole: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.runs.kept import locked

    copy = copied(whole, elsewhere / "copy")
    with locked(copy):
        assert main(["resume", str(copy)]) == 4
    assert "another command is working there" in capsys.readouterr().err


def test_one_run_is_made_again_and_compared(whole: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = str(sim.open_sweep(whole).runs["run"].iloc[-1])
    assert main(["rerun", str(whole), f"run={name}", "out=again"]) == 0
    assert "the same numbers as kept" in capsys.readouterr().out and sim.open_run("again").summary["peak_venues"] >= 0
    copy = copied(whole, elsewhere / "copy")
    store = Store(copy)
    table = store.read("runs")
    assert table is not None
    for part in store.part_names()[1:]:
        (copy / "parts" / part / "part.json").unlink()  # all others are left out
    first = Store(copy).read("runs").to_pylist()  # type: ignore[union-attr]
    first[0]["unique_persons"] += 1
    store_module._write(type(table).from_pylist(first), copy / "parts" / store.part_names()[0] / "runs.parquet")
    files = {
        p.name: [p.stat().st_size, store_module._checksum(p)]
        for p in (copy / "parts" / store.part_names()[0]).glob("*.parquet")
    }
    (copy / "parts" / store.part_names()[0] / "part.json").write_text(json.dumps({"files": files}))
    capsys.readouterr()
    assert main(["rerun", str(copy), f"run={first[0]['run']}", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["status"] == "differs" and [d["column"] for d in found["differences"]] == ["unique_persons"]


def test_a_design_file_is_the_same_as_its_words(
    whole: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = elsewhere / "question"
    folder.mkdir()
    (folder / "design.yaml").write_text(
        "mission: generic\nmission.horizon_weeks: 12\nscale: 0.05\nmission.initial_venues: 100\nseed: 3\n"
        "policy: [[], [follow_up]]\npolicy.follow_up: {start_week: 2, dose: [0.5, 1]}\n"
        "parameters:\n  dependence:\n    psi: 0..3\ndesign: sobol\npoints: 4\nreplicates: 1\n"
    )
    assert main(["sweep", str(folder), "replicates=3", "--dry-run", "--json"]) == 0  # what is typed wins
    assert json.loads(capsys.readouterr().out)["folder"] == "results/question"
    copy = copied(whole, elsewhere / "copy")
    assert main(["sweep", str(folder), "replicates=3", f"out={copy}", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == N_RUNS


def test_tables_of_points_and_draws(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (elsewhere / "points.csv").write_text("parameters.dependence.psi,shock.size\n0,0\n1,0.5\n2,0.25\n")
    assert sweep("table", "shock=surge", "table=points.csv", "indicators=venues", "-q") == 0
    opened = sim.open_sweep("table")
    assert len(opened.runs) == 3 and list(opened.runs["shock.size"]) == [0, 0.5, 0.25]
    assert set(opened.query("describe series")["column_name"]) == {"run", "week", "venues"}
    words = ["sweep", *SMALL, "shock=surge,none", "draws=points.csv", "parameters.prices.adjustment_per_week=0.1,0.2"]
    assert main([*words, "--dry-run"]) == 0
    assert "12 runs = 2 values of prices.adjustment_per_week x 3 draws x 2 shocks; generic, 12 weeks" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "rules"), [
    (["parameters.dependence.psii=0..1", "points=2"], ["Did you mean: psi"]),
    (["parameters.dependence=range", "points=2"], ["names a group of values"]),
    (["parameters.dependence.psi=0..99", "parameters.prices.adjustment_per_week=2..1", "points=2"],
     ["must lie between", "two rising numbers", "2 problems"]),
    (["mission.horizon_weeks=10.5..12", "points=2"], ["two rising whole numbers"]),
    (["parameters.dependence.psi=0..1"], ["points: is missing"]),
    (["points=3"], ["no range is to be sampled"]),
    (["parameters.dependence.psi=0..1", "points=0", "design=sobl", "engine=ray", "replicates=0", "workers=x"],
     ["Did you mean: sobol", "points = 0", "engine = ray", "replicates = 0", "workers = x", "5 problems"]),
    (["parameters.dependence.psi=0,99,-1"], ["= 99", "= -1", "2 problems"]),
    (["parameters.dependence.psi=0,a"], ["levels must be all numbers"]),
    (["parameters.dependence.psi=1,1"], ["names a level twice"]),
    (["policy=[],[follow_up]", "policy.training.dose=0,1"], ["no option has policy training"]),
    (["mission.title=range", "points=2"], ["has no range"]),
    (["shock=surgee", "policy=[],[follow_upp]"], ["Did you mean: surge", "Did you mean: follow_up"]),
    (["table=nowhere.csv"], ["cannot be read"]),
    (["table=holes.csv"], ["has empty cells"]),
    (["table=good.csv", "points=3"], ["is a whole design"]),
    (["draws=good.csv", "parameters.dependence.psi=0,1"], ["varied already"]),
    (["address=tcp://127.0.0.1:1"], ["Add engine=dask"]),
    (["indicators=venuess"], ["Did you mean: venues"]),
    (["nowhere.yaml"], ["cannot be read"]),
    (["a", "b"], ["has one design"]),
])  # fmt: skip
def test_bad_input_is_answered_with_2_before_anything_is_run(
    words: list[str], rules: list[str], elsewhere: Path, made: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    (elsewhere / "holes.csv").write_text("parameters.dependence.psi,shock.size\n0,\n")
    (elsewhere / "good.csv").write_text("parameters.dependence.psi\n0\n")
    assert main(["sweep", *SMALL[:4], *words]) == 2
    shown = capsys.readouterr()
    assert all(rule in shown.err for rule in rules), shown.err
    assert "Traceback" not in shown.err and shown.out == "" and not made and not (elsewhere / "results").exists()


def test_bad_words_of_resume_and_rerun_are_answered_with_2(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ["resume"],
        ["resume", "a", "b"],
        ["rerun", str(whole)],
        ["rerun", str(whole), "run=x"],
        ["rerun", "run=x"],
    ):
        assert main(words) == 2, words
    assert "is not part of" in capsys.readouterr().err
