"""What agents say of themselves: terms that add up, risks that follow from experience, standings worked out by hand."""

from __future__ import annotations

import re

import numpy as np
import pytest

import sim
from sim.agents import Contingent, Peacekeeper, TraffickedPerson, find_agent
from sim.agents.find import INSTITUTIONS, VIEWS
from sim.cli import main
from sim.clock import WEEKS_PER_MONTH
from sim.errors import ScenarioError
from sim.explain import WORDS, words_of
from sim.explain.persons import STATE_WORDS
from sim.institutions.bodies import bodies
from sim.institutions.court import SpecialCourt
from sim.model import MandateModel
from sim.numerics import logistic
from sim.phases.decide.weighing import disposable_income, perceived_loss
from sim.world.person_states import STATES

WEEKS = 40
SMALL = ("mission=generic", "scale=0.1")
RULES = (*SMALL, "policy=[training,off_limits,waive_immunity]", "policy.training.start_week=0",
         "policy.off_limits.start_week=0", "policy.waive_immunity.start_week=0")  # fmt: skip


def model_after(weeks: int, *overrides: str) -> MandateModel:
    model = MandateModel(sim.load_scenario(*(overrides or SMALL)))
    for _ in range(weeks):
        model.step()
    return model


@pytest.fixture(scope="module")
def model() -> MandateModel:
    """A model nobody steps any further."""
    return model_after(WEEKS)


# Decisions


@pytest.mark.parametrize("words", [(), RULES], ids=["no policy", "policies"])
def test_the_terms_of_a_decision_add_up_to_the_chance_acted_on(model: MandateModel, words: tuple[str, ...]) -> None:
    model = model_after(WEEKS, *words) if words else model
    prone = list(model.agents_by_type[Peacekeeper].select(lambda agent: agent.is_prone))
    assert len(prone) > 20
    for agent in prone:
        terms = agent.decision_terms
        assert set(terms) == {"propensity", "norm", "leadership", "training", "income", "perceived_risk"}
        assert logistic(sum(terms.values())) == pytest.approx(agent.p_act, abs=1e-6)
        assert agent.p_act == model.world.billets.p_act[agent.row]
        assert f"a chance of {agent.p_act:.3f}" in agent.explain()
    assert any(agent.decision_terms["training"] < 0.0 for agent in prone) == bool(words)


def test_own_unpunished_weeks_lower_the_certainty_a_person_sees() -> None:
    """By hand: A / (A + B + w o (weeks since the first visit) / tour), and the unit's own where there was no visit."""
    model = model_after(WEEKS, "mission=generic", "scale=0.1", "parameters.beliefs.own_weight=5",
                        "parameters.beliefs.unpunished_weight=0.5")
    world, seen = model.world, 0
    for agent in model.agents_by_type[Peacekeeper].select(lambda agent: agent.is_prone):
        row = agent.row
        unit = int(world.billets.unit[row])
        a, b = world.units.belief_a[unit], world.units.belief_b[unit]
        weeks = world.week - world.billets.first_act_week[row] if agent.tour_acts else 0.0
        certainty = a / (a + b + 5 * 0.5 * weeks / world.units.tour_weeks[unit])
        assert -agent.decision_terms["perceived_risk"] == pytest.approx(certainty * perceived_loss(world)[0][unit], rel=1e-9)
        assert f"a certainty of {certainty:.3f} of being found out" in agent.explain()
        seen += weeks > 10
    assert seen > 5


def test_the_income_term_is_income_and_no_remainder_of_something_new(model: MandateModel) -> None:
    world = model.world
    wage = np.mean([world.series.wage[c][world.step] for c in world.scenario.mission.countries]) / WEEKS_PER_MONTH
    for agent in model.agents_by_type[Peacekeeper].select(lambda agent: agent.is_prone, at_most=20):
        category = world.units.category[world.billets.unit[agent.row]]
        by_hand = world.parameters.involvement.income_weight * np.log(disposable_income(world)[category] / wage)
        assert agent.decision_terms["income"] == pytest.approx(by_hand, abs=1e-9)


# Institutions

BUSY = ("parameters.reporting.peer_base=-4", "parameters.oversight.fact_finding_free_weeks=2",
        "parameters.oversight.investigation_free_weeks=6", "parameters.oversight.investigation_capacity=50",
        "parameters.dependence.pause_weeks=4", "parameters.dependence.sanction_multiple=1.2", "parameters.dependence.psi=0.5",
        "policy.suspend_contributions.start_week=0")  # fmt: skip


@pytest.fixture(scope="module")
def busy() -> MandateModel:
    """A mission whose authorities have many cases and are ready to sanction."""
    return model_after(80, *SMALL, "policy=[suspend_contributions]", *BUSY)


