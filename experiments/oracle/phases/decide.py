"""Decide: what personnel seek, who would take a person or help a network, and what local clients seek."""

from __future__ import annotations

import math

from experiments.oracle.agents.peacekeeper import Peacekeeper
from experiments.oracle.agents.town import Town
from experiments.oracle.model import OracleModel
from sim.clock import WEEKS_PER_MONTH


def step(model: OracleModel) -> None:
    """Let towns ask prices, units set what is common, peacekeepers decide, then local clients."""
    model.do(Town, "ask_price")
    _set_conditions(model)
    model.do(Peacekeeper, "decide")
    model.tell("international_demand", float(sum(peacekeeper.sought for peacekeeper in model.billets)))
    model.tell("involved_tours", sum(unit.involved / unit.tour_weeks for unit in model.units) * model.dt)
    factors = _local_incomes(model)
    for town in model.of(Town):
        town.seek_locally(factors[town.country])
    model.tell("local_demand", sum(town.local_sought for town in model.cells))


def _set_conditions(model: OracleModel) -> None:
    """Give units this week's incomes, free time and rules."""
    p, inputs, nobody = model.parameters, model.inputs, [0.0] * len(model.units)
    income = model.knobs("disposable_income", model.at_step(inputs.series.disposable_usd))
    exposure = model.knobs("exposure", model.at_step(inputs.series.exposure))
    rate = model.knob("involvement_rate", p.involvement.acts_per_week)
    wages = [float(inputs.series.wage[country][model.now]) for country in model.mission.countries]
    wage = sum(wages) / len(wages) / WEEKS_PER_MONTH
    spent = p.personnel_demand.spending_share * model.dt
    model.budget_usd = [usd * spent if p.switches.spending_limit else math.inf for usd in income]
    training, off_limits = model.knobs("training", nobody), model.knobs("off_limits", nobody)
    for unit in model.units:
        category = unit.category
        unit.decide(
            income[category], wage, min(exposure[category], 1.0), rate, training[unit.row], off_limits[unit.row]
        )


def _local_incomes(model: OracleModel) -> list[float]:
    """By country: income relative to the start to the power of its elasticity, and the knob of local demand."""
    incomes = [model.inputs.series.income[country] for country in model.mission.countries]
    ratio = model.knobs("local_income", [float(income[model.now] / income[0]) for income in incomes])
    elasticity = model.parameters.local_demand.income_elasticity
    return model.knobs("local_demand", [relative**elasticity for relative in ratio])
