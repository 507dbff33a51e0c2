"""The Mesa face: views agree with the columns, cost nothing until looked at, change nothing, and leave no model behind."""

from __future__ import annotations

import gc
import inspect
import re
import weakref
from typing import Any

import numpy as np
import pytest
from mesa import Agent, DataCollector
from mesa.discrete_space import OrthogonalMooreGrid

import sim
from sim.agents import Contingent, Peacekeeper, TraffickedPerson, Trafficker, Venue, find_agent
from sim.agents.grid import LAYERS, coordinate_of
from sim.agents.view import FromColumn, View
from sim.agents.views import KINDS
from sim.errors import ScenarioError
from sim.institutions.bodies import bodies
from sim.institutions.contributor import TroopContributingCountry
from sim.institutions.court import HostCourt, TCCCourt
from sim.institutions.host_justice import HostJustice
from sim.institutions.ngo import NGO
from sim.institutions.oversight import UNOversight
from sim.model import MandateModel
from sim.runs.results import make_run
from sim.runs.simulate import simulate
from sim.world.columns import TABLES

WEEKS = 40
OFFICES = {HostJustice, NGO, HostCourt, UNOversight, TroopContributingCountry, TCCCourt}


def model_after(weeks: int, *overrides: str) -> MandateModel:
    model = MandateModel(sim.load_scenario(*(overrides or ("mission=generic", "scale=0.1"))))
    for _ in range(weeks):
        model.step()
    return model


@pytest.fixture(scope="module")
def model() -> MandateModel:
    """A model nobody steps any further."""
    return model_after(WEEKS)


def views_made(model: MandateModel) -> int:
    return sum(isinstance(agent, View) for agent in model._all_agents)


# Made when looked at


def test_no_view_is_made_before_somebody_looks() -> None:
    model = model_after(5)
    mapping = model.agents_by_type
    assert set(mapping) == set(mapping.keys()) == {*KINDS, *OFFICES}
    assert len(mapping) == len(KINDS) + len(OFFICES) and Venue in mapping and int not in mapping
    assert list(mapping[HostJustice]) == bodies(model.world).host_justice
    assert views_made(model) == 0
    n_venues = len(mapping[Venue])
    assert n_venues == views_made(model) > 0
    assert find_agent(model, "person", 0).row == 0
    assert views_made(model) == n_venues + 1


def test_before_the_first_step() -> None:
    model = model_after(0)
    assert len(model.agents_by_type[Peacekeeper]) == 0
    with pytest.raises(ScenarioError, match="no filled posts after week 0"):
        find_agent(model, "peacekeeper", 0)
    assert all(agent.explain() for kind in (Contingent, Trafficker, Venue) for agent in model.agents_by_type[kind])


def test_agents_follow_their_rows_and_keep_what_users_hung_on_them() -> None:
    model = model_after(1)
    seen: dict[int, tuple[View, int]] = {}
    appeared = vanished = 0
    for _ in range(80):
        venues = model.agents_by_type[Venue]
        rows = [agent.row for agent in venues]
        assert rows == np.flatnonzero(model.world.venues.is_open).tolist()
        for row, (agent, number) in seen.items():
            assert (agent in venues) == (row in rows)
            if row in rows:
                assert agent.note == number == agent.unique_id
        vanished += len(seen.keys() - set(rows))
        appeared += len(set(rows) - seen.keys())
        for agent in venues:
            agent.note = agent.unique_id
        seen = {agent.row: (agent, agent.unique_id) for agent in venues}
        assert views_made(model) == len(venues)
        model.step()
    assert appeared > len(seen) and vanished > 0


def test_model_agents_holds_everybody_once(model: MandateModel) -> None:
    agents = list(model.agents)
    world = model.world
    n_views = int(
        world.units.n_present.sum()
        + len(world.units)
        + world.networks.is_active.sum()
        + world.venues.is_open.sum()
        + world.n_people
    )
    assert len(agents) == n_views + len(model.institutions)
    assert len({agent.unique_id for agent in agents}) == len(agents)


