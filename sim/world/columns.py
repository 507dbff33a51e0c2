"""The columns that hold a run's truth, each with unit, meaning and the one phase that may write it.

A table is a set of equally long NumPy arrays; a row is a billet, a unit, a cell, a network, a venue, a person or a
country. ``owner`` names the phase; ``build`` marks what is fixed when the world is made. Mesa agents are views on rows.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
GROWTH = 1.5


def column(dtype: type, owner: str, unit: str, about: str, fill: float = 0) -> Any:
    """Declare a column: type, owner phase, unit, meaning and the value rows start with."""
    return dataclasses.field(
        default_factory=lambda: np.empty(0, dtype),
        metadata={"dtype": dtype, "owner": owner, "unit": unit, "about": about, "fill": fill},
    )


@dataclass
class Table:
    """Columns of equal length; subclasses declare them."""

    @classmethod
    def of_size(cls, n: int) -> Any:
        """A table of n rows, each column filled with its declared start value."""
        columns = {f.name: np.full(n, f.metadata["fill"], f.metadata["dtype"]) for f in dataclasses.fields(cls)}
        return cls(**columns)

    def __len__(self) -> int:
        first = next(iter(self.__dataclass_fields__))
        return len(getattr(self, first))

    def grow(self, n: int) -> None:
        """Lengthen every column to at least n rows, keeping rows where they are."""
        if n <= len(self):
            return
        size = max(n, int(len(self) * GROWTH) + 16)
        for field in dataclasses.fields(self):
            old = getattr(self, field.name)
            new = np.full(size, field.metadata["fill"], field.metadata["dtype"])
            new[: len(old)] = old
            setattr(self, field.name, new)


@dataclass
class Units(Table):
    """Contingents: fixed groups of billets of one contributor in one sector."""

    key: Array = column(np.int64, "build", "-", "unit post id, part of every billet's key")
    category: Array = column(np.int64, "build", "-", "index into CATEGORIES")
    contributor: Array = column(np.int64, "politics", "-", "anonymous contributor number; another's once replaced")
    authority: Array = column(np.int64, "build", "-", "index into AUTHORITIES")
    first_billet: Array = column(np.int64, "build", "row", "first row in billets")
    n_billets: Array = column(np.int64, "build", "billets", "rows in billets")
    tour_weeks: Array = column(np.float64, "build", "weeks", "length of a tour")
    tour_phase: Array = column(np.float64, "build", "weeks", "offset of the rotation")
    n_present: Array = column(np.int64, "deploy", "persons", "billets filled now")
    slot: Array = column(np.int64, "deploy", "-", "tour slot, counts rotations", -1)
    p_prone: Array = column(np.float64, "deploy", "share", "proneness of this unit in this tour")
    leadership: Array = column(np.float64, "deploy", "sd", "quality of leadership in this tour")
    norm: Array = column(np.float64, "perceive", "share", "participation regarded as normal")
    home_norm: Array = column(np.float64, "perceive", "share", "slow average over the contributor's past units")
    acts: Array = column(np.float64, "decide", "visits", "visits sought this step, before the price factor")
    opportunity: Array = column(np.float64, "decide", "visits", "visits open to those prone this step")
    norm_slot: Array = column(np.int64, "perceive", "-", "tour slot the norm belongs to", -1)
    commander: Array = column(np.int64, "deploy", "-", "commander: tour slot * 64 + removals within it", -1)
    provider: Array = column(np.int64, "deploy", "-", "contributor whose people fill it", -1)
    involved_left: Array = column(
        np.float64, "deploy", "tours", "tours of involved persons that ended unpunished this step"
    )
    belief_a: Array = column(np.float64, "perceive", "tours", "evidence of having been found out")
    belief_b: Array = column(np.float64, "perceive", "tours", "evidence of having gone unpunished")
    command_a: Array = column(np.float64, "perceive", "cases", "evidence that commanders are removed")
    command_b: Array = column(np.float64, "perceive", "cases", "evidence that commanders stay")
    involved: Array = column(np.float64, "decide", "persons", "present persons who have been clients in this tour")
    private_share: Array = column(np.float64, "decide", "share", "acts that moved to private premises")
    removed: Array = column(np.int64, "justice", "persons", "persons to be removed, decided this step")
    removed_published: Array = column(np.int64, "justice", "persons", "of these, those the whole mission hears of")
    commanders_removed: Array = column(np.int64, "justice", "-", "commanders removed in the present tour slot")
    commanders_slot: Array = column(np.int64, "justice", "-", "tour slot that commanders_removed belongs to", -1)
    command_cases: Array = column(np.int64, "justice", "cases", "decisions on commanders this step")
    command_removals: Array = column(np.int64, "justice", "cases", "of these, removals")
    visibility: Array = column(np.float64, "justice", "probability", "outcomes of which this unit's authority tells")
    waiver: Array = column(np.float64, "justice", "probability", "cases of this unit whose immunity is waived")
    substantiated: Array = column(np.int64, "justice", "cases", "cases substantiated this step")
    record: Array = column(np.float64, "politics", "cases", "decayed number of substantiated cases")
    filled_share: Array = column(np.float64, "politics", "share", "part of the planned strength that is provided", 1.0)
    vacant_since: Array = column(
        np.float64, "politics", "weeks", "week in which its contributor withdrew or was suspended", -1
    )
    returns_week: Array = column(
        np.float64, "politics", "weeks", "week in which a suspension ends; -1 = withdrawn for good", -1
    )
    returns_share: Array = column(
        np.float64, "politics", "share", "part of the planned strength that returns when a suspension ends", 1.0
    )


@dataclass
class Billets(Table):
    """Posts held by peacekeepers; the occupant changes with the tour slot, the row never does."""

    unit: Array = column(np.int64, "build", "row", "unit")
    key: Array = column(np.int64, "build", "-", "unit post id * 65536 + ordinal")
    cell: Array = column(np.int64, "build", "row", "place of deployment, row in cells")
    tour_phase: Array = column(np.float64, "build", "weeks", "offset of this post's rotation")
    slot: Array = column(np.int64, "deploy", "-", "tour slot of the occupant", -1)
    turn_step: Array = column(np.int32, "deploy", "step", "step in which the occupant's tour is over")
    occupant: Array = column(np.int64, "deploy", "-", "occupant: tour slot * 64 + refills within it", -1)
    is_prone: Array = column(np.bool_, "deploy", "-", "may ever become a client")
    is_woman: Array = column(np.bool_, "deploy", "-", "occupant is a woman")
    propensity: Array = column(np.float64, "deploy", "log-odds", "propensity of a prone occupant")
    acts: Array = column(np.int64, "match", "visits", "visits made this step")
    tour_acts: Array = column(np.int64, "match", "visits", "visits made by the present occupant")
    acts_slot: Array = column(np.int64, "match", "-", "occupant that tour_acts belongs to", -1)
    visited: Array = column(np.int64, "match", "row", "cell of the last visits, row in cells", -1)
    first_act_week: Array = column(np.float64, "match", "weeks", "week of the present occupant's first visit")
    sought: Array = column(np.int64, "decide", "visits", "visits sought this step")
    p_act: Array = column(np.float32, "decide", "probability", "share of free opportunities taken, sig(V)")
    wants_person: Array = column(np.bool_, "decide", "-", "seeks this step to take a person from a venue")
    is_facilitator: Array = column(np.bool_, "decide", "-", "has helped a network this tour")
    new_facilitator: Array = column(np.bool_, "decide", "-", "began to help a network this step")
    facilitator_slot: Array = column(np.int64, "decide", "-", "occupant that is_facilitator belongs to", -1)
    is_removed: Array = column(np.bool_, "justice", "-", "occupant to be sent home at the next step")


@dataclass
class Cells(Table):
    """Populated cells of the mission area, a subset of the regional grid."""

    grid_cell: Array = column(np.int64, "build", "cell", "cell of the regional grid")
    country: Array = column(np.int64, "build", "row", "row in countries")
    population: Array = column(np.float64, "build", "persons", "local population, scaled")
    personnel: Array = column(np.int64, "deploy", "persons", "personnel deployed here")
    international_sought: Array = column(np.float64, "match", "visits", "visits of personnel arriving here this step")
    local_sought: Array = column(np.float64, "decide", "visits", "visits local clients seek this step")
    local_potential: Array = column(np.float64, "decide", "visits", "expected local visits at the reference price")
    habit: Array = column(np.float64, "match", "ratio", "local demand relative to its start", 1.0)
    price_international: Array = column(np.float64, "match", "USD", "price per unit of service, personnel")
    price_local: Array = column(np.float64, "match", "USD", "price per unit of service, local clients")
    local_arriving: Array = column(np.float64, "match", "visits", "visits of local clients arriving here this step")
    recent_international: Array = column(np.float64, "match", "units/week", "service personnel wanted here, smoothed")
    recent_local: Array = column(np.float64, "match", "units/week", "service local clients wanted here, smoothed")
    home_international: Array = column(
        np.float64, "match", "units/week", "service wanted by personnel deployed here, smoothed"
    )
    home_local: Array = column(
        np.float64, "match", "units/week", "service wanted by local clients living here, smoothed"
    )
    capacity_international: Array = column(np.float64, "match", "units", "service offered to personnel this step")
    capacity_local: Array = column(np.float64, "match", "units", "service offered to local clients this step")
    international_acts: Array = column(np.float64, "match", "visits", "visits of personnel made this step")
    local_acts: Array = column(np.float64, "match", "visits", "visits of local clients made this step")
    violence: Array = column(np.float64, "politics", "ratio", "violence relative to authorised strength", 1.0)
    raids: Array = column(np.float64, "supply", "raids", "raids this step")


@dataclass
class Networks(Table):
    """Trafficking networks: enumerated potential entrants, each with a home cell."""

    key: Array = column(np.int64, "build", "-", "home cell * 1024 + ordinal")
    home_cell: Array = column(np.int64, "build", "row", "home cell, row in cells")
    spell: Array = column(np.int64, "supply", "-", "how often this entrant has entered")
    is_active: Array = column(np.bool_, "supply", "-", "has entered and not dissolved")
    entry_step: Array = column(np.int64, "supply", "step", "step of entry", -1)
    n_venues: Array = column(np.int64, "supply", "venues", "venues in operation")
    last_venue_step: Array = column(np.int64, "supply", "step", "last step with a venue", -1)
    size: Array = column(np.float64, "supply", "share", "members relative to a full membership", 1.0)
    ties: Array = column(np.float64, "supply", "share", "official ties, 0..1")
    raid_risk: Array = column(np.float64, "supply", "1/week", "perceived raid hazard of its venues")
    focal_effort: Array = column(np.float64, "supply", "share", "effort in this market, not in other trades", 1.0)
    profit: Array = column(np.float64, "supply", "USD/week", "smoothed profit per venue")
    cash: Array = column(np.float64, "supply", "USD", "accumulated profit after costs of opening, closing, regrowth")
    arrests: Array = column(np.int64, "supply", "persons", "organisers arrested this step")
    fined: Array = column(np.float64, "justice", "USD", "fines imposed this step")


@dataclass
class Venues(Table):
    """Venues: enumerated places of operation of each potential network."""

    network: Array = column(np.int64, "build", "row", "network")
    key: Array = column(np.int64, "build", "-", "network key * 16 + ordinal")
    cell: Array = column(np.int64, "supply", "row", "cell", -1)
    is_open: Array = column(np.bool_, "supply", "-", "in operation")
    is_hidden: Array = column(np.bool_, "supply", "-", "not visible to passers-by")
    closed_by_police: Array = column(np.bool_, "supply", "-", "closed after a raid, may reopen")
    spell: Array = column(np.int64, "supply", "-", "how often this place has been opened")
    opened_step: Array = column(np.int64, "supply", "step", "step of the last opening", -1)
    international_share: Array = column(np.float64, "supply", "share", "capacity serving personnel", 0.5)
    sellers: Array = column(np.int64, "supply", "persons", "persons working who were not trafficked")
    persons: Array = column(np.int64, "people", "persons", "trafficked persons exploited here")
    inbound: Array = column(np.int64, "people", "persons", "persons recruited for this venue, not yet arrived")
    revenue: Array = column(np.float64, "match", "USD", "revenue this step")
    revenue_international: Array = column(np.float64, "match", "USD", "revenue from personnel this step")
    used: Array = column(np.float64, "match", "units", "service sold this step")
    fill: Array = column(np.float64, "match", "share", "used part of capacity, smoothed")
    profit: Array = column(np.float64, "supply", "USD/week", "smoothed profit")
    person_return: Array = column(np.float64, "supply", "USD/week", "smoothed net return per person working")
    is_raided: Array = column(np.bool_, "supply", "-", "raided this step without warning")
    is_closing: Array = column(
        np.int64, "supply", "-", "closes this step: 0 no, 1 by its network, 2 by police, 3 dissolved"
    )
    expected_fill: Array = column(np.float64, "supply", "share", "how full its owner expected it to be when it opened")
    new_orders: Array = column(np.int64, "supply", "persons", "recruitments ordered this step")
    is_listed: Array = column(np.bool_, "report", "-", "on the list of the police")


@dataclass
class People(Table):
    """Trafficked persons; a row begins at recruitment and is never deleted."""

    origin: Array = column(np.int64, "people", "row", "row in origins")
    week_recruited: Array = column(np.int64, "people", "step", "step of first recruitment", -1)
    ordinal: Array = column(np.int64, "people", "-", "ordinal within origin and step")
    state: Array = column(np.int64, "people", "-", "index into STATES", -1)
    entries: Array = column(np.int64, "people", "-", "states entered so far; part of the draw's key")
    state_step: Array = column(np.int64, "people", "step", "step in which the present state began", -1)
    hazard: Array = column(np.float64, "people", "-", "cumulative hazard in the present state")
    threshold: Array = column(np.float64, "people", "-", "Exp(1) threshold of the present state")
    venue: Array = column(np.int64, "people", "row", "venue, or the one recruited for; -1 none", -1)
    cell: Array = column(np.int64, "people", "row", "cell of the mission area; -1 elsewhere", -1)
    owner: Array = column(np.int64, "people", "row", "billet of a private owner; -1 none", -1)
    owner_slot: Array = column(np.int64, "people", "-", "that owner's occupant number", -1)
    spell: Array = column(np.int64, "people", "-", "times recruited", 0)
    exploited_steps: Array = column(np.int64, "people", "steps", "steps exploited so far")
    was_assisted: Array = column(np.bool_, "people", "-", "has been assisted since the last exploitation")
    will_testify: Array = column(np.bool_, "people", "-", "willing to testify")


@dataclass
class Origins(Table):
    """Places of origin: source-country towns' cells, and the cells of the mission area for local recruitment."""

    grid_cell: Array = column(np.int64, "build", "cell", "cell of the regional grid")
    country: Array = column(np.int64, "build", "-", "index into the region's countries")
    country_row: Array = column(np.int64, "build", "row", "position among the countries of origin")
    is_local: Array = column(np.bool_, "build", "-", "inside the mission area")
    mission_cell: Array = column(np.int64, "build", "row", "row in cells where local, else -1", -1)
    population: Array = column(np.float64, "build", "persons", "population, scaled")
    route_km: Array = column(np.float64, "build", "km", "least-cost distance to the mission area, borders included")
    at_risk: Array = column(np.int64, "people", "persons", "persons at risk, not yet recruited")
    prevented: Array = column(np.int64, "people", "persons", "persons who left risk through prevention")
    vulnerability: Array = column(np.float64, "supply", "ratio", "vulnerability now")
    appeal: Array = column(np.float64, "supply", "-", "utility of recruiting here, before the draw")


