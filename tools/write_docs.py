"""Writes the generated pages of docs/ from the code: parameters, schedule, indicators, the process table of the ODD, lessons.

``make docs`` also runs Kosovo once and draws the figure of the README, and executes the lessons of notebooks/. A test writes
the pages again and compares, so that a page never differs from the code; ``--text`` leaves everything out that needs a run.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere

from sim.events import EVENT_COLUMNS, EVENTS  # noqa: E402
from sim.indicators import INDICATORS, RATIO_WINDOW_WEEKS, SUMMARY  # noqa: E402
from sim.knobs import KNOBS, Combine  # noqa: E402
from sim.parameters import ParameterInfo, Parameters, walk  # noqa: E402
from sim.rng import Decision  # noqa: E402
from sim.scenario import Scenario  # noqa: E402
from sim.schedule import SCHEDULE  # noqa: E402
from sim.studio.lesson import lessons  # noqa: E402
from sim.studio.sheet import as_markdown, sheet_name  # noqa: E402
from sim.world.person_states import STATES  # noqa: E402
from tools import notebook_pages  # noqa: E402

DOCS = ROOT / "docs"
WRITTEN = "Written by `make docs` from the code; do not edit by hand."
BEGIN, END = "<!-- process table: begin -->", "<!-- process table: end -->"
SPEED = ("<!-- speed: begin -->", "<!-- speed: end -->")
FIGURE = "market_and_mission"
FIGURE_DPI, FIGURE_COLOURS = 110, 64
GROUP_TITLES = {"mission": "Mission", "shock": "Shock", "policy": "Policy", "package": "Package", "world": "World",
                "clock": "Clock", "": "Run"}  # fmt: skip
COMBINE_WORDS = {
    Combine.PRODUCT: "factors multiply",
    Combine.SUM: "additions add up",
    Combine.PROBABILITY: "probabilities join as 1 - product of (1 - p)",
    Combine.ODDS: "log-odds add up",
    Combine.MINIMUM: "the smallest ceiling holds",
}


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """A Markdown table."""
    head = [f"| {' | '.join(columns)} |", f"| {' | '.join(['---'] * len(columns))} |"]
    return [*head, *(f"| {' | '.join(_cell(value) for value in row)} |" for row in rows)]


def _cell(value: Any) -> str:
    """A value that breaks no table."""
    return str(value).replace("|", "\\|").replace("\n", " ") or "-"


def _figure(value: Any) -> str:
    """A parameter's value as one would write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:,.10g}" if abs(value) >= 1e-3 or value == 0.0 else f"{value:g}"
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _range(entry: ParameterInfo) -> str:
    """The range of a parameter in words."""
    return "-" if entry.low is None else f"{_figure(entry.low)} to {_figure(entry.high)}"


def _codes(names: Iterable[str]) -> str:
    """Names in code type."""
    return ", ".join(f"`{name}`" for name in names)


def _parameter_rows(entries: Iterable[ParameterInfo]) -> list[str]:
    """One table of parameters."""
    columns = ("path", "value", "unit", "range", "status", "source", "meaning")
    rows = ((f"`{e.path}`", _figure(e.value), e.unit, _range(e), e.status, e.source, e.about) for e in entries)
    return table(columns, rows)


