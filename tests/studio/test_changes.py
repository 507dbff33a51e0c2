"""The changelog as a page: what is read of it, what is new since a version, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import MandateError
from sim.studio.changes import NAME, Part, as_html, changelog, split, versions

ROOT = Path(__file__).resolve().parents[2]
TEXT = """# Changelog

Words before the first version.

## [Unreleased]

## [0.10.0] - 2026-03-01

Two words
on two lines.

### Fixed
- One, see [the page](docs/page.md), with `a < b`
  and more of it.
- Two <b>bold</b> & "quoted".

### Added
- Three.

## [0.9.0] - 2026-02-01

### Added
- Four.

## [0.2.0] - 2026-01-01

First <script>alert(1)</script>.
"""


def test_versions_parts_and_wrapped_lines_are_read() -> None:
    newest, *others = versions(TEXT)
    assert [version.name for version in others] == ["0.9.0", "0.2.0"], "an empty version is left out"
    assert (newest.name, newest.date) == ("0.10.0", "2026-03-01")
    assert newest.parts == (
        Part("", ("Two words on two lines.",), is_list=False),
        Part("Fixed", ("One, see the page, with `a < b` and more of it.", 'Two <b>bold</b> & "quoted".')),
        Part("Added", ("Three.",)),
    )


@pytest.mark.parametrize(
    ("since", "n_after"), [("", 3), ("0.0.1", 3), ("0.2.0", 2), ("0.9.0", 1), ("0.9.5", 1), ("0.10.0", 0), ("1.0.0", 0)]
)
def test_versions_are_compared_as_numbers(since: str, n_after: int) -> None:
    after, before = split(versions(TEXT), since)
    assert len(after) == n_after and len(after) + len(before) == 3


def test_what_is_not_released_is_new_to_every_version() -> None:
    found = versions(TEXT.replace("## [Unreleased]", "## [Unreleased]\n\n### Changed\n- Five."))
    after, before = split(found, "0.10.0")
    assert [version.name for version in after] == ["Unreleased"] and len(before) == 3


@pytest.mark.parametrize("since", ["1", "1.2", "1.2.x", "../0.1.0", "0.1.0 ", "<b>", "9" * 5000, "1.2.3.4", "١.٢.٣"])
def test_a_bad_version_is_answered_in_one_sentence(since: str) -> None:
    with pytest.raises(MandateError, match=r"not a version\. Write three numbers") as caught:
        as_html(TEXT, since)
    assert len(str(caught.value)) < 120 and "\n" not in str(caught.value)


def test_the_page_escapes_leads_nowhere_and_keeps_older_versions_behind() -> None:
    page = as_html(TEXT, "0.2.0")
    assert "<script" not in page and "&lt;script&gt;" in page and "Two &lt;b&gt;bold&lt;/b&gt; &amp;" in page
    assert "<code>a &lt; b</code>" in page and "<a " not in page and "docs/page.md" not in page
    new, _, old = page.partition("<details>")
    assert "What changed since 0.2.0" in new and "Three." in new and "Four." in new
    assert "<summary>Up to 0.2.0</summary>" in old and "First" in old and "First" not in new
    assert "<details>" not in as_html(TEXT), "without a version nothing is behind"


def test_a_later_version_is_not_known_here() -> None:
    new, _, old = as_html(TEXT, "99.0.0").partition("<details>")
    assert "99.0.0 is later" in new and "Three." not in new and "Three." in old


def test_the_changelog_of_this_version_is_read_whole() -> None:
    from sim import __version__

    text = changelog()
    assert text == (ROOT / NAME).read_text(encoding="utf-8")
    assert __version__ in {version.name for version in versions(text)}
    n_points = sum(line.startswith("- ") for line in text.splitlines())
    assert as_html(text).count("<li>") == n_points, "a point was lost"


def test_the_copy_of_a_package_is_read_and_its_lack_is_said(tmp_path: Path) -> None:
    package = tmp_path / "sim" / "studio"
    (package / "data").mkdir(parents=True)
    (tmp_path / NAME).write_text("of somebody else")
    with pytest.raises(MandateError, match=r"CHANGELOG\.md: not in this copy of mandate"):
        changelog(package)
    (tmp_path / "pyproject.toml").touch()
    assert changelog(package) == "of somebody else", "a checkout has its own"
    (package / "data" / NAME).write_text("copied")
    assert changelog(package) == "copied"
