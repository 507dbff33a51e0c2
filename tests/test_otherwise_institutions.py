"""What would have changed the week of an institution: thresholds, dockets and capacities worked out here by hand."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest

from sim.agents.find import INSTITUTIONS
from sim.explain.words import percent
from sim.institutions.bodies import bodies
from sim.model import MandateModel
from sim.phases.people import assistance_places
from sim.world.person_states import IN_VENUE, PRIVATE
from tests.otherwise_support import BUSY, figures, model_after, otherwise


@pytest.fixture(scope="module")
def model() -> MandateModel:
    """A model nobody steps any further."""
    return model_after(60)


@pytest.fixture(scope="module")
def busy() -> MandateModel:
    """A mission with many cases, a special court and authorities ready to sanction."""
    return model_after(80, *BUSY)


def test_a_contributor_names_the_cases_that_would_have_called_for_a_sanction(busy: MandateModel) -> None:
    """By hand: at that record, and not at a tenth less, score > multiple x mean x e^(psi x dependence), and enough cases."""
    world, told = busy.world, 0
    c, units, p = world.contributors, world.units, world.parameters.dependence
    authorised, served = world.authorised[:, world.step], c.person_months.sum()

    def calls(n: int, cases: float) -> bool:
        mean = (c.record.sum() - c.record[n] + cases) / served
        score = (cases + p.shrinkage * mean) / (c.person_months[n] + p.shrinkage)
        share = authorised[units.contributor == n].sum() / authorised.sum()
        raised = np.exp(p.psi * share * (1 - world.parameters.contributor_response.replacement_share) / p.tolerated_shortfall)
        return bool(score > p.sanction_multiple * mean * raised and cases >= p.fewest_cases)

    for number, state in bodies(world).states.items():
        found = re.search(r"(fewer than )?([\d.]+) recent substantiated cases instead of ([\d.]+)", otherwise(state))
        if found is None or "without that dependence" in otherwise(state):
            continue
        needed, have = float(found[2]), float(found[3])
        assert have == pytest.approx(c.record[number], abs=0.051) and calls(number, have) == bool(found[1])
        assert calls(number, needed + 0.06) and not calls(number, needed - 0.06)
        told += 1
    assert told >= 3


def test_a_contributor_names_what_publicity_and_waivers_would_do(model: MandateModel) -> None:
    world, p, r = model.world, model.world.parameters.prosecution, model.world.parameters.contributor_response
    c, told = world.contributors, 0
    for n, state in bodies(world).states.items():
        if not (world.units.n_present[world.units.contributor == n] > 0).any():
            assert "decides nothing" in otherwise(state)
            continue
        odds = p.reply_base + p.reply_rule_of_law * c.rule_of_law[n] + p.reply_withheld_pay * c.pay_withheld[n]
        answers = [1 / (1 + np.exp(-odds - p.reply_publicity * (seen - p.p_visible))) for seen in (p.p_visible, 1.0)]
        restraint = np.exp(-r.reimbursement_weight * r.reference_income_usd / (r.reference_income_usd + c.income_usd[n]))
        a_year = min(r.exit_per_year * (np.exp(r.waiver_weight * c.sovereignty[n]) - 1) * restraint, r.highest_exit_per_year)
        text = otherwise(state)
        assert f"with a chance of {percent(answers[1])} instead of {percent(answers[0])}" in text
        assert f"within a year with a chance of {percent(1 - np.exp(-a_year))} instead of 0 %" in text
        told += 1
    assert told >= 3


def test_oversight_names_its_threshold_with_and_without_dependence(busy: MandateModel) -> None:
    world, un = busy.world, bodies(busy.world).oversight[0]
    text, p, c = otherwise(un), world.parameters.dependence, world.contributors
    n, depends, free, now, score = figures(
        r"on contributor (\d+) \(([\d.]+) of .* would be ([\d.]+) instead of ([\d.]+), and its score of ([\d.]+)", text
    )
    mean = c.record.sum() / c.person_months.sum()
    assert free == pytest.approx(p.sanction_multiple * mean, abs=0.006)
    assert now == pytest.approx(p.sanction_multiple * mean * np.exp(p.psi * depends), rel=0.03)
    assert f"a score of {score:.2f}" in bodies(world).states[int(n)].explain()
    enough = c.record[int(n)] >= p.fewest_cases
    assert ("would call for a sanction" in text) == bool(score > free and enough)


def sooner(court: Any, capacity: float, dt: float) -> float:
    """Weeks until the next case of a copy of the queue ends."""
    queue, steps = copy.deepcopy(court), 0
    while not queue.advance(dt, capacity):
        steps += 1
    return (steps + 1) * dt


def test_courts_and_investigations_name_when_the_next_case_ends_with_twice_the_capacity() -> None:
    told = set()
    model = model_after(0, *BUSY, "policy.waive_immunity.cases_per_year=4")
    world = model.world
    for _ in range(100):
        model.step()
        courts, p = (*bodies(world).special_courts, *bodies(world).courts.values()), world.parameters.oversight
        queues = [(court, court.docket, court.capacity_per_week(world), "trial") for court in courts]
        queues += [(o, o.investigations, o.capacity(world, p.investigation_capacity, "investigation_capacity"), "investigation")
                   for o in bodies(world).oversight]  # fmt: skip
        for institution, queue, capacity, what in queues:
            if not len(queue) or capacity <= 0:
                continue
            now, twice = (sooner(queue, c, world.dt) for c in (capacity, 2 * capacity))
            text = otherwise(institution)
            if now == twice:
                assert re.search(rf"next {what} ends in {now:g} weeks?, and no sooner with twice", text), text
            else:
                assert re.search(rf"next {what} would end in {twice:g} weeks? instead of {now:g}", text), text
            told.add((what, now == twice))
    assert {("trial", False), ("investigation", True)} <= told, told


def test_host_courts_name_what_capacity_and_testimony_would_do(model: MandateModel) -> None:
    world = model.world
    j, reference = world.parameters.host_justice, world.parameters.host_capacity.reference
    for country, court in enumerate(bodies(world).host_courts):
        capacity = world.countries.host_capacity[country]
        able = [min(share / reference, j.largest_capacity_effect) for share in (capacity, min(1.0, 2 * capacity))]
        charged = [percent(world.parameters.prosecution.host_charge * one) for one in able]
        assert f"be charged with a chance of {charged[1]} instead of {charged[0]}" in otherwise(court)
        organisers = bodies(world).host_justice[country]
        has, odds = organisers.testimony_available(world), np.log(j.p_conviction / (1 - j.p_conviction))
        convicted = {seen: 1 / (1 + np.exp(-odds - j.testimony_effect * seen)) for seen in (True, False)}
        now, more = (min(j.p_charge * one, 1.0) * convicted[has] for one in able)
        other = min(j.p_charge * able[0], 1.0) * convicted[not has]
        text = otherwise(organisers)
        assert f"a conviction has a chance of {percent(now)}, and would have {percent(more)} with twice" in text
        assert f"and {percent(other)} {'without' if has else 'with'} somebody in assistance" in text


def test_a_special_court_that_is_not_open_says_when_it_opens() -> None:
    late = ("policy=[waive_immunity]", "policy.waive_immunity.court=special", "policy.waive_immunity.start_week=30")
    early = model_after(3, *late)
    assert "takes cases from week 30 on" in otherwise(bodies(early.world).special_courts[0])
    assert "nobody is charged here" in otherwise(bodies(model_after(3, *BUSY).world).special_courts[0])


@pytest.mark.parametrize(("words", "binds"), [((), False), (("parameters.persons.identification_per_week=0.2",), True)])
def test_an_ngo_names_what_places_would_do(words: tuple[str, ...], binds: bool) -> None:
    model = model_after(40, "scale=0.5", *words)
    world, p = model.world, model.world.parameters
    state = world.people.state[: world.n_people]
    n = int(((state == IN_VENUE) | (state == PRIVATE)).sum())
    places, hazard = assistance_places(world) / world.dt, p.persons.identification_per_week
    police = (1 - p.assistance.outreach_share) * hazard * world.countries.host_capacity.mean() / p.host_capacity.reference

    def a_week(places: float, factor: float = 1.0) -> str:
        found = min(factor * p.assistance.outreach_share * hazard, places / p.persons.uptake / n) + factor * police
        return percent(1 - np.exp(-found))

    ngo = next(iter(model.agents_by_type[INSTITUTIONS["ngo"]]))
    text = otherwise(ngo)
    assert n > 5 and ("places do not limit outreach" in text) != binds
    if binds:
        assert f"{a_week(2 * places)} instead of {a_week(places)} of the persons" in text
    else:
        assert f"still {a_week(places)} of the persons" in text and f"twice as often {a_week(places, 2.0)}" in text
