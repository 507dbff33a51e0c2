"""What a case is about and which luck decides it: roles that inquiries find, one case an arrest, a draw for each charge."""

from __future__ import annotations

import pytest
from limits.chain_support import busy, levers, stepped, unlimited_capacity

from sim.institutions.bodies import bodies
from sim.model import MandateModel
from sim.phases.justice import organisers
from sim.phases.report.incidents import CLIENT, FACILITATOR, OWNER
from sim.rng import Decision
from sim.runs.simulate import simulate
from sim.world.person_states import PRIVATE


def owners(model: MandateModel) -> set[int]:
    """Posts whose occupant holds a person now."""
    people, billets = model.world.people, model.world.billets
    held = (people.state[: model.world.n_people] == PRIVATE).nonzero()[0]
    return {int(b) for b, slot in zip(people.owner[held], people.owner_slot[held], strict=True) if billets.occupant[b] == slot}


def test_an_inquiry_tells_owners_and_facilitators_from_clients() -> None:
    """A person found by an inquiry is recorded in the role that reports of others would name, step by step."""
    often = {"parameters.oversight.p_inquiry": 1.0, "parameters.oversight.inquiry_found_share": 0.9}
    model, seen = MandateModel(busy(often, scale=0.3)), {CLIENT: 0, OWNER: 0, FACILITATOR: 0}
    for step in range(60):
        model.step()
        held = owners(model)
        for oversight in bodies(model.world).oversight:
            for case in oversight.cases:
                if case.channel == "inquiry" and case.report_step == step:
                    assert (case.role == OWNER) == (case.billet in held)
                    seen[case.role] += 1
    assert all(seen.values()), seen


def test_every_arrest_is_a_case_with_luck_of_its_own() -> None:
    """Three organisers of one network arrested in a step are three cases, whose outcomes are drawn apart."""
    world = stepped(busy(), 10).world
    network = int(world.networks.is_active.nonzero()[0][0])
    world.networks.arrests[:] = 0
    world.networks.arrests[network] = 3
    before = {id(case) for body in bodies(world).host_justice for case in body.docket}
    organisers.run(world)
    cases = [case for body in bodies(world).host_justice for case in body.docket if id(case) not in before]
    assert [case.network for case in cases] == [network] * 3
    assert len({case.case_id for case in cases}) == 3
    for decision in (Decision.CASE_DELAY, Decision.CASE_CONVICTION, Decision.CASE_PRISON):
        assert len({case.draw(world.seed, decision) for case in cases}) == 3


def test_not_being_charged_on_site_says_nothing_about_a_charge_at_home() -> None:
    """Of those whom a court on site let go, home charges its usual share, whatever the two chances are."""
    prosecution = {"in_country_charge": 0.5, "p_charge": 0.45, "p_charge_client": 0.45, "reply_base": 3.0}
    oversight = {"p_prima_facie": 0.9, "p_substantiated": 0.95, "suspect_gone_ratio": 1.0}
    changes = {f"parameters.prosecution.{name}": value for name, value in prosecution.items()}
    changes |= {f"parameters.oversight.{name}": value for name, value in oversight.items()}
    run = simulate(unlimited_capacity(levers(busy(changes, scale=0.4), in_country_consent=1.0)))
    cases = run.cases[run.cases["kind"] == "personnel"]
    answered = cases[(cases["forum"] == "home") & cases["answer_week"].notna()]
    by_offence = answered[answered["role"] != "client"]  # buying sex is an offence for some contributors only
    let_go = by_offence[by_offence["removal_week"] < by_offence["referral_week"]]
    assert (cases["forum"] == "in_country").any() and len(let_go) > 20
    assert let_go["charge_week"].notna().mean() == pytest.approx(0.45, abs=3 * (0.45 * 0.55 / len(let_go)) ** 0.5)


def test_capacity_that_does_not_move_acts_from_where_it_starts() -> None:
    """With its mechanism off, host capacity keeps its starting value, for raids as for courts."""
    raids = {}
    for start in (0.3, 0.03):
        run = simulate(busy({"parameters.switches.host_capacity": False, "parameters.host_capacity.initial": start}))
        raids[start] = float(run.series["raids"].sum())
    assert raids[0.3] > 20 and raids[0.03] < 0.5 * raids[0.3]
