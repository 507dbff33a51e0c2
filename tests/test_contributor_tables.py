"""Tables of contributors: complete, in range, sourced, and nothing in them but institutions and incomes.

Shape, dates, ranges of assumed values and cited facts are checked with the other tables in `test_mission_tables.py`.
"""

from __future__ import annotations

import datetime
import filecmp
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from sim.config import load_scenario
from sim.model import MandateModel
from sim.world.missions import CONTRIBUTOR_SERIES

ROOT = Path(__file__).resolve().parents[1]
MISSIONS = ROOT / "scenarios" / "mission"
RANGES = {"is_state": (0, 1), "rule_of_law": (-2.5, 2.5), "income_usd_per_year": (0, 200_000), "purchase_is_offence": (0, 1)}
UNITS = {"is_state": "flag", "rule_of_law": "sd", "income_usd_per_year": "USD", "purchase_is_offence": "flag"}
missions = pytest.mark.parametrize("mission", ["kosovo", "bosnia", "generic"])


def tool(name: str) -> ModuleType:
    """A script of `tools` as a module."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # so that dataclasses find their own module
    spec.loader.exec_module(module)
    return module


def covariates(folder: Path, *rows: str) -> Path:
    """A made-up file of yearly figures."""
    path = folder / "country_year.csv"
    path.write_text("\n".join(["iso3,year,gdp_pc_usd,wgi_rule_of_law", *rows]) + "\n", encoding="utf-8")
    return path


def table(mission: str, name: str = "contributors") -> pd.DataFrame:
    """A mission's table, nothing turned into a missing value."""
    return pd.read_csv(MISSIONS / mission / f"{name}.csv", keep_default_na=False)


@missions
def test_every_contributor_has_every_series_from_the_start(mission: str) -> None:
    senders = set(table(mission, "contingents")["contributor"])
    rows = table(mission)
    assert set(rows["contributor"]) == senders
    first = rows.groupby(["contributor", "series"])["date"].min()
    assert set(first.index) == {(c, s) for c in senders for s in CONTRIBUTOR_SERIES}
    assert (first <= table(mission, "strength")["date"].min()).all()


@missions
def test_values_units_and_sources(mission: str) -> None:
    """Nothing but institutions and incomes: no series could carry a propensity of anybody."""
    rows = table(mission)
    assert set(rows["series"]) == set(CONTRIBUTOR_SERIES) == set(RANGES)
    for name, (low, high) in RANGES.items():
        own = rows[rows["series"] == name]
        assert own["value"].astype(float).between(low, high).all() and (own["unit"] == UNITS[name]).all()
    assert set(rows["status"]) <= {"sourced", "derived", "assumed"}
    sourced = rows["status"] != "assumed"
    assert (rows.loc[sourced, "source"].str.len() > 5).all() and (rows.loc[~sourced, "source"] == "assumption").all()
    assert rows.loc[~sourced, "note"].map(lambda note: bool(re.search(r"range", note))).all()
    assert not rows.duplicated(["date", "contributor", "series"]).any()


@missions
def test_organisations_are_no_states(mission: str) -> None:
    rows = table(mission)
    own = rows[rows["contributor"].str.contains("-") & ~rows["contributor"].str.startswith("TCC")]
    assert len(own) and (own["value"].astype(float) == 0).all()


def test_laws_that_change_are_read_as_steps() -> None:
    """An offence holds from its day on, and no share of an offence exists before it."""
    model = MandateModel(load_scenario("mission=kosovo", "scale=0.01"))
    offences = model.world.purchase_offence
    assert set(offences.ravel()) == {0.0, 1.0}
    assert (offences[:, -1] >= offences[:, 0]).all() and offences[:, -1].sum() == 3 and offences[:, 0].sum() == 1


def test_numbers_hide_names_and_change_with_the_world_seed() -> None:
    """The same covariates sit under other numbers in another replicate."""
    a, b = (MandateModel(load_scenario("mission=kosovo", "scale=0.01"), 0, seed).world.contributors for seed in (0, 1))
    assert sorted(a.rule_of_law) == sorted(b.rule_of_law)
    assert list(a.rule_of_law) != list(b.rule_of_law)


@pytest.mark.parametrize("mission", ["kosovo", "bosnia"])
def test_index_and_income_name_year_publisher_and_licence(mission: str) -> None:
    rows = table(mission)
    own = rows[rows["series"].isin(["rule_of_law", "income_usd_per_year"]) & (rows["status"] != "assumed")]
    assert own["source"].str.contains("CC BY 4.0").all()
    assert own["note"].str.contains(r"(?:19|20)\d\d").all()
    years = own.groupby(["contributor", "series"])["date"].nunique()
    assert (years == years.iloc[0]).all()


@pytest.mark.parametrize("mission", ["kosovo", "bosnia"])
def test_an_offence_is_cited_and_a_step_takes_one_day(mission: str) -> None:
    rows = table(mission)
    rows = rows[rows["series"] == "purchase_is_offence"].assign(date=lambda r: pd.to_datetime(r["date"]))
    assert (rows.loc[rows["value"] == 1, "status"] != "assumed").all()
    for _, own in rows.groupby("contributor"):
        own = own.sort_values("date")
        changes = own["value"].diff().fillna(0) != 0
        assert (own["date"].diff()[changes] == pd.Timedelta(days=1)).all()


def test_states_are_the_codes_and_only_they() -> None:
    is_state = tool("make_contributors").is_state
    for mission in ("kosovo", "bosnia"):
        rows = table(mission)
        flags = rows[rows["series"] == "is_state"].set_index("contributor")["value"]
        assert {name: is_state(name) for name in flags.index} == (flags == 1).to_dict()


def test_nearest_year_and_of_two_the_earlier(tmp_path: Path) -> None:
    make = tool("make_contributors")
    figures = make.read_covariates(covariates(tmp_path, "AAA,1998,10,0.5", "AAA,1999,20,", "AAA,2000,40,-0.5"))
    assert make.nearest(figures, "AAA", "wgi_rule_of_law", 1999) == (1998, 0.5)
    assert make.nearest(figures, "AAA", "wgi_rule_of_law", 2003) == (2000, -0.5)
    assert make.nearest(figures, "AAA", "gdp_pc_usd", 1999) == (1999, 20.0)
    with pytest.raises(SystemExit, match="BBB has no gdp_pc_usd"):
        make.nearest(figures, "BBB", "gdp_pc_usd", 1999)


def test_years_of_rows() -> None:
    years = tool("make_contributors").dated_years
    day = datetime.date
    assert years(day(1999, 6, 14), day(2009, 6, 1), 2008) == [("1999-06-14", 1999), ("2004-07-01", 2004), ("2008-07-01", 2008)]
    assert years(day(2001, 1, 1), day(2001, 12, 31), 2008) == [("2001-01-01", 2001)]


def test_the_generic_tool_writes_the_tables_that_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = tool("make_generic_mission")
    monkeypatch.setattr(make, "FOLDER", tmp_path)
    make.main()
    names = [path.name for path in sorted((MISSIONS / "generic").glob("*.csv"))]
    same, changed, missing = filecmp.cmpfiles(tmp_path, MISSIONS / "generic", names, shallow=False)
    assert same == names and not changed and not missing


def test_generic_institutions_are_spread() -> None:
    rows = table("generic")
    states = rows[(rows["series"] == "is_state") & (rows["value"] == 1)]["contributor"]
    index = rows[(rows["series"] == "rule_of_law") & rows["contributor"].isin(states)]["value"]
    assert index.min() == -1 and index.max() == 1.5 and index.nunique() == len(states)
