"""How the command line speaks: JSON, tables, wrapped text."""

from __future__ import annotations

import json

from sim.cli.say import as_json, paragraph, table, width


def test_a_paragraph_keeps_a_number_and_its_percent_sign_together() -> None:
    for n in range(width() - 8, width() + 2):
        lines = paragraph(f"{'x' * (n - 4)} 140 % less").splitlines()
        assert any("140 %" in line for line in lines) and all(len(line) <= width() for line in lines if " " in line.strip())


def test_json_has_no_nan_and_tables_align() -> None:
    assert json.loads(as_json({"a": float("nan"), "b": (1, 2.5), "c": {"x"}})) == {"a": None, "b": [1, 2.5], "c": ["x"]}
    assert table([("a", "10", "x"), ("bb", "5", "y")], ("n", "v", "t"), right=[1]) == "n    v  t\na   10  x\nbb   5  y"
