"""Executes the lessons of notebooks/ and writes each as a page of docs/notebooks/: text, code, results and pictures.

``make docs`` does so through ``write_docs.py``. In a lesson a cell tagged ``hide-input`` shows its result without its code, and
one tagged ``answer`` is a worked answer for the instructor, folded on the page. A cell that raises ends everything.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.py"))
PAGES = ROOT / "docs" / "notebooks"
WRITTEN = (
    "Written by `make docs` from [`{path}`](../../{path}), executed; cells that only word a sentence show the sentence."
)
TIMEOUT_SECONDS = 300  # of one cell; a hung kernel must not hold up anything for ever
COLOURS = 64
HIDDEN, ANSWER = "hide-input", "answer"
TITLE = re.compile(r"\*\*(.+?)\*\*\s*")


def execute(lesson: Path) -> Any:
    """A lesson as a notebook with the results of every cell, run from top to bottom by this interpreter.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        With the cell and its traceback, where one fails.
    """
    import jupytext
    import nbclient

    notebook = jupytext.read(lesson)
    with _this_python() as kernel, tempfile.TemporaryDirectory() as folder:
        client = nbclient.NotebookClient(
            notebook, timeout=TIMEOUT_SECONDS, kernel_name=kernel, resources={"metadata": {"path": folder}}
        )
        client.execute(stderr=DEVNULL)  # of the kernel's own start; what cells write is kept in the notebook
    return notebook


@contextmanager
def _this_python() -> Iterator[str]:
    """Name of a kernel that is this interpreter, whatever kernels the machine knows."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "kernels" / "python3"
        home.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": command, "display_name": "Python 3", "language": "python"}
        (home / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        own = {
            "JUPYTER_PATH": folder,
            "JUPYTER_RUNTIME_DIR": f"{folder}/runtime",
            "IPYTHONDIR": f"{folder}/ipython",
            "MPLBACKEND": "Agg",
            "COLUMNS": "100",  # what commands print is wrapped to it, whatever the terminal
        }
        before = {name: os.environ.get(name) for name in own}
        os.environ.update(own)
        try:
            yield "python3"
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def page_of(lesson: Path, notebook: Any) -> tuple[str, dict[str, bytes]]:
    """The page of an executed lesson, and its pictures by file name."""
    parts = []
    pictures: dict[str, bytes] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        tags = cell.metadata.get("tags", [])
        shown = [text for output in _joined(cell.outputs) if (text := _shown(output, lesson.stem, pictures))]
        if ANSWER in tags:
            parts.append(_folded("\n\n".join(shown)))
            continue
        parts += [] if HIDDEN in tags else [f"```python\n{cell.source}\n```"]
        parts += shown
    title, _, rest = "\n\n".join(parts).partition("\n")
    written = WRITTEN.format(path=lesson.relative_to(ROOT).as_posix())
    return f"{title}\n\n{written}\n{rest}\n", pictures


def _joined(outputs: list[Any]) -> list[Any]:
    """Results with what was printed in pieces put together."""
    joined: list[Any] = []
    for output in outputs:
        if joined and output.output_type == joined[-1].output_type == "stream" and output.name == joined[-1].name:
            joined[-1] = type(output)(joined[-1] | {"text": joined[-1].text + output.text})
        else:
            joined.append(output)
    return joined


def _shown(output: Any, name: str, pictures: dict[str, bytes]) -> str:
    """One result as Markdown; pictures are kept beside."""
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```" if output.name == "stdout" else ""
    data = output.get("data", {})
    if "image/png" in data:
        file = f"{name}_{len(pictures) + 1}.png"
        pictures[file] = _few_colours(b64decode(data["image/png"]))
        return f"![{output.metadata['image/png']['alt']}]({file})"
    if "text/markdown" in data:
        return str(data["text/markdown"])
    if "text/html" in data:
        return _table(data["text/html"])
    return f"```text\n{data['text/plain']}\n```" if "text/plain" in data else ""


def _folded(answer: str) -> str:
    """A worked answer behind its title."""
    title = TITLE.match(answer)
    if title is None:
        raise SystemExit(f"a worked answer begins with its title in bold, and this one does not: {answer[:80]}")
    return f"<details>\n<summary>Worked answer {title[1]}</summary>\n\n{answer[title.end() :]}\n\n</details>"


def _few_colours(picture: bytes) -> bytes:
    """A picture with few colours, so that it stays small."""
    from PIL import Image

    smaller = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS).save(smaller, "PNG", optimize=True)
    return smaller.getvalue()


class _Rows(HTMLParser):
    """Cells of a table that pandas wrote as HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.n_head = 0
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Begin a row or a cell."""
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            self.is_open = True

    def handle_endtag(self, tag: str) -> None:
        """End a cell, or the head."""
        if tag in ("th", "td"):
            self.is_open = False
        elif tag == "thead":
            self.n_head = len(self.rows)

    def handle_data(self, data: str) -> None:
        """Keep what stands in a cell."""
        if self.is_open:
            self.rows[-1][-1] += data


def _table(html: str) -> str:
    """A table of pandas as a Markdown table; the name of the index joins the row of columns' names."""
    read = _Rows()
    read.feed(html)
    head = [next(filter(None, names), "") for names in zip(*reversed(read.rows[: read.n_head]))]
    if read.n_head == 1:
        head = read.rows[0]
    body = [[cell.replace("|", "\\|").strip() or " " for cell in row] for row in read.rows[read.n_head :]]
    is_number = [all(re.fullmatch(r"[−+-]?[\d.,]+ ?%?|NaN| ", row[i]) for row in body) for i in range(len(head))]
    lines = [head, ["---:" if right else "---" for right in is_number], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(lesson: Path) -> list[Path]:
    """Execute a lesson and write its page and pictures; pictures it no longer has are removed."""
    page, pictures = page_of(lesson, execute(lesson))
    PAGES.mkdir(parents=True, exist_ok=True)
    for old in PAGES.glob(f"{lesson.stem}_*.png"):
        old.unlink()
    target = PAGES / f"{lesson.stem}.md"
    target.write_text(page, encoding="utf-8", newline="\n")
    for name, picture in pictures.items():
        (PAGES / name).write_bytes(picture)
    return [target, *(PAGES / name for name in pictures)]
