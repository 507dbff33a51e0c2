"""Phase 8, justice: what becomes of arrested organisers, and of personnel who were reported.

``organisers`` are tried in host courts. ``chain`` takes personnel from intake to substantiation and removal, ``referral``
from referral to an outcome; every case keeps all its dates.
"""

from __future__ import annotations

from sim.phases.justice import chain, organisers, referral
from sim.phases.phase import Phase
from sim.rng import Decision
from sim.world.state import World


def run(world: World) -> None:
    """Move every case on."""
    organisers.run(world)
    chain.begin(world)
    chain.run(world)
    referral.run(world)


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
