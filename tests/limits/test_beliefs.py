"""Limit tests 8 and 9: what is learned about the risk of being found out, and what it restrains."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.integrate import quad
from support import differing, generic, series_of

from limits.chain_support import BUSY, CHANNELS_OFF, NO_LOSS, busy
from sim.model import MandateModel
from sim.numerics import logistic
from sim.phases.decide.weighing import perceived_loss, unit_inclination
from sim.phases.perceive import beliefs
from sim.scenario import Scenario

PRIOR_A, PRIOR_B = 0.5, 9.5
P = "parameters.beliefs."
# A learner without forgetting, hearsay or blind spots; memory is the longest a scenario accepts.
PLAIN = {f"{P}public_weight": 0.0, f"{P}observed_share": 1.0, f"{P}kept_on_rotation": 1.0, f"{P}memory_half_weeks": 520.0}


def taught(outcomes: np.ndarray, o: float, kept: float = 1.0, observed: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Evidence after a sequence of tours that ended in being found out (1) or not (0), one update a tour."""
    a, b = np.array([PRIOR_A]), np.array([PRIOR_B])
    for found_out in outcomes:
        a, b = beliefs.updated_evidence((a, b), (PRIOR_A, PRIOR_B), kept, np.ones(1), np.array([found_out]), o, observed)
    return a, b


@pytest.mark.parametrize("o", [0.05, 0.1, 0.4, 1.0])
@pytest.mark.parametrize("every", [2, 5, 20])
def test_08_a_learner_converges_to_p_over_p_plus_o_times_one_minus_p(every: int, o: float) -> None:
    """8. One update a completed tour, every k-th found out: the distance to p / (p + o (1 - p)) shrinks like 1 / n."""
    p = 1.0 / every
    limit, errors = p / (p + o * (1.0 - p)), []
    for n in (2_000, 8_000):
        a, b = taught((np.arange(1, n + 1) % every == 0).astype(float), o)
        errors.append(abs(float(a[0] / (a[0] + b[0])) - limit))
    weight = 8_000 * (p + o * (1.0 - p))
    assert errors[1] <= (PRIOR_A + PRIOR_B) / weight
    assert errors[1] == pytest.approx(errors[0] / 4.0, rel=0.1)


def test_08_so_does_a_learner_among_random_tours() -> None:
    """8. 400 learners with random outcomes: their mean lies within four standard errors of the limit."""
    p, o, n = 0.2, 0.1, 3_000
    outcomes = (np.random.default_rng(8).random((n, 400)) < p).astype(float)
    a, b = np.zeros(400), np.zeros(400)
    for row in outcomes:
        a, b = beliefs.updated_evidence((a, b), (0.0, 0.0), 1.0, np.ones(400), row, o, 1.0)
    belief = a / (a + b)
    assert abs(belief.mean() - p / (p + o * (1 - p))) < 4.0 * belief.std() / np.sqrt(400) + 1.0 / n


@pytest.mark.parametrize(("found_out", "n"), [(0, 1), (1, 1), (3, 40), (40, 40)])
def test_08_at_o_1_the_belief_is_the_exact_beta_posterior(found_out: int, n: int) -> None:
    """8. At o = 1 the belief equals the posterior mean by Bayes' rule, integrated numerically, and evidence just adds up."""
    a, b = taught(np.repeat([1.0, 0.0], [found_out, n - found_out]), 1.0)
    assert a[0] == pytest.approx(PRIOR_A + found_out, rel=1e-12) and b[0] == pytest.approx(PRIOR_B + n - found_out, rel=1e-12)

    def weight(x: float) -> float:  # x = y^2 takes away the pole of the prior at 0
        return 2.0 * x ** (PRIOR_A - 0.5) * (1 - x) ** (PRIOR_B - 1) * x**found_out * (1 - x) ** (n - found_out)

    mass, mean = quad(lambda y: weight(y * y), 0, 1)[0], quad(lambda y: weight(y * y) * y * y, 0, 1)[0]
    assert float(a[0] / (a[0] + b[0])) == pytest.approx(mean / mass, rel=1e-6)


def test_08_being_spared_teaches_less_than_being_caught() -> None:
    """8. After as many tours found out as spared, a learner with o < 1 sees more risk than one half."""
    even = np.tile([1.0, 0.0], 200)
    assert [float(a[0] / (a[0] + b[0])) > 0.5 for a, b in (taught(even, 0.2), taught(even, 0.9))] == [True, True]
    a, b = taught(even, 1.0)
    assert float(a[0] / (a[0] + b[0])) < 0.5, "the prior still pulls down"


