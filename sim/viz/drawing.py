"""What a figure needs of a run, and what it gives back: the picture and the table of exactly what it shows.

Part of the pictures, after all phases; answers how runs are named, dated and described on every figure.
Leaves out what each figure shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.scenario import Scenario
from sim.viz import style, words
from sim.world.geography import SYNTHETIC

QUARTER_WEEKS = 13
YEAR_WEEKS = 52
TABLE_COLUMNS = ("panel", "series", "run", "week", "date", "value", "unit")

Values = NDArray[np.float64]


class RunLike(Protocol):
    """The parts of a run that figures read; see `sim.runs.results`."""

    @property
    def scenario(self) -> Scenario: ...
    @property
    def seed(self) -> int: ...
    @property
    def series(self) -> pd.DataFrame: ...
    @property
    def states(self) -> pd.DataFrame: ...
    @property
    def origins(self) -> pd.DataFrame: ...
    @property
    def cells(self) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Drawing:
    """A figure and the table of what is drawn on it."""

    figure: Figure
    table: pd.DataFrame


def write_drawings(drawn: Mapping[str, Drawing], folder: str | Path) -> list[Path]:
    """Write each figure as PNG and the table of what it shows as CSV; returns the files, picture before table.

    Raises
    ------
    OSError
        If the folder cannot be made or written to.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, drawing in drawn.items():
        picture, table = folder / f"{name}.png", folder / f"{name}.csv"
        with style.house_style():
            drawing.figure.savefig(picture, dpi=style.DPI, metadata={"Software": "mandate"})
        drawing.table.to_csv(table, index=False, float_format="%.6g", lineterminator="\n", encoding="utf-8")
        written += [picture, table]
    return written


@dataclass
class Timeline:
    """Lines over time on the panels of one figure, noted in a table as they are drawn."""

    run: RunLike
    against: RunLike | None = None
    rows: list[pd.DataFrame] = field(default_factory=list)
    labels: list[tuple[Axes, style.Label]] = field(default_factory=list)

    def line(
        self,
        axes: Axes,
        panel: str,
        series: str,
        values: Values,
        unit: str,
        *,
        colour: str,
        dash: Any = style.SOLID,
        label: str = "",
        width: float = 2.2,
    ) -> None:
        """Draw one line of the run with its name at the end; a single value becomes a dot."""
        weeks = self.run.series["week"].to_numpy(dtype=np.float64)
        axes.plot(
            weeks,
            values,
            color=colour,
            linestyle=dash,
            linewidth=width,
            marker="o" if len(values) == 1 else "",
        )
        self.note(panel, series, self.run, values, unit)
        known = values[np.isfinite(values)]
        if len(known):
            self.labels.append((axes, style.Label(float(known[-1]), label or series, colour)))

    def reference(
        self, axes: Axes, panel: str, series: str, values: Values, unit: str, label: bool = True
    ) -> None:
        """Draw the same line of the reference run, black and dashed."""
        assert self.against is not None
        weeks = self.against.series["week"].to_numpy(dtype=np.float64)
        axes.plot(weeks, values, **style.REFERENCE, zorder=1.9)
        self.note(panel, series, self.against, values, unit)
        shown = values[weeks <= axes_end(self.run)]
        if label and len(shown) and np.isfinite(shown[-1]):
            name = run_names(self.run, self.against)[1]
            self.labels.append((axes, style.Label(float(shown[-1]), f"reference: {name}", style.BLACK)))

    def note(self, panel: str, series: str, run: RunLike, values: Values, unit: str) -> None:
        """Add drawn values to the table."""
        name = run_names(self.run, self.against)[0 if run is self.run else 1]
        frame = run.series[["week", "date"]].assign(
            panel=panel, series=series, run=name, value=values, unit=unit
        )
        self.rows.append(frame[list(TABLE_COLUMNS)])

    def finish(self, figure: Figure, wrap: int = 24) -> Drawing:
        """Write the names at the ends of lines and return figure and table."""
        figure.draw_without_rendering()
        for axes in dict.fromkeys(axes for axes, _ in self.labels):
            style.label_ends(axes, [label for owner, label in self.labels if owner is axes], wrap)
        table = (
            pd.concat(self.rows, ignore_index=True)
            if self.rows
            else pd.DataFrame(columns=list(TABLE_COLUMNS))
        )
        return Drawing(figure, table)


