"""The world: a run's columns, its dated inputs, its knobs and its clock, in one place that phases read and write.

It holds data and lookups, no rules. ``flows`` collects the step's counted facts that indicators are made of; they
are emptied before each step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.clock import Clock
from sim.events import EventLog
from sim.knobs import KnobBoard
from sim.numerics import exps
from sim.parameters import Parameters
from sim.scenario import Scenario
from sim.world.columns import (
    AUTHORITIES,
    Billets,
    Cells,
    Contributors,
    Countries,
    Incidents,
    Networks,
    Origins,
    People,
    Units,
    Venues,
)
from sim.world.geography import Geography
from sim.world.missions import Contingent, MissionSeries
from sim.world.muster import Muster
from sim.world.recorder import Recorder


@dataclass(frozen=True)
class Reach:
    """Which cells personnel can visit from where, in compressed rows: cell i reaches ``cell[start[i]:start[i + 1]]``."""

    start: np.ndarray
    cell: np.ndarray
    distance_km: np.ndarray
    _nearness: dict[float, np.ndarray] = field(default_factory=dict, repr=False)

    def nearness(self, reach_km: float) -> np.ndarray:
        """Weight of each cell reached by its distance, exp(-distance / reach), worked out once; do not write to it."""
        if reach_km not in self._nearness:
            self._nearness[reach_km] = exps(-self.distance_km / reach_km)
        return self._nearness[reach_km]


@dataclass(frozen=True)
class Orders:
    """Recruitments asked for in a step: place of origin and venue, one entry each, in order of venue."""

    origin: np.ndarray
    venue: np.ndarray


@dataclass(frozen=True)
class Filed:
    """A report about one person of the mission that reached an authority.

    Attributes
    ----------
    billet, occupant
        Row and occupant number of the person concerned.
    role
        Index into ``ROLES``.
    act_step
        Step of the act.
    channel
        ``affected`` (the affected person), ``ngo`` (the same, while assisted), ``peer``, ``police`` or ``inquiry``.
    person, cell
        Trafficked person affected (-1 none known) and cell.
    ordinal
        0, or the number of an inquiry, to tell two cases about one act apart.
    contributor
        Contributor whose people filled the billet at the time of the act; -1 = the one that fills it now.
    """

    billet: int
    occupant: int
    role: int
    act_step: int
    channel: str
    person: int = -1
    cell: int = -1
    ordinal: int = 0
    contributor: int = -1


class Institutions:
    """Who decides on cases; what they are is declared above, in ``sim.institutions.bodies``."""


NO_ORDERS = Orders(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass
class World:
    """Everything a step reads and writes."""

    scenario: Scenario
    clock: Clock
    geography: Geography
    series: MissionSeries
    knobs: KnobBoard
    seed: int
    world_seed: int
    units: Units
    billets: Billets
    cells: Cells
    networks: Networks
    venues: Venues
    people: People
    origins: Origins
    countries: Countries
    contributors: Contributors
    incidents: Incidents
    purchase_offence: np.ndarray
    contingents: tuple[Contingent, ...]
    planned_present: np.ndarray
    planned_strength: np.ndarray
    authorised: np.ndarray
    muster: Muster
    reach: Reach
    cell_distance_km: np.ndarray
    origin_countries: tuple[str, ...]
    spread: np.ndarray
    first_income: np.ndarray
    events: EventLog = field(default_factory=EventLog)
    flows: dict[str, float] = field(default_factory=dict)
    orders: Orders = NO_ORDERS
    assistance_credit: float = 0.0
    recorder: Recorder = field(default_factory=Recorder)
    institutions: Institutions = field(default_factory=Institutions)
    filed: list[Filed] = field(default_factory=list)
    n_incidents: int = 0
    _nearness: dict[float, np.ndarray] = field(default_factory=dict)
    n_people: int = 0
    step: int = 0
    parameters: Parameters = field(init=False)
    dt: float = field(init=False)
    scale: float = field(init=False)
    _of_origins: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.parameters, self.dt, self.scale = self.scenario.parameters, self.clock.dt, self.scenario.scale

    def nearness(self, reach_km: float) -> np.ndarray:
        """exp(-distance / reach) between cells of the mission area, 0 beyond the limit of reach; shape (n_cells, n_cells)."""
        if reach_km not in self._nearness:
            limit = self.parameters.venues.reach_limit_km
            near = np.where(self.cell_distance_km <= limit, np.exp(-self.cell_distance_km / reach_km), 0.0)
            np.fill_diagonal(near, 1.0)
            self._nearness[reach_km] = near
        return self._nearness[reach_km]

    @cached_property
    def unit_order(self) -> np.ndarray:
        """Rows of units in order of keys: sums run in it, whatever order units are stored in."""
        return np.argsort(self.units.key)

    @cached_property
    def women_share(self) -> np.ndarray:
        """Share of women among those who fill a unit's posts, before policies, shape (n_units,)."""
        p = self.parameters.involvement
        shares = (p.women_share_military, p.women_share_police, p.women_share_civilian, p.women_share_contractor)
        return np.array(shares)[self.units.category]

    @cached_property
    def mean_wage(self) -> np.ndarray:
        """Local wage by step, mean over the countries of the mission area, USD per month, shape (n_steps,)."""
        return np.mean([self.series.wage[c] for c in self.scenario.mission.countries], axis=0)

    @cached_property
    def income(self) -> np.ndarray:
        """Income a head by step and country of the mission area, USD a year, shape (n_steps, n_countries)."""
        return np.stack([self.series.income[c] for c in self.scenario.mission.countries], axis=1)

    @cached_property
    def peak_present(self) -> tuple[int, int]:
        """Step in which most personnel are planned, and how many."""
        totals = self.planned_present.sum(axis=0)
        return int(totals.argmax()), int(totals.max(initial=0))

    @cached_property
    def ordered_spread(self) -> np.ndarray:
        """``spread`` in order of unit keys, shape (n_units, n_cells)."""
        return np.ascontiguousarray(self.spread[self.unit_order])

    @cached_property
    def authorised_by_cell(self) -> np.ndarray:
        """Personnel authorised in each cell by step, full scale, shape (n_steps, n_cells)."""
        ordered = self.authorised[self.unit_order].T
        return np.stack([row @ self.ordered_spread for row in np.ascontiguousarray(ordered)])

    @cached_property
    def peak_military(self) -> float:
        """Largest authorised military strength over the run, persons, full scale."""
        military = self.units.category == 0
        return float(self.authorised[military].sum(axis=0).max(initial=0.0)) if military.any() else 0.0

    @cached_property
    def is_target(self) -> np.ndarray:
        """Cells where personnel are deployed at any time on the mission's own path, shape (n_cells,)."""
        ever = (self.authorised > 0).any(axis=1)
        return np.asarray((self.spread[ever] > 0).any(axis=0)) if ever.any() else np.zeros(len(self.cells), bool)

    @property
    def week(self) -> float:
        """Week at the start of the present step."""
        return self.clock.week(self.step)

    def count(self, flow: str, amount: float) -> None:
        """Add to one of this step's counted facts."""
        self.flows[flow] = self.flows.get(flow, 0.0) + float(amount)

    def knob_by_authority(self, name: str, base: float) -> np.ndarray:
        """Value of a knob for each of ``AUTHORITIES``, shape (3,)."""
        return self.knobs.values(name, np.full(len(AUTHORITIES), base))

    def begin_step(self, step: int) -> None:
        """Move to a step: forget the last step's counted facts, set the knobs' week."""
        self.step = step
        self.flows.clear()
        self.knobs.begin_step(self.week)

    def by_country_of_origin(self, name: str, default: float) -> np.ndarray:
        """Present value of a dated series for each country of origin, ``default`` where there is none; do not write to it."""
        if name not in self._of_origins:
            table, missing = getattr(self.series, name), np.full(self.clock.n_steps, default)
            values = [table.get(country, missing)[: self.clock.n_steps] for country in self.origin_countries]
            self._of_origins[name] = np.array(values, np.float64).reshape(-1, self.clock.n_steps).T.copy()
        return self._of_origins[name][self.step]
