"""The answer on the first screen: at most four sentences, a line on trust, at most three caveats.

Part of the report; answers which finding is said first, by the state of the study: harm before gain, "the runs do not
tell" at the same size as any other answer. Leaves out the wording of each sentence; see `sim.report.sentences`. The same
fields go into summary.json.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.report import sentences, words
from sim.report.effect import Effect, State
from sim.report.findings import COUNTED, SHORTFALL, VIOLENCE, Findings, observed_against_true
from sim.report.names import mission_name, option_name, shock_phrase
from sim.report.sentences import Setting

MOST_CAVEATS = 3
MANY_FAILED = 0.01
USUAL_BASELINE = "status_quo"


@dataclass
class Answer:
    """What stands first: ``fields`` by name, ``shown`` in order of the page, and caveats that could change the "
    "decision."""

    question: str
    fields: dict[str, str]
    shown: list[str] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    trust: str = ""


def setting_of(findings: Findings) -> Setting:
    """Return where the main comparison takes place."""
    mission, shock, _ = findings.main
    return Setting(mission_name(mission), shock_phrase(shock), findings.plan.matters_share)


def question_of(findings: Findings) -> str:
    """Return the title of the report, a question."""
    places = words.list_of([mission_name(mission.name) for mission in findings.plan.missions])
    than = "" if findings.baseline == USUAL_BASELINE else f" compared with {option_name(findings.baseline)}"
    harm = f"lower trafficking for exploitation in {places}"
    if len(findings.options) == 1:
        return f"Would {option_name(findings.names[0])} {harm}{than}, and at what cost in troops?"
    return f"Which of these {len(findings.options)} policies would {harm} most{than}, and at what cost in troops?"


def answer_of(findings: Findings) -> Answer:
    """Compose the answer of a study."""
    answer = Answer(question_of(findings), {})
    setting = setting_of(findings)
    good, bad = findings.by_state(State.GOOD), findings.by_state(State.HARMFUL)[::-1]
    focus = findings.leading
    if focus is None:
        answer.shown = ["Nothing was compared: the study has no option besides its baseline."]
        return answer
    effect = findings.effect(focus)
    if good:
        _gain(answer, findings, effect, bad, setting)
    elif bad:
        _only_harm(answer, findings, effect, bad, setting)
    else:
        _no_direction(answer, findings, effect, setting)
    _beside(answer, findings, effect, setting)
    answer.caveats = caveats(findings, answer)
    answer.trust = trust_line(findings, focus)
    answer.fields["trust"] = answer.trust
    answer.fields |= {f"caveat.{i + 1}": text for i, text in enumerate(answer.caveats)}
    return answer


def _gain(answer: Answer, findings: Findings, effect: Effect, bad: Sequence[Effect], setting: Setting) -> None:
    """A clear gain: harm of others first, then effect, chance, price, reversal."""
    fields = answer.fields
    if bad:
        fields["harm"] = harm_sentence(bad, setting)
    fields["effect"] = sentences.effect_sentence(effect, setting)
    fields["chance"] = sentences.chance_sentence(effect, setting)
    fields["price"] = _price(findings, effect.option)
    fields["reversal"] = reversal_of(findings, effect)
    fields["others"] = others_sentence(findings, effect)
    last = fields["reversal"] if findings.reversals(effect.option) or not fields["others"] else fields["others"]
    if bad:
        said = words.sentence(fields["effect"].removeprefix(f"{setting.where}, "))
        both = f"{said.split('. That is ')[0]}; {lower_first(fields['chance'])}"
        answer.shown = [fields["harm"], both, fields["price"], last]
    else:
        effect_text = fields["effect"].replace(". That is ", ": ", 1)
        answer.shown = [effect_text, fields["chance"], fields["price"], last]


def _only_harm(answer: Answer, findings: Findings, effect: Effect, bad: Sequence[Effect], setting: Setting) -> None:
    """Harm and no clear gain."""
    fields = answer.fields
    fields["harm"] = harm_sentence(bad, setting)
    fields["effect"] = sentences.effect_sentence(effect, setting)
    fields["chance"] = sentences.chance_sentence(effect, setting)
    fields["price"] = _price(findings, effect.option)
    fields["reversal"] = reversal_of(findings, effect)
    rest = groups_sentence(findings, setting)
    fields["rest"] = rest
    answer.shown = [fields["harm"], *([rest] if rest else []), fields["price"], fields["reversal"]]


