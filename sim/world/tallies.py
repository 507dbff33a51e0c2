"""A step's counted facts and levels, in numbers that rules write and the record keeps.

``Flows`` are emptied before each step and counted by whoever does what they count; ``Levels`` are taken by the record
phase at the end of a step. Indicators are made of both (``sim.indicators``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.tables import Shared, count


@dataclass
class Flows(Shared):
    """What was counted in this step."""

    international_demand: float = count("visits", "visits personnel seek", 0.0)
    local_demand: float = count("visits", "visits local clients seek", 0.0)
    true_acts: float = count("visits", "visits of personnel that took place", 0.0)
    local_acts: float = count("visits", "visits of local clients that took place", 0.0)
    market_revenue_usd: float = count("USD", "revenue of all venues", 0.0)
    international_revenue: float = count("USD", "of this, from personnel", 0.0)
    newly_involved: float = count("persons", "persons with a first visit in their tour", 0.0)
    involved_tours: float = count("tours", "tours of involved persons", 0.0)
    venues_opened: float = count("venues", "venues opened or reopened", 0.0)
    venues_closed: float = count("venues", "venues closed, by whomever", 0.0)
    venues_closed_by_police: float = count("venues", "venues closed by police", 0.0)
    raids: float = count("raids", "raids", 0.0)
    raids_leaked: float = count("raids", "of these, known in advance", 0.0)
    persons_met: float = count("persons", "persons met in raids", 0.0)
    persons_met_trafficked: float = count("persons", "of these, trafficked", 0.0)
    new_recruitments: float = count("persons", "persons recruited, again or for the first time", 0.0)
    intercepted_persons: float = count("persons", "persons stopped on the way", 0.0)
    identified_persons: float = count("persons", "persons identified", 0.0)
    released_persons: float = count("persons", "persons released or escaped", 0.0)
    retrafficked_persons: float = count("persons", "persons trafficked again", 0.0)
    assisted_persons: float = count("persons", "persons who begin to be assisted", 0.0)
    organisers_convicted: float = count("persons", "organisers convicted", 0.0)
    reports: float = count("reports", "reports about personnel made", 0.0)
    reports_held_back: float = count("reports", "of colleagues, not passed on", 0.0)
    observed_allegations: float = count("allegations", "allegations on the books", 0.0)
    cases_recorded: float = count("cases", "new cases", 0.0)
    screened_in: float = count("cases", "of these, taken further", 0.0)
    investigated: float = count("cases", "investigations completed", 0.0)
    substantiated: float = count("cases", "cases substantiated", 0.0)
    repatriated: float = count("persons", "persons removed", 0.0)
    observed_repatriated: float = count("persons", "removals the mission hears of", 0.0)
    consequences: float = count("persons", "persons with a first consequence", 0.0)
    referred: float = count("cases", "cases referred", 0.0)
    investigators_named: float = count("cases", "referrals with an investigator named", 0.0)
    tcc_answers: float = count("cases", "referrals answered", 0.0)
    charged: float = count("persons", "persons charged", 0.0)
    convicted: float = count("persons", "persons convicted", 0.0)
    observed_charged: float = count("persons", "charges the mission hears of", 0.0)
    observed_convicted: float = count("persons", "convictions the mission hears of", 0.0)


@dataclass
class Levels(Shared):
    """What the step was like at its end; the definitions stand with the indicators of the same names."""

    troops_present: float = count("persons", "military personnel present", 0.0)
    personnel_present: float = count("persons", "personnel present", 0.0)
    norm_mean: float = count("share", "participation regarded as normal", 0.0)
    perceived_certainty: float = count("probability", "perceived chance of being found out", 0.0)
    troop_shortfall: float = count("share", "military strength missing", 0.0)
    investigations_open: float = count("cases", "cases under investigation", 0.0)
    price_international_usd: float = count("USD", "mean price, personnel", 0.0)
    price_local_usd: float = count("USD", "mean price, local clients", 0.0)
    venues: float = count("venues", "venues in operation", 0.0)
    venues_hidden: float = count("venues", "of these, hidden", 0.0)
    observed_venues: float = count("venues", "venues on the list of the police", 0.0)
    sellers: float = count("persons", "sellers who were not trafficked", 0.0)
    networks_active: float = count("networks", "networks with a venue", 0.0)
    diversified_share: float = count("share", "effort in other trades", 0.0)
    official_ties: float = count("share", "mean official ties", 0.0)
    infrastructure: float = count("share", "part of the sunk cost saved", 0.0)
    local_habit: float = count("ratio", "local habit", 0.0)
    true_exploited_persons: float = count("persons", "persons exploited", 0.0)
    exploited_private_persons: float = count("persons", "of these, by private owners", 0.0)
    exploited_local_share: float = count("share", "recruited inside the mission area", 0.0)
    in_transit_persons: float = count("persons", "persons recruited or under way", 0.0)
    trafficked_share_of_workers: float = count("share", "trafficked among persons working", 0.0)
    exploited_target_international: float = count("persons", "where personnel are deployed, for them", 0.0)
    exploited_target_local: float = count("persons", "where personnel are deployed, for local clients", 0.0)
    exploited_elsewhere: float = count("persons", "where no personnel are deployed", 0.0)
    violence_index: float = count("ratio", "violence", 0.0)
    host_capacity: float = count("share", "host capacity", 0.0)
    trust: float = count("share", "trust in authorities", 0.0)
    observed_assisted_persons: float = count("persons", "assisted persons in published counts", 0.0)
    observed_international_client_share: float = count("share", "published estimate of the client mix", 0.0)
