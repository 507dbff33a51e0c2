"""What happens to a sweep's folder between two commands: damaged plans and manifests, full disks, runs to be tried again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import main
from sim.sweeps import engine as engine_module
from sim.sweeps import store as store_module
from tests.sweep_support import GRID, N_RUNS, SMALL, assert_same, contents, copied

# From the third part on no file may grow beyond a few bytes: the system itself refuses to write, as on a full disk.
FULL_DISK = """
import resource, sys
from sim.cli import main
from sim.sweeps import store
store.PART_RUNS = 4
real, n = store._write, 0
def write(table, where):
    global n
    n += 1
    if n > 2 * len(store.TABLES):
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    real(table, where)
store._write = write
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command of these tests runs in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole sweep in parts of four; tests change copies of it only."""
    folder = tmp_path_factory.mktemp("sweeps") / "whole"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "PART_RUNS", 4)
        assert main(["sweep", *SMALL, *GRID, "workers=1", f"out={folder}", "-q"]) == 0
    return folder


def test_a_damaged_plan_is_named_and_written_anew_by_the_command_that_made_it(
    whole: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for spoil in ("torn", "missing", "another"):
        copy = copied(whole, elsewhere / spoil)
        (plan,) = copy.glob("plan-*.parquet")
        if spoil == "torn":
            plan.write_bytes(plan.read_bytes()[:-100])
        elif spoil == "missing":
            plan.unlink()
        else:  # sound as a file, but not what its name says
            pd.read_parquet(plan).assign(seed=7).to_parquet(plan, index=False)
        before = contents(copy)
        assert main(["resume", str(copy)]) == 2
        said = capsys.readouterr().err
        assert "missing or damaged" in said and "mandate sweep" in said and contents(copy) == before
        for others in (("points=5", "replicates=3"), ("points=4", "replicates=2")):  # another plan does not mend it
            assert main(["sweep", *SMALL, *GRID[:-2], *others, f"out={copy}"]) == 2
        assert contents(copy) == before
        assert main(["sweep", *SMALL, *GRID, f"out={copy}", "-q"]) == 0
        assert_same(copy, whole)
        assert main(["resume", str(copy), "-q"]) == 0


@pytest.mark.parametrize("text", ["", "{", '{"program": "mandate"}', "[]"])
def test_a_damaged_manifest_is_named_and_nothing_is_touched(
    text: str, whole: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copied(whole, elsewhere / "copy")
    (copy / "manifest.json").write_text(text)
    before = contents(copy)
    for words in (["resume", str(copy)], ["sweep", *SMALL, *GRID, f"out={copy}"], ["rerun", str(copy), "run=x"]):
        assert main(words) == 2
        assert "manifest.json is damaged or of another program" in capsys.readouterr().err
    assert contents(copy) == before


def test_a_manifest_that_lacks_something_is_no_traceback(
    whole: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for lost, said in (("cells", "damaged"), ("plan", "damaged"), ("model", "another version"), ("paths", "damaged")):
        copy = copied(whole, elsewhere / lost)
        content = json.loads((copy / "manifest.json").read_text())
        del content[lost]
        (copy / "manifest.json").write_text(json.dumps(content))
        before = contents(copy)
        assert main(["resume", str(copy)]) == 2
        assert said in capsys.readouterr().err and contents(copy) == before


@pytest.mark.skipif(sys.platform == "win32", reason="sizes of files cannot be limited")
def test_a_full_disk_stops_the_command_and_tears_nothing(whole: Path, elsewhere: Path) -> None:
    out = elsewhere / "full"
    words = ("sweep", *SMALL, *GRID, "workers=1", f"out={out}")
    done = subprocess.run([sys.executable, "-c", FULL_DISK, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 4 and "Traceback" not in done.stderr, done.stderr
    assert "File too large" in done.stderr and f"8 of {N_RUNS} runs kept" in done.stderr
    assert f"mandate resume {out}" in done.stderr and not list(out.rglob("*.partial"))
    assert main(["resume", str(out), "workers=1", "-q"]) == 0
    assert_same(out, whole)


def test_a_cluster_that_does_not_answer_leaves_no_folder(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed")
    from sim.runs import cluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    words = ["sweep", *SMALL, *GRID, "engine=dask", "address=tcp://127.0.0.1:1", "out=nowhere"]
    assert main(words) == 4
    assert "no scheduler answers there" in capsys.readouterr().err and not (elsewhere / "nowhere").exists()


def test_runs_given_up_are_tried_again_when_asked_for(
    whole: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Failing(engine_module.Recorder):
        def __call__(self, run: sim.Run) -> dict[str, object]:
            if run.seed == 4:
                raise MemoryError("too much")
            return super().__call__(run)

    out = elsewhere / "again"
    with monkeypatch.context() as patch:
        patch.setattr(engine_module, "Recorder", Failing)
        assert main(["sweep", *SMALL, *GRID, "workers=1", f"out={out}"]) == 1
        assert f"mandate resume {out} --again" in capsys.readouterr().err
    runs = sim.open_sweep(out).runs
    assert (runs["ok"] == (runs["seed"] != 4)).all() and (runs.loc[~runs["ok"], "attempts"] == 3).all()
    assert main(["resume", str(out), "workers=1", "-q"]) == 1  # three attempts are all there are
    assert main(["resume", str(out), "--dry-run"]) == 0
    assert f"failed  {N_RUNS // 3:>7}" in capsys.readouterr().out
    assert main(["resume", str(out), "--again", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["needed"] == N_RUNS // 3
    assert main(["resume", str(out), "--again", "workers=1", "-q"]) == 0
    assert_same(out, whole)
