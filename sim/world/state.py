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
from sim.knobs import Effects, KnobBoard
from sim.parameters import Parameters
from sim.scenario import Scenario
from sim.tables import Flags, Ints, Reals, Shared, Table, array, column, count, group
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
from sim.world.inputs import Fading, Inputs, Places, Reach
from sim.world.missions import Contingent, MissionSeries
from sim.world.muster import Muster
from sim.world.recorder import Recorder
from sim.world.tallies import Flows, Levels

NEVER = 2**31 - 1  # a step no run reaches


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


@dataclass
class Orders(Table):
    """Recruitments asked for in a step, one row each, in order of venue; the first ``World.n_orders`` rows count."""

    origin: Ints = column(np.int64, "supply", "row", "place of origin, row in origins")
    venue: Ints = column(np.int64, "supply", "row", "venue")


CHANNELS = ("affected", "ngo", "peer", "police")


@dataclass
class Filings(Table):
    """Reports rules made in a step, one row each, in order; the first ``World.n_filed`` rows count. See ``Filed``."""

    billet: Ints = column(np.int64, "report", "row", "billet of the person concerned")
    occupant: Ints = column(np.int64, "report", "-", "its occupant then")
    role: Ints = column(np.int64, "report", "-", "index into ROLES")
    act_step: Ints = column(np.int64, "report", "step", "step of the act")
    channel: Ints = column(np.int64, "report", "-", "index into CHANNELS")
    person: Ints = column(np.int64, "report", "row", "trafficked person affected; -1 none known")
    cell: Ints = column(np.int64, "report", "row", "cell")
    contributor: Ints = column(np.int64, "report", "-", "whose people filled the billet then; -1 those who do now")
    is_held_back: Flags = column(np.bool_, "report", "-", "a commander did not pass it on")


@dataclass
class Dockets(Table):
    """What courts of the mission area's countries last said of cases against organisers, a row a country."""

    conviction_share: Reals = column(np.float64, "justice", "share", "of recent outcomes; -1 where there is none", -1)
    idle_until: Ints = column(np.int64, "justice", "step", "until then nothing is due or forgotten", NEVER)


class Institutions:
    """Who decides on cases; what they are is declared above, in ``sim.institutions.bodies``."""


@dataclass
class World(Shared):
    """Everything a step reads and writes.

    Compiled rules see the tables, the inputs, what knobs do, the parameters and the numbers; the rest is Python's.
    """

    scenario: Scenario
    clock: Clock
    geography: Geography
    series: MissionSeries
    knobs: KnobBoard
    contingents: tuple[Contingent, ...]
    origin_countries: tuple[str, ...]
    spread: Reals = array(np.float64, "share", "of each unit's personnel in each cell, (n_units, n_cells)", ndim=2)
    units: Units = field(default_factory=Units)
    billets: Billets = field(default_factory=Billets)
    cells: Cells = field(default_factory=Cells)
    networks: Networks = field(default_factory=Networks)
    venues: Venues = field(default_factory=Venues)
    people: People = field(default_factory=People)
    origins: Origins = field(default_factory=Origins)
    countries: Countries = field(default_factory=Countries)
    contributors: Contributors = field(default_factory=Contributors)
    incidents: Incidents = field(default_factory=Incidents)
    orders: Orders = field(default_factory=Orders)
    filings: Filings = field(default_factory=Filings)
    dockets: Dockets = field(default_factory=Dockets)
    muster: Muster = field(default_factory=Muster)
    inputs: Inputs = field(default_factory=Inputs)
    places: Places = field(default_factory=Places)
    reach: Reach = field(default_factory=Reach)
    fading: Fading = field(default_factory=Fading)
    flows: Flows = field(default_factory=Flows)
    levels: Levels = field(default_factory=Levels)
    events: EventLog = field(default_factory=EventLog)
    training_left: Reals = array(np.float64, "share", "of training in force, what has not faded in the tour, by unit")
    seed: int = 0
    world_seed: int = 0
    step: int = 0
    week: float = 0.0  # at the start of the step
    dt: float = 1.0
    scale: float = 1.0
    n_countries_of_origin: int = 0
    local_demand_ratio: float = 1.0  # of the mission, see its file
    n_people: int = count("persons", "rows of people in use")
    n_incidents: int = count("incidents", "rows of incidents in use")
    n_orders: int = count("persons", "recruitments ordered in this step")
    n_filed: int = count("reports", "reports made in this step, also those held back")
    n_on_trial: int = count("persons", "personnel who are charged and not yet tried")
    has_arrived: bool = count("-", "personnel have been present", False)
    has_left: bool = count("-", "personnel have fallen below a tenth of their peak", False)
    assistance_credit: float = count("persons", "places for assistance carried over", 0.0)
    effects: Effects = field(init=False)
    parameters: Parameters = group("every parameter; replace the whole tree to change one")
    recorder: Recorder = field(default_factory=Recorder)
    institutions: Institutions = field(default_factory=Institutions)
    filed: list[Filed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parameters, self.effects = self.scenario.parameters, self.knobs.effects
        self.dt, self.scale = self.clock.dt, self.scenario.scale
        self.fading = Fading.of(self.parameters, self.dt)
        self.dockets = Dockets.of_size(len(self.countries))
        self.n_countries_of_origin = len(self.origin_countries)
        self.local_demand_ratio = self.scenario.mission.local_demand_ratio

    @property
    def planned_present(self) -> Ints:
        """Billets filled if nothing intervenes, shape (n_units, n_steps)."""
        return self.inputs.planned_present.T

    @property
    def planned_strength(self) -> Reals:
        """Strength after shocks and policies, full scale, shape (n_units, n_steps)."""
        return self.inputs.planned_strength.T

    @property
    def authorised(self) -> Reals:
        """Strength on the mission's own path, full scale, shape (n_units, n_steps)."""
        return self.inputs.authorised.T

    @property
    def purchase_offence(self) -> Reals:
        """Paying for sex is an offence, by contributor, shape (n_contributors, n_steps)."""
        return self.inputs.purchase_offence.T

    @property
    def unit_order(self) -> Ints:
        """Rows of units in order of keys: sums run in it, whatever order units are stored in."""
        return self.places.unit_order

    @cached_property
    def peak_military(self) -> float:
        """Largest authorised military strength over the run, persons, full scale."""
        military = self.units.category == 0
        return float(self.authorised[military].sum(axis=0).max(initial=0.0)) if military.any() else 0.0

    @property
    def ordered(self) -> list[tuple[int, int]]:
        """Recruitments asked for in this step: place of origin and venue."""
        n = self.n_orders
        return list(zip(self.orders.origin[:n].tolist(), self.orders.venue[:n].tolist(), strict=True))

    def count(self, flow: str, amount: float) -> None:
        """Add to one of this step's counted facts, from Python."""
        setattr(self.flows, flow, getattr(self.flows, flow) + float(amount))

    def knob_by_authority(self, name: str, base: float) -> np.ndarray:
        """Value of a knob for each of ``AUTHORITIES``, shape (3,)."""
        return self.knobs.values(name, np.full(len(AUTHORITIES), base))

    def begin_step(self, step: int) -> None:
        """Move to a step: forget the last step's counted facts, set the knobs' week, make room for what may happen."""
        self.step, self.week = step, self.clock.week(step)
        self.flows.clear()
        self.knobs.begin_step(self.week)
        self.events.grow(self.events.n + self._most_events)

    @cached_property
    def _most_events(self) -> int:
        """Events that rules can emit in one step: each at most once, those of venues and networks some more."""
        return 6 * len(self.venues) + 3 * len(self.networks) + 2 * len(self.units) + 64