def parameters_page() -> str:
    """Every parameter and every field of a scenario."""
    entries = list(walk(Parameters(), "parameters."))
    counts = {status: sum(e.status == status for e in entries) for status in dict.fromkeys(e.status for e in entries)}
    lines = [
        "# Parameters",
        "",
        WRITTEN,
        "",
        f"{len(entries)} parameters: {', '.join(f'{n} {status}' for status, n in counts.items())}. *Sourced* means that a cited"
        " fact or reference gives the value; *assumed* that nobody has measured it, and that the range is part of the"
        " assumption; *scenario* that it is a choice. None is calibrated yet. An id such as K02 is a cited fact:"
        " `mandate explain source K02`. Change one with `parameters.PATH=VALUE`; the same table for spreadsheets is"
        " `mandate parameters --csv`.",
        "",
    ]
    tree = Parameters()
    for group in dict.fromkeys(e.path.split(".")[1] for e in entries):
        about = inspect.getdoc(type(getattr(tree, group))) or ""
        lines += [f"## {group.replace('_', ' ').capitalize()}", "", about, ""]
        lines += [*_parameter_rows(e for e in entries if e.path.split(".")[1] == group), ""]
    lines += [
        "## Fields of a scenario",
        "",
        "Defaults of the schema, before a mission, shock or world file sets them.",
        "",
    ]
    fields = [e for e in walk(Scenario()) if not e.path.startswith("parameters.")]
    for group, title in GROUP_TITLES.items():
        own = [e for e in fields if (e.path.split(".")[0] if "." in e.path else "") == group]
        if own:
            lines += [f"### {title}", "", *_parameter_rows(own), ""]
    return "\n".join(lines)


def schedule_page() -> str:
    """The phases of a step as declared in the code."""
    lines = [
        "# Schedule of a step",
        "",
        WRITTEN,
        "",
        "A step runs these phases in order; each reads what the phases above left. A column is written by its owner alone; what"
        " a phase reads is found in its source."
        " The same on the command line: `mandate plan`.",
        "",
    ]
    for i, phase in enumerate(SCHEDULE, start=1):
        lines += [f"## {i}. {phase.name}", "", f"{phase.question} Code: `{_home(phase)}`.", ""]
        parts = {
            "reads": phase.reads,
            "writes": phase.writes,
            "draws": [Decision(d).name.lower() for d in phase.draws],
            "knobs": phase.knobs,
            "emits": phase.emits,
        }
        lines += [f"- {name}: {_codes(values)}" for name, values in parts.items() if values]
        lines += ["- writes nothing in the world"] if not phase.writes else []
        lines.append("")
    return "\n".join(lines)


def _home(phase: Any) -> str:
    """File or folder of a phase."""
    file = Path(inspect.getsourcefile(getattr(phase.run, "py_func", phase.run)) or "")
    home = file.parent if file.name == "__init__.py" else file
    return home.relative_to(ROOT).as_posix()


def indicators_page() -> str:
    """What comes out of a run, and what shocks and policies may move."""
    kinds = {"level": "level", "flow": "flow", "ratio": "ratio", "state": "state"}
    lines = [
        "# Indicators, events, knobs",
        "",
        WRITTEN,
        "",
        "## Indicators (`series.csv`, `run.series`)",
        "",
        "One row a step: `week`, `date`, then these columns. A *level* is taken at the end of the step, a *flow* is summed over"
        f" it, a *ratio* runs over the trailing {RATIO_WINDOW_WEEKS} weeks (0 where its denominator is empty), a *state* is a"
        " mean or a price at the end of the step. Levels and flows of a scaled run are scaled back to the full population."
        " `true_*` is what happened in the model, `observed_*` what police or charities would have published.",
        "",
        *table(
            ("indicator", "unit", "kind", "better", "meaning"),
            ((f"`{i.name}`", i.unit, kinds[i.kind], i.better, i.about) for i in INDICATORS.values()),
        ),
        "",
        "## Summary (`summary.json`, `run.summary`)",
        "",
        *table(("number", "unit", "meaning"), ((f"`{name}`", *words) for name, words in SUMMARY.items())),
        "",
        "## Events (`events.csv`, `run.events`)",
        "",
        f"Columns: {_codes(EVENT_COLUMNS)}. A cell or contributor of -1 means none. Acts and the steps of single persons are"
        " counted, never listed.",
        "",
        *table(("event", "meaning"), ((f"`{name}`", about) for name, about in EVENTS.items())),
        "",
        "## States of trafficked persons (`states.csv`, `run.states`)",
        "",
        f"`week`, `date`, `at_risk`, `prevented`, then {_codes(STATES)}. Their sum is constant over a run.",
        "",
        "## Knobs",
        "",
        "Values that shocks and policies may move. The rule of joining belongs to the knob, so the order"
        " of changes never matters. A filter (`only`) selects from the knob's axis, e.g. `category:military`, `country:MDA`,"
        " `contributor:largest`, `abroad`.",
        "",
        *table(
            ("knob", "unit", "several changes", "read by", "axis", "what it moves"),
            ((f"`{k.name}`", k.unit, COMBINE_WORDS[k.combine], k.phase, k.axis or "-", k.about) for k in KNOBS.values()),
        ),
        "",
    ]
    return "\n".join(lines)


