"""The words after a verb, sorted: plain words, ``key=value`` the verb keeps for itself, overrides, and flags.

Flags may stand anywhere. What a verb does not know is answered with near names; problems are kept, not raised, so
that they can be shown together with those of the scenario.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    from sim.cli.help import Verb

SHORT = {"-q": "--quiet"}
NOT_RESULTS = ("address", "engine", "out", "workers")  # words that change no number
COMMON_FLAGS = ("--debug", "--help", "--no-color", "--quiet")


@dataclass
class Words:
    """What was typed after a verb."""

    plain: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    overrides: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def has(self, flag: str) -> bool:
        """Say whether a flag such as ``--json`` was given."""
        return flag in self.flags

    def stop_if_wrong(self) -> None:
        """Raise the problems found so far."""
        if self.problems:
            raise ScenarioError(self.problems)


def read_words(words: list[str], verb: Verb) -> Words:
    """Sort the words typed after a verb."""
    read = Words()
    for word in words:
        key, equals, value = word.partition("=")
        if word.startswith("-") and word != "-":
            _take_flag(read, SHORT.get(word, word), verb)
        elif equals and key in verb.keys:
            if key in read.keys:
                read.problems.append(f"{key} = {value}: given twice, before as {read.keys[key]}. Keep one of them.")
            elif not value:
                read.problems.append(f"{key} = : the value is missing. Write {key}=VALUE.")
            read.keys[key] = value
        elif verb.takes_overrides and (equals or not verb.takes_words):
            read.overrides.append(word)
        elif verb.takes_words and not equals:
            read.plain.append(word)
        else:
            known = [*verb.keys, *([] if equals else verb.flags)]
            fix = did_you_mean(key, known) if known else "It takes none."
            read.problems.append(f"{word}: not used by mandate {verb.name}. {fix}")
    return read


def _take_flag(read: Words, flag: str, verb: Verb) -> None:
    """Keep a flag the verb knows."""
    known = (*verb.flags, *COMMON_FLAGS)
    if flag in known:
        read.flags.add(flag)
    else:
        read.problems.append(f"{flag}: unknown option of mandate {verb.name}. {did_you_mean(flag, known)}")


def command(verb: str, words: Words) -> str:
    """The command that makes the same numbers again."""
    keys = [f"{key}={value}" for key, value in words.keys.items() if key not in NOT_RESULTS]
    return shlex.join(["mandate", verb, *words.plain, *words.overrides, *keys])