def column(run: RunLike, name: str) -> Values:
    """Return an indicator, or not-a-number throughout where the run does not have it."""
    series = run.series
    return series[name].to_numpy(dtype=np.float64) if name in series else np.full(len(series), np.nan)


def per_week(run: RunLike, name: str, window_weeks: float = QUARTER_WEEKS) -> Values:
    """Return a flow per step as a flow per week, its mean over the last weeks (fewer at the start)."""
    return trailing_mean(run, column(run, name) / step_weeks(run), window_weeks)


def trailing_mean(run: RunLike, values: Values, window_weeks: float) -> Values:
    """Return means over the last weeks up to each step, so that nothing moves before its cause."""
    n_steps = max(1, round(window_weeks / step_weeks(run)))
    return pd.Series(values).rolling(n_steps, min_periods=1).mean().to_numpy(dtype=np.float64)


def first_year(run: RunLike, values: Values) -> float:
    """Return the mean over the first 52 weeks, or over a run that is shorter; 0 for no value."""
    part = values[: max(1, round(YEAR_WEEKS / step_weeks(run)))]
    return float(np.nanmean(part)) if np.isfinite(part).any() else 0.0


def last_year(run: RunLike, values: Values) -> float:
    """Return the mean over the last 52 weeks, or over a run that is shorter; 0 for no value."""
    part = values[-max(1, round(YEAR_WEEKS / step_weeks(run))) :]
    return float(np.nanmean(part)) if np.isfinite(part).any() else 0.0


def step_weeks(run: RunLike) -> float:
    """Return the length of a step in weeks."""
    return run.scenario.clock.step_days / 7.0


def total(run: RunLike, name: str) -> float:
    """Return the sum of a flow per step over the run, 0 where it is missing."""
    return float(np.nansum(column(run, name)))


def axes_end(run: RunLike) -> float:
    """Return the last week of a run."""
    weeks = run.series["week"]
    return float(weeks.iloc[-1]) if len(weeks) else 0.0


def calendar_start(run: RunLike) -> date | None:
    """Return the day of week 0, or nothing for an invented region, which has no calendar."""
    mission = run.scenario.mission
    return None if mission.region == SYNTHETIC else date.fromisoformat(mission.start_date)


def day_of(run: RunLike, week: float) -> date | None:
    """Return the calendar day of a week of the run."""
    start = calendar_start(run)
    return None if start is None else start + timedelta(days=round(week * 7))


def days(run: RunLike) -> list[date | None]:
    """Return the calendar days of all steps."""
    return [day_of(run, float(week)) for week in run.series["week"]]


def course_of(run: RunLike, noun: str, values: Values) -> str:
    """Say how a level of the run went over time."""
    return words.course(noun, values.tolist(), days(run), run.series["week"].tolist())


def period(run: RunLike) -> str:
    """Return "June 1999 to May 2009 (520 weeks)"."""
    weeks = run.series["week"]
    n_weeks = f"{len(weeks) * step_weeks(run):.0f} weeks" if len(weeks) * step_weeks(run) != 1.0 else "1 week"
    if calendar_start(run) is None or not len(weeks):
        return n_weeks
    first, last = (words.when(day_of(run, float(weeks.iloc[i])), 0.0) for i in (0, -1))
    return f"{first} to {last} ({n_weeks})" if first != last else f"{first} ({n_weeks})"


def policy_names(run: RunLike) -> str:
    """Return the policies in words, or "no added policy"."""
    names = sorted(run.scenario.policy)
    return words.list_of([spoken(name) for name in names]) or "no added policy"


def shock_name(run: RunLike) -> str:
    """Return the shock in words, or "no shock"."""
    shock = run.scenario.shock
    return "no shock" if shock.name == "none" or shock.size == 0.0 else spoken(shock.name)


def spoken(name: str) -> str:
    """Return a name of the program as words."""
    return name.replace("_", " ")