def _no_direction(answer: Answer, findings: Findings, effect: Effect, setting: Setting) -> None:
    """No option stands out: say so, and how far the runs reach."""
    fields = answer.fields
    fields["effect"] = sentences.effect_sentence(effect, setting, zero_reason(findings, effect.option))
    fields["chance"] = sentences.chance_sentence(effect, setting)
    fields["price"] = _price(findings, effect.option)
    fields["reversal"] = reversal_of(findings, effect)
    if len(findings.options) == 1:
        said = [fields["effect"]]
        said += [fields["chance"]] if effect.state is State.FEW else []
        said += [] if effect.state in (State.ZERO, State.NOTHING) else [fields["price"]]
        answer.shown = said
        return
    fields["rest"] = groups_sentence(findings, setting, alone=True)
    wide = fields["effect"] if effect.state is not State.NOTHING else ""
    chance = fields["chance"] if effect.state is State.FEW else ""
    answer.shown = [text for text in (fields["rest"], wide, chance) if text]


def others_sentence(findings: Findings, effect: Effect) -> str:
    """Say beside the leading option which others would lower harm and at what price, and which are not told apart."""
    gains = [other for other in findings.by_state(State.GOOD) if other.option != effect.option]
    rest = [name for name in findings.names if findings.effect(name).state not in (State.GOOD, State.HARMFUL)]
    parts = []
    if gains:
        named = words.list_of([f"{option_name(e.option)} {_in_brackets(findings, e)}" for e in gains])
        parts.append(f"{named} would lower it too")
    near = [name for name in findings.not_separable(effect.option) if name != findings.baseline]
    if near:
        parts.append(
            f"the runs do not tell {option_name(effect.option)} from {words.list_of([option_name(n) for n in near], 'or')}"
        )
    if rest:
        which = option_name(rest[0]) if len(rest) == 1 else f"the other {len(rest)}"
        parts.append(f"no clear change is found for {which}")
    return words.sentence(f"{'; '.join(parts)}.") if parts else ""


def _in_brackets(findings: Findings, effect: Effect) -> str:
    """Size of a further gain and its price in troops, in brackets."""
    short = findings.effect(effect.option, SHORTFALL)
    if short.state is State.NOTHING:
        price = ""
    elif short.is_zero:
        price = ", at no cost in troops"
    else:
        points = words.number(100.0 * abs(short.median))
        price = f", troop shortfall {points} points {'lower' if short.median < 0.0 else 'higher'}" if short.median else ""
    return f"(by about {sentences.amount(effect, effect.median)}{price})"


def harm_sentence(bad: Sequence[Effect], setting: Setting) -> str:
    """Say which options would raise harm, the largest first."""
    first = bad[0]
    text = (
        f"{setting.where}, {option_name(first.option)} would raise {sentences.noun(first)} by about "
        f"{sentences.amount(first, first.median)} compared with {option_name(first.comparator)}; "
        f"{sentences.spread(first)}; it "
        f"was worse in {first.worse} of {first.n} paired runs: {sentences.chance_words(first, bare=True)}"
    )
    if len(bad) == 1:
        return f"{text}."
    others = [f"{option_name(e.option)} by about {sentences.amount(e, e.median)}" for e in bad[1:]]
    return f"{text}. So would {words.list_of(others)}."


def groups_sentence(findings: Findings, setting: Setting, alone: bool = False) -> str:
    """Say which options are not told from the baseline, make little difference, or change nothing."""
    comparator = option_name(findings.baseline)
    parts = []
    for states, said in (
        ((State.UNCLEAR,), "the runs do not tell {} from " + comparator),
        ((State.LITTLE,), "in most runs {} would change exploitation by less than " + setting.matters),
        ((State.ZERO,), "{} would change nothing"),
        ((State.FEW,), "too few runs were made to tell {} from " + comparator),
        ((State.NOTHING,), "no run of {} finished"),
    ):
        effects = {effect.option for effect in findings.by_state(*states)}
        names = [option_name(name) for name in findings.names if name in effects]
        if names:
            parts.append(said.format(words.list_of(names, "or" if "tell" in said else "and")))
    if not parts:
        return ""
    start = f"{setting.where}, " if alone else "Of the others, " if findings.by_state(State.HARMFUL) else ""
    return words.sentence(f"{start}{'; '.join(parts)}.")


def _price(findings: Findings, option: str) -> str:
    """Say the price of an option."""
    return sentences.price_sentence(findings.effect(option, SHORTFALL), findings.effect(option, VIOLENCE))


def reversal_of(findings: Findings, effect: Effect) -> str:
    """Say in which worlds a direction holds."""
    about = {world.name: world.about or world.name.replace("_", " ") for world in findings.plan.worlds}
    holds, of = findings.agreement(effect.option)
    plain = [about[world] for world in findings.reversals(effect.option)]
    n = min((other.n for other in findings.by_world(effect.option).values()), default=0)
    return sentences.reversal_sentence(effect, holds, of, plain, n)


