"""T1, the headline table: the status quo first with levels, then one row an option with benefit, price and counts.

Part of the report; answers what each option does to every outcome that matters, in the order asked for. There is no rank:
instead each row names the options the runs do not tell it from. The same numbers go into the CSV.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

import pandas as pd

from sim.analysis.study import OUTCOMES
from sim.report import look, words
from sim.report.effect import MAIN, Effect, State
from sim.report.findings import Findings
from sim.report.names import option_name, short_name
from sim.report.sentences import MOST_RUNS_FROM, chance_words
from sim.report.svg import outline
from sim.report.tables import framed, plain

SHOWN = {
    # outcome: heading, how a difference is written
    "unique_persons": ("Persons exploited", "percent"),
    "largest_troop_shortfall": ("Largest troop shortfall", "points"),
    "mean_violence": ("Violence index", "percent"),
    "impunity_gap": ("Impunity gap", "points"),
    "mean_case_months": ("Months to an outcome", "months"),
    "observed_allegations": ("Allegations counted", "percent"),
}
UNITS = {"percent": " %", "points": " points", "months": " months"}
REASONS = {"mean_case_months": "no case ended", "impunity_gap": "no act took place"}


@dataclass(frozen=True)
class Cell:
    """One cell: what stands large, what stands small below, and what it sorts by."""

    main: str
    small: str = ""
    order: float = math.nan


def headings(findings: Findings) -> list[str]:
    """Return the headings of T1."""
    return [
        "Option",
        "Exploitation, person-weeks",
        "Better / same / worse",
        "In words",
        *(title for title, _ in SHOWN.values()),
        "Worlds with this direction",
        "Not separable from",
    ]


def first_row(findings: Findings) -> list[Cell]:
    """Return the row of the baseline: levels."""
    name = f"{words.sentence(option_name(findings.baseline))} (levels)"
    levels = [Cell(*_level(findings, outcome)) for outcome in SHOWN]
    compared = Cell("", "comparator")
    return [Cell(name), Cell(*_level(findings, MAIN)), compared, compared, *levels, compared, compared]


def _level(findings: Findings, outcome: str) -> tuple[str, str]:
    """A level and its unit, or why there is none."""
    value = findings.level(outcome)
    if not math.isfinite(value):
        return words.NOTHING, REASONS.get(outcome, "not recorded")
    unit = OUTCOMES[outcome][0]
    if unit == "share":
        return words.share(value), "of authorised strength" if "shortfall" in outcome else "of personnel with an act"
    return words.number(value), "times that at full strength" if unit == "ratio" else unit


def option_row(findings: Findings, name: str) -> list[Cell]:
    """Return the row of an option: paired differences."""
    e = findings.effect(name)
    holds, of = findings.agreement(name)
    others = findings.not_separable(name)
    agreed = Cell(f"{holds} of {of}" if of > 1 else words.NOTHING, "" if of > 1 else "one world examined", float(holds))
    apart = Cell(words.list_of([option_name(other) for other in others]) or "none", "", float(len(others)))
    return [
        Cell(short_name(name)),
        difference(e, "percent", halves=True, ran=e.n > 0),
        _counts(e),
        _chance(e),
        *(difference(findings.effect(name, outcome), how, ran=e.n > 0) for outcome, (_, how) in SHOWN.items()),
        agreed,
        apart if e.state is not State.NOTHING else Cell(words.NOTHING, "no pair finished"),
    ]


def difference(effect: Effect, how: str, halves: bool = False, ran: bool = True) -> Cell:
    """Return a difference with its spread, or a dash and why."""
    if effect.state is State.NOTHING:
        return Cell(words.NOTHING, REASONS.get(effect.outcome, "not recorded") if ran else "no pair finished")
    if effect.is_zero:
        return Cell("0", "exactly", 0.0)
    scale = {"percent": effect.percent(1.0), "points": 100.0, "months": 1.0}[how]
    unit = UNITS[how]
    if not math.isfinite(scale):
        scale, unit = 1.0, f" {OUTCOMES[effect.outcome][0]}"
    ends = (effect.low90, effect.high90) if effect.n >= MOST_RUNS_FROM else (effect.lowest, effect.highest)
    place = words.common_place(*(scale * value for value in (*ends, effect.median)))
    small = f"{_between(scale * ends[0], scale * ends[1], place)}"
    if halves and effect.n >= MOST_RUNS_FROM:
        half = _between(scale * effect.low50, scale * effect.high50, place)
        small = f"half: {half}\n9 in 10: {small}"
    elif effect.n < MOST_RUNS_FROM:
        small = f"all {effect.n}: {small}"
    return Cell(f"{words.signed(scale * effect.median, place)}{unit}", small, scale * effect.median)


def _between(low: float, high: float, place: int) -> str:
    """Return a range with ends at the same decimal."""
    return f"{words.at_place(low, place)} to {words.at_place(high, place)}"


def _counts(effect: Effect) -> Cell:
    """Return the three counts."""
    if effect.state is State.NOTHING:
        return Cell(words.NOTHING, "no pair finished")
    return Cell(f"{effect.better} / {effect.same} / {effect.worse}", f"of {effect.n}", float(effect.better))


def _chance(effect: Effect) -> Cell:
    """Return the word the counts earn."""
    if effect.state is State.NOTHING:
        return Cell(words.NOTHING, "no pair finished")
    if effect.state is State.ZERO:
        return Cell("the same", "to the last digit")
    if effect.n < words.FEWEST_DRAWS:
        return Cell("counts only", "too few runs for a word")
    word, _, rest = chance_words(effect).partition(" (")
    if not rest:
        return Cell(word, "no word is earned")
    bracket, _, direction = rest.partition(") to be ")
    return Cell(f"{direction}: {word}", f"({bracket})")


def headline_html(findings: Findings) -> str:
    """Return T1 as HTML; on narrow pages each row becomes a card with its headings."""
    heads = headings(findings)
    styles = look.looks(findings.names)
    columns = "".join(f'<th scope="col" role="columnheader">{plain(text)}</th>' for text in heads)
    rows = [_row(first_row(findings), heads, "", 'class="base"')]
    for name in findings.names:
        style = styles[name]
        mark = (
            f'<svg class="mark" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d="'
            f'{outline(style.marker, 8, 8, 5.5)}" fill="#fff" stroke="{style.colour}" stroke-width="2"/></svg>'
        )
        rows.append(_row(option_row(findings, name), heads, mark, f'data-option="{escape(name)}"'))
    caption = (
        f"{words.sentence(option_name(findings.baseline))}: levels, means over runs. Options: medians of paired "
        "differences, below them the spread of single runs. Order as asked for."
    )
    table = (
        f'<table class="headline" role="table" id="t1"><caption>{plain(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{columns}</tr></thead><tbody role="rowgroup">{"".join(rows)}</tbody></table>'
    )
    return framed("Headline table", table)


def _row(cells: list[Cell], heads: list[str], mark: str, attributes: str) -> str:
    """Return one row."""
    first, *rest = cells
    tds = ""
    for cell, head in zip(rest, heads[1:]):
        order = f' data-sort="{cell.order:.6g}"' if math.isfinite(cell.order) else ""
        small = " ".join(f'<span class="small">{plain(line)}</span>' for line in cell.small.split("\n") if line)
        main = f'<span class="main">{plain(cell.main)}</span>' if cell.main else ""
        tds += f'<td role="cell" data-label="{escape(head)}"{order}>{main}{" " if main and small else ""}{small}</td>'
    return f'<tr role="row" {attributes}><th scope="row" role="rowheader">{mark}{plain(first.main)}</th>{tds}</tr>'


def headline_frame(findings: Findings) -> pd.DataFrame:
    """Return T1 as numbers, one row an option and outcome, for the CSV: levels, spread, counts, word."""
    rows: list[dict[str, object]] = []
    for name in findings.names:
        holds, of = findings.agreement(name)
        apart = "; ".join(findings.not_separable(name))
        for outcome in (MAIN, *SHOWN):
            e = findings.effect(name, outcome)
            unit, direction, label = OUTCOMES[outcome]
            rows.append(
                {
                    "option": name,
                    "outcome": outcome,
                    "label": label,
                    "unit": unit,
                    "better is": direction,
                    "baseline mean": findings.level(outcome),
                    "median difference": e.median,
                    "low50": e.low50,
                    "high50": e.high50,
                    "low90": e.low90,
                    "high90": e.high90,
                    "median, %": e.percent(e.median),
                    "lower": e.lower,
                    "same": e.same,
                    "higher": e.higher,
                    "pairs": e.n,
                    "word": chance_words(e) if outcome == MAIN and e.n >= words.FEWEST_DRAWS else "",
                    "worlds with this direction": f"{holds} of {of}" if outcome == MAIN else "",
                    "not separable from": apart if outcome == MAIN else "",
                }
            )
    return pd.DataFrame(rows)