def driven(changes: dict[str, float], removed: list[int], spared: list[float]) -> MandateModel:
    """A model whose units end so many tours a step, given by hand."""
    model = MandateModel(generic(changes, scale=1.0))
    units = model.world.units
    units.norm_slot[:] = units.slot
    for found_out, went_home in zip(removed, spared):
        units.removed[:], units.involved_left[:] = found_out, went_home
        beliefs.learn(model.world)
    return model


@pytest.mark.parametrize("o", [0.1, 1.0])
def test_08_units_of_the_model_learn_by_the_same_rule(o: float) -> None:
    """8. A tour a week, every fourth found out, weight kept g: evidence is the geometric series, exactly."""
    n, every, weight = 400, 4, 10.0
    removed = [int(k % every == 0) for k in range(1, n + 1)]
    model = driven({**PLAIN, f"{P}unpunished_weight": o}, removed, [1.0 - r for r in removed])
    g = 2.0 ** (-1.0 / 520.0)
    all_tours, found_out = (1 - g**n) / (1 - g), (1 - g**n) / (1 - g**every)
    rho = model.scenario.parameters.sanctions.perceived_certainty
    np.testing.assert_allclose(model.world.units.belief_a, rho * weight + found_out, rtol=1e-9)
    np.testing.assert_allclose(model.world.units.belief_b, (1 - rho) * weight + o * (all_tours - found_out), rtol=1e-9)


def test_08_without_events_beliefs_return_to_the_prior() -> None:
    """8. The distance from the prior halves in the half-life; it is a thousandth after ten of them."""
    changes = {**PLAIN, f"{P}memory_half_weeks": 13.0}
    start = driven(changes, [5], [20.0]).world.units
    half, late = (driven(changes, [5] + [0] * n, [20.0] + [0.0] * n).world.units for n in (13, 130))
    prior = MandateModel(generic(changes, scale=1.0)).world.units
    for name in ("belief_a", "belief_b"):
        away = getattr(start, name) - getattr(prior, name)
        assert (away > 0).all()
        np.testing.assert_allclose(getattr(half, name) - getattr(prior, name), away / 2.0, rtol=1e-9)
        np.testing.assert_allclose(getattr(late, name) - getattr(prior, name), away / 1024.0, rtol=1e-9)


def test_08_one_credit_a_completed_tour() -> None:
    """8. Tours of involved persons, counted here from who leaves which post, are what units learn from; nothing else is."""
    short = {"parameters.involvement.tour_weeks_military": 8.0, "parameters.involvement.tour_weeks_individual": 8.0}
    scenario = busy({**PLAIN, **short, f"{P}unpunished_weight": 1.0}, weeks=40, scale=0.2)
    model = MandateModel(scenario)
    world, kept = model.world, 2.0 ** (-1.0 / 520.0)
    units, billets, rho = world.units, world.billets, scenario.parameters.sanctions.perceived_certainty
    prior = rho * 10.0, (1.0 - rho) * 10.0
    a, b, seen = np.full(len(units), prior[0]), np.full(len(units), prior[1]), 0
    for _ in range(40):
        before, acts = billets.occupant.copy(), np.where(billets.acts_slot == billets.occupant, billets.tour_acts, 0)
        asked = billets.is_removed.copy()
        model.step()
        left = (billets.occupant != before) & (acts > 0)
        removed = np.bincount(billets.unit[asked], minlength=len(units))
        spared = np.bincount(billets.unit[left & ~asked], minlength=len(units))
        seen += int(removed.sum())
        a = prior[0] + kept * (a - prior[0]) + removed / world.scale
        b = prior[1] + kept * (b - prior[1]) + spared / world.scale
    assert seen > 20 and b.max() > 2 * prior[1]
    np.testing.assert_allclose(units.belief_a, a, rtol=1e-9)
    np.testing.assert_allclose(units.belief_b, b, rtol=1e-9)


def test_08_own_unpunished_weeks_lower_a_persons_own_risk() -> None:
    """8. rho = A / (A + B + o w weeks / tour), and log-odds of acting are V - rho L, person by person."""
    scenario = busy({f"{P}own_weight": 5.0, f"{P}unpunished_weight": 0.5, f"{P}memory_half_weeks": 520.0}, weeks=30)
    model = MandateModel(scenario)
    world = model.world
    for _ in range(25):
        model.step()
    units, b = world.units, world.billets
    rows = np.flatnonzero(b.p_act > 0)
    unit, involved = b.unit[rows], (b.acts_slot[rows] == b.occupant[rows]) & (b.tour_acts[rows] > b.acts[rows])
    weeks = np.where(involved, (world.week - b.first_act_week[rows]), 0.0)
    evidence = (units.belief_a + units.belief_b)[unit] + 0.5 * 5.0 * weeks / units.tour_weeks[unit]
    v = b.propensity[rows] + unit_inclination(world)[unit]
    v = v - units.belief_a[unit] / evidence * perceived_loss(world)[0][unit]
    assert involved.sum() > 50 and weeks.max() > 10
    np.testing.assert_allclose(b.p_act[rows], [logistic(x) for x in v], rtol=1e-5)