@dataclass
class Countries(Table):
    """Countries of the mission area."""

    index: Array = column(np.int64, "build", "-", "index into the region's countries")
    population: Array = column(np.float64, "build", "persons", "population, scaled")
    infrastructure: Array = column(
        np.float64, "supply", "venues", "decayed sum of past openings, full-scale equivalents"
    )
    local_recruits: Array = column(np.float64, "supply", "share", "slow average of local recruits")
    host_capacity: Array = column(np.float64, "politics", "share", "capacity of police and courts")
    attention: Array = column(np.float64, "report", "ratio", "public attention: rise of reporting")
    trust: Array = column(np.float64, "justice", "share", "trust of trafficked persons in authorities")
    raids: Array = column(np.int64, "supply", "raids", "raids this step")
    raids_leaked: Array = column(np.int64, "supply", "raids", "raids known in advance this step")


@dataclass
class Contributors(Table):
    """Contributors by anonymous number; row 0 stands for nobody. Covariates come from cited indices, traits are drawn."""

    is_state: Array = column(np.bool_, "build", "-", "a state with courts of its own, not an organisation")
    rule_of_law: Array = column(np.float64, "build", "sd", "rule-of-law index at the start, standard deviations")
    income_usd: Array = column(np.float64, "build", "USD/year", "income per person at the start")
    sovereignty: Array = column(
        np.float64, "build", "ratio", "drawn sensitivity to foreign jurisdiction, median 1", 1.0
    )
    consent_draw: Array = column(np.float64, "build", "-", "consents to trials on site where the share exceeds this")
    ratification_draw: Array = column(
        np.float64, "build", "-", "accepts host jurisdiction once the hazard exceeds this"
    )
    bloc: Array = column(np.int64, "build", "-", "bloc, drawn")
    q_removed: Array = column(np.float64, "perceive", "probability", "expected removal, given a finding")
    q_pay: Array = column(np.float64, "perceive", "probability", "expected loss of pay, given a finding")
    q_prosecuted: Array = column(np.float64, "perceive", "probability", "expected prosecution, given a finding")
    q_convicted: Array = column(np.float64, "perceive", "probability", "expected conviction, given a finding")
    delay_years: Array = column(np.float64, "perceive", "years", "expected delay of prosecution and conviction")
    removals_decided: Array = column(np.float64, "justice", "cases", "decisions on removal this step")
    removals_seen: Array = column(np.float64, "justice", "cases", "of these, removals seen")
    courts_decided: Array = column(np.float64, "justice", "cases", "cases whose prosecution was settled this step")
    charges_seen: Array = column(np.float64, "justice", "cases", "of these, charges seen")
    convictions_seen: Array = column(np.float64, "justice", "cases", "of these, convictions seen")
    delay_seen: Array = column(np.float64, "justice", "years", "delays of the charges seen, added up")
    substantiated: Array = column(np.float64, "justice", "cases", "cases substantiated this step")
    pay_withheld: Array = column(np.float64, "justice", "share", "reimbursement withheld")
    has_consented: Array = column(np.bool_, "justice", "-", "consents to trials on site")
    ratification: Array = column(np.float64, "justice", "-", "cumulative hazard of accepting host jurisdiction")
    record: Array = column(np.float64, "politics", "cases", "decayed number of substantiated cases")
    person_months: Array = column(np.float64, "politics", "thousand", "decayed person-months served, full scale")
    sanctioned: Array = column(np.float64, "politics", "-", "decaying memory of sanctions felt")
    last_sanction_week: Array = column(np.float64, "politics", "weeks", "week of the last step against it", -1e6)
    exit_hazard: Array = column(np.float64, "politics", "-", "cumulative excess hazard of withdrawing a unit")
    withdrawals: Array = column(np.int64, "politics", "-", "units withdrawn so far; part of the draw's key")
    replaces: Array = column(np.float64, "politics", "persons", "personnel it provides in place of others, full scale")


