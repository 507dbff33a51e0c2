"""Invented tables of a study, in the form the comparison writes them: runs, effects, series, cases, cells.

Effects are shares of the baseline's level; luck is drawn from a fixed generator and shared by all options of a replicate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.effects import paired_effects, variance_saved
from sim.analysis.study import (
    DECOMPOSITION_TERMS,
    FUNNEL_ASIDE,
    FUNNEL_STAGES,
    OUTCOMES,
    SERIES_SHOWN,
    Option,
    Plan,
)
from sim.parameters import Parameters, walk

START, N_WEEKS, STEP = date(1999, 6, 14), 520, 13
KOSOVO = {"title": "Kosovo (KFOR and UNMIK)", "start_date": "1999-06-14", "horizon_weeks": N_WEEKS}
LEVELS = {
    "true_exploitation_person_weeks": 290_000.0,
    "unique_persons": 6_400.0,
    "retrafficking_rate": 0.14,
    "visits_by_personnel": 1_900_000.0,
    "impunity_gap": 0.97,
    "objective_certainty": 0.021,
    "mean_case_months": 19.0,
    "largest_troop_shortfall": 0.08,
    "mean_troop_shortfall": 0.03,
    "mean_violence": 1.04,
    "reports": 420.0,
    "observed_allegations": 95.0,
    "person_weeks_target_international": 120_000.0,
    "person_weeks_target_local": 150_000.0,
    "person_weeks_elsewhere": 20_000.0,
}


@dataclass(frozen=True)
class Invented:
    """An option and what it does: shares of the baseline's level, counted reports, troops in points."""

    option: Option
    harm: float = 0.0
    counted: float = 0.0
    troops: float = 0.0
    luck: float = 0.05
    worlds: dict[str, float] = field(default_factory=dict)
    shocks: dict[str, float] = field(default_factory=dict)


def parameters_of(invented: tuple[Invented, ...]) -> pd.DataFrame:
    """Every parameter, then the doses of each option."""
    rows = [{"option": "", **vars(info)} for info in walk(Parameters(), "parameters.")]
    for entry in invented:
        for policy, settings in entry.option.policies.items():
            dose = {
                "path": f"policy.{policy}.dose",
                "value": settings.get("dose", 1.0),
                "unit": "dose",
                "low": 0.0,
                "high": 3.0,
            }
            about = {"status": "scenario", "source": "scenario", "about": "strength; 1 = documented value"}
            rows.append({"option": entry.option.name, **dose, **about})
    return pd.DataFrame(rows).astype({"value": object})


def runs_of(plan: Plan, invented: tuple[Invented, ...]) -> pd.DataFrame:
    """Runs of the main grid and of further worlds; luck is shared by the options of a replicate."""
    rows = []
    for shock in plan.shocks:
        for world in plan.worlds if shock is plan.shocks[0] else plan.worlds[:1]:
            n = plan.replicates if world is plan.worlds[0] else plan.world_replicates
            for i in range(n):
                shared = np.random.default_rng([7, i]).normal(0.0, 0.2, len(LEVELS))
                for position, entry in enumerate(invented):
                    own = np.random.default_rng([11, i, position]).normal(0.0, 1.0, len(LEVELS))
                    rows.append(
                        {"mission": "kosovo", "shock": shock.name, "world": world.name, "option": entry.option.name}
                        | {"twin": "", "replicate": i, "seed": i, "ok": True, "error": "", "seconds": 0.85}
                        | _summary(entry, shock.name, world.name, shared, own)
                    )
    return pd.DataFrame(rows)


def _summary(entry: Invented, shock: str, world: str, shared: Any, own: Any) -> dict[str, float]:
    """Numbers of one run."""
    harm = entry.worlds.get(world, entry.shocks.get(shock, entry.harm))
    moved = {
        "true_exploitation_person_weeks": harm,
        "unique_persons": harm * 0.9,
        "visits_by_personnel": harm * 1.4,
        "reports": entry.counted,
        "observed_allegations": entry.counted,
        "mean_violence": entry.troops * 0.4,
        "impunity_gap": min(0.0, harm) * 0.1,
        "objective_certainty": -2.0 * harm,
        "mean_case_months": 2.0 * min(0.0, harm),
    }
    luck = 0.0 if entry.option.name == "status_quo" else entry.luck
    values = {}
    for (name, level), common, single in zip(LEVELS.items(), shared, own):
        factor = 1.0 + moved.get(name, harm if name.startswith("person_weeks") else 0.0) + luck * single
        if name.endswith("shortfall"):
            values[name] = max(0.0, level * (1.0 + common) + entry.troops * (1.0 + 0.3 * single * (luck > 0)))
        elif name == "impunity_gap":
            values[name] = min(1.0, level * (1.0 + 0.01 * common) * (1.0 + moved[name] + 0.02 * luck * single))
        elif name == "mean_violence":
            values[name] = level * (1.0 + 0.1 * common) * (1.0 + moved[name] + 0.05 * luck * single)
        else:
            values[name] = max(0.0, level * (1.0 + common) * factor)
    return values


