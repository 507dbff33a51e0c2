"""Match: venues offer, clients come and are served as far as capacity goes, prices and habits move."""

from __future__ import annotations

import math

from experiments.oracle.agents.town import Town
from experiments.oracle.agents.venue import Venue
from experiments.oracle.model import OracleModel


def step(model: OracleModel) -> None:
    """One week of the market."""
    model.do(Town, "open")
    model.do(Venue, "offer")
    seekers = [peacekeeper for peacekeeper in model.billets if peacekeeper.sought > 0]
    for peacekeeper in model.billets:
        peacekeeper.acts = 0
    for peacekeeper in seekers:
        peacekeeper.choose()
        peacekeeper.home.sought_at_home += peacekeeper.sought
    model.do(Town, "send_locals")
    model.do(Town, "ration")
    for peacekeeper in seekers:
        peacekeeper.visit()
    model.do(Venue, "sell")
    model.do(Town, "remember_demand")
    _move_prices(model, "international")
    _move_prices(model, "local")
    if model.parameters.switches.habit:
        model.do(Town, "form_habit")
    model.tell("true_acts", sum(town.international_acts for town in model.cells))
    model.tell("local_acts", sum(town.local_acts for town in model.cells))
    model.tell("market_revenue_usd", sum(venue.revenue for venue in model.venues))
    model.tell("international_revenue", sum(venue.revenue_international for venue in model.venues))


def _move_prices(model: OracleModel, segment: str) -> None:
    """Move prices by demand over usable capacity; where there is none, to the supply-weighted mean of the region."""
    p, dt = model.parameters.prices, model.dt
    supply = [getattr(town, f"usable_{segment}") / dt for town in model.cells]
    if sum(supply) <= 0.0:
        moved = [getattr(town, f"price_{segment}") for town in model.cells]
    else:
        moved = []
        for town, offered in zip(model.cells, supply, strict=True):
            demand = getattr(town, f"recent_{segment}")
            excess = (demand - offered) / (demand + offered + model.scale)
            moved.append(getattr(town, f"price_{segment}") * math.exp(p.adjustment_per_week * dt * excess))
        mean = sum(price * offered for price, offered in zip(moved, supply, strict=True)) / sum(supply)
        moved = [price if offered > 0.0 else mean for price, offered in zip(moved, supply, strict=True)]
    for town, price in zip(model.cells, moved, strict=True):
        setattr(town, f"price_{segment}", min(max(price, p.lowest_price_usd), p.highest_price_usd))
