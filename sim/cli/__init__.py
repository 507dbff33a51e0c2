"""The command line: finds the verb, hands it its words, and turns errors into messages and exit codes.

Results go to stdout, messages to stderr. Verbs are loaded when called, so that help answers at once.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

from sim.cli.words import read_words
from sim.errors import MandateError, ScenarioError, did_you_mean

FAILED, BAD_INPUT, ENVIRONMENT, INTERRUPTED = 1, 2, 4, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; ``argv`` leaves out the program's name."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _dispatch(words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader of our output, e.g. head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt) as error:
        code, message = _answer(error)
        print(message, file=sys.stderr)
        if "--debug" in words:
            traceback.print_exc()
        return code


def _dispatch(words: list[str]) -> int:
    """Show help or call a verb."""
    from sim.cli.help import VERBS, overview, verb_help

    if not words or words[0] in ("-h", "--help", "help"):
        verbs = [word for word in words[1:] if word in VERBS]
        print(verb_help(VERBS[verbs[0]]) if verbs else overview())
        return 0
    if words[0] == "--version":
        from sim import __version__

        print(f"mandate {__version__}")
        return 0
    verb = VERBS.get(words[0])
    if verb is None:
        raise ScenarioError(f"mandate {words[0]}: unknown command. {did_you_mean(words[0], VERBS)} (mandate --help)")
    if "-h" in words or "--help" in words:
        print(verb_help(verb))
        return 0
    return int(import_module(f"sim.cli.{verb.name}").main(read_words(words[1:], verb)))


def _answer(error: BaseException) -> tuple[int, str]:
    """Exit code and message of an error."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED, "interrupted: nothing was written"
    if isinstance(error, MandateError):
        return error.exit_code, str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return ENVIRONMENT, f"{where}{error.strerror or error}. Check the disk and your permissions."
    reason = " ".join(str(error).split())
    return FAILED, (
        f"failed: {type(error).__name__}: {reason}. This should not happen: please report it with the "
        "command; --debug shows where."
    )
