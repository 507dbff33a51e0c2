"""The page, the command line and the library give the same numbers for the same scenario and seed."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from sim.agents.find import INSTITUTIONS, VIEWS
from sim.cli import main
from sim.config import load_scenario
from sim.runs.cases import FUNNEL_STAGES
from sim.runs.results import make_run
from sim.runs.simulate import simulate
from sim.studio.actions import AGENTS, scenario_text
from sim.studio.choice import Choice
from sim.studio.frames import simulate_frames
from sim.studio.ground import ground_of
from sim.studio.influence import how, reach, strongest
from sim.studio.layout import PARTS, SERIES, STAGES
from sim.studio.opening import opening
from sim.studio.pack import LAYERS, read_pack, run_key, series_of
from sim.studio.pack import SERIES as PACKED
from sim.studio.pack import STAGES as PACKED_STAGES
from sim.studio.packing import write_pack
from sim.studio.setting import Setting, load_default
from sim.studio.words import parameter_cards
from sim.studio.worker import STOPPED, Job, answer, shortened

STALE = "the runs the studio opens with are of another model. Run: make docs"
SMALL = {"scale": 0.3, "mission.horizon_weeks": 80}


def small() -> Choice:
    """A short generic mission with a policy and a curve in B."""
    choice = Choice("generic", values=SMALL).with_policy("b", "victim_channels", True)
    return choice.with_value("b", "mission.strength_curve", [{"week": 0.0, "ratio": 1.2}])


def test_a_pack_holds_the_very_numbers_of_the_run() -> None:
    scenario = small().scenario("b")
    plain, series = simulate(scenario), series_of(write_pack(*simulate_frames(scenario)))
    for name in PACKED:
        np.testing.assert_array_equal(series[name], plain.series[name].to_numpy(np.float64))


def test_the_command_line_gives_the_same_digits_for_a_saved_scenario(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    scenario = small().scenario("b")
    path = tmp_path / "scenario.yaml"
    path.write_text(scenario_text(scenario), encoding="utf-8")
    assert main(["run", f"scenario={path}", f"out={tmp_path / 'run'}", "figures=false", "-q"]) == 0
    with (tmp_path / "run" / "series.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    series = series_of(write_pack(*simulate_frames(scenario)))
    for name in PACKED:
        assert [f"{value:.10g}" for value in series[name]] == [f"{float(row[name]):.10g}" for row in rows], name
    assert series["true_exploited_persons"].max() > 50.0, "hardly anything happened: the test shows nothing"


def test_an_agent_says_the_same_as_in_the_terminal(capsys) -> None:  # type: ignore[no-untyped-def]
    scenario = Choice("generic", values={"scale": 0.05}).scenario("b")
    for kind, number in (("contingent", 3), ("peacekeeper", -1), ("person", -1), ("oversight", 0)):
        told = answer(Job(0, "explain", scenario, week=30, agent=(kind, number, -1)))
        name = "any" if number < 0 else str(number)
        assert main(["explain", "agent", kind, name, "week=30", "mission=generic", "scale=0.05", "-q"]) == 0
        assert told.value["text"] == capsys.readouterr().out.strip(), kind
        assert bool(told.value["terms"]) == (kind == "peacekeeper")


def test_every_kind_of_agent_can_be_asked() -> None:
    assert set(AGENTS) == {*VIEWS, *INSTITUTIONS}


def test_an_agent_that_is_not_there_is_answered_in_words() -> None:
    told = answer(Job(0, "explain", small().scenario("b"), week=10, agent=("person", 10**9, -1)))
    assert "not among the" in told.error and told.value is None


def test_a_run_nobody_wants_stops_at_its_next_step() -> None:
    asked = iter([True, True, False])
    assert answer(Job(0, "run", small().scenario("b")), lambda _: next(asked)).error == STOPPED
    assert next(asked, None) is None


def test_frames_add_up_to_the_series() -> None:
    model, frames = simulate_frames(small().scenario("b"))
    run, scale = make_run(model), model.scenario.scale
    total = dict(zip(LAYERS, frames.layers.sum(axis=2)))
    visible, hidden = total["venues_visible"] / scale, total["venues_hidden"] / scale
    np.testing.assert_allclose(visible + hidden, run.series["venues"])
    np.testing.assert_allclose(hidden, run.series["venues_hidden"])
    np.testing.assert_allclose(total["raids"] / scale, run.series["raids"])
    np.testing.assert_allclose(total["demand_international"] / scale, run.series["international_demand"])


def test_the_funnel_fills_up_to_the_run_s_own() -> None:
    lively = {**SMALL, "parameters.reporting.reportable_share": 0.2, "parameters.reporting.know_share": 1.0}
    model, frames = simulate_frames(Choice("generic", values=lively).scenario("b"))
    run, funnel = make_run(model), read_pack(write_pack(model, frames))[1]["funnel"]
    own = run.funnel.set_index("stage")
    assert funnel[0, 1, -1] > 0, "nothing was recorded: the test shows nothing"
    assert np.all(np.diff(funnel[0], axis=1) >= 0)
    for row, stage in enumerate(PACKED_STAGES):
        # the run's funnel counts persons, this one cases: never fewer, and equal at the first stage
        assert funnel[0, row, -1] >= own.loc[stage, "true"] - 1e-6
    assert funnel[0, 0, -1] == pytest.approx(own.loc["persons_with_act", "true"])
    assert np.all(funnel[1, 1:] <= funnel[0, 1:])


def test_stages_series_and_parts_are_those_of_the_model() -> None:
    assert set(PACKED_STAGES) == set(FUNNEL_STAGES) - {"reported"} and tuple(STAGES) == PACKED_STAGES
    names = {name for name, *_ in SERIES} | {twin for *_, twin in SERIES if twin}
    names |= {part for part, *_ in PARTS} | {cause for *_, causes in PARTS for cause in causes}
    assert names <= set(PACKED)
    assert {cause for *_, causes in PARTS for cause in causes} <= {name for name, *_ in SERIES}


def test_the_parts_of_a_difference_add_up_to_it() -> None:
    run = make_run(simulate_frames(small().scenario("b"))[0])
    whole = run.series[[name for name, *_ in PARTS]].sum(axis=1)
    np.testing.assert_allclose(whole, run.series["true_exploited_persons"])


def test_the_runs_that_ship_are_those_of_this_version() -> None:
    """Numbers as in the baseline tests: to 1e-9; shading, which is rounded to bytes, to one step of it."""
    setting = Setting(opening())
    names = load_default(setting)
    scenarios = [setting.choice.scenario(side) for side in ("a", "b")]
    assert names == [run_key(scenario) for scenario in scenarios], STALE
    for name, scenario in zip(names, scenarios):
        pack = setting.engine.runs.get(name)
        assert pack is not None
        (shipped, old), (made, new) = read_pack(pack), read_pack(write_pack(*simulate_frames(scenario)))
        assert shipped.keys() == made.keys() and old.keys() == new.keys(), STALE
        assert [shipped[part] for part in ("weeks", "dates", "series", "stages", "countries")] == [
            made[part] for part in ("weeks", "dates", "series", "stages", "countries")
        ], STALE
        for part in ("series", "flows", "funnel"):
            np.testing.assert_allclose(old[part], new[part], rtol=1e-9, atol=1e-9, err_msg=f"{part}: {STALE}")
        assert np.abs(old["frames"].astype(int) - new["frames"]).max() <= 1, STALE
    for mission, ground in setting.grounds.items():
        fresh = json.loads(json.dumps(ground_of(load_scenario(f"mission={mission}"))))
        assert ground.keys() == fresh.keys() and ground["origins"].keys() == fresh["origins"].keys(), STALE
        np.testing.assert_allclose(ground["cells"], fresh["cells"], atol=1e-6, err_msg=STALE)
    assert {"kosovo", "generic"} <= setting.grounds.keys()


def test_bytes_that_are_no_pack_are_refused() -> None:
    with pytest.raises(ValueError, match="no pack"):
        read_pack(b"nothing of the kind")


@pytest.mark.parametrize("mission", ["generic", "kosovo", "bosnia"])
def test_the_ground_of_a_map_is_closed_and_holds_its_cells(mission: str) -> None:
    scenario = Choice(mission, values={"scale": 0.05}).scenario("a")
    ground = ground_of(scenario)
    assert len(ground["cells"]) == len(simulate_frames(shortened(scenario, 1))[1].layers[0, 0])
    assert set(ground["origins"]) == set(scenario.mission.source_countries)
    west, east, south, north = ground["frame"]
    assert all(west < x < east and south < y < north for x, y in ground["cells"])
    rings = [ring for country in [ground["outline"], *ground["countries"].values()] for ring in country]
    width, height = ground["cell"]
    assert rings and all(abs(r[0][0] - r[-1][0]) <= width and abs(r[0][1] - r[-1][1]) <= height for r in rings)


def test_the_assumptions_in_sight_are_parameters_that_were_measured_to_matter() -> None:
    cards = parameter_cards()
    for name, *_ in SERIES:
        first = strongest(name)
        assert len(first) == 3 and set(first) <= set(cards), f"run tools/measure_assumptions.py: {name}"
        spans = [max(*ends, 0.0) - min(*ends, 0.0) for path in first if (ends := reach(name, path)) is not None]
        assert spans == sorted(spans, reverse=True) and all(span > 0.0 for span in spans)
    assert "Kosovo" in how() and reach("venues", "no.such") is None
    assert strongest("personnel_present") == strongest("true_exploited_persons"), "a given series has those of the main one"
