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
# # A sweep and scenario discovery
#
# Most numbers in the model were measured by nobody. A comparison at one set of them answers for that set. This lesson
# turns the question round: not *what will the policy do*, but **under which assumptions does it fail?** That is
# called scenario discovery, and it is only as honest as the count of runs behind it.
#
# The policy is `off_limits`: curfew and places that are out of bounds. It takes hours away where commanders see that
# it is obeyed, and a part of these hours moves to private premises, where less is seen. How large both parts are is
# contested. What is at stake is persons who are exploited; all of them are invented here.
#
# **Before you run anything, write down your predictions:**
#
# 1. Name the two assumptions on which it depends most whether the policy helps.
# 2. Sixty-four combinations of four assumptions are tried. How many tenths of a range can they resolve?
# 3. A search for a region in which the policy fails is run on results that have been shuffled. Will it find one?

# %%
import shutil
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
from IPython.display import Markdown

import sim
from sim.analysis.discovery import feature_scores, find_box
from sim.analysis.questions import QUESTIONS, box_sentence, box_words, improvement, point_differences
from sim.analysis.robust import regret_table
from sim.cli import main as mandate  # the command of that name
from sim.viz import discovery

pd.set_option("display.max_colwidth", None)

# %% [markdown]
# ## 1. The design
#
# Four assumptions vary over their declared ranges, together: a Sobol sequence spreads 64 points evenly over all of
# them. At each point there are two runs on the same luck, with the policy and without. Everything lies in one folder,
# which survives being stopped; the same command goes on.

# %%
folder = Path(mkdtemp())
COMMON = ("mission=generic", "scale=0.3", "mission.horizon_weeks=130")
RULES = ("policy.off_limits.hours=0.6", "policy.off_limits.start_week=26")
RANGES = {
    "parameters.leadership.compliance": "off-limits rules obeyed",
    "parameters.leadership.displaced_share": "hours that move to private premises",
    "parameters.involvement.acts_per_week": "contacts a week where nothing holds back",
    "parameters.local_demand.acts_per_1000_per_week": "local demand",
}
mandate(
    f"sweep {' '.join(COMMON)} policy=[],[off_limits] {' '.join(RULES)} {' '.join(f'{path}=range' for path in RANGES)} "
    f"design=sobol points=64 workers=1 out={folder / 'sweep'} --quiet".split()
)
sweep = sim.open_sweep(folder / "sweep")
sweep.design[list(RANGES)].describe().loc[["min", "mean", "max"]].rename(columns=RANGES).map("{:.2f}".format).T

# %% tags=["hide-input"]
runs = sweep.runs
Markdown(
    f"{len(runs)} runs at {len(sweep.design)} points, {int((~runs['ok']).sum())} failed. A range is an argument: it "
    "says what a value may be, not what is likely. Nobody may read a share of points as a probability."
)

# %% [markdown]
# ## 2. Where does it fail?
#
# A point is a *failure* where the policy lowers exploitation by less than five per cent (assumed to be what matters),
# or raises it.

# %% tags=["hide-input"]
OUTCOME, MATTERS = "true_exploitation_person_weeks", 0.05
FAILS = QUESTIONS["fails"]
points = point_differences(runs, OUTCOME, option="off_limits", than="status_quo").merge(sweep.design, on="point")
gains = improvement(points, better="lower")
is_failure = pd.Series(FAILS.is_case(gains, MATTERS))
factors = points[list(RANGES)]
Markdown(
    f"The policy fails at **{is_failure.sum()} of {len(points)}** points. The change of exploitation runs from "
    f"{100 * points['change'].min():+.0f} % to {100 * points['change'].max():+.0f} %, median "
    f"{100 * points['change'].median():+.0f} %."
)

# %% [markdown]
# *PRIM* peels thin slices off the space of assumptions, always the slice whose loss leaves the most failures behind,
# until a box is left that holds most failures and little else.

# %%
found = find_box(factors, is_failure)
sentence = box_sentence(found.box, FAILS, "off_limits", "status_quo")
discovery.box(
    factors, is_failure, found, sentence, FAILS.noun, "Generic mission, 130 weeks, a pair at each point."
).figure