def _beside(answer: Answer, findings: Findings, effect: Effect, setting: Setting) -> None:
    """Fields that stand elsewhere on the page: size, tail, separation, counts, failed runs."""
    fields = answer.fields
    if effect.state in (State.GOOD, State.HARMFUL):
        fields["size"] = f"That is {sentences.size(effect)}."
    fields["tail"] = sentences.tail_sentence(effect, setting)
    others = [name for name in findings.not_separable(effect.option) if name != findings.baseline]
    fields["separation"] = sentences.separation_sentence(effect, others)
    fields["counted"] = " ".join(filter(None, (counted_of(findings, name) for name in findings.names)))
    fields["failed"] = sentences.failed_sentence(len(findings.failed), len(findings.study.runs))
    answer.fields = {name: text for name, text in fields.items() if text}


def counted_of(findings: Findings, option: str) -> str:
    """Say whether counts and harm part under an option; nothing where they do not."""
    counted, true = findings.effect(option, COUNTED), findings.effect(option)
    return sentences.counted_sentence(counted, true, observed_against_true(counted, true))


def caveats(findings: Findings, answer: Answer) -> list[str]:
    """Return at most three reasons that could change the decision, gravest first."""
    found = []
    runs, failed = len(findings.study.runs), len(findings.failed)
    if runs and failed > MANY_FAILED * runs:
        found.append(f"{answer.fields['failed']} What they would have shown is not known.")
    found += elsewhere(findings)
    scale = scale_of(findings)
    if scale < 1.0:
        found.append(
            f"Runs at scale {scale:g}: luck spreads about {words.number(scale**-0.5)} times as wide as at full size, "
            "levels are lower, and what follows from few cases is rough. Check at full scale before deciding."
        )
    found.append(
        "Single parameter point: the intervals show luck only. That inputs may be wrong is not in them, so the "
        "true range is wider by an amount this study does not know."
    )
    if answer.fields.get("tail"):
        found.append(answer.fields["tail"])
    if findings.leading and len(findings.signs(findings.leading)) <= 1:
        found.append(
            "Contested findings were not varied: under other assumptions the order, or a direction, may reverse."
        )
    if 0 < findings.n_pairs < words.FEWEST_DRAWS:
        found.append("Too few runs for a word on chance: read counts only, and add draws before deciding.")
    if answer.fields.get("separation") and "others" not in answer.fields:
        found.append(answer.fields["separation"])
    found.append(
        "The model is not validated for this mission: defaults were set by hand with some documented facts in view."
    )
    return found[:MOST_CAVEATS]


def elsewhere(findings: Findings) -> list[str]:
    """Say that the answer is of the first mission, and what was found in each other one."""
    (first, shock, world), option = findings.main, findings.leading
    others = [mission.name for mission in findings.plan.missions if mission.name != first]
    if option is None or not others:
        return []
    said = [
        sentences.effect_sentence(
            findings.effect(option, place=(name, shock, world)),
            Setting(mission_name(name), shock_phrase(shock), findings.plan.matters_share),
        )
        for name in others
    ]
    return [f"The answer above is for {mission_name(first)}. {' '.join(said)}"]


def scale_of(findings: Findings) -> float:
    """Return the share of persons that was simulated; 1 where it was not recorded."""
    return float(findings.study.provenance.get("scale") or 1.0)


def trust_line(findings: Findings, option: str) -> str:
    """Return how far to trust the finding, with both counts; the scale of chance is never mixed in."""
    holds, of = findings.agreement(option)
    grade = "low" if of > 1 and holds < 2 / 3 * of else "not given, because one of its two parts is missing"
    worlds = f"the direction is the same in {holds} of {of} worlds" if of > 1 else "one world examined"
    return f"How far to trust this finding: {grade}. Evidence: not computed (needs a sensitivity study). Agreement: {worlds}."


def zero_reason(findings: Findings, option: str) -> str:
    """Return why an option changes nothing, as far as its settings tell."""
    policies = findings.option(option).policies
    horizon = findings.horizon_weeks()
    if not policies:
        return "it adds no policy"
    if all(_is_off(settings) for settings in policies.values()):
        return "its dose is zero"
    start = findings.start_week(option)
    if start is not None and horizon and start >= horizon:
        return "it starts after the end of the run"
    return "nothing it acts on is at work in this scenario"


def _is_off(settings: dict[str, Any]) -> bool:
    """Whether a policy's dose is zero."""
    return "dose" in settings and float(settings["dose"]) == 0.0


def lower_first(text: str) -> str:
    """Return a sentence to stand behind a semicolon."""
    return text[:1].lower() + text[1:]
