"""What a class expects, drawn on the series: by mouse and by keys, cleared, compared, kept through a reveal, exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.studio.conftest import PATIENCE_MS, Tab

pytestmark = pytest.mark.slow
SKETCH = "window.studio.player.sketch"
DRAWN = f"[...{SKETCH}.values.keys()].sort((a, b) => a - b)"


def pen_on_chart(tab: Tab) -> Callable[[float, float], tuple[float, float]]:
    """Where a share of the chart's width and height lies on the page."""
    box = tab.page.locator("#series").bounding_box()
    assert box is not None
    return lambda across, down: (box["x"] + across * box["width"], box["y"] + down * box["height"])


def stroke(tab: Tab, start: tuple[float, float], end: tuple[float, float], steps: int = 12) -> None:
    """Draw with the mouse between two places of the chart."""
    place = pen_on_chart(tab)
    tab.page.mouse.move(*place(*start))
    tab.page.mouse.down()
    tab.page.mouse.move(*place(*end), steps=steps)
    tab.page.mouse.up()


def weeks(tab: Tab) -> list[int]:
    """Weeks drawn so far."""
    return list(tab.page.evaluate(DRAWN))


def value(tab: Tab, week: int) -> float:
    """Value drawn in a week."""
    return float(tab.page.evaluate(f"{SKETCH}.values.get({week})"))