# The same numbers as the columns


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_reads_its_column(model: MandateModel, kind: type[View]) -> None:
    agents = list(model.agents_by_type[kind])
    assert agents
    properties = {name: value for name, value in vars(kind).items() if isinstance(value, FromColumn)}
    assert properties
    for name, read in properties.items():
        column = getattr(getattr(model.world, kind.table), read.column)
        assert [getattr(agent, name) for agent in agents] == column[[agent.row for agent in agents]].tolist()
        assert f"{kind.table}.{read.column}" in (read.__doc__ or "")


def test_totals_over_agents_are_totals_of_the_world(model: MandateModel) -> None:
    world, mapping = model.world, model.agents_by_type
    assert sum(mapping[Peacekeeper].get("acts")) == world.flows.true_acts == sum(mapping[Contingent].get("acts"))
    assert sum(mapping[Peacekeeper].get("sought")) == world.flows.international_demand > 0
    revenue = sum(mapping[Venue].get("revenue_usd_per_week"))
    assert revenue == pytest.approx(sum(mapping[Trafficker].get("revenue_usd_per_week")), rel=1e-9)
    assert sum(mapping[Venue].get("persons")) == mapping[TraffickedPerson].get("state").count("exploited_venue")
    assert sum(len(agent.venues) for agent in mapping[Trafficker]) == len(mapping[Venue])


def test_personnel_know_their_unit_and_its_anonymous_contributor(model: MandateModel) -> None:
    units = {agent.number: agent for agent in model.agents_by_type[Contingent]}
    for agent in model.agents_by_type[Peacekeeper].select(at_most=200):
        unit = units[agent.contingent]
        assert (agent.category, agent.contributor, agent.authority) == (unit.category, unit.contributor, unit.authority)
        assert re.fullmatch(r"contributor \d\d", agent.contributor)


def test_those_who_are_not_prone_show_no_chance_left_over_from_an_earlier_occupant() -> None:
    model = model_after(60)
    others = model.agents_by_type[Peacekeeper].select(lambda agent: not agent.is_prone)
    assert max(others.get("p_act")) == 0.0 == max(others.get("propensity")) == max(others.get("sought"))


# As Mesa expects them


def test_agent_set_operations(model: MandateModel) -> None:
    personnel = model.agents_by_type[Peacekeeper]
    groups = personnel.groupby("category").count()
    assert sum(groups.values()) == len(personnel) and "military" in groups
    assert personnel.agg("acts", sum) == sum(personnel.get("acts"))
    explained: list[str] = []
    model.agents_by_type[Venue].shuffle_do(lambda agent: explained.append(agent.explain()))
    assert len(explained) == len(model.agents_by_type[Venue])
    model.agents_by_type[Venue].do("step")
    hidden = model.agents_by_type[Venue].select(lambda agent: agent.is_hidden)
    assert len(hidden) == int((model.world.venues.is_open & model.world.venues.is_hidden).sum())


def test_data_collector() -> None:
    model = model_after(0)
    collector = DataCollector(
        model_reporters={"week": "week", "venues": lambda m: len(m.agents_by_type[Venue])},
        agent_reporters={"persons": lambda agent: getattr(agent, "persons", None)},
        agenttype_reporters={Venue: {"revenue": "revenue_usd_per_week"}, Trafficker: {"cash": "cash_usd"}},
    )
    expected, everybody = [], 0
    for _ in range(4):
        model.step()
        collector.collect(model)
        expected.append(int(model.world.venues.is_open.sum()))
        everybody += len(model.agents)
    assert collector.get_model_vars_dataframe()["venues"].tolist() == expected
    assert collector.get_agenttype_vars_dataframe(Venue).groupby("Step").size().tolist() == expected
    assert len(collector.get_agent_vars_dataframe()) == everybody
    last = collector.get_agenttype_vars_dataframe(Trafficker)["cash"].loc[4]
    assert last.tolist() == model.world.networks.cash[model.world.networks.is_active].tolist()


def test_collecting_one_class_makes_no_other() -> None:
    model = model_after(2)
    DataCollector(agenttype_reporters={Venue: {"fill": "fill"}}).collect(model)
    assert views_made(model) == len(model.agents_by_type[Venue])


