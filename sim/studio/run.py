"""Serves the studio on a socket until it is stopped."""

from __future__ import annotations

import contextlib
import socket

import uvicorn

from sim.studio.choice import Choice
from sim.studio.server import make_server
from sim.studio.setting import Setting, load_default

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
