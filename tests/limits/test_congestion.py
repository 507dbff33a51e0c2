"""Limit tests 11 and 13: finite capacity. Two stable states at small capacity; Little's law; delays; more is never later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from limits.chain_support import FROZEN_CONDUCT, busy, levers, unlimited_capacity
from sim.institutions.queue import SharedQueue
from sim.numerics import logistic
from sim.phases.perceive.beliefs import updated_evidence
from sim.runs.simulate import simulate

# Test 11: N prone persons decide by the belief, a share of the involved is reported, capacity decides who is found out.
N, TOUR, U, LOSS, SPARED, REPORTED, FREE = 1000.0, 26.0, 1.0, 6.0, 0.3, 0.3 / 26.0, 1.0 / 4.0


def belief(p: float) -> float:
    """What a learner ends up with where p of the tours are found out."""
    return p / (p + SPARED * (1.0 - p)) if p > 0 else 0.0


def answer(share: float, capacity: float) -> float:
    """Involvement that follows from involvement: cases found out are those reported, at most the capacity."""
    found_out = min(REPORTED, capacity / (share * N)) * TOUR
    return logistic(U - LOSS * belief(min(found_out, 1.0)))


def states(capacity: float) -> np.ndarray:
    """Shares involved that reproduce themselves and attract, from the mean field on a fine grid."""
    grid = np.linspace(0.001, 0.999, 20_000)
    moved = np.array([answer(x, capacity) for x in grid]) - grid
    return grid[np.flatnonzero((moved[:-1] > 0) & (moved[1:] <= 0))]


def lived(capacity: float, start: float, weeks: int = 1500) -> float:
    """The same week by week with a real queue, cases one by one, and the model's rule of learning."""
    queue: SharedQueue[int] = SharedQueue(FREE)
    draws, share, due = np.random.default_rng(11), start, 0.0
    a = np.array([60.0 * belief(min(REPORTED, capacity / (start * N)) * TOUR)])
    b, seen = 60.0 - a, []
    for week in range(weeks):
        due += share * N * REPORTED
        for _ in range(int(due)):
            queue.enter(week, draws.exponential(), week)
        due -= int(due)
        found_out = np.array([float(len(queue.advance(1.0, capacity)))])
        tours = np.maximum(share * N / TOUR, found_out)
        a, b = updated_evidence((a, b), (0.0, 0.0), 2.0 ** (-1.0 / 52.0), tours, found_out, SPARED, 1.0)
        share = logistic(U - LOSS * float(a[0] / (a[0] + b[0])))
        seen.append(share)
    return float(np.mean(seen[-300:]))


def test_11_two_stable_states_at_small_capacity_one_above_a_critical_one() -> None:
    """11. Up to a critical capacity both little and much involvement sustain themselves; above it only little does."""
    n_states = [len(states(c)) for c in np.linspace(1.0, 12.0, 45)]
    assert n_states[0] == 2 and n_states[-1] == 1
    assert n_states == sorted(n_states, reverse=True), "one critical capacity, not several"
    little, much = states(1.0)
    assert little < 0.15 and much > 0.4
    assert states(12.0) == pytest.approx([little], abs=1e-3)


def test_11_without_capacity_only_much_involvement_is_left() -> None:
    """11. Below what even little involvement needs there is one state again, the high one."""
    assert states(0.05)[0] > 0.4 and len(states(0.05)) == 1


@pytest.mark.parametrize("capacity", [1.0, 12.0])
def test_11_the_queue_and_the_belief_rule_live_in_those_states(capacity: float) -> None:
    """11. Week by week with SharedQueue and the model's belief rule, from little and from much involvement."""
    found = states(capacity)
    ends = [lived(capacity, start) for start in (0.05, 0.7)]
    assert ends == pytest.approx([found[0], found[-1]], rel=0.1)


# Test 13


