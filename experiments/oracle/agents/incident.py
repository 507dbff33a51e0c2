"""An incident: an act that the affected person remembers and may report, alone or through those who assist (phase report)."""

from __future__ import annotations

import math

from experiments.oracle.agents.peacekeeper import Peacekeeper
from experiments.oracle.agents.row import Row
from experiments.oracle.model import OracleModel
from sim.clock import WEEKS_PER_YEAR
from sim.rng import Decision
from sim.world.person_states import ASSISTED, IN_VENUE, PRIVATE


class Incident(Row):
    """An act that may still be reported; the row goes once it is reported or forgotten."""

    table = "incidents"
    act_step: int
    billet: int
    cell: int
    contributor: int
    hazard: float
    occupant: int
    person: int
    role: int
    threshold: float

    @classmethod
    def of(cls, peacekeeper: Peacekeeper) -> Incident:
        """Remember this week's act of a peacekeeper: whom it affected, and how much hazard it takes to be reported."""
        model = peacekeeper.model
        u = model.draw(Decision.INCIDENT_THRESHOLD, model.now, peacekeeper.key)
        made: Incident = cls.create(
            model,
            billet=peacekeeper.row,
            occupant=peacekeeper.occupant,
            contributor=peacekeeper.contingent.contributor,
            role=peacekeeper.role,
            act_step=model.now,
            person=_affected(model, peacekeeper),
            cell=peacekeeper.visited,
            threshold=-math.log(u),
        )
        return made

    @property
    def state(self) -> int | None:
        """Where the affected person is in the process; None for a seller who was not trafficked."""
        return self.model.people[self.person].state if self.person >= 0 else None

    def ripen(self, readiness: list[float]) -> bool:
        """Add a week's hazard, low while exploited and high while assisted; whether it is reported now."""
        p = self.model.parameters.reporting
        ratio = {IN_VENUE: p.exploited_ratio, PRIVATE: p.exploited_ratio, ASSISTED: p.assisted_ratio}.get(
            self.state, 1.0
        )
        self.hazard += readiness[self.model.cells[self.cell].country] * ratio
        self.model.note(self, Decision.INCIDENT_THRESHOLD, self.hazard, self.threshold)
        return self.hazard >= self.threshold

    @property
    def is_forgotten(self) -> bool:
        """Whether too much time has passed."""
        weeks = (self.model.now - self.act_step) * self.model.dt
        return weeks >= self.model.parameters.reporting.memory_years * WEEKS_PER_YEAR


def _affected(model: OracleModel, peacekeeper: Peacekeeper) -> int:
    """Row of the person an owner holds, or of somebody working where the visit was; -1 for a seller not trafficked."""

    def by_recruitment(rows: list[int]) -> list[int]:
        persons = ((model.people[row], row) for row in rows)
        key = [(p.week_recruited, model.origins[p.origin].grid_cell, p.ordinal, row) for p, row in persons]
        return [entry[-1] for entry in sorted(key)]

    held = [
        person.row
        for person in model.people
        if person.state == PRIVATE and (person.owner, person.owner_slot) == (peacekeeper.row, peacekeeper.occupant)
    ]
    if held:
        return by_recruitment(held)[0]
    cell = peacekeeper.visited
    here = [person.row for person in model.people if person.state == IN_VENUE and person.cell == cell]
    sellers = sum(venue.sellers for venue in model.venues if venue.is_open and venue.cell == cell)
    position = model.draw(Decision.INCIDENT_PERSON, model.now, peacekeeper.key) * (len(here) + sellers)
    return by_recruitment(here)[math.floor(position)] if position < len(here) else -1
