"""Writes `contributors.csv` of the documented missions: institutional covariates of contributors, dated and with sources.

Run by hand, never by the model: the tables it writes are in the repository. From the project's root,

    python tools/make_contributors.py --covariates country_year.csv

where the file has the columns `iso3, year, gdp_pc_usd, wgi_rule_of_law` (yearly; empty = not available): the Worldwide
Governance Indicators, 2020 edition, and GDP by population of the World Development Indicators (World Bank, CC BY 4.0).
Contributors are those of each mission's `contingents.csv`.

**These values carry no propensity to misconduct.** They say what an institution is, never how a contributor's people
behave: the model uses them for answers to referrals, for what reimbursement is worth, and for what the law at home makes
an offence, and numbers contributors anonymously in every output. Nothing else may be added to these tables.

Four series: `is_state` (flag), `rule_of_law` (sd; -2.5 to 2.5), `income_usd_per_year` (current USD a person, at market
rates) and `purchase_is_offence` (flag). States are given the first year of the mission, every fifth after it and the last,
dated to the middle of the year; organisations and employers are given 0.

Limits. The index is an estimate, scaled anew every year, so small changes mean nothing. An offence counts where paying an
adult for sex is one as such and the law reaches personnel abroad, as far as the author could cite it; other zeros are
assumed. Not counted: buying from a person known to be trafficked (treated apart), fines without criminal law, laws on sex
outside marriage, orders of commanders. One value stands for all of a contributor's people, soldiers and police alike.
"""

from __future__ import annotations

import argparse
import csv
import datetime
from dataclasses import dataclass
from pathlib import Path

import yaml

MISSIONS = Path("scenarios/mission")
HEADER = ["date", "contributor", "series", "value", "unit", "status", "source", "note"]
YEARS_BETWEEN = 5

INDEX = (
    "World Bank, Worldwide Governance Indicators, 2020 edition (CC BY 4.0), www.govindicators.org; through"
    " Global-Development-and-Politics-of-Data/Chapter12_Governance (CC0)"
)
INCOME = "World Bank, World Development Indicators (CC BY 4.0); through datasets/gdp and datasets/population (ODC-PDDL)"
NO_LAW_KNOWN = (
    "assumed; range 0-1; reasoning: no general offence known to the author; buying from a person known to be trafficked"
    " is treated apart"
)
NOT_COUNTED = {
    "FIN": "; the Finnish ban on buying from trafficked persons is of that kind",
    "LTU": "; a fine under the Lithuanian code of administrative offences is no criminal law",
}
ORGANISATION = {
    "is_state": (
        "flag",
        "assumed; range 0-0; reasoning: by its name an organisation or an employer, not a state",
    ),
    "rule_of_law": (
        "sd",
        "assumed; range 0-0; reasoning: not a state and without courts, the index has no meaning; 0 is the world's mean",
    ),
    "income_usd_per_year": (
        "USD",
        "assumed; range 0-0; reasoning: not a state, nobody reimburses it; the model reads incomes of states only",
    ),
    "purchase_is_offence": (
        "flag",
        "assumed; range 0-1; reasoning: staff of many nationalities under no common law; buying from a person known to"
        " be trafficked is treated apart",
    ),
}
Row = list[object]


@dataclass(frozen=True)
class Law:
    """A law that makes paying an adult for sex an offence, also abroad.

    `since` is the first day; `status` that of 1; `before` is status, source and note of 0 until then.
    """

    since: datetime.date
    status: str
    source: str
    note: str
    before: tuple[str, str, str]


SWEDISH_ACT = (
    "Act (1998:408) prohibiting the purchase of sexual services, after Bra 2000, https://bra.se/bra-in-english/home/"
    "publications/archive/publications/2000-08-09-prohibition-of-the-purchase-of-sexual-services.html"
)
NORWEGIAN_ACT = (
    "Norwegian Ministry of Justice 2008, General Civil Penal Code section 202a, http://www.regjeringen.no/nn/dokumentarkiv/"
    "Regjeringa-Stoltenberg-II/Justis--og-politidepartementet/Nyheter-og-pressemeldinger/nyheter/2008/"
    "criminanlizing-the-purchase-of-sexual-ac.html?id=537854"
)
LAWS = {
    "SWE": Law(
        datetime.date(1999, 1, 1),
        "derived",
        f"{SWEDISH_ACT}; Penal Code, chapter 2 sections 2 and 3, https://iccdb.hrlc.net/data/span/8738",
        "in force on 1 January 1999; reaches members of the armed forces abroad (section 3), others abroad only where the"
        " place has such an offence too (section 2); taken for all",
        ("sourced", SWEDISH_ACT, "the act came into force on 1 January 1999"),
    ),
    "NOR": Law(
        datetime.date(2009, 1, 1),
        "sourced",
        NORWEGIAN_ACT,
        "in force on 1 January 2009, also for acts of Norwegian nationals abroad",
        (
            "sourced",
            NORWEGIAN_ACT,
            "section 202a came into force on 1 January 2009; earlier orders to personnel not counted",
        ),
    ),
    "USA": Law(
        datetime.date(2005, 10, 14),
        "sourced",
        "Executive Order 13387 of 14 October 2005 (Manual for Courts-Martial, Article 134), https://regulations.justia.com/"
        "regulations/fedreg/2005/10/18/05-20944.html; Stars and Stripes, January 2006",
        "soldiers only, wherever they serve; taken for all; dated by the order, which may have taken effect some weeks later",
        (
            "assumed",
            "assumption",
            "assumed; range 0-1; reasoning: no offence of its own before Executive Order 13387; before, it could be"
            " charged as soliciting (Stars and Stripes January 2006), taken as rare; civilian police under no such rule",
        ),
    ),
}


