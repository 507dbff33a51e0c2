"""The dated mission tables: shape, words, sources, and a few numbers computed by hand.

Which values the reader makes of them is tested elsewhere; here the files themselves are checked, with pandas
alone, so that a slip in a table is found before it reaches a run.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
MISSIONS = ROOT / "scenarios" / "mission"
FACTS = ROOT / "sim" / "world" / "data" / "facts.csv"
GRID = ROOT / "sim" / "world" / "data" / "grids" / "balkans.csv"

HEADERS = {
    "strength": "date,category,scope,value,unit,status,source,note",
    "contingents": "date,contingent,contributor,category,authority,sector,value,unit,status,source,note",
    "places": "date,sector,town,col,row,value,unit,status,source,note",
    "conduct_rules": "date,category,rule,value,unit,status,source,note",
    "incomes": "date,subject,series,value,unit,status,source,note",
    "borders": "date,country,series,value,unit,status,source,note",
    "enforcement": "date,series,value,unit,status,source,note",
    "contributors": "date,contributor,series,value,unit,status,source,note",
}
START = {"kosovo": pd.Timestamp("1999-06-14"), "bosnia": pd.Timestamp("1995-12-18")}
WEEKS = {"kosovo": 520, "bosnia": 624}
COUNTRY = {"kosovo": "XKX", "bosnia": "BIH"}
SOURCES = {
    "kosovo": {"MDA", "ROU", "UKR", "BGR", "ALB", "SRB", "RUS", "BLR", "MKD", "HUN"},
    "bosnia": {"MDA", "ROU", "UKR", "BGR", "ALB", "SRB", "RUS", "BLR", "MKD", "HUN", "HRV", "MNE"},
}
CATEGORIES = {"military", "police", "civilian", "contractor"}
AUTHORITY = {"military": "nato", "police": "un", "civilian": "un", "contractor": "employer"}
UNITS = {
    "strength": {"persons"},
    "contingents": {"persons"},
    "places": {"share"},
    "conduct_rules": {"share"},
    "incomes": {"USD"},
    "borders": {"share", "ratio"},
    "enforcement": {"per_week", "per_month", "beds"},
    "contributors": {"flag", "sd", "USD"},
}
FACT_ID = re.compile(r"\b[A-Z]\d{2}\b")
RANGE = re.compile(r"range ([\d.]+)-([\d.]+)")

missions = pytest.mark.parametrize("mission", sorted(START))
tables = pytest.mark.parametrize("table", sorted(HEADERS))


def read(mission: str, table: str) -> pd.DataFrame:
    """One table with its dates parsed and nothing turned into a missing value."""
    frame = pd.read_csv(MISSIONS / mission / f"{table}.csv", keep_default_na=False)
    frame["date"] = pd.to_datetime(frame["date"], format="%Y-%m-%d")
    return frame


def horizon(mission: str) -> pd.Timestamp:
    """The day the mission's last week ends."""
    return START[mission] + pd.Timedelta(weeks=WEEKS[mission])


def value_at(frame: pd.DataFrame, date: str) -> float:
    """Linear between dates, constant outside, as the reader of the tables does."""
    frame = frame.sort_values("date")
    days = (frame["date"] - pd.Timestamp("1990-01-01")).dt.days.to_numpy()
    return float(np.interp((pd.Timestamp(date) - pd.Timestamp("1990-01-01")).days, days, frame["value"]))


def in_country(mission: str, category: str) -> pd.DataFrame:
    frame = read(mission, "strength")
    return frame[(frame["category"] == category) & (frame["scope"] == "in_country")]


@missions
@tables
def test_header_is_exact(mission: str, table: str) -> None:
    with open(MISSIONS / mission / f"{table}.csv", encoding="utf-8") as file:
        assert file.readline().rstrip("\n") == HEADERS[table]


@missions
@tables
def test_dates_lie_near_the_mission(mission: str, table: str) -> None:
    dates = read(mission, table)["date"]
    assert dates.min() >= START[mission] - pd.Timedelta(days=365)
    assert dates.max() <= horizon(mission) + pd.Timedelta(days=730)


@missions
@tables
def test_values_are_finite_and_not_negative(mission: str, table: str) -> None:
    frame = read(mission, table)
    assert np.isfinite(frame["value"].astype(float)).all()
    assert (frame.loc[frame["unit"] != "sd", "value"] >= 0).all()
    assert set(frame["unit"]) <= UNITS[table]
    assert (frame.loc[frame["unit"] == "share", "value"] <= 1).all()


@missions
@tables
def test_a_series_has_one_value_a_date(mission: str, table: str) -> None:
    frame = read(mission, table)
    key = ["date", *HEADERS[table].split(",")[1 : HEADERS[table].split(",").index("value")]]
    assert not frame.duplicated(key).any()


