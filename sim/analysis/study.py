"""What a comparison study holds: the question it asks, and the tables that answer it.

Everything a report shows comes from these tables, and everything in them can be made again from scenarios and seeds.
Effects are paired differences option - baseline on the same luck; nothing is averaged over worlds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

OUTCOMES: dict[str, tuple[str, str, str]] = {
    # name in run.summary: (unit, which direction is better, label)
    "true_exploitation_person_weeks": ("person-weeks", "lower", "exploitation"),
    "unique_persons": ("persons", "lower", "persons exploited"),
    "retrafficking_rate": ("share", "lower", "trafficked again"),
    "visits_by_personnel": ("visits", "lower", "visits by personnel"),
    "impunity_gap": ("share", "lower", "impunity gap"),
    "objective_certainty": ("probability per tour", "higher", "chance of being found out"),
    "mean_case_months": ("months", "lower", "months to an outcome"),
    "largest_troop_shortfall": ("share", "lower", "largest troop shortfall"),
    "mean_troop_shortfall": ("share", "lower", "mean troop shortfall"),
    "mean_violence": ("ratio", "lower", "violence index"),
    "reports": ("reports", "neither", "reports made"),
    "observed_allegations": ("allegations", "neither", "allegations counted"),
}
DECOMPOSITION_TERMS = ("scale", "substitution", "displacement", "diversification", "security")
AREA_OUTCOMES = ("person_weeks_target_international", "person_weeks_target_local", "person_weeks_elsewhere")
TWINS: dict[str, dict[str, bool]] = {
    # runs that switch a mechanism off in option and baseline alike, on the same luck
    "": {},
    "no_deterrence": {"parameters.switches.deterrence": False},
    "no_security": {"parameters.switches.security": False},
    "no_security_no_diversification": {
        "parameters.switches.security": False,
        "parameters.switches.diversification": False,
    },
}
FUNNEL_STAGES = (
    "persons_with_act",
    "reported",
    "recorded",
    "screened_in",
    "investigated",
    "substantiated",
    "referred",
    "answered",
    "charged",
    "convicted",
)
FUNNEL_ASIDE = ("removed",)  # may come before an investigation ends, so it stands beside the chain
FUNNEL_WORDS = {
    "persons_with_act": "personnel with an act",
    "reported": "reported",
    "recorded": "recorded",
    "screened_in": "screened in",
    "investigated": "investigated",
    "substantiated": "substantiated",
    "referred": "referred",
    "answered": "answered",
    "charged": "charged",
    "convicted": "convicted",
    "removed": "removed from the mission",
}
SERIES_SHOWN = (
    "true_exploited_persons",
    "international_demand",
    "venues",
    "venues_hidden",
    "new_recruitments",
    "troops_present",
    "troop_shortfall",
    "violence_index",
    "perceived_certainty",
    "objective_certainty",
    "norm_mean",
    "reports",
    "observed_allegations",
    "repatriated",
    "diversified_share",
    "local_habit",
)


@dataclass(frozen=True)
class Option:
    """One alternative: policies by name with the settings that differ from their defaults, or a package of them."""

    name: str
    about: str
    policies: dict[str, dict[str, Any]]
    package: str = ""
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """A shock, world or mission by name, with one line of meaning."""

    name: str
    about: str
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What is compared.

    Attributes
    ----------
    options
        Alternatives in the order asked for; the baseline first.
    missions, shocks, worlds
        What they are compared under; the first of each is the main one (central world, no shock, where asked for).
    world_options
        Options run under every world; all others run under the first world alone. Empty = all.
    world_shocks
        Shocks under which further worlds are run. Empty = all.
    replicates, world_replicates, mechanism_replicates
        Paired runs of the main grid, under each further world, and with a mechanism switched off.
    matters_share
        Smallest difference worth acting on, share of the baseline's level (assumed).
    overrides
        Further settings common to all runs, as text.
    command
        The one command that makes this study again.
    """

    options: tuple[Option, ...]
    missions: tuple[Named, ...]
    shocks: tuple[Named, ...]
    worlds: tuple[Named, ...]
    baseline: str
    replicates: int
    world_replicates: int
    mechanism_replicates: int
    matters_share: float
    world_options: tuple[str, ...] = ()
    world_shocks: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    command: str = ""


@dataclass(frozen=True)
class Study:
    """A finished (or partly finished) comparison.

    Attributes
    ----------
    plan
        What was asked.
    runs
        One row a run: ``mission, shock, world, option, twin, replicate, seed, ok, error, seconds``, then every number of
        ``run.summary`` (missing where none).
    effects
        One row for each mission, shock, world, option but the baseline, twin and outcome, in the form of ``paired_effects``:
        ``baseline_mean, low90, low50, median, high50, high90, mean, error_of_mean, n_lower, n_same, n_higher, n,
        median_percent`` (counts beyond plus or minus ``matters_share`` of the baseline), and ``variance_saved``.
    decomposition
        Main mission, shock and world: ``option, term, mean, low90, high90, n``; terms of ``DECOMPOSITION_TERMS`` and
        ``total``, person-weeks; terms add up to the total exactly, replicate by replicate.
    deterrence
        ``option, part, mean, low90, high90, n``; parts ``deterrence``, ``rest`` and ``total``, visits by personnel.
    series
        Main runs (no twins), a row every ``series_weeks``: ``mission, shock, world, option, replicate, week, date``, then
        ``SERIES_SHOWN``; flows are sums over the row's weeks.
    funnel
        Main mission, shock and world: ``option, stage, true, true_low90, true_high90, observed, observed_low90,
        observed_high90`` (means and quantiles over replicates, persons; observed missing where nothing is published).
    cells
        Main mission, shock and world: ``option, cell, column, row, longitude, latitude, country, exploited_person_weeks``,
        means over replicates.
    deployment
        Main mission by week: ``week, date, authorised``.
    parameters
        ``path, value, unit, low, high, status, source, about`` of every parameter; and by option what differs.
    provenance
        Versions, scenario keys, seeds, run time, machine class, data attributions.
    """

    plan: Plan
    runs: pd.DataFrame
    effects: pd.DataFrame
    decomposition: pd.DataFrame
    deterrence: pd.DataFrame
    series: pd.DataFrame
    funnel: pd.DataFrame
    cells: pd.DataFrame
    deployment: pd.DataFrame
    parameters: pd.DataFrame
    provenance: dict[str, Any]
    series_weeks: float = 13.0
