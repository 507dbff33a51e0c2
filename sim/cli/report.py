"""``mandate report``: the report of a comparison again, from what is kept in its folder; nothing is run."""

from __future__ import annotations

from pathlib import Path

from sim.cli.compare import write_page, write_results
from sim.cli.folder import check_place
from sim.cli.headline import headline_text
from sim.cli.say import as_json, note
from sim.cli.words import Words
from sim.errors import ScenarioError


def main(words: Words) -> int:
    """Write tables and report of a comparison's folder."""
    if len(words.plain) != 1:
        named = " ".join(words.plain) or "nothing"
        words.problems.append(
            f"mandate report = {named}: needs one folder of mandate compare. Write mandate report FOLDER."
        )
    words.stop_if_wrong()
    folder = Path(words.plain[0])
    if not folder.is_dir():
        raise ScenarioError(f"{folder}: no such folder. Give a folder written by mandate compare.")
    check_place(folder)
    from sim.analysis.rebuild import study_from_folder

    quiet = words.has("--quiet")
    study = study_from_folder(folder)
    finished, planned = study.provenance["runs_finished"], study.provenance["runs_planned"]
    if finished < planned:
        note(f"unfinished: {finished:,} of {planned:,} runs; go on with: {study.plan.command} out={folder}", quiet)
    files = [*write_results(study, folder), *write_page(study, folder, quiet)]
    if words.has("--json"):
        print(as_json({"folder": str(folder), "files": files, "finished": finished, "planned": planned}))
    else:
        print(headline_text(study))
    note(f"\nresults in {folder} ({len(files)} files)", quiet)
    return 0
