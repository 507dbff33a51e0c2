"""Words of contributors: record, standing and stance, and from what record or rule on they would fare or act otherwise.

Every figure of the last sentence comes from asking the model's rules again in a world that differs in one input. The
sentences say nothing of later weeks, and invent no motive.
"""

from __future__ import annotations

import numpy as np

from sim.explain.supposed import supposing, turning_point
from sim.explain.words import percent, said
from sim.institutions.contributor import TroopContributingCountry
from sim.numerics import exp, step_probability
from sim.phases.politics import sanctions
from sim.phases.politics.responses import excess_exit_hazard
from sim.world.state import World

MOST_CASES = 1e6  # recent cases beyond which no contributor's record is looked for


def of_contributor(agent: TroopContributingCountry) -> str:
    """Record, standing and stance in words."""
    world, n = agent.model.world, agent.number
    c = world.contributors
    own = world.units.contributor == n
    vacant = int((own & (world.units.filled_share <= 0.0)).sum())
    parts = [
        f"Contributor {n:02d}: {int(world.units.n_present[own].sum()):,} persons present; {int(own.sum())} posts of "
        f"contingents, {vacant} of them vacant after a suspension or withdrawal; rule-of-law index {c.rule_of_law[n]:+.2f} "
        f"standard deviations; {agent.asked} referrals received, {agent.answered} answered in substance.",
        standing_in_words(world, n),
        f"Sanctions felt {c.sanctioned[n]:.2f}, {int(c.withdrawals[n])} units withdrawn, reimbursement withheld "
        f"{100.0 * c.pay_withheld[n]:.0f} %; {_jurisdiction(world, n)}.",
        f"After a finding its people expect removal with a chance of {c.q_removed[n]:.2f}, prosecution "
        f"{c.q_prosecuted[n]:.2f}, conviction {c.q_convicted[n]:.2f}.",
        _otherwise(world, agent),
    ]
    return " ".join(parts)


def _jurisdiction(world: World, n: int) -> str:
    """Who may try its people, in words."""
    c = world.contributors
    accepted = "has accepted" if c.ratification[n] > c.ratification_draw[n] else "has not accepted"
    return f"{'consents' if c.has_consented[n] else 'does not consent'} to trials on site, {accepted} host jurisdiction"


def standing_in_words(world: World, number: int) -> str:
    """A contributor's score against the threshold at which it would be sanctioned, and how dependence moves that."""
    p, (score, mean) = world.parameters.dependence, sanctions.scores(world)
    depends = float(sanctions.dependence(world)[number])
    ready = sanctions.readiness_by_contributor(world)
    record = (
        f"Record: {world.contributors.record[number]:.1f} recent substantiated cases, a score of {score[number]:.2f} per "
        f"thousand person-months where the mission's mean is {mean:.2f}."
    )
    needed = (
        f"Its absence would cost {depends:.2f} times the shortfall the mission tolerates, which raises the threshold by a "
        f"factor of {exp(p.psi * depends):.2f}"
    )
    if not (world.units.n_present[world.units.contributor == number] > 0).any():
        return f"{record} {needed}; but none of its people are present, so none applies."
    if not world.parameters.switches.sanctions or ready[number] <= 0.0 or mean <= 0.0:
        why = (
            "there is no case yet" if ready[number] > 0.0 else "no authority its people answer to is ready to sanction"
        )
        return f"{record} {needed}; but {why}, so none applies."
    threshold = float(sanctions.thresholds(world, ready, mean)[number])
    side = "above" if score[number] > threshold else "not above"
    return f"{record} {needed}, to {threshold:.2f}: its score is {side} it."


def _otherwise(world: World, state: TroopContributingCountry) -> str:
    """What would have got it sanctioned, made it answer or made it leave."""
    n, units = state.number, world.units
    own = np.flatnonzero(units.contributor == n)
    present = own[units.n_present[own] > 0]
    if not len(present):
        return said("none of its people are present, so that it decides nothing until some are deployed again")
    largest = int(present[np.argmax(units.n_present[present])])
    return said(_sanction(world, n), _reply(world, state, largest), _withdrawal(world, n))


def _sanction(world: World, n: int) -> str:
    """From how many recent cases on it would have been sanctioned."""
    record = float(world.contributors.record[n])
    ready = sanctions.readiness_by_contributor(world)
    supposed = sanctions.readiness_supposed(world)
    if not world.parameters.switches.sanctions or supposed[n] <= 0.0:
        return "no record would have brought a sanction, because no authority its people answer to gives any"
    needed = cases_needed(world, n, supposed)
    if needed is None:
        return _not_whatever_its_record(world, n, supposed)
    given = "" if ready[n] > 0.0 else "were an authority ready to sanction (dose 1), "
    if record < needed:
        return (
            f"{given}{needed:.1f} recent substantiated cases instead of {record:.1f} would have called for a sanction"
        )
    return (
        f"{given}fewer than {needed:.1f} recent substantiated cases instead of {record:.1f} would have called for none"
    )


def _not_whatever_its_record(world: World, n: int, readiness: np.ndarray) -> str:
    """Why no record of its own brings a sanction, and whether one would without dependence on it."""
    free = cases_needed(supposing(world, {"dependence.psi": 0.0}), n, readiness)
    start = "no number of its own cases would have called for a sanction, because they raise the mission's mean as well"
    if free is None:
        return start
    return (
        f"{start} and the mission depends on it; without that dependence {free:.1f} recent substantiated cases instead of "
        f"{world.contributors.record[n]:.1f} would have"
    )


def cases_needed(world: World, n: int, readiness: np.ndarray) -> float | None:
    """Recent substantiated cases from which a contributor's record calls for a sanction; None where none would.

    Its own cases raise the mission's mean as well, and with it the threshold.
    """

    def calls(cases: float) -> bool:
        record = world.contributors.record.copy()
        record[n] = cases
        other = supposing(world, columns={"contributors.record": record})
        score, mean = sanctions.scores(other)
        return bool(
            mean > 0.0 and sanctions.is_called_for(other, score, sanctions.thresholds(other, readiness, mean))[n]
        )

    return turning_point(calls, 0.0, MOST_CASES)


def _reply(world: World, state: TroopContributingCountry, unit: int) -> str:
    """What publicity would have done to its answers."""
    authority, visibility = int(world.units.authority[unit]), float(world.units.visibility[unit])
    now, public = (state.reply_chance(world, authority, seen) for seen in (visibility, 1.0))
    return (
        f"were every outcome published instead of {percent(visibility)}, it would answer a referral in substance with a "
        f"chance of {percent(public)} instead of {percent(now)}"
    )


def _withdrawal(world: World, n: int) -> str:
    """What waiving its people's immunity would have done."""
    if not world.parameters.switches.contributor_response:
        return "nothing makes it leave, because contributors' responses are switched off"
    waiver = np.where(world.units.contributor == n, 1.0, world.units.waiver)
    now, waived = (
        step_probability(float(excess_exit_hazard(one)[n]), 1.0)
        for one in (world, supposing(world, columns={"units.waiver": waiver}))
    )
    return (
        f"were the immunity of all its people waived, it would withdraw a unit within a year with a chance of "
        f"{percent(waived)} instead of {percent(now)}"
    )
