"""Parameters of police and courts in the host country (M5, M11), of security (M10) and of observation (M13)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number, switch


@dataclass
class HostJustice:
    """M5, M11. Raids limited by search, leaks, closures, and what courts make of arrested organisers."""

    venues_at_half_capacity: float = number(
        60.0, "venues", 1.0, 500.0, "venues at which half of the raid capacity finds a venue"
    )
    hidden_find_ratio: float = number(
        0.3, "ratio", 0.0, 1.0, "chance of finding a hidden venue relative to a visible one"
    )
    p_leak: float = number(
        0.67, "probability", 0.0, 1.0, "raids known in advance", "B17, P06; with closure fitted to B09, B11"
    )
    ties_leak_weight: float = number(1.0, "log-odds", 0.0, 4.0, "effect of official ties on leaks")
    p_closure: float = number(
        0.62,
        "probability",
        0.0,
        1.0,
        "closure after a raid that was not known in advance",
        "(1-leak) x closure about 0.21 (B09, B11)",
    )
    raid_cost_usd: float = number(500.0, "USD", 0.0, 20000.0, "loss of a venue raided without closure")
    p_charge: float = number(0.5, "probability", 0.0, 1.0, "arrested organisers who are charged")
    p_conviction: float = number(
        0.4, "probability", 0.0, 1.0, "charged organisers who are convicted, without testimony"
    )
    largest_capacity_effect: float = number(
        2.0, "ratio", 1.0, 5.0, "most that growing host capacity can raise the chance of a charge"
    )
    testimony_effect: float = number(0.8, "log-odds", 0.0, 4.0, "effect of testimony on conviction")
    p_prison: float = number(
        0.03,
        "probability",
        0.0,
        1.0,
        "convicted organisers who go to prison",
        "B14: none of 56; a small positive value is assumed",
    )
    trial_weeks: float = number(40.0, "weeks", 2.0, 260.0, "mean time from arrest to outcome")
    fine_usd: float = number(2000.0, "USD", 0.0, 100000.0, "typical fine of a convicted organiser not sent to prison")


@dataclass
class Security:
    """M10. Violence where strength falls short of what is authorised (contested, from no effect upward)."""

    violence_exponent: float = number(
        0.3,
        "-",
        0.0,
        1.0,
        "response of violence to missing strength (contested)",
        "Hultman, Kathman & Shannon 2013 against Kocher; from no effect upward",
    )
    smallest_strength_ratio: float = number(
        0.05, "ratio", 0.001, 0.5, "strength ratio below which violence rises no further"
    )
    vulnerability_weight: float = number(0.5, "-", 0.0, 2.0, "response of local vulnerability to violence")


@dataclass
class HostCapacity:
    """M11. Capacity of police and courts in the host country."""

    initial: float = number(0.3, "share", 0.0, 1.0, "capacity at the start, 1 = a well-run administration")
    ceiling: float = number(0.7, "share", 0.0, 1.0, "capacity reached with aid and security")
    growth_per_week: float = number(0.003, "1/week", 0.0, 0.05, "speed of growth towards the ceiling")
    corruption_per_ties: float = number(0.003, "1/week", 0.0, 0.05, "erosion by networks' official ties")
    reference: float = number(0.3, "share", 0.05, 1.0, "capacity at which raid and court rates are stated")


@dataclass
class Observation:
    """M13. What police and NGOs see: every public count is a thinned, delayed draw from truth."""

    listing_visible_per_week: float = number(0.06, "1/week", 0.0, 1.0, "rate at which police list a visible venue")
    listing_hidden_per_week: float = number(0.01, "1/week", 0.0, 1.0, "rate at which police list a hidden venue")
    delisting_per_week: float = number(0.02, "1/week", 0.0, 1.0, "rate at which a closed venue is struck off the list")
    client_share_sd: float = number(0.3, "log-odds", 0.0, 1.5, "error of a published estimate of the client mix")


@dataclass
class Switches:
    """Mechanisms that can be switched off exactly, among them the four sources of persistence."""

    habit: bool = switch("local habit grows with the market (source of persistence)")
    sunk_costs: bool = switch("opening and closing have sunk costs (source of persistence)")
    infrastructure: bool = switch("past openings lower the cost of new ones (source of persistence)")
    ties: bool = switch("official ties lower costs and leak raids (source of persistence)")
    norms: bool = switch("unit norms feed back on involvement")
    personnel_roles: bool = switch("personnel may become owners or facilitators")
    local_demand: bool = switch("local clients exist")
    sellers: bool = switch("sellers who were not trafficked work in the same venues")
    hiding: bool = switch("venues may hide")
    relocation: bool = switch("venues may relocate")
    raids: bool = switch("police raid venues")
    diversification: bool = switch("networks split effort across illicit trades")
    retrafficking: bool = switch("persons may be trafficked again")
    security: bool = switch("violence responds to missing strength")
    host_capacity: bool = switch("host capacity changes")
    spending_limit: bool = switch("personnel spend at most a share of their disposable income")
    beliefs: bool = switch("units learn the chance of being found out; off = the prior for good")
    deterrence: bool = switch("the perceived risk and cost of being found out restrain anybody")
    victim_reports: bool = switch("affected persons report, alone or through those who assist them")
    peer_reports: bool = switch("colleagues report")
    police_reports: bool = switch("police report personnel found in raids")
    inquiries: bool = switch("several reports on a unit may open an inquiry")
    attention: bool = switch("published removals raise reporting")
    sanctions: bool = switch("authorities may sanction contributors")
    contributor_response: bool = switch("contributors may leave in response to sanctions, waivers and courts")