@dataclass
class Incidents(Table):
    """Acts that affected persons may still come to report; rows are dropped once reported or forgotten."""

    billet: Array = column(np.int64, "report", "row", "billet of the person concerned")
    occupant: Array = column(np.int64, "report", "-", "its occupant then")
    contributor: Array = column(np.int64, "report", "-", "contributor whose people filled the billet then")
    role: Array = column(np.int64, "report", "-", "index into ROLES")
    act_step: Array = column(np.int64, "report", "step", "step of the act")
    person: Array = column(np.int64, "report", "row", "trafficked person affected; -1 a seller who was not trafficked")
    cell: Array = column(np.int64, "report", "row", "cell")
    hazard: Array = column(np.float64, "report", "-", "cumulative hazard of being reported")
    threshold: Array = column(np.float64, "report", "-", "hazard at which it is reported")


ROLES = ("client", "owner", "facilitator")
AUTHORITIES = ("un", "nato", "employer")
TABLES: dict[str, type[Table]] = {
    "units": Units,
    "billets": Billets,
    "cells": Cells,
    "networks": Networks,
    "venues": Venues,
    "people": People,
    "origins": Origins,
    "countries": Countries,
    "contributors": Contributors,
    "incidents": Incidents,
}


def owned_by(phase: str) -> tuple[str, ...]:
    """Names ``table.column`` of the columns a phase owns."""
    return tuple(
        f"{name}.{f.name}"
        for name, table in TABLES.items()
        for f in dataclasses.fields(table)
        if f.metadata["owner"] == phase
    )
