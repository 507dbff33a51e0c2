"""Who is in a cell: everybody listed can be found and stands there, nobody else is missing, and no person is listed."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.agents import find_agent
from sim.agents.find import VIEWS
from sim.errors import ScenarioError
from sim.explain.ask import model_after
from sim.explain.here import MOST_LISTED, Present, list_cell, shared_out, who_is_here
from sim.model import MandateModel
from sim.studio.frames import simulate_frames
from sim.studio.pack import LAYERS
from sim.studio.worker import STOPPED, Job, answer

WEEK = 60
SMALL = ("mission=generic", "scale=0.3")


@pytest.fixture(scope="module")
def model() -> MandateModel:
    """A model nobody steps any further."""
    return model_after(sim.load_scenario(*SMALL), WEEK)


def test_everybody_listed_is_found_and_stands_in_the_cell(model: MandateModel) -> None:
    world, seen = model.world, set()
    for cell in range(len(world.cells)):
        for one in (one for kind in list_cell(world, cell) for one in kind):
            agent = find_agent(model, one.kind, one.number)
            assert agent.explain() and one.words
            if one.kind == "venue":
                assert agent.place == cell and one.words.endswith(f"of trafficker {agent.trafficker}")
            elif one.kind == "trafficker":
                venues = [find_agent(model, "venue", number) for number in agent.venues]
                here = sum(venue.place == cell for venue in venues)
                assert here > 0 and one.words.startswith(f"{here} venue")
            elif one.kind == "contingent":
                assert agent.n_present > 0 and cell in set(world.billets.cell[agent._billets].tolist())
            else:
                assert one.kind == "court" and agent.country == world.cells.country[cell]
            seen.add(one.kind)
    assert seen == {"contingent", "trafficker", "venue", "court"}


def test_over_all_cells_everybody_is_there_once_and_everyone_present_is_counted(model: MandateModel) -> None:
    world = model.world
    listed = [one for cell in range(len(world.cells)) for kind in list_cell(world, cell) for one in kind]
    venues = sorted(one.number for one in listed if one.kind == "venue")
    assert venues == sorted(world.venues.key[world.venues.is_open].tolist()) and len(venues) > 5
    own = sum(int(one.words.split(",")[1].split()[0]) for one in listed if one.kind == "contingent")
    assert own == world.units.n_present.sum(), "persons present, by where they are based"


def test_the_persons_exploited_are_counted_and_none_of_them_listed(model: MandateModel) -> None:
    assert "person" in VIEWS
    exploited = dict(zip(LAYERS, simulate_frames(sim.load_scenario(*SMALL))[1].layers))["exploited"][WEEK - 1]
    busiest, empty = int(np.argmax(exploited)), int(np.argmin(exploited))
    assert exploited[busiest] > 2 and exploited[empty] == 0
    for cell in (busiest, empty):
        told = who_is_here(sim.load_scenario(*SMALL), cell, WEEK)
        n = int(exploited[cell])
        assert f": {n} person{'' if n == 1 else 's'} exploited here in all (run at 30 % of full size)." in told.text
        assert not {one.kind for one in told.agents} & {"person", "peacekeeper"}
        assert len(told.agents) <= MOST_LISTED and (told.cell, told.week) == (cell, WEEK)


def test_a_short_list_keeps_some_of_every_kind_and_says_what_it_leaves_out() -> None:
    sizes = {"contingent": 20, "trafficker": 1, "venue": 9, "court": 0}
    many = [[Present(kind, i, "") for i in range(n)] for kind, n in sizes.items()]
    short = shared_out(many, 8)
    assert [one.kind for one in short] == ["contingent"] * 4 + ["trafficker"] + ["venue"] * 3
    assert [one.number for one in short] == [0, 1, 2, 3, 0, 0, 1, 2]
    assert len(shared_out(many, 99)) == 30 and shared_out([[], []], 8) == []
    full = model_after(sim.load_scenario("mission=generic"), WEEK)
    most = max(range(len(full.world.cells)), key=lambda cell: sum(map(len, list_cell(full.world, cell))))
    found = list_cell(full.world, most)
    told = who_is_here(sim.load_scenario("mission=generic"), most, WEEK)
    assert len(told.agents) == MOST_LISTED < sum(map(len, found))
    left = {kind[0].kind: len(kind) - sum(one.kind == kind[0].kind for one in told.agents) for kind in found if kind}
    for kind, n in left.items():
        assert (f"{n} {kind}" in told.text.partition("Not listed: ")[2]) == (n > 0)
    assert "full size" not in told.text


def test_a_cell_without_anybody_says_so_and_one_beyond_the_last_is_refused(model: MandateModel) -> None:
    cells = range(len(model.world.cells))
    empty = next(cell for cell in cells if not any(list_cell(model.world, cell)))
    assert "Nobody to ask is here" in who_is_here(sim.load_scenario(*SMALL), empty, WEEK).text
    for wrong in (-1, len(cells)):
        with pytest.raises(ScenarioError, match=f"cells 0 to {len(cells) - 1}"):
            who_is_here(sim.load_scenario(*SMALL), wrong, 2)


def test_police_are_listed_only_where_there_is_a_venue_or_a_raid(model: MandateModel) -> None:
    for cell in range(len(model.world.cells)):
        _, _, venues, justice = list_cell(model.world, cell)
        assert bool(justice) == bool(venues or model.world.cells.raids[cell])


def test_the_worker_answers_in_plain_values_and_stops_when_nobody_waits() -> None:
    scenario = sim.load_scenario(*SMALL)
    told = answer(Job(0, "here", scenario, week=20, cell=3)).value
    assert set(told) == {"cell", "week", "agents", "text"} and (told["cell"], told["week"]) == (3, 20)
    assert all(set(one) == {"kind", "number", "words"} and type(one["number"]) is int for one in told["agents"])
    assert "Choose one of them" in answer(Job(0, "here", scenario, week=2, cell=10**9)).error
    assert answer(Job(0, "here", scenario, week=20, cell=3), lambda _: False).error == STOPPED
