"""P8: where: persons-weeks of exploitation by coarse cell under the status quo and an option, and the difference.

Part of the report's figures; answers whether exploitation moves. Cells are about 20 km and stand for no place; leaves out
routes, venues and every way between places.
"""

from __future__ import annotations

import pandas as pd

from sim.analysis.study import AREA_OUTCOMES
from sim.report import look, words
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import Findings
from sim.report.look import INK, QUIET
from sim.report.names import option_name
from sim.report.svg import Pen, text_width, wrap

AT_WORK = (
    "Here every mechanism is at work; the channel displacement under Why is what is left of it with networks' other trades "
    "and security switched off, in fewer runs, so the two can differ."
)
COLUMNS = ("cell", "column", "row", "country", "baseline", "option", "difference")


def where_maps(findings: Findings) -> Figure | None:
    """Return P8 for the leading option, or nothing where no cells were kept."""
    name = findings.leading
    table = cell_table(findings.study.cells, findings.baseline, name) if name else pd.DataFrame()
    if name is None or not len(table):
        return None
    n_less, n_more = int((table["difference"] < 0).sum()), int((table["difference"] > 0).sum())
    title = (
        f"Under {option_name(name)} exploitation is lower in {n_less} of {len(table)} cells and higher in {n_more}"
        if n_less + n_more
        else f"Under {option_name(name)} no cell differs from {option_name(findings.baseline)}"
    )
    subtitle = (
        f"Person-weeks of exploitation by cell of about 20 km, whole run, means of {findings.n_pairs} runs: "
        f"{option_name(findings.baseline)}, {option_name(name)}, and the difference"
    )
    note = (
        "Cells are abstract: read the pattern, not a cell. Means hide luck, and the sign of a single cell was "
        "not tested. "
        "Shading follows the square root, so that small values can be told apart; diagonal lines: more than "
        "under the baseline."
    )

    def draw(ident: str, width: int) -> str:
        return _draw(ident, width, table, (option_name(findings.baseline), option_name(name)), title)

    return make_figure("p8", title, subtitle, table, draw, note)


def cell_table(cells: pd.DataFrame, baseline: str, option: str) -> pd.DataFrame:
    """Return what the maps draw: one row a cell, with both levels and the difference."""
    if not len(cells):
        return pd.DataFrame(columns=list(COLUMNS))
    keys = ["cell", "column", "row", "country"]
    levels = {
        who: cells[cells["option"] == name].set_index(keys)["exploited_person_weeks"].astype(float)
        for who, name in (("baseline", baseline), ("option", option))
    }
    table = pd.DataFrame(levels).dropna().reset_index()
    return table.assign(difference=table["option"] - table["baseline"])[list(COLUMNS)]


def displacement(findings: Findings, option: str) -> tuple[float, float] | None:
    """Return mean paired changes inside and outside the mission area, person-weeks; nothing where not recorded."""
    changes = [findings.gaps(option, name) for name in AREA_OUTCOMES]
    if any(not len(change) for change in changes):
        return None
    inside, local, elsewhere = (float(change.mean()) for change in changes)
    return inside + local, elsewhere


def displacement_sentence(findings: Findings, option: str) -> str:
    """Say how much of what is lost inside the area appears outside it."""
    found = displacement(findings, option)
    if found is None:
        return "How much exploitation moves out of the mission area was not recorded."
    inside, outside = found
    name = words.sentence(option_name(option))
    if inside == outside == 0.0:
        return f"{name}: no exploitation moves, inside the mission area or outside it."
    parts = [
        f"{words.number(abs(change))} person-weeks {'fewer' if change < 0 else 'more'} {place}"
        if change
        else f"no change {place}"
        for change, place in ((inside, "inside the mission area"), (outside, "outside it"))
    ]
    n = min(len(findings.gaps(option, outcome)) for outcome in AREA_OUTCOMES)
    text = f"{name}: {parts[0]} and {parts[1]} (means of {words.many(n, 'paired run')})"
    if inside < 0.0 < outside:
        text += f", so that {words.share(outside / -inside)} of what is lost inside appears outside"
    return f"{text}. {AT_WORK}"


