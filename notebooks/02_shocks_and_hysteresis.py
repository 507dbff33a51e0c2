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
# # Demand shocks and hysteresis
#
# A mission brings demand, and one day takes it away again. *Hysteresis* means that the way back is not the way there:
# remove the cause, and part of the effect stays. This lesson takes a mission away in three manners, and asks of each
# **what outlives it**.
#
# As always: trafficked persons are persons with histories and rights; selling sex and being trafficked are different
# things, counted apart; everybody here is invented.
#
# **Before you run anything, write down your predictions:**
#
# 1. All personnel leave within half a year. Two years later, how much of the exploitation the mission had added is
#    left: none, some, most?
# 2. Half of the personnel leave early. Does half of what they had added go with them?
# 3. Strength passes the same figure twice, on the way up and on the way down. When are more persons exploited?

# %%
from itertools import pairwise

import pandas as pd
from IPython.display import Markdown

import sim

# %% [markdown]
# ## 1. Four courses of one mission
#
# The generic mission is invented. Here it takes a year to reach its strength, so that a market can follow, stays for
# a year and three quarters, and takes a year to leave. *Never deployed* is the same country on the same luck with
# nobody sent. It is the yardstick: what was there before the mission would have changed anyway, so the level before
# is none.

# %%
COMMON = (
    "mission=generic",
    "mission.trapezoid.build_up_weeks=52",
    "mission.trapezoid.plateau_weeks=91",
    "mission.horizon_weeks=286",
)
courses = {
    "never deployed": sim.load_scenario(*COMMON, "mission.strength_curve=[{week: 0, ratio: 0}]"),
    "as planned": sim.load_scenario(*COMMON),
    "early drawdown": sim.load_scenario(*COMMON, "shock=early_drawdown"),
    "exit": sim.load_scenario(*COMMON, "shock=exit"),
}
pd.DataFrame(
    {
        name: {"what happens": shock.about, "from week": f"{shock.start_week:g}", "over weeks": f"{shock.ramp_weeks:g}"}
        for name, shock in ((name, scenario.shock) for name, scenario in courses.items())
        if shock.size
    }
).T.rename_axis("shock")

# %%
together = sim.compare(courses, replicates=5)
together.plot_series("personnel_present")

# %%
together.plot_series("true_exploited_persons")

# %% [markdown]
# Each band holds five runs that share their luck with the five of every other band. Before the shock the three
# deployed courses are one and the same; after it, look at two things: how soon each line turns, and where it comes to
# rest beside *never deployed*.
#
# ## 2. What is left two years after the last have gone

# %%
EXIT = courses["exit"].shock
GONE = EXIT.start_week + EXIT.ramp_weeks
LATER = GONE + 104


def level(course: str, first: float, last: float, indicator: str = "true_exploited_persons") -> pd.Series:
    """Mean of an indicator over some weeks of a course, run by run."""
    series = together.series
    rows = (series["option"] == course) & series["week"].between(first, last, inclusive="left")
    return series[rows].groupby("replicate")[indicator].mean()


def added(course: str, first: float, last: float) -> pd.Series:
    """Persons exploited above the same luck without a mission, run by run."""
    return level(course, first, last) - level("never deployed", first, last)


before, left = added("exit", EXIT.start_week - 13, EXIT.start_week), added("exit", LATER - 13, LATER)
pd.DataFrame(
    {
        "persons exploited, never deployed": level("never deployed", LATER - 13, LATER),
        "persons exploited, exit": level("exit", LATER - 13, LATER),
        "added by the mission": left,
        "added just before the exit": before,
    }
).map("{:,.0f}".format).rename_axis("run")

