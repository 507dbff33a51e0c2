"""The columns that hold a run's truth, each with unit, meaning and the one phase that may write it.

A table is a set of equally long NumPy arrays; a row is a billet, a unit, a cell, a network, a venue, a person or a
country. ``owner`` names the phase; ``build`` marks what is fixed when the world is made. Mesa agents are views on rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.tables import Flags, Ints, Reals, Table, column, columns_of

__all__ = ["TABLES", "Table"]


@dataclass
class Units(Table):
    """Contingents: fixed groups of billets of one contributor in one sector."""

    key: Ints = column(np.int64, "build", "-", "unit post id, part of every billet's key")
    category: Ints = column(np.int64, "build", "-", "index into CATEGORIES")
    contributor: Ints = column(np.int64, "politics", "-", "anonymous contributor number; another's once replaced")
    authority: Ints = column(np.int64, "build", "-", "index into AUTHORITIES")
    first_billet: Ints = column(np.int64, "build", "row", "first row in billets")
    n_billets: Ints = column(np.int64, "build", "billets", "rows in billets")
    tour_weeks: Reals = column(np.float64, "build", "weeks", "length of a tour")
    tour_phase: Reals = column(np.float64, "build", "weeks", "offset of the rotation")
    n_present: Ints = column(np.int64, "deploy", "persons", "billets filled now")
    slot: Ints = column(np.int64, "deploy", "-", "tour slot, counts rotations", -1)
    p_prone: Reals = column(np.float64, "deploy", "share", "proneness of this unit in this tour")
    leadership: Reals = column(np.float64, "deploy", "sd", "quality of leadership in this tour")
    norm: Reals = column(np.float64, "perceive", "share", "participation regarded as normal")
    home_norm: Reals = column(np.float64, "perceive", "share", "slow average over the contributor's past units")
    acts: Reals = column(np.float64, "decide", "visits", "visits sought this step, before the price factor")
    opportunity: Reals = column(np.float64, "decide", "visits", "visits open to those prone this step")
    norm_slot: Ints = column(np.int64, "perceive", "-", "tour slot the norm belongs to", -1)
    commander: Ints = column(np.int64, "deploy", "-", "commander: tour slot * 64 + removals within it", -1)
    provider: Ints = column(np.int64, "deploy", "-", "contributor whose people fill it", -1)
    involved_left: Reals = column(
        np.float64, "deploy", "tours", "tours of involved persons that ended unpunished this step"
    )
    belief_a: Reals = column(np.float64, "perceive", "tours", "evidence of having been found out")
    belief_b: Reals = column(np.float64, "perceive", "tours", "evidence of having gone unpunished")
    command_a: Reals = column(np.float64, "perceive", "cases", "evidence that commanders are removed")
    command_b: Reals = column(np.float64, "perceive", "cases", "evidence that commanders stay")
    involved: Reals = column(np.float64, "decide", "persons", "present persons who have been clients in this tour")
    private_share: Reals = column(np.float64, "decide", "share", "acts that moved to private premises")
    removed: Ints = column(np.int64, "justice", "persons", "persons to be removed, decided this step")
    removed_published: Ints = column(np.int64, "justice", "persons", "of these, those the whole mission hears of")
    commanders_removed: Ints = column(np.int64, "justice", "-", "commanders removed in the present tour slot")
    commanders_slot: Ints = column(np.int64, "justice", "-", "tour slot that commanders_removed belongs to", -1)
    command_cases: Ints = column(np.int64, "justice", "cases", "decisions on commanders this step")
    command_removals: Ints = column(np.int64, "justice", "cases", "of these, removals")
    visibility: Reals = column(np.float64, "justice", "probability", "outcomes of which this unit's authority tells")
    waiver: Reals = column(np.float64, "justice", "probability", "cases of this unit whose immunity is waived")
    substantiated: Ints = column(np.int64, "justice", "cases", "cases substantiated this step")
    record: Reals = column(np.float64, "politics", "cases", "decayed number of substantiated cases")
    filled_share: Reals = column(np.float64, "politics", "share", "part of the planned strength that is provided", 1.0)
    vacant_since: Reals = column(
        np.float64, "politics", "weeks", "week in which its contributor withdrew or was suspended", -1
    )
    returns_week: Reals = column(
        np.float64, "politics", "weeks", "week in which a suspension ends; -1 = withdrawn for good", -1
    )
    returns_share: Reals = column(
        np.float64, "politics", "share", "part of the planned strength that returns when a suspension ends", 1.0
    )


@dataclass
class Billets(Table):
    """Posts held by peacekeepers; the occupant changes with the tour slot, the row never does."""

    unit: Ints = column(np.int64, "build", "row", "unit")
    key: Ints = column(np.int64, "build", "-", "unit post id * 65536 + ordinal")
    cell: Ints = column(np.int64, "build", "row", "place of deployment, row in cells")
    tour_phase: Reals = column(np.float64, "build", "weeks", "offset of this post's rotation")
    slot: Ints = column(np.int64, "deploy", "-", "tour slot of the occupant", -1)
    turn_step: Ints = column(np.int32, "deploy", "step", "step in which the occupant's tour is over")
    occupant: Ints = column(np.int64, "deploy", "-", "occupant: tour slot * 64 + refills within it", -1)
    is_prone: Flags = column(np.bool_, "deploy", "-", "may ever become a client")
    is_woman: Flags = column(np.bool_, "deploy", "-", "occupant is a woman")
    propensity: Reals = column(np.float64, "deploy", "log-odds", "propensity of a prone occupant")
    acts: Ints = column(np.int64, "match", "visits", "visits made this step")
    tour_acts: Ints = column(np.int64, "match", "visits", "visits made by the present occupant")
    acts_slot: Ints = column(np.int64, "match", "-", "occupant that tour_acts belongs to", -1)
    visited: Ints = column(np.int64, "match", "row", "cell of the last visits, row in cells", -1)
    first_act_week: Reals = column(np.float64, "match", "weeks", "week of the present occupant's first visit")
    sought: Ints = column(np.int64, "decide", "visits", "visits sought this step")
    p_act: Reals = column(np.float32, "decide", "probability", "share of free opportunities taken, sig(V)")
    wants_person: Flags = column(np.bool_, "decide", "-", "seeks this step to take a person from a venue")
    is_facilitator: Flags = column(np.bool_, "decide", "-", "has helped a network this tour")
    new_facilitator: Flags = column(np.bool_, "decide", "-", "began to help a network this step")
    facilitator_slot: Ints = column(np.int64, "decide", "-", "occupant that is_facilitator belongs to", -1)
    is_removed: Flags = column(np.bool_, "justice", "-", "occupant to be sent home at the next step")


@dataclass
class Cells(Table):
    """Populated cells of the mission area, a subset of the regional grid."""

    grid_cell: Ints = column(np.int64, "build", "cell", "cell of the regional grid")
    country: Ints = column(np.int64, "build", "row", "row in countries")
    population: Reals = column(np.float64, "build", "persons", "local population, scaled")
    personnel: Ints = column(np.int64, "deploy", "persons", "personnel deployed here")
    international_sought: Reals = column(np.float64, "match", "visits", "visits of personnel arriving here this step")
    local_sought: Reals = column(np.float64, "decide", "visits", "visits local clients seek this step")
    local_potential: Reals = column(np.float64, "decide", "visits", "expected local visits at the reference price")
    habit: Reals = column(np.float64, "match", "ratio", "local demand relative to its start", 1.0)
    price_international: Reals = column(np.float64, "match", "USD", "price per unit of service, personnel")
    price_local: Reals = column(np.float64, "match", "USD", "price per unit of service, local clients")
    local_arriving: Reals = column(np.float64, "match", "visits", "visits of local clients arriving here this step")
    recent_international: Reals = column(np.float64, "match", "units/week", "service personnel wanted here, smoothed")
    recent_local: Reals = column(np.float64, "match", "units/week", "service local clients wanted here, smoothed")
    home_international: Reals = column(
        np.float64, "match", "units/week", "service wanted by personnel deployed here, smoothed"
    )
    home_local: Reals = column(
        np.float64, "match", "units/week", "service wanted by local clients living here, smoothed"
    )
    capacity_international: Reals = column(np.float64, "match", "units", "service offered to personnel this step")
    capacity_local: Reals = column(np.float64, "match", "units", "service offered to local clients this step")
    international_acts: Reals = column(np.float64, "match", "visits", "visits of personnel made this step")
    local_acts: Reals = column(np.float64, "match", "visits", "visits of local clients made this step")
    violence: Reals = column(np.float64, "politics", "ratio", "violence relative to authorised strength", 1.0)
    raids: Reals = column(np.float64, "supply", "raids", "raids this step")


@dataclass
class Networks(Table):
    """Trafficking networks: enumerated potential entrants, each with a home cell."""

    key: Ints = column(np.int64, "build", "-", "home cell * 1024 + ordinal")
    home_cell: Ints = column(np.int64, "build", "row", "home cell, row in cells")
    spell: Ints = column(np.int64, "supply", "-", "how often this entrant has entered")
    is_active: Flags = column(np.bool_, "supply", "-", "has entered and not dissolved")
    entry_step: Ints = column(np.int64, "supply", "step", "step of entry", -1)
    n_venues: Ints = column(np.int64, "supply", "venues", "venues in operation")
    last_venue_step: Ints = column(np.int64, "supply", "step", "last step with a venue", -1)
    size: Reals = column(np.float64, "supply", "share", "members relative to a full membership", 1.0)
    ties: Reals = column(np.float64, "supply", "share", "official ties, 0..1")
    raid_risk: Reals = column(np.float64, "supply", "1/week", "perceived raid hazard of its venues")
    focal_effort: Reals = column(np.float64, "supply", "share", "effort in this market, not in other trades", 1.0)
    profit: Reals = column(np.float64, "supply", "USD/week", "smoothed profit per venue")
    cash: Reals = column(np.float64, "supply", "USD", "accumulated profit after costs of opening, closing, regrowth")
    arrests: Ints = column(np.int64, "supply", "persons", "organisers arrested this step")
    fined: Reals = column(np.float64, "justice", "USD", "fines imposed this step")


@dataclass
class Venues(Table):
    """Venues: enumerated places of operation of each potential network."""

    network: Ints = column(np.int64, "build", "row", "network")
    key: Ints = column(np.int64, "build", "-", "network key * 16 + ordinal")
    cell: Ints = column(np.int64, "supply", "row", "cell", -1)
    is_open: Flags = column(np.bool_, "supply", "-", "in operation")
    is_hidden: Flags = column(np.bool_, "supply", "-", "not visible to passers-by")
    closed_by_police: Flags = column(np.bool_, "supply", "-", "closed after a raid, may reopen")
    spell: Ints = column(np.int64, "supply", "-", "how often this place has been opened")
    opened_step: Ints = column(np.int64, "supply", "step", "step of the last opening", -1)
    international_share: Reals = column(np.float64, "supply", "share", "capacity serving personnel", 0.5)
    sellers: Ints = column(np.int64, "supply", "persons", "persons working who were not trafficked")
    persons: Ints = column(np.int64, "people", "persons", "trafficked persons exploited here")
    inbound: Ints = column(np.int64, "people", "persons", "persons recruited for this venue, not yet arrived")
    revenue: Reals = column(np.float64, "match", "USD", "revenue this step")
    revenue_international: Reals = column(np.float64, "match", "USD", "revenue from personnel this step")
    used: Reals = column(np.float64, "match", "units", "service sold this step")
    fill: Reals = column(np.float64, "match", "share", "used part of capacity, smoothed")
    profit: Reals = column(np.float64, "supply", "USD/week", "smoothed profit")
    person_return: Reals = column(np.float64, "supply", "USD/week", "smoothed net return per person working")
    is_raided: Flags = column(np.bool_, "supply", "-", "raided this step without warning")
    is_closing: Ints = column(
        np.int64, "supply", "-", "closes this step: 0 no, 1 by its network, 2 by police, 3 dissolved"
    )
    expected_fill: Reals = column(np.float64, "supply", "share", "how full its owner expected it to be when it opened")
    new_orders: Ints = column(np.int64, "supply", "persons", "recruitments ordered this step")
    is_listed: Flags = column(np.bool_, "report", "-", "on the list of the police")


@dataclass
class People(Table):
    """Trafficked persons; a row begins at recruitment and is never deleted."""

    origin: Ints = column(np.int64, "people", "row", "row in origins")
    week_recruited: Ints = column(np.int64, "people", "step", "step of first recruitment", -1)
    ordinal: Ints = column(np.int64, "people", "-", "ordinal within origin and step")
    state: Ints = column(np.int64, "people", "-", "index into STATES", -1)
    entries: Ints = column(np.int64, "people", "-", "states entered so far; part of the draw's key")
    state_step: Ints = column(np.int64, "people", "step", "step in which the present state began", -1)
    hazard: Reals = column(np.float64, "people", "-", "cumulative hazard in the present state")
    threshold: Reals = column(np.float64, "people", "-", "Exp(1) threshold of the present state")
    venue: Ints = column(np.int64, "people", "row", "venue, or the one recruited for; -1 none", -1)
    cell: Ints = column(np.int64, "people", "row", "cell of the mission area; -1 elsewhere", -1)
    owner: Ints = column(np.int64, "people", "row", "billet of a private owner; -1 none", -1)
    owner_slot: Ints = column(np.int64, "people", "-", "that owner's occupant number", -1)
    spell: Ints = column(np.int64, "people", "-", "times recruited", 0)
    exploited_steps: Ints = column(np.int64, "people", "steps", "steps exploited so far")
    was_assisted: Flags = column(np.bool_, "people", "-", "has been assisted since the last exploitation")
    will_testify: Flags = column(np.bool_, "people", "-", "willing to testify")


@dataclass
class Origins(Table):
    """Places of origin: source-country towns' cells, and the cells of the mission area for local recruitment."""

    grid_cell: Ints = column(np.int64, "build", "cell", "cell of the regional grid")
    country: Ints = column(np.int64, "build", "-", "index into the region's countries")
    country_row: Ints = column(np.int64, "build", "row", "position among the countries of origin")
    is_local: Flags = column(np.bool_, "build", "-", "inside the mission area")
    mission_cell: Ints = column(np.int64, "build", "row", "row in cells where local, else -1", -1)
    population: Reals = column(np.float64, "build", "persons", "population, scaled")
    route_km: Reals = column(np.float64, "build", "km", "least-cost distance to the mission area, borders included")
    at_risk: Ints = column(np.int64, "people", "persons", "persons at risk, not yet recruited")
    prevented: Ints = column(np.int64, "people", "persons", "persons who left risk through prevention")
    vulnerability: Reals = column(np.float64, "supply", "ratio", "vulnerability now")
    appeal: Reals = column(np.float64, "supply", "-", "utility of recruiting here, before the draw")


