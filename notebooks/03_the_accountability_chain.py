# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The accountability chain
#
# Somebody is harmed. Between that day and a verdict lie a dozen steps, and at each of them a case can end: nobody
# tells, a commander holds it back, the person is not identified, the evidence is gone, the contributor does not
# answer. This lesson follows the cases of one mission through the chain, and then reforms how reports are made. The
# question: **if the published count of allegations rises, is there more harm?**
#
# Persons affected are not means to an end here. That a report is possible, heard and answered is owed to the person
# who makes it, whatever it deters. Everybody in the model is invented, and contributors are anonymous numbers.
#
# **Before you run anything, write down your predictions:**
#
# 1. Of 1,000 of personnel with an act, how many are reported? How many are convicted?
# 2. At which step are most cases lost?
# 3. Reporting points, protection and assistance are brought in. What happens to published allegations, and what to
#    exploitation?

# %%
import pandas as pd
from IPython.display import Markdown

import sim
from sim.analysis.study import FUNNEL_WORDS
from sim.cli import main as mandate  # the command of that name
from sim.viz.funnel import funnel

# %% [markdown]
# ## 1. Where cases fall out
#
# Kosovo from June 1999, five years, at full size: cases are few, and a smaller run has too few of them.

# %%
COMMON = ("mission=kosovo", "mission.horizon_weeks=260")
as_it_was = sim.load_scenario(*COMMON)
run = sim.simulate(as_it_was)
funnel(run.funnel, "Kosovo, five years, one run, status quo.").figure

# %% tags=["hide-input"]
chain = run.funnel[run.funnel["stage"] != "removed"].set_index("stage")["true"]
passed = (chain / chain.shift(1)).dropna()
narrowest = passed[passed > 0].idxmin()
first = chain.index[chain.index.get_loc(narrowest) - 1]
Markdown(
    f"**{chain['persons_with_act']:,.0f}** of personnel had an act; {chain['reported']:,.0f} of them were reported, "
    f"{chain['substantiated']:,.0f} found substantiated, {chain['charged']:,.0f} charged, "
    f"**{chain['convicted']:,.0f}** convicted. The narrowest step that anybody passes leads from "
    f"*{FUNNEL_WORDS[first]}* to *{FUNNEL_WORDS[narrowest]}*: {passed[narrowest]:.1%} pass. What the mission "
    "can count begins with *recorded*; what came before, it can only guess."
)

# %% [markdown]
# ## 2. What is documented
#
# The facts the chain is held against are reports of the United Nations and of those who watched it. Each has a number
# and a source.

# %%
for fact in ("A04", "A06", "A11", "A21"):
    mandate(["explain", "source", fact])

# %%
cases = run.cases[run.cases["kind"] == "personnel"]
ended = cases[cases["investigation_week"].notna() & cases["is_identified"]]
shares = {
    "substantiated, of completed investigations (A06)": ended["is_substantiated"].mean(),
    "answered, of cases referred (A04)": chain["answered"] / chain["referred"],
    "convicted, of personnel with an act (A21, K26)": chain["convicted"] / chain["persons_with_act"],
}
pd.DataFrame({"in this run": shares}).map("{:.1%}".format).rename_axis("share")

# %% [markdown]
# Some assumptions of the model were chosen after looking at such facts, so that this is no test of it. Compare, and mind
# how few cases stand behind each share in one run.
#
# ## 3. Waiting

# %%
MONTH = 52 / 12
waits = {
    "act to report": cases["report_week"] - cases["act_week"],
    "report to the end of fact-finding": cases["fact_finding_week"] - cases["report_week"],
    "report to the end of the investigation": cases["investigation_week"] - cases["report_week"],
    "referral to an answer": cases["answer_week"] - cases["referral_week"],
}
pd.DataFrame(
    {
        step: {
            "cases": f"{weeks.notna().sum():,}",
            "median, months": f"{weeks.median() / MONTH:.1f}",
            "nine in ten within, months": f"{weeks.quantile(0.9) / MONTH:.1f}",
        }
        for step, weeks in waits.items()
    }
).T.rename_axis("step")

# %%
endings = cases["outcome"].value_counts()
pd.DataFrame({"cases": endings.map("{:,}".format), "share": (endings / len(cases)).map("{:.0%}".format)})