def process_table() -> str:
    """The process overview of the ODD."""
    columns = ("phase", "question", "main columns written", "draws", "events")
    rows = []
    for i, phase in enumerate(SCHEDULE, start=1):
        tables = dict.fromkeys(name.split(".")[0] for name in phase.writes)
        rows.append((f"{i}. {phase.name}", phase.question, _codes(tables), len(phase.draws) or "-", _codes(phase.emits)))
    return "\n".join([BEGIN, *table(columns, rows), END])


def odd_page(present: str) -> str:
    """The ODD with its process table replaced; everything else is prose and stays."""
    return _with_block("docs/odd.md", present, (BEGIN, END), process_table())


def readme_page(present: str, benchmarks: str) -> str:
    """The README with the two tables of docs/benchmarks.md that say what a full-scale run costs."""
    missions = _table_below(benchmarks, "### Whole missions")
    rules = _table_below(benchmarks, "### The rules for personnel")
    beside = "Beside plain Mesa objects, nanoseconds per billet and week:"
    block = "\n".join([SPEED[0], *missions, "", beside, "", *rules, SPEED[1]])
    return _with_block("README.md", present, SPEED, block)


def _table_below(page: str, heading: str) -> list[str]:
    """Lines of the first table below a heading."""
    lines = page[page.index(heading) :].splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("|"))
    last = next((i for i, line in enumerate(lines) if i > first and not line.startswith("|")), len(lines))
    return lines[first:last]


def _with_block(name: str, present: str, marks: tuple[str, str], block: str) -> str:
    """A page with what stands between two marks replaced."""
    begin, end = marks
    if begin not in present or end not in present:
        raise SystemExit(f"{name}: the lines {begin} and {end} are missing. Put them back.")
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: block, present, flags=re.DOTALL)


def pages() -> dict[str, str]:
    """Generated pages: path below docs/ -> text."""
    return {
        "parameters.md": parameters_page(),
        "schedule.md": schedule_page(),
        "indicators.md": indicators_page(),
        "odd.md": odd_page((DOCS / "odd.md").read_text(encoding="utf-8")),
        "../README.md": readme_page(
            (ROOT / "README.md").read_text(encoding="utf-8"), (DOCS / "benchmarks.md").read_text(encoding="utf-8")
        ),
        **{f"lessons/{sheet_name(lesson)}.md": as_markdown(lesson) for lesson in lessons()},
    }


def draw() -> Path:
    """Run Kosovo as it was at full scale and draw the figure of the README, with few colours so that it stays small."""
    from io import BytesIO

    from PIL import Image

    from sim.config import load_scenario
    from sim.runs.simulate import simulate
    from sim.viz import drawings, style

    run = simulate(load_scenario("mission=kosovo", "seed=0"))
    drawing = drawings(run)[FIGURE]
    picture = BytesIO()
    with style.house_style():
        drawing.figure.savefig(picture, format="png", dpi=FIGURE_DPI)
    target = DOCS / "figures" / f"kosovo_{FIGURE}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.open(picture).convert("RGB").quantize(FIGURE_COLOURS).save(target, optimize=True)
    return target


def main(argv: list[str] | None = None) -> int:
    """Write the pages, and figure and lessons unless told not to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", action="store_true", help="pages of the code only: no run, no figure, no lessons")
    given = parser.parse_args(argv)
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote docs/{name}")
    if not given.text:
        print(f"wrote {draw().relative_to(ROOT)}")
        for lesson in notebook_pages.LESSONS:
            print(f"wrote {notebook_pages.write(lesson)[0].relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