@missions
@tables
def test_status_and_source(mission: str, table: str) -> None:
    frame = read(mission, table)
    assert set(frame["status"]) <= {"sourced", "derived", "assumed"}
    assert (frame["source"].str.strip() != "").all()
    assumed = frame["status"] == "assumed"
    assert (frame.loc[assumed, "source"] == "assumption").all()
    assert not frame.loc[~assumed, "source"].str.contains("assumption").any()


@missions
@tables
def test_derived_rows_say_from_what(mission: str, table: str) -> None:
    frame = read(mission, table)
    assert (frame.loc[frame["status"] == "derived", "note"].str.len() >= 15).all()


@missions
@tables
def test_assumed_rows_give_reason_and_range(mission: str, table: str) -> None:
    frame = read(mission, table)
    for row in frame[frame["status"] == "assumed"].itertuples():
        found = RANGE.search(row.note)
        assert found, f"no range: {row.note}"
        low, high = map(float, found.groups())
        assert low <= row.value <= high, f"{row.value} outside its own range: {row.note}"
        reason = row.note.split("reasoning:", 1)
        assert len(reason) == 2 and len(reason[1].strip()) >= 15, f"no reasoning: {row.note}"


@missions
@tables
def test_cited_facts_exist(mission: str, table: str) -> None:
    frame = read(mission, table)
    known = set(pd.read_csv(FACTS)["id"])
    cited = {fact for text in frame["source"] + " " + frame["note"] for fact in FACT_ID.findall(text)}
    assert cited <= known


@missions
def test_every_category_has_strength_over_the_horizon(mission: str) -> None:
    assert set(read(mission, "strength")["scope"]) <= {"theatre", "in_country"}
    for category in CATEGORIES:
        frame = in_country(mission, category)
        assert frame["date"].min() == START[mission]
        assert frame["date"].max() >= horizon(mission)


@missions
def test_contingents_keep_their_attributes(mission: str) -> None:
    frame = read(mission, "contingents")
    attributes = frame.groupby("contingent")[["contributor", "category", "authority", "sector"]].nunique()
    assert (attributes == 1).all().all()
    assert (frame["category"].map(AUTHORITY) == frame["authority"]).all()
    assert 60 <= frame["contingent"].nunique() <= 150
    assert frame.loc[frame["category"] == "military", "value"].max() <= 2500


@missions
def test_contributors_use_the_agreed_names(mission: str) -> None:
    frame = read(mission, "contingents")
    pattern = {
        "military": r"[A-Z]{3}",
        "police": r"[A-Z]{3}",
        "civilian": r"(UN|NGO)-STAFF",
        "contractor": r"EMPLOYER-\d",
    }
    assert set(frame["category"]) == CATEGORIES
    for category, form in pattern.items():
        names = frame.loc[frame["category"] == category, "contributor"]
        assert names.str.fullmatch(form).all()
    assert frame.loc[frame["category"] == "police", "contributor"].nunique() >= 35


@missions
def test_strength_always_has_contingents_to_fill(mission: str) -> None:
    frame = read(mission, "contingents")
    for category in CATEGORIES:
        own = frame[frame["category"] == category]
        for date in pd.date_range(START[mission], horizon(mission), freq="182D"):
            total = sum(value_at(part, date.isoformat()) for _, part in own.groupby("contingent"))
            assert total > 0


@missions
def test_sectors_of_contingents_and_places_agree(mission: str) -> None:
    assert set(read(mission, "contingents")["sector"]) == set(read(mission, "places")["sector"])


@missions
def test_shares_of_a_sector_sum_to_one(mission: str) -> None:
    sums = read(mission, "places").groupby(["sector", "date"])["value"].sum()
    assert ((sums - 1).abs() < 1e-9).all()


@missions
def test_a_town_has_one_cell(mission: str) -> None:
    towns = read(mission, "places").groupby("town")[["col", "row"]].nunique()
    assert (towns == 1).all().all()
    assert len(towns) >= {"kosovo": 10, "bosnia": 25}[mission]


@missions
def test_towns_lie_in_the_mission_country(mission: str) -> None:
    if not GRID.exists():
        pytest.skip("the Balkans grid is not there yet")
    grid = pd.read_csv(GRID, keep_default_na=False).set_index(["col", "row"])["country"]
    places = read(mission, "places")
    cells = list(zip(places["col"], places["row"]))
    assert (grid.loc[cells] == COUNTRY[mission]).all()


@missions
def test_exposure_is_given_for_every_category(mission: str) -> None:
    frame = read(mission, "conduct_rules")
    assert set(frame["rule"]) == {"exposure"}
    first = frame.sort_values("date").groupby("category")["date"].first()
    assert set(first.index) == CATEGORIES
    assert (first == START[mission]).all()
    for date in frame["date"].unique():
        level = {name: value_at(part, date) for name, part in frame.groupby("category")}
        assert level["military"] < level["police"] < level["civilian"] <= level["contractor"]


