"""One tab of the studio: its choice, what was chosen before and after, and what it asks the engine for.

A change is checked before it is taken. How messages of the page become changes is in ``messages`` and ``session``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from sim.scenario import Scenario
from sim.studio.choice import SIDES, Choice, check
from sim.studio.engine import PATIENT, SPARE, Engine, Wish
from sim.studio.pack import rough_key, run_key
from sim.studio.through import Through

N_LUCKS = 8
MOST_UNDO = 200


class View(Protocol):
    """What a session tells its page."""

    def show(self) -> None:
        """Both runs of the present choice are there."""

    def show_in_passing(self, keys: tuple[str, str]) -> None:
        """Two rough runs are there while a lever is in somebody's hand."""

    def wait(self) -> None:
        """The present choice is being computed."""

    def luck(self, seed: int) -> None:
        """A pair on other luck has arrived."""

    def say(self, problem: str) -> None:
        """Something was refused or failed, in words."""

    def told(self, answer: dict[str, Any]) -> None:
        """An agent has answered: its text, its number, the terms of its decision."""

    def through(self, answer: dict[str, Any]) -> None:
        """Through what A and B differ, as far as it is known; gone with ``is_open`` false."""

    def here(self, answer: dict[str, Any]) -> None:
        """Who is in a cell of the map."""