def read_covariates(path: Path) -> dict[tuple[str, int], dict[str, str]]:
    """Rows by country and year."""
    with path.open(newline="", encoding="utf-8") as stream:
        return {(row["iso3"], int(row["year"])): row for row in csv.DictReader(stream)}


def read_mission(mission: str, missions: Path) -> tuple[list[str], datetime.date, datetime.date]:
    """Contributors in order of name, first and last day of a mission."""
    scalars = yaml.safe_load((missions / f"{mission}.yaml").read_text(encoding="utf-8"))
    start = datetime.date.fromisoformat(str(scalars["start_date"]))
    with (missions / mission / "contingents.csv").open(newline="", encoding="utf-8") as stream:
        contributors = sorted({row["contributor"] for row in csv.DictReader(stream)})
    return contributors, start, start + datetime.timedelta(weeks=int(scalars["horizon_weeks"]))


def is_state(contributor: str) -> bool:
    """Whether a name is an ISO 3166 alpha-3 code; organisations carry a hyphen (UN-STAFF, EMPLOYER-1)."""
    return len(contributor) == 3 and contributor.isalpha() and contributor.isupper()


def nearest(table: dict[tuple[str, int], dict[str, str]], country: str, column: str, year: int) -> tuple[int, float]:
    """Year and value nearest to a year; of two equally near the earlier, which was known then."""
    known = [y for (c, y), row in table.items() if c == country and row[column] != ""]
    if not known:
        raise SystemExit(f"{country} has no {column} in the covariates: give its rows by hand, with a reasoning")
    best = min(known, key=lambda y: (abs(y - year), y))
    return best, float(table[country, best][column])


def dated_years(start: datetime.date, end: datetime.date, last: int) -> list[tuple[str, int]]:
    """Date and year of the rows of a state: start, every fifth year, the last year of the mission or of the data."""
    final = min(end.year, last)
    later = sorted({*range(start.year + YEARS_BETWEEN, final, YEARS_BETWEEN), final} - {start.year})
    return [(start.isoformat(), start.year)] + [(f"{year}-07-01", year) for year in later]


def state_rows(
    country: str, years: list[tuple[str, int]], table: dict[tuple[str, int], dict[str, str]], end: datetime.date
) -> list[Row]:
    """Rows of a state, series by series."""
    start = years[0][0]
    rows: list[Row] = [
        [start, country, "is_state", 1, "flag", "derived", "ISO 3166-1 alpha-3", "1 as its name is the code of a state"]
    ]
    for date, year in years:
        found, value = nearest(table, country, "wgi_rule_of_law", year)
        exact = found == year
        note = f"estimate of {found}" if exact else f"estimate of {found}, the nearest year with one (for {year})"
        status = "sourced" if exact else "derived"
        rows.append([date, country, "rule_of_law", f"{value:.10g}", "sd", status, INDEX, note])
    for date, year in years:
        found, value = nearest(table, country, "gdp_pc_usd", year)
        note = f"GDP of {found} in current USD by population" + ("" if found == year else f", nearest to {year}")
        rows.append([date, country, "income_usd_per_year", f"{value:.10g}", "USD", "derived", INCOME, note])
    return rows + law_rows(country, datetime.date.fromisoformat(start), end)


def law_rows(country: str, start: datetime.date, end: datetime.date) -> list[Row]:
    """Whether paying is an offence: one row, or three where that begins during the mission (the step takes one day)."""
    series = [country, "purchase_is_offence"]
    law = LAWS.get(country)
    if law is None:
        note = NO_LAW_KNOWN + NOT_COUNTED.get(country, "")
        return [[start.isoformat(), *series, 0, "flag", "assumed", "assumption", note]]
    rows: list[Row] = []
    if start < law.since:
        rows.append([start.isoformat(), *series, 0, "flag", *law.before])
        if law.since > end:
            return rows
        eve = law.since - datetime.timedelta(days=1)
        rows.append([eve.isoformat(), *series, 0, "flag", *law.before])
    first = max(start, law.since)
    return [*rows, [first.isoformat(), *series, 1, "flag", law.status, law.source, law.note]]


def organisation_rows(name: str, start: str) -> list[Row]:
    """Zeros of an organisation or employer."""
    return [
        [start, name, series, 0, unit, "assumed", "assumption", note] for series, (unit, note) in ORGANISATION.items()
    ]


def mission_rows(mission: str, table: dict[tuple[str, int], dict[str, str]], missions: Path = MISSIONS) -> list[Row]:
    """All rows of a mission's table."""
    contributors, start, end = read_mission(mission, missions)
    years = dated_years(start, end, max(year for _, year in table))
    rows: list[Row] = []
    for name in contributors:
        is_one = is_state(name)
        rows += state_rows(name, years, table, end) if is_one else organisation_rows(name, start.isoformat())
    return rows


def main(argv: list[str] | None = None) -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--covariates", type=Path, required=True, help="country_year.csv")
    parser.add_argument("--missions", nargs="+", default=["kosovo", "bosnia"], help="folders in scenarios/mission")
    given = parser.parse_args(argv)
    table = read_covariates(given.covariates)
    for mission in given.missions:
        rows = mission_rows(mission, table)
        with (MISSIONS / mission / "contributors.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerows([HEADER, *rows])
        print(f"{mission}: {len(rows)} rows, {len({row[1] for row in rows})} contributors")


if __name__ == "__main__":
    main()
