"""The figure of the benchmarks: what a billet-week costs as objects, as columns, and at the least."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.benchmarks.measuring import Row, median
from experiments.benchmarks.phases import floors
from experiments.oracle.timing import PERSON_PHASES
from sim.viz import Drawing, style


def drawing(phases: dict[int, list[Row]], rules: dict[int, list[Row]], floor: list[Row]) -> Drawing:
    """Cost of perceive, decide and match by number of billets, both axes logarithmic."""
    least = {"byte": median(floor, "byte"), "person": median(floor, "person")}
    columns = [(n, sum(median(runs, name) for name in PERSON_PHASES)) for n, runs in phases.items()]
    objects = [(n, median(runs, "objects")) for n, runs in rules.items()]
    bound = [(n, max(floors({"prone": median(runs, "prone")}, least))) for n, runs in phases.items()]
    lines = (
        ("Mesa objects", objects, style.VERMILLION, "s", style.DASHED),
        ("mandate", columns, style.BLUE, "o", style.SOLID),
        ("least for memory and arithmetic", bound, style.INK, "", style.DOTTED),
    )
    at = max(rules)
    ratio = median(rules[at], "objects") / median(rules[at], "columns")
    with style.house_style():
        figure = style.new_figure(
            f"At {at:,} personnel the compiled rules cost one {ratio:.0f}th of the same rules as Mesa objects",
            "Processor time of perceive, decide and match, nanoseconds per person and week; both scales logarithmic",
            "Source: mandate, experiments/benchmark.py, generic mission at full strength; medians of interleaved repeats.",
        )
        axes = figure.subplots()
        rows = []
        for name, points, colour, marker, dash in lines:
            x, y = zip(*points, strict=True)
            axes.plot(x, y, color=colour, marker=marker, markersize=8, linestyle=dash, linewidth=2.2)
            text = style.TEXT_COLOUR.get(colour, colour)
            axes.annotate(name, (x[-1], y[-1]), (0, 12), textcoords="offset points", ha="right", color=text, fontsize=13)
            for n, value in points:
                axes.annotate(f"{value:,.0f}" if value >= 20 else f"{value:.1f}", (n, value), (0, -18),
                              textcoords="offset points", ha="center", color=text, fontsize=11)  # fmt: skip
                rows.append({"series": name, "billets": n, "nanoseconds": value})
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.margins(x=0.06, y=0.12)
        axes.set_xticks(sorted({n for n, _ in columns + objects}), [f"{n:,}" for n in sorted({n for n, _ in columns + objects})])
        axes.minorticks_off()
        axes.set_xlabel("personnel")
        axes.set_ylabel("nanoseconds per person and week")
        style.settle(figure)
    return Drawing(figure, pd.DataFrame(rows))


def write_plot(folder: Path, drawn: Drawing) -> None:
    """Write the picture; its numbers stand in the tables of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn.figure.savefig(folder / "benchmarks.png", dpi=80)
