"""Institutions of the oracle: made from those of a world, and put beside them afterwards, in plain values."""

from __future__ import annotations

from typing import Any

from experiments.oracle.agents.case import Case
from experiments.oracle.agents.court import Court, HostCourt, SpecialCourt, TCCCourt
from experiments.oracle.agents.docket import Docket
from experiments.oracle.agents.host_justice import HostJustice, OrganiserCase
from experiments.oracle.agents.oversight import INQUIRY_WEEKS, Oversight
from experiments.oracle.model import OracleModel
from sim.institutions.bodies import bodies
from sim.world.state import World


def load(model: OracleModel, world: World) -> None:
    """Make the model's institutions in the state of the world's."""
    model.oversight = [_oversight(model, theirs) for theirs in bodies(world).oversight]
    model.host_justice = [_host_justice(model, theirs) for theirs in bodies(world).host_justice]
    model.courts = {number: _court(TCCCourt(model), theirs) for number, theirs in bodies(world).courts.items()}
    model.host_courts = [_court(HostCourt(model), theirs) for theirs in bodies(world).host_courts]
    model.special_courts = [
        _court(SpecialCourt(model, theirs.opens_week, theirs.cases_per_year), theirs) for theirs in bodies(world).special_courts
    ]
    for number, theirs in bodies(world).states.items():
        state = model.contributors[number]
        state.asked, state.answered = theirs.asked, theirs.answered


def _oversight(model: OracleModel, theirs: Any) -> Oversight:
    """An oversight body with its cases, clocks, pending answers and memory."""
    mine = Oversight(model, theirs.authority)
    mine.cases = [Case(model, **vars(case)) for case in theirs.cases]
    mine.open = {suspect: mine.cases[case.case_id] for suspect, case in theirs._open.items()}
    _fill(mine.facts, theirs.fact_finding, [mine])
    _fill(mine.investigations, theirs.investigations, [mine])
    mine.answers = [(step, mine.cases[number], is_silent) for step, number, _, is_silent in theirs._answers]
    mine.reported, mine.held = set(theirs.reported), set(theirs.held)
    mine.reports_on = {unit: list(weeks) for unit, weeks in theirs._reports.items()}
    mine.n_inquiries = theirs.n_inquiries
    return mine


def _host_justice(model: OracleModel, theirs: Any) -> HostJustice:
    """Courts against organisers with their cases."""
    mine = HostJustice(model, theirs.country)
    mine.docket = [OrganiserCase(**vars(case)) for case in theirs.docket]
    mine.decided = [OrganiserCase(**vars(case)) for case in theirs.decided]
    return mine


def _court(mine: Any, theirs: Any) -> Any:
    """A court with its docket, trials on site and counts."""
    bodies = mine.model.oversight
    _fill(mine.docket, theirs.docket, bodies)
    if isinstance(mine, TCCCourt):
        mine.on_site = [(step, bodies[case.authority].cases[case.case_id]) for step, case in theirs.on_site]
    mine.n_decided, mine.n_convicted = theirs.n_decided, theirs.n_convicted
    return mine


def _fill(mine: Docket, theirs: Any, bodies: list[Oversight]) -> None:
    """Cases in progress with the work left in each; the world keeps the reading of a clock at which each ends."""
    cases = {(body.authority, case.case_id): case for body in bodies for case in body.cases}
    for end, _, _, case in theirs._waiting:
        mine.left[cases[case.authority, case.case_id]] = end - theirs.clock


def _states_of(model: OracleModel) -> list[Any]:
    """Contributors with courts of their own."""
    return [contributor for contributor in model.contributors if contributor.row in model.courts]


def plain_of_model(model: OracleModel) -> dict[str, Any]:
    """State of the model's institutions by name, in plain values that can be compared."""
    courts: list[Court] = [*model.host_courts, *model.special_courts]
    return {
        "oversight": {body.name: body.plain() for body in model.oversight},
        "host_justice": [body.plain() for body in model.host_justice],
        "courts": {number: court.plain() for number, court in model.courts.items()},
        "courts_on_site": [court.plain() for court in courts],
        "replies": {state.row: (state.asked, state.answered) for state in _states_of(model)},
    }


def plain_of_world(world: World) -> dict[str, Any]:
    """State of the world's institutions under the same names."""
    names = ("un", "nato", "employer")
    return {
        "oversight": {names[body.authority]: _plain_oversight(body, world.week) for body in bodies(world).oversight},
        "host_justice": [
            {"cases": sorted(map(_on_file, [*body.docket, *body.decided]), key=lambda case: case["case_id"])}
            for body in bodies(world).host_justice
        ],
        "courts": {number: _plain_court(court) for number, court in bodies(world).courts.items()},
        "courts_on_site": [_plain_court(court) for court in (*bodies(world).host_courts, *bodies(world).special_courts)],
        "replies": {number: (state.asked, state.answered) for number, state in bodies(world).states.items()},
    }


def _on_file(case: Any) -> dict[str, Any]:
    """All fields of a case."""
    return dict(vars(case))


def _plain_oversight(body: Any, week: float) -> dict[str, Any]:
    """What an oversight body of the world knows."""
    recent = {unit: [w for w in weeks if w > week - INQUIRY_WEEKS] for unit, weeks in body._reports.items()}
    return {
        "cases": [_on_file(case) for case in body.cases],
        "open": {suspect: case.case_id for suspect, case in body._open.items()},
        "facts": {key[1]: left for key, left in _left(body.fact_finding).items()},
        "investigations": {key[1]: left for key, left in _left(body.investigations).items()},
        "answers": {number: (step, is_silent) for step, number, _, is_silent in body._answers},
        "reported": sorted(body.reported),
        "held": sorted(body.held),
        "reports_on": {unit: weeks for unit, weeks in recent.items() if weeks},
        "n_inquiries": body.n_inquiries,
    }


def _plain_court(court: Any) -> dict[str, Any]:
    """What a court of the world knows."""
    plain = {"docket": _left(court.docket), "n_decided": court.n_decided, "n_convicted": court.n_convicted}
    if hasattr(court, "on_site"):
        plain["on_site"] = {(case.authority, case.case_id): step for step, case in court.on_site}
    return plain


def _left(queue: Any) -> dict[tuple[int, int], float]:
    """Work left in each case of a queue of the world."""
    return {(case.authority, case.case_id): end - queue.clock for end, _, _, case in queue._waiting}
