"""Opens the studio on a scenario and serves it until it is stopped."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable

import uvicorn

from sim.config import load_scenario
from sim.studio.choice import Choice, choice_of
from sim.studio.scale import DEFAULT_SCALE
from sim.studio.server import Setting, load_default, make_server

DEFAULT = ("mission=kosovo", "shock=exit", "shock.start_week=208", f"scale={DEFAULT_SCALE}")
STOP_SECONDS = 2


def opening(overrides: Iterable[str] = ()) -> Choice:
    """Return what the studio opens with: the scenario given, at a quick scale unless it names one, or the one that ships."""
    texts = list(overrides)
    if not texts:
        return choice_of(load_scenario(*DEFAULT))
    if not any(text.split("=")[0].strip() in ("scale", "run", "scenario") for text in texts):
        texts.append(f"scale={DEFAULT_SCALE}")
    return choice_of(load_scenario(*texts))


def serve(choice: Choice, listener: socket.socket) -> None:
    """Serve the studio on a socket until interrupted."""
    setting = Setting(choice, listener.getsockname()[1])
    load_default(setting)
    config = uvicorn.Config(
        make_server(setting), log_level="warning", access_log=False, timeout_graceful_shutdown=STOP_SECONDS, ws="websockets-sansio"
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
