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
# # Comparing policies honestly
#
# Two runs differ. Is it the policy, or is it luck? Every comparison of policies stands or falls with that question,
# and with how its answer is said. This lesson compares one policy with the status quo, first badly, then well, and
# asks **why pairs, why intervals, and which words a count of runs has earned**.
#
# What is compared is the suffering of persons, counted in person-weeks of exploitation. A smaller number is better,
# and no number is an answer to those who remain in it. Everybody here is invented.
#
# **Before you run anything, write down your predictions:**
#
# 1. Ten runs with a policy, ten without. By how much do ten runs of the *same* policy differ among themselves, in per
#    cent?
# 2. The same twenty runs, but each run with the policy shares its luck with one without. How much narrower does the
#    interval of the difference become?
# 3. A policy does better in 8 of 10 pairs. May one write that it is "very likely" better?

# %%
import shutil
from math import sqrt
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
from IPython.display import Markdown

import sim
from sim.cli import main as mandate  # the command of that name
from sim.report.words import LADDER, wins_needed, word_for

# %% [markdown]
# ## 1. One run each
#
# The policy is `transnational_response`: governments, charities and international bodies work together on networks.
# The mission is the generic one, four years, three tenths of its size. Five analysts make one run with it and one
# without, and none of them thinks of luck: every run has a seed of its own.

# %%
COMMON = ("mission=generic", "scale=0.3", "mission.horizon_weeks=208")
without = sim.load_scenario(*COMMON)
joint = sim.load_scenario(*COMMON, "policy=[transnational_response]")
OUTCOME = "true_exploitation_person_weeks"
N = 10


def outcome(scenario: sim.Scenario, seed: int) -> float:
    """Person-weeks of exploitation in one run."""
    return sim.simulate(scenario, seed=seed, world_seed=seed).summary[OUTCOME]


alone = pd.Series([outcome(joint, 100 + i) for i in range(N)])  # ten runs with the policy, each on luck of its own
paired = sim.compare({"status quo": without, "joint response": joint}, replicates=N)
runs = paired.outcomes.pivot(index="replicate", columns="option", values=OUTCOME)

# %%
unpaired_differences = 100 * (alone - runs["status quo"]) / runs["status quo"].mean()
pd.DataFrame({"difference, % of the status quo": unpaired_differences[:5].map("{:+.0f}".format)}).rename_axis("analyst")

# %% tags=["hide-input"]
spread = 100 * (runs["status quo"].max() - runs["status quo"].min()) / runs["status quo"].mean()
Markdown(
    f"The five differences run from **{unpaired_differences[:5].min():+.0f} %** to "
    f"**{unpaired_differences[:5].max():+.0f} %**. That is no wonder: the ten runs of the status quo, with nothing "
    f"changed but luck, already differ by up to {spread:.0f} %."
)

# %% [markdown]
# ## 2. In pairs
#
# `sim.compare` gives replicate *i* the same seed in every option. Each chance event is decided by a number that
# depends on the seed and the event alone, never on the policy. So a pair is the same mission in the same world, and
# differs in what the policy does.

# %%
paired.plot(OUTCOME)

# %%
differences = runs["joint response"] - runs["status quo"]
level = runs["status quo"].mean()
errors = {
    "unpaired": sqrt(runs["status quo"].var() / N + alone.var() / N),
    "paired": sqrt(differences.var() / N),
}
means = {"unpaired": alone.mean() - level, "paired": differences.mean()}
TWO_ERRORS = 2
pd.DataFrame(
    {
        kind: {
            "runs": f"{2 * N}",
            "mean difference": f"{100 * means[kind] / level:+.1f} %",
            "two errors of the mean": f"± {100 * TWO_ERRORS * errors[kind] / level:.1f} %",
            "from": f"{100 * (means[kind] - TWO_ERRORS * errors[kind]) / level:+.1f} %",
            "to": f"{100 * (means[kind] + TWO_ERRORS * errors[kind]) / level:+.1f} %",
        }
        for kind in errors
    }
).T.rename_axis("comparison")

# %% tags=["hide-input"]
effects = paired.effects.set_index("outcome")
saved = effects.loc[OUTCOME, "variance_saved"]
equal = N / (1 - saved)
Markdown(
    f"The same number of runs, and an interval **{errors['unpaired'] / errors['paired']:.1f} times** as narrow. "
    f"Sharing luck removed {saved:.0%} of the variance of the difference: to be as sure without pairs, about "
    f"{equal:,.0f} runs of each option would be needed instead of {N}."
)