def effects_of(plan: Plan, runs: pd.DataFrame) -> pd.DataFrame:
    """Paired effects in the form of the contract."""
    parts = []
    done = runs[runs["ok"]]
    outcomes = [name for name in OUTCOMES if name in runs]
    for (mission, shock, world), part in done.groupby(["mission", "shock", "world"], sort=False):
        table = part[["option", "replicate", *outcomes]]
        effects = paired_effects(table, plan.baseline, plan.matters_share)
        saved = [variance_saved(table, plan.baseline, o, k) for o, k in zip(effects["option"], effects["outcome"])]
        effects = effects.assign(mission=mission, shock=shock, world=world, twin="", variance_saved=saved)
        parts.append(effects)
    return pd.concat(parts, ignore_index=True)


def decomposition_of(invented: tuple[Invented, ...], runs: pd.DataFrame) -> pd.DataFrame:
    """Terms that add up to the total."""
    rows = []
    level = LEVELS["true_exploitation_person_weeks"]
    for entry in invented[1:]:
        total = entry.harm * level
        parts = dict(zip(DECOMPOSITION_TERMS, (1.35, -0.2, -0.1, -0.08, 0.03), strict=True))
        parts["security"] += 1.0 - sum(parts.values())
        for term, part in [*parts.items(), ("total", 1.0)]:
            mean = part * total
            room = 0.3 * abs(mean) + 0.01 * level * (entry.luck > 0)
            rows.append((entry.option.name, term, mean, mean - room, mean + room, 10))
    return pd.DataFrame(rows, columns=["option", "term", "mean", "low90", "high90", "n"])


def deterrence_of(invented: tuple[Invented, ...]) -> pd.DataFrame:
    """Visits by personnel: what deterrence does, and the rest."""
    rows = []
    for entry in invented[1:]:
        total = 1.4 * entry.harm * LEVELS["visits_by_personnel"]
        for part, share in (("deterrence", 0.7), ("rest", 0.3), ("total", 1.0)):
            mean = share * total
            rows.append((entry.option.name, part, mean, mean - 0.3 * abs(mean), mean + 0.3 * abs(mean), 10))
    return pd.DataFrame(rows, columns=["option", "part", "mean", "low90", "high90", "n"])


def series_of(plan: Plan, invented: tuple[Invented, ...]) -> pd.DataFrame:
    """Quarterly series of the main runs."""
    weeks = np.arange(0, N_WEEKS, STEP)
    parts = []
    for i in range(min(plan.replicates, 20)):
        wobble = np.random.default_rng([3, i]).normal(0.0, 0.05, (len(SERIES_SHOWN), len(weeks))).cumsum(axis=1) * 0.5
        for position, entry in enumerate(invented):
            own = np.random.default_rng([5, i, position]).normal(0.0, 1.0, (len(SERIES_SHOWN), len(weeks)))
            parts.append(_series(entry, i, weeks, wobble, own))
    return pd.concat(parts, ignore_index=True)


