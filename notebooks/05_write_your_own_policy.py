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
# # Write your own policy
#
# The laboratory ships fifteen policies. Yours is missing. This lesson writes one in twenty lines, outside the
# package, tries it as every shipped policy is tried, and compares it with the status quo on the same luck. The
# question to carry through it: **what did I assume, and what came out?**
#
# The invented policy: *pay at home*. A part of the soldiers' allowance is paid into an account at home and not in
# cash on the mission. Whether any mission could do that is not the point; the point is that it enters where money
# enters, and nowhere else.
#
# A policy here never touches a person's conduct directly, and never a contributor by name. It moves circumstances;
# conduct, and what becomes of persons who are exploited, follow.
#
# **Before you run anything, write down your predictions:**
#
# 1. Half of the cash is gone. How many per cent fewer visits by soldiers and others of the mission?
# 2. Does exploitation fall by as much as visits do?
# 3. Who might come instead?

# %%
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd
from IPython.display import Markdown

import sim
from sim.cli import main as mandate  # the command of that name
from sim.parameters.core import number
from sim.policies import POLICIES
from sim.policies.base import Effect, Policy

# %% [markdown]
# ## 1. Find the knob
#
# A policy returns *modifiers of named knobs*. A knob is a value some phase of the week asks for, and its owner
# decides how several policies join in it. `docs/indicators.md` lists them all.

# %%
_ = mandate(["explain", "knob", "disposable_income"])

# %% [markdown]
# ## 2. Write the class
#
# Every dose is declared like a parameter: value, unit, bounds, meaning, source. The docstring says the mechanism, the
# evidence, and the **counter-effect that must be able to appear**. A factor is raised to the power of the dose, so
# that dose 0 is exactly nothing.


# %%
@dataclass
class PayAtHome(Policy):
    """A part of soldiers' allowance is paid at home.

    Mechanism: less disposable income on the mission, so fewer visits sought and fewer paid for. Evidence: none on this measure;
    that demand follows pay is assumed. Counter-effect: prices fall, so that local clients take places that become free.
    """

    share: float = number(0.5, "share", 0.0, 0.9, "part of the allowance paid at home", "assumed")

    def effects(self) -> list[Effect]:
        return [("disposable_income", (1.0 - self.share) ** self.dose, ("category:military",))]


# %% [markdown]
# ## 3. Register it, and give it a file
#
# One line makes the name known, one small file makes it a choice: `policy=[pay_at_home]`. Both live in a folder of
# yours.

# %%
POLICIES["pay_at_home"] = PayAtHome
mine = Path(mkdtemp())
(mine / "policy").mkdir()
(mine / "policy" / "pay_at_home.yaml").write_text(
    """# @package policy.pay_at_home
# A part of soldiers' allowance is paid at home
# dose: 1 = half of it (assumed)
defaults:
  - /policy_type/pay_at_home@_here_
  - _self_
"""
)
COMMON = ("mission=generic", "scale=0.3", "mission.horizon_weeks=156", f"config_dir={mine}")
without = sim.load_scenario(*COMMON)
with_it = sim.load_scenario(*COMMON, "policy=[pay_at_home]")
with_it.policy["pay_at_home"]

# %% [markdown]
# Bounds, dates and doses are checked from here on as for any shipped policy, with every problem named at once:

# %%
try:
    sim.load_scenario(*COMMON, "policy=[pay_at_home]", "policy.pay_at_home.share=1.4", "policy.pay_at_home.dosis=2")
except sim.ScenarioError as error:
    print(error)

# %% [markdown]
# ## 4. Try it
#
# Three checks that every policy must pass before anybody looks at its effect: nothing at dose 0; nothing before its
# start; a stronger dose reaches further.

