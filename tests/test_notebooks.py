"""Every lesson in notebooks/ runs from top to bottom, holds what it claims, and its page in docs/ shows what it gives.

Two quick lessons always run; all of them, and the comparison with their committed pages, in the full test run.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from tools import notebook_pages

jupytext = pytest.importorskip("jupytext")
pytest.importorskip("ipykernel")
nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")

ROOT = Path(__file__).resolve().parent.parent
NAMES = [path.stem for path in notebook_pages.LESSONS]
QUICK = ("01_one_run", "05_write_your_own_policy")
LARGEST_PICTURE = 150_000
FEWEST_CLAIMS, FEWEST_ANSWERS = 3, 3


@cache
def executed(name: str) -> Any:
    """A lesson with its results, once for all tests."""
    return notebook_pages.execute(ROOT / "notebooks" / f"{name}.py")


def said(cell: Any) -> str:
    """What a cell shows as text."""
    return "\n".join(output["data"].get("text/markdown", "") for output in cell.outputs if "data" in output)


def tagged(notebook: Any, tag: str) -> list[Any]:
    """Cells with a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def check(notebook: Any) -> None:
    """A lesson ends without errors, shows pictures, claims things and answers its questions in numbers that exist."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    (claims,) = tagged(notebook, "claims")
    assert said(claims).count("\n- ") + 1 >= FEWEST_CLAIMS
    answers = [said(cell) for cell in tagged(notebook, "answer")]
    assert len(answers) >= FEWEST_ANSWERS and all(answers)
    (asked,) = [cell.source for cell in notebook.cells if re.search(r"^## \d+\. Questions$", cell.source, re.MULTILINE)]
    assert len(re.findall(r"^\d+\. ", asked.partition("Questions\n")[2], re.MULTILINE)) == len(answers)
    for text in (said(cell) for cell in notebook.cells if cell.cell_type == "code"):
        assert not re.search(r"(?<![\w-])(?:nan|inf)(?![\w-])", text), text


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_lesson_holds(name: str) -> None:
    check(executed(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_lesson_holds_and_its_page_is_current(name: str) -> None:
    notebook = executed(name)
    check(notebook)
    page, pictures = notebook_pages.page_of(ROOT / "notebooks" / f"{name}.py", notebook)
    committed = (notebook_pages.PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert committed == page, "run: make docs"
    assert sorted(pictures) == sorted(path.name for path in notebook_pages.PAGES.glob(f"{name}_*.png"))


def test_lessons_are_numbered_from_one_and_each_has_a_page_and_a_place_in_the_plan() -> None:
    assert [int(name[:2]) for name in NAMES] == list(range(1, len(NAMES) + 1)) and set(QUICK) <= set(NAMES)
    assert sorted(path.stem for path in notebook_pages.PAGES.glob("*.md")) == NAMES
    plan = (ROOT / "docs" / "lesson_plan.md").read_text(encoding="utf-8")
    assert all(f"(notebooks/{name}.md)" in plan and f"(../notebooks/{name}.py)" in plan for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_text_and_code_of_a_page_are_those_of_its_lesson(name: str) -> None:
    page = (notebook_pages.PAGES / f"{name}.md").read_text(encoding="utf-8")
    for i, cell in enumerate(jupytext.read(ROOT / "notebooks" / f"{name}.py").cells):
        if not {notebook_pages.HIDDEN, notebook_pages.ANSWER} & set(cell.metadata.get("tags", [])):
            text = cell.source if i else cell.source.partition("\n")[2]  # a note stands below the title
            assert text in page, "run: make docs"


def test_pictures_of_lessons_are_small_and_say_what_they_show() -> None:
    pictures = sorted(notebook_pages.PAGES.glob("*.png"))
    assert pictures and all(path.stat().st_size < LARGEST_PICTURE for path in pictures)
    shown = [pair for page in notebook_pages.PAGES.glob("*.md") for pair in re.findall(r"!\[(.*)\]\((.+)\)", page.read_text())]
    assert sorted(file for _, file in shown) == [path.name for path in pictures]
    assert all(len(words.split()) > 4 for words, _ in shown)


# The writer of pages


def test_a_lesson_whose_claim_fails_stops_with_it(tmp_path: Path) -> None:
    lesson = tmp_path / "99_wrong.py"
    lesson.write_text("# %%\nclaims = {'two is three': 2 == 3}\nassert all(claims.values()), list(claims)\n")
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="two is three"):
        notebook_pages.execute(lesson)


def cell(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> SimpleNamespace:
    """A cell as a notebook holds it."""
    kind = "code" if outputs or tags else "markdown"
    kept = [nbformat.from_dict({"output_type": "display_data", "metadata": {}, **output}) for output in outputs]
    return SimpleNamespace(cell_type=kind, source=source, outputs=kept, metadata={"tags": list(tags)})


def test_a_page_shows_text_code_and_results_and_folds_answers() -> None:
    text = {"data": {"text/markdown": "It is **4**."}}
    answer = {"data": {"text/markdown": "**1. Four.** Count them."}}
    notebook = SimpleNamespace(
        cells=[
            cell("# Title\n\nText."),
            cell("2 + 2", text),
            cell("hidden()", text, tags=("hide-input",)),
            cell("worked()", answer, tags=("answer",)),
            cell("print()", {"output_type": "stream", "name": "stderr", "text": "noise"}),
            cell("print(1)", {"output_type": "stream", "name": "stdout", "text": "one\n"}),
        ]
    )
    page, pictures = notebook_pages.page_of(ROOT / "notebooks" / "01_one_run.py", notebook)
    assert pictures == {} and "noise" not in page and "hidden()" not in page and "worked()" not in page
    assert page.startswith("# Title\n\nWritten by `make docs`")
    assert "```python\n2 + 2\n```\n\nIt is **4**.\n\nIt is **4**.\n\n<details>" in page
    assert "<summary>Worked answer 1. Four.</summary>\n\nCount them.\n\n</details>" in page
    assert page.endswith("```text\none\n```\n")


def test_an_answer_without_a_title_is_refused() -> None:
    with pytest.raises(SystemExit, match="title in bold"):
        notebook_pages.page_of(
            ROOT / "x.py", SimpleNamespace(cells=[cell("x", {"data": {"text/markdown": "Four."}}, tags=("answer",))])
        )


def test_tables_of_pandas_become_tables_of_the_page() -> None:
    table = pd.DataFrame({"persons": ["1,200", "−3"], "who": ["a|b", ""]}, index=pd.Index(["x", "y"], name="run"))
    assert notebook_pages._table(table._repr_html_()).splitlines() == [
        "| run | persons | who |",
        "| --- | ---: | --- |",
        "| x | 1,200 | a\\|b |",
        "| y | −3 |   |",
    ]
    plain = pd.DataFrame({"a": [1]})
    assert notebook_pages._table(plain._repr_html_()).splitlines() == ["|  | a |", "| ---: | ---: |", "| 0 | 1 |"]