# Test 9: frozen beliefs, norms and prices; nobody is reported, so that nobody is replaced.
FROZEN = {**BUSY, **CHANNELS_OFF, "parameters.switches.beliefs": False, "parameters.switches.norms": False,
          "parameters.switches.spending_limit": False, "parameters.personnel_demand.price_elasticity": 0.0}
CERTAINTY = "parameters.sanctions.perceived_certainty"
LOSSES = {f"parameters.sanctions.{name}_loss": 6.0 for name in ("reputation", "prosecution", "conviction")}


def sought(changes: dict[str, float], weeks: int = 20) -> np.ndarray:
    """Visits every post's occupant seeks in every week."""
    model = MandateModel(generic({**FROZEN, **changes}, weeks=weeks, scale=0.2))
    rows = []
    for _ in range(weeks):
        model.step()
        rows.append(model.world.billets.sought.copy())
    return np.array(rows)


def test_09_acts_under_higher_certainty_are_a_subset_person_by_person() -> None:
    """9. At certainties 0, 0.05, 0.3 and 1 nobody seeks more than at the lower one, in any week, and somebody less."""
    seen = [sought({**LOSSES, CERTAINTY: c}) for c in (0.0, 0.05, 0.3, 1.0)]
    for low, high in itertools.pairwise(seen):
        assert (high <= low).all()
        assert high.sum() < low.sum()


def test_09_acts_under_higher_severity_are_a_subset_person_by_person() -> None:
    """9. The same for the loss that follows."""
    seen = [sought({CERTAINTY: 0.4, **NO_LOSS, "parameters.sanctions.reputation_loss": x}) for x in (0.0, 1.0, 8.0)]
    for low, high in itertools.pairwise(seen):
        assert (high <= low).all()
        assert high.sum() < low.sum()


def varied(base: Scenario, changes: list[dict[str, float]]) -> list[set[str]]:
    """Columns that differ from the first variant in each of the others."""
    series = [series_of(base.with_(change)) for change in changes]
    return [differing(series[0], other) for other in series[1:]]


def test_09_without_severity_certainty_has_no_effect() -> None:
    """9. Bitwise, with learning, norms, prices and removals all at work; the belief itself is published."""
    base = busy(NO_LOSS, weeks=40)
    assert varied(base, [{CERTAINTY: 0.0}, {CERTAINTY: 0.3}, {CERTAINTY: 1.0}]) == [{"perceived_certainty"}] * 2


def test_09_without_certainty_severity_has_no_effect() -> None:
    """9. Bitwise: certainty 0 that is never learned (beliefs off), or that nothing could teach (channels off)."""
    for freeze in ({"parameters.switches.beliefs": False}, CHANNELS_OFF):
        base = busy({**freeze, CERTAINTY: 0.0}, weeks=40)
        assert varied(base, [{}, NO_LOSS, LOSSES]) == [set(), set()]


def test_09_without_deterrence_neither_has_an_effect() -> None:
    """9. The switch: bitwise no effect of losses, and of certainty on nothing but itself."""
    base = busy({"parameters.switches.deterrence": False}, weeks=40)
    assert varied(base, [{}, LOSSES, {CERTAINTY: 0.6}]) == [set(), {"perceived_certainty"}]


def test_09_with_both_there_is_an_effect() -> None:
    """9. The counterpart: certainty and severity together change what happens."""
    base = busy({CERTAINTY: 0.3}, weeks=40)
    assert all("true_acts" in changed for changed in varied(base, [{}, NO_LOSS, {CERTAINTY: 0.0}]))


def test_09_units_learn_from_removals() -> None:
    """9. What freezing takes away: with learning on, risk that is prosecuted raises the belief above the prior."""
    quick = busy(weeks=60)
    seen = series_of(quick)["perceived_certainty"]
    without = series_of(quick.with_(CHANNELS_OFF))["perceived_certainty"]
    assert seen.iloc[40:].mean() > without.iloc[40:].mean()