# %% tags=["hide-input"]
share = left.median() / before.median()
n_above = int((left > 0).sum())
Markdown(
    f"Just before the exit the mission adds **{before.median():,.0f}** persons exploited at a time (median of "
    f"{len(before)} runs). Two years after the last have left, {left.median():,.0f} of them are still there, "
    f"**{share:.0%}**; in {n_above} of {len(left)} runs more persons are exploited than if nobody had ever come. "
    + (
        "Most of the effect goes with its cause. Part of it does not."
        if 0 < share < 0.5
        else "Read that sentence twice."
    )
)

# %% [markdown]
# ## 3. The way up and the way down
#
# In the course *as planned* strength passes half of its peak twice. If exploitation depended on present strength
# alone, it would be the same both times.

# %%
planned = together.series[together.series["option"] == "as planned"]
present = planned[planned["replicate"] == 0].set_index("week")["personnel_present"]
half = present.max() / 2
crossings = [
    later for earlier, later in pairwise(present.index) if (present[earlier] < half) != (present[later] < half)
]
up, down = crossings[0], crossings[-1]
ways = pd.DataFrame(
    {
        f"up, week {up:.0f}": added("as planned", up, up + 4),
        f"down, week {down:.0f}": added("as planned", down, down + 4),
    }
)
ways.map("{:+,.0f}".format).rename_axis("run")

# %% tags=["hide-input"]
n_more = int((ways.iloc[:, 1] > ways.iloc[:, 0]).sum())
Markdown(
    f"At half of the peak, {half:,.0f} present, the mission adds {ways.iloc[:, 0].median():,.0f} persons on the way "
    f"up and **{ways.iloc[:, 1].median():,.0f}** on the way down (medians); more on the way down in {n_more} of "
    f"{len(ways)} runs. Part of that is only delay: venues take months to open and to close. What is left two years "
    "later is the part that delay explains least. The same loop for missions of four sizes is in the experiment "
    "*demand_surge_response*."
)

# %% [markdown]
# ## 4. Why does anything stay?
#
# The model knows four things that can hold a market in place: **habit** of local clients, **sunk costs** that have
# been paid, **infrastructure** that makes the next opening cheaper, and official **ties**. Each can be switched off.
# `sim.persistence` does so one at a time, in the run and in its never-deployed twin, for one luck; here are two.

# %%
sources = pd.DataFrame()
for seed in (0, 1):
    table = sim.persistence(courses["exit"], seed=seed, world_seed=seed)
    sources[f"persons added, luck {seed}"] = table.set_index("switched_off")["excess_persons"]
sources.map("{:+,.0f}".format).rename_axis("switched off")

# %% tags=["hide-input"]
effect_of_luck = (sources.iloc[:, 0] - sources.iloc[:, 1]).abs().max()
effect_of_switch = (sources.iloc[1:].mean(axis=1) - sources.iloc[0].mean()).abs().max()
Markdown(
    f"Switching a source off moves the mean of the two by up to {effect_of_switch:,.0f} persons; with nothing "
    f"changed but luck, a row differs by up to {effect_of_luck:,.0f}. "
    + (
        "From two lucks a difference must be several times as large as that to mean anything: these ten pairs do not say "
        "which source matters most, and nobody should quote them as if they did."
        if effect_of_luck > effect_of_switch / 3
        else "The strongest source stands out from luck here, in two pairs; that is a reason to run twenty, no more."
    )
)

# %% [markdown]
# ## 5. What this cannot tell
#
# - How much outlived any real mission. No fact pins down habit, sunk costs, infrastructure or ties: all four are
#   assumed, and the remainder follows from them.
# - What becomes of local incomes when a mission leaves. The generic mission leaves them as they are; in a real one
#   they may fall, and both demand and vulnerability with them.
# - What the remainder means to those it is made of. A person-week is a count.
#
# ## 6. Questions
#
# Answer from `together`, `level` and `added`.
#
# 1. Somebody shows that exploitation after the exit is back at its level from before the mission. Is nothing left?
# 2. Did half of the effect go with half of the personnel? Look at the weeks when the early drawdown is complete and
#    the mission as planned still at its peak.
# 3. Who pays, two years after the exit?
# 4. Leave earlier, or never grow so large? Sum persons exploited over the whole run for each course.