# %%
doses = {dose: sim.simulate(with_it.with_({"policy.pay_at_home.dose": dose})) for dose in (0.0, 1.0, 2.0)}
plain = sim.simulate(without)
START = with_it.policy["pay_at_home"].start_week
before = plain.series["week"] < START
after = plain.series["week"].between(START, START + 13, inclusive="left")
sought = {dose: float(run.series.loc[after, "international_demand"].sum()) for dose, run in doses.items()}
checks = {
    "dose 0 leaves the run as it was, bit for bit": doses[0.0].series.equals(plain.series),
    "dose 1 changes nothing before its start": doses[1.0].series[before].equals(plain.series[before]),
    "the stronger the dose, the fewer visits are sought in its first quarter": sought[0.0] > sought[1.0] > sought[2.0],
}
pd.Series(checks, name="holds").map({True: "yes", False: "no"}).to_frame()

# %% [markdown]
# ## 5. Compare it

# %%
compared = sim.compare({"status quo": without, "pay at home": with_it}, replicates=8)
compared.plot("visits_by_personnel")

# %%
compared.plot("true_exploitation_person_weeks")

# %%
effects = compared.effects.set_index("outcome")
SHOWN = {
    "visits_by_personnel": "visits by personnel",
    "true_exploitation_person_weeks": "exploitation, person-weeks",
    "person_weeks_target_international": "of these, among personnel's clients",
    "person_weeks_target_local": "of these, among local clients",
    "person_weeks_elsewhere": "of these, outside the mission area",
}
rows = effects.loc[list(SHOWN)].rename(SHOWN)
pd.DataFrame(
    {
        "median change": rows["median"].map("{:+,.0f}".format),
        "% of the status quo": rows["median_percent"].map("{:+.0f}".format),
        "lower, same, higher": [
            f"{row.n_lower:.0f}, {row.n_same:.0f}, {row.n_higher:.0f}" for row in rows.itertuples()
        ],
    }
)

# %% tags=["hide-input"]
visits, harm = (effects.loc[name] for name in ("visits_by_personnel", "true_exploitation_person_weeks"))
among_locals = effects.loc["person_weeks_target_local"]
Markdown(
    f"Visits by personnel change by **{visits['median_percent']:+.0f} %**, exploitation by "
    f"**{harm['median_percent']:+.0f} %** (medians of {visits['n']:.0f} pairs). Visits are lower by more than five "
    f"per cent in {visits['n_lower']:.0f} pairs and about the same in {visits['n_same']:.0f}. "
    + (
        "A reasonable idea that moves little is the usual case, not a failed lesson. "
        if visits["n_same"] > visits["n"] / 2
        else ""
    )
    + f"And who came instead? Exploitation among local clients is higher in "
    f"{among_locals['n_higher']:.0f} pairs and lower in {among_locals['n_lower']:.0f}: "
    + (
        "others took places that became free."
        if among_locals["n_higher"] >= 7
        else "these runs do not show that others took the places that became free, nor that nobody did."
    )
)

# %% [markdown]
# ## 6. What was assumed, and what came out
#
# *Assumed:* half of the cash, from one week on, soldiers only, no cost, obeyed by all. Also, long before this policy:
# how visits sought depend on income, how prices move, what a venue does that is half empty. *Came out:* how many
# visits fewer, who pays, what became of exploitation, and when.
#
# One of these assumptions is the weight of income in the decision. Here is the same policy file with that weight at
# both ends of its declared range.

# %%
_ = mandate(["parameters", "involvement.income_weight"])

# %%
WEIGHT = "parameters.involvement.income_weight"
ends = {}
for weight in (0.0, 1.0):
    pair = {"status quo": without.with_({WEIGHT: weight}), "pay at home": with_it.with_({WEIGHT: weight})}
    ends[weight] = sim.compare(pair, replicates=4).effects.set_index("outcome")
ends_and_default = {0.0: ends[0.0], without.parameters.involvement.income_weight: effects, 1.0: ends[1.0]}
pd.DataFrame(
    {
        f"weight {weight:g}": {
            words: f"{round(table.loc[name, 'median_percent']):+d} %" for name, words in list(SHOWN.items())[:2]
        }
        for weight, table in ends_and_default.items()
    }
).rename_axis("median change")

# %% tags=["hide-input"]
weakest, strongest = (ends[weight].loc["visits_by_personnel", "median_percent"] for weight in (0.0, 1.0))
Markdown(
    f"From **{round(weakest):+d} %** to **{round(strongest):+d} %** of visits, by one number nobody has measured. If "
    "a conclusion turns on such a number, that is the conclusion, and the next euro belongs into measuring it. "
    "Lesson 6 looks for such numbers in a more orderly manner."
)

