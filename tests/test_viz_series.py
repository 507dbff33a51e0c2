"""Figures of many runs over time and of the accountability chain, and that every figure shows itself in a notebook."""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import pytest
from matplotlib.image import imread
from matplotlib.text import Text

from sim.analysis.compare import Comparison
from sim.analysis.study import FUNNEL_ASIDE, FUNNEL_STAGES
from sim.viz import style
from sim.viz.fan import fan, quantiles
from sim.viz.funnel import funnel

# Two options, three runs each, four weeks: levels 1, 2, 3 and 11, 12, 13; a flow of twice the week.
SERIES = pd.DataFrame(
    [
        {"option": option, "replicate": i, "week": float(week), "venues": base + i, "true_acts": 2.0 * week}
        for option, base in (("as it was", 1.0), ("more", 11.0))
        for i in range(3)
        for week in range(4)
    ]
)


def words_of(figure: style.Figure) -> str:
    return " ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))


def test_a_fan_holds_the_middle_and_nine_in_ten_by_week() -> None:
    table = quantiles(SERIES, "venues").set_index(["option", "week"])
    assert table.loc[("more", 3.0)].tolist() == pytest.approx([11.1, 12.0, 12.9, 3.0])
    drawing = fan(SERIES, "venues")
    assert "Venues in week 3, medians: 2.0 with as it was and 12 with more" in words_of(drawing.figure)
    assert list(drawing.table.columns) == ["option", "week", "low90", "median", "high90", "n"]


def test_flows_are_means_of_the_quarter_before() -> None:
    table = quantiles(SERIES, "true_acts").set_index(["option", "week"])["median"]
    assert table["more"].tolist() == [0.0, 1.0, 2.0, 3.0]  # means of 0; 0, 2; 0, 2, 4; 0, 2, 4, 6


def test_a_title_tells_the_largest_gap_where_options_meet_again() -> None:
    met = SERIES.assign(venues=SERIES["venues"].where(SERIES["week"] == 1.0, 5.0))
    assert "in week 1, medians" in words_of(fan(met, "venues").figure)


def test_a_comparison_draws_its_series_and_knows_their_names() -> None:
    found = Comparison(pd.DataFrame(), pd.DataFrame(), SERIES.assign(date="2000-01-03"), "as it was")
    assert "3 runs of each option" in words_of(found.plot_series("venues"))
    with pytest.raises(ValueError, match="Did you mean: venues"):
        found.plot_series("venue")


def chain(acted: float) -> pd.DataFrame:
    """A funnel in which each stage passes half, the last one nobody."""
    true = [acted / 2**i for i in range(len(FUNNEL_STAGES) - 1)] + [0.0, 10.0]
    observed = [float("nan"), float("nan"), *true[2:]]
    return pd.DataFrame({"stage": [*FUNNEL_STAGES, *FUNNEL_ASIDE], "true": true, "observed": observed})


def test_a_funnel_says_what_passes_and_what_is_not_seen() -> None:
    drawing = funnel(chain(1024.0), "Invented.")
    passed = drawing.table.set_index("stage")["passed_on"]
    assert (
        passed["reported"] == 0.5
        and passed["convicted"] == 0.0
        and passed[["persons_with_act", "removed"]].isna().all()
    )
    said = words_of(drawing.figure)
    assert "Of 1,000 of personnel with an act: 500 reported, 31 substantiated, nobody convicted" in said
    assert said.count("not seen") == 2 and "Invented." in said


def test_a_funnel_without_acts_says_so() -> None:
    assert "Nobody of the mission had an act" in words_of(funnel(chain(0.0).assign(true=0.0)).figure)


def test_a_figure_shows_itself_with_its_title_as_words() -> None:
    figure = style.new_figure("A finding of two words", "what", "from where", (6.0, 4.0))
    picture, about = figure._repr_png_()
    assert imread(BytesIO(picture)).shape[:2] == (4 * style.SCREEN_DPI, 6 * style.SCREEN_DPI)
    assert about == {"alt": "A finding of two words"}
