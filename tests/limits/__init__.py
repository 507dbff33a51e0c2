"""Limit-case tests: worlds so simple that the right answer is known, numbered as in the design (section 9)."""
