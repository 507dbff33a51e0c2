"""``mandate discover``: in which region of a sweep an option fails, harms or beats another, and what one would regret.

Reads a sweep, makes no run. Each mission, shock and world is searched for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.asked import MATTERS, read_share
from sim.cli.asked_sensitivity import MAIN, read_outcomes
from sim.cli.folder import check_place
from sim.cli.say import as_json, note, table
from sim.cli.sensitivity import FIGURES, SUMMARY, check_own, write_table
from sim.cli.words import Words, command
from sim.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.questions import Question
    from sim.sweeps.opened import OpenSweep

FOLDER = "discovery"
BOXES, POINTS, SCORES = "boxes.csv", "points.csv", "scores.csv"
REGRET, SATISFICING, RANKING = "regret.csv", "satisficing.csv", "ranking.csv"


@dataclass(frozen=True)
class Asked:
    """What was asked for, checked against the sweep."""

    sweep: OpenSweep
    outcome: str
    option: str
    than: str
    question: Question
    matters: float
    folder: Path
    command: str


def main(words: Words) -> int:
    """Search a sweep."""
    quiet = words.has("--quiet")
    asked = read_asked(words)
    check_place(asked.folder)
    check_own(asked.folder, (REGRET, BOXES), "mandate discover")
    note(f"{asked.sweep.folder}: {len(asked.sweep.runs):,} runs at {len(asked.sweep.design):,} points", quiet)
    from sim.runs.whole import write_text

    asked.folder.mkdir(parents=True, exist_ok=True)
    sentences, drawings = _search(asked)
    ranking, more = _regret(asked)
    from sim.viz import write_drawings

    write_drawings(drawings | more, asked.folder / FIGURES)
    content = {"command": asked.command, "findings": sentences, "ranking": ranking.to_dict("records")}
    write_text(asked.folder / SUMMARY, as_json(content) + "\n")
    print(as_json(content | {"folder": str(asked.folder)}) if words.has("--json") else _said(sentences, ranking))
    note(
        f"results in {asked.folder}: {BOXES}, {SCORES}, {POINTS}, {REGRET}, {SATISFICING}, {RANKING}, {FIGURES}/", quiet
    )
    return 0


def read_asked(words: Words) -> Asked:
    """Read the words of a search.

    Raises
    ------
    ScenarioError
        With every problem.
    OutputError
        Where the folder is no sweep.
    """
    from sim.analysis.questions import QUESTIONS
    from sim.analysis.robust import direction
    from sim.sweeps.opened import open_sweep

    found = list(words.problems)
    if len(words.plain) != 1:
        found.append(
            "mandate discover needs one folder of a sweep. Write mandate discover results/my-sweep option=A than=B."
        )
        raise ScenarioError(found)
    matters = read_share(words, "matters", MATTERS, found)
    outcomes = read_outcomes(words.keys.get("outcome", MAIN), found)
    if len(outcomes) > 1:
        found.append(f"outcome = {','.join(outcomes)}: takes one. Search for each in turn.")
    kind = words.keys.get("where", "fails")
    if kind not in QUESTIONS:
        found.append(f"where = {kind}: unknown. {did_you_mean(kind, QUESTIONS)}")
    sweep = open_sweep(Path(words.plain[0]))
    options = list(dict.fromkeys(sweep.runs["option"]))
    option, than = _pair(words, options, found)
    if not found and direction(outcomes[0]) == "neither":
        found.append(
            f"outcome = {outcomes[0]}: neither more nor less of it is better. Choose an outcome that has a direction."
        )
    if not found and outcomes[0] not in sweep.runs:
        found.append(f"outcome = {outcomes[0]}: this sweep does not hold it. Sweep again with the present version.")
    if found:
        raise ScenarioError(found)
    out = words.keys.get("out")
    folder = Path(out) if out else sweep.folder / FOLDER / f"{option}-{kind}-{than}"
    return Asked(sweep, outcomes[0], option, than, QUESTIONS[kind], matters, folder, command("discover", words))


def _pair(words: Words, options: list[str], found: list[str]) -> tuple[str, str]:
    """The option that is asked about and the one it is compared with."""
    than = words.keys.get("than", options[0] if options else "")
    others = [name for name in options if name != than]
    option = words.keys.get("option", others[0] if len(others) == 1 else "")
    for key, name in (("option", option), ("than", than)):
        if name not in options:
            say = f"{key} = {name}: is not in this sweep. {did_you_mean(name, options)}"
            found.append(
                say if name else f"option = : say which option is asked about. In this sweep: {', '.join(options)}."
            )
    if option and option == than:
        found.append(f"option = {option}: is what it is compared with. Choose another option= or than=.")
    return option, than


def _search(asked: Asked) -> tuple[list[str], dict[str, Any]]:
    """Search each mission, shock and world; writes boxes, points and scores, returns sentences and figures."""
    import pandas as pd

    from sim.analysis.questions import point_differences
    from sim.analysis.robust import CONDITIONS

    points = point_differences(asked.sweep.runs, asked.outcome, asked.option, asked.than)
    factors = _factors(asked)
    sentences: list[str] = []
    drawings: dict[str, Any] = {}
    boxes, scores = [], []
    several = [name for name in CONDITIONS if points[name].nunique() > 1]
    for conditions, part in points.groupby(list(CONDITIONS), sort=False):
        told = dict(zip(CONDITIONS, map(str, conditions)))
        where = ", ".join(told[name] for name in several)
        table_, score, sentence, drawn = _search_here(asked, part, factors, told)
        sentences.append(f"{where}: {sentence}" if where else sentence)
        boxes.append(table_.assign(**told))
        scores.append(score.assign(**told))
        suffix = "".join(f"-{told[name]}" for name in several)
        drawings |= {f"{name}{suffix}": drawing for name, drawing in drawn.items()}
    write_table(pd.concat(boxes, ignore_index=True), asked.folder / BOXES)
    write_table(pd.concat(scores, ignore_index=True), asked.folder / SCORES)
    write_table(points.merge(asked.sweep.design[["point", *factors]], on="point"), asked.folder / POINTS)
    return sentences, drawings


def _factors(asked: Asked) -> list[str]:
    """Varied paths that are numbers and vary."""
    import pandas as pd

    design = asked.sweep.design
    known = [path for path in asked.sweep.manifest["paths"] if pd.api.types.is_numeric_dtype(design[path])]
    return [path for path in known if design[path].nunique() > 1 and not pd.api.types.is_bool_dtype(design[path])]


def _search_here(
    asked: Asked, part: pd.DataFrame, factors: list[str], told: dict[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, str, dict[str, Any]]:
    """Box, scores, sentence and figures of one mission, shock and world."""
    import pandas as pd

    from sim.analysis.discovery import BOX_COLUMNS, SCORE_COLUMNS, TooFewCases, box_table, feature_scores, find_box
    from sim.analysis.inquiry import label_of
    from sim.analysis.questions import box_sentence, improvement
    from sim.analysis.robust import direction
    from sim.viz import discovery, sensitivity

    known = part.dropna(subset=["change"]).merge(asked.sweep.design[["point", *factors]], on="point")
    gains = improvement(known, direction(asked.outcome))
    is_case = pd.Series(asked.question.is_case(gains, asked.matters))
    subject = f"{asked.option} {asked.question.verb.format(than=asked.than)}"
    label = label_of(asked.outcome)[0]
    context = (
        f"{told['mission']}, shock {told['shock']}, world {told['world']}; {label}, {asked.option} against {asked.than}, "
        f"means of paired runs at each point; {asked.question.about} ({asked.matters:.0%}, assumed)."
    )
    nothing = pd.DataFrame(columns=list(BOX_COLUMNS)), pd.DataFrame(columns=list(SCORE_COLUMNS))
    if not factors:
        return *nothing, f"{subject} at {int(is_case.sum())} of {len(known)} points; nothing else is varied", {}
    try:
        found = find_box(known[factors], is_case)
    except TooFewCases:
        return (
            *nothing,
            f"{subject} at {int(is_case.sum())} of {len(known)} points: too few of one kind for a region",
            {},
        )
    sentence = box_sentence(found.box, asked.question, asked.option, asked.than)
    scores = feature_scores(known[factors], gains)
    drawn = {"box": discovery.box(known[factors], is_case, found, sentence, asked.question.noun, context)}
    effect = f"the effect of {asked.option} against {asked.than} on {label}"
    tidy = scores.rename(columns={"score": "value"}).assign(index="score")
    drawn["scores"] = sensitivity.dots(tidy, "scores", effect, context)
    return box_table(found.box), scores, sentence, drawn


def _regret(asked: Asked) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Regret, satisficing and ranking of all options of the sweep; writes the tables, returns ranking and figures."""
    from sim.analysis.inquiry import label_of
    from sim.analysis.robust import direction, regret_table, robust_ranking, satisficing_table
    from sim.viz import discovery

    runs, outcome = asked.sweep.runs, asked.outcome
    better = direction(outcome)
    regrets = regret_table(runs, outcome, better, asked.matters)
    ranking = robust_ranking(regrets)
    write_table(regrets, asked.folder / REGRET)
    write_table(satisficing_table(runs, outcome, asked.than, better=better), asked.folder / SATISFICING)
    write_table(ranking, asked.folder / RANKING)
    label, unit, _ = label_of(outcome)
    missions = list(dict.fromkeys(regrets["mission"]))
    figures = {}
    for mission in missions:
        name = f"regret-{mission}" if len(missions) > 1 else "regret"
        context = f"{mission}; a case is a design point and replicate, on the same luck for all options."
        figures[name] = discovery.regret(regrets[regrets["mission"] == mission], label, unit, context)
    return ranking, figures


def _said(sentences: list[str], ranking: pd.DataFrame) -> str:
    """What was found, for people."""
    rows = [
        (
            r.mission,
            r.option,
            f"{r.worst_high90:,.0f} ({r.worst_high90_percent:.1f} %)",
            f"{r.n_leads} of {r.n_conditions}",
            r.worst_in,
        )
        for r in ranking.itertuples()
    ]
    head = ("mission", "option", "regret, 19 in 20 below, in the worst world", "leads in", "worst in")
    return "\n".join([*sentences, "", table(rows, head)])
