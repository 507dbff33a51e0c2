"""Whether certainty, severity or promptness of consequences moves conduct and exploitation most."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from experiments.shared import HERE, publish
from sim.sweeps.opened import open_sweep
from sim.viz.sensitivity import LOOKS, dots, finding, name

KINDS = {
    "certainty": {"reporting.peer_base": "-7.5..-5", "oversight.fact_finding_capacity": "0.7..6"},
    "severity": {"sanctions.reputation_loss": "0.5..6", "sanctions.prosecution_loss": "0..6"},
    "celerity": {"sanctions.delay_discount_per_year": "0..0.5", "oversight.fact_finding_free_weeks": "2..52"},
}
OVER = ",".join(f"{factor}:{ends}" for factors in KINDS.values() for factor, ends in factors.items())
LABELS = {"visits_by_personnel": "visits by personnel", "true_exploitation_person_weeks": "exploitation"}
COMMAND = ["sensitivity", "mission=generic", "mission.horizon_weeks=156", f"outcome={','.join(LABELS)}",
           f"over={OVER}", "trajectories=8", "then=none", "replicates=2"]  # fmt: skip
CONTEXT = "Generic mission, status quo, three years, full size."


def kind_of(factor: str) -> str:
    """Certainty, severity or celerity."""
    return next(kind for kind, factors in KINDS.items() if name(factor) in factors)


def sentences_of(indices: pd.DataFrame, luck: pd.DataFrame) -> list[str]:
    """Findings by outcome and method, the strongest input of each kind, and how much is luck."""
    found = []
    for outcome, label in LABELS.items():
        for method, part in indices[indices["outcome"] == outcome].groupby("method", sort=False):
            found.append(f"{method.capitalize()}: {finding(part, method, label)}.")
        screened = indices[(indices["outcome"] == outcome) & (indices["index"] == LOOKS["morris"].marks[0].index)]
        best = (
            screened.assign(kind=screened["factor"].map(kind_of))
            .sort_values("value", ascending=False)
            .groupby("kind")
            .first()
        )
        parts = [
            f"{kind} {name(row.factor)} {row.value:,.0f} ({row.low90:,.0f} to {row.high90:,.0f})"
            for kind, row in best.loc[list(KINDS)].iterrows()
        ]
        found.append(
            f"Strongest of each kind on {label}, mean size of the effect over its whole range: {'; '.join(parts)}."
        )
    for row in luck.dropna(subset="luck_share").itertuples():
        found.append(
            f"{row.stage.capitalize()}, {LABELS[row.outcome]}: {row.luck_share:.0%} of the variance between points is luck."
        )
    return found


def main(words: Sequence[str] | None = None) -> None:
    """Read a study, draw, and publish."""
    given = list(sys.argv[1:] if words is None else words)
    study = Path(given[0] if given else "results/certainty_severity_celerity")
    indices, luck = pd.read_csv(study / "indices.csv"), pd.read_csv(study / "luck.csv")
    drawings = {
        f"{method}_{outcome}": dots(part, method, LABELS[outcome], CONTEXT)
        for (method, outcome), part in indices.groupby(["method", "outcome"], sort=False)
    }
    sweep = open_sweep(study / "screening")
    rests_on = (
        f"{len(sweep.runs):,} runs, {sweep.plan.replicates} replicates of each point, {int((~sweep.runs['ok']).sum())} failed. "
        "In brackets 90 % intervals from resampling the trajectories."
    )
    sentences = [*sentences_of(indices, luck), rests_on]
    publish(HERE / "certainty_severity_celerity" if len(given) < 2 else Path(given[1]), sentences, drawings)


if __name__ == "__main__":
    main()
