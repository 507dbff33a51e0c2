"""Objects made from a world between two steps: every row an agent, every value a plain Python value."""

from __future__ import annotations

from dataclasses import fields

from experiments.oracle.agents import institutions
from experiments.oracle.agents.contingent import Contingent
from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.agents.country import Country
from experiments.oracle.agents.incident import Incident
from experiments.oracle.agents.network import Network
from experiments.oracle.agents.origin import Origin
from experiments.oracle.agents.peacekeeper import Peacekeeper
from experiments.oracle.agents.person import TraffickedPerson
from experiments.oracle.agents.row import Row
from experiments.oracle.agents.town import Town
from experiments.oracle.agents.venue import Venue
from experiments.oracle.filed import Report
from experiments.oracle.model import OracleModel
from sim.world.columns import TABLES
from sim.world.state import World

KINDS: dict[str, type[Row]] = {
    kind.table: kind
    for kind in (
        Contingent, Peacekeeper, Town, Network, Venue, TraffickedPerson, Origin, Country, Contributor, Incident
    )
}  # fmt: skip


def from_world(world: World, step: int) -> OracleModel:
    """Objects in the state of a world that is about to do a step, or one of the step's phases."""
    model = OracleModel(world, step)
    rows = {name: len(getattr(world, name)) for name in TABLES}
    rows |= {"people": world.n_people, "incidents": world.n_incidents}
    for name, kind in KINDS.items():
        table = getattr(world, name)
        names = [f.name for f in fields(table)]
        columns = [getattr(table, column)[: rows[name]].tolist() for column in names]
        made = [kind(model, row, **dict(zip(names, v, strict=True))) for row, v in enumerate(zip(*columns))]
        setattr(model, name, made)
    model.flows = world.flows.numbers()
    model.orders = world.ordered
    model.filed = [Report(*(getattr(filed, name) for name in Report._fields)) for filed in world.filed]
    model.assistance_credit = float(world.assistance_credit)
    institutions.load(model, world)
    return model
