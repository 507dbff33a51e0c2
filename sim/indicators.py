"""Indicators, declared once: unit, definition, whether higher is better, and how a step's number is made.

Flows are per step, levels at the step's end, ratios over the trailing 52 weeks with a declared value where the
denominator is empty. Counts of a scaled run are scaled back to the full population.
"""

from __future__ import annotations

from dataclasses import dataclass

RATIO_WINDOW_WEEKS = 52
MEAN_OVER_WEEKS = 13.0  # of means at a week, trailing


@dataclass(frozen=True)
class Indicator:
    """One column of ``run.series``.

    ``kind`` is ``level``, ``flow``, ``ratio`` (numerator / denominator over the trailing window) or ``state`` (an
    intensive level such as a price, never scaled). ``better`` is ``lower``, ``higher`` or ``neither``.
    """

    name: str
    unit: str
    kind: str
    better: str
    about: str
    numerator: str = ""
    denominator: str = ""
    empty: float = 0.0


def _level(name: str, unit: str, better: str, about: str) -> Indicator:
    return Indicator(name, unit, "level", better, about)


def _flow(name: str, unit: str, better: str, about: str) -> Indicator:
    return Indicator(name, unit, "flow", better, about)


def _state(name: str, unit: str, better: str, about: str) -> Indicator:
    return Indicator(name, unit, "state", better, about)


def _ratio(name: str, better: str, about: str, numerator: str, denominator: str, empty: float = 0.0) -> Indicator:
    return Indicator(name, "share", "ratio", better, about, numerator, denominator, empty)


_DECLARED = (
    _level("troops_present", "persons", "neither", "military personnel in the mission area"),
    _level("personnel_present", "persons", "neither", "military, police, civilian and contractor personnel present"),
    _flow("international_demand", "visits/step", "lower", "visits personnel seek at going prices"),
    _flow("local_demand", "visits/step", "lower", "visits local clients seek at going prices"),
    _flow("true_acts", "visits/step", "lower", "visits of personnel that took place"),
    _flow("local_acts", "visits/step", "lower", "visits of local clients that took place"),
    _ratio("international_client_share", "neither", "visits by personnel among all visits", "true_acts", "all_acts"),
    _ratio(
        "international_revenue_share",
        "neither",
        "revenue from personnel in all revenue",
        "international_revenue",
        "market_revenue_usd",
    ),
    _flow("market_revenue_usd", "USD/step", "lower", "revenue of all venues"),
    _state("price_international_usd", "USD", "neither", "capacity-weighted mean price per unit of service, personnel"),
    _state("price_local_usd", "USD", "neither", "capacity-weighted mean price per unit of service, local clients"),
    _level("venues", "venues", "lower", "venues in operation"),
    _level("venues_hidden", "venues", "neither", "of these, hidden"),
    _level("networks_active", "networks", "lower", "networks that run at least one venue"),
    _state("diversified_share", "share", "neither", "effort of networks in other illicit trades"),
    _level("true_exploited_persons", "persons", "lower", "persons exploited in venues or by private owners"),
    _level("exploited_private_persons", "persons", "lower", "of these, held by private owners"),
    _level("sellers", "persons", "neither", "sellers working in venues who were not trafficked"),
    _state("trafficked_share_of_workers", "share", "lower", "trafficked persons among all persons working in venues"),
    _state("exploited_local_share", "share", "neither", "exploited persons recruited inside the mission area"),
    _level("in_transit_persons", "persons", "lower", "persons recruited or under way"),
    _flow("new_recruitments", "persons/step", "lower", "persons recruited, including those trafficked again"),
    _flow("intercepted_persons", "persons/step", "higher", "persons stopped on the way and identified"),
    _flow("identified_persons", "persons/step", "higher", "persons identified as trafficked"),
    _flow("assisted_persons", "persons/step", "higher", "persons who begin to be assisted"),
    _flow("released_persons", "persons/step", "higher", "persons released or escaped"),
    _flow("retrafficked_persons", "persons/step", "lower", "persons trafficked again after return"),
    _flow("raids", "raids/step", "neither", "police raids on venues"),
    _flow("raids_leaked", "raids/step", "lower", "of these, known in advance"),
    _flow("venues_opened", "venues/step", "lower", "venues opened or reopened"),
    _flow("venues_closed", "venues/step", "neither", "venues closed, by whomever"),
    _flow("venues_closed_by_police", "venues/step", "neither", "venues closed by police"),
    _flow("organisers_convicted", "persons/step", "higher", "organisers convicted in host courts"),
    _flow("reports", "reports/step", "neither", "reports about personnel made, also those held back"),
    _flow("reports_held_back", "reports/step", "lower", "reports of colleagues that commanders did not pass on"),
    _flow("cases_recorded", "cases/step", "neither", "new cases, one a person"),
    _flow("screened_in", "cases/step", "neither", "new cases with an identified person that are taken further"),
    _flow("investigated", "cases/step", "neither", "investigations completed"),
    _level("investigations_open", "cases", "neither", "cases under investigation"),
    _flow("substantiated", "cases/step", "neither", "cases substantiated"),
    _flow("repatriated", "persons/step", "neither", "persons removed from the mission"),
    _flow("referred", "cases/step", "neither", "cases referred for prosecution"),
    _flow("investigators_named", "cases/step", "higher", "referrals for which a contributor names an investigator"),
    _flow("tcc_answers", "cases/step", "higher", "referrals answered in substance"),
    _flow("charged", "persons/step", "higher", "persons charged, in whatever court"),
    _flow("convicted", "persons/step", "higher", "persons convicted, in whatever court"),
    _flow("newly_involved", "persons/step", "lower", "persons with a first visit in their tour"),
    _flow("consequences", "persons/step", "higher", "persons with a first consequence: removed, barred or charged"),
    _ratio(
        "objective_certainty",
        "higher",
        "consequences per tour of involved persons: the chance of being found out that beliefs are about",
        "consequences",
        "involved_tours",
    ),
    _state("troop_shortfall", "share", "lower", "military strength missing against what is authorised or planned"),
    _level(
        "exploited_target_international", "persons", "lower", "exploited where personnel are deployed, for personnel"
    ),
    _level("exploited_target_local", "persons", "lower", "exploited where personnel are deployed, for local clients"),
    _level("exploited_elsewhere", "persons", "lower", "exploited where no personnel are deployed"),
    _state("local_habit", "ratio", "lower", "local demand relative to its initial level, at equal price and income"),
    _state("official_ties", "share", "lower", "mean official ties of active networks"),
    _state("infrastructure", "share", "lower", "part of the sunk cost saved through past openings"),
    _state("norm_mean", "share", "lower", "participation units regard as normal, personnel-weighted"),
    _state(
        "perceived_certainty",
        "probability",
        "higher",
        "perceived chance of being found out in a tour, personnel-weighted",
    ),
    _state("violence_index", "ratio", "lower", "violence relative to authorised strength being present"),
    _state("host_capacity", "share", "higher", "capacity of host police and courts"),
    _state("trust", "share", "higher", "trust of trafficked persons in authorities"),
    _level("observed_venues", "venues", "neither", "venues on the list of the police (observed twin of venues)"),
    _flow("observed_assisted_persons", "persons/step", "neither", "assisted persons in published counts"),
    _state(
        "observed_international_client_share",
        "share",
        "neither",
        "published estimate of the client mix, with its error",
    ),
    _flow("observed_allegations", "allegations/step", "neither", "allegations on the books of the authorities"),
    _flow("observed_repatriated", "persons/step", "neither", "removals the whole mission hears of"),
    _flow("observed_charged", "persons/step", "neither", "charges the mission hears of"),
    _flow("observed_convicted", "persons/step", "neither", "convictions the mission hears of"),
    _state(
        "observed_trafficked_share_of_workers",
        "share",
        "neither",
        "share of persons met in raids who say they were trafficked",
    ),
)
INDICATORS: dict[str, Indicator] = {indicator.name: indicator for indicator in _DECLARED}
HIDDEN_FLOWS = ("all_acts", "involved_tours", "international_revenue", "persons_met", "persons_met_trafficked")

