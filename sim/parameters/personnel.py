"""Parameters of the mission's personnel: involvement (M1), norms and leadership (M2), and their demand (M3)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number

CATEGORIES = ("military", "police", "civilian", "contractor")


@dataclass
class Involvement:
    """M1. Who among the personnel may become a client, an owner or a facilitator."""

    p_prone: float = number(
        0.24,
        "share",
        0.0,
        0.6,
        "share of personnel who may ever become clients",
        "range between S32 (3.7 % declare it acceptable) and M05 (45 % in an unregulated mission); "
        "hand-fitted inside it",
    )
    contributor_sd: float = number(
        0.5,
        "log-odds",
        0.0,
        1.5,
        "spread of proneness between anonymous contributor slots",
        "C01, C07 against K25 and B20: cases are concentrated in few units",
    )
    unit_sd: float = number(
        0.6, "log-odds", 0.0, 1.5, "spread of proneness between units and tours", "C01, C07 against K25 and B20"
    )
    acts_per_week: float = number(3.0, "acts/week", 0.0, 6.0, "paid contacts a week when nothing holds a person back")
    propensity_mean: float = number(-1.0, "log-odds", -4.0, 2.0, "mean propensity of prone personnel")
    propensity_sd: float = number(1.0, "log-odds", 0.0, 2.0, "spread of propensity between prone personnel")
    income_weight: float = number(
        0.2, "log-odds per ln ratio", 0.0, 1.0, "pull of a high disposable income relative to local wages"
    )
    women_relative_proneness: float = number(
        0.3, "ratio", 0.0, 1.0, "proneness of women relative to men (contested)", "X06 against X08: contested"
    )
    women_share_military: float = number(
        0.03,
        "share",
        0.0,
        0.5,
        "women among military personnel",
        "T01: 2.9 % in June 2013, an upper guide; assumed for earlier years",
    )
    women_share_police: float = number(
        0.08, "share", 0.0, 0.5, "women among police", "T01: 10 % in June 2013, lowered for earlier years"
    )
    women_share_civilian: float = number(
        0.22, "share", 0.0, 0.7, "women among civilian staff", "T02: 2018; assumed for earlier years"
    )
    women_share_contractor: float = number(0.1, "share", 0.0, 0.7, "women among contractors")
    owner_hazard_per_week: float = number(
        1e-4,
        "1/client-week",
        0.0,
        0.01,
        "hazard that a client buys a person out of a venue to hold her privately",
        "B22 documents the role; the order of magnitude is assumed",
    )
    facilitator_hazard_per_week: float = number(
        1e-4, "1/client-week", 0.0, 0.01, "hazard that a client becomes a facilitator of a network"
    )
    facilitator_ties: float = number(0.05, "ties", 0.0, 0.5, "rise of a network's official ties per facilitator")
    tour_weeks_military: float = number(
        26.0,
        "weeks",
        8.0,
        104.0,
        "tour of military units, rotating as a whole",
        "six-month rotations were usual; assumed uniform",
    )
    tour_weeks_individual: float = number(52.0, "weeks", 8.0, 156.0, "tour of police, civilian staff and contractors")


@dataclass
class Sanctions:
    """M1. Prior certainty and cost of being found out; units and contributors learn from there."""

    perceived_certainty: float = number(
        0.05, "probability per tour", 0.0, 1.0, "prior probability of being found out during a tour"
    )
    reputation_loss: float = number(2.0, "log-odds", 0.0, 8.0, "cost of repatriation and standing")
    pay_loss: float = number(0.3, "log-odds", 0.0, 4.0, "cost of losing pay")
    prosecution_loss: float = number(2.0, "log-odds", 0.0, 8.0, "cost of prosecution")
    conviction_loss: float = number(3.0, "log-odds", 0.0, 10.0, "cost of conviction")
    p_repatriated: float = number(
        0.57,
        "probability",
        0.0,
        1.0,
        "repatriation or dismissal, given a finding",
        "A14: 57 % of persons investigated 2004-2006; assumed to be perceived so",
    )
    p_pay_lost: float = number(0.01, "probability", 0.0, 1.0, "loss of pay, given a finding", "A27: negligible sums")
    p_prosecuted: float = number(
        0.02, "probability", 0.0, 1.0, "prosecution, given a finding", "K26, A21, B24: none documented"
    )
    p_convicted: float = number(0.01, "probability", 0.0, 1.0, "conviction, given a finding", "C02, C08: near none")
    delay_discount_per_year: float = number(
        0.0,
        "1/year",
        0.0,
        1.0,
        "discount of a delayed consequence (celerity)",
        "contested: Pratt and Turanovic against Nagin 2013",
    )
    mean_delay_years: float = number(
        2.0, "years", 0.0, 10.0, "delay until prosecution or conviction", "A11 for the investigation alone"
    )


@dataclass
class Norms:
    """M2. Unit norms and leadership (Brock & Durlauf 2001; Moncrief 2017)."""

    norm_weight: float = number(3.0, "log-odds", 0.0, 6.0, "pull of the participation seen in the own unit")
    reference_participation: float = number(0.3, "share", 0.05, 0.95, "participation at which the norm is neutral")
    relaxation_weeks: float = number(12.0, "weeks", 1.0, 104.0, "time over which a unit's norm follows behaviour")
    shrinkage_acts: float = number(1.6, "acts/week", 0.0, 20.0, "prior weight that steadies the norm of small units")
    carried_over: float = number(0.3, "share", 0.0, 0.7, "part of a norm that survives the rotation of a unit")
    home_memory_weeks: float = number(104.0, "weeks", 13.0, 520.0, "memory of a contributor's slow home norm")
    leadership_weight: float = number(0.5, "log-odds per sd", 0.0, 1.5, "restraint by good leadership", "X09 (sign)")


@dataclass
class PersonnelDemand:
    """M3. How personnel spend and where they go."""

    price_elasticity: float = number(
        0.8, "-", 0.0, 1.5, "price elasticity of personnel's demand", "hand-fitted inside the range tried, 0.5 to 1.2"
    )
    spending_share: float = number(0.5, "share", 0.0, 1.0, "largest share of disposable income spent in the market")
    reach_km: float = number(20.0, "km", 1.0, 100.0, "distance over which the appeal of another place falls by 1/e")
    hidden_visibility: float = number(0.4, "ratio", 0.0, 1.0, "share of clients who find a hidden venue")
