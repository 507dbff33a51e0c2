"""What all objects of the oracle share: the step they are in, inputs no rule makes, keyed draws, facts and events counted.

It knows lists of agents by the names of their tables, and none of their kinds. Nothing is read from the world but dated
series, knobs, plans, places and distances.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

import mesa
import numpy as np

from experiments.oracle import chance
from experiments.oracle.filed import Report
from sim.knobs import KnobBoard
from sim.rng import Decision
from sim.scenario import Scenario
from sim.world.missions import MissionSeries
from sim.world.person_states import PRIVATE
from sim.world.state import World

NEAR = 1e-8  # a draw this near its threshold may fall on either side: reals agree to about this much


class Inputs(NamedTuple):
    """All that objects may read of a world once they are made: what no rule of the step makes."""

    scenario: Scenario
    series: MissionSeries
    knobs: KnobBoard
    planned_present: np.ndarray
    planned_strength: np.ndarray
    authorised: np.ndarray
    spread: np.ndarray
    purchase_offence: np.ndarray
    first_income: np.ndarray
    origin_countries: tuple[str, ...]


class NearTie(NamedTuple):
    """A draw so near its threshold that rounding may decide."""

    table: str
    row: int
    decision: str
    u: float
    threshold: float


class OracleModel(mesa.Model):
    """The step on objects. Lists of agents carry the names of the tables: ``model.billets[row]`` and so on.

    Attributes
    ----------
    units, billets, cells, networks, venues, people, origins, countries, contributors, incidents
        Agents of each table, in order of row.
    now, week, dt, scale
        Number of the step, week at its start, its length in weeks, share of the population simulated.
    luck, world_seed
        Seeds of luck and of traits.
    inputs
        Dated series, knobs, plans and the like.
    in_reach
        For each cell: rows of the cells within reach and their distance in km.
    flows, orders, filed, events
        Counted facts of this step; (origin row, venue row) of recruitments ordered; reports; rows of events of this step.
    budget_usd
        Most that a person of each category spends in this step.
    owners
        Rows of billets whose present occupant holds a person privately, as of this step's reports or findings.
    rates, p_stopped
        Weekly hazards that are the same for all trafficked persons; by origin, the chance of being stopped on the way.
    oversight, host_justice, host_courts, special_courts
        Institutions, by authority, by country, by country, and as policies open them.
    courts
        Courts of contributors by number.
    near_ties
        Draws of this step that lie within rounding of their threshold.
    """

    units: list[Any]
    billets: list[Any]
    cells: list[Any]
    networks: list[Any]
    venues: list[Any]
    people: list[Any]
    origins: list[Any]
    countries: list[Any]
    contributors: list[Any]
    incidents: list[Any]
    oversight: list[Any]
    host_justice: list[Any]
    host_courts: list[Any]
    special_courts: list[Any]
    courts: dict[int, Any]

    def __init__(self, world: World, step: int) -> None:
        super().__init__(rng=0)
        self.inputs = Inputs(*(getattr(world, name, None) for name in Inputs._fields))._replace(
            first_income=world.places.first_income
        )
        self.parameters, self.mission = world.parameters, world.scenario.mission
        self.luck, self.world_seed = world.seed, world.world_seed
        self.dt, self.scale = world.dt, world.scale
        self.uniform_of = chance.uniform
        start, cell, km = world.reach.start.tolist(), world.reach.cell.tolist(), world.reach.distance_km.tolist()
        self.in_reach = [list(zip(cell[i:j], km[i:j], strict=True)) for i, j in pairwise(start)]
        self.distance_km: list[list[float]] = world.places.distance_km.tolist()
        self.flows: dict[str, float] = {}
        self.events: list[tuple[int, str, str, int, int, int, float]] = []
        self.past_events = {row[1] for row in world.events.rows}
        self.near_ties: list[NearTie] = []
        self.filed: list[Report] = []
        self.orders: list[tuple[int, int]] = []
        self.assistance_credit = 0.0
        self.budget_usd: list[float] = []
        self.owners: set[int] = set()
        self.rates: dict[str, float] = {}
        self.p_stopped: list[float] = []
        self.begin(step)

    def find_owners(self) -> None:
        """Note whose present occupant holds a person privately now."""
        self.owners = {
            person.owner
            for person in self.people
            if person.state == PRIVATE and self.billets[person.owner].occupant == person.owner_slot
        }

    def begin(self, step: int) -> None:
        """Move to a step: its week, its inputs, no facts counted yet."""
        self.now, self.week = step, step * self.dt
        self.inputs.knobs.begin_step(self.week)
        self.past_events |= {event for _, event, *_ in self.events}
        self.flows, self.events, self.near_ties = {}, [], []

    def of(self, kind: type[mesa.Agent]) -> Iterable[Any]:
        """Agents of a kind in order of row."""
        return self.agents_by_type.get(kind, ())

    def do(self, kind: type[mesa.Agent], method: str) -> None:
        """Let all agents of a kind do something, in order of row."""
        if kind in self.agents_by_type:
            self.agents_by_type[kind].do(method)

    # Chance

    def draw(self, decision: Decision, week: int, low: int, high: int = 0, sub: int = 0) -> float:
        """Uniform number of luck by its key; the week is the step, or 0 where a draw carries none."""
        return self.uniform_of(self.luck, int(decision), week, low, high, sub)

    def trait(self, decision: Decision, low: int, high: int = 0, sub: int = 0) -> float:
        """Uniform number of the world's traits by its key."""
        return self.uniform_of(self.world_seed, int(decision), 0, low, high, sub)

    def note(self, agent: Any, decision: Decision, u: float, threshold: float) -> None:
        """Keep a draw that lies within rounding of its threshold."""
        if abs(u - threshold) < NEAR:
            table, row = (agent.table, agent.row) if agent is not None else ("", -1)
            self.near_ties.append(NearTie(table, row, decision.name, u, threshold))

    # Facts and inputs

    def tell(self, flow: str, amount: float) -> None:
        """Add to one of this step's counted facts."""
        self.flows[flow] = self.flows.get(flow, 0.0) + amount

    def emit(
        self, event: str, subject: str, subject_id: int, cell: int = -1, contributor: int = -1, value: float = 1.0
    ) -> None:
        """Note an event of this step."""
        self.events.append((self.now, event, subject, subject_id, cell, contributor, float(value)))

    def has_happened(self, event: str) -> bool:
        """Whether an event of this kind has happened in the run."""
        return event in self.past_events or any(row[1] == event for row in self.events)

    def knob(self, name: str, base: float) -> float:
        """Present value of a knob without an axis."""
        return float(self.inputs.knobs.value(name, base))

    def knobs(self, name: str, bases: list[float]) -> list[float]:
        """Present values of a knob along its axis (contingents, categories, authorities, countries or origins)."""
        values: list[float] = self.inputs.knobs.values(name, np.array(bases, np.float64)).tolist()
        return values

    def starts_now(self, week: float) -> bool:
        """Whether a week lies in this step."""
        return self.week <= week < self.week + self.dt

    def at_step(self, table: np.ndarray) -> list[float]:
        """This step's values of an input by element and step, e.g. ``inputs.planned_present`` or ``inputs.authorised``."""
        values: list[float] = table[:, self.now].tolist()
        return values

    def release(self) -> None:
        """Let Mesa forget this model; its agent counter would keep every one alive."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
