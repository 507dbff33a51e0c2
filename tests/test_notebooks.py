"""Every lesson in notebooks/ runs from top to bottom in a kernel of this interpreter, and shows at least one picture."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

jupytext = pytest.importorskip("jupytext")
pytest.importorskip("ipykernel")
nbclient = pytest.importorskip("nbclient")

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.py"))
TIMEOUT_SECONDS = 300  # of one cell; a hung kernel must not hold up the tests for ever


@pytest.fixture
def this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a kernel that is this interpreter, whatever kernels the machine knows."""
    folder = tmp_path / "jupyter" / "kernels" / "python3"
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "Python 3", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return "python3"


def test_there_are_lessons() -> None:
    assert LESSONS


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_lesson_runs_and_shows_a_picture(lesson: Path, this_python: str) -> None:
    notebook = jupytext.read(lesson)
    client = nbclient.NotebookClient(
        notebook,
        timeout=TIMEOUT_SECONDS,
        kernel_name=this_python,
        resources={"metadata": {"path": str(ROOT)}},
    )
    client.execute()  # raises with the cell and its traceback when one fails
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    said = [output["data"]["text/markdown"] for output in outputs if "text/markdown" in output.get("data", {})]
    assert said
    assert not [sentence for sentence in said if "nan" in sentence.split() or "inf" in sentence.split()]
