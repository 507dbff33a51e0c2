"""What a sweep is read from beside typed words: a design written down as ``name: value`` lines, and lists of points or draws."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.words import Words

if TYPE_CHECKING:
    import pandas as pd

DESIGN_FILE = "design.yaml"
TABLES = ("draws", "table")
FILES = ("config_dir", "scenario", *TABLES)  # paths, in a design file relative to it
YAML = (".yaml", ".yml")
LISTED = "["  # begins a list that is typed, or stands in the design file itself


def add_file(words: Words, keys: Iterable[str]) -> str:
    """Add the words of a design file to those typed, which win; returns the name of its folder.

    ``keys``: names the verb keeps for itself; all others are overrides.
    """
    if not words.plain:
        return ""
    if len(words.plain) > 1:
        words.problems.append(f"{' '.join(words.plain)}: a sweep has one design. Name one folder or file.")
        return ""
    place = Path(words.plain[0])
    path = place / DESIGN_FILE if place.is_dir() else place
    texts, problem = read_design_file(path)
    words.problems += [problem] if problem else []
    typed = {text.partition("=")[0].strip() for text in words.overrides} | set(words.keys)
    for key, value in texts.items():
        if key in typed:
            continue
        if key in keys:
            words.keys[key] = value
        else:
            words.overrides.append(f"{key}={value}")
    return path.parent.resolve().name if path.name == DESIGN_FILE else path.stem


def read_design_file(path: Path) -> tuple[dict[str, str], str]:
    """Read ``name: value`` lines as the words they stand for; a list is alternatives, nested names get dots."""
    try:
        content = _yaml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return {}, f"{path}: cannot be read ({_reason(error)}). Give a folder with {DESIGN_FILE}, or such a file."
    if not isinstance(content, dict):
        return {}, f"{path}: must hold 'name: value' lines. See mandate sweep --help."
    texts = {name: _text(name, value) for name, value in _flat(content).items()}
    for key in FILES:
        if key in texts and not texts[key].startswith(LISTED):
            texts[key] = str(path.parent / texts[key])
    return texts, ""


def read_table(key: str, text: str, found: list[str]) -> pd.DataFrame:
    """Read values by path, a row a point or draw: a CSV file, a YAML file with a list, or such a list itself."""
    import pandas as pd

    try:
        if text.startswith(LISTED) or Path(text).suffix in YAML:
            content = _yaml(text if text.startswith(LISTED) else Path(text).read_text(encoding="utf-8"))
            table = pd.DataFrame(_rows(content))
        else:
            table = pd.read_csv(text)
    except (OSError, ValueError) as error:
        found.append(
            f"{key} = {text}: cannot be read ({_reason(error)}). Give a CSV file with a column for each path, or a YAML list "
            "of points."
        )
        return pd.DataFrame()
    if table.empty or table.isna().any().any():
        found.append(f"{key} = {text}: has empty cells or no rows. Give every value of every row.")
    return table


def _yaml(text: str) -> Any:
    """What a YAML text holds; one that cannot be read is a wrong value, as in the other formats."""
    from yaml import YAMLError, safe_load  # type: ignore[import-untyped]

    try:
        return safe_load(text)
    except YAMLError as error:
        raise ValueError(str(error)) from error


def _rows(content: Any) -> list[dict[str, Any]]:
    """Points of a list, each with dotted names."""
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise ValueError("must be a list of points, each with 'name: value' lines")
    rows = [_flat(row) for row in content]
    if any(isinstance(value, list) for row in rows for value in row.values()):
        raise ValueError("a point has one value for each name, and no lists")
    return rows


def _flat(content: dict[Any, Any], prefix: str = "") -> dict[str, Any]:
    """Nested names as dotted paths."""
    flat: dict[str, Any] = {}
    for key, value in content.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def _text(name: str, value: Any) -> str:
    """A value, or alternatives, as they would be typed."""
    if isinstance(value, list) and name not in TABLES:
        return ",".join(map(_typed, value))
    return _typed(value)


def _typed(value: Any) -> str:
    """A value as it would be typed."""
    if isinstance(value, list):
        return f"[{','.join(map(_typed, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_typed(part)}' for name, part in value.items())}}}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _reason(error: Exception) -> str:
    """Why a file cannot be read, in a line."""
    return getattr(error, "strerror", None) or " ".join(str(error).split())
