"""Report: what police list, what affected persons remember and report, what colleagues and police report of personnel."""

from __future__ import annotations

from experiments.oracle.agents.contingent import logistic
from experiments.oracle.agents.country import Country
from experiments.oracle.agents.incident import Incident
from experiments.oracle.agents.peacekeeper import CLIENT, Peacekeeper
from experiments.oracle.agents.venue import Venue
from experiments.oracle.filed import Report
from experiments.oracle.model import OracleModel
from sim.clock import WEEKS_PER_YEAR
from sim.rng import Decision
from sim.world.person_states import ASSISTED


def step(model: OracleModel) -> None:
    """The list, then affected persons, then colleagues and police."""
    switches = model.parameters.switches
    model.find_owners()
    model.do(Venue, "be_listed")
    published = any(unit.removed_published for unit in model.units)
    for country in model.of(Country):
        country.attend(published)
    active = [peacekeeper for peacekeeper in model.billets if peacekeeper.acts > 0]
    model.filed = _by_affected_persons(model, active) if switches.victim_reports else []
    model.filed += _by_colleagues(model, active) if switches.peer_reports else []
    model.filed += _by_police(model, active) if switches.police_reports else []


def _by_affected_persons(model: OracleModel, active: list[Peacekeeper]) -> list[Report]:
    """Remember some of this week's acts, then let every incident ripen; the reported and the forgotten go."""
    p = model.parameters.reporting
    for peacekeeper in active:
        share = p.reportable_share if peacekeeper.role == CLIENT else p.reportable_share_trade
        chance = peacekeeper.at_least_once(share * peacekeeper.contingent.share_seen)
        u = model.draw(Decision.REPORTABLE, model.now, peacekeeper.key)
        if peacekeeper.strikes(Decision.REPORTABLE, u, chance):
            Incident.of(peacekeeper)
    readiness, filed = _readiness(model), []
    for incident in model.incidents:
        if incident.ripen(readiness):
            channel = "ngo" if incident.state == ASSISTED else "affected"
            filed.append(
                Report(
                    incident.billet,
                    incident.occupant,
                    incident.role,
                    incident.act_step,
                    channel,
                    incident.person,
                    incident.cell,
                    contributor=incident.contributor,
                )
            )
            incident.remove()
        elif incident.is_forgotten:
            incident.remove()
    model.incidents = list(model.of(Incident))
    for row, incident in enumerate(model.incidents):
        incident.row = row
    model.tell("reports", len(filed))
    return filed


def _readiness(model: OracleModel) -> list[float]:
    """Hazard this step of a report by somebody free, by country: knowing where, willing, attention and trust."""
    p, at_start = model.parameters.reporting, model.parameters.testimony.initial_trust
    know = min(model.knob("report_knowledge", p.know_share), 1.0)
    will = model.knob("report_will", p.will_per_year) / WEEKS_PER_YEAR
    trust = [country.trust / at_start if at_start > 0.0 else 1.0 for country in model.countries]
    return [
        know * will * model.dt * (1.0 + country.attention) * ratio
        for country, ratio in zip(model.countries, trust, strict=True)
    ]


def _by_colleagues(model: OracleModel, active: list[Peacekeeper]) -> list[Report]:
    """Acts that colleagues report; commanders pass on some."""
    per_act = [
        model.knobs("peer_report", [logistic(unit.peer_report_log_odds(in_trade)) for unit in model.units])
        for in_trade in (False, True)
    ]
    passed_on = model.knobs("report_pass", [logistic(unit.pass_log_odds) for unit in model.units])
    filed, held_back = [], 0
    for peacekeeper in active:
        unit = peacekeeper.contingent
        chance = peacekeeper.at_least_once(per_act[peacekeeper.role != CLIENT][unit.row] * unit.share_seen)
        u = model.draw(Decision.PEER_REPORT, model.now, peacekeeper.key)
        if not peacekeeper.strikes(Decision.PEER_REPORT, u, chance):
            continue
        model.oversight[unit.authority].reported.add((peacekeeper.row, peacekeeper.occupant))
        u = model.draw(Decision.COMMANDER_FILTER, model.now, peacekeeper.key)
        if peacekeeper.strikes(Decision.COMMANDER_FILTER, u, passed_on[unit.row]):
            filed.append(_report(peacekeeper, "peer"))
        else:
            held_back += 1
    model.tell("reports", len(filed) + held_back)
    model.tell("reports_held_back", held_back)
    return filed


def _by_police(model: OracleModel, active: list[Peacekeeper]) -> list[Report]:
    """Police may report one of those who visited the place of a raid that was not known in advance."""
    filed = []
    for venue in model.venues:
        if not venue.is_raided:
            continue
        u = model.draw(Decision.POLICE_REPORT, model.now, venue.key)
        if not venue.strikes(Decision.POLICE_REPORT, u, model.parameters.reporting.police_share):
            continue
        here = [peacekeeper for peacekeeper in active if peacekeeper.visited == venue.cell]
        if here:
            met = min(here, key=lambda p: model.draw(Decision.POLICE_SUSPECT, model.now, p.key, venue.key))
            filed.append(_report(met, "police"))
    model.tell("reports", len(filed))
    return filed


def _report(peacekeeper: Peacekeeper, channel: str) -> Report:
    """A report about the present occupant of a post and this week's act."""
    return Report(
        peacekeeper.row,
        peacekeeper.occupant,
        peacekeeper.role,
        peacekeeper.model.now,
        channel,
        cell=peacekeeper.visited,
    )