# %% [markdown]
# Pairing is no magic. It removes the luck that both runs have in common, and that is more for one outcome than for
# another:

# %%
shown = {
    "true_exploitation_person_weeks": "exploitation",
    "visits_by_personnel": "visits by personnel",
    "persons_identified": "persons identified",
    "reports": "reports made",
    "persons_with_consequence": "personnel with a consequence",
}
saved_by_outcome = effects.loc[list(shown), "variance_saved"].rename(shown)
pd.DataFrame({"variance that pairing saves": saved_by_outcome.map("{:.0%}".format)})

# %% [markdown]
# ## 3. Two intervals, and what each is of
#
# The *error of the mean* shrinks with more runs: it says how well the model's average is known. The *spread of single
# pairs* does not shrink: it says what one future could be. A mission happens once. Reports of this laboratory show
# the second and keep the first beside it.

# %% tags=["hide-input"]
row = effects.loc[OUTCOME]
Markdown(
    f"Nine in ten single pairs lie between **{100 * row['low90'] / level:+.0f} %** and "
    f"**{100 * row['high90'] / level:+.0f} %**. The mean is {100 * row['mean'] / level:+.1f} %, give or take "
    f"{100 * row['error_of_mean'] / level:.1f}. With a hundred times the runs the second figure would be a tenth, "
    "and the first about the same. Both speak of luck alone, at one set of assumptions; how much the assumptions "
    "matter is another question, and usually the larger one (lesson 6)."
)

# %% [markdown]
# ## 4. Words that are earned
#
# "Likely" and "very likely" have agreed meanings (the scale of the IPCC). A word is earned only if the count of pairs
# excludes less: its lower limit, one in twenty to be wrong, must reach the word.

# %%
SIZES = (5, 10, 20, 50)
pd.DataFrame(
    {
        f"of {n} pairs": {
            f"{word.text} ({word.range})": str(wins) if (wins := wins_needed(n, word)) is not None else "not to be had"
            for word in LADDER
        }
        for n in SIZES
    }
).rename_axis("better in at least")

# %% tags=["hide-input"]
better, same, worse = (int(row[name]) for name in ("n_lower", "n_same", "n_higher"))
earned = word_for(better, N)
eight = word_for(8, 10)
Markdown(
    f"Here exploitation is lower by more than five per cent in {better}, about the same in {same} and higher in "
    f"{worse} of {N} pairs. The word "
    + (
        f"earned is **{earned.text}** ({earned.range}, luck only)."
        if earned
        else "earned is **none**: the runs cannot tell."
    )
    + f" Eight of ten would earn *{eight.text if eight else 'none'}*."
)

# %% [markdown]
# ## 5. What an effect is made of
#
# One number hides by which way it came about. `mandate compare` runs both options again with mechanisms switched off,
# on the same luck, and splits the difference: *scale* (among personnel's clients), *substitution* (among local
# clients), *displacement* (outside the mission area), *diversification* (into other trades) and *security*. The parts
# must add up, pair by pair, or they explain nothing.

# %%
folder = Path(mkdtemp())
mandate(
    f"compare {' '.join(COMMON)} policy=[transnational_response] replicates=5 mechanism_replicates=5 workers=1 "
    f"out={folder / 'compared'} --quiet".split()
)
parts = pd.read_csv(folder / "compared" / "decomposition.csv").set_index("term")
shutil.rmtree(folder)
parts[["mean", "low90", "high90"]].map("{:+,.0f}".format).rename(
    columns={"mean": "person-weeks, mean", "low90": "5 %", "high90": "95 %"}
)

# %% tags=["hide-input"]
terms = parts.loc[parts.index != "total", "mean"]
largest = terms.abs().idxmax()
gap = abs(terms.sum() - parts.loc["total", "mean"])
Markdown(
    f"The parts sum to {terms.sum():+,.0f}, the total is {parts.loc['total', 'mean']:+,.0f}. The largest is "
    f"*{largest}* with {terms[largest]:+,.0f}. Means over five pairs: the brackets tell which parts are more than "
    "luck, and most readers look at the mean alone."
)

