"""Roles of personnel at their limits (M1): a facilitator helps a network once, an owner is somebody who is there."""

from __future__ import annotations

import numpy as np
import pytest
from support import FROZEN_SUPPLY, generic

from limits.chain_support import busy, unlimited_capacity
from sim.model import MandateModel
from sim.runs.results import make_run

TIES = 1e-4


def test_a_facilitator_raises_official_ties_once() -> None:
    """Ties grow by a fixed amount for each occupant who becomes a facilitator, not again in every week of the tour."""
    scenario = generic(
        {
            **FROZEN_SUPPLY,
            "parameters.networks.bribe_share": 0.0,
            "parameters.networks.ties_decay_per_week": 0.0,
            "parameters.involvement.facilitator_ties": TIES,
            "parameters.involvement.facilitator_hazard_per_week": 0.01,
            "parameters.involvement.p_prone": 0.6,
            "parameters.involvement.propensity_mean": 2.0,
            "parameters.involvement.tour_weeks_military": 104.0,
            "parameters.involvement.tour_weeks_individual": 156.0,
            "parameters.entry.dormancy_weeks": 260.0,
            "mission.initial_venues": 400.0,
            "mission.trapezoid.peak": 20_000.0,
            "mission.trapezoid.build_up_weeks": 1.0,
        },
        weeks=20,
        scale=0.5,
    )
    model = MandateModel(scenario)
    world, became = model.world, 0
    before = np.zeros(len(world.billets), bool)
    for _ in range(world.clock.n_steps):
        model.step()
        billets, networks = world.billets, world.networks
        now = billets.is_facilitator & (billets.facilitator_slot == billets.occupant)
        with_network = np.isin(billets.cell, networks.home_cell[networks.is_active])
        became += int((now & ~before & with_network).sum())
        before = now
    assert became >= 10
    assert world.networks.ties.sum() == pytest.approx(TIES * became, rel=1e-9)


def test_no_role_without_hazard_or_switch() -> None:
    """Zero hazards, and the switch off, leave nobody owned and no facilitator."""
    roles = {"owner_hazard_per_week": 0.01, "facilitator_hazard_per_week": 0.01, "p_prone": 0.6}
    lively = {f"parameters.involvement.{name}": value for name, value in roles.items()}
    lively |= {"mission.initial_venues": 400.0, "mission.trapezoid.build_up_weeks": 1.0}
    none = {
        "parameters.involvement.owner_hazard_per_week": 0.0,
        "parameters.involvement.facilitator_hazard_per_week": 0.0,
    }
    counts = []
    for changes in ({}, none, {"parameters.switches.personnel_roles": False}):
        model = MandateModel(generic({**lively, **changes}, weeks=20, scale=0.5))
        owned = 0.0
        for _ in range(20):
            model.step()
            owned += model.world.recorder.rows[-1]["exploited_private_persons"]
        counts.append((owned > 0, bool(model.world.billets.is_facilitator.any())))
    assert counts == [(True, True), (False, False), (False, False)]


@pytest.mark.parametrize("offence", [0.0, 1.0])
def test_clients_are_tried_at_home_only_where_paying_is_an_offence(offence: float) -> None:
    """Answered cases: buyers of persons and facilitators are charged either way, clients only where the law at home says so."""
    model = MandateModel(unlimited_capacity(busy({"parameters.prosecution.reply_base": 3.0})))
    model.world.purchase_offence[:] = offence
    for _ in range(model.world.clock.n_steps):
        model.step()
    cases = make_run(model).cases
    answered = cases[(cases["kind"] == "personnel") & (cases["forum"] == "home") & cases["answer_week"].notna()]
    is_client = answered["role"] == "client"
    charged = answered["charge_week"].notna()
    assert is_client.sum() > 10 and (~is_client).sum() > 3
    assert charged[~is_client].mean() > 0.5
    assert charged[is_client].any() == (offence > 0.0)
    assert set(answered.loc[is_client & ~charged, "outcome"]) == {"not charged"}


def test_where_paying_is_no_offence_clients_are_still_sent_home() -> None:
    """Removal is the mission's own rule and asks for no law at home."""
    model = MandateModel(busy())
    model.world.purchase_offence[:] = 0.0
    for _ in range(model.world.clock.n_steps):
        model.step()
    cases = make_run(model).cases
    assert cases.loc[cases["role"] == "client", "removal_week"].notna().sum() > 5
