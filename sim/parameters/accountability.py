"""Parameters of beliefs (M1), leadership (M2), reports and the chain from report to court (M7)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number


@dataclass
class Beliefs:
    """M1. How units learn the chance of being found out, per tour (Anwar & Loughran 2011)."""

    prior_weight: float = number(10.0, "tours", 0.0, 100.0, "weight of the prior, in completed tours")
    unpunished_weight: float = number(
        0.1, "ratio", 0.0, 1.0, "weight of a tour that went unpunished relative to one that was found out"
    )
    observed_share: float = number(0.3, "share", 0.0, 1.0, "share of others' involvement a unit comes to see")
    public_weight: float = number(0.1, "ratio", 0.0, 1.0, "weight of published outcomes elsewhere in the mission")
    own_weight: float = number(1.0, "ratio", 0.0, 5.0, "weight of a person's own unpunished weeks")
    memory_half_weeks: float = number(52.0, "weeks", 1.0, 520.0, "half-life of evidence")
    kept_on_rotation: float = number(0.5, "share", 0.0, 1.0, "institutional memory: evidence handed to the next tour")
    learning_per_case: float = number(
        0.1, "share", 0.0, 1.0, "how far one closed case moves what a contributor's people expect to follow a finding"
    )


@dataclass
class Leadership:
    """M2. Commanders' own risk of removal, what it does to their leadership, and to reports."""

    p_removed: float = number(
        0.05,
        "probability",
        0.0,
        1.0,
        "removal of the commander of a unit from which a person is removed",
        "A13: 7 commanders among 144 military repatriated, rounded",
    )
    prior_weight: float = number(10.0, "cases", 0.0, 100.0, "weight of the prior of commanders' beliefs, in cases")
    memory_half_weeks: float = number(104.0, "weeks", 1.0, 520.0, "half-life of commanders' evidence")
    effort_per_risk: float = number(2.5, "sd", 0.0, 12.0, "rise of leadership per unit of perceived risk of removal")
    report_pass: float = number(0.5, "probability", 0.0, 1.0, "internal reports that commanders pass on")
    pass_leadership: float = number(0.5, "log-odds per sd", 0.0, 2.0, "effect of leadership on passing on reports")
    suppression_per_risk: float = number(
        0.0,
        "log-odds",
        -10.0,
        20.0,
        "reports held back per unit of perceived risk of removal (sign unknown)",
        "mechanisms: the sign is contested; delation-intimidation models expect suppression",
    )
    compliance_leadership: float = number(
        0.5, "log-odds per sd", 0.0, 2.0, "effect of leadership on obeying off-limits rules"
    )
    compliance: float = number(0.6, "share", 0.0, 1.0, "off-limits rules obeyed under average leadership")
    displaced_share: float = number(
        0.4, "share", 0.0, 1.0, "hours taken away by off-limits rules that move to private premises (contested)"
    )
    private_visibility: float = number(
        0.3, "ratio", 0.0, 1.0, "chance that an act on private premises is seen or reported, relative to a venue"
    )
    training_half_weeks: float = number(26.0, "weeks", 1.0, 260.0, "half-life of training within a tour")


@dataclass
class Reporting:
    """M7. Who reports what, as hazards of affected persons who remember, and of colleagues and police."""

    reportable_share: float = number(
        0.004, "share", 0.0, 1.0, "acts of clients after which the affected person might identify and report the person"
    )
    reportable_share_trade: float = number(0.3, "share", 0.0, 1.0, "the same for a week with an owner or facilitator")
    know_share: float = number(
        0.03, "share", 0.0, 1.0, "affected persons who know where to report", "M16 (order of magnitude)"
    )
    will_per_year: float = number(0.5, "1/year", 0.0, 5.0, "rate of reporting of those who know")
    exploited_ratio: float = number(0.2, "ratio", 0.0, 1.0, "reporting while exploited, relative to being free")
    assisted_ratio: float = number(6.0, "ratio", 1.0, 30.0, "reporting while assisted, relative to being free")
    memory_years: float = number(
        5.0, "years", 0.5, 20.0, "time an incident stays reportable", "S27: most reports of 2023 are over two years old"
    )
    attention_half_weeks: float = number(20.0, "weeks", 1.0, 104.0, "half-life of public attention", "S01, S02")
    attention_jump: float = number(
        5.0, "ratio", 0.0, 20.0, "rise of reporting after a published removal", "S01, S02"
    )
    highest_attention: float = number(6.0, "ratio", 0.0, 30.0, "most that attention raises reporting")
    peer_base: float = number(-6.9, "log-odds", -14.0, -3.0, "peer report per witnessed act, neutral norm and leader")
    peer_trade: float = number(1.5, "log-odds", 0.0, 4.0, "the same for owners and facilitators, in addition")
    peer_leadership: float = number(0.5, "log-odds per sd", 0.0, 2.0, "effect of leadership on peer reports")
    peer_norm: float = number(2.0, "log-odds", 0.0, 6.0, "silence: fall of peer reports with the unit's norm")
    police_share: float = number(
        0.1, "probability", 0.0, 1.0, "personnel found in a venue raided without warning whom police report"
    )
    p_screened_in: float = number(0.7, "probability", 0.0, 1.0, "recorded allegations that screening takes further")
    p_identified: float = number(
        0.6, "probability", 0.0, 1.0, "fresh complaints by affected persons that identify a person"
    )
    identify_years: float = number(
        3.0, "years", 0.3, 20.0, "decay time of identification with the age of the incident", "A15, A16 (direction)"
    )


