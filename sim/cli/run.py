"""``mandate run``: one scenario from its words to its results folder.

Everything that can be wrong is found before the run; the scenario is said back in a sentence; results are written
together at the end.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.folder import FIGURES, check_place, staged
from sim.cli.prepare import prepare_once
from sim.cli.progress import Reporter
from sim.cli.say import as_json, figure, note, table
from sim.cli.words import Words
from sim.errors import OutputError, ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.results import Run
    from sim.scenario import Scenario

SHOWN_CHANGES = 5
SAVED_SCENARIO = "scenario.yaml"
YES_NO = {"true": True, "false": False, "yes": True, "no": False}


def main(words: Words) -> int:
    """Run one scenario."""
    scenario = _scenario(words)
    if words.has("--cfg"):
        print(_settings(words))
        return 0
    folder = Path(words.keys.get("out") or f"results/{scenario.mission.name}-{scenario.key}")
    _check_folder(folder)
    against = Path(words.keys["against"]) if "against" in words.keys else None
    before = _earlier(against, folder) if against is not None else None
    quiet = words.has("--quiet")
    note(_echo(scenario), quiet)
    if folder.exists() and any(folder.iterdir()) and not words.has("--dry-run"):
        note(f"replaces the earlier run in {folder}", quiet)
    if words.has("--dry-run"):
        print(_dry_run(scenario, folder))
        return 0
    run = _simulate(scenario, words)
    outlives = _persistence(scenario, words) if YES_NO[words.keys.get("persistence", "false")] else None
    with_figures = YES_NO[words.keys.get("figures", "true")]
    note("drawing figures" if with_figures else "", quiet or not with_figures)
    files = _write(run, folder, before, with_figures, outlives)
    earlier_summary = dict(before.summary) if before is not None else None
    if words.has("--json"):
        print(as_json(_content(run, folder, files, against, earlier_summary)))
    else:
        print(_summary(run.summary, earlier_summary))
        if outlives is not None:
            print(_persistence_table(outlives))
    note(f"\nresults in {folder} ({len(files)} files)\nnext: {_next(scenario, folder, against)}", quiet)
    return 0


def _scenario(words: Words) -> Scenario:
    """The scenario, with the problems of this command's own words among those found."""
    from sim.config import load_scenario

    for key, default in (("figures", "true"), ("persistence", "false")):
        wanted = words.keys.get(key, default)
        if wanted not in YES_NO:
            words.problems.append(f"{key} = {wanted}: must be true or false. Write {key}=true or {key}=false.")
    try:
        scenario = load_scenario(*words.overrides)
    except ScenarioError as error:
        raise ScenarioError([*words.problems, *error.problems]) from None
    words.stop_if_wrong()
    return scenario


def _check_folder(folder: Path) -> None:
    """Refuse a place that cannot be written to, or that holds something else."""
    check_place(folder)
    from sim.runs.files import check_folder

    check_folder(folder)


def _earlier(against: Path, folder: Path) -> Run:
    """The run to compare with, read from its folder."""
    if against.resolve() == folder.resolve():
        raise ScenarioError(f"against = {against}: is the folder to be written. Choose another out=FOLDER.")
    if not against.is_dir():
        raise ScenarioError(f"against = {against}: no such folder. Give the folder of an earlier mandate run.")
    from sim.runs.files import open_run

    return open_run(against)


def _echo(scenario: Scenario) -> str:
    """The scenario in a sentence, and what differs from the default."""
    from sim.config import DEFAULTS, overrides_of

    changes = [
        f"{path}={_typed(value)}" for path, value in overrides_of(scenario).items() if DEFAULTS.get(path, "") != value
    ]
    lines = [scenario.sentence()]
    if changes:
        more = f" and {len(changes) - SHOWN_CHANGES} more (--cfg)" if len(changes) > SHOWN_CHANGES else ""
        lines.append(f"not default: {' '.join(changes[:SHOWN_CHANGES])}{more}")
    return "\n".join(lines)


def _typed(value: Any) -> str:
    """A value as it would be typed; long ones shortened."""
    text = f"[{','.join(map(str, value))}]" if isinstance(value, list) else "null" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _settings(words: Words) -> str:
    """Every value that is not default, and who set it."""
    from sim.config import settings

    found = [s for s in settings(*words.overrides) if s.set_by != "default"]
    if words.has("--json"):
        return as_json({s.path: {"value": s.value, "default": s.default, "set_by": s.set_by} for s in found})
    return table([(s.path, s.set_by, _typed(s.value)) for s in found], ("path", "set by", "value"))


