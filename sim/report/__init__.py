"""The comparison report: one self-contained page that answers its title question, and the same sentences as fields.

Not a phase: reads the finished tables of a study (`sim.analysis.study`) and runs nothing. Answers what a reader outside the
project may conclude, how sure, at what price and what would change it. Leaves out everything a study does not hold, and
says so where it would stand.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis.study import Study

__all__ = ["answer_fields", "write_report"]


def write_report(study: Study, path: Path) -> None:
    """Write the report of a study as one HTML file that makes no request.

    Parameters
    ----------
    study
        Finished tables; unfinished studies are shown as far as they go, and say so.
    path
        The file; its folder must exist.

    Raises
    ------
    OSError
        If the file cannot be written.

    Notes
    -----
    Limits: no finished pair, one shock, one world, no series, cases or cells: the sections stay and say what is missing.
    Equal studies give equal bytes.
    """
    from sim.report.page import page_of

    path.write_text(page_of(study), encoding="utf-8", newline="\n")


def answer_fields(study: Study) -> dict[str, str]:
    """Return the sentences of the answer by name, as they stand on the page and in summary.json.

    Returns
    -------
    dict
        ``question``; ``effect``, ``size``, ``chance``, ``price``, ``reversal`` of the leading option; ``harm`` of options that
        raise exploitation; ``rest`` of those not told from the baseline; ``tail``, ``separation``, ``counted``, ``failed``,
        ``trust`` and ``caveat.1`` to ``caveat.3``. Sentences that have nothing to say are left out.
    """
    from sim.report.answer import answer_of
    from sim.report.findings import Findings

    answer = answer_of(Findings(study))
    return {"question": answer.question, **answer.fields}