# %% [markdown]
# ---
# ## For the instructor: worked answers

# %% tags=["answer"]
start = level("never deployed", 0, 13)
end = level("never deployed", LATER - 13, LATER)
Markdown(
    f"**1. The wrong yardstick.** Without any mission the level moves from {start.median():,.0f} in the first "
    f"quarter to {end.median():,.0f} persons two years after the exit would have ended. A market can be 'back where "
    f"it was' and still be larger than it would have been: the mission's part of it is {left.median():,.0f} persons "
    "here. The comparison is with what would have been, on the same luck, not with the past. Outside a model nobody "
    "has that twin, which is why claims about legacies are so hard to check."
)

# %% tags=["answer"]
window = (GONE, 143)
whole, part = added("as planned", *window), added("early drawdown", *window)
ratio = (part / whole).median()
much_later = (added("early drawdown", LATER - 13, LATER) / added("as planned", LATER - 13, LATER)).median()
Markdown(
    f"**2. Half and half.** When the early drawdown is complete, {part.median():,.0f} persons are exploited above "
    f"*never deployed*, against {whole.median():,.0f} as planned: **{ratio:.0%}** of the effect with half of the "
    "personnel. "
    + ("More than half: the market follows with delay, prices fall and places fill again. " if ratio > 0.55 else "")
    + f"In the last window, when everybody has left in both, the early drawdown has {much_later:.0%} "
    "of what is left of the mission as planned. How long a market was large counts, not only how large."
)

# %% tags=["answer"]
visits = [level(course, LATER - 13, LATER, "local_acts").median() for course in ("exit", "never deployed")]
habit = [level(course, LATER - 13, LATER, "local_habit").median() for course in ("exit", "never deployed")]
foreign = level("exit", LATER - 13, LATER, "true_acts").median()
Markdown(
    f"**3. Local clients.** Personnel make {foreign:,.0f} visits a week, local clients {visits[0]:,.0f}, against "
    f"{visits[1]:,.0f} had nobody come; local habit stands at {habit[0]:.1f} and {habit[1]:.1f} times its first "
    "level. A market that was built for one clientele is there to be used by another. A likely wrong answer is that "
    "personnel who stay behind pay: in the model nobody stays behind."
)

# %% tags=["answer"]
total = {
    course: together.outcomes.set_index("option").loc[course, "true_exploitation_person_weeks"].median()
    for course in courses
}
least = min((course for course in courses if course != "never deployed"), key=total.get)
Markdown(
    "**4. The whole course.** Person-weeks of exploitation over the run, medians: "
    + "; ".join(f"{course} {value:,.0f}" for course, value in total.items())
    + f". Of the three missions *{least}* has least. That counts exploitation only: what a "
    "mission does for safety, and whether its absence would bring other harm, is another question, and mostly another model."
)

# %% [markdown]
# ## What this lesson rests on
#
# Text and answers above assume the following; were one of these no longer so, the lesson would stop here with an error.

# %% tags=["hide-input", "claims"]
early = together.series[together.series["week"] < EXIT.start_week].drop(columns="date")
parts = [early[early["option"] == name].drop(columns="option").reset_index(drop=True) for name in list(courses)[1:]]
claims = {
    "before the shock the three deployed courses are equal in every column, to the last digit": all(
        part.equals(parts[0]) for part in parts
    ),
    "two years after the exit more persons are exploited than had nobody come, in four of five runs or more": n_above
    >= 4,
    "most of what the mission had added has gone by then": share < 0.5,
    "at equal strength more persons are exploited on the way down, in four of five runs or more": n_more >= 4,
}
assert all(claims.values()), [claim for claim, holds in claims.items() if not holds]
Markdown("\n".join(f"- {claim}" for claim in claims))
