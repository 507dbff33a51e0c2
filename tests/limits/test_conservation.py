"""Limit test 1: persons and billets are conserved exactly, at every step of a run in which everything happens."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from support import Lever, generic, lively, with_policies

from sim.model import MandateModel
from sim.phases.supply.location import expected_profit
from sim.runs.simulate import simulate
from sim.world.person_states import IN_TRANSIT, IN_VENUE, PRIVATE, RECRUITED, STATES
from sim.world.state import World


def worlds(model: MandateModel) -> Iterator[World]:
    """The world before the first and after every step."""
    yield model.world
    for _ in range(model.world.clock.n_steps):
        model.step()
        yield model.world


def someone(world: World) -> int:
    """Persons of all kinds: at risk, out of risk through prevention, and recruited at some time."""
    return int(world.origins.at_risk.sum() + world.origins.prevented.sum() + world.n_people)


@pytest.mark.parametrize("seed", [1, 2])
def test_01_persons_are_neither_made_nor_lost(seed: int) -> None:
    """1. At risk + prevented + recruited is the same number from before the first to after the last step."""
    totals, people = set(), []
    for world in worlds(MandateModel(lively(seed=seed))):
        totals.add(someone(world))
        people.append(world.n_people)
    assert len(totals) == 1
    assert people[-1] > people[0] + 20, "nobody was recruited, so nothing was tested"


def test_01_every_person_is_in_one_state_and_one_place() -> None:
    """1. One known state each; in a venue that is open, with a private owner, or in neither."""
    seen: set[int] = set()
    for world in worlds(MandateModel(lively())):
        n, people, venues = world.n_people, world.people, world.venues
        state, venue = people.state[:n], people.venue[:n]
        seen |= set(state.tolist())
        assert ((state >= 0) & (state < len(STATES))).all()
        assert (venue[state == IN_VENUE] >= 0).all()
        assert venues.is_open[venue[state == IN_VENUE]].all()
        assert (venue[~np.isin(state, (IN_VENUE, RECRUITED, IN_TRANSIT))] == -1).all()
        assert ((people.owner[:n] >= 0) == (state == PRIVATE)).all()
        assert (people.state[n:] == -1).all()
    assert seen == set(range(len(STATES))), "some state was never reached, so it was not tested"


def test_01_a_person_in_a_venue_is_where_the_venue_is() -> None:
    """1. The cell of a person in a venue is the venue's cell, also after the venue has moved."""
    moved = 0
    for world in worlds(MandateModel(lively())):
        there = np.flatnonzero(world.people.state[: world.n_people] == IN_VENUE)
        assert (world.people.cell[there] == world.venues.cell[world.people.venue[there]]).all()
        moved = sum(row[1] == "venue_relocated" for row in world.events.rows)
    assert moved > 0


def test_01_venues_count_the_persons_who_are_there() -> None:
    """1. Persons and inbound persons of every venue equal the persons whose row says so."""
    for world in worlds(MandateModel(lively())):
        n, people, venues = world.n_people, world.people, world.venues
        state, venue = people.state[:n], people.venue[:n]
        assert (np.bincount(venue[state == IN_VENUE], minlength=len(venues)) == venues.persons).all()
        on_the_way = np.isin(state, (RECRUITED, IN_TRANSIT)) & (venue >= 0)
        assert (np.bincount(venue[on_the_way], minlength=len(venues)) == venues.inbound).all()
        assert (venues.sellers[~venues.is_open] == 0).all()
        assert (venues.sellers >= 0).all()


def test_01_published_states_add_up_to_the_same_number() -> None:
    """1. The table of states conserves persons too, scaled back to the full population."""
    states = simulate(lively()).states
    totals = states.drop(columns=["week", "date"]).sum(axis=1)
    assert totals.nunique() == 1
    assert states["returned"].iloc[-1] > 0


NO_POLITICS = {"parameters.switches.sanctions": False, "parameters.switches.contributor_response": False}


