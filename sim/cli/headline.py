"""The short table a comparison ends with: each option's effect on exploitation, how often it was better, and its price."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING, Any

from sim.cli.say import figure, table

if TYPE_CHECKING:
    from sim.analysis.study import Study

HARM, SHORTFALL = "true_exploitation_person_weeks", "largest_troop_shortfall"
MANY = 10  # pairs from which "9 in 10 runs" is said
MINUS = "\N{MINUS SIGN}"


def headline_rows(study: Study) -> list[dict[str, Any]]:
    """One row for each mission, shock, world and option: levels of the baseline, differences of the others."""
    found = study.effects[(study.effects["twin"] == "") & study.effects["outcome"].isin([HARM, SHORTFALL])]
    rows = []
    keys = ["mission", "shock", "world", "option"]
    for names, part in found.groupby(keys, sort=False):
        effect = part.set_index("outcome").to_dict("index")
        harm, price = effect.get(HARM, {}), effect.get(SHORTFALL, {})
        rows.append(
            {
                **dict(zip(keys, names)),
                "baseline_person_weeks": _number(harm.get("baseline_mean")),
                "median_percent": _number(harm.get("median_percent")),
                **{name: _number(harm.get(name)) for name in ("median", "low90", "high90")},
                "better": int(harm.get("n_lower", 0)),
                "same": int(harm.get("n_same", 0)),
                "worse": int(harm.get("n_higher", 0)),
                "n": int(harm.get("n", 0)),
                "shortfall_baseline": _number(price.get("baseline_mean")),
                "shortfall_median": _number(price.get("median")),
            }
        )
    return rows


def _number(value: Any) -> float | None:
    """A number, or nothing."""
    return None if value is None or math.isnan(value) else float(value)


def headline_text(study: Study) -> str:
    """The table for people, by mission and shock, in the first world; the direction in the other worlds below."""
    plan, rows = study.plan, headline_rows(study)
    main = [row for row in rows if row["world"] == plan.worlds[0].name]
    parts = []
    for mission in plan.missions:
        for shock in plan.shocks:
            own = [row for row in main if (row["mission"], row["shock"]) == (mission.name, shock.name)]
            if own:
                parts.append(_block(study, mission.settings.get("title") or mission.name, shock.name, own))
    text = "\n\n".join(parts) if parts else "no pair of runs is finished, so there is no effect to show"
    worlds = _worlds(study)
    return f"{text}\n\n{worlds}" if worlds else text


def _block(study: Study, mission: str, shock: str, rows: list[dict[str, Any]]) -> str:
    """The table of one mission and shock."""
    plan = study.plan
    level, short = rows[0]["baseline_person_weeks"], rows[0]["shortfall_baseline"]
    shown = [(plan.baseline, f"{figure(level)} person-weeks", "", "", "", "", "", _percent(short, signed=False))]
    for row in rows:
        share = 100.0 / row["baseline_person_weeks"] if row["baseline_person_weeks"] else math.nan
        ends = [None if row[name] is None else row[name] * share for name in ("median", "low90", "high90")]
        shown.append(
            (
                row["option"],
                _signed(ends[0]),
                "-" if ends[1] is None else f"{_signed(ends[1])} to {_signed(ends[2])}",
                *(str(row[name]) for name in ("better", "same", "worse")),
                str(row["n"]),
                _points(row["shortfall_median"]),
            )
        )
    spread = "9 in 10 runs" if max(row["n"] for row in rows) >= MANY else "percentiles 5-95"
    head = ("option", "exploitation %", spread, "better", "same", "worse", "n", "troop shortfall")
    name = "no shock" if shock == "none" else f"shock {shock}"
    title = f"{mission}, {name}, world {plan.worlds[0].name}: paired differences from {plan.baseline}"
    return f"{title}\n{table(shown, head, right=range(1, len(head) - 1))}"


def _signed(value: float | None) -> str:
    """Per cent with a sign; nothing measured is a dash."""
    if value is None or math.isnan(value):
        return "-"
    text = f"{abs(value):.0f}" if abs(value) >= 10 else f"{abs(value):.1f}"
    return text if float(text) == 0.0 else f"{MINUS if value < 0 else '+'}{text}"


def _percent(value: float | None, signed: bool = True) -> str:
    """A share as per cent."""
    if value is None:
        return "-"
    return f"{_signed(100 * value) if signed else f'{100 * value:.0f}'} %"


def _points(value: float | None) -> str:
    """A difference of shares in percentage points."""
    return "-" if value is None else f"{_signed(100 * value)} points"


def _worlds(study: Study) -> str:
    """In how many worlds the direction of each option's effect is that of the first world, on the same replicates."""
    from sim.analysis.worlds import paired_by_world

    plan = study.plan
    if len(plan.worlds) < 2:
        return ""
    lines, n = [], 0
    for option in plan.options:
        found = paired_by_world(study, option.name, HARM) if option.name != plan.baseline else {}
        if len(found) > 1 and plan.worlds[0].name in found:
            ways = {world: _direction(level, gaps, plan.matters_share) for world, (level, gaps) in found.items()}
            n = max(n, *(len(gaps) for _, gaps in found.values()))
            first = ways[plan.worlds[0].name]
            others = [f"{world}: {way}" for world, way in ways.items() if way != first]
            but = f" ({'; '.join(others)})" if others else ""
            lines.append(f"  {option.name}: {first} in {len(ways) - len(others)} of {len(ways)} worlds{but}")
    pairs = f"{n} paired run{'s' if n != 1 else ''} in each"
    return "\n".join([f"exploitation by world, medians of the same {pairs}:", *lines]) if lines else ""


def _direction(level: float, gaps: Any, matters: float) -> str:
    """Which way the middle of paired differences points."""
    middle = median(gaps)
    return "about the same" if abs(middle) <= matters * abs(level) else "lower" if middle < 0 else "higher"