def served(arrivals: np.ndarray, works: np.ndarray, free: float, capacity: float, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """Steps from entry to completion of each case (-1 open at the end), and cases waiting after each step."""
    queue: SharedQueue[int] = SharedQueue(free)
    ended, waiting, steps = np.full(len(works), -1), [], np.repeat(np.arange(len(arrivals)), arrivals)
    first = np.concatenate(([0], np.cumsum(arrivals)))
    for step in range(len(arrivals)):
        for case in range(first[step], first[step + 1]):
            queue.enter(case, float(works[case]), case)
        for case in queue.advance(dt, capacity):
            ended[case] = step
        waiting.append(len(queue))
    return np.where(ended >= 0, ended - steps, -1), np.array(waiting)


def expected_waiting(arrivals_per_week: float, free: float, capacity: float) -> float:
    """Mean of the birth-death chain with rates lambda up and min(n f, C) down: what sharing equally must give."""
    weights = [1.0]
    for n in range(1, 400):
        weights.append(weights[-1] * arrivals_per_week / min(n * free, capacity))
    return float(np.dot(np.arange(400), weights) / np.sum(weights))


@pytest.mark.parametrize(("capacity", "shape"), [(1e9, 1), (3.0, 1), (3.0, 4), (2.4, 1)])
def test_13_littles_law_and_the_number_waiting(capacity: float, shape: int) -> None:
    """13. With 2 cases a week mean waiting is what the birth-death chain says, whatever the spread of work, and L = lambda W.

    Steps of 0.05 weeks over 8,000 weeks; twenty blocks give the standard error.
    """
    draws, dt, rate, free = np.random.default_rng(13), 0.05, 2.0, 0.4
    arrivals = draws.poisson(rate * dt, int(8_000 / dt))
    works = draws.gamma(shape, 1.0 / shape, arrivals.sum())
    stay, waiting = served(arrivals, works, free, capacity, dt)
    blocks = waiting.reshape(20, -1).mean(axis=1)
    error = blocks.std(ddof=1) / np.sqrt(20)
    assert abs(blocks.mean() - expected_waiting(rate, free, capacity)) < 4.0 * error + rate * dt
    mean_stay = stay[stay >= 0].mean() * dt
    assert blocks.mean() == pytest.approx(arrivals.sum() / 8_000 * mean_stay, rel=0.01)


def test_13_without_congestion_completions_are_arrivals_convolved_with_the_delay() -> None:
    """13. Case by case: work w ends in step ceil(w / (f dt)); counts are the convolution of arrivals with that delay."""
    draws, dt, free = np.random.default_rng(14), 1.0, 1.0 / 6.0
    arrivals = draws.poisson(np.where(np.arange(400) % 80 < 40, 30.0, 2.0))
    works = draws.exponential(size=arrivals.sum())
    stay, _ = served(arrivals, works, free, 1e9, dt)
    exact = np.ceil(works / (free * dt)).astype(int) - 1
    assert (stay[stay >= 0] == exact[stay >= 0]).all()
    ended = np.bincount((np.repeat(np.arange(400), arrivals) + stay)[stay >= 0], minlength=400)
    kernel = np.exp(-free * np.arange(400)) - np.exp(-free * np.arange(1, 401))
    expected = np.convolve(arrivals, kernel)[:400]
    assert (np.abs(ended - expected) < 5.0 * np.sqrt(expected + 1.0)).all()
    assert abs(ended.sum() - expected.sum()) < 4.0 * np.sqrt(expected.sum())


def test_13_no_more_than_capacity_is_completed() -> None:
    """13. Under heavy load throughput is the capacity, within four standard errors; without capacity nothing ends."""
    draws = np.random.default_rng(15)
    arrivals, capacity = draws.poisson(9.0, 3_000), 4.0
    works = draws.exponential(size=arrivals.sum())
    stay, _ = served(arrivals, works, 0.3, capacity, 1.0)
    assert abs((stay >= 0).sum() - 3_000 * capacity) < 4.0 * np.sqrt(3_000 * capacity)
    assert (served(arrivals, works, 0.3, 0.0, 1.0)[0] == -1).all()


@pytest.mark.parametrize("capacity", [0.3, 1.5, 6.0])
@pytest.mark.parametrize("dt", [1.0, 4.0])
def test_13_more_capacity_never_ends_a_case_later(capacity: float, dt: float) -> None:
    """13. Case by case with the same work: with twice the capacity no case ends later, and some end sooner."""
    draws = np.random.default_rng(int(10 * capacity))
    arrivals = draws.poisson(np.where(np.arange(600) % 100 < 20, 9.0, 0.5) * dt)
    works = draws.gamma(2, 0.5, arrivals.sum())
    stays = [served(arrivals, works, 0.25, c, dt)[0] for c in (capacity, 2 * capacity)]
    single, double = (np.where(stay < 0, np.inf, stay) for stay in stays)
    assert (double <= single).all()
    assert (double < single).any()


# The same through whole runs. Conduct is frozen, so that both runs have the same acts and reports.


def dates(run_cases: pd.DataFrame) -> pd.DataFrame:
    """Cases against personnel that were taken further, in the order of the books."""
    own = run_cases[(run_cases["kind"] == "personnel") & run_cases["is_identified"]]
    return own.set_index(["authority", "case_id"])


@pytest.mark.parametrize("seed", [1, 2])
def test_13_in_runs_doubled_fact_finding_never_ends_a_case_later(seed: int) -> None:
    """13. Doubling the capacity of fact-finding: the same cases, none with a later finding, investigation or outcome."""
    scarce = {**FROZEN_CONDUCT, "parameters.oversight.fact_finding_capacity": 4.0}
    single, double = (dates(simulate(levers(busy(scarce, weeks=80, seed=seed), fact_finding_capacity=factor)).cases)
                      for factor in (1.0, 2.0))
    assert len(single) > 50
    same = ["subject_id", "channel", "act_week", "report_week", "n_reports"]
    pd.testing.assert_frame_equal(single[same], double[same])
    for stage in ("fact_finding_week", "investigation_week", "outcome_week"):
        later = double[stage].fillna(np.inf) > single[stage].fillna(np.inf)
        assert not later.any(), stage
    assert (double["fact_finding_week"].fillna(np.inf) < single["fact_finding_week"].fillna(np.inf)).any()


@pytest.mark.parametrize("knob", ["fact_finding_capacity", "investigation_capacity"])
def test_13_in_runs_doubled_capacity_never_ends_a_case_later_while_nobody_is_reported_twice(knob: str) -> None:
    """13. The same for investigation where complaints about one person are rare, so that no case can be opened anew."""
    scarce = {**FROZEN_CONDUCT, "parameters.oversight.fact_finding_capacity": 4.0,
              "parameters.oversight.investigation_capacity": 4.0, "parameters.reporting.peer_base": -9.0,
              "parameters.reporting.reportable_share": 0.003, "parameters.switches.inquiries": False,
              "parameters.switches.police_reports": False, "parameters.switches.attention": False}
    runs = [dates(simulate(levers(busy(scarce, weeks=100, scale=1.0), **{knob: factor})).cases) for factor in (1.0, 2.0)]
    key = ["subject_id", "role", "channel", "act_week", "report_week"]
    single, double = (cases[cases["n_reports"] == 1].drop_duplicates(key, keep=False).set_index(key) for cases in runs)
    both = single.index.intersection(double.index)
    assert len(both) > 50
    stage = knob.replace("_capacity", "_week")
    before, after = (cases.loc[both, stage].fillna(np.inf) for cases in (single, double))
    assert (after <= before).all()
    assert (after < before).any()


def test_13_both_clocks_of_a_run_keep_their_mean_time() -> None:
    """13. With unlimited capacity fact-finding (exponential) and investigation (gamma, shape 2) last as parameters say.

    A work that ends within the k-th week counts k - 1 whole weeks, so means are sums of survival over weeks.
    """
    weeks = {"parameters.oversight.fact_finding_free_weeks": 4.0, "parameters.oversight.investigation_free_weeks": 8.0}
    cases = dates(simulate(unlimited_capacity(busy({**FROZEN_CONDUCT, **weeks}, weeks=160, scale=0.3))).cases)
    early = cases[cases["report_week"] < 80]
    assert len(early) > 300 and early[["fact_finding_week", "investigation_week"]].notna().all().all()
    k = np.arange(1, 200)
    survival = {"fact_finding_week": np.exp(-k / 4.0), "investigation_week": np.exp(-k / 4.0) * (1.0 + k / 4.0)}
    for stage, still_open in survival.items():
        lasted = early[stage] - early["report_week"]
        assert abs(lasted.mean() - still_open.sum()) < 4.0 * lasted.std() / np.sqrt(len(lasted)), stage


def test_13_littles_law_holds_for_investigations_of_a_run() -> None:
    """13. Cases under investigation, summed over weeks, are the weeks cases were under investigation, exactly."""
    scenario = busy({"parameters.oversight.investigation_capacity": 6.0}, weeks=80, scale=0.3)
    run = simulate(scenario)
    cases = dates(run.cases)
    last = run.series["week"].iloc[-1] + 1.0
    stays = (cases["investigation_week"].fillna(last) - cases["report_week"]).sum()
    assert run.series["investigations_open"].sum() * scenario.scale == pytest.approx(stays, rel=1e-9)
    assert stays > 500
