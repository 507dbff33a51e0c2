"""Parameters of the UN under dependence (M8) and of contributors' responses (M9)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters.core import number


@dataclass
class Dependence:
    """M8. When an authority sanctions a contributor, and how dependence raises that threshold."""

    sanction_multiple: float = number(
        3.0, "x mission mean", 1.0, 20.0, "score, relative to the mission's mean, that calls for a sanction at dose 1"
    )
    psi: float = number(
        1.0, "-", 0.0, 5.0, "weight of dependence; 0 = an independent UN (the 'genetic defect' removed)"
    )
    tolerated_shortfall: float = number(
        0.05, "share", 0.005, 0.5, "shortfall a mission tolerates", "T05 (concentration)"
    )
    score_weeks: float = number(104.0, "weeks", 13.0, 520.0, "memory of a contributor's record")
    shrinkage: float = number(
        5.0, "thousand person-months", 0.1, 100.0, "prior weight of the mission's mean in a score"
    )
    pause_weeks: float = number(26.0, "weeks", 1.0, 104.0, "least time between two steps against one contributor")
    suspension_weeks: float = number(104.0, "weeks", 4.0, 1040.0, "length of a suspension")
    fewest_cases: float = number(2.0, "cases", 0.0, 50.0, "recent substantiated cases below which nothing happens")


@dataclass
class ContributorResponse:
    """M9. How contributors respond, and how slowly others replace them."""

    exit_per_year: float = number(
        0.03, "1/year", 0.0, 0.5, "exit hazard that responses multiply", "A25 (one case)"
    )
    highest_exit_per_year: float = number(1.0, "1/year", 0.0, 5.0, "largest exit hazard")
    sanction_weight: float = number(1.0, "-", 0.0, 4.0, "response to a sanction just imposed")
    waiver_weight: float = number(
        2.0, "-", 0.0, 5.0, "response to waived immunity of own people, at average sovereignty"
    )
    in_country_weight: float = number(1.5, "-", 0.0, 5.0, "response to trials on site, at average sovereignty", "A25")
    reimbursement_weight: float = number(
        0.7,
        "-",
        0.0,
        3.0,
        "restraint by reimbursement at stake, for a contributor of low income",
        "A28, T06, T10 (direction)",
    )
    sovereignty_sd: float = number(0.5, "log", 0.0, 2.0, "spread of sovereignty sensitivity between contributors")
    sanction_memory_weeks: float = number(52.0, "weeks", 4.0, 520.0, "decay time of the response to a sanction")
    solidarity: float = number(0.0, "ratio", 0.0, 1.0, "share of a sanction that bloc members feel as their own")
    n_blocs: float = number(
        4.0, "blocs", 1.0, 30.0, "blocs of contributors, drawn at random; they matter where solidarity > 0"
    )
    replacement_share: float = number(0.7, "share", 0.0, 1.0, "part of a gap that others fill while the pool lasts")
    replacement_weeks: float = number(30.0, "weeks", 0.0, 260.0, "time until replacements arrive")
    pool_share: float = number(
        0.1, "share", 0.0, 1.0, "replacements available in all, relative to authorised military strength"
    )
    reference_income_usd: float = number(
        1500.0,
        "USD/year",
        100.0,
        50000.0,
        "income per person at which half of the reimbursement counts as gain",
        "T06, T10",
    )
