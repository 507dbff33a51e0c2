"""What changed between versions: the changelog as a page of the studio, for links that were made with another version.

The text is ``CHANGELOG.md``: of the checkout, or the copy that is put into the package when it is built. Only the few forms
it uses are read (headings, paragraphs, points, code); targets of links are left out, because the page leads nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path

from sim import __version__
from sim.errors import MandateError
from sim.studio.sheet import as_page, inline

NAME = "CHANGELOG.md"
UNRELEASED = "Unreleased"
VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){2}")
HEADING = re.compile(r"## \[(?P<name>[^\]]+)\](?: - (?P<date>\S+))?\s*")
LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")
STYLE = """
body { font-size: 1.05rem; line-height: 1.45; } main { columns: 1; } h1 { font-size: 1.6rem; }
h2, section > h2:first-child { font-size: 1.3rem; margin: 1.5rem 0 .2rem; } h3 { font-size: 1.05rem; margin: .8rem 0 .2rem; }
time { color: #595959; font-weight: 400; } li { margin: .3rem 0; }
details { border-top: 1px solid #d6d6d6; margin-top: 1.5rem; padding-top: .5rem; } summary { cursor: pointer; min-height: 24px; }
"""


@dataclass(frozen=True)
class Part:
    """Points or paragraphs below one heading of a version; the heading may be empty."""

    heading: str
    lines: tuple[str, ...]
    is_list: bool = True


@dataclass(frozen=True)
class Version:
    """One version: its name, the day it was released (empty for what is not), and what changed in it."""

    name: str
    date: str
    parts: tuple[Part, ...]


def changelog(package: Path | None = None) -> str:
    """Return the text of the changelog.

    Parameters
    ----------
    package
        Folder of ``sim/studio``; the one in use unless given.

    Raises
    ------
    MandateError
        Where this copy of the program came without it.
    """
    folder = package or Path(str(files("sim.studio")))
    root = folder.parents[1]
    places = [folder / "data" / NAME, *([root / NAME] if (root / "pyproject.toml").is_file() else [])]
    for path in places:
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise MandateError(f"{NAME}: not in this copy of mandate {__version__}. Install it again, or read it where you got it.")


def versions(text: str) -> tuple[Version, ...]:
    """Return the versions of a changelog in its order, newest first; what stands before the first is left out."""
    found: list[Version] = []
    for block in re.split(r"^(?=## )", text, flags=re.MULTILINE):
        heading, _, body = block.partition("\n")
        if match := HEADING.fullmatch(heading):
            found.append(Version(match["name"], match["date"] or "", tuple(_parts(body))))
    return tuple(version for version in found if version.parts)


def _parts(body: str) -> list[Part]:
    """Parts of a version: what stands below each heading, paragraphs apart from points."""
    parts: list[Part] = []
    for block in re.split(r"^(?=### )", body, flags=re.MULTILINE):
        has_heading = block.startswith("### ")
        heading, _, rest = block.partition("\n") if has_heading else ("", "", block)
        title = heading.removeprefix("### ").strip()
        for group in re.split(r"\n\s*\n", rest.strip("\n")):
            lines = _joined(group)
            if lines:
                parts.append(Part(title, lines, group.lstrip().startswith("- ")))
                title = ""
    return parts


def _joined(group: str) -> tuple[str, ...]:
    """Points or one paragraph, each on a line of its own; targets of links left out."""
    flat = re.sub(r"\n(?!- )\s*", " ", group.strip())
    return tuple(LINK.sub(r"\1", line.removeprefix("- ").strip()) for line in flat.splitlines() if line.strip())


def number_of(version: str) -> tuple[int, ...] | None:
    """Return a version as numbers to compare; None where it is none."""
    return tuple(int(part) for part in version.split(".")) if VERSION.fullmatch(version) else None


def split(found: Sequence[Version], since: str) -> tuple[list[Version], list[Version]]:
    """Return the versions after a given one, and the others; without one all are new.

    Raises
    ------
    MandateError
        Where it is no version.
    """
    given = number_of(since)
    if since and given is None:
        raise MandateError(f"since = {since[:20]}: not a version. Write three numbers, e.g. since=0.2.0.")
    if given is None:
        return list(found), []
    after = [version for version in found if version.name == UNRELEASED or (number_of(version.name) or ()) > given]
    return after, [version for version in found if version not in after]


def as_html(text: str, since: str = "") -> str:
    """Return a changelog as a page: the versions after a given one, all others behind them.

    Raises
    ------
    MandateError
        Where ``since`` is no version.
    """
    after, before = split(versions(text), since)
    is_later = since and (number_of(since) or ()) > (number_of(__version__) or ())
    title = f"What changed since {since}" if since else "What changed"
    about = f"This is mandate {__version__}."
    if is_later:
        about += f" {since} is later: what changed from here to there is not known to this copy."
    elif since and not after:
        about += " Nothing changed."
    elif since:
        about += f" What was made with {since} can give other numbers here; the reasons stand below."
    body = "".join(map(_section, after if not is_later else []))
    behind = [*after, *before] if is_later else before
    if behind:
        body += f"<details><summary>Up to {escape(behind[0].name)}</summary>{''.join(map(_section, behind))}</details>"
    return as_page(title, f"<h1>{escape(title)}</h1><p>{escape(about)}</p>", body, STYLE)


def _section(version: Version) -> str:
    """One version for the browser."""
    name = "Not released yet" if version.name == UNRELEASED else version.name
    date = f" <time>{escape(version.date)}</time>" if version.date else ""
    return f"<section><h2>{escape(name)}{date}</h2>{''.join(map(_part, version.parts))}</section>"


def _part(part: Part) -> str:
    """One part of a version for the browser."""
    heading = f"<h3>{inline(part.heading)}</h3>" if part.heading else ""
    if not part.is_list:
        return heading + "".join(f"<p>{inline(line)}</p>" for line in part.lines)
    return f"{heading}<ul>{''.join(f'<li>{inline(line)}</li>' for line in part.lines)}</ul>"