# %% tags=["hide-input"]
referred = cases[cases["referral_week"].notna()]
silent = (referred["outcome"].isin(["no reply", "pending"])).mean()
investigated = waits["report to the end of the investigation"].median() / MONTH
tour = as_it_was.parameters.involvement.tour_weeks_military / MONTH
Markdown(
    f"Half of the investigations that ended took longer than **{investigated:.0f} months** from the report, while a "
    f"military unit stays for {tour:.0f}. Of the cases referred to a contributor or a court, {silent:.0%} have had "
    "no reply, or none yet, by the end of the run. Neither silence nor *not identified* nor *not substantiated* "
    "says that nothing happened; in the model something always did."
)

# %% [markdown]
# ## 4. Counted up, true down
#
# Two reforms, each beside the mission as it was, on the same luck. *Channels*: persons affected know where to report,
# are protected, and are assisted without conditions. *Centred on persons affected*: the same channels, with
# independent investigators who follow up, and prevention before recruitment.

# %%
reforms = sim.compare(
    {
        "as it was": as_it_was,
        "channels": sim.load_scenario(*COMMON, "policy=[victim_channels]"),
        "centred on persons affected": sim.load_scenario(*COMMON, "package=victim_centred"),
    },
    replicates=5,
)
reforms.plot("observed_allegations")

# %%
reforms.plot("true_exploitation_person_weeks")

# %%
effects = reforms.effects.set_index(["option", "outcome"])
NAMES = {
    "observed_allegations": "allegations counted",
    "true_exploitation_person_weeks": "exploitation (true)",
    "visits_by_personnel": "visits by personnel (true)",
    "persons_with_consequence": "personnel with any consequence",
    "mean_case_months": "months from report to outcome",
}


def change(option: str, outcome: str) -> str:
    """Median change in per cent, and how often it went which way by more than five per cent."""
    row = effects.loc[(option, outcome)]
    return (
        f"{row['median_percent']:+.0f} %; up in {row['n_higher']:.0f}, down in {row['n_lower']:.0f} of {row['n']:.0f}"
    )


OPTIONS = ("channels", "centred on persons affected")
pd.DataFrame(
    {option: {name: change(option, outcome) for outcome, name in NAMES.items()} for option in OPTIONS}
).rename_axis("outcome")

# %% tags=["hide-input"]
counted = {option: effects.loc[(option, "observed_allegations")] for option in OPTIONS}
harm = {option: effects.loc[(option, "true_exploitation_person_weeks")] for option in OPTIONS}
Markdown(
    f"Both reforms raise the count: by **{counted['channels']['median_percent']:.0f} %** with channels alone and by "
    f"**{counted['centred on persons affected']['median_percent']:.0f} %** with the whole package (medians of "
    f"{counted['channels']['n']:.0f} pairs). Exploitation changes by {harm['channels']['median_percent']:+.1f} % "
    f"with the first and by **{harm['centred on persons affected']['median_percent']:+.1f} %** with the second. Who "
    "judged by the count would call both a failure; who judged by the count rising as intended would call both a "
    "success. The count tells how many were heard."
)

# %% [markdown]
# ## 5. What this cannot tell
#
# - How large either change would be anywhere. Doses of policies and the share of acts that can ever be reported are
#   assumed.
# - Anything about false reports: every report in the model is about something that happened. *Not substantiated* here
#   always means that evidence failed.
# - Anything about a country's soldiers. Contributors differ by cited institutions and by chance, and are numbers.
# - What a report costs the person who makes it. Protection is a number in the model; retaliation is a life.
#
# ## 6. Questions
#
# Answer from `run`, `chain`, `passed`, `cases` and `effects`.
#
# 1. You may double the share that passes at one single step. Does it matter for convictions which? What would you
#    choose, and why might the arithmetic mislead?
# 2. A year after channels were opened, a newspaper writes: allegations soar, reform fails. Answer in two sentences,
#    with numbers.
# 3. If channels alone leave exploitation where it was, were they useless?
# 4. From *recorded* to *answered*, true and counted agree in the funnel. Why not before and after?
# 5. How does somebody who reported in the first year learn what came of it?