@dataclass
class Countries(Table):
    """Countries of the mission area."""

    index: Ints = column(np.int64, "build", "-", "index into the region's countries")
    population: Reals = column(np.float64, "build", "persons", "population, scaled")
    infrastructure: Reals = column(
        np.float64, "supply", "venues", "decayed sum of past openings, full-scale equivalents"
    )
    local_recruits: Reals = column(np.float64, "supply", "share", "slow average of local recruits")
    host_capacity: Reals = column(np.float64, "politics", "share", "capacity of police and courts")
    attention: Reals = column(np.float64, "report", "ratio", "public attention: rise of reporting")
    trust: Reals = column(np.float64, "justice", "share", "trust of trafficked persons in authorities")
    raids: Ints = column(np.int64, "supply", "raids", "raids this step")
    raids_leaked: Ints = column(np.int64, "supply", "raids", "raids known in advance this step")


@dataclass
class Contributors(Table):
    """Contributors by anonymous number; row 0 stands for nobody. Covariates come from cited indices, traits are drawn."""

    is_state: Flags = column(np.bool_, "build", "-", "a state with courts of its own, not an organisation")
    rule_of_law: Reals = column(np.float64, "build", "sd", "rule-of-law index at the start, standard deviations")
    income_usd: Reals = column(np.float64, "build", "USD/year", "income per person at the start")
    sovereignty: Reals = column(
        np.float64, "build", "ratio", "drawn sensitivity to foreign jurisdiction, median 1", 1.0
    )
    consent_draw: Reals = column(np.float64, "build", "-", "consents to trials on site where the share exceeds this")
    ratification_draw: Reals = column(
        np.float64, "build", "-", "accepts host jurisdiction once the hazard exceeds this"
    )
    bloc: Ints = column(np.int64, "build", "-", "bloc, drawn")
    q_removed: Reals = column(np.float64, "perceive", "probability", "expected removal, given a finding")
    q_pay: Reals = column(np.float64, "perceive", "probability", "expected loss of pay, given a finding")
    q_prosecuted: Reals = column(np.float64, "perceive", "probability", "expected prosecution, given a finding")
    q_convicted: Reals = column(np.float64, "perceive", "probability", "expected conviction, given a finding")
    delay_years: Reals = column(np.float64, "perceive", "years", "expected delay of prosecution and conviction")
    removals_decided: Reals = column(np.float64, "justice", "cases", "decisions on removal this step")
    removals_seen: Reals = column(np.float64, "justice", "cases", "of these, removals seen")
    courts_decided: Reals = column(np.float64, "justice", "cases", "cases whose prosecution was settled this step")
    charges_seen: Reals = column(np.float64, "justice", "cases", "of these, charges seen")
    convictions_seen: Reals = column(np.float64, "justice", "cases", "of these, convictions seen")
    delay_seen: Reals = column(np.float64, "justice", "years", "delays of the charges seen, added up")
    substantiated: Reals = column(np.float64, "justice", "cases", "cases substantiated this step")
    pay_withheld: Reals = column(np.float64, "justice", "share", "reimbursement withheld")
    has_consented: Flags = column(np.bool_, "justice", "-", "consents to trials on site")
    ratification: Reals = column(np.float64, "justice", "-", "cumulative hazard of accepting host jurisdiction")
    record: Reals = column(np.float64, "politics", "cases", "decayed number of substantiated cases")
    person_months: Reals = column(np.float64, "politics", "thousand", "decayed person-months served, full scale")
    sanctioned: Reals = column(np.float64, "politics", "-", "decaying memory of sanctions felt")
    last_sanction_week: Reals = column(np.float64, "politics", "weeks", "week of the last step against it", -1e6)
    exit_hazard: Reals = column(np.float64, "politics", "-", "cumulative excess hazard of withdrawing a unit")
    withdrawals: Ints = column(np.int64, "politics", "-", "units withdrawn so far; part of the draw's key")
    replaces: Reals = column(np.float64, "politics", "persons", "personnel it provides in place of others, full scale")


@dataclass
class Incidents(Table):
    """Acts that affected persons may still come to report; rows are dropped once reported or forgotten."""

    billet: Ints = column(np.int64, "report", "row", "billet of the person concerned")
    occupant: Ints = column(np.int64, "report", "-", "its occupant then")
    contributor: Ints = column(np.int64, "report", "-", "contributor whose people filled the billet then")
    role: Ints = column(np.int64, "report", "-", "index into ROLES")
    act_step: Ints = column(np.int64, "report", "step", "step of the act")
    person: Ints = column(np.int64, "report", "row", "trafficked person affected; -1 a seller who was not trafficked")
    cell: Ints = column(np.int64, "report", "row", "cell")
    hazard: Reals = column(np.float64, "report", "-", "cumulative hazard of being reported")
    threshold: Reals = column(np.float64, "report", "-", "hazard at which it is reported")


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


OWNERS: dict[str, str] = {
    f"{name}.{f.name}": f.metadata["owner"] for name, table in TABLES.items() for f in columns_of(table)
}
ALL_COLUMNS = tuple(OWNERS)


def owned_by(phase: str) -> tuple[str, ...]:
    """Names ``table.column`` of the columns a phase owns."""
    return tuple(column for column, owner in OWNERS.items() if owner == phase)
