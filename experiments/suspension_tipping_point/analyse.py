"""Where suspending contributors fails to lower exploitation, where it raises it, and what decides the size of its effect."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from experiments.shared import MAIN, Answer, change, run
from sim.analysis.discovery import TooFewCases, feature_scores, find_box
from sim.analysis.questions import QUESTIONS, box_sentence, improvement, point_differences
from sim.sweeps.opened import OpenSweep
from sim.viz import discovery, sensitivity

OPTION, THAN = "suspend_contributions", "status_quo"
MATTERS = {"harms": 0.02, "beats": 0.02}  # assumed; at the usual 5 % hardly a point counts either way
CONTEXT = (
    "Generic mission; suspend_contributions against status quo, one pair of runs at each point of a Sobol sequence."
)


def answer(sweep: OpenSweep) -> Answer:
    """Counts, boxes, scores."""
    points = point_differences(sweep.runs, MAIN, OPTION, THAN).merge(sweep.design, on="point")
    factors = sweep.manifest["paths"]
    gains = improvement(points, "lower")
    all_points = change(points["level"] + points["difference"], points["level"])
    sentences = [
        f"Over all {len(points)} points, each one pair of mean levels, exploitation changes by {all_points.words()}."
    ]
    drawings = {}
    for name, matters in MATTERS.items():
        question = QUESTIONS[name]
        cases = pd.Series(question.is_case(gains, matters))
        subject = f"{OPTION} {question.verb.format(than=THAN)}"
        try:
            found = find_box(points[factors], cases)
        except TooFewCases:
            sentences.append(
                f"{subject} by {matters:.0%} or more at {int(cases.sum())} of {len(cases)} points: no region to search."
            )
            continue
        told = box_sentence(found.box, question, OPTION, THAN)
        sentences.append(f"By {matters:.0%} or more: {told}")
        drawings[f"box_{name}"] = discovery.box(points[factors], cases, found, told, question.noun, CONTEXT)
    scores = feature_scores(points[factors], gains)
    tidy = scores.rename(columns={"score": "value"}).assign(index="score")
    subject = f"the effect of {OPTION} against {THAN} on exploitation"
    drawings["scores"] = sensitivity.dots(tidy, "scores", subject, CONTEXT)
    sentences.append(f"{sensitivity.finding(tidy, 'scores', subject)}.")
    return sentences, drawings


def main(words: Sequence[str] | None = None) -> None:
    """Analyse and publish."""
    run("suspension_tipping_point", answer, words)


if __name__ == "__main__":
    main()
