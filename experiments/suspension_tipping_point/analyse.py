"""Where suspending contributors lowers or raises exploitation and violence, and what decides it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from experiments.shared import MAIN, Answer, change, run
from sim.analysis.discovery import TooFewCases, feature_scores, find_box
from sim.analysis.questions import Question, box_sentence, point_differences
from sim.sweeps.opened import OpenSweep
from sim.viz import Drawing, discovery, sensitivity

THAN = "external_experts+victim_channels"
OPTION = "external_experts+suspend_contributions+victim_channels"
MATTERS = 0.02  # assumed; at the usual 5 % hardly a point counts
OUTCOMES = {MAIN: "exploitation", "mean_violence": "violence"}
CONTEXT = "Generic mission with investigators and channels; suspension against none, one pair of runs at each point."


def answer(sweep: OpenSweep) -> Answer:
    """For exploitation and violence: the spread over points, and the regions where suspension lowers or raises them."""
    factors = sweep.manifest["paths"]
    shortfall = sweep.runs[sweep.runs["ok"] & (sweep.runs["option"] == OPTION)].set_index("point")[
        "mean_troop_shortfall"
    ]
    bites = sweep.design["point"].map(shortfall).fillna(0.0) > 0
    told, drawing = _region(sweep.design[factors], bites, "costs troops")
    sentences = [_suspended(shortfall), told]
    drawings = {"costs_troops": drawing} if drawing else {}
    for outcome, label in OUTCOMES.items():
        points = point_differences(sweep.runs, outcome, OPTION, THAN).merge(sweep.design, on="point")
        found = change(points["level"] + points["difference"], points["level"], MATTERS)
        sentences.append(f"{label.capitalize()} over all points, {MATTERS:.0%} taken as what matters: {found.words()}.")
        for way, sign in (("lowers", -1.0), ("raises", 1.0)):
            cases = sign * points["change"] >= MATTERS
            told, drawing = _region(points[factors], cases, f"{way} {label} by {MATTERS:.0%} or more")
            sentences.append(told)
            drawings |= {f"{way}_{label}": drawing} if drawing else {}
    return sentences, drawings | {"scores": _scores(sweep, factors)}


def _suspended(shortfall: pd.Series) -> str:
    """At how many points anybody is suspended, and what that costs in troops."""
    there = shortfall[shortfall > 0]
    told = f"Somebody is suspended at {len(there)} of {len(shortfall)} points"
    if there.empty:
        return f"{told}."
    return f"{told}; troops missing there {100 * there.median():.1f} % on average over the run (up to {100 * there.max():.1f})."


def _region(points: pd.DataFrame, cases: pd.Series, what: str) -> tuple[str, Drawing | None]:
    """The region in which something happens, in words and drawn; no figure where there is too little to search."""
    try:
        found = find_box(points, cases)
    except TooFewCases:
        return (
            f"Suspension {what} at {int(cases.sum())} of {len(cases)} points: too few of one kind for a region.",
            None,
        )
    told = box_sentence(found.box, Question(what, what, "of them", what), "Suspension", "none")
    return told, discovery.box(points, cases, found, told, "points that count", CONTEXT)


def _scores(sweep: OpenSweep, factors: list[str]) -> Drawing:
    """Which inputs help to predict the change of violence."""
    points = point_differences(sweep.runs, "mean_violence", OPTION, THAN).merge(sweep.design, on="point")
    scores = feature_scores(points[factors], points["change"])
    tidy = scores.rename(columns={"score": "value"}).assign(index="score")
    return sensitivity.dots(tidy, "scores", "the change of violence", CONTEXT)


def main(words: Sequence[str] | None = None) -> None:
    """Analyse and publish."""
    run("suspension_tipping_point", answer, words)


if __name__ == "__main__":
    main()
