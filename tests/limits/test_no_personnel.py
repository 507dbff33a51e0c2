"""Limit test 2: without personnel the market is the local one, in closed form, and no lever on personnel does anything."""

from __future__ import annotations

import numpy as np
import pytest
from support import (
    FROZEN_SUPPLY,
    NO_PERSONNEL,
    Lever,
    OpenedCourt,
    assert_identical,
    differing,
    generic,
    lively,
    series_of,
    strong_lever,
    with_policies,
)

from sim.knobs import KNOBS, Combine
from sim.model import MandateModel
from sim.parameters import Parameters, walk
from sim.policies import POLICIES
from sim.runs.simulate import simulate

GROUPS = ("involvement.", "sanctions.", "norms.", "personnel_demand.", "beliefs.", "leadership.", "reporting.", "oversight.",
          "prosecution.", "dependence.", "contributor_response.")  # fmt: skip
PERSONNEL = [info for info in walk(Parameters()) if info.path.startswith(GROUPS)]
SWITCHES = ("norms", "personnel_roles", "spending_limit", "beliefs", "deterrence", "victim_reports", "peer_reports",
            "police_reports", "inquiries", "attention", "sanctions", "contributor_response")  # fmt: skip
KNOBS_ON_DEMAND = ("strength", "exposure", "disposable_income", "involvement_rate")
# Personnel, what is reported of them, the authorities and courts they answer to, and their contributors.
KNOBS_ON_PERSONNEL = sorted({
    *KNOBS_ON_DEMAND, "training", "off_limits", "sanction_readiness",
    *(name for name, knob in KNOBS.items() if knob.phase in ("deploy", "perceive", "report", "justice"))})  # fmt: skip
POLICIES_ON_PERSONNEL = [name for name, policy in POLICIES.items()
                         if {knob for knob, _, _ in policy().effects()} <= set(KNOBS_ON_PERSONNEL)]  # fmt: skip


@pytest.fixture(scope="module")
def nobody():
    """The series of a mission in which nobody is ever present."""
    return series_of(generic(NO_PERSONNEL))


@pytest.mark.parametrize("knob", KNOBS_ON_PERSONNEL)
def test_02_knobs_on_personnel_are_exact_no_ops(nobody, knob: str) -> None:
    """2. A factor zero or three, or a strong value of another kind, changes nothing where nobody is."""
    base = generic(NO_PERSONNEL)
    is_factor = KNOBS[knob].combine is Combine.PRODUCT
    values = (0.0, 3.0) if is_factor else (strong_lever(knob).value,)
    for value in values:
        pulled = with_policies(base, {"lever": Lever(start_week=0.0, knob=knob, value=value)})
        assert_identical(nobody, series_of(pulled))


@pytest.mark.parametrize("name", POLICIES_ON_PERSONNEL)
def test_02_policies_on_personnel_contributors_and_courts_are_exact_no_ops(nobody, name: str) -> None:
    """2. So does every policy that reaches for these knobs alone, and a special court opened for nobody."""
    policies = {name: POLICIES[name](start_week=0.0, dose=1.0), "court": OpenedCourt(start_week=0.0)}
    assert_identical(nobody, series_of(with_policies(generic(NO_PERSONNEL), policies)))


def test_02_most_policies_are_on_personnel() -> None:
    """2. The counterpart of the list above: it leaves out policies for trafficked persons and on the market."""
    left_out = set(POLICIES) - set(POLICIES_ON_PERSONNEL)
    assert {"transnational_response", "upstream_prevention"} <= left_out and len(POLICIES_ON_PERSONNEL) >= 10


@pytest.mark.parametrize("knob", KNOBS_ON_DEMAND)
def test_02_the_same_knobs_do_something_where_personnel_are(knob: str) -> None:
    """2. The counterpart: with personnel present each of these levers moves the market; for the others see limit test 15."""
    base = lively(weeks=12)
    pulled = with_policies(base, {"lever": Lever(start_week=0.0, knob=knob, value=0.3)})
    assert {"international_demand", "market_revenue_usd"} <= differing(series_of(base), series_of(pulled))


@pytest.mark.parametrize("end", ["low", "high"])
def test_02_parameters_of_personnel_are_exact_no_ops(nobody, end: str) -> None:
    """2. Every parameter of conduct, reports, oversight, courts and contributors at a bound changes nothing where nobody is."""
    changed = generic(NO_PERSONNEL).with_({f"parameters.{info.path}": getattr(info, end) for info in PERSONNEL})
    assert_identical(nobody, series_of(changed))


def test_02_switches_plans_and_traits_of_personnel_are_exact_no_ops(nobody) -> None:
    """2. So do norms, roles, beliefs, reports and sanctions switched off, a larger planned mission, other contributors."""
    off = {f"parameters.switches.{name}": False for name in SWITCHES}
    assert_identical(nobody, series_of(generic({**NO_PERSONNEL, **off})))
    assert_identical(nobody, series_of(generic({**NO_PERSONNEL, "mission.trapezoid.peak": 50000.0})))
    assert_identical(nobody, series_of(generic(NO_PERSONNEL), world_seed=99))


