"""P5: through what an option acts: a waterfall whose bars add up, and the part of deterrence in fewer visits.

Part of the report's figures; answers how much of the change comes from each channel. Terms add up exactly, replicate by
replicate; a residual above one per cent is drawn as a bar of its own.
"""

from __future__ import annotations

import pandas as pd

from sim.analysis.study import DECOMPOSITION_TERMS
from sim.report import look, words
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import Findings
from sim.report.look import INK, PAPER, QUIET
from sim.report.names import option_name
from sim.report.sentences import MOST_RUNS_FROM
from sim.report.svg import Pen, Scale, signed_tick, wrap

COLUMNS = ("term", "from", "to", "mean", "lower 90 %", "upper 90 %", "pairs")
RESIDUAL_SHARE = 0.01
ROUNDING = 1e-9  # of the terms' size: what sums of floats may miss
TERMS = {
    "scale": ("Scale", "exploitation for personnel in the area"),
    "substitution": ("Substitution", "exploitation for local clients instead"),
    "displacement": ("Displacement", "exploitation outside the mission area"),
    "diversification": ("Diversification", "networks turn to other trades, or back"),
    "security": ("Security", "missing troops, violence, who is at risk"),
    "residual": ("Not explained", "the terms do not add up to the total"),
    "total": ("Total", "all together"),
    "deterrence": ("Deterrence", "personnel expect to be found out"),
    "rest": ("All else", "norms, exposure, removal, supply"),
}


def waterfall(findings: Findings, option: str) -> Figure | None:
    """Return P5 of one option, or nothing where its decomposition was not made."""
    table = waterfall_table(findings.study.decomposition, option)
    if not len(table):
        return None
    base, n = option_name(findings.baseline), int(table["pairs"].max())
    title = of_few(_title(table, option), n)
    subtitle = (
        f"Change in person-weeks of exploitation, {option_name(option)} − {base}, by channel; means of "
        f"{words.many(n, 'paired run')} with mechanisms switched off one by one, whole run"
    )
    note = (
        f"Each bar starts where the one above ends. {spread_note(n)} Means of fewer runs than the medians above, so that "
        "the two differ. Which mechanism is switched off first is a convention: what two do only together counts as "
        "security, then diversification."
    )
    return make_figure("p5", title, subtitle, table, lambda i, w: _draw(i, w, table, title, base), note)


def of_few(title: str, n: int) -> str:
    """Say in a title that few runs stand behind it."""
    return f"In {words.many(n, 'paired run')}: {title[:1].lower()}{title[1:]}" if n < words.FEWEST_DRAWS else title


def spread_note(n: int) -> str:
    """Say what the thin lines of a waterfall are, and that few runs are few."""
    if n >= MOST_RUNS_FROM:
        return "Thin lines: nine in ten runs of that term alone."
    if n == 1:
        return "One run has no spread, and says little."
    return f"Thin lines: from about the lowest to about the highest of the {n} runs, of that term alone; {n} runs say little."


def waterfall_table(decomposition: pd.DataFrame, option: str) -> pd.DataFrame:
    """Return what the waterfall draws: one row a term with its start and end, then the total."""
    part = known_parts(decomposition, option)
    if not len(part):
        return pd.DataFrame(columns=list(COLUMNS))
    by_term = part.drop_duplicates("term").set_index("term")
    rows, at = [], 0.0
    for term in DECOMPOSITION_TERMS:
        if term in by_term.index:
            row = by_term.loc[term]
            rows.append(
                (
                    term,
                    at,
                    at + float(row["mean"]),
                    *(float(row[k]) for k in ("mean", "low90", "high90")),
                    int(row["n"]),
                )
            )
            at += float(row["mean"])
    if "total" not in by_term.index:
        return pd.DataFrame(columns=list(COLUMNS))
    total = by_term.loc["total"]
    gap = float(total["mean"]) - at
    size = float(part["mean"].abs().sum())
    if abs(gap) > max(RESIDUAL_SHARE * abs(float(total["mean"])), ROUNDING * size):
        rows.append(("residual", at, float(total["mean"]), gap, gap, gap, int(total["n"])))
    rows.append(("total", 0.0, *(float(total[k]) for k in ("mean", "mean", "low90", "high90")), int(total["n"])))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def is_luck(table: pd.DataFrame) -> bool:
    """Say whether the spread of the total reaches beyond zero on both sides."""
    low, high = (float(table[name].iloc[-1]) for name in ("lower 90 %", "upper 90 %"))
    return low < 0.0 < high


def known_parts(frame: pd.DataFrame, option: str) -> pd.DataFrame:
    """Return the rows of one option that any pair of runs stands behind."""
    return frame[(frame["option"] == option) & (frame["n"] > 0) & frame["mean"].notna()] if len(frame) else frame