# %% [markdown]
# ## 7. What this cannot tell
#
# - Whether pay at home would work, be lawful, be fair to soldiers, or be agreed to by those who send them.
# - What soldiers would do who have debts, families or other income. The model knows a mean allowance by category.
# - Whether the exploitation that is gone is gone, or moved to where no recorder stands.
#
# ## 8. Questions
#
# 1. Why may a policy not simply say "visits fall by a tenth"?
# 2. Why is the factor raised to the power of the dose, and not multiplied by it?
# 3. Add a second knob to `PayAtHome`: a hotline, so that three times as many affected persons know where to report
#    (`report_knowledge`). Which published count moves, and what would a newspaper make of it?
# 4. Under which assumption would your policy do harm? Name the counter-effect before you look for it.

# %% [markdown]
# ---
# ## For the instructor: worked answers

# %% tags=["answer"]
Markdown(
    "**1. The result would be the assumption.** Then the model would answer with what it was told, to three digits "
    "and with an interval. A policy moves a circumstance (cash, hours, channels, capacity) whose effect on conduct "
    "is a rule that stands elsewhere, has a range, and serves all policies alike. That is why a policy sees neither "
    "world nor phases; a test reads its imports."
)

# %% tags=["answer"]
factor = with_it.policy["pay_at_home"].modifiers()[0].value
twice = with_it.with_({"policy.pay_at_home.dose": 2.0}).policy["pay_at_home"].modifiers()[0].value
Markdown(
    f"**2. Nothing at 0, and never below nothing.** At dose 1 the factor is {factor:.2f}, at dose 2 {twice:.2f}, at "
    "dose 0 exactly 1. Multiplied, dose 0 would leave no income at all. Factors of several policies multiply, so "
    "their order does not matter; powers keep that true for doses."
)


# %% tags=["answer"]
@dataclass
class PayAtHomeWithHotline(PayAtHome):
    """Pay at home, and a hotline."""

    known: float = number(3.0, "ratio", 1.0, 5.0, "affected persons who know where to report", "assumed")

    def effects(self) -> list[Effect]:
        return [*super().effects(), ("report_knowledge", self.known**self.dose, ())]


hotline = without.with_({})
hotline.policy["with_hotline"] = PayAtHomeWithHotline()
heard = sim.compare({"pay at home": with_it, "with hotline": hotline}, replicates=4).effects.set_index("outcome")
Markdown(
    "**3. Allegations.** With the hotline on top they change by "
    f"{heard.loc['observed_allegations', 'median_percent']:+.0f} % against pay at home alone, and exploitation by "
    f"{heard.loc['true_exploitation_person_weeks', 'median_percent']:+.1f} % (medians of four pairs). A newspaper "
    "would read a rise as failure; lesson 3 has the answer. A policy made for one run needs no file: put it into "
    "`scenario.policy`, as this answer does."
)

# %% tags=["answer"]
Markdown(
    "**4. For example.** If free places draw local clients whose habit stays when the mission has gone, the market "
    "that outlives it may be larger (lesson 2). If poorer clients turn to hidden venues, identification falls. If "
    "the money is missed most by those who spent it otherwise, commanders may stop enforcing rules. The first two "
    "can be tried here by `parameters.switches.habit` and `parameters.switches.hiding`; the third cannot, and "
    "belongs under what the model does not tell."
)

# %% [markdown]
# ## What this lesson rests on
#
# Text and answers above assume the following; were one of these no longer so, the lesson would stop here with an error.

# %% tags=["hide-input", "claims"]
claims = {
    **checks,
    "on average visits by personnel fall": effects.loc["visits_by_personnel", "mean"] < 0,
    "at the upper end of the weight of income they fall by more than at the lower": strongest < weakest,
    "on average the hotline raises counted allegations": heard.loc["observed_allegations", "mean"] > 0,
}
assert all(claims.values()), [claim for claim, holds in claims.items() if not holds]
Markdown("\n".join(f"- {claim}" for claim in claims))
