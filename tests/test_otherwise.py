"""What would have changed it: every figure of the sentence follows from the model's rule, worked out here by hand."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest

import sim
from sim.agents import Contingent, Peacekeeper, TraffickedPerson, Trafficker, Venue
from sim.agents.find import INSTITUTIONS, VIEWS
from sim.agents.otherwise import EXITS, total_hazard
from sim.cli import main
from sim.institutions.otherwise import OPENING, percent
from sim.model import MandateModel
from sim.phases.people import assistance_places, identification_hazard, weekly_rates
from sim.phases.supply.earnings import effort_shares, venue_profit
from sim.phases.supply.entry import effective_sunk_cost
from sim.phases.supply.location import expected_profit
from sim.runs.ask import ask
from sim.world.person_states import IN_TRANSIT, IN_VENUE, PRIVATE, RETURNED, STATES, STAYED
from sim.world.supposed import supposing, turning_point

SMALL = ("mission=generic", "scale=0.1")
BUSY = ("policy=[suspend_contributions,waive_immunity]", "policy.suspend_contributions.start_week=0",
        "policy.waive_immunity.start_week=0", "policy.waive_immunity.court=special", "policy.waive_immunity.dose=0.5",
        "parameters.reporting.peer_base=-4", "parameters.oversight.fact_finding_free_weeks=2",
        "parameters.oversight.investigation_free_weeks=6", "parameters.oversight.investigation_capacity=50",
        "parameters.dependence.psi=0.5", "parameters.prosecution.special_charge=1")  # fmt: skip


def model_after(weeks: int, *overrides: str) -> MandateModel:
    is_sized = any(word.startswith("scale=") for word in overrides)
    model = MandateModel(sim.load_scenario(SMALL[0], *overrides, *(() if is_sized else SMALL[1:])))
    for _ in range(weeks):
        model.step()
    return model


@pytest.fixture(scope="module")
def model() -> MandateModel:
    """A model nobody steps any further."""
    return model_after(60)


@pytest.fixture(scope="module")
def large() -> MandateModel:
    """A model with many persons."""
    return model_after(60, "scale=1")


@pytest.fixture(scope="module")
def busy() -> MandateModel:
    """A mission with many cases, a special court and authorities ready to sanction."""
    return model_after(80, *BUSY)


def otherwise(agent: Any) -> str:
    """The last sentence of an explanation."""
    text = agent.explain()
    assert text.count(OPENING) == 1 and text.endswith(".")
    return str(text[text.index(OPENING) :])


def figures(pattern: str, text: str) -> list[float]:
    """Figures that stand where a pattern has groups."""
    found = re.search(pattern, text)
    assert found is not None, f"{pattern} is not in: {text}"
    return [float(value.replace(",", "")) for value in found.groups()]


# All kinds


@pytest.mark.parametrize("kind", [*VIEWS, *INSTITUTIONS])
def test_every_kind_ends_with_what_would_have_changed_it(kind: str, busy: MandateModel, model: MandateModel) -> None:
    agents = [agent for one in (model, busy) for agent in one.agents_by_type.get({**VIEWS, **INSTITUTIONS}[kind], ())]
    assert agents
    for agent in agents[:300]:
        last = otherwise(agent)
        assert last.startswith(f"{OPENING}: ") and ". " not in last and "nan" not in last and "inf" not in last, last
        assert len(last) < 640, last


def test_it_asks_without_changing_anything() -> None:
    """Asked after every step or never: the same run, bit for bit."""
    asked, quiet = MandateModel(sim.load_scenario(*SMALL, *BUSY)), MandateModel(sim.load_scenario(*SMALL, *BUSY))
    for step in range(20):
        asked.step()
        quiet.step()
        if step % 5 == 4:
            for kind in (Contingent, Trafficker, Venue, TraffickedPerson, *INSTITUTIONS.values()):
                for agent in asked.agents_by_type.get(kind, ()):
                    agent.explain()
    for table in ("units", "billets", "cells", "networks", "venues", "people", "countries", "contributors"):
        one, other = getattr(asked.world, table), getattr(quiet.world, table)
        for name in one.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=f"{table}.{name}")


def test_a_supposed_world_shares_all_but_what_is_supposed(model: MandateModel) -> None:
    world, waiver = model.world, np.ones(len(model.world.units))
    other = supposing(world, {"dependence.psi": 0.25}, {"units.waiver": waiver})
    assert other.parameters.dependence.psi == 0.25 != world.parameters.dependence.psi
    assert other.units.waiver is waiver and not world.units.waiver.any()
    assert other.units.norm is world.units.norm and other.cells is world.cells
    with pytest.raises(AttributeError, match="no such column"):
        supposing(world, columns={"units.nothing": waiver})
    with pytest.raises((AttributeError, TypeError)):
        supposing(world, {"dependence.nothing": 1.0})


def test_a_turning_point_is_found_from_either_side() -> None:
    assert turning_point(lambda x: x > 0.3, 0.0, 1.0) == pytest.approx(0.3)
    assert turning_point(lambda x: x < 0.3, 0.0, 1.0) == pytest.approx(0.3)
    assert turning_point(lambda x: x > 2.0, 0.0, 1.0) is None


def test_the_command_and_the_way_of_a_person_end_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "agent", "person", "any", "week=30", *SMALL, "-q"]) == 0
    text = capsys.readouterr().out.strip()
    assert text.index("The way so far: ") < text.index(OPENING) and text.count(OPENING) == 1
    assert ask(sim.load_scenario(*SMALL), "person", None, 30).text == text


# Personnel


def test_a_peacekeeper_at_another_certainty(model: MandateModel) -> None:
    for agent in model.agents_by_type[Peacekeeper].select(lambda agent: agent.is_prone, at_most=30):
        terms = agent.decision_terms
        was, other, now = figures(r"certainty of 0.4 instead of ([\d.]+) of .* would be ([\d.]+) instead of ([\d.]+)\.$",
                                  otherwise(agent))  # fmt: skip
        assert now == pytest.approx(agent.p_act, abs=6e-4)
        odds = sum(terms.values()) - terms["perceived_risk"] * (1.0 - 0.4 / was)
        assert other == pytest.approx(1 / (1 + np.exp(-odds)), abs=0.02), "certainty is written with three digits"


def test_a_contingent_s_odds_at_another_certainty_and_norm(model: MandateModel) -> None:
    world, p = model.world, model.world.parameters.norms
    told = 0
    for agent in model.agents_by_type[Contingent]:
        text = otherwise(agent)
        if not agent.n_present:
            assert "nobody decides" in text
            continue
        loss = figures(r"costs clients ([\d.]+) log-odds", agent.explain())[0]
        by_risk, by_norm = figures(r"would be ([\d.]+) times what they are, and .* with ([\d.]+) times", text)
        assert by_risk == pytest.approx(np.exp((agent.perceived_certainty - 0.4) * loss), abs=0.01)
        by_hand = np.exp(p.norm_weight * (p.reference_participation - world.units.norm[agent.row]))
        assert by_norm == pytest.approx(by_hand, abs=0.006)
        told += 1
    assert told > 3


# Networks and venues


def test_a_network_names_the_demand_and_the_profit_that_would_have_changed_its_week(model: MandateModel) -> None:
    world, p, told = model.world, model.world.parameters, 0
    for agent in model.agents_by_type[Trafficker]:
        text, cell = otherwise(agent), agent.place
        pays, hurdle = figures(r"expected to earn (-?[\d,]+) USD a week where the hurdle is (-?[\d,]+) USD", text)
        assert pays == pytest.approx(expected_profit(world)[0][cell], abs=0.51)
        sunk = effective_sunk_cost(world)[world.cells.country[cell]]
        assert hurdle == pytest.approx(p.entry.hurdle_per_week * sunk, abs=0.51)
        if found := re.search(r"and ([\d.]+) % (more|less) demand", text):
            factor, word = 1 + (1 if found[2] == "more" else -1) * float(found[1]) / 100, found[2]
            moved = [getattr(world.cells, name) * factor for name in ("home_international", "home_local")]
            other = supposing(world, columns=dict(zip(("cells.home_international", "cells.home_local"), moved)))
            slack = 0.06 * (abs(pays) + p.venues.cost_venue_usd)  # the change is written with two digits
            assert expected_profit(other)[0][cell] == pytest.approx(p.entry.hurdle_per_week * sunk, abs=slack)
            assert word == ("more" if pays < hurdle else "less")
            told += 1
        holds = figures(r"at (-?[\d,]+) USD a week for each it would have stayed", text)[0]
        share_there = effort_shares(np.array([holds]), p.networks.other_trade_return_usd, p.networks.diversification_scale_usd)
        assert share_there[0] == pytest.approx(agent.focal_effort, abs=2e-3)
    assert told >= 3


def test_a_venue_names_the_revenue_and_the_raids_that_would_have_changed_its_week(model: MandateModel) -> None:
    world, p, told = model.world, model.world.parameters, 0
    edge = -p.entry.hurdle_per_week * p.entry.exit_cost_usd
    for agent in model.agents_by_type[Venue]:
        text = otherwise(agent)
        assert figures(r"below a loss of ([\d,]+) USD", text)[0] == pytest.approx(-edge, abs=0.51)
        raids = figures(r"from ([\d.]+) on hiding would be likelier", text)[0]
        assert raids == pytest.approx(p.networks.visibility_value / p.networks.raid_aversion, abs=6e-4)
        if found := re.search(r"revenue ([\d.]+) % (lower|higher)", text):
            factor = 1 + (1 if found[2] == "higher" else -1) * float(found[1]) / 100
            other = world.venues.revenue.copy()
            other[agent.row] *= factor
            earned = venue_profit(supposing(world, columns={"venues.revenue": other}), agent.row)[0]
            assert earned == pytest.approx(edge, abs=0.02 * agent.revenue_usd_per_week + 1)
            told += 1
    assert told >= 3


# Persons


def test_the_hazards_told_are_those_that_act() -> None:
    """Over one step each cumulative hazard grows by the hazard told for it, in every state there is."""
    slow = ("recruitment.preparation_weeks=6", "recruitment.transit_weeks=6", "persons.decision_weeks=6",
            "persons.move_per_week=0.1", "persons.assistance_weeks=12")  # fmt: skip
    model, seen = model_after(60, "scale=0.5", *(f"parameters.{word}" for word in slow)), set()
    for _ in range(12):
        world, n = model.world, model.world.n_people
        before = {i: (float(world.people.hazard[i]), int(world.people.entries[i]), int(world.people.state[i])) for i in range(n)}
        model.step()
        for person, (hazard, entries, state) in before.items():
            if world.people.entries[person] != entries or state == STATES.index("resettled"):
                continue
            grown = float(world.people.hazard[person]) - hazard
            # identification is told with the numbers at the end of the step, the step ran on those at its beginning
            close = 0.05 if state in (IN_VENUE, PRIVATE) else 1e-9
            assert grown == pytest.approx(total_hazard(world, person) * world.dt, rel=close), STATES[state]
            seen.add(state)
    assert set(EXITS) - seen <= {PRIVATE} and {IN_TRANSIT, RETURNED, STAYED} <= seen, seen


def test_an_exploited_person_s_chances_follow_from_competing_hazards(large: MandateModel) -> None:
    world, told = large.world, 0
    rates, p = weekly_rates(world), world.parameters
    places = assistance_places(world) / world.dt
    often = supposing(world, {"persons.identification_per_week": 2 * p.persons.identification_per_week})
    doubled = identification_hazard(often, places)
    for agent in large.agents_by_type[TraffickedPerson].select(lambda agent: agent.state == "exploited_venue", at_most=20):
        others = rates[2] + rates[3] + rates[4]

        def chance(rate: float, total: float) -> str:
            return percent(rate / total * (1 - np.exp(-total)))

        now, other = chance(rates[1], rates[1] + others), chance(doubled, doubled + others)
        text = otherwise(agent)
        assert f"identified within a week would be {other} instead of {now}" in text
        assert f"beside {chance(rates[2], rates[1] + others)} of an escape" in text
        told += 1
    assert told > 5 and now != other


def test_a_returned_person_s_risk_is_told_with_and_without_assistance() -> None:
    model, told = model_after(110), 0
    world, p = model.world, model.world.parameters.persons
    for agent in model.agents_by_type[TraffickedPerson].select(lambda agent: agent.state in ("returned", "stayed")):
        age = world.step - world.people.state_step[agent.row]
        alone = p.retrafficking_per_week * np.exp(-age * world.dt / p.retrafficking_memory_weeks)
        after = alone * (1 - p.support_protection)
        now, other = (after, alone) if agent.was_assisted else (alone, after)
        words = "without" if agent.was_assisted else "with"
        text = otherwise(agent)
        assert f"is {percent(1 - np.exp(-now))}, and {words} assistance before it would be {percent(1 - np.exp(-other))}" in text
        told += 1
    assert told > 5


def test_a_resettled_person_is_out_of_reach_of_any_risk() -> None:
    model = model_after(80, "parameters.persons.resettled_share=1")
    resettled = model.agents_by_type[TraffickedPerson].select(lambda agent: agent.state == "resettled")
    assert len(resettled) > 0 and all("no risk reaches" in otherwise(agent) for agent in resettled)


# Institutions


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

    for number, state in world.states.items():
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
    for n, state in world.states.items():
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
    world, un = busy.world, busy.world.oversight[0]
    text, p, c = otherwise(un), world.parameters.dependence, world.contributors
    n, depends, free, now, score = figures(
        r"on contributor (\d+) \(([\d.]+) of .* would be ([\d.]+) instead of ([\d.]+), and its score of ([\d.]+)", text
    )
    mean = c.record.sum() / c.person_months.sum()
    assert free == pytest.approx(p.sanction_multiple * mean, abs=0.006)
    assert now == pytest.approx(p.sanction_multiple * mean * np.exp(p.psi * depends), rel=0.03)
    assert f"a score of {score:.2f}" in world.states[int(n)].explain()
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
        courts, p = (*world.special_courts, *world.courts.values()), world.parameters.oversight
        queues = [(court, court.docket, court.capacity_per_week(world), "trial") for court in courts]
        queues += [(o, o.investigations, o.capacity(world, p.investigation_capacity, "investigation_capacity"), "investigation")
                   for o in world.oversight]  # fmt: skip
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
    for country, court in enumerate(world.host_courts):
        capacity = world.countries.host_capacity[country]
        able = [min(share / reference, j.largest_capacity_effect) for share in (capacity, min(1.0, 2 * capacity))]
        charged = [percent(world.parameters.prosecution.host_charge * one) for one in able]
        assert f"be charged with a chance of {charged[1]} instead of {charged[0]}" in otherwise(court)
        organisers = world.host_justice[country]
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
    assert "takes cases from week 30 on" in otherwise(early.world.special_courts[0])
    assert "nobody is charged here" in otherwise(model_after(3, *BUSY).world.special_courts[0])


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
