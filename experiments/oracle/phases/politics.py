"""Politics: records and sanctions, contributors that leave and others that come, violence, and host capacity."""

from __future__ import annotations

from experiments.oracle.agents.contingent import Contingent
from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.agents.country import Country
from experiments.oracle.model import OracleModel
from sim.world.columns import AUTHORITIES


def step(model: OracleModel) -> None:
    """Sanctions on the record so far, then responses, then what strength and ties make of security and capacity."""
    model.do(Contributor, "keep_record")
    model.do(Contingent, "keep_record")
    if model.parameters.switches.sanctions:
        _sanction(model)
    if model.parameters.switches.contributor_response:
        _respond(model)
    for unit in sorted(model.units, key=lambda unit: unit.key):
        if unit.filled_share < 1.0:
            unit.fill()
    _set_violence(model)
    if model.parameters.switches.host_capacity:
        ceilings = model.knobs("aid", [model.parameters.host_capacity.ceiling] * len(model.countries))
        for country in model.of(Country):
            country.grow(ceilings[country.row])


def _sanction(model: OracleModel) -> None:
    """One step against each contributor whose score passes its threshold; who is due is settled before any step."""
    p = model.parameters
    ready = model.knobs("sanction_readiness", [0.0] * len(AUTHORITIES))
    readiness = [max(ready[unit.authority], 0.0) * p.oversight.sanction_share for unit in model.units]
    served = sum(contributor.person_months for contributor in model.contributors)
    mean = sum(contributor.record for contributor in model.contributors) / served if served > 0.0 else 0.0
    if mean <= 0.0:
        return
    due = []
    for contributor in model.contributors:
        readiest = max([readiness[unit.row] for unit in contributor.contingents if unit.n_present > 0], default=0.0)
        score, threshold = contributor.score(mean), contributor.threshold(readiest, mean)
        if score > threshold and contributor.is_due:
            due.append((contributor, score > 2.0 * threshold))
    for contributor, is_far_above in due:
        contributor.be_sanctioned(is_far_above, readiness)


def _respond(model: OracleModel) -> None:
    """Advance every contributor's hazard by what is imposed now; those over their threshold withdraw a unit."""
    hazards = [contributor.excess_exit_per_year() for contributor in model.contributors]
    for contributor, hazard in zip(model.contributors, hazards, strict=True):
        contributor.consider_leaving(hazard)


def _set_violence(model: OracleModel) -> None:
    """Violence in each cell by strength present relative to that of the mission's own path; units spread over cells."""
    p, inputs = model.parameters, model.inputs
    exponent = p.security.violence_exponent if p.switches.security else 0.0
    authorised = model.at_step(inputs.authorised)
    for town in model.cells:
        shares = inputs.spread[:, town.row].tolist()
        wanted = sum(share * authorised[unit.row] for share, unit in zip(shares, model.units, strict=True))
        there = sum(share * unit.strength for share, unit in zip(shares, model.units, strict=True))
        ratio = there / wanted if wanted > 0.0 else 1.0
        town.violence = max(ratio, p.security.smallest_strength_ratio) ** -exponent
