"""A Mesa model of the personnel alone, set beside a mandate world whose market it reads and whose billets it mirrors.

Each week the caller lets both do the same phases; nothing flows back into the world. What is copied are inputs: places,
keys, tour phases, strengths, prices, offers, and what institutions did: who was removed or replaced, what units saw of it,
what they would lose, which rules they were given. Traits, norms, certainty, decisions and visits are worked out here.
"""

from __future__ import annotations

import math

import mesa
import numpy as np

from experiments.plain_mesa.agents import Conditions, Contingent, Contributor, Peacekeeper, Town
from sim.clock import WEEKS_PER_MONTH
from sim.parameters import CATEGORIES
from sim.phases.decide.weighing import TINY_CAPACITY, perceived_loss
from sim.phases.deploy import PER_SLOT
from sim.phases.perceive.beliefs import command_risk
from sim.world.state import World


class PlainMission(mesa.Model):
    """Contingents, towns and peacekeepers of a world as objects.

    Parameters
    ----------
    world
        A world between two steps; before the first, nothing but its plan is taken over, later also the norms and the
        traits of those whose tour is running.
    """

    def __init__(self, world: World) -> None:
        super().__init__(rng=0)
        self.world, self.parameters = world, world.parameters
        self.seed_of_luck, self.world_seed = world.seed, world.world_seed
        self.dt, self.scale = world.dt, world.scale
        self.tiny_capacity = TINY_CAPACITY
        self.now, self.week = 0, 0.0
        self.conditions = [Conditions() for _ in CATEGORIES]
        self.seeking: list[Peacekeeper] = []
        self.towns = self._make_towns()
        self.contributors: dict[int, Contributor] = {}
        self.contingents = self._make_contingents()
        self.peacekeepers = [
            Peacekeeper(self, int(key), self.contingents[unit], self.towns[cell], float(phase))
            for key, unit, cell, phase in zip(
                world.billets.key, world.billets.unit, world.billets.cell, world.billets.tour_phase, strict=True
            )
        ]
        self._take_over()

    def _make_towns(self) -> list[Town]:
        """Towns and, for each, those within reach with their distance."""
        towns = [Town(self, int(cell)) for cell in self.world.cells.grid_cell]
        reach = self.world.reach
        for i, town in enumerate(towns):
            rows = range(reach.start[i], reach.start[i + 1])
            town.in_reach = [(towns[reach.cell[j]], float(reach.distance_km[j])) for j in rows]
        return towns

    def _make_contingents(self) -> list[Contingent]:
        """Contingents with the norms they have at this moment."""
        units, made = self.world.units, []
        for i in range(len(units)):
            number = int(units.contributor[i] if units.provider[i] < 0 else units.provider[i])
            contributor = self._contributor(number)
            contingent = Contingent(
                self,
                int(units.key[i]),
                int(units.category[i]),
                contributor,
                float(units.tour_weeks[i]),
                float(units.tour_phase[i]),
                float(units.norm[i]),
                float(units.home_norm[i]),
            )
            contingent.acts, contingent.opportunity = float(units.acts[i]), float(units.opportunity[i])
            made.append(contingent)
        return made

    def _contributor(self, number: int) -> Contributor:
        """The contributor of that number."""
        return self.contributors.setdefault(number, Contributor(number))

    def _take_over(self) -> None:
        """Give tours that are already running the traits they were drawn with, and what their people have experienced."""
        units, billets = self.world.units, self.world.billets
        for i, contingent in enumerate(self.contingents):
            if units.slot[i] >= 0:
                contingent.slot, contingent.norm_slot = int(units.slot[i]), int(units.norm_slot[i])
                contingent.provider = contingent.contributor
                contingent.commander = divmod(int(units.commander[i]), PER_SLOT)
                contingent.leadership, contingent.p_prone = float(units.leadership[i]), float(units.p_prone[i])
        for row in np.flatnonzero(billets.slot >= 0):
            peacekeeper, occupant = self.peacekeepers[row], int(billets.occupant[row])
            peacekeeper.slot, peacekeeper.predecessors = divmod(occupant, PER_SLOT)
            peacekeeper.is_prone, peacekeeper.propensity = bool(billets.is_prone[row]), float(billets.propensity[row])
            peacekeeper.is_facilitator = bool(billets.is_facilitator[row] and billets.facilitator_slot[row] == occupant)
            if billets.acts_slot[row] == occupant and billets.tour_acts[row] > 0:
                peacekeeper.first_visit_week = float(billets.first_act_week[row])

    def deploy(self) -> None:
        """Follow the world's strength, rotation, removals and replacements; new occupants draw their traits."""
        world, units = self.world, self.world.units
        self.now, self.week = world.step, world.week
        self._read_personnel()
        for i, contingent in enumerate(self.contingents):
            contingent.n_present, first = int(units.n_present[i]), int(units.first_billet[i])
            self._contributor(int(units.contributor[i])).take(contingent)
            contingent.rotate()
            for row in range(first, first + int(units.n_billets[i])):
                peacekeeper = self.peacekeepers[row]
                peacekeeper.is_sent_home = bool(world.billets.is_removed[row])
                peacekeeper.is_present = row - first < contingent.n_present
                if peacekeeper.is_present or peacekeeper.is_sent_home or contingent.is_refilled:
                    peacekeeper.arrive()

    def _read_personnel(self) -> None:
        """Copy what holds for whoever arrives: commanders removed, the share of women, what newcomers hold normal."""
        world, units, p = self.world, self.world.units, self.parameters.involvement
        shares = (p.women_share_military, p.women_share_police, p.women_share_civilian, p.women_share_contractor)
        women = world.knobs.values("women_share", np.array([shares[category] for category in units.category]))
        ratio = world.knobs.values("arrival_norm", np.ones(len(units)))
        for i, contingent in enumerate(self.contingents):
            given = contingent.institutions
            given.women_share, given.arrival_norm_ratio = min(max(float(women[i]), 0.0), 1.0), float(ratio[i])
            is_now = units.commanders_slot[i] == units.slot[i]
            given.commanders_removed = int(units.commanders_removed[i]) if is_now else 0

    def perceive(self) -> None:
        """Let units see what happened, then contributors remember it."""
        self.agents_by_type[Contingent].do("step")
        rate = 1.0 - math.exp(-self.dt / self.parameters.norms.home_memory_weeks)
        for contributor in self.contributors.values():
            contributor.remember(rate)

    def read_week(self) -> None:
        """Copy this week's inputs: exposure, income and wages by category, and the prices and places of last week."""
        world, p, step = self.world, self.parameters, self.now
        exposure = np.minimum(world.knobs.values("exposure", world.series.exposure[:, step]), 1.0)
        rate = world.knobs.value("involvement_rate", p.involvement.acts_per_week)
        income = world.knobs.values("disposable_income", world.series.disposable_usd[:, step])
        wages = [world.series.wage[country][step] for country in world.scenario.mission.countries]
        weekly_wage = sum(wages) / len(wages) / WEEKS_PER_MONTH
        for category, conditions in enumerate(self.conditions):
            conditions.opportunities = float(exposure[category]) * rate * self.dt
            conditions.log_income_ratio = math.log(income[category] / weekly_wage)
            limit = float(income[category]) * p.personnel_demand.spending_share * self.dt
            conditions.budget_usd = limit if p.switches.spending_limit else math.inf
        for town, price, capacity in zip(
            self.towns, world.cells.price_international, world.cells.capacity_international, strict=True
        ):
            town.price, town.capacity = float(price), float(capacity)
        self._read_institutions()

    def _read_institutions(self) -> None:
        """Copy what units have come to know of institutions, and the rules they are given."""
        world, units, p = self.world, self.world.units, self.parameters.leadership
        losses = perceived_loss(world)
        training = world.knobs.values("training", np.zeros(len(units)))
        off_limits = world.knobs.values("off_limits", np.zeros(len(units)))
        effort = p.effort_per_risk * command_risk(world)
        for i, contingent in enumerate(self.contingents):
            given = contingent.institutions
            given.found_out, given.spared = float(units.belief_a[i]), float(units.belief_b[i])
            given.loss_client, given.loss_trade = float(losses[0][i]), float(losses[1][i])
            given.leadership_effort_sd = float(effort[i])
            given.training, given.off_limits = float(training[i]), float(off_limits[i])

    def decide(self) -> None:
        """Let every peacekeeper decide."""
        self.agents_by_type[Town].do("step")
        self.agents_by_type[Contingent].do("set_inclination")
        self.seeking.clear()
        self.agents_by_type[Peacekeeper].do("step")

    def read_offers(self) -> None:
        """Copy what venues offer this week, how much of it personnel find, and how many local clients arrive."""
        venues, cells, p = self.world.venues, self.world.cells, self.parameters
        for town, local in zip(self.towns, cells.local_arriving, strict=True):
            town.capacity = town.found = town.local_capacity = 0.0
            town.local_arrivals = float(local)
        for row in np.flatnonzero(venues.is_open):
            town, share = self.towns[venues.cell[row]], float(venues.international_share[row])
            workers = int(venues.persons[row] + venues.sellers[row])
            service = p.venues.visits_per_person_week * self.dt * workers
            town.capacity += service * share
            town.local_capacity += service - service * share
            town.found += service * share * (p.personnel_demand.hidden_visibility if venues.is_hidden[row] else 1.0)

    def match(self) -> None:
        """Let those who seek a visit choose a place, then be served there."""
        self.agents_by_type[Town].do("open")
        for peacekeeper in self.seeking:
            peacekeeper.choose()
        self.agents_by_type[Town].do("ration")
        for peacekeeper in self.seeking:
            peacekeeper.visit()

    def release(self) -> None:
        """Let Mesa 3.3 forget this model; its agent counter would keep every one alive."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
