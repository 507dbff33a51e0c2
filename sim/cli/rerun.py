"""``mandate rerun``: one run of a sweep made again from its stored scenario, and compared with what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.cli.say import as_json, figure, note, table
from sim.cli.sweeping import FAILED, one_folder
from sim.cli.words import Words
from sim.errors import OutputError, ScenarioError, did_you_mean


def main(words: Words) -> int:
    """Make a run again."""
    name = words.keys.get("run", "")
    if not name:
        words.problems.append(
            "run = : is missing. Write run=RUN, a name from the column run of sim.open_sweep(FOLDER).runs."
        )
    folder = one_folder(words, "rerun")
    from sim.sweeps.again import run_again

    again = run_again(folder, name)
    if again is None:
        from sim.sweeps.opened import open_sweep

        known = open_sweep(folder).runs["run"].unique()
        raise ScenarioError(f"run = {name}: is not part of {folder}. {did_you_mean(name, known)}")
    found: dict[str, Any] = {
        "run": name,
        "status": again.status,
        "error": again.error,
        "differences": again.differences,
    }
    if words.keys.get("out") and again.run is not None:
        found["files"] = _write(words, again.run)
    if words.has("--json"):
        print(as_json(found))
    else:
        print(_text(found))
    note(again.scenario.sentence(), words.has("--quiet"))
    return FAILED if again.status != "same" else 0


def _write(words: Words, run: Any) -> list[str]:
    """Write the run's tables."""
    from sim.runs.files import write_run

    folder = Path(words.keys["out"])
    try:
        return [path.name for path in write_run(run, folder)]
    except OSError as error:
        raise OutputError(f"out = {folder}: {error.strerror or error}. Choose another out=FOLDER.") from error


def _text(found: dict[str, Any]) -> str:
    """What came of it, in words."""
    words = {
        "same": "the same numbers as kept, in every table",
        "differs": "differs from what is kept. Another version of the model, of a library or of Python may be behind it",
        "not kept": "made; nothing is kept to compare it with",
        "failed": f"failed again: {found['error']}",
    }
    lines = [f"{found['run']}: {words[found['status']]}"]
    if found["differences"]:
        rows = [(d["table"], d["column"], figure(d["kept"]), figure(d["again"])) for d in found["differences"]]
        lines.append(table(rows, ("table", "column", "kept", "again")))
    return "\n".join(lines)