@dataclass
class Oversight:
    """M7. Screening, fact-finding and investigation by the authority a force answers to."""

    fact_finding_free_weeks: float = number(10.0, "weeks", 1.0, 104.0, "mean fact-finding time without congestion")
    fact_finding_capacity: float = number(
        2.0, "1/week per 50,000", 0.0, 100.0, "fact-findings that can be completed", "A11 to A14 (order)"
    )
    p_prima_facie: float = number(0.65, "probability", 0.0, 1.0, "fact-findings that find a case to answer")
    investigation_free_weeks: float = number(
        70.0, "weeks", 4.0, 260.0, "mean investigation time without congestion", "A11: over a year with congestion"
    )
    investigation_capacity: float = number(
        2.5, "1/week per 50,000", 0.0, 100.0, "investigations that can be completed", "A11 to A14 (order)"
    )
    smallest_strength: float = number(
        2000.0, "persons", 0.0, 50000.0, "strength below which an authority's capacity falls no further"
    )
    p_substantiated: float = number(
        0.85, "probability", 0.0, 1.0, "fresh investigations that substantiate", "A06 with decay: about half"
    )
    evidence_years: float = number(5.0, "years", 0.3, 30.0, "decay time of evidence", "A15, A16 (direction)")
    suspect_gone_ratio: float = number(0.8, "ratio", 0.0, 1.0, "substantiation where the suspect has left", "A15, A16")
    witness_lost_ratio: float = number(
        0.7, "ratio", 0.0, 1.0, "substantiation where the affected person is out of reach"
    )
    testimony_gain: float = number(0.5, "log-odds", 0.0, 3.0, "effect of protected testimony on substantiation")
    removal_share: float = number(1.0, "share", 0.0, 1.0, "findings that lead to removal and ban")
    referral_share: float = number(1.0, "share", 0.0, 1.0, "substantiated cases referred for prosecution")
    sanction_share: float = number(1.0, "share", 0.0, 1.0, "capacity to sanction contributors; 0 = never")
    inquiry_reports: float = number(
        2.0, "reports", 1.0, 20.0, "reports on one unit within half a year that may open an inquiry"
    )
    p_inquiry: float = number(0.08, "probability", 0.0, 1.0, "chance that they do", "C01, C07 (order)")
    inquiry_found_share: float = number(0.3, "share", 0.0, 1.0, "involved persons an average inquiry finds", "C01, C07")
    inquiry_sd: float = number(1.0, "log-odds", 0.0, 3.0, "spread of success between inquiries")


@dataclass
class Prosecution:
    """M7. What contributors, host and special courts make of a referral."""

    reply_base: float = number(
        -2.7, "log-odds", -6.0, 3.0, "substantive reply by an average contributor", "A01 to A04: 6.4 % of 450 requests"
    )
    reply_rule_of_law: float = number(
        0.4, "log-odds per sd", 0.0, 2.0, "effect of a contributor's rule-of-law index", "X06, X09 (direction)"
    )
    reply_publicity: float = number(0.5, "log-odds", 0.0, 3.0, "effect of published outcomes on effort")
    reply_domestic_cost: float = number(0.0, "log-odds", 0.0, 3.0, "domestic cost of prosecuting own soldiers")
    reply_withheld_pay: float = number(0.6, "log-odds", 0.0, 4.0, "effect of withholding all reimbursement on effort")
    p_investigator_named: float = number(
        0.06,
        "probability",
        0.0,
        1.0,
        "contributors that name a national investigator",
        "before reform as A04; A05: 63 % in 2020",
    )
    reply_weeks: float = number(40.0, "weeks", 2.0, 260.0, "mean time to a substantive reply")
    request_weeks: float = number(104.0, "weeks", 4.0, 520.0, "time after which an unanswered request is closed")
    p_charge: float = number(
        0.15, "probability", 0.0, 1.0, "answered cases of owners and facilitators that are charged"
    )
    p_charge_client: float = number(
        0.1, "probability", 0.0, 1.0, "the same for clients where paying for sex is an offence; 0 where it is not"
    )
    p_conviction: float = number(0.5, "probability", 0.0, 1.0, "charged persons who are convicted")
    home_trial_weeks: float = number(60.0, "weeks", 2.0, 520.0, "mean time from charge to outcome at home")
    home_court_capacity: float = number(12.0, "cases/year", 0.0, 1000.0, "cases of this kind a home court can decide")
    in_country_trial_weeks: float = number(
        7.0, "weeks", 1.0, 104.0, "offence to verdict in a court on site", "A24: 48 days"
    )
    in_country_charge: float = number(
        0.5, "probability", 0.0, 1.0, "cases tried on site by consent that are charged"
    )
    court_evidence_ratio: float = number(
        1.2, "ratio", 1.0, 3.0, "conviction in courts near the evidence relative to courts at home"
    )
    host_charge: float = number(
        0.3, "probability", 0.0, 1.0, "waived cases that a host court charges at reference capacity"
    )
    host_trial_weeks: float = number(60.0, "weeks", 2.0, 520.0, "mean time from waiver to outcome in a host court")
    special_charge: float = number(0.5, "probability", 0.0, 1.0, "cases before a special court that are charged")
    special_trial_weeks: float = number(30.0, "weeks", 2.0, 520.0, "mean time to an outcome in a special court")
    p_visible: float = number(
        0.1,
        "probability",
        0.0,
        1.0,
        "outcomes of which the mission hears",
        "A20, A26 (direction): outcomes rarely reported back",
    )
