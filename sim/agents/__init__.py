"""The many as Mesa agents: views on rows, made when looked at, sharing the columns the rules work on."""

from sim.agents.find import find_agent, next_number
from sim.agents.grid import make_grid
from sim.agents.market import Trafficker, Venue
from sim.agents.personnel import Contingent, Peacekeeper
from sim.agents.persons import TraffickedPerson
from sim.agents.views import LazyAgents

__all__ = [
    "Contingent",
    "LazyAgents",
    "Peacekeeper",
    "TraffickedPerson",
    "Trafficker",
    "Venue",
    "find_agent",
    "make_grid",
    "next_number",
]