def test_it_is_drawn_by_mouse_overwritten_compared_and_cleared(tab: Tab) -> None:
    toggle, week = tab.page.locator(".foot .sketch-toggle"), tab.page.evaluate("window.studio.player.week")
    assert not tab.page.locator("#sketch-bar").is_visible()
    toggle.click()
    assert toggle.get_attribute("aria-pressed") == "true" and "Draw what you expect" in tab.text("sketch-words")
    stroke(tab, (0.3, 0.8), (0.7, 0.4))
    first = weeks(tab)
    assert first == list(range(first[0], first[-1] + 1)) and len(first) > 60, "every week crossed has a value"
    assert value(tab, first[0]) < value(tab, first[-1])
    assert tab.page.evaluate("window.studio.player.week") == week, "drawing moved the week"
    middle, edge = first[len(first) // 2], value(tab, first[0])
    stroke(tab, (0.6, 0.9), (0.4, 0.9), steps=2)
    assert weeks(tab) == first and value(tab, first[0]) == edge
    assert value(tab, middle) < 0.2 * tab.page.evaluate("window.studio.player.top"), "the later stroke overwrites"
    tab.page.evaluate(f"window.studio.player.go({middle})")
    off = tab.page.evaluate(f"""() => {{ const b = window.studio.player.runs[1].values.true_exploited_persons;
        const gaps = [...{SKETCH}.values].map(([week, v]) => Math.abs(v - b[week]));
        return gaps.reduce((x, y) => x + y, 0) / gaps.length; }}""")
    said = tab.page.evaluate("(v) => import('/static/words.js').then((code) => code.number(v))", off)
    assert f"at week {middle}, B " in tab.text("sketch-words")
    assert f"it is {said} persons off on average over weeks {first[0]} to {first[-1]}." in tab.text("sketch-words")
    tab.page.evaluate("window.studio.player.go(0)")
    assert "does not reach week 0" in tab.text("sketch-words")
    toggle.click()
    assert weeks(tab) == first, "it stays when one has finished drawing"
    tab.page.locator("#sketch-clear").click()
    assert weeks(tab) == [] and not tab.page.locator("#sketch-bar").is_visible()


def test_a_finger_draws_too(browser: Any, studio: str) -> None:
    tab = Tab(browser, studio, has_touch=True).open()
    tab.page.locator(".foot .sketch-toggle").tap()
    place, session = pen_on_chart(tab), tab.context.new_cdp_session(tab.page)
    for kind, across in (("touchStart", 0.3), ("touchMove", 0.4), ("touchMove", 0.6), ("touchEnd", None)):
        x, y = place(across or 0.0, 0.5)
        points = [] if across is None else [{"x": x, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert len(weeks(tab)) > 40
    tab.close()


def test_it_is_drawn_by_keys_and_told_to_those_who_listen(tab: Tab) -> None:
    tab.page.evaluate("() => { document.activeElement.blur(); window.studio.player.go(100); }")
    tab.page.keyboard.press("s")
    pen = tab.page.locator("#sketch-pen")
    assert tab.page.evaluate("document.activeElement.id") == "sketch-pen" and weeks(tab) == []
    assert pen.get_attribute("aria-valuetext") == "week 100: nothing drawn"
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("ArrowRight")
    assert weeks(tab) == list(range(100, 127)) and value(tab, 100) == value(tab, 126), "level, from where B stands"
    assert value(tab, 100) == tab.page.evaluate("window.studio.player.runs[1].values.true_exploited_persons[100]")
    top = tab.page.evaluate("window.studio.player.top")
    tab.page.keyboard.press("ArrowDown")
    assert value(tab, 126) == pytest.approx(value(tab, 100) - 0.05 * top)
    assert value(tab, 120) < value(tab, 113) == value(tab, 100), "it bends a quarter to either side"
    assert pen.get_attribute("aria-valuetext").endswith(" persons predicted")
    assert float(pen.get_attribute("aria-valuenow")) == pytest.approx(value(tab, 126), abs=0.01)
    for _ in range(30):
        tab.page.keyboard.press("PageDown")
    assert value(tab, 126) == 0.0, "nothing below nothing"
    for _ in range(30):
        tab.page.keyboard.press("ArrowRight")
    assert weeks(tab)[-1] == 259 and tab.page.evaluate("window.studio.player.week") == 100
    tab.page.keyboard.press("Backspace")
    assert weeks(tab) == [] and tab.page.evaluate("document.activeElement.id") == "sketch-pen"
    tab.page.keyboard.press("s")
    assert not pen.is_visible()


def test_it_belongs_to_its_series_and_mission(tab: Tab) -> None:
    tab.page.locator(".foot .sketch-toggle").click()
    stroke(tab, (0.3, 0.8), (0.7, 0.4))
    tab.page.locator("#series-name").select_option("venues")
    assert tab.text("sketch-words") == "Your sketch is of “Persons exploited”; choose that series to see it."
    tab.page.locator("#series-name").select_option("true_exploited_persons")
    assert "off on average" in tab.text("sketch-words")
    first = tab.shown
    tab.page.get_by_role("combobox", name="Mission").select_option("kosovo")
    tab.settle(first)
    assert weeks(tab) == []


def test_it_leaves_with_picture_and_numbers(tab: Tab, tmp_path: Path) -> None:
    tab.page.locator(".foot .sketch-toggle").click()
    stroke(tab, (0.3, 0.8), (0.7, 0.4))
    said, first = tab.text("sketch-words"), weeks(tab)
    files = {}
    tab.page.locator("#export").click()
    for button in ("save-drawing", "save-data"):
        with tab.page.expect_download() as waiting:
            tab.page.locator(f"#{button}").click()
        waiting.value.save_as(tmp_path / button)
        files[button] = (tmp_path / button).read_text(encoding="utf-8")
    written = " ".join(ElementTree.fromstring(files["save-drawing"]).itertext())
    assert "predicted (sketch)" in written and said in " ".join(written.split())
    assert 'stroke-dasharray="3 5"' in files["save-drawing"]
    rows = list(csv.DictReader(io.StringIO(files["save-data"])))
    drawn = {int(row["week"]): float(row["predicted_b"]) for row in rows if row["predicted_b"]}
    assert sorted(drawn) == first and drawn[first[3]] == value(tab, first[3])
    assert {(row["run"], row["predicted_series"]) for row in rows if row["predicted_b"]} == {("b", "true_exploited_persons")}


def test_a_lesson_asks_for_it_hides_what_comes_and_keeps_it_through_the_reveal(tab: Tab) -> None:
    first = tab.shown
    tab.page.locator("#lesson").select_option("2")
    tab.settle(first)
    second = tab.shown
    assert tab.page.locator("#predict .sketch-toggle").get_attribute("aria-pressed") == "true"
    tab.page.evaluate("window.studio.player.go(300)")
    assert tab.text("week").startswith("week 143 of 363"), "nothing is shown before it is predicted"
    stroke(tab, (0.42, 0.4), (0.85, 0.6))
    drawn = weeks(tab)
    assert tab.text("sketch-words").endswith("B is set beside it once it is revealed.")
    tab.page.locator("#lesson-next").click()
    tab.settle(second)
    assert weeks(tab) == drawn and "Your sketch: " in tab.text("sketch-words") and "at week 299, B " in tab.text("sketch-words")
    assert tab.page.locator("#predict .sketch-toggle").get_attribute("aria-pressed") == "false"
    tab.page.locator("#lesson").select_option("1")
    tab.page.wait_for_function(f"() => {SKETCH}.values.size === 0", timeout=PATIENCE_MS)
    assert tab.page.evaluate("window.studio.player.covered") is None
