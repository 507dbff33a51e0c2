"""A tab asks through what A and B differ: which runs that takes, how the answer grows, and what ends it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.parameters.institutions import Switches
from sim.studio.choice import Choice
from sim.studio.engine import PATIENT, Wish
from sim.studio.pack import SERIES, run_key
from sim.studio.session import Session
from tests.studio.test_session import Instant, Notes

ASK = {"do": "through", "week": 30, "series": "venues"}


class Carrying(Instant):
    """An engine whose runs have 100 venues in A and 60 in B; with raids off 100 and 90; contributors' response does nothing."""

    def answer(self, wish: Wish, n: int = 999) -> None:
        """Answer some runs of a wish now."""
        if wish.kind != "series":
            super().answer(wish)
            return
        for scenario in wish.scenarios[:n]:
            is_b, switches = bool(scenario.policy), scenario.parameters.switches
            gap = 0.0 if not is_b else 40.0 if switches.raids else 10.0
            noise = 0.0 if switches == Switches() or not switches.contributor_response else 0.01
            values = np.full(scenario.mission.horizon_weeks, 100.0 - gap + noise * (1 - 2 * (scenario.seed % 2)))
            answer = {"key": run_key(scenario), "weeks": np.arange(len(values)), "series": dict.fromkeys(SERIES, values)}
            wish.done("", answer)


@pytest.fixture
def session() -> Any:
    """A session on the generic mission, B with a policy."""
    opened: Any = Session("tab", Carrying(), Notes(), Choice("generic", values={"scale": 0.05}))  # type: ignore[arg-type]
    opened.act({"do": "policy", "name": "training", "on": True})
    return opened


def test_the_answer_grows_luck_by_luck_and_names_the_cause(session: Any) -> None:
    assert session.act(ASK)
    first, rest = [wish for wish in session.engine.wishes if wish.kind == "series"]
    assert first.rank == PATIENT and first.tab != "tab", "it waits for everybody, and does not replace the tab's other wishes"
    assert {s.seed for s in first.scenarios} == {0} and {s.seed for s in rest.scenarios} == {1, 2, 3}
    assert {s.mission.horizon_weeks for s in first.scenarios} == {31}, "runs end with the week asked"
    n = len(first.scenarios)
    assert len(rest.scenarios) == 3 * (n - 2), "what changed nothing on the first luck is not tried on others"
    said = [answer["progress"] for answer in session.view.heard]
    assert said[0] == f"0 of 4 lucks, 0 of {4 * n} runs" and any(words.startswith("2 of 4 lucks") for words in said)
    last = session.view.heard[-1]
    assert last["is_done"] and last["progress"] == "" and last["title"].endswith("mean of weeks 0 to 30")
    assert [row["name"] for row in last["rows"]] == ["raids"] and last["rows"][0]["said"] == "75 %"
    assert last["rows"][0]["lucks"] == "4 of 4 lucks"
    assert "Changed nothing in either run of the first luck: contributor response." in last["notes"]


def test_asked_again_nothing_is_computed_twice(session: Any) -> None:
    session.act(ASK)
    before = len(session.engine.wishes)
    session.act(ASK)
    assert len(session.engine.wishes) == before and session.view.heard[-1]["is_done"]
    session.act({"do": "policy", "name": "training", "on": False})
    session.act({"do": "policy", "name": "women_share", "on": True})
    before = len(session.engine.wishes)
    session.act(ASK)
    asked = [s for wish in session.engine.wishes[before:] for s in wish.scenarios]
    assert asked and all(s.policy for s in asked), "A's runs are kept"


def test_any_change_ends_it_and_a_late_run_is_not_heard(session: Any) -> None:
    session.engine.holds = True
    session.act(ASK)
    late = session.engine.wishes[-1]
    session.engine.answer(late, 3)
    assert session.through.is_asking and session.view.heard[-1]["progress"].startswith("0 of 4 lucks, 3 of")
    forgotten = session.engine.forgotten
    session.act({"do": "shock", "name": "surge"})
    assert session.view.heard[-1] == {"is_open": False} and session.engine.forgotten > forgotten
    heard = len(session.view.heard)
    session.engine.answer(late)
    assert len(session.view.heard) == heard and not session.through.is_asking


def test_a_tab_that_comes_back_goes_on_where_it_was(session: Any) -> None:
    session.engine.holds = True
    session.act(ASK)
    session.engine.answer(session.engine.wishes[-1], 5)
    n = len(session.engine.wishes[-1].scenarios)
    session.through.pause()
    session.through.go_on()
    assert len(session.engine.wishes[-1].scenarios) == n - 5


def test_the_same_scenario_twice_needs_no_run(session: Any) -> None:
    session.act({"do": "policy", "name": "training", "on": False})
    before = len(session.engine.wishes)
    session.act(ASK)
    assert len(session.engine.wishes) == before and "nothing differs" in session.view.heard[-1]["headline"]


def test_a_failed_run_is_said(session: Any) -> None:
    session.engine.holds = True
    session.act(ASK)
    session.engine.wishes[-1].failed("the run failed")
    assert session.view.heard[-1] == {"is_open": True, "is_done": True, "progress": "the run failed"}


@pytest.mark.parametrize(
    ("change", "words"),
    [({"week": 9999}, "week = 9999"), ({"week": "x"}, "cannot be read"), ({"series": "venuse"}, "Did you mean: venues"),
     ({"series": None}, "not shown here")],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(session: Any, change: dict[str, Any], words: str) -> None:
    assert session.act(ASK | change) is False
    assert words in session.view.problems[-1] and session.view.heard == []