@missions
def test_incomes_cover_people_and_countries(mission: str) -> None:
    frame = read(mission, "incomes")
    subjects = frame.groupby("series")["subject"].agg(set)
    assert subjects["disposable_usd_per_week"] == CATEGORIES
    assert subjects["income_usd_per_year"] == SOURCES[mission] | {COUNTRY[mission]}
    assert subjects["wage_usd_per_month"] == {COUNTRY[mission]}
    assert (frame["value"] > 0).all()


@missions
def test_borders_cover_the_source_countries(mission: str) -> None:
    frame = read(mission, "borders")
    countries = frame.groupby("series")["country"].agg(set)
    assert set(countries.index) == {"interception_share", "crossing_cost_ratio"}
    assert (countries == SOURCES[mission] | {COUNTRY[mission]}).all()
    stopped = frame[frame["series"] == "interception_share"].set_index("country")["value"]
    assert stopped[COUNTRY[mission]] == 0
    assert stopped.drop(COUNTRY[mission]).between(0.02, 0.10).all()
    assert (frame.loc[frame["series"] == "crossing_cost_ratio", "value"] > 0).all()


@missions
def test_enforcement_names_its_three_series(mission: str) -> None:
    units = read(mission, "enforcement").groupby("series")["unit"].agg(set)
    assert units.to_dict() == {
        "raid_capacity_per_week": {"per_week"},
        "assistance_places_per_month": {"per_month"},
        "shelter_beds": {"beds"},
    }


def test_kosovo_force_halves_by_mid_2003() -> None:
    military = in_country("kosovo", "military")
    end_of_1999 = value_at(military, "1999-12-31")
    assert 35_000 <= end_of_1999 <= 50_000
    assert value_at(military, "1999-09-08") == 41_000
    assert 0.4 <= value_at(military, "2003-07-01") / end_of_1999 <= 0.65


def test_kosovo_in_country_never_exceeds_theatre() -> None:
    frame = read("kosovo", "strength")
    theatre = frame[frame["scope"] == "theatre"]
    military = in_country("kosovo", "military")
    for date in pd.date_range("1999-06-14", "2009-06-01", freq="28D"):
        assert value_at(military, date.isoformat()) <= value_at(theatre, date.isoformat())


def test_bosnia_force_follows_the_published_totals() -> None:
    military = in_country("bosnia", "military")
    assert value_at(military, "1996-02-19") == 52_000
    assert value_at(military, "2003-12-17") == 11_900
    assert value_at(military, "2007-03-01") == 6_000


def test_police_follow_the_monthly_un_series() -> None:
    assert value_at(in_country("kosovo", "police"), "2001-12-31") == 4_519
    assert value_at(in_country("bosnia", "police"), "1997-06-30") == 1_945


def test_enforcement_arithmetic() -> None:
    kosovo = read("kosovo", "enforcement").set_index(["series", "date"])["value"]
    bosnia = read("bosnia", "enforcement")
    raids_2003 = kosovo["raid_capacity_per_week", pd.Timestamp("2003-07-01")]
    assert raids_2003 == pytest.approx(56 / 52 / (124 / 600), abs=0.05)
    raids = bosnia[bosnia["series"] == "raid_capacity_per_week"]
    assert value_at(raids, "2002-03-01") == pytest.approx(600 / 52, abs=0.05)
    assisted = bosnia[bosnia["series"] == "assistance_places_per_month"]
    assert value_at(assisted, "2000-06-01") == pytest.approx(380 / 28, abs=0.05)


def test_a_folder_of_the_same_name_in_the_working_folder_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`tables: kosovo` means the package's tables, even beside a results folder called kosovo; a path means the path."""
    from sim.config import load_scenario
    from sim.errors import ScenarioError
    from sim.world.missions import read_tables

    (tmp_path / "kosovo").mkdir()
    monkeypatch.chdir(tmp_path)
    mission = load_scenario("mission=kosovo").mission
    assert len(read_tables(mission)["strength"]) > 10
    mission.tables = str(tmp_path / "kosovo")
    with pytest.raises(ScenarioError, match="missing"):
        read_tables(mission)


def test_every_summary_number_is_declared() -> None:
    from sim.config import load_scenario
    from sim.indicators import SUMMARY
    from sim.runs.simulate import simulate

    run = simulate(load_scenario("mission=generic", "scale=0.05", "mission.horizon_weeks=4"))
    assert set(run.summary) == set(SUMMARY)


def test_a_post_too_large_for_its_keys_is_refused() -> None:
    from sim.config import load_scenario
    from sim.errors import ScenarioError
    from sim.world.build import build_world

    with pytest.raises(ScenarioError, match="more than 65535 persons in one post"):
        build_world(load_scenario("mission=generic", "mission.trapezoid.peak=500000", "shock=surge", "shock.size=3"))
