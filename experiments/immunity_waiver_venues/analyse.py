"""What each place of trial does to convictions, to the time they take, to troops and to exploitation."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from experiments.shared import MAIN, Answer, Change, change, rows_plot, run, verdicts
from sim.sweeps.opened import OpenSweep

COURT, SOLDIERS = "policy.waive_immunity.court", "policy.waive_immunity.include_soldiers"
WAIVER = "waive_immunity"
OUTCOMES = {"convicted": "persons convicted", "mean_case_months": "months to an outcome", MAIN: "exploitation"}


def variants(sweep: OpenSweep) -> pd.DataFrame:
    """Runs with the number of convicted persons and a name for each way of trying cases, each run once."""
    totals = sweep.series("convicted").groupby("run")["convicted"].sum()
    runs = sweep.runs[sweep.runs["ok"]].drop(columns="convicted", errors="ignore").join(totals, on="run")
    who = runs[SOLDIERS].astype(bool).map({True: "all", False: "civilians and police"})
    named = runs["option"].where(runs["option"] != WAIVER, "waiver, " + runs[COURT].astype(str) + " court, " + who)
    return runs.assign(variant=named).drop_duplicates(["world", "variant", "replicate"])


def answer(sweep: OpenSweep) -> Answer:
    """Paired changes against status quo, world by world."""
    runs = variants(sweep)
    sentences: list[str] = []
    rows: list[tuple[str, Change]] = []
    first = runs["world"].iloc[0]
    for world, part in runs.groupby("world", sort=False):
        tables = {
            o: part.pivot_table(index="replicate", columns="variant", values=o, aggfunc="first", sort=False)
            for o in OUTCOMES
        }
        shortfall = part.pivot_table(index="replicate", columns="variant", values="largest_troop_shortfall", sort=False)
        base = tables["convicted"]["status_quo"]
        sentences.append(
            f"World {world}, status quo: {base.mean():.1f} convicted in five years ({base.min():.0f} to {base.max():.0f})."
        )
        for variant in (name for name in tables[MAIN] if name != "status_quo"):
            gain = tables["convicted"][variant] - base
            found = change(tables[MAIN][variant], tables[MAIN]["status_quo"])
            months = change(tables["mean_case_months"][variant], tables["mean_case_months"]["status_quo"])
            worst = 100 * shortfall[variant]
            sentences.append(
                f"World {world}, {variant}: {gain.median():+.0f} convicted ({gain.min():+.0f} to {gain.max():+.0f}; more in "
                f"{int((gain > 0).sum())} of {len(gain)} pairs), months to an outcome {months.percent(months.median):+.0f} %, "
                f"troops missing at worst {worst.median():.1f} % ({worst.min():.1f} to {worst.max():.1f}), "
                f"exploitation {found.words()}."
            )
            rows += [(variant, found)] if world == first else []
    plot = rows_plot(
        rows,
        verdicts("Exploitation", rows),
        f"Generic mission, {first} world.",
    )
    return sentences, {"exploitation": plot}


def main(words: Sequence[str] | None = None) -> None:
    """Analyse and publish."""
    run("immunity_waiver_venues", answer, words)


if __name__ == "__main__":
    main()
