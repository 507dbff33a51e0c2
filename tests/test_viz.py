"""Figures: their words, their tables, and that runs with nothing in them are said so rather than failing.

The run is invented: smooth curves of the right shape for a Kosovo-like mission, so that no test waits for
the model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from sim.indicators import INDICATORS
from sim.scenario import Mission, Scenario, Shock
from sim.viz import BUILDERS, Drawing, drawings, style, words, write_figures
from sim.viz.arcs import recruitments
from sim.viz.comparison import difference_of
from sim.viz.drawing import TABLE_COLUMNS, run_names
from sim.viz.maps import chosen_weeks
from sim.world.geography import load_geography

STATES = ("at_risk", "prevented", "recruited", "in_transit", "exploited_venue", "exploited_private", "moved",
          "escaped", "identified", "released", "assisted", "unassisted", "returned", "resettled", "stayed")  # fmt: skip
SHARES = {
    "MDA": 0.42,
    "ROU": 0.2,
    "UKR": 0.14,
    "BGR": 0.08,
    "ALB": 0.06,
    "SRB": 0.04,
    "MKD": 0.03,
    "RUS": 0.02,
    "BLR": 0.01,
}
NAMES = ["map_weeks", "map_origins", "market_and_mission", "segments", "persons", "origins", "networks"]


@dataclass
class FakeRun:
    """A run as the figures see it."""

    scenario: Scenario
    seed: int
    series: pd.DataFrame
    states: pd.DataFrame
    origins: pd.DataFrame
    cells: pd.DataFrame
    summary: dict[str, float] = field(default_factory=dict)
    events: pd.DataFrame = field(default_factory=pd.DataFrame)


def fake_run(
    n_weeks: int = 520,
    size: float = 1.0,
    market: float = 1.0,
    shock: Shock | None = None,
    policy: dict[str, Any] | None = None,
    region: str = "balkans",
    codes: tuple[str, ...] = ("XKX",),
    sources: tuple[str, ...] = tuple(SHARES),
) -> FakeRun:
    """Invent a run; ``size`` scales the mission, ``market`` the market."""
    mission = Mission(
        name="kosovo",
        title="Kosovo (KFOR and UNMIK)",
        region=region,
        countries=list(codes),
        source_countries=list(sources),
        start_date="1999-06-14",
        horizon_weeks=n_weeks,
    )
    scenario = Scenario(mission=mission, shock=shock or Shock(), policy=policy or {})
    week = np.arange(n_weeks, dtype=float)
    dates = [str(date(1999, 6, 14) + timedelta(weeks=w)) for w in range(n_weeks)]
    surge = 1.0 + (
        scenario.shock.size * ((week >= 104) & (week < 156)) if scenario.shock.name != "none" else 0.0
    )
    troops = (
        size * surge * np.interp(week, [0, 26, 60, 190, 330, 520], [14000, 43000, 41000, 19000, 16500, 10400])
    )
    personnel = troops * 1.25
    lag = np.convolve(personnel, np.exp(-np.arange(300) / 70.0))[:n_weeks] / 70.0
    noise = 1.0 + 0.03 * np.sin(week * 0.21) * np.cos(week * 0.13)
    venues = np.round(market * (18 + 0.0051 * lag * noise + 0.1 * week))
    hidden = np.round(venues * np.interp(week, [0, 100, 260, 520], [0.05, 0.1, 0.45, 0.55]))
    exploited = np.round(venues * np.interp(week, [0, 150, 520], [4.5, 5.2, 3.4]) * noise)
    ratio = np.interp(week, [0, 40, 200, 520], [0.5, 0.78, 0.34, 0.16]) * np.sign(size + 0 * week)

    def flow(level: Any, wobble: float = 0.8) -> Any:
        return market * np.maximum(0.0, np.round(level + wobble * np.sin(week**1.7 * 2.1)))

    def course(weeks: list[float], levels: list[float]) -> Any:
        return market * np.interp(week, weeks, levels)

    values: dict[str, Any] = {
        "troops_present": np.round(troops),
        "personnel_present": np.round(personnel),
        "venues": venues,
        "venues_hidden": hidden,
        "observed_venues": np.round(venues * 0.7),
        "true_exploited_persons": exploited,
        "exploited_private_persons": np.round(exploited * 0.06),
        "international_demand": 0.09 * personnel,
        "local_demand": market * (900 + 2 * week),
        "true_acts": 0.07 * personnel * market,
        "local_acts": market * (800 + 3.4 * week),
        "international_client_share": ratio * market,
        "international_revenue_share": np.minimum(0.95, ratio * 1.35) * market,
        "observed_international_client_share": np.where(week % 52 < 26, 0, ratio * 0.8) * market,
        "price_international_usd": course([0, 60, 520], [60, 74, 41]),
        "price_local_usd": course([0, 520], [17, 24]),
        "networks_active": np.round(venues / 4.6),
        "diversified_share": course([0, 200, 520], [0.1, 0.12, 0.31]),
        "new_recruitments": flow(8.0, 3.0),
        "identified_persons": flow(3.4),
        "assisted_persons": flow(2.6),
        "observed_assisted_persons": flow(1.9),
        "raids": flow(course([0, 70, 210, 520], [0, 1, 5, 6])),
        "raids_leaked": flow(course([0, 70, 210, 520], [0, 0.4, 1.4, 1.0]), 0.3),
        "venues_opened": flow(1.4),
        "venues_closed": flow(1.1),
        "venues_closed_by_police": flow(0.6),
        "official_ties": market * 0.22 * noise,
        "infrastructure": course([0, 300, 520], [0.05, 0.5, 0.58]),
        "exploited_local_share": course([0, 520], [0.04, 0.31]),
    }
    series = pd.DataFrame(
        {"week": week, "date": dates, **{name: values.get(name, np.zeros(n_weeks)) for name in INDICATORS}}
    )
    parts = {
        "recruited": 0.05,
        "in_transit": 0.04,
        "exploited_venue": 0.94,
        "exploited_private": 0.06,
        "moved": 0.01,
        "escaped": 0.01,
        "identified": 0.03,
        "released": 0.02,
        "assisted": 0.16,
        "unassisted": 0.05,
    }
    states = pd.DataFrame(
        {"week": week, "date": dates, **{name: exploited * parts.get(name, 0.0) for name in STATES}}
    )
    states["returned"], states["resettled"], states["stayed"] = (
        market * week * 1.9,
        market * week * 0.4,
        market * week * 0.7,
    )
    local = series["exploited_local_share"].to_numpy()
    rows = []
    for code, part in [*SHARES.items(), (codes[0], 1.0)]:
        if code in (*sources, codes[0]):
            mix = local if code == codes[0] else (1 - local) * part
            rows.append(
                pd.DataFrame(
                    {
                        "week": week,
                        "date": dates,
                        "country": code,
                        "new_recruitments": series["new_recruitments"] * mix,
                        "exploited_persons": exploited * mix,
                    }
                )
            )
    return FakeRun(
        scenario, 0, series, states, pd.concat(rows, ignore_index=True), fake_cells(series, region, codes)
    )


def fake_cells(series: pd.DataFrame, region: str, codes: tuple[str, ...]) -> pd.DataFrame:
    """Spread a run's demand and venues over cells by population."""
    geography = load_geography(region)
    cells = geography.cells_of(list(codes))
    weight = geography.population_weights(cells, 0.3)
    snapshots = sorted({*range(12, len(series), 13), len(series) - 1})
    frames = []
    for step in snapshots:
        row = series.iloc[step]
        venues = np.floor(row["venues"] * weight + 0.4)
        frames.append(
            pd.DataFrame(
                {
                    "week": row["week"],
                    "date": row["date"],
                    "cell": cells,
                    "column": cells % geography.n_columns,
                    "row": cells // geography.n_columns,
                    "longitude": geography.longitude[cells],
                    "latitude": geography.latitude[cells],
                    "country": codes[0],
                    "personnel": row["personnel_present"] * weight,
                    "international_demand": row["international_demand"] * weight,
                    "local_demand": row["local_demand"] * weight,
                    "venues": venues,
                    "venues_hidden": np.floor(venues * row["venues_hidden"] / max(row["venues"], 1.0)),
                    "exploited_persons": row["true_exploited_persons"] * weight,
                    "raids": row["raids"] * weight,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


WORDS = [
    (words.count(0.0), "0"),
    (words.count(214.4), "214"),
    (words.count(0.3), "fewer than 1"),
    (words.count(1234.0), "1,230"),
    (words.count(41049.0), "41,000"),
    (words.count(17450.0), "17,500"),
    (words.count(-41049.0), "−41,000"),
    (words.count(float("nan")), "not known"),
    (words.rate(0.0), "0"),
    (words.rate(3.449), "3.4"),
    (words.rate(0.0314), "0.031"),
    (words.rate(99.7), "100"),
    (words.share(0.0), "0%"),
    (words.share(1.0), "100%"),
    (words.share(0.997), "over 99%"),
    (words.share(0.0004), "under 0.1%"),
    (words.share(0.0449), "4.5%"),
    (words.share(0.445), "45%"),
    (words.many(1.0, "venue", "venues"), "1 venue"),
    (words.many(0.0, "venue", "venues"), "no venues"),
    (words.list_of(["a", "b", "c"]), "a, b and c"),
    (words.list_of([]), ""),
    (words.change("venues", 18, 214), "venues rose from 18 to 214"),
    (words.change("troops", 41000, 17500), "troops fell from 41,000 to 17,500"),
    (words.change("venues", 100, 104), "venues changed little (100 to 104)"),
    (words.change("venues", 12, 12), "venues stayed at 12"),
    (words.change("venues", 0, 0), "venues stayed at 0"),
    (words.course("venues", [18, 90, 214], [None] * 3, [0, 1, 2]), "venues rose from 18 to 214"),
    (
        words.course("venues", [18, 214, 90], [None, date(2003, 3, 3), None], [0, 1, 2]),
        "venues peaked at 214 in March 2003 and ended at 90",
    ),
    (words.course("venues", [1, 9, 2], [None] * 3, [0, 7, 8]), "venues peaked at 9 in week 7 and ended at 2"),
    (words.course("venues", [7], [None], [0]), "venues stood at 7"),
    (words.course("venues", [], [], []), "nothing is known of venues"),
    (words.difference(112, 100), "12% more"),
    (words.difference(92, 100), "8% fewer"),
    (words.difference(5, 5), "the same"),
    (words.difference(300, 100), "3.0 times as many"),
    (words.difference(34, 0), "34 against none"),
]


@pytest.mark.parametrize(("said", "meant"), WORDS)
def test_numbers_and_sentences(said: str, meant: str) -> None:
    assert said == meant


def test_labels_keep_their_place_or_share_the_gap() -> None:
    assert style.spread([0.2, 0.8], [0.1, 0.1]) == pytest.approx([0.2, 0.8])
    assert style.spread([0.5, 0.5], [0.1, 0.1]) == pytest.approx([0.45, 0.55])
    assert style.spread([1.0, 0.0], [0.2, 0.2]) == pytest.approx([0.9, 0.1])
    assert style.spread([0.52, 0.5, 0.48], [0.1, 0.2, 0.1]) == pytest.approx([0.65, 0.5, 0.35])


def test_colours_can_be_told_from_white() -> None:
    """Marks need 3:1 and text 4.5:1 (WCAG 2.2)."""

    def contrast(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)

    for colour in (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE, style.ORANGE, style.GREY):
        assert contrast(colour) >= 3.0
        assert contrast(style.TEXT_COLOUR.get(colour, colour)) >= 4.5


def test_maps_show_early_one_year_peak_and_end() -> None:
    run = fake_run()
    weeks = chosen_weeks(run)
    peak = run.cells.groupby("week")["venues"].sum().idxmax()
    assert weeks == sorted([12.0, 51.0, peak, 519.0])
    assert chosen_weeks(fake_run(20)) == [12.0, 19.0]
    assert chosen_weeks(fake_run(1)) == [0.0]
    assert len(chosen_weeks(fake_run(60))) == 4


def test_recruitments_by_country_add_up() -> None:
    run = fake_run(104)
    table = recruitments(run)
    assert table["recruitments"].sum() == pytest.approx(run.origins["new_recruitments"].sum())
    assert table["share"].sum() == pytest.approx(1.0)
    assert table["recruitments"].is_monotonic_decreasing
    where = table.set_index("country")["where"]
    assert where[["XKX", "MDA", "RUS"]].tolist() == [
        "inside the mission area",
        "on the map",
        "beyond the map",
    ]


def test_the_table_is_what_is_drawn() -> None:
    run = fake_run(80)
    drawn = drawings(run)["market_and_mission"]
    lines = {line.get_ydata().tobytes() for axes in drawn.figure.axes for line in axes.lines}
    for _, part in drawn.table.groupby("series"):
        assert part["value"].to_numpy().tobytes() in lines
    assert set(drawn.table["series"]) >= {"venues", "troops_present", "true_exploited_persons"}


def test_the_difference_is_that_of_shared_weeks() -> None:
    run, against = fake_run(30), fake_run(40)
    run.series["venues"] += 3.0
    weeks, gap = difference_of(run, against, "venues", False)
    assert weeks.tolist() == list(range(30))
    assert gap.tolist() == [3.0] * 30


def test_a_run_against_itself_has_no_difference() -> None:
    run = fake_run(60)
    drawn = drawings(run, run)["comparison"]
    assert "no difference" in text_of(drawn)
    assert (drawn.table.loc[drawn.table["run"] == "difference", "value"] == 0.0).all()


def test_runs_are_named_by_what_tells_them_apart() -> None:
    surge = fake_run(4, shock=Shock(name="surge", size=0.5))
    assert run_names(surge, fake_run(4)) == ("surge", "no shock")
    assert run_names(fake_run(4), fake_run(4)) == ("this run", "other run")
    assert run_names(fake_run(4, policy={"follow_up": None}), fake_run(4)) == ("follow up", "no added policy")


def test_every_figure_says_what_was_run_and_what_it_is_for() -> None:
    shock = Shock(name="surge", size=0.5, start_week=20.0, duration_weeks=13.0)
    drawn = drawings(fake_run(60, shock=shock), fake_run(60))
    assert list(drawn) == [*NAMES, "comparison"]
    for drawing in drawn.values():
        text = text_of(drawing)
        assert style.CAVEAT in text
        assert "shock: surge (size 0.5 from week 20)" in text
        assert len(drawing.table) > 0
    assert "surge begins" in text_of(drawn["market_and_mission"])
    assert "surge ends" in text_of(drawn["market_and_mission"])
    assert "reference: no shock" in text_of(drawn["market_and_mission"])


def without_rows() -> FakeRun:
    run = fake_run(8)
    run.origins, run.cells = run.origins.iloc[:0], run.cells.iloc[:0]
    return run


@pytest.mark.parametrize(
    ("run", "name", "said"),
    [
        (fake_run(60, market=0.0), "market_and_mission", "no venue operated"),
        (fake_run(60, market=0.0), "map_weeks", "No venue operated"),
        (fake_run(60, market=0.0), "map_origins", "Nobody was recruited"),
        (fake_run(60, market=0.0), "persons", "Nobody was exploited"),
        (fake_run(60, market=0.0), "origins", "Nobody was exploited"),
        (fake_run(60, market=0.0), "networks", "No venue opened"),
        (fake_run(60, market=0.0, size=0.0), "segments", "No visits took place"),
        (fake_run(60, size=0.0), "market_and_mission", "no troops were present"),
        (fake_run(1), "market_and_mission", "venues stood at"),
        (without_rows(), "map_weeks", "no snapshot"),
        (without_rows(), "map_origins", "Nobody was recruited"),
    ],
)
def test_nothing_is_said_in_words(run: FakeRun, name: str, said: str) -> None:
    with style.house_style():
        assert said.lower() in text_of(BUILDERS[name](run, None)).lower()


@pytest.mark.parametrize("run", [fake_run(1, market=0.0, size=0.0), without_rows()])
def test_nothing_at_all_still_gives_every_figure(run: FakeRun) -> None:
    assert list(drawings(run, run)) == [*NAMES, "comparison"]


def test_an_invented_region_counts_weeks() -> None:
    drawn = drawings(fake_run(60, region="synthetic", codes=("MIS",), sources=("SRA", "SRC")))
    assert "week 0" in [t.get_text() for t in drawn["market_and_mission"].figure.axes[2].get_xticklabels()]
    assert "1999" not in text_of(drawn["map_weeks"])


def test_files_are_pictures_and_tables_and_repeat_exactly(tmp_path: Path) -> None:
    run = fake_run(30)
    first, second = write_figures(run, tmp_path / "a"), write_figures(run, tmp_path / "b")
    assert [path.name for path in first] == [f"{name}.{kind}" for name in NAMES for kind in ("png", "csv")]
    for a, b in zip(first, second):
        assert a.read_bytes() == b.read_bytes()
    assert b"Creation" not in first[0].read_bytes()
    assert list(pd.read_csv(tmp_path / "a" / "segments.csv").columns) == list(TABLE_COLUMNS)


def text_of(drawing: Drawing) -> str:
    """All text of a figure, line breaks as spaces."""
    found = [artist.get_text() for artist in drawing.figure.findobj(Text)]
    return " ".join(" ".join(found).split())
