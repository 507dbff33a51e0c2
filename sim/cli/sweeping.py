"""What all commands share that carry out a sweep: saying what is to be done, doing it with progress, and stopping well."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.folder import free_bytes
from sim.cli.prepare import prepare_once
from sim.cli.progress import Reporter, amount, duration
from sim.cli.say import as_json, note
from sim.cli.words import Words
from sim.errors import MandateError, OutputError

if TYPE_CHECKING:
    from sim.cli.swept import Workers
    from sim.sweeps.engine import State, SweepEngine
    from sim.sweeps.plan import SweepPlan

FAILED = 1
SHOWN = 3  # reasons of failure that are told


class Stopped(MandateError):
    """Ctrl-C: what is finished is kept."""

    exit_code = 130


def carry_out(engine: SweepEngine, workers: Workers, words: Words) -> dict[str, str]:
    """Make what is missing, showing how far it is; returns the errors of runs that failed."""
    quiet, colour = words.has("--quiet"), not words.has("--no-color")
    state = engine.state()
    kept = f", {state.kept:,} kept from before" if state.kept else ""
    again = f", {state.failed_before:,} failed before" if state.failed_before else ""
    note(f"{state.needed:,} of {state.runs:,} runs to make{kept}{again}", quiet)
    for part in engine.store.damaged_parts():
        note(f"{part} is damaged: it is set aside in {engine.folder / 'damaged'}, its runs are made again", quiet)
    if state.needed and not workers.address:
        prepare_once(next(iter(engine.plan.cells.values())), quiet, colour)
    with resumable(engine), Reporter(quiet, colour, "run") as report:
        return engine.carry_out(workers.n, workers.engine, workers.address, report)


@contextmanager
def resumable(engine: SweepEngine) -> Iterator[None]:
    """Say what is kept, and how to go on, when something ends the command early."""
    from sim.runs.batch import WorkerLost, interrupts_held_back, stop_like_interrupt

    try:
        with stop_like_interrupt():
            yield
    except KeyboardInterrupt:
        with interrupts_held_back():
            raise Stopped(f"stopped: {_kept(engine)}") from None
    except WorkerLost as error:
        raise WorkerLost(f"{error}\n{_kept(engine)}") from error
    except OSError as error:
        raise OutputError(
            f"out = {engine.folder}: {_reason(error)}. Free space, or check permissions; what was written is whole.\n"
            f"{_kept(engine)}"
        ) from error


def _reason(error: OSError) -> str:
    """What the system says, in its own words where it has a number for it."""
    return error.strerror or (os.strerror(error.errno) if error.errno else " ".join(str(error).split()))


def _kept(engine: SweepEngine) -> str:
    """How much is kept, and how to go on with it."""
    state = engine.state()
    how = (
        f"resume with: mandate resume {shlex.quote(str(engine.folder))}" if engine.is_begun() else "nothing was written"
    )
    return f"{state.kept:,} of {state.runs:,} runs kept\n{how}"


def dry_run(engine: SweepEngine, workers: Workers, words: Words) -> str:
    """What would be run and why, how long it takes, and what would be written."""
    state = engine.state()
    quiet = words.has("--quiet")
    seconds, source = _seconds_a_run(engine, state, quiet)
    n = min(workers.n, max(state.needed, 1))
    size = engine.bytes_a_run() * state.needed if state.needed else 0.0
    free = free_bytes(engine.folder)
    damaged = engine.store.damaged_parts()
    if words.has("--json"):
        return as_json(
            {**content(engine, state), "seconds": seconds * state.needed / n, "bytes": size, "damaged": damaged}
        )
    lines = [f"{state.runs:,} runs = {_product(engine.plan, state.runs)}", *_counts(state)]
    lines += [f"  {part} is damaged: it is set aside, its runs are made again" for part in damaged]
    if state.needed:
        where = _plural(n, "worker") if not workers.address else f"{_plural(n, 'worker')} here; a cluster has its own"
        lines.append(
            f"about {duration(max(seconds * state.needed / n, 1.0))} on {where} ({seconds:.2g} s a run, {source}) · "
            f"{amount(size)} on disk, {amount(free)} free{'' if size < free else ', which is not enough'}"
        )
    lines.append(
        f"writes   {engine.folder} ({'adds; nothing is overwritten' if engine.folder.exists() else 'new folder'})"
    )
    if state.needed:
        from sim.sweeps.store import PART_RUNS, PART_SECONDS

        first = min(seconds * min(PART_RUNS, state.needed) / n, PART_SECONDS + seconds)
        lines.append(
            "order    replicate by replicate, point by point, the options of a point together; "
            f"first results after about {duration(max(first, 1.0))}"
        )
    return "\n".join([*lines, "nothing was run"])


def _counts(state: State) -> list[str]:
    """Runs by what is to be done with them."""
    lines = [
        f"  needed  {state.needed:>7,}   missing {state.missing:,} · failed before {state.failed_before:,}",
        f"  kept    {state.kept:>7,}   same configuration and version",
    ]
    given_up = f"  failed  {state.given_up:>7,}   three times each; see why with mandate rerun, try again with --again"
    return [*lines, given_up] if state.given_up else lines


def content(engine: SweepEngine, state: State) -> dict[str, Any]:
    """How far a sweep is, for ``--json``."""
    counts = ("runs", "needed", "missing", "failed_before", "kept", "given_up")
    return {"folder": str(engine.folder), **{name: getattr(state, name) for name in counts}}


def _product(plan: SweepPlan, runs: int) -> str:
    """How the number of runs comes about: levels by name, then points, draws, options and so on."""
    from sim.sweeps.design import DRAW, SAMPLE
    from sim.sweeps.plan import Cell

    names = [f"{n:,} values of {_short(path)}" for path, n in plan.levels().items() if n > 1]
    counts = {"point": plan.design[SAMPLE].nunique(), "draw": plan.design[DRAW].nunique()}
    counts |= {name: len({getattr(cell, name) for cell in plan.cells}) for name in Cell._fields}
    counts["replicate"] = plan.replicates
    parts = names + [_plural(n, name) for name, n in counts.items() if n > 1]
    whole = len(plan.design) * len(plan.cells) * plan.replicates
    shared = f", {whole - runs:,} of them shared" if runs < whole else ""
    first = next(iter(plan.cells.values()))
    size = "full scale" if first.scale == 1.0 else f"scale {first.scale:g}"
    where = ", ".join(dict.fromkeys(cell.mission for cell in plan.cells))
    return f"{' x '.join(parts) or '1 point'}{shared}; {where}, {first.mission.horizon_weeks} weeks, {size}"


def _short(path: str) -> str:
    """A path without the word that many begin with."""
    return path.removeprefix("parameters.").removeprefix("policy.")


def _plural(n: int, name: str) -> str:
    """A count with its noun."""
    return f"{n:,} {name}{'s' if n != 1 else ''}"


def _seconds_a_run(engine: SweepEngine, state: State, quiet: bool) -> tuple[float, str]:
    """Seconds of one run, and how that is known."""
    known = engine.seconds_a_run()
    if known is not None:
        return known, f"measured on {state.kept:,} of yours"
    if not state.needed:
        return 0.0, ""
    from sim.runs.batch import seconds_a_run

    prepare_once(next(iter(engine.plan.cells.values())), quiet)
    cells, last = list(engine.plan.cells), len(engine.plan.design) - 1
    some = dict.fromkeys([(cells[0], 0), (cells[-1], last)])
    seconds = [seconds_a_run(engine.plan.scenario(cell, point)) for cell, point in some]
    return sum(seconds) / len(seconds), f"measured on {len(some)} of yours"


def ending(engine: SweepEngine, failures: dict[str, str]) -> str:
    """Where results are, what went wrong, and the next sensible command."""
    lines = []
    if failures:
        kinds = sorted(set(failures.values()))
        more = f" and {len(kinds) - SHOWN} other reasons" if len(kinds) > SHOWN else ""
        lines.append(f"\n{len(failures)} runs failed three times and are left out: {'; '.join(kinds[:SHOWN])}{more}")
        lines.append(f"see why: mandate rerun {engine.folder} run={next(iter(failures))} --debug")
        lines.append(f"try them again: mandate resume {engine.folder} --again")
    lines.append(f"\nresults in {engine.folder}; read them with sim.open_sweep({str(engine.folder)!r})")
    return "\n".join(lines)


def one_folder(words: Words, verb: str) -> Path:
    """The one folder that was named."""
    if len(words.plain) != 1:
        words.problems.append(f"mandate {verb}: needs one folder. Give one written by mandate sweep.")
    words.stop_if_wrong()
    return Path(words.plain[0])
