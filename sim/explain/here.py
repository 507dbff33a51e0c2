"""Runs a scenario to a week and lists whom one can ask in a cell of the mission area: contingents, networks, venues, police.

Persons are not listed: nobody is picked from a map. How many are exploited there is said in all. Nothing here changes the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.agents.grid import coordinate_of
from sim.errors import ScenarioError
from sim.explain.ask import model_after
from sim.explain.words import counted
from sim.parameters import CATEGORIES
from sim.scenario import Scenario
from sim.world.person_states import IN_VENUE, PRIVATE
from sim.world.state import World

MOST_LISTED = 8


@dataclass(frozen=True)
class Present:
    """One agent that can be asked: kind and number as ``find_agent`` takes them, and a few words."""

    kind: str
    number: int
    words: str


@dataclass(frozen=True)
class Here:
    """Who is in a cell at the end of a week, and what is said beside the list."""

    cell: int
    week: int
    agents: list[Present]
    text: str


def who_is_here(scenario: Scenario, cell: int, week: int, on_step: Callable[[int, int], None] | None = None) -> Here:
    """Run to a week and list who can be asked in a cell.

    Parameters
    ----------
    scenario, week
        What to run, and at the end of which week to look.
    cell
        Position among the mission area's cells, as on the studio's map.
    on_step
        Called after each step with (steps done, steps in all); an exception it raises ends the run.

    Raises
    ------
    ScenarioError
        When the scenario has problems, or the mission area has no such cell.
    """
    model = model_after(scenario, week, on_step)
    world = model.world
    if not 0 <= cell < len(world.cells):
        raise ScenarioError(
            f"cell = {cell}: the mission area has cells 0 to {len(world.cells) - 1}. Choose one of them."
        )
    found = list_cell(world, cell)
    listed = shared_out(found, MOST_LISTED)
    return Here(cell, round(model.week), listed, _in_words(world, cell, found, listed))


def list_cell(world: World, cell: int) -> list[list[Present]]:
    """Everybody of a cell by kind: contingents, networks, venues, police and courts; each kind in order of size or key."""
    return [_contingents(world, cell), _networks(world, cell), _venues(world, cell), _justice(world, cell)]


def shared_out(found: list[list[Present]], most: int) -> list[Present]:
    """At most so many of several lists, one of each in turn, so that no kind crowds out another; kinds stay together.

    Limits: everybody where there are few; the first of each kind where there are many.
    """
    turns = [(turn, kind) for kind, agents in enumerate(found) for turn in range(len(agents))]
    taken = sorted(sorted(turns)[:most], key=lambda one: (one[1], one[0]))
    return [found[kind][turn] for turn, kind in taken]


def _contingents(world: World, cell: int) -> list[Present]:
    """Contingents with people based here, most people first."""
    units, billets = world.units, world.billets
    ordinal = np.arange(len(billets)) - units.first_billet[billets.unit]
    is_here = (billets.cell == cell) & (ordinal < units.n_present[billets.unit])
    n = np.bincount(billets.unit[is_here], minlength=len(units))
    rows = sorted(np.flatnonzero(n).tolist(), key=lambda unit: (-int(n[unit]), int(units.key[unit])))
    return [
        Present(
            "contingent", int(units.key[unit]),
            f"{CATEGORIES[units.category[unit]]}, {int(n[unit]):,} of its {counted(int(units.n_present[unit]), 'person')} here",
        )
        for unit in rows
    ]  # fmt: skip


def _networks(world: World, cell: int) -> list[Present]:
    """Networks with a venue here, in order of their keys."""
    keys = world.networks.key[world.venues.network[world.venues.is_open & (world.venues.cell == cell)]]
    found = zip(*np.unique(keys, return_counts=True))
    return [Present("trafficker", int(key), f"{counted(int(n), 'venue')} here") for key, n in found]


def _venues(world: World, cell: int) -> list[Present]:
    """Venues in operation here, in order of their keys."""
    venues = world.venues
    rows = np.flatnonzero(venues.is_open & (venues.cell == cell)).tolist()
    seen = {True: "hidden", False: "visible"}
    return [
        Present(
            "venue", int(venues.key[row]),
            f"{seen[bool(venues.is_hidden[row])]}, of trafficker {world.networks.key[venues.network[row]]}",
        )
        for row in sorted(rows, key=lambda row: int(venues.key[row]))
    ]  # fmt: skip


def _justice(world: World, cell: int) -> list[Present]:
    """Police and courts of the country, where they have to do with the cell: a venue or a raid is here."""
    raids = int(world.cells.raids[cell])
    if raids == 0 and not (world.venues.is_open & (world.venues.cell == cell)).any():
        return []
    words = "the country's police and courts" + (f", {counted(raids, 'raid')} here this step" if raids else "")
    return [Present("court", int(world.cells.country[cell]), words)]


def _in_words(world: World, cell: int, found: list[list[Present]], listed: list[Present]) -> str:
    """Where the cell is, how many are exploited there in all, and how many agents are left out of the list."""
    column, row = coordinate_of(world.geography, int(world.cells.grid_cell[cell]))
    people, n = world.people, world.n_people
    exploited = int(
        (((people.state[:n] == IN_VENUE) | (people.state[:n] == PRIVATE)) & (people.cell[:n] == cell)).sum()
    )
    size = "" if world.scale == 1.0 else f" (run at {100.0 * world.scale:g} % of full size)"
    parts = [f"Grid cell ({column}, {row}): {counted(exploited, 'person')} exploited here in all{size}."]
    if not listed:
        parts.append("Nobody to ask is here in this week.")
    left_out = [(agents[0].kind, len(agents) - sum(one in listed for one in agents)) for agents in found if agents]
    if words := ", ".join(counted(n, kind) for kind, n in left_out if n):
        parts.append(f"Not listed: {words}.")
    return " ".join(parts)