def _series(entry: Invented, replicate: int, weeks: Any, wobble: Any, own: Any) -> pd.DataFrame:
    """Series of one run."""
    grown = np.clip((weeks - 52.0) / 104.0, 0.0, 1.0)
    troops = strength(weeks)
    base = {
        "true_exploited_persons": 120.0 + 900.0 * np.exp(-(((weeks - 230.0) / 150.0) ** 2)),
        "international_demand": troops * 0.09 * STEP,
        "venues": 20.0 + 0.005 * troops + 0.3 * weeks,
        "venues_hidden": 2.0 + 0.15 * weeks,
        "new_recruitments": 30.0 + 60.0 * np.exp(-(((weeks - 200.0) / 150.0) ** 2)),
        "troops_present": troops,
        "troop_shortfall": np.full(len(weeks), 0.03),
        "violence_index": np.full(len(weeks), 1.02),
        "perceived_certainty": np.full(len(weeks), 0.03),
        "objective_certainty": np.full(len(weeks), 0.02),
        "norm_mean": 0.2 + 0.0001 * weeks,
        "reports": np.full(len(weeks), 9.0),
        "observed_allegations": np.full(len(weeks), 2.5),
        "repatriated": np.full(len(weeks), 1.2),
        "diversified_share": 0.1 + 0.0004 * weeks,
        "local_habit": 1.0 + 0.001 * weeks,
    }
    moves = {
        "true_exploited_persons": entry.harm, "international_demand": 1.3 * entry.harm, "venues": 0.8 * entry.harm,
        "new_recruitments": 1.1 * entry.harm, "perceived_certainty": -2.0 * entry.harm, "troops_present": -entry.troops,
        "violence_index": 0.4 * entry.troops, "reports": entry.counted, "observed_allegations": entry.counted,
        "diversified_share": -0.4 * entry.harm,
    }  # fmt: skip
    content: dict[str, Any] = {
        "mission": "kosovo", "shock": "none", "world": "central", "option": entry.option.name,
        "replicate": replicate, "week": weeks, "date": dates_of(weeks),
    }  # fmt: skip
    luck = 0.0 if entry.option.name == "status_quo" else entry.luck
    for row, name in enumerate(SERIES_SHOWN):
        factor = 1.0 + moves.get(name, 0.0) * grown + 0.5 * luck * own[row] * (weeks >= 52)
        content[name] = np.maximum(0.0, base[name] * (1.0 + wobble[row]) * factor)
    return pd.DataFrame(content)


def funnel_of(invented: tuple[Invented, ...]) -> pd.DataFrame:
    """Stages with less and less in them."""
    shares = (1.0, 0.11, 0.07, 0.05, 0.03, 0.012, 0.008, 0.005, 0.002, 0.0008)
    seen = {"recorded": 0.6, "substantiated": 0.9, "removed": 0.9, "convicted": 0.5}
    rows = []
    for entry in invented:
        acts = 3_900.0 * (1.0 + entry.harm)
        for stage, share in [*zip(FUNNEL_STAGES, shares, strict=True), (FUNNEL_ASIDE[0], 0.02)]:
            true = acts * share * (1.0 if stage == "persons_with_act" else 1.0 + entry.counted)
            counted = true * seen[stage] if stage in seen else np.nan
            rows.append((entry.option.name, stage, true, 0.8 * true, 1.2 * true, counted, 0.7 * counted, 1.3 * counted))
    return pd.DataFrame(
        rows,
        columns=[
            "option", "stage", "true", "true_low90", "true_high90", "observed", "observed_low90", "observed_high90",
        ],
    )  # fmt: skip


def cells_of(invented: tuple[Invented, ...]) -> pd.DataFrame:
    """A small area of two countries."""
    rows = []
    for entry in invented:
        for row in range(7):
            for column in range(7):
                if (row - 3) ** 2 + (column - 3) ** 2 > 11:
                    continue
                weight = np.exp(-((row - 2) ** 2 + (column - 4) ** 2) / 3.0) + 0.6 * np.exp(
                    -((row - 5) ** 2 + (column - 2) ** 2)
                )
                moved = entry.harm * (1.0 if column > 2 else -0.4)
                place = (row * 7 + column, column, row, 20.4 + 0.22 * column, 43.2 - 0.18 * row)
                country = "XKX" if row < 5 or column < 5 else "MKD"
                rows.append((entry.option.name, *place, country, 30_000.0 * weight * (1.0 + moved)))
    return pd.DataFrame(
        rows,
        columns=["option", "cell", "column", "row", "longitude", "latitude", "country", "exploited_person_weeks"],
    )


def strength(weeks: Any) -> Any:
    """Mission strength."""
    return np.interp(weeks, [0, 26, 60, 190, 330, 520], [14000, 43000, 41000, 19000, 16500, 10400])


def dates_of(weeks: Any) -> list[str]:
    """Dates of weeks."""
    return [str(START + timedelta(weeks=int(week))) for week in weeks]
