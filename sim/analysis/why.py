"""Through what two scenarios differ: the same difference measured again with one mechanism switched off in both.

Answers which mechanisms carry a difference, and how surely, on lucks that all variants share. What is said of it is in
`sim.report.why`; which mechanisms there are is in `sim.parameters.institutions.Switches`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import numpy as np

from sim.analysis.shares import ALL_ON, FEWEST_LUCKS, Difference, mean_until, parts_of
from sim.clock import DAYS_PER_WEEK
from sim.errors import ScenarioError, did_you_mean
from sim.indicators import INDICATORS
from sim.parameters import walk
from sim.parameters.institutions import Switches
from sim.scenario import Scenario

INDICATOR = "true_exploited_persons"
N_LUCKS, MOST_LUCKS = 4, 64
CHANNELS = (  # by which a change of demand, or a policy, works, lasts or is undone; the others set the level of the market
    "habit", "sunk_costs", "infrastructure", "ties", "norms", "local_demand", "raids", "diversification", "security",
    "deterrence", "victim_reports", "contributor_response",
)  # fmt: skip
SIDES = ("a", "b")


@dataclass(frozen=True)
class Slot:
    """One run a question needs: which mechanism is off (empty = none), on which luck, A or B."""

    off: str
    luck: int
    side: str


@dataclass(frozen=True)
class Question:
    """What is asked: how B differs from A in an indicator up to a week, and through what.

    Attributes
    ----------
    a, b
        Scenarios; both run on the seeds of ``b`` plus the number of the luck, as in comparisons.
    indicator
        Column of ``run.series``.
    week
        Row of ``run.series`` that the mean from the start ends with; runs stop there.
    n_lucks
        Pairs of each variant.
    """

    a: Scenario
    b: Scenario
    indicator: str = INDICATOR
    week: int = 0
    n_lucks: int = N_LUCKS

    @cached_property
    def is_same(self) -> bool:
        """Whether A and B are one scenario, so that no run is needed."""
        return self.a.key == self.b.key

    def mechanisms(self) -> list[str]:
        """Names of the channels that are on in A or in B, in the order of the parameters."""
        on = (self.a.parameters.switches, self.b.parameters.switches)
        return [name for name in mechanisms() if name in CHANNELS and any(getattr(switches, name) for switches in on)]

    def slots(self, luck: int, without: Iterable[str] = ()) -> list[Slot]:
        """Runs of one luck: both scenarios as they are, then with each mechanism off but those left out."""
        left_out = set(without)
        names = [ALL_ON, *(name for name in self.mechanisms() if name not in left_out)]
        return [Slot(name, luck, side) for name in names for side in SIDES]

    def scenario(self, slot: Slot) -> Scenario:
        """Scenario of a run, its seeds in it, no longer than the week asked."""
        scenario = self.a if slot.side == "a" else self.b
        parameters = scenario.parameters
        if slot.off:
            parameters = replace(parameters, switches=replace(parameters.switches, **{slot.off: False}))
        weeks = min(self.week + max(1, scenario.clock.step_days // DAYS_PER_WEEK), scenario.mission.horizon_weeks)
        return replace(
            scenario, parameters=parameters, mission=replace(scenario.mission, horizon_weeks=weeks),
            seed=self.b.seed + slot.luck, world_seed=self.b.world_seed + slot.luck,
        )  # fmt: skip


@cache
def mechanisms() -> dict[str, str]:
    """Return every mechanism that can be switched off, with its meaning, in the order of the parameters."""
    return {info.path: info.about for info in walk(Switches())}


def last_week(*scenarios: Scenario) -> int:
    """Return the last whole week that has a row in the series of all of some scenarios."""
    return min(int(_last_label(scenario)) for scenario in scenarios)


def check(question: Question) -> None:
    """Raise every problem of a question.

    Raises
    ------
    ScenarioError
        For an unknown indicator, a week outside the runs, too few or too many lucks, or scenarios that cannot be paired.
    """
    found = []
    if question.indicator not in INDICATORS:
        near = did_you_mean(question.indicator, INDICATORS)
        found.append(f"indicator = {question.indicator}: must be a column of series.csv. {near}")
    last = last_week(question.a, question.b)
    if not 0 <= question.week <= last:
        found.append(f"week = {question.week}: must be a whole number between 0 and {last} (weeks). Choose one in that range.")
    if not FEWEST_LUCKS <= question.n_lucks <= MOST_LUCKS:
        found.append(
            f"lucks = {question.n_lucks}: must be a whole number between {FEWEST_LUCKS} and {MOST_LUCKS} (pairs of runs). "
            f"Write lucks={N_LUCKS}."
        )
    for name, a, b in (
        ("mission", question.a.mission.name, question.b.mission.name),
        ("scale", question.a.scale, question.b.scale),
        ("clock.step_days", question.a.clock.step_days, question.b.clock.step_days),
    ):
        if a != b:
            found.append(f"{name} = {b}: must be that of the scenario compared with, {a}. Write {name}={a}.")
    if found:
        raise ScenarioError(found)


@dataclass
class Answer:
    """Series of a question's runs as they come in, and the difference they make; knows which are still wanted."""

    question: Question
    series: dict[Slot, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    def put(self, slot: Slot, weeks: np.ndarray, values: np.ndarray) -> None:
        """Take in a run: weeks and the indicator, shape (n_steps,)."""
        self.series[slot] = (weeks, values)

    def wanted(self) -> list[Slot]:
        """Runs to make next, in order: all of the first luck; once these are in, those of all others; then none."""
        if self.question.is_same:
            return []
        first = self._missing(self.question.slots(0))
        return first or self._missing(slot for luck in range(1, self.question.n_lucks) for slot in self._slots(luck))

    def inert(self) -> tuple[str, ...]:
        """Mechanisms without which both runs of the first luck are the same to the last digit, as far as these are in."""
        return tuple(name for name in self.question.mechanisms() if all(self._is_equal(name, side) for side in SIDES))

    def n_runs(self) -> tuple[int, int]:
        """Runs that are in, and runs in all as far as is known."""
        if self.question.is_same:
            return 0, 0
        slots = [slot for luck in range(self.question.n_lucks) for slot in self._slots(luck)]
        return sum(slot in self.series for slot in slots), len(slots)

    def lucks(self) -> list[int]:
        """Lucks that are in completely."""
        return [luck for luck in range(self.question.n_lucks) if not self._missing(self._slots(luck))]

    def difference(self) -> Difference:
        """What the lucks that are in completely say, in order; one without any luck before that."""
        if self.question.is_same:
            return Difference(math.nan, (0.0,))
        lucks = self.lucks()
        inert = self.inert()
        gaps = {name: tuple(self._gap(name, luck) for luck in lucks) for name in self._names(inert)}
        level = sum(self._value(ALL_ON, luck, "a") for luck in lucks) / len(lucks) if lucks else math.nan
        return Difference(level, gaps[ALL_ON], parts_of(gaps), inert)

    def _names(self, inert: tuple[str, ...]) -> Iterator[str]:
        """As they are, then every mechanism tried on all lucks."""
        yield ALL_ON
        yield from (name for name in self.question.mechanisms() if name not in inert)

    def _slots(self, luck: int) -> list[Slot]:
        """Runs of a luck; beyond the first without what changed nothing there."""
        return self.question.slots(luck, self.inert() if luck else ())

    def _missing(self, slots: Iterable[Slot]) -> list[Slot]:
        """Those not yet in."""
        return [slot for slot in slots if slot not in self.series]

    def _is_equal(self, name: str, side: str) -> bool:
        """Whether a run of the first luck is the same with a mechanism off."""
        before, after = (self.series.get(Slot(off, 0, side)) for off in (ALL_ON, name))
        return before is not None and after is not None and np.array_equal(before[1], after[1])

    def _gap(self, name: str, luck: int) -> float:
        """B less A on one luck."""
        return self._value(name, luck, "b") - self._value(name, luck, "a")

    def _value(self, name: str, luck: int, side: str) -> float:
        """Mean up to the week asked."""
        weeks, values = self.series[Slot(name, luck, side)]
        return mean_until(weeks, values, self.question.week)


def measure(slot: Slot, scenario: Scenario, indicator: str) -> tuple[Slot, np.ndarray, np.ndarray]:
    """Make one run; return its slot, weeks and indicator, shape (n_steps,)."""
    from sim.runs.simulate import simulate_series  # loads the model: not where runs are made by others

    series = simulate_series(scenario)
    return slot, series["week"].to_numpy(), series[indicator].to_numpy()


def answer(question: Question, workers: int = 1, on_run: Callable[[int, int], None] | None = None) -> Answer:
    """Make every run a question needs and return them.

    Parameters
    ----------
    workers
        Processes of this machine; with 1 everything happens in this one.
    on_run
        Called after each run with (runs that are in, runs in all as far as is known).

    Raises
    ------
    ScenarioError
        With every problem of the question; nothing is run then.
    """
    from sim.runs.batch import in_processes

    check(question)
    found = Answer(question)
    while wanted := found.wanted():
        tasks = ((slot, question.scenario(slot), question.indicator) for slot in wanted)
        for slot, weeks, values in in_processes(measure, tasks, workers):
            found.put(slot, weeks, values)
            if on_run is not None:
                on_run(*found.n_runs())
    return found


def _last_label(scenario: Scenario) -> float:
    """Week of the last row of a scenario's series."""
    weeks, step = scenario.mission.horizon_weeks, scenario.clock.step_days / DAYS_PER_WEEK
    return (-(-weeks // step) - 1.0) * step
