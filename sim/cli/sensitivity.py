"""``mandate sensitivity``: what an outcome depends on, by screening many inputs and taking the strongest further.

Everything that can be wrong is found before the first run. Both sweeps are kept in the study's folder, so that a stopped
command goes on where it was when it is given again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.asked_sensitivity import Asked, read_asked
from sim.cli.folder import check_place, free_bytes
from sim.cli.progress import duration
from sim.cli.say import as_json, note, table
from sim.cli.sweeping import FAILED, carry_out
from sim.cli.words import Words
from sim.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.factors import Factor
    from sim.analysis.inquiry import Inquiry
    from sim.sweeps.engine import SweepEngine

SCREENING, VARIANCE = "screening", "variance"
MUCH = 0.2  # share of luck that clouds indices
SHOWN = 8  # factors of each outcome on the screen
INDICES, FACTORS, LUCK, SUMMARY, FIGURES = "indices.csv", "factors.csv", "luck.csv", "summary.json", "figures"


def main(words: Words) -> int:
    """Run a sensitivity study."""
    quiet = words.has("--quiet")
    asked = read_asked(words)
    check_place(asked.folder)
    check_own(asked.folder, (FACTORS, SCREENING, VARIANCE), "mandate sensitivity")
    note(_echo(asked), quiet)
    if words.has("--dry-run"):
        print(_dry_run(asked, words.has("--json")))
        return 0
    from sim.analysis.factors import factor_table
    from sim.runs.whole import write_text

    _engine(
        asked, SCREENING if asked.inquiry.is_screened else VARIANCE, asked.inquiry.factors
    )  # refused before writing
    asked.folder.mkdir(parents=True, exist_ok=True)
    write_table(factor_table(asked.inquiry.factors, asked.width), asked.folder / FACTORS)
    tables, luck, failures = _stages(asked, words)
    write_table(tables, asked.folder / INDICES)
    write_table(luck, asked.folder / LUCK)
    note("drawing", quiet)
    findings = _draw(asked, tables)
    content = {"command": asked.inquiry.command, "findings": findings, "failed_runs": len(failures)}
    write_text(asked.folder / SUMMARY, as_json(content) + "\n")
    if words.has("--json"):
        print(as_json(content | {"folder": str(asked.folder), "indices": tables.to_dict("records")}))
    else:
        print(_said(asked, tables, luck, findings))
    note(_ending(asked, failures), quiet)
    return FAILED if failures else 0


def check_own(folder: Path, marks: Sequence[str], program: str) -> None:
    """Refuse a folder with files of which none is a mark of the program's own.

    Raises
    ------
    OutputError
        With exit code 2.
    """
    if folder.is_dir() and any(folder.iterdir()) and not any((folder / mark).exists() for mark in marks):
        raise OutputError(f"out = {folder}: holds files that are not of {program}. Choose another out=FOLDER.", 2)


def write_table(content: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, whole or not at all."""
    from sim.runs.whole import write_text

    write_text(path, content.to_csv(index=False, float_format="%.10g", lineterminator="\n"))


def _echo(asked: Asked) -> str:
    """What is asked, and between which ends, with the status of every range."""
    inquiry = asked.inquiry
    scenario = next(iter(inquiry.cells.values()))
    of = f"{inquiry.option} - {inquiry.than}" if inquiry.than else inquiry.option
    rows = [
        (f.name, f"{f.value:g}", f"{f.low:g} to {f.high:g}", f.unit, f.status, "asked for" if f.asked else "declared")
        for f in inquiry.factors
    ]
    head = ("factor", "value", "range", "unit", "status", "ends")
    return f"{', '.join(inquiry.outcomes)} of {of}. {scenario.sentence()}\n{table(rows, head)}"