def test_02_sending_nobody_equals_planning_nobody() -> None:
    """2. With security off, strength times zero gives the same market as a mission that never begins, all troops missing."""
    calm = {"parameters.switches.security": False}
    planned_none = series_of(generic({**NO_PERSONNEL, **calm}))
    sent_none = series_of(with_policies(generic(calm), {"none": Lever(start_week=0.0, knob="strength", value=0.0)}))
    assert planned_none["personnel_present"].max() == 0
    assert planned_none["local_acts"].sum() > 0
    of_the_plan = ["troop_shortfall", "exploited_target_local", "exploited_target_international", "exploited_elsewhere"]
    assert_identical(planned_none, sent_none, but=of_the_plan)
    for series in (planned_none, sent_none):
        np.testing.assert_allclose(series[of_the_plan[1:]].sum(axis=1), series["true_exploited_persons"])
    assert (planned_none["exploited_target_local"] == 0).all() and (sent_none["exploited_target_international"] == 0).all()
    assert (planned_none["troop_shortfall"] == 0).all() and (sent_none["troop_shortfall"] == 1).all()


def test_02_no_trace_of_personnel() -> None:
    """2. Nobody present, no visit, no share, no private owner, no missing security."""
    series = series_of(generic(NO_PERSONNEL, weeks=60, scale=0.2))
    for name in ("troops_present", "personnel_present", "international_demand", "true_acts", "norm_mean",
                 "international_client_share", "international_revenue_share", "exploited_private_persons",
                 "perceived_certainty", "reports", "observed_allegations", "repatriated", "substantiated", "charged",
                 "troop_shortfall", "newly_involved", "consequences"):
        assert (series[name] == 0).all(), name
    assert (series["violence_index"] == 1).all()
    assert series["true_exploited_persons"].max() > 0


def test_02_local_market_rests_at_the_closed_form() -> None:
    """2. With supply frozen, price rests at (A / S)^(1/h) in every cell, and demand there equals S.

    A is demand per week at the reference price, S the capacity offered to local clients. Weekly Poisson noise moves
    prices; means over 150 weeks in cells with more than 300 visits a week are within 3 %.
    """
    scenario = generic({**NO_PERSONNEL, **FROZEN_SUPPLY, "parameters.switches.habit": False,
                        "parameters.venues.reach_limit_km": 0.0,  # nobody visits another cell
                        "parameters.local_demand.acts_per_1000_per_week": 5.0, "mission.initial_venues": 400.0,
                        "parameters.venues.initial_persons": 12.0, "parameters.venues.initial_trafficked_share": 1.0,
                        "parameters.prices.adjustment_per_week": 0.2, "parameters.prices.lowest_price_usd": 0.01,
                        "parameters.prices.highest_price_usd": 5000.0}, weeks=350, scale=1.0)
    p = scenario.parameters.local_demand
    model = MandateModel(scenario)
    log_prices, demand = [], []
    for step in range(model.world.clock.n_steps):
        model.step()
        if step >= 200:
            log_prices.append(np.log(model.world.cells.price_local))
            demand.append(model.world.cells.local_sought.copy())
    cells = model.world.cells
    at_reference, supply = p.acts_per_1000_per_week * cells.population / 1000.0, cells.capacity_local
    large = (supply > 300) & (at_reference > 300)
    assert large.sum() >= 4
    rest = p.reference_price_usd * (at_reference[large] / supply[large]) ** (1.0 / p.price_elasticity)
    np.testing.assert_allclose(np.exp(np.mean(log_prices, axis=0))[large], rest, rtol=0.03)
    np.testing.assert_allclose(np.mean(demand, axis=0)[large], supply[large], rtol=0.03)


def test_02_local_demand_has_its_closed_form() -> None:
    """2. Visits sought are Poisson with mean m x population x (p / p0)^-h: the sum over 52 weeks within 4 sd."""
    scenario = generic({**NO_PERSONNEL, "mission.initial_venues": 0.0, "parameters.switches.habit": False,
                        "parameters.entry.base_entries_per_week": 0.0}, weeks=52, scale=1.0)
    p = scenario.parameters
    per_week = (p.local_demand.acts_per_1000_per_week * scenario.mission.populations["MIS"] / 1000.0
                * (p.prices.initial_price_usd / p.local_demand.reference_price_usd) ** -p.local_demand.price_elasticity)
    series = simulate(scenario).series
    assert (series["price_local_usd"] == p.prices.initial_price_usd).all(), "without supply prices stay"
    assert abs(series["local_demand"].sum() - 52 * per_week) < 4.0 * np.sqrt(52 * per_week)
