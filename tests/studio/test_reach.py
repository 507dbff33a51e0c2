"""Who can read and work the page: small windows, 400 %, keyboard, wishes of the browser, contrast, tables; and its words."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report.words import number
from sim.studio.page import ladder
from tests.studio.conftest import Tab

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768), (800, 900), (360, 640), (341, 192)])
def test_nothing_runs_off_the_page(browser: Any, studio: str, width: int, height: int) -> None:
    """The last is a laptop's screen at 400 %: one column, and nothing stays in the way of what is below it."""
    tab = Tab(browser, studio, width=width, height=height).open()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    if height < 600:
        assert tab.page.evaluate("getComputedStyle(document.querySelector('.below')).position") == "static"
    tab.close()


def test_controls_are_large_enough_for_a_finger_and_words_dark_enough_for_a_projector(tab: Tab) -> None:
    small = tab.page.evaluate("""() => [...document.querySelectorAll('button, select, input, summary, a')]
        .filter((e) => e.checkVisibility())
        .map((e) => [e, e.type === 'checkbox' ? e.closest('label').getBoundingClientRect() : e.getBoundingClientRect()])
        .filter(([, box]) => box.width > 1 && (box.height < 24 || box.width < 24)).map(([e]) => e.outerHTML.slice(0, 90))""")
    assert small == []
    pale = tab.page.evaluate("""() => {
      const light = (c) => { const v = c.match(/[0-9.]+/g)
        .slice(0, 3).map((x) => x / 255).map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
        return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
      const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
      return [...document.querySelectorAll('.head *, .levers *, .findings *, .below *, .bar *')]
        .filter((e) => e.checkVisibility() && !e.disabled)
        .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
        .filter((e) => { const [a, b] = [getComputedStyle(e).color, ground(e)].map(light);
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5; }).map((e) => e.outerHTML.slice(0, 90)); }""")
    assert pale == []


@pytest.mark.parametrize("wish", [{"reduced_motion": "reduce"}, {"forced_colors": "active"}])
def test_wishes_of_the_browser_are_heeded(browser: Any, studio: str, wish: dict[str, str]) -> None:
    tab = Tab(browser, studio, **wish).open()
    assert tab.page.locator("#strip").is_visible() == ("reduced_motion" in wish)
    if "reduced_motion" in wish:
        tab.page.locator("#strip button").nth(2).click()
        middle = tab.page.evaluate("window.studio.player.week")
        assert middle == pytest.approx(260 / 2, abs=1)
        tab.page.locator("#play").click()
        tab.page.wait_for_function("w => window.studio.player.week > w", arg=middle)
        assert tab.page.evaluate("window.studio.player.week") % 13 == 0, "it moves by quarters"
    tab.close()


def test_presenter_mode_is_large_and_leaves_with_escape(tab: Tab) -> None:
    tab.page.locator("#present").click()
    assert tab.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
    assert not tab.page.locator(".levers").is_visible() and tab.page.locator("#play").is_visible()
    tab.page.keyboard.press("Escape")
    tab.page.wait_for_function("() => !document.body.classList.contains('present')")


def test_it_is_worked_by_keyboard_and_every_control_has_a_name(tab: Tab) -> None:
    nameless = tab.page.evaluate("""() => [...document.querySelectorAll('button, select, input, textarea, [role=slider]')]
        .filter((e) => !(e.getAttribute('aria-label') || e.innerText || e.labels?.length))
        .map((e) => e.outerHTML.slice(0, 90))""")
    assert nameless == []
    tree = tab.page.locator("body").aria_snapshot()
    for landmark in ("banner", "navigation \"Levers\"", "main", "complementary", "region \"Strength and time\""):
        assert landmark in tree, landmark
    tab.page.evaluate("document.activeElement.blur()")
    week = tab.page.evaluate("window.studio.player.week")
    tab.page.keyboard.press("Shift+ArrowRight")
    assert tab.page.evaluate("window.studio.player.week") == week + 13
    tab.page.keyboard.press("Space")
    assert "Pause" in tab.text("play")
    tab.page.keyboard.press("Space")
    tab.page.wait_for_function("() => /week|same/.test(document.getElementById('live').textContent)")
    for _ in range(90):  # the Tab key reaches the time line
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("document.activeElement.id") == "scrub":
            break
    assert tab.page.evaluate("document.activeElement.id") == "scrub"


def test_tables_hold_what_is_drawn(tab: Tab) -> None:
    tab.page.locator("details.tables summary").click()
    tab.page.locator("#series-table tr").nth(1).wait_for()
    rows = tab.page.locator("#series-table tr").count()
    assert rows == 1 + 20 + 1  # head, weeks 0, 13, ..., 247, and the last
    drawn = tab.page.evaluate("window.studio.player.runs[1].values.true_exploited_persons[13]")
    shown = tab.page.locator("#series-table tr").nth(2).locator("td").nth(1).inner_text()
    assert float(shown.replace(",", "")) == pytest.approx(drawn, rel=0.05, abs=1.0)


def test_figures_are_written_as_in_reports(tab: Tab) -> None:
    values = [0.0, 0.0456, 1.25, 17.4, 99.6, 123.4, 9_994.0, 9_996.0, 12_345.6, 1_234_567.8, -3.17, -45_678.9]
    written = tab.page.evaluate("(v) => import('/static/words.js').then((code) => v.map((x) => code.number(x)))", values)
    assert written == [number(value) for value in values]
    assert tab.page.evaluate("import('/static/words.js').then((code) => code.number(3))") == "3", "a count has no decimals"


def test_sentences_of_luck_count_and_keep_to_the_word_that_is_earned(tab: Tab) -> None:
    say = "([pairs, more]) => import('/static/words.js').then((code) => code.luckSentence(pairs, more))"
    config = {"matters": 0.05, **ladder()}
    lower = tab.page.evaluate(say, [[[100, 80]] * 8, config])
    assert lower == "8 lucks: 20 % to 20 % lower. B lower in 8 of 8: likely (66–90 %, luck only)."
    mixed = tab.page.evaluate(say, [[[100, 80]] * 4 + [[100, 130]] * 3 + [[100, 101]], config])
    assert "20 % lower to 30 % higher" in mixed and "B lower in 4 of 8, about the same in 1; no word is earned" in mixed
    few = tab.page.evaluate(say, [[[100, 120]] * 3, config])
    assert "B higher in 3 of 3; too few for a word" in few
    mirrored = tab.page.evaluate(say, [[[80, 100]] * 8, config])
    assert "B higher in 8 of 8: likely" in mirrored


def test_counted_and_true_are_told_apart_only_where_they_part(tab: Tab) -> None:
    say = "([c, r]) => import('/static/words.js').then((code) => code.countedSentence(c, r))"
    assert "more reports mean better counting" in tab.page.evaluate(say, [[10, 20], [100, 80]])
    assert "fewer reports do not mean less harm" in tab.page.evaluate(say, [[20, 10], [80, 100]])
    for counted, real in (([10, 20], [80, 100]), ([10, 10.2], [100, 80]), ([0, 5], [100, 80])):
        assert tab.page.evaluate(say, [counted, real]) == ""