def _dry_run(asked: Asked, json: bool) -> str:
    """How many runs, how long, where to."""
    from sim.runs.batch import seconds_a_run

    inquiry = asked.inquiry
    kept, chosen = _known_so_far(asked)
    sizes = {stage: inquiry.size(stage) for stage in (SCREENING, VARIANCE)}
    needed = sum(sizes.values()) - sum(kept.values())
    seconds = seconds_a_run(next(iter(inquiry.cells.values()))) * needed / asked.workers.n if needed else 0.0
    if json:
        return as_json({"folder": str(asked.folder), "runs": sizes, "kept": kept, "needed": needed, "seconds": seconds})
    lines = [f"{sum(sizes.values()):,} runs: screening {sizes[SCREENING]:,}, then variance {sizes[VARIANCE]:,}"]
    lines.append(f"  needed  {needed:>7,}   kept {sum(kept.values()):,}")
    if sizes[SCREENING] and sizes[VARIANCE] and not chosen:
        lines.append(f"  which {inquiry.keep} of {len(inquiry.factors)} factors go on is known after the screening")
    free = free_bytes(asked.folder) / 1e9
    lines.append(f"about {duration(seconds)} on {asked.workers.n} workers, from a short try here; {free:,.0f} GB free")
    lines.append(f"writes  {asked.folder}")
    lines.append("nothing was run")
    return "\n".join(lines)


def _known_so_far(asked: Asked) -> tuple[dict[str, int], bool]:
    """Kept runs of each stage, and whether the screening is complete."""
    inquiry = asked.inquiry
    kept = {SCREENING: 0, VARIANCE: 0}
    factors: Sequence[Factor] = inquiry.factors
    if inquiry.is_screened:
        engine = _engine(asked, SCREENING, factors)
        state = engine.state()
        kept[SCREENING] = state.kept
        if state.needed:
            return kept, False
        factors = _after_screening(asked, engine)[0]
    if inquiry.points:
        kept[VARIANCE] = _engine(asked, VARIANCE, factors).state().kept
    return kept, True


def _engine(asked: Asked, stage: str, factors: Sequence[Factor]) -> SweepEngine:
    """The sweep of a stage, refused where its folder holds another one."""
    from sim.sweeps.engine import SweepEngine

    engine = SweepEngine(asked.inquiry.plan(stage, factors), asked.folder / stage)
    engine.check()
    return engine


def _after_screening(asked: Asked, engine: SweepEngine) -> tuple[list[Factor], pd.DataFrame, pd.DataFrame]:
    """Factors that go on, indices and luck of the screening."""
    from sim.analysis.inquiry import chosen_factors, stage_tables
    from sim.sweeps.opened import open_sweep

    sweep = open_sweep(engine.folder)
    indices, luck = stage_tables(asked.inquiry, SCREENING, asked.inquiry.factors, sweep.runs, sweep.design)
    return chosen_factors(asked.inquiry, indices), indices, luck


def _stages(asked: Asked, words: Words) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """Make both sweeps; returns indices, luck and the errors of runs that failed."""
    import pandas as pd

    from sim.analysis.inquiry import stage_tables
    from sim.sweeps.opened import open_sweep

    factors: Sequence[Factor] = asked.inquiry.factors
    tables: list[pd.DataFrame] = []
    lucks: list[pd.DataFrame] = []
    failures: dict[str, str] = {}
    if asked.inquiry.is_screened:
        engine = _engine(asked, SCREENING, factors)
        note("screening", words.has("--quiet"))
        failures |= carry_out(engine, asked.workers, words)
        factors, indices, luck = _after_screening(asked, engine)
        tables, lucks = [indices], [luck]
    if asked.inquiry.points:
        note(f"going on with {', '.join(factor.name for factor in factors)}", words.has("--quiet"))
        engine = _engine(asked, VARIANCE, factors)
        failures |= carry_out(engine, asked.workers, words)
        sweep = open_sweep(engine.folder)
        indices, luck = stage_tables(asked.inquiry, VARIANCE, factors, sweep.runs, sweep.design)
        tables, lucks = [*tables, indices], [*lucks, luck]
    return pd.concat(tables, ignore_index=True), pd.concat(lucks, ignore_index=True), failures


