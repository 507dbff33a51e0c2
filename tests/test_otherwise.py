"""What would have changed it: every figure of the sentence follows from the model's rule, worked out here by hand."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

import sim
from sim.agents import Contingent, Peacekeeper, TraffickedPerson, Trafficker, Venue
from sim.agents.find import INSTITUTIONS, VIEWS
from sim.cli import main
from sim.explain.ask import ask
from sim.explain.persons import EXITS, total_hazard
from sim.explain.supposed import supposing, turning_point
from sim.explain.words import OPENING, percent
from sim.model import MandateModel
from sim.parameters.institutions import Switches
from sim.phases.people import assistance_places, identification_hazard, weekly_rates
from sim.phases.supply.earnings import effort_shares, venue_profit
from sim.phases.supply.entry import effective_sunk_cost
from sim.phases.supply.location import expected_profit
from sim.world.person_states import IN_TRANSIT, IN_VENUE, PRIVATE, RETURNED, STATES, STAYED
from tests.otherwise_support import BUSY, SMALL, figures, model_after, otherwise


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


# All kinds


@pytest.mark.parametrize("kind", [*VIEWS, *INSTITUTIONS])
def test_every_kind_ends_with_what_would_have_changed_it(kind: str, busy: MandateModel, model: MandateModel) -> None:
    agents = [agent for one in (model, busy) for agent in one.agents_by_type.get({**VIEWS, **INSTITUTIONS}[kind], ())]
    assert agents
    for agent in agents[:300]:
        last = otherwise(agent)
        assert last.startswith(f"{OPENING}: ") and ". " not in last and "nan" not in last and "inf" not in last, last
        assert len(last) < 640, last


@pytest.mark.parametrize("words", [
    [f"parameters.switches.{field.name}=false" for field in dataclasses.fields(Switches)],
    ["mission.strength_curve=[{week: 0, ratio: 0}]"],
    ["parameters.local_demand.acts_per_1000_per_week=0", "mission.strength_curve=[{week: 0, ratio: 0}]"],
], ids=["all off", "nobody deployed", "no demand"])  # fmt: skip
def test_the_sentence_stands_at_the_limits(words: list[str]) -> None:
    model = model_after(30, *words)
    for kind in (*VIEWS.values(), *INSTITUTIONS.values()):
        for agent in model.agents_by_type.get(kind, ())[:50]:
            assert "nan" not in otherwise(agent) and "inf " not in otherwise(agent)


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
