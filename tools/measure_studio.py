"""Measures how quick the studio is: a real browser beside it on this machine, each event many times; a table for docs/studio.md.

Run it on a machine with nothing else to do: python tools/measure_studio.py [repeats]. Times are taken inside the page, from
the event to the picture, so that nothing of the driver counts. It takes some minutes.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere

from tests.studio.conftest import BROWSERS, PATIENCE_MS, Tab, start_studio, stop_studio  # noqa: E402

PAGE = ROOT / "docs" / "studio.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
REPEATS, PAUSE_MS, THINK_MS, FEWEST_FOR_TAIL = 20, 250, 3000, 5
SLIDER = "follow-up: dose"
AT_ONCE, LATER = "eight lucks, asked for at once", "eight lucks, asked for after three seconds"
# Writes down in the page when something was changed, when a rough picture came and when all was settled.
WATCH = """
window.seen = { changed: 0, rough: [], settled: [] };
for (const kind of ['input', 'change', 'click']) document.addEventListener(kind, (e) => {
  if (e.isTrusted && !window.seen.changed) window.seen.changed = performance.now(); }, true);
const ready = setInterval(() => { if (!window.studio) return; clearInterval(ready);
  const pass = window.studio.pass;
  window.studio.pass = async (m) => { await pass(m); requestAnimationFrame(() => window.seen.rough.push(performance.now())); };
}, 5);
let shown = '', busy = true;
new MutationObserver(() => {
  const now = document.body.dataset.shown || '', works = document.body.classList.contains('busy');
  if (now && !works && (now !== shown || busy)) requestAnimationFrame(() => window.seen.settled.push(performance.now()));
  [shown, busy] = [now, works];
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-shown', 'class'] });
"""
SCRUB = """async () => { const p = window.studio.player, took = []; for (let week = 0; week < p.runs[0].n; week += 3) {
  await new Promise(requestAnimationFrame); const t = performance.now(); p.go(week); took.push((performance.now() - t) / 1000); }
  return took; }"""
ECHO = """async (name) => { const s = document.querySelector(`input[type=range][aria-label="${name}"]`), took = [];
  for (const by of [0.1, -0.1, 0.1]) { const t = performance.now(); s.value = s.valueAsNumber + by;
    s.dispatchEvent(new Event('input', { bubbles: true })); await new Promise(requestAnimationFrame);
    await new Promise((done) => setTimeout(done)); took.push((performance.now() - t) / 1000);
    await new Promise((done) => setTimeout(done, 2500)); } return took; }"""
Times = dict[str, list[float]]


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium of this machine."""
    from playwright.sync_api import sync_playwright

    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        sys.exit("no Chromium here: install it, e.g. apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Any, address: str) -> Tab:
    """A tab that writes down what happens in it."""
    tab = Tab(browser, address)
    tab.page.add_init_script(WATCH)
    return tab.open()


def wait(tab: Tab) -> None:
    """Wait until all is settled after the last change, then let the machine rest."""
    tab.page.wait_for_function(
        "() => seen.changed && seen.settled.some((t) => t > seen.changed) && !document.body.classList.contains('busy')",
        timeout=PATIENCE_MS,
    )  # fmt: skip
    tab.page.wait_for_timeout(PAUSE_MS)


def begin(tab: Tab) -> None:
    """Forget what happened so far."""
    tab.page.evaluate("() => { window.seen.changed = 0; window.seen.rough = []; window.seen.settled = []; }")


def settled(tab: Tab, change: Callable[[], None]) -> tuple[float, float]:
    """Seconds from a change to its first picture, rough or not, and to its settled one."""
    begin(tab)
    change()
    wait(tab)
    first, last = tab.page.evaluate(
        "() => [Math.min(...seen.rough, ...seen.settled), Math.max(...seen.settled)].map((t) => (t - seen.changed) / 1000)"
    )
    return float(first), float(last)


def opening(browser: Any, address: str, repeats: int, times: Times) -> None:
    """First paint, and both runs shown."""
    for _ in range(repeats):
        tab = opened(browser, address)
        tab.page.wait_for_function("() => seen.settled.length")
        first = tab.page.evaluate("() => performance.getEntriesByName('first-paint')[0].startTime / 1000")
        times["first paint"].append(float(first))
        times["both runs shown, ready for use"].append(float(tab.page.evaluate("() => seen.settled[0] / 1000")))
        tab.page.context.close()


def dose(tab: Tab, value: float) -> None:
    """Write another dose of B's policy into its box."""
    box = tab.page.locator(f'input[type=number][aria-label="{SLIDER}, number"]')
    box.fill(str(round(value, 3)))
    box.press("Enter")


def changes(tab: Tab, repeats: int, times: Times) -> None:
    """Settled answers: B alone, then A and B."""
    page = tab.page
    for policy in ("follow_up", "training"):
        page.locator(f"#policy-{policy}").check()
        page.wait_for_timeout(THINK_MS)
    for i in range(repeats):
        for name, change in (("B", partial(dose, tab, 0.3 + 0.05 * i)), ("A and B", partial(assume, tab, i))):
            for kind, seconds in zip(("first picture", "settled answer"), settled(tab, change)):
                times[f"{kind}, {name} changed"].append(seconds)
            page.wait_for_timeout(THINK_MS)


def assume(tab: Tab, i: int) -> None:
    """Move the first assumption in sight by a step, up and then further up."""
    slider = tab.page.locator(".levers details ~ * input[type=range], .levers .lever input[type=range]").last
    slider.focus()
    tab.page.keyboard.press("ArrowRight" if i % 40 < 20 else "ArrowLeft")


def drags(tab: Tab, repeats: int, times: Times) -> None:
    """Pictures while a slider is dragged, and the settled one after it is let go."""
    page = tab.page
    box = page.get_by_role("slider", name=SLIDER).bounding_box()
    y, left, width = box["y"] + box["height"] / 2, box["x"], box["width"]
    for i in range(repeats):
        begin(tab)
        start, by = (0.1, 0.8) if i % 2 else (0.9, -0.8)
        page.mouse.move(left + width * start, y)
        page.mouse.down()
        for step in range(1, 41):
            page.mouse.move(left + width * (start + by * step / 40), y)
            page.wait_for_timeout(40)
        begun, rough = page.evaluate("() => [seen.changed, seen.rough]")
        moments = [(t - begun) / 1000 for t in rough]
        times["first rough picture in a drag"] += moments[:1]
        times["rough picture after picture in a drag"] += [b - a for a, b in pairwise(moments)]
        page.evaluate("() => { window.seen.changed = performance.now(); window.seen.settled = []; }")
        page.mouse.up()
        page.wait_for_timeout(50)
        if page.evaluate("() => document.body.classList.contains('busy') || seen.settled.length > 0"):
            wait(tab)
            late = page.evaluate("() => (Math.max(...seen.settled) - seen.changed) / 1000")
            times["settled answer after a drag"].append(float(late))
        page.wait_for_timeout(THINK_MS)


def lucks(tab: Tab, repeats: int, times: Times) -> None:
    """Eight lucks of a pair that is new, asked for at once and after a moment."""
    page = tab.page
    done = "() => document.querySelectorAll('#lucks [aria-label*=computed]').length >= 7 ? performance.now() : 0"
    for i in range(2 * repeats):
        name, pause = (AT_ONCE, 50) if i % 2 else (LATER, THINK_MS)
        settled(tab, partial(dose, tab, 1.41 + 0.01 * i))
        page.wait_for_timeout(pause)
        page.evaluate("() => { window.asked = performance.now(); document.getElementById('all-lucks').click(); }")
        end = page.wait_for_function(done, timeout=PATIENCE_MS, polling=20).json_value()
        times[name].append((float(end) - float(page.evaluate("window.asked"))) / 1000)


def exports(tab: Tab, repeats: int, times: Times) -> None:
    """Picture, data and scenario, each from its dialog."""
    page = tab.page
    for _ in range(repeats):
        began = page.evaluate("performance.now()")
        for name in ("save-picture", "save-data", "save-b"):
            page.locator("#share" if name == "save-b" else "#export").click()
            with page.expect_download() as got:
                page.locator(f"#{name}").click()
            got.value.path()
            page.locator(".q-dialog__inner button", has_text="Close").click()
            page.locator(".q-dialog__inner").wait_for(state="hidden")
        times["picture, CSV and YAML, three dialogs"].append((page.evaluate("performance.now()") - began) / 1000)


def full_size(tab: Tab, times: Times) -> None:
    """The present pair at full size."""
    times["full-size check, with time left"].append(settled(tab, tab.page.locator("#full-size").click)[1])


BUDGETS = {  # seconds; None = no budget
    "first paint": 1.5, "both runs shown, ready for use": 3.0, "scrubbing, drawing one week": 0.016, "echo of a change": 0.1,
    "first rough picture in a drag": 0.3, "rough picture after picture in a drag": 0.3, "settled answer after a drag": 1.0,
    "first picture, B changed": 1.0, "settled answer, B changed": 1.0,
    "first picture, A and B changed": 1.0, "settled answer, A and B changed": 1.0, AT_ONCE: 3.0, LATER: 3.0,
    "full-size check, with time left": None,
    "picture, CSV and YAML, three dialogs": 2.0,
}  # fmt: skip


def measured(repeats: int) -> tuple[Times, str]:
    """Every event, and the browser's version."""
    times: Times = {name: [] for name in BUDGETS}
    process, address = start_studio()
    try:
        with chromium() as browser:
            opening(browser, address, repeats, times)
            tab = opened(browser, address)
            tab.page.wait_for_timeout(2 * THINK_MS)
            changes(tab, repeats, times)
            times["scrubbing, drawing one week"] = tab.page.evaluate(SCRUB)
            for _ in range(max(1, repeats // 4)):
                times["echo of a change"] += tab.page.evaluate(ECHO, SLIDER)
            drags(tab, repeats, times)
            lucks(tab, max(FEWEST_FOR_TAIL, repeats // 4), times)
            exports(tab, max(FEWEST_FOR_TAIL, repeats // 4), times)
            full_size(tab, times)
            return times, browser.version
    finally:
        stop_studio(process)


def reference() -> float:
    """Seconds of one full-scale run of Kosovo here and now, the best of three: how quick the machine is."""
    code = (
        "import time; from sim.config import load_scenario; from sim.model import MandateModel\n"
        "def one(model):\n start = time.perf_counter()\n while model.running: model.step()\n return time.perf_counter() - start\n"
        "print(min(one(MandateModel(load_scenario('mission=kosovo'))) for _ in range(3)))"
    )
    return float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def table(times: Times) -> str:
    """The table of the page: median and the value below which 95 % lie, beside the budget."""
    lines = ["| event | budget, s | n | median, s | 95 % below, s | |", "| --- | ---: | ---: | ---: | ---: | --- |"]
    for name, budget in BUDGETS.items():
        values = sorted(times[name])
        if not values:
            continue
        tail = values[max(0, -(-95 * len(values) // 100) - 1)]
        middle = statistics.median(values)
        said = _seconds(tail) if len(values) >= FEWEST_FOR_TAIL else "-"
        verdict = _verdict(budget, middle, tail)
        lines.append(f"| {name} | {budget or '-'} | {len(values)} | {_seconds(middle)} | {said} | {verdict} |")
    return "\n".join(lines)


def _seconds(value: float) -> str:
    """A time as it is written."""
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _verdict(budget: float | None, middle: float, tail: float) -> str:
    """Whether a budget is kept."""
    if budget is None:
        return ""
    return "kept" if tail <= budget else "kept by the median, missed by the tail" if middle <= budget else "missed"


def main() -> None:
    """Measure, and write the table into the page."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    times, version = measured(repeats)
    said = (
        f"Measured in headless Chromium {version.split('.')[0]}. A full-scale run of Kosovo took {reference():.1f} s "
        "on this machine at that time, beside what [benchmarks](benchmarks.md) has, which may be from another machine; "
        "the table is not scaled by it."
    )
    text = f"{BEGIN}\n{said}\n\n{table(times)}\n{END}"
    print(text)
    page = PAGE.read_text(encoding="utf-8")
    if BEGIN in page:
        PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: text, page, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
