"""One option in every world on the same replicates, so that worlds differ by their assumptions and not by luck.

Further worlds are often run with fewer replicates than the first. Setting twenty runs of one beside the first five of
another would show luck as if it were a contested finding; here each world is reduced to the replicates all of them have.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.study import Study

Reals = NDArray[np.float64]


def paired_by_world(study: Study, option: str, outcome: str) -> dict[str, tuple[float, Reals]]:
    """Return by world the baseline's mean and the paired differences of an option, over the replicates all worlds have.

    Main mission and shock, nothing switched off. Limits: worlds without a finished pair are left out; none gives an
    empty dict.
    """
    plan, runs = study.plan, study.runs
    if not len(runs) or outcome not in runs:
        return {}
    own = runs[
        (runs["mission"] == plan.missions[0].name)
        & (runs["shock"] == plan.shocks[0].name)
        & (runs["twin"].fillna("") == "")
        & runs["ok"].astype(bool)
    ]
    wide = {world.name: _pairs(own[own["world"] == world.name], plan.baseline, option, outcome) for world in plan.worlds}
    known = {name: pairs for name, pairs in wide.items() if len(pairs)}
    if not known:
        return {}
    shared = set.intersection(*(set(pairs.index) for pairs in known.values()))
    same = {name: pairs.loc[sorted(shared)] for name, pairs in known.items()}
    return {
        name: (float(pairs["before"].mean()), (pairs["after"] - pairs["before"]).to_numpy(dtype=np.float64))
        for name, pairs in same.items()
        if len(pairs)
    }


def _pairs(runs: pd.DataFrame, baseline: str, option: str, outcome: str) -> pd.DataFrame:
    """Outcome of baseline and option by replicate, where both finished."""
    before, after = (runs[runs["option"] == name].set_index("replicate")[outcome] for name in (baseline, option))
    return pd.DataFrame({"before": before.astype(float), "after": after.astype(float)}).dropna()
