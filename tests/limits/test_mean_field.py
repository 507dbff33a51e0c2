"""Limit test 7: sub-models with a known deterministic limit. Errors fall as N^-1/2; the bias of the step is first order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.stats import norm
from support import generic

from sim.model import MandateModel
from sim.phases import perceive
from sim.phases.match import adjusted_price
from sim.runs.simulate import simulate

from .test_no_demand import RATES, decay

STEP_DAYS = np.array([1, 7, 14, 28])

# Nothing but propensity, exposure and the rate decides; no price, no budget, no unit differs from another.
MEAN_FIELD = {
    "parameters.involvement.contributor_sd": 0.0, "parameters.involvement.unit_sd": 0.0,
    "parameters.involvement.income_weight": 0.0, "parameters.norms.leadership_weight": 0.0,
    "parameters.switches.deterrence": False, "parameters.personnel_demand.price_elasticity": 0.0,
    "parameters.switches.norms": False, "parameters.switches.spending_limit": False,
    "parameters.involvement.p_prone": 0.3, "parameters.involvement.women_relative_proneness": 1.0,
    "mission.trapezoid.build_up_weeks": 0.0,
}  # fmt: skip


def slope(x: np.ndarray, y: np.ndarray) -> float:
    """Slope of ln y against ln x."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def demand_per_person(peak: float, seeds: range) -> tuple[float, np.ndarray]:
    """Personnel present, and visits sought per person in the second week for each seed."""
    scenario = generic({**MEAN_FIELD, "mission.trapezoid.peak": peak}, weeks=2, scale=1.0)
    present, sought = 0.0, []
    for seed in seeds:
        model = MandateModel(scenario, seed)
        model.step()
        model.step()
        present = float(model.world.units.n_present.sum())
        sought.append(model.world.flows.international_demand / present)
    return present, np.array(sought)


def expected_per_person() -> float:
    """The same in the limit of many: p_prone x rate x mean exposure x E[logistic(normal)]."""
    p = generic(MEAN_FIELD).parameters.involvement
    willing = quad(lambda t: norm.pdf(t, p.propensity_mean, p.propensity_sd) / (1.0 + np.exp(-t)), -12, 12)[0]
    exposure = (4000 * 0.25 + 600 * 0.9 + 300 * 1.0 + 100 * 1.0) / 5000  # the generic mission's tables
    return p.p_prone * p.acts_per_week * exposure * willing


def test_07_personnel_demand_converges_to_its_mean_field() -> None:
    """7. Visits sought per person approach p x rate x exposure x E[sig]; root mean square error falls as N^-1/2.

    48 seeds at each of four sizes from 500 to 32,000: the slope has a standard error of about .04, tolerance .15.
    """
    limit, sizes, errors, means = expected_per_person(), [], [], []
    for peak in (500.0, 2000.0, 8000.0, 32000.0):
        present, sought = demand_per_person(peak, range(100, 148))
        sizes.append(present)
        errors.append(np.sqrt(np.mean((sought / limit - 1.0) ** 2)))
        means.append(sought.mean())
    assert slope(np.array(sizes), np.array(errors)) == pytest.approx(-0.5, abs=0.15)
    assert means[-1] == pytest.approx(limit, rel=4.0 * errors[-1] / np.sqrt(48) + 1e-3)


def test_07_person_states_converge_to_their_mean_field() -> None:
    """7. The share still exploited approaches exp(-sum of hazards x t); its error falls as N^-1/2, tolerance .15."""
    weeks = np.arange(1, 14)
    limit = np.exp(-sum(RATES.values()) * weeks)
    sizes, errors = [], []
    for scale in (0.005, 0.02, 0.08, 0.3):
        squared = []
        for seed in range(12):
            run = simulate(decay(scale, weeks=13), seed)
            started = float(run.model.world.n_people)
            squared.append((run.series["true_exploited_persons"].to_numpy() * scale / started - limit) ** 2)
        sizes.append(started)
        errors.append(np.sqrt(np.mean(squared)))
    assert sizes[-1] > 8 * sizes[0]
    assert slope(np.array(sizes), np.array(errors)) == pytest.approx(-0.5, abs=0.15)
    assert errors[-1] < 0.02


