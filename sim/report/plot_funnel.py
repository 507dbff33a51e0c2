"""P7: what is seen of what happens: the chain from acts to convictions, true as outline and counted as filled bar.

Part of the report's figures; answers how many cases pass each stage and how many of them any public count shows. Leaves
out who the persons are: stages are totals over all contributors.
"""

from __future__ import annotations

import math

import pandas as pd

from sim.analysis.study import FUNNEL_ASIDE, FUNNEL_STAGES, FUNNEL_WORDS
from sim.report import look, words
from sim.report.figure import SWITCH, Figure, make_figure
from sim.report.findings import Findings
from sim.report.look import INK, QUIET
from sim.report.names import option_name, short_name
from sim.report.svg import Pen, Scale, wrap

COLUMNS = ("option", "stage", "true", "true, per 1,000", "true, lower 90 %", "true, upper 90 %", "counted",
           "counted, per 1,000", "counted, lower 90 %", "counted, upper 90 %", "passes on from the stage before, %")  # fmt: skip
ROW = 30.0
BREAK = 18.0  # room for the line that says how much longer bars below it are
WHOLE = 1000.0  # personnel with an act
LEAST_ENLARGED = 3.0


def funnel_plot(findings: Findings) -> Figure | None:
    """Return P7 for the baseline and the leading option, or nothing where no cases were kept."""
    shown = [findings.baseline, *([findings.leading] if findings.leading else [])]
    table = funnel_table(findings.study.funnel, shown)
    if not len(table):
        return None
    title = _title(table, findings.baseline)
    subtitle = (
        "Personnel of the mission by stage their case reached, per 1,000 with an act; means over runs, whole run, "
        f"{' and '.join(option_name(name) for name in dict.fromkeys(table['option']))}"
    )
    larger = enlargement(table)
    note = (
        "Outline: what happens in the model. Filled: what public counts show; no filled bar where nothing is "
        "published. Thin line at the outline's end: nine in ten runs. Removal from the mission may come before an "
        "investigation ends and so stands beside the chain."
    )
    if larger > 1:
        note += f" Below the broken line bars are drawn {larger:,} times as long as the first, or none could be seen."
    return make_figure("p7", title, subtitle, table, lambda i, w: _draw(i, w, table, title), note)


def funnel_table(funnel: pd.DataFrame, options: list[str]) -> pd.DataFrame:
    """Return what the funnel draws: one row an option and stage, stages in order."""
    rows: list[tuple[object, ...]] = []
    for option in options:
        part = funnel[(funnel["option"] == option) & funnel["true"].notna()] if len(funnel) else funnel
        by_stage = part.drop_duplicates("stage").set_index("stage") if len(part) else pd.DataFrame()
        stages = [stage for stage in (*FUNNEL_STAGES, *FUNNEL_ASIDE) if stage in by_stage.index]
        if not stages:
            continue
        first = float(by_stage.loc[stages[0], "true"])
        before = math.nan
        for stage in stages:
            row = by_stage.loc[stage]
            true, counted = float(row["true"]), float(row["observed"])
            passes = 100.0 * true / before if before > 0.0 and stage not in FUNNEL_ASIDE else math.nan
            scale = 1000.0 / first if first > 0.0 else math.nan
            ends = [float(row[f"{kind}_{end}"]) for kind in ("true", "observed") for end in ("low90", "high90")]
            rows.append((option, stage, true, scale * true, *ends[:2], counted, scale * counted, *ends[2:], passes))
            before = true if stage not in FUNNEL_ASIDE else before
    return pd.DataFrame(rows, columns=list(COLUMNS))


def enlargement(table: pd.DataFrame) -> int:
    """Return how many times longer bars behind the first are drawn: a round number, 1 where they can be seen as they are."""
    later = table.loc[table["stage"] != FUNNEL_STAGES[0]]
    scale = (later[COLUMNS[3]] / later["true"]).where(later["true"] > 0.0)
    longest = float(pd.concat([later[COLUMNS[3]], scale * later[COLUMNS[5]]]).max())
    if not longest > 0.0 or longest > WHOLE / LEAST_ENLARGED:
        return 1
    place = 10.0 ** math.floor(math.log10(WHOLE / longest))
    return int(math.floor(WHOLE / longest / place) * place)


