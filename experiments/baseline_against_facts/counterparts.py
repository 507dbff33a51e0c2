"""What in a run corresponds to a documented fact: one entry a fact, computed from the tables of the run alone.

Where a fact is a count made by police or an NGO the observed twin is used. Documented values are read from the cited
facts; nothing is typed in here but dates, names and how a number is made.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

import pandas as pd

from experiments.baseline_against_facts import chain
from sim.clock import WEEKS_PER_MONTH, WEEKS_PER_YEAR
from sim.parameters import Parameters, walk
from sim.runs.results import Run
from sim.world.missions import TABLE_NAMES


def read_facts() -> dict[str, dict[str, str]]:
    """The cited facts by id."""
    text = (files("sim.world") / "data" / "facts.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def used_by(fact: str, mission: str) -> list[str]:
    """Parameters and mission tables that name a fact as their source: what was put in cannot be tested."""
    cited = re.compile(rf"\b{fact}\b")
    found = [p.path for p in walk(Parameters()) if cited.search(p.source)]
    folder = files("sim.scenarios") / "mission"
    tables = [name for name in TABLE_NAMES if any(cited.search(source) for source in _sources(mission, name))]
    scenario = (folder / f"{mission}.yaml").read_text(encoding="utf-8")
    if re.search(rf"^initial_venues:[^#]*# {fact}\b", scenario, re.MULTILINE):
        found.append("mission.initial_venues")
    return found + [f"{name}.csv" for name in tables]


def _sources(mission: str, table: str) -> list[str]:
    """What a mission's table names as sources."""
    text = (files("sim.scenarios") / "mission" / mission / f"{table}.csv").read_text(encoding="utf-8")
    return [row["source"] for row in csv.DictReader(text.splitlines())]


def between(run: Run, first: str, last: str, table: str = "series") -> pd.DataFrame:
    """Rows of steps that start between two days, both included; the first row if there are none (long steps)."""
    frame: pd.DataFrame = getattr(run, table)
    rows = frame[(frame["date"] >= first) & (frame["date"] <= last)]
    return rows if len(rows) else frame[frame["date"] <= last].tail(1)


def mean(indicator: str, first: str, last: str) -> Callable[[Run], float]:
    """Mean of an indicator over a period."""
    return lambda run: float(between(run, first, last)[indicator].mean())


def total(indicator: str, first: str, last: str) -> Callable[[Run], float]:
    """Sum of a flow over a period."""
    return lambda run: float(between(run, first, last)[indicator].sum())


def at_end(indicator: str, last: str) -> Callable[[Run], float]:
    """An indicator at the end of a period."""
    return lambda run: float(run.series.loc[run.series["date"] <= last, indicator].iloc[-1])


def at_start(indicator: str) -> Callable[[Run], float]:
    """An indicator at the end of the first step."""
    return lambda run: float(run.series[indicator].iloc[0])


def months_until_doubled(run: Run) -> float:
    """Months until twice the first number of venues is in operation; infinite if never."""
    rows = run.series[run.series["venues"] >= 2.0 * run.series["venues"].iloc[0]]
    return float(rows["week"].iloc[0]) / WEEKS_PER_MONTH if len(rows) else math.inf


def yearly_growth(indicator: str, first: str, last: str) -> Callable[[Run], float]:
    """Growth per year from the first number of venues to the mean of an indicator over a period."""

    def grown(run: Run) -> float:
        rows = between(run, first, last)
        years = float(rows["week"].mean()) / WEEKS_PER_YEAR
        level, start = float(rows[indicator].mean()), float(run.series["venues"].iloc[0])
        return math.log(level / start) / years if level > 0 else -math.inf

    return grown


def workers_per_venue(first: str, last: str) -> Callable[[Run], float]:
    """Persons working in a venue, trafficked or not, mean over a period."""

    def crew(run: Run) -> float:
        rows = between(run, first, last)
        in_venues = rows["true_exploited_persons"] - rows["exploited_private_persons"] + rows["sellers"]
        return float(in_venues.sum() / max(rows["venues"].sum(), 1.0))

    return crew


def closed_of_raided(first: str, last: str) -> Callable[[Run], tuple[float, float]]:
    """Different venues closed by police, and different venues raided, in a period; full scale."""

    def closed(run: Run) -> tuple[float, float]:
        rows = run.events[(run.events["date"] >= first) & (run.events["date"] <= last)]
        raided = rows.loc[rows["event"] == "raid", "subject_id"].nunique()
        shut = rows.loc[(rows["event"] == "venue_closed") & (rows["value"] == 2.0), "subject_id"].nunique()
        return shut / run.scenario.scale, raided / run.scenario.scale

    return closed


def accepted_of_met(last: str) -> Callable[[Run], float]:
    """Part of the persons met in raids over a year who are identified as trafficked and accept assistance."""
    told = at_end("observed_trafficked_share_of_workers", last)
    return lambda run: told(run) * run.scenario.parameters.persons.uptake


