"""Words of peacekeepers and contingents: a decision term by term, norms, leadership and expectations.

What would have changed them comes from the model's own rules asked again with one input changed; where an agent decides
nothing, the sentence says what it would take. It leaves out what would have followed later: that takes another run.
"""

from __future__ import annotations

from sim.agents.personnel import Contingent, Peacekeeper, certainty_seen, weeks_unpunished
from sim.explain.words import counted, said, where
from sim.numerics import exp, logistic
from sim.phases.decide.weighing import compliance, inclination_terms, perceived_loss
from sim.phases.perceive.beliefs import command_risk, leadership_now, perceived_certainty
from sim.world.state import World

OTHER_CERTAINTY = 0.4  # what an explanation compares with


def of_peacekeeper(agent: Peacekeeper) -> str:
    """The decision of this step, term by term."""
    who = (
        f"Peacekeeper {agent.number}: {agent.category}, contingent {agent.contingent}, {agent.contributor}, tour "
        f"{agent.tour}, deployed {where(agent)}."
    )
    if not agent.is_prone:
        nothing = said(
            "nothing in this tour, because neither price nor risk nor norms reach a decision the draw has ruled out; the "
            "next occupant of the post draws anew"
        )
        return f"{who} By the model's random draw for this tour not prone: seeks no paid contact, whatever the price. {nothing}"
    terms = agent.decision_terms
    listed = ", ".join(f"{name.replace('_', ' ')} {value:+.2f}" for name, value in terms.items())
    parts = [
        who,
        "By the model's random draw for this tour prone, that is, may ever become a client; the draw says nothing about "
        "any real person or country.",
        f"Log-odds this step: {listed}. Together {sum(terms.values()):+.2f}: a chance of {agent.p_act:.3f} to take up a "
        "free opportunity.",
        _risk_in_words(agent),
        f"The price within reach now stands at {agent.price_faced_usd:.0f} USD per unit of service; it acts on how many "
        "visits are sought, not on this chance.",
        f"Sought {counted(agent.sought, 'visit')} this step, of which {agent.acts} took place; {agent.tour_acts} in this "
        "tour so far.",
    ]
    if agent.model.world.billets.wants_person[agent.row]:
        parts.append("Sought this step to take a person out of a venue and hold that person privately.")
    if agent.is_facilitator:
        parts.append("Has helped a network in this tour.")
    return " ".join([*parts, _other_certainty(agent)])


def _risk_in_words(agent: Peacekeeper) -> str:
    """Where the perceived risk comes from."""
    world, unit, certainty = agent.model.world, agent.unit, certainty_seen(agent.model.world, agent.row)
    loss, weeks = float(perceived_loss(world)[0][unit]), weeks_unpunished(world, agent.row)
    own = f"{weeks:.0f} own weeks unpunished" if weeks > 0 else "nothing of own experience"
    return (
        f"The perceived risk is a certainty of {certainty:.3f} of being found out in a tour, from the "
        f"{perceived_certainty(world)[unit]:.3f} the contingent has come to expect and {own}, times a perceived loss of "
        f"{loss:.2f} if found out."
    )


def of_contingent(agent: Contingent) -> str:
    """Norm, leadership and expectations, what they do to the log-odds of its members, and what became of its record."""
    world, p = agent.model.world, agent.model.world.parameters.norms
    weight = p.norm_weight if world.parameters.switches.norms else 0.0
    leadership = float(leadership_now(world)[agent.row])
    client, trade = (float(loss[agent.row]) for loss in perceived_loss(world))
    parts = [
        f"Contingent {agent.number}: {agent.category}, {agent.contributor}, {agent.n_present} persons present in tour "
        f"{agent.tour}, tours of {agent.tour_weeks:.0f} weeks. It regards a participation of {agent.norm:.3f} as normal, "
        f"against {p.reference_participation:.3f} to begin with, which moves its members' log-odds by "
        f"{weight * (agent.norm - p.reference_participation):+.2f}.",
        f"Leadership: {agent.leadership:+.2f} standard deviations in this commander, {leadership:+.2f} with the effort "
        f"that the risk of removal calls for ({command_risk(world)[agent.row]:+.3f} above the prior), which moves them by "
        f"{-p.leadership_weight * leadership:+.2f}.",
        f"From removals seen and tours gone unpunished its members expect to be found out in a tour with a chance of "
        f"{agent.perceived_certainty:.3f}; to be found out costs clients {client:.2f} log-odds, owners and facilitators "
        f"{trade:.2f}.",
        f"This step its members sought {counted(agent.sought, 'visit')}; {agent.acts} took place. {agent.involved:.0f} "
        f"had been clients in this tour; {counted(agent.removed, 'person')} to be sent home. Decayed record: "
        f"{agent.record:.1f} substantiated cases.",
    ]
    last = odds_at_other_inputs(world, agent.row)
    return " ".join([*parts, *_rules_in_words(agent), *_vacancy_in_words(agent), last])


def _rules_in_words(agent: Contingent) -> list[str]:
    """Training and off-limits rules, where policies give any."""
    world = agent.model.world
    training = float(inclination_terms(world)["training"][agent.row])
    private = float(world.units.private_share[agent.row])
    if training == 0.0 and private == 0.0:
        return []
    return [
        f"Of the rules given it follows {100.0 * float(compliance(world)[agent.row]):.0f} %: training moves its members "
        f"by {training:+.2f}, and {100.0 * private:.0f} % of their visits move to private premises."
    ]


def _vacancy_in_words(agent: Contingent) -> list[str]:
    """Whether its contributor withdrew, was suspended, or was replaced in part."""
    if agent.filled_share >= 1.0:
        return []
    return [f"Only {100.0 * agent.filled_share:.0f} % of its planned strength is provided at present."]


def _other_certainty(agent: Peacekeeper) -> str:
    """What another certainty of being found out would have done to a decision."""
    world, now = agent.model.world, sum(agent.decision_terms.values())
    certainty, loss = certainty_seen(world, agent.row), float(perceived_loss(world)[0][agent.unit])
    other = logistic(now + (certainty - OTHER_CERTAINTY) * loss)
    return said(
        f"at a certainty of {OTHER_CERTAINTY:g} instead of {certainty:.3f} of being found out the chance would be "
        f"{other:.3f} instead of {logistic(now):.3f}"
    )


def odds_at_other_inputs(world: World, unit: int) -> str:
    """What another certainty, or the norm it began with, would have done to its members' odds."""
    units, p = world.units, world.parameters
    if units.n_present[unit] == 0:
        return said("none of it is present, so that nobody decides anything until some are deployed again")
    certainty, loss = float(perceived_certainty(world)[unit]), float(perceived_loss(world)[0][unit])
    by_risk = exp((certainty - OTHER_CERTAINTY) * loss)
    weight = p.norms.norm_weight * p.switches.norms
    by_norm = exp(weight * (p.norms.reference_participation - float(units.norm[unit])))
    return said(
        f"at a certainty of {OTHER_CERTAINTY:g} instead of {certainty:.3f} of being found out the odds that a member who "
        f"might become a client takes up an opportunity would be {by_risk:.2f} times what they are, and at the norm it began "
        f"with {by_norm:.2f} times"
    )
