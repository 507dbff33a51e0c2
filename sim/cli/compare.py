"""``mandate compare``: options under shocks, missions and worlds on the same luck, from words to tables and a report.

Everything that can be wrong is found before the first run. Each finished run is kept at once, so that a stopped command
goes on where it was when it is given again.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.asked import Asked, read_asked
from sim.cli.folder import check_place, free_bytes
from sim.cli.headline import headline_rows, headline_text
from sim.cli.prepare import prepare_once
from sim.cli.progress import Reporter, duration
from sim.cli.say import as_json, note, table
from sim.cli.words import Words
from sim.errors import MandateError, OutputError

if TYPE_CHECKING:
    from sim.analysis.engine import Engine
    from sim.analysis.study import Plan, Study
    from sim.scenario import Scenario

FAILED = 1
REPORT, SUMMARY = "report.html", "summary.json"


class Stopped(MandateError):
    """Ctrl-C: what is finished is kept."""

    exit_code = 130


def main(words: Words) -> int:
    """Compare options."""
    asked = read_asked(words)
    if words.has("--cfg"):
        print(_settings(asked, words.has("--json")))
        return 0
    from sim.analysis.engine import Engine
    from sim.analysis.folder import check_growth

    quiet = words.has("--quiet")
    engine = Engine(asked.request, asked.folder or _default_folder(asked))
    check_place(engine.folder)
    check_growth(engine.folder, asked.request, engine.version)
    note(_echo(asked.request.plan), quiet)
    if words.has("--dry-run"):
        print(_dry_run(engine, asked.workers, words.has("--json"), quiet))
        return 0
    with _resumable(engine):
        failures = _run(engine, asked.workers, words)
        study = _study(engine.folder)
        files = write_results(study, engine.folder)
        if words.has("--json"):
            print(as_json(_content(engine, study, files, failures)))
        else:
            print(headline_text(study))
        files += write_page(study, engine.folder, quiet)
    note(_ending(engine.folder, files, failures, study.plan), quiet)
    return FAILED if failures else 0


def _settings(asked: Asked, json: bool) -> str:
    """What differs from the defaults in the baseline, then in each option, and who set it."""
    from sim.config import settings

    known: dict[str, Any] = {}
    rows = []
    alternatives = asked.alternatives
    main = alternatives.missions[0], alternatives.shocks[0], alternatives.worlds[0]
    for i, option in enumerate(alternatives.options):
        found = {s.path: s for s in settings(*alternatives.texts(*main, option.name)) if s.set_by != "default"}
        rows += [(option.name, s.path, s.set_by, s.value) for s in found.values() if known.get(s.path) != s.value]
        known = known if i else {s.path: s.value for s in found.values()}
    if json:
        return as_json([dict(zip(("option", "path", "set_by", "value"), row)) for row in rows])
    shown = [(option, path, by, _typed(value)) for option, path, by, value in rows]
    return table(shown, ("option", "path", "set by", "value"))


def _typed(value: Any) -> str:
    """A value as it would be typed."""
    if isinstance(value, list):
        return f"[{','.join(map(str, value))}]"
    return "null" if value is None else str(value)


def _default_folder(asked: Asked) -> Path:
    """A folder of the main mission, named after options, what they are compared under, and the model."""
    from sim.analysis.plan import STAGES, stage_cells
    from sim.analysis.record import SCHEMA
    from sim.runs.kept import model_version

    plan, version = asked.request.plan, model_version(SCHEMA)
    cells, _ = stage_cells(plan)[STAGES[0]]
    keys = [asked.request.key(cell, version) for cell in cells] + [world.name for world in plan.worlds]
    scenario = asked.request.scenario(cells[0])
    text = ":".join([*keys, str(scenario.seed), str(scenario.world_seed), *plan.world_options, *plan.world_shocks])
    return Path(f"results/{plan.missions[0].name}-compare-{hashlib.sha256(text.encode()).hexdigest()[:8]}")


def _echo(plan: Plan) -> str:
    """What is compared, in words."""
    others = ", ".join(option.name for option in plan.options if option.name != plan.baseline)
    where = _joined("mission", plan.missions)
    under = ", ".join([_joined("shock", plan.shocks), _joined("world", plan.worlds)])
    lines = [f"{others} against {plan.baseline}, {where}, {under}: {plan.replicates} paired runs each."]
    if plan.overrides:
        lines.append(f"common to all: {' '.join(plan.overrides)}")
    return "\n".join(lines)


def _joined(noun: str, parts: Any) -> str:
    """Names with what they are."""
    return f"{noun}{'s' if len(parts) > 1 else ''} {', '.join(part.name for part in parts)}"


def _dry_run(engine: Engine, workers: int, json: bool, quiet: bool) -> str:
    """What would be run and why, how long it takes, and what would be written."""
    stages = engine.stages()
    runs, needed = sum(s.runs for s in stages), sum(s.needed for s in stages)
    missing, failed = sum(s.missing for s in stages), sum(s.failed_before for s in stages)
    seconds, source = _seconds_a_run(engine, needed, quiet)
    workers = min(workers, max(needed, 1))
    size = engine.bytes_a_run() * needed
    is_open = any(stage.is_open for stage in stages)
    if json:
        return as_json(
            {
                "folder": str(engine.folder),
                "runs": runs,
                "needed": needed,
                "missing": missing,
                "failed_before": failed,
                "kept": runs - needed,
                "stages": {s.name: {"runs": s.runs, "needed": s.needed, "open": s.is_open} for s in stages},
                "seconds": seconds * needed / workers,
                "bytes": size,
            }
        )
    plan = engine.request.plan
    sizes = ((plan.options, "option"), (plan.missions, "mission"), (plan.shocks, "shock"))
    grid = " x ".join(f"{len(parts)} {noun}{'s' if len(parts) > 1 else ''}" for parts, noun in sizes)
    lines = [
        f"{runs:,} runs: "
        + ", ".join(f"{s.name} {s.runs:,}" for s in stages if s.runs)
        + f" (main grid {grid} x {plan.replicates})",
        f"  needed  {needed:>7,}   " + " · ".join([f"missing {missing:,}", f"failed before {failed:,}"]),
        f"  kept    {runs - needed:>7,}   same configuration and version",
    ]
    if is_open:
        lines.append(
            "  which options go to further worlds is decided after the main grid; here those of last time, or the first"
        )
    if needed:
        each = f"{seconds:.1f} s a run, {source}"
        lines.append(f"about {duration(seconds * needed / workers)} on {workers} workers ({each})")
        lines.append(f"about {size / 1e6:.1f} MB on disk, {free_bytes(engine.folder) / 1e9:,.0f} GB free")
    how = "adds; runs there are kept" if engine.folder.exists() else "new folder"
    lines += [f"writes  {engine.folder} ({how})", "order   " + ", then ".join(_order(stages, plan)), "nothing was run"]
    return "\n".join(lines)


def _order(stages: Any, plan: Plan) -> Iterator[str]:
    """What is made first."""
    for stage in stages:
        if stage.needed:
            first = f", replicate by replicate, {plan.baseline} first" if stage.name == "main grid" else ""
            yield f"{stage.name}{first}"


def _seconds_a_run(engine: Engine, needed: int, quiet: bool) -> tuple[float, str]:
    """Seconds of one run, and how that is known."""
    known = engine.seconds_a_run()
    if known is not None:
        return known, "measured on kept runs"
    if not needed:
        return 0.0, ""
    prepare_once(_first(engine), quiet)
    from sim.analysis.plan import STAGES, stage_cells
    from sim.runs.batch import seconds_a_run

    cells, _ = stage_cells(engine.request.plan)[STAGES[0]]
    seconds = [seconds_a_run(engine.request.scenario(cell)) for cell in cells if cell[1:] == cells[0][1:]]
    return sum(seconds) / len(seconds), "from a short try here"


def _first(engine: Engine) -> Scenario:
    """The first scenario that is run."""
    from sim.analysis.plan import STAGES, stage_cells

    return engine.request.scenario(stage_cells(engine.request.plan)[STAGES[0]][0][0])


def _run(engine: Engine, workers: int, words: Words) -> dict[str, str]:
    """Make what is missing, showing how far it is."""
    quiet, colour = words.has("--quiet"), not words.has("--no-color")
    stages = engine.stages()
    needed, runs = sum(s.needed for s in stages), sum(s.runs for s in stages)
    kept = f", {runs - needed:,} kept from before" if needed < runs else ""
    again = sum(s.failed_before for s in stages)
    note(f"{needed:,} of {runs:,} runs to make{kept}{f', {again:,} failed before' if again else ''}", quiet)
    if needed:
        prepare_once(_first(engine), quiet, colour)
    with Reporter(quiet, colour, "run") as report:
        return engine.carry_out(workers, report)


@contextmanager
def _resumable(engine: Engine) -> Iterator[None]:
    """Say what is kept when something ends the command early."""
    from sim.runs.batch import WorkerLost, interrupts_held_back, stop_like_interrupt

    try:
        with stop_like_interrupt():
            yield
    except KeyboardInterrupt:
        with interrupts_held_back():
            raise Stopped(f"stopped: {_kept(engine)}; run the same command again to go on") from None
    except WorkerLost as error:
        raise WorkerLost(f"{error}\n{_kept(engine)}; run the same command again to go on") from error
    except OSError as error:
        raise OutputError(
            f"out = {engine.folder}: {error.strerror or error}. {_kept(engine)}. Free space or check permissions, then run "
            "the same command again."
        ) from error


def _kept(engine: Engine) -> str:
    """How much is kept."""
    kept, runs = engine.totals()
    return f"{kept:,} of {runs:,} runs kept"


def _study(folder: Path) -> Study:
    """The study of what is kept."""
    from sim.analysis.rebuild import study_from_folder

    return study_from_folder(folder)


def write_results(study: Study, folder: Path) -> list[str]:
    """Write tables and summary; returns the names of the files."""
    from sim.analysis.folder import write_tables
    from sim.runs.whole import write_text

    files = write_tables(study, folder)
    text = as_json({"answer": answer(study), "headline": headline_rows(study)}) + "\n"
    write_text(folder / SUMMARY, text)
    return [*files, SUMMARY]


def write_page(study: Study, folder: Path, quiet: bool) -> list[str]:
    """Write the report; returns its name, or nothing where the package has no report."""
    from sim.runs.whole import write_whole

    try:
        from sim.report import write_report
    except ImportError:
        return []
    note("writing the report", quiet)
    write_whole(folder / REPORT, lambda partial: write_report(study, partial))
    return [REPORT]


def answer(study: Study) -> dict[str, str]:
    """The sentences of the answer by name; none where the package has no report."""
    try:
        from sim.report import answer_fields
    except ImportError:
        return {}
    return answer_fields(study)


def _content(engine: Engine, study: Study, files: list[str], failures: dict[str, str]) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "folder": str(engine.folder),
        "command": study.plan.command,
        "options": [option.name for option in study.plan.options],
        "baseline": study.plan.baseline,
        "runs": {name: study.provenance[f"runs_{name}"] for name in ("planned", "finished", "failed")},
        "failures": sorted(set(failures.values())),
        "headline": headline_rows(study),
        "answer": answer(study),
        "files": [*files, REPORT],
    }


def _ending(folder: Path, files: list[str], failures: dict[str, str], plan: Plan) -> str:
    """Where results are, what went wrong, and the next sensible command."""
    lines = []
    if failures:
        kinds = sorted(set(failures.values()))
        more = f" and {len(kinds) - 3} other reasons" if len(kinds) > 3 else ""
        lines.append(f"\n{len(failures)} runs failed and are left out: {'; '.join(kinds[:3])}{more}")
        lines.append("they are tried again when the same command is given again")
    where = f"{folder / REPORT}; tables beside it" if REPORT in files else f"{folder} ({len(files)} files)"
    lines.append(f"\nresults in {where}")
    lines.append(f"next: {_next(folder, plan)}")
    return "\n".join(lines)


def _next(folder: Path, plan: Plan) -> str:
    """A command that tells more: other worlds where only one was looked at, else more replicates."""
    words = shlex.split(plan.command)
    if len(plan.worlds) == 1:
        from sim.config import options

        names = [plan.worlds[0].name, *(name for name in options("world") if name != plan.worlds[0].name)]
        words = [word for word in words if not word.startswith("world=")] + [f"world={','.join(names)}"]
        words += [] if any(word.startswith("world_options=") for word in words) else ["world_options=leading:2"]
    else:
        words = [word for word in words if not word.startswith("replicates=")] + [f"replicates={2 * plan.replicates}"]
    return shlex.join([*words, f"out={folder}"])