def _draw(asked: Asked, tables: pd.DataFrame) -> list[str]:
    """Draw every method, outcome, mission, shock and world; returns what is found, in words."""
    from sim.analysis.inquiry import label_of
    from sim.analysis.robust import CONDITIONS
    from sim.viz import write_drawings
    from sim.viz.sensitivity import dots, finding

    several = [name for name in CONDITIONS if tables[name].nunique() > 1]
    drawings, findings = {}, []
    for keys, part in tables.groupby(["method", "outcome", *CONDITIONS], sort=False):
        method, outcome, *conditions = map(str, keys)
        told = dict(zip(CONDITIONS, conditions))
        name = "-".join([method, outcome, *(told[condition] for condition in several)])
        subject = _subject(asked.inquiry, label_of(outcome)[0])
        drawings[name] = dots(part, method, subject, _context(asked.inquiry, told, part))
        where = f" ({', '.join(told[condition] for condition in several)})" if several else ""
        findings.append(f"{method}{where}: {finding(part, method, subject)}")
    write_drawings(drawings, asked.folder / FIGURES)
    return findings


def _subject(inquiry: Inquiry, label: str) -> str:
    """The outcome in words; of a difference, whose."""
    return f"the effect of {inquiry.option} against {inquiry.than} on {label}" if inquiry.than else label


def _context(inquiry: Inquiry, told: dict[str, str], part: Any) -> str:
    """Mission, option, blocks and replicates."""
    n = int(part["n"].max())
    first = next(iter(inquiry.cells.values()))
    where = f"{told['mission']}, shock {told['shock']}, world {told['world']}, option {inquiry.option}"
    size = f"{first.mission.horizon_weeks} weeks, scale {first.scale:g}"
    return (
        f"{where}, {size}; {n} trajectories, blocks or points, {inquiry.replicates} replicates each on the same luck."
    )


def _said(asked: Asked, tables: pd.DataFrame, luck: pd.DataFrame, findings: list[str]) -> str:
    """What was found, for people."""
    lines = [f"{finding}." for finding in findings]
    for row in luck.itertuples():
        if row.luck_share == row.luck_share:
            told = f"{row.stage}, {row.outcome}: luck is {row.luck_share:.0%} of the variance between points"
            lines.append(
                told + ("; more replicates or a larger scale would tell more" if row.luck_share > MUCH else "")
            )
    first = tables[tables["index"].isin(["ST", "mu_star"])]
    last = first[first["method"] == first["method"].iloc[-1]]
    last = last.sort_values(["outcome", "value"], ascending=[True, False]).groupby("outcome", sort=False).head(SHOWN)
    rows = [
        (
            r.factor.removeprefix("parameters."),
            r.outcome,
            r.index_,
            f"{r.value:.3g}",
            f"{r.low90:.3g} to {r.high90:.3g}",
            str(r.n),
        )
        for r in last.rename(columns={"index": "index_"}).itertuples()
    ]
    return "\n".join([*lines, "", table(rows, ("factor", "outcome", "index", "value", "90 %", "n"))])


def _ending(asked: Asked, failures: dict[str, str]) -> str:
    """Where results are, and what failed."""
    lines = []
    if failures:
        lines.append(f"{len(failures)} runs failed, and their blocks are left out: {next(iter(failures.values()))}")
    lines.append(f"results in {asked.folder}: {INDICES}, {LUCK}, {FACTORS}, {FIGURES}/")
    inquiry = asked.inquiry
    if inquiry.than and inquiry.points:
        lines.append(
            f"where does it turn? mandate discover {asked.folder / VARIANCE} option={inquiry.option} than={inquiry.than}"
        )
    return "\n".join(lines)