@pytest.mark.parametrize("changes", [NO_POLITICS, {}], ids=["contributors stay", "contributors leave and are replaced"])
def test_01_billets_present_are_those_planned(changes: dict[str, bool]) -> None:
    """1. Filled billets equal the plan, or the part of it contributors provide, at each step, in each unit and over all cells.

    Posts never change, and nobody comes beyond the plan.
    """
    model = MandateModel(lively(changes))
    keys = model.world.billets.key.copy()
    assert len(np.unique(keys)) == len(keys)
    assert (model.world.units.n_billets == model.world.planned_present.max(axis=1)).all()
    strengths, shares, provided = set(), set(), model.world.units.filled_share.copy()
    for world in worlds(model):
        if not world.recorder.rows:
            continue
        planned = world.planned_present[:, world.step]
        assert (world.units.n_present == np.floor(planned * provided + 0.5)).all()
        assert (world.units.n_present <= planned).all()
        assert world.cells.personnel.sum() == world.units.n_present.sum() == world.recorder.rows[-1]["personnel_present"]
        assert (world.billets.key == keys).all()
        strengths.add(int(planned.sum()))
        shares |= set(provided.tolist())
        provided = world.units.filled_share.copy()
    assert 0 in strengths and max(strengths) > 500, "no build-up or no exit, so nothing was tested"
    assert (shares == {1.0}) == bool(changes) and (changes or 0.0 in shares)


def present_billets(world: World) -> np.ndarray:
    """Which billets are filled."""
    row = np.arange(len(world.billets))
    unit = world.billets.unit
    return row - world.units.first_billet[unit] < world.units.n_present[unit]


def test_01_those_who_have_left_do_nothing() -> None:
    """1. A billet that is not filled seeks nothing, does nothing, and owns nobody."""
    tested = 0
    for world in worlds(MandateModel(lively())):
        if not world.recorder.rows:
            continue
        absent = ~present_billets(world)
        tested += int(absent.sum())
        owners = world.people.owner[: world.n_people]
        assert not absent[owners[owners >= 0]].any()
        assert world.billets.sought[absent].sum() == 0
        assert world.billets.acts[absent].sum() == 0
        assert not world.billets.wants_person[absent].any()
    assert tested > 0


def test_01_after_the_exit_no_demand_of_personnel_is_expected() -> None:
    """1. Without local demand, networks expect to sell something while personnel are there, and nothing afterwards."""
    scenario = generic({"mission.trapezoid.build_up_weeks": 1.0, "mission.trapezoid.plateau_weeks": 8.0,
                        "mission.trapezoid.drawdown_weeks": 4.0, "parameters.switches.local_demand": False},
                       weeks=60, scale=0.5)
    peak = 0.0
    for world in worlds(MandateModel(scenario)):
        peak = max(peak, float(expected_profit(world)[1].max()))
    assert peak > 0
    assert world.units.n_present.sum() == 0
    assert expected_profit(world)[1].max() < 1e-3 * peak  # what was seen is forgotten within weeks


def test_01_nobody_sent_home_comes_back() -> None:
    """1. Who has been removed is never again the occupant of a post, though strength dips and posts are filled again.

    Strength is low in every second week of long tours, so that many of those sent home leave posts that stay empty.
    """
    long_tours = {"parameters.involvement.tour_weeks_military": 104.0, "parameters.involvement.tour_weeks_individual": 156.0}
    dips = {f"dip_{week}": Lever(start_week=float(week), end_week=week + 1.0, knob="strength", value=0.3)
            for week in range(6, 24, 2)}
    model = MandateModel(with_policies(lively({**long_tours, **NO_POLITICS}, weeks=26, scale=0.1), dips))
    world, removed, left_empty = model.world, set(), 0
    for _ in range(world.clock.n_steps):
        model.step()
        billets, present = world.billets, present_billets(world)
        now = set(zip(np.flatnonzero(present).tolist(), billets.occupant[present].tolist(), strict=True))
        assert not now & removed
        left_empty += sum(not present[row] for row, _ in removed)
        sent_home = np.flatnonzero(billets.is_removed)
        removed |= set(zip(sent_home.tolist(), billets.occupant[sent_home].tolist(), strict=True))
    assert len(removed) > 20 and left_empty > 20
