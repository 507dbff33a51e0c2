"""Phase 8, justice: from a substantiated case to a court, or to silence, and whether the mission ever hears of it.

Only contributors can try their people, unless immunity is waived, host jurisdiction is accepted, or a court sits on site
by consent. Source: A01 to A05 (answers), A20 to A24 (outcomes); mechanisms note A.9.
"""

from __future__ import annotations

from sim.clock import WEEKS_PER_YEAR
from sim.institutions.bodies import bodies
from sim.institutions.case import PersonnelCase
from sim.institutions.court import Court
from sim.institutions.oversight import UNOversight
from sim.numerics import log
from sim.rng import Decision
from sim.world.state import World

ON_SITE = ("in_country", "host", "special")


def run(world: World) -> None:
    """Answers that fall due, and outcomes of all courts."""
    for oversight in bodies(world).oversight:
        for case, is_silent in oversight.due(world.step):
            _answer(world, oversight, case, is_silent)
    if world.n_on_trial:
        all_of = bodies(world)
        for court in (*all_of.courts.values(), *all_of.host_courts, *all_of.special_courts):
            for case in court.decide_due(world) if court.n_pending else ():
                _conclude(world, case)


def refer(world: World, oversight: UNOversight, case: PersonnelCase) -> None:
    """Send a substantiated case where it can be tried, if anywhere."""
    share = world.parameters.oversight.referral_share
    if share < 1.0 and case.draw(world.seed, Decision.WAIVER, 1) >= share:
        _end(world, oversight, case, "not referred")
        return
    c, number = world.contributors, case.contributor
    waived = case.draw(world.seed, Decision.WAIVER) < world.units.waiver[case.unit]
    accepted = bool(c.is_state[number] and c.ratification[number] > c.ratification_draw[number])
    if not (waived or accepted or c.is_state[number]):
        _end(world, oversight, case, "no court")
        return
    case.referral_step = world.step
    world.count("referred", 1.0)
    if waived or accepted:
        _try_in_host_or_special_court(world, oversight, case)
    else:
        _ask_contributor(world, oversight, case)


def _try_in_host_or_special_court(world: World, oversight: UNOversight, case: PersonnelCase) -> None:
    """Charge before a special court where one sits, else before the host country's courts as far as they are able."""
    special = next((court for court in bodies(world).special_courts if court.is_open(world)), None)
    country = int(world.cells.country[max(case.cell, 0)])
    court: Court = special if special is not None else bodies(world).host_courts[country]
    case.forum = "special" if special is not None else "host"
    if special is not None:
        chance = special.charge_chance(world)
    else:
        chance = bodies(world).host_courts[country].charge_chance(world, float(world.countries.host_capacity[country]))
    if case.draw(world.seed, Decision.CHARGE) < chance:
        _charge(world, case)
        court.charge(world, case)
    else:
        _end(world, oversight, case, "not charged")


def _ask_contributor(world: World, oversight: UNOversight, case: PersonnelCase) -> None:
    """Refer to the contributor: it may name an investigator, and it may answer in substance before the request lapses."""
    p, state = world.parameters.prosecution, bodies(world).states[case.contributor]
    case.forum = "home"
    named = world.knobs.of("investigator_named", p.p_investigator_named, case.authority)
    if case.draw(world.seed, Decision.INVESTIGATOR_NAMED) < named:
        case.named_step = world.step
        world.count("investigators_named", 1.0)
    weeks = p.request_weeks
    if state.answers(world, case, float(world.units.visibility[case.unit])):
        weeks = -log(case.draw(world.seed, Decision.REPLY_DELAY)) * p.reply_weeks
    is_silent = weeks >= p.request_weeks
    oversight.await_answer(world.step + max(1, round(min(weeks, p.request_weeks) / world.dt)), case, is_silent)


def _answer(world: World, oversight: UNOversight, case: PersonnelCase, is_silent: bool) -> None:
    """An answer, or the end of waiting for one."""
    if is_silent:
        _end(world, oversight, case, "no reply")
        return
    case.answer_step = world.step
    world.count("tcc_answers", 1.0)
    state = bodies(world).states[case.contributor]
    if case.draw(world.seed, Decision.CHARGE) < state.charge_chance(world, case):
        _charge(world, case)
        bodies(world).courts[case.contributor].charge(world, case)
    else:
        _end(world, oversight, case, "not charged")


def try_on_site(world: World, case: PersonnelCase) -> None:
    """A court martial or civil court of a consenting contributor in the mission area, right after fact-finding."""
    if case.draw(world.seed, Decision.CHARGE, 1) >= world.parameters.prosecution.in_country_charge:
        return
    case.forum = "in_country"
    case.referral_step = case.answer_step = world.step
    world.count("referred", 1.0)
    world.count("tcc_answers", 1.0)
    _charge(world, case)
    bodies(world).courts[case.contributor].try_on_site(world, case)


def _charge(world: World, case: PersonnelCase) -> None:
    """Count a charge, which a court is about to hear."""
    count_consequence(world, case)
    world.n_on_trial += 1
    case.charge_step = world.step
    world.count("charged", 1.0)


def count_consequence(world: World, case: PersonnelCase) -> None:
    """Count the first consequence of any kind for a person, whichever of several cases it comes from."""
    person, held = (case.billet, case.occupant), bodies(world).oversight[case.authority].held
    if person not in held:
        held.add(person)
        world.count("consequences", 1.0)
        world.count("involved_tours", 1.0)  # a tour cut short counts as one, beside the time of those who were spared


def _conclude(world: World, case: PersonnelCase) -> None:
    """An outcome of a court."""
    world.n_on_trial -= 1
    convicted = case.outcome == "convicted"
    world.count("convicted", float(convicted))
    world.events.emit(
        world.step,
        "court_outcome",
        int(world.units.key[case.unit]),
        contributor=case.contributor,
        value=float(convicted),
    )
    _end(world, bodies(world).oversight[case.authority], case, case.outcome)


def _end(world: World, oversight: UNOversight, case: PersonnelCase, outcome: str) -> None:
    """Close a substantiated or tried case and let its contributor's people hear of it, or not."""
    c, number = world.contributors, case.contributor
    oversight.close(world, case, outcome)
    hears = case.forum in ON_SITE and case.charge_step >= 0
    case.is_visible = hears or case.draw(world.seed, Decision.VISIBILITY) < world.units.visibility[case.unit]
    c.courts_decided[number] += 1.0
    if not (case.is_visible and case.charge_step >= 0):
        return
    c.charges_seen[number] += 1.0
    c.convictions_seen[number] += outcome == "convicted"
    c.delay_seen[number] += (world.step - case.act_step) * world.dt / WEEKS_PER_YEAR
    world.count("observed_charged", 1.0)
    world.count("observed_convicted", float(outcome == "convicted"))
