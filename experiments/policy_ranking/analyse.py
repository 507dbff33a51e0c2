"""Which package leaves least exploitation, world by world, and which one would be regretted least."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.shared import MAIN, Answer, change, rows_plot, run, verdicts, wide
from sim.analysis.robust import leader, regret_table, robust_ranking
from sim.sweeps.opened import OpenSweep
from sim.viz import discovery


def answer(sweep: OpenSweep) -> Answer:
    """Effects against status quo in each world, regret over worlds."""
    runs = sweep.runs
    worlds = list(dict.fromkeys(runs["world"]))
    options = [name for name in dict.fromkeys(runs["option"]) if name != "status_quo"]
    by_world = {world: wide(runs[runs["world"] == world], MAIN) for world in worlds}
    effects = {(w, o): change(table[o], table["status_quo"]) for w, table in by_world.items() for o in options}
    sentences = [
        f"In the central world, {option} changes exploitation by {effects[worlds[0], option].words()}."
        for option in options
    ]
    for option in options:
        by_verdict = [effects[world, option].verdict for world in worlds]
        told = ", ".join(f"{kind} in {by_verdict.count(kind)}" for kind in dict.fromkeys(by_verdict))
        sentences.append(f"{option} over {len(worlds)} worlds: {told}.")
    missing = 100 * wide(runs[runs["world"] == worlds[0]], "largest_troop_shortfall").median()
    price = ", ".join(f"{option} {missing[option]:.1f}" for option in options)
    sentences.append(
        f"Price, troops missing at the worst moment in the {worlds[0]} world, % of authorised, medians: {price}."
    )
    regrets = regret_table(runs, MAIN)
    ranking = robust_ranking(regrets)
    leaders = [leader(part) or "none" for _, part in regrets.groupby("world", sort=False)]
    sentences.append(
        f"Best in more than half of the pairs: {', '.join(f'{o} ({w})' for w, o in zip(worlds, leaders))}."
    )
    first, second = (ranking.iloc[i] for i in (0, 1))
    sentences.append(
        f"Least to be regretted in its worst world: {first['option']} ({first['worst_high90_percent']:.1f} % above the best "
        f"option there, 19 in 20 pairs below; {first['worst_in']}), then {second['option']} "
        f"({second['worst_high90_percent']:.1f} %)."
    )
    rows = [(option, effects[worlds[0], option]) for option in options]
    drawings = {
        "effects": rows_plot(
            rows,
            verdicts("Exploitation", rows),
            f"Generic mission, no shock, {worlds[0]} world; the other worlds are told in the finding.",
        ),
        "regret": discovery.regret(
            regrets, "exploitation", "person-weeks", "Generic mission; a case is a pair of seeds."
        ),
    }
    return sentences, drawings


def main(words: Sequence[str] | None = None) -> None:
    """Analyse and publish."""
    run("policy_ranking", answer, words)


if __name__ == "__main__":
    main()
