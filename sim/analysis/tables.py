"""Tables that answer a comparison: effects, their parts, and means over replicates; pure functions of the table of runs.

A number that is missing in a run leaves its pair out; where nothing is left, the number is missing and n is 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.effects import EFFECT_COLUMNS, MATTERS_SHARE, counts, paired_effects, spread
from sim.analysis.record import PLACE
from sim.analysis.study import AREA_OUTCOMES, DECOMPOSITION_TERMS, FUNNEL_ASIDE, FUNNEL_STAGES, OUTCOMES

CONDITIONS = ("mission", "shock", "world", "twin")
KEYS = ("mission", "shock", "world", "option", "twin", "replicate")
ABOUT = (*KEYS, "seed", "ok", "error", "seconds")
TOTAL = "true_exploitation_person_weeks"
DISPLACEMENT_INDEX = "displacement_index"
NO_SECURITY, BARE = "no_security", "no_security_no_diversification"
PART_COLUMNS = ("mean", "low90", "high90", "n")
Levels = Mapping[str, np.ndarray]


def effects_table(runs: pd.DataFrame, baseline: str, matters_share: float = MATTERS_SHARE) -> pd.DataFrame:
    """Paired effects of every option on every outcome, under each mission, shock, world and twin apart.

    Besides ``OUTCOMES``, the person-weeks by area and ``displacement_index``: person-weeks gained elsewhere over those lost
    in the mission area, pairs with such a loss only; its counts are about 0 plus or minus ``matters_share``.
    """
    names = [*OUTCOMES, *AREA_OUTCOMES]
    tables = []
    for conditions, part in runs[runs["ok"].astype(bool)].groupby(list(CONDITIONS), sort=False):
        if baseline not in set(part["option"]) or part["option"].nunique() < 2:
            continue
        outcomes = part[["option", "replicate"]].join(part.reindex(columns=names).astype(float))
        found = paired_effects(outcomes, baseline, matters_share)
        found = pd.concat([found, _displacement(outcomes, baseline, matters_share)], ignore_index=True)
        for position, (name, value) in enumerate(zip(CONDITIONS, conditions)):
            found.insert(position, name, value)
        tables.append(found)
    columns = ["mission", "shock", "world", "option", "twin", *EFFECT_COLUMNS[1:]]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def _displacement(outcomes: pd.DataFrame, baseline: str, matters_share: float) -> pd.DataFrame:
    """Rows of the displacement index, in the form of effects; its baseline is not defined."""
    rows = []
    for option in dict.fromkeys(outcomes["option"]):
        if option == baseline:
            continue
        gain, *losses = (_pairs(outcomes, name, baseline, str(option)) for name in reversed(AREA_OUTCOMES))
        lost = -(losses[0] + losses[1])
        index = (gain / lost)[(lost > 0) & gain.notna()].to_numpy()
        row: dict[str, object] = {"option": option, "outcome": DISPLACEMENT_INDEX, "n": 0}
        row |= {"n_lower": 0, "n_same": 0, "n_higher": 0}
        rows.append(row if not len(index) else row | spread(index) | counts(index, matters_share))
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


def _pairs(runs: pd.DataFrame, outcome: str, baseline: str, option: str) -> pd.Series:
    """Differences option - baseline by replicate; missing where one of the two is."""
    if outcome not in runs:
        return pd.Series(dtype=float)
    after, before = (runs[runs["option"] == o].set_index("replicate")[outcome] for o in (option, baseline))
    return after.astype(float).sub(before.astype(float))


def decompose(runs: pd.DataFrame, baseline: str, option: str) -> pd.DataFrame:
    """Parts of an option's effect on person-weeks by replicate: ``DECOMPOSITION_TERMS`` and ``total``.

    ``runs`` are those of one mission, shock and world, twins included. *security* is what vanishes with the response of
    violence to missing strength, *diversification* what then vanishes with the choice between illicit trades; what remains
    happens among personnel's clients (*scale*), local clients (*substitution*) and outside the mission area
    (*displacement*). Terms add up to the total. The order of switching off is a convention: parts that work
    only together are credited to security first.
    """

    def difference(twin: str, outcome: str) -> pd.Series:
        return _pairs(runs[runs["twin"] == twin], outcome, baseline, option)

    total, secure, bare = (difference(twin, TOTAL) for twin in ("", NO_SECURITY, BARE))
    areas = [difference(BARE, name) for name in AREA_OUTCOMES]
    parts = pd.DataFrame(dict(zip(DECOMPOSITION_TERMS, [*areas, secure - bare, total - secure])))
    return parts.assign(total=total).dropna()


def decomposition_table(runs: pd.DataFrame, baseline: str, options: list[str]) -> pd.DataFrame:
    """Means and spread of the parts of each option's effect on person-weeks; see ``decompose``."""
    return _parts(options, "term", lambda option: decompose(runs, baseline, option))


