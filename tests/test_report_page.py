"""The page of the report: sound, whole by itself, heard, printed, and the same for the same study."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from report_cases import CASES
from report_page import BANNED, Page, a_page, a_study

from sim.analysis.study import OUTCOMES
from sim.report import answer_fields, write_report
from sim.report.findings import Findings
from sim.report.headline import headline_frame
from sim.report.page import POLICY, page_of
from sim.report.tables import of_frame

SECTIONS = ["banner", "answer", "headline", "compared", "effects", "shocks", "price", "when", "why", "counted", "where",
            "reversal", "sure", "inputs", "reproduce", "limits", "glossary"]  # fmt: skip
MOST_BYTES = 2_000_000


@pytest.mark.parametrize("name", CASES)
def test_the_page_is_sound(name: str) -> None:
    text = a_page(name)
    page = Page(text)
    assert not page.loose and not page.open
    assert page.headings.count(1) == 1
    assert page.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:]))
    assert len(page.ids) == len(set(page.ids))
    assert [anchor for anchor in page.ids if anchor in SECTIONS] == SECTIONS
    targets = [str(a["href"])[1:] for tag, a in page.tags if tag == "a" and str(a.get("href", "")).startswith("#")]
    assert set(targets) <= set(page.ids)
    assert text.startswith('<!doctype html>\n<html lang="en">')


@pytest.mark.parametrize("name", CASES)
def test_the_page_asks_for_nothing(name: str) -> None:
    text = a_page(name)
    page = Page(text)
    policies = [a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == [POLICY]
    assert POLICY == "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    loads = [
        (tag, a) for tag, a in page.tags if tag in ("link", "img", "iframe", "object", "embed", "base") or "src" in a
    ]
    assert not loads
    addresses = set(re.findall(r"https?://[^\s\"'<)]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!#)", text)
    assert len(text.encode("utf-8")) < MOST_BYTES


@pytest.mark.parametrize("name", CASES)
def test_tables_and_figures_can_be_heard(name: str) -> None:
    text = a_page(name)
    page = Page(text)
    heads = [a for tag, a in page.tags if tag == "th"]
    assert heads and all(a.get("scope") in ("col", "row") for a in heads)
    assert text.count("<table") == text.count("<caption")
    pictures = re.findall(r'<svg [^>]*role="img"[^>]*aria-labelledby="([\w-]+) ([\w-]+)"[^>]*><title id="([\w-]+)">[^<]+</title>'
                          r'<desc id="([\w-]+)">[^<]+</desc>', text)  # fmt: skip
    assert len(pictures) == text.count('role="img"') == 2 * text.count("<figure ")
    assert all((a, b) == (c, d) for a, b, c, d in pictures)
    assert '<a class="skip" href="#answer">' in text


@pytest.mark.parametrize("name", CASES)
def test_banned_words_never_occur(name: str) -> None:
    said = " ".join(Page(a_page(name)).prose)
    found = [said[max(0, m.start() - 40) : m.end() + 40] for m in BANNED.finditer(said)]
    assert not found


@pytest.mark.parametrize("name", CASES)
def test_no_word_of_chance_stands_without_its_bracket(name: str) -> None:
    findings = Findings(a_study(name))
    for text in answer_fields(a_study(name)).values():
        for match in re.finditer(r"\b(?:very likely|likely|virtually certain|more likely than not)\b(?! than)", text):
            assert text[match.end() :].startswith((" (", " than not")), text
    assert findings.plan.baseline == "status_quo"


def test_the_strip_says_what_intervals_leave_out() -> None:
    assert "Single parameter point: intervals show luck only." in a_page("normal")


def test_true_and_counted_are_told_apart_in_words() -> None:
    for name in CASES:
        assert "raises observed counts and not harm" in a_page(name)
    assert "here more reports mean better counting, not more harm" in a_page("normal")


def test_empty_states_name_the_command_that_fills_them() -> None:
    page = a_page("empty_decomposition")
    assert page.count("Not examined.") >= 6
    for part in ("world=central,deterrence_weak", "shock=none,surge", "mechanism_replicates=5"):
        assert part in page
    assert "nan" not in " ".join(Page(page).prose).lower().split()


def test_an_unfinished_study_says_so() -> None:
    whole = a_study("one_shock")
    part = replace(whole, provenance={**whole.provenance, "runs_planned": 400})
    assert "Unfinished: 80 of 400 planned runs" in page_of(part)


def test_equal_studies_give_equal_bytes(tmp_path: Path) -> None:
    write_report(CASES["two_replicates"](), tmp_path / "a.html")
    write_report(CASES["two_replicates"](), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_names_cannot_break_the_page() -> None:
    whole = a_study("no_op")
    options = tuple(replace(o, about="<script>alert(1)</script> & more") for o in whole.plan.options)
    text = page_of(replace(whole, plan=replace(whole.plan, options=options, command="x '<b>' \"&\"")))
    assert "<script>alert" not in text
    assert not Page(text).loose


def test_the_headline_csv_has_every_number() -> None:
    frame = headline_frame(Findings(a_study("normal")))
    assert {"low90", "high90", "lower", "same", "higher", "pairs", "word"} <= set(frame.columns)
    assert set(frame["outcome"]) <= set(OUTCOMES)
    assert len(frame) == 7 * frame["outcome"].nunique()


def test_of_frame_escapes_and_aligns() -> None:
    html = of_frame(pd.DataFrame({"a": ["<x>"], "b": [-1.5]}), "A & B")
    assert "&lt;x&gt;" in html and '<td class="n">−1.5</td>' in html and "A &amp; B" in html


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-pdf-header-footer")  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> str:
    """A Chromium by environment variable or on the path; without one these tests are left out."""
    found = os.environ.get("MANDATE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip("no Chromium here")
    return found


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A page on disk."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(a_page("one_shock"), encoding="utf-8")
    yield path


def start(browser: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a browser to its end in a fresh profile."""
    command = [browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_a_browser_opens_it_without_error_or_request(browser: str, saved: Path, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    done = start(browser, tmp_path, "--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom", saved.as_uri())
    assert done.returncode == 0
    assert "Show: <label>" in done.stdout  # the script ran
    assert "CONSOLE" not in done.stderr
    assert not requests(log)


@pytest.mark.slow
def test_a_page_that_asks_would_be_seen(browser: str, saved: Path, tmp_path: Path) -> None:
    log, asking = tmp_path / "net.json", tmp_path / "asking.html"
    load = '<img src="http://127.0.0.1:9/a.png" alt="">'
    asking.write_text(saved.read_text(encoding="utf-8").replace("<main>", f"<main>{load}"), encoding="utf-8")
    done = start(browser, tmp_path, "--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom", asking.as_uri())
    assert "CONSOLE" in done.stderr  # refused by the page's own policy
    assert not requests(log)
    asking.write_text(
        asking.read_text(encoding="utf-8").replace(POLICY, "default-src * 'unsafe-inline'"), encoding="utf-8"
    )
    start(browser, tmp_path, f"--log-net-log={log}", "--dump-dom", asking.as_uri())
    assert requests(log) == ["http://127.0.0.1:9/a.png"]


def requests(log: Path) -> list[str]:
    """Addresses a browser asked for, less what it looks up by itself at start."""
    asked = re.findall(r'"url":"(https?://[^"]+)"', log.read_text(encoding="utf-8", errors="replace"))
    return list(dict.fromkeys(url for url in asked if not re.match(r"https?://[\w.-]*(?:google|gvt1|gstatic)", url)))


@pytest.mark.slow
def test_on_paper_nothing_is_missing(browser: str, saved: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "report.pdf"
    done = start(browser, tmp_path, f"--print-to-pdf={pdf}", saved.as_uri())
    assert done.returncode == 0 and pdf.read_bytes().startswith(b"%PDF")
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext here")
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    flat = re.sub(r"\s+", " ", text)
    for heading in re.findall(r"<h[12] [^>]*>([^<]+?)(?: <a|</h)", a_page("one_shock")):
        assert heading.replace("\u00a0", " ")[:40] in flat.replace("\u00a0", " "), heading
    first = text.split("\f")[0]
    assert "Would" in first or "Which of these" in first
    assert "Waiving" in first and "Not separable" in re.sub(r"\s+", " ", first)
    assert "lower 90 % end" in flat.replace("\u00a0", " ") or "lower 90" in flat  # a table inside a collapsed block
