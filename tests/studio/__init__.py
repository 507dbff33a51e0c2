"""Tests of the studio: what it computes, what it answers, and the page driven in a real browser."""
