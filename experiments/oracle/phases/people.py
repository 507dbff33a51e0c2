"""People: who is recruited, found, taken, identified, assisted, returned, or trafficked again."""

from __future__ import annotations

from experiments.oracle.agents.person import TraffickedPerson
from experiments.oracle.agents.venue import Venue
from experiments.oracle.model import OracleModel
from sim.rng import Decision

TINY = 1e-9


def step(model: OracleModel) -> None:
    """One week in the lives of trafficked persons."""
    _recruit(model)
    model.do(TraffickedPerson, "be_found")
    _private_owners(model)
    places = model.knob("assistance_places", float(model.inputs.series.assistance_places[model.now])) * model.scale
    _set_rates(model, places)
    leaving = [(person, person.live()) for person in model.people]
    for person, destination in leaving:
        if destination is not None:
            person.go(destination)
    _assist(model, places, [person for person, destination in leaving if destination == "decides"])
    for venue in model.of(Venue):
        venue.persons = venue.inbound = 0
    model.do(TraffickedPerson, "be_counted")


def _recruit(model: OracleModel) -> None:
    """Turn orders into persons while somebody is at risk: prevention stops some, the others are recruited."""
    prevention = model.knobs("prevention", [0.0] * len(model.origins))
    asked: dict[int, int] = {}
    for row, venue in model.orders:
        origin = model.origins[row]
        ordinal = asked.get(row, 0)
        asked[row] = ordinal + 1
        if origin.at_risk == 0:
            continue
        origin.at_risk -= 1
        person = TraffickedPerson.create(model, origin=row, ordinal=ordinal, week_recruited=model.now)
        u = model.draw(Decision.RECRUIT, model.now, person.key)
        if origin.strikes(Decision.RECRUIT, u, prevention[row]):
            origin.prevented += 1
            model.people.pop().remove()
        else:
            person.enter("recruited", model.venues[venue])


def _private_owners(model: OracleModel) -> None:
    """Owners whose tour has ended let go; then, in order of keys, others take a person from a venue where they are."""
    model.do(TraffickedPerson, "outlive_owner")
    takers = [peacekeeper for peacekeeper in model.billets if peacekeeper.wants_person and peacekeeper.sought > 0]
    for owner in sorted(takers, key=lambda taker: taker.key):
        here = [
            (model.draw(Decision.OWNER_PERSON, model.now, person.key, person.week_recruited), person.row)
            for person in model.people
            if person.is_in("exploited_venue") and person.cell == owner.cell and person.place.is_open
        ]
        if here:
            model.people[min(here)[1]].be_taken(owner)


def _set_rates(model: OracleModel, places: float) -> None:
    """Hazards that are the same for all, and chances of being stopped on the way by place of origin."""
    p = model.parameters
    hazard = model.knob("identification", p.persons.identification_per_week)
    outreach = p.assistance.outreach_share * hazard
    exploited = sum(person.is_in("exploited_venue", "exploited_private") for person in model.people)
    if exploited:
        outreach = min(outreach, places / max(p.persons.uptake, TINY) / exploited)
    capacity = sum(country.host_capacity for country in model.countries) / len(model.countries)
    police = (1.0 - p.assistance.outreach_share) * hazard * capacity / p.host_capacity.reference
    again = model.knob("retrafficking", p.persons.retrafficking_per_week)
    model.rates = {
        "identified": outreach + police,
        "escaped": model.knob("escape", p.persons.escape_per_week),
        "retrafficked": again if p.switches.retrafficking else 0.0,
    }
    model.p_stopped = model.knobs("interception", [origin.dated("interception", 0.0) for origin in model.origins])


def _assist(model: OracleModel, places: float, persons: list[TraffickedPerson]) -> None:
    """Assist those who want it, as far as places go, by lot; unused places carry over for some weeks."""
    p = model.parameters
    most = places * p.assistance.carry_over_weeks + 1.0 if places > 0.0 else 0.0
    model.assistance_credit = min(model.assistance_credit + places * model.dt, most)
    uptake = model.knob("uptake", p.persons.uptake)
    protection = model.knob("protection", p.testimony.protection)
    ties = [network.ties for network in model.networks if network.is_active]
    threat = sum(ties) / len(ties) if ties else 0.0
    takers = [person for person in persons if person.wants_assistance(uptake)]
    takers.sort(key=lambda person: (person.chance_to(Decision.PERSON_ASSISTANCE, 1), person.row))
    helped = takers[: int(model.assistance_credit)]
    model.assistance_credit -= len(helped)
    model.tell("assisted_persons", float(len(helped)))
    for person in persons:
        if person in helped:
            person.be_assisted(protection, threat)
        else:
            person.enter("unassisted")
