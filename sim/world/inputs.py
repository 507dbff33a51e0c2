"""What a run is given and never changes: dated inputs by step, and which places are near each other.

Each dated array has a row a step, so that a rule reads one row. Everything comes from the mission's tables and the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.compiled import kernel
from sim.numerics import exps
from sim.parameters import Parameters
from sim.tables import Flags, Ints, Reals, Shared, array


@dataclass
class Inputs(Shared):
    """Dated inputs; a row a step."""

    exposure: Reals = array(np.float64, "share", "free time spent where venues are, by category", ndim=2)
    disposable_usd: Reals = array(np.float64, "USD/week", "disposable income, by category", ndim=2)
    mean_wage: Reals = array(np.float64, "USD/month", "local wage, mean over the countries of the mission area")
    income: Reals = array(np.float64, "USD/year", "income a head, by country of the mission area", ndim=2)
    raid_capacity: Reals = array(np.float64, "raids/week", "raids police can carry out, full scale")
    assistance_places: Reals = array(np.float64, "persons/week", "new persons that can be assisted, full scale")
    planned_present: Ints = array(np.int64, "persons", "billets filled if nothing intervenes, by unit", ndim=2)
    planned_strength: Reals = array(
        np.float64, "persons", "strength after shocks and policies, full scale, by unit", ndim=2
    )
    authorised: Reals = array(np.float64, "persons", "strength on the mission's own path, full scale, by unit", ndim=2)
    authorised_by_cell: Reals = array(np.float64, "persons", "the same, by cell", ndim=2)
    purchase_offence: Reals = array(np.float64, "share", "paying for sex is an offence, by contributor", ndim=2)
    origin_income: Reals = array(np.float64, "USD/year", "income a head, by country of origin", ndim=2)
    origin_interception: Reals = array(np.float64, "share", "persons stopped on the way, by country of origin", ndim=2)
    origin_crossing_cost: Reals = array(np.float64, "ratio", "relative cost of crossing, by country of origin", ndim=2)
    starts_step: Ints = array(np.int64, "step", "step in which the shock, then each policy by name, sets in; -1 never")
    starts_event: Ints = array(np.int64, "-", "the event that says so")
    starts_number: Ints = array(np.int64, "-", "0 for the shock; the policy's place in order of name")
    starts_value: Reals = array(np.float64, "-", "size of the shock; dose of the policy")
    peak_step: int = 0  # in which most personnel are planned
    peak_present: int = 0  # and how many


@dataclass
class Fading(Shared):
    """What is left after one step of what fades, or the part of the way gone towards a target; fixed by parameters and step."""

    beliefs: float = 1.0
    command: float = 1.0
    attention: float = 1.0
    scores: float = 1.0
    sanctions: float = 1.0
    norms_moved: float = 0.0
    home_norms_moved: float = 0.0
    trust_moved: float = 0.0

    @classmethod
    def of(cls, p: Parameters, dt: float) -> Fading:
        """Work it out; half-lives in weeks."""
        return cls(
            beliefs=2.0 ** (-dt / p.beliefs.memory_half_weeks),
            command=2.0 ** (-dt / p.leadership.memory_half_weeks),
            attention=2.0 ** (-dt / p.reporting.attention_half_weeks),
            scores=2.0 ** (-dt / p.dependence.score_weeks),
            sanctions=2.0 ** (-dt / p.contributor_response.sanction_memory_weeks),
            norms_moved=1.0 - float(np.exp(-dt / p.norms.relaxation_weeks)),
            home_norms_moved=1.0 - float(np.exp(-dt / p.norms.home_memory_weeks)),
            trust_moved=1.0 - float(np.exp(-p.testimony.trust_adjustment_per_week * dt)),
        )


@dataclass
class Places(Shared):
    """Which places are near each other, and what holds of them throughout a run."""

    distance_km: Reals = array(np.float64, "km", "distance between cells of the mission area", ndim=2)
    near_personnel: Reals = array(np.float64, "weight", "nearness of cells to each other for personnel", ndim=2)
    near_locals: Reals = array(np.float64, "weight", "nearness of cells to each other for local clients", ndim=2)
    is_target: Flags = array(np.bool_, "-", "personnel are deployed here at some time on the mission's own path")
    unit_order: Ints = array(np.int64, "row", "units in order of keys: sums run in it, however units are stored")
    women_share: Reals = array(np.float64, "share", "women among those who fill a unit's posts, before policies")
    spread: Reals = array(np.float64, "share", "of each unit's personnel in each cell, units in order of keys", ndim=2)
    first_income: Reals = array(np.float64, "USD/year", "income at the start, by place of origin")


@dataclass
class Reach(Shared):
    """Which cells can be visited from where, in compressed rows: cell i reaches ``cell[start[i]:start[i + 1]]``."""

    start: Ints = array(np.int64, "-", "where a cell's row begins, shape (n_cells + 1,)")
    cell: Ints = array(np.int64, "row", "cells reached")
    distance_km: Reals = array(np.float64, "km", "how far they are")
    near_personnel: Reals = array(np.float64, "weight", "nearness for personnel, exp(-distance / reach)")
    near_locals: Reals = array(np.float64, "weight", "nearness for local clients, exp(-distance / reach)")


@kernel
def over_cells(persons: Reals, spread: Reals) -> Reals:
    """Persons in each cell, from those of each unit in order of keys: one sum for what is planned and what is there."""
    return np.dot(persons, spread) if persons.size > 0 else np.zeros(spread.shape[1])


def reach_within(distance_km: Reals, limit_km: float, personnel_km: float, locals_km: float) -> Reach:
    """Cells within reach of each cell, by cell number, with their nearness for both kinds of clients."""
    within = distance_km <= limit_km
    np.fill_diagonal(within, True)
    start = np.concatenate(([0], np.cumsum(within.sum(axis=1)))).astype(np.int64)
    home, cell = np.nonzero(within)
    far = distance_km[home, cell]
    return Reach(start, cell.astype(np.int64), far, exps(-far / personnel_km), exps(-far / locals_km))


def nearness(distance_km: Reals, limit_km: float, reach_km: float) -> Reals:
    """exp(-distance / reach) between cells of the mission area, 0 beyond the limit of reach; shape (n_cells, n_cells)."""
    near = np.where(distance_km <= limit_km, np.exp(-distance_km / reach_km), 0.0)
    np.fill_diagonal(near, 1.0)
    return near
