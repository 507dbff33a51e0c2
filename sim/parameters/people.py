"""Parameters of recruitment and routes (M5), of trafficked persons (M6) and of assistance (M12)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number


@dataclass
class Recruitment:
    """M5. Orders against shortage; origin by expected net return, distance and borders entering as cost."""

    orders_per_place_week: float = number(0.12, "1/week/place", 0.0, 1.0, "recruitment orders per missing place")
    target_fill: float = number(
        0.7, "share", 0.1, 1.0, "share of capacity in use above which a network wants more persons"
    )
    fill_memory_weeks: float = number(6.0, "weeks", 1.0, 52.0, "memory of how full a venue was")
    at_risk_share: float = number(
        0.001,
        "share of population",
        0.0,
        0.05,
        "persons at risk of recruitment in a source country at the reference income",
    )
    largest_at_risk_share: float = number(
        0.2, "share of population", 0.0, 0.5, "persons at risk are never more than this share of a population"
    )
    rural_share: float = number(
        0.4, "share", 0.0, 1.0, "share of the mission area's population spread by land area, the rest by towns"
    )
    poverty_elasticity: float = number(2.6, "-", 0.0, 3.0, "response of vulnerability to low income")
    reference_income_usd: float = number(1000.0, "USD/year", 100.0, 10000.0, "income at which vulnerability is stated")
    vulnerability_response: float = number(
        0.3,
        "-",
        0.0,
        1.0,
        "response of recruitment to the mean vulnerability of persons at risk, relative to the start",
    )
    cost_per_km_usd: float = number(1.0, "USD/km", 0.0, 10.0, "cost of moving a person, per km of least-cost distance")
    border_km: float = number(120.0, "km", 0.0, 1000.0, "distance that one border crossing is worth")
    sea_cost_ratio: float = number(3.0, "ratio", 1.0, 20.0, "cost of a km of sea relative to land")
    cost_scale_usd: float = number(500.0, "USD", 20.0, 5000.0, "softness of the choice of origin")
    local_intercept: float = number(5.0, "log-odds", -2.0, 8.0, "reluctance to recruit locally", "K18: 3 % local")
    local_preference: float = number(
        0.0, "log-odds", -2.0, 2.0, "weight of an international clientele against local recruits"
    )
    local_learning: float = number(0.0, "log-odds", 0.0, 6.0, "pull of the share of local recruits so far")
    cost_weight: float = number(
        0.4, "share", 0.05, 1.0, "part of the expected return that a cost difference is weighed against"
    )
    largest_cost_gap: float = number(
        5.0, "log-odds", 0.0, 20.0, "most that a cost difference can favour local recruitment"
    )
    transit_weeks: float = number(1.0, "weeks", 0.1, 12.0, "time under way, at least")
    transit_km_per_week: float = number(700.0, "km/week", 50.0, 5000.0, "least-cost distance covered in a week")
    preparation_weeks: float = number(1.5, "weeks", 0.1, 12.0, "time between recruitment and departure")


@dataclass
class Persons:
    """M6. Weekly hazards between the states of trafficked persons."""

    identification_per_week: float = number(
        0.012, "1/week", 0.0, 0.2, "outreach and police contact, before capacity limits"
    )
    escape_per_week: float = number(0.006, "1/week", 0.0, 0.2, "leaving on one's own")
    release_per_week: float = number(0.02, "1/week", 0.0, 0.2, "release, mostly after a debt is declared paid")
    move_per_week: float = number(0.012, "1/week", 0.0, 0.2, "being moved on, to another venue or out of the area")
    move_abroad_share: float = number(0.5, "share", 0.0, 1.0, "part of these moves that leaves the mission area")
    abroad_exit_per_week: float = number(0.03, "1/week", 0.0, 0.5, "end of exploitation outside the mission area")
    passed_on_share: float = number(
        0.3,
        "share",
        0.0,
        1.0,
        "private exploitations that end with the person passed back to a network at the end of the owner's tour",
    )
    raid_identified_share: float = number(
        0.7,
        "share",
        0.0,
        1.0,
        "persons found in a raid who are identified as trafficked",
        "hand-fitted to B03 and B13 after a first value of 0.35 fell short of both",
    )
    uptake: float = number(
        0.5,
        "probability",
        0.0,
        1.0,
        "identified persons who accept the assistance offered",
        "B13: 0.105 of all interviewed, of whom about a quarter trafficked (B03)",
    )
    self_referral: float = number(0.25, "probability", 0.0, 1.0, "escaped and released persons who seek assistance")
    decision_weeks: float = number(1.0, "weeks", 0.1, 12.0, "time until assistance begins or is not given")
    assistance_weeks: float = number(6.0, "weeks", 1.0, 104.0, "stay in assistance")
    unassisted_weeks: float = number(8.0, "weeks", 1.0, 104.0, "time until an unassisted person returns or settles")
    resettled_share: float = number(0.03, "share", 0.0, 1.0, "assisted persons resettled elsewhere")
    stayed_share: float = number(0.15, "share", 0.0, 1.0, "persons who stay in the mission area")
    retrafficking_per_week: float = number(
        0.004,
        "1/week",
        0.0,
        0.05,
        "hazard of re-trafficking right after return",
        "IOM 2010: often within two years; recorded cases are a floor",
    )
    retrafficking_memory_weeks: float = number(
        104.0, "weeks", 4.0, 520.0, "time over which that hazard falls by 1/e", "IOM 2010: mostly within two years"
    )
    support_protection: float = number(0.5, "share", 0.0, 1.0, "reduction of re-trafficking by assistance")
    closure_release_share: float = number(0.2, "share", 0.0, 1.0, "persons set free when a venue closes without a raid")


@dataclass
class Testimony:
    """M6. Willingness to testify, and trust."""

    intercept: float = number(-1.5, "log-odds", -6.0, 4.0, "willingness to testify with neither protection nor trust")
    outcome_memory_weeks: float = number(104.0, "weeks", 4.0, 520.0, "time over which decided cases count for trust")
    protection_weight: float = number(1.5, "log-odds", 0.0, 4.0, "effect of witness protection")
    trust_weight: float = number(2.0, "log-odds", 0.0, 6.0, "effect of trust")
    threat_weight: float = number(1.0, "log-odds", 0.0, 6.0, "effect of threat by networks with official ties")
    protection: float = number(0.1, "share", 0.0, 1.0, "witness protection available", "A15, A16 against A06: little")
    initial_trust: float = number(0.3, "share", 0.0, 1.0, "trust in authorities at the start")
    trust_adjustment_per_week: float = number(0.01, "1/week", 0.0, 0.2, "speed at which trust follows visible outcomes")


@dataclass
class Assistance:
    """M12. NGOs: places for newly assisted persons, shelter beds and outreach."""

    outreach_share: float = number(
        0.6, "share", 0.0, 1.0, "part of identification that comes from outreach, not from police"
    )
    carry_over_weeks: float = number(4.0, "weeks", 0.0, 26.0, "time over which unused places for assistance are kept")
    p_recorded: float = number(0.95, "probability", 0.0, 1.0, "assisted persons who appear in published counts")
