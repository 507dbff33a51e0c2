"""Phase 8, justice: what becomes of arrested organisers, and of personnel who were reported.

``organisers`` are tried in host courts. ``chain`` takes personnel from intake to substantiation and removal, ``referral``
from referral to an outcome; every case keeps all its dates.
"""

from __future__ import annotations

from sim.compiled import direct, kernel
from sim.phases.justice import chain, organisers, referral
from sim.phases.phase import Phase
from sim.rng import Decision
from sim.world.state import World


def run(world: World) -> None:
    """Take this step's rules, then move on the cases there are."""
    if _compiled(world):
        organisers.run(world)
    chain.run(world)
    referral.run(world)


@kernel
def _begin(world: World) -> bool:
    """Take this step's rules and move trust; where a case against an organiser is due, trust waits for it: returns True."""
    chain.begin(world)
    is_due = organisers.is_due(world)
    if not is_due:
        organisers.move_trust(world)
    return is_due


_compiled = direct(_begin)
PHASE = Phase(
    name="justice",
    question="What becomes of arrested organisers and of personnel who were reported?",
    run=run,
    draws=(
        Decision.CASE_CONVICTION,
        Decision.CASE_PRISON,
        Decision.CASE_DELAY,
        Decision.SCREENING,
        Decision.IDENTIFICATION,
        Decision.FACT_FINDING,
        Decision.PRIMA_FACIE,
        Decision.INVESTIGATION,
        Decision.SUBSTANTIATION,
        Decision.COMMANDER_REMOVAL,
        Decision.UNIT_INQUIRY,
        Decision.INQUIRY_SUCCESS,
        Decision.INQUIRY_PERSON,
        Decision.WAIVER,
        Decision.INVESTIGATOR_NAMED,
        Decision.REPLY,
        Decision.REPLY_DELAY,
        Decision.CHARGE,
        Decision.TRIAL_DELAY,
        Decision.VERDICT,
        Decision.VISIBILITY,
    ),
    emits=("organiser_tried", "unit_inquiry", "commander_removed", "court_outcome"),
)