def origin_shares(first: str, last: str) -> Callable[[Run], dict[str, float]]:
    """Persons exploited by country of origin, as shares, over a period."""

    def shares(run: Run) -> dict[str, float]:
        sums = between(run, first, last, "origins").groupby("country")["exploited_persons"].sum()
        return {str(country): float(n) for country, n in (sums / max(float(sums.sum()), 1e-9)).items()}

    return shares


def local_share(first: str, last: str) -> Callable[[Run], float]:
    """Part of the persons exploited who were recruited inside the mission area."""
    shares = origin_shares(first, last)
    return lambda run: sum(shares(run).get(country, 0.0) for country in run.scenario.mission.countries)


@dataclass(frozen=True)
class Counterpart:
    """How a documented fact is compared: what is documented, what the model's number is, and how to read the pair."""

    quantity: str
    number: Callable[[Run], float]
    made: str
    unit: str = "count"
    bound: bool = False  # the fact gives an upper limit, not a value
    pattern: bool = False  # the fact is in words
    divide_by_unit: bool = False  # the documented number is a total over the units named in its unit


def _shut(first: str, last: str) -> Callable[[Run], float]:
    pair = closed_of_raided(first, last)
    return lambda run: pair(run)[0]


COUNTERPARTS: dict[str, dict[str, Counterpart]] = {
    "kosovo": {
        "K01": Counterpart("venues when the mission began", at_start("venues"),
                           "venues in operation after the first step; the model's police list starts empty"),
        "K02": Counterpart("venues on the police list", mean("observed_venues", "2003-01-01", "2003-12-31"),
                           "observed_venues, mean of 2003"),
        "K03": Counterpart("growth of the list over four years, per year",
                           yearly_growth("observed_venues", "2003-01-01", "2003-12-31"),
                           "from the venues at the start to observed_venues in 2003; same data as K02", "rate"),
        "K04": Counterpart("months until the problem was named", months_until_doubled,
                           "months until venues have doubled; the model has no public attention", "rate", bound=True),
        "K05": Counterpart("market after eleven months", lambda run: mean("venues", "2000-05-01", "2000-05-31")(run)
                           / at_start("venues")(run), "venues in May 2000 over venues at the start", "rate", pattern=True),
        "K06": Counterpart("women in the trade, a police estimate ('more than')",
                           lambda run: mean("sellers", "2000-06-01", "2000-06-30")(run)
                           + mean("true_exploited_persons", "2000-06-01", "2000-06-30")(run),
                           "sellers and exploited persons together, June 2000; the estimate does not tell them apart"),
        "K07": Counterpart("women coerced, an upper estimate, total or present",
                           lambda run: total("new_recruitments", "1999-01-01", "2003-12-31")(run)
                           - total("retrafficked_persons", "1999-01-01", "2003-12-31")(run),
                           "persons recruited for the first time up to the end of 2003", bound=True),
        "K08": Counterpart("part of international clients, early",
                           mean("observed_international_client_share", "1999-06-14", "1999-12-31"),
                           "observed_international_client_share, mean of 1999", "share"),
        "K10": Counterpart("part of revenue from internationals", at_end("international_revenue_share", "2003-12-31"),
                           "international_revenue_share, the 52 weeks of 2003; no observed twin", "share"),
        "K14": Counterpart("persons assisted, February to May 2000",
                           total("observed_assisted_persons", "2000-02-01", "2000-05-31"), "observed_assisted_persons"),
        "K15": Counterpart("persons assisted, February 2000 to August 2001",
                           total("observed_assisted_persons", "2000-02-01", "2001-08-31"), "observed_assisted_persons"),
        "K16": Counterpart("persons assisted, February 2000 to April 2002",
                           total("observed_assisted_persons", "2000-02-01", "2002-04-30"), "observed_assisted_persons"),
        "K17": Counterpart("persons assisted a month, 2000-2002",
                           lambda run: total("observed_assisted_persons", "2000-02-01", "2002-04-30")(run) / 27.0,
                           "observed_assisted_persons over 27 months", "rate"),
        "K18": Counterpart("part of identified persons who are local", local_share("2000-02-01", "2002-04-30"),
                           "persons exploited of local origin; identification does not depend on origin", "share"),
        "K21": Counterpart("venues closed by police in 2003",
                           total("venues_closed_by_police", "2003-01-01", "2003-12-31"), "venues_closed_by_police"),
        "K23": Counterpart("UN police removed, 1999-2003", chain.removed_police("2003-12-31"),
                           "removals of police under the UN in cases.csv"),
        "K25": Counterpart("UN police removed, part of those in post", chain.removed_police_share("2000-01-01", "2003-12-31"),
                           "K23 over the mean number of posts; same data as K23", "rate_small"),
        "K26": Counterpart("prosecutions of the mission's people", chain.charged(),
                           "persons charged in whatever court, ten years"),
        "A04": Counterpart("referrals answered in substance (UN-wide, 2007-2009)", chain.reply_share,
                           "UN referrals to contributors that were settled", "share"),
        "A06": Counterpart("investigations that substantiated (UN-wide, 2008-2012)", chain.substantiated_share,
                           "completed UN investigations", "share"),
        "A11": Counterpart("months of an investigation (UN-wide, 2008-2013)", chain.investigation_months,
                           "report to end, both within six years", "rate"),
        "A14": Counterpart("persons investigated who were removed or dismissed (UN-wide, 2004-2006)", chain.sanctioned_share,
                           "removed, or barred after they had left", "share"),
        "A21": Counterpart("civilians and experts charged (UN-wide, 2015-2018)", chain.charged("un", "civilian"),
                           "civilians under the UN charged in whatever court, ten years"),
    },
    "bosnia": {
        "B01": Counterpart("suspected venues, July 2001", mean("observed_venues", "2001-07-01", "2001-07-31"),
                           "observed_venues, July 2001"),
        "B03": Counterpart("part of women met in venues who said they were trafficked",
                           at_end("observed_trafficked_share_of_workers", "2001-12-31"),
                           "observed_trafficked_share_of_workers, the 52 weeks of 2001", "share"),
        "B04": Counterpart("trafficked women present, an unreliable estimate",
                           mean("true_exploited_persons", "2001-01-01", "2002-12-31"),
                           "true_exploited_persons, mean of 2001 and 2002"),
        "B05": Counterpart("part of international clients",
                           mean("observed_international_client_share", "2001-01-01", "2001-12-31"),
                           "observed_international_client_share, mean of 2001", "share"),
        "B09": Counterpart("raids in a year ('over')", total("raids", "2001-07-27", "2002-07-26"),
                           "raids, July 2001 to July 2002"),
        "B10": Counterpart("venues closed after half a year", _shut("2001-07-27", "2002-02-28"),
                           "different venues closed by police up to February 2002"),
        "B11": Counterpart("venues closed after a year", _shut("2001-07-27", "2002-07-31"),
                           "different venues closed by police up to July 2002"),
        "B12": Counterpart("venues closed in all", _shut("2001-07-27", "2002-12-31"),
                           "different venues closed by police up to December 2002"),
        "B13": Counterpart("part of women interviewed who accepted assistance", accepted_of_met("2002-07-26"),
                           "share identified in raids (52 weeks to July 2002) times the chance to accept", "share"),
        "B15": Counterpart("persons returned with assistance, August 1999 to December 2001 ('over')",
                           total("observed_assisted_persons", "1999-08-01", "2001-12-31"), "observed_assisted_persons"),
        "B16": Counterpart("women met in a venue", workers_per_venue("2001-03-01", "2001-03-31"),
                           "persons working in a venue, March 2001", "rate", divide_by_unit=True),
        "B20": Counterpart("UN police dismissed, part of all who served", chain.served_share("2001-12-31", 1.0),
                           "removals of UN police up to 2001 over posts times years (tours of a year)", "rate_small"),
        "B24": Counterpart("contractors charged", chain.charged("employer", "contractor"),
                           "contractors charged in whatever court, twelve years"),
    },
}  # fmt: skip
# Documented part of each country of origin, read from the words of a fact, and the period it covers.
ORIGINS: dict[str, tuple[str, str, str]] = {
    "K15": ("kosovo", "2000-02-01", "2001-08-31"),
    "K16": ("kosovo", "2000-02-01", "2002-04-30"),
}
COUNTRY_CODES = {
    "Moldova": "MDA", "Romania": "ROU", "Ukraine": "UKR", "Bulgaria": "BGR", "Kosovo": "XKX", "Albania": "ALB",
}  # fmt: skip


