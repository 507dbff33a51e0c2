"""Cells of the maps in a real browser: one is clicked, or chosen by keyboard, and somebody there is asked."""

from __future__ import annotations

import pytest

from tests.studio.conftest import PATIENCE_MS, Tab

pytestmark = pytest.mark.slow
BUSIEST = """() => { const player = window.studio.player, map = document.getElementById('map-b');
  const box = map.getBoundingClientRect();
  const demand = [...player.pair[1].frame('demand', player.week)], cell = demand.indexOf(Math.max(...demand));
  const [lon, lat] = player.ground.cells[cell];
  let best = [Infinity, 0, 0];
  for (let x = 1; x < box.width; x += 2) for (let y = 1; y < box.height; y += 2) {
    const [a, b] = map.placeAt(x, y), far = Math.hypot(a - lon, b - lat);
    if (far < best[0]) best = [far, x, y]; }
  return { cell, x: best[1], y: best[2] }; }"""
LISTED = "side => document.querySelector('#here h3')?.innerText.startsWith(side)"
TOLD = "words => document.getElementById('agent-words').innerText.includes(words)"


def test_a_cell_is_clicked_and_somebody_there_asked(tab: Tab) -> None:
    shown, at = tab.shown, tab.page.evaluate(BUSIEST)
    tab.page.locator("#map-b").click(position={"x": at["x"], "y": at["y"]})
    tab.page.wait_for_function(LISTED, arg="B, ", timeout=PATIENCE_MS)
    assert f"cell {at['cell']}" in tab.text("here") and "exploited here in all" in tab.text("here")
    assert f"Cell {at['cell']} of B: visits sought" in tab.text("cell-words")
    listed = tab.page.locator("#here button")
    assert 1 <= listed.count() <= 8 and "person " not in " ".join(listed.all_inner_texts())
    kind, number = listed.first.get_attribute("data-kind"), listed.first.get_attribute("data-number")
    tab.page.locator("#first").click()
    listed.first.click()
    tab.page.wait_for_function(TOLD, arg="What would have changed it: ", timeout=PATIENCE_MS)
    assert number in tab.text("agent-words") and tab.page.locator("#agent-kind").input_value() == kind
    assert tab.page.locator("#agent-number").input_value() == number
    week = tab.text("here").split(",")[1].strip()
    assert tab.page.locator("#agent-words h3").inner_text() == f"B, {week}", "asked in the week of the list"
    assert tab.page.locator("#agent-words p").last.is_visible() and tab.shown == shown
    tab.page.locator("#map-b").click(position={"x": 3, "y": 3})
    tab.page.wait_for_timeout(200)
    assert f"cell {at['cell']}" in tab.text("here"), "nothing is asked beside the cells"


def test_a_cell_is_chosen_by_keyboard(tab: Tab) -> None:
    week = tab.page.evaluate("window.studio.player.week")
    tab.page.locator("#layer").focus()
    tab.page.keyboard.press("Shift+Tab")
    assert tab.page.evaluate("document.activeElement.id") == "map-b"
    tab.page.keyboard.press("Shift+Tab")
    assert tab.page.evaluate("document.activeElement.id") == "map-a"
    start = tab.page.evaluate("window.studio.player.cell")
    assert start == tab.page.evaluate(BUSIEST.replace("map-b", "map-a").replace("pair[1]", "pair[0]"))["cell"]
    said = tab.text("cell-words")
    for key, back in (("ArrowRight", "ArrowLeft"), ("ArrowUp", "ArrowDown")):
        tab.page.keyboard.press(key)
        assert tab.page.evaluate("window.studio.player.cell") != start and tab.text("cell-words") != said
        tab.page.keyboard.press(back)
        assert tab.page.evaluate("window.studio.player.cell") == start
    for _ in range(60):  # the edge holds it
        tab.page.keyboard.press("ArrowUp")
    edge = tab.page.evaluate("window.studio.player.cell")
    tab.page.keyboard.press("ArrowUp")
    assert tab.page.evaluate("window.studio.player.cell") == edge
    assert tab.page.evaluate("window.studio.player.week") == week, "the arrows moved the week"
    tab.page.evaluate("c => { window.studio.player.cell = c; }", start)
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_function(LISTED, arg="A, ", timeout=PATIENCE_MS)
    assert tab.page.evaluate("document.activeElement.closest('#here') !== null"), "the list has the keyboard"
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_function(TOLD, arg="What would have changed it: ", timeout=PATIENCE_MS)
    assert tab.page.locator("#agent-side").input_value() == "a"
    first = tab.shown
    tab.page.locator("#policy-training").check()
    tab.settle(first)
    assert tab.text("here") == "", "the list was of other runs"
