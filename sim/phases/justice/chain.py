"""Phase 8, justice: personnel from intake to fact-finding, removal, investigation and substantiation.

Justice asks, deploy removes: a person to be sent home is marked here and replaced at the next step. Removal may come
before an investigation ends; who has left is barred in absence.
"""

from __future__ import annotations

import numpy as np

from sim.clock import WEEKS_PER_YEAR
from sim.compiled import kernel
from sim.institutions.bodies import bodies
from sim.institutions.case import PersonnelCase
from sim.institutions.oversight import UNOversight, is_present
from sim.knobs import with_probability
from sim.numerics import ratio
from sim.phases.justice import inquiries, referral
from sim.rng import Decision
from sim.world.state import Filed, World


@kernel
def begin(world: World) -> None:
    """Forget last step's decisions and take this step's rules: visibility, waivers, consent, withheld pay."""
    units, p, knobs = world.units, world.parameters, world.effects
    _forget(world)
    if len(units) == 0:
        return
    for u in range(len(units)):
        units.visibility[u] = with_probability(p.prosecution.p_visible, knobs.visibility[units.authority[u]])
        units.waiver[u] = with_probability(0.0, knobs.waiver[u])
    _take_terms(world)


@kernel
def _forget(world: World) -> None:
    """Set what was counted in the last step to nothing."""
    units, c = world.units, world.contributors
    world.networks.fined[:] = 0.0
    world.billets.is_removed[:] = False
    units.removed[:], units.removed_published[:], units.substantiated[:] = 0, 0, 0
    units.command_cases[:], units.command_removals[:] = 0, 0
    c.removals_decided[:], c.removals_seen[:], c.substantiated[:] = 0.0, 0.0, 0.0
    c.courts_decided[:], c.charges_seen[:], c.convictions_seen[:], c.delay_seen[:] = 0.0, 0.0, 0.0, 0.0


@kernel
def _take_terms(world: World) -> None:
    """Who consents to courts on site and ratifies; pay withheld, by contributor's people present."""
    units, c, knobs, p_lost = world.units, world.contributors, world.effects, world.parameters.sanctions.p_pay_lost
    consenting_share = with_probability(0.0, knobs.in_country_consent)
    ratified = knobs.ratification * world.dt / WEEKS_PER_YEAR
    present, weighted = np.zeros(len(c)), np.zeros(len(c))
    for u in world.places.unit_order:
        present[units.contributor[u]] += units.n_present[u]
        withheld = with_probability(p_lost, knobs.pay_withheld[units.authority[u]])
        weighted[units.contributor[u]] += units.n_present[u] * withheld
    for n in range(len(c)):
        c.pay_withheld[n] = ratio(weighted[n], present[n])
        c.has_consented[n] = c.is_state[n] and c.consent_draw[n] < consenting_share
        c.ratification[n] += ratified


def run(world: World) -> None:
    """Record reports, open inquiries, complete fact-findings and investigations."""
    units, billets = world.units, world.billets
    filed: dict[int, list[Filed]] = {}
    for report in world.filed:
        filed.setdefault(int(units.authority[billets.unit[report.billet]]), []).append(report)
    for oversight in bodies(world).oversight:
        if oversight.authority in filed:
            _take_in(world, oversight, filed[oversight.authority])
        for case in oversight.find_facts(world):
            _act_on_facts(world, case)
        for case in oversight.investigate(world):
            _act_on_investigation(world, oversight, case)
    world.filed = []


def _take_in(world: World, oversight: UNOversight, own: list[Filed]) -> None:
    """Record this step's reports about an authority's people, and what inquiries into units add."""
    units, billets, found = world.units, world.billets, []
    for filed in own:
        _record(world, oversight.receive(world, filed))
    if world.parameters.switches.inquiries:
        found = inquiries.find(world, oversight)
    for filed in found:
        _record(world, oversight.receive(world, filed))
    for unit in sorted({int(billets.unit[f.billet]) for f in found}):
        world.events.emit(
            world.step,
            "unit_inquiry",
            int(units.key[unit]),
            contributor=int(units.contributor[unit]),
            value=sum(int(billets.unit[f.billet]) == unit for f in found),
        )
    world.count("observed_allegations", len(own) + len(found))
    world.count("reports", len(found))


def _record(world: World, case: PersonnelCase | None) -> None:
    """Count a new case."""
    if case is not None:
        world.count("cases_recorded", 1.0)
        world.count("screened_in", float(case.is_identified))


def _act_on_facts(world: World, case: PersonnelCase) -> None:
    """Interim removal where there is a case to answer; a court on site where the contributor consents.

    Facts found after the investigation has ended change nothing: the case was decided there.
    """
    c = world.contributors
    if case.investigation_step >= 0:
        return
    c.removals_decided[case.contributor] += 1.0
    if not case.prima_facie:
        return
    was_present = is_present(world, case)
    if was_present:
        _remove(world, case)
    if was_present and c.has_consented[case.contributor]:
        referral.try_on_site(world, case)


def _act_on_investigation(world: World, oversight: UNOversight, case: PersonnelCase) -> None:
    """Close an unsubstantiated case; remove or bar, and refer, in a substantiated one."""
    world.count("investigated", 1.0)
    if not case.is_substantiated:
        if not case.forum:
            oversight.close(world, case, "not substantiated")
        return
    world.count("substantiated", 1.0)
    world.units.substantiated[case.unit] += 1
    world.contributors.substantiated[case.contributor] += 1.0
    if case.removal_step < 0:
        world.contributors.removals_decided[case.contributor] += 1.0
        if is_present(world, case):
            _remove(world, case)
        elif _is_enforced(world, case):
            referral.count_consequence(world, case)
            case.barred_step = world.step
    if not case.forum:
        referral.refer(world, oversight, case)


def _is_enforced(world: World, case: PersonnelCase) -> bool:
    """Whether a finding leads to removal and ban at all."""
    share = world.parameters.oversight.removal_share
    return share >= 1.0 or case.draw(world.seed, Decision.PRIMA_FACIE, 1) < share


def _remove(world: World, case: PersonnelCase) -> None:
    """Ask that a person be sent home, and decide on the commander."""
    if case.removal_step >= 0 or not _is_enforced(world, case):
        return
    units, p = world.units, world.parameters.leadership
    referral.count_consequence(world, case)
    case.removal_step = world.step
    world.billets.is_removed[case.billet] = True
    units.removed[case.unit] += 1
    world.contributors.removals_seen[case.contributor] += 1.0
    world.count("repatriated", 1.0)
    if case.draw(world.seed, Decision.VISIBILITY, 1) < units.visibility[case.unit]:
        units.removed_published[case.unit] += 1
        world.count("observed_repatriated", 1.0)
    units.command_cases[case.unit] += 1
    chance = world.knobs.of("commander_removal", p.p_removed, case.authority)
    if case.draw(world.seed, Decision.COMMANDER_REMOVAL) < chance:
        _remove_commander(world, case)


def _remove_commander(world: World, case: PersonnelCase) -> None:
    """Ask that the commander of a unit be replaced."""
    units, unit = world.units, case.unit
    already = int(units.commanders_removed[unit]) if units.commanders_slot[unit] == units.slot[unit] else 0
    units.commanders_removed[unit], units.commanders_slot[unit] = already + 1, units.slot[unit]
    units.command_removals[unit] += 1
    world.events.emit(world.step, "commander_removed", int(units.key[unit]), contributor=case.contributor)