def _policy_label(run: RunLike) -> str:
    """Return the policies, or the package they come from, in few words."""
    if run.scenario.policy and run.scenario.package.name not in ("", "none"):
        return f"package {spoken(run.scenario.package.name)}"
    names = policy_names(run)
    return names if len(names) <= 30 else f"{len(run.scenario.policy)} policies"


def _world_name(run: RunLike) -> str:
    """Return the world in words."""
    return f"world {spoken(run.scenario.world.name)}"


def _seed_name(run: RunLike) -> str:
    """Return the seed in words."""
    return f"seed {run.seed}"


def run_names(run: RunLike, against: RunLike | None) -> tuple[str, str]:
    """Return what tells two runs apart, in words short enough for a label.

    Limits: one run is "this run"; runs that differ in something else than shock, policies, world or seed, or
    in too much to say, are "this run" and "other run".
    """
    if against is None:
        return "this run", "other run"
    mine: list[str] = []
    other: list[str] = []
    for of in (shock_name, _policy_label, _world_name, _seed_name):
        if of(run) != of(against):
            mine.append(of(run))
            other.append(of(against))
    names = ", ".join(mine), ", ".join(other)
    return names if mine and max(map(len, names)) <= 48 else ("this run", "other run")


def footer(run: RunLike, against: RunLike | None = None) -> str:
    """Return the source line of every figure: what was run, and what it may be used for."""
    scenario, shock = run.scenario, run.scenario.shock
    size = "" if shock_name(run) == "no shock" else f" (size {shock.size:g} from week {shock.start_week:g})"
    parts = [
        f"Source: mandate, {scenario.mission.title or scenario.mission.name or 'unnamed mission'}",
        f"shock: {shock_name(run)}{size}",
        f"policies: {policy_names(run)}",
        f"world: {spoken(scenario.world.name)}",
        f"scale {scenario.scale:g}"
        + ("" if scenario.scale == 1.0 else ", counts scaled back to the full population"),
        f"seed {run.seed}",
    ]
    text = "; ".join(parts) + ". "
    if against is not None:
        text += f"Reference, black and dashed: {shock_name(against)}, {policy_names(against)}, "
        text += f"seed {against.seed}. "
    return text + style.CAVEAT


def mark_events(axes: Axes, run: RunLike, named: bool = False) -> None:
    """Mark where the shock begins and ends and where policies begin, inside the period shown."""
    marks: dict[float, list[str]] = {}
    shock, end = run.scenario.shock, axes_end(run)
    if shock_name(run) != "no shock":
        marks.setdefault(shock.start_week, []).append(f"{shock_name(run)} begins")
        if shock.duration_weeks is not None:
            marks.setdefault(shock.start_week + shock.duration_weeks, []).append(f"{shock_name(run)} ends")
    for name in sorted(run.scenario.policy):
        start = float(getattr(run.scenario.policy[name], "start_week", 0.0))
        marks.setdefault(start, []).append(f"{spoken(name)} begins")
    first, last = axes.get_xlim()
    shown = sorted((week, texts) for week, texts in marks.items() if first <= week <= end)
    width, height = (
        float(side) * inches * 72.0 for side, inches in zip(axes.get_position().size, style.SLIDE_INCHES)
    )
    row, free_from = 0, -np.inf
    rows = []
    for week, texts in shown:
        row = row + 1 if week < free_from else 0
        rows.append(row)
        free_from = week + (6.2 * max(map(len, texts)) + 6.0) / width * (last - first)
    if named and shown:
        n_lines = max(row + min(len(texts), 3) for row, (_, texts) in zip(rows, shown))
        axes.set_ylim(top=axes.get_ylim()[1] * (1.0 + 17.0 * n_lines / height))
    for row, (week, texts) in zip(rows, shown):
        axes.axvline(week, color=style.INK, linewidth=1.0, linestyle=(0, (2, 2)), zorder=1.5)
        if named:
            text = "\n".join(texts) if len(texts) <= 3 else f"{len(texts)} policies begin"
            late = week > 0.8 * end
            axes.annotate(
                text,
                xy=(week, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(-4 if late else 4, -1 - 14 * row),
                textcoords="offset points",
                ha="right" if late else "left",
                va="top",
                fontsize=10.5,
                color=style.INK,
                path_effects=style.halo(3.0),
                linespacing=1.1,
            )
