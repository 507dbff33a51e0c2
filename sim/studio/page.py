"""The page of one tab: levers on the left, two runs in the middle, what differs on the right, strength and time below.

The page library keeps the levers and carries messages; drawing and playing are the page's own. One `Page` shows one `Session`.
"""

from __future__ import annotations

import asyncio
import json
import time
from functools import cache
from itertools import count
from typing import Any

from nicegui import Client, ui

from sim import __version__
from sim.errors import ScenarioError
from sim.studio.actions import Actions, scenario_text
from sim.studio.changes import number_of
from sim.studio.choice import CURVE, Choice, link_of, link_version, read_link
from sim.studio.controls import button, put, words
from sim.studio.curve import history
from sim.studio.layout import CAVEAT, LAYERS, PARTS, SERIES, STAGES, findings, lucks, more, stage, transport
from sim.studio.lesson_bar import LessonBar
from sim.studio.levers import Levers
from sim.studio.scale import bearable_scale, is_late, quick_scale
from sim.studio.session import Session
from sim.studio.setting import Setting, ground_name
from sim.studio.tab import N_LUCKS
from sim.studio.words import plain, policy_name, what_changed

MATTERS = 0.05  # smallest difference worth acting on, share of A; assumed, as in comparisons
MOST_PROBLEM = 600
SILENT_SECONDS, PROGRESS_SECONDS = 1.5, 0.5
LONGEST_NAME = 60
MOST_NAMED = 2  # policies in the name of a run
_tabs = count()


def configuration() -> dict[str, Any]:
    """What the page's own code needs to know once."""
    return {
        "version": __version__,
        "matters": MATTERS,
        "fewest": N_LUCKS,
        "ladder": {},
        "series": [dict(zip(("name", "label", "unit", "kind", "twin"), row)) for row in SERIES],
        "layers": LAYERS,
        "stages": [{"name": name, "label": label} for name, label in STAGES.items()],
        "parts": [{"series": series, "label": label, "causes": list(causes)} for series, label, causes in PARTS],
        "names": {"a": "A", "b": "B"},
    }


@cache
def ladder() -> dict[str, Any]:
    """Return the probability word that k of n lucks earn, by n and k; empty where they earn none; and the fewest for any."""
    from sim.report.words import FEWEST_DRAWS, word_for  # loads a library of statistics: not before lucks are counted

    def said(k: int, n: int) -> str:
        word = word_for(k, n)
        return word.said() if word is not None else ""

    return {"fewest": FEWEST_DRAWS, "ladder": {n: [said(k, n) for k in range(n + 1)] for n in range(2, N_LUCKS + 1)}}


