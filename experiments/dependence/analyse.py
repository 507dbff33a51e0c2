"""Whom a dependent organisation sanctions: missing troops and exploitation by weight of dependence and concentration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.shared import MAIN, Answer, change, rows_plot, run, verdicts, wide
from sim.sweeps.opened import OpenSweep
from sim.viz import Drawing, style

PSI, SHORTFALL = "parameters.dependence.psi", "mean_troop_shortfall"
TOLD = {"even": "two battalions from each of six", "concentrated": "seven of twelve battalions from one"}
MARKS = {"even": ("o", style.BLUE, style.BLUE), "concentrated": ("s", "white", style.VERMILLION)}


def answer(sweep: OpenSweep) -> Answer:
    """Suspensions as missing troops, and what they do to exploitation."""
    runs = sweep.runs[sweep.runs["ok"]]
    acted = runs[runs["option"] == "suspend_contributions"]
    sentences, rows = [_bites(acted, PSI, "psi {:g}"), _bites(acted, "mission", "{}")], []
    for (mission, psi), part in acted.groupby(["mission", PSI], sort=False):
        missing = 100 * part[SHORTFALL]
        low, median, high = np.quantile(missing, [0.05, 0.5, 0.95])
        table = wide(runs[(runs["mission"] == mission) & (runs[PSI] == psi)], MAIN)
        found = change(table["suspend_contributions"], table["status_quo"])
        sentences.append(
            f"With {TOLD[mission]}, psi {psi:g}: somebody is suspended in {int((missing > 0).sum())} of {len(missing)} runs, "
            f"troops missing {median:.1f} % on average ({low:.1f} to {high:.1f}); exploitation {found.words()}."
        )
        rows.append((f"{mission}, psi {psi:g}", found))
    effects = rows_plot(
        rows,
        verdicts("Exploitation", rows),
        "Two invented missions that differ in who sends which battalion; dose 2.",
    )
    return sentences, {"shortfall": _draw(acted), "exploitation": effects}


def _bites(acted: pd.DataFrame, column: str, named: str) -> str:
    """In how many runs anybody is suspended, by one column."""
    counts = [
        f"{int((part[SHORTFALL] > 0).sum())} of {len(part)} runs with {TOLD.get(value, named.format(value))}"
        for value, part in acted.groupby(column, sort=False)
    ]
    return f"Somebody is suspended in {', '.join(counts)}."


def _draw(acted: pd.DataFrame) -> Drawing:
    """Missing troops of every run, by psi and mission."""
    drawn = acted[["mission", PSI, "replicate", SHORTFALL]].reset_index(drop=True)
    levels = sorted(drawn[PSI].unique())
    bites = {psi: part[part[SHORTFALL] > 0] for psi, part in drawn.groupby(PSI)}
    each = len(drawn) // len(levels)
    counts = ", ".join(f"{len(part)} of {each} runs with psi {psi:g}" for psi, part in bites.items())
    with style.house_style():
        figure = style.new_figure(
            f"The more an organisation heeds its dependence, the less it suspends: troops missing in {counts}"
            if len(bites[levels[0]]) > len(bites[levels[-1]])
            else f"Dependence makes no difference to who is suspended here: troops missing in {counts}",
            "Mean military shortfall of single runs under suspend_contributions, % of what is authorised; zero: nobody suspended",
            f"Two invented missions that differ in who sends which battalion; dose 2. {style.CAVEAT}",
        )
        axes = figure.subplots()
        for offset, (mission, (mark, filling, edge)) in zip((-0.12, 0.12), MARKS.items()):
            part = drawn[drawn["mission"] == mission]
            spread = 0.015 * (part["replicate"] - part["replicate"].mean())
            x = part[PSI].map(levels.index) + offset + spread
            axes.plot(
                x, 100 * part[SHORTFALL], mark, color=filling, markeredgecolor=edge, label=TOLD[mission], markersize=8
            )
        axes.set_xticks(range(len(levels)), [f"psi {level:g}" for level in levels])
        axes.set_ylabel("% of authorised troops missing, mean")
        axes.set_xlim(-0.5, len(levels) - 0.5)
        axes.legend(loc="upper right")
        style.settle(figure)
    return Drawing(figure, drawn)


def main(words: Sequence[str] | None = None) -> None:
    """Analyse and publish."""
    run("dependence", answer, words)


if __name__ == "__main__":
    main()
