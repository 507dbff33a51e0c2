"""Parameters of local demand (M3), prices and segments (M4), and the economics of networks and venues (M5)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number


@dataclass
class LocalDemand:
    """M3. Local clients: size, income, elasticity and habit of a per-cell stock."""

    acts_per_1000_per_week: float = number(
        0.3,
        "acts/week/1,000 persons",
        0.0,
        5.0,
        "local demand at the reference price and initial habit",
        "identified only jointly with price level and habit; hand-fitted",
    )
    price_elasticity: float = number(1.1, "-", 0.0, 2.0, "price elasticity of local demand")
    reference_price_usd: float = number(
        11.0,
        "USD",
        1.0,
        100.0,
        "price at which demand rates are stated",
        "convention: only the product with the demand rates matters",
    )
    reach_km: float = number(
        15.0, "km", 1.0, 100.0, "distance over which the appeal of another place falls by 1/e for local clients"
    )
    income_elasticity: float = number(0.8, "-", 0.0, 2.0, "response of local demand to local income")
    habit_gain_per_week: float = number(0.01, "1/week", 0.0, 0.05, "growth of habit where the market is active")
    habit_decay_per_week: float = number(0.0096, "1/week", 0.0, 0.05, "decay of habit towards its initial level")
    habit_half_acts: float = number(
        3.0, "acts/1,000/week", 0.5, 50.0, "market activity at which habit grows at half speed"
    )
    habit_maximum: float = number(11.0, "ratio", 1.0, 30.0, "largest multiple of initial local demand")


@dataclass
class Prices:
    """M4. Two segments and their prices."""

    adjustment_per_week: float = number(0.3, "1/week", 0.01, 1.0, "speed at which prices follow excess demand")
    demand_memory_weeks: float = number(
        4.0, "weeks", 0.5, 26.0, "time over which venues judge demand when they set prices, enter and choose clients"
    )
    initial_price_usd: float = number(25.0, "USD", 1.0, 200.0, "price per visit at the start")
    lowest_price_usd: float = number(1.0, "USD", 0.01, 10.0, "floor of prices, for numerical safety")
    highest_price_usd: float = number(400.0, "USD", 50.0, 5000.0, "ceiling of prices, for numerical safety")
    international_visit_size: float = number(
        2.2,
        "ratio",
        1.0,
        6.0,
        "capacity used and money spent by an international visit, against a local one",
        "K29: pay ratio 6 to 12, raised to a power of 0.3 to 1",
    )
    international_service_cost: float = number(0.0, "log-odds", -1.5, 1.5, "reluctance to serve the other segment")
    mix_temperature: float = number(0.3, "ln USD", 0.05, 1.0, "how sharply venues turn to the better paying segment")
    mix_adjustment_per_week: float = number(0.1, "1/week", 0.005, 1.0, "speed at which a venue changes its clientele")


@dataclass
class Venues:
    """M4, M5. Places, capacity and running costs of venues; sellers who were not trafficked."""

    places: float = number(
        10.0,
        "persons",
        2.0,
        20.0,
        "places of a venue",
        "B16: 4.5 persons met per venue in a raid; places exceed those present",
    )
    visits_per_person_week: float = number(
        4.4, "visits/person/week", 1.0, 15.0, "visits a venue can take per person working"
    )
    cost_venue_usd: float = number(200.0, "USD/week", 0.0, 1000.0, "running cost of a venue")
    cost_person_usd: float = number(60.0, "USD/week", 0.0, 200.0, "running cost per person working")
    seller_income_share: float = number(
        0.5, "share", 0.0, 1.0, "share of what they earn that sellers keep who were not trafficked"
    )
    seller_entry_per_week: float = number(
        0.3, "1/week/free place", 0.0, 1.0, "arrival of sellers who were not trafficked"
    )
    seller_exit_per_week: float = number(0.02, "1/week", 0.0, 0.5, "departure of sellers who were not trafficked")
    seller_income_weight: float = number(
        1.0, "log-odds per ln ratio", 0.0, 4.0, "response of sellers to earnings relative to local wages"
    )
    busy_week_ratio: float = number(
        1.5, "ratio", 1.0, 3.0, "service a place can give in a busy week relative to its usual capacity"
    )
    reach_limit_km: float = number(45.0, "km", 0.0, 150.0, "no client travels farther to a venue")
    initial_persons: float = number(
        4.5,
        "persons",
        0.0,
        20.0,
        "persons working per venue at the start",
        "B16: Bosnia in 2001; assumed for any start",
    )
    initial_trafficked_share: float = number(
        0.25, "share", 0.0, 1.0, "trafficked share of them at the start", "B03: Bosnia in 2001; assumed for any start"
    )


@dataclass
class Entry:
    """M5. Entry and exit with sunk costs (Dixit 1989), location, expansion and infrastructure."""

    sunk_cost_usd: float = number(15000.0, "USD", 0.0, 60000.0, "sunk cost of opening a venue")
    exit_cost_usd: float = number(4000.0, "USD", 0.0, 30000.0, "cost of closing a venue")
    hurdle_per_week: float = number(0.014, "1/week", 0.0, 0.05, "weekly hurdle: interest, loss hazard, option value")
    base_entries_per_week: float = number(1.5, "venues/week/2 million persons", 0.0, 6.0, "entry attempts by newcomers")
    entries_per_venue_week: float = number(
        0.012, "1/venue/week", 0.0, 0.05, "entry attempts by networks that already run venues"
    )
    profit_scale_usd: float = number(73.0, "USD/week", 1.0, 1000.0, "softness of the entry and exit decision")
    profit_memory_weeks: float = number(8.0, "weeks", 1.0, 52.0, "memory of a venue's profit")
    exit_rate_per_week: float = number(0.1, "1/week", 0.0, 1.0, "closing rate of a venue that should close")
    relocation_rate_per_week: float = number(0.01, "1/week", 0.0, 0.2, "rate at which venues reconsider their place")
    relocation_distance_km: float = number(
        40.0, "km", 5.0, 300.0, "distance over which a move becomes unattractive by 1/e"
    )
    location_scale: float = number(0.5, "log profit", 0.05, 5.0, "softness of the choice of place")
    reopening_per_week: float = number(0.08, "1/week", 0.0, 0.5, "hazard that a venue closed by police opens again")
    reopening_cost_share: float = number(0.25, "share", 0.0, 1.0, "its cost relative to a new venue")
    dormancy_weeks: float = number(26.0, "weeks", 1.0, 260.0, "time after which a network without a venue dissolves")
    infrastructure_decay_per_week: float = number(0.008, "1/week", 0.0, 0.1, "decay of shared infrastructure")
    infrastructure_half: float = number(
        60.0, "venues", 1.0, 200.0, "openings at which infrastructure has half its effect"
    )
    infrastructure_strength: float = number(
        0.7, "share", 0.0, 0.95, "largest reduction of the sunk cost by infrastructure"
    )


@dataclass
class Networks:
    """M5. Hiding, official ties, arrest and regrowth, other illicit trades."""

    hide_rate_per_week: float = number(0.05, "1/week", 0.0, 0.5, "rate at which venues reconsider being visible")
    raid_aversion: float = number(
        60.0, "log-odds per raid/week", 0.0, 300.0, "pull of hiding per perceived raid hazard"
    )
    visibility_value: float = number(2.0, "log-odds", -4.0, 8.0, "value of being visible to clients")
    risk_memory_weeks: float = number(26.0, "weeks", 2.0, 156.0, "memory of raids seen by a network")
    bribe_share: float = number(0.05, "share", 0.0, 0.4, "share of revenue spent on official ties")
    ties_gain_per_week: float = number(0.02, "1/week", 0.0, 0.3, "growth of official ties from bribes")
    ties_decay_per_week: float = number(0.01, "1/week", 0.0, 0.3, "decay of official ties")
    ties_cost_saving: float = number(0.2, "share", 0.0, 0.8, "largest saving on running costs through ties")
    arrest_loss: float = number(
        0.3, "share", 0.0, 1.0, "part of a network's members lost in a raid that closes a venue"
    )
    regrowth_per_week: float = number(0.02, "1/week", 0.0, 0.5, "regrowth of a network's members")
    regrowth_cost_usd: float = number(3000.0, "USD", 0.0, 50000.0, "cost of regrowing a whole membership")
    smallest_size: float = number(0.25, "share", 0.0, 0.9, "membership below which a network dissolves")
    other_trade_return_usd: float = number(
        250.0, "USD/week", 0.0, 3000.0, "weekly return of the same effort in each of two other illicit trades"
    )
    diversification_scale_usd: float = number(300.0, "USD/week", 20.0, 3000.0, "softness of the split between trades")
    diversification_memory_weeks: float = number(
        26.0, "weeks", 2.0, 156.0, "time over which effort moves between trades"
    )
