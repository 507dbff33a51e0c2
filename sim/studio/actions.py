"""What one does with the studio: step back, share, export, present, ask an agent."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from nicegui import ui

from sim.config import load_scenario, save_scenario
from sim.config.load import read_file
from sim.errors import MandateError
from sim.studio.choice import LONGEST_LINK, choice_of, refuse_paths
from sim.studio.controls import button, dialog, field, put, words
from sim.studio.session import Desk, Session
from sim.studio.words import plain

AGENTS = (  # kinds that can be asked, as in `mandate explain agent`
    "peacekeeper", "contingent", "trafficker", "venue", "person", "contributor", "oversight", "court", "host_court",
    "tcc_court", "special_court", "ngo",
)  # fmt: skip
KEYS = (
    ("Space", "play and pause"), ("← →", "one week"), ("Shift ← →", "a quarter"), ("Home, End", "first and last week"),
    ("R", "replay the last change"), ("L", "other luck"), ("P", "predict"), ("S", "sketch what B will do"),
    ("T", "true and counted"), ("N", "next step of a lesson"), ("1 to 5", "lessons"), ("F", "presenter mode"),
    ("on a slider: ← →, Page, Home, End, Backspace", "step, ten steps, ends, default"),
    ("on the pen of a sketch: arrows", "a quarter, 5 % of the axis; Backspace clears"),
    ("on a map: arrows, Enter", "another cell; who is there"),
    ("on a point of the strength curve: arrows", "a quarter, 5 %; Insert and Delete add and remove"),
)  # fmt: skip

ABOUT = (
    "Two runs of one model on the same luck: equal but for what you change. A difference on one luck can be chance; try "
    "the others. At a small scale luck spreads more widely, levels lie lower, and the chain of cases is rough."
)


def scenario_text(scenario: Any) -> str:
    """A scenario as the YAML that ``mandate run scenario=...`` reads."""
    with tempfile.TemporaryDirectory() as folder:
        return save_scenario(scenario, Path(folder) / "scenario.yaml").read_text(encoding="utf-8")


def read_scenario(text: str) -> Any:
    """Read such a YAML from a text.

    Raises
    ------
    ScenarioError
        With every problem, also where it names files of this machine.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pasted.yaml"
        path.write_text(text, encoding="utf-8")
        refuse_paths(read_file(path)[0])
        return load_scenario(f"scenario={path}")


class Actions:
    """Buttons of the head, their dialogs, and the form that asks an agent."""

    def __init__(self, page: Desk) -> None:
        self._page = page
        act = lambda **message: page.session.act(message)  # noqa: E731
        with ui.element("div").classes("actions").props('role=toolbar aria-label="Actions"'):
            self._undo = button("⟲ Undo", lambda: act(do="undo"), "id=undo")
            self._redo = button("⟳ Redo", lambda: act(do="redo"), "id=redo")
            button("Set A to B", lambda: act(do="keep"), "id=keep title='what B is now becomes A, to change B further'")
            button("Swap A, B", lambda: act(do="swap"), "id=swap title='A and B change places'")
            button("A to status quo", lambda: act(do="status_quo"), "id=status-quo title='A is the status quo again'")
            button("Share", self._share().open, "id=share")
            button("Export", self._export().open, "id=export")
            words("button", "Present", "id=present type=button aria-pressed=false")
            button("?", self._help().open, 'id=help aria-label="help"')

    def _share(self) -> Any:
        """Link, and scenario in and out."""
        with dialog() as card, ui.element("section").classes("card").props('aria-label="Share"'):
            words("h2", "Share")
            words("p", "The address in your browser is the link: version and what differs from the defaults.")
            words("button", "Copy link", "id=save-link type=button")
            button("Save B as scenario.yaml", lambda: self._save("b"), "id=save-b")
            button("Save A as scenario.yaml", lambda: self._save("a"), "id=save-a")
            words("p", "In the terminal: mandate run scenario=scenario.yaml gives the same numbers for the same seed.")
            with ui.element("label"):
                words("span", "Open a scenario: paste its text")
                area = ui.element("textarea")
                put(area, id="pasted", rows=6, maxlength=LONGEST_LINK)
            area.on("change", self._pasted, js_handler="(e) => emit(e.target.value)")
            self._answer = words("p", "", "role=status id=pasted-answer")
            button("Close", card.close)
        return card

    def _export(self) -> Any:
        """Picture and data."""
        with dialog() as card, ui.element("section").classes("card").props('aria-label="Export"'):
            words("h2", "Export")
            for name, label in (
                ("picture", "Picture (PNG), with title, sentence and key"), ("drawing", "Picture (SVG), for print"),
                ("data", "Data (CSV), every series of A and B"), ("slide", "Copy for slides: picture and sentence"),
                ("sentence", "Copy the sentence"), ("print", "Print"),
            ):  # fmt: skip
                words("button", label, f"id=save-{name} type=button")
            button("Close", card.close, "data-close=1")
        return card

    def _help(self) -> Any:
        """Keys, and what the studio is not."""
        with dialog() as card, ui.element("section").classes("card").props('aria-label="Help"'):
            words("h2", "Keys")
            with ui.element("dl"):
                for key, what in KEYS:
                    words("dt", key)
                    words("dd", what)
            with ui.element("label").classes("check"):
                field("checkbox", id="letters", checked=True)
                words("span", "letters act as keys")
            words("h2", "What it is")
            words("p", ABOUT)
            words(
                "p", "No source measures the effect of demand or of any policy: what is shown follows from assumptions."
            )
            words("a", "What changed between versions", "href=/changes target=_blank", "button")
            button("Close", card.close)
        return card

    def _save(self, side: str) -> None:
        """Hand a scenario to the browser as a file."""
        text = scenario_text(self._page.session.choice.scenario(side))
        self._page.hand_over("scenario.yaml", text)

    def _pasted(self, event: Any) -> None:
        """A scenario was pasted."""
        try:
            self._page.session.take(choice_of(read_scenario(str(event.args)[:LONGEST_LINK])), is_whole=True)
            self._answer.set_text("Opened as B; A is the status quo beside it.")
        except MandateError as error:
            self._answer.set_text("; ".join(getattr(error, "problems", [str(error)])))

    def build_agent(self) -> None:
        """Who is asked."""
        words("h2", "Ask an agent", "id=ask-title")
        hint = "Click a cell of a map, or move over one with the arrow keys and Enter: it tells who is there."
        words("p", hint, "id=cell-words aria-live=polite", "key")
        ui.element("div").props("id=here aria-live=polite")
        with ui.element("div").classes("ask"):
            for name, label, choices in (
                ("side", "run", {"b": "B", "a": "A"}),
                ("kind", "agent", {kind: plain(kind) for kind in AGENTS}),
            ):
                with ui.element("label"):
                    words("span", label)
                    with ui.element("select").props(f"id=agent-{name}"):
                        for value, text in choices.items():
                            words("option", text).props["value"] = value
            with ui.element("label"):
                words("span", "number")
                field("number", min=0, id="agent-number", placeholder="any")
            words("button", "Ask", "type=button id=agent-ask")
            words("button", "Next", 'type=button id=agent-next aria-label="ask the next one"')
        with ui.element("div").props("id=agent-words aria-live=polite").classes("agent"):
            words(
                "p",
                "Choose who is asked: what it did in the week shown, on what terms, and what would have changed it.",
            )

    def show(self, session: Session) -> None:
        """Which way back and forth there is."""
        put(self._undo, disabled=not session.can_undo)
        put(self._redo, disabled=not session.can_redo)
