"""What the questions of this folder share: paired effects in words with their counts, and a finding put into its README.

A finding is written by the analysis from the runs it read, between two marks of the README, so that words and numbers
cannot part. Effects are differences on the same luck; worlds and missions are never averaged.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.analysis.effects import MATTERS_SHARE
from sim.analysis.robust import share_limits
from sim.sweeps.opened import OpenSweep, open_sweep
from sim.viz import Drawing, style, write_drawings
from sim.viz.words import list_of

HERE = Path(__file__).resolve().parent
MAIN = "true_exploitation_person_weeks"
BEGIN, END = "<!-- finding: begin -->", "<!-- finding: end -->"
MARKS = "osD^vP"


@dataclass(frozen=True)
class Change:
    """Paired differences of one outcome: quantiles of single pairs, and how many are lower, about the same, higher."""

    level: float
    low90: float
    median: float
    high90: float
    n_lower: int
    n_same: int
    n_higher: int
    n: int

    def percent(self, value: float) -> float:
        """A difference in per cent of the level."""
        return 100.0 * value / abs(self.level) if self.level else float("nan")

    @property
    def verdict(self) -> str:
        """The direction that more than half of the pairs show beyond luck; else that the runs do not tell."""
        ways = (("lower", self.n_lower), ("about the same", self.n_same), ("higher", self.n_higher))
        earned = [word for word, count in ways if share_limits(count, self.n)[0] > 0.5]
        return earned[0] if earned else "not separable"

    def words(self) -> str:
        """``-8.1 % (-12 to -3.2; lower in 9, about the same in 1, higher in 0 of 10 pairs: lower)``."""
        if not self.n:
            return "not known: no pair has a number"
        median, low, high = (
            f"{self.percent(v):+.1f}".replace("-", "−") for v in (self.median, self.low90, self.high90)
        )
        counts = (
            f"lower in {self.n_lower}, about the same in {self.n_same}, higher in {self.n_higher} of {self.n} pairs"
        )
        return f"{median} % ({low} to {high}; {counts}: {self.verdict})"

    def row(self) -> dict[str, Any]:
        """For a table."""
        return {**self.__dict__, "verdict": self.verdict}


def change(after: pd.Series, before: pd.Series, matters: float = MATTERS_SHARE) -> Change:
    """Differences of two columns with equal index, pair by pair; pairs that lack a number are left out."""
    both = pd.DataFrame({"after": after, "before": before}).astype(float).dropna()
    gaps, level = (both["after"] - both["before"]).to_numpy(), float(both["before"].mean())
    if both.empty:
        return Change(*[float("nan")] * 4, 0, 0, 0, 0)
    band = matters * abs(level)
    low, median, high = np.quantile(gaps, [0.05, 0.5, 0.95])
    same = int((np.abs(gaps) <= band).sum())
    return Change(level, low, median, high, int((gaps < -band).sum()), same, int((gaps > band).sum()), len(gaps))


def wide(
    runs: pd.DataFrame, outcome: str, column: str = "option", keys: Sequence[str] = ("replicate",)
) -> pd.DataFrame:
    """An outcome of good runs with the values of a column side by side, on the same luck."""
    good = runs[runs["ok"]]
    table = good.pivot_table(index=list(keys), columns=column, values=outcome, aggfunc="first", sort=False)
    return table.reindex(columns=list(dict.fromkeys(good[column])))


def verdicts(subject: str, rows: Sequence[tuple[str, Change]]) -> str:
    """A title: ``Exploitation is lower with a and b; about the same with c``."""
    kinds = dict.fromkeys(found.verdict for _, found in rows)
    said = [f"{kind} with {list_of([name for name, found in rows if found.verdict == kind])}" for kind in kinds]
    return f"{subject} is {'; '.join(said)}"


def rows_plot(
    rows: Sequence[tuple[str, Change]], title: str, footer: str, unit: str = "% of the level under status quo"
) -> Drawing:
    """One row for each change: median, nine in ten pairs, and counts beside; grey = less than matters."""
    subtitle = (
        f"Paired differences from status quo: median (mark), nine in ten pairs (line); grey: less than {MATTERS_SHARE:.0%}; "
        "counts of pairs beside"
    )
    with style.house_style():
        size = (style.SLIDE_INCHES[0], max(3.8, 2.4 + 0.46 * len(rows)))
        figure = style.new_figure(title, subtitle, f"{footer} {style.CAVEAT}", size)
        axes = figure.subplots()
        _rows(axes, rows, unit)
        style.settle(figure)
    return Drawing(figure, pd.DataFrame([{"row": name, **found.row()} for name, found in rows]))


def _rows(axes: Axes, rows: Sequence[tuple[str, Change]], unit: str) -> None:
    """Marks, lines and counts."""
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.axvspan(-100 * MATTERS_SHARE, 100 * MATTERS_SHARE, color=style.LAND, zorder=0.5)
    axes.axvline(0.0, color=style.INK, linewidth=1.0)
    for i, (_, found) in enumerate(rows):
        low, median, high = (found.percent(v) for v in (found.low90, found.median, found.high90))
        axes.plot([low, high], [-i, -i], color=style.BLUE, alpha=0.4, linewidth=4.0, solid_capstyle="butt")
        axes.plot(median, -i, MARKS[i % len(MARKS)], color="white", markeredgecolor=style.INK, markersize=9)
    axes.set_yticks([-i for i in range(len(rows))], [name for name, _ in rows])
    axes.set_ylim(-len(rows) + 0.4, 0.9)
    axes.margins(x=0.04)
    axes.set_xlabel(unit)
    for column, word in enumerate(("lower", "same", "higher")):
        texts = [(0.62, word, style.QUIET)]
        texts += [(-float(i), str(getattr(found, f"n_{word}")), style.INK) for i, (_, found) in enumerate(rows)]
        for y, text, colour in texts:
            axes.annotate(text, xy=(1.0, y), xycoords=axes.get_yaxis_transform(), xytext=(38.0 + 52.0 * column, 0.0),
                          textcoords="offset points", ha="center", va="center", fontsize=11, color=colour,
                          annotation_clip=False)  # fmt: skip


Answer = tuple[list[str], dict[str, Drawing]]


def run(name: str, answer: Callable[[OpenSweep], Answer], words: Sequence[str] | None = None) -> None:
    """Read a sweep, draw, and publish: into the experiment's own folder, or into another one that is named.

    ``words``: the sweep's folder (``results/NAME`` by default), then where figures and finding go. Only the experiment's own
    folder has a README whose finding is replaced.
    """
    given = list(sys.argv[1:] if words is None else words)
    sweep = open_sweep(given[0] if given else Path("results") / name)
    sentences, drawings = answer(sweep)
    publish(HERE / name if len(given) < 2 else Path(given[1]), [*sentences, about(sweep)], drawings)


def about(sweep: OpenSweep) -> str:
    """What the numbers rest on."""
    runs = sweep.runs
    scenario = next(iter(sweep.plan.cells.values()))
    failed = int((~runs["ok"]).sum())
    return (
        f"{runs['run'].nunique():,} runs of {scenario.mission.horizon_weeks} weeks at scale {scenario.scale:g}, "
        f"{sweep.plan.replicates} replicates, {failed} failed. In brackets nine in ten pairs; luck only. “About the same” is "
        f"within {MATTERS_SHARE:.0%}; a direction is named where it holds in more than half of the pairs beyond luck."
    )


def publish(folder: Path, sentences: Iterable[str], drawings: dict[str, Drawing]) -> None:
    """Write figures with their tables, print the finding, and put it between the marks of the folder's README."""
    write_drawings(drawings, folder / "figures")
    text = "\n".join(f"- {sentence}" for sentence in sentences)
    print(text)
    readme = folder / "README.md"
    if readme.exists():
        old = readme.read_text(encoding="utf-8")
        new = re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{text}\n{END}", old, flags=re.DOTALL)
        readme.write_text(new, encoding="utf-8", newline="\n")
