"""What each place of trial does to convictions, to the time they take, to troops and to exploitation."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from experiments.shared import MAIN, Answer, Change, change, rows_plot, run, wide
from sim.sweeps.opened import OpenSweep
from sim.viz.words import list_of

COURT, SOLDIERS = "policy.waive_immunity.court", "policy.waive_immunity.include_soldiers"
WAIVER = "waive_immunity"
OUTCOMES = ("convicted", "mean_case_months", "largest_troop_shortfall", MAIN)


def variants(sweep: OpenSweep) -> pd.DataFrame:
    """Runs with the number of convicted persons and a name for each way of trying cases, each run once."""
    totals = sweep.series("convicted").groupby("run")["convicted"].sum()
    runs = sweep.runs[sweep.runs["ok"]].drop(columns="convicted", errors="ignore").join(totals, on="run")
    who = runs[SOLDIERS].astype(bool).map({True: ", soldiers too", False: ""})
    named = runs["option"].where(runs["option"] != WAIVER, "waiver, " + runs[COURT].astype(str) + " court" + who)
    return runs.assign(variant=named).drop_duplicates(["world", "variant", "replicate"])


def answer(sweep: OpenSweep) -> Answer:
    """Paired changes against status quo, world by world."""
    runs = variants(sweep)
    sentences: list[str] = []
    rows: list[tuple[str, Change]] = []
    gains: dict[str, float] = {}
    worlds = list(dict.fromkeys(runs["world"]))
    for world in worlds:
        part = runs[runs["world"] == world]
        tables = {outcome: wide(part, outcome, "variant") for outcome in OUTCOMES}
        where = f"World {world}, " if len(worlds) > 1 else ""
        base = tables["convicted"]["status_quo"]
        sentences.append(
            f"{where}status quo: {base.mean():.1f} convicted in five years ({base.min():.0f} to {base.max():.0f})."
        )
        for variant in (name for name in tables[MAIN] if name != "status_quo"):
            found = change(tables[MAIN][variant], tables[MAIN]["status_quo"])
            sentences.append(f"{where}{variant}: {_beside(tables, variant)}, exploitation {found.words()}.")
            if world == worlds[0]:
                rows.append((variant, found))
                gains[variant] = float((tables["convicted"][variant] - base).median())
    return sentences, {"exploitation": rows_plot(rows, _title(rows, gains), f"Generic mission, {worlds[0]} world.")}


def _beside(tables: dict[str, pd.DataFrame], variant: str) -> str:
    """What a place of trial does besides."""
    gain = tables["convicted"][variant] - tables["convicted"]["status_quo"]
    months = change(tables["mean_case_months"][variant], tables["mean_case_months"]["status_quo"])
    worst = 100 * tables["largest_troop_shortfall"][variant]
    time = f"{months.percent(months.median):+.0f} %" if months.n else "not known"
    told = (
        f"{gain.median():+.0f} convicted ({gain.min():+.0f} to {gain.max():+.0f}; more in {int((gain > 0).sum())} of {len(gain)} "
        f"pairs), months to an outcome {time}"
    )
    missing = f"troops missing at worst {worst.median():.1f} % ({worst.min():.1f} to {worst.max():.1f})"
    return f"{told.replace(' -', ' −')}, {missing}"


def _title(rows: list[tuple[str, Change]], gains: dict[str, float]) -> str:
    """Say where exploitation is lower, and which place of trial convicts most."""
    lower = [name for name, found in rows if found.verdict == "lower"]
    best = max(gains, key=lambda name: gains[name])
    where = (
        f"Exploitation is lower with {list_of(lower)}" if lower else "No place of trial lowers exploitation beyond luck"
    )
    return f"{where}; most are convicted with {best}, {gains[best]:.0f} more in five years (median)"


def main(words: Sequence[str] | None = None) -> None:
    """Analyse and publish."""
    run("immunity_waiver_venues", answer, words)


if __name__ == "__main__":
    main()