def deterrence_split(runs: pd.DataFrame, baseline: str, option: str) -> pd.DataFrame:
    """An option's effect on visits by personnel by replicate: ``deterrence``, ``rest`` and ``total``.

    *rest* remains when nobody is restrained by the risk of being found out, in option and baseline alike.
    """
    total, rest = (
        _pairs(runs[runs["twin"] == twin], "visits_by_personnel", baseline, option) for twin in ("", "no_deterrence")
    )
    return pd.DataFrame({"deterrence": total - rest, "rest": rest, "total": total}).dropna()


def deterrence_table(runs: pd.DataFrame, baseline: str, options: list[str]) -> pd.DataFrame:
    """Means and spread of the parts of each option's effect on visits; see ``deterrence_split``."""
    return _parts(options, "part", lambda option: deterrence_split(runs, baseline, option))


def _parts(options: list[str], column: str, of: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Mean and 90 % spread over replicates of each part of each option; no row where no replicate is complete."""
    rows = []
    for option in options:
        by_replicate = of(option)
        for name in by_replicate.columns if len(by_replicate) else ():
            rows.append({"option": option, column: name, **_level(by_replicate[name].to_numpy(dtype=float))})
    return pd.DataFrame(rows, columns=["option", column, *PART_COLUMNS])


def _level(values: np.ndarray) -> dict[str, float]:
    """Mean, 90 % spread and number of the values that are there."""
    known = values[~np.isnan(values)]
    if not len(known):
        return {"mean": math.nan, "low90": math.nan, "high90": math.nan, "n": 0}
    low, high = np.quantile(known, [0.05, 0.95])
    return {"mean": float(known.mean()), "low90": float(low), "high90": float(high), "n": len(known)}


def funnel_table(funnels: pd.DataFrame, options: list[str]) -> pd.DataFrame:
    """Persons by stage of the accountability chain, true and published: means and 90 % spread over replicates.

    ``funnels`` has ``option, replicate, stage, true, observed``, a row a run and stage.
    """
    rows = []
    for option in options:
        for stage in (*FUNNEL_STAGES, *FUNNEL_ASIDE):
            part = funnels[(funnels["option"] == option) & (funnels["stage"] == stage)]
            true, observed = (_level(part[kind].to_numpy(dtype=float)) for kind in ("true", "observed"))
            rows.append({"option": option, "stage": stage, **_named("true", true), **_named("observed", observed)})
    columns = ["option", "stage"] + [
        f"{kind}{end}" for kind in ("true", "observed") for end in ("", "_low90", "_high90")
    ]
    return pd.DataFrame(rows, columns=columns).assign(n=[_n(funnels, row) for row in rows])


def _named(kind: str, level: Mapping[str, float]) -> dict[str, float]:
    """A level under the names of the funnel's columns."""
    return {kind: level["mean"], f"{kind}_low90": level["low90"], f"{kind}_high90": level["high90"]}


def _n(funnels: pd.DataFrame, row: Mapping[str, Any]) -> int:
    """Runs behind a row of the funnel."""
    own = (funnels["option"] == row["option"]) & (funnels["stage"] == row["stage"])
    return int(funnels.loc[own, "true"].notna().sum())


def cells_table(cells: pd.DataFrame, options: list[str]) -> pd.DataFrame:
    """Person-weeks by place: means and 90 % spread over replicates, options in order."""
    columns = ["option", *PLACE, "exploited_person_weeks", "low90", "high90", "n"]
    if cells.empty:
        return pd.DataFrame(columns=columns)
    grouped = cells.groupby(["option", *PLACE], sort=True)["exploited_person_weeks"]
    table = grouped.agg(
        exploited_person_weeks="mean",
        low90=lambda values: values.quantile(0.05),
        high90=lambda values: values.quantile(0.95),
        n="count",
    ).reset_index()
    table["option"] = pd.Categorical(table["option"], options, ordered=True)
    table = table.sort_values(["option", "cell"], ignore_index=True)
    return table.assign(option=table["option"].astype(str))[columns]