def _dry_run(scenario: Scenario, folder: Path) -> str:
    """What would happen."""
    from sim.clock import make_clock

    clock = make_clock(scenario.mission.start_date, scenario.mission.horizon_weeks, scenario.clock)
    what = "replaces the earlier run there" if folder.exists() and any(folder.iterdir()) else "new folder"
    size = f"{clock.n_steps} steps of {clock.step_days} days, scale {scenario.scale:g}"
    return f"1 run = {scenario.mission.name}, {size}, key {scenario.key}\nwrites {folder} ({what})\nnothing was run"


def _simulate(scenario: Scenario, words: Words) -> Run:
    """Run the model, showing how far it is."""
    from sim.runs.simulate import simulate

    quiet, colour = words.has("--quiet"), not words.has("--no-color")
    prepare_once(scenario, quiet, colour)
    with Reporter(quiet, colour) as report:
        return simulate(scenario, on_step=report)


def _persistence(scenario: Scenario, words: Words) -> pd.DataFrame:
    """What outlives the mission, by source, showing how far it is."""
    from sim.runs.simulate import persistence

    note("what outlives the mission: the run and its never-deployed twin, with each source off", words.has("--quiet"))
    with Reporter(words.has("--quiet"), not words.has("--no-color")) as report:
        return persistence(scenario, on_run=report)


def _persistence_table(outlives: pd.DataFrame) -> str:
    """Persistence by source as a table, or why there is none."""
    if outlives.empty:
        return (
            "\nno persistence to report: personnel do not fall below a tenth of their peak 104 weeks before the end "
            "(try shock=exit)"
        )
    rows = [[row.switched_off, *(figure(x) for x in row[1:])] for row in outlives.itertuples(index=False)]
    head = ["source switched off", "persistence", "exploited persons", "never-deployed twin", "excess"]
    return "\n" + table(rows, head, right=range(1, len(head)))


def _write(run: Run, folder: Path, before: Run | None, with_figures: bool, outlives: pd.DataFrame | None) -> list[str]:
    """Write everything, whole or not at all; return the names of the files."""
    from sim.config import save_scenario
    from sim.runs.files import write_run

    with staged(folder) as partial:
        try:
            write_run(run, partial)
        except OutputError as error:
            raise OutputError(str(error).replace(str(partial), str(folder)), error.exit_code) from error
        save_scenario(run.scenario, partial / SAVED_SCENARIO)
        if outlives is not None:
            outlives.to_csv(partial / "persistence.csv", index=False)
        if with_figures:
            from sim.viz import write_figures

            write_figures(run, partial / FIGURES, against=before)
        return sorted(path.relative_to(partial).as_posix() for path in partial.rglob("*") if path.is_file())


def _summary(summary: dict[str, Any], earlier: dict[str, Any] | None) -> str:
    """The summary as a table, beside an earlier run's where there is one."""
    from sim.indicators import SUMMARY

    head = ["summary", "this run", *(["earlier", "difference"] if earlier is not None else []), "unit and meaning"]
    rows = []
    for name, value in summary.items():
        unit, about = SUMMARY.get(name, ("", ""))
        compared = []
        if earlier is not None:
            compared = [figure(earlier.get(name)), _signed(_difference(value, earlier.get(name)))]
        rows.append([name, figure(value), *compared, f"{unit}: {about}" if unit else ""])
    return table(rows, head, right=range(1, len(head) - 1))


def _difference(value: Any, earlier: Any) -> float | None:
    """This run's number minus the earlier one's; none where one is missing."""
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in (value, earlier)):
        return None
    return float(value - earlier)


def _signed(number: float | None) -> str:
    """A difference with its sign."""
    return figure(number) if not number or number < 0 else f"+{figure(number)}"


def _content(
    run: Run, folder: Path, files: list[str], against: Path | None, earlier: dict[str, Any] | None
) -> dict[str, Any]:
    """What ``--json`` prints."""
    content: dict[str, Any] = {
        "folder": str(folder),
        "key": run.scenario.key,
        "seed": run.seed,
        "scenario": run.scenario.sentence(),
        "summary": run.summary,
        "files": files,
    }
    if earlier is not None:
        difference = {name: _difference(value, earlier.get(name)) for name, value in run.summary.items()}
        content |= {"against": str(against), "against_summary": earlier, "difference": difference}
    return content


def _next(scenario: Scenario, folder: Path, against: Path | None) -> str:
    """The next sensible command."""
    start = shlex.join(["mandate", "run", f"scenario={folder / SAVED_SCENARIO}"])
    if against is not None:
        return f"{start} seed={scenario.seed + 1}"
    change = "shock=none" if scenario.shock.name != "none" else "shock=surge"
    return f"{start} {change} {shlex.quote(f'against={folder}')}"