def _title(table: pd.DataFrame, baseline: str) -> str:
    """Say how many of 1,000 reach the end, true and counted."""
    part = table[table["option"] == table["option"].iloc[0]].set_index("stage")
    who = option_name(str(table["option"].iloc[0]))
    if "convicted" not in part.index or not math.isfinite(float(part.loc["convicted", COLUMNS[3]])):
        return f"Cases under {who}, stage by stage"
    convicted = _per_thousand(float(part.loc["convicted", COLUMNS[3]]))
    reported = _per_thousand(float(part.loc["reported", COLUMNS[3]])) if "reported" in part.index else ""
    start = f"Of 1,000 personnel with an act under {who}, "
    return (
        f"{start}{reported} are reported and {convicted} convicted" if reported else f"{start}{convicted} are convicted"
    )


def _per_thousand(value: float) -> str:
    """Return a number of 1,000, in words where it is below one."""
    return words.number(value) if value >= 1.0 or value == 0.0 else "fewer than 1"


def _draw(ident: str, width: int, table: pd.DataFrame, title: str) -> str:
    """Draw the chains side by side, or below each other on narrow pages."""
    narrow = width < SWITCH
    options = list(dict.fromkeys(table["option"]))
    columns = 1 if narrow else len(options)
    panel = width / columns
    n_rows = int(table.groupby("option").size().max())
    larger = enlargement(table)
    height = 58.0 + ROW * n_rows + 12 + (BREAK if larger > 1 else 0.0)
    pen = Pen(ident, width, height * (len(options) if narrow else 1))
    for i, option in enumerate(options):
        left, top = (0.0, height * i) if narrow else (panel * i, 0.0)
        _panel(pen, left, top, panel, table[table["option"] == option], option, larger)
    return pen.done(title, "Horizontal bars, one a stage, outline for true and filled for counted, numbers in columns.")


def _panel(pen: Pen, left: float, top: float, width: float, part: pd.DataFrame, option: str, larger: int) -> None:
    """Draw one chain."""
    start, end = left + 128, left + width - 162
    pen.text(left + 4, top + 16, short_name(option), 13.5, bold=True)
    for text, at in (("true", end + 48), ("counted", end + 104), ("passes", end + 156)):
        pen.text(at, top + 42, text, 11.0, "end", colour=QUIET)
    pen.text(left + 4, top + 42, "per 1,000 with an act", 11.0, colour=QUIET)
    for i, row in enumerate(part.to_dict("records")):
        is_first = row["stage"] == FUNNEL_STAGES[0]
        x = Scale(0.0, WHOLE / (1 if is_first else larger), start, end)
        y = top + 52 + ROW * i + (6 if row["stage"] in FUNNEL_ASIDE else 0) + (BREAK if larger > 1 and not is_first else 0)
        if is_first and larger > 1:
            pen.line(left + 4, y + ROW + 4, left + width - 12, y + ROW + 4, QUIET, 0.9, "5 3")
            pen.text(end + 156, y + ROW + 16, f"bars below: {larger:,} times as long", 11.0, "end", colour=QUIET, halo=True)
        true, counted, passes = (float(row[k]) for k in (COLUMNS[3], COLUMNS[7], COLUMNS[10]))
        label = wrap(FUNNEL_WORDS.get(str(row["stage"]), str(row["stage"])), 120, 12.0)
        pen.lines(left + 4, y + 15 - 6.5 * (len(label) - 1), label[:2], 12.0, leading=1.1)
        if not math.isfinite(true):
            continue
        if math.isfinite(counted):
            pen.rect(start, y + 4, max(0.0, x(counted) - start), 14, "#4A4A4A")
        pen.rect(start, y + 2, max(0.8, x(true) - start), 18, "none", look.LOWER, stroke_width=1.6)
        scale = true / float(row["true"]) if float(row["true"]) else 0.0
        low, high = (scale * float(row[k]) for k in (COLUMNS[4], COLUMNS[5]))
        if not is_first and high > low:
            pen.line(x(low), y + 11, x(high), y + 11, INK, 1.0)
        bold = i == 0
        pen.text(end + 48, y + 15, words.number(true), 12.0, "end", bold)
        pen.text(end + 104, y + 15, words.number(counted) if math.isfinite(counted) else words.NOTHING, 12.0, "end")
        pen.text(
            end + 156, y + 15, f"{words.number(passes)} %" if math.isfinite(passes) else "", 12.0, "end", colour=QUIET
        )