def test_a_contributor_names_its_score_its_threshold_and_what_dependence_does(busy: MandateModel) -> None:
    """By hand: score = (cases + m0 mean) / (thousand person-months + m0) against multiple x mean x e^(psi x dependence)."""
    world, p, told = busy.world, busy.world.parameters.dependence, 0
    c, units = world.contributors, world.units
    mean = c.record.sum() / c.person_months.sum()
    authorised = world.authorised[:, world.step]
    for number, state in bodies(world).states.items():
        text, own = state.explain(), units.contributor == number
        score = (c.record[number] + p.shrinkage * mean) / (c.person_months[number] + p.shrinkage)
        share = authorised[own].sum() / authorised.sum()
        factor = np.exp(p.psi * share * (1 - world.parameters.contributor_response.replacement_share) / p.tolerated_shortfall)
        assert f"a score of {score:.2f} per thousand person-months where the mission's mean is {mean:.2f}" in text
        assert f"raises the threshold by a factor of {factor:.2f}" in text
        ready = units.n_present[own & (units.authority < 2)].any()  # employers adopt no sanctions
        if not ready:
            assert "so none applies" in text
        else:
            threshold = p.sanction_multiple * mean * factor
            assert f"to {threshold:.2f}: its score is {'above' if score > threshold else 'not above'} it" in text
            told += 1
    assert told >= 3 and mean > 0


def test_oversight_names_its_docket_and_the_contributor_nearest_to_a_sanction(busy: MandateModel) -> None:
    un = bodies(busy.world).oversight[0]
    text = un.explain()
    assert len(un.cases) > 10 and f"{len(un.cases)} cases recorded" in text
    assert f"{sum(case.removal_step >= 0 for case in un.cases)} persons removed" in text
    nearest = int(re.search(r"Nearest to a sanction: contributor (\d+)", text).group(1))  # type: ignore[union-attr]
    assert nearest in bodies(busy.world).states and "mission's mean" in text


def test_without_readiness_no_threshold_applies(model: MandateModel) -> None:
    assert "no authority its people answer to is ready" in bodies(model.world).states[1].explain()


def test_a_special_court_is_found_once_a_policy_has_asked_for_it(model: MandateModel) -> None:
    with pytest.raises(ScenarioError, match="a policy opens them"):
        find_agent(model, "special_court", 0)
    other = model_after(3, *SMALL, "policy=[waive_immunity]", "policy.waive_immunity.court=special")
    court = find_agent(other, "special_court", 0)
    assert isinstance(court, SpecialCourt) and "0 persons on the docket" in court.explain()


@pytest.mark.parametrize(("kind", "number", "shown"), [
    ("contributor", 1, "Contributor 01:"), ("oversight", 0, "Oversight of the un force"),
    ("tcc_court", 1, "Courts of contributor 01"), ("host_court", 0, "against the mission's people"),
])  # fmt: skip
def test_the_command_explains_institutions(kind: str, number: int, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "agent", kind, str(number), "week=2", *SMALL, "-q"]) == 0
    assert shown in capsys.readouterr().out
    assert main(["explain", "agent", kind, "77", "week=2", *SMALL, "-q"]) == 2
    assert f"{kind} = 77" in capsys.readouterr().err


def test_a_contingent_tells_of_rules_and_of_vacancies(busy: MandateModel) -> None:
    told = {agent.row: agent.explain() for agent in busy.agents_by_type[Contingent]}
    vacant = np.flatnonzero(busy.world.units.filled_share < 1.0)
    assert len(vacant), "nobody was suspended, so nothing was tested"
    for row, text in told.items():
        assert ("of its planned strength is provided" in text) == (row in vacant)
    ruled = model_after(2, *RULES)
    assert any("Of the rules given it follows" in agent.explain() for agent in ruled.agents_by_type[Contingent])


# In words


@pytest.mark.parametrize("mission", ["generic", "kosovo"])
def test_no_explanation_names_a_contributor_or_its_unit(mission: str) -> None:
    model = model_after(6, f"mission={mission}", "scale=0.02")
    names = {name for c in model.world.contingents for name in (c.contributor, c.name)}
    pattern = re.compile(r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, names))) + r")(?![\w-])")
    for agent in model.agents:
        text = agent.explain()
        if isinstance(agent, TraffickedPerson):  # a person's country of origin may also send personnel
            text = text.replace(f"from {agent.origin_country}", "")
        assert not pattern.search(text), text
        assert "prone" not in text or isinstance(agent, Peacekeeper)  # no unit or contributor shows proneness
        assert len(text) > 20


def test_every_state_has_words() -> None:
    assert set(STATE_WORDS) == set(STATES)


def test_every_kind_of_agent_has_words() -> None:
    assert {*VIEWS.values(), *INSTITUTIONS.values()} <= set(WORDS)
    with pytest.raises(NotImplementedError, match="object has no words"):
        words_of(object())
