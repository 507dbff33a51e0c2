"""What a country's public pays attention to: phase report."""

from __future__ import annotations

from experiments.oracle.agents.row import Row


class Public(Row):
    """Public attention in a country: it halves over some weeks and jumps with published removals."""

    attention: float

    def attend(self, something_was_published: bool) -> None:
        """Let attention fade, and rise with news, up to a ceiling."""
        p = self.model.parameters.reporting
        self.attention *= 0.5 ** (self.model.dt / p.attention_half_weeks)
        if something_was_published and self.model.parameters.switches.attention:
            self.attention = min(self.attention + p.attention_jump, p.highest_attention)
