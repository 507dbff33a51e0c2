"""The levers: what both runs share, what belongs to B alone, and the mission's strength. They show a session and tell it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from nicegui import ui

from sim.config.groups import options
from sim.policies.base import Policy
from sim.studio.choice import CURVE
from sim.studio.controls import VALUE, Choose, Slider, button, field, info, put, words
from sim.studio.curve import shape_of, shaped
from sim.studio.influence import MAIN, how, reach, strongest
from sim.studio.layout import SERIES
from sim.studio.session import Desk, Session
from sim.studio.tab import N_LUCKS, eight
from sim.studio.words import parameter_cards, parameter_name, plain, policy_card, policy_name

FIRST_POLICIES = ("victim_channels", "follow_up", "external_experts", "suspend_contributions", "waive_immunity", "training")
HIGHEST_DOSE = float(Policy.__dataclass_fields__["dose"].metadata["high"])
ZONES = {"none": 0.0, "in part": 0.95, "in full": 1.05, "beyond": HIGHEST_DOSE}
SHAPES = (  # name, label, unit, highest, step
    ("surge", "surge", "added for a year", 1.5, 0.05),
    ("drawdown", "drawdown", "share that leaves", 1.0, 0.05),
    ("exit_week", "exit", "week; 0 = never", 520.0, 13.0),
)
LATEST_START = 520.0


class Levers:
    """The levers of a page."""

    def __init__(self, page: Desk) -> None:
        self._page = page
        self._sliders: dict[str, Slider] = {}
        self._switches: dict[str, Any] = {}
        self._boxes: dict[str, Any] = {}
        self._shapes: dict[str, Slider] = {}
        self._shape = dict.fromkeys(("surge", "drawdown", "exit_week"), 0.0)
        self._assumed: dict[str, Any] = {}  # rows of assumptions by path
        self._searched: set[str] = set()
        self._series = SERIES[0][0]
        self._choices()
        self._policies()
        self._assumptions()

    @property
    def _act(self) -> Any:
        """Where messages go."""
        return self._page.session.act

    def _choices(self) -> None:
        """Mission, shock and world."""
        words("h2", "Scenario")
        self._mission = Choose("Mission", options("mission"), lambda name: self._act({"do": "mission", "name": name}))
        self._shock = Choose("Shock in B", options("shock"), lambda name: self._act({"do": "shock", "name": name}))
        with ui.element("div").classes("more").props("id=shock-more") as self._shock_more:
            self._value_slider("shock.size", "size of the shock", "", 0.0, 2.0, 0.05, 1.0, "size")
            self._value_slider("shock.start_week", "start of the shock", "week", 0.0, LATEST_START, 13.0, 104.0, "from week")
        self._world = Choose("World", options("world"), lambda name: self._act({"do": "world", "name": name}))

    def _policies(self) -> None:
        """A switch, a dose and a card for every policy; the more technical ones behind a fold."""
        words("h2", "Policies in B")
        others = [name for name in options("policy") if name not in FIRST_POLICIES]
        with ui.element("div").classes("policies").props('role=group aria-label="Policies in B"'):
            for name in FIRST_POLICIES:
                self._policy(name)
            with ui.element("details").props("id=more-policies") as self._more:
                words("summary", f"{len(others)} more")
                for name in others:
                    self._policy(name)

    def _policy(self, name: str) -> None:
        """One policy."""
        card = policy_card(name)
        with ui.element("div").classes("lever"):
            with ui.element("label").classes("switch"):
                switch = field("checkbox", role="switch", id=f"policy-{name}")
                words("span", policy_name(name))
            switch.on(
                "change",
                lambda e, name=name: self._act({"do": "policy", "name": name, "on": e.args}),
                js_handler="(e) => emit(e.target.checked)",
            )
            info(policy_name(name), {("" if key == "does" else key): text for key, text in card.items() if key != "name"})
            with ui.element("div").classes("more") as box:
                self._value_slider(f"policy.{name}.dose", f"{plain(name)}: dose", "", 0.0, HIGHEST_DOSE, 0.1, 1.0, "dose", ZONES)
        self._switches[name], self._boxes[name] = switch, box

    def _assumptions(self) -> None:
        """The three assumptions that move the shown series most, all others by search."""
        words("h2", "Assumptions in A and B").props["title"] = how()
        self._assumed_for = words("p", "", "id=assumed-for", "key")
        self._drawer = ui.element("div")
        with ui.element("label").classes("choose"):
            words("span", "another")
            search = field("search", list="assumptions", placeholder="search all parameters", id="assumption")
        with ui.element("datalist").props("id=assumptions"):
            for path, card in parameter_cards().items():
                option = words("option", f"{card['about']} ({card['status']})")
                option.props["value"] = path
        search.on("change", lambda e: self._search(str(e.args)), js_handler="(e) => emit(e.target.value)")
        self.follow(self._series)

    def follow(self, series: str) -> None:
        """Show the assumptions that move another series most; those changed or searched for stay."""
        self._series = series
        first, chosen = strongest(series), self._page.session.choice.values
        for path in (*first, *chosen):
            if path in parameter_cards() and path not in self._assumed:
                with self._drawer:
                    self._assumption(path)
        for path, row in self._assumed.items():
            put(row, hidden=not (path in first or path in chosen or path in self._searched))
        shown = series if strongest(series) != strongest(MAIN) else MAIN
        label = next((row[1].lower() for row in SERIES if row[0] == shown), series)
        self._assumed_for.set_text(f"those that move {label} most")

    def _search(self, path: str) -> None:
        """Bring another assumption into sight, for good."""
        self._searched.add(path)
        if path in parameter_cards() and path not in self._assumed:
            with self._drawer:
                self._assumption(path)
        self.show(self._page.session)

    def _assumption(self, path: str) -> None:
        """A slider over the whole range of a parameter, which has a source or is assumed."""
        card = parameter_cards()[path]
        label = parameter_name(path, str(card["unit"]))
        with ui.element("div").classes("lever") as self._assumed[path]:
            words("span", label, classes="name")
            info(label, {
                "": str(card["about"]), "path": path, "default": f"{card['value']:g} {card['unit']}",
                "range": f"{card['low']:g} to {card['high']:g} {card['unit']}",
                "status": str(card["status"]), "source": str(card["source"]), **_reach_in_words(path),
            })  # fmt: skip
            step = (card["high"] - card["low"]) / 100.0 if isinstance(card["value"], float) else 1.0
            self._value_slider(path, label, card["unit"], card["low"], card["high"], step, card["value"])

    def _value_slider(
        self, path: str, label: str, unit: str, low: float, high: float, step: float, default: float,
        caption: str = "", zones: Mapping[str, float] | None = None,
    ) -> None:
        """A slider that sets one value of the scenario."""
        self._sliders[path] = Slider(
            label, unit, low, high, step, default,
            lambda value, gesture, is_held: self._act(
                {"do": "value", "path": path, "value": value, "merge": gesture, "held": is_held}
            ), caption, zones,
        )  # fmt: skip

    def build_strength(self) -> None:
        """Surge, drawdown, exit and back to history."""
        words("h2", "Strength in B").props["title"] = "drag the points, or move them with the arrow keys"
        for name, label, unit, high, step in SHAPES:
            with ui.element("label").classes("shape-lever"):
                words("span", f"{label} ({unit})")
                self._shapes[name] = Slider(label, unit, 0.0, high, step, 0.0, partial(self._reshape, name))
        button("Restore history", self._restore, "id=restore")

    def _reshape(self, name: str, value: float, gesture: str, is_held: bool) -> None:
        """One of the three sliders was moved."""
        self._shape[name] = value
        self._act({"do": "shape", **self._shape, "merge": f"{name}{gesture}", "held": is_held})

    def _restore(self) -> None:
        """Back to the mission's table."""
        self._shape = dict.fromkeys(self._shape, 0.0)
        self._act({"do": "curve", "points": None})

    def build_scale(self) -> None:
        """Full size and back."""
        self._full = button("Check at full size", self._full_size, "id=full-size")

    def _full_size(self) -> None:
        """Full size, or back to the quick one."""
        session = self._page.session
        is_full = session.choice.scenario("b").scale == 1.0
        self._act({"do": "value", "path": "scale", "value": self._page.quick_scale() if is_full else 1.0})
        session.is_scale_named = not is_full

    def other_luck(self) -> None:
        """The same two runs on the next luck; after the last of eight comes the first."""
        seed = self._page.session.choice.scenario("b").seed
        self._act({"do": "luck", "seed": eight(seed)[(seed + 1) % N_LUCKS]})

    def show(self, session: Session) -> None:
        """Put every lever where the session stands."""
        a, b = session.choice.scenario("a"), session.choice.scenario("b")
        self._mission.set(session.choice.mission)
        self._shock.set(session.choice.b.shock)
        self._world.set(session.choice.world)
        put(self._shock_more, hidden=session.choice.b.shock == "none")
        for name, switch in self._switches.items():
            put(switch, **{VALUE: "true" if name in b.policy else "false"})
            put(self._boxes[name], hidden=name not in b.policy)
        for path, slider in self._sliders.items():
            value, of_a = _at(b, path), _at(a, path)
            if value is not None:
                slider.set(float(value), float(of_a) if of_a is not None and of_a != value else None)
        self._show_shape(session)
        if set(b.policy) - set(FIRST_POLICIES):
            put(self._more, open=True)
        self.follow(self._series)
        put(self._full, **{"aria-pressed": b.scale == 1.0}, disabled=b.scale == self._page.quick_scale() == 1.0)

    def _show_shape(self, session: Session) -> None:
        """The three sliders as the curve has them; at nought where points were set by hand."""
        weeks = session.choice.scenario("b").mission.horizon_weeks
        points = session.choice.value("b", CURVE) or []
        if shaped(weeks, **self._shape) != points:
            self._shape = shape_of(weeks, points)
        for name, slider in self._shapes.items():
            slider.set(self._shape[name])


def _reach_in_words(path: str) -> dict[str, str]:
    """What an assumption moves, series by series, where it is among the strongest."""
    found = {row[1].lower(): reach(row[0], path) for row in SERIES}
    moved = [f"{label} {ends[0]:+.0%} to {ends[1]:+.0%}" for label, ends in found.items() if ends is not None]
    return {"from one end of its range to the other": "; ".join(moved) + f" ({how()})"} if moved else {}


def _at(scenario: Any, path: str) -> Any:
    """A value of a scenario by path; None where there is none."""
    node = scenario
    for part in path.split("."):
        node = node.get(part) if isinstance(node, dict) else getattr(node, part, None)
    return node
