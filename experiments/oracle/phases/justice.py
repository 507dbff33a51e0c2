"""Justice: organisers before host courts; personnel from intake to substantiation, removal and referral; answers, courts."""

from __future__ import annotations

from experiments.oracle.agents.contributor import Contributor
from experiments.oracle.model import OracleModel
from sim.world.columns import AUTHORITIES


def step(model: OracleModel) -> None:
    """Host courts first; then each authority takes in and works on its cases; then answers and outcomes of all courts."""
    for network in model.networks:
        network.fined = 0.0
    for host in model.host_justice:
        host.step()
    _begin(model)
    model.find_owners()
    for body in model.oversight:
        body.take_in()
        body.find_facts()
        body.investigate()
    model.filed = []
    for body in model.oversight:
        body.hear_answers()
    for court in (*model.courts.values(), *model.host_courts, *model.special_courts):
        court.sit()


def _begin(model: OracleModel) -> None:
    """Forget last step's decisions; take this step's rules of visibility, waivers, consent and withheld pay."""
    for peacekeeper in model.billets:
        peacekeeper.is_removed = False
    p = model.parameters
    visibility = model.knobs("visibility", [p.prosecution.p_visible] * len(AUTHORITIES))
    waiver = model.knobs("waiver", [0.0] * len(model.units))
    for unit in model.units:
        unit.removed = unit.removed_published = unit.command_cases = unit.command_removals = unit.substantiated = 0
        unit.visibility, unit.waiver = visibility[unit.authority], waiver[unit.row]
    by_authority = model.knobs("pay_withheld", [p.sanctions.p_pay_lost] * len(AUTHORITIES))
    withheld = [by_authority[unit.authority] for unit in model.units]
    consenting, ratifying = model.knob("in_country_consent", 0.0), model.knob("ratification", 0.0)
    for contributor in model.of(Contributor):
        contributor.begin_cases(withheld, consenting, ratifying)
