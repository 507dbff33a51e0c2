"""The page in a real browser: load, play, slide, switch, drag, teach, share and export, with mouse and keyboard."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from sim.config import load_scenario
from sim.runs.simulate import simulate
from tests.studio.conftest import PATIENCE_MS, Tab, start_studio, stop_studio

pytestmark = pytest.mark.slow
SCRUB = """() => new Promise((done) => { const scrub = document.getElementById('scrub'); let week = 0;
  const step = () => { for (let k = 0; k < 5; k += 1) { scrub.value = week; scrub.dispatchEvent(new Event('input')); week += 1; }
    week <= Number(scrub.max) ? requestAnimationFrame(step) : done(week); }; step(); })"""


def test_it_opens_paused_on_the_runs_that_ship(browser: Any) -> None:
    process, address = start_studio()
    try:
        tab = Tab(browser, address).open()
        assert "Play" in tab.text("play")
        assert "exploitation in B is" in tab.text("difference"), "it opens where there is something to see"
        assert tab.text("status").startswith("kept runs"), "something was computed on load"
        assert "strength: as in the mission's table" in tab.text("changed")
        before = tab.text("week")
        tab.page.wait_for_timeout(400)
        assert tab.text("week") == before, "something moved that nobody moved"
        tab.close()
    finally:
        assert stop_studio(process) == 0


def test_time_is_played_and_scrubbed_without_asking_the_server(tab: Tab) -> None:
    asked, sent = len(tab.requests), tab.sent
    assert tab.page.evaluate(SCRUB) >= 260
    assert tab.text("week").startswith("week 259 of 259")
    tab.page.locator("#first").click()
    tab.page.locator("#play").click()
    tab.page.wait_for_function("() => window.studio.player.week > 5")
    tab.page.locator("#play").click()
    assert "Play" in tab.text("play")
    tab.page.locator("#back").click()
    assert (len(tab.requests), tab.sent) == (asked, sent)


def test_a_policy_is_switched_on_dosed_undone_and_made_again(tab: Tab) -> None:
    first = tab.shown
    tab.page.locator("#policy-follow_up").check()
    tab.settle(first)
    second = tab.shown
    assert "follow-up: off → dose 1" in tab.text("changed")
    assert first.split()[0] == second.split()[0], "A is computed once"
    slider = tab.page.get_by_role("slider", name="follow-up: dose")
    slider.focus()
    sent = tab.sent
    tab.page.keyboard.press("ArrowRight")
    tab.settle(second)
    assert tab.sent == sent + 1, "a key asks for the runs, not for a rough picture first"
    assert "follow-up: off → dose 1.1" in tab.text("changed")
    assert slider.get_attribute("aria-valuetext").startswith("follow-up: dose 1.1")
    tab.page.locator("#undo").click()
    tab.page.wait_for_function("s => document.body.dataset.shown === s", arg=second)
    tab.page.locator("#undo").click()
    tab.page.wait_for_function("s => document.body.dataset.shown === s", arg=first)
    assert not tab.page.locator("#policy-follow_up").is_checked()
    tab.page.locator("#redo").click()
    tab.page.wait_for_function("s => document.body.dataset.shown === s", arg=second)
    assert tab.page.locator("#policy-follow_up").is_checked()


def test_backspace_takes_a_slider_back_to_its_default(tab: Tab) -> None:
    first = tab.shown
    slider = tab.page.get_by_role("slider", name="size of the shock")
    slider.focus()
    tab.page.keyboard.press("End")
    tab.settle(first)
    assert "size 2" in tab.text("changed")
    tab.page.keyboard.press("Backspace")
    tab.page.wait_for_function("() => document.getElementById('changed').innerText.includes('size 1 ')", timeout=PATIENCE_MS)


def test_the_strength_is_dragged_by_mouse_with_frozen_axis_and_by_keyboard(tab: Tab) -> None:
    first, point = tab.shown, tab.page.locator("#curve .point").nth(2)
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    top = tab.page.evaluate("window.studio.player.curve.top")
    tab.page.mouse.move(x, y)
    tab.page.mouse.down()
    tab.page.mouse.move(x, y + 25, steps=6)
    assert tab.page.evaluate("window.studio.player.curve.top") == top, "the axis moved under the hand"
    tab.page.mouse.up()
    tab.settle(first)
    assert "strength: as in the mission's table" in tab.text("changed")
    second = tab.shown
    point.focus()
    tab.page.keyboard.press("PageDown")
    tab.settle(second)
    assert "% of the table" in point.get_attribute("aria-valuetext")
    assert tab.page.evaluate("document.activeElement.classList.contains('point')"), "the point lost the keyboard"
    tab.page.locator("#restore").click()
    tab.page.wait_for_function("s => document.body.dataset.shown === s", arg=first, timeout=PATIENCE_MS)


def test_pictures_follow_a_drag_while_the_axis_stands_still(tab: Tab) -> None:
    """Once released the axis may move, and says so."""
    tab.page.evaluate("""() => { window.passed = 0; const pass = window.studio.pass;
        window.studio.pass = (m) => { window.passed += 1; return pass(m); }; }""")
    top, first = tab.page.evaluate("window.studio.player.top"), tab.shown
    box = tab.page.get_by_role("slider", name="size of the shock").bounding_box()
    y, left = box["y"] + box["height"] / 2, box["x"] + box["width"] * 0.45
    tab.page.mouse.move(left, y)
    tab.page.mouse.down()
    for step in range(60):
        tab.page.mouse.move(left + step, y)
        tab.page.wait_for_timeout(40)
        assert tab.page.evaluate("window.studio.player.top") == top, "the axis moved under the hand"
    assert tab.page.evaluate("window.passed") >= 2, "nothing was seen on the way"
    tab.page.mouse.up()
    tab.settle(first)
    assert tab.page.evaluate("window.studio.player.frozen") is False
    before = tab.page.evaluate("window.studio.player.before.map((run) => run.key).join(' ')")
    assert before == first, "replay goes back to before the drag"


def test_sliders_of_strength_and_choices_of_mission_and_world(tab: Tab) -> None:
    first = tab.shown
    tab.page.get_by_role("slider", name="exit").focus()
    for _ in range(3):
        tab.page.keyboard.press("PageUp")
    tab.settle(first)
    assert "0 % in week" in tab.text("changed")
    second = tab.shown
    tab.page.get_by_role("combobox", name="World").select_option("deterrence_weak")
    tab.settle(second)
    assert "world=deterrence_weak" in tab.page.url
    third = tab.shown
    tab.page.get_by_role("combobox", name="Mission").select_option("bosnia")
    tab.settle(third)
    assert "of 623" in tab.text("week") and "as in the mission's table →" not in tab.text("changed")


def test_a_lesson_is_taught_step_by_step(tab: Tab) -> None:
    first = tab.shown
    tab.page.locator("#lesson").select_option("4")
    tab.settle(first)
    assert "largest contributor" in tab.text("question")
    tab.page.locator("[data-predict]").nth(1).fill("12")
    assert tab.page.evaluate("window.studio.player.tally").endswith("hardly ever 0")
    tab.page.keyboard.press("Tab")
    tab.page.locator("#notes").click()
    assert "cynicism" in tab.text("lesson-notes")
    with tab.context.expect_page() as sheet:
        tab.page.locator("#sheet").click()
    assert "Three answers that are likely wrong" in sheet.value.inner_text("main")
    assert tab.page.evaluate("window.studio.player.week") == 130
    second = tab.shown
    tab.page.locator("#lesson-next").click()
    tab.settle(second)
    tab.page.wait_for_function("() => /At worst [0-9.]+ %/.test(document.getElementById('lesson-says').innerText)")
    assert "no longer holds" not in tab.text("lesson-says")
    assert "suspend contributions: off → dose 3" in tab.text("changed")
    tab.page.locator("#lesson-close").click()
    tab.page.locator("#question").wait_for(state="hidden")


def test_picture_data_and_scenario_leave_the_page_with_the_run_s_own_digits(tab: Tab, tmp_path: Path) -> None:
    files: dict[str, bytes] = {}
    for dialog, button, name in (
        ("export", "save-picture", "studio.png"), ("export", "save-data", "studio.csv"),
        ("export", "save-drawing", "studio.svg"), ("share", "save-b", "scenario.yaml"),
    ):  # fmt: skip
        tab.page.locator(f"#{dialog}").click()
        with tab.page.expect_download() as waiting:
            tab.page.locator(f"#{button}").click()
        path = tmp_path / name
        waiting.value.save_as(path)
        assert waiting.value.suggested_filename == name
        files[name] = path.read_bytes()
        tab.page.keyboard.press("Escape")
    assert files["studio.png"].startswith(b"\x89PNG") and len(files["studio.png"]) > 20_000
    drawing = ElementTree.fromstring(files["studio.svg"])
    written = " ".join(drawing.itertext())
    assert tab.text("difference") in written and "Accountability: cases so far" in written and "mandate" in written
    run = simulate(load_scenario(f"scenario={tmp_path / 'scenario.yaml'}"))
    rows = [row for row in csv.DictReader(io.StringIO(files["studio.csv"].decode())) if row["run"] == "b"]
    assert len(rows) == len(run.series) == 260
    for name in ("true_exploited_persons", "venues", "observed_allegations", "price_international_usd"):
        assert [float(row[name]) for row in rows] == run.series[name].tolist(), name


def test_a_link_restores_everything_and_says_when_it_is_of_another_version(browser: Any, studio: str) -> None:
    fragment = "#v=0.0.1&mission=generic&scale=0.1&policy=training&policy.training.dose=0.5&seed=3&A.shock=exit&week=77"
    tab = Tab(browser, studio).open(fragment)
    assert tab.text("week").startswith("week 77")
    assert "training: off → dose 0.5" in tab.text("changed") and "exit" in tab.text("changed")
    assert "made with mandate 0.0.1" in tab.text("problem")
    again = Tab(browser, studio).open("#" + tab.page.url.partition("#")[2])
    assert again.shown == tab.shown and again.text("problem") == ""
    assert not again.page.locator("#offers").is_visible(), "there is nothing to offer"
    tab.close()
    again.close()


def test_a_link_of_another_version_offers_what_changed_and_its_scenario(browser: Any, studio: str, tmp_path: Path) -> None:
    fragment = "#v=0.1.0&mission=generic&scale=0.1&policy=training&policy.training.dose=0.5&seed=3"
    tab = Tab(browser, studio).open(fragment)
    with tab.context.expect_page() as opened:
        tab.page.get_by_role("link", name="What changed since 0.1.0").click()
    changes = opened.value
    faults: list[str] = []
    changes.on("console", lambda message: faults.append(message.text))
    changes.reload()
    assert changes.inner_text("h1") == "What changed since 0.1.0" and changes.get_by_role("heading", name="0.2.0").is_visible()
    assert not changes.get_by_text("Ten phases of a weekly step").is_visible(), "older versions are behind"
    changes.get_by_text("Up to 0.1.0").click()
    assert changes.get_by_text("Ten phases of a weekly step").is_visible() and faults == []
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("button", name="Save its scenario").click()
    waiting.value.save_as(tmp_path / "scenario.yaml")
    scenario = load_scenario(f"scenario={tmp_path / 'scenario.yaml'}")
    assert scenario.seed == 3 and scenario.policy["training"].dose == 0.5
    first = tab.shown
    tab.page.locator("#policy-training").uncheck()
    tab.settle(first)
    assert not tab.page.locator("#offers").is_visible(), "it is no longer what the link describes"
    tab.close()


def test_a_link_this_version_cannot_read_still_leads_to_what_changed(browser: Any, studio: str) -> None:
    tab = Tab(browser, studio).open("#v=%3Cb%3Eold&mission=atlantis")
    assert "could not be used" in tab.text("problem")
    assert tab.page.get_by_role("link", name="What changed").get_attribute("href") == "/changes"
    assert not tab.page.locator("#offer-save").is_visible()
    tab.page.locator("#help").click()
    assert tab.page.get_by_role("link", name="What changed between versions").get_attribute("href") == "/changes"
    tab.close()


def test_other_luck_and_all_eight(tab: Tab) -> None:
    assert "One luck only" in tab.text("luck-words")
    tab.page.locator("#other-luck").click()
    tab.page.wait_for_function("() => window.studio.player.lucks.length === 1", timeout=PATIENCE_MS)
    assert tab.text("luck-words").startswith("2 lucks: "), "the old pair stays and counts"
    tab.page.locator("#lucks button").first.click()
    tab.page.locator("#all-lucks").click()
    tab.page.wait_for_function("() => document.getElementById('status').innerText.startsWith('8 of 8')", timeout=PATIENCE_MS)
    assert tab.text("luck-words").startswith("8 lucks: ")
    highest = "[...p.runs, ...p.lucks.flat()].map((run) => Math.max(...run.values[p.series.name]))"
    assert tab.page.evaluate(f"() => {{ const p = window.studio.player; return p.top >= Math.max(...{highest}); }}")
    first = tab.shown
    tab.page.locator("#other-luck").click()
    tab.settle(first)
    assert tab.shown.endswith("-1-0") and "seed=1" in tab.page.url


def test_the_last_change_is_replayed(tab: Tab) -> None:
    first = tab.shown
    tab.page.locator("#policy-training").check()
    tab.settle(first)
    tab.page.locator("#replay").click()
    assert tab.text("replay-note") == "before the last change"
    tab.page.wait_for_function("() => document.getElementById('replay-note').innerText === 'after'")
    tab.page.wait_for_function("() => !window.studio.player.replaying", timeout=10_000)
    assert tab.page.evaluate("window.studio.player.hold") is False


def test_an_agent_tells_why_and_a_missing_one_is_answered(tab: Tab) -> None:
    tab.page.locator("#agent-kind").select_option("contingent")
    tab.page.locator("#agent-number").fill("3")
    tab.page.locator("#agent-ask").click()
    tab.page.wait_for_function("() => document.getElementById('agent-words').innerText.includes('Contingent 3: ')",
                               timeout=PATIENCE_MS)  # fmt: skip
    title = tab.page.locator("#agent-words h3")
    said, first = title.inner_text(), tab.shown
    tab.page.locator("#policy-training").check()
    tab.settle(first)
    assert title.inner_text() == f"{said}, an earlier run", "what was said stays to be compared"
    tab.page.locator("#agent-number").fill("999999")
    tab.page.locator("#agent-ask").click()
    tab.page.wait_for_function("() => document.getElementById('agent-words').innerText.includes('not among the')",
                               timeout=PATIENCE_MS)  # fmt: skip


def test_through_what_is_asked_for_the_week_shown_and_ends_with_a_change(tab: Tab) -> None:
    tab.page.evaluate("window.studio.player.go(20)")
    tab.page.locator("#through-ask").click()
    progress = "/of 4 lucks, [0-9]+ of [0-9]+ runs/.test(document.getElementById('through-progress').innerText)"
    tab.page.wait_for_function(f"() => {progress}")
    tab.page.evaluate("window.studio.player.go(100)")
    ended = "document.getElementById('through-ask').innerText === 'Through what?'"
    tab.page.wait_for_function(f"() => {ended}", timeout=PATIENCE_MS)
    assert tab.text("through-title") == "Persons exploited, mean of weeks 0 to 20", "for the week asked"
    assert tab.text("through-headline").strip() and tab.text("through-progress") == ""
    first = tab.shown
    tab.page.locator("#policy-training").check()
    tab.settle(first)
    assert tab.page.locator("#through").is_hidden()


def test_settings_survive_play_reset_and_a_refused_value(tab: Tab) -> None:
    first = tab.shown
    tab.page.locator("#policy-training").check()
    tab.settle(first)
    shown = tab.shown
    tab.page.locator("#first").click()
    tab.page.locator("#play").click()
    tab.page.wait_for_function("() => window.studio.player.week > 2")
    tab.page.locator("#play").click()
    for message in (
        {"do": "value", "path": "policy.training.dose", "value": 99}, {"do": "nonsense"}, {"do": ["x"]}, "text", None, 7,
        {"do": "curve", "points": [{"week": "x"}]}, {"do": "value", "path": "mission.tables", "value": "folder"},
        {"do": "mission", "name": "nowhere"}, {"do": "agent", "kind": "person", "number": -1, "week": 3},
        {"do": "luck", "seed": "x"}, {"do": "value", "path": "scale", "value": 1e9},
        {"do": "policy", "name": "training", "on": 3}, {"do": "here", "cell": "x", "week": 3},
        {"do": "here", "cell": 1, "week": -1},
    ):  # fmt: skip
        tab.page.evaluate("() => { document.getElementById('problem').textContent = ''; }")
        tab.page.evaluate(f"() => emitEvent('studio', {json.dumps(message)})")
        tab.page.wait_for_function("() => document.getElementById('problem').innerText.length > 10")
    assert tab.shown == shown and tab.page.locator("#policy-training").is_checked()


def test_a_flood_of_changes_ends_with_the_last(tab: Tab) -> None:
    slider = tab.page.get_by_role("slider", name="size of the shock")
    first = tab.shown
    sent = tab.sent
    slider.evaluate("""async (s) => { s.dispatchEvent(new Event('pointerdown', { bubbles: true }));
        for (let i = 1; i <= 200; i += 1) { s.value = 0.2 + (i % 30) * 0.05;
        s.dispatchEvent(new Event('input')); await new Promise((done) => setTimeout(done, 20)); }
        s.value = 0.35; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change'));
        s.dispatchEvent(new Event('pointerup', { bubbles: true })); }""")
    assert 20 < tab.sent - sent < 120, "some of them while it is held, and not each of two hundred"
    tab.settle(first)
    tab.page.wait_for_function("() => document.getElementById('changed').innerText.includes('size 0.35')", timeout=PATIENCE_MS)
    tab.settle()
    assert "shock.size=0.35" in tab.page.url
    tab.page.locator("#undo").click()
    tab.page.wait_for_function("s => document.body.dataset.shown === s", arg=first, timeout=PATIENCE_MS)


def test_tabs_do_not_know_each_other_and_a_closed_one_leaves_no_trace(browser: Any, studio: str) -> None:
    one, two = Tab(browser, studio).open(), Tab(browser, studio).open()
    first = two.shown
    one.page.locator("#policy-training").check()
    one.close()
    two.page.locator("#policy-follow_up").check()
    two.settle(first)
    assert "training" not in two.text("changed") and "follow-up" in two.text("changed")
    two.close()


def test_the_page_goes_on_playing_when_the_server_is_gone(browser: Any) -> None:
    process, address = start_studio("mission=generic", "scale=0.1")
    tab = Tab(browser, address).open()
    stop_studio(process)
    tab.page.locator("#first").click()
    tab.page.locator("#play").click()
    tab.page.wait_for_function("() => window.studio.player.week > 5")
    tab.page.wait_for_function("() => document.getElementById('status').innerText.includes('does not answer')")
    tab.context.close()