# Read-only


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_world_can_be_set(model: MandateModel, kind: type[View]) -> None:
    agent = model.agents_by_type[kind][0]
    own = {name for name, value in inspect.getmembers(kind) if isinstance(value, property | FromColumn)}
    for name in own | set(TABLES[kind.table].__dataclass_fields__):
        if name not in {"random", "rng"}:
            with pytest.raises(AttributeError):
                setattr(agent, name, 1)
    agent.colour = "blue"
    assert agent.colour == "blue"
    with pytest.raises(AttributeError, match="cannot be removed"):
        agent.remove()


def test_a_run_that_is_looked_at_is_the_same_run() -> None:
    scenario = sim.load_scenario("mission=generic", "scale=0.1", "mission.horizon_weeks=60")
    quiet, watched = MandateModel(scenario), MandateModel(scenario)
    for _ in range(60):
        quiet.step()
        watched.step()
        for agent in watched.agents:
            if not isinstance(agent, Peacekeeper) or agent.row % 50 == 0:
                agent.explain()
        watched.agents_by_type[Venue].shuffle_do("step")
        assert watched.grid.demand.data.sum() >= 0
    assert make_run(quiet).series.equals(make_run(watched).series)
    for table in ("billets", "units", "cells", "networks", "venues", "people"):
        for name in TABLES[table].__dataclass_fields__:
            unseen, seen = (getattr(getattr(model.world, table), name) for model in (quiet, watched))
            assert unseen.tobytes() == seen.tobytes(), f"{table}.{name}"


# By kind and number


def test_agents_are_found_by_kind_and_number(model: MandateModel) -> None:
    for kind in KINDS:
        for agent in list(model.agents_by_type[kind])[:5]:
            assert find_agent(model, kind.kind, agent.number) is agent
    all_of = bodies(model.world)
    assert find_agent(model, "court", 0) is all_of.host_justice[0]
    assert find_agent(model, "host_court", 0) is all_of.host_courts[0]
    assert isinstance(find_agent(model, "ngo", 0), NGO)
    assert [find_agent(model, "oversight", i) for i in range(3)] == all_of.oversight
    for number in all_of.states:
        assert find_agent(model, "contributor", number) is all_of.states[number]
        assert find_agent(model, "tcc_court", number) is all_of.courts[number]


def test_venues_and_traffickers_go_by_the_numbers_of_the_events() -> None:
    scenario = sim.load_scenario("mission=generic", "scale=0.1", f"mission.horizon_weeks={WEEKS}")
    run = simulate(scenario)
    opened = run.events[run.events.event == "venue_opened"].subject_id
    found = [n for n in opened if n in set(run.model.agents_by_type[Venue].get("number"))]
    assert found and find_agent(run.model, "venue", int(found[0])).opened_week >= 0


@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [
        ("venu", 1, "venue"),
        ("peacekeeper", 10**7, "numbered from 0 to"),
        ("person", -1, "Nearest: 0, 1"),
        ("court", 5, "Nearest: 0"),
        ("oversight", 3, "Nearest: 0, 1, 2"),
        ("special_court", 0, "a policy opens them"),
        ("venue", 0, "venues in operation after week"),
    ],
)
def test_a_wrong_kind_or_number_is_answered_with_near_ones(
    model: MandateModel, kind: str, number: int, words: str
) -> None:
    with pytest.raises(ScenarioError, match=re.escape(words)):
        find_agent(model, kind, number)


# On the grid


def test_the_grid_is_the_region_with_north_up(model: MandateModel) -> None:
    grid, geography = model.grid, model.world.geography
    assert isinstance(grid, OrthogonalMooreGrid) and model.grid is grid
    assert (grid.width, grid.height) == (geography.n_columns, geography.n_rows)
    assert coordinate_of(geography, 0) == (0, geography.n_rows - 1)
    assert coordinate_of(geography, geography.n_cells - 1) == (geography.n_columns - 1, 0)
    corners = {grid.cell_of(0), grid.cell_of(geography.n_columns - 1)}
    assert {cell.coordinate[1] for cell in corners} == {geography.n_rows - 1}
    assert len(grid[(1, 1)].neighborhood) == 8