def documented(entry: Counterpart, fact: dict[str, str]) -> tuple[float | None, float | None, float | None]:
    """Low, central and high documented value; a bound has no central value, a pattern has none at all."""
    low, central, high = (float(fact[f"value_{name}"]) if fact[f"value_{name}"] else None for name in ("low", "central", "high"))
    if entry.pattern:
        return None, None, None
    if entry.divide_by_unit:
        n = float(re.search(r"\d+", fact["unit"])[0])  # type: ignore[index]
        low, central, high = (None if value is None else value / n for value in (low, central, high))
    return low, central if central is not None or entry.bound else high, high


def documented_origins(fact: dict[str, str]) -> dict[str, float]:
    """Shares by country from the words of a fact, e.g. "60% Moldova, 19.5% Romania"."""
    found = re.findall(r"([\d.]+)% ([A-Z][a-z]+)", fact["statement"])
    return {COUNTRY_CODES[name]: float(percent) / 100.0 for percent, name in found if name in COUNTRY_CODES}


def verdict(entry: Counterpart, value: float, low: float | None, central: float | None, high: float | None) -> str:
    """How near the model's number is: inside the documented range, a factor of two, an order of magnitude, or a miss."""
    if entry.pattern:
        return "in words only"
    if entry.bound and high is not None:
        return "within the bound" if value <= high else _distance(value / high)
    if low is not None and high is not None and low < high and low <= value <= high:
        return "inside the documented range"
    return _distance(value / central) if central else ("exact" if value == central else "miss")


def _distance(ratio: float) -> str:
    """Distance of a ratio from one, in words."""
    if 0.5 <= ratio <= 2.0:
        return "within a factor of two"
    return "within an order of magnitude" if 0.1 <= ratio <= 10.0 else "miss"
