"""The model beside documented facts, read from `docs/evidence_fit.md` where the project's documents are at hand.

Part of the report; answers what the model hits and misses for a mission. Leaves out any claim of validation: the page it
reads says itself that defaults were set with some of these facts in view.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import pandas as pd

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence_fit.md"
HEADINGS = {"kosovo": "Kosovo", "bosnia": "Bosnia and Herzegovina"}
COLUMNS = ("fact", "quantity", "year", "documented", "model, mean", "model, lowest", "model, highest", "model over documented",
           "how far off", "also an input to")  # fmt: skip
PASS_BAND = (0.5, 2.0)
_MODEL = re.compile(r"^([\d.,]+) \(([\d.,]+) to ([\d.,]+)\)$")
_TIMES = re.compile(r"([\d.]+) times")


def facts_of(mission: str, page: Path = PAGE) -> pd.DataFrame:
    """Return documented facts and the model's numbers for a mission, misses first; empty where none are at hand.

    Limits: facts in words only have no ratio and are left out.
    """
    heading = HEADINGS.get(mission)
    if heading is None or not page.is_file():
        return pd.DataFrame(columns=list(COLUMNS))
    rows = [_row(line) for line in _section(page.read_text(encoding="utf-8"), heading)]
    table = pd.DataFrame([row for row in rows if row is not None], columns=list(COLUMNS))
    outside = ~table["model over documented"].between(*PASS_BAND)
    away = table["model over documented"].apply(lambda ratio: abs(math.log(ratio)))
    order = table.assign(outside=outside, away=away).sort_values(["outside", "away"], ascending=False, kind="stable")
    return table.loc[order.index].reset_index(drop=True)


def _section(text: str, heading: str) -> list[str]:
    """Return the table rows below a heading."""
    _, _, rest = text.partition(f"\n## {heading}\n")
    return [line for line in rest.partition("\n## ")[0].splitlines() if line.startswith("| ") and "---" not in line][1:]


def _row(line: str) -> tuple[object, ...] | None:
    """Return one fact, or nothing where it has no ratio."""
    cells = [part.strip() for part in line.strip("| ").split(" | ")]
    if len(cells) < 6:
        return None
    model, times = _MODEL.match(cells[4]), _TIMES.search(cells[5])
    if model is None or times is None or float(times.group(1)) <= 0.0:
        return None
    mean, low, high = (float(part.replace(",", "")) for part in model.groups())
    fed = cells[7].replace("`", "") if len(cells) > 7 else ""
    return (
        cells[0],
        cells[1],
        cells[2],
        cells[3],
        mean,
        low,
        high,
        float(times.group(1)),
        cells[5].partition(",")[0],
        fed,
    )
