"""A session without a page: what is taken, refused, undone and asked for; the engine is a stand-in that answers at once."""

from __future__ import annotations

from typing import Any

import pytest

from sim.studio.choice import Choice
from sim.studio.engine import SPARE, Runs, Wish
from sim.studio.pack import rough_key, run_key
from sim.studio.session import Session
from sim.studio.tab import on_luck


class Instant:
    """An engine that has every run at once, except what nobody waits for, and while it is told to hold them back."""

    def __init__(self) -> None:
        self.runs, self.wishes, self.forgotten, self.holds = Runs(), [], 0, False
        self.spare: list[Wish] = []

    def ask(self, wish: Wish) -> None:
        """Answer a wish."""
        (self.spare if wish.rank == SPARE else self.wishes).append(wish)
        if not self.holds and wish.rank != SPARE:
            self.answer(wish)

    def answer(self, wish: Wish) -> None:
        """Answer it now."""
        for scenario in wish.scenarios:
            key = wish.key(scenario)
            if key:
                self.runs.keep(key, b"run")
            told = {"explain": {"text": f"I am {wish.agent}"}, "here": {"agents": [], "text": f"cell {wish.cell}"}}
            wish.done(key, told.get(wish.kind, b"run"))

    def forget(self, tab: str) -> None:
        """Drop what a tab wants."""
        self.forgotten += 1


class Notes:
    """A page that writes down what it is told."""

    def __init__(self) -> None:
        self.shown, self.waits, self.lucks, self.problems, self.texts = 0, 0, [], [], []
        self.passing: list[tuple[str, str]] = []
        self.heard: list[dict[str, Any]] = []
        self.cells: list[dict[str, Any]] = []

    def show(self) -> None:
        """Count."""
        self.shown += 1

    def show_in_passing(self, keys: tuple[str, str]) -> None:
        """Keep."""
        self.passing.append(keys)

    def wait(self) -> None:
        """Count."""
        self.waits += 1

    def luck(self, seed: int) -> None:
        """Keep."""
        self.lucks.append(seed)

    def say(self, problem: str) -> None:
        """Keep."""
        self.problems.append(problem)

    def told(self, answer: dict[str, Any]) -> None:
        """Keep."""
        self.texts.append(answer)

    def through(self, answer: dict[str, Any]) -> None:
        """Keep."""
        self.heard.append(answer)

    def here(self, answer: dict[str, Any]) -> None:
        """Keep."""
        self.cells.append(answer)


@pytest.fixture
def session() -> Session:
    """A session on the generic mission."""
    opened: Any = Session("tab", Instant(), Notes(), Choice("generic", values={"scale": 0.05}))  # type: ignore[arg-type]
    opened.compute()
    return opened


def test_a_change_is_shown_undone_and_made_again(session: Session) -> None:
    first = session.choice
    assert session.act({"do": "policy", "name": "training", "on": True}) and session.view.shown == 2  # type: ignore[attr-defined]
    second = session.choice
    session.act({"do": "undo"})
    assert session.choice == first and session.can_redo and not session.can_undo
    session.act({"do": "redo"})
    assert session.choice == second
    session.act({"do": "undo"})
    session.act({"do": "shock", "name": "surge"})
    assert not session.can_redo, "a new change ends what could be made again"


def test_changes_of_one_gesture_undo_as_one(session: Session) -> None:
    session.act({"do": "shock", "name": "surge"})
    before = session.choice
    for size in (0.1, 0.2, 0.3):
        session.act({"do": "value", "path": "shock.size", "value": size, "merge": "first"})
    session.act({"do": "value", "path": "shock.size", "value": 0.4, "merge": "second"})
    session.act({"do": "undo"})
    assert session.choice.scenario("b").shock.size == 0.3
    session.act({"do": "undo"})
    assert session.choice == before


def test_a_lever_let_go_where_it_stood_is_answered_so_that_the_page_does_not_wait(session: Session) -> None:
    session.act({"do": "shock", "name": "surge"})
    for _ in range(2):
        session.act({"do": "value", "path": "shock.size", "value": 0.3, "merge": "drag"})
    assert session.view.shown == 4 and session.n_gestures == 2  # type: ignore[attr-defined]
    session.engine.holds = True  # type: ignore[attr-defined]
    for _ in range(2):
        session.act({"do": "value", "path": "shock.size", "value": 0.7, "merge": "drag"})
    assert session.view.shown == 4, "it is shown when it comes"  # type: ignore[attr-defined]