def test_agents_stand_in_their_cells(model: MandateModel) -> None:
    for kind in (Peacekeeper, Trafficker, Venue):
        agent = model.agents_by_type[kind][-1]
        assert agent in agent.cell.agents and not agent.cell.is_empty and not agent.cell.empty
    assert model.agents_by_type[Contingent][0].cell is None
    for agent in model.agents_by_type[TraffickedPerson]:
        assert (agent.cell is None) == (model.world.people.cell[agent.row] < 0)
    placed = [agent for agent in model.agents if getattr(agent, "cell", None) is not None]
    assert set(model.grid.agents) == set(placed) == set(model.grid.all_cells.agents)


def test_layers_are_the_columns() -> None:
    model = model_after(10)
    grid = model.grid
    for _ in range(3):
        world = model.world
        assert grid.personnel.data.sum() == world.units.n_present.sum()
        assert grid.venues.data.sum() == world.venues.is_open.sum() == grid.venues.aggregate(np.sum)
        assert grid.exploited_persons.data.sum() == world.venues.persons.sum()
        for name in LAYERS:
            assert getattr(grid, name).data.shape == (grid.width, grid.height)
        row = int(np.argmax(world.cells.personnel))
        cell = grid.cell_of(int(world.cells.grid_cell[row]))
        assert cell.personnel == world.cells.personnel[row] == grid.personnel.data[cell.coordinate] > 0
        assert cell.demand == world.cells.international_sought[row] + world.cells.local_sought[row]
        assert grid.select_cells({"personnel": lambda data: data == data.max()}) == [cell.coordinate]
        model.step()


def test_nothing_can_be_put_on_the_grid(model: MandateModel) -> None:
    cell = model.grid[(0, 0)]
    with pytest.raises(AttributeError, match="nothing can be put"):
        cell.add_agent(model.agents_by_type[Venue][0])
    with pytest.raises(AttributeError, match="nothing can be put"):
        cell.personnel = 3
    with pytest.raises(ValueError, match="read-only"):
        model.grid.personnel.set_cells(0)


def test_mesa_draws_the_venues() -> None:
    pytest.importorskip("solara")
    pytest.importorskip("altair")
    from mesa.visualization import SpaceRenderer
    from mesa.visualization.components import AgentPortrayalStyle

    model = model_after(10)
    model.grid.kinds = (Venue,)

    def portray(agent: Any) -> AgentPortrayalStyle:
        return AgentPortrayalStyle(color="tab:red" if agent.is_hidden else "tab:blue", size=10 + agent.persons)

    renderer = SpaceRenderer(model, backend="matplotlib")
    renderer.draw_agents(portray)
    points = np.concatenate(
        [
            collection.get_offsets()
            for collection in renderer.canvas.collections
            if len(collection.get_offsets()) and type(collection).__name__ == "PathCollection"
        ]
    )
    assert sorted(map(tuple, points)) == sorted(agent.cell.coordinate for agent in model.agents_by_type[Venue])


# Nothing left behind


def test_a_finished_model_is_forgotten_even_if_looked_at_afterwards() -> None:
    scenario = sim.load_scenario("mission=generic", "scale=0.05", "mission.horizon_weeks=3")
    gone = []
    for seed in range(3):
        run = simulate(scenario, seed=seed)
        for agent in run.model.agents:
            agent.explain()
        assert len({agent.unique_id for agent in run.model.agents}) == len(run.model.agents)
        assert run.model.grid.agents and run.model.grid.personnel.data.any()
        assert len(run.model.grid[(1, 1)].neighborhood) == 8  # Mesa caches this for good
        gone += [weakref.ref(run.model), weakref.ref(run.model.grid), weakref.ref(run.model.agents_by_type[Venue][0])]
        del run, agent
    stepped = MandateModel(scenario)  # by hand, or by the studio
    stepped.step()
    own = Agent(stepped)  # somebody's own agent
    stepped.step()
    assert own.unique_id == len(stepped._all_agents) and Agent(stepped).unique_id == own.unique_id + 1
    gone += [weakref.ref(stepped), weakref.ref(own)]
    del stepped, own
    gc.collect()
    assert [ref() for ref in gone] == [None] * len(gone)
