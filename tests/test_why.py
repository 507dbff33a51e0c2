"""Through what two scenarios differ: the arithmetic by table, real runs, and the command."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.analysis.shares import (
    Difference,
    agreeing,
    common_error,
    error_of,
    is_told,
    mean_until,
    parts_of,
    share_through,
)
from sim.analysis.why import CHANNELS, Answer, Question, Slot, answer, check, last_week, mechanisms
from sim.cli import main
from sim.config import load_scenario
from sim.errors import ScenarioError
from sim.parameters import Parameters, walk
from sim.report.why import why_text
from sim.runs.simulate import simulate, simulate_series

SMALL = ("mission=generic", "scale=0.05", "mission.horizon_weeks=40", "mission.trapezoid.peak=4000")
WHOLE = (-10.0, -20.0, -30.0, -20.0)


def question(week: int = 39, n_lucks: int = 2, **changes: Any) -> Question:
    """A against B, the small generic mission with some values changed in B."""
    a = load_scenario(*SMALL)
    return Question(a, a.with_(dict(changes)), "true_exploited_persons", week, n_lucks)


OTHER = question(**{"parameters.switches.raids": False})


@pytest.mark.parametrize(
    ("with_it", "without", "share", "low", "high", "n_agree"),
    [
        (WHOLE, (0.0,) * 4, 1.0, 1.0, 1.0, 4),  # carries everything
        (WHOLE, WHOLE, 0.0, 0.0, 0.0, 0),  # carries nothing
        (WHOLE, (-5.0, -10.0, -15.0, -10.0), 0.5, 0.5, 0.5, 4),
        (WHOLE, (-20.0, -40.0, -60.0, -40.0), -1.0, -1.0, -1.0, 4),  # works against it
        (WHOLE, (5.0, 10.0, 15.0, 10.0), 1.5, 1.5, 1.5, 4),  # turns round without it
        (WHOLE, (-15.0, -10.0, -15.0, -20.0), 0.25, -0.5, 0.5, 2),  # -0.5, 0.5, 0.5, 0: lucks disagree
        ((8.0,), (2.0,), 0.75, 0.75, 0.75, 1),
    ],
)  # fmt: skip
def test_a_share_is_what_is_missing_without_the_mechanism(
    with_it: tuple[float, ...], without: tuple[float, ...], share: float, low: float, high: float, n_agree: int
) -> None:
    part = share_through(with_it, without)
    assert (part.share, part.low, part.high) == pytest.approx((share, low, high))
    assert (part.n_agree, part.n) == (n_agree, len(with_it))


def test_the_share_is_the_mean_of_single_shares_weighed_by_the_difference() -> None:
    without = (-4.0, -2.0, -24.0, -1.0)
    single = [1.0 - after / before for before, after in zip(WHOLE, without)]
    assert share_through(WHOLE, without).share == pytest.approx(np.average(single, weights=WHOLE))


@pytest.mark.parametrize(
    ("share", "error", "n", "n_tried", "told"),
    [
        (1.0, 0.0, 4, 20, True), (1.0, math.nan, 1, 1, False), (0.04, 0.0, 4, 1, False), (-0.4, 0.0, 4, 1, True),
        # Student's t, two-sided: 3.182 at 5 % with 3 degrees of freedom, 3.030 at 0.5 % with 30
        (0.32, 0.1, 4, 1, True), (0.31, 0.1, 4, 1, False), (0.302, 0.1, 4, 10, False), (0.304, 0.1, 4, 10, True),
    ],
)  # fmt: skip
def test_a_share_is_told_from_luck_by_its_error_and_by_how_many_were_tried(
    share: float, error: float, n: int, n_tried: int, told: bool
) -> None:
    assert is_told(share, error, n, n_tried) is told


def test_the_error_of_a_share_is_that_of_a_ratio() -> None:
    assert error_of(1.0, WHOLE, (0.0,) * 4) == 0.0 and math.isnan(error_of(1.0, (3.0,), (0.0,)))
    # share 0.5; residuals (0.5 * gap - without) / -20 = (-5+10, -10+10, -15+15, -10+5) / -20 = (-1/4, 0, 0, 1/4)
    assert error_of(0.5, WHOLE, (-10.0, -10.0, -15.0, -5.0)) == pytest.approx(math.sqrt(2 / 16 / 3 / 4))


def test_the_error_in_common_is_that_of_the_median_variance() -> None:
    assert common_error([0.0, 0.0, 9.0], 4) == 0.0, "a noisy one does not blur the others"
    # the median of chi squared with 3 degrees of freedom is 2.366
    assert common_error([0.1, 0.2, 0.3], 4) == pytest.approx(0.2 * math.sqrt(3 / 2.366), rel=1e-3)
    assert math.isnan(common_error([0.1], 1)) and math.isnan(common_error([], 4))


def test_of_noise_alone_hardly_anything_is_named() -> None:
    """Ten mechanisms that carry nothing, 400 answers: at most one in ten names anything (1 in 20 by design)."""
    noise = np.random.default_rng(3).normal(0.0, 0.3, (400, 10, 4))
    gaps = [{"": (1.0,) * 4, **{f"m{i}": tuple(1.0 + row) for i, row in enumerate(one)}} for one in noise]
    assert sum(any(part.is_clear for part in parts_of(one)) for one in gaps) <= 40


@pytest.mark.parametrize(("values", "n"), [((1.0, 2.0), 2), ((1.0, -3.0), 1), ((0.0, 0.0), 2), ((0.0, 2.0), 1), ((1.0, -1.0), 0)])
def test_how_many_agree(values: tuple[float, ...], n: int) -> None:
    assert agreeing(values) == n


def test_the_mean_runs_from_the_start_up_to_the_week() -> None:
    weeks = np.arange(30.0)
    assert mean_until(weeks, weeks, 20) == 10.0
    assert mean_until(weeks, weeks, 0) == 0.0 and math.isnan(mean_until(weeks, weeks, -1))


def test_at_most_three_causes_are_named_largest_first_and_unclear_ones_are_not() -> None:
    def carrying(share: float) -> tuple[float, ...]:
        return tuple((1.0 - share) * gap for gap in WHOLE)

    gaps = {"": WHOLE, "small": carrying(0.01), "d": carrying(0.1), "b": carrying(-0.6), "noise": (-30.0, -5.0, -50.0, 10.0)}
    gaps |= {"a": carrying(0.7), "c": carrying(0.2)}
    difference = Difference(100.0, WHOLE, parts_of(gaps), ("still",))
    assert [part.off for part in difference.causes] == ["a", "b", "c"]
    assert [part.off for part in difference.further] == ["d"]
    assert {part.off for part in difference.unclear} == {"noise", "small"}
    assert difference.remainder == pytest.approx(1.0 - 0.3)
    said = why_text(OTHER, with_known_names(difference))
    assert [row.said for row in said.rows] == ["70 %", f"{chr(0x2212)}60 %", "20 %"]
    text = " ".join([said.headline, *said.notes])
    assert "B is 20 persons lower than A (80 against 100, 4 lucks)" in text and "between 30 and 10 persons lower" in text
    assert "need not add up" in text and "come to 30 %" in text and "the remaining 70 %" in text
    assert "works against it" in said.rows[1].effect and "70 % smaller" in said.rows[0].effect


def with_known_names(difference: Difference) -> Difference:
    """The same difference with names that are mechanisms."""
    names = dict(zip(("a", "b", "c", "d", "noise", "small"), mechanisms()))
    parts = tuple(type(part)(**{**vars(part), "off": names[part.off]}) for part in difference.parts)
    return Difference(difference.level, difference.gaps, parts, ("sanctions",))


@pytest.mark.parametrize(
    ("gaps", "words"),
    [((), "No pair"), ((0.0, 0.0), "same to the last digit on all 2 lucks"), ((3.0, -4.0), "smaller than luck: B is lower in 1"),
     ((0.0, -4.0), "the same in 1"), ((-5.0,), "One luck only"), ((-5.0, -6.0), "None of 1 mechanism tried")],
)  # fmt: skip
def test_what_is_not_told_is_said_plainly(gaps: tuple[float, ...], words: str) -> None:
    without = tuple(2.0 * gap * (-1) ** luck for luck, gap in enumerate(gaps))
    difference = Difference(50.0, gaps, parts_of({"": gaps, "habit": without}))
    said = why_text(OTHER, difference)
    assert not said.rows and words in " ".join([said.headline, *said.notes])


def test_the_mechanisms_are_those_of_the_parameters() -> None:
    declared = {info.path.rpartition(".")[2] for info in walk(Parameters()) if info.path.startswith("switches.")}
    assert set(mechanisms()) == declared >= set(CHANNELS) and all(mechanisms().values())
    asked = question(**{"parameters.switches.raids": False})
    assert "raids" in asked.mechanisms(), "what is off in one of the two only is part of the difference"


def test_runs_that_stop_at_the_week_asked_are_those_of_the_whole() -> None:
    asked = question(week=20, **{"parameters.switches.hiding": False})
    slot = Slot("raids", 1, "b")
    short = simulate_series(asked.scenario(slot))
    whole = simulate(asked.b.with_({"parameters.switches.raids": False, "seed": 1, "world_seed": 1})).series
    assert len(short) == 21 and short["week"].iloc[-1] == 20.0
    assert short["true_exploited_persons"].tolist() == whole["true_exploited_persons"].tolist()[:21]


def test_what_works_through_one_mechanism_alone_has_all_of_it() -> None:
    """More local demand acts through local clients alone; what contributors do has nothing to do with it."""
    asked = dataclasses.replace(question(**{"mission.local_demand_ratio": 4.0}), indicator="local_demand")
    found = Answer(asked)
    tried = ("", "local_demand", "raids", "contributor_response")
    for slot in [slot for luck in range(2) for slot in asked.slots(luck) if slot.off in tried]:
        series = simulate_series(asked.scenario(slot))
        found.put(slot, series["week"].to_numpy(), series["local_demand"].to_numpy())
    assert "contributor_response" in found.inert() and Slot("contributor_response", 1, "a") not in found.wanted()
    assert "local_demand" not in found.inert()
    gaps = {name: tuple(found._gap(name, luck) for luck in range(2)) for name in tried}
    assert min(gaps[""]) > 0.0
    parts = {part.off: part for part in parts_of(gaps)}
    assert (parts["local_demand"].share, parts["local_demand"].is_clear) == (1.0, True)
    assert abs(parts["raids"].share) < 0.5 and parts["contributor_response"].share == 0.0


def test_scenarios_that_are_one_need_no_run() -> None:
    asked = question()
    assert answer(asked).series == {}
    assert "nothing differs" in why_text(asked, answer(asked).difference()).headline


def test_every_problem_of_a_question_is_said() -> None:
    asked = Question(load_scenario(*SMALL), load_scenario("mission=kosovo"), "venuse", 999, 1)
    with pytest.raises(ScenarioError) as caught:
        check(asked)
    text = str(caught.value)
    for words in ("Did you mean: venues", "between 0 and 39 (weeks)", "between 2 and 64", "mission = kosovo", "scale = 1.0"):
        assert words in text
    assert last_week(OTHER.a.with_({"mission.horizon_weeks": 10, "clock.step_days": 28})) == 8


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["indicator=venuse"], "indicator = venuse: must be a column of series.csv. Did you mean: venues"),
        (["week=40"], "week = 40: must be a whole number between 0 and 39 (weeks)"),
        (["week=x"], "week = x: must be a whole number"), (["lucks=1"], "lucks = 1: must be a whole number of 2 or more"),
        (["against=nowhere.yaml"], "against = nowhere.yaml: no such file"), (["shock=serge"], "Did you mean: surge"),
        (["more"], "takes only key=value"),
    ],
)  # fmt: skip
def test_bad_words_are_answered_with_code_2(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "why", *SMALL, *words]) == 2
    shown = capsys.readouterr()
    assert message in shown.err and shown.out == ""


def test_a_dry_run_says_how_many_runs_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "why", *SMALL, "policy=training", "lucks=3", "--dry-run"]) == 0
    n = 3 * 2 * (1 + len(CHANNELS))
    assert f"at most {n} runs to week 39" in capsys.readouterr().out
    assert main(["explain", "knob", "strength", "--dry-run"]) == 2


def test_only_why_takes_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "knob", "strength", "lucks=3"]) == 2
    assert main(["explain", "agent", "peacekeeper", "1", "indicator=venues"]) == 2
    assert "only why does" in capsys.readouterr().err


def test_the_command_measures_and_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [*SMALL[:2], "mission.horizon_weeks=14", SMALL[3], "policy=zero_tolerance", "lucks=2", "workers=1", "-q"]
    assert main(["explain", "why", *words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["week"] == 13 and told["lucks"] == 2 and len(told["differences"]) == 2
    assert told["text"][0] == "Persons exploited, mean of weeks 0 to 13"
    saved = tmp_path / "scenario.yaml"
    from sim.config import save_scenario

    save_scenario(load_scenario(*words[:-3]), saved)
    assert main(["explain", "why", *words, f"against={saved}"]) == 0
    assert "A and B are the same scenario" in capsys.readouterr().out