SUMMARY: dict[str, tuple[str, str]] = {
    "true_exploitation_person_weeks": ("person-weeks", "exploitation summed over the run"),
    "unique_persons": ("persons", "persons ever exploited in the run"),
    "retrafficking_rate": ("share", "persons trafficked again among those ever returned, settled or resettled"),
    "exploited_at_end": ("persons", "persons exploited in the last step"),
    "peak_venues": ("venues", "largest number of venues in operation"),
    "peak_venues_week": ("week", "when that was"),
    "peak_exploited_persons": ("persons", "largest number of persons exploited at one time"),
    "persons_identified": ("persons", "identifications over the run"),
    "persons_assisted": ("persons", "persons who began to be assisted"),
    "visits_by_personnel": ("visits", "visits of personnel that took place"),
    "persons_with_act": ("persons", "persons of the mission with at least one visit in their tour"),
    "persons_with_consequence": ("persons", "of these, removed, barred or charged"),
    "impunity_gap": ("share", "1 - persons with any consequence / persons with an act; 1 where nobody acted"),
    "objective_certainty": ("probability", "consequences per tour of involved persons, over the run"),
    "reports": ("reports", "reports about personnel made over the run"),
    "observed_allegations": ("allegations", "allegations on the books of the authorities over the run"),
    "mean_case_months": ("months", "from report to outcome, mean over investigated cases that ended; null if none"),
    "largest_troop_shortfall": ("share", "largest military shortfall of any step"),
    "mean_troop_shortfall": ("share", "mean military shortfall"),
    "mean_violence": ("ratio", "mean violence index"),
    "person_weeks_target_international": ("person-weeks", "exploitation where personnel are deployed, for personnel"),
    "person_weeks_target_local": ("person-weeks", "exploitation where personnel are deployed, for local clients"),
    "person_weeks_elsewhere": ("person-weeks", "exploitation where no personnel are deployed"),
    "post_mission_persistence": (
        "ratio",
        "exploited persons 104 weeks after strength fell below a tenth of its peak, over the same area never deployed to; "
        "null where that week lies outside the run",
    ),
}
