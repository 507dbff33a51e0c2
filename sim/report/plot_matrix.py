"""P2 and P9a: options against shocks or worlds, a number in every cell.

Part of the report's figures; answers whether an effect survives other circumstances and other contested findings. Leaves
out any mean over columns: worlds and shocks are listed, never averaged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sim.report import look, words
from sim.report.effect import Effect, State
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import Findings, Place
from sim.report.names import mission_name, option_name, shock_name, short_name
from sim.report.svg import Pen, wrap

COLUMNS = ("option", "column", "median, %", "direction", "better", "about the same", "worse", "pairs", "can be told",
           "reverses the first column")  # fmt: skip
GLYPHS = {-1: "▼", 0: "≈", 1: "▲"}
DIRECTIONS = {-1: "lower", 0: "within what matters", 1: "higher"}
SAME_LUCK = "Every column shows the same replicates, those all worlds have, so that columns differ by world and not by luck."
Row = tuple[str, int, Sequence[tuple[str, Effect | None]]]  # an option, its direction in the first column, effects by column


def shock_matrix(findings: Findings) -> Figure | None:
    """Return P2, or nothing where only one mission and one shock were run."""
    plan, world = findings.plan, findings.main[2]
    columns: list[tuple[str, Place]] = []
    for mission in plan.missions:
        for shock in plan.shocks:
            name = shock_name(shock.name)
            label = f"{mission_name(mission.name)}, {name}" if len(plan.missions) > 1 else words.sentence(name)
            columns.append((label, (mission.name, shock.name, world)))
    if len(columns) < 2:
        return None
    share = plan.matters_share
    rows = [
        (name, findings.effect(name).sign(share), [(label, findings.effect(name, place=place)) for label, place in columns])
        for name in findings.names
    ]
    table = matrix_table(rows, share)
    turned = list(dict.fromkeys(table.loc[table["reverses the first column"], "option"]))
    title = (
        f"Under another shock the direction reverses for {words.list_of([option_name(name) for name in turned])}"
        if turned
        else "No direction reverses under the other shocks examined"
    )
    return _matrix(findings, "p2", title, table, [label for label, _ in columns], "shock")


def world_strip(findings: Findings) -> Figure | None:
    """Return P9a, or nothing where only one world was run; options whose direction reverses stand first."""
    plan = findings.plan
    if len(plan.worlds) < 2 or not findings.world_names:
        return None
    labels = [words.sentence(world.about or world.name.replace("_", " ")) for world in plan.worlds]
    names = sorted(findings.world_names, key=lambda name: not findings.reversals(name))
    rows = [
        (
            name,
            findings.signs(name).get(findings.main[2], 0),
            [(label, findings.by_world(name).get(world.name)) for label, world in zip(labels, plan.worlds)],
        )
        for name in names
    ]
    table = matrix_table(rows, plan.matters_share)
    turned = [name for name in names if findings.reversals(name)]
    title = (
        f"A contested finding reverses the direction of {words.list_of([option_name(name) for name in turned])}"
        if turned
        else f"No direction reverses in the {len(labels)} worlds examined"
    )
    return _matrix(findings, "p9a", title, table, labels, "world", SAME_LUCK)


def matrix_table(options: Sequence[Row], matters_share: float) -> pd.DataFrame:
    """Return what a matrix draws: one row a cell."""
    rows = []
    for name, first, cells in options:
        for label, e in cells:
            if e is None or e.state is State.NOTHING:
                rows.append((name, label, math.nan, "no pair finished", 0, 0, 0, 0, False, False))
                continue
            sign = e.sign(matters_share)
            turns = bool(first) and sign == -first
            rows.append(
                (name, label, e.percent(e.median), DIRECTIONS[sign], e.better, e.same, e.worse, e.n, _told(e), turns)
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _told(effect: Effect) -> bool:
    """Say whether any of the three counts earns a word, or all pairs are equal."""
    return effect.state in (State.GOOD, State.HARMFUL, State.LITTLE, State.ZERO)


def _matrix(
    findings: Findings,
    anchor: str,
    title: str,
    table: pd.DataFrame,
    labels: Sequence[str],
    what: str,
    more: str = "",
) -> Figure:
    """Put a matrix on the page."""

    def draw(ident: str, width: int) -> str:
        return _draw(ident, width, table, labels, title, what, 100.0 * findings.plan.matters_share)

    pairs = table.loc[table["pairs"] > 0, "pairs"]
    n = (
        f"{pairs.min()} to {pairs.max()}"
        if len(pairs) and pairs.min() != pairs.max()
        else f"{pairs.max() if len(pairs) else 0}"
    )
    subtitle = (
        f"Median change in person-weeks of exploitation against {option_name(findings.baseline)} in the same "
        f"{what}, in %; "
        f"whole run, all persons exploited; {n} paired runs a cell, luck only"
    )
    note = (
        f"▼ lower, ▲ higher, ≈ within what matters ({100.0 * findings.plan.matters_share:g} %, assumed). Blue is "
        "less, orange "
        "is more exploitation; diagonal lines: more exploitation; dots: the runs cannot tell; ↺ the direction "
        "reverses against "
        f"the first {what}. {more}"
    ).strip()
    return make_figure(anchor, title, subtitle, table, draw, note)


def _draw(
    ident: str, width: int, table: pd.DataFrame, labels: Sequence[str], title: str, what: str, band: float
) -> str:
    """Draw cells in rows of options; narrow pages number the columns and name them below."""
    narrow = width < SWITCH
    names = list(dict.fromkeys(table["option"]))
    left = 4 if narrow else 196
    cell = min(150.0, (width - left - 4) / len(labels))
    heads = [wrap(label, cell - 8, 12.0) for label in labels]
    top = 24.0 if narrow else 16.0 * max(len(head) for head in heads) + 12.0
    row_height = 66 if narrow else 46
    keys = (
        [line for i, label in enumerate(labels) for line in wrap(f"{i + 1}  {label}", width - 12, 12.0)]
        if narrow
        else []
    )
    pen = Pen(ident, width, top + row_height * len(names) + 8 + 16 * len(keys))
    for i, head in enumerate(heads):
        middle = left + cell * (i + 0.5)
        lines = [str(i + 1)] if narrow else head
        pen.lines(middle, top - 8 - 15.0 * (len(lines) - 1), lines, 12.0, "middle", colour=look.QUIET)
    top_value = max(4.0 * band, float(table["median, %"].abs().max()) if table["median, %"].notna().any() else 0.0)
    for r, name in enumerate(names):
        y = top + row_height * r
        if narrow:
            pen.text(left, y + 15, short_name(name), 13.0, bold=True)
            y += 20
        else:
            lines = wrap(short_name(name), 180, 13.5, True)[:2]
            pen.lines(8, y + 27 - 8 * (len(lines) - 1), lines, 13.5, bold=True, leading=1.2)
        for c, row in enumerate(table[table["option"] == name].to_dict("records")):
            _cell(pen, left + cell * c, y, cell, row, top_value, narrow)
    pen.lines(left, top + row_height * len(names) + 20, keys, 12.0, leading=1.33)
    return pen.done(title, f"{len(names)} options in rows, {len(labels)} {what}s in columns, a number in each cell.")


def _cell(pen: Pen, x: float, y: float, width: float, row: dict[object, object], top: float, narrow: bool) -> None:
    """Draw one cell: fill, pattern, glyph and number."""
    value, height = float(str(row["median, %"])), 38.0
    if not math.isfinite(value):
        pen.rect(x + 1, y + 2, width - 2, height, "#FFFFFF", look.RULE)
        pen.text(x + width / 2, y + 26, words.NOTHING, 13.0, "middle", colour=look.QUIET)
        return
    where = f"{short_name(str(row['option']))}, {row['column']}"
    tip = f"{where}: {words.signed(value)} %, better in {row['better']} of {row['pairs']}"
    pen.rect(x + 1, y + 2, width - 2, height, look.diverging(value, top), look.QUIET, tip, 0.6)
    sign = next(sign for sign, word in DIRECTIONS.items() if word == row["direction"])
    if sign > 0:
        pen.rect(x + 1, y + 2, width - 2, height, pen.pattern("worse", "#7A4A1E", 1.0), opacity=0.55)
    if not row["can be told"]:
        pen.rect(x + 1, y + 2, width - 2, height, pen.pattern("unsure", "#555555"), opacity=0.5)
    size = 13.0 if width > 44 else 11.0
    number = _whole(value) if sign == 0 or abs(value) >= 99.5 else words.number(abs(value))
    text = f"{GLYPHS[sign]} {number}" + ("" if narrow and width < 60 else " %")
    if narrow and width < 56:
        pen.text(x + width / 2, y + 17, GLYPHS[sign], 11.0, "middle", halo=True)
        pen.text(x + width / 2, y + 32, number, size, "middle", True, halo=True)
    else:
        pen.text(x + width / 2, y + 26, text, size, "middle", True, halo=True)
    if row["reverses the first column"]:
        pen.text(x + width - 4, y + 14, "↺", 13.0, "end", True, halo=True)


def _whole(value: float) -> str:
    """Return a size to one per cent: within what matters a decimal would claim too much."""
    text = f"{abs(value):,.0f}"
    return "below 1" if text == "0" and value else text