# %% [markdown]
# ---
# ## For the instructor: worked answers

# %% tags=["answer"]
conviction = " x ".join(f"{share:.2g}" for share in passed)
Markdown(
    f"**1. A chain multiplies.** The shares are {conviction}. Doubling any one of them below a half doubles the "
    f"product, so by arithmetic alone it does not matter which; a step at which {passed.max():.0%} pass cannot be "
    "doubled at all. It misleads in three ways: investigators have a capacity, so that twice the reports may mean "
    "longer waits and older evidence; deterrence works through the chance of being found out, which the first steps "
    "decide; and where a step lets nobody pass, twice nothing is nothing. Many choose courts. Ask what a court does "
    "with a case that was never reported."
)

# %% tags=["answer"]
Markdown(
    f"**2. The newspaper.** For example: *Allegations rose by {counted['channels']['median_percent']:.0f} % because "
    "persons affected now know where to go; in the same runs exploitation changed by "
    f"{harm['channels']['median_percent']:+.1f} %, and by less than five in {harm['channels']['n_same']:.0f} of "
    f"{harm['channels']['n']:.0f} pairs. A count of reports tells what was heard, and before the reform that was "
    "little.* Outside a model the second number is missing, which is exactly why the first must not be read as "
    "harm: look for surveys that do not pass through the channel."
)

# %% tags=["answer"]
helped = effects.loc[("channels", "persons_assisted")]
held = effects.loc[("channels", "persons_with_consequence")]
Markdown(
    f"**3. Not useless.** Personnel with any consequence change by {held['median_percent']:+.0f} % and begun "
    f"assistance by {helped['median_percent']:+.0f} % with channels alone, and being heard is owed without any "
    "effect on others. What the runs say is narrower: channels without investigators move the count (by "
    f"{counted['channels']['median_percent']:.0f} %) far more than what follows from it. A likely wrong answer is "
    "that they did harm, because the count rose."
)

# %% tags=["answer"]
seen = run.funnel.set_index("stage")
hidden = [FUNNEL_WORDS[stage] for stage in seen.index if pd.isna(seen.loc[stage, "observed"])]
Markdown(
    "**4. Whose books.** In between, the stages are entries in the mission's own books, which the model takes to be "
    f"kept. Before them lies what never reached it ({' and '.join(hidden)}); after them lies what happens in a "
    f"contributor's courts, of which the mission hears with a small chance: {seen.loc['charged', 'observed']:,.0f} "
    f"of {seen.loc['charged', 'true']:,.0f} charged in this run. A published zero there may be a zero, or a silence."
)

# %% tags=["answer"]
early = cases[(cases["report_week"] < 52) & cases["is_identified"]]
decided = int(early["outcome_week"].notna().sum())
heard = int((early["is_visible"] & early["outcome_week"].notna()).sum())
Markdown(
    f"**5. In the model, not at all.** Of {len(early)} identified cases reported in the first year, {decided} have "
    f"an outcome by the end of the run, {heard} of them one that the mission hears of from a court. No rule tells "
    "the person who reported. That is a design question for the class: who owes the answer, and by when? The policy "
    "`follow_up` is about the mission's ear, not about that person's."
)

# %% [markdown]
# ## What this lesson rests on
#
# Text and answers above assume the following; were one of these no longer so, the lesson would stop here with an error.

# %% tags=["hide-input", "claims"]
claims = {
    "no stage of the chain exceeds the one before": bool((chain.diff().dropna() <= 0).all()),
    "fewer than one in twenty of personnel with an act are reported": chain["reported"]
    < chain["persons_with_act"] / 20,
    "both reforms raise the count of allegations by more than a quarter in all pairs": all(
        row["n_higher"] == row["n"] and row["low90"] > 0.25 * row["baseline_mean"] for row in counted.values()
    ),
    "channels alone leave exploitation about the same in all pairs": harm["channels"]["n_same"]
    == harm["channels"]["n"],
    "the whole package lowers exploitation by more than five per cent in all pairs": harm[
        "centred on persons affected"
    ]["n_lower"]
    == harm["centred on persons affected"]["n"],
}
assert all(claims.values()), [claim for claim, holds in claims.items() if not holds]
Markdown("\n".join(f"- {claim}" for claim in claims))