class Tab:
    """State of one tab.

    Parameters
    ----------
    tab
        Name of the tab, for the engine.
    engine, view
        Who computes, and who shows.
    choice
        What the tab opens with.
    """

    def __init__(self, tab: str, engine: Engine, view: View, choice: Choice) -> None:
        self.tab, self.engine, self.view, self.choice = tab, engine, view, choice
        self.scale_for: Callable[[Choice, bool], float] | None = None  # one that answers in time; told whether it is new
        self.is_scale_named = False  # by a link or by hand, so that it stays
        self.is_late: Callable[[Choice], bool] = lambda choice: False  # whether its runs will answer too late
        self.lucks: dict[int, tuple[str, str]] = {}  # pairs seen of the present choice, by seed
        self.through = Through(tab, engine, view.through)
        self._unlucky: Choice | None = None  # the choice shown, but for its luck
        self._past: list[Choice] = []
        self._future: list[Choice] = []
        self._merged = ""
        self.n_gestures = 0  # changes so far, where those of one drag count as one
        self._lacks: set[str] = set()
        self._asked = self._shown = 0  # requests made, and the latest of them whose picture was shown

    def take(self, choice: Choice, merge: str = "", is_held: bool = False, is_whole: bool = False) -> None:
        """Take a checked choice as the present one.

        Parameters
        ----------
        merge
            Successive changes with the same name undo as one.
        is_held
            A lever is still in somebody's hand: rough pictures are enough for the moment.
        is_whole
            Both scenarios come from elsewhere (a lesson, a link, a pasted file): their scale is theirs and stays.
        """
        if choice == self.choice:
            if not is_held:
                self._let_go()
            return
        check(choice)
        if is_whole:
            self.is_scale_named = True
        else:
            choice = self._scaled(choice)
        goes_on = bool(merge and merge == self._merged and self._past)
        if not goes_on:
            self._past = [*self._past, self.choice][-MOST_UNDO:]
        self._merged, self._future = merge, []
        self._set(choice, goes_on, is_held)

    def _scaled(self, choice: Choice) -> Choice:
        """Return a choice at a scale that answers in time here, unless somebody named one; another mission gets its own."""
        if self.scale_for is None or choice.value("b", "scale") != self.choice.value("b", "scale"):
            return choice
        is_new = choice.mission != self.choice.mission
        if self.is_scale_named and not (is_new and choice.scenario("b").scale < 1.0):
            return choice
        self.is_scale_named = False
        return choice.with_value("b", "scale", self.scale_for(choice, is_new))

    def _let_go(self) -> None:
        """A lever was let go where it stood: go on to the runs themselves, or show them once more, since the page waits."""
        if not self.is_waiting:
            self.view.show()
        elif self._shown < self._asked:
            self.compute()

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._future)

    @property
    def before(self) -> Choice:
        """The choice before the last change; the present one where nothing was changed."""
        return self._past[-1] if self._past else self.choice

    @property
    def is_waiting(self) -> bool:
        """Whether a run of the present choice has not come yet."""
        return bool(self._lacks)

    def undo(self) -> None:
        """Take back the last change."""
        if self._past:
            self._future.append(self.choice)
            self._merged = ""
            self._set(self._past.pop())

    def redo(self) -> None:
        """Make the last change taken back again."""
        if self._future:
            self._past.append(self.choice)
            self._set(self._future.pop())

    def keys(self, choice: Choice | None = None) -> tuple[str, str]:
        """Names of the runs A and B of a choice."""
        choice = choice or self.choice
        return run_key(choice.scenario("a")), run_key(choice.scenario("b"))

    def compute(self, is_rough_first: bool = False) -> None:
        """Ask for A and B of the present choice; show them at once where they are kept.

        With ``is_rough_first`` a rough pair comes before them and is shown in passing: while a lever is in somebody's hand,
        and where the runs themselves are expected to take too long.
        """
        self._asked += 1
        pair = self._pair()
        self._lacks = {run_key(s) for s in pair if self.engine.runs.get(run_key(s)) is None}
        if not self._lacks:
            self.engine.forget(self.tab)
            self._show()
            return
        if is_rough_first:
            self._ask_rough(pair)
        else:
            self._ask_runs(pair)
        if self._lacks:
            self.view.wait()

    def _pair(self) -> list[Scenario]:
        """B and A of the present choice; one where they are the same."""
        return list({run_key(s): s for s in (self.choice.scenario("b"), self.choice.scenario("a"))}.values())

    def _ask_runs(self, pair: list[Scenario]) -> None:
        """Ask for what is lacking of a pair."""
        missing = [scenario for scenario in pair if run_key(scenario) in self._lacks]
        self.engine.ask(Wish(self.tab, "run", missing, partial(self._arrived, self._asked), self.view.say))

    def _ask_rough(self, pair: list[Scenario]) -> None:
        """Ask for a rough pair; when it is there and nothing else was asked for, for the runs it stands in for."""
        asked = self._asked
        names = [rough_key(self.choice.scenario(side)) for side in SIDES]

        def arrived(_: str = "", __: Any = None) -> None:
            if any(self.engine.runs.get(name) is None for name in names):
                return
            if asked > self._shown:  # never an older one after a newer
                self._shown = asked
                self.view.show_in_passing((names[0], names[1]))
            if asked == self._asked:
                self._ask_runs(pair)

        missing = [scenario for scenario in pair if self.engine.runs.get(rough_key(scenario)) is None]
        if missing:
            self.engine.ask(Wish(self.tab, "rough", missing, arrived, self.view.say))
        else:
            arrived()

    def _ask_ahead(self) -> None:
        """While nobody wants anything: what any change of B will need, a rough A and then A on its other lucks."""
        choice, a = self.choice, self.choice.scenario("a")
        others = [on_luck(a, seed) for seed in eight(a.seed) if seed != a.seed]
        lacking = [scenario for scenario in others if self.engine.runs.get(run_key(scenario)) is None]

        def lucks(_: str = "", __: Any = None) -> None:
            if lacking and choice == self.choice:
                self.engine.ask(Wish(self.tab, "run", lacking, _nothing, _nothing, rank=SPARE))

        if self.engine.runs.get(rough_key(a)) is None:
            self.engine.ask(Wish(self.tab, "rough", [a], lucks, _nothing, rank=SPARE))
        else:
            lucks()

    def ask_lucks(self) -> None:
        """Ask for the same two runs on the other lucks of eight, one pair after the other, when nobody else wants anything."""
        pairs: dict[str, int] = {}
        scenarios: dict[str, Scenario] = {}
        names: dict[int, tuple[str, str]] = {}
        here = [self.choice.scenario(side) for side in SIDES]
        for seed in [one for one in eight(here[0].seed) if one not in self.lucks]:
            pair = [on_luck(scenario, seed) for scenario in here]
            names[seed] = (run_key(pair[0]), run_key(pair[1]))
            for scenario in pair:
                scenarios.setdefault(run_key(scenario), scenario)
                pairs.setdefault(run_key(scenario), seed)
        choice, have = self.choice, set()

        def arrived(key: str, pack: Any) -> None:
            del pack
            have.add(key)
            seed = pairs[key]
            if choice == self.choice and set(names[seed]) <= have and seed not in self.lucks:
                self.lucks[seed] = names[seed]
                self.view.luck(seed)

        wish = Wish(self.tab, "run", list(scenarios.values()), arrived, self.view.say, rank=PATIENT)
        self.engine.ask(wish)

    def ask_agent(self, side: str, agent: tuple[str, int, int], week: int) -> None:
        """Ask an agent of A or B what it did at the end of a week."""
        scenario = self.choice.scenario(side)

        def told(_: str, answer: Any) -> None:
            self.view.told({**answer, "side": side})

        def failed(problem: str) -> None:
            self.view.told({"text": problem, "kind": agent[0], "number": None, "week": week, "terms": {}, "side": side})

        self.engine.ask(Wish(self.tab, "explain", [scenario], told, failed, agent, week))

    def ask_through(self, week: int, series: str) -> None:
        """Ask through what B differs from A in a series up to a week, each mechanism switched off in both."""
        self.through.ask(self.choice.scenario("a"), self.choice.scenario("b"), week, series)

    def _arrived(self, asked: int, key: str, pack: Any) -> None:
        """One of the runs asked for is there."""
        del pack
        self._lacks.discard(key)
        if asked == self._asked and not self._lacks:
            self._show()

    def _show(self) -> None:
        """Show the present choice."""
        seed, unlucky = self.choice.scenario("a").seed, self.choice.with_value("b", "seed", None)
        seen = self.lucks if unlucky == self._unlucky else {}
        self.lucks = {other: keys for other, keys in seen.items() if other in eight(seed)} | {seed: self.keys()}
        self._unlucky, self._shown = unlucky, self._asked
        self.view.show()
        self._ask_ahead()

    def _set(self, choice: Choice, goes_on: bool = False, is_held: bool = False) -> None:
        """Make a choice the present one and compute it; ``goes_on`` where the gesture before it is not over."""
        is_rescaled = _without_scale(choice) == _without_scale(self.choice)
        self.choice = choice
        self.through.stop()
        self.n_gestures += not goes_on
        self.compute(is_held or (not is_rescaled and self.is_late(choice)))


def _without_scale(choice: Choice) -> Choice:
    """A choice whatever share of the persons is simulated."""
    return choice.with_value("b", "scale", None)


def _nothing(*_: Any) -> None:
    """What was asked for ahead is kept by the engine; nobody waits for it, and nobody hears where it failed."""


def on_luck(scenario: Scenario, seed: int) -> Scenario:
    """Return a scenario on other luck; it is the one the choice with that seed would make."""
    return dataclasses.replace(scenario, seed=seed)


def eight(seed: int) -> range:
    """Return the eight lucks a seed belongs to."""
    first = seed - seed % N_LUCKS
    return range(first, first + N_LUCKS)
