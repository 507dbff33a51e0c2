"""Conservation and bounds over random scenarios: any parameters within their declared bounds, any shock, any step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import generic, strong_lever, with_policies

from sim.config import options
from sim.indicators import INDICATORS
from sim.knobs import KNOBS
from sim.parameters import Parameters, walk
from sim.runs.cases import FUNNEL_STAGES
from sim.runs.results import Run
from sim.runs.simulate import simulate
from sim.scenario import Scenario

REALS = {f"parameters.{info.path}": (info.low, info.high) for info in walk(Parameters()) if info.low is not None}
SWITCHES = [f"parameters.{info.path}" for info in walk(Parameters()) if isinstance(info.value, bool)]

anything = st.fixed_dictionaries({path: st.floats(low, high) for path, (low, high) in REALS.items()})
corner = st.fixed_dictionaries({path: st.sampled_from([low, high]) for path, (low, high) in REALS.items()})
some_off = st.sets(st.sampled_from(SWITCHES), max_size=4)


def check(run: Run) -> None:
    """Every rule a run must obey, whatever its scenario."""
    prices = run.scenario.parameters.prices
    for indicator in INDICATORS.values():
        values = run.series[indicator.name].to_numpy()
        assert np.isfinite(values).all(), indicator.name
        assert (values >= 0).all(), indicator.name
        if indicator.unit in ("share", "probability"):
            assert (values <= 1 + 1e-12).all(), indicator.name
    for name in ("price_international_usd", "price_local_usd"):
        low = min(prices.lowest_price_usd, prices.initial_price_usd)
        high = max(prices.highest_price_usd, prices.initial_price_usd)
        assert run.series[name].between(low * (1 - 1e-9), high * (1 + 1e-9)).all(), name
    series, habit = run.series, run.scenario.parameters.local_demand.habit_maximum
    assert series["local_habit"].between(1 - 1e-9, max(habit, 1.0) + 1e-9).all()
    assert (series["true_acts"] <= series["international_demand"] + 1e-6).all()
    assert (series["local_acts"] <= series["local_demand"] + 1e-6).all()
    assert (series["raids_leaked"] <= series["raids"]).all()
    assert (series["venues_hidden"] <= series["venues"]).all()
    assert (series["venues_closed_by_police"] <= series["venues_closed"]).all()
    assert (series["troops_present"] <= series["personnel_present"]).all()
    assert (series["exploited_private_persons"] <= series["true_exploited_persons"]).all()
    assert run.states.drop(columns=["week", "date"]).sum(axis=1).round(6).nunique() == 1
    exploited = run.states[["exploited_venue", "exploited_private"]].sum(axis=1)
    np.testing.assert_allclose(exploited, series["true_exploited_persons"])
    np.testing.assert_allclose(run.origins.groupby("week")["exploited_persons"].sum(), series["true_exploited_persons"])
    world = run.model.world
    opened, closed = series["venues_opened"].sum(), series["venues_closed"].sum()
    before = (run.events["event"] == "venue_opened").sum() - (run.events["event"] == "venue_closed").sum()
    assert round((opened - closed) * world.scale) == before
    assert ((world.networks.ties >= 0) & (world.networks.ties <= 1)).all()
    assert ((world.networks.size >= 0) & (world.networks.size <= 1 + 1e-12)).all()
    assert ((world.venues.fill >= 0) & (world.venues.fill <= 1 + 1e-12)).all()
    assert (world.networks.raid_risk >= 0).all()
    assert all(value is None or np.isfinite(value) for value in run.summary.values())
    check_accountability(run)


def check_accountability(run: Run) -> None:
    """What holds of reports, cases, beliefs and contributors, whatever the scenario."""
    series, world, summary = run.series, run.model.world, run.summary
    areas = series[["exploited_target_international", "exploited_target_local", "exploited_elsewhere"]].sum(axis=1)
    np.testing.assert_allclose(areas, series["true_exploited_persons"])
    assert (series["reports_held_back"] <= series["reports"]).all()
    assert (series["observed_repatriated"] <= series["repatriated"]).all()
    stages = run.funnel.set_index("stage")
    true = stages["true"].reindex(FUNNEL_STAGES).to_numpy()
    assert (true[1:] <= true[:-1] + 1e-6).all(), dict(stages["true"])
    assert not (stages["observed"] > stages["true"] + 1e-6).any()
    assert summary["persons_with_consequence"] <= summary["persons_with_act"] + 1e-6
    dates = run.cases[run.cases["kind"] == "personnel"]
    for later in ("fact_finding_week", "removal_week", "investigation_week", "referral_week", "charge_week", "outcome_week"):
        assert not (dates[later] < dates["report_week"]).any(), later
    units, c = world.units, world.contributors
    assert (units.n_present <= world.planned_present[:, world.step]).all()
    assert ((units.filled_share >= 0) & (units.filled_share <= 1)).all()
    for evidence in (units.belief_a, units.belief_b, units.command_a, units.command_b, c.delay_years, c.exit_hazard):
        assert (evidence >= 0).all() and np.isfinite(evidence).all()
    for chance in (c.q_removed, c.q_pay, c.q_prosecuted, c.q_convicted, c.pay_withheld, units.visibility, units.waiver):
        assert ((chance >= 0) & (chance <= 1 + 1e-12)).all()
    assert (world.countries.attention <= run.scenario.parameters.reporting.highest_attention + 1e-12).all()


def scenario_of(values: dict[str, float], off: set[str], step_days: int, seed: int, scale: float) -> Scenario:
    return generic({**values, **dict.fromkeys(sorted(off), False), "clock.step_days": step_days}, weeks=24, scale=scale,
                   seed=seed)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(anything, some_off, st.sampled_from([7, 7, 14, 28, 1]), st.integers(0, 2**32 - 1))
def test_bounds_hold_for_any_parameters(values: dict[str, float], off: set[str], step_days: int, seed: int) -> None:
    """1, 3. Conserved, finite and within bounds for random parameters, switches, steps and seeds."""
    check(simulate(scenario_of(values, off, step_days, seed, 0.05)))


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(corner, st.integers(0, 100))
def test_bounds_hold_in_the_corners(values: dict[str, float], seed: int) -> None:
    """1, 3. The same with every parameter at one of its two bounds."""
    check(simulate(scenario_of(values, set(), 7, seed, 0.05)))


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("path", sorted(REALS))
@pytest.mark.slow
def test_bounds_hold_with_one_parameter_at_its_bound(path: str, end: int) -> None:
    """1, 3. Each parameter alone at each of its bounds."""
    check(simulate(generic({path: REALS[path][end]}, weeks=30, scale=0.1)))


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([n for n in options("shock") if n != "none"]), st.floats(-1, 10), st.floats(0, 12), st.floats(0, 12),
       st.lists(st.sampled_from(sorted(KNOBS)), max_size=5, unique=True))
def test_bounds_hold_under_any_shock_and_levers(name: str, size: float, start: float, ramp: float, knobs: list[str]) -> None:
    """1, 3. Shocks of any size a scenario accepts, and several levers at once."""
    size = min(size, 1.0) if name == "border_tightening" else max(size, 0.0)
    shock = {"shock.size": size, "shock.start_week": start, "shock.ramp_weeks": ramp}
    scenario = with_policies(generic(shock, weeks=24, extra=(f"shock={name}",)), {k: strong_lever(k, 4.0) for k in knobs})
    check(simulate(scenario))


@pytest.mark.parametrize("scale", [0.005, 0.01, 1.0])
def test_bounds_hold_at_extreme_scales(scale: float) -> None:
    """1, 3. From the smallest scale to full size."""
    check(simulate(generic(weeks=30, scale=scale)))
