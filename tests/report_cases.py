"""Invented studies for the tests of the report: right shapes and plausible sizes, so that no test waits for the model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from report_tables import (
    KOSOVO,
    LEVELS,
    N_WEEKS,
    Invented,
    cells_of,
    dates_of,
    decomposition_of,
    deterrence_of,
    effects_of,
    funnel_of,
    parameters_of,
    runs_of,
    series_of,
    strength,
)

from sim.analysis.study import Named, Option, Plan, Study

SHOCKS = (
    Named("none", "no change of circumstances"),
    Named("surge", "a third more personnel for a year", {"size": 0.33, "start_week": 104.0}),
    Named("early_drawdown", "half of the personnel leave early, for good", {"size": 0.5, "start_week": 104.0}),
)
WORLDS = (
    Named("central", "central assumptions on contested findings"),
    Named("deterrence_weak", "personnel react little to sanctions"),
    Named("deterrence_strong", "personnel react strongly to sanctions"),
    Named("celerity_matters", "quick outcomes deter more than severe ones"),
    Named(
        "security_neutral", "missing strength does not raise violence", {"parameters.security.violence_exponent": 0.0}
    ),
    Named("mission_protective", "missing strength raises violence strongly"),
    Named("commanders_suppress", "commanders answer pressure by suppressing reports"),
)


def option(name: str, about: str, package: str = "", **settings: Any) -> Option:
    """An option of one policy, or of a package of two."""
    names = ["follow_up", "external_experts"] if package else [name]
    return Option(name, about, {} if name == "status_quo" else {policy: dict(settings) for policy in names}, package)


STATUS_QUO = Invented(option("status_quo", "repatriation and referral only"))
WAIVER = Invented(
    option("waive_immunity", "trial in host or special court after immunity is waived"), -0.18, 0.35, 0.02, 0.07,
    {"deterrence_weak": -0.02, "celerity_matters": -0.24}, {"early_drawdown": -0.09},
)  # fmt: skip
FOLLOW_UP = Invented(option("follow_up", "deadlines for answers, silence made public"), -0.035, 0.05, 0.0, 0.06)
CHANNELS = Invented(option("victim_channels", "reporting points, unconditional assistance, protection"), -0.10, 0.6)
LEADERS = Invented(
    option("leadership_accountability", "commanders answer for misconduct of their units"), -0.07, -0.15, 0.0, 0.05,
    {"commanders_suppress": 0.08}, {"surge": 0.06},
)  # fmt: skip
SUSPEND = Invented(
    option("suspend_contributions", "contributors with a poor record are suspended"), 0.09, 0.1, 0.14, 0.06,
    {"security_neutral": -0.12}, {"early_drawdown": 0.2},
)  # fmt: skip
TRAINING = Invented(option("training", "training before deployment, leaders first"), -0.01, 0.0, 0.0, 0.01)
PACKAGE = Invented(
    option("reform_2016", "external experts, follow-up and victim channels together", "reform_2016"), -0.14, 0.5, 0.01
)
NO_OP = Invented(option("women_share", "a higher share of women", dose=0.0), luck=0.0)
ALL = (STATUS_QUO, WAIVER, FOLLOW_UP, CHANNELS, LEADERS, SUSPEND, TRAINING, PACKAGE)


def normal(replicates: int = 20, world_replicates: int = 12) -> Study:
    """Eight options, three shocks, seven worlds."""
    return study(ALL, replicates=replicates, world_replicates=world_replicates)


def one_shock() -> Study:
    """One shock and one world."""
    return study(ALL[:4], SHOCKS[:1], WORLDS[:1])


def two_replicates() -> Study:
    """Too few runs for any word."""
    return study(ALL[:4], SHOCKS[:2], WORLDS[:2], replicates=2, world_replicates=2)


def harmful() -> Study:
    """One option, and it raises harm."""
    return study((STATUS_QUO, SUSPEND), SHOCKS[:1], WORLDS[:5])


def no_op() -> Study:
    """One option, and it changes nothing, to the last digit."""
    return study((STATUS_QUO, NO_OP), SHOCKS[:1], WORLDS[:1])


def failed_runs() -> Study:
    """Some runs failed; one option has none that finished."""
    whole = study(ALL[:4], SHOCKS[:1], WORLDS[:2])
    runs = whole.runs.copy()
    gone = (runs["option"] == "victim_channels") | ((runs["option"] == "follow_up") & (runs["replicate"] < 3))
    runs.loc[gone, "ok"] = False
    runs.loc[gone, "error"] = "mission.horizon_weeks: ran out of memory"
    runs.loc[gone, list(LEVELS)] = np.nan
    return replace(whole, runs=runs, effects=effects_of(whole.plan, runs))


def empty_decomposition() -> Study:
    """No mechanism was switched off, and no cells, cases or series were kept."""
    whole = one_shock()
    blank = {
        name: getattr(whole, name).iloc[:0] for name in ("decomposition", "deterrence", "funnel", "cells", "series")
    }
    return replace(whole, **blank)


CASES = {
    "normal": normal,
    "one_shock": one_shock,
    "two_replicates": two_replicates,
    "harmful": harmful,
    "no_op": no_op,
    "failed_runs": failed_runs,
    "empty_decomposition": empty_decomposition,
}


def study(
    invented: tuple[Invented, ...],
    shocks: tuple[Named, ...] = SHOCKS,
    worlds: tuple[Named, ...] = WORLDS,
    replicates: int = 20,
    world_replicates: int = 12,
) -> Study:
    """Invent a study of some options."""
    plan = Plan(
        options=tuple(entry.option for entry in invented),
        missions=(Named("kosovo", "ten years from June 1999", KOSOVO),),
        shocks=shocks,
        worlds=worlds,
        baseline="status_quo",
        replicates=replicates,
        world_replicates=world_replicates,
        mechanism_replicates=10,
        matters_share=0.05,
        command="mandate compare mission=kosovo policy='[],[waive_immunity],[follow_up]' replicates=20",
    )
    runs = runs_of(plan, invented)
    series = series_of(plan, invented)
    parameters = parameters_of(invented)
    return Study(
        plan=plan,
        runs=runs,
        effects=effects_of(plan, runs),
        decomposition=decomposition_of(invented, runs),
        deterrence=deterrence_of(invented),
        series=series,
        funnel=funnel_of(invented),
        cells=cells_of(invented),
        deployment=pd.DataFrame(
            {
                "week": np.arange(N_WEEKS),
                "date": dates_of(range(N_WEEKS)),
                "authorised": strength(np.arange(N_WEEKS)) * 1.25,
            }
        ).assign(authorised_military=strength(np.arange(N_WEEKS)) * 1.02),
        parameters=parameters,
        provenance={
            "command": plan.command,
            "created": "2026-11-24",
            "versions": {"python": "3.11.7", "mandate": "0.2.0", "numpy": "2.1.0", "numba": "0.61.0"},
            "model": "0.2.0-1a2b3c4d",
            "schema_version": 1,
            "keys": {f"kosovo / none / central / {entry.option.name}": f"{i:08x}" for i, entry in enumerate(invented)},
            "seeds": {"seed": 0, "world_seed": 0},
            "runs_planned": len(runs),
            "runs_finished": len(runs),
            "runs_failed": 0,
            "failed": [],
            "run_seconds": 0.85 * len(runs),
            "machine": {"cores": 2, "system": "Linux", "processor": "x86_64"},
            "attributions": [
                "Maps: Natural Earth (public domain) and GeoNames (CC BY 4.0).",
                "Populations and incomes: World Bank, World Development Indicators (CC BY 4.0).",
            ],
            "notes": ["Exploitation by place is approximate."],
        },
    )
