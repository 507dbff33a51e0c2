"""Processes kept from an earlier batch work where the command works now."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.runs.batch import in_processes


def name_here(_: int) -> str:
    """The folder a process works in."""
    return str(Path.cwd())


def test_processes_follow_the_command_into_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenarios may name tables relative to the folder a command is given in."""
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        assert set(in_processes(name_here, [(i,) for i in range(4)], workers=2)) == {str(folder.resolve())}