# %%
scores = feature_scores(factors, gains)
scores.assign(factor=scores["factor"].map(RANGES)).set_index("factor")[["score", "low90", "high90"]].map(
    "{:.2f}".format
)

# %% tags=["hide-input"]
Markdown(
    f"In words: *{sentence}* Density is {found.box.density:.0%}, coverage {found.box.coverage:.0%}. What helps most "
    f"to predict the effect is *{RANGES[scores['factor'].iloc[0]]}*, then *{RANGES[scores['factor'].iloc[1]]}*; "
    "scores rank, they do not say in which direction."
)

# %% [markdown]
# ## 3. What few runs cannot show
#
# Three tests before anybody believes a box. **Shuffle** the failures over the points and search again: a search
# always finds something. **Halve** the points: does the box stay? **Repeat** a point with other luck: one pair a
# point leaves luck in every point.

# %% tags=["hide-input"]
Markdown(
    f"Count first. {len(points)} points over {len(RANGES)} assumptions are as many as a grid with "
    f"**{len(points) ** (1 / len(RANGES)):.1f}** values of each. They resolve thirds of a range, not tenths."
)

# %%
halves = {
    "all points": found,
    "first half": find_box(factors[:32], is_failure[:32], shuffles=0),
    "second half": find_box(factors[32:].reset_index(drop=True), is_failure[32:].reset_index(drop=True), shuffles=0),
}
pd.DataFrame(
    {
        name: {
            "box": box_words(half.box) or "none stands out",
            "failures in it": f"{half.box.n_cases} of {half.box.n}",
            "failures in all": f"{half.box.total_cases} of {half.box.total}",
        }
        for name, half in halves.items()
    }
).T.rename_axis("searched in")

# %%
again = sim.load_scenario(*COMMON, "policy=[off_limits]", *RULES)
near = int((points["change"] + MATTERS).abs().idxmin())  # the point that hardly fails, or hardly does not
there = {path: float(points.loc[near, path]) for path in RANGES}
repeats = sim.compare(
    {"status quo": sim.load_scenario(*COMMON).with_(there), "off limits": again.with_(there)}, replicates=6
)
row = repeats.effects.set_index("outcome").loc[OUTCOME]
fails_again = int(row["n_same"] + row["n_higher"])
quality, chance = found.box.quality, found.box.by_chance

# %% tags=["hide-input"]
Markdown(
    f"*Shuffled:* the box scores {quality:.2f} (harmonic mean of density and coverage), shuffled failures, 19 times "
    f"in 20, no more than {chance:.2f}. "
    + (
        "It is more than chance gives. "
        if found.box.is_more_than_chance
        else "**Chance gives boxes as good; this one is no finding.** "
    )
    + "*Halved:* compare the limits in the table; where they differ, the edge of the region is not known, and a "
    "number with three digits pretends that it is. *Repeated:* at the point nearest to the border the policy fails in "
    f"**{fails_again} of {row['n']:.0f}** lucks, from {100 * row['low90'] / row['baseline_mean']:+.0f} % to "
    f"{100 * row['high90'] / row['baseline_mean']:+.0f} %. Near the border a single pair decides by luck."
)

# %% [markdown]
# ## 4. What would one regret?
#
# *Regret* is how much worse an option is than the best one at the same point. It needs no probabilities, and it asks
# the other question: not where does the policy fail, but how bad is it to have chosen wrongly.

# %%
regrets = regret_table(runs, OUTCOME, matters_share=MATTERS)
discovery.regret(
    regrets,
    "exploitation",
    "person-weeks",
    "Generic mission; a case is a design point, on the same luck for both options.",
).figure

# %% tags=["hide-input"]
worst = regrets.set_index("option")["high90"]
Markdown(
    f"In 19 of 20 cases one regrets less than **{worst['off_limits']:,.0f}** person-weeks with the policy, and less "
    f"than **{worst['status_quo']:,.0f}** without it. "
    + (
        "Where it fails it costs little exploitation; where it is missing it may cost much. "
        if worst["off_limits"] < worst["status_quo"] / 2
        else ""
    )
    + "What it costs soldiers, or those who see less of what happens in private, is not in this number."
)