def _draw(ident: str, width: int, table: pd.DataFrame, names: tuple[str, str], title: str) -> str:
    """Draw three maps side by side, or below each other."""
    narrow = width < SWITCH
    columns = 1 if narrow else 3
    panel = width / columns
    n_columns = int(table["column"].max() - table["column"].min()) + 1
    n_rows = int(table["row"].max() - table["row"].min()) + 1
    size = min((panel - 24) / n_columns, (230.0 if narrow else 280.0) / n_rows)
    height = 44 + size * n_rows + 56
    pen = Pen(ident, width, height * (3 if narrow else 1))
    top = float(table[["baseline", "option"]].max().max())
    most = float(table["difference"].abs().max())
    for i, (column, heading) in enumerate((("baseline", names[0]), ("option", names[1]), ("difference", "difference"))):
        left, y = (0.0, height * i) if narrow else (panel * i, 0.0)
        pen.lines(
            left + 8, y + 16, wrap(words.sentence(heading), panel - 16, 13.0, True)[:2], 13.0, bold=True, leading=1.15
        )
        _map(pen, left + 8, y + 40, size, table, column, top, most)
        _key(pen, left + 8, y + 40 + size * n_rows + 14, min(panel - 24, 220), column, top, most)
    return pen.done(title, "Three small maps of the same cells: baseline, option, difference.")


def _map(
    pen: Pen, left: float, top: float, size: float, table: pd.DataFrame, column: str, most: float, gap: float
) -> None:
    """Draw the cells of one map with country borders."""
    first_column, first_row = int(table["column"].min()), int(table["row"].min())
    country = {(int(r["column"]), int(r["row"])): str(r["country"]) for r in table.to_dict("records")}
    for row in table.to_dict("records"):
        c, r, value = int(row["column"]), int(row["row"]), float(row[column])
        x, y = left + (c - first_column) * size, top + (r - first_row) * size
        is_gap = column == "difference"
        pen.rect(x, y, size, size, look.diverging(value, gap) if is_gap else look.magnitude(value, most), PAPER_EDGE)
        if is_gap and value > 0.0:
            pen.rect(x, y, size, size, pen.pattern("worse", "#7A4A1E", 1.0), opacity=0.55)
    for (c, r), code in sorted(country.items()):
        x, y = left + (c - first_column) * size, top + (r - first_row) * size
        right, below = x + size, y + size
        edges = (
            ((c + 1, r), (right, y, right, below)),
            ((c, r + 1), (x, below, right, below)),
            ((c - 1, r), (x, y, x, below)),
            ((c, r - 1), (x, y, right, y)),
        )
        for other, line in edges:
            if country.get(other) != code:
                outer = other not in country
                pen.line(*line, INK if outer else "#FFFFFF", 1.4 if outer else 2.4)
                if not outer:
                    pen.line(*line, INK, 1.0, "3 2")


PAPER_EDGE = "#F4F4F4"


def _key(pen: Pen, x: float, y: float, width: float, column: str, top: float, most: float) -> None:
    """Draw the scale of one map."""
    n = 24
    step = width / n
    for i in range(n):
        if column == "difference":
            pen.rect(x + i * step, y, step + 0.5, 10, look.diverging((2 * (i + 0.5) / n - 1) * most, most))
        else:
            pen.rect(x + i * step, y, step + 0.5, 10, look.magnitude(((i + 0.5) / n) ** 2 * top, top))
    pen.rect(x, y, width, 10, "none", QUIET, stroke_width=0.6)
    ends = (words.signed(-most), words.signed(most)) if column == "difference" else ("0", words.number(top))
    pen.text(x, y + 24, ends[0], 11.0, colour=QUIET)
    pen.text(x + width, y + 24, ends[1], 11.0, "end", colour=QUIET)
    middle = "0" if column == "difference" else "person-weeks"
    if text_width(middle, 11.0) < width / 2:
        pen.text(x + width / 2, y + 24, middle, 11.0, "middle", colour=QUIET)
