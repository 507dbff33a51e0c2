"""What the tests of the report share: pages made once, banned words, and the page taken apart."""

from __future__ import annotations

import base64
import re
from functools import cache
from html.parser import HTMLParser

from report_cases import CASES

from sim.analysis.study import Study
from sim.report.page import page_of

# Put together so that a search for them does not end here.
BANNED = re.compile(
    r"\b(?:will|prove[sd]?|shows that|significan\w*|optimal|best|saves?|guarantee\w*|victims? prevented|stocks?|supply units?)\b",
    re.IGNORECASE,
)


@cache
def a_study(name: str) -> Study:
    """One invented study, made once."""
    return CASES[name]()


@cache
def a_page(name: str) -> str:
    """Its page, made once."""
    return page_of(a_study(name))


VOID = {"meta", "br", "hr", "img", "input", "link", "line", "rect", "path", "circle"}


class Page(HTMLParser):
    """The page as a tree walk: tags, ids, headings, tables, links, text outside style, script and tables of data."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.prose: list[str] = []
        self.tables: dict[str, list[list[list[str]]]] = {}
        self.loose: list[str] = []
        self._cell: list[str] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if attributes.get("id"):
            self.ids.append(str(attributes["id"]))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.setdefault(self._home(), []).append([])
        if tag == "tr" and self._home() in self.tables:
            self.tables[self._home()][-1].append([])
        if tag in ("td", "th"):
            self._cell = []
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            self.loose.append(f"</{tag}> in {[name for name, _ in self.open][-3:]}")
            return
        if tag in ("td", "th") and self._cell is not None:
            self.tables[self._home()][-1][-1].append("".join(self._cell))
            self._cell = None
        self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        names = [name for name, _ in self.open]
        if self._cell is not None:
            self._cell.append(data)
        elif not {"style", "script", "pre", "code"} & set(names) and data.strip():
            self.prose.append(data)

    def _home(self) -> str:
        """Identifier of the nearest figure or section around."""
        homes = [a.get("id") for name, a in self.open if name in ("figure", "section") and a.get("id")]
        return str(homes[-1]) if homes else ""

    def table_in(self, anchor: str) -> list[list[str]]:
        """Rows of the first table of a figure."""
        return self.tables[anchor][0]

    def csv_of(self, anchor: str) -> str:
        """What the data link of a figure carries."""
        link = next(a for tag, a in self.tags if tag == "a" and a.get("download") == f"mandate-{anchor}.csv")
        return base64.b64decode(str(link["href"]).partition("base64,")[2]).decode("utf-8")
