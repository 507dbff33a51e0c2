"""Levers as ordinary form elements: choice, switch, slider with a number beside it, and what stands behind each.

A slider answers in the page at once (its number, its words); the server hears of it at most eight times a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from sim.studio.words import plain

THROTTLE_SECONDS = 0.125
CARD_MS = 80  # in which a dialog comes or goes
VALUE = "data-value"  # where the page's own code finds what the server says of a lever
Tell = Callable[[dict[str, Any]], None]


def words(tag: str, text: str, props: str = "", classes: str = "") -> TextElement:
    """An element with a text."""
    element = TextElement(tag=tag, text=text)
    element.props(props)
    return element.classes(classes)


def field(kind: str, **values: Any) -> ui.element:
    """An input of a kind with its attributes; underscores in names stand for hyphens."""
    element = ui.element("input")
    put(element, type=kind, **{name.replace("_", "-"): value for name, value in values.items()})
    return element


def button(text: str, action: Callable[[], Any], props: str = "") -> TextElement:
    """A plain button."""
    element = words("button", text, f"type=button {props}")
    element.on("click", lambda _: action())
    return element


def dialog() -> ui.dialog:
    """A dialog that comes and goes at once: nobody waits for a card, or for what stands behind it."""
    return ui.dialog().props(f"transition-duration={CARD_MS}")


class Choose:
    """A choice among named options with a label."""

    def __init__(self, label: str, options: Mapping[str, str], tell: Callable[[str], None]) -> None:
        with ui.element("label").classes("choose"):
            words("span", label)
            self.element = ui.element("select")
            put(self.element, **{"aria-label": label})
            with self.element:
                for name, about in options.items():
                    option = words("option", plain(name).capitalize())
                    option.props["value"] = name
                    option.props["title"] = about
        self.element.on("change", lambda e: tell(str(e.args)), js_handler="(e) => emit(e.target.value)")

    def set(self, name: str) -> None:
        """Show an option as chosen."""
        put(self.element, **{VALUE: name})


class Slider:
    """A slider with a number box: real unit, range with its source, the default, and A's value as a tick.

    Parameters
    ----------
    label, unit
        Name and unit in words.
    low, high, step, default
        Range; Backspace and a double click go back to the default.
    tell
        Called with (value, gesture, whether it is still held); values of one gesture undo as one.
    caption
        Words above the slider.
    zones
        Words for parts of the range, each with the value up to which it holds; they follow the caption.
    """

    def __init__(
        self, label: str, unit: str, low: float, high: float, step: float, default: float,
        tell: Callable[[float, str, bool], None], caption: str = "", zones: Mapping[str, float] | None = None,
    ) -> None:
        self._tell, self._gesture, self._label = tell, 0, label
        self.default = default
        self.row = ui.element("div").classes("slider")
        with self.row:
            if caption:
                words("span", caption, classes="caption")
            told = {"data-name": label, "data-unit": unit, "data-normal": f"{default:g}"}
            if zones:
                told["data-zones"] = ";".join(f"{limit:g}:{word}" for word, limit in zones.items())
            self.range = field("range", min=low, max=high, step=step, aria_label=label)
            put(self.range, **told, **{VALUE: default})
            self.range.on("input", self._moved, js_handler="(e) => slid(e, emit, false)", throttle=THROTTLE_SECONDS)
            self.range.on("change", self._moved, js_handler="(e) => slid(e, emit, true)")
            back = "(e) => { if (e.type === 'dblclick' || e.key === 'Backspace') emit(1); }"
            for kind in ("dblclick", "keydown"):
                self.range.on(kind, lambda _: self._back(), js_handler=back)
            self.box = field("number", min=low, max=high, step=step, aria_label=f"{label}, number")
            put(self.box, **{VALUE: default})
            self.box.on("change", self._moved, js_handler="(e) => emit([e.target.valueAsNumber, true])")
        self._low, self._high, self._unit = low, high, unit
        self.row.style(f"--default: {self._share(default):.4f}")

    def set(self, value: float, of_a: float | None = None) -> None:
        """Show a value, and A's as a tick where it differs."""
        spoken = f"{self._label} {value:g} {self._unit}; A {of_a:g}" if of_a is not None else None
        put(self.range, **{VALUE: value}, **({"aria-valuetext": spoken} if spoken else {}))
        put(self.box, **{VALUE: value})
        share = -1.0 if of_a is None else self._share(of_a)
        put(self.row, **{"data-a": round(share, 4)})
        self.row.style(f"--a: {share:.4f}")

    def _share(self, value: float) -> float:
        """Where a value stands on the slider, 0 to 1."""
        return (value - self._low) / max(1e-9, self._high - self._low)

    def _moved(self, event: Any) -> None:
        """The user moved the slider or wrote a number."""
        value, has_ended = event.args if isinstance(event.args, list) and len(event.args) == 2 else (None, True)
        if isinstance(value, bool) or not isinstance(value, int | float):
            ui.run_javascript("restore()")
            return
        self._tell(float(value), str(self._gesture), not has_ended)
        self._gesture += bool(has_ended)

    def _back(self) -> None:
        """Back to the default."""
        self._gesture += 1
        self._tell(self.default, str(self._gesture), False)
        self._gesture += 1


def put(element: Any, **values: Any) -> None:
    """Set attributes of an element; nothing is sent where nothing changes."""
    for name, value in values.items():
        if element.props.get(name) != value:
            element.props[name] = value


def info(title: str, parts: Mapping[str, str]) -> None:
    """A small button that opens what stands behind a lever."""
    with dialog() as card, ui.element("section").classes("card").props(f'aria-label="{title}"'):
        words("h2", title)
        for name, text in parts.items():
            with ui.element("p"):
                if name:
                    words("b", f"{name}: ")
                words("span", text)
        button("Close", card.close)
    about = button("i", card.open)
    about.props["aria-label"] = f"about {title}"
    about.classes("info")
