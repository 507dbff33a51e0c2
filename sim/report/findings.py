"""What a study found, looked up and derived once: effects by name, pairs of runs, groups, agreement of worlds.

Part of the report, between the tables of a study and its words; answers every question a section asks of the study.
Leaves out wording and drawing. Worlds are listed, never averaged.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.study import OUTCOMES, Option, Study
from sim.analysis.worlds import paired_by_world
from sim.report import words
from sim.report.effect import MAIN, Effect, State, effect_from_pairs, effect_from_row

SHORTFALL, VIOLENCE, COUNTED = "largest_troop_shortfall", "mean_violence", "observed_allegations"
DEFAULT_START_WEEK = 52.0  # of a policy, see sim.policies.base
Reals = NDArray[np.float64]
Place = tuple[str, str, str]  # mission, shock, world


class Findings:
    """A study and what follows from it."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.plan = plan = study.plan
        self.main: Place = (plan.missions[0].name, plan.shocks[0].name, plan.worlds[0].name)
        self.baseline = plan.baseline
        self.options: list[Option] = [option for option in plan.options if option.name != plan.baseline]
        self._wide: dict[tuple[str, Place], pd.DataFrame] = {}
        self._effects: dict[tuple[str, str, Place], Effect] = {}
        self._worlds: dict[str, dict[str, Effect]] = {}

    @property
    def names(self) -> list[str]:
        """Options but the baseline, in the order asked for."""
        return [option.name for option in self.options]

    @property
    def world_names(self) -> list[str]:
        """Options that were run under every world."""
        chosen = self.plan.world_options
        return [name for name in self.names if not chosen or name in chosen]

    @cached_property
    def _rows(self) -> dict[tuple[str, ...], dict[str, Any]]:
        """Rows of the effects by mission, shock, world, option, twin and outcome."""
        keys = ("mission", "shock", "world", "option", "twin", "outcome")
        records = self.study.effects.to_dict("records") if len(self.study.effects) else []
        return {
            tuple("" if pd.isna(row[key]) else str(row[key]) for key in keys): row  # type: ignore[misc]
            for row in records
        }

    def effect(self, option: str, outcome: str = MAIN, place: Place | None = None) -> Effect:
        """Return the paired effect of an option against the baseline; without pairs it says so in its state."""
        place = place or self.main
        if (option, outcome, place) not in self._effects:
            self._effects[option, outcome, place] = self._effect(option, outcome, place)
        return self._effects[option, outcome, place]

    def _effect(self, option: str, outcome: str, place: Place) -> Effect:
        """The effect of one row of the study's table, with the extremes of its pairs."""
        row = self._rows.get((*place, option, "", outcome))
        if row is None:
            return effect_from_pairs(option, self.baseline, outcome, math.nan, np.empty(0), 0.0)
        gaps = self.gaps(option, outcome, place=place)
        known = gaps[np.isfinite(gaps)]
        ends = (float(known.min()), float(known.max())) if len(known) else (math.nan, math.nan)
        return effect_from_row(row, self.baseline, ends)

    def wide(self, outcome: str, place: Place | None = None) -> pd.DataFrame:
        """Return an outcome by replicate (rows) and option (columns) of the runs that finished."""
        place = place or self.main
        if (outcome, place) not in self._wide:
            part = self._finished.get(place)
            known = part is not None and outcome in part.columns
            self._wide[outcome, place] = _by_option(part, outcome) if part is not None and known else pd.DataFrame()
        return self._wide[outcome, place]

    @cached_property
    def _finished(self) -> dict[Place, pd.DataFrame]:
        """Finished runs without any mechanism switched off, by mission, shock and world."""
        runs = self.study.runs
        if not len(runs):
            return {}
        done = runs[runs["ok"].astype(bool) & (runs["twin"].fillna("") == "")]
        return {(str(m), str(s), str(w)): part for (m, s, w), part in done.groupby(["mission", "shock", "world"])}

    def gaps(self, option: str, outcome: str = MAIN, against: str | None = None, place: Place | None = None) -> Reals:
        """Return paired differences option - comparator, replicate by replicate."""
        wide = self.wide(outcome, place)
        other = self.baseline if against is None else against
        if option not in wide.columns or other not in wide.columns:
            return np.empty(0)
        return (wide[option] - wide[other]).dropna().to_numpy(dtype=np.float64)

    def level(self, outcome: str = MAIN, place: Place | None = None) -> float:
        """Return the baseline's mean over its finished runs; not a number where there is none."""
        wide = self.wide(outcome, place)
        return float(wide[self.baseline].mean()) if self.baseline in wide.columns else math.nan

    def matters(self, outcome: str = MAIN, place: Place | None = None) -> float:
        """Return the smallest difference worth acting on, in the outcome's unit."""
        return self.plan.matters_share * abs(self.level(outcome, place))

    def between(self, option: str, other: str, outcome: str = MAIN) -> Effect:
        """Return the effect of one option against another, in units of the baseline's level."""
        gaps = self.gaps(option, outcome, against=other)
        return effect_from_pairs(option, other, outcome, self.level(outcome), gaps, self.matters(outcome))

    def not_separable(self, option: str) -> list[str]:
        """Return the other options, the baseline first, that the runs do not tell from this one; none without runs."""
        others = [self.baseline, *(name for name in self.names if name != option)]
        unclear = (State.UNCLEAR, State.LITTLE, State.FEW, State.ZERO)
        return [other for other in others if self.between(option, other).state in unclear]

    def by_state(self, *states: State) -> list[Effect]:
        """Return the main effects in some states, lowest median first, then in the order asked for."""
        found = [self.effect(name) for name in self.names]
        return sorted((effect for effect in found if effect.state in states), key=lambda effect: effect.median)

    @cached_property
    def leading(self) -> str | None:
        """Return the option the figures look into: the largest clear gain, else the largest clear change, else any."""
        for states in ((State.GOOD,), (State.HARMFUL,), (State.UNCLEAR, State.LITTLE, State.FEW)):
            found = self.by_state(*states)
            if found:
                return max(found, key=lambda e: (abs(e.median), abs(e.highest - e.lowest))).option
        return self.names[0] if self.names else None

    def by_world(self, option: str) -> dict[str, Effect]:
        """Return the main effect in each world, on the replicates all worlds have; worlds without pairs are left out."""
        if option not in self._worlds:
            share = self.plan.matters_share
            self._worlds[option] = {
                world: effect_from_pairs(option, self.baseline, MAIN, level, gaps, share * abs(level))
                for world, (level, gaps) in paired_by_world(self.study, option, MAIN).items()
            }
        return self._worlds[option]

    def signs(self, option: str) -> dict[str, int]:
        """Return by world -1, 0 or 1: below, within or above what matters; worlds without pairs are left out.

        The first world speaks with all its pairs, the others with those they share.
        """
        signs = {world: effect.sign(self.plan.matters_share) for world, effect in self.by_world(option).items()}
        if self.main[2] in signs:
            signs[self.main[2]] = self.effect(option).sign(self.plan.matters_share)
        return signs

    def agreement(self, option: str) -> tuple[int, int]:
        """Return worlds in which the direction of the first world holds, and worlds examined."""
        signs = self.signs(option)
        first = signs.get(self.main[2], 0)
        return sum(sign == first for sign in signs.values()), len(signs)

    def reversals(self, option: str) -> list[str]:
        """Return worlds in which the direction of the first world turns round."""
        signs = self.signs(option)
        first = signs.get(self.main[2], 0)
        return [world for world, sign in signs.items() if first and sign == -first]

    @cached_property
    def failed(self) -> pd.DataFrame:
        """Runs that failed."""
        runs = self.study.runs
        return runs[~runs["ok"].astype(bool)] if len(runs) else runs

    @property
    def n_pairs(self) -> int:
        """Paired runs of the main grid: the fewest any option has that has any."""
        counts = [effect.n for effect in map(self.effect, self.names) if effect.n]
        return min(counts, default=0)

    @property
    def n_shared(self) -> int:
        """Draws in which every option finished."""
        wide, names = self.wide(MAIN), [self.baseline, *self.names]
        return len(wide[names].dropna()) if set(names) <= set(wide.columns) else 0

    def start_week(self, option: str) -> float | None:
        """Return the first week any policy of an option is in force; none for an option without policies."""
        policies = self.option(option).policies
        starts = [float(settings.get("start_week", DEFAULT_START_WEEK)) for settings in policies.values()]
        return min(starts, default=None)

    def option(self, name: str) -> Option:
        """Return an option by name."""
        return next(option for option in self.plan.options if option.name == name)

    def horizon_weeks(self) -> float:
        """Return the length of the main runs in weeks, 0 where neither mission nor series tells."""
        series, stated = self.study.series, self.plan.missions[0].settings.get("horizon_weeks")
        if stated is not None:
            return float(stated)
        return float(series["week"].max()) + self.study.series_weeks if len(series) else 0.0

    def regrets(self) -> pd.DataFrame:
        """Return each option's largest loss against the lowest outcome of the same draw and world, person-weeks.

        One row an option, the baseline first: ``option, regret, world, replicate``; options not run under every world
        are left out, as are draws in which a run is missing.
        """
        mission, shock, _ = self.main
        names = [self.baseline, *self.world_names]
        parts = []
        for world in self.plan.worlds:
            wide = self.wide(MAIN, (mission, shock, world.name))
            if set(names) <= set(wide.columns):
                lost = wide[names].dropna()
                parts.append(lost.sub(lost.min(axis=1), axis=0).assign(world=world.name))
        if not parts:
            return pd.DataFrame(columns=["option", "regret", "world", "replicate"])
        table = pd.concat(parts).reset_index()
        rows = []
        for name in names:
            worst = table.loc[table[name].idxmax()] if len(table) else None
            if worst is not None:
                rows.append(
                    {"option": name, "regret": worst[name], "world": worst["world"], "replicate": worst["replicate"]}
                )
        return pd.DataFrame(rows, columns=["option", "regret", "world", "replicate"])

    def front_share(self, cost: str) -> dict[str, float]:
        """Return by option the share of draws in which no other option has less of both outcome and cost.

        Limits: the baseline takes part; draws with a missing run are left out; no draw gives not a number.
        """
        names = [self.baseline, *self.names]
        harm, price = self.wide(MAIN), self.wide(cost)
        if not set(names) <= set(harm.columns) or not set(names) <= set(price.columns):
            return dict.fromkeys(names, math.nan)
        both = harm[names].dropna().index.intersection(price[names].dropna().index)
        pairs = np.stack([harm.loc[both, names].to_numpy(), price.loc[both, names].to_numpy()], axis=2)
        counts = sum((undominated(draw) for draw in pairs), np.zeros(len(names)))
        return {name: float(count) / len(both) if len(both) else math.nan for name, count in zip(names, counts)}


def _by_option(runs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return an outcome by replicate (rows) and option (columns)."""
    first = runs.drop_duplicates(["replicate", "option"])
    return first.pivot(index="replicate", columns="option", values=outcome).astype(float)


def undominated(points: Reals) -> NDArray[np.bool_]:
    """Say for each row whether no other is as low in both columns and lower in one."""
    as_low = (points[None, :, :] <= points[:, None, :]).all(axis=2)
    lower = (points[None, :, :] < points[:, None, :]).any(axis=2)
    undercut: NDArray[np.bool_] = np.any(as_low & lower, axis=1)
    return np.logical_not(undercut)


def has_direction(outcome: str) -> bool:
    """Say whether lower or higher is better for an outcome."""
    return OUTCOMES[outcome][1] != "neither"


def observed_against_true(counted: Effect, true: Effect) -> int:
    """Return 1 if counts rise while harm falls, -1 for the mirror, 0 otherwise; both need an earned word."""
    falls, rises = words.earns(true.lower, true.n), words.earns(true.higher, true.n)
    more, fewer = words.earns(counted.higher, counted.n), words.earns(counted.lower, counted.n)
    return 1 if falls and more else -1 if rises and fewer else 0
