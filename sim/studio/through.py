"""Through what A and B differ, asked by a tab: pairs of runs with one mechanism switched off, luck by luck, when nobody else
wants anything.

The words are those of ``mandate explain why``. The answer is for the week and series asked, and ends with any change.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.errors import ScenarioError, did_you_mean
from sim.scenario import Scenario
from sim.studio.engine import PATIENT, Engine, Wish
from sim.studio.pack import SERIES, run_key

if TYPE_CHECKING:
    from sim.analysis.why import Answer, Question, Slot

MOST_KEPT = 1024  # series of single runs, some kilobytes each
GONE: dict[str, Any] = {"is_open": False}


class Through:
    """One tab's question, its runs so far, and what is said of them.

    Parameters
    ----------
    tab
        Name of the tab; what it asks here is apart from its other wishes, so that neither replaces the other.
    engine
        Who computes.
    tell
        Called with each state of the answer, ready for the page.
    """

    def __init__(self, tab: str, engine: Engine, tell: Callable[[dict[str, Any]], None]) -> None:
        self._tab, self._engine, self._tell = f"{tab} through", engine, tell
        self._answer: Answer | None = None
        self._slots: dict[str, list[Slot]] = {}
        self._kept: OrderedDict[tuple[str, str], tuple[Any, Any]] = OrderedDict()  # weeks and values, by run and series
        self._n_said = -1

    @property
    def is_asking(self) -> bool:
        """Whether runs are still to come."""
        return self._answer is not None and bool(self._answer.wanted())

    def ask(self, a: Scenario, b: Scenario, week: int, series: str) -> None:
        """Ask through what B differs from A in a series up to a week.

        Raises
        ------
        ScenarioError
            For a week or series that is none of these runs; what was asked before goes on.
        """
        from sim.analysis.why import Answer, Question, check

        if series not in SERIES:
            raise ScenarioError(f"series = {series[:60]}: not shown here. {did_you_mean(series, SERIES)}")
        question = Question(a, b, series, week)
        check(question)
        self._engine.forget(self._tab)
        self._answer, self._n_said = Answer(question), -1
        self.go_on()

    def go_on(self) -> None:
        """Ask for the runs that are still wanted, if anything was asked; those kept are taken at once."""
        found = self._answer
        if found is None:
            return
        while wanted := found.wanted():
            missing = self._missing(found.question, wanted)
            if missing:
                self._say()
                self._engine.ask(Wish(self._tab, "series", missing, self._arrived, self._failed, rank=PATIENT))
                return
        self._say()

    def stop(self) -> None:
        """Drop the question: A or B has changed, or the tab is gone."""
        if self._answer is not None:
            self._answer = None
            self._engine.forget(self._tab)
            self._tell(GONE)

    def pause(self) -> None:
        """Compute no further until ``go_on``: the tab is not there."""
        self._engine.forget(self._tab)

    def _missing(self, question: Question, wanted: list[Slot]) -> list[Scenario]:
        """Scenarios of the runs wanted, each once; runs kept from earlier answers are put in."""
        self._slots, missing = {}, {}
        for slot in wanted:
            scenario = question.scenario(slot)
            name = run_key(scenario)
            if (name, question.indicator) in self._kept:
                self._put(name, [slot])
            else:
                self._slots.setdefault(name, []).append(slot)
                missing[name] = scenario
        return list(missing.values())

    def _arrived(self, _: str, value: Any) -> None:
        """A run has come: its name, weeks and series."""
        found, name = self._answer, value["key"]
        if found is None or name not in self._slots:
            return
        self._kept[name, found.question.indicator] = value["weeks"], value["series"][found.question.indicator]
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        self._put(name, self._slots.pop(name))
        if self._slots:
            self._say()
        else:
            self.go_on()

    def _put(self, name: str, slots: list[Slot]) -> None:
        """Take a kept run into the answer."""
        found = self._answer
        if found is not None:
            for slot in slots:
                found.put(slot, *self._kept[name, found.question.indicator])

    def _failed(self, problem: str) -> None:
        """A run failed: say so and ask no further."""
        self._answer = None
        self._engine.forget(self._tab)
        self._tell({"is_open": True, "is_done": True, "progress": problem})

    def _say(self) -> None:
        """Tell how far it is; the text with it where another luck is complete."""
        found = self._answer
        if found is None:
            return
        (done, total), n = found.n_runs(), len(found.lucks())
        is_done = done == total
        lucks = f"{n} of {found.question.n_lucks} lucks"
        told: dict[str, Any] = {
            "is_open": True, "is_done": is_done, "progress": "" if is_done else f"{lucks}, {done} of {total} runs",
        }  # fmt: skip
        if n != self._n_said or is_done:
            from sim.report.why import why_text  # loads a library of statistics: not before it is needed

            self._n_said = n
            told |= dataclasses.asdict(why_text(found.question, found.difference()))
        self._tell(told)
