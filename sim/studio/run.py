"""Serves the studio on a socket until it is stopped."""

from __future__ import annotations

import contextlib
import socket

import uvicorn

from sim.studio.choice import Choice
from sim.studio.server import Setting, load_default, make_server

STOP_SECONDS = 2


def serve(choice: Choice, listener: socket.socket, is_scale_free: bool = True) -> None:
    """Serve until interrupted; ``is_scale_free`` says that nobody chose a scale, so that it may follow the machine."""
    setting = Setting(choice, listener.getsockname()[1], is_scale_free=is_scale_free)
    load_default(setting)
    config = uvicorn.Config(
        make_server(setting), log_level="warning", access_log=False, timeout_graceful_shutdown=STOP_SECONDS
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