def deterrence_split(findings: Findings, option: str) -> Figure | None:
    """Return the split of visits by personnel into deterrence and all else, or nothing where it was not made."""
    part = known_parts(findings.study.deterrence, option)
    if not len(part) or set(part["part"]) < {"deterrence", "rest", "total"}:
        return None
    by_part = part.drop_duplicates("part").set_index("part")
    rows, at = [], 0.0
    for name in ("deterrence", "rest"):
        row = by_part.loc[name]
        rows.append(
            (name, at, at + float(row["mean"]), *(float(row[k]) for k in ("mean", "low90", "high90")), int(row["n"]))
        )
        at += float(row["mean"])
    row = by_part.loc["total"]
    rows.append(("total", 0.0, *(float(row[k]) for k in ("mean", "mean", "low90", "high90")), int(row["n"])))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    total, part_mean = float(table["mean"].iloc[-1]), float(table["mean"].iloc[0])
    if total != 0.0 and is_luck(table):
        title = f"The runs do not tell the change in visits by personnel under {option_name(option)} from luck"
    elif total == 0.0:
        title = f"Visits by personnel do not change under {option_name(option)}"
    elif part_mean * total > 0.0 and abs(part_mean) > abs(total):
        title = f"Deterrence under {option_name(option)} moves visits further than the total; all else works against it"
    elif part_mean * total > 0.0:
        share = words.number(100.0 * part_mean / total)
        title = f"Deterrence accounts for {share} % of the change in visits by personnel under {option_name(option)}"
    else:
        title = f"Deterrence works against the change in visits by personnel under {option_name(option)}"
    subtitle = (
        f"Change in visits of personnel that took place, {option_name(option)} − {option_name(findings.baseline)}, whole "
        f"run; means of {words.many(int(table['pairs'].max()), 'paired run')} with and without beliefs that react"
    )
    base = option_name(findings.baseline)
    note = (
        "Deterrence: what is gone once personnel no longer react to what they believe. All else: norms, exposure, removal, "
        f"who is present, supply. {spread_note(int(table['pairs'].max()))}"
    )
    title = of_few(title, int(table["pairs"].max()))
    return make_figure("p5b", title, subtitle, table, lambda i, w: _draw(i, w, table, title, base), note)


def _title(table: pd.DataFrame, option: str) -> str:
    """Say which channel carries most and which works against it."""
    total = float(table["mean"].iloc[-1])
    if is_luck(table):
        return f"The runs do not tell the change under {option_name(option)} from luck, nor its channels"
    terms = table.iloc[:-1]
    if total == 0.0 and not terms["mean"].abs().max():
        return f"Nothing changes under {option_name(option)}, through any channel"
    largest = terms.loc[terms["mean"].abs().idxmax()]
    against = terms[(terms["mean"] * total < 0) & (terms["mean"].abs() > 0.05 * abs(total))]
    name = TERMS[str(largest["term"])][0].lower()
    text = f"Most of what {option_name(option)} changes comes through {name}"
    if len(against):
        names = words.list_of([TERMS[str(term)][0].lower() for term in against["term"]])
        text += f"; {names} work{'s' if len(against) == 1 else ''} against it"
    return text


def _draw(ident: str, width: int, table: pd.DataFrame, title: str, base: str) -> str:
    """Draw floating bars below each other."""
    narrow = width < SWITCH
    left, right = (8.0, width - 8.0) if narrow else (300.0, width - 96.0)
    row_height = 58.0 if narrow else 46.0
    pen = Pen(ident, width, 34 + row_height * len(table) + 40)
    ends = table[["from", "to"]].to_numpy(dtype=float)
    marks = [row["from"] + end for row in table.to_dict("records") for end in (row["lower 90 %"], row["upper 90 %"])]
    low, high = min(0.0, float(ends.min()), *marks), max(0.0, float(ends.max()), *marks)
    pad = 0.04 * (high - low) or 1.0
    x = Scale(low - pad, high + pad, left, right)
    bottom = 34 + row_height * len(table)
    ticks = x.ticks(3 if narrow else 6)
    pen.rule(x, bottom + 16, 24, [(v, signed_tick(v)) for v in ticks])
    pen.line(x(0.0), 22, x(0.0), bottom, look.STATUS_QUO, 1.5, look.STATUS_QUO_DASH)
    pen.mark(x(0.0), 15, base.removeprefix("the "))
    for i, row in enumerate(table.to_dict("records")):
        _bar(pen, x, 34 + row_height * i, row_height, row, narrow, last=i == len(table) - 1)
    pen.text((left + right) / 2, bottom + 34, "change", 12.0, "middle", colour=QUIET)
    return pen.done(title, "Bars below each other, each starting where the last ended; the last is the total.")


def _bar(pen: Pen, x: Scale, top: float, height: float, row: dict[object, object], narrow: bool, last: bool) -> None:
    """Draw one term: name, floating bar, mark of its spread, number."""
    start, end, mean, low, high = (float(str(row[k])) for k in COLUMNS[1:6])
    name, meaning = TERMS[str(row["term"])]
    y = top + (26 if narrow else 11)
    pen.text(8, top + (17 if narrow else 18), name, 13.5, bold=True)
    if not narrow:
        pen.lines(8, top + 33, wrap(meaning, 300, 11.5)[:1], 11.5, colour=QUIET)
    length = x(end) - x(start)
    fill = look.LOWER if mean < 0.0 else "#FFFFFF"
    pen.rect(x(start), y, length, 22, fill, INK if last else look.HIGHER if mean > 0 else look.LOWER, stroke_width=1.5)
    if mean > 0.0:
        pen.rect(x(start), y, length, 22, pen.pattern("worse", look.HIGHER, 2.2))
    if not last:
        pen.line(x(end), y + 22, x(end), top + height + (26 if narrow else 11), QUIET, 0.8)
    pen.line(x(start + low), y + 11, x(start + high), y + 11, PAPER, 4.0)
    pen.line(x(start + low), y + 11, x(start + high), y + 11, INK, 1.6)
    pen.text(pen.width - 8, top + (17 if narrow else 27), words.signed(mean), 13.5, "end", bold=last, halo=True)