def order_of(step: Callable[[float, float], float], start: float, weeks: float, exact: float) -> float:
    """Order of the bias: slope of the error at a time against the step, for steps of 1, 7, 14, 28 days."""
    errors = []
    for days in STEP_DAYS:
        dt, value = days / 7.0, start
        for _ in range(round(weeks / dt)):
            value = step(value, dt)
        errors.append(abs(value - exact))
    return slope(STEP_DAYS.astype(float), np.array(errors))


@pytest.mark.parametrize(("h", "start"), [(0.5, 60.0), (1.1, 12.0), (1.1, 60.0)])
def test_07_price_converges_to_first_order_in_the_step(h: float, start: float) -> None:
    """7. d ln p / dt = k (D - S) / (D + S + 1) after eight weeks: the error grows with the step to the power 1."""
    a, supply, speed = 30_000.0 * 25.0 ** (h - 1.1), 900.0, 0.1

    def move(price: float, dt: float) -> float:
        demand = np.array([a * price**-h])
        return float(adjusted_price(np.array([price]), demand, np.array([supply]), speed, dt)[0])

    def rate(_: float, log_price: np.ndarray) -> np.ndarray:
        demand = a * np.exp(-h * log_price)
        return speed * (demand - supply) / (demand + supply + 1.0)

    exact = float(np.exp(solve_ivp(rate, (0, 8), [np.log(start)], rtol=1e-11, atol=1e-12).y[0, -1]))
    assert abs(exact / start - 1.0) > 0.05, "nothing moved, so nothing was tested"
    assert order_of(move, start, 8.0, exact) == pytest.approx(1.0, abs=0.15)


def norm_after(step_days: int, weeks: int, opportunity_per_week: float) -> float:
    """Norm of a unit that lives by its own norm: acts = opportunity x sig(4 (x - 0.5)), no rotation in between."""
    model = MandateModel(generic({"clock.step_days": step_days}, weeks=weeks))
    world, units = model.world, model.world.units
    units.norm[:], units.slot[:], units.norm_slot[:] = 0.6, 0, 0
    for step in range(world.clock.n_steps):
        world.begin_step(step)
        units.opportunity[:] = opportunity_per_week * world.dt
        units.acts[:] = units.opportunity / (1.0 + np.exp(-6.0 * (units.norm - 0.5)))
        perceive.run(world)
    return float(units.norm[units.category == 0][0])


@pytest.mark.parametrize("opportunity", [2.0, 200.0])
def test_07_norm_converges_to_first_order_in_the_step(opportunity: float) -> None:
    """7. Norms of units, small ones too, converge as the step shrinks: distances to the daily norm have slope 1.

    Against the daily run, whose own bias is b, distances are b (d - 1): the slope over 7, 14, 28 days is 1.15.
    """
    values = np.array([norm_after(int(days), 24, opportunity) for days in STEP_DAYS])
    assert abs(values[1] - 0.6) > 0.001, "nothing moved, so nothing was tested"
    distances = np.abs(values[1:] - values[0])
    assert slope(STEP_DAYS[1:] - 1.0, distances) == pytest.approx(1.0, abs=0.25)
    assert distances[0] < 0.1 * abs(values[0] - 0.6)


@pytest.mark.slow
def test_07_market_means_agree_between_steps() -> None:
    """7. The whole model in steps of 1, 7 and 14 days: visits and persons over 18 months agree within 25 %.

    Eight seeds each; a mean has a standard error of about 4 %, the rest is room for the bias of daily counts in prices.
    """
    means = []
    for step_days in (1, 7, 14):
        scenario = generic({"clock.step_days": step_days, "mission.initial_venues": 100.0}, weeks=78, scale=0.3)
        runs = [simulate(scenario, seed).series for seed in range(8)]
        per_week = 7.0 / step_days
        means.append([np.mean([r["true_acts"].mean() * per_week for r in runs]),
                      np.mean([r["local_acts"].mean() * per_week for r in runs]),
                      np.mean([r["true_exploited_persons"].mean() for r in runs]),
                      np.mean([r["new_recruitments"].mean() * per_week for r in runs])])
    np.testing.assert_allclose(np.array(means) / means[1], 1.0, atol=0.25)
