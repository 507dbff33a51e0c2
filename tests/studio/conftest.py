"""A studio as its users start it, and a real browser that can reach this machine only."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_MS = 240_000  # a first run compiles the rules


def start_studio(*words: str) -> tuple[subprocess.Popen[str], str]:
    """Start ``mandate studio`` on a free port; return the process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", "studio", "port=0", "-q", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise AssertionError(f"the studio did not start: {process.stderr.read() if process.stderr else ''}")
    return process, line.split()[-1]


def stop_studio(process: subprocess.Popen[str]) -> int:
    """Stop it as Ctrl-C does; return its exit code."""
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(20)
    finally:
        if process.poll() is None:
            process.kill()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


@pytest.fixture(scope="module")
def studio() -> Iterator[str]:
    """The address of a studio that opens on a small invented mission."""
    process, address = start_studio("mission=generic", "scale=0.1", "shock=surge")
    yield address
    assert stop_studio(process) == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium of this machine; without one the tests fail, they are not skipped.

    It lives as long as one module, because other modules run event loops of their own.
    """
    from playwright.sync_api import sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium here: install it, e.g. apt-get install chromium")
    with sync_playwright() as playwright:
        # no name but this machine's own number can be resolved
        own = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
        chromium = playwright.chromium.launch(executable_path=found, args=own)
        yield chromium
        chromium.close()


class Tab:
    """One tab, with everything it complained about and everything it asked for."""

    def __init__(self, browser: Any, address: str, width: int = 1366, height: int = 768, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True, **options)
        self.page = self.context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.sent = 0
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: socket.on("framesent", self._count))

    def _count(self, payload: Any) -> None:
        """Count what the page says of itself; that it is alive and has received something does not count."""
        words = str(payload)
        self.sent += len(words) > 1 and '"ack"' not in words

    def open(self, fragment: str = "") -> Tab:
        """Open the studio and wait until both runs are shown."""
        self.page.goto(self.address + fragment)
        self.settle()
        return self

    @property
    def shown(self) -> str:
        """Names of the two runs shown."""
        return self.page.evaluate("document.body.dataset.shown || ''")

    def settle(self, after: str | None = None) -> None:
        """Wait until a picture stands, another one than ``after`` where that is given."""
        self.page.wait_for_function(
            "b => document.body.dataset.shown && document.body.dataset.shown !== b && !document.body.classList.contains('busy')",
            arg=after, timeout=PATIENCE_MS,
        )  # fmt: skip

    def text(self, name: str) -> str:
        """Text of an element by name."""
        return str(self.page.locator(f"#{name}").inner_text())

    def close(self) -> None:
        """Close the tab; it must not have complained or asked anybody but this machine."""
        self.context.close()
        assert self.complaints == []
        strangers = [url for url in self.requests if not url.startswith((self.address, "data:", "blob:", "ws://127.0.0.1"))]
        assert strangers == []


@pytest.fixture
def tab(browser: Any, studio: str) -> Iterator[Tab]:
    """A tab on the small studio."""
    opened = Tab(browser, studio).open()
    yield opened
    opened.close()
