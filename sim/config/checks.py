"""Rules no single field can state: what shocks and policies do to knobs, which tags they name, finite tables.

A complete scenario is checked here before a run; bounds of single fields are checked by `sim.scenario`.
"""

from __future__ import annotations

import math

from sim.errors import did_you_mean
from sim.knobs import KNOBS, Modifier, knob_problems, shock_modifiers
from sim.parameters import CATEGORIES
from sim.policies import AUTHORITIES, Policy
from sim.scenario import Scenario, policy_problems, scenario_problems


def complete_problems(scenario: Scenario) -> list[str]:
    """Return one message for each rule a complete scenario breaks."""
    found = [
        f"policy.{name}: its file gives no type. Begin its defaults with /policy_type/{name}@_here_."
        for name, policy in sorted(scenario.policy.items())
        if not isinstance(policy, Policy)
    ]
    if found:
        return found
    found = scenario_problems(scenario) + _population_problems(scenario)
    found += _shock_problems(scenario)
    for name, policy in sorted(scenario.policy.items()):
        found += [problem for problem in _policy_problems(scenario, name, policy) if problem not in found]
    return found


def _policy_problems(scenario: Scenario, name: str, policy: Policy) -> list[str]:
    """Rules of a policy, and what it does to knobs as far as its own numbers can be used."""
    where = f"policy.{name}"
    wrong = policy_problems(name, policy)
    if wrong:
        return wrong
    modifiers = policy.modifiers()
    return knob_problems(where, modifiers) + _tag_problems(scenario, where, modifiers)


def _population_problems(scenario: Scenario) -> list[str]:
    """Populations must be finite; that they are above zero is checked with the mission."""
    return [
        f"mission.populations.{country} = {persons}: must be a finite number (persons). Give a number."
        for country, persons in scenario.mission.populations.items()
        if persons == math.inf
    ]


def _shock_problems(scenario: Scenario) -> list[str]:
    """A shock's effects must name knobs, coefficients they can take, and tags that exist."""
    shock = scenario.shock
    found = [
        f"shock.effects.{i} = {effect.knob or 'no knob'}: unknown knob. {did_you_mean(effect.knob, KNOBS)}"
        for i, effect in enumerate(shock.effects)
        if effect.knob not in KNOBS
    ]
    found += [
        f"shock.effects.{i}.coefficient = {effect.coefficient}: must be a finite number (-). Give a number."
        for i, effect in enumerate(shock.effects)
        if not math.isfinite(effect.coefficient)
    ]
    if found or not math.isfinite(shock.size):
        return found
    modifiers = shock_modifiers(shock)
    return knob_problems("shock", modifiers) + _tag_problems(scenario, "shock", modifiers)


def _tag_problems(scenario: Scenario, origin: str, modifiers: list[Modifier]) -> list[str]:
    """Filters must belong to the knob's axis and name something this mission has; sectors are checked by the world."""
    tags = known_tags(scenario)
    found = []
    for modifier in modifiers:
        knob = KNOBS.get(modifier.knob)
        if knob is None or not modifier.only:
            continue
        where = f"{origin}.{modifier.knob}.only"
        if knob.axis is None:
            found.append(f"{where} = {list(modifier.only)}: this knob has no parts to choose from. Leave 'only' out.")
            continue
        found += [
            f"{where} = {tag}: matches nothing here. {did_you_mean(tag, tags[knob.axis])}"
            for tag in modifier.only
            if tag not in tags[knob.axis] and not (knob.axis == "contingent" and tag.startswith("sector:"))
        ]
    return found


def known_tags(scenario: Scenario) -> dict[str, list[str]]:
    """Return the tags a filter may name, by axis of the knob."""
    mission = scenario.mission
    categories = [f"category:{name}" for name in CATEGORIES]
    authorities = [f"authority:{name}" for name in AUTHORITIES]
    return {
        "category": categories,
        "contingent": [*categories, *authorities, "contributor:largest"],
        "authority": authorities,
        "country": [f"country:{code}" for code in mission.countries],
        "origin": ["abroad", "local", *(f"country:{code}" for code in [*mission.source_countries, *mission.countries])],
    }