class Page:
    """One tab's page."""

    def __init__(self, setting: Setting, client: Client) -> None:
        self.setting, self.client = setting, client
        self.session = Session(f"tab{next(_tabs)}", setting.engine, self, setting.choice)
        self.session.is_late = self._is_late
        self.session.scale_for = self._scale_for if setting.is_scale_free else None
        self._asked = 0.0  # when the present choice was asked for, 0 = it was at hand
        self._week: int | None = None
        self._series = ""
        self._note = ""
        self._linked: Choice | None = None  # what a link describes
        self._is_old = False  # whether another version made it
        self._progress: asyncio.Task[None] | None = None
        client.on_disconnect(self._left)
        client.on_connect(self._returned)

    # What the session tells

    def show(self) -> None:
        """Both runs are there: hand their names to the page."""
        session, (key_a, key_b) = self.session, self.session.keys()
        a, b = session.choice.scenario("a"), session.choice.scenario("b")
        self._place_levers()
        self.lessons.shown(session)
        others = [keys for seed, keys in session.lucks.items() if seed != b.seed]
        self.call("show", {
            "a": key_a, "b": key_b, "ground": f"/ground/{ground_name(self.setting, session.choice)}.json",
            "names": {"a": f"A: {_name(session.choice, 'a')}", "b": f"B: {_name(session.choice, 'b')}"},
            "changed": what_changed(session.choice), "curve": history(b), "curve_a": history(a)["points"],
            "link": link_of(session.choice, __version__), "seed": b.seed, "lucks": sorted(session.lucks),
            "others": others, **(ladder() if others else {}), "status": self._status(), "week": self._week,
            "series": self._series, "note": self._note, "covered": self.lessons.covered(session),
            "gesture": session.n_gestures,
        })  # fmt: skip
        put(self._offers, hidden=not self._is_old)
        self._week, self._series, self._note, self._is_old = None, "", "", False

    def _place_levers(self) -> None:
        """Put levers and the ways back and forth where the session stands."""
        self.levers.show(self.session)
        self.actions.show(self.session)

    def show_in_passing(self, keys: tuple[str, str]) -> None:
        """A rough picture on the way while a lever is dragged."""
        self.call("pass", {"a": keys[0], "b": keys[1]})

    def wait(self) -> None:
        """The present choice is being computed; the old picture stays."""
        self._asked = time.perf_counter()
        warming = "" if self.setting.engine.seconds_per_week else " (rules are being compiled, once)"
        self._place_levers()
        self.call("busy", f"computing …{warming}")
        if self._progress is None or self._progress.done():
            self._progress = asyncio.get_running_loop().create_task(self._tell_progress())

    async def _tell_progress(self) -> None:
        """Say how far a run is that takes longer than a moment, and how long it will take from there."""
        await asyncio.sleep(SILENT_SECONDS)
        while self.session.is_waiting:
            share, passed = self.setting.engine.share_done(self.session.tab), time.perf_counter() - self._asked
            if passed > SILENT_SECONDS:
                left = f", about {max(1.0, passed * (1.0 - share) / share):.0f} s left" if share > 0.05 else ""
                self.call("busy", f"computing: {100 * share:.0f} %{left}")
            await asyncio.sleep(PROGRESS_SECONDS)

    def luck(self, seed: int) -> None:
        """A pair on other luck has arrived."""
        a, b = self.session.lucks[seed]
        own = self.session.keys()
        self.call("addLuck", {
            "a": a, "b": b, "of": " ".join(own), "seed": self.session.choice.scenario("b").seed,
            "lucks": sorted(self.session.lucks), "status": f"{len(self.session.lucks)} of {N_LUCKS} lucks", **ladder(),
        })  # fmt: skip

    def say(self, problem: str) -> None:
        """Something was refused or failed: one sentence, and the levers back to where they were."""
        self._place_levers()
        self.call("problem", problem[:MOST_PROBLEM])

    def told(self, answer: dict[str, Any]) -> None:
        """An agent has answered."""
        self.call("agent", answer)

    def through(self, answer: dict[str, Any]) -> None:
        """Through what A and B differ, as far as it is known."""
        self.call("through", answer)

    def here(self, answer: dict[str, Any]) -> None:
        """Who is in a cell of the map."""
        self.call("here", answer)

    def hand_over(self, name: str, text: str) -> None:
        """Give a file to the browser."""
        with self.client:
            ui.run_javascript(f"window.studio?.save({json.dumps(name)}, {json.dumps(text)}, 'text/yaml')")

    # What the page tells

    def hear(self, event: Any) -> None:
        """A message of the page's own code."""
        message = event.args
        if isinstance(message, dict) and message.get("do") == "hello":
            self._hello(str(message.get("fragment", "")), message.get("week"))
        elif isinstance(message, dict) and message.get("do") == "lesson":
            self.lessons.open(self.session, message.get("number"))
        elif isinstance(message, dict) and message.get("do") == "series":
            self.levers.follow(str(message.get("name", ""))[:LONGEST_NAME])
        else:
            self.session.act(message)

    def _left(self) -> None:
        """The tab is gone, for a while or for good: nothing of it is computed."""
        self.setting.engine.forget(self.session.tab)
        self.session.through.pause()

    def _returned(self) -> None:
        """The tab is back after its connection was lost: go on with what was dropped."""
        if self.session.is_waiting:
            self.session.compute()
        self.session.through.go_on()

    def _hello(self, fragment: str, week: Any) -> None:
        """The page is ready: show what its link says, or what the studio opens with."""
        if fragment:
            self._follow(fragment)
        self._week = week if isinstance(week, int) and not isinstance(week, bool) and week >= 0 else None
        self.session.compute()

    def _follow(self, fragment: str) -> None:
        """Take a link's choice; where another version made it, say so and offer what changed and the scenario itself."""
        version = link_version(fragment)[:LONGEST_NAME]
        self.session.is_scale_named = True
        self._is_old = bool(version) and version != __version__
        try:
            self.session.choice = self._linked = read_link(fragment)[0]
            if self._is_old:
                self._note = f"The link was made with mandate {version}, this is {__version__}: numbers may differ."
        except ScenarioError as error:
            self._note = f"The link could not be used: {'; '.join(error.problems)}"[:MOST_PROBLEM]
        since = f"?since={version}" if number_of(version) else ""
        put(self._changes, href=f"/changes{since}")
        self._changes.set_text(f"What changed since {version}" if since else "What changed")
        put(self._save_linked, hidden=self._linked is None)

    def _save_link(self) -> None:
        """Hand over the scenario a link describes, whatever B is by now."""
        if self._linked is not None:
            self.hand_over("scenario.yaml", scenario_text(self._linked.scenario("b")))

    def quick_scale(self) -> float:
        """The largest scale at which the present choice answers in time on this machine."""
        return quick_scale(
            self.setting.engine.seconds_per_week, self.session.choice.scenario("b").mission.horizon_weeks
        )

    def _scale_for(self, choice: Choice, is_new: bool) -> float:
        """A scale at which a choice answers in time on this machine: the present one while it will do."""
        b, pace = choice.scenario("b"), self.setting.engine.seconds_per_week
        weeks = b.mission.horizon_weeks
        return quick_scale(pace, weeks) if is_new else bearable_scale(pace, weeks, b.scale)

    def _is_late(self, choice: Choice) -> bool:
        """Whether the runs of a choice answer too late on this machine."""
        b = choice.scenario("b")
        return is_late(self.setting.engine.seconds_per_week, b.mission.horizon_weeks, b.scale)

    def _status(self) -> str:
        """How the runs shown were made."""
        b = self.session.choice.scenario("b")
        rough = "" if b.scale == 1.0 else f": lower levels, luck {b.scale**-0.5:.1f} times as wide as at full size"
        when = f"computed in {time.perf_counter() - self._asked:.1f} s" if self._asked else "kept runs"
        self._asked = 0.0
        return f"{when} · seed {b.seed} · scale {b.scale:g}{rough}"

    def call(self, name: str, argument: Any) -> None:
        """Call a function of the page's own code."""
        with self.client:
            ui.run_javascript(f"window.studio?.{name}({json.dumps(argument)})")

    def focus(self, week: int | None, series: str) -> None:
        """Show a week and a series with the next picture."""
        self._week, self._series = week, series
        self.levers.follow(series)

    # Building

    def build(self) -> None:
        """Make the page's elements, in reading order."""
        with ui.element("header").props("role=banner").classes("head"):
            words("h1", "mandate studio")
            self.lessons = LessonBar(self)
            self.actions = Actions(self)
        self.lessons.build_question()
        with ui.element("div").classes("studio"):
            with ui.element("nav").classes("levers").props('aria-label="Levers"'):
                self.levers = Levers(self)
            with ui.element("main").props('id=stage aria-label="Two runs"'):
                ui.html(stage(), sanitize=False).classes("stage")
            with ui.element("aside").classes("findings").props('aria-label="What differs"'):
                ui.html(findings(), sanitize=False)
                self.actions.build_agent()
        with ui.element("section").classes("below").props('aria-label="Strength and time"'):
            with ui.element("div").classes("row shape"):
                self.levers.build_strength()
            ui.html(transport(), sanitize=False).classes("transport")
            with ui.element("div").classes("row foot"):
                ui.html(lucks(), sanitize=False).classes("luck")
                button("Other luck", self.levers.other_luck, "id=other-luck")
                button("All eight lucks", lambda: self.session.act({"do": "lucks"}), "id=all-lucks")
                self.levers.build_scale()
                ui.html(more(), sanitize=False).classes("tally predict")
            with ui.element("div").classes("status-line"):
                words("p", "opening …", "id=status role=status")
                words("span", CAVEAT, classes="caveat")
            with ui.element("div").classes("row"):
                words("p", "", "id=problem role=alert")
                with ui.element("span").props("id=offers hidden").classes("row") as self._offers:
                    self._changes = words("a", "What changed", "id=offer-changes target=_blank", "button")
                    self._save_linked = button("Save its scenario", self._save_link, "id=offer-save")
            words("p", "", "id=live aria-live=polite", "hidden")


def _name(choice: Choice, side: str) -> str:
    """A short name for A or B: what it has of its own."""
    own = choice.side(side)
    if side == "b" and own == choice.a:
        return "same as A"
    parts = [policy_name(name).lower() for name in own.policies]
    parts = parts if len(parts) <= MOST_NAMED else [f"{len(parts)} policies"]
    parts += [plain(own.shock)] if own.shock != "none" else []
    points = choice.value(side, CURVE) or []
    nobody = all(point["ratio"] == 0.0 for point in points)
    parts += ["nobody deployed" if nobody else "strength reshaped"] if points else []
    return ", ".join(parts) or "status quo"


async def open_page(setting: Setting) -> None:
    """Build the page of a new tab and start its own code once it is connected."""
    ui.add_head_html('<link rel="stylesheet" href="/static/studio.css"><script src="/static/levers.js"></script>')
    client = ui.context.client
    page = Page(setting, client)
    page.build()
    ui.on("studio", page.hear)
    await client.connected()
    with client:
        ui.run_javascript(f"import('/static/studio.js').then((code) => code.start({json.dumps(configuration())}))")
