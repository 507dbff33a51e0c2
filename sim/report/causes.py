"""What stands between a policy and exploitation: which phase of a step makes each series, and what it feeds.

Part of the report; answers where a cause comes from, in the words of the schedule (`mandate plan`). Leaves out any claim
that series which move alike cause each other.
"""

from __future__ import annotations

from functools import cache

LABELS = {
    "true_exploited_persons": ("persons exploited", "persons"),
    "international_demand": ("visits personnel seek", "visits"),
    "venues": ("venues in operation", "venues"),
    "venues_hidden": ("hidden venues", "venues"),
    "new_recruitments": ("persons recruited", "persons"),
    "troops_present": ("troops present", "persons"),
    "troop_shortfall": ("troop shortfall", "share"),
    "violence_index": ("violence index", "ratio"),
    "perceived_certainty": ("perceived chance of being found out", "probability"),
    "objective_certainty": ("chance of being found out", "probability"),
    "norm_mean": ("participation seen as normal", "share"),
    "diversified_share": ("effort in other illicit trades", "share"),
    "local_habit": ("local habit", "ratio"),
}
# series: the phase that makes it, and what it acts on
CAUSES = {
    "international_demand": ("decide", "acts on venues' revenue through match"),
    "perceived_certainty": ("perceive", "acts on what personnel seek through decide"),
    "norm_mean": ("perceive", "acts on what personnel seek through decide"),
    "venues": ("supply", "sets how many places networks fill"),
    "new_recruitments": ("people", "adds persons to those exploited"),
    "troops_present": ("deploy", "sets how many personnel can seek visits"),
    "violence_index": ("politics", "acts on how many are at risk and where venues stand"),
    "diversified_share": ("supply", "takes effort of networks to other trades"),
    "local_habit": ("match", "keeps local demand after personnel leave"),
}


@cache
def questions() -> dict[str, str]:
    """Return the question each phase of the schedule answers."""
    from sim.schedule import SCHEDULE

    return {phase.name: phase.question for phase in SCHEDULE}


def caption(series: str) -> str:
    """Return where a series comes from and what it feeds."""
    phase, feeds = CAUSES[series]
    question = questions().get(phase, "")
    return f"from the phase {phase} (“{question}”); {feeds}."
