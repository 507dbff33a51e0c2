"""The studio's server: this machine only. Checks host and origin, hands out runs and grounds, and carries the page.

Nothing of the page comes from elsewhere, and its policy forbids the browser to ask elsewhere.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

from sim.errors import MandateError
from sim.studio.engine import Wish
from sim.studio.scale import trial_scenario
from sim.studio.setting import Setting

HOST = "127.0.0.1"
LARGEST_BODY = 2_000_000
PATIENCE_SECONDS = 90.0  # a tab that was not heard of for so long is taken for closed; a busy machine must not lose one
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'; object-src 'none'"
)
NAME = re.compile(r"[0-9a-f]{8}-\d{1,10}-\d{1,10}(-rough)?")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class LocalOnly:
    """Answers requests of this machine's own pages only, of a decent size, and says so to all others."""

    def __init__(self, app: Any, port: int) -> None:
        self.app = app
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost")}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        problem = self._problem({name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]})
        if problem is not None and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": problem[1][:120]})
        elif problem is not None:
            await Response(problem[1], problem[0], media_type="text/plain")(scope, receive, send)
        else:
            await self.app(scope, receive, _with_policy(send))

    def _problem(self, headers: dict[str, str]) -> tuple[int, str] | None:
        """Status and sentence for a request that is refused."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self._hosts:
            return 403, f"host = {host[:60]}: this studio answers {HOST} only. Open it by the address it printed."
        if origin is not None and origin not in self._origins:
            return 403, f"origin = {origin[:60]}: another page may not use this studio."
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return 413, f"content-length = {length[:20]}: at most {LARGEST_BODY:,} (bytes)."
        return None


def _with_policy(send: Send) -> Send:
    """Add the policy of the page to answers."""

    async def guarded(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message.get("headers", []),
                (b"content-security-policy", POLICY.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"referrer-policy", b"no-referrer"),
            ]
        await send(message)

    return guarded


def make_server(setting: Setting) -> LocalOnly:
    """Return the application: routes for data and files, and the page."""
    from nicegui import app as pages
    from nicegui import ui

    from sim.studio import changes
    from sim.studio.lesson import lessons
    from sim.studio.page import open_page
    from sim.studio.sheet import as_html

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=str(files("sim.studio") / "static")))

    @app.get("/runs/{name}.pack")
    def run(name: str) -> Response:
        pack = setting.engine.runs.get(name) if NAME.fullmatch(name) else None
        if pack is None:
            return Response(
                f"run = {name[:40]}: not kept here. Change something to compute it.", 404, media_type="text/plain"
            )
        return Response(pack, media_type="application/octet-stream")

    @app.get("/lesson/{number}/sheet")
    def lesson_sheet(number: str) -> Response:
        lesson = next((one for one in lessons() if str(one.number) == number), None)
        if lesson is None:
            return Response(
                f"lesson = {number[:10]}: there are {len(lessons())}. Choose one.", 404, media_type="text/plain"
            )
        return Response(as_html(lesson), media_type="text/html")

    @app.get("/changes")
    def changes_page(since: str = "") -> Response:
        try:
            return Response(changes.as_html(changes.changelog(), since), media_type="text/html")
        except MandateError as error:
            return Response(str(error), 404, media_type="text/plain")

    @app.get("/ground/{mission}.json")
    def ground(mission: str) -> Response:
        if mission not in setting.grounds:
            return Response(f"mission = {mission[:40]}: not shown here.", 404, media_type="text/plain")
        return Response(json.dumps(setting.grounds[mission]), media_type="application/json")

    @ui.page("/", title="mandate studio", favicon=str(files("sim.studio") / "static" / "mark.svg"))
    async def page() -> None:
        await open_page(setting)

    pages.on_startup(lambda: begin(setting))
    pages.on_shutdown(setting.engine.stop)
    ui.run_with(
        app, title="mandate studio", language="en-GB", tailwind=False, show_welcome_message=False,
        reconnect_timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    return LocalOnly(app, setting.port)


def begin(setting: Setting) -> None:
    """Start the workers, and let one of them find out which scale answers within a second."""
    setting.engine.start()
    gc.collect()
    gc.freeze()  # what was loaded stays: a collection that looks through it holds the page up for a tenth of a second and more
    setting.engine.ask(Wish("start", "trial", [trial_scenario()], lambda key, seconds: None, lambda problem: None))
