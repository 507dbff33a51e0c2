"""``mandate studio``: serves the page on this machine until stopped.

The page opens on a scenario given like that of ``run``; it shows as B, beside the status quo as A.
"""

from __future__ import annotations

import socket
import webbrowser
from importlib.util import find_spec

from sim.cli.say import note
from sim.cli.words import Words
from sim.errors import OutputError, ScenarioError

FIRST_PORT, LAST_PORT = 8765, 8784
HIGHEST_PORT = 65535
BACKLOG = 64


def main(words: Words) -> int:
    """Serve the studio."""
    port = _port(words)
    words.stop_if_wrong()
    if find_spec("nicegui") is None:
        raise ScenarioError("mandate studio: its page library is not installed. Install it: pip install 'mandate[studio]'.")
    from sim.studio.opening import names_no_scale, opening

    choice = opening(words.overrides)
    if words.has("--dry-run"):
        print(f"B: {choice.scenario('b').sentence()}\nA: {choice.scenario('a').sentence()}")
        return 0
    listener = _listen(port)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    print(f"mandate studio: {address}", flush=True)
    note("on this machine only, no network needed; stop with Ctrl-C", words.has("--quiet"))
    if words.has("--open"):
        webbrowser.open(address)
    from sim.studio.run import serve  # loads the page library, once what was asked for is known to be right

    serve(choice, listener, names_no_scale(words.overrides))
    return 0


def _port(words: Words) -> int | None:
    """The port asked for; None = the first free one of a few."""
    text = words.keys.get("port")
    if text is None:
        return None
    if not text.isdigit() or int(text) > HIGHEST_PORT:
        words.problems.append(f"port = {text}: must be a whole number up to {HIGHEST_PORT}; 0 = any free one. Choose another.")
        return None
    return int(text)


def _listen(port: int | None) -> socket.socket:
    """A socket on this machine's own address."""
    for candidate in range(FIRST_PORT, LAST_PORT + 1) if port is None else (port,):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
            listener.listen(BACKLOG)  # a browser that comes early waits
            return listener
        except OSError:
            listener.close()
    tried = f"{FIRST_PORT} to {LAST_PORT}" if port is None else str(port)
    raise OutputError(f"port = {tried}: in use or not allowed on this machine. Name another: mandate studio port=9000.")