def test_when_a_lever_is_let_go_the_runs_themselves_are_asked_for_at_once(session: Session) -> None:
    session.act({"do": "shock", "name": "surge"})
    engine: Any = session.engine
    engine.holds = True
    moved = {"do": "value", "path": "shock.size", "value": 0.7, "merge": "drag"}
    session.act({**moved, "held": True})
    assert engine.wishes[-1].kind == "rough"
    session.act({**moved, "held": False})
    assert engine.wishes[-1].kind == "run" and session.is_waiting
    n = len(engine.wishes)
    session.act({**moved, "held": True})
    assert len(engine.wishes) == n, "a late word that it is held changes nothing"
    session.act({**moved, "value": 0.8})
    assert engine.wishes[-1].kind == "run", "a number written needs no rough picture"


def test_swap_keep_and_status_quo(session: Session) -> None:
    session.act({"do": "policy", "name": "training", "on": True})
    session.act({"do": "swap"})
    assert sorted(session.choice.scenario("a").policy) == ["training"] and not session.choice.scenario("b").policy
    session.act({"do": "swap"})
    session.act({"do": "keep"})
    assert session.choice.a == session.choice.b
    session.act({"do": "status_quo"})
    assert not session.choice.scenario("a").policy and session.choice.scenario("b").policy


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (None, "unknown"), (7, "unknown"), ("policy", "unknown"), ({}, "unknown"), ({"do": ["x"]}, "unknown"),
        ({"do": "polcy"}, "Did you mean: policy"), ({"do": "policy"}, "cannot be read"),
        ({"do": "policy", "name": "trainng", "on": True}, "Did you mean: training"),
        ({"do": "policy", "name": "training", "on": "yes"}, "must be true or false"),
        ({"do": "mission", "name": 3}, "unknown"), ({"do": "shock", "name": "surge", "side": "c"}, "must be a or b"),
        ({"do": "value", "path": "scale", "value": 7}, "must lie between"),
        ({"do": "value", "path": "nothing.here", "value": 7}, "unknown name"),
        ({"do": "value", "path": "config_dir", "value": "x"}, "not accepted here"),
        ({"do": "value", "path": "x" * 999, "value": 1}, "not accepted here"),
        ({"do": "curve", "points": 3}, "cannot be read"), ({"do": "curve", "points": [{"week": 1}]}, "cannot be read"),
        ({"do": "curve", "points": [{"week": 5, "ratio": 1}, {"week": 1, "ratio": 1}]}, "must rise"),
        ({"do": "shape", "surge": "x"}, "cannot be read"), ({"do": "luck", "seed": 0.5}, "must be a whole number"),
        ({"do": "luck", "seed": -1}, "must lie between"), ({"do": "agent", "kind": "person", "number": True, "week": 1}, "needs"),
        ({"do": "link", "fragment": "mission=nowhere"}, "unknown"), ({"do": "here", "week": 3}, "cell = None: must be a whole"),
        ({"do": "here", "cell": -1, "week": 3}, "whole number from 0"), ({"do": "here", "cell": True, "week": 3}, "cell = True"),
        ({"do": "here", "cell": [1], "week": 3}, "cell = [1]"), ({"do": "here", "cell": 1, "week": "soon"}, "week = soon"),
        ({"do": "here", "cell": 1, "week": 2.5}, "week = 2.5"),
        ({"do": "here", "cell": 1, "week": 3, "side": "c"}, "must be a or b"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_changes_nothing(session: Session, message: Any, words: str) -> None:
    before = session.choice
    assert session.act(message) is False
    assert words in session.view.problems[-1] and session.choice == before  # type: ignore[attr-defined]
    assert not session.can_undo


def test_lucks_pair_the_same_two_scenarios_and_end_with_a_change(session: Session) -> None:
    session.act({"do": "policy", "name": "training", "on": True})
    session.act({"do": "lucks"})
    assert session.view.lucks == list(range(1, 8))  # type: ignore[attr-defined]
    assert {keys[0].split("-")[0] for keys in session.lucks.values()} == {session.keys()[0].split("-")[0]}
    assert [keys[1].split("-")[1] for keys in session.lucks.values()] == [str(seed) for seed in range(8)]
    before = len(session.engine.wishes)  # type: ignore[attr-defined]
    session.act({"do": "luck", "seed": 3})
    assert sorted(session.lucks) == list(range(8)), "a pair seen stays beside the new one"
    session.act({"do": "lucks"})
    assert all(not wish.scenarios for wish in session.engine.wishes[before:]), "nothing is computed twice"  # type: ignore[attr-defined]
    session.act({"do": "luck", "seed": 9})
    assert list(session.lucks) == [9]
    session.act({"do": "policy", "name": "training", "on": False})
    assert list(session.lucks) == [9], "another change has only its own luck"


def test_a_late_answer_to_an_old_change_is_not_shown(session: Session) -> None:
    engine: Any = session.engine
    engine.holds = True
    session.act({"do": "policy", "name": "training", "on": True})
    late = engine.wishes[-1]
    session.act({"do": "policy", "name": "follow_up", "on": True})
    assert engine.wishes[-1].kind == "run", "a change that is no drag needs no rough picture"
    shown = session.view.shown  # type: ignore[attr-defined]
    engine.answer(engine.wishes[-1])
    engine.answer(late)
    assert session.view.shown == shown + 1 and session.view.passing == []  # type: ignore[attr-defined]


def rough_keys(session: Session) -> tuple[str, str]:
    """Names of the rough pair of the present choice."""
    return rough_key(session.choice.scenario("a")), rough_key(session.choice.scenario("b"))


def test_in_a_drag_rough_pictures_pass_in_order_and_the_runs_themselves_come_last(session: Session) -> None:
    session.act({"do": "shock", "name": "surge"})
    engine, view, keys, wishes = session.engine, session.view, [], []
    engine.holds = True  # type: ignore[attr-defined]
    for size in (0.1, 0.2, 0.3, 0.4):
        session.act({"do": "value", "path": "shock.size", "value": size, "merge": "drag", "held": True})
        keys.append(rough_keys(session))
        wishes.append(engine.wishes[-1])  # type: ignore[attr-defined]
    assert {wish.kind for wish in wishes} == {"rough"}
    shown, asked = view.shown, len(engine.wishes)  # type: ignore[attr-defined]
    for wish in (wishes[1], wishes[0], wishes[2]):
        engine.answer(wish)  # type: ignore[attr-defined]
    assert view.passing == [keys[1], keys[2]], "an older one is not shown after a newer"  # type: ignore[attr-defined]
    assert view.shown == shown and len(engine.wishes) == asked, "what was left behind is not computed in full"  # type: ignore[attr-defined]
    engine.answer(wishes[3])  # type: ignore[attr-defined]
    last = engine.wishes[-1]  # type: ignore[attr-defined]
    assert (last.kind, [run_key(s) for s in last.scenarios]) == ("run", [session.keys()[1]]) and session.is_waiting
    engine.answer(last)  # type: ignore[attr-defined]
    assert view.shown == shown + 1 and not session.is_waiting  # type: ignore[attr-defined]
    session.act({"do": "value", "path": "shock.size", "value": 0.3, "merge": "drag", "held": True})
    assert view.passing[-1] == keys[2] and engine.wishes[-1].kind == "run", "a rough picture kept is shown at once"  # type: ignore[attr-defined]


def test_where_the_runs_come_late_a_rough_pair_comes_first_but_not_for_another_scale(session: Session) -> None:
    engine, view = session.engine, session.view
    session.is_late = lambda choice: True
    engine.holds = True  # type: ignore[attr-defined]
    session.act({"do": "policy", "name": "training", "on": True})
    rough = engine.wishes[-1]  # type: ignore[attr-defined]
    assert rough.kind == "rough" and view.passing == []  # type: ignore[attr-defined]
    engine.answer(rough)  # type: ignore[attr-defined]
    assert view.passing == [rough_keys(session)]  # type: ignore[attr-defined]
    assert engine.wishes[-1].kind == "run" and session.is_waiting  # type: ignore[attr-defined]
    session.act({"do": "value", "path": "scale", "value": 1.0})
    assert engine.wishes[-1].kind == "run", "the picture there is better than a rough one"  # type: ignore[attr-defined]


def test_a_scenario_on_other_luck_is_the_one_its_seed_makes(session: Session) -> None:
    session.act({"do": "policy", "name": "training", "on": True})
    other = session.choice.with_value("b", "seed", 5)
    for side in ("a", "b"):
        assert on_luck(session.choice.scenario(side), 5) == other.scenario(side)
        assert run_key(on_luck(session.choice.scenario(side), 5)) == run_key(other.scenario(side))


def test_what_any_change_of_b_will_need_is_asked_for_while_nobody_wants_anything(session: Session) -> None:
    engine: Any = session.engine
    a = session.choice.scenario("a")
    ahead = engine.spare[-1]
    assert (ahead.kind, ahead.scenarios, ahead.rank) == ("rough", [a], SPARE)
    engine.answer(ahead)
    later = engine.spare[-1]
    assert (later.kind, later.rank) == ("run", SPARE)
    assert [s.seed for s in later.scenarios] == list(range(1, 8)) and {s.key for s in later.scenarios} == {a.key}
    engine.answer(later)
    n_spare = len(engine.spare)
    session.act({"do": "policy", "name": "training", "on": True})
    assert len(engine.spare) == n_spare, "nothing is asked for twice"


def test_an_agent_is_asked_in_the_run_and_week_shown(session: Session) -> None:
    session.act({"do": "agent", "kind": "person", "number": 3, "week": 20, "side": "a"})
    wish = session.engine.wishes[-1]  # type: ignore[attr-defined]
    assert (wish.kind, wish.agent, wish.week) == ("explain", ("person", 3, -1), 20)
    assert session.view.texts == [{"text": "I am ('person', 3, -1)", "side": "a"}]  # type: ignore[attr-defined]
    session.act({"do": "agent", "kind": "person", "number": None, "after": 3, "week": 20})
    assert session.engine.wishes[-1].agent == ("person", -1, 3)  # type: ignore[attr-defined]


def test_a_cell_is_asked_in_the_run_and_week_shown(session: Session) -> None:
    engine, view = session.engine, session.view
    session.act({"do": "policy", "name": "training", "on": True})
    assert session.act({"do": "here", "side": "a", "cell": 14, "week": 20})
    wish = engine.wishes[-1]  # type: ignore[attr-defined]
    assert (wish.kind, wish.cell, wish.week, wish.tab) == ("here", 14, 20, "tab")
    assert view.cells == [{"agents": [], "text": "cell 14", "side": "a"}]  # type: ignore[attr-defined]
    assert session.can_undo and not session.can_redo, "asking changes nothing"
    wish.failed("no such cell")
    assert view.cells[-1]["text"] == "no such cell" and view.cells[-1]["agents"] == []  # type: ignore[attr-defined]


def test_a_cell_asked_while_runs_are_computed_does_not_stop_them(session: Session) -> None:
    engine, view = session.engine, session.view
    engine.holds = True  # type: ignore[attr-defined]
    session.act({"do": "policy", "name": "training", "on": True})
    n = len(engine.wishes)  # type: ignore[attr-defined]
    session.act({"do": "here", "cell": 2, "week": 20})
    assert len(engine.wishes) == n and "still being computed" in view.cells[-1]["text"]  # type: ignore[attr-defined]


def test_the_scale_follows_the_machine_while_nobody_chose_one_and_another_mission_gets_its_own(session: Session) -> None:
    session.scale_for = lambda choice, is_new: 0.4 if is_new else 0.1

    def scales() -> set[float]:
        return {session.choice.scenario(side).scale for side in ("a", "b")}

    session.act({"do": "shock", "name": "surge"})
    assert scales() == {0.1}
    session.act({"do": "value", "path": "scale", "value": 0.5})
    session.act({"do": "shock", "name": "none"})
    assert scales() == {0.5}, "chosen by hand"
    session.act({"do": "mission", "name": "bosnia"})
    assert scales() == {0.4}
    session.act({"do": "shock", "name": "surge"})
    assert scales() == {0.1}, "and from there it follows the machine again"
    session.act({"do": "value", "path": "scale", "value": 1.0})
    session.act({"do": "mission", "name": "kosovo"})
    assert scales() == {1.0}, "full size was asked for and stays"


def test_a_scenario_from_elsewhere_keeps_its_scale_whatever_was_there_before(session: Session) -> None:
    session.scale_for = lambda choice, is_new: 0.4 if is_new else 0.1
    session.act({"do": "mission", "name": "bosnia"})
    assert session.choice.scenario("b").scale == 0.4
    session.act({"do": "link", "fragment": "mission=kosovo&scale=0.4&policy=training"})
    assert session.choice.mission == "kosovo" and session.choice.scenario("b").scale == 0.4
    session.act({"do": "shock", "name": "surge"})
    assert session.choice.scenario("b").scale == 0.4