# %% [markdown]
# ## 5. What this cannot tell
#
# - How likely a failure is. Points fill ranges evenly, the world does not.
# - Whether the four assumptions are the right ones. What was not varied cannot appear in a box.
# - How things look at full size: three tenths of the size spread luck more widely and lower the level.
#
# ## 6. Questions
#
# Answer from `points`, `found`, `halves`, `scores`, `regrets`.
#
# 1. What is missing in the sentence: "The policy fails in four of ten futures"?
# 2. The policy takes away `hours x compliance x (1 - displaced share)`. Which shape does the region of failure have
#    in truth, and why can no box show it?
# 3. Somebody narrows each range to its middle half and finds no failures. Has the policy become safer?
# 4. You have a budget of 1,000 runs. More points, or more lucks at each?

# %% [markdown]
# ---
# ## For the instructor: worked answers

# %% tags=["answer"]
Markdown(
    f"**1. Everything that makes it true.** Here it would be {is_failure.sum()} of {len(points)} *points*, spread "
    "evenly over assumed ranges: no futures, and no frequencies. What counts as failure (five per cent, assumed) is "
    "missing, on which outcome, against what, and that each point had one pair. Say instead where it fails, with "
    "counts."
)

# %% tags=["answer"]
kept = points["parameters.leadership.compliance"] * (1 - points["parameters.leadership.displaced_share"])
low_half = kept <= kept.median()
Markdown(
    "**2. A curve.** The edge is where the product is just large enough: a hyperbola in two of the four directions. "
    f"Of the {int(low_half.sum())} points with the smaller product the policy fails at "
    f"{int(is_failure[low_half].sum())}, of the others at {int(is_failure[~low_half].sum())}. A box can only cut "
    "parallel to the axes, so it takes in corners where the policy works, or leaves out failures. Who knows the "
    "mechanism can do better than the search: sort by the product. That is an argument for reading the rule before "
    "searching for it."
)

# %% tags=["answer"]
Markdown(
    "**3. No, the question became smaller.** The failures were at the ends, and the ends were cut off by a "
    "decision, not by evidence. Narrowing is legitimate with a source for the narrower range; then the source is "
    "what made the policy look safer, and it belongs into the sentence."
)

# %% tags=["answer"]
change_sd = 100 * points["change"].std()
luck_sd = 100 * (row["high90"] - row["low90"]) / row["baseline_mean"] / 3.3
Markdown(
    "**4. Points first, until luck clouds them.** Over points the change has a standard deviation of "
    f"{change_sd:.0f} percentage points; over lucks, at one point, about {luck_sd:.0f} (from six pairs, so roughly). "
    "While the first is the larger, another point tells more than another luck; the first contains the second, "
    "since each point had one pair. Repeats belong near the border, and to the end: name the box first, then test "
    "it with new points and new luck. Larger runs are the third way: at full size luck shrinks too."
)

# %% [markdown]
# ## What this lesson rests on
#
# Text and answers above assume the following; were one of these no longer so, the lesson would stop here with an error.

# %% tags=["hide-input", "claims"]
inside = pd.Series(True, index=factors.index)
for limit in found.box.limits:
    inside &= limit.holds(factors)
claims = {
    "all runs of the sweep ended well": len(runs) == 2 * len(sweep.design) and bool(runs["ok"].all()),
    "the counts of the box are those of the points in it": (int(inside.sum()), int((inside & is_failure).sum()))
    == (found.box.n, found.box.n_cases),
    "failures are denser in the box than in the whole": found.box.density > found.box.total_cases / found.box.total,
    "the policy fails more often where compliance and hours kept are small": is_failure[low_half].sum()
    > is_failure[~low_half].sum(),
}
shutil.rmtree(folder)
assert all(claims.values()), [claim for claim, holds in claims.items() if not holds]
Markdown("\n".join(f"- {claim}" for claim in claims))