# %% [markdown]
# ## 6. What this cannot tell
#
# - Whether the policy works. It says what follows from stated assumptions, few of them measured. An interval over
#   luck is not an interval over what nobody knows.
# - Which of two policies to choose. Costs in troops, safety and money stand in other columns, and weighing them is
#   not arithmetic.
# - What a person-week means to a person. Two policies with equal numbers may fall on different persons.
#
# ## 7. Questions
#
# Answer from `runs`, `alone`, `effects`, `parts`.
#
# 1. Somebody reports the mean of ten unpaired runs without an interval. Give three reasons to send the page back.
# 2. Pairs make the interval of the *mean* narrower. Do they make the future less uncertain?
# 3. Why not simply make more runs, without pairs?
# 4. Why may pairing save nothing for some outcomes, or even seem to cost?
# 5. You tried twelve policies, and one is better in all of 5 pairs. What do you write?

# %% [markdown]
# ---
# ## For the instructor: worked answers

# %% tags=["answer"]
Markdown(
    f"**1. Send it back.** No spread: luck alone moves single runs by up to {spread:.0f} %. No pairs: the same runs "
    "would have told more. No counts: a mean can be carried by one run, and outcomes here have heavy tails. A "
    "fourth: no word about assumptions."
)

# %% tags=["answer"]
single = 100 * differences.std() / level
Markdown(
    f"**2. No.** A single pair still varies with a standard deviation of {single:.1f} % of the level; that is luck "
    "the policy itself meets, and more runs do not remove it. Pairs remove the luck that has nothing to do with the "
    "policy. What one mission will see is its own level, with all of the luck in it: the runs of the status quo "
    f"vary by {100 * runs['status quo'].std() / level:.1f} %."
)

# %% tags=["answer"]
Markdown(
    f"**3. One can, at a price.** About {equal:,.0f} runs of each option would do here. In a grid of ten options, "
    "three shocks and five worlds that turns minutes into hours, all of them spent on luck. More runs also do not "
    "remove a bias; pairs guard against one: options that happened to get easier seeds."
)

# %% tags=["answer"]
least, most = saved_by_outcome.idxmin(), saved_by_outcome.idxmax()
Markdown(
    f"**4. Less in common.** Here most is saved for *{most}* ({saved_by_outcome.max():.0%}) and least for *{least}* "
    f"({saved_by_outcome.min():.0%}). Where a policy hardly touches an outcome, the two runs stay nearly the same "
    "and almost everything cancels. Where few cases decide, one person fewer present changes who sees what and who "
    "tells later, and the two runs soon meet different luck. Where they share nothing, nothing is saved; where they "
    "move against each other, pairing costs. With ten pairs the share itself is uncertain."
)

# %% tags=["answer"]
five = word_for(5, 5)
Markdown(
    f"**5. That you tried twelve.** Five of five earns *{five.text if five else 'no word'}* "
    f"({five.range if five else '-'}) for a policy named beforehand. If each of twelve useless policies had an even "
    f"chance in each pair, one of them would win all five with a probability of {1 - (1 - 0.5**5) ** 12:.0%}. Take "
    "the one that won, name it, and make twenty new pairs with other seeds. Report all twelve."
)

# %% [markdown]
# ## What this lesson rests on
#
# Text and answers above assume the following; were one of these no longer so, the lesson would stop here with an error.

# %% tags=["hide-input", "claims"]
first_year = paired.series[paired.series["week"] < 52].drop(columns="date")
equal_parts = [part.drop(columns="option").reset_index(drop=True) for _, part in first_year.groupby("option")]
claims = {
    "before the policy starts, pairs are equal in every column, to the last digit": all(
        part.equals(equal_parts[0]) for part in equal_parts
    ),
    "the paired interval is narrower than the unpaired one, at the same number of runs": errors["paired"]
    < errors["unpaired"],
    "pairing saves more than a third of the variance of exploitation": saved > 1 / 3,
    "it saves much more for one outcome than for another": saved_by_outcome.max() - saved_by_outcome.min() > 0.2,
    "the parts of the effect add up to it": gap < 1e-6 * max(1.0, abs(parts.loc["total", "mean"])),
    "eight of ten do not earn 'very likely'": eight is None or eight.low < 90,
}
assert all(claims.values()), [claim for claim, holds in claims.items() if not holds]
Markdown("\n".join(f"- {claim}" for claim in claims))
